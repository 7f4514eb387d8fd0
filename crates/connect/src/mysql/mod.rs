//! MySQL and MariaDB.

mod introspect;
mod refusal;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use kontor_model::change::Refusal;
use kontor_model::{
    ChangeItem, Condition, Engine, Field, FieldType, Generated, Resource, Schema, Value,
};
use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlRow, MySqlValueRef};
use sqlx::{
    Arguments as _, AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _,
    Executor as _, MySqlConnection, Row as _, SqlSafeStr as _, TypeInfo as _, ValueRef as _,
};

use crate::driver::{Driver, Estimate, brief};
use crate::error::Failure;
use crate::pool::Opener;
use crate::sql::{self, Bind, Sql, Take, Taken};
use crate::{Location, Of, Opening};

pub(crate) struct Mysql {
    options: MySqlConnectOptions,
    timeout: Duration,
    writable: bool,
}

/// Statements that a connection keeps prepared.
const CACHED_STATEMENTS: usize = 256;

/// A connection and what the server at its other end can do.
pub(crate) struct Raw {
    connection: MySqlConnection,
    is_mariadb: bool,
    /// Whether it knows `INSERT … RETURNING`: MariaDB from 10.5 on.
    pub(crate) returns: bool,
}

impl Mysql {
    pub(crate) fn of(location: &Location, opening: &Opening) -> Self {
        let options = match location {
            Location::Mysql(options) => options.as_ref().clone(),
            _ => MySqlConnectOptions::new(),
        };
        Self {
            options: options
                .charset("utf8mb4")
                .pipes_as_concat(false)
                .no_engine_substitution(false)
                .timezone(Some("+00:00".to_owned()))
                .statement_cache_capacity(CACHED_STATEMENTS)
                .disable_statement_logging(),
            timeout: opening.budget.statement_timeout,
            writable: opening.writable,
        }
    }

    /// Strict, so that nothing is written other than it was given, a zero in an automatic key
    /// included; but zero dates, which old shops are full of, may be read and compared. A stream
    /// may be taken slowly.
    fn session_setup(&self) -> String {
        let access = if self.writable { "READ WRITE" } else { "READ ONLY" };
        format!(
            "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO', \
             SESSION net_write_timeout = 600, SESSION innodb_lock_wait_timeout = {}; SET SESSION TRANSACTION {access}",
            (self.timeout.as_secs() / 2).max(1)
        )
    }
}

#[async_trait]
impl Opener for Mysql {
    type Raw = Raw;
    type Cancel = u64;

    async fn open(&self) -> Result<(Raw, u64), Failure> {
        let attempt = async {
            let mut connection = self.options.connect().await?;
            let row = (&mut connection).fetch_one("SELECT CONNECTION_ID(), VERSION()").await?;
            let id: u64 = row.try_get_unchecked(0)?;
            let version: String = row.try_get_unchecked(1)?;
            let is_mariadb = version.contains("MariaDB");
            for statement in self.session_setup().split("; ") {
                (&mut connection).execute(AssertSqlSafe(statement.to_owned())).await?;
            }
            let returns = is_mariadb && mariadb_release(&version) >= (10, 5);
            let mut raw = Raw { connection, is_mariadb, returns };
            Self::allow(&mut raw, self.timeout).await?;
            Ok((raw, id))
        };
        attempt.await.map_err(|error: sqlx::Error| Self::failure(&error))
    }

    async fn is_alive(&self, raw: &mut Raw) -> bool {
        raw.connection.ping().await.is_ok()
    }

    async fn close(&self, raw: Raw) -> Result<(), sqlx::Error> {
        raw.connection.close().await
    }

    async fn cancel(&self, id: u64) {
        let killed = async {
            let mut side = self.options.connect().await?;
            (&mut side).execute(AssertSqlSafe(format!("KILL QUERY {id}"))).await?;
            side.close().await
        };
        if let Err(error) = killed.await {
            let error: sqlx::Error = error;
            tracing::warn!(id, %error, "an abandoned statement could not be cancelled; its timeout will end it");
        }
    }
}

