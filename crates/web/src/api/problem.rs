//! Requests that the API refuses, as RFC 9457 problems.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::failure::ApiFailure;
use crate::texts::Language;

/// The media type of a problem.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// A request that was refused. Boxed, because most requests are not.
pub(super) struct Problem(Box<Response>);

impl Problem {
    /// A request that is wrong before the office is asked. The detail is for programmers: English.
    pub(super) fn of(
        language: Language,
        status: StatusCode,
        kind: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        let title = match status {
            StatusCode::NOT_FOUND => "failure-not-found",
            StatusCode::PRECONDITION_FAILED => "failure-stale",
            _ => "failure-invalid",
        };
        let body = ProblemBody {
            kind: format!("https://kontor.invalid/problems/{kind}"),
            title: language.texts().get(title).into_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            backend: None,
            operation: None,
            errors: None,
            conflict: None,
        };
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        Self(Box::new(response))
    }
}

impl From<ApiFailure> for Problem {
    fn from(failure: ApiFailure) -> Self {
        Self(Box::new(failure.into_response()))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A problem as RFC 9457 defines it.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// Names the kind of problem; an address that leads nowhere.
    #[serde(rename = "type")]
    #[schema(example = "https://kontor.invalid/problems/stale")]
    kind: String,
    /// The kind of problem in the reader's language.
    title: String,
    /// The status of the answer.
    #[schema(example = 409)]
    status: u16,
    /// What happened here and what to do.
    detail: String,
    /// The backend that could not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    backend: Option<String>,
    /// The id under which the log, or the audit, has the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// What is wrong with single fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FieldError>>,
    /// Of a stale edit: the fields that somebody else changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<Vec<FieldConflict>>,
}

/// What is wrong with a field.
#[derive(Serialize, ToSchema)]
struct FieldError {
    /// Name of the field; empty when it is about the whole record.
    field: String,
    /// What is wrong, in the reader's language.
    message: String,
}

/// A field that somebody else changed.
#[derive(Serialize, ToSchema)]
struct FieldConflict {
    /// Name of the field.
    field: String,
    /// What was seen.
    #[schema(value_type = super::json::AnyValue)]
    before: (),
    /// What is there now.
    #[schema(value_type = super::json::AnyValue)]
    theirs: (),
    /// What was wanted.
    #[schema(value_type = super::json::AnyValue)]
    mine: (),
    /// `before`, `theirs` and `mine` as the screens show them to you; null is no value.
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    shown: (),
    /// What is there now in its tagged form: send it as `expect` to overwrite it knowingly.
    expect: String,
}

fn description(status: u16) -> &'static str {
    match status {
        400 => "The body cannot be read as JSON.",
        401 => "Nobody is signed in, or the token or session is not valid any more.",
        403 => "The right is missing, or it can only be read. The detail says which and why.",
        404 => "There is nothing under this name, or nothing that you may know of.",
        408 => "The body did not come to its end in time.",
        409 => "Somebody else changed it, it cannot be undone, or the backend's schema changed.",
        412 => "The record is not the one that `If-Match` names.",
        413 => "The body is too large.",
        415 => "The body is not `application/json`.",
        422 => "A parameter or a field is not valid; nothing was written.",
        500 => "A fault in Kontor; the operation id leads to the log.",
        502 => "The backend failed, or it is not known whether it wrote the change.",
        503 => "The backend cannot be reached or is busy; try again.",
        _ => "The backend did not answer in time; try again.",
    }
}

fn refusals(statuses: &[u16]) -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
    let each = statuses.iter().map(|&status| {
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description(description(status))
            .content(MEDIA_TYPE, content)
            .build();
        (status.to_string(), RefOr::T(response))
    });
    each.collect()
}

/// How reading something of a backend can fail.
pub(super) enum ReadRefusals {}

impl IntoResponses for ReadRefusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        refusals(&[401, 403, 404, 409, 422, 500, 502, 503, 504])
    }
}

/// How changing something of a backend can fail.
pub(super) enum WriteRefusals {}

impl IntoResponses for WriteRefusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        refusals(&[400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 500, 502, 503, 504])
    }
}

/// How reading what Kontor itself keeps can fail.
pub(super) enum OwnReadRefusals {}

impl IntoResponses for OwnReadRefusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        refusals(&[401, 403, 404, 422, 500])
    }
}

/// How changing what Kontor itself keeps can fail.
pub(super) enum OwnWriteRefusals {}

impl IntoResponses for OwnWriteRefusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        refusals(&[400, 401, 403, 404, 408, 413, 415, 422, 500])
    }
}
