//! What went wrong, told twice: as a page that helps, and as an RFC 9457 problem.

use std::sync::Arc;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_model::change::Rule;
use kontor_model::filter::FilterError;
use kontor_model::filter::bind::BindError;
use kontor_model::{Clock as _, InvalidInput};
use kontor_office::{
    Actor, FailureKind, FieldProblem, Needed, NotUndoable, OfficeError, PeopleError, Problem,
    ReadOnlyReason, Role,
};
use serde_json::json;

use crate::app::App;
use crate::components::shell::Here;
use crate::frame::Frame;
use crate::links;
use crate::pages::failure;
use crate::texts::{Language, Texts};
use crate::view::locked;

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
        OfficeError::WouldScan { rows } => {
            bad(t.with("failure-would-scan", &[("rows", (*rows).to_string().into())]))
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

/// Where a filter cannot be read and, if that can be told, what would be right.
fn filter_text(t: &Texts, problem: &FilterError) -> String {
    let wrong = t.with(
        "failure-filter-text",
        &[
            ("at", problem.at.to_string().into()),
            ("found", problem.found.clone().unwrap_or_else(|| "…".to_owned()).into()),
        ],
    );
    match &problem.meant {
        Some(meant) => {
            let meant = t.with("failure-filter-meant", &[("meant", meant.as_str().into())]);
            format!("{wrong} {meant}")
        }
        None => wrong,
    }
}

/// Why a filter does not fit, in the reader's language.
fn bind_text(t: &Texts, problem: &BindError) -> String {
    match problem {
        BindError::UnknownField { name, resource } | BindError::UnknownLink { name, resource } => t
            .with(
                "failure-no-field",
                &[("name", name.as_str().into()), ("resource", resource.as_str().into())],
            ),
        BindError::Operator { symbol, field } => t.with(
            "failure-filter-operator",
            &[("operator", (*symbol).into()), ("field", field.as_str().into())],
        ),
        BindError::Value { field, problem } => format!("{field}: {}", input_text(t, problem)),
        BindError::Period { field, .. } => {
            t.with("failure-filter-period", &[("field", field.as_str().into())])
        }
    }
}

fn fault(t: &Texts, error: &OfficeError) -> ToldFailure {
    let operation = kontor_office::random::id(kontor_model::SystemClock.micros());
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
    let operation = kontor_office::random::id(kontor_model::SystemClock.micros());
    tracing::warn!(operation, backend, %failure, "a backend could not answer");
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
        FailureKind::Invalid => {
            (StatusCode::UNPROCESSABLE_ENTITY, "backend-invalid", "failure-backend-invalid", false)
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

fn needed_text(t: &Texts, needed: &Needed) -> String {
    match needed {
        Needed::SignIn => t.get("failure-sign-in").into_owned(),
        Needed::Administrator => t.get("failure-administrator").into_owned(),
        Needed::Role { backend, role } => {
            let role = t.get(role_key(*role)).into_owned();
            t.with("failure-role", &[("backend", backend.as_str().into()), ("role", role.into())])
        }
    }
}

/// Key of why a change cannot be taken back.
pub(crate) fn not_undoable_key(reason: NotUndoable) -> &'static str {
    match reason {
        NotUndoable::NotApplied => "failure-undo-not-applied",
        NotUndoable::AlreadyUndone => "failure-undo-already",
        NotUndoable::ValuesNotKept => "failure-undo-not-kept",
        NotUndoable::OthersLost => "failure-undo-others-lost",
        NotUndoable::ChangedSince => "failure-undo-changed-since",
        NotUndoable::OthersPoint => "failure-undo-others-point",
    }
}

/// Key of a role's name.
pub(crate) fn role_key(role: Role) -> &'static str {
    match role {
        Role::Administrator => "role-administrator",
        Role::Editor => "role-editor",
        Role::Reader => "role-reader",
    }
}

/// Key of why something can only be read.
pub(crate) fn read_only_key(reason: ReadOnlyReason) -> &'static str {
    locked(reason).key()
}

/// What is wrong with an input, in the reader's language.
pub(crate) fn field_text(t: &Texts, problem: &FieldProblem) -> String {
    match &problem.problem {
        Problem::Input(input) => input_text(t, input),
        Problem::Required => t.get("input-required").into_owned(),
        Problem::Unknown => t.with("input-unknown", &[("field", problem.field.as_str().into())]),
        Problem::ReadOnly(reason) => t.get(read_only_key(*reason)).into_owned(),
        Problem::Refused(refusal) => {
            let key = match refusal.rule {
                Rule::Unique => "refused-unique",
                Rule::ReferenceMissing => "refused-reference-missing",
                Rule::ReferencedBy => "refused-referenced-by",
                Rule::NotNull => "input-required",
                Rule::Check => "refused-check",
                Rule::Invalid => "refused-invalid",
                Rule::Privilege => "locked-no-privilege",
                Rule::Other => "refused-other",
            };
            let constraint = refusal.constraint.clone().unwrap_or_default();
            let other = refusal.other.clone().unwrap_or_default();
            t.with(
                key,
                &[
                    ("message", refusal.message.as_str().into()),
                    ("constraint", constraint.into()),
                    ("other", other.into()),
                ],
            )
        }
    }
}

