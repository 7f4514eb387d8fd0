//! What can be done. A refusal is an answer like others.

use async_graphql::{Context, ID, Object, Result, SimpleObject, Union};

use super::failed;
use crate::changes::{Finding, Outcome, Refusal};
use crate::desk::{Desk, Return};
use crate::words::{Condition, ReturnState};

/// What can be done.
pub(crate) struct Mutation;

/// What came of it.
#[derive(Union)]
pub(crate) enum ReturnResult {
    /// It was done.
    Return(Box<Return>),
    /// There is no such return.
    ReturnNotFoundError(ReturnNotFoundError),
    /// It has come too far, or not far enough.
    ReturnStateError(ReturnStateError),
    /// Something that was given cannot be.
    InvalidInputError(InvalidInputError),
}

/// There is no such return.
#[derive(SimpleObject)]
pub(crate) struct ReturnNotFoundError {
    message: String,
}

/// It has come too far, or not far enough.
#[derive(SimpleObject)]
pub(crate) struct ReturnStateError {
    message: String,
    /// How far it has come.
    state: ReturnState,
}

/// Something that was given cannot be.
#[derive(SimpleObject)]
pub(crate) struct InvalidInputError {
    message: String,
    /// What it was given as.
    field: &'static str,
}

impl ReturnResult {
    fn of(outcome: Outcome) -> Result<Self> {
        Ok(match outcome.map_err(failed)? {
            Ok(own) => Self::Return(Box::new(own)),
            Err(Refusal::NotFound(rma)) => {
                let message = format!("there is no return “{rma}”; its number is on the label");
                Self::ReturnNotFoundError(ReturnNotFoundError { message })
            }
            Err(Refusal::State { now, message }) => {
                Self::ReturnStateError(ReturnStateError { message, state: now })
            }
            Err(Refusal::Input { field, message }) => {
                Self::InvalidInputError(InvalidInputError { message, field })
            }
        })
    }
}

/// What can be done.
#[Object]
impl Mutation {
    /// Notes that a return has come in.
    async fn receive_return(&self, context: &Context<'_>, rma: ID) -> Result<ReturnResult> {
        ReturnResult::of(context.data::<Desk>()?.receive(&rma).await)
    }

    /// Notes what a return looks like. Whoever has it in their hands has received it, too.
    async fn inspect_return(
        &self,
        context: &Context<'_>,
        rma: ID,
        #[graphql(desc = "What it looks like.")] condition: Condition,
        #[graphql(desc = "How many photos were taken of it.")] photos: Option<i32>,
        #[graphql(desc = "Who looked.")] inspected_by: Option<String>,
    ) -> Result<ReturnResult> {
        let finding = Finding { condition: Some(condition), photos, by: inspected_by };
        ReturnResult::of(context.data::<Desk>()?.inspect(&rma, finding).await)
    }

    /// Puts a return back to the shelf: as new, where nobody has said otherwise.
    async fn restock_return(
        &self,
        context: &Context<'_>,
        rma: ID,
        #[graphql(desc = "Where it was put.")] place: Option<String>,
        #[graphql(desc = "What it looks like.")] condition: Option<Condition>,
        #[graphql(desc = "Who looked.")] inspected_by: Option<String>,
    ) -> Result<ReturnResult> {
        let finding = Finding { condition, by: inspected_by, photos: None };
        let desk = context.data::<Desk>()?;
        ReturnResult::of(desk.restock(&rma, finding, place.as_deref()).await)
    }

    /// Gives a return up.
    async fn write_off_return(
        &self,
        context: &Context<'_>,
        rma: ID,
        #[graphql(desc = "Why it is given up.")] reason: String,
        #[graphql(desc = "What it looks like.")] condition: Option<Condition>,
        #[graphql(desc = "Who looked.")] inspected_by: Option<String>,
    ) -> Result<ReturnResult> {
        let finding = Finding { condition, by: inspected_by, photos: None };
        let desk = context.data::<Desk>()?;
        ReturnResult::of(desk.write_off(&rma, finding, &reason).await)
    }

    /// Writes something down about a return.
    async fn comment_return(
        &self,
        context: &Context<'_>,
        rma: ID,
        #[graphql(desc = "What is to be written down.")] text: String,
        #[graphql(desc = "Who writes it.")] author: Option<String>,
    ) -> Result<ReturnResult> {
        let desk = context.data::<Desk>()?;
        ReturnResult::of(desk.comment(&rma, &text, author.as_deref()).await)
    }
}
