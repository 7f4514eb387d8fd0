//! Questions as SQL.

use super::Dialect;
use kontor_model::query::{ROW_ID, VERSION};
use kontor_model::{
    Column, ColumnMode, Condition, Engine, Linked, Query, RecordKey, Resource, ResourceKind,
    Schema, Sort, Value,
};

use super::planning::planning;
use super::position::is_heavy;
use super::{Sql, Writer};

/// What to make of a value that comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    /// As it is.
    Whole,
    /// A text that may be cut, or for SQLite a byte string's length written as bytes.
    Brief,
    /// The length of a byte string.
    Size,
    /// As a place in an order: of SQLite, bytes that are a text and bytes that are none stay apart.
    Place,
}

/// A statement, and how its columns are read.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) sql: Sql,
    /// One per column of the answer.
    pub(crate) takes: Vec<Taken>,
    /// How many of the columns were asked for; the rest belongs to the cursor.
    pub(crate) asked: usize,
    /// For each step of the order, the column of the answer with its value.
    pub(crate) sort_columns: Vec<usize>,
}

/// A column of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// Index of the field, within its own resource where that is a linked one, or one of the
    /// pseudo-fields.
    pub(crate) field: usize,
    pub(crate) take: Take,
}

/// Which part of a list is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) limit: u32,
    /// How many of the records at or beyond the cursor are passed over.
    pub(crate) offset: u64,
}

/// The statement of a query. It reads one record more than the limit, to know whether there are
/// more; without a part, all.
pub(crate) fn select(
    schema: &Schema,
    resource: &Resource,
    query: &Query,
    part: Option<Part>,
) -> Statement {
    let mut w = Writer::new(schema);
    w.push("SELECT ");
    let mut takes = Vec::with_capacity(query.columns.len() + query.sort.len());
    for column in &query.columns {
        push_column(&mut w, resource, *column, &mut takes);
    }
    let joined = linked_columns(&mut w, query, &mut takes);
    let asked = takes.len();
    let sort_columns = query
        .sort
        .iter()
        .map(|step| sort_column(&mut w, resource, query, *step, &mut takes))
        .collect();
    if takes.is_empty() {
        w.push("1");
    }
    match part {
        _ if joined.is_empty() => page(&mut w, resource, query, part),
        None if query.cursor.is_none() => {
            w.push(" FROM ").table(resource).push(" AS t");
            join(&mut w, resource, query, &joined);
            w.filtered("t", resource, &query.condition);
            w.ordered(resource, query);
        }
        _ => {
            // The page is cut out first: its decorations are looked up for its records only.
            w.push(" FROM (SELECT t.*");
            w.push(if takes.iter().any(|taken| taken.field == VERSION) { ", t.xmin" } else { "" });
            page(&mut w, resource, query, part);
            w.push(") AS t");
            join(&mut w, resource, query, &joined);
            w.ordered(resource, query);
        }
    }
    let sql = w.finish_planned(planning(resource, &query.condition, &query.sort));
    Statement { sql, takes, asked, sort_columns }
}

fn join(w: &mut Writer<'_>, resource: &Resource, query: &Query, joined: &[(&Resource, String)]) {
    for (linked, (target, alias)) in query.linked.iter().zip(joined) {
        w.push(" LEFT JOIN ").table(target).push(" AS ").push(alias).push(" ON ");
        w.on("t", resource, alias, target, &linked.on);
    }
}

/// ` FROM …` with the condition, the place, the order and the part of a query.
fn page(w: &mut Writer<'_>, resource: &Resource, query: &Query, part: Option<Part>) {
    let placed = query.cursor.as_ref().filter(|_| !query.sort.is_empty());
    let filtered = records(w, resource, query, placed.is_some());
    if let Some(cursor) = placed {
        w.push(if filtered { " AND " } else { " WHERE " });
        w.beyond(resource, query, cursor);
    }
    w.ordered(resource, query);
    if let Some(Part { limit, offset }) = part {
        w.push(&format!(" LIMIT {}", u64::from(limit) + 1));
        if offset > 0 {
            w.push(&format!(" OFFSET {offset}"));
        }
    }
}

/// Whether fields of linked records can be read along: only where each record has one of them at
/// most, which an index finds.
pub(crate) fn reads_linked(schema: &Schema, resource: &Resource, linked: &Linked) -> bool {
    let Some(target) = schema.resource(&linked.target) else { return false };
    let is_same_type = |&(here, there): &(usize, usize)| {
        resource.fields[here].sql_type == target.fields[there].sql_type
    };
    let is_linked = |field: &usize| linked.on.iter().any(|(_, there)| there == field);
    let is_one = |fields: &[usize]| !fields.is_empty() && fields.iter().all(is_linked);
    let unique = target.indexes.iter().filter(|index| index.unique);
    // Without a key the order may hang on the row's own address, which a join does not pass on.
    schema.engine == Engine::Postgres
        && !resource.key.is_empty()
        && linked.on.iter().all(is_same_type)
        && (is_one(&target.key) && target.kind == ResourceKind::Table
            || unique.map(|index| index.fields.as_slice()).any(is_one))
}

