//! Parts of a list: what is asked for, where the records are, how it goes on.

use kontor_model::service::{Listing, Paging};
use kontor_model::{Comparison, FieldType, Sort, Test};
use reqwest::Url;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::address::Fill;
use super::asking::{Pair, parameters};
use super::paging::{Came, following, same_list};
use super::reading::Reader;
use crate::error::{Failure, FailureKind};
use crate::http::Answer;
use crate::json;
use crate::service::answers::{raw, refusal};
use crate::service::asking::{Asked, satisfies};
use crate::service::position::{Position, mark};
use crate::service::reading::Part;

/// An answer with where it came from.
pub(super) struct Fetched {
    answer: Answer,
    url: Url,
    /// The number of records that was asked for, where the service can be told.
    asked: Option<u32>,
}

impl Fetched {
    pub(super) fn raw(&self) -> Result<&RawValue, Failure> {
        raw(&self.answer, &self.url)
    }
}

/// The entries of a list.
pub(super) fn entries<'a>(raw: &'a RawValue, list: &Listing) -> Result<Vec<&'a RawValue>, Failure> {
    let found = json::at(raw, &list.at).and_then(json::elements);
    found.ok_or_else(|| {
        let place = if list.at.is_empty() { "the answer".to_owned() } else { list.at.join(".") };
        Failure::new(FailureKind::Garbled, format!("{}: {place} is no list", list.path))
    })
}

/// A number in an answer.
pub(super) fn number(raw: &RawValue, path: &[String]) -> Option<u64> {
    json::at(raw, path).and_then(json::plain)?.parse().ok()
}

impl Reader<'_> {
    /// A part of the list from a place on, and the place after it.
    pub(super) async fn list(
        &self,
        asked: &Asked<'_>,
        here: &Position,
        wanted: u32,
        ends: Instant,
    ) -> Result<Part, Failure> {
        let Some(list) = &self.rest.list else {
            return Err(Failure::new(FailureKind::SchemaChanged, "the service has no such list"));
        };
        let fetched = self.fetch(list, asked, here, wanted, ends).await?;
        let raw = fetched.raw()?;
        let entries = entries(raw, list)?;
        let fills = self.fills(asked);
        let mark = entries.first().map(|first| mark(first));
        let is_new_part = here.place.is_some() && here.skip == 0;
        if is_new_part && mark.is_some() && mark == here.mark {
            return Err(Failure::new(
                FailureKind::Garbled,
                format!("{}: the same records come again; the service does not go on", list.path),
            ));
        }
        let records = entries.len();
        let own = entries.iter().skip(here.skip as usize).take(wanted as usize);
        let mut rows = Vec::new();
        for entry in own {
            let record = json::at(entry, &list.within).unwrap_or(entry);
            self.check(record, asked, list)?;
            rows.push(self.row(record, &self.query.columns, &fills));
        }
        let shown = here.skip.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        if (shown as usize) < records {
            let next = Some(here.then(here.place.clone(), shown, here.mark));
            return Ok(Part { rows, next, previous: None });
        }
        let came = Came {
            body: raw,
            headers: &fetched.answer.headers,
            records: u32::try_from(records).unwrap_or(u32::MAX),
            asked: fetched.asked,
            last_key: self.last_key(list, entries.last().copied()),
            total: list.total.as_ref().and_then(|total| number(raw, total)),
            url: &fetched.url,
        };
        let next = following(&list.paging, here, &came)?;
        let next = next.map(|place| here.then(Some(place), 0, mark));
        Ok(Part { rows, next, previous: None })
    }

    fn last_key(&self, list: &Listing, last: Option<&RawValue>) -> Option<String> {
        let Paging::Cursor { key: Some(key), .. } = &list.paging else { return None };
        let record = last.map(|last| json::at(last, &list.within).unwrap_or(last))?;
        json::at(record, &self.service.properties[*key].path).and_then(json::plain)
    }

    /// A service that leaves a filter out of account would show what nobody asked for.
    fn check(&self, record: &RawValue, asked: &Asked<'_>, list: &Listing) -> Result<(), Failure> {
        for (field, test) in &asked.tests {
            let (Test::Compare(Comparison::Eq, _) | Test::In(_)) = test else {
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

    pub(super) async fn fetch(
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
                let next: Url = place.parse().map_err(|_| Position::invalid())?;
                same_list(&url, &next)?;
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

fn sorted(list: &Listing, step: &Sort) -> Result<Vec<Pair>, Failure> {
    let missing = || Failure::new(FailureKind::Invalid, "the service does not order its list so");
    let sorting = list.sorting.as_ref().ok_or_else(missing)?;
    let order =
        sorting.orders.iter().find(|order| order.field == step.field).ok_or_else(missing)?;
    let word = if step.descending { &order.down } else { &order.up };
    let parameter = order.parameter.as_ref().unwrap_or(&sorting.parameter);
    let mut pairs = vec![(parameter.clone(), word.clone().ok_or_else(missing)?)];
    if let Some((parameter, up, down)) = &sorting.direction {
        pairs.push((parameter.clone(), if step.descending { down } else { up }.clone()));
    }
    Ok(pairs)
}
