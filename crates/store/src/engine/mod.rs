//! The two engines. Nothing outside this folder knows which one is at work.

mod lease;
mod postgres;
mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use lease::{Connections, Lease};
use sqlx::postgres::{PgArguments, PgPool};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Executor, Postgres, SqliteConnection, Transaction};

use crate::row::Driver;
use crate::{Param, Result, Row, Sql, StoreError};

/// How long a connection may be waited for before the caller gets an error.
const PATIENCE: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection; the store has about 150 texts.
const STATEMENTS: usize = 256;

/// A migration's text where the engines need different words.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// Where the store lives.
#[derive(Debug)]
pub(crate) enum Engine {
    /// One connection writes, several read; WAL lets them not wait for each other.
    Sqlite {
        writer: Arc<Connections>,
        readers: Arc<Connections>,
    },
    Postgres(PgPool),
}

/// A statement, and how many rows it must touch.
#[derive(Debug)]
pub(crate) struct Exact {
    pub(crate) sql: String,
    pub(crate) params: Vec<Param>,
    pub(crate) rows: u64,
}

impl Engine {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            sqlite::open(path.strip_prefix("//").unwrap_or(path)).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            postgres::open(url).await
        } else {
            let scheme = url.split(':').next().unwrap_or_default();
            let why = "give sqlite:<path> or postgres://user@host/database".to_owned();
            Err(StoreError::Open { place: format!("{scheme}:…"), why })
        }
    }

    pub(crate) async fn begin(&self) -> Result<OpenTransaction> {
        let begun = match self {
            Self::Sqlite { writer, .. } => begun(writer).await.map(OpenTransaction::Sqlite),
            Self::Postgres(pool) => {
                // In its own task, because a `begin` that is dropped half way returns a connection
                // with an open transaction to the pool (sqlx 0.9.0, transact-rs/sqlx#4385).
                let pool = pool.clone();
                tokio::spawn(async move { pool.begin().await })
                    .await
                    .map_err(|_| StoreError::Closed)?
                    .map(OpenTransaction::Postgres)
            }
        };
        begun.map_err(|error| StoreError::from_driver("BEGIN", error))
    }

    pub(crate) async fn rows(&self, sql: Sql, params: Vec<Param>) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite { readers, .. } => {
                let unread = |error| StoreError::from_driver(sql.as_str(), error);
                let mut lease = readers.lease().await.map_err(unread)?;
                let connection = lease.busy().map_err(unread)?;
                let rows = sqlite_rows(connection, sql, params).await;
                lease.settle();
                rows
            }
            Self::Postgres(pool) => postgres_rows(pool, sql, params).await,
        }
    }

    /// Runs statements in a transaction of their own, and commits it where each touched as many
    /// rows as it must; where one did not or failed, nothing is written and the answer is no.
    /// SQLite takes all of them in one go. Their placeholders are written `?`.
    ///
    /// # Errors
    /// Where the commit failed: nobody knows whether they are written.
    pub(crate) async fn run_exactly(&self, statements: Vec<Exact>) -> Result<bool> {
        let open = match self {
            Self::Sqlite { writer, .. } => touched_in_one_go(writer, statements).await,
            Self::Postgres(_) => self.touched_in_turn(statements).await,
        };
        match open {
            Ok((open, true)) => open.commit().await.map(|()| true),
            Ok((open, false)) => {
                open.rollback().await;
                Ok(false)
            }
            Err(_) => Ok(false),
        }
    }

    async fn touched_in_turn(&self, statements: Vec<Exact>) -> Result<(OpenTransaction, bool)> {
        let mut open = self.begin().await?;
        for Exact { sql, params, rows } in statements {
            if open.run(Sql::built(numbered(&sql)), params).await.ok() != Some(rows) {
                return Ok((open, false));
            }
        }
        Ok((open, true))
    }

    /// Whether several servers may work with the store at the same time. A SQLite file lies in the
    /// data folder of one.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// The words of a migration for this engine.
    pub(crate) fn text(&self, texts: &Texts) -> &'static str {
        match self {
            Self::Sqlite { .. } => texts.sqlite,
            Self::Postgres(_) => texts.postgres,
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A begun transaction; dropped, it is rolled back.
#[derive(Debug)]
pub(crate) enum OpenTransaction {
    Sqlite(Lease),
    Postgres(Transaction<'static, Postgres>),
}

impl OpenTransaction {
    pub(crate) async fn rows(&mut self, sql: Sql, params: Vec<Param>) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(lease) => {
                let connection = lease.busy().map_err(|_| StoreError::Closed)?;
                sqlite_rows(connection, sql, params).await
            }
            Self::Postgres(tx) => postgres_rows(&mut **tx, sql, params).await,
        }
    }

    pub(crate) async fn run(&mut self, sql: Sql, params: Vec<Param>) -> Result<u64> {
        let text = sql.clone();
        match self {
            Self::Sqlite(lease) => {
                let connection = lease.busy().map_err(|_| StoreError::Closed)?;
                sqlx::query_with(sql.into_driver(), bound::<SqliteArguments>(params)?)
                    .execute(connection)
                    .await
                    .map(|done| done.rows_affected())
            }
            Self::Postgres(tx) => {
                sqlx::query_with(sql.into_driver(), bound::<PgArguments>(params)?)
                    .execute(&mut **tx)
                    .await
                    .map(|done| done.rows_affected())
            }
        }
        .map_err(|error| StoreError::from_driver(text.as_str(), error))
    }

    /// Runs a script of several statements.
    pub(crate) async fn script(&mut self, text: &'static str) -> Result<()> {
        match self {
            Self::Sqlite(lease) => match lease.busy() {
                Ok(connection) => sqlx::raw_sql(text).execute(connection).await.map(drop),
                Err(error) => Err(error),
            },
            Self::Postgres(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop),
        }
        .map_err(|error| StoreError::from_driver(text, error))
    }

    /// Keeps other replicas from migrating at the same time, until the transaction ends. SQLite's
    /// `BEGIN IMMEDIATE` does that already.
    pub(crate) async fn lock_migrations(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(_) => {
                let lock = "SELECT pg_advisory_xact_lock(hashtext('kontor_migration ' || current_schema()))::text AS locked";
                self.rows(lock.into(), Vec::new()).await.map(drop)
            }
        }
    }

    pub(crate) fn skip_locked(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(lease) => ended(lease, "COMMIT").await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(|error| StoreError::from_driver("COMMIT", error))
    }

    /// Rolls back. A failure is not told: the connection is then lost, and the database rolls back
    /// by itself.
    pub(crate) async fn rollback(self) {
        match self {
            Self::Sqlite(lease) => ended(lease, "ROLLBACK").await.ok(),
            Self::Postgres(tx) => tx.rollback().await.ok(),
        };
    }
}

