//! A transaction: what work does with the database.

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

    /// Inserts rows into a table; each row has one value per column.
    pub async fn insert(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        if rows.is_empty() {
            return Ok(());
        }
        let places: Vec<String> = (1..=columns.len()).map(|at| format!("${at}")).collect();
        let sql =
            format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
        match &mut self.inner {
            Inner::Postgres(it) if rows.len() > 1 => {
                it.insert(&[Insert { table, columns, rows }]).await
            }
            _ => {
                for row in rows {
                    self.run(&sql, row).await?;
                }
                Ok(())
            }
        }
    }

    /// Inserts rows into several tables, in one go where the engine can.
    pub async fn insert_all(&mut self, inserts: Vec<Insert<'_>>) -> Result<(), DbError> {
        let inserts: Vec<_> = inserts.into_iter().filter(|it| !it.rows.is_empty()).collect();
        if let Inner::Postgres(it) = &mut self.inner {
            return it.insert(&inserts).await;
        }
        for insert in inserts {
            self.insert(insert.table, insert.columns, insert.rows).await?;
        }
        Ok(())
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
