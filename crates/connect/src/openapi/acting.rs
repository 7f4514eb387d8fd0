//! Operations of a service with one record.

use kontor_model::service::{Call, Input, Operation, OperationCall, Place};
use kontor_model::{ItemOutcome, RecordKey, Value};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::value::RawValue;

use super::address::Fill;
use super::api::{Api, service};
use super::writing::told_refusal;
use crate::error::{Failure, FailureKind, WriteFailure};
use crate::http::Answer;
use crate::json::{self, Object, outward};
use crate::service::writing::unwritable;
use crate::{Answered, Of};

impl Api {
    /// Asks for an operation, once.
    pub(super) async fn acted(
        &self,
        of: &Of<'_>,
        operation: &Operation,
        key: &RecordKey,
        input: &[Option<Value>],
        token: &str,
    ) -> Result<ItemOutcome, WriteFailure> {
        let Some(answer) = self.asked_for(of, operation, key, input, token).await? else {
            return Ok(ItemOutcome::Gone);
        };
        let (service, _) = service(of.resource).map_err(WriteFailure::NotWritten)?;
        Ok(match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => ItemOutcome::Gone,
            status if status.is_success() => ItemOutcome::Applied(key.clone()),
            _ => ItemOutcome::Refused(told_refusal(&answer, service)),
        })
    }

    /// Asks an operation that changes nothing for its answer.
    pub(super) async fn foreseen(
        &self,
        of: &Of<'_>,
        operation: &Operation,
        key: &RecordKey,
        input: &[Option<Value>],
        token: &str,
    ) -> Result<Answered, Failure> {
        let asked = self.asked_for(of, operation, key, input, token).await;
        let answer = asked.map_err(|failure| match failure {
            WriteFailure::NotWritten(failure) | WriteFailure::Unknown(failure) => failure,
        })?;
        let Some(answer) = answer else {
            let detail = "the operation does not fit the record";
            return Err(Failure::new(FailureKind::SchemaChanged, detail));
        };
        if !answer.status.is_success() {
            let (service, _) = service(of.resource)?;
            return Ok(Answered::Refused(told_refusal(&answer, service)));
        }
        let said: &RawValue = serde_json::from_slice(&answer.body).map_err(|error| {
            let detail = format!("“{}”: the answer is no JSON: {error}", operation.name);
            Failure::new(FailureKind::Garbled, detail)
        })?;
        Ok(Answered::Said(said.get().to_owned()))
    }

    /// The answer of an operation; none where record and operation do not fit each other.
    async fn asked_for(
        &self,
        of: &Of<'_>,
        operation: &Operation,
        key: &RecordKey,
        input: &[Option<Value>],
        token: &str,
    ) -> Result<Option<Answer>, WriteFailure> {
        let (_, rest) = service(of.resource).map_err(WriteFailure::NotWritten)?;
        let (OperationCall::Rest(call), RecordKey::Values(values)) = (&operation.call, key) else {
            return Ok(None);
        };
        let fills: Vec<Fill<'_>> = of.resource.key.iter().copied().zip(values).collect();
        let url = self.address(of.resource, rest, &call.path, &fills);
        let mut url = url.map_err(WriteFailure::NotWritten)?;
        let given = || {
            let pairs = operation.input.iter().zip(input);
            pairs.filter_map(|(input, value)| Some((input, value.as_ref()?)))
        };
        for (input, value) in given() {
            if let Place::Query(name) = &input.place {
                let text = value.to_text().unwrap_or_default();
                url.query_pairs_mut().append_pair(name, &outward(&text, &input.field.ty));
            }
        }
        let body = body(call, operation, given())?;
        self.change(call, url, HeaderMap::new(), body, token).await.map(Some)
    }
}

/// The body of a request with what is given; none where the operation takes none.
fn body<'a>(
    call: &Call,
    operation: &Operation,
    given: impl Iterator<Item = (&'a Input, &'a Value)>,
) -> Result<Option<String>, WriteFailure> {
    let takes_body = operation.input.iter().any(|input| matches!(input.place, Place::Body(_)));
    if !takes_body {
        return Ok(None);
    }
    let mut object = Object::default();
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (input, value) in given {
        let Place::Body(path) = &input.place else { continue };
        let written = json::written(value, &input.field.ty, input.form)
            .ok_or_else(|| WriteFailure::NotWritten(unwritable(&input.field.name)))?;
        if path.is_empty() {
            return Ok(Some(written.get().to_owned()));
        }
        form.append_pair(&path.join("."), &value.to_text().unwrap_or_default());
        object.set(path, written);
    }
    Ok(Some(if call.is_form { form.finish() } else { object.to_text() }))
}
