//! Errors as the caller sees them: problem documents (RFC 9457).

use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, FieldProblem, Refusal};

/// A problem document (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem; an address that is never fetched.
    #[serde(rename = "type")]
    #[schema(examples("urn:order-inspect:problem:not_found"))]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// The kind of problem in words.
    pub title: String,
    /// What, where, and what to do.
    pub detail: String,
    /// The kind of problem for programs: the last part of `type`.
    pub code: String,
    /// Where in the request the trouble is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Facts that a program can act on, such as what is still available.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub facts: Option<serde_json::Value>,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let title = StatusCode::from_u16(refusal.status).ok().and_then(|it| it.canonical_reason());
        Self {
            kind: format!("urn:order-inspect:problem:{}", refusal.code),
            status: refusal.status,
            title: title.unwrap_or("Error").to_owned(),
            detail: refusal.detail,
            code: refusal.code.to_owned(),
            errors: refusal.fields,
            facts: refusal.facts,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => Problem::from(*refusal).into_response(),
            Self::Db(error) if error.is_passing() => {
                tracing::error!(%error, "the database could not do it now");
                let detail = "The database cannot do it at the moment. Nothing was changed: try again in a \
                              moment, with the same Idempotency-Key if there was one.";
                Problem::from(Refusal::new(503, "busy", detail)).into_response()
            }
            Self::Db(error) => {
                unexpected(&error, "The database could not do it. Nothing was changed; try again.")
            }
            Self::Broken(error) => {
                unexpected(&error, "Something went wrong inside of the service.")
            }
        }
    }
}

/// What is not the caller's fault: the log gets the cause, the caller does not.
fn unexpected(error: &dyn std::fmt::Display, detail: &str) -> Response {
    tracing::error!(%error, "a request failed");
    Problem::from(Refusal::new(500, "internal", detail)).into_response()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
