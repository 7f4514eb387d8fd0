//! SQLite.

mod introspect;
mod refusal;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use kontor_model::change::Refusal;
use kontor_model::query::{ROW_ID, VERSION};
use kontor_model::{ChangeItem, Condition, Engine, FieldType, Resource, Schema, Value};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow, SqliteValueRef};
use sqlx::{
    Arguments as _, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Row as _,
    SqlSafeStr as _, SqliteConnection, TypeInfo as _, ValueRef as _,
};
use tokio::time::Instant;

use crate::driver::{Driver, Estimate, brief};
use crate::error::Failure;
use crate::pool::Opener;
use crate::sql::{BRIEF_BYTES, Bind, Sql, Take, Taken};
use crate::{Location, Of, Opening};

pub(crate) struct Sqlite {
    options: SqliteConnectOptions,
    timeout: Duration,
}

/// A connection with what ends its statements: SQLite asks now and then whether to go on.
pub(crate) struct Raw {
    connection: SqliteConnection,
    brake: Arc<Brake>,
    allowed: Duration,
    /// The file that was opened.
    file: Option<FileId>,
}

/// What tells a file from another one that has its name later.
type FileId = (u64, u64);

fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

/// Ends a statement that is abandoned or too slow.
pub(crate) struct Brake {
    started: Instant,
    abandoned: AtomicBool,
    /// Milliseconds after `started`.
    deadline: AtomicU64,
}

impl Brake {
    fn goes_on(&self) -> bool {
        !self.abandoned.load(Ordering::Relaxed)
            && self.started.elapsed().as_millis()
                < u128::from(self.deadline.load(Ordering::Relaxed))
    }

