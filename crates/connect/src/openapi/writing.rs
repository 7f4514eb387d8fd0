//! Changing records of a service: compared with what was seen, then sent once.

use kontor_model::change::{Refusal, Rule};
use kontor_model::service::{Call, Rest};
use kontor_model::{ChangeItem, ItemOutcome, RecordKey, Service, Value};
use reqwest::header::{ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH};
use reqwest::{Method, StatusCode, Url};
use serde_json::value::RawValue;

use super::address::Fill;
use super::api::{Api, service};
use crate::Of;
use crate::error::{Failure, FailureKind, WriteFailure};
use crate::http::{Answer, Ask};
use crate::json::{self, Object, Wanted};
use crate::service::answers::{message, raw, refusal};
use crate::service::writing::{Writes, stale, unwritable};

/// A record as it is now.
struct Present {
    /// One value per field.
    values: Vec<Value>,
    /// The whole record.
    record: Box<RawValue>,
    /// The service's mark of this version of it.
    mark: Option<HeaderValue>,
}

/// Writes records of one resource.
pub(super) struct Writer<'a> {
    api: &'a Api,
    of: &'a Of<'a>,
    service: &'a Service,
    rest: &'a Rest,
}

impl<'a> Writer<'a> {
    pub(super) fn of(api: &'a Api, of: &'a Of<'a>) -> Result<Self, WriteFailure> {
        let (service, rest) = service(of.resource).map_err(WriteFailure::NotWritten)?;
        Ok(Self { api, of, service, rest })
    }
}

impl Writes for Writer<'_> {
    async fn create(&self, item: &ChangeItem, token: &str) -> Result<ItemOutcome, WriteFailure> {
        let call = self.call(self.rest.create.as_ref())?;
        let fills: Vec<Fill<'_>> =
            item.after.iter().map(|(field, value)| (*field, value)).collect();
        let mut body = Object::default();
        self.set(&mut body, item)?;
        let url = self.url(call, &fills)?;
        let answer =
            self.sent(call, url.clone(), Some(body.under(&call.under)), token, None).await?;
        if let Some(outcome) = self.refused(&answer) {
            return Ok(outcome);
        }
        let made = raw(&answer, &url).ok().and_then(|raw| {
            let record = json::at(raw, call.answer.as_deref().unwrap_or_default())?;
            let values = self.values(record, &fills);
            Some(
                self.of.resource.key.iter().map(|&field| values[field].clone()).collect::<Vec<_>>(),
            )
        });
        let key = made
            .filter(|key| !key.iter().any(Value::is_null))
            .or_else(|| self.located(&answer, &fills));
        key.map(|key| ItemOutcome::Applied(RecordKey::Values(key))).ok_or_else(|| {
            WriteFailure::Unknown(Failure::new(
                FailureKind::Garbled,
                format!(
                    "{}: the service took the record and does not say which one it made",
                    call.path
                ),
            ))
        })
    }

    async fn update(&self, item: &ChangeItem, token: &str) -> Result<ItemOutcome, WriteFailure> {
        let call = self.call(self.rest.update.as_ref())?;
        let Some((key, fills)) = self.fills(item) else { return Ok(ItemOutcome::Gone) };
        let Some(present) = self.present(&fills).await? else { return Ok(ItemOutcome::Gone) };
        if let Some(stale) = self.stale(item, &present) {
            return Ok(stale);
        }
        let mut body = Object::default();
        if call.whole {
            body = Object::of(&present.record);
            // What the description does not know stays: to leave it out would remove it.
            let fixed = |path: &[String]| {
                self.service.properties.iter().any(|p| !p.updatable && p.path == path)
            };
            body.retain(&|path| !fixed(path));
        }
        self.set(&mut body, item)?;
        let url = self.url(call, &fills)?;
        let answer =
            self.sent(call, url, Some(body.under(&call.under)), token, present.mark).await?;
        self.settled(&answer, item, &fills, key).await
    }

    async fn delete(&self, item: &ChangeItem, token: &str) -> Result<ItemOutcome, WriteFailure> {
        let call = self.call(self.rest.delete.as_ref())?;
        let Some((key, fills)) = self.fills(item) else { return Ok(ItemOutcome::Gone) };
        let Some(present) = self.present(&fills).await? else { return Ok(ItemOutcome::Gone) };
        if let Some(stale) = self.stale(item, &present) {
            return Ok(stale);
        }
        let url = self.url(call, &fills)?;
        let answer = self.sent(call, url, None, token, present.mark).await?;
        self.settled(&answer, item, &fills, key).await
    }
}

