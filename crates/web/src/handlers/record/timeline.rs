//! What happened to a record.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use kontor_model::Value;
use kontor_office::{NotWritten, OfficeError, Read, Standing, TimelineEntry};

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
        let entries: Vec<Entry> = entries.iter().map(|entry| told_entry(&view, entry)).collect();
        Ok::<_, OfficeError>((place, key(&record)?, entries))
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

pub(crate) fn told_entry(view: &View<'_>, entry: &TimelineEntry) -> Entry {
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
        changes: field_changes(view, entry),
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

/// The fields of an entry that may be seen, as they were and are.
pub(crate) fn field_changes(view: &View<'_>, entry: &TimelineEntry) -> Vec<FieldChange> {
    let resource = view.resource();
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
            Some(FieldChange { field: view.field(index), before: cell(before), after: cell(after) })
        })
        .collect()
}
