//! Reading records of services: pages, and lists to their end.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::StreamExt as _;
use kontor_model::query::BRIEF_CHARACTERS;
use kontor_model::service::Ability;
use kontor_model::{Comparison, Condition, Page, Query, Resource, Schema, Test, Value};
use tokio::time::Instant;

use super::asking::Asked;
use super::position::Position;
use crate::error::{Failure, FailureKind};
use crate::{Budget, Of, RowStream};

/// A part of a list.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) next: Option<Position>,
    /// The place before, where the service tells it.
    pub(crate) previous: Option<Position>,
}

/// A service that is read part by part.
pub(crate) trait Lists: Clone + Send + Sync + 'static {
    /// What it may be burdened with.
    fn budget(&self) -> &Budget;

    /// Whether a list takes a test of a field.
    ///
    /// # Errors
    /// [`FailureKind::SchemaChanged`] for a resource that is none of this kind of service.
    fn offers(&self, of: &Of<'_>, field: usize, test: Ability) -> Result<bool, Failure>;

    /// Whether single records are read by their key.
    ///
    /// # Errors
    /// As [`Self::offers`].
    fn reads_records(&self, of: &Of<'_>) -> Result<bool, Failure>;

    /// The records of every one of several values, at most `limit` of each: for looking up what
    /// other records refer to. A list is not put together so.
    fn looked_up(
        &self,
        of: &Of<'_>,
        query: &Query,
        values: (usize, &[Value]),
        ends: Instant,
    ) -> impl Future<Output = Result<Vec<Vec<Value>>, Failure>> + Send;

    /// A part of what a query asks for, from a place on, of at most `wanted` records.
    fn part(
        &self,
        of: &Of<'_>,
        query: &Query,
        here: &Position,
        wanted: u32,
        ends: Instant,
    ) -> impl Future<Output = Result<Part, Failure>> + Send;
}

/// What of a condition has to be asked for one value after another, since a list takes one of them
/// at a time: the field and the values.
fn value_by_value<'q>(
    service: &impl Lists,
    of: &Of<'_>,
    asked: &Asked<'q>,
) -> Result<Option<(usize, &'q [Value])>, Failure> {
    if service.reads_records(of)? && asked.keys_of(&of.resource.key).is_some() {
        return Ok(None);
    }
    for (field, test) in &asked.tests {
        let Test::In(values) = test else { continue };
        if values.len() > 1 && !service.offers(of, *field, Ability::OneOf)? {
            let is_asked = service.offers(of, *field, Ability::Equal)?;
            return Ok(is_asked.then_some((*field, values.as_slice())));
        }
    }
    Ok(None)
}

/// A page of a list.
///
/// # Errors
/// As [`Connection::select`](crate::Connection::select).
pub(crate) async fn page(
    service: &impl Lists,
    of: &Of<'_>,
    query: &Query,
) -> Result<Page, Failure> {
    let asked = Asked::of(&query.condition)?;
    if asked.nothing {
        return Ok(Page { rows: Vec::new(), next: None, previous: None });
    }
    let ends = Instant::now() + service.budget().statement_timeout;
    let limit = query.limit.min(service.budget().row_cap);
    if query.cursor.is_none()
        && query.sort.is_empty()
        && let Some(values) = value_by_value(service, of, &asked)?
    {
        let mut rows = service.looked_up(of, query, values, ends).await?;
        rows.truncate(limit as usize);
        return Ok(Page { rows, next: None, previous: None });
    }
    let here = Position::of(query.cursor.as_ref())?;
    let part = service.part(of, query, &here, limit, ends).await?;
    Ok(Page {
        rows: part.rows,
        next: part.next.map(|next| next.to_cursor()),
        previous: here.back().or(part.previous).map(|back| back.to_cursor()),
    })
}

