//! Recorded changes, and taking them back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_model::Value;
use kontor_office::{
    ItemState, NotUndoable, NotWritten as NotWrittenBecause, OperationState, Permit, Read,
    Standing, TimelineEntry, Told,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::described::Described;
use super::extract::At;
use super::json::{AnyValue, json};
use super::problem::{Problem, ReadRefusals, WriteRefusals};
use super::words;
use crate::app::App;
use crate::view::at as moment;
use crate::visitor::Caller;

/// Records of an operation that are told one by one.
const MOST_RECORDS: usize = 1_000;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_show, show).with(__path_undo, undo)
}

/// An operation in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct InOperation {
    /// The id that a change answered.
    operation: String,
}

/// A field that was changed.
#[derive(Serialize, ToSchema)]
pub(super) struct FieldChange {
    /// Name of the field.
    field: String,
    /// What it held; missing where the record was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AnyValue>)]
    before: Option<Value>,
    /// What it holds since; missing where the record was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AnyValue>)]
    after: Option<Value>,
}

impl FieldChange {
    pub(super) fn of((field, before, after): (String, Option<Value>, Option<Value>)) -> Self {
        Self { field, before, after }
    }
}

/// What was done with a record.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordChange {
    /// The record's key; missing in a record's own timeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Its number in the audit.
    seq: i64,
    /// When, RFC 3339.
    #[schema(example = "2026-11-20T13:45:00.123456Z")]
    at: String,
    /// Who.
    actor: String,
    /// The operation.
    operation: String,
    /// `create`, `update` or `delete`.
    kind: &'static str,
    /// `applied`, `partial`, `not_applied`, `unknown` or `open`.
    state: &'static str,
    /// What became of this record: `written`, `not_written`, `unknown` or `open`. Where it was not
    /// written, the changes are what somebody tried.
    standing: &'static str,
    /// Why it was not written: `stale`, `gone`, `refused` or `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_written: Option<&'static str>,
    /// The fields.
    changes: Vec<FieldChange>,
    /// The operation that this one took back.
    undo_of: Option<String>,
    /// The operation that took this one back.
    undone_by: Option<String>,
    /// Why the operation cannot be undone: `not_applied`, `already_undone`, `values_not_kept`,
    /// `others_lost`, or `changed_since` by a later change of the same fields; null where nothing is known that speaks against it.
    undo_locked: Option<&'static str>,
}

impl RecordChange {
    pub(super) fn of(key: Option<String>, entry: TimelineEntry) -> Self {
        Self {
            key,
            seq: entry.seq,
            at: moment(entry.at).to_string(),
            actor: entry.actor,
            operation: entry.operation,
            kind: words::change(entry.kind),
            state: state_word(entry.state),
            standing: standing_word(&entry.standing),
            not_written: not_written_word(&entry.standing),
            changes: entry.fields.into_iter().map(FieldChange::of).collect(),
            undo_of: entry.undo_of,
            undone_by: entry.undone_by,
            undo_locked: entry.undo_locked.map(locked_word),
        }
    }

    pub(super) fn seq(&self) -> i64 {
        self.seq
    }
}

fn locked_word(reason: NotUndoable) -> &'static str {
    match reason {
        NotUndoable::NotApplied => "not_applied",
        NotUndoable::AlreadyUndone => "already_undone",
        NotUndoable::ValuesNotKept => "values_not_kept",
        NotUndoable::OthersLost => "others_lost",
        NotUndoable::ChangedSince => "changed_since",
        NotUndoable::OthersPoint => "others_point",
        NotUndoable::AnAction => "an_action",
    }
}

fn standing_word(standing: &Standing) -> &'static str {
    match standing {
        Standing::Written => "written",
        Standing::NotWritten(_) => "not_written",
        Standing::Unknown => "unknown",
        Standing::Open => "open",
    }
}

