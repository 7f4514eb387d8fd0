//! What changed in the schema of a backend.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_office::{Affected, Drift, DriftLine, Drifted, Permit, Read, Writing};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::Described;
use super::extract::{Asked, At, InBackend, Nothing};
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
    /// `resource_added`, `resource_removed`, `key_changed`, `field_added`, `field_removed`,
    /// `field_retyped`, `field_nullable`, `choices_added`, `choices_removed`, `filter_added`,
    /// `filter_removed`, `order_added`, `order_removed`, `search_added`, `search_removed`,
    /// `create_added`, `create_removed`, `update_added`, `update_removed`, `delete_added`,
    /// `delete_removed`, `action_added`, `action_removed`, `input_added`, `input_needed` or
    /// `input_removed`.
    kind: &'static str,
    /// The resource.
    resource: String,
    /// The field, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The operation of the service, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// What the operation takes, where it is about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    /// The type before, in the backend's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// The type now.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
    /// Whether the field may be null now.
    #[serde(skip_serializing_if = "Option::is_none")]
    nullable: Option<bool>,
    /// Words that were added or removed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
    /// Whether something that worked may not work any more.
    is_breaking: bool,
    /// Saved views, links and actions that use what is not as it was.
    affects: Affects,
}

/// What uses something that is not as it was.
#[derive(Default, Serialize, ToSchema)]
struct Affects {
    /// Names of saved views.
    views: Vec<String>,
    /// Links, `shop:orders → register:KUNDEN`.
    links: Vec<String>,
    /// Names of actions.
    actions: Vec<String>,
}

impl Affects {
    fn of(affected: Vec<Affected>) -> Self {
        let mut all = Self::default();
        for one in affected {
            match one {
                Affected::View(name) => all.views.push(name),
                Affected::Link(from, to) => all.links.push(format!("{from} → {to}")),
                Affected::Action(name) => all.actions.push(name),
            }
        }
        all
    }
}

impl SchemaChange {
    fn of(line: DriftLine, affected: Vec<Affected>) -> Self {
        use Drifted as D;
        let there = |is_there: bool, added, removed| if is_there { added } else { removed };
        let kind = match &line.what {
            D::Added => "resource_added",
            D::Removed => "resource_removed",
            D::Key => "key_changed",
            D::FieldAdded(_) => "field_added",
            D::FieldRemoved(_) => "field_removed",
            D::FieldRetyped(..) => "field_retyped",
            D::FieldNullable(..) => "field_nullable",
            D::ChoicesAdded(..) => "choices_added",
            D::ChoicesRemoved(..) => "choices_removed",
            D::FilterAdded(_) => "filter_added",
            D::FilterRemoved(_) => "filter_removed",
            D::Order(_, is) => there(*is, "order_added", "order_removed"),
            D::Search(is) => there(*is, "search_added", "search_removed"),
            D::Written(Writing::Create, is) => there(*is, "create_added", "create_removed"),
            D::Written(Writing::Update, is) => there(*is, "update_added", "update_removed"),
            D::Written(Writing::Delete, is) => there(*is, "delete_added", "delete_removed"),
            D::ActionAdded(_) => "action_added",
            D::ActionRemoved(_) => "action_removed",
            D::InputAdded(..) => "input_added",
            D::InputNeeded(..) => "input_needed",
            D::InputRemoved(..) => "input_removed",
        };
        let mut change = Self {
            kind,
            is_breaking: line.is_breaking(),
            field: line.field().map(str::to_owned),
            operation: line.operation().map(str::to_owned),
            resource: line.resource,
            input: None,
            before: None,
            now: None,
            nullable: None,
            choices: Vec::new(),
            affects: Affects::of(affected),
        };
        match line.what {
            D::FieldRetyped(_, before, now) => {
                (change.before, change.now) = (Some(before), Some(now));
            }
            D::FieldNullable(_, nullable) => change.nullable = Some(nullable),
            D::ChoicesAdded(_, choices) | D::ChoicesRemoved(_, choices) => change.choices = choices,
            D::InputAdded(_, input) | D::InputNeeded(_, input) | D::InputRemoved(_, input) => {
                change.input = Some(input);
            }
            _ => {}
        }
        change
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
    /// What of the manifest does not fit any more; empty for those who do not run the backend.
    manifest: Vec<String>,
}

impl From<Drift> for DriftAnswer {
    fn from(drift: Drift) -> Self {
        Self {
            at: Some(words::instant(drift.at)),
            changes: drift
                .lines
                .into_iter()
                .map(|(line, affected)| SchemaChange::of(line, affected))
                .collect(),
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
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let drift = app.office.drift(&permit).await.map_err(|error| caller.told(error))?;
    let nothing = || DriftAnswer { at: None, changes: Vec::new(), manifest: Vec::new() };
    Ok(json(StatusCode::OK, &drift.map_or_else(nothing, DriftAnswer::from)))
}
