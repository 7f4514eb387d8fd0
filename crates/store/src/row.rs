//! One row of an answer.

use std::sync::Arc;

use sqlx::{Column as _, ColumnIndex, Row as _};

use crate::{Json, Result, Sql, StoreError, Word};

/// A row, read by column name. Errors name table and column.
#[derive(Debug)]
pub struct Row {
    driver: Driver,
    /// The query, shared by all rows of its answer.
    sql: Arc<Sql>,
}

#[derive(Debug)]
pub(crate) enum Driver {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

impl Row {
    pub(crate) fn new(driver: Driver, sql: &Arc<Sql>) -> Self {
        Self { driver, sql: Arc::clone(sql) }
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`StoreError::Column`] where the column is missing, null or of another type. The same for
    /// the other methods.
    pub fn int(&self, column: &str) -> Result<i64> {
        self.opt_int(column)?.ok_or_else(|| self.wrong(column, "is null"))
    }

    /// A whole number or null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        match &self.driver {
            Driver::Sqlite(row) => row.try_get(column),
            Driver::Postgres(row) => row.try_get(column),
        }
        .map_err(|error| self.wrong(column, &error.to_string()))
    }

    /// A text.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn text(&self, column: &str) -> Result<String> {
        self.opt_text(column)?.ok_or_else(|| self.wrong(column, "is null"))
    }

    /// A text or null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn opt_text(&self, column: &str) -> Result<Option<String>> {
        match &self.driver {
            Driver::Sqlite(row) => row.try_get(column),
            Driver::Postgres(row) => row.try_get(column),
        }
        .map_err(|error| self.wrong(column, &error.to_string()))
    }

    /// A yes (1) or no (0).
    ///
    /// # Errors
    /// As [`Row::int`], and where it is another number.
    pub fn flag(&self, column: &str) -> Result<bool> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.wrong(column, &format!("is {other}, neither 0 nor 1"))),
        }
    }

    /// A count that fits 32 bits.
    ///
    /// # Errors
    /// As [`Row::int`], and where it is negative or too large.
    pub fn count(&self, column: &str) -> Result<u32> {
        let value = self.int(column)?;
        u32::try_from(value).map_err(|_| self.wrong(column, &format!("is {value}, not a count")))
    }

    /// One of the words of a closed list.
    ///
    /// # Errors
    /// As [`Row::int`], and where the word is not in the list.
    pub fn word<W: Word>(&self, column: &str) -> Result<W> {
        let text = self.text(column)?;
        W::from_word(&text)
            .ok_or_else(|| self.wrong(column, &format!("has the unknown word {text:?}")))
    }

    /// A JSON text.
    ///
    /// # Errors
    /// As [`Row::int`], and where it is not JSON.
    pub fn json(&self, column: &str) -> Result<Json> {
        Json::parse(self.text(column)?).map_err(|error| self.wrong(column, &error.to_string()))
    }

    /// A JSON text or null.
    ///
    /// # Errors
    /// As [`Row::json`].
    pub fn opt_json(&self, column: &str) -> Result<Option<Json>> {
        let text = self.opt_text(column)?;
        text.map(Json::parse).transpose().map_err(|error| self.wrong(column, &error.to_string()))
    }

    fn wrong(&self, column: &str, why: &str) -> StoreError {
        let table = match &self.driver {
            Driver::Sqlite(row) => table_of(row, column),
            Driver::Postgres(row) => table_of(row, column),
        };
        StoreError::Column {
            table: table.unwrap_or_else(|| self.sql.table().to_owned()),
            column: column.to_owned(),
            why: why.to_owned(),
        }
    }
}

/// The table as the driver knows it: SQLite's does, PostgreSQL's does not.
fn table_of<R: sqlx::Row>(row: &R, column: &str) -> Option<String>
where
    for<'c> &'c str: ColumnIndex<R>,
{
    let origin = row.try_column(column).ok()?.origin();
    origin.table_column().map(|found| found.table.to_string())
}