impl Writer<'_> {
    /// The key in the `Location` of a record that was made.
    fn located(&self, answer: &Answer, fills: &[Fill<'_>]) -> Option<Vec<Value>> {
        let location = answer.headers.get(reqwest::header::LOCATION)?.to_str().ok()?;
        let last = location.split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()?;
        let last = percent_encoding::percent_decode_str(last).decode_utf8().ok()?;
        let (own, parents) = self.of.resource.key.split_last()?;
        let known = |field: &usize| {
            fills.iter().find(|(filled, _)| filled == field).map(|(_, value)| (*value).clone())
        };
        let mut key: Vec<Value> = parents.iter().map(known).collect::<Option<_>>()?;
        key.push(self.of.resource.fields[*own].ty.parse(&last).ok()?);
        Some(key)
    }

    /// What the answer to a change of a record means. Where somebody else was quicker, the record
    /// is read again.
    async fn settled(
        &self,
        answer: &Answer,
        item: &ChangeItem,
        fills: &[Fill<'_>],
        key: &RecordKey,
    ) -> Result<ItemOutcome, WriteFailure> {
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(ItemOutcome::Gone),
            StatusCode::PRECONDITION_FAILED | StatusCode::PRECONDITION_REQUIRED => {
                let Some(present) = self.present(fills).await? else {
                    return Ok(ItemOutcome::Gone);
                };
                let refused = || {
                    ItemOutcome::Refused(Refusal::other(message(answer).unwrap_or_else(|| {
                        "the service says that the record was changed meanwhile".into()
                    })))
                };
                Ok(self.stale(item, &present).unwrap_or_else(refused))
            }
            _ => Ok(self.refused(answer).unwrap_or_else(|| ItemOutcome::Applied(key.clone()))),
        }
    }

    fn call<'c>(&self, call: Option<&'c Call>) -> Result<&'c Call, WriteFailure> {
        call.ok_or_else(|| {
            let detail = format!("{}: the service has no operation for it", self.of.resource.name);
            WriteFailure::NotWritten(Failure::new(FailureKind::Privilege, detail))
        })
    }

    fn url(&self, call: &Call, fills: &[Fill<'_>]) -> Result<Url, WriteFailure> {
        self.api
            .address(self.of.resource, self.rest, &call.path, fills)
            .map_err(WriteFailure::NotWritten)
    }

    fn fills<'c>(&self, item: &'c ChangeItem) -> Option<(&'c RecordKey, Vec<Fill<'c>>)> {
        let key = item.key.as_ref()?;
        let RecordKey::Values(values) = key else { return None };
        Some((key, self.of.resource.key.iter().copied().zip(values).collect()))
    }

    /// The record as it is now; none where it is gone.
    async fn present(&self, fills: &[Fill<'_>]) -> Result<Option<Present>, WriteFailure> {
        let not_written = WriteFailure::NotWritten;
        let Some(item) = &self.rest.item else {
            let detail = "the service cannot be asked for one record, so that nothing can be compared before it is changed";
            return Err(not_written(Failure::new(FailureKind::Privilege, detail)));
        };
        let url = self.api.address(self.of.resource, self.rest, &item.path, fills);
        let url = url.map_err(not_written)?;
        let ask = self.api.reading(url.clone(), self.api.budget.statement_timeout);
        let answer = self.api.send(&ask).await.map_err(|lost| not_written(lost.failure))?;
        if matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Ok(None);
        }
        if let Some(failure) = refusal(&answer) {
            return Err(not_written(failure));
        }
        let raw = raw(&answer, &url).map_err(not_written)?;
        let record = json::at(raw, &item.at).ok_or_else(|| {
            not_written(Failure::new(FailureKind::Garbled, "the answer holds no record"))
        })?;
        // A weak mark compares nothing (RFC 9110, 13.1.1).
        let mark =
            answer.headers.get(ETAG).filter(|mark| !mark.as_bytes().starts_with(b"W/")).cloned();
        Ok(Some(Present { values: self.values(record, fills), record: record.to_owned(), mark }))
    }

    fn values(&self, record: &RawValue, fills: &[Fill<'_>]) -> Vec<Value> {
        let mut row = vec![Value::Null; self.of.resource.fields.len()];
        let mut wanted = Wanted::nothing();
        for (at, property) in self.service.properties.iter().enumerate() {
            match fills.iter().find(|(field, _)| *field == at) {
                Some((_, value)) if property.from_path.is_some() => row[at] = (*value).clone(),
                _ => wanted.add(at, &property.path, &self.of.resource.fields[at].ty),
            }
        }
        wanted.take(record, &mut row);
        row
    }

    fn stale(&self, item: &ChangeItem, present: &Present) -> Option<ItemOutcome> {
        stale(item, item.before.iter().map(|(field, _)| &present.values[*field]))
    }

    fn set(&self, body: &mut Object, item: &ChangeItem) -> Result<(), WriteFailure> {
        for (field, value) in &item.after {
            let property = &self.service.properties[*field];
            if property.from_path.is_some() {
                continue;
            }
            let field = &self.of.resource.fields[*field];
            let written = json::written(value, &field.ty, property.form)
                .ok_or_else(|| WriteFailure::NotWritten(unwritable(&field.name)))?;
            body.set(&property.path, written);
        }
        Ok(())
    }

    async fn sent(
        &self,
        call: &Call,
        url: Url,
        body: Option<Object>,
        token: &str,
        mark: Option<HeaderValue>,
    ) -> Result<Answer, WriteFailure> {
        let mut headers = HeaderMap::new();
        if let Some(mark) = mark {
            headers.insert(IF_MATCH, mark);
        }
        let body = body.map(|body| body.to_text());
        self.api.change(call, url, headers, body, token).await
    }

    /// The outcome that an answer which is no success means.
    fn refused(&self, answer: &Answer) -> Option<ItemOutcome> {
        (!answer.status.is_success())
            .then(|| ItemOutcome::Refused(told_refusal(answer, self.service)))
    }
}

