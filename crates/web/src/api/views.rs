//! Saved views.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_office::{NewView, OfficeError, Owner, Permit, Read, View, ViewDefinition, Word as _};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::described::Described;
use super::extract::{At, InResource, Sent};
use super::json::json;
use super::problem::{Problem, ReadRefusals, WriteRefusals};
use super::records::CountAnswer;
use super::words;
use crate::app::App;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_list, list)
        .with(__path_save, save)
        .with(__path_show, show)
        .with(__path_remove, remove)
        .with(__path_count, count)
}

/// Whose a view is.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
enum ViewOwner {
    /// Your own.
    #[default]
    Personal,
    /// A team's, by its name.
    Team(String),
    /// Everybody's with a role on the backend: `reader`, `editor` or `administrator`.
    Role(String),
}

/// What a view keeps of a list.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ViewDefinition, example = json!({"filter": "status = open", "sort": "-placed_at"}))]
struct Kept {
    /// The filter in its text form.
    filter: String,
    /// Words of the search box.
    search: String,
    /// The order, a minus before what descends.
    sort: String,
    /// Names of the columns; the resource's own when empty.
    columns: Vec<String>,
    /// Whether it stands there without a counter.
    hides_count: bool,
    /// Whether the list opens with it.
    opens_first: bool,
}

/// A saved view.
#[derive(Serialize, ToSchema)]
#[schema(as = View)]
struct ViewAnswer {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Whose it is.
    owner: ViewOwner,
    /// What it keeps.
    definition: Kept,
    /// When it was made, RFC 3339.
    created: String,
}

impl ViewAnswer {
    fn of(view: View) -> Result<Self, OfficeError> {
        let definition: ViewDefinition = view.definition.read()?;
        Ok(Self {
            id: view.id,
            name: view.name,
            owner: match view.owner {
                Owner::User(_) => ViewOwner::Personal,
                Owner::Team(team) => ViewOwner::Team(team),
                Owner::Role(role) => ViewOwner::Role(role.as_word().to_owned()),
            },
            definition: Kept {
                filter: definition.filter,
                search: definition.search,
                sort: definition.sort,
                columns: definition.columns,
                hides_count: definition.hides_count,
                opens_first: definition.opens_first,
            },
            created: words::instant(view.created),
        })
    }
}

/// The views of a resource.
#[derive(Serialize, ToSchema)]
struct ViewList {
    /// Your own, your teams', your role's.
    views: Vec<ViewAnswer>,
}

/// The saved views of a resource that you find.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/views", operation_id = "listViews",
    tag = "Views", params(InResource),
    responses((status = 200, description = "The views", body = ViewList), ReadRefusals)
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InResource>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let found = app.office.views(&permit, &at.name()).await;
    let views = found.and_then(|views| views.into_iter().map(ViewAnswer::of).collect());
    Ok(json(StatusCode::OK, &ViewList { views: views.map_err(|error| caller.told(error))? }))
}

/// A view that shall be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewToSave {
    /// Its name, at most 80 characters.
    name: String,
    /// Whose it shall be; your own without it.
    #[serde(default)]
    owner: ViewOwner,
    /// What it keeps.
    #[serde(default)]
    definition: Kept,
    /// The id of a view that this one takes the place of.
    replaces: Option<String>,
}

impl ViewToSave {
    fn new_view(self, caller: &Caller) -> Result<NewView, OfficeError> {
        Ok(NewView {
            name: self.name,
            owner: match self.owner {
                ViewOwner::Personal => Owner::User(caller.0.user.id.clone()),
                ViewOwner::Team(team) => Owner::Team(team),
                ViewOwner::Role(word) => Owner::Role(words::role(&word)?),
            },
            definition: ViewDefinition {
                filter: self.definition.filter,
                search: self.definition.search,
                sort: self.definition.sort,
                columns: self.definition.columns,
                hides_count: self.definition.hides_count,
                opens_first: self.definition.opens_first,
            },
        })
    }
}

/// Saves a view.
#[utoipa::path(
    post, path = "/backends/{backend}/resources/{resource}/views", operation_id = "saveView",
    tag = "Views", params(InResource), request_body = ViewToSave,
    responses((status = 201, description = "The view", body = ViewAnswer), WriteRefusals)
)]
async fn save(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InResource>,
    Sent(mut sent): Sent<ViewToSave>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let replaced = sent.replaces.take();
    let saved = async {
        if let Some(id) = &replaced {
            app.office.view(&permit, id).await?;
        }
        let view = app.office.save_view(&permit, &at.name(), sent.new_view(&caller)?).await?;
        if let Some(id) = &replaced {
            app.office.remove_view(&permit, id).await?;
        }
        ViewAnswer::of(view)
    };
    let view = saved.await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::CREATED, &view))
}

/// A view in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InView {
    /// Name of the backend.
    backend: String,
    /// Name of the resource.
    resource: String,
    /// Id of the view.
    view: String,
}

/// The view of an address, in the resource of the address.
async fn found(app: &App, permit: &Permit<Read>, at: &InView) -> Result<View, OfficeError> {
    let view = app.office.view(permit, &at.view).await?;
    if view.resource == at.resource {
        return Ok(view);
    }
    Err(OfficeError::Unknown { what: "view", name: at.view.clone() })
}

/// A saved view.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/views/{view}", operation_id = "showView",
    tag = "Views", params(InView),
    responses((status = 200, description = "The view", body = ViewAnswer), ReadRefusals)
)]
async fn show(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InView>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let view = found(&app, &permit, &at).await.and_then(ViewAnswer::of);
    Ok(json(StatusCode::OK, &view.map_err(|error| caller.told(error))?))
}

/// How many records a view has: a saved view is a work queue.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/views/{view}/count",
    operation_id = "countView", tag = "Views", params(InView),
    responses((status = 200, description = "How many", body = CountAnswer), ReadRefusals)
)]
async fn count(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InView>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let counted = async {
        let view = found(&app, &permit, &at).await?;
        app.office.view_count(&permit, &view).await
    };
    let count = counted.await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &CountAnswer::from(count)))
}

/// Removes a view.
#[utoipa::path(
    delete, path = "/backends/{backend}/resources/{resource}/views/{view}",
    operation_id = "removeView", tag = "Views", params(InView),
    responses((status = 204, description = "It is removed"), WriteRefusals)
)]
async fn remove(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InView>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let removed = async {
        found(&app, &permit, &at).await?;
        app.office.remove_view(&permit, &at.view).await
    };
    removed.await.map_err(|error| caller.told(error))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
