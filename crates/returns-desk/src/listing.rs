//! Lists in pages: conditions, an order that is total, and places in it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Row as _};

/// The most records of one page.
pub(crate) const MOST: usize = 200;
/// So many come where nobody asks for a number.
const USUAL: usize = 50;

/// A condition with what it compares with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// Adds a condition with a question mark for each of `values`.
    pub(crate) fn add(&mut self, text: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.texts.push(text.into());
        self.values.extend(values);
    }

    fn written(&self) -> String {
        if self.texts.is_empty() { "1".to_owned() } else { self.texts.join(" AND ") }
    }
}

/// A column to sort by; texts that are not there come before all others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By {
    pub(crate) column: &'static str,
    pub(crate) descending: bool,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i32>,
    pub(crate) before: Option<String>,
}

/// A part of a list.
pub(crate) struct Part {
    /// Rows with their places.
    pub(crate) rows: Vec<(String, SqliteRow)>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// Why a part of a list cannot be given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListError {
    #[error("“{0}” is no place in this list; places come from pageInfo and are of one order only")]
    Place(String),
    #[error("“{name}” is {given}; ask for 1 to {MOST}")]
    Size { name: &'static str, given: i32 },
    #[error("ask with “first” and “after” or with “last” and “before”, not with both")]
    BothWays,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A table whose records are listed, with the column that tells them apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) key: &'static str,
}

impl Table {
    /// How many records meet the conditions.
    pub(crate) async fn count(self, pool: &SqlitePool, of: &Conditions) -> sqlx::Result<i64> {
        let sql = format!("SELECT count(*) FROM {} WHERE {}", self.name, of.written());
        let row = sqlx::query_with(AssertSqlSafe(sql), bound(&of.values)?).fetch_one(pool).await?;
        row.try_get(0)
    }

    /// A part of the records that meet the conditions.
    pub(crate) async fn part(
        self,
        pool: &SqlitePool,
        of: &Conditions,
        by: &[By],
        wanted: &Wanted,
    ) -> Result<Part, ListError> {
        let (size, backward) = wanted.size()?;
        let mut order: Vec<By> = by.to_vec();
        if order.iter().all(|by| by.column != self.key) {
            order.push(By { column: self.key, descending: false });
        }
        if backward {
            order.iter_mut().for_each(|by| by.descending = !by.descending);
        }
        let mut conditions = of.clone();
        let place = if backward { &wanted.before } else { &wanted.after };
        if let Some(place) = place {
            beyond(&mut conditions, &order, &read_place(place, order.len())?);
        }
        let sorted: Vec<String> = order.iter().map(|by| by.written()).collect();
        let places: Vec<String> = order.iter().map(|by| by.value()).collect();
        // one more than wanted tells whether the list goes on
        let sql = format!(
            "SELECT *, json_array({}) AS place_in_list FROM {} WHERE {} ORDER BY {} LIMIT {}",
            places.join(", "),
            self.name,
            conditions.written(),
            sorted.join(", "),
            size + 1
        );
        let rows = sqlx::query_with(AssertSqlSafe(sql), bound(&conditions.values)?);
        let rows = rows.fetch_all(pool).await?;
        let goes_on = rows.len() > size;
        let with_place = |row: SqliteRow| {
            let place: String = row.try_get("place_in_list")?;
            Ok((URL_SAFE_NO_PAD.encode(place), row))
        };
        let mut rows: Vec<(String, SqliteRow)> =
            rows.into_iter().take(size).map(with_place).collect::<sqlx::Result<_>>()?;
        if backward {
            rows.reverse();
        }
        let came_from = place.is_some();
        let (has_next, has_previous) =
            if backward { (came_from, goes_on) } else { (goes_on, came_from) };
        Ok(Part { rows, has_next, has_previous })
    }
}

impl Wanted {
    /// How many are wanted, and whether from the end.
    fn size(&self) -> Result<(usize, bool), ListError> {
        let backward = self.last.is_some() || self.before.is_some();
        if backward && (self.first.is_some() || self.after.is_some()) {
            return Err(ListError::BothWays);
        }
        let (name, given) = if backward { ("last", self.last) } else { ("first", self.first) };
        let Some(given) = given else { return Ok((USUAL, backward)) };
        match usize::try_from(given) {
            Ok(size @ 1..=MOST) => Ok((size, backward)),
            _ => Err(ListError::Size { name, given }),
        }
    }
}

impl By {
    /// What is compared: nothing is less than any text.
    fn value(self) -> String {
        format!("coalesce({}, '')", self.column)
    }

    fn written(self) -> String {
        format!("{} {}", self.value(), if self.descending { "DESC" } else { "ASC" })
    }
}

/// Only what lies beyond a place in the order.
fn beyond(conditions: &mut Conditions, order: &[By], place: &[Value]) {
    let mut ways = Vec::new();
    let mut values = Vec::new();
    for (at, by) in order.iter().enumerate() {
        let mut way: Vec<String> =
            order[..at].iter().map(|by| format!("{} = ?", by.value())).collect();
        way.push(format!("{} {} ?", by.value(), if by.descending { "<" } else { ">" }));
        ways.push(format!("({})", way.join(" AND ")));
        values.extend_from_slice(&place[..=at]);
    }
    conditions.add(format!("({})", ways.join(" OR ")), values);
}

/// The values of a place in an order of so many columns.
fn read_place(place: &str, columns: usize) -> Result<Vec<Value>, ListError> {
    let unknown = || ListError::Place(place.to_owned());
    let text = URL_SAFE_NO_PAD.decode(place).map_err(|_| unknown())?;
    let values: Vec<Value> = serde_json::from_slice(&text).map_err(|_| unknown())?;
    let is_plain = |value: &Value| value.is_string() || value.is_i64();
    if values.len() == columns && values.iter().all(is_plain) { Ok(values) } else { Err(unknown()) }
}

fn bound(values: &[Value]) -> sqlx::Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        let added = match value {
            Value::String(text) => arguments.add(text.clone()),
            Value::Number(number) => arguments.add(number.as_i64()),
            _ => arguments.add(None::<i64>),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
