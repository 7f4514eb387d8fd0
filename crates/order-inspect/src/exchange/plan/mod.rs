//! From what a file says to what changes: what is there, what it would be, and the steps between. Everything is
//! written with the catalogue's own functions, in the transaction of the item; a dry run does the same and takes
//! it back, so that it finds what the real run would find.

pub(super) mod change;
pub(super) mod context;
mod failure;
mod features;
mod fields;
pub(super) mod merge;
mod names;
mod options;
pub(super) mod prices;
pub(super) mod stand;
mod variants;
mod writer;

pub(super) use change::{FieldChange, Weighed, weigh};
pub(super) use context::{Choices, Context, MissingProducts};
pub(super) use failure::Failure;
