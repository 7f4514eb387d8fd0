//! Bulk edits: previewed, then applied as they were previewed.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_model::filter::Filter;
use kontor_model::{RecordKey, Resource, ResourceName, Value};
use kontor_office::catalog::Catalog;
use kontor_office::{
    BulkPreview, BulkProgress, BulkSelection, Edit, Excluded, Fate, ItemState, ListRequest,
    OfficeError, Permit, Read, Stop, Touched,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::actions::{action_input, called};
use super::described::Described;
use super::extract::{At, InResource, MaybeSent, Sent};
use super::input::{Wanted, inputs};
use super::json::json;
use super::operations::FieldChange;
use super::problem::{Problem, ReadRefusals, WriteRefusals};
use super::records::CountAnswer;
use crate::app::App;
use crate::failure::field_text;
use crate::texts::Texts;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_preview, preview)
        .with(__path_apply, apply)
        .with(__path_progress, progress)
        .with(__path_stop, stop)
        .with(__path_undo, undo)
}

/// All records of a list.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WholeList {
    /// The filter in its text form.
    #[serde(default)]
    filter: String,
    /// Words that are searched for.
    search: Option<String>,
}

/// The same change to many records. Give either `keys` or `list`, and one of `set`, `delete` and
/// `action`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"list": {"filter": "status = open"}, "set": {"status": "paid"}}))]
struct BulkEdit {
    /// Keys of the records.
    keys: Option<Vec<String>>,
    /// All records of a list; an empty filter means all there are.
    list: Option<WholeList>,
    /// Fields with what they shall hold; left out of a deletion.
    #[schema(value_type = Option<std::collections::BTreeMap<String, super::json::AnyValue>>)]
    set: Option<Wanted>,
    /// Whether the records are deleted, or marked as deleted where the resource does so.
    #[serde(default)]
    delete: bool,
    /// The action that is done with each record.
    action: Option<String>,
    /// What the action is given, by name; the same for all.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, super::json::AnyValue>)]
    input: Wanted,
}

impl BulkEdit {
    fn selection(&self) -> Result<BulkSelection, OfficeError> {
        match (&self.keys, &self.list) {
            (Some(keys), None) => {
                let keys = keys.iter().map(|key| crate::handlers::key(key));
                keys.collect::<Result<Vec<RecordKey>, _>>().map(BulkSelection::Keys)
            }
            (None, Some(list)) => Ok(BulkSelection::List(Box::new(ListRequest {
                filter: Some(Filter::parse(&list.filter)?),
                search: list.search.clone(),
                ..ListRequest::default()
            }))),
            _ => Err(OfficeError::Parameter {
                what: "keys",
                problem: "give either “keys” or “list”".into(),
            }),
        }
    }
}

/// Records elsewhere that point to what is deleted.
#[derive(Serialize, ToSchema)]
struct Dependents {
    /// Their resource.
    resource: String,
    /// The link by which they point there.
    link: String,
    /// What the database does with them: `deleted` along, `cleared` of the reference, `refuses` the
    /// deletion because of them, or leaves them `dangling`.
    fate: &'static str,
    /// How many.
    count: CountAnswer,
}

impl Dependents {
    fn of(catalog: &Catalog, touched: Touched) -> Self {
        Self {
            resource: catalog.faces[touched.face].name.to_string(),
            fate: match touched.fate {
                Fate::Deleted => "deleted",
                Fate::Cleared => "cleared",
                Fate::Refuses => "refuses",
                Fate::Dangling => "dangling",
            },
            link: touched.link,
            count: touched.count.into(),
        }
    }
}

/// Records that are left out.
#[derive(Serialize, ToSchema)]
struct LeftOut {
    /// `unchanged` where they hold the values already, `gone` where they are not there, `prevented`
    /// where others point to them, so that they cannot be deleted, `refused` where they do not allow
    /// the action.
    reason: &'static str,
    /// How many.
    records: usize,
}

/// A record that does not allow an action.
#[derive(Serialize, ToSchema)]
struct RefusedRecord {
    /// Its key.
    key: String,
    /// Why, in the backend's own words, which may be none.
    reason: String,
}

/// A record of a preview.
#[derive(Serialize, ToSchema)]
struct PreviewedRecord {
    /// Its key.
    key: String,
    /// Its title; its key where it has none.
    title: String,
    /// What would change.
    changes: Vec<FieldChange>,
}

