//! PostgreSQL: pooled connections, prepared statements, messages sent together where they do not depend on
//! each other.

use std::{
    collections::HashMap,
    path::Path,
    str::FromStr as _,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::BytesMut;
use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
    Timeouts,
};
use futures_util::future::{join, try_join_all};
use tokio_postgres::{
    Config, NoTls, Statement,
    binary_copy::BinaryCopyInWriter,
    config::SslMode,
    types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked},
};

use super::{DbError, Insert, Row, Tx, Value, Work};

/// How long a statement may run, and wait for a lock, before the server ends it. Plans are kept with their
/// connection, also those that were made while a table was empty, when reading all of it was the cheapest plan; it is
/// so no longer when the table has grown, and nothing here has to read a table from end to end. Where nothing else is
/// possible the server does it all the same, at a price that would set it to compiling.
const SESSION: &str = "SET statement_timeout = '30s'; SET lock_timeout = '10s'; \
                       SET idle_in_transaction_session_timeout = '60s'; SET synchronous_commit = on; \
                       SET enable_seqscan = off; SET jit = off;";
/// Where the advisory locks of servers begin.
const SLOT_KEY: i64 = 7_301_954;
/// So many statements a connection keeps prepared.
const MOST_PREPARED: usize = 1_000;
/// How long one waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// A database on a PostgreSQL server.
pub(super) struct Postgres {
    pool: Pool,
    /// Holds this server's slot.
    keeper: std::sync::Mutex<Option<deadpool_postgres::ClientWrapper>>,
}

/// A connection on loan, inside of a transaction or not.
pub(super) struct PostgresConnection {
    /// Taken out only when the connection goes.
    client: Option<Object>,
    frame: Frame,
    columns: HashMap<Box<str>, Arc<[String]>>,
    /// Rows that go with the end of the transaction.
    last: Vec<Insert<'static>>,
    /// When it has to have ended.
    ends_by: Option<Instant>,
}

/// Where a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// Each statement stands for itself.
    Single,
    /// A transaction has been asked for but its first statement was not sent yet: both go together.
    Begins,
    /// A transaction is open.
    Open,
}

impl Postgres {
    pub(super) async fn open(url: &str, connections: usize) -> Result<Self, DbError> {
        let mut config = Config::from_str(url)?;
        config.application_name("order-inspect");
        let ways = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if config.get_ssl_mode() == SslMode::Disable {
            Manager::from_config(config, NoTls, ways)
        } else {
            Manager::from_config(config, super::tls::connector()?, ways)
        };
        let prepare = Hook::async_fn(|client, _| {
            Box::pin(async move { client.batch_execute(SESSION).await.map_err(HookError::Backend) })
        });
        let timeouts =
            Timeouts { wait: Some(PATIENCE), create: Some(PATIENCE), recycle: Some(PATIENCE) };
        let pool = Pool::builder(manager)
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .timeouts(timeouts)
            .post_create(prepare)
            .build()
            .map_err(|error| DbError::Pool(error.to_string()))?;
        drop(lend(&pool).await?);
        Ok(Self { pool, keeper: std::sync::Mutex::default() })
    }

    pub(super) async fn write<T, E: From<DbError>>(&self, work: Work<T, E>) -> Result<T, E> {
        let mut tx = Tx::postgres(PostgresConnection::new(lend(&self.pool).await?, Frame::Begins));
        let outcome = work(&mut tx).await;
        let ended = tx.end_postgres(outcome.is_ok()).await;
        match outcome {
            Ok(answer) => ended.map(|()| answer).map_err(E::from),
            // What the work said matters more than what the rollback says.
            Err(error) => Err(error),
        }
    }

    pub(super) async fn read<T, E: From<DbError>>(&self, work: Work<T, E>) -> Result<T, E> {
        let mut tx = Tx::postgres(PostgresConnection::new(lend(&self.pool).await?, Frame::Single));
        work(&mut tx).await
    }

