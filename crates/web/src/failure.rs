//! What went wrong: what is told of it, and its two renderings, a page that helps and an RFC 9457
//! problem.

mod page;
mod problem;
mod words;

use axum::http::StatusCode;
use kontor_model::{Clock as _, SystemClock};
use kontor_office::{FailureKind, ImportProblem, OfficeError, PeopleError};

use crate::handlers::import::import_text;
use crate::texts::Texts;

pub(crate) use page::PageFailure;
pub(crate) use problem::{ApiFailure, ShownConflict};
pub(crate) use words::{field_text, input_text, not_undoable_key, people_text, read_only_key};

use words::{bind_text, far_text, filter_text, needed_text};

/// What is told of a failure, in the reader's language.
pub(crate) struct ToldFailure {
    pub(crate) status: StatusCode,
    /// Stem of the problem's type.
    pub(crate) kind: &'static str,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) backend: Option<String>,
    /// An id under which the log has the rest.
    pub(crate) operation: Option<String>,
    /// Whether the same request may succeed later.
    pub(crate) is_passing: bool,
}

/// Tells a failure. What people cannot do anything about is logged here, once.
pub(crate) fn told(t: &Texts, error: &OfficeError) -> ToldFailure {
    let plain = |status, kind, title: &str, text: String| ToldFailure {
        status,
        kind,
        title: t.get(title).into_owned(),
        text,
        backend: None,
        operation: None,
        is_passing: false,
    };
    let not_found =
        |text: String| plain(StatusCode::NOT_FOUND, "not-found", "failure-not-found", text);
    let bad =
        |text: String| plain(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "failure-invalid", text);
    match error {
        OfficeError::Denied(needed) => {
            plain(StatusCode::FORBIDDEN, "denied", "failure-denied", needed_text(t, needed))
        }
        OfficeError::UnknownBackend(name) => {
            not_found(t.with("failure-no-backend", &[("name", name.as_str().into())]))
        }
        OfficeError::UnknownResource { backend, resource } => not_found(t.with(
            "failure-no-resource",
            &[("name", resource.as_str().into()), ("backend", backend.as_str().into())],
        )),
        OfficeError::UnknownField { resource, field } => bad(t.with(
            "failure-no-field",
            &[("name", field.as_str().into()), ("resource", resource.as_str().into())],
        )),
        OfficeError::UnknownRecord(key) => {
            not_found(t.with("failure-no-record", &[("key", key.as_str().into())]))
        }
        OfficeError::Unknown { what, name } => not_found(
            t.with("failure-unknown", &[("what", (*what).into()), ("name", name.as_str().into())]),
        ),
        OfficeError::FilterText(problem) => bad(filter_text(t, problem)),
        OfficeError::Filter(problem) => bad(bind_text(t, problem)),
        OfficeError::Parameter { .. } | OfficeError::Manifest(_) => bad(error.to_string()),
        OfficeError::FarFilter { link, refusal } => bad(far_text(t, link, refusal)),
        OfficeError::LinkedSort(name) => {
            bad(t.with("failure-linked-sort", &[("name", name.as_str().into())]))
        }
        OfficeError::WouldScan { rows } => {
            bad(t.with("failure-would-scan", &[("rows", (*rows).to_string().into())]))
        }
        OfficeError::NotAllowed { why, .. } => plain(
            StatusCode::CONFLICT,
            "not-allowed",
            "failure-not-allowed",
            if why.is_empty() { t.get("action-refused").into_owned() } else { why.clone() },
        ),
        OfficeError::NotSearched { .. } => bad(t.get("failure-not-searched").into_owned()),
        OfficeError::NeedsFilter { fields, .. } => {
            bad(t.with("failure-needs-filter", &[("fields", fields.join(", ").into())]))
        }
        OfficeError::Backend { backend, failure } | OfficeError::NotReady { backend, failure } => {
            backend_failure(t, backend, failure)
        }
        OfficeError::ReadOnly(reason) => plain(
            StatusCode::FORBIDDEN,
            "read-only",
            "failure-read-only",
            t.get(read_only_key(*reason)).into_owned(),
        ),
        OfficeError::Invalid(problems) => {
            bad(problems.iter().map(|problem| field_text(t, problem)).collect::<Vec<_>>().join(" "))
        }
        OfficeError::Stale { .. } => plain(
            StatusCode::CONFLICT,
            "stale",
            "failure-stale",
            t.get("failure-stale-text").into_owned(),
        ),
        OfficeError::OtherCount { found, .. } => plain(
            StatusCode::CONFLICT,
            "other-count",
            "failure-other-count",
            t.count("failure-other-count-text", *found as u64),
        ),
        OfficeError::Import(problem @ ImportProblem::NotReady) => {
            plain(StatusCode::CONFLICT, "not-ready", "failure-not-ready", import_text(t, problem))
        }
        OfficeError::Import(problem) => bad(import_text(t, problem)),
        OfficeError::People(problem) => people_failure(t, problem),
        OfficeError::OutcomeUnknown { backend, operation } => ToldFailure {
            operation: Some(operation.clone()),
            backend: Some(backend.clone()),
            ..plain(
                StatusCode::BAD_GATEWAY,
                "outcome-unknown",
                "failure-unknown-outcome",
                t.get("failure-unknown-outcome-text").into_owned(),
            )
        },
        OfficeError::BrokenOff { backend, operation, written, records, .. } => ToldFailure {
            operation: Some(operation.clone()),
            backend: Some(backend.clone()),
            ..plain(
                StatusCode::BAD_GATEWAY,
                "broken-off",
                "failure-broken-off",
                t.with(
                    "failure-broken-off-text",
                    &[
                        ("written", written.to_string().into()),
                        ("records", records.to_string().into()),
                    ],
                ),
            )
        },
        OfficeError::NotUndoable { reason, .. } => plain(
            StatusCode::CONFLICT,
            "not-undoable",
            "failure-not-undoable",
            t.get(not_undoable_key(*reason)).into_owned(),
        ),
        OfficeError::Store(_) | OfficeError::Fault(_) => fault(t, error),
    }
}

