//! What changed in the schema of a backend.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_office::{Drift, DriftLine, Permit, Read};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::Described;
use super::extract::{At, InBackend};
use super::json::json;
use super::problem::{Problem, ReadRefusals};
use super::words;
use crate::app::App;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_drift, drift)
}

/// A change of a schema.
#[derive(Serialize, ToSchema)]
struct SchemaChange {
    /// `resource_added`, `resource_removed`, `field_added`, `field_removed`, `field_retyped`,
    /// `field_nullable` or `key_changed`.
    kind: &'static str,
    /// The resource.
    resource: String,
    /// The field, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The type before, in the database's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// The type now.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
    /// Whether the field may be null now.
    #[serde(skip_serializing_if = "Option::is_none")]
    nullable: Option<bool>,
    /// Whether something that worked may not work any more.
    is_breaking: bool,
}

impl SchemaChange {
    fn of(line: DriftLine) -> Self {
        let is_breaking = line.is_breaking();
        let of = |kind, resource, field| Self {
            kind,
            resource,
            field,
            before: None,
            now: None,
            nullable: None,
            is_breaking,
        };
        match line {
            DriftLine::ResourceAdded(resource) => of("resource_added", resource, None),
            DriftLine::ResourceRemoved(resource) => of("resource_removed", resource, None),
            DriftLine::FieldAdded(resource, field) => of("field_added", resource, Some(field)),
            DriftLine::FieldRemoved(resource, field) => of("field_removed", resource, Some(field)),
            DriftLine::FieldRetyped(resource, field, before, now) => Self {
                before: Some(before),
                now: Some(now),
                ..of("field_retyped", resource, Some(field))
            },
            DriftLine::FieldNullable(resource, field, nullable) => {
                Self { nullable: Some(nullable), ..of("field_nullable", resource, Some(field)) }
            }
            DriftLine::KeyChanged(resource) => of("key_changed", resource, None),
        }
    }
}

/// What changed in a schema when it was last found different.
#[derive(Serialize, ToSchema)]
#[schema(as = Drift)]
struct DriftAnswer {
    /// When it was found, RFC 3339; null when nothing changed since it was read first.
    at: Option<String>,
    /// The changes.
    changes: Vec<SchemaChange>,
    /// Names of saved views that use something that is gone.
    views: Vec<String>,
    /// What of the manifest does not fit any more.
    manifest: Vec<String>,
}

impl From<Drift> for DriftAnswer {
    fn from(drift: Drift) -> Self {
        Self {
            at: Some(words::instant(drift.at)),
            changes: drift.lines.into_iter().map(SchemaChange::of).collect(),
            views: drift.views,
            manifest: drift.manifest,
        }
    }
}

/// What changed in a backend's schema when it was last found different, and what that touches.
#[utoipa::path(
    get, path = "/backends/{backend}/drift", operation_id = "showDrift", tag = "Backends",
    params(InBackend), responses((status = 200, description = "The changes", body = DriftAnswer), ReadRefusals)
)]
async fn drift(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InBackend>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let drift = app.office.drift(&permit).await.map_err(|error| caller.told(error))?;
    let nothing =
        || DriftAnswer { at: None, changes: Vec::new(), views: Vec::new(), manifest: Vec::new() };
    Ok(json(StatusCode::OK, &drift.map_or_else(nothing, DriftAnswer::from)))
}
