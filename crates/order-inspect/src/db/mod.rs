//! The service's own database: SQLite in one file, or PostgreSQL.
//!
//! Work is written once and runs on both. A statement is PostgreSQL's text; what SQLite spells differently
//! is translated in `sql`. On SQLite one thread writes, and commits what came together as one group with one
//! `fsync`; on PostgreSQL each piece of work has its own connection and transaction.

mod checkpoint;
mod error;
mod ids;
mod migration;
mod postgres;
mod search;
mod sql;
mod sqlite;
mod tls;
mod tx;
mod value;

use std::{
    path::Path,
    pin::Pin,
    sync::{Arc, Weak},
    time::Duration,
};

use tracing::Instrument as _;

pub use error::DbError;
pub use migration::MIGRATIONS;
pub use tx::{Insert, Tx};
pub use value::{FromValue, Row, Value};

use crate::trace;

/// What work returns: it borrows the transaction for as long as it runs.
pub type Doing<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;
/// A piece of work. It may wait for its transaction and for nothing else: on SQLite that is enforced.
pub(crate) type Work<T, E> = Box<dyn for<'t> FnOnce(&'t mut Tx) -> Doing<'t, T, E> + Send>;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Arc<Engine>,
    ids: Arc<ids::Ids>,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// How soon it is noticed that a server has lost its part of the numbers.
const WATCH: Duration = Duration::from_millis(200);

/// A server's part of the numbers goes with the connection that keeps it: when that breaks, another part is taken.
async fn keep_slot(engine: Weak<Engine>, ids: Weak<ids::Ids>) {
    let mut watch = tokio::time::interval(WATCH);
    loop {
        watch.tick().await;
        let (Some(engine), Some(ids)) = (engine.upgrade(), ids.upgrade()) else { return };
        let Engine::Postgres(postgres) = &*engine else { return };
        if postgres.keeps_slot() {
            continue;
        }
        let db = Db { engine: Arc::clone(&engine), ids };
        match db.start_ids().await {
            Ok(()) => tracing::warn!(
                "a connection broke: this server has taken another part of the numbers"
            ),
            Err(error) => {
                tracing::error!(%error, "this server has no part of the numbers; it tries again");
            }
        }
    }
}

impl Db {
    /// Opens the file `order-inspect.db` in a folder, and brings it up to date.
    pub async fn open_folder(folder: &Path) -> Result<Self, DbError> {
        Self::ready(Engine::Sqlite(sqlite::Sqlite::open(&folder.join("order-inspect.db"))?)).await
    }

    /// Opens a database on a PostgreSQL server (`postgres://user@host/name`), and brings it up to date.
    pub async fn open_postgres(url: &str, connections: usize) -> Result<Self, DbError> {
        Self::ready(Engine::Postgres(postgres::Postgres::open(url, connections).await?)).await
    }

    async fn ready(engine: Engine) -> Result<Self, DbError> {
        let db = Self { engine: Arc::new(engine), ids: Arc::new(ids::Ids::new()) };
        migration::migrate(&db).await?;
        db.write(|tx| Box::pin(tx.prepare_search())).await?;
        db.start_ids().await?;
        if matches!(*db.engine, Engine::Postgres(_)) {
            tokio::spawn(keep_slot(Arc::downgrade(&db.engine), Arc::downgrade(&db.ids)));
        }
        Ok(db)
    }

    /// From now on this server makes numbers that are its alone.
    async fn start_ids(&self) -> Result<(), DbError> {
        let slot = self.take_slot().await?;
        let last = self.read(|tx| {
            Box::pin(async move {
                let row = tx.one(ids::LAST, vec![]).await?;
                row.get::<i64>("last")
            })
        });
        self.ids.start(slot, last.await?);
        Ok(())
    }

    /// A number that no other record has, larger than those before it. Fits exactly into a JSON number.
    pub fn new_id(&self) -> i64 {
        self.ids.next()
    }

    /// The end of the numbers that were made so many microseconds ago, as far as the clocks of servers agree.
    pub fn ids_before(age: i64) -> i64 {
        ids::Ids::before(age)
    }

    /// Runs work that changes something: all of it is kept, durably, or nothing is.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Doing<'t, T, E> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(it) => it.write(Box::new(work)).instrument(trace::writing()).await,
            Engine::Postgres(it) => it.write(Box::new(work)).instrument(trace::writing()).await,
        }
    }

    /// Runs work that only reads. On SQLite all of it sees one state; on PostgreSQL each statement sees
    /// what was committed when it began.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> Doing<'t, T, E> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(it) => it.read(Box::new(work)).instrument(trace::reading()).await,
            Engine::Postgres(it) => it.read(Box::new(work)).instrument(trace::reading()).await,
        }
    }

    /// Writes a consistent copy into a new file while the service goes on.
    pub async fn backup(&self, target: &Path) -> Result<(), DbError> {
        match &*self.engine {
            Engine::Sqlite(it) => it.backup(target).await,
            Engine::Postgres(it) => it.backup(target),
        }
    }

    /// How much the database has done for this server so far, in steps of SQLite's machine: what a question costs,
    /// without a clock. None on PostgreSQL, which counts for itself (`pg_stat_statements`).
    pub fn steps(&self) -> Option<u64> {
        match &*self.engine {
            Engine::Sqlite(it) => Some(it.steps()),
            Engine::Postgres(_) => None,
        }
    }

    /// The part of the numbers that is this server's alone.
    async fn take_slot(&self) -> Result<i64, DbError> {
        match &*self.engine {
            Engine::Sqlite(_) => Ok(0),
            Engine::Postgres(it) => it.take_slot(ids::SLOTS).await,
        }
    }
}
