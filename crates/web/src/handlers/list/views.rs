//! The saved views of a list.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use kontor_office::{
    Manage, NewView, OfficeError, Owner, Read, Role, View as SavedView, ViewDefinition,
};

use super::{At, query};
use crate::app::App;
use crate::failure::PageFailure;
use crate::handlers::home::query_of;
use crate::handlers::{Pairs, Place, done, first, go, place};
use crate::pages::list::{ListQuery, ViewScope, ViewTab};
use crate::view::View;
use crate::visitor::Reader;

/// A view as a tab over the list.
pub(super) fn tab(view: &View<'_>, saved: &SavedView) -> ViewTab {
    let definition: ViewDefinition = saved.definition.read().unwrap_or_default();
    let (scope, is_own) = match &saved.owner {
        Owner::User(_) => (ViewScope::Personal, true),
        Owner::Team(_) => (ViewScope::Team, true),
        Owner::Role(_) => (ViewScope::Everybody, view.permit.has::<Manage>()),
    };
    ViewTab {
        id: saved.id.clone(),
        title: saved.name.clone(),
        query: query_of(&saved.id, &definition),
        scope,
        count: None,
        counted: !definition.hides_count,
        opens_first: definition.opens_first,
        is_own,
    }
}

/// The address of the view that a list opens with.
pub(super) async fn opening(
    app: &App,
    reader: &Reader,
    backend: &str,
    resource: &str,
) -> Result<Option<String>, OfficeError> {
    let place: Place<Read> = place(app, reader, backend, resource)?;
    let first = app.office.first_view(&place.permit, &place.resource).await?;
    Ok(first.map(|(view, definition)| {
        query_of(&view.id, &definition).address(&place.permit.backend.name, &place.resource)
    }))
}

/// Saves, overwrites or removes a view.
pub(crate) async fn save_view(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    match save(&app, &reader, &backend, &resource, &pairs).await {
        Ok(response) => Ok(response),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn save(
    app: &App,
    reader: &Reader,
    backend: &str,
    resource: &str,
    pairs: &Pairs,
) -> Result<Response, OfficeError> {
    let place: Place<Read> = place(app, reader, backend, resource)?;
    let query = query(pairs);
    if let Some(id) = first(pairs, "delete") {
        app.office.remove_view(&place.permit, id).await?;
        let query = ListQuery { view: None, ..query };
        return Ok(go(&query.address(&place.permit.backend.name, &place.resource)));
    }
    let owner = match (first(pairs, "scope"), reader.actor.teams.first()) {
        (Some("team"), Some(team)) => Owner::Team(team.clone()),
        (Some("everybody"), _) => Owner::Role(Role::Reader),
        _ => Owner::User(reader.actor.user.id.clone()),
    };
    let definition = ViewDefinition {
        filter: query.filter.clone(),
        search: query.search.clone(),
        sort: query.sort_text(),
        columns: query.columns.iter().map(|column| column.field.clone()).collect(),
        hides_count: first(pairs, "counted").is_none(),
        opens_first: first(pairs, "first").is_some(),
    };
    let new =
        NewView { name: first(pairs, "title").unwrap_or_default().to_owned(), owner, definition };
    let saved = app.office.save_view(&place.permit, &place.resource, new).await?;
    if let Some(old) = first(pairs, "id") {
        app.office.remove_view(&place.permit, old).await?;
    }
    let query = ListQuery { view: Some(saved.id), ..query };
    Ok(done(&query.address(&place.permit.backend.name, &place.resource), "view-saved", None))
}
