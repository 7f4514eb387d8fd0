//! One page of a list, and the places before and after it.
//!
//! Where the order tells all records apart, a place is the sort values of the record beside it.
//! Where it does not, the place also says how many of the records with these values lie before it;
//! that is known from the page itself, but for backward pages, which ask the backend for it.

use kontor_model::{Cursor, Page, Query, Value};

use crate::Of;
use crate::database::{Database, number};
use crate::driver::Driver;
use crate::error::Failure;
use crate::pool::Lease;
use crate::sql::{self, Part, Statement};

impl<D: Driver> Database<D> {
    pub(crate) async fn page(&self, of: &Of<'_>, query: &Query) -> Result<Page, Failure> {
        let limit = query.limit.min(self.budget.row_cap);
        let mut lease = self.reading().await?;
        let offset = match &query.cursor {
            // Backward, those of the same values that lie behind the place come first.
            Some(cursor) if query.backward && cursor.skip > 0 => {
                let all = alike(&mut lease, of, query, &cursor.values).await?;
                all.saturating_sub(u64::from(cursor.skip))
            }
            Some(cursor) => u64::from(cursor.skip),
            None => 0,
        };
        let part = Part { limit, offset };
        let statement = sql::select(of.schema, of.resource, query, Some(part));
        let mut rows = lease.rows(&statement.sql, &statement.takes, Some(of.resource)).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        if query.backward {
            rows.reverse();
        }
        let sheet = Sheet { of, query, statement: &statement, rows: &rows, more };
        let (next, previous) = sheet.places(&mut lease).await?;
        drop(lease);
        for row in &mut rows {
            row.truncate(statement.asked);
        }
        Ok(Page { rows, next, previous })
    }
}

/// How many records of the list have these sort values.
async fn alike<D: Driver>(
    lease: &mut Lease<D>,
    of: &Of<'_>,
    query: &Query,
    values: &[Value],
) -> Result<u64, Failure> {
    number(lease, &sql::count_alike(of.schema, of.resource, query, values)).await
}

/// The rows of a page in the order of the list.
struct Sheet<'a> {
    of: &'a Of<'a>,
    query: &'a Query,
    statement: &'a Statement,
    rows: &'a [Vec<Value>],
    /// Whether there are more in the direction that was gone.
    more: bool,
}

impl Sheet<'_> {
    /// The places after the last row and before the first one, where records lie beyond them.
    async fn places<D: Driver>(
        &self,
        lease: &mut Lease<D>,
    ) -> Result<(Option<Cursor>, Option<Cursor>), Failure> {
        let (Some(first), Some(last)) = (self.rows.first(), self.rows.last()) else {
            return Ok((None, None));
        };
        let came_from = self.query.cursor.is_some();
        let (has_next, has_previous) =
            if self.query.backward { (came_from, self.more) } else { (self.more, came_from) };
        let (first, last) = (self.values(first), self.values(last));
        if self.query.total_order && !self.query.sort.is_empty() {
            let place = |values| Cursor { values, skip: 0 };
            return Ok((has_next.then(|| place(last)), has_previous.then(|| place(first))));
        }
        let all_alike_first = if self.query.backward && self.more && !self.continues(&first) {
            alike(lease, self.of, self.query, &first).await?
        } else {
            0
        };
        let next = has_next.then(|| self.after(last, all_alike_first));
        let previous = has_previous.then(|| self.before(first, all_alike_first));
        Ok((next, previous))
    }

    fn values(&self, row: &[Value]) -> Vec<Value> {
        let placing = sql::placing_steps(self.of.resource, self.query);
        let columns = self.query.sort.iter().zip(&self.statement.sort_columns).enumerate();
        columns
            .map(|(place, (step, &column))| {
                if place < placing {
                    sql::placed(self.of, step.field, row[column].clone())
                } else {
                    Value::Null
                }
            })
            .collect()
    }

    /// Whether records with these values lie at the cursor, too.
    fn continues(&self, values: &[Value]) -> bool {
        self.query.cursor.as_ref().is_some_and(|cursor| are_alike(&cursor.values, values))
    }

    fn cursor_skip(&self) -> u64 {
        self.query.cursor.as_ref().map_or(0, |cursor| u64::from(cursor.skip))
    }

    fn after(&self, values: Vec<Value>, all_alike_first: u64) -> Cursor {
        let on_page = self.rows.iter().rev().take_while(|row| self.has(row, &values)).count();
        let begins_before = on_page == self.rows.len();
        let skip = match (begins_before, self.query.backward) {
            (true, false) if self.continues(&values) => self.cursor_skip() + on_page as u64,
            (true, true) if self.continues(&values) => self.cursor_skip(),
            (true, true) if self.more => all_alike_first,
            _ => on_page as u64,
        };
        Cursor { values, skip: u32::try_from(skip).unwrap_or(u32::MAX) }
    }

    fn before(&self, values: Vec<Value>, all_alike_first: u64) -> Cursor {
        let on_page = self.rows.iter().take_while(|row| self.has(row, &values)).count() as u64;
        let skip = match (self.continues(&values), self.query.backward) {
            (true, false) => self.cursor_skip(),
            (true, true) => self.cursor_skip().saturating_sub(on_page),
            (false, true) => all_alike_first.saturating_sub(on_page),
            (false, false) => 0,
        };
        Cursor { values, skip: u32::try_from(skip).unwrap_or(u32::MAX) }
    }

    fn has(&self, row: &[Value], values: &[Value]) -> bool {
        are_alike(&self.values(row), values)
    }
}

/// Whether the backends take the values for the same: NaN is NaN, and −0 is 0.
fn are_alike(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || a.is_same(b))
}