    fn allow(&self, time: Duration) {
        let deadline = (self.started.elapsed() + time).as_millis();
        self.deadline.store(u64::try_from(deadline).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl Raw {
    fn begin(&mut self) -> &mut SqliteConnection {
        self.brake.allow(self.allowed);
        &mut self.connection
    }
}

/// Instructions of SQLite's machine between two questions of the brake; some tens of
/// microseconds.
const BRAKE_INTERVAL: i32 = 4_000;

impl Sqlite {
    pub(crate) fn of(location: &Location, opening: &Opening) -> Self {
        let path = match location {
            Location::Sqlite(path) => path.clone(),
            _ => std::path::PathBuf::new(),
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .read_only(!opening.writable)
            .busy_timeout(opening.budget.statement_timeout / 2)
            .foreign_keys(true)
            .statement_cache_capacity(256)
            .disable_statement_logging();
        Self { options, timeout: opening.budget.statement_timeout }
    }
}

#[async_trait]
impl Opener for Sqlite {
    type Raw = Raw;
    type Cancel = Arc<Brake>;

    // Asking the file system for its name costs next to nothing.
    const ASK_AFTER: Duration = Duration::ZERO;

    async fn open(&self) -> Result<(Raw, Arc<Brake>), Failure> {
        // Before it is opened: should it be replaced in between, the next use notices.
        let file = file_id(self.options.get_filename());
        let mut connection = self.options.connect().await.map_err(|error| {
            let path = self.options.get_filename().display();
            Failure::new(crate::FailureKind::Unreachable, format!("{path}: {error}"))
        })?;
        let brake = Arc::new(Brake {
            started: Instant::now(),
            abandoned: AtomicBool::new(false),
            deadline: AtomicU64::new(u64::MAX),
        });
        let asked = Arc::clone(&brake);
        connection
            .lock_handle()
            .await
            .map_err(|error| Self::failure(&error))?
            .set_progress_handler(BRAKE_INTERVAL, move || asked.goes_on());
        Ok((Raw { connection, brake: Arc::clone(&brake), allowed: self.timeout, file }, brake))
    }

    /// A file that was moved, removed or replaced is still read by those who have it open.
    async fn is_alive(&self, raw: &mut Raw) -> bool {
        raw.file == file_id(self.options.get_filename())
    }

    async fn close(&self, raw: Raw) -> Result<(), sqlx::Error> {
        raw.connection.close().await
    }

    async fn cancel(&self, brake: Arc<Brake>) {
        brake.abandoned.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl Driver for Sqlite {
    const ENGINE: Engine = Engine::Sqlite;
    /// `RAISE(ROLLBACK)` in a trigger ends the whole transaction: the savepoint is found missing.
    const NEEDS_SAVEPOINTS: bool = true;

    fn rows<'a>(
        raw: &'a mut Raw,
        sql: &'a Sql,
        takes: &'a [Taken],
        resource: Option<&'a Resource>,
    ) -> BoxStream<'a, Result<Vec<Value>, sqlx::Error>> {
        let query = sqlx::query_with(AssertSqlSafe(sql.text.clone()), arguments(&sql.binds));
        query.fetch(raw.begin()).map(move |row| decode(&row?, takes, resource)).boxed()
    }

    async fn execute(raw: &mut Raw, sql: &Sql) -> Result<u64, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql.text.clone()), arguments(&sql.binds));
        Ok(query.execute(raw.begin()).await?.rows_affected())
    }

    async fn prepare(raw: &mut Raw, sql: &str) -> Result<(), sqlx::Error> {
        raw.begin().prepare(AssertSqlSafe(sql.to_owned()).into_sql_str()).await.map(|_| ())
    }

    async fn command(raw: &mut Raw, sql: &str) -> Result<(), sqlx::Error> {
        raw.begin().execute(AssertSqlSafe(sql.to_owned())).await.map(|_| ())
    }

    async fn allow(raw: &mut Raw, time: Duration) -> Result<(), sqlx::Error> {
        raw.allowed = time;
        Ok(())
    }

    async fn introspect(raw: &mut Raw, _: &Location) -> Result<Schema, sqlx::Error> {
        introspect::schema(raw.begin()).await
    }

    fn failure(error: &sqlx::Error) -> Failure {
        refusal::failure(error)
    }

    fn refusal(error: &sqlx::Error, resource: &Resource) -> Option<Refusal> {
        refusal::refusal(error, resource)
    }

    /// SQLite plans without telling how many rows it expects.
    async fn estimate(
        _: &mut Raw,
        _: &Of<'_>,
        _: &Condition,
    ) -> Result<Option<Estimate>, sqlx::Error> {
        Ok(None)
    }

    async fn last_key(
        _: &mut Raw,
        _: &Resource,
        _: &ChangeItem,
    ) -> Result<Vec<Value>, sqlx::Error> {
        Ok(Vec::new())
    }

    fn returns(_: &Raw) -> bool {
        true
    }

    /// Whoever wrote was this process, which is gone.
    async fn earlier_sessions(&self, _: &mut Raw) -> Result<Option<u64>, sqlx::Error> {
        Ok(Some(0))
    }
}

fn arguments(binds: &[Bind]) -> SqliteArguments {
    let mut arguments = SqliteArguments::default();
    for bind in binds {
        // These types always encode.
        let _ = match bind {
            Bind::Null => arguments.add(None::<i64>),
            Bind::Int(n) => arguments.add(*n),
            Bind::UInt(n) => arguments.add(n.to_string()),
            Bind::Float(n) => arguments.add(*n),
            Bind::Text(text) => arguments.add(text.clone()),
            Bind::Bytes(bytes) => arguments.add(bytes.clone()),
        };
    }
    arguments
}

fn decode(
    row: &SqliteRow,
    takes: &[Taken],
    resource: Option<&Resource>,
) -> Result<Vec<Value>, sqlx::Error> {
    let mut values = Vec::with_capacity(takes.len() + 1);
    for (index, taken) in takes.iter().enumerate() {
        let field = match taken.field {
            ROW_ID | VERSION => None,
            field => resource.and_then(|resource| resource.fields.get(field)),
        };
        values.push(value(row, index, taken.take, field.map(|field| &field.ty))?);
    }
    Ok(values)
}

/// How SQLite stores a value, whatever its column was declared as.
enum Class {
    Integer,
    Real,
    Blob,
    Text,
}

fn class(raw: &SqliteValueRef<'_>) -> Class {
    match raw.type_info().name() {
        "INTEGER" | "BOOLEAN" => Class::Integer,
        "REAL" => Class::Real,
        "BLOB" => Class::Blob,
        _ => Class::Text,
    }
}

fn value(
    row: &SqliteRow,
    index: usize,
    take: Take,
    ty: Option<&FieldType>,
) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(index)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    Ok(match class(&raw) {
        Class::Integer => match (row.try_get_unchecked::<i64, _>(index)?, ty) {
            (n @ (0 | 1), Some(FieldType::Bool)) => Value::Bool(n == 1),
            (n, _) => Value::Int(n),
        },
        Class::Real => Value::Float(row.try_get_unchecked(index)?),
        Class::Blob => blob(row.try_get_unchecked(index)?, take),
        Class::Text => text(row.try_get_unchecked(index)?, take),
    })
}

/// In a list only the length comes, written as decimal digits.
fn blob(bytes: Vec<u8>, take: Take) -> Value {
    if take != Take::Brief {
        return Value::Bytes(bytes);
    }
    let length = std::str::from_utf8(&bytes).ok().and_then(|digits| digits.parse().ok());
    length.map_or(Value::Bytes(bytes), Value::Large)
}

/// SQLite does not look whether a text is UTF-8. One that is not is told as bytes.
fn text(bytes: Vec<u8>, take: Take) -> Value {
    if take == Take::Brief && bytes.len() == BRIEF_BYTES {
        // Its end may lie in the middle of a character.
        return brief(String::from_utf8_lossy(&bytes).into_owned());
    }
    match String::from_utf8(bytes) {
        Ok(text) if take == Take::Brief => brief(text),
        Ok(text) => Value::Text(text),
        // No value of SQLite is a decimal.
        Err(not_text) if take == Take::Place => {
            Value::Decimal(kontor_model::value::hex(not_text.as_bytes()))
        }
        Err(not_text) => Value::Bytes(not_text.into_bytes()),
    }
}