/// The columns of linked records; the resource of each and its alias.
fn linked_columns<'a>(
    w: &mut Writer<'a>,
    query: &Query,
    takes: &mut Vec<Taken>,
) -> Vec<(&'a Resource, String)> {
    let schema = w.schema;
    let resources = query.linked.iter().filter_map(|linked| schema.resource(&linked.target));
    let joined: Vec<_> = resources.map(|resource| (resource, w.alias())).collect();
    for (linked, (target, alias)) in query.linked.iter().zip(&joined) {
        for &Column { field, mode } in &linked.columns {
            w.push(if takes.is_empty() { "" } else { ", " });
            let take = w.read(alias, &target.fields[field], mode);
            takes.push(Taken { field, take });
        }
    }
    joined
}

/// ` FROM …` with the query's condition; whether a `WHERE` stands there now.
///
/// A long text of a view may be the outcome of a subquery. Where a place is compared with it,
/// PostgreSQL would run the subquery again for each time it is named; `OFFSET 0` lets it run once.
fn records(w: &mut Writer<'_>, resource: &Resource, query: &Query, placed: bool) -> bool {
    let heavy = query.sort.first().is_some_and(|step| is_heavy(resource, step.field));
    let fenced = w.dialect == Dialect::Postgres
        && resource.kind == ResourceKind::View
        && placed
        && heavy
        && !query.total_order;
    w.push(if fenced { " FROM (SELECT t.* FROM " } else { " FROM " });
    w.table(resource).push(" AS t");
    let filtered = w.filtered("t", resource, &query.condition);
    w.push(if fenced { " OFFSET 0) AS t" } else { "" });
    filtered && !fenced
}

/// Counts the records of a query whose sort values are these.
pub(crate) fn count_alike(
    schema: &Schema,
    resource: &Resource,
    query: &Query,
    values: &[Value],
) -> Sql {
    let mut w = Writer::new(schema);
    w.push("SELECT count(*)");
    let filtered = records(&mut w, resource, query, true);
    if !query.sort.is_empty() {
        w.push(if filtered { " AND " } else { " WHERE " });
        w.at(resource, query, values);
    }
    w.finish_planned(planning(resource, &query.condition, &query.sort))
}

fn push_column(w: &mut Writer<'_>, resource: &Resource, column: Column, takes: &mut Vec<Taken>) {
    if !takes.is_empty() {
        w.push(", ");
    }
    let take = match column.field {
        ROW_ID => {
            w.push("t.").push(resource.row_id.as_deref().unwrap_or("rowid"));
            w.push(if w.dialect == Dialect::Postgres { "::text" } else { "" });
            Take::Whole
        }
        VERSION => {
            let has_version =
                w.dialect == Dialect::Postgres && resource.kind == ResourceKind::Table;
            w.push(if has_version { "t.xmin::text" } else { "NULL" });
            Take::Whole
        }
        field => w.read("t", &resource.fields[field], column.mode),
    };
    takes.push(Taken { field: column.field, take });
}

/// The column of the answer that holds a step's whole value, added where it is not there.
fn sort_column(
    w: &mut Writer<'_>,
    resource: &Resource,
    query: &Query,
    step: Sort,
    takes: &mut Vec<Taken>,
) -> usize {
    let there = takes[..query.columns.len()]
        .iter()
        .position(|t| t.field == step.field && t.take == Take::Whole);
    if let Some(there) = there.filter(|_| w.dialect != Dialect::Sqlite) {
        return there;
    }
    push_column(w, resource, Column { field: step.field, mode: ColumnMode::Whole }, takes);
    let last = takes.len() - 1;
    if w.dialect == Dialect::Sqlite {
        takes[last].take = Take::Place;
    }
    last
}

/// Counts the records of a condition, but not beyond a limit.
pub(crate) fn count_within(
    schema: &Schema,
    resource: &Resource,
    condition: &Condition,
    limit: Option<u64>,
) -> Sql {
    let mut w = Writer::new(schema);
    w.push("SELECT count(*) FROM ");
    if limit.is_some() {
        w.push("(SELECT 1 FROM ");
    }
    w.table(resource).push(" AS t");
    w.filtered("t", resource, condition);
    if let Some(limit) = limit {
        w.push(&format!(" LIMIT {limit}) AS counted"));
    }
    w.finish_planned(planning(resource, condition, &[]))
}

/// The question whose plan tells about how many records there are.
pub(crate) fn explainable(
    schema: &Schema,
    resource: &Resource,
    condition: &Condition,
    explain: &str,
) -> Sql {
    let mut w = Writer::new(schema);
    w.push(explain).push(" SELECT 1 FROM ").table(resource).push(" AS t");
    w.filtered("t", resource, condition);
    w.finish()
}

/// The present values of fields of one record and, last, its version, after a write that did not
/// find it as expected.
pub(crate) fn present(
    schema: &Schema,
    resource: &Resource,
    key: &RecordKey,
    fields: &[usize],
) -> Statement {
    let mut w = Writer::new(schema);
    let mut takes = Vec::with_capacity(fields.len() + 1);
    w.push("SELECT ");
    for &field in fields.iter().chain([&VERSION]) {
        push_column(&mut w, resource, Column::whole(field), &mut takes);
    }
    w.push(" FROM ").table(resource).push(" AS t WHERE ");
    w.keyed("t", resource, key);
    Statement { sql: w.finish(), takes, asked: fields.len(), sort_columns: Vec::new() }
}