/// What is wrong with a text, in the reader's language.
pub(crate) fn input_text(t: &Texts, input: &InvalidInput) -> String {
    match input {
        InvalidInput::Form { expected, .. } => {
            use kontor_model::field_type::Expected as E;
            let key = match expected {
                E::Bool => "expected-bool",
                E::Integer => "expected-integer",
                E::Decimal => "expected-decimal",
                E::Number => "expected-number",
                E::Date => "expected-date",
                E::Time => "expected-time",
                E::DateTime => "expected-datetime",
                E::Instant => "expected-instant",
                E::Year => "expected-year",
                E::Uuid => "expected-uuid",
                E::Json => "expected-json",
                E::Hex => "expected-hex",
                E::Bits => "expected-bits",
            };
            t.get(key).into_owned()
        }
        InvalidInput::Bounds { min, max, .. } => {
            t.with("input-bounds", &[("min", min.as_str().into()), ("max", max.as_str().into())])
        }
        InvalidInput::Scale { scale, .. } => {
            t.with("input-scale", &[("scale", (*scale).to_string().into())])
        }
        InvalidInput::Length { length, max } => t.with(
            "input-length",
            &[("length", length.to_string().into()), ("max", max.to_string().into())],
        ),
        InvalidInput::Choice { .. } => t.get("input-choice").into_owned(),
        InvalidInput::ReadOnly => t.get("locked-type").into_owned(),
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

/// What is wrong with a person's data, in the reader's language.
pub(crate) fn people_text(t: &Texts, problem: &PeopleError) -> String {
    match problem {
        PeopleError::WrongPassword => t.get("people-wrong-password").into_owned(),
        PeopleError::Throttled { seconds } => {
            t.with("people-throttled", &[("seconds", (*seconds).to_string().into())])
        }
        PeopleError::LinkSpent => t.get("people-link-spent").into_owned(),
        PeopleError::PasswordShort { least } => {
            t.with("people-password-short", &[("least", (*least).to_string().into())])
        }
        PeopleError::PasswordCommon => t.get("people-password-common").into_owned(),
        PeopleError::Email(_) => t.get("people-email").into_owned(),
        PeopleError::EmailTaken => t.get("people-email-taken").into_owned(),
        PeopleError::NameMissing => t.get("people-name-missing").into_owned(),
        PeopleError::TimeZone(_) => t.get("people-time-zone").into_owned(),
        PeopleError::Disabled => t.get("people-disabled").into_owned(),
        PeopleError::LastAdministrator => t.get("people-last-administrator").into_owned(),
    }
}

/// A page that could not be shown, as a page.
pub(crate) struct PageFailure(Response);

impl PageFailure {
    /// The page that tells an error.
    pub(crate) async fn of(
        app: &App,
        frame: Frame,
        actor: Option<&Arc<Actor>>,
        error: OfficeError,
    ) -> Self {
        let shell = frame.shell(app, actor, Here::Elsewhere).await;
        let told = told(shell.texts, &error);
        let page = failure::Failure {
            status: told.status.as_u16(),
            title: told.title,
            text: told.text,
            written: None,
            backend: told.backend,
            operation: told.operation,
            retry: told.is_passing.then(|| frame.address.clone()),
        };
        let markup = if frame.is_fragment {
            failure::content(&shell, &page)
        } else {
            failure::show(&shell, &page)
        };
        Self((told.status, markup).into_response())
    }

    /// The page that tells why a request could not be read.
    pub(crate) async fn plain(app: &App, frame: &Frame, status: StatusCode, text: &str) -> Self {
        let shell = frame.shell(app, None, Here::Elsewhere).await;
        let page = failure::Failure {
            status: status.as_u16(),
            title: shell.texts.get("failure-invalid").into_owned(),
            text: shell.texts.get(text).into_owned(),
            written: None,
            backend: None,
            operation: None,
            retry: None,
        };
        let markup = if frame.is_fragment {
            failure::content(&shell, &page)
        } else {
            failure::show(&shell, &page)
        };
        Self((status, markup).into_response())
    }

    /// Signing in comes first; then one is back where one wanted to go.
    pub(crate) fn sign_in_first(frame: &Frame) -> Self {
        if frame.is_fragment {
            return Self(StatusCode::UNAUTHORIZED.into_response());
        }
        let next = if frame.address == links::HOME { "" } else { frame.address.as_str() };
        let address = links::with_query(links::SIGN_IN, [("next", next)]);
        let location =
            HeaderValue::from_str(&address).unwrap_or(HeaderValue::from_static(links::SIGN_IN));
        Self((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
    }
}

impl IntoResponse for PageFailure {
    fn into_response(self) -> Response {
        self.0
    }
}

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