fn fault(t: &Texts, error: &OfficeError) -> ToldFailure {
    let operation = kontor_office::random::id(SystemClock.micros());
    tracing::error!(operation, %error, "a request failed");
    ToldFailure {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        kind: "fault",
        title: t.get("failure-fault").into_owned(),
        text: t.get("failure-fault-text").into_owned(),
        backend: None,
        operation: Some(operation),
        is_passing: true,
    }
}

fn backend_failure(t: &Texts, backend: &str, failure: &kontor_office::Failure) -> ToldFailure {
    let operation = kontor_office::random::id(SystemClock.micros());
    if failure.kind == FailureKind::Invalid {
        tracing::debug!(operation, backend, %failure, "a backend was asked wrongly");
    } else {
        tracing::warn!(operation, backend, %failure, "a backend could not answer");
    }
    let (status, kind, key, is_passing) = match failure.kind {
        FailureKind::Unreachable | FailureKind::SignIn => {
            (StatusCode::SERVICE_UNAVAILABLE, "backend-down", "failure-backend-down", true)
        }
        FailureKind::Timeout | FailureKind::Cancelled => {
            (StatusCode::GATEWAY_TIMEOUT, "backend-slow", "failure-backend-slow", true)
        }
        FailureKind::Busy => {
            (StatusCode::SERVICE_UNAVAILABLE, "backend-busy", "failure-backend-busy", true)
        }
        FailureKind::Privilege => {
            (StatusCode::FORBIDDEN, "backend-privilege", "failure-backend-privilege", false)
        }
        FailureKind::SchemaChanged => {
            (StatusCode::CONFLICT, "schema-changed", "failure-backend-schema", false)
        }
        // A place that no list has, a key or filter that is too long: it was asked wrongly, and the
        // backend is as well as ever.
        FailureKind::Invalid => {
            return ToldFailure {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                kind: "invalid",
                title: t.get("failure-invalid").into_owned(),
                text: t.get("failure-backend-invalid").into_owned(),
                backend: Some(backend.to_owned()),
                operation: None,
                is_passing: false,
            };
        }
        FailureKind::TooLarge => {
            (StatusCode::BAD_GATEWAY, "backend-too-large", "failure-backend-too-large", false)
        }
        FailureKind::Garbled => {
            (StatusCode::BAD_GATEWAY, "backend-garbled", "failure-backend-garbled", false)
        }
        FailureKind::Other => {
            (StatusCode::BAD_GATEWAY, "backend-error", "failure-backend-other", false)
        }
    };
    ToldFailure {
        status,
        kind,
        title: t.with("failure-backend", &[("backend", backend.into())]),
        text: t.get(key).into_owned(),
        backend: Some(backend.to_owned()),
        operation: Some(operation),
        is_passing,
    }
}

fn people_failure(t: &Texts, problem: &PeopleError) -> ToldFailure {
    let status = match problem {
        PeopleError::WrongPassword => StatusCode::UNAUTHORIZED,
        PeopleError::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        PeopleError::LinkSpent => StatusCode::GONE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    ToldFailure {
        status,
        kind: "people",
        title: t.get("failure-invalid").into_owned(),
        text: people_text(t, problem),
        backend: None,
        operation: None,
        is_passing: matches!(problem, PeopleError::Throttled { .. }),
    }
}
