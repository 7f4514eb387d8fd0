//! Importing a file: which one, what it would do, what it did.

mod reading;
mod telling;

use std::time::Duration;

use axum::Form;
use axum::extract::{Multipart, Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_office::{Edit, Import, ImportProblem, ImportStage, OfficeError};

use crate::app::App;
use crate::failure::PageFailure;
use crate::handlers::list::{At, face_of};
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, done, first, go, here, place, shown};
use crate::links;
use crate::pages::import::{ImportAsk, ask as ask_page, page as import_page, part as import_part};
use crate::view::View;
use crate::visitor::Reader;
use reading::{choice, uploaded};
use telling::screen;
pub(crate) use telling::{import_text, row_text};

/// A page waits so long for what is under way; then it shows how far that has come.
const PATIENCE: Duration = Duration::from_secs(1);
/// Seconds after which a page without script asks again.
const AGAIN: u32 = 2;

type AtImport = Path<(String, String, String)>;

/// The form that asks for a file.
pub(crate) async fn ask(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
) -> Result<Response, PageFailure> {
    let answered = async {
        let place: Place<Edit> = place(&app, &reader, &backend, &resource)?;
        app.office.import_offer(&place.permit, &place.resource)?;
        asked(&app, &reader, &place, None).await
    };
    match answered.await {
        Ok(response) => Ok(response),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn asked(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    problem: Option<String>,
) -> Result<Response, OfficeError> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let offer = app.office.import_offer(&place.permit, &place.resource)?;
    let screen = ImportAsk {
        backend: view.backend().clone(),
        resource: view.name().clone(),
        resource_title: view.title(),
        fields: telling::titles(&view, &offer),
        problem,
    };
    Ok((status, shown(&shell, ask_page(&shell, &screen))).into_response())
}

/// Takes a file, and goes on to what it would do.
pub(crate) async fn send(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    form: Multipart,
) -> Result<Response, PageFailure> {
    let answered = async {
        let place: Place<Edit> = place(&app, &reader, &backend, &resource)?;
        let (name, bytes) = uploaded(form).await?;
        let begun = app.office.import_begin(&place.permit, &place.resource, (&name, bytes)).await;
        match begun {
            Ok(id) => Ok(go(&address(&place, &id))),
            Err(OfficeError::Import(problem)) => {
                let text = import_text(language(&reader).texts(), &problem);
                asked(&app, &reader, &place, Some(text)).await
            }
            Err(error) => Err(error),
        }
    };
    match answered.await {
        Ok(response) => Ok(response),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

fn address(place: &Place<Edit>, id: &str) -> String {
    links::part(
        &place.permit.backend.name,
        &place.resource,
        &format!("import/{}", links::encode(id)),
    )
}

/// What an import would do, how far it has come, or what it did not write.
pub(crate) async fn page(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, id)): AtImport,
) -> Result<Response, PageFailure> {
    let answered = async {
        let place: Place<Edit> = place(&app, &reader, &backend, &resource)?;
        let import =
            app.office.import_settled(&place.permit, &place.resource, &id, PATIENCE).await?;
        told(&app, &reader, &place, &import, None).await
    };
    match answered.await {
        Ok(response) => Ok(response),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// Chooses, applies or ends.
pub(crate) async fn act(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, id)): AtImport,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let answered = async {
        let place: Place<Edit> = place(&app, &reader, &backend, &resource)?;
        let (permit, name) = (&place.permit, &place.resource);
        let done = match first(&pairs, "do") {
            Some("apply") => {
                let expected = first(&pairs, "records").and_then(|records| records.parse().ok());
                app.office.import_apply(permit, name, &id, expected)
            }
            Some("check") => {
                let choice = choice(&pairs, &app.office.import_offer(permit, name)?)?;
                app.office.import_choose(permit, name, &id, &choice)
            }
            Some("stop") => app.office.import_stop(permit, name, &id),
            other => {
                let problem = format!("“{}” is nothing of an import", other.unwrap_or_default());
                Err(OfficeError::Parameter { what: "do", problem })
            }
        };
        match done {
            Ok(()) => Ok(go(&address(&place, &id))),
            // Applied or begun already: the page says how far it is.
            Err(OfficeError::Import(ImportProblem::NotReady)) => Ok(go(&address(&place, &id))),
            Err(OfficeError::Import(problem)) => {
                let text = import_text(language(&reader).texts(), &problem);
                let import = app.office.import(permit, name, &id)?;
                told(&app, &reader, &place, &import, Some(text)).await
            }
            Err(error) => Err(error),
        }
    };
    match answered.await {
        Ok(response) => Ok(response),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn told(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    import: &Import,
    problem: Option<String>,
) -> Result<Response, OfficeError> {
    if let ImportStage::Applied(progress) = &import.stage
        && let Some(operation) = progress.operation.as_ref().filter(|_| progress.is_done)
        && progress.failed.is_empty()
        && progress.failure.is_none()
    {
        let undo = progress.is_reversible.then_some(operation.as_str());
        return Ok(done(&links::change(operation), "done", undo));
    }
    let mut shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let screen = screen(app, &view, import, problem).await;
    let is_running = screen.stage.is_running();
    shell.refresh = is_running.then_some(AGAIN);
    let status = match screen.problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let is_part = reader.frame.is_fragment && is_running;
    let markup = if is_part { import_part(&shell, &screen) } else { import_page(&shell, &screen) };
    Ok((status, shown(&shell, markup)).into_response())
}

/// The refused rows with their reasons.
pub(crate) async fn refused(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, id)): AtImport,
) -> Result<Response, PageFailure> {
    let answered = || {
        let place: Place<Edit> = place(&app, &reader, &backend, &resource)?;
        refused_rows(&app, &place, &id, language(&reader))
    };
    match answered() {
        Ok(bytes) => Ok(refused_file(bytes)),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// The refused rows of an import as a file, in a language.
pub(crate) fn refused_rows(
    app: &App,
    place: &Place<Edit>,
    id: &str,
    language: crate::texts::Language,
) -> Result<Vec<u8>, OfficeError> {
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language };
    let head = language.texts().get("import-reason");
    let tell = |problem: &kontor_office::RowProblem| row_text(&view, problem);
    app.office.import_refused(&place.permit, &place.resource, id, &head, tell)
}

/// A file to keep.
pub(crate) fn refused_file(bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let disposition = HeaderValue::from_static("attachment; filename=\"refused.csv\"");
    headers.insert(CONTENT_DISPOSITION, disposition);
    response
}