/// Why a service did not do what was asked, in its own words.
pub(super) fn told_refusal(answer: &Answer, service: &Service) -> Refusal {
    let rule = match answer.status.as_u16() {
        401 | 403 => Rule::Privilege,
        409 => Rule::Unique,
        400 | 422 => Rule::Invalid,
        _ => Rule::Other,
    };
    let status = answer.status.as_u16();
    let message =
        message(answer).unwrap_or_else(|| format!("the service answered with status {status}"));
    let fields = fields_named(answer, service);
    // A conflict may be about anything; only where it names fields it is about their values.
    let rule = if rule == Rule::Unique && fields.is_empty() { Rule::Other } else { rule };
    Refusal { rule, fields, constraint: None, other: None, message }
}

impl Api {
    /// Sends a request that changes something. Whoever takes a key to recognise it by may get it
    /// twice.
    ///
    /// # Errors
    /// [`WriteFailure::Unknown`] where it may have arrived without an answer.
    pub(super) async fn change(
        &self,
        call: &Call,
        url: Url,
        mut headers: HeaderMap,
        body: Option<String>,
        token: &str,
    ) -> Result<Answer, WriteFailure> {
        let not_written =
            |detail: String| WriteFailure::NotWritten(Failure::new(FailureKind::Other, detail));
        if let Some(name) = &call.idempotency {
            let name =
                HeaderName::from_bytes(name.as_bytes()).map_err(|e| not_written(e.to_string()))?;
            let key = HeaderValue::from_str(token).map_err(|e| not_written(e.to_string()))?;
            headers.insert(name, key);
        }
        let method =
            Method::from_bytes(call.method.as_bytes()).map_err(|e| not_written(e.to_string()))?;
        let kind =
            if call.is_form { "application/x-www-form-urlencoded" } else { "application/json" };
        let ask = Ask {
            method,
            headers,
            body: body.map(|body| (kind, body)),
            repeatable: call.idempotency.is_some(),
            ..self.reading(url, self.budget.statement_timeout)
        };
        let answer = self.send(&ask).await?;
        match answer.status.as_u16() {
            // It did not let it through, or says that it did nothing.
            429 | 503 => Err(WriteFailure::NotWritten(
                refusal(&answer)
                    .unwrap_or_else(|| Failure::new(FailureKind::Busy, "the service is busy")),
            )),
            500 | 502 | 504..=599 => Err(WriteFailure::Unknown(
                refusal(&answer)
                    .unwrap_or_else(|| Failure::new(FailureKind::Other, "the service failed")),
            )),
            _ => Ok(answer),
        }
    }
}

/// The fields that an error speaks of: `errors[].field`, `.pointer`, `.loc`, `.path`, `.source`, or
/// an object of messages by field.
fn fields_named(answer: &Answer, service: &Service) -> Vec<usize> {
    let Ok(raw) = serde_json::from_slice::<&RawValue>(&answer.body) else { return Vec::new() };
    let position = |name: &str| {
        let spelled: Vec<&str> = name
            .trim_start_matches(['#', '/', '$', '.'])
            .split(['/', '.'])
            .filter(|part| !matches!(*part, "body" | "data" | "attributes" | ""))
            .collect();
        service.properties.iter().position(|property| property.path == spelled)
    };
    let mut found = Vec::new();
    for errors in ["errors", "detail", "details", "violations", "invalid_params", "invalid-params"]
    {
        let Some(errors) = json::at(raw, &[errors.to_owned()]) else { continue };
        for error in json::elements(errors).unwrap_or_default() {
            for name in ["field", "pointer", "path", "name", "propertyPath", "property"] {
                let said = json::at(error, &[name.to_owned()]).and_then(json::plain);
                found.extend(said.as_deref().and_then(position));
            }
            let place = json::at(error, &["loc".to_owned()]).and_then(json::elements);
            let place = place.map(|parts| {
                parts.into_iter().filter_map(json::plain).collect::<Vec<_>>().join("/")
            });
            found.extend(place.as_deref().and_then(position));
            let source =
                json::at(error, &["source".to_owned(), "pointer".to_owned()]).and_then(json::plain);
            found.extend(source.as_deref().and_then(position));
        }
        for (name, _) in json::members(errors).unwrap_or_default() {
            found.extend(position(&name));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
