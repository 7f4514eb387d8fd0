//! Reading records: parts of lists, single records, whole lists.

use std::time::Duration;

use kontor_model::query::{ROW_ID, VERSION};
use kontor_model::service::{Ability, Graph, GraphItem, GraphPaging, Selection};
use kontor_model::{Column, ColumnMode, Comparison, Condition, Count, Query, Test, Value};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::answer::{Told, parts};
use super::asking::{Given, number};
use super::printing::{Question, Tree};
use super::service::{Service, offered, read};
use crate::error::{Failure, FailureKind};
use crate::json::{self, Wanted};
use crate::service::asking::{Asked, satisfies};
use crate::service::position::Position;
use crate::service::reading::{Lists, Part, cut, some_of};
use crate::{Budget, Of};

/// The most values that one question asks for: fields times records. Services refuse questions
/// that are too complex, each by a measure of its own.
const MOST_VALUES: u32 = 10_000;
/// The most records that are read by their keys with one question.
const MOST_AT_ONCE: u32 = 50;

impl Lists for Service {
    fn budget(&self) -> &Budget {
        &self.budget
    }

    fn offers(&self, of: &Of<'_>, field: usize, test: Ability) -> Result<bool, Failure> {
        let (_, graph) = offered(of.resource)?;
        let mut filters = graph.list.filters.iter();
        Ok(filters.any(|filter| filter.field == field && filter.test == test))
    }

    fn reads_records(&self, of: &Of<'_>) -> Result<bool, Failure> {
        offered(of.resource).map(|(_, graph)| graph.item.is_some())
    }

    /// As many values with one question as may be.
    async fn looked_up(
        &self,
        of: &Of<'_>,
        query: &Query,
        (field, values): (usize, &[Value]),
        ends: Instant,
    ) -> Result<Vec<Vec<Value>>, Failure> {
        let asked = Asked::of(&query.condition)?;
        let reader = Reader::of(self, of, query, &asked)?;
        let list = &reader.graph.list;
        let limit = query.limit.min(self.budget.row_cap).max(1);
        let each = list.size.as_ref().map_or(limit, |(_, most)| limit.min(*most));
        let at_once = (reader.permitted() / each).clamp(1, MOST_AT_ONCE) as usize;
        let mut rows = Vec::new();
        for some in values.chunks(at_once) {
            let mut question = Question::query();
            let selected = reader.list_selected(false);
            for (at, value) in some.iter().enumerate() {
                let test = Test::Compare(Comparison::Eq, value.clone());
                let own = asked.tests.iter().filter(|(tested, _)| *tested != field).copied();
                let tests: Vec<(usize, &Test)> = own.chain([(field, &test)]).collect();
                let mut given = reader.tests_given(&tests)?;
                given.extend(
                    list.size.as_ref().map(|(path, _)| (path.clone(), number(each.into()))),
                );
                question.ask(&format!("r{at}"), (&list.field, &list.arguments), given, &selected);
            }
            let answer = self.asked(&question, Reader::time(ends)).await?;
            let parts = read(&answer)?;
            for at in 0..some.len() {
                let given = parts.given(&format!("r{at}"));
                for entry in reader.entries(given)?.entries {
                    let row = reader.row(reader.record(entry)?);
                    rows.push(reader.shown(row));
                }
            }
        }
        Ok(rows)
    }

    async fn part(
        &self,
        of: &Of<'_>,
        query: &Query,
        here: &Position,
        wanted: u32,
        ends: Instant,
    ) -> Result<Part, Failure> {
        let asked = Asked::of(&query.condition)?;
        let reader = Reader::of(self, of, query, &asked)?;
        match reader.by_key(here, wanted, ends).await? {
            Some(part) => Ok(part),
            None => reader.list(here, wanted, ends).await,
        }
    }
}

impl Service {
    pub(super) async fn counted(
        &self,
        of: &Of<'_>,
        condition: &Condition,
        budget: Duration,
    ) -> Result<Count, Failure> {
        let asked = Asked::of(condition)?;
        if asked.nothing {
            return Ok(Count::Exact(0));
        }
        let query = Query::unordered(Vec::new(), condition.clone(), 1);
        let reader = Reader::of(self, of, &query, &asked)?;
        let ends = Instant::now() + budget;
        match (&reader.graph.list.total, &reader.graph.list.paging) {
            (Some(_), _) => Ok(reader.total(ends).await?.map_or(Count::Unknown, Count::Exact)),
            (None, GraphPaging::Whole) => {
                let part = reader.list(&Position::default(), u32::MAX, ends).await?;
                let records = part.rows.len() as u64;
                let is_cut = |(_, most): &(Vec<String>, u32)| records >= u64::from(*most);
                Ok(if reader.graph.list.size.as_ref().is_some_and(is_cut) {
                    Count::MoreThan(records)
                } else {
                    Count::Exact(records)
                })
            }
            _ => Ok(Count::Unknown),
        }
    }
}

/// Reads for one query.
pub(super) struct Reader<'a> {
    pub(super) service: &'a Service,
    pub(super) of: &'a Of<'a>,
    pub(super) offered: &'a kontor_model::Service,
    pub(super) graph: &'a Graph,
    pub(super) query: &'a Query,
    pub(super) asked: &'a Asked<'a>,
    /// The columns of the query, the key, and what the condition is about.
    columns: Vec<Column>,
}

