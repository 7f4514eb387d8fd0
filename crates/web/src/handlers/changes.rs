//! A recorded change, and taking it back.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use kontor_model::{BackendName, RecordKey, ResourceName, Value};
use kontor_office::{
    Conflict, ItemState, NotUndoable, OfficeError, OperationState, Permit, Read, Told,
};

use crate::app::App;
use crate::components::shell::Here;
use crate::failure::{PageFailure, not_undoable_key};
use crate::handlers::record::{field_changes, for_currencies, language, not_written};
use crate::handlers::{Pairs, done, first, go, shown};
use crate::links;
use crate::pages::change::{ChangeRow, ChangeScreen, Outcome, page as change_page};
use crate::pages::overtaken::{OvertakenField, OvertakenScreen, page as overtaken_page};
use crate::shown::Cell;
use crate::view::{View, at};
use crate::visitor::Reader;

/// Records of a change that are shown one by one.
const MOST_ROWS: usize = 100;

/// The page of a change.
pub(crate) async fn page(
    State(app): State<App>,
    reader: Reader,
    Path(operation): Path<String>,
) -> Result<Response, PageFailure> {
    let asked = async {
        let told = app.office.operation(&reader.actor, &operation).await?;
        let (place, here) = place_of(&app, &reader, &told)?;
        let locked = app.office.undo_locked(&place, &told).await?;
        Ok((screen(&app, &reader, &place, &told, locked).await?, here))
    };
    match asked.await {
        Ok((screen, here)) => {
            let shell = reader.frame.shell(&app, Some(&reader.actor), here).await;
            let markup = change_page(&shell, &screen);
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// The right to read where an operation happened.
fn place_of(app: &App, reader: &Reader, told: &Told) -> Result<(Permit<Read>, Here), OfficeError> {
    let name = BackendName::new(&told.backend).map_err(|_| unknown(told))?;
    let permit: Permit<Read> = app.office.permit(&reader.actor, &name)?;
    Ok((permit, Here::Resource(name, ResourceName::new(&told.resource))))
}

fn unknown(told: &Told) -> OfficeError {
    OfficeError::Unknown { what: "operation", name: told.operation.clone() }
}

async fn screen(
    app: &App,
    reader: &Reader,
    permit: &Permit<Read>,
    told: &Told,
    locked: Option<NotUndoable>,
) -> Result<ChangeScreen, OfficeError> {
    let unknown = || unknown(told);
    let name = &permit.backend.name;
    let resource = ResourceName::new(&told.resource);
    let catalog = permit.backend.catalog()?;
    let face = catalog.face(&resource).ok_or_else(unknown)?;
    let view = View { permit, catalog: &catalog, face, language: language(reader) };
    let (_, first) = told.items.first().ok_or_else(unknown)?;
    // One record can be read for its currency; many cannot, within the time of a page.
    let now = match told.items.as_slice() {
        [(Some(key), entry)] => match RecordKey::from_text(key) {
            Some(key) => for_currencies(app, &view, &key, [entry]).await,
            None => None,
        },
        _ => None,
    };
    let items = told.items.iter().take(MOST_ROWS).map(|(key, entry)| ChangeRow {
        title: key.clone().unwrap_or_default(),
        link: key.as_deref().and_then(RecordKey::from_text).map(|key| view.record(&key).link()),
        changes: field_changes(&view, entry, now.as_ref()),
        problem: not_written(view.language.texts(), &entry.standing),
    });
    let all = told.items.len() as u64;
    let t = view.language.texts();
    let undo_locked = match locked {
        Some(reason) => Some(t.get(not_undoable_key(reason)).into_owned()),
        None if view.undo_is_offered(first.kind) => None,
        None => view.change_locked().map(|locked| t.get(locked.key()).into_owned()),
    };
    let screen = ChangeScreen {
        operation: told.operation.clone(),
        at: at(first.at),
        who: first.actor.clone(),
        kind: first.kind,
        action: first.action.as_ref().map(|name| view.action_title(name)),
        is_mixed: told.items.iter().any(|(_, entry)| entry.kind != first.kind),
        place: format!("{} · {}", view.title(), view.backend_title()),
        list: links::list(name, &resource),
        outcome: match told.state {
            OperationState::Applied => Outcome::Applied,
            OperationState::Partial => Outcome::Partly,
            OperationState::NotApplied => Outcome::Failed,
            OperationState::Unknown => Outcome::Unknown,
            OperationState::Open => Outcome::Running,
        },
        written: (all - (told.exceptions.len() as u64).min(all), all),
        items: items.collect(),
        more: all.saturating_sub(MOST_ROWS as u64),
        undo_of: first.undo_of.clone(),
        undone_by: first.undone_by.clone(),
        undo_locked,
        audit: None,
    };
    Ok(screen)
}

/// Takes a change back and goes to where one was; where not all of it could be, to what was done.
pub(crate) async fn undo(
    State(app): State<App>,
    reader: Reader,
    Path(operation): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    match app.office.undo(&reader.actor, &operation).await {
        Ok(applied) if applied.items.iter().all(|item| matches!(item, ItemState::Written(_))) => {
            let back =
                first(&pairs, "back").map_or_else(|| links::change(&operation), str::to_owned);
            Ok(done(&back, "undone", None))
        }
        Ok(applied) => Ok(go(&links::change(&applied.operation))),
        Err(OfficeError::Stale { key, conflicts }) => {
            overtaken(&app, reader, &operation, &key, conflicts).await
        }
        Err(OfficeError::UnknownRecord(key)) => {
            overtaken(&app, reader, &operation, &key, Vec::new()).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// The record was changed or deleted after the change that was to be taken back.
async fn overtaken(
    app: &App,
    reader: Reader,
    operation: &str,
    record: &str,
    conflicts: Vec<Conflict>,
) -> Result<Response, PageFailure> {
    let asked = async {
        let told = app.office.operation(&reader.actor, operation).await?;
        let (permit, here) = place_of(app, &reader, &told)?;
        let key = RecordKey::from_text(record).ok_or_else(|| unknown(&told))?;
        let name = ResourceName::new(&told.resource);
        let met: Vec<Conflict> = conflicts
            .into_iter()
            .filter(|conflict| !conflict.theirs.is_same(&conflict.before))
            .collect();
        let authors = app.office.authors(&permit, &name, &key, &met).await?;
        let catalog = permit.backend.catalog()?;
        let face = catalog.face(&name).ok_or_else(|| unknown(&told))?;
        let view = View { permit: &permit, catalog: &catalog, face, language: language(&reader) };
        let fields = met.iter().zip(authors).filter_map(|(conflict, author)| {
            let index = view.resource().position(&conflict.field)?;
            let cell =
                |value: &Value| Cell { editable: false, ..view.cell(index, value.clone(), None) };
            Some(OvertakenField {
                field: view.field(index),
                restored: conflict.mine.as_ref().map(cell),
                now: cell(&conflict.theirs),
                by: author.map(|author| (author.actor, at(author.at))),
            })
        });
        let screen = OvertakenScreen {
            record: view.record(&key),
            change: links::change(operation),
            fields: fields.collect(),
        };
        Ok::<_, OfficeError>((screen, here))
    };
    match asked.await {
        Ok((screen, here)) => {
            let shell = reader.frame.shell(app, Some(&reader.actor), here).await;
            let markup = overtaken_page(&shell, &screen);
            Ok((StatusCode::CONFLICT, shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}