/// What a bulk edit would do.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkPreview)]
struct PreviewAnswer {
    /// Names the preview when it is applied; good for half an hour.
    id: String,
    /// Records that would change.
    records: usize,
    /// Records that would not, with why.
    excluded: Vec<LeftOut>,
    /// Keys of the records that cannot be deleted, since others point to them.
    prevented: Vec<String>,
    /// Records that do not allow the action, with the backend's reason.
    refused: Vec<RefusedRecord>,
    /// What hangs on the records that are deleted.
    dependents: Vec<Dependents>,
    /// Whether all of it can be undone: not where others are deleted or cleared along.
    is_reversible: bool,
    /// The first of the changes.
    sample: Vec<PreviewedRecord>,
    /// Whether there are more records than one bulk edit takes; the others stay as they are.
    is_cut: bool,
    /// The most records that one bulk edit takes.
    most: usize,
}

impl PreviewAnswer {
    fn of(catalog: &Catalog, preview: BulkPreview, titles: &HashMap<String, String>) -> Self {
        let change = |(field, before, after): (String, Value, Value)| {
            FieldChange::of((field, Some(before), Some(after)))
        };
        let sample = preview.sample.into_iter().map(|(key, changes)| {
            let key = key.to_text();
            PreviewedRecord {
                title: titles.get(&key).unwrap_or(&key).clone(),
                key,
                changes: changes.into_iter().map(change).collect(),
            }
        });
        let excluded = preview.excluded.into_iter().map(|(reason, records)| LeftOut {
            reason: match reason {
                Excluded::Unchanged => "unchanged",
                Excluded::Gone => "gone",
                Excluded::Prevented => "prevented",
                Excluded::Refused => "refused",
            },
            records,
        });
        Self {
            id: preview.id,
            records: preview.records,
            excluded: excluded.collect(),
            refused: preview
                .refused
                .into_iter()
                .map(|(key, reason)| RefusedRecord { key: key.to_text(), reason })
                .collect(),
            prevented: preview.prevented.iter().map(RecordKey::to_text).collect(),
            dependents: preview
                .touched
                .into_iter()
                .map(|touched| Dependents::of(catalog, touched))
                .collect(),
            is_reversible: preview.is_reversible,
            sample: sample.collect(),
            is_cut: preview.is_cut,
            most: preview.most,
        }
    }
}

/// Previews a bulk edit or a bulk deletion. Nothing is written yet.
#[utoipa::path(
    post, path = "/backends/{backend}/resources/{resource}/bulk",
    operation_id = "previewBulkEdit", tag = "Bulk edits", params(InResource), request_body = BulkEdit,
    responses((status = 200, description = "What it would do", body = PreviewAnswer), WriteRefusals)
)]
async fn preview(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InResource>,
    Sent(sent): Sent<BulkEdit>,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let (name, told) = (at.name(), |error: OfficeError| caller.told(error));
    let catalog = permit.backend.catalog().map_err(told)?;
    let face = super::face(&catalog, &permit, &name).map_err(told)?;
    let resource: &Resource = catalog.resource(face);
    let selection = sent.selection().map_err(told)?;
    let preview = match (&sent.set, sent.delete, &sent.action) {
        (None, false, Some(action)) => {
            let found = app.office.bulk_preview_action(&permit, &name, &selection, action).await;
            let input = action_input(called(face, action).map_err(told)?, &sent.input);
            found.and_then(|found| {
                app.office.bulk_give(&permit, &found.id, &input?)?;
                Ok(found)
            })
        }
        (None, true, None) => app.office.bulk_preview_delete(&permit, &name, &selection).await,
        (Some(set), false, None) => {
            let set = inputs(set, resource).map_err(told)?;
            app.office.bulk_preview(&permit, &name, &selection, &set).await
        }
        _ => {
            let problem = "give one of “set”, “delete” and “action”".to_owned();
            Err(OfficeError::Parameter { what: "set", problem })
        }
    };
    let preview = preview.map_err(told)?;
    let keys: Vec<RecordKey> = preview.sample.iter().map(|(key, _)| key.clone()).collect();
    let titles = app.office.titles(&permit.to_read(), &name, &keys).await;
    Ok(json(StatusCode::OK, &PreviewAnswer::of(&catalog, preview, &titles)))
}

/// What is expected of a bulk edit that is applied.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"expected": 2}))]
struct BulkApply {
    /// How many records it should change, as its preview said; with another number it is refused
    /// (409) and nothing is written.
    expected: Option<usize>,
}

/// A bulk edit in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InBulk {
    /// Name of the backend.
    backend: String,
    /// Name of the resource.
    resource: String,
    /// The id of its preview.
    id: String,
}

/// A record that a bulk edit did not write.
#[derive(Serialize, ToSchema)]
pub(super) struct FailedRecord {
    /// Its key.
    key: String,
    /// `stale`, `gone`, `refused`, or `unknown` where the backend's answer was lost.
    reason: &'static str,
    /// What is wrong, in your language.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<String>,
}

