//! Order & Inspect: the core of a shop as a service of its own.

pub mod documents;
pub mod mail;
pub mod payments;
