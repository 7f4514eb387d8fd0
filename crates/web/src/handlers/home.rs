//! The mosaic of all backends, and what is nowhere.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::{BackendName, ResourceName};
use kontor_office::{BackendCondition, Manage, Permit, Read, View, ViewDefinition};

use crate::app::App;
use crate::components::shell::Here;
use crate::failure::PageFailure;
use crate::frame::health;
use crate::handlers::shown;
use crate::pages::mosaic::{Mosaic, Tile, ViewTile, page};
use crate::pages::{failure, list::ListQuery};
use crate::texts::{Language, Texts};
use crate::view::at;
use crate::visitor::{Reader, Visitor};

/// The start page.
pub(crate) async fn mosaic(
    State(app): State<App>,
    reader: Reader,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(&app, Some(&reader.actor), Here::Mosaic).await;
    let mut tiles = Vec::new();
    for permit in app.office.readable(&reader.actor) {
        let proposals = open_proposals(&app, &permit).await;
        tiles.push(Tile { proposals, ..tile(&permit, shell.language()) });
    }
    let views = match app.office.own_views(&reader.actor).await {
        Ok(views) => views,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let views =
        views.iter().take(12).filter_map(|view| view_tile(&app, &reader, view, shell.texts));
    let screen = Mosaic { tiles, views: views.collect(), may_connect: reader.actor.administers() };
    let markup = page(&shell, &screen);
    Ok(shown(&shell, markup))
}

/// How many proposals wait for this reader. A number that cannot be told must not close the mosaic.
async fn open_proposals(app: &App, permit: &Permit<Read>) -> usize {
    let Ok(permit) = app.office.permit::<Manage>(&permit.actor, &permit.backend.name) else {
        return 0;
    };
    app.office.proposals(&permit).await.map_or(0, |proposals| proposals.open.len())
}

fn tile(permit: &Permit<Read>, language: Language) -> Tile {
    let backend = &permit.backend;
    let manifest = backend.manifest();
    let state = backend.health();
    let catalog = backend.catalog().ok();
    let faces = catalog
        .as_ref()
        .map(|catalog| catalog.faces.iter().filter(|face| !face.hidden).collect::<Vec<_>>())
        .unwrap_or_default();
    Tile {
        name: backend.name.clone(),
        title: manifest.title.in_language(language.code()).to_owned(),
        purpose: manifest
            .description
            .as_ref()
            .map(|text| text.in_language(language.code()).to_owned()),
        owner: manifest.owner.clone(),
        engine: backend.engine(),
        health: health(&state),
        problem: match &state.condition {
            // Addresses and messages of a backend are for those who look after it.
            BackendCondition::Down { failure, .. } if permit.has::<Manage>() => {
                Some(failure.to_string())
            }
            BackendCondition::Down { failure, .. } => Some(failure.kind.to_string()),
            _ => None,
        },
        latency: state.latency.and_then(|latency| u64::try_from(latency.as_millis()).ok()),
        resources: faces.len(),
        writable: faces.iter().filter(|face| face.read_only.is_none()).count(),
        checked: state.checked.map(at),
        proposals: 0,
    }
}

fn view_tile(app: &App, reader: &Reader, view: &View, texts: &Texts) -> Option<ViewTile> {
    let name = BackendName::new(&view.backend).ok()?;
    let permit: Permit<Read> = app.office.permit(&reader.actor, &name).ok()?;
    let resource = ResourceName::new(&view.resource);
    let definition: ViewDefinition = view.definition.read().ok()?;
    let query = query_of(&view.id, &definition);
    let catalog = permit.backend.catalog().ok();
    let title = catalog
        .as_ref()
        .and_then(|catalog| catalog.face(&resource))
        .map(|face| face.title.in_language(texts.language().code()).to_owned());
    Some(ViewTile {
        title: view.name.clone(),
        place: format!(
            "{} · {}",
            permit.backend.manifest().title.in_language(texts.language().code()),
            title.unwrap_or_else(|| view.resource.clone())
        ),
        link: query.address(&name, &resource),
        counter: format!("{}&short=1", query.part(&name, &resource, "count")),
    })
}

/// The state of a list that a view keeps.
pub(crate) fn query_of(id: &str, definition: &ViewDefinition) -> ListQuery {
    let columns = definition.columns.join(",");
    let pairs = [
        ("view", id),
        ("f", definition.filter.as_str()),
        ("q", definition.search.as_str()),
        ("s", definition.sort.as_str()),
        ("c", columns.as_str()),
    ];
    ListQuery::from_pairs(pairs)
}

/// An address that leads nowhere.
pub(crate) async fn not_found(State(app): State<App>, visitor: Visitor) -> Response {
    let shell = visitor.frame.shell(&app, visitor.actor.as_ref(), Here::Elsewhere).await;
    if visitor.actor.is_none() {
        return PageFailure::sign_in_first(&visitor.frame).into_response();
    }
    let screen = failure::Failure {
        status: 404,
        title: shell.texts.get("failure-not-found").into_owned(),
        text: shell.texts.get("failure-no-page").into_owned(),
        written: None,
        backend: None,
        operation: None,
        retry: None,
    };
    (StatusCode::NOT_FOUND, failure::show(&shell, &screen)).into_response()
}
