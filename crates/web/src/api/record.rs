//! One record.

use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_office::{Edit, ItemState, OfficeError, Permit, Read};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::Described;
use super::entered::Entering;
use super::extract::{At, Framed, InRecord, MaybeSent, Sent};
use super::input::{Deletion, RecordEdit};
use super::json::json;
use super::problem::{Problem, ReadRefusals, WriteRefusals};
use super::version::{Holding, etag, is_known};
use super::written::{Laid, RecordAnswer, Writing, Written};
use crate::app::App;
use crate::failure::ApiFailure;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_show, show).with(__path_change, change).with(__path_remove, remove)
}

/// A record with all fields that may be seen. Byte strings come as their size.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/records/{key}",
    operation_id = "showRecord", tag = "Records",
    params(InRecord, ("If-None-Match" = Option<String>, Header, description = "The version that you have.")),
    responses(
        (status = 200, description = "The record", body = RecordAnswer<'_>, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "You have this version already"),
        ReadRefusals,
    )
)]
async fn show(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InRecord>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let key = caller.key(&at.key)?;
    let found = app.office.record(&permit, &at.name(), &key).await;
    let laid = Laid::out(found.map_err(|error| caller.told(error))?);
    if is_known(&headers, laid.version()) {
        let tag = etag(laid.version());
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let mut response = json(StatusCode::OK, &laid.answer(&permit.backend.name));
    laid.tag(&mut response);
    Ok(response)
}

/// Changes fields of a record: all of them or none.
#[utoipa::path(
    patch, path = "/backends/{backend}/resources/{resource}/records/{key}",
    operation_id = "changeRecord", tag = "Records", request_body = RecordEdit,
    params(InRecord, ("If-Match" = Option<String>, Header, description = "The version that must still be there.")),
    responses((status = 200, description = "What was written", body = Written<'_>), WriteRefusals)
)]
async fn change(
    State(app): State<App>,
    caller: Caller,
    Framed(frame): Framed,
    At(at): At<InRecord>,
    headers: HeaderMap,
    Sent(sent): Sent<RecordEdit>,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let (name, key, reading) = (at.name(), caller.key(&at.key)?, permit.to_read());
    let told = |error: OfficeError| caller.told(error);
    let catalog = permit.backend.catalog().map_err(told)?;
    let face = super::face(&catalog, &permit, &name).map_err(told)?;
    let mut edit = sent.edit(catalog.resource(face)).map_err(told)?;
    let holding =
        Holding { app: &app, caller: &caller, permit: &reading, resource: &name, key: &key };
    let held = holding.compared(&headers, sent.version.as_deref(), &edit.expect).await?;
    edit.version = held.mark;
    let known: Vec<String> = edit.expect.iter().map(|(field, _)| field.clone()).collect();
    edit.expect.extend(held.expect.into_iter().filter(|(field, _)| !known.contains(field)));
    let laid = Entering { app: &app, permit: &reading, frame: &frame, caller: &caller };
    let entered = laid.read(&name, &key, sent.entered.0, &edit.expect).await.map_err(told)?;
    edit.set.extend(entered);
    let changed: Vec<String> = edit.set.iter().map(|(field, _)| field.clone()).collect();
    let plan = app.office.plan_update(&permit, &name, &key, &edit).await.map_err(told)?;
    let applied = match app.office.apply(&caller.0, &permit.backend, plan).await {
        Ok(applied) => applied,
        Err(OfficeError::Stale { key: of, conflicts }) => {
            let shown = laid.shown(&name, &key, &conflicts).await;
            let error = OfficeError::Stale { key: of, conflicts };
            return Err(ApiFailure::of(caller.language(), error).with_shown(shown).into());
        }
        Err(error) => return Err(told(error)),
    };
    let writing = Writing { app: &app, caller: &caller, permit: &reading, frame: &frame };
    let (operation, key) = match applied.items.first() {
        Some(ItemState::Written(key)) => (Some(applied.operation.as_str()), key),
        _ => (None, &key),
    };
    writing.told(StatusCode::OK, (&name, key), operation, &changed).await.map_err(told)
}

/// A record that was deleted.
#[derive(Serialize, ToSchema)]
pub(super) struct Deleted {
    /// The operation under which it was recorded.
    operation: String,
    /// Whether it can be undone: not where others were deleted or lost their link along.
    is_reversible: bool,
}

/// Deletes a record, or marks it as deleted where the resource does so.
#[utoipa::path(
    delete, path = "/backends/{backend}/resources/{resource}/records/{key}",
    operation_id = "deleteRecord", tag = "Records", request_body(content = Option<Deletion>),
    params(InRecord, ("If-Match" = Option<String>, Header, description = "The version that must still be there.")),
    responses((status = 200, description = "It is deleted", body = Deleted), WriteRefusals)
)]
async fn remove(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InRecord>,
    headers: HeaderMap,
    MaybeSent(sent): MaybeSent<Deletion>,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let (name, key, reading) = (at.name(), caller.key(&at.key)?, permit.to_read());
    let told = |error: OfficeError| caller.told(error);
    let mut expect = sent.unwrap_or_default().expected().map_err(told)?;
    let holding =
        Holding { app: &app, caller: &caller, permit: &reading, resource: &name, key: &key };
    let held = holding.compared(&headers, None, &expect).await?;
    let known: Vec<String> = expect.iter().map(|(field, _)| field.clone()).collect();
    expect.extend(held.expect.into_iter().filter(|(field, _)| !known.contains(field)));
    let plan = app.office.plan_delete(&permit, &name, &key, &expect).await.map_err(told)?;
    let is_reversible = !plan.change.is_final;
    let applied = app.office.apply(&caller.0, &permit.backend, plan).await.map_err(told)?;
    Ok(json(StatusCode::OK, &Deleted { operation: applied.operation, is_reversible }))
}
