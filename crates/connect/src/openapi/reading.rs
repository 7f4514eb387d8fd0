//! Reading records: of certain keys, and of the parts of lists.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use kontor_model::query::{ROW_ID, VERSION};
use kontor_model::service::{Ability, Item, Paging, Rest};
use kontor_model::{Column, ColumnMode, Comparison, Condition, Count, Query, Service, Test, Value};
use reqwest::StatusCode;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::address::Fill;
use super::api::{Api, service};
use super::parts::{entries, number};
use crate::error::{Failure, FailureKind};
use crate::http::at;
use crate::json::{self, Wanted};
use crate::service::answers::{raw, refusal};
use crate::service::asking::{Asked, satisfies};
use crate::service::position::Position;
use crate::service::reading::{Lists, Part, cut, some_of};
use crate::{Budget, Of};

impl Lists for Api {
    fn budget(&self) -> &Budget {
        &self.budget
    }

    fn offers(&self, of: &Of<'_>, field: usize, test: Ability) -> Result<bool, Failure> {
        let (_, rest) = service(of.resource)?;
        let mut filters = rest.list.iter().flat_map(|list| &list.filters);
        Ok(filters.any(|filter| filter.field == field && filter.test == test))
    }

    fn reads_records(&self, of: &Of<'_>) -> Result<bool, Failure> {
        service(of.resource).map(|(_, rest)| rest.item.is_some())
    }

    async fn looked_up(
        &self,
        of: &Of<'_>,
        query: &Query,
        (field, values): (usize, &[Value]),
        ends: Instant,
    ) -> Result<Vec<Vec<Value>>, Failure> {
        let reader = Reader::of(self, of, query)?;
        let asked = Asked::of(&query.condition)?;
        let tests: Vec<Test> =
            values.iter().map(|value| Test::Compare(Comparison::Eq, value.clone())).collect();
        let readings: Vec<_> = tests
            .iter()
            .map(|test| {
                let others = asked.tests.iter().filter(|(tested, _)| *tested != field).copied();
                let tests = others.chain([(field, test)]).collect();
                let one = Asked { tests, ..Asked::default() };
                let reader = &reader;
                async move { reader.list(&one, &Position::default(), query.limit, ends).await }
            })
            .collect();
        // No more at once than may be out: who waits for its turn too long would be sent away.
        let parts: Vec<Part> = futures_util::stream::iter(readings)
            .buffered(self.budget.connections.max(1) as usize)
            .try_collect()
            .await?;
        Ok(parts.into_iter().flat_map(|part| part.rows).collect())
    }

    async fn part(
        &self,
        of: &Of<'_>,
        query: &Query,
        here: &Position,
        wanted: u32,
        ends: Instant,
    ) -> Result<Part, Failure> {
        let reader = Reader::of(self, of, query)?;
        let asked = Asked::of(&query.condition)?;
        match reader.by_key(&asked, here, wanted, ends).await? {
            Some(part) => Ok(part),
            None => reader.list(&asked, here, wanted, ends).await,
        }
    }
}

impl Api {
    pub(super) async fn counted(
        &self,
        of: &Of<'_>,
        condition: &Condition,
        budget: Duration,
    ) -> Result<Count, Failure> {
        let query = Query::unordered(Vec::new(), condition.clone(), 1);
        let reader = Reader::of(self, of, &query)?;
        let asked = Asked::of(condition)?;
        let Some(list) = &reader.rest.list else { return Ok(Count::Unknown) };
        let ends = Instant::now() + budget;
        if asked.nothing {
            return Ok(Count::Exact(0));
        }
        let is_whole = list.paging == Paging::Whole;
        if list.total.is_none() && !is_whole {
            return Ok(Count::Unknown);
        }
        let fetched = reader.fetch(list, &asked, &Position::default(), 1, ends).await?;
        let raw = fetched.raw()?;
        match (&list.total, is_whole) {
            (Some(total), _) => Ok(number(raw, total).map_or(Count::Unknown, Count::Exact)),
            (None, _) => Ok(Count::Exact(entries(raw, list)?.len() as u64)),
        }
    }
}

/// Reads for one query.
pub(super) struct Reader<'a> {
    pub(super) api: &'a Api,
    pub(super) of: &'a Of<'a>,
    pub(super) service: &'a Service,
    pub(super) rest: &'a Rest,
    pub(super) query: &'a Query,
}

impl<'a> Reader<'a> {
    fn of(api: &'a Api, of: &'a Of<'a>, query: &'a Query) -> Result<Self, Failure> {
        let (service, rest) = service(of.resource)?;
        Ok(Self { api, of, service, rest, query })
    }

