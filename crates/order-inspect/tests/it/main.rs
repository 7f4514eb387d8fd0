//! The crate from the outside.

mod mail;
mod paper;
mod payments;
mod program;
