//! crate

pub mod manifest;
pub mod random;
