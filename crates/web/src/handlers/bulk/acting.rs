//! An action with many records: which allow it, what it takes, doing it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::{RecordKey, Value};
use kontor_office::catalog::{Action, ActionInput};
use kontor_office::{
    BulkForeseen, BulkPreview, BulkSelection, Edit, FieldProblem, Input, OfficeError,
};

use super::{MOST_NAMED, Titles, items, progress_of, selection, target};
use crate::app::App;
use crate::failure::{field_text, told};
use crate::handlers::acting::{called, field, grouped, read, told_part};
use crate::handlers::list::face_of;
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, first, go, here, shown};
use crate::pages::bulk_acting::{BulkAct, Foretold, foretold as foretold_part, page};
use crate::pages::record::acting::ForeseenPart;
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
    let asked = Asked::first(action, pairs, &selection);
    answer(app, reader, place, found, asked).await
}

/// What is asked for a selection.
pub(super) struct Asked<'a> {
    pub(super) action: &'a str,
    pub(super) pairs: &'a Pairs,
    pub(super) selection: &'a BulkSelection,
    pub(super) problems: Vec<FieldProblem>,
    /// What the backend says of the first records, where it was asked.
    pub(super) foreseen: Option<Foretold>,
}

impl<'a> Asked<'a> {
    pub(super) fn first(action: &'a str, pairs: &'a Pairs, selection: &'a BulkSelection) -> Self {
        Self { action, pairs, selection, problems: Vec::new(), foreseen: None }
    }
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
    let refused = found.refused.iter().map(|(key, why)| (key, view.refusal(why)));
    let gone = found.gone.iter().map(|key| (key, t.get("item-gone").into_owned()));
    let left_out: Vec<(&RecordKey, String)> = refused.chain(gone).collect();
    let named = &left_out[..left_out.len().min(MOST_NAMED)];
    let first = found.sample.iter().map(|(key, _)| key);
    let titles = Titles::of(app, &view, first.chain(named.iter().map(|(key, _)| *key))).await;
    let said =
        |label: &kontor_office::manifest::Label| label.in_language(view.language.code()).to_owned();
    let general = asked.problems.iter().filter(|problem| problem.field.is_empty());
    let general: Vec<String> = general.map(|problem| field_text(t, problem)).collect();
    let screen = BulkAct {
        target: target(app, &view, asked.pairs, asked.selection).await,
        action: said(&action.title),
        description: action.description.as_ref().map(said),
        question: action.question.as_ref().map(said),
        allowed: found.records as u64,
        unchanged: found.unchanged() as u64,
        reversible: found.is_reversible,
        more: found.records.saturating_sub(found.sample.len()) as u64,
        items: items(app, &view, &found.sample, &titles).await,
        foreseen: action.preview.is_some().then(|| asked.foreseen.clone().unwrap_or_default()),
        excluded: named
            .iter()
            .map(|(key, why)| (titles.title(key), view.record(key).link(), why.clone()))
            .collect(),
        left_out: left_out.len() as u64,
        plan: found.id.clone(),
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
    let default =
        |label: &kontor_office::manifest::Label| label.in_language(view.language.code()).to_owned();
    FormInput {
        field: field(view, input, None),
        cell: Cell::of(Value::Null),
        is_null: typed.is_none() && input.default.is_none() && !input.needed,
        text: typed.or_else(|| input.default.as_ref().map(default)).unwrap_or_default(),
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
    let given = given(app, reader, place, pairs, &name).await?;
    let given = given.and_then(|input| app.office.bulk_give(&place.permit, id, &input));
    match given {
        Ok(()) => {}
        Err(OfficeError::Invalid(problems)) => {
            let selection = selection(pairs)?;
            let asked = Asked { problems, ..Asked::first(&name, pairs, &selection) };
            return answer(app, reader, place, waiting, asked).await;
        }
        Err(error) => return Err(error),
    }
    app.office.bulk_apply(&place.permit, id, None)?;
    Ok(go(&progress_of(place, pairs, id)))
}

/// What the form gives for all records; what is wrong with it is told apart from other failures.
async fn given(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
    action: &str,
) -> Result<Result<Vec<(String, Input)>, OfficeError>, OfficeError> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let inputs = called(&view, action)?.inputs.iter().filter(|own| own.is_asked_of_many());
    Ok(read(&view, inputs, None, pairs, shell.reader()))
}

/// What the backend says the action would do with the first records: the part of the form that tells
/// it; without script the whole form with it.
pub(super) async fn foresee(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
) -> Result<Response, OfficeError> {
    let id = first(pairs, "plan").unwrap_or_default();
    let waiting = app.office.bulk_waiting(&place.permit, id)?;
    let name = app.office.bulk_action(&place.permit, id)?;
    let given = given(app, reader, place, pairs, &name).await?;
    let asked = match given {
        Ok(input) => app.office.bulk_foresee(&place.permit, id, &input).await,
        Err(error) => Err(error),
    };
    let foretold = match asked {
        Ok(found) => foretold(app, reader, place, &name, found).await?,
        // What is missing yet is no failure: it is being filled in.
        Err(OfficeError::Invalid(_)) => Foretold::default(),
        Err(error) => return Err(error),
    };
    if reader.frame.is_fragment {
        let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
        return Ok(foretold_part(&shell, &foretold).into_response());
    }
    let selection = selection(pairs)?;
    let asked = Asked { foreseen: Some(foretold), ..Asked::first(&name, pairs, &selection) };
    answer(app, reader, place, waiting, asked).await
}

async fn foretold(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    action: &str,
    found: BulkForeseen,
) -> Result<Foretold, OfficeError> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let titles = Titles::of(app, &view, found.records.iter().map(|(key, _)| key)).await;
    let mut rows = Vec::with_capacity(found.records.len());
    for (key, answer) in found.records {
        let (title, link) = (titles.title(&key), view.record(&key).link());
        let part = match answer {
            Some(Ok(foreseen)) => {
                let at = (key.to_text(), action);
                told_part(app, reader, place, (&at.0, at.1), &shell, foreseen).await?
            }
            Some(Err(OfficeError::Invalid(problems))) => ForeseenPart::No(
                problems
                    .iter()
                    .map(|problem| field_text(shell.texts, problem))
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            Some(Err(error)) => ForeseenPart::No(told(shell.texts, &error).text),
            None => ForeseenPart::No(shell.texts.get("foreseen-late").into_owned()),
        };
        rows.push((title, link, part));
    }
    Ok(Foretold { rows, more: found.more as u64 })
}

/// Takes back what an action has done with many records.
pub(super) fn undo(app: &App, place: &Place<Edit>, pairs: &Pairs) -> Result<Response, OfficeError> {
    let id = first(pairs, "plan").unwrap_or_default();
    let undone = app.office.bulk_undo(&place.permit, &place.resource, id)?;
    Ok(go(&progress_of(place, pairs, &undone)))
}

/// Ends an action with many records after the one that it is at.
pub(super) fn stop(app: &App, place: &Place<Edit>, pairs: &Pairs) -> Result<Response, OfficeError> {
    let id = first(pairs, "plan").unwrap_or_default();
    app.office.bulk_stop(&place.permit, &place.resource, id)?;
    Ok(go(&progress_of(place, pairs, id)))
}