    /// Takes one of `slots` numbers for as long as this server lives: an advisory lock on a connection that
    /// is kept for it.
    pub(super) async fn take_slot(&self, slots: i64) -> Result<i64, DbError> {
        let client = lend(&self.pool).await?;
        for slot in 0..slots {
            let key = SLOT_KEY + slot;
            let row = client.query_one("SELECT pg_try_advisory_lock($1)", &[&key]).await?;
            if row.try_get(0)? {
                let mut keeper = self.keeper.lock().map_err(|_| DbError::Broken("a lock broke"))?;
                *keeper = Some(Object::take(client));
                return Ok(slot);
            }
        }
        Err(DbError::Pool(format!(
            "{slots} servers already use this database, which is the most it takes"
        )))
    }

    /// Whether the connection that keeps this server's slot is there.
    pub(super) fn keeps_slot(&self) -> bool {
        self.keeper.lock().is_ok_and(|it| it.as_ref().is_some_and(|client| !client.is_closed()))
    }

    #[expect(clippy::unused_self, reason = "the same question is put to both engines")]
    pub(super) fn backup(&self, _target: &Path) -> Result<(), DbError> {
        Err(DbError::Schema(
            "a PostgreSQL database is backed up with its own tools (pg_dump, pg_basebackup)"
                .to_owned(),
        ))
    }
}

async fn lend(pool: &Pool) -> Result<Object, DbError> {
    let client = pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => DbError::Postgres(error),
        other => DbError::Pool(other.to_string()),
    })?;
    // Texts of lists are put together from wishes: there are many, but not without end.
    if client.statement_cache.size() > MOST_PREPARED {
        client.statement_cache.clear();
    }
    Ok(client)
}

impl PostgresConnection {
    fn new(client: Object, frame: Frame) -> Self {
        let (columns, last) = (HashMap::new(), Vec::new());
        Self { client: Some(client), frame, columns, last, ends_by: None }
    }

    pub(super) fn ends_within(&mut self, time: Duration) {
        self.ends_by = self.ends_by.or_else(|| Instant::now().checked_add(time));
    }

    fn client(&self) -> Result<&Object, DbError> {
        self.client.as_ref().ok_or(DbError::Broken("the connection has gone"))
    }

    /// Whether the transaction begins with the next statement. From here on it counts as open.
    fn takes_begin(&mut self) -> bool {
        let begins = self.frame == Frame::Begins;
        if begins {
            self.frame = Frame::Open;
        }
        begins
    }

    async fn begin(&mut self) -> Result<(), DbError> {
        if self.takes_begin() {
            self.client()?.batch_execute("BEGIN").await?;
        }
        Ok(())
    }

    async fn prepare(&self, sql: &str) -> Result<Statement, DbError> {
        Ok(self.client()?.prepare_cached(sql).await?)
    }

    pub(super) async fn rows(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, DbError> {
        let statement = self.prepare(sql).await?;
        let begins = self.takes_begin();
        let client = self.client()?;
        let (args, question) = (parameters(args), &statement);
        let found = if begins {
            let both =
                tokio::try_join!(client.batch_execute("BEGIN"), client.query(question, &args));
            both?.1
        } else {
            client.query(question, &args).await?
        };
        let columns = self.columns_of(sql, &statement);
        found.iter().map(|row| read(row, &columns)).collect()
    }

    pub(super) async fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64, DbError> {
        let statement = self.prepare(sql).await?;
        self.begin().await?;
        Ok(self.client()?.execute(&statement, &parameters(args)).await?)
    }

    /// Sends statements that do not depend on each other at once and waits for all of them.
    pub(super) async fn run_all(
        &mut self,
        statements: &[(&str, Vec<Value>)],
    ) -> Result<Vec<u64>, DbError> {
        let texts = statements.iter().map(|(sql, _)| self.prepare(sql));
        let prepared = try_join_all(texts).await?;
        self.begin().await?;
        let client = self.client()?;
        let sent = prepared.iter().zip(statements).map(|(statement, (_, args))| async move {
            client.execute(statement, &parameters(args)).await
        });
        Ok(try_join_all(sent).await?)
    }

    /// Puts questions that do not depend on each other at once. The server answers them one after the other.
    pub(super) async fn rows_all(
        &mut self,
        questions: &[(&str, Vec<Value>)],
    ) -> Result<Vec<Vec<Row>>, DbError> {
        let mut statements = Vec::with_capacity(questions.len());
        for (sql, _) in questions {
            statements.push(self.prepare(sql).await?);
        }
        let begins = self.takes_begin();
        let client = self.client()?;
        let began = async { if begins { client.batch_execute("BEGIN").await } else { Ok(()) } };
        let asked = statements.iter().zip(questions).map(|(statement, (_, args))| async move {
            client.query(statement, &parameters(args)).await
        });
        let ((), answers) = tokio::try_join!(began, try_join_all(asked))?;
        let mut found = Vec::with_capacity(answers.len());
        for ((rows, statement), (sql, _)) in answers.iter().zip(&statements).zip(questions) {
            let columns = self.columns_of(sql, statement);
            found.push(rows.iter().map(|row| read(row, &columns)).collect::<Result<_, _>>()?);
        }
        Ok(found)
    }

    pub(super) async fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        self.begin().await?;
        Ok(self.client()?.batch_execute(sql).await?)
    }

