//! The schema: what can be asked, and what can be done.

mod connections;
mod filters;
mod mutation;
mod objects;
mod query;

use async_graphql::{EmptySubscription, Schema};

use self::mutation::Mutation;
use self::query::Query;
use crate::desk::{Desk, DeskError};

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

/// What callers are told when the database fails; the log gets the rest.
fn failed(error: impl Into<DeskError>) -> async_graphql::Error {
    let error = error.into();
    tracing::error!(%error, "a question could not be answered");
    async_graphql::Error::new("the returns desk cannot read its database")
}
