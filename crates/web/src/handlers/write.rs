//! Making, changing and deleting one record by form.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::{RecordKey, Value};
use kontor_office::{
    Conflict, Edit, EditRequest, FieldProblem, Input, ItemState, OfficeError, Problem, Shown,
};

use crate::app::App;
use crate::failure::{PageFailure, field_text, told};
use crate::format::{self, Format};
use crate::handlers::list::{At, face_of};
use crate::handlers::record::{AtRecord, language};
use crate::handlers::{Pairs, Place, done, first, go, here, key, place, shown};
use crate::links;
use crate::pages::list::ListQuery;
use crate::pages::record::delete::{DeleteScreen, Touched, page as delete_screen};
use crate::pages::record::form::{FormGroup, FormInput, FormScreen, page as form_page};
use crate::pages::record::given::{Given, given, input_text};
use crate::pages::record::stale::{Clash, StaleScreen, Theirs, page as stale_page};
use crate::shown::{Cell, FieldView, Linked, Locked};
use crate::texts::Texts;
use crate::view::{View, at};
use crate::visitor::Reader;

/// What a form gives for the fields of a resource. Where a conflict was shown, a version counts as
/// chosen only by `keep.name`; without it the field still expects what was there before, and meets
/// the conflict again.
struct Filled {
    edit: EditRequest,
    /// What cannot be read.
    problems: Vec<FieldProblem>,
}

impl Filled {
    /// What became of planning this: what could not be read comes before what cannot be written.
    fn told<T>(
        problems: Vec<FieldProblem>,
        planned: Result<T, OfficeError>,
    ) -> Result<T, OfficeError> {
        match planned {
            planned if problems.is_empty() => planned,
            Err(OfficeError::Invalid(more)) => {
                let others = |found: &FieldProblem| {
                    problems.iter().all(|problem| problem.field != found.field)
                };
                let more: Vec<_> = more.into_iter().filter(others).collect();
                Err(OfficeError::Invalid(problems.into_iter().chain(more).collect()))
            }
            _ => Err(OfficeError::Invalid(problems)),
        }
    }
}

fn filled(view: &View<'_>, pairs: &Pairs, reader: format::Reader<'_>) -> Filled {
    let mut filled = Filled { edit: EditRequest::default(), problems: Vec::new() };
    for &index in &view.face.order {
        let field = &view.resource().fields[index];
        if view.face.fields[index].read_only.is_some() {
            continue;
        }
        let value = |prefix: &str| {
            first(pairs, &format!("{prefix}.{}", field.name)).and_then(Value::from_tagged)
        };
        let kept = first(pairs, &format!("keep.{}", field.name));
        let was = if kept.is_some() { value("theirs").or(value("was")) } else { value("was") };
        let seen = seen_field(view, index, pairs);
        let meant = meant_format(view, &seen, index, pairs);
        let input = match given(&seen, &meant, reader, pairs) {
            _ if kept == Some("theirs") => None,
            None | Some(Given::Unchanged | Given::Default) => continue,
            Some(Given::Null) => Some(Input::Null),
            Some(Given::Text(text)) => Some(Input::Text(text)),
            Some(Given::Value(value)) => Some(Input::Value(value)),
            Some(Given::Wrong(problem)) => {
                let problem = Problem::Input(problem);
                filled.problems.push(FieldProblem { field: field.name.clone(), problem });
                continue;
            }
        };
        filled.edit.set.extend(input.map(|input| (field.name.clone(), input)));
        filled.edit.expect.extend(was.map(|was| (field.name.clone(), was)));
    }
    filled
}

/// A field as the form showed it: an amount in the currency that the record had then.
fn seen_field(view: &View<'_>, index: usize, pairs: &Pairs) -> FieldView {
    view.with_currency(view.field(index), index, |currency| {
        let name = &view.resource().fields[currency].name;
        first(pairs, &format!("was.{name}"))
            .and_then(Value::from_tagged)
            .or_else(|| first(pairs, &format!("v.{name}")).map(|text| Value::Text(text.to_owned())))
    })
}

/// How a new text is meant: an amount in the currency that the form gives the record.
pub(crate) fn meant_format(
    view: &View<'_>,
    seen: &FieldView,
    index: usize,
    pairs: &Pairs,
) -> Format {
    let name = |currency: usize| &view.resource().fields[currency].name;
    view.currency_field(index)
        .and_then(|currency| first(pairs, &format!("v.{}", name(currency))))
        .filter(|code| !code.is_empty())
        .map_or_else(|| seen.format.clone(), |code| seen.format.in_currency(code))
}

