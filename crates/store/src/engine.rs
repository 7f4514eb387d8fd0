//! The two engines. Nothing outside this file knows which one is at work.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Arguments, ConnectOptions, Connection, Executor, Postgres, Sqlite, Transaction};

use crate::row::Driver;
use crate::{Param, Result, Row, Sql, StoreError};

/// Connections that read a SQLite file side by side.
const SQLITE_READERS: u32 = 4;
/// Connections one replica keeps to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 10;
/// How long a connection may be waited for before the caller gets an error.
const PATIENCE: Duration = Duration::from_secs(10);
/// A PostgreSQL connection unused for longer is tried before it is used.
const TRY_AFTER_IDLE: Duration = Duration::from_secs(5);
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
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Engine {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            open_sqlite(Path::new(path.strip_prefix("//").unwrap_or(path))).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url).await
        } else {
            let scheme = url.split(':').next().unwrap_or_default();
            let why = "give sqlite:<path> or postgres://user@host/database".to_owned();
            Err(StoreError::Open { place: format!("{scheme}:…"), why })
        }
    }

    pub(crate) async fn begin(&self) -> Result<OpenTransaction> {
        let begun = match self {
            Self::Sqlite { writer, .. } => {
                writer.begin_with("BEGIN IMMEDIATE").await.map(OpenTransaction::Sqlite)
            }
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
            Self::Sqlite { readers, .. } => sqlite_rows(readers, sql, params).await,
            Self::Postgres(pool) => postgres_rows(pool, sql, params).await,
        }
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
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl OpenTransaction {
    pub(crate) async fn rows(&mut self, sql: Sql, params: Vec<Param>) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(tx) => sqlite_rows(&mut **tx, sql, params).await,
            Self::Postgres(tx) => postgres_rows(&mut **tx, sql, params).await,
        }
    }

    pub(crate) async fn run(&mut self, sql: Sql, params: Vec<Param>) -> Result<u64> {
        let text = sql.clone();
        match self {
            Self::Sqlite(tx) => {
                sqlx::query_with(sql.into_driver(), bound::<SqliteArguments>(params)?)
                    .execute(&mut **tx)
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
            Self::Sqlite(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop),
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
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(|error| StoreError::from_driver("COMMIT", error))
    }

    /// Rolls back. A failure is not told: the connection is then lost, and the database rolls back
    /// by itself.
    pub(crate) async fn rollback(self) {
        match self {
            Self::Sqlite(tx) => tx.rollback().await.ok(),
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

async fn sqlite_rows<'c>(
    executor: impl Executor<'c, Database = Sqlite>,
    sql: Sql,
    params: Vec<Param>,
) -> Result<Vec<Row>> {
    let found = sqlx::query_with(sql.clone().into_driver(), bound::<SqliteArguments>(params)?)
        .fetch_all(executor)
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

async fn open_sqlite(path: &Path) -> Result<Engine> {
    let place = path.display().to_string();
    let refused = |why: String| StoreError::Open { place: place.clone(), why };
    if place.is_empty() || place.starts_with(":memory:") {
        return Err(refused("the store must be a file, give sqlite:<path>".to_owned()));
    }
    make_private(path).map_err(|error| refused(error.to_string()))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let writes =
        options.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let writer = pool().max_connections(1).connect_with(writes).await;
    let writer = writer.map_err(|error| refused(error.to_string()))?;
    let readers =
        pool().max_connections(SQLITE_READERS).connect_with(options.read_only(true)).await;
    let readers = readers.map_err(|error| refused(error.to_string()))?;
    Ok(Engine::Sqlite { writer, readers })
}

/// Creates the file readable by its owner alone, and narrows it where it is wider. SQLite gives
/// its `-wal` and `-shm` files the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mode = fs::metadata(path)?.permissions().mode();
            if mode & 0o077 != 0 {
                fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

async fn open_postgres(url: &str) -> Result<Engine> {
    let (url, schema) = split_schema(url);
    // Until the driver has told its parts apart, none of the URL may be shown.
    let options = PgConnectOptions::from_str(&url).map_err(|error| StoreError::Open {
        place: "postgres:…".to_owned(),
        why: error.to_string(),
    })?;
    let place = place(&options);
    let refused = |why: String| StoreError::Open { place: place.clone(), why };
    let schema = schema.unwrap_or("public");
    if !is_plain_name(schema) {
        return Err(refused(format!("schema {schema:?} must be lower-case letters, digits and _")));
    }
    let options = options
        .application_name("kontor")
        .options([("search_path", schema)])
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRY_AFTER_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await
        .map_err(|error| refused(error.to_string()))?;
    make_schema(&pool, schema)
        .await
        .map_err(|error| refused(format!("schema {schema}: {error}")))?;
    Ok(Engine::Postgres(pool))
}

/// Creates the schema where it is missing; not else, because that takes a right of its own. The
/// lock is for replicas that start at the same time, and ends with the script.
async fn make_schema(pool: &PgPool, schema: &str) -> sqlx::Result<()> {
    let find = "SELECT nspname FROM pg_namespace WHERE nspname = $1";
    if sqlx::query(find).bind(schema).fetch_optional(pool).await?.is_some() {
        return Ok(());
    }
    let create = format!(
        "SELECT pg_advisory_xact_lock(hashtext('kontor_schema')); \
         CREATE SCHEMA IF NOT EXISTS {schema}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(pool).await.map(drop)
}

/// Takes `schema=name` out of a URL's query, because it is ours and not the driver's.
fn split_schema(url: &str) -> (String, Option<&str>) {
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let (ours, theirs): (Vec<_>, Vec<_>) =
        query.split('&').partition(|pair| pair.starts_with("schema="));
    let schema = ours.first().and_then(|pair| pair.strip_prefix("schema="));
    let url =
        if theirs.is_empty() { base.to_owned() } else { format!("{base}?{}", theirs.join("&")) };
    (url, schema)
}

fn is_plain_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name.len() <= 63
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Where the server is, without user and password.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_default();
    format!("postgres://{}:{}/{database}", options.get_host(), options.get_port())
}

#[cfg(test)]
mod tests {
    use super::{Engine, is_plain_name, split_schema};

    #[test]
    fn the_schema_is_taken_out_of_the_url_and_the_rest_stays() {
        let (url, schema) = split_schema("postgres://h/d?sslmode=disable&schema=office");
        assert_eq!((url.as_str(), schema), ("postgres://h/d?sslmode=disable", Some("office")));
        let (url, schema) = split_schema("postgres://h/d?schema=office");
        assert_eq!((url.as_str(), schema), ("postgres://h/d", Some("office")));
    }

    #[test]
    fn a_schema_that_would_need_quotes_is_refused() {
        assert!(is_plain_name("kontor_2"));
        for bad in ["", "2x", "a-b", "A", "a;drop", "a b"] {
            assert!(!is_plain_name(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_password_never_reaches_a_message() {
        for url in [
            "postgres://u:secret@127.0.0.1:1/d?schema=A",
            "postgres://127.0.0.1:1/d?schema=A&user=u&password=secret",
            "postgres://u:secret@127.0.0.1:port/d",
            "postgres://u:se?secret@127.0.0.1:1/d",
            "postgres://u:se/secret@127.0.0.1:1/d",
        ] {
            let told = Engine::open(url).await.expect_err("nothing is there").to_string();
            assert!(told.starts_with("cannot open the store postgres:"), "{told}");
            assert!(!told.contains("secret"), "{told}");
        }
    }
}