impl<'a> Reader<'a> {
    pub(super) fn of(
        service: &'a Service,
        of: &'a Of<'a>,
        query: &'a Query,
        asked: &'a Asked<'a>,
    ) -> Result<Self, Failure> {
        let (offered, graph) = offered(of.resource)?;
        let tested = asked.tests.iter().map(|(field, _)| *field);
        let mut columns = query.columns.clone();
        for field in of.resource.key.iter().copied().chain(tested) {
            if !columns.iter().any(|column| column.field == field) {
                columns.push(Column::whole(field));
            }
        }
        Ok(Self { service, of, offered, graph, query, asked, columns })
    }

    fn is_field(column: &Column) -> bool {
        !matches!(column.field, ROW_ID | VERSION)
    }

    fn selections(&self) -> impl Iterator<Item = &'a Selection> {
        self.columns
            .iter()
            .filter(|column| Self::is_field(column))
            .filter_map(|column| self.graph.selections.get(column.field))
    }

    /// What is selected of a record.
    pub(super) fn selected(&self) -> String {
        let mut tree = Tree::default();
        self.selections().for_each(|selection| tree.add(selection));
        tree.of_object()
    }

    /// How many records may be asked for at once without asking for too much.
    pub(super) fn permitted(&self) -> u32 {
        let weight: u32 = self.selections().map(|selection| selection.weight).sum();
        (MOST_VALUES / weight.max(1)).max(1)
    }

    pub(super) fn time(ends: Instant) -> Duration {
        ends.saturating_duration_since(Instant::now())
    }

    /// Records of certain keys, with as few questions as possible; none where the query asks for
    /// others, or the service reads no single records.
    async fn by_key(
        &self,
        here: &Position,
        wanted: u32,
        ends: Instant,
    ) -> Result<Option<Part>, Failure> {
        let Some(item) = &self.graph.item else { return Ok(None) };
        let Some(keys) = self.asked.keys_of(&self.of.resource.key) else { return Ok(None) };
        let (keys, next) = some_of(&keys, here, wanted)?;
        let mut rows = Vec::new();
        let at_once = self.permitted().min(MOST_AT_ONCE) as usize;
        for some in keys.chunks(at_once) {
            let mut question = Question::query();
            let selected = match &item.on {
                Some(on) => format!("{{ __typename ... on {on} {} }}", self.selected()),
                None => self.selected(),
            };
            for (at, key) in some.iter().enumerate() {
                let given = self.key_given(item, key)?;
                question.ask(&format!("r{at}"), (&item.field, &item.arguments), given, &selected);
            }
            let answer = self.service.asked(&question, Self::time(ends)).await?;
            let parts = parts(&answer)?;
            if !parts.errors.iter().all(Told::is_missing)
                && let Some(failure) = parts.failure()
            {
                return Err(failure);
            }
            for at in 0..some.len() {
                let Some(record) = parts.given(&format!("r{at}")) else { continue };
                let is_other = item.on.as_ref().is_some_and(|on| {
                    let kind = json::at(record, &["__typename".to_owned()]).and_then(json::plain);
                    kind.as_ref() != Some(on)
                });
                if !is_other {
                    let row = self.row(record);
                    if self.fits(&row, &self.asked.tests) {
                        rows.push(self.shown(row));
                    }
                }
            }
        }
        Ok(Some(Part { rows, next, previous: None }))
    }

    fn key_given(&self, item: &GraphItem, key: &[&Value]) -> Result<Vec<Given>, Failure> {
        let fields = &self.of.resource.key;
        item.keys
            .iter()
            .map(|place| {
                let field = &self.of.resource.fields[place.field];
                let value =
                    fields.iter().position(|own| *own == place.field).and_then(|at| key.get(at));
                let written = value
                    .and_then(|value| json::written(value, &field.ty, place.form))
                    .filter(|written| written.get() != "null");
                let written = written.ok_or_else(|| {
                    Failure::new(
                        FailureKind::Invalid,
                        format!("“{}” is empty or not whole", field.name),
                    )
                })?;
                Ok((place.path.clone(), written))
            })
            .collect()
    }

    /// A row without what was read along.
    pub(super) fn shown(&self, mut row: Vec<Value>) -> Vec<Value> {
        row.truncate(self.query.columns.len());
        for (value, column) in row.iter_mut().zip(&self.query.columns) {
            if column.mode == ColumnMode::Brief {
                cut(value);
            }
        }
        row
    }

    /// Whether a record that was read satisfies tests, as far as that can be told here.
    pub(super) fn fits(&self, row: &[Value], tests: &[(usize, &Test)]) -> bool {
        tests.iter().all(|(field, test)| {
            let at = self.columns.iter().position(|column| column.field == *field);
            at.and_then(|at| satisfies(&row[at], test)).unwrap_or(true)
        })
    }

    pub(super) fn row(&self, record: &RawValue) -> Vec<Value> {
        let mut wanted = Wanted::nothing();
        let mut row = vec![Value::Null; self.columns.len()];
        for (place, column) in self.columns.iter().enumerate() {
            if Self::is_field(column) {
                let property = &self.offered.properties[column.field];
                wanted.add(place, &property.path, &self.of.resource.fields[column.field].ty);
            }
        }
        wanted.take(record, &mut row);
        row
    }
}
