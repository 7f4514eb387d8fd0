//! How far a bulk change has come, and what it did not do.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kontor_model::{Count, RecordKey};
use kontor_office::{BulkProgress, Edit, ItemState, OfficeError, Stop};

use super::{MOST_NAMED, Titles};
use crate::app::App;
use crate::failure::{PageFailure, field_text};
use crate::handlers::acting::called;
use crate::handlers::list::{At, face_of, query};
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, done, first, here, place, shown};
use crate::links;
use crate::pages::bulk::BulkTarget;
use crate::pages::bulk_end::{BulkEnd, Counts, end as end_page, running as running_part};
use crate::texts::Texts;
use crate::view::View;
use crate::visitor::Reader;

/// A page waits so long for a bulk change to end; then it shows how far that has come.
const PATIENCE: Duration = Duration::from_secs(1);
/// Seconds after which a page without script asks again.
const AGAIN: u32 = 2;

/// Where the progress of a bulk change stands.
pub(super) fn progress_of(place: &Place<Edit>, pairs: &Pairs, id: &str) -> String {
    let progress = links::part(&place.permit.backend.name, &place.resource, "bulk");
    let query = query(pairs).pairs();
    let state = query.iter().map(|(name, value)| (*name, value.as_str()));
    links::with_query(&progress, [("plan", id)].into_iter().chain(state))
}

/// How far a bulk change has come, and what it did not write.
pub(crate) async fn progress(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    let asked = async {
        let place: Place<Edit> = place(&app, &reader, &backend, &resource)?;
        let id = first(&pairs, "plan").unwrap_or_default();
        let progress = app.office.bulk_ended(&place.permit, &place.resource, id, PATIENCE).await?;
        answer_progress(&app, &reader, &place, &pairs, id, progress).await
    };
    match asked.await {
        Ok(response) => Ok(response),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn answer_progress(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
    id: &str,
    progress: BulkProgress,
) -> Result<Response, OfficeError> {
    if let Some(operation) = &progress.operation
        && progress.failed.is_empty()
        && progress.failure.is_none()
    {
        let undo = progress.is_reversible.then_some(operation.as_str());
        return Ok(done(&links::change(operation), "done", undo));
    }
    let mut shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    shell.refresh = (!progress.is_done).then_some(AGAIN);
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let t = shell.texts;
    let action = app.office.bulk_action(&place.permit, id).ok();
    let action = action.and_then(|name| Some(called(&view, &name).ok()?.title.clone()));
    let deed = match action {
        Some(title) => Some(title.in_language(view.language.code()).to_owned()),
        None => progress.takes_back.then(|| t.get("undo").into_owned()),
    };
    let counts = Counts::of(&progress);
    let left_out = left_out(&view, &progress);
    let named = &left_out[..left_out.len().min(MOST_NAMED)];
    let titles = Titles::of(app, &view, named.iter().map(|(key, _)| *key)).await;
    let failed = named
        .iter()
        .map(|(key, why)| (titles.title(key), view.record(key).link(), why.clone()))
        .collect();
    let screen = BulkEnd {
        target: BulkTarget {
            backend: view.backend().clone(),
            resource: view.name().clone(),
            resource_title: view.title(),
            query: query(pairs).from_start(),
            keys: Vec::new(),
            count: Count::Exact(progress.records as u64),
        },
        plan: id.to_owned(),
        is_done: progress.is_done,
        records: progress.records as u64,
        written: progress.written as u64,
        failed,
        missed: left_out.len() as u64,
        deed,
        counts,
        can_retry: !progress.takes_back
            && (!progress.failed.is_empty()
                || progress.failure.is_some()
                || progress.stop == Stop::Asked),
        undoable: progress.undoable as u64,
        failure: progress.failure.as_ref().map(|_| t.get("bulk-cut-off").into_owned()),
        operation: progress.operation,
        stop: progress.stop,
    };
    let is_part = reader.frame.is_fragment && !screen.is_done;
    let markup = if is_part { running_part(&shell, &screen) } else { end_page(&shell, &screen) };
    Ok(shown(&shell, markup))
}

/// The records with which nothing was done, those of the preview first, with the reason in the
/// reader's words.
fn left_out<'a>(view: &View<'_>, progress: &'a BulkProgress) -> Vec<(&'a RecordKey, String)> {
    let t = view.language.texts();
    let refused = progress.refused.iter().map(|(key, why)| (key, view.refusal(why)));
    let gone = progress.gone.iter().map(|key| (key, t.get("item-gone").into_owned()));
    let failed = progress.failed.iter().map(|(key, state)| (key, state_text(t, state)));
    // What nobody could have known beforehand matters most.
    failed.chain(refused).chain(gone).collect()
}

impl Counts {
    fn of(progress: &BulkProgress) -> Self {
        let failed = |what: fn(&ItemState) -> bool| {
            progress.failed.iter().filter(|(_, state)| what(state)).count() as u64
        };
        Self {
            done: progress.written as u64,
            refused: progress.refused.len() as u64
                + failed(|state| matches!(state, ItemState::Refused(_) | ItemState::Stale(_))),
            unchanged: progress.unchanged as u64,
            gone: progress.gone.len() as u64 + failed(|state| matches!(state, ItemState::Gone)),
            unknown: failed(|state| matches!(state, ItemState::Unknown)),
            open: progress.records.saturating_sub(progress.tried) as u64,
        }
    }
}

/// Why a record was not written, in the reader's words.
fn state_text(t: &Texts, state: &ItemState) -> String {
    match state {
        ItemState::Written(_) => String::new(),
        ItemState::Stale(_) => t.get("item-stale").into_owned(),
        ItemState::Gone => t.get("item-gone").into_owned(),
        ItemState::Unknown => t.get("item-unknown").into_owned(),
        ItemState::Refused(problems) => {
            problems.iter().map(|problem| field_text(t, problem)).collect::<Vec<_>>().join(" ")
        }
    }
}
