//! The returns desk: a small service that speaks GraphQL about what customers send back, for the
//! sample shop.
//!
//! It is of another hand than the rest of the house and knows nothing of it: it has its own
//! database, spells the numbers of others in its own way, and says no as data. Lists are Relay
//! connections, introspection is on, and it listens on the loopback interface only.

mod changes;
mod clock;
mod desk;
mod listing;
mod schema;
mod serving;
mod words;

#[cfg(test)]
mod tests;

pub use clock::Clock;
pub use desk::{Desk, DeskError};
pub use serving::Serving;

/// The tables of its database, in SQL for SQLite.
pub const TABLES: &str = include_str!("tables.sql");

/// The indexes of its database, to be made when the tables are filled.
pub const INDEXES: &str = include_str!("indexes.sql");
