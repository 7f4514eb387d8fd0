//! Changing and deleting many records: what shall change, what it would do, what it did.

mod acting;
mod progress;
mod titles;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::{Count, RecordKey, Value};
use kontor_office::{
    BulkPreview as Preview, BulkSelection, Edit, EditRequest, FieldProblem, Input, ListRequest,
    OfficeError, Problem, SampleOf,
};

use crate::app::App;
use crate::components::diff::FieldChange;
use crate::failure::PageFailure;
use crate::format;
use crate::handlers::list::{At, face_of, query, request};
use crate::handlers::record::language;
use crate::handlers::write::{Subject, groups, meant_format, touched_line};
use crate::handlers::{Pairs, Place, all, done, first, go, here, key, place, shown};
use crate::links;
use crate::pages::bulk::{
    BulkForm, BulkItem, BulkPreview, BulkTarget, edit as edit_page, inputs_of,
    preview as preview_page,
};
use crate::pages::record::given::{Given, given};
use crate::shown::Cell;
use crate::view::View;
use crate::visitor::Reader;

pub(crate) use progress::progress;

use progress::progress_of;
use titles::Titles;

/// Records that were not written and are named one by one.
const MOST_NAMED: usize = 200;

/// What the bar under a list, the form and the preview ask for.
pub(crate) async fn act(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    if first(&pairs, "do") == Some("export") {
        return Ok(export(&pairs, &backend, &resource));
    }
    let place: Place<Edit> = match place(&app, &reader, &backend, &resource) {
        Ok(place) => place,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let is_chosen = first(&pairs, "all").is_some() || first(&pairs, "key").is_some();
    let answered = match first(&pairs, "do") {
        Some("act") => acting::act(&app, &reader, &place, &pairs).await,
        Some("foresee") => acting::foresee(&app, &reader, &place, &pairs).await,
        Some("stop") => acting::stop(&app, &place, &pairs),
        Some("undo") => acting::undo(&app, &place, &pairs),
        Some("apply") => apply(&app, &reader, &place, &pairs).await,
        Some("retry") => retry(&app, &reader, &place, &pairs).await,
        // Nothing is ticked: there is nothing to ask.
        _ if !is_chosen => {
            let list = query(&pairs).address(&place.permit.backend.name, &place.resource);
            Ok(done(&list, "unchanged", None))
        }
        None if first(&pairs, "act").is_some() => {
            let action = first(&pairs, "act").unwrap_or_default();
            acting::ask(&app, &reader, &place, &pairs, action).await
        }
        Some("edit") => form(&app, &reader, &place, &pairs, &[], None).await,
        Some("preview") => preview(&app, &reader, &place, &pairs).await,
        Some("delete") => preview_delete(&app, &reader, &place, &pairs).await,
        other => Err(OfficeError::Parameter {
            what: "do",
            problem: format!("“{}” is no action of a selection", other.unwrap_or_default()),
        }),
    };
    match answered {
        Ok(response) => Ok(response),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// An export is a download with an address of its own.
fn export(pairs: &Pairs, backend: &str, resource: &str) -> Response {
    let path = format!("/b/{}/{}/export.csv", links::encode(backend), links::encode(resource));
    let is_all = first(pairs, "all").is_some();
    let wanted = pairs
        .iter()
        .filter(|(name, _)| name != "do" && name != "all" && !(is_all && name == "key"))
        .map(|(name, value)| (name.as_str(), value.as_str()));
    go(&links::with_query(&path, wanted))
}

fn selection(pairs: &Pairs) -> Result<BulkSelection, OfficeError> {
    if first(pairs, "all").is_some() {
        let list = ListRequest { after: None, before: None, ..request(&query(pairs))? };
        return Ok(BulkSelection::List(Box::new(list)));
    }
    let keys = all(pairs, "key").into_iter().map(key).collect::<Result<_, _>>()?;
    Ok(BulkSelection::Keys(keys))
}

async fn target(
    app: &App,
    view: &View<'_>,
    pairs: &Pairs,
    selection: &BulkSelection,
) -> BulkTarget {
    let count = match selection {
        BulkSelection::Keys(keys) => Count::Exact(keys.len() as u64),
        // How many they are is worth telling, but not worth a failure.
        BulkSelection::List(list) => {
            app.office.count(view.permit, view.name(), list).await.unwrap_or(Count::Unknown)
        }
    };
    let keys = match selection {
        BulkSelection::Keys(keys) => keys.iter().map(RecordKey::to_text).collect(),
        BulkSelection::List(_) => Vec::new(),
    };
    BulkTarget {
        backend: view.backend().clone(),
        resource: view.name().clone(),
        resource_title: view.title(),
        query: query(pairs).from_start(),
        keys,
        count,
    }
}

/// The form in which one says what shall change.
async fn form(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> Result<Response, OfficeError> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    if let Some(reason) = face.read_only {
        return Err(OfficeError::ReadOnly(reason));
    }
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let groups = groups(&view, shell.reader(), Subject::Many, pairs, problems, shell.texts);
    let inputs = inputs_of(groups).into_iter().filter(|input| !input.field.is_key);
    let screen = BulkForm {
        target: target(app, &view, pairs, &selection(pairs)?).await,
        inputs: inputs.collect(),
        chosen: chosen(pairs).map(str::to_owned).collect(),
        problem,
    };
    let status = if problems.is_empty() && screen.problem.is_none() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let markup = edit_page(&shell, &screen);
    Ok((status, shown(&shell, markup)).into_response())
}

/// Names of the ticked fields.
fn chosen(pairs: &Pairs) -> impl Iterator<Item = &str> {
    pairs.iter().filter_map(|(name, _)| name.strip_prefix("set."))
}

/// What the ticked fields shall hold.
fn wanted(
    view: &View<'_>,
    pairs: &Pairs,
    reader: format::Reader<'_>,
) -> (EditRequest, Vec<FieldProblem>) {
    let mut edit = EditRequest::default();
    let mut problems = Vec::new();
    // Records of a selection may differ in their currency; only one that they all get counts.
    let ticked: Pairs = pairs
        .iter()
        .filter(|(name, _)| {
            name.strip_prefix("v.").is_none_or(|field| chosen(pairs).any(|other| other == field))
        })
        .cloned()
        .collect();
    for name in chosen(pairs) {
        let Some(index) = view.resource().position(name) else { continue };
        let field = view.field(index);
        let meant = meant_format(view, &field, index, &ticked);
        let input = match given(&field, &meant, reader, pairs) {
            Some(Given::Text(text)) => Input::Text(text),
            Some(Given::Value(value)) => Input::Value(value),
            Some(Given::Wrong(problem)) => {
                let problem = Problem::Input(problem);
                problems.push(FieldProblem { field: field.name.clone(), problem });
                continue;
            }
            Some(Given::Null | Given::Default) => Input::Null,
            // An input that was left empty means an empty value, where the type has one.
            Some(Given::Unchanged) | None => Input::Text(String::new()),
        };
        edit.set.push((field.name.clone(), input));
    }
    (edit, problems)
}

async fn preview(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
) -> Result<Response, OfficeError> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let (edit, problems) = {
        let catalog = place.permit.backend.catalog()?;
        let reading = place.permit.to_read();
        let face = face_of(&catalog, place)?;
        let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
        wanted(&view, pairs, shell.reader())
    };
    if !problems.is_empty() {
        return form(app, reader, place, pairs, &problems, None).await;
    }
    if edit.set.is_empty() {
        let problem = language(reader).texts().get("bulk-choose").into_owned();
        return form(app, reader, place, pairs, &[], Some(problem)).await;
    }
    let selection = selection(pairs)?;
    let previewed =
        app.office.bulk_preview(&place.permit, &place.resource, &selection, &edit.set).await;
    match previewed {
        Ok(found) => answer_preview(app, reader, place, pairs, &selection, found, None).await,
        Err(OfficeError::Invalid(problems)) => {
            form(app, reader, place, pairs, &problems, None).await
        }
        Err(error) => Err(error),
    }
}

async fn preview_delete(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
) -> Result<Response, OfficeError> {
    let selection = selection(pairs)?;
    let found = app.office.bulk_preview_delete(&place.permit, &place.resource, &selection).await?;
    answer_preview(app, reader, place, pairs, &selection, found, None).await
}

/// Plans again what was not written.
async fn retry(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
) -> Result<Response, OfficeError> {
    let id = first(pairs, "plan").unwrap_or_default();
    let ended = app.office.bulk_progress(&place.permit, &place.resource, id)?;
    let selection = if ended.failed.is_empty() || ended.failure.is_some() {
        selection(pairs)?
    } else {
        BulkSelection::Keys(ended.failed.into_iter().map(|(key, _)| key).collect())
    };
    let action = app.office.bulk_action(&place.permit, id).ok();
    let found = app.office.bulk_retry(&place.permit, &place.resource, id).await?;
    if let Some(action) = action {
        let asked = acting::Asked::first(&action, pairs, &selection);
        return acting::answer(app, reader, place, found, asked).await;
    }
    answer_preview(app, reader, place, pairs, &selection, found, None).await
}

async fn answer_preview(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
    selection: &BulkSelection,
    found: Preview,
    confirm: Option<String>,
) -> Result<Response, OfficeError> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let catalog = place.permit.backend.catalog()?;
    let reading = place.permit.to_read();
    let face = face_of(&catalog, place)?;
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let t = shell.texts;
    let gone = found.gone.iter().map(|key| (key, "item-gone"));
    let left_out: Vec<(&RecordKey, &str)> =
        gone.chain(found.prevented.iter().map(|key| (key, "item-prevented"))).collect();
    let named = &left_out[..left_out.len().min(MOST_NAMED)];
    let told = found.sample.iter().map(|(key, _)| key).chain(named.iter().map(|(key, _)| *key));
    let titles = Titles::of(app, &view, told).await;
    let excluded = named.iter().map(|(key, why)| (titles.title(key), t.get(why).into_owned()));
    let screen = BulkPreview {
        target: target(app, &view, pairs, selection).await,
        deletes: found.deletes,
        changing: found.records as u64,
        unchanged: found.unchanged() as u64,
        plan: found.id,
        items: items(app, &view, &found.sample, &titles).await,
        left_out: left_out.len() as u64,
        excluded: excluded.collect(),
        touched: found.touched.iter().map(|touched| touched_line(&view, touched)).collect(),
        reversible: found.is_reversible,
        cut: found.is_cut.then_some(found.most as u64),
        confirm,
    };
    let status = match screen.confirm {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let markup = preview_page(&shell, &screen);
    Ok((status, shown(&shell, markup)).into_response())
}

/// The first records of a preview; amounts stand in the currency that each record has.
async fn items(app: &App, view: &View<'_>, sample: &[SampleOf], titles: &Titles) -> Vec<BulkItem> {
    let mut items = Vec::with_capacity(sample.len());
    for (key, fields) in sample {
        let index = |name: &str| view.resource().position(name);
        let of_record = fields.iter().find_map(|(name, _, _)| view.currency_of(index(name)?));
        let code = match of_record {
            None => None,
            Some(currency) => {
                let changed = fields.iter().find(|(name, _, _)| index(name) == Some(currency));
                match changed {
                    Some((_, before, after)) => {
                        Some(if after.is_null() { before } else { after }.clone())
                    }
                    // What the preview does not hold is read; a record that is gone has none.
                    None => {
                        let found = app.office.record(view.permit, view.name(), key).await.ok();
                        found.and_then(|found| found.value(currency).cloned())
                    }
                }
            }
        };
        let changes = fields.iter().filter_map(|(name, before, after)| {
            let index = index(name)?;
            let field = view.with_currency(view.field(index), index, |_| code.clone());
            let cell = |value: &Value| {
                Some(Cell { editable: false, ..view.cell(index, value.clone(), None) })
            };
            Some(FieldChange { field, before: cell(before), after: cell(after) })
        });
        let changes = changes.collect();
        items.push(BulkItem { title: titles.title(key), link: view.record(key).link(), changes });
    }
    items
}

/// Applies what was previewed; how it goes on is told by the progress. A deletion is confirmed by
/// the number of its records.
async fn apply(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    pairs: &Pairs,
) -> Result<Response, OfficeError> {
    let id = first(pairs, "plan").unwrap_or_default();
    let waiting = app.office.bulk_waiting(&place.permit, id)?;
    let typed = waiting.deletes.then(|| first(pairs, "confirm").unwrap_or_default());
    // What is no number is none of records either.
    let expected = typed.map(|typed| typed_number(typed).unwrap_or(usize::MAX));
    match app.office.bulk_apply(&place.permit, id, expected) {
        Err(OfficeError::OtherCount { .. }) => {
            let confirm = typed.map(str::to_owned);
            let selection = selection(pairs)?;
            return answer_preview(app, reader, place, pairs, &selection, waiting, confirm).await;
        }
        applied => applied?,
    }
    Ok(go(&progress_of(place, pairs, id)))
}

/// A number as people type it, with or without marks between the thousands.
fn typed_number(text: &str) -> Option<usize> {
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | '\'' | '’');
    text.replace(is_mark, "").parse().ok()
}