/// The release in `10.11.6-MariaDB-1` or, as older drivers are told, `5.5.5-10.3.2-MariaDB`.
fn mariadb_release(version: &str) -> (u32, u32) {
    let release = version.strip_prefix("5.5.5-").unwrap_or(version);
    let mut numbers = release.split(['.', '-']).map_while(|part| part.parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[async_trait]
impl Driver for Mysql {
    const ENGINE: Engine = Engine::Mysql;
    const NEEDS_SAVEPOINTS: bool = false;

    fn rows<'a>(
        raw: &'a mut Raw,
        sql: &'a Sql,
        takes: &'a [Taken],
        resource: Option<&'a Resource>,
    ) -> BoxStream<'a, Result<Vec<Value>, sqlx::Error>> {
        let query = sqlx::query_with(AssertSqlSafe(sql.text.clone()), arguments(&sql.binds));
        query.fetch(&mut raw.connection).map(move |row| decode(&row?, takes, resource)).boxed()
    }

    async fn execute(raw: &mut Raw, sql: &Sql) -> Result<u64, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql.text.clone()), arguments(&sql.binds));
        Ok(query.execute(&mut raw.connection).await?.rows_affected())
    }

    async fn prepare(raw: &mut Raw, sql: &str) -> Result<(), sqlx::Error> {
        (&mut raw.connection)
            .prepare(AssertSqlSafe(sql.to_owned()).into_sql_str())
            .await
            .map(|_| ())
    }

    async fn command(raw: &mut Raw, sql: &str) -> Result<(), sqlx::Error> {
        (&mut raw.connection).execute(AssertSqlSafe(sql.to_owned())).await.map(|_| ())
    }

    /// When the driver's cache is full, it closes one statement with each new one. The server does
    /// not answer to that, and TCP then holds the next statement back for 40 ms (Nagle's algorithm
    /// waits for an acknowledgement that the server delays). All at once that happens once.
    async fn tidy(raw: &mut Raw) -> Result<(), sqlx::Error> {
        if raw.connection.cached_statements_size() + 8 > CACHED_STATEMENTS {
            raw.connection.clear_cached_statements().await?;
            raw.connection.ping().await?;
        }
        Ok(())
    }

    async fn allow(raw: &mut Raw, time: Duration) -> Result<(), sqlx::Error> {
        let statement = if raw.is_mariadb {
            format!("SET SESSION max_statement_time = {}", time.as_secs_f64().max(0.001))
        } else {
            format!("SET SESSION max_execution_time = {}", time.as_millis().max(1))
        };
        Self::command(raw, &statement).await
    }

    async fn introspect(raw: &mut Raw, location: &Location) -> Result<Schema, sqlx::Error> {
        introspect::schema(&mut raw.connection, &location.database()).await
    }

    fn failure(error: &sqlx::Error) -> Failure {
        refusal::failure(error)
    }

    fn refusal(error: &sqlx::Error, resource: &Resource) -> Option<Refusal> {
        refusal::refusal(error, resource)
    }

    async fn estimate(
        raw: &mut Raw,
        of: &Of<'_>,
        condition: &Condition,
    ) -> Result<Option<Estimate>, sqlx::Error> {
        let sql = sql::explainable(of.schema, of.resource, condition, "EXPLAIN");
        let query = sqlx::query_with(AssertSqlSafe(sql.text), arguments(&sql.binds));
        let rows = query.fetch_all(&mut raw.connection).await?;
        let examined = examined_rows(&rows);
        Ok(examined.map(|rows| Estimate { rows, is_cheap: rows <= CHEAP_ROWS }))
    }

    async fn last_key(
        raw: &mut Raw,
        resource: &Resource,
        item: &ChangeItem,
    ) -> Result<Vec<Value>, sqlx::Error> {
        let row = (&mut raw.connection).fetch_one("SELECT LAST_INSERT_ID()").await?;
        let made: u64 = row.try_get_unchecked(0)?;
        Ok(resource
            .key
            .iter()
            .map(|key| match item.after.iter().find(|(field, _)| field == key) {
                Some((_, value)) => value.clone(),
                None if resource.fields[*key].generated == Generated::ByDefault => {
                    Value::from_u64(made)
                }
                None => Value::Null,
            })
            .collect())
    }

    fn returns(raw: &Raw) -> bool {
        raw.returns
    }

    async fn earlier_sessions(&self, raw: &mut Raw) -> Result<Option<u64>, sqlx::Error> {
        // Without the right to see others' sessions the account sees its own, which is what counts.
        let row = (&mut raw.connection)
            .fetch_one(
                "SELECT count(*) FROM information_schema.processlist \
                 WHERE user = SUBSTRING_INDEX(CURRENT_USER(), '@', 1) AND id <> CONNECTION_ID() AND command <> 'Sleep'",
            )
            .await?;
        Ok(u64::try_from(row.try_get_unchecked::<i64, _>(0)?).ok())
    }
}

