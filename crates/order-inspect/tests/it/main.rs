//! The crate from the outside.

mod paper;
mod payments;
mod program;
