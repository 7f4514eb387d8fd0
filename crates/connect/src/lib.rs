//! How a backend is reached. One [`Connection`] trait. Behind it, for databases, one engine-neutral
//! part ([`database`], SQL texts in `sql`, the connection budget in `pool`) and a module per engine
//! that knows its catalogue, its wire values and its errors; for services, the one way out over
//! HTTP (`http`), JSON without loss (`json`), and a module per manner of description.
//!
//! Nothing here decides whether somebody may do something, and nothing is ever created in a
//! backend: no table, no column, no temporary object.

mod database;
mod declared;
mod driver;
mod error;
mod graphql;
mod http;
mod json;
mod location;
mod mysql;
mod openapi;
mod page;
mod pool;
mod postgres;
mod service;
mod sql;
mod sqlite;
mod stream;
mod writing;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use kontor_model::change::Refusal;
use kontor_model::service::Operation;
use kontor_model::statement::Filled;
use kontor_model::{
    ChangeItem, ChangeKind, Condition, Count, Engine, ItemOutcome, Linked, Page, Query, RecordKey,
    Resource, Schema, Value,
};

pub use error::{Failure, FailureKind, WriteFailure};
pub use http::{Auth, AuthError};
pub use location::{Description, Location, LocationError};
pub use pool::Gauge;
pub use service::{PagingOptions, ResourceOptions, ServiceOptions};

/// What a backend is allowed to be burdened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Greatest number of connections at once.
    pub connections: u32,
    /// Time after which the backend itself ends a statement.
    pub statement_timeout: Duration,
    /// Time that a request waits for a free connection.
    pub wait: Duration,
    /// Time in which a connection must be made.
    pub connect_timeout: Duration,
    /// Greatest number of rows of one page.
    pub row_cap: u32,
    /// Greatest number of requests in a second; only for services.
    pub rate: Option<u32>,
    /// The longest answer in bytes; only for services.
    pub answer_bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            connections: 8,
            statement_timeout: Duration::from_secs(10),
            wait: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            row_cap: 500,
            rate: None,
            answer_bytes: 16 * 1024 * 1024,
        }
    }
}

/// How a backend shall be opened.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Where it is, with the password.
    pub location: Location,
    /// Where to read instead, if anywhere.
    pub replica: Option<Location>,
    /// Whether sessions may write at all.
    pub writable: bool,
    /// What it may be burdened with.
    pub budget: Budget,
    /// A mark of this installation that the backend's administrator sees beside the sessions.
    pub session_name: String,
    /// What is known of it, where it is a service.
    pub service: ServiceOptions,
}

/// Rows one by one, each with the values of the query's columns and then of its linked ones.
pub type RowStream = BoxStream<'static, Result<Vec<Value>, Failure>>;

/// A way to one backend. Every method keeps to the budget; when its future is dropped, what runs
/// in the backend for it is cancelled there.
#[async_trait]
pub trait Connection: Send + Sync {
    /// The kind of backend.
    fn engine(&self) -> Engine;

    /// Connections in use, idle and permitted.
    fn gauge(&self) -> Gauge;

    /// Asks whether the backend answers.
    async fn ping(&self) -> Result<(), Failure>;

    /// Reads the schema.
    async fn introspect(&self) -> Result<Schema, Failure>;

