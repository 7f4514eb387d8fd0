//! Reading records of a service: parts of lists, single records, whole lists.

use std::time::Duration;

use futures_util::StreamExt as _;
use kontor_model::query::{BRIEF_CHARACTERS, ROW_ID, VERSION};
use kontor_model::service::{Ability, Item, Listing, Paging, Rest};
use kontor_model::{
    Column, ColumnMode, Condition, Count, FieldType, Page, Query, Service, Test, Value,
};
use reqwest::{StatusCode, Url};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::address::Fill;
use super::answers::{raw, refusal};
use super::api::{Api, service};
use super::asking::{Asked, Pair, parameters, satisfies};
use super::position::{self, Part, Position};
use crate::error::{Failure, FailureKind};
use crate::http::{Answer, at};
use crate::json::{self, Wanted};
use crate::{Of, RowStream};

impl Api {
    pub(super) async fn page(&self, of: &Of<'_>, query: &Query) -> Result<Page, Failure> {
        let reader = Reader::of(self, of, query)?;
        let asked = Asked::of(&query.condition)?;
        if asked.nothing {
            return Ok(Page { rows: Vec::new(), next: None, previous: None });
        }
        let ends = Instant::now() + self.budget.statement_timeout;
        if let Some(rows) = reader.by_key(&asked, ends).await? {
            return Ok(Page { rows, next: None, previous: None });
        }
        if let Some(rows) = reader.value_by_value(&asked, ends).await? {
            return Ok(Page { rows, next: None, previous: None });
        }
        let here = Position::of(query.cursor.as_ref())?;
        let wanted = query.limit.min(self.budget.row_cap);
        let (rows, next) = reader.part(&asked, &here, wanted, ends).await?;
        Ok(Page {
            rows,
            next: next.map(|next| next.to_cursor()),
            previous: here.back().map(|back| back.to_cursor()),
        })
    }

    pub(super) async fn streamed(
        &self,
        of: &Of<'_>,
        query: &Query,
        budget: Duration,
    ) -> Result<RowStream, Failure> {
        // Parts are read one after another, each when the one before was taken.
        let ends = Instant::now() + budget;
        let (sender, receiver) = tokio::sync::mpsc::channel(2);
        let api = self.clone();
        let (schema, resource) = (of.schema.clone(), of.resource.clone());
        let query = query.clone();
        tokio::spawn(async move {
            let of = Of { schema: &schema, resource: &resource };
            let sent = api.send_all(&of, &query, ends, &sender).await;
            if let Err(failure) = sent {
                // Who takes the rows may have left.
                drop(sender.send(Err(failure)).await);
            }
        });
        let rows = futures_util::stream::unfold(receiver, |mut receiver| async move {
            let part: Result<Vec<Vec<Value>>, Failure> = receiver.recv().await?;
            Some((part, receiver))
        });
        let each = rows.flat_map(|part| {
            futures_util::stream::iter(match part {
                Ok(rows) => rows.into_iter().map(Ok).collect(),
                Err(failure) => vec![Err(failure)],
            })
        });
        Ok(each.boxed())
    }

    async fn send_all(
        &self,
        of: &Of<'_>,
        query: &Query,
        ends: Instant,
        sender: &tokio::sync::mpsc::Sender<Result<Vec<Vec<Value>>, Failure>>,
    ) -> Result<(), Failure> {
        let reader = Reader::of(self, of, query)?;
        let asked = Asked::of(&query.condition)?;
        if asked.nothing {
            return Ok(());
        }
        if let Some(rows) = reader.by_key(&asked, ends).await? {
            drop(sender.send(Ok(rows)).await);
            return Ok(());
        }
        let mut here = Position::default();
        loop {
            let part_ends = ends.min(Instant::now() + self.budget.statement_timeout);
            let (rows, next) = reader.part(&asked, &here, self.budget.row_cap, part_ends).await?;
            if sender.send(Ok(rows)).await.is_err() {
                return Ok(());
            }
            match next {
                Some(next) => here = Position { trail: Vec::new(), ..next },
                None => return Ok(()),
            }
            if Instant::now() > ends {
                let detail = "the list is longer than can be read in the time that is permitted";
                return Err(Failure::new(FailureKind::Timeout, detail));
            }
        }
    }

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

fn number(raw: &RawValue, path: &[String]) -> Option<u64> {
    json::at(raw, path).and_then(json::plain)?.parse().ok()
}

/// Reads for one query.
pub(super) struct Reader<'a> {
    api: &'a Api,
    of: &'a Of<'a>,
    service: &'a Service,
    rest: &'a Rest,
    query: &'a Query,
}

