//! One record: its page, and the parts that come after it.

mod file;
mod related;
mod timeline;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use kontor_model::{ChangeKind, FieldType, RecordKey};
use kontor_office::catalog::Format as OfficeFormat;
use kontor_office::{ListRequest, OfficeError, Read, Shown};

use crate::app::App;
use crate::failure::PageFailure;
use crate::frame::health;
use crate::handlers::acting::offered_actions;
use crate::handlers::list::{query, request};
use crate::handlers::{Pairs, Place, here, key, place, queue, shown};
use crate::pages::list::ListQuery;
use crate::pages::record::peek::{Peek, fragment as peek_fragment};
use crate::pages::record::queue::QueuePlace;
use crate::pages::record::{
    FieldGroup, Neighbours, RecordField, RecordScreen, page as record_page,
};
use crate::shown::Tone;
use crate::texts::Language;
use crate::view::View;
use crate::visitor::Reader;

pub(crate) use file::file;
pub(crate) use related::{related, related_screen, related_sections};
pub(crate) use timeline::{field_changes, for_currencies, not_written, timeline, told_entry};

pub(crate) type AtRecord = Path<(String, String, String)>;

/// Fields of a peek.
const PEEK: usize = 8;

pub(crate) fn language(reader: &Reader) -> Language {
    Language::from_code(&reader.actor.user.language).unwrap_or_default()
}