fn not_written_word(standing: &Standing) -> Option<&'static str> {
    let Standing::NotWritten(why) = standing else { return None };
    Some(match why {
        NotWrittenBecause::Stale => "stale",
        NotWrittenBecause::Gone => "gone",
        NotWrittenBecause::Refused(_) => "refused",
        NotWrittenBecause::Failed => "failed",
    })
}

fn state_word(state: OperationState) -> &'static str {
    match state {
        OperationState::Applied => "applied",
        OperationState::Partial => "partial",
        OperationState::NotApplied => "not_applied",
        OperationState::Unknown => "unknown",
        OperationState::Open => "open",
    }
}

/// A record that an operation did not write.
#[derive(Serialize, ToSchema)]
pub(super) struct NotWritten {
    /// Its key.
    key: String,
    /// Why not.
    reason: String,
}

/// All that is known of an operation.
#[derive(Serialize, ToSchema)]
#[schema(as = Operation)]
pub(super) struct OperationAnswer {
    /// Its id.
    operation: String,
    /// Its backend.
    backend: String,
    /// Its resource.
    resource: String,
    /// `applied`, `partial`, `not_applied`, `unknown` or `open`.
    state: &'static str,
    /// Whether its state was found out after the fact.
    settled: bool,
    /// What was done with each record; the first thousand.
    records: Vec<RecordChange>,
    /// How many records it concerns.
    total: usize,
    /// Records that were not written.
    not_written: Vec<NotWritten>,
    /// The failure, for administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl OperationAnswer {
    fn of(told: Told, is_administrator: bool) -> Self {
        let total = told.items.len();
        let records = told.items.into_iter().take(MOST_RECORDS);
        let not_written = told.exceptions.into_iter();
        Self {
            operation: told.operation,
            backend: told.backend,
            resource: told.resource,
            state: state_word(told.state),
            settled: told.settled,
            records: records.map(|(key, entry)| RecordChange::of(key, entry)).collect(),
            total,
            not_written: not_written.map(|(key, reason)| NotWritten { key, reason }).collect(),
            detail: told.detail.filter(|_| is_administrator),
        }
    }
}

/// A recorded change with its records, before and after.
#[utoipa::path(
    get, path = "/operations/{operation}", operation_id = "showOperation", tag = "Operations",
    params(InOperation),
    responses((status = 200, description = "The operation", body = OperationAnswer), ReadRefusals)
)]
async fn show(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InOperation>,
) -> Result<Response, Problem> {
    let told = app.office.operation(&caller.0, &at.operation).await;
    let mut told = told.map_err(|error| caller.told(error))?;
    let permit: Permit<Read> = caller.permit(&app, &told.backend)?;
    let locked = app.office.undo_locked(&permit, &told).await;
    let locked = locked.map_err(|error| caller.told(error))?;
    for (_, entry) in &mut told.items {
        entry.undo_locked = locked;
    }
    let answer = OperationAnswer::of(told, caller.0.administers());
    Ok(json(StatusCode::OK, &answer))
}

/// An operation that was taken back.
#[derive(Serialize, ToSchema)]
pub(super) struct Undone {
    /// The operation that did so; it can be undone in turn.
    operation: String,
    /// Records that are as they were.
    written: usize,
    /// Records that could not be taken back, because somebody changed them since or the backend
    /// refused; the operation names them.
    failed: usize,
}

/// Takes a change back, provided that nobody changed the records since.
#[utoipa::path(
    post, path = "/operations/{operation}/undo", operation_id = "undoOperation", tag = "Operations",
    params(InOperation),
    responses((status = 200, description = "It is taken back", body = Undone), WriteRefusals)
)]
async fn undo(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InOperation>,
) -> Result<Response, Problem> {
    let applied = app.office.undo(&caller.0, &at.operation).await;
    let applied = applied.map_err(|error| caller.told(error))?;
    let written = applied.items.iter().filter(|item| matches!(item, ItemState::Written(_))).count();
    let failed = applied.items.len() - written;
    Ok(json(StatusCode::OK, &Undone { operation: applied.operation, written, failed }))
}
