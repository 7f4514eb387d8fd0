//! A transaction: what work does with the database.

use sha2::{Digest as _, Sha256};

use super::{DbError, Row, Value, postgres::PostgresConnection, sqlite::SqliteConnection};

/// An open transaction, or the frame of a read. Whatever waits in it may wait for the database only.
pub struct Tx {
    pub(super) inner: Inner,
}

/// Rows for a table; each has one value per column.
#[derive(Debug)]
pub struct Insert<'a> {
    /// The table.
    pub table: &'a str,
    /// Its columns.
    pub columns: &'a [&'a str],
    /// The rows.
    pub rows: Vec<Vec<Value>>,
}

impl Insert<'_> {
    /// The statement for one row.
    pub(super) fn sql(&self) -> String {
        let places: Vec<String> = (1..=self.columns.len()).map(|at| format!("${at}")).collect();
        let (columns, places) = (self.columns.join(", "), places.join(", "));
        format!("INSERT INTO {} ({columns}) VALUES ({places})", self.table)
    }
}

pub(super) enum Inner {
    Sqlite(SqliteConnection),
    Postgres(PostgresConnection),
    Ended,
}

/// Runs the same question on either engine.
macro_rules! either {
    ($tx:expr, $connection:ident => $sqlite:expr, $postgres:expr) => {
        match &mut $tx.inner {
            Inner::Sqlite($connection) => $sqlite,
            Inner::Postgres($connection) => $postgres.await,
            Inner::Ended => Err(DbError::Broken("the transaction has ended")),
        }
    };
}

impl Tx {
    pub(super) fn sqlite(connection: SqliteConnection) -> Self {
        Self { inner: Inner::Sqlite(connection) }
    }

    pub(super) fn postgres(connection: PostgresConnection) -> Self {
        Self { inner: Inner::Postgres(connection) }
    }

    /// All rows of a question.
    pub async fn rows(&mut self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        either!(self, it => it.rows(sql, &args), it.rows(sql, &args))
    }

    /// The first row, if there is one.
    pub async fn row(&mut self, sql: &str, args: Vec<Value>) -> Result<Option<Row>, DbError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// The row that must be there.
    pub async fn one(&mut self, sql: &str, args: Vec<Value>) -> Result<Row, DbError> {
        self.row(sql, args).await?.ok_or_else(|| DbError::Missing(sql.to_owned()))
    }

    /// Runs a statement and says how many rows it changed.
    pub async fn run(&mut self, sql: &str, args: Vec<Value>) -> Result<u64, DbError> {
        either!(self, it => it.run(sql, &args), it.run(sql, &args))
    }

    /// Runs statements that do not depend on each other, in one go where the engine can.
    pub async fn run_all(
        &mut self,
        statements: Vec<(&str, Vec<Value>)>,
    ) -> Result<Vec<u64>, DbError> {
        either!(self, it => statements.iter().map(|(sql, args)| it.run(sql, args)).collect(),
            it.run_all(&statements))
    }

    /// Puts questions that do not depend on each other, in one go where the engine can. Locks that they take
    /// are taken in their order.
    pub async fn rows_all(
        &mut self,
        questions: Vec<(&str, Vec<Value>)>,
    ) -> Result<Vec<Vec<Row>>, DbError> {
        either!(self, it => questions.iter().map(|(sql, args)| it.rows(sql, args)).collect(),
            it.rows_all(&questions))
    }

    /// Whether a statement may take lists of values as rows. SQLite runs one for each row as fast.
    pub(crate) fn takes_lists(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// The question that waits until no other transaction goes on under one of these names; from then on until the
    /// end of its own transaction it keeps others waiting. It comes first among questions that are put at once. None
    /// on SQLite, where one writes at a time anyway.
    pub(crate) fn alone_with(&self, names: &[String]) -> Option<(&'static str, Vec<Value>)> {
        if matches!(self.inner, Inner::Sqlite(_)) {
            return None;
        }
        let number = |name: &String| {
            let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(name.as_bytes()));
            i64::from_be_bytes([a, b, c, d, e, f, g, h])
        };
        let mut numbers: Vec<i64> = names.iter().map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let sql =
            "SELECT pg_advisory_xact_lock(name) IS NULL AS free FROM UNNEST($1::BIGINT[]) AS name";
        Some((sql, vec![Value::Ints(numbers)]))
    }

    /// Inserts rows into a table; each row has one value per column.
    pub async fn insert(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        let one = rows.len() == 1;
        let insert = Insert { table, columns, rows };
        match &mut self.inner {
            Inner::Postgres(it) if one => {
                let row = insert.rows.first().map_or(&[][..], Vec::as_slice);
                it.run(&insert.sql(), row).await?;
                Ok(())
            }
            _ => self.insert_all(vec![insert]).await,
        }
    }

    /// Inserts rows into several tables, in one go where the engine can.
    pub async fn insert_all(&mut self, inserts: Vec<Insert<'_>>) -> Result<(), DbError> {
        let inserts: Vec<_> = inserts.into_iter().filter(|it| !it.rows.is_empty()).collect();
        either!(self, it => inserts.iter().try_for_each(|insert| it.insert(insert)),
            it.insert(&inserts))
    }

    /// Inserts rows as the last thing that is done: where the engine can, together with the end of the transaction.
    /// If they are refused the transaction fails.
    pub async fn insert_last(&mut self, inserts: Vec<Insert<'static>>) -> Result<(), DbError> {
        let inserts: Vec<_> = inserts.into_iter().filter(|it| !it.rows.is_empty()).collect();
        either!(self, it => inserts.iter().try_for_each(|insert| it.insert(insert)),
            it.insert_last(inserts))
    }

    /// Inserts very many rows, by the engine's own way to fill tables.
    pub async fn load(&mut self, inserts: Vec<Insert<'_>>) -> Result<(), DbError> {
        let inserts: Vec<_> = inserts.into_iter().filter(|it| !it.rows.is_empty()).collect();
        either!(self, it => inserts.iter().try_for_each(|insert| it.insert(insert)),
            it.copy(&inserts))
    }

    /// Others rely on this transaction to end within a time: it is taken back if it does not. The first such time counts.
    /// Where one writes at a time, nobody is overtaken, and it may take as long as it does.
    pub fn ends_within(&mut self, time: std::time::Duration) {
        if let Inner::Postgres(it) = &mut self.inner {
            it.ends_within(time);
        }
    }

    /// Runs several statements without parameters.
    pub(super) async fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        either!(self, it => it.batch(sql), it.batch(sql))
    }

    /// The same for the frame of SQLite's transactions, which nobody waits for.
    pub(super) fn batch_now(&mut self, sql: &str) -> Result<(), DbError> {
        match &mut self.inner {
            Inner::Sqlite(it) => it.batch(sql),
            _ => Err(DbError::Broken("only SQLite's transactions are framed like this")),
        }
    }

    pub(super) async fn end_postgres(&mut self, keep: bool) -> Result<(), DbError> {
        match std::mem::replace(&mut self.inner, Inner::Ended) {
            Inner::Postgres(connection) => connection.end(keep).await,
            _ => Ok(()),
        }
    }
}