/// The inputs of a form: with what a record holds, with what the form gave, with what is wrong.
pub(crate) fn groups(
    view: &View<'_>,
    reader: format::Reader<'_>,
    found: Option<&Shown>,
    pairs: &Pairs,
    problems: &[FieldProblem],
    t: &Texts,
) -> Vec<FormGroup> {
    let mut groups: Vec<FormGroup> = Vec::new();
    for &index in &view.face.order {
        let field = match found {
            Some(found) => {
                view.with_currency(view.field(index), index, |other| found.value(other).cloned())
            }
            None => seen_field(view, index, pairs),
        };
        let face = &view.face.fields[index];
        let value = found.and_then(|found| found.value(index)).cloned();
        let locked = face.read_only.map(crate::view::locked).or(field.locked);
        // What is kept is asked for where a new record cannot be without it.
        let is_asked = found.is_none() && field.required && locked == Some(Locked::Kept);
        let locked = locked.filter(|_| !is_asked);
        if found.is_none() && locked.is_some() {
            continue;
        }
        let at = found.and_then(|found| found.fields.iter().position(|(shown, _)| *shown == index));
        let title =
            at.and_then(|at| found.and_then(|found| found.titles.get(at)).and_then(Option::as_ref));
        let typed = first(pairs, &format!("v.{}", field.name));
        let is_null = if typed.is_some() {
            first(pairs, &format!("null.{}", field.name)).is_some()
        } else {
            value.as_ref().is_some_and(Value::is_null)
        };
        let was_sent = first(pairs, &format!("was.{}", field.name)).and_then(Value::from_tagged);
        let default = view.resource().fields[index].default.clone().or_else(|| {
            (found.is_none()
                && view.resource().fields[index].generated != kontor_model::Generated::No)
                .then(String::new)
        });
        let cell = view.cell(index, value.clone().unwrap_or_default(), title);
        let input = FormInput {
            text: typed.map_or_else(
                || {
                    value
                        .as_ref()
                        .map(|value| input_text(reader, &field, value))
                        .unwrap_or_default()
                },
                str::to_owned,
            ),
            is_null,
            was: was_sent.or(value),
            error: problems
                .iter()
                .find(|problem| problem.field == field.name)
                .map(|problem| field_text(t, problem)),
            default: if found.is_none() { default } else { None },
            cell,
            field: FieldView { locked, ..field },
        };
        let name =
            face.group.as_ref().map(|group| group.in_language(view.language.code()).to_owned());
        match groups.iter_mut().find(|group| group.title == name) {
            Some(group) => group.inputs.push(input),
            None => groups.push(FormGroup { title: name, inputs: vec![input] }),
        }
    }
    groups
}