/// How many combinations of rows a plan looks at: a line of the plan per table of a join.
fn examined_rows(plan: &[MySqlRow]) -> Option<u64> {
    // Numbers for MySQL, texts for MariaDB.
    let number = |row: &MySqlRow, name: &str| -> Option<u64> {
        let place = row.columns().iter().position(|column| column.name() == name)?;
        value(row, place, Take::Whole, None).ok()?.to_text()?.parse().ok()
    };
    let mut parts: Vec<(Option<u64>, u64)> = Vec::new();
    for row in plan {
        let Some(rows) = number(row, "rows") else { continue };
        let id = number(row, "id");
        match parts.iter_mut().find(|(known, _)| *known == id) {
            Some((_, product)) => *product = product.saturating_mul(rows.max(1)),
            None => parts.push((id, rows)),
        }
    }
    parts.into_iter().map(|(_, product)| product).max()
}

/// Records that are read in about a tenth of a second.
const CHEAP_ROWS: u64 = 300_000;

fn arguments(binds: &[Bind]) -> MySqlArguments {
    let mut arguments = MySqlArguments::default();
    for bind in binds {
        // These types always encode.
        let _ = match bind {
            Bind::Null => arguments.add(None::<&str>),
            Bind::Int(n) => arguments.add(n),
            Bind::UInt(n) => arguments.add(n),
            Bind::Float(n) => arguments.add(n),
            Bind::Text(text) => arguments.add(text),
            Bind::Bytes(bytes) => arguments.add(bytes),
        };
    }
    arguments
}

fn decode(
    row: &MySqlRow,
    takes: &[Taken],
    resource: Option<&Resource>,
) -> Result<Vec<Value>, sqlx::Error> {
    let mut values = Vec::with_capacity(takes.len() + 1);
    for (index, taken) in takes.iter().enumerate() {
        let field = resource.and_then(|resource| resource.fields.get(taken.field));
        values.push(value(row, index, taken.take, field)?);
    }
    Ok(values)
}

/// What comes over the wire.
enum Wire {
    Integer,
    Single,
    Double,
    Bytes,
}

fn wire(raw: &MySqlValueRef<'_>) -> Wire {
    match raw.type_info().name() {
        "FLOAT" => Wire::Single,
        "DOUBLE" => Wire::Double,
        "BOOLEAN" | "YEAR" => Wire::Integer,
        name if name.contains("INT") => Wire::Integer,
        _ => Wire::Bytes,
    }
}

fn value(
    row: &MySqlRow,
    index: usize,
    take: Take,
    field: Option<&Field>,
) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(index)?;
    // Dates were asked for as text, so that the driver's notion of a zero date as null is not met.
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let ty = field.map(|field| &field.ty);
    Ok(match wire(&raw) {
        Wire::Integer if take == Take::Size => {
            Value::Large(row.try_get_unchecked::<u64, _>(index)?)
        }
        Wire::Integer if is_unsigned(&raw, ty) => Value::from_u64(row.try_get_unchecked(index)?),
        Wire::Integer => match (row.try_get_unchecked::<i64, _>(index)?, ty) {
            (n @ (0 | 1), Some(FieldType::Bool)) => Value::Bool(n == 1),
            (n, _) => Value::Int(n),
        },
        Wire::Single => Value::Real(row.try_get_unchecked(index)?),
        Wire::Double => Value::Float(row.try_get_unchecked(index)?),
        Wire::Bytes => bytes_or_text(row.try_get_unchecked(index)?, take, ty),
    })
}

/// The driver calls a `tinyint(1)` a truth value, and says no more of it.
fn is_unsigned(raw: &MySqlValueRef<'_>, ty: Option<&FieldType>) -> bool {
    raw.type_info().name().ends_with("UNSIGNED")
        || matches!(ty, Some(FieldType::Int { min: 0, .. } | FieldType::Year))
}

fn bytes_or_text(bytes: &[u8], take: Take, ty: Option<&FieldType>) -> Value {
    if ty == Some(&FieldType::Bytes) {
        return Value::Bytes(bytes.to_vec());
    }
    match (std::str::from_utf8(bytes).map(str::to_owned), ty) {
        (Ok(text), Some(FieldType::Decimal { .. })) => Value::Decimal(text),
        (Ok(text), Some(FieldType::Instant)) => Value::Text(format!("{text}+00")),
        (Ok(text), _) if take == Take::Brief => brief(text),
        (Ok(text), _) => Value::Text(text),
        (Err(_), _) => Value::Bytes(bytes.to_vec()),
    }
}
