//! An action with many records: which allow it, what it takes, doing it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::{RecordKey, Value};
use kontor_office::catalog::{Action, ActionInput};
use kontor_office::{BulkPreview, BulkSelection, Edit, FieldProblem, OfficeError};

use super::{MOST_NAMED, Titles, progress_of, selection, target};
use crate::app::App;
use crate::failure::field_text;
use crate::handlers::acting::{called, field, grouped, read};
use crate::handlers::list::face_of;
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, first, go, here, shown};
use crate::pages::bulk_acting::{BulkAct, page};
use crate::pages::record::form::{FormGroup, FormInput};
use crate::shown::Cell;
use crate::texts::Texts;
use crate::view::View;
use crate::visitor::Reader;

/// Looks which records allow an action, and asks what it takes.
pub(super) async fn ask(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
    action: &str,
) -> Result<Response, OfficeError> {
    let selection = selection(pairs)?;
    let found =
        app.office.bulk_preview_action(&place.permit, &place.resource, &selection, action).await?;
    let asked = Asked { action, pairs, selection: &selection, problems: Vec::new() };
    answer(app, reader, place, found, asked).await
}

/// What is asked for a selection.
pub(super) struct Asked<'a> {
    pub(super) action: &'a str,
    pub(super) pairs: &'a Pairs,
    pub(super) selection: &'a BulkSelection,
    pub(super) problems: Vec<FieldProblem>,
}

pub(super) async fn answer(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    found: BulkPreview,
    asked: Asked<'_>,
) -> Result<Response, OfficeError> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let action = called(&view, asked.action)?;
    let t = shell.texts;
    let no_reason = || t.get("action-refused").into_owned();
    let refused = found
        .refused
        .iter()
        .map(|(key, why)| (key, if why.is_empty() { no_reason() } else { why.clone() }));
    let gone = found.gone.iter().map(|key| (key, t.get("item-gone").into_owned()));
    let left_out: Vec<(&RecordKey, String)> = refused.chain(gone).collect();
    let named = &left_out[..left_out.len().min(MOST_NAMED)];
    let titles = Titles::of(app, &view, named.iter().map(|(key, _)| *key)).await;
    let said =
        |label: &kontor_office::manifest::Label| label.in_language(view.language.code()).to_owned();
    let general = asked.problems.iter().filter(|problem| problem.field.is_empty());
    let general: Vec<String> = general.map(|problem| field_text(t, problem)).collect();
    let screen = BulkAct {
        target: target(app, &view, asked.pairs, asked.selection).await,
        action: said(&action.title),
        description: action.description.as_ref().map(said),
        question: action.question.as_ref().map(said),
        plan: found.id,
        allowed: found.records as u64,
        excluded: named.iter().map(|(key, why)| (titles.title(key), why.clone())).collect(),
        left_out: left_out.len() as u64,
        groups: groups(&view, action, &asked, t),
        cut: found.is_cut.then_some(found.most as u64),
        problem: (!general.is_empty()).then(|| general.join(" ")),
    };
    let status = match asked.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, shown(&shell, page(&shell, &screen))).into_response())
}

/// What is the same for all records; the rest comes from each.
fn groups(view: &View<'_>, action: &Action, asked: &Asked<'_>, t: &Texts) -> Vec<FormGroup> {
    let inputs = action.inputs.iter().filter(|input| input.is_asked_of_many());
    grouped(view, inputs.map(|input| (input, line(view, input, asked, t))))
}

fn line(view: &View<'_>, input: &ActionInput, asked: &Asked<'_>, t: &Texts) -> FormInput {
    let typed = first(asked.pairs, &format!("v.{}", input.name)).map(str::to_owned);
    let problem = asked.problems.iter().find(|problem| problem.field == input.name);
    FormInput {
        field: field(view, input, None),
        cell: Cell::of(Value::Null),
        is_null: typed.is_none() && input.default.is_none() && !input.needed,
        text: typed.or_else(|| input.default.clone()).unwrap_or_default(),
        was: None,
        error: problem.map(|problem| field_text(t, problem)),
        default: None,
    }
}

/// Does the action with all records of a preview; how it goes on is told by the progress.
pub(super) async fn act(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
) -> Result<Response, OfficeError> {
    let id = first(pairs, "plan").unwrap_or_default();
    let waiting = app.office.bulk_waiting(&place.permit, id)?;
    let name = app.office.bulk_action(&place.permit, id)?;
    let given = {
        let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
        let catalog = place.permit.backend.catalog()?;
        let reading = place.permit.to_read();
        let face = face_of(&catalog, place)?;
        let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
        let inputs = called(&view, &name)?.inputs.iter().filter(|own| own.is_asked_of_many());
        read(&view, inputs, None, pairs, shell.reader())
    };
    let given = given.and_then(|input| app.office.bulk_give(&place.permit, id, &input));
    match given {
        Ok(()) => {}
        Err(OfficeError::Invalid(problems)) => {
            let selection = selection(pairs)?;
            let asked = Asked { action: &name, pairs, selection: &selection, problems };
            return answer(app, reader, place, waiting, asked).await;
        }
        Err(error) => return Err(error),
    }
    app.office.bulk_apply(&place.permit, id, None)?;
    Ok(go(&progress_of(place, pairs, id)))
}

/// Ends an action with many records after the one that it is at.
pub(super) fn stop(app: &App, place: &Place<Edit>, pairs: &Pairs) -> Result<Response, OfficeError> {
    let id = first(pairs, "plan").unwrap_or_default();
    app.office.bulk_stop(&place.permit, &place.resource, id)?;
    Ok(go(&progress_of(place, pairs, id)))
}