    /// Ends the transaction. A connection whose transaction could not be ended is not lent again.
    pub(super) async fn end(mut self, keep: bool) -> Result<(), DbError> {
        let last = std::mem::take(&mut self.last);
        if self.frame != Frame::Open {
            return Ok(());
        }
        let is_late = self.ends_by.is_some_and(|end| Instant::now() >= end);
        let ended = if keep && !is_late {
            // Where a row is refused, the server answers COMMIT by rolling back.
            let statements = self.list_inserts(&last).await?;
            let client = self.client()?;
            let commit = async { Ok(client.batch_execute("COMMIT").await?) };
            let (inserted, committed) = join(send(client, &statements, &last), commit).await;
            committed.and(inserted)
        } else {
            let undone = self.client()?.batch_execute("ROLLBACK").await;
            undone.map_err(DbError::from).and(if keep { Err(DbError::Late) } else { Ok(()) })
        };
        // Whatever was said, it was said to a transaction that has ended.
        if !self.client()?.is_closed() {
            self.frame = Frame::Single;
        }
        ended
    }

    /// The types of a table's columns, to say what a list of values is.
    pub(super) async fn types_of(
        &mut self,
        table: &str,
        columns: &[&str],
    ) -> Result<Vec<Type>, DbError> {
        let places: Vec<String> = (1..=columns.len()).map(|at| format!("${at}")).collect();
        let sql =
            format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
        Ok(self.prepare(&sql).await?.params().to_vec())
    }

    fn columns_of(&mut self, sql: &str, statement: &Statement) -> Arc<[String]> {
        if let Some(known) = self.columns.get(sql) {
            return Arc::clone(known);
        }
        let names: Arc<[String]> =
            statement.columns().iter().map(|column| column.name().to_owned()).collect();
        self.columns.insert(sql.into(), Arc::clone(&names));
        names
    }
}

/// A transaction that nobody ended (its caller went away in the middle) ends with its connection: such a
/// connection must not go back to the pool.
impl Drop for PostgresConnection {
    fn drop(&mut self) {
        if self.frame == Frame::Open
            && let Some(client) = self.client.take()
        {
            drop(Object::take(client));
        }
    }
}

