//! A recorded change, and taking it back.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use kontor_model::{BackendName, RecordKey, ResourceName};
use kontor_office::{OfficeError, OperationState, Permit, Read, Told};

use crate::app::App;
use crate::components::shell::Here;
use crate::failure::{PageFailure, not_undoable_key};
use crate::handlers::record::{field_changes, language, not_written};
use crate::handlers::{Pairs, done, first, shown};
use crate::links;
use crate::pages::change::{ChangeRow, ChangeScreen, Outcome, page as change_page};
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
        screen(&app, &reader, &told)
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

fn screen(app: &App, reader: &Reader, told: &Told) -> Result<(ChangeScreen, Here), OfficeError> {
    let unknown = || OfficeError::Unknown { what: "operation", name: told.operation.clone() };
    let name = BackendName::new(&told.backend).map_err(|_| unknown())?;
    let permit: Permit<Read> = app.office.permit(&reader.actor, &name)?;
    let resource = ResourceName::new(&told.resource);
    let catalog = permit.backend.catalog()?;
    let face = catalog.face(&resource).ok_or_else(unknown)?;
    let view = View { permit: &permit, catalog: &catalog, face, language: language(reader) };
    let (_, first) = told.items.first().ok_or_else(unknown)?;
    let items = told.items.iter().take(MOST_ROWS).map(|(key, entry)| ChangeRow {
        title: key.clone().unwrap_or_default(),
        link: key.as_deref().and_then(RecordKey::from_text).map(|key| view.record(&key).link()),
        changes: field_changes(&view, entry),
        problem: not_written(view.language.texts(), &entry.standing),
    });
    let all = told.items.len() as u64;
    let t = view.language.texts();
    let undo_locked = match first.undo_locked {
        Some(reason) => Some(t.get(not_undoable_key(reason)).into_owned()),
        None => view.change_locked().map(|locked| t.get(locked.key()).into_owned()),
    };
    let screen = ChangeScreen {
        operation: told.operation.clone(),
        at: at(first.at),
        who: first.actor.clone(),
        kind: first.kind,
        place: format!("{} · {}", view.title(), view.backend_title()),
        list: links::list(&name, &resource),
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
    Ok((screen, Here::Resource(name, resource)))
}

/// Takes a change back and goes to where one was.
pub(crate) async fn undo(
    State(app): State<App>,
    reader: Reader,
    Path(operation): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    match app.office.undo(&reader.actor, &operation).await {
        Ok(_) => {
            let back =
                first(&pairs, "back").map_or_else(|| links::change(&operation), str::to_owned);
            Ok(done(&back, "undone", None))
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}
