//! Kontor's own memory: people, views, verdicts, schema snapshots, settings, jobs and the audit.
//!
//! The memory lives in SQLite (a file, the default) or in PostgreSQL. Which of the two is decided
//! once, by the URL given to [`Store::open`]; every query has one text that both engines read, and
//! only the module `engine` knows them apart.
//!
//! One module per noun holds the types of that noun and plain functions over them. A function that
//! reads takes `&mut impl` [`Read`], so it works on [`Store::read`] and inside a transaction alike;
//! a function that writes takes a [`Tx`], which exists only inside [`Store::transaction`]:
//!
//! ```no_run
//! # use kontor_store::{Store, StoreError, settings, Json};
//! # async fn example(store: Store) -> Result<(), StoreError> {
//! store
//!     .transaction(async |mut tx| settings::set(&mut tx, "shop.title", &Json::parse("\"Kontor\"")?, 0).await)
//!     .await?;
//! let title = settings::get(&mut store.read(), "shop.title").await?;
//! # drop(title); Ok(()) }
//! ```
//!
//! The audit is the exception: it is appended to with [`audit::Audit::append`] alone, which writes
//! what many callers ask for at the same time in one transaction.
//!
//! Neither time nor randomness is made here: instants ([`Micros`]), ids and secrets come from the
//! caller.

pub mod audit;
mod engine;
mod error;
pub mod grants;
pub mod jobs;
mod json;
pub mod links;
mod migration;
mod param;
mod row;
mod secret;
pub mod sessions;
pub mod settings;
pub mod snapshots;
mod sql;
mod store;
pub mod throttle;
pub mod tokens;
pub mod users;
pub mod verdicts;
pub mod views;
mod word;

pub use error::StoreError;
pub use json::Json;
pub use param::Param;
pub use row::Row;
pub use secret::{SealKey, SecretHash};
pub use sql::Sql;
pub use store::{Read, Reader, Store, Tx};
pub use word::Word;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// What every function of the store answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