fn parameters(args: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn read(row: &tokio_postgres::Row, columns: &Arc<[String]>) -> Result<Row, DbError> {
    let values = (0..columns.len()).map(|at| row.try_get::<_, Value>(at));
    Ok(Row { columns: Arc::clone(columns), values: values.collect::<Result<_, _>>()? })
}

type Conversion<T> = Result<T, Box<dyn std::error::Error + Sync + Send>>;

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Conversion<Self> {
        Ok(match *kind {
            Type::BOOL => Self::Bool(bool::from_sql(kind, raw)?),
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i64::from(i32::from_sql(kind, raw)?)),
            Type::INT2 => Self::Int(i64::from(i16::from_sql(kind, raw)?)),
            Type::BYTEA => Self::Blob(raw.to_vec()),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => {
                Self::Text(String::from_sql(kind, raw)?)
            }
            _ => return Err(format!("a column of type {kind} is not read").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Conversion<Self> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Conversion<IsNull> {
        match (self, kind) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(it), &Type::INT4) => i32::try_from(*it)?.to_sql(kind, out),
            (Self::Int(it), &Type::INT2) => i16::try_from(*it)?.to_sql(kind, out),
            (Self::Int(it), &Type::BOOL) => (*it != 0).to_sql(kind, out),
            (Self::Int(it), &Type::INT8) => it.to_sql(kind, out),
            (Self::Bool(it), &Type::BOOL) => it.to_sql(kind, out),
            (Self::Text(it), _) => it.as_str().to_sql(kind, out),
            (Self::Blob(it), _) => it.as_slice().to_sql(kind, out),
            (Self::Ints(it), _) => it.as_slice().to_sql(kind, out),
            (Self::Texts(it), _) => it.as_slice().to_sql(kind, out),
            (other, kind) => Err(format!("{other:?} is no {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Several values of one column as one parameter.
#[derive(Debug)]
pub(super) struct Column<'a>(pub(super) Vec<&'a Value>);

impl ToSql for Column<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Conversion<IsNull> {
        self.0.to_sql(kind, out)
    }

    fn accepts(kind: &Type) -> bool {
        matches!(kind.kind(), Kind::Array(_))
    }

    to_sql_checked!();
}

impl PostgresConnection {
    /// Inserts many rows with one statement for each table, a list for each column, all sent at once.
    pub(super) async fn insert(&mut self, inserts: &[Insert<'_>]) -> Result<(), DbError> {
        let statements = self.list_inserts(inserts).await?;
        self.begin().await?;
        send(self.client()?, &statements, inserts).await
    }

    /// Keeps rows for the end of the transaction.
    pub(super) async fn insert_last(
        &mut self,
        inserts: Vec<Insert<'static>>,
    ) -> Result<(), DbError> {
        self.begin().await?;
        self.last.extend(inserts);
        Ok(())
    }

    async fn list_inserts(&mut self, inserts: &[Insert<'_>]) -> Result<Vec<Statement>, DbError> {
        let mut statements = Vec::with_capacity(inserts.len());
        for insert in inserts {
            statements.push(self.list_insert(insert.table, insert.columns).await?);
        }
        Ok(statements)
    }

    /// Fills tables with `COPY`, one after the other.
    pub(super) async fn copy(&mut self, inserts: &[Insert<'_>]) -> Result<(), DbError> {
        self.begin().await?;
        for insert in inserts {
            let types = self.types_of(insert.table, insert.columns).await?;
            let columns = insert.columns.join(", ");
            let sql = format!("COPY {} ({columns}) FROM STDIN (FORMAT binary)", insert.table);
            let sink = self.client()?.copy_in(&sql).await?;
            let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, &types));
            for row in &insert.rows {
                writer.as_mut().write_raw(parameters(row)).await?;
            }
            writer.finish().await?;
        }
        Ok(())
    }

    async fn list_insert(&mut self, table: &str, columns: &[&str]) -> Result<Statement, DbError> {
        let types = self.types_of(table, columns).await?;
        let places = types.iter().enumerate().map(|(at, kind)| format!("${}::{kind}[]", at + 1));
        let places: Vec<String> = places.collect();
        let (columns, places) = (columns.join(", "), places.join(", "));
        self.prepare(&format!("INSERT INTO {table} ({columns}) SELECT * FROM UNNEST({places})"))
            .await
    }
}

/// Sends prepared inserts, each with a list for each column.
async fn send(
    client: &Object,
    statements: &[Statement],
    inserts: &[Insert<'_>],
) -> Result<(), DbError> {
    let sent = statements.iter().zip(inserts).map(|(statement, insert)| async move {
        let column = |at| Column(insert.rows.iter().map(|row| &row[at]).collect());
        let lists: Vec<Column<'_>> = (0..insert.columns.len()).map(column).collect();
        let lists: Vec<_> = lists.iter().map(|list| list as &(dyn ToSql + Sync)).collect();
        client.execute(statement, &lists).await
    });
    try_join_all(sent).await?;
    Ok(())
}