/// All records that a query asks for, part by part: each is read when the one before was taken.
/// Nothing is read any more when nobody takes it.
///
/// # Errors
/// As [`Connection::stream`](crate::Connection::stream).
pub(crate) fn stream(
    service: &impl Lists,
    of: &Of<'_>,
    query: &Query,
    budget: Duration,
) -> Result<RowStream, Failure> {
    let going = Going {
        service: service.clone(),
        schema: of.schema.clone(),
        resource: of.resource.clone(),
        left: apart(service, of, query)?,
        here: Position::default(),
        ends: Instant::now() + budget,
    };
    let parts = futures_util::stream::unfold(Some(going), async |going| {
        let mut going = going?;
        match going.next().await.transpose()? {
            Ok(rows) => Some((Ok(rows), Some(going))),
            // Nothing comes after a failure.
            Err(failure) => Some((Err(failure), None)),
        }
    });
    let rows = parts.flat_map(|part| {
        futures_util::stream::iter(match part {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(failure) => vec![Err(failure)],
        })
    });
    Ok(rows.fuse().boxed())
}

/// The queries that a query has to be asked as, one after another.
fn apart(service: &impl Lists, of: &Of<'_>, query: &Query) -> Result<VecDeque<Query>, Failure> {
    let asked = Asked::of(&query.condition)?;
    if asked.nothing {
        return Ok(VecDeque::new());
    }
    let Some((field, values)) = value_by_value(service, of, &asked)? else {
        return Ok(VecDeque::from([query.clone()]));
    };
    let others = asked.tests.iter().filter(|(tested, _)| *tested != field);
    let others: Vec<Condition> =
        others.map(|(tested, test)| Condition::Field(*tested, (*test).clone())).collect();
    let one = |value: &Value| {
        let mut all = others.clone();
        all.push(Condition::Field(field, Test::Compare(Comparison::Eq, value.clone())));
        Query { condition: Condition::All(all), ..query.clone() }
    };
    Ok(values.iter().map(one).collect())
}

/// A list that is being read.
struct Going<S> {
    service: S,
    schema: Schema,
    resource: Resource,
    /// What is still to be asked for; the first of them is under way.
    left: VecDeque<Query>,
    here: Position,
    ends: Instant,
}

impl<S: Lists> Going<S> {
    /// The records of the next part; none after the last.
    async fn next(&mut self) -> Result<Option<Vec<Vec<Value>>>, Failure> {
        let Some(query) = self.left.front() else { return Ok(None) };
        let now = Instant::now();
        if now > self.ends {
            let detail = "the list is longer than can be read in the time that is permitted";
            return Err(Failure::new(FailureKind::Timeout, detail));
        }
        let budget = self.service.budget();
        let ends = self.ends.min(now + budget.statement_timeout);
        let of = Of { schema: &self.schema, resource: &self.resource };
        let part = self.service.part(&of, query, &self.here, budget.row_cap, ends).await?;
        self.here = match part.next {
            // Nobody goes back here.
            Some(next) => Position { trail: Vec::new(), ..next },
            None => {
                self.left.pop_front();
                Position::default()
            }
        };
        Ok(Some(part.rows))
    }
}

/// Which of several keys a part is about, and the place of the part after it.
///
/// # Errors
/// [`FailureKind::Invalid`] for a place that is none.
pub(crate) fn some_of<'k, K>(
    keys: &'k [K],
    here: &Position,
    wanted: u32,
) -> Result<(&'k [K], Option<Position>), Failure> {
    let from = usize::try_from(here.number(0)?).unwrap_or(usize::MAX).min(keys.len());
    let end = from.saturating_add(wanted.max(1) as usize).min(keys.len());
    let next = (end < keys.len()).then(|| here.then(Some(end.to_string()), 0, None));
    Ok((&keys[from..end], next))
}

/// Cuts a text to what a list shows of it.
pub(crate) fn cut(value: &mut Value) {
    if let Value::Text(text) = value
        && let Some((end, _)) = text.char_indices().nth(BRIEF_CHARACTERS)
    {
        *value = Value::Cut(text[..end].to_owned());
    }
}
