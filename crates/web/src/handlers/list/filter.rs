//! The filter builder of a list.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kontor_model::filter::Filter;
use kontor_office::{OfficeError, Read};

use super::{At, face_of, linked_fields, query};
use crate::app::App;
use crate::failure::PageFailure;
use crate::handlers::{Pairs, Place, first, go, here, place, shown};
use crate::pages::list::builder::{BuilderScreen, Part};
use crate::pages::list::describe;
use crate::view::View;
use crate::visitor::Reader;

/// The filter builder; with `do=apply` the list with the new filter.
pub(crate) async fn filter(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    let (place, builder) = match builder(&app, &reader, &backend, &resource, &pairs) {
        Ok(found) => found,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
    let mut screen = builder;
    if first(&pairs, "do") == Some("apply") {
        let names = describe::Names { fields: &screen.fields, linked: &screen.linked };
        let before = Filter::parse(&screen.query.filter).unwrap_or_else(|_| Filter::everything());
        match screen.part.put_into(shell.texts, &before, names, shell.reader()) {
            Ok(filter) => {
                return Ok(go(&screen
                    .query
                    .with_filter(filter.to_string())
                    .address(&screen.backend, &screen.resource)));
            }
            Err(problem) => screen.error = Some(problem),
        }
    }
    let markup = if reader.frame.is_fragment {
        crate::pages::list::builder::fragment(&shell, &screen)
    } else {
        crate::pages::list::builder::page(&shell, &screen)
    };
    Ok(shown(&shell, markup))
}

fn builder(
    app: &App,
    reader: &Reader,
    backend: &str,
    resource: &str,
    pairs: &Pairs,
) -> Result<(Place<Read>, BuilderScreen), OfficeError> {
    let place: Place<Read> = place(app, reader, backend, resource)?;
    let language =
        crate::texts::Language::from_code(&reader.actor.user.language).unwrap_or_default();
    let catalog = place.permit.backend.catalog()?;
    let face = face_of(&catalog, &place)?;
    let view = View { permit: &place.permit, catalog: &catalog, face, language };
    let query = query(pairs);
    let filter = Filter::parse(&query.filter).unwrap_or_else(|_| Filter::everything());
    let at = first(pairs, "at").and_then(|at| at.parse().ok());
    let (fields, linked) = (view.fields(), linked_fields(app, &view));
    let names = describe::Names { fields: &fields, linked: &linked };
    let zone = jiff::tz::TimeZone::get(&reader.actor.user.time_zone);
    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
    let part = Part::from_pairs(pairs).unwrap_or_else(|| {
        Part::of(&filter, at, names, crate::format::Reader { language, zone: &zone })
    });
    let screen = BuilderScreen {
        backend: view.backend().clone(),
        resource: view.name().clone(),
        title: view.title(),
        fields,
        linked,
        query,
        part,
        error: None,
    };
    Ok((place, screen))
}