/// An answer with where it came from.
struct Fetched {
    answer: Answer,
    url: Url,
    /// The number of records that was asked for, where the service can be told.
    asked: Option<u32>,
}

impl Fetched {
    fn raw(&self) -> Result<&RawValue, Failure> {
        raw(&self.answer, &self.url)
    }
}

/// The entries of a list.
fn entries<'a>(raw: &'a RawValue, list: &Listing) -> Result<Vec<&'a RawValue>, Failure> {
    let found = json::at(raw, &list.at).and_then(json::elements);
    found.ok_or_else(|| {
        let place = if list.at.is_empty() { "the answer".to_owned() } else { list.at.join(".") };
        Failure::new(FailureKind::Garbled, format!("{}: {place} is no list", list.path))
    })
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
        ends: Instant,
    ) -> Result<Option<Vec<Vec<Value>>>, Failure> {
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
        let readings = keys.iter().take(self.api.budget.row_cap as usize).map(|values| {
            let fills: Vec<Fill<'_>> = key.iter().copied().zip(values.iter().copied()).collect();
            async move { self.record(item, &fills, ends).await }
        });
        // The client lets so many out at once as the budget permits.
        let mut rows = Vec::new();
        for read in futures_util::future::join_all(readings).await {
            rows.extend(read?.filter(|row| self.fits(row, asked)));
        }
        for row in &mut rows {
            row.truncate(self.query.columns.len());
        }
        Ok(Some(rows))
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

    /// Where one of several values is asked for and the service takes one at a time: a question
    /// for each. For looking up what other records refer to; a list is not put together so.
    async fn value_by_value(
        &self,
        asked: &Asked<'_>,
        ends: Instant,
    ) -> Result<Option<Vec<Vec<Value>>>, Failure> {
        let plain = self.query.cursor.is_none() && self.query.sort.is_empty();
        let Some(list) = self.rest.list.as_ref().filter(|_| plain) else {
            return Ok(None);
        };
        let offers = |field: usize, test: Ability| {
            list.filters.iter().any(|filter| filter.field == field && filter.test == test)
        };
        let several = asked.tests.iter().find_map(|(field, test)| match test {
            Test::In(values) if values.len() > 1 && !offers(*field, Ability::OneOf) => {
                Some((*field, values))
            }
            _ => None,
        });
        let Some((field, values)) = several else { return Ok(None) };
        if !offers(field, Ability::Equal) || values.len() > self.api.budget.row_cap as usize {
            return Ok(None);
        }
        let tests: Vec<Test> = values
            .iter()
            .map(|value| Test::Compare(kontor_model::Comparison::Eq, value.clone()))
            .collect();
        let readings = tests.iter().map(|test| {
            let own = asked.tests.iter().filter(|(tested, _)| *tested != field).copied();
            let one = Asked { tests: own.chain([(field, test)]).collect(), ..Asked::default() };
            async move { self.part(&one, &Position::default(), self.query.limit, ends).await }
        });
        let mut rows = Vec::new();
        for read in futures_util::future::join_all(readings).await {
            rows.extend(read?.0);
        }
        rows.truncate(self.query.limit as usize);
        Ok(Some(rows))
    }

    /// One record, with what the rest of the condition is about behind the columns.
    async fn record(
        &self,
        item: &Item,
        fills: &[Fill<'_>],
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
        let asked = Asked::of(&self.query.condition)?;
        let tested = asked.tests.iter().map(|(field, _)| *field);
        let tested =
            tested.filter(|field| !self.of.resource.key.contains(field)).map(Column::whole);
        let columns: Vec<Column> = self.query.columns.iter().copied().chain(tested).collect();
        Ok(Some(self.row(record, &columns, fills)))
    }

    fn row(&self, record: &RawValue, columns: &[Column], fills: &[Fill<'_>]) -> Vec<Value> {
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

    /// A part of the list from a place on, and the place after it.
    async fn part(
        &self,
        asked: &Asked<'_>,
        here: &Position,
        wanted: u32,
        ends: Instant,
    ) -> Result<(Vec<Vec<Value>>, Option<Position>), Failure> {
        let Some(list) = &self.rest.list else {
            return Err(Failure::new(FailureKind::SchemaChanged, "the service has no such list"));
        };
        let fetched = self.fetch(list, asked, here, wanted, ends).await?;
        let raw = fetched.raw()?;
        let entries = entries(raw, list)?;
        let fills = self.fills(asked);
        let mark = entries.first().map(|first| position::mark(first));
        let is_new_part = here.place.is_some() && here.skip == 0;
        if is_new_part && mark.is_some() && mark == here.mark {
            return Err(Failure::new(
                FailureKind::Garbled,
                format!("{}: the same records come again; the service does not go on", list.path),
            ));
        }
        let came = entries.len();
        let own = entries.iter().skip(here.skip as usize).take(wanted as usize);
        let mut rows = Vec::new();
        for entry in own {
            let record = json::at(entry, &list.within).unwrap_or(entry);
            self.check(record, asked, list)?;
            rows.push(self.row(record, &self.query.columns, &fills));
        }
        let shown = here.skip + u32::try_from(rows.len()).unwrap_or(u32::MAX);
        if (shown as usize) < came {
            return Ok((rows, Some(here.then(here.place.clone(), shown, here.mark))));
        }
        let part = Part {
            body: raw,
            headers: &fetched.answer.headers,
            records: u32::try_from(came).unwrap_or(u32::MAX),
            asked: fetched.asked,
            last_key: self.last_key(list, entries.last().copied()),
            total: list.total.as_ref().and_then(|total| number(raw, total)),
            url: &fetched.url,
        };
        let next = position::following(&list.paging, here, &part)?;
        Ok((rows, next.map(|place| here.then(Some(place), 0, mark))))
    }

    fn last_key(&self, list: &Listing, last: Option<&RawValue>) -> Option<String> {
        let Paging::Cursor { key: Some(key), .. } = &list.paging else { return None };
        let record = last.map(|last| json::at(last, &list.within).unwrap_or(last))?;
        json::at(record, &self.service.properties[*key].path).and_then(json::plain)
    }

    /// A service that leaves a filter out of account would show what nobody asked for.
    fn check(&self, record: &RawValue, asked: &Asked<'_>, list: &Listing) -> Result<(), Failure> {
        for (field, test) in &asked.tests {
            let (Test::Compare(kontor_model::Comparison::Eq, _) | Test::In(_)) = test else {
                continue;
            };
            let property = &self.service.properties[*field];
            let ty = &self.of.resource.fields[*field].ty;
            let is_exact = matches!(
                ty,
                FieldType::Enum { .. } | FieldType::Bool | FieldType::Int { .. } | FieldType::Uuid
            );
            if !is_exact || !property.listed || property.from_path.is_some() {
                continue;
            }
            let Some(found) = json::at(record, &property.path) else { continue };
            if satisfies(&json::value(found, ty), test) == Some(false) {
                let name = &self.of.resource.fields[*field].name;
                return Err(Failure::new(
                    FailureKind::Garbled,
                    format!("{}: the service does not heed the filter on “{name}”", list.path),
                ));
            }
        }
        Ok(())
    }

    /// The values that the condition gives to variables of the path.
    fn fills<'c>(&self, asked: &Asked<'c>) -> Vec<Fill<'c>> {
        let variables = self.rest.variables.iter();
        variables.filter_map(|(_, field)| Some((*field, asked.equal(*field)?))).collect()
    }

    async fn fetch(
        &self,
        list: &Listing,
        asked: &Asked<'_>,
        here: &Position,
        wanted: u32,
        ends: Instant,
    ) -> Result<Fetched, Failure> {
        let fills = self.fills(asked);
        for field in &self.service.required {
            if asked.equal(*field).is_none() {
                let name = &self.of.resource.fields[*field].name;
                return Err(Failure::new(
                    FailureKind::Invalid,
                    format!(
                        "{}: the service lists these only for one “{name}” at a time",
                        list.path
                    ),
                ));
            }
        }
        let mut url = self.api.address(self.of.resource, self.rest, &list.path, &fills)?;
        let size = list.size.as_ref().map(|(name, most)| (name, wanted.clamp(1, *most)));
        let follows = matches!(list.paging, Paging::Next { .. } | Paging::Whole);
        match &here.place {
            Some(place) if follows => {
                let next: Url = place.parse().map_err(|_| invalid_place())?;
                position::same_list(&url, &next)?;
                url = next;
            }
            place => {
                let mut pairs = self.pairs(list, asked)?;
                pairs.extend(size.map(|(name, size)| (name.clone(), size.to_string())));
                pairs.extend(place.as_ref().and_then(|place| {
                    let parameter = match &list.paging {
                        Paging::Cursor { parameter, .. }
                        | Paging::Page { parameter, .. }
                        | Paging::Offset { parameter } => parameter,
                        Paging::Next { .. } | Paging::Whole => return None,
                    };
                    Some((parameter.clone(), place.clone()))
                }));
                if !pairs.is_empty() {
                    url.query_pairs_mut().extend_pairs(pairs);
                }
            }
        }
        let time = ends.saturating_duration_since(Instant::now());
        let answer = self.api.send(&self.api.reading(url.clone(), time)).await;
        let answer = answer.map_err(|lost| lost.failure)?;
        if let Some(failure) = refusal(&answer) {
            return Err(failure);
        }
        Ok(Fetched { answer, url, asked: size.map(|(_, size)| size) })
    }

    fn pairs(&self, list: &Listing, asked: &Asked<'_>) -> Result<Vec<Pair>, Failure> {
        let mut pairs = list.fixed.clone();
        let in_path = |field: usize| {
            let named = self.rest.variables.iter().find(|(_, own)| *own == field);
            named.is_some_and(|(name, _)| list.path.contains(&format!("{{{name}}}")))
        };
        for (field, test) in asked.tests.iter().filter(|(field, _)| !in_path(*field)) {
            for pair in parameters(self.of.resource, self.rest, *field, test)? {
                let is_repeated = matches!(test, Test::In(_));
                if !is_repeated && pairs.iter().any(|(name, _)| *name == pair.0) {
                    return Err(Failure::new(
                        FailureKind::Invalid,
                        format!("the service takes “{}” only once", pair.0),
                    ));
                }
                pairs.push(pair);
            }
        }
        if let Some(words) = &asked.search {
            let parameter = list.search.clone().ok_or_else(|| {
                Failure::new(FailureKind::Invalid, "the service does not look for words here")
            })?;
            pairs.push((parameter, words.clone()));
        }
        if let Some(step) = self.query.sort.first() {
            pairs.extend(sorted(list, step)?);
        }
        Ok(pairs)
    }
}

fn invalid_place() -> Failure {
    Failure::new(FailureKind::Invalid, "no place in a list of a service")
}

fn sorted(list: &Listing, step: &kontor_model::Sort) -> Result<Vec<Pair>, Failure> {
    let missing = || Failure::new(FailureKind::Invalid, "the service does not order its list so");
    let sorting = list.sorting.as_ref().ok_or_else(missing)?;
    let order =
        sorting.orders.iter().find(|order| order.field == step.field).ok_or_else(missing)?;
    let word = if step.descending { &order.down } else { &order.up };
    let mut pairs = vec![(sorting.parameter.clone(), word.clone().ok_or_else(missing)?)];
    if let Some((parameter, up, down)) = &sorting.direction {
        pairs.push((parameter.clone(), if step.descending { down } else { up }.clone()));
    }
    Ok(pairs)
}

pub(crate) fn cut(value: &mut Value) {
    if let Value::Text(text) = value
        && let Some((end, _)) = text.char_indices().nth(BRIEF_CHARACTERS)
    {
        *value = Value::Cut(text[..end].to_owned());
    }
}