/// What is wrong with the record as a whole.
fn general_problem(problems: &[FieldProblem], t: &Texts) -> Option<String> {
    let texts: Vec<String> = problems
        .iter()
        .filter(|problem| problem.field.is_empty())
        .map(|problem| field_text(t, problem))
        .collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

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
            backend: view.backend().clone(),
            resource: view.name().clone(),
            backend_title: view.backend_title(),
            resource_title: view.title(),
            title: String::new(),
            groups: groups(&view, shell.reader(), None, pairs, problems, shell.texts),
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

/// The titles of the records that a new one points to already. Where one cannot be found, its key
/// has to do.
async fn name_links(app: &App, place: &Place<Edit>, groups: &mut [FormGroup]) {
    let reading = place.permit.to_read();
    for input in groups.iter_mut().flat_map(|group| &mut group.inputs) {
        let Some(link) = input.field.link.as_ref().filter(|_| !input.text.is_empty()) else {
            continue;
        };
        let Ok(key) = key(&input.text) else { continue };
        if let Ok(found) = app.office.record(&reading, &link.resource, &key).await {
            input.cell.linked = Some(Linked { title: found.title, to: None });
        }
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
        let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
        let catalog = place.permit.backend.catalog()?;
        let reading = place.permit.to_read();
        let view = View {
            permit: &reading,
            catalog: &catalog,
            face: face_of(&catalog, &place)?,
            language: language(&reader),
        };
        let filled = filled(&view, &pairs, shell.reader());
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
) -> Result<Response, PageFailure> {
    let asked = place::<Edit>(&app, &reader, &backend, &resource);
    match asked {
        Ok(place) => {
            edit_form(&app, reader, &place, &record, &Vec::new(), &[], StatusCode::OK).await
        }
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
            backend: view.backend().clone(),
            resource: view.name().clone(),
            backend_title: view.backend_title(),
            resource_title: view.title(),
            title: found.title.clone(),
            groups: groups(&view, shell.reader(), Some(&found), pairs, problems, shell.texts),
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
        let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
        let catalog = place.permit.backend.catalog()?;
        let reading = place.permit.to_read();
        let view = View {
            permit: &reading,
            catalog: &catalog,
            face: face_of(&catalog, &place)?,
            language: language(&reader),
        };
        let filled = filled(&view, &pairs, shell.reader());
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
    let address = |record: &str| {
        key(record).map(|key| links::record(&place.permit.backend.name, &place.resource, &key))
    };
    match saved.await {
        Ok(None) => Ok(go(&address(&record).unwrap_or_default())),
        Ok(Some(applied)) => {
            let address = match applied.items.first() {
                Some(ItemState::Written(key)) => {
                    links::record(&place.permit.backend.name, &place.resource, key)
                }
                _ => return Ok(done(&address(&record).unwrap_or_default(), "unchanged", None)),
            };
            Ok(done(&address, "saved", Some(&applied.operation)))
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

/// Fields that somebody changed since the form was opened, told by what the form had seen.
fn left_alone(view: &View<'_>, found: &Shown, pairs: &Pairs) -> Vec<Conflict> {
    let changed = found.fields.iter().filter_map(|(index, now)| {
        let field = &view.resource().fields[*index].name;
        let seen =
            |prefix: &str| first(pairs, &format!("{prefix}.{field}")).and_then(Value::from_tagged);
        let before = seen("theirs").or_else(|| seen("was"))?;
        let is_changed = now.is_whole() && !before.is_same(now);
        is_changed.then(|| Conflict {
            field: field.clone(),
            before,
            theirs: now.clone(),
            mine: None,
        })
    });
    changed.collect()
}

/// Somebody else was faster: both versions are shown, nothing is lost.
async fn stale(
    app: &App,
    reader: Reader,
    place: &Place<Edit>,
    record: &str,
    pairs: &Pairs,
    conflicts: Vec<Conflict>,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let reading = place.permit.to_read();
    let asked = async {
        let key = key(record)?;
        let found = app.office.record(&reading, &place.resource, &key).await?;
        let catalog = found.catalog.clone();
        let view = View {
            permit: &reading,
            catalog: &catalog,
            face: &catalog.faces[found.face],
            language: language(&reader),
        };
        let mut met: Vec<Conflict> = conflicts
            .into_iter()
            .filter(|conflict| !conflict.theirs.is_same(&conflict.before))
            .collect();
        let alone = left_alone(&view, &found, pairs);
        let is_new = |one: &Conflict| met.iter().all(|conflict| conflict.field != one.field);
        let alone: Vec<Conflict> = alone.into_iter().filter(is_new).collect();
        met.extend(alone);
        let authors = app.office.authors(&reading, &place.resource, &found.key, &met).await?;
        let is_met = |name: &str| {
            let field = name.split_once('.').map(|(_, field)| field);
            met.iter().any(|conflict| field == Some(conflict.field.as_str()))
        };
        let (mut clashes, mut others) = (Vec::new(), Vec::new());
        for (conflict, author) in met.iter().zip(authors) {
            let Some(index) = view.resource().position(&conflict.field) else { continue };
            let cell =
                |value: &Value| Cell { editable: false, ..view.cell(index, value.clone(), None) };
            let theirs = Theirs {
                field: view
                    .with_currency(view.field(index), index, |other| found.value(other).cloned()),
                now: cell(&conflict.theirs),
                before: cell(&conflict.before),
                by: author.map(|author| (author.actor, at(author.at))),
            };
            match conflict.mine.as_ref().filter(|mine| !mine.is_same(&conflict.theirs)) {
                Some(mine) => clashes.push(Clash {
                    theirs,
                    mine: cell(mine),
                    text: first(pairs, &format!("v.{}", conflict.field))
                        .unwrap_or_default()
                        .to_owned(),
                    is_null: mine.is_null(),
                }),
                None => others.push(theirs),
            }
        }
        Ok::<_, OfficeError>(StaleScreen {
            record: view.record(&key),
            title: found.title.clone(),
            clashes,
            others,
            rest: pairs.iter().filter(|(name, _)| !is_met(name)).cloned().collect(),
        })
    };
    match asked.await {
        Ok(screen) => {
            let markup = stale_page(&shell, &screen);
            Ok((StatusCode::CONFLICT, shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}

/// What a deletion would do.
pub(crate) async fn delete_page(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
) -> Result<Response, PageFailure> {
    match place::<Edit>(&app, &reader, &backend, &resource) {
        Ok(place) => delete_form(&app, reader, &place, &record, None, StatusCode::OK).await,
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn delete_form(
    app: &App,
    reader: Reader,
    place: &Place<Edit>,
    record: &str,
    problem: Option<String>,
    status: StatusCode,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let reading = place.permit.to_read();
    let asked = async {
        let key = key(record)?;
        let found = app.office.record(&reading, &place.resource, &key).await?;
        let catalog = found.catalog.clone();
        let face = &catalog.faces[found.face];
        if let Some(reason) = face.read_only {
            return Err(OfficeError::ReadOnly(reason));
        }
        let view = View { permit: &reading, catalog: &catalog, face, language: language(&reader) };
        let touched = app.office.touched(&place.permit, &place.resource, &key).await?;
        let shown =
            |index: &usize| face.columns.contains(index) || face.title_fields.contains(index);
        Ok::<_, OfficeError>(DeleteScreen {
            record: view.record(&found.key),
            title: found.title.clone(),
            resource_title: view.title(),
            fields: found
                .fields
                .iter()
                .zip(&found.titles)
                .filter(|((index, _), _)| shown(index))
                .map(|((index, value), title)| {
                    let field = view.with_currency(view.field(*index), *index, |other| {
                        found.value(other).cloned()
                    });
                    (
                        field,
                        Cell {
                            editable: false,
                            ..view.cell(*index, value.clone(), title.as_ref())
                        },
                    )
                })
                .collect(),
            touched: touched.iter().map(|touched| touched_line(&view, touched)).collect(),
            marks: face.soft_delete.as_ref().map(|soft| view.field(soft.field).title),
            reversible: !touched.iter().any(kontor_office::Touched::is_final),
            problem,
            expected: found
                .fields
                .iter()
                .filter(|(_, value)| value.is_whole())
                .map(|(index, value)| {
                    (format!("was.{}", view.resource().fields[*index].name), value.to_tagged())
                })
                .collect(),
        })
    };
    match asked.await {
        Ok(screen) => {
            let markup = delete_screen(&shell, &screen);
            Ok((status, shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}

/// Records that a deletion touches, with the list where they are found.
pub(crate) fn touched_line(view: &View<'_>, touched: &kontor_office::Touched) -> Touched {
    let from = view.of(&view.catalog.faces[touched.face]);
    let filter = touched.filter.clone().unwrap_or_default();
    let query = ListQuery { filter, ..ListQuery::default() };
    Touched {
        title: from.title(),
        link: query.address(from.backend(), from.name()),
        count: touched.count,
        fate: touched.fate,
    }
}

/// Whether a deletion that cannot be taken back as a whole was confirmed by typing the title.
async fn confirmed(
    app: &App,
    place: &Place<Edit>,
    key: &RecordKey,
    pairs: &Pairs,
) -> Result<bool, OfficeError> {
    let touched = app.office.touched(&place.permit, &place.resource, key).await?;
    if !touched.iter().any(kontor_office::Touched::is_final) {
        return Ok(true);
    }
    let reading = place.permit.to_read();
    let found = app.office.record(&reading, &place.resource, key).await?;
    Ok(first(pairs, "confirm").is_some_and(|typed| typed.trim() == found.title.trim()))
}

/// Deletes a record that is still as it was shown.
pub(crate) async fn delete(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record)): AtRecord,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let place: Place<Edit> = match place(&app, &reader, &backend, &resource) {
        Ok(place) => place,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let deleted = async {
        let expect: Vec<(String, Value)> = pairs
            .iter()
            .filter_map(|(name, value)| {
                Some((name.strip_prefix("was.")?.to_owned(), Value::from_tagged(value)?))
            })
            .collect();
        if !confirmed(&app, &place, &key(&record)?, &pairs).await? {
            return Ok(None);
        }
        let plan =
            app.office.plan_delete(&place.permit, &place.resource, &key(&record)?, &expect).await?;
        let is_final = plan.change.is_final;
        let applied = app.office.apply(&reader.actor, &place.permit.backend, plan).await?;
        Ok(Some((!is_final).then_some(applied.operation)))
    };
    match deleted.await {
        Ok(None) => {
            let problem = Some(language(&reader).texts().get("delete-not-confirmed").into_owned());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            delete_form(&app, reader, &place, &record, problem, status).await
        }
        Ok(Some(undo)) => Ok(done(
            &links::list(&place.permit.backend.name, &place.resource),
            "deleted",
            undo.as_deref(),
        )),
        Err(error @ (OfficeError::Invalid(_) | OfficeError::Stale { .. })) => {
            let t = language(&reader).texts();
            let problem = told(t, &error).text;
            delete_form(&app, reader, &place, &record, Some(problem), StatusCode::CONFLICT).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}
