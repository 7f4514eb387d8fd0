//! Fills tables quickly: many rows in one prepared statement.

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, Sqlite};

/// One value on its way into a table.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Cell {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Vec<u8>> for Cell {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of a table: `row![1, "text", None::<i64>]`.
macro_rules! row {
    ($($cell:expr),+ $(,)?) => { [$($crate::sample_shop::table::Cell::from($cell)),+] };
}
pub(super) use row;

/// SQLite takes at most 32,766 values in a statement; more than this many rows gain no time.
const ROWS_PER_STATEMENT: usize = 200;

/// Inserts `rows` into `columns` of `table`.
///
/// # Errors
/// What SQLite says when a row breaks a constraint or the disk is full.
pub(super) async fn fill<const N: usize>(
    connection: &mut SqliteConnection,
    table: &str,
    columns: [&str; N],
    rows: impl IntoIterator<Item = [Cell; N]>,
) -> sqlx::Result<()> {
    let mut rows = rows.into_iter();
    loop {
        let batch: Vec<[Cell; N]> = rows.by_ref().take(ROWS_PER_STATEMENT).collect();
        if batch.is_empty() {
            return Ok(());
        }
        let statement = AssertSqlSafe(insert_statement(table, &columns, batch.len()));
        let query = batch.into_iter().flatten().fold(sqlx::query(statement), bind);
        query.execute(&mut *connection).await?;
    }
}

fn insert_statement(table: &str, columns: &[&str], rows: usize) -> String {
    let names: Vec<String> = columns.iter().copied().map(quoted).collect();
    let places = format!("({})", vec!["?"; columns.len()].join(", "));
    let values = vec![places.as_str(); rows].join(", ");
    format!("INSERT INTO {} ({}) VALUES {values}", quoted(table), names.join(", "))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn bind(
    query: Query<'_, Sqlite, SqliteArguments>,
    cell: Cell,
) -> Query<'_, Sqlite, SqliteArguments> {
    match cell {
        Cell::Null => query.bind(None::<i64>),
        Cell::Integer(value) => query.bind(value),
        Cell::Real(value) => query.bind(value),
        Cell::Text(value) => query.bind(value),
        Cell::Bytes(value) => query.bind(value),
    }
}

#[cfg(test)]
mod tests {
    use super::insert_statement;

    #[test]
    fn names_with_spaces_quotes_and_reserved_words_are_quoted() {
        assert_eq!(
            insert_statement("ORDER", &["a \"b\" c", "Größe"], 2),
            "INSERT INTO \"ORDER\" (\"a \"\"b\"\" c\", \"Größe\") VALUES (?, ?), (?, ?)"
        );
    }
}