/// The page.
pub(crate) async fn page(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    match screen(&app, &reader, &backend, &resource, &record, &pairs).await {
        Ok((place, screen)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            let markup = record_page(&shell, &screen);
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn screen(
    app: &App,
    reader: &Reader,
    backend: &str,
    resource: &str,
    record: &str,
    pairs: &Pairs,
) -> Result<(Place<Read>, RecordScreen), OfficeError> {
    let place: Place<Read> = place(app, reader, backend, resource)?;
    let key = key(record)?;
    let found = app.office.record(&place.permit, &place.resource, &key).await?;
    let catalog = found.catalog.clone();
    let view = View {
        permit: &place.permit,
        catalog: &catalog,
        face: &catalog.faces[found.face],
        language: language(reader),
    };
    let query = query(pairs);
    let queue = match QueuePlace::from_pairs(pairs) {
        Some(queue) => Some(queue::bar(app, &place, queue, &found.key).await?),
        None => None,
    };
    let neighbours = match &queue {
        // The bar has its own way on.
        Some(queue) => Neighbours {
            list: queue.place.list(&place.permit.backend.name, &place.resource),
            ..Neighbours::default()
        },
        None => neighbours(app, &place, &view, &query, &found.key).await,
    };
    let screen = RecordScreen {
        record: view.record(&found.key),
        title: found.title.clone(),
        backend_title: view.backend_title(),
        health: health(&place.permit.backend.health()),
        resource_title: view.title(),
        status: status(&view, &found),
        groups: groups(&view, &found),
        related: related_sections(app, &view),
        case: app
            .office
            .case_of(view.backend(), view.face)
            .map(|of| of.title.in_language(view.language.code()).to_owned()),
        actions: offered_actions(app, &view, &found),
        change_locked: view.locked_for(ChangeKind::Update),
        delete_locked: view.locked_for(ChangeKind::Delete),
        neighbours,
        queue,
        deleted: found.is_deleted.then(|| {
            view.face
                .soft_delete
                .as_ref()
                .map(|soft| view.field(soft.field).title)
                .unwrap_or_default()
        }),
    };
    Ok((place, screen))
}

/// The word of the first status field, as the list shows it.
pub(crate) fn status(view: &View<'_>, found: &Shown) -> Option<(Tone, String)> {
    let (index, value) = found.fields.iter().find(|(index, _)| view.field(*index).is_status)?;
    let text = value.to_text()?;
    let field = view.field(*index);
    let choice = field.choices.iter().find(|choice| choice.value == text);
    Some(choice.map_or_else(
        || (Tone::of_word(&text), text.clone()),
        |choice| (choice.tone, choice.title.clone()),
    ))
}

pub(crate) fn groups(view: &View<'_>, found: &Shown) -> Vec<FieldGroup> {
    let mut groups: Vec<FieldGroup> = Vec::new();
    for (((index, value), title), far) in found.fields.iter().zip(&found.titles).zip(&found.far) {
        let name = view.face.fields[*index]
            .group
            .as_ref()
            .map(|group| group.in_language(view.language.code()).to_owned());
        let field =
            view.with_currency(view.field(*index), *index, |other| found.value(other).cloned());
        let is_bytes = field.ty == FieldType::Bytes;
        let is_picture = is_bytes
            && !value.is_null()
            && (view.face.fields[*index].format == OfficeFormat::Image
                || looks_like_picture(&field.name));
        let line = RecordField {
            cell: view.with_far(
                *index,
                view.cell(*index, value.clone(), title.as_ref()),
                far.as_ref(),
            ),
            field,
            is_picture,
        };
        match groups.iter_mut().find(|group| group.title == name) {
            Some(group) => group.fields.push(line),
            None => groups.push(FieldGroup { title: name, fields: vec![line] }),
        }
    }
    groups
}

/// Byte strings of these names are shown as pictures; a browser shows nothing where they are none.
fn looks_like_picture(name: &str) -> bool {
    let name = name.to_lowercase();
    ["picture", "image", "photo", "bild", "foto", "logo", "thumbnail", "avatar"]
        .iter()
        .any(|word| name.contains(word))
}

async fn neighbours(
    app: &App,
    place: &Place<Read>,
    view: &View<'_>,
    query: &ListQuery,
    key: &RecordKey,
) -> Neighbours {
    let from_start = query.from_start();
    let list = from_start.address(&place.permit.backend.name, &place.resource);
    let described = (!query.filter.is_empty()).then(|| query.filter.clone());
    let found = match request(query) {
        Ok(request) => {
            app.office
                .neighbours(
                    &place.permit,
                    &place.resource,
                    &ListRequest { after: None, before: None, ..request },
                    key,
                )
                .await
        }
        Err(error) => Err(error),
    };
    // A list that cannot be walked any more still can be gone back to.
    let (previous, next) = found.unwrap_or((None, None));
    let address = |key: RecordKey| from_start.record(&view.record(&key));
    Neighbours { list, described, previous: previous.map(address), next: next.map(address) }
}

/// What a hover over a link shows.
pub(crate) async fn peek(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
) -> Result<Response, PageFailure> {
    let peeked = async {
        let place: Place<Read> = place(&app, &reader, &backend, &resource)?;
        let found = app.office.record(&place.permit, &place.resource, &key(&record)?).await?;
        let catalog = found.catalog.clone();
        let view = View {
            permit: &place.permit,
            catalog: &catalog,
            face: &catalog.faces[found.face],
            language: language(&reader),
        };
        let known = |index: &usize| {
            view.face.columns.contains(index) || view.face.title_fields.contains(index)
        };
        let fields = found
            .fields
            .iter()
            .zip(found.titles.iter().zip(&found.far))
            .filter(|((index, value), _)| known(index) && !value.is_null())
            .take(PEEK)
            .map(|((index, value), (title, far))| {
                (
                    view.with_currency(view.field(*index), *index, |other| {
                        found.value(other).cloned()
                    }),
                    view.with_far(
                        *index,
                        view.cell(*index, value.clone(), title.as_ref()),
                        far.as_ref(),
                    ),
                )
            })
            .collect();
        let peek = Peek {
            title: found.title.clone(),
            resource_title: view.title(),
            status: status(&view, &found),
            fields,
        };
        Ok::<_, OfficeError>((place, peek))
    };
    match peeked.await {
        Ok((place, peek)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
            Ok(peek_fragment(&shell, &peek).into_response())
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}