    /// Records of certain keys, read one by one; none where the query asks for others.
    async fn by_key(
        &self,
        asked: &Asked<'_>,
        here: &Position,
        wanted: u32,
        ends: Instant,
    ) -> Result<Option<Part>, Failure> {
        let key = &self.of.resource.key;
        let Some(item) = &self.rest.item else { return Ok(None) };
        let Some(keys) = asked.keys_of(key) else { return Ok(None) };
        let by_list = self
            .rest
            .list
            .iter()
            .flat_map(|list| &list.filters)
            .any(|filter| filter.test == Ability::OneOf && key.as_slice() == [filter.field]);
        let is_listed = self.query.columns.iter().all(|column| self.is_listed(column.field));
        if keys.len() > 1 && by_list && is_listed {
            return Ok(None);
        }
        let (some, next) = some_of(&keys, here, wanted)?;
        let readings: Vec<_> = some
            .iter()
            .map(|values| {
                let values = values.iter().copied();
                let fills: Vec<Fill<'_>> = key.iter().copied().zip(values).collect();
                async move { self.record(item, &fills, asked, ends).await }
            })
            .collect();
        // No more at once than may be out: who waits for its turn too long would be sent away.
        let read: Vec<Option<Vec<Value>>> = futures_util::stream::iter(readings)
            .buffered(self.api.budget.connections.max(1) as usize)
            .try_collect()
            .await?;
        let mut rows: Vec<Vec<Value>> =
            read.into_iter().flatten().filter(|row| self.fits(row, asked)).collect();
        for row in &mut rows {
            row.truncate(self.query.columns.len());
        }
        Ok(Some(Part { rows, next, previous: None }))
    }

    fn is_listed(&self, field: usize) -> bool {
        self.service.properties.get(field).is_none_or(|property| property.listed)
    }

    /// Whether a record that was read by its key satisfies the rest of the condition.
    fn fits(&self, row: &[Value], asked: &Asked<'_>) -> bool {
        let tested = asked.tests.iter().filter(|(field, _)| !self.of.resource.key.contains(field));
        tested.enumerate().all(|(at, (_, test))| {
            row.get(self.query.columns.len() + at)
                .and_then(|value| satisfies(value, test))
                .unwrap_or(true)
        })
    }

    /// One record, with what the rest of the condition is about behind the columns.
    async fn record(
        &self,
        item: &Item,
        fills: &[Fill<'_>],
        asked: &Asked<'_>,
        ends: Instant,
    ) -> Result<Option<Vec<Value>>, Failure> {
        let url = self.api.address(self.of.resource, self.rest, &item.path, fills)?;
        let time = ends.saturating_duration_since(Instant::now());
        let answer = self.api.send(&self.api.reading(url.clone(), time)).await;
        let answer = answer.map_err(|lost| lost.failure)?;
        if matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Ok(None);
        }
        if let Some(failure) = refusal(&answer) {
            return Err(failure);
        }
        let raw = raw(&answer, &url)?;
        let record = json::at(raw, &item.at).filter(|record| record.get().starts_with('{'));
        let record = record.ok_or_else(|| {
            Failure::new(FailureKind::Garbled, format!("{}: the answer holds no record", at(&url)))
        })?;
        let tested = asked.tests.iter().map(|(field, _)| *field);
        let tested =
            tested.filter(|field| !self.of.resource.key.contains(field)).map(Column::whole);
        let columns: Vec<Column> = self.query.columns.iter().copied().chain(tested).collect();
        Ok(Some(self.row(record, &columns, fills)))
    }

    pub(super) fn row(
        &self,
        record: &RawValue,
        columns: &[Column],
        fills: &[Fill<'_>],
    ) -> Vec<Value> {
        let mut wanted = Wanted::nothing();
        let mut row = vec![Value::Null; columns.len()];
        for (place, column) in columns.iter().enumerate() {
            if matches!(column.field, ROW_ID | VERSION) {
                continue;
            }
            let property = &self.service.properties[column.field];
            match fills.iter().find(|(field, _)| *field == column.field) {
                Some((_, value)) if property.from_path.is_some() => row[place] = (*value).clone(),
                _ => wanted.add(place, &property.path, &self.of.resource.fields[column.field].ty),
            }
        }
        wanted.take(record, &mut row);
        for (value, column) in row.iter_mut().zip(columns) {
            if column.mode == ColumnMode::Brief {
                cut(value);
            }
        }
        row
    }
}