    /// Whether a query over the resource may name these linked records.
    fn reads_linked(&self, of: &Of<'_>, linked: &Linked) -> bool;

    /// A page of records.
    async fn select(&self, of: &Of<'_>, query: &Query) -> Result<Page, Failure>;

    /// All records of a query in order, with flat memory. The query's limit is ignored; the time
    /// limit is `budget`.
    async fn stream(
        &self,
        of: &Of<'_>,
        query: &Query,
        budget: Duration,
    ) -> Result<RowStream, Failure>;

    /// How many records satisfy a condition: exact where `budget` suffices, else the planner's
    /// estimate, else how far counting came.
    async fn count(
        &self,
        of: &Of<'_>,
        condition: &Condition,
        budget: Duration,
    ) -> Result<Count, Failure>;

    /// Whether fields tell the records of a resource apart: none where no two records have the
    /// same values in all of them. Each statement that it takes may last for `budget`.
    ///
    /// # Errors
    /// [`FailureKind::Timeout`] when that could not be told in time.
    async fn shared(
        &self,
        of: &Of<'_>,
        fields: &[usize],
        budget: Duration,
    ) -> Result<Option<Shared>, Failure>;

    /// Writes the items of one change, in one transaction where the backend has such. Items that
    /// are stale, gone or refused leave the others untouched. By `token`, which no other change
    /// has, a service can recognise a request that comes twice.
    ///
    /// # Errors
    /// [`WriteFailure::NotWritten`] when nothing was written; [`WriteFailure::Unknown`] when the
    /// answer to the commit was lost.
    async fn write(
        &self,
        of: &Of<'_>,
        kind: ChangeKind,
        items: &[ChangeItem],
        token: &str,
    ) -> Result<Vec<ItemOutcome>, WriteFailure>;

    /// Does with one record what an operation of the service does. `input` has a value, or none,
    /// for each thing that the operation takes; `token` is as in [`Connection::write`].
    ///
    /// # Errors
    /// As [`Connection::write`]; [`WriteFailure::NotWritten`] where the backend has no operations.
    async fn act(
        &self,
        of: &Of<'_>,
        operation: &Operation,
        key: &RecordKey,
        input: &[Option<Value>],
        token: &str,
    ) -> Result<ItemOutcome, WriteFailure>;

    /// Asks an operation that changes nothing what it has to say of one record; the parameters are
    /// as for [`Connection::act`].
    ///
    /// # Errors
    /// [`FailureKind::Privilege`] where the backend has no operations that answer.
    async fn foresee(
        &self,
        _of: &Of<'_>,
        operation: &Operation,
        _key: &RecordKey,
        _input: &[Option<Value>],
        _token: &str,
    ) -> Result<Answered, Failure> {
        let detail = format!("“{}” cannot be asked what it would do", operation.name);
        Err(Failure::new(FailureKind::Privilege, detail))
    }

    /// Runs a statement that a manifest declares for a record, in a transaction of its own. Where it
    /// touches nothing, the outcome says why; where it touches more than it may, nothing is written.
    ///
    /// # Errors
    /// As [`Connection::write`]; [`WriteFailure::NotWritten`] where the backend is no database.
    async fn run(
        &self,
        _of: &Of<'_>,
        _key: &RecordKey,
        _statement: &Filled,
    ) -> Result<ItemOutcome, WriteFailure> {
        Err(WriteFailure::NotWritten(no_statements()))
    }

    /// Asks whether the backend understands a statement; nothing is run.
    ///
    /// # Errors
    /// [`FailureKind`] with the backend's own words where it does not.
    async fn understands(&self, _of: &Of<'_>, _statement: &Filled) -> Result<(), Failure> {
        Err(no_statements())
    }

    /// Waits until no session of an earlier run of this installation can still write. `false`
    /// when that cannot be told.
    async fn earlier_sessions_ended(&self) -> Result<bool, Failure>;

    /// Ends the way to the backend: from now on every other method fails, what is at work is
    /// waited for (2 s at most), and all connections are closed, so that nothing of ours is left
    /// beside a file or in a server. The exception is SQLite's own: who opened a file in WAL mode
    /// for reading only may not remove the `-wal` and `-shm` that SQLite made for it.
    ///
    /// When the last holder lets go without this, the connections are closed, too, but nobody
    /// learns when.
    async fn close(&self);
}

fn no_statements() -> Failure {
    Failure::new(FailureKind::Privilege, "a service takes no statements")
}

/// What an operation answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// This, as JSON.
    Said(String),
    /// It refuses.
    Refused(Refusal),
}

/// Records that have the same values where these were to tell them apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// The values that most records share, in the order of the fields.
    pub values: Vec<Value>,
    /// How many records have them.
    pub records: u64,
    /// How many further values are shared by several records; none where counting took too long.
    pub others: Option<u64>,
}

/// A resource within its schema, as the methods of [`Connection`] take it.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// All resources, for conditions over links.
    pub schema: &'a Schema,
    /// The resource meant.
    pub resource: &'a Resource,
}

/// A connection to the backend of a location. Nothing is sent before the first use.
#[must_use]
pub fn open(opening: Opening) -> Arc<dyn Connection> {
    match opening.location.clone() {
        Location::Sqlite(_) => Arc::new(database::Database::new(sqlite::Sqlite::of, opening)),
        Location::Postgres(_) => Arc::new(database::Database::new(postgres::Postgres::of, opening)),
        Location::Mysql(_) => Arc::new(database::Database::new(mysql::Mysql::of, opening)),
        Location::Openapi(description, secret) => {
            Arc::new(openapi::Api::new(description, secret, opening.service, opening.budget))
        }
        Location::Graphql(url, secret) => {
            Arc::new(graphql::Service::new(url, secret, opening.service, opening.budget))
        }
    }
}
