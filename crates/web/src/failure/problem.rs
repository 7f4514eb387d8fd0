//! A failure as a problem of the API.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_office::{Needed, OfficeError};
use serde_json::json;

use super::{field_text, told};
use crate::texts::Language;

/// A request of the API that failed, as a problem (RFC 9457).
pub(crate) struct ApiFailure {
    language: Language,
    error: OfficeError,
    shown: Vec<ShownConflict>,
}

/// The versions of a field as the screens show them; `None` is no value.
pub(crate) struct ShownConflict {
    pub(crate) field: String,
    pub(crate) before: Option<String>,
    pub(crate) theirs: Option<String>,
    pub(crate) mine: Option<String>,
}

impl ApiFailure {
    pub(crate) fn of(language: Language, error: OfficeError) -> Self {
        Self { language, error, shown: Vec::new() }
    }

    /// With what the screens show of a conflict.
    pub(crate) fn with_shown(self, shown: Vec<ShownConflict>) -> Self {
        Self { shown, ..self }
    }

    pub(crate) fn sign_in(language: Language) -> Self {
        Self::of(language, OfficeError::Denied(Needed::SignIn))
    }
}

impl IntoResponse for ApiFailure {
    fn into_response(self) -> Response {
        let t = self.language.texts();
        let told = told(t, &self.error);
        let is_sign_in = matches!(self.error, OfficeError::Denied(Needed::SignIn));
        let status = if is_sign_in { StatusCode::UNAUTHORIZED } else { told.status };
        let mut body = json!({
            "type": format!("https://kontor.invalid/problems/{}", if is_sign_in { "sign-in" } else { told.kind }),
            "title": told.title,
            "status": status.as_u16(),
            "detail": told.text,
        });
        if let Some(backend) = &told.backend {
            body["backend"] = json!(backend);
        }
        if let Some(operation) = &told.operation {
            body["operation"] = json!(operation);
        }
        match &self.error {
            OfficeError::Invalid(problems) => {
                let errors = problems.iter().map(
                    |problem| json!({ "field": problem.field, "message": field_text(t, problem) }),
                );
                body["errors"] = errors.collect();
            }
            OfficeError::Stale { conflicts, .. } => {
                let conflict = conflicts.iter().map(|c| {
                    let mut told = json!({ "field": c.field, "before": c.before, "theirs": c.theirs, "mine": c.mine, "expect": c.theirs.to_tagged() });
                    if let Some(shown) = self.shown.iter().find(|shown| shown.field == c.field) {
                        told["shown"] = json!({ "before": shown.before, "theirs": shown.theirs, "mine": shown.mine });
                    }
                    told
                });
                body["conflict"] = conflict.collect();
            }
            _ => {}
        }
        let mut response = (status, Json(body)).into_response();
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if told.is_passing {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
