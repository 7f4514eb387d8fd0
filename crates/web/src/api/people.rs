//! The people and their rights, for administrators who have signed in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::BackendName;
use kontor_office::{Account, EVERY_BACKEND, Grant, OfficeError, User, Word as _};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::described::Described;
use super::extract::{At, Sent};
use super::json::json;
use super::problem::{OwnReadRefusals, OwnWriteRefusals, Problem};
use super::words;
use crate::app::App;
use crate::links;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_list, list)
        .with(__path_invite, invite)
        .with(__path_show, show)
        .with(__path_set_rights, set_rights)
        .with(__path_reset, reset)
}

/// A role on a backend.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Grant, example = json!({"backend": "*", "role": "reader"}))]
struct GrantAnswer {
    /// The backend's name, or `*` for every backend.
    backend: String,
    /// `reader`, `editor` or `administrator`.
    role: String,
}

impl GrantAnswer {
    fn grant(&self) -> Result<Grant, OfficeError> {
        if self.backend != EVERY_BACKEND {
            BackendName::new(&self.backend).map_err(|error| OfficeError::Parameter {
                what: "backend",
                problem: error.to_string(),
            })?;
        }
        Ok(Grant { backend: self.backend.clone(), role: words::role(&self.role)? })
    }
}

fn grants(given: &[GrantAnswer]) -> Result<Vec<Grant>, OfficeError> {
    given.iter().map(GrantAnswer::grant).collect()
}

/// A person.
#[derive(Serialize, ToSchema)]
struct Person {
    /// Their id.
    id: String,
    /// Their name.
    name: String,
    /// Their e-mail address.
    email: String,
    /// Whether they administer Kontor itself.
    is_administrator: bool,
    /// Whether they may not sign in any more.
    is_disabled: bool,
    /// Whether they were invited and have not come yet.
    is_invited: bool,
    /// Their roles by backend.
    grants: Vec<GrantAnswer>,
    /// Their teams.
    teams: Vec<String>,
    /// When they were added, RFC 3339.
    created: String,
}

impl Person {
    fn of(user: User, grants: Vec<Grant>, teams: Vec<String>) -> Self {
        let grants = grants.into_iter().map(|grant| GrantAnswer {
            backend: grant.backend,
            role: grant.role.as_word().to_owned(),
        });
        Self {
            id: user.id,
            name: user.name,
            email: user.email,
            is_administrator: user.is_admin,
            is_disabled: user.disabled,
            is_invited: user.password_hash.is_none(),
            grants: grants.collect(),
            teams,
            created: words::instant(user.created),
        }
    }
}

impl From<Account> for Person {
    fn from(account: Account) -> Self {
        Self::of(account.user, account.grants, account.teams)
    }
}

/// The people.
#[derive(Serialize, ToSchema)]
struct PersonList {
    /// By name.
    people: Vec<Person>,
}

/// The people with their rights. For administrators who have signed in.
#[utoipa::path(
    get, path = "/people", operation_id = "listPeople", tag = "People",
    responses((status = 200, description = "The people", body = PersonList), OwnReadRefusals)
)]
async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let accounts = app.office.accounts(&caller.0).await.map_err(|error| caller.told(error))?;
    let people = accounts.into_iter().map(Person::from).collect();
    Ok(json(StatusCode::OK, &PersonList { people }))
}

/// Somebody who shall be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Anna", "email": "anna@example.org", "grants": [{"backend": "shop", "role": "editor"}]}))]
struct Invitation {
    /// Their name.
    name: String,
    /// Their e-mail address.
    email: String,
    /// Whether they shall administer Kontor itself.
    #[serde(default)]
    is_administrator: bool,
    /// Their roles by backend.
    #[serde(default)]
    grants: Vec<GrantAnswer>,
}

/// Somebody who was invited.
#[derive(Serialize, ToSchema)]
struct Invited {
    /// The person.
    person: Person,
    /// The address that they open to choose a password; valid for a week, and shown only now.
    link: String,
}

/// Invites somebody. For administrators who have signed in.
#[utoipa::path(
    post, path = "/people", operation_id = "invitePerson", tag = "People", request_body = Invitation,
    responses((status = 201, description = "The person, and where they begin", body = Invited), OwnWriteRefusals)
)]
async fn invite(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<Invitation>,
) -> Result<Response, Problem> {
    let invited = async {
        let grants = grants(&sent.grants)?;
        let Invitation { name, email, is_administrator, .. } = sent;
        let (user, secret) =
            app.office.invite(&caller.0, &name, &email, is_administrator, &grants).await?;
        let person = Person::of(user, grants, Vec::new());
        Ok(Invited { person, link: links::welcome(&secret) })
    };
    let invited = invited.await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::CREATED, &invited))
}

/// A person in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InPerson {
    /// The person's id.
    id: String,
}

/// A person with their rights. For administrators who have signed in.
#[utoipa::path(
    get, path = "/people/{id}", operation_id = "showPerson", tag = "People", params(InPerson),
    responses((status = 200, description = "The person", body = Person), OwnReadRefusals)
)]
async fn show(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InPerson>,
) -> Result<Response, Problem> {
    let account = app.office.account(&caller.0, &at.id).await;
    let account = account.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &Person::from(account)))
}

/// What somebody may do; all of it is replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rights {
    /// Whether they administer Kontor itself.
    is_administrator: bool,
    /// Whether they may not sign in any more; their sessions end.
    #[serde(default)]
    is_disabled: bool,
    /// Their roles by backend; those that are not named are withdrawn.
    grants: Vec<GrantAnswer>,
    /// Their teams.
    #[serde(default)]
    teams: Vec<String>,
}

/// Sets what somebody may do. For administrators who have signed in.
#[utoipa::path(
    put, path = "/people/{id}/rights", operation_id = "setRights", tag = "People",
    params(InPerson), request_body = Rights,
    responses((status = 200, description = "The person as they are now", body = Person), OwnWriteRefusals)
)]
async fn set_rights(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InPerson>,
    Sent(sent): Sent<Rights>,
) -> Result<Response, Problem> {
    let set = async {
        let mut account = app.office.account(&caller.0, &at.id).await?;
        account.user.is_admin = sent.is_administrator;
        account.user.disabled = sent.is_disabled;
        account.grants = grants(&sent.grants)?;
        account.teams = sent.teams;
        app.office.set_rights(&caller.0, &account).await?;
        app.office.account(&caller.0, &at.id).await
    };
    let account = set.await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &Person::from(account)))
}

/// A link with which somebody chooses a new password.
#[derive(Serialize, ToSchema)]
struct ResetLink {
    /// The address that they open; valid for a day, and shown only now.
    link: String,
}

/// Makes a link with which somebody chooses a new password. For administrators who have signed in.
#[utoipa::path(
    post, path = "/people/{id}/reset-link", operation_id = "makeResetLink", tag = "People",
    params(InPerson),
    responses((status = 201, description = "The link", body = ResetLink), OwnWriteRefusals)
)]
async fn reset(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InPerson>,
) -> Result<Response, Problem> {
    let secret = app.office.reset_link(&caller.0, &at.id).await;
    let secret = secret.map_err(|error| caller.told(error))?;
    let body = ResetLink { link: links::welcome(&secret) };
    Ok(json(StatusCode::CREATED, &body).into_response())
}
