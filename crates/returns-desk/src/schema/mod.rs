//! The schema: what can be asked, and what can be done.

mod connections;
mod filters;
mod mutation;
mod objects;
mod query;

use async_graphql::{EmptySubscription, Schema};

use self::mutation::Mutation;
use self::query::Query;
use crate::desk::Desk;

/// Deeper questions are refused; introspection is the deepest that is of use.
const DEEPEST: usize = 24;
/// Larger questions are refused, counted in fields.
const LARGEST: usize = 20_000;

/// The schema over a desk.
pub(crate) type DeskSchema = Schema<Query, Mutation, EmptySubscription>;

pub(crate) fn of(desk: Desk) -> DeskSchema {
    Schema::build(Query, Mutation, EmptySubscription)
        .data(desk)
        .limit_depth(DEEPEST)
        .limit_complexity(LARGEST)
        .finish()
}

/// What the log gets in full, and who asked as a sentence.
fn failed(error: crate::desk::DeskError) -> async_graphql::Error {
    tracing::error!(%error, "a question could not be answered");
    async_graphql::Error::new("the returns desk cannot read its database")
}
