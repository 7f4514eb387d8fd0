//! Making and changing one record by form.

mod delete;
mod form;
mod stale;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::RecordKey;
use kontor_office::{Edit, FieldProblem, ItemState, OfficeError};

use crate::app::App;
use crate::failure::PageFailure;
use crate::handlers::acting::Way;
use crate::handlers::list::{At, face_of};
use crate::handlers::record::{AtRecord, language};
use crate::handlers::{Pairs, Place, done, first, here, key, place, shown};
use crate::links;
use crate::pages::record::form::{FormScreen, page as form_page};
use crate::pages::record::queue::QueuePlace;
use crate::view::View;
use crate::visitor::Reader;

pub(crate) use delete::{delete, delete_page, touched_line};
pub(crate) use form::{Subject, groups, meant_format};

use form::{Filled, general_problem, name_links, read_form};
use stale::stale;

/// The form of a new record, with values that the address gives.
pub(crate) async fn new_page(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    let asked = place::<Edit>(&app, &reader, &backend, &resource);
    match asked {
        Ok(place) => new_form(&app, reader, &place, &pairs, &[], StatusCode::OK).await,
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn new_form(
    app: &App,
    reader: Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
    problems: &[FieldProblem],
    status: StatusCode,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let screen = (|| {
        let catalog = place.permit.backend.catalog()?;
        let face = face_of(&catalog, place)?;
        if let Some(reason) = face.read_only {
            return Err(OfficeError::ReadOnly(reason));
        }
        let reading = place.permit.to_read();
        let view = View { permit: &reading, catalog: &catalog, face, language: language(&reader) };
        Ok(FormScreen {
            record: None,
            along: Vec::new(),
            backend: view.backend().clone(),
            resource: view.name().clone(),
            backend_title: view.backend_title(),
            resource_title: view.title(),
            title: String::new(),
            groups: groups(&view, shell.reader(), Subject::New, pairs, problems, shell.texts),
            problem: general_problem(problems, shell.texts),
        })
    })();
    match screen {
        Ok(mut screen) => {
            name_links(app, place, &mut screen.groups).await;
            let markup = form_page(&shell, &screen);
            Ok((status, shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}

/// Makes a record.
pub(crate) async fn create(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let place: Place<Edit> = match place(&app, &reader, &backend, &resource) {
        Ok(place) => place,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let made = async {
        let filled = read_form(&app, &reader, &place, &pairs).await?;
        let planned =
            app.office.plan_create(&place.permit, &place.resource, &filled.edit.set).await;
        let plan = Filled::told(filled.problems, planned)?;
        app.office.apply(&reader.actor, &place.permit.backend, plan).await
    };
    match made.await {
        Ok(applied) => {
            let address = match applied.items.first() {
                Some(ItemState::Written(key)) if *key != RecordKey::Values(Vec::new()) => {
                    links::record(&place.permit.backend.name, &place.resource, key)
                }
                _ => links::list(&place.permit.backend.name, &place.resource),
            };
            Ok(done(&address, "created", Some(&applied.operation)))
        }
        Err(OfficeError::Invalid(problems)) => {
            new_form(&app, reader, &place, &pairs, &problems, StatusCode::UNPROCESSABLE_ENTITY)
                .await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// The form of a record.
pub(crate) async fn edit_page(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    let asked = place::<Edit>(&app, &reader, &backend, &resource);
    match asked {
        Ok(place) => edit_form(&app, reader, &place, &record, &pairs, &[], StatusCode::OK).await,
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn edit_form(
    app: &App,
    reader: Reader,
    place: &Place<Edit>,
    record: &str,
    pairs: &Pairs,
    problems: &[FieldProblem],
    status: StatusCode,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let reading = place.permit.to_read();
    let asked = async {
        let found = app.office.record(&reading, &place.resource, &key(record)?).await?;
        let catalog = found.catalog.clone();
        let face = &catalog.faces[found.face];
        if let Some(reason) = face.read_only {
            return Err(OfficeError::ReadOnly(reason));
        }
        let view = View { permit: &reading, catalog: &catalog, face, language: language(&reader) };
        Ok(FormScreen {
            record: Some(view.record(&found.key)),
            along: along(pairs),
            backend: view.backend().clone(),
            resource: view.name().clone(),
            backend_title: view.backend_title(),
            resource_title: view.title(),
            title: found.title.clone(),
            groups: groups(
                &view,
                shell.reader(),
                Subject::Record(&found),
                pairs,
                problems,
                shell.texts,
            ),
            problem: general_problem(problems, shell.texts),
        })
    };
    match asked.await {
        Ok(screen) => {
            let markup = form_page(&shell, &screen);
            Ok((status, shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}

/// The place in a queue that a form sends along.
fn along(pairs: &Pairs) -> Vec<(&'static str, String)> {
    let Some(queue) = QueuePlace::from_pairs(pairs) else { return Vec::new() };
    let mut along = queue.pairs();
    along.extend(first(pairs, "to").map(|next| ("to", next.to_owned())));
    along
}

/// Saves the form of a record.
pub(crate) async fn edit(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let place: Place<Edit> = match place(&app, &reader, &backend, &resource) {
        Ok(place) => place,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let saved = async {
        let filled = read_form(&app, &reader, &place, &pairs).await?;
        if filled.edit.set.is_empty() && filled.problems.is_empty() {
            return Ok(None);
        }
        let planned = app
            .office
            .plan_update(&place.permit, &place.resource, &key(&record)?, &filled.edit)
            .await;
        let plan = Filled::told(filled.problems, planned)?;
        app.office.apply(&reader.actor, &place.permit.backend, plan).await.map(Some)
    };
    match saved.await {
        Ok(None) => Ok(Way::on(&app, &place, &record, &pairs).await.go()),
        Ok(Some(applied)) => {
            let written = match applied.items.first() {
                Some(ItemState::Written(key)) => Some(key.to_text()),
                _ => None,
            };
            let record = written.as_deref().unwrap_or(&record);
            let way = Way::on(&app, &place, record, &pairs).await;
            let (word, operation) = match &written {
                Some(_) => ("saved", Some(applied.operation.as_str())),
                None => ("unchanged", None),
            };
            Ok(way.done(&app, &place, word, operation).await)
        }
        Err(OfficeError::Invalid(problems)) => {
            edit_form(
                &app,
                reader,
                &place,
                &record,
                &pairs,
                &problems,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
        Err(OfficeError::Stale { conflicts, .. }) => {
            stale(&app, reader, &place, &record, &pairs, conflicts).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}
