//! What happened to a record.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use kontor_model::{RecordKey, Value};
use kontor_office::{NotWritten, OfficeError, Read, Shown, Standing, TimelineEntry};

use super::{AtRecord, language};
use crate::app::App;
use crate::components::diff::FieldChange;
use crate::failure::{PageFailure, not_undoable_key};
use crate::handlers::list::face_of;
use crate::handlers::{Pairs, Place, first, here, key, place, shown};
use crate::links;
use crate::pages::record::timeline::{Entry, fragment as timeline_fragment, page as timeline_page};
use crate::shown::Cell;
use crate::texts::Texts;
use crate::view::{View, at};
use crate::visitor::Reader;

/// Entries of a timeline.
const TIMELINE: u32 = 30;
/// The record is waited for so long, for its currency alone.
const PATIENCE: Duration = Duration::from_millis(800);

/// The page, and the part of a record's page.
pub(crate) async fn timeline(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    let asked = async {
        let place: Place<Read> = place(&app, &reader, &backend, &resource)?;
        let before = first(&pairs, "before").and_then(|number| number.parse().ok());
        let entries =
            app.office.timeline(&place.permit, &place.resource, &record, before, TIMELINE).await?;
        let catalog = place.permit.backend.catalog()?;
        let face = face_of(&catalog, &place)?;
        let view =
            View { permit: &place.permit, catalog: &catalog, face, language: language(&reader) };
        let key = key(&record)?;
        let now = for_currencies(&app, &view, &key, &entries).await;
        let entries = entries.iter().map(|entry| told_entry(&view, entry, now.as_ref()));
        let entries: Vec<Entry> = entries.collect();
        Ok::<_, OfficeError>((place, key, entries))
    };
    match asked.await {
        Ok((place, key, entries)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            let back = links::record(&place.permit.backend.name, &place.resource, &key);
            if reader.frame.is_fragment {
                return Ok(timeline_fragment(&shell, &entries, &back).into_response());
            }
            let (permit, name) = (&place.permit, &place.resource);
            let title = app.office.titles(permit, name, std::slice::from_ref(&key)).await;
            let title = title.into_values().next().unwrap_or_else(|| key.to_text());
            let markup = timeline_page(&shell, &title, &entries, &back);
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

pub(crate) fn told_entry(view: &View<'_>, entry: &TimelineEntry, record: Option<&Shown>) -> Entry {
    Entry {
        operation: entry.operation.clone(),
        at: at(entry.at),
        who: entry.actor.clone(),
        kind: entry.kind,
        is_undo: entry.undo_of.is_some(),
        records: 1,
        action: entry.action.as_ref().map(|name| view.action_title(name)),
        given: entry
            .input
            .iter()
            .filter_map(|(name, value)| given_text(view, entry, name, value))
            .collect(),
        changes: field_changes(view, entry, record),
        undoable: entry.standing == Standing::Written
            && entry.undo_locked.is_none()
            && view.undo_is_offered(entry.kind),
        undo_locked: entry
            .undo_locked
            .filter(|_| entry.standing == Standing::Written && view.undo_is_offered(entry.kind))
            .map(|reason| view.language.texts().get(not_undoable_key(reason)).into_owned()),
        is_unknown: matches!(entry.standing, Standing::Unknown | Standing::Open),
        not_written: not_written(view.language.texts(), &entry.standing),
    }
}

/// What an action was given, as people said it; lists of entries are only worth telling by what
/// became of them.
fn given_text(view: &View<'_>, entry: &TimelineEntry, name: &str, value: &Value) -> Option<String> {
    let action =
        view.face.actions.iter().find(|action| Some(&action.name) == entry.action.as_ref());
    let own = action.and_then(|action| action.inputs.iter().find(|own| own.name == name));
    let text = value.to_text()?;
    let Some(own) = own else { return Some(text) };
    if own.pick.is_some() {
        return None;
    }
    let choice = own.choices.iter().find(|choice| choice.value == text);
    Some(choice.map_or(text, |choice| choice.title.in_language(view.language.code()).to_owned()))
}

/// Why a record was not written, in the reader's words; none where it was, or nobody knows.
pub(crate) fn not_written(t: &Texts, standing: &Standing) -> Option<String> {
    let Standing::NotWritten(why) = standing else { return None };
    Some(match why {
        NotWritten::Stale => t.get("item-stale").into_owned(),
        NotWritten::Gone => t.get("item-gone").into_owned(),
        NotWritten::Refused(message) => {
            t.with("refused-other", &[("message", message.as_str().into())])
        }
        NotWritten::Failed => t.get("item-failed").into_owned(),
    })
}

/// The record as it is now, where amounts that changed need its currency; none where it cannot be
/// read, since the timeline does not wait for its backend.
pub(crate) async fn for_currencies<'e>(
    app: &App,
    view: &View<'_>,
    key: &RecordKey,
    entries: impl IntoIterator<Item = &'e TimelineEntry>,
) -> Option<Shown> {
    let mut names = entries.into_iter().flat_map(|entry| &entry.fields).map(|(name, ..)| name);
    let position = |name: &String| view.resource().position(name);
    names.find(|name| position(name).is_some_and(|index| view.currency_of(index).is_some()))?;
    let read = app.office.record(view.permit, view.name(), key);
    tokio::time::timeout(PATIENCE, read).await.ok()?.ok()
}

/// The fields of an entry that may be seen, as they were and are. Amounts stand in the currency
/// that the change gave the record, else in the one that it has.
pub(crate) fn field_changes(
    view: &View<'_>,
    entry: &TimelineEntry,
    record: Option<&Shown>,
) -> Vec<FieldChange> {
    let resource = view.resource();
    let currency = |field: usize| {
        let name = &resource.fields[field].name;
        let changed = entry.fields.iter().find(|(own, ..)| own == name);
        let changed = changed.and_then(|(_, before, after)| after.clone().or(before.clone()));
        changed.or_else(|| record.and_then(|record| record.value(field).cloned()))
    };
    entry
        .fields
        .iter()
        .filter_map(|(name, before, after)| {
            let index = resource.position(name)?;
            let cell = |value: &Option<Value>| {
                value
                    .as_ref()
                    .map(|value| Cell { editable: false, ..view.cell(index, value.clone(), None) })
            };
            let field = view.with_currency(view.field(index), index, currency);
            Some(FieldChange { field, before: cell(before), after: cell(after) })
        })
        .collect()
}
