//! Deleting one record.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::{RecordKey, Value};
use kontor_office::{Edit, OfficeError};

use crate::app::App;
use crate::failure::{PageFailure, told};
use crate::handlers::record::{AtRecord, language};
use crate::handlers::{Pairs, Place, done, first, here, key, place, shown};
use crate::links;
use crate::pages::list::ListQuery;
use crate::pages::record::delete::{DeleteScreen, Touched, page as delete_screen};
use crate::shown::Cell;
use crate::view::View;
use crate::visitor::Reader;

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