fn bound<A>(params: Vec<Param>) -> Result<A>
where
    A: Arguments + Default,
    for<'t> Option<i64>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
    for<'t> Option<String>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
{
    let mut arguments = A::default();
    for param in params {
        match param {
            Param::Int(value) => arguments.add(value),
            Param::Text(value) => arguments.add(value),
        }
        .map_err(|error| StoreError::Invalid { what: "a value", why: error.to_string() })?;
    }
    Ok(arguments)
}

async fn begun(writer: &Arc<Connections>) -> sqlx::Result<Lease> {
    let mut lease = writer.lease().await?;
    lease.busy()?.execute("BEGIN IMMEDIATE").await?;
    Ok(lease)
}

/// Ends a transaction. Where that fails the connection is closed, which rolls back.
async fn ended(mut lease: Lease, word: &'static str) -> sqlx::Result<()> {
    lease.busy()?.execute(word).await?;
    lease.settle();
    Ok(())
}

/// Begins a transaction and runs statements, all in one text; whether each touched as many rows as
/// it must.
async fn touched_in_one_go(
    writer: &Arc<Connections>,
    statements: Vec<Exact>,
) -> Result<(OpenTransaction, bool)> {
    let (mut text, mut params, mut wanted) = ("BEGIN IMMEDIATE".to_owned(), Vec::new(), Vec::new());
    for statement in statements {
        text.push_str("; ");
        text.push_str(&statement.sql);
        params.extend(statement.params);
        wanted.push(statement.rows);
    }
    let arguments = bound::<SqliteArguments>(params)?;
    let failed = |error| StoreError::from_driver("BEGIN IMMEDIATE", error);
    let mut lease = writer.lease().await.map_err(failed)?;
    let touched = {
        let query = sqlx::query_with(Sql::built(text).into_driver(), arguments);
        let steps = lease.busy().map_err(failed)?.fetch_many(query);
        let ends = steps.try_filter_map(async |step| Ok(step.left()));
        ends.map_ok(|done| done.rows_affected()).try_collect::<Vec<u64>>().await
    };
    // What is told of `BEGIN` belongs to the statement before it.
    let is_exact = touched.is_ok_and(|touched| touched.get(1..) == Some(&wanted[..]));
    Ok((OpenTransaction::Sqlite(lease), is_exact))
}

/// A text with `?` for its placeholders as one with `$1…`.
fn numbered(sql: &str) -> String {
    let mut parts = sql.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    (1..).zip(parts).fold(first, |text, (number, part)| format!("{text}${number}{part}"))
}

async fn sqlite_rows(
    connection: &mut SqliteConnection,
    sql: Sql,
    params: Vec<Param>,
) -> Result<Vec<Row>> {
    let found = sqlx::query_with(sql.clone().into_driver(), bound::<SqliteArguments>(params)?)
        .fetch_all(connection)
        .await;
    let rows = found.map_err(|error| StoreError::from_driver(sql.as_str(), error))?;
    let sql = Arc::new(sql);
    Ok(rows.into_iter().map(|row| Row::new(Driver::Sqlite(row), &sql)).collect())
}

async fn postgres_rows<'c>(
    executor: impl Executor<'c, Database = Postgres>,
    sql: Sql,
    params: Vec<Param>,
) -> Result<Vec<Row>> {
    let found = sqlx::query_with(sql.clone().into_driver(), bound::<PgArguments>(params)?)
        .fetch_all(executor)
        .await;
    let rows = found.map_err(|error| StoreError::from_driver(sql.as_str(), error))?;
    let sql = Arc::new(sql);
    Ok(rows.into_iter().map(|row| Row::new(Driver::Postgres(row), &sql)).collect())
}