impl FailedRecord {
    pub(super) fn of(t: &Texts, (key, state): (RecordKey, ItemState)) -> Option<Self> {
        let (reason, messages) = match state {
            ItemState::Written(_) => return None,
            ItemState::Stale(_) => ("stale", Vec::new()),
            ItemState::Gone => ("gone", Vec::new()),
            ItemState::Unknown => ("unknown", Vec::new()),
            ItemState::Refused(problems) => {
                ("refused", problems.iter().map(|problem| field_text(t, problem)).collect())
            }
        };
        Some(Self { key: key.to_text(), reason, messages })
    }
}

/// How far a bulk edit has come. It is written in parts of 200 records, and counted part by part.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkProgress)]
struct ProgressAnswer {
    /// Records to write.
    records: usize,
    /// Records written so far.
    written: usize,
    /// Records that are as they shall be already.
    unchanged: usize,
    /// Records that could not be written so far.
    failed: Vec<FailedRecord>,
    /// Of an action: how many of its changes can be taken back one by one.
    undoable: usize,
    /// The operation, once it has ended.
    operation: Option<String>,
    /// Whether the operation can be undone.
    is_reversible: bool,
    /// Whether it has ended.
    is_done: bool,
    /// Whether somebody asked that it end early.
    is_stopped: bool,
    /// Why it ended early.
    failure: Option<String>,
}

impl ProgressAnswer {
    fn of(t: &Texts, progress: BulkProgress) -> Self {
        let failed = progress.failed.into_iter();
        Self {
            records: progress.records,
            written: progress.written,
            unchanged: progress.unchanged,
            undoable: progress.undoable,
            failed: failed.filter_map(|failed| FailedRecord::of(t, failed)).collect(),
            operation: progress.operation,
            is_reversible: progress.is_reversible,
            is_done: progress.is_done,
            is_stopped: progress.stop == Stop::Asked,
            failure: progress.failure,
        }
    }
}

/// Applies a bulk edit as it was previewed. It goes on when nobody waits.
#[utoipa::path(
    post, path = "/backends/{backend}/resources/{resource}/bulk/{id}",
    operation_id = "applyBulkEdit", tag = "Bulk edits", params(InBulk),
    request_body(content = Option<BulkApply>),
    responses((status = 202, description = "It has begun", body = ProgressAnswer), WriteRefusals)
)]
async fn apply(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InBulk>,
    MaybeSent(sent): MaybeSent<BulkApply>,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let expected = sent.unwrap_or_default().expected;
    app.office.bulk_apply(&permit, &at.id, expected).map_err(|error| caller.told(error))?;
    told(&app, &caller, &permit, &at, StatusCode::ACCEPTED)
}

/// Ends an action with many records after the one that it is at; what was done stays done.
#[utoipa::path(
    delete, path = "/backends/{backend}/resources/{resource}/bulk/{id}",
    operation_id = "stopBulkEdit", tag = "Bulk edits", params(InBulk),
    responses((status = 200, description = "How far it has come", body = ProgressAnswer), WriteRefusals)
)]
async fn stop(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InBulk>,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let stopped = app.office.bulk_stop(&permit, &ResourceName::new(&at.resource), &at.id);
    stopped.map_err(|error| caller.told(error))?;
    told(&app, &caller, &permit, &at, StatusCode::OK)
}

/// A bulk edit that takes back what another has done.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"id": "1K0XWBVRTHXMCESBAB8C"}))]
struct TakingBack {
    /// Its id: how far it has come is told there.
    id: String,
}

/// Takes back what an action has done with many records: each of its changes that can be taken back,
/// the last one first. What somebody has changed since stays as it is.
#[utoipa::path(
    post, path = "/backends/{backend}/resources/{resource}/bulk/{id}/undo",
    operation_id = "undoBulkAction", tag = "Bulk edits", params(InBulk),
    responses((status = 202, description = "It has begun", body = TakingBack), WriteRefusals)
)]
async fn undo(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InBulk>,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let id = app.office.bulk_undo(&permit, &ResourceName::new(&at.resource), &at.id);
    let id = id.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::ACCEPTED, &TakingBack { id }))
}

/// How far a bulk edit has come.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/bulk/{id}",
    operation_id = "showBulkEdit", tag = "Bulk edits", params(InBulk),
    responses((status = 200, description = "How far it has come", body = ProgressAnswer), ReadRefusals)
)]
async fn progress(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InBulk>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    told(&app, &caller, &permit, &at, StatusCode::OK)
}

fn told<R>(
    app: &App,
    caller: &Caller,
    permit: &Permit<R>,
    at: &InBulk,
    status: StatusCode,
) -> Result<Response, Problem> {
    let progress = app.office.bulk_progress(permit, &ResourceName::new(&at.resource), &at.id);
    let progress = progress.map_err(|error| caller.told(error))?;
    Ok(json(status, &ProgressAnswer::of(caller.language().texts(), progress)))
}
