//! The crate from the outside.

mod paper;
