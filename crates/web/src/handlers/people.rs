//! The people who work here: inviting them, what they may do, their ways in.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kontor_model::BackendName;
use kontor_office::{Account, EVERY_BACKEND, Grant, OfficeError, PeopleError, Role as OfficeRole};

use crate::app::App;
use crate::components::shell::Here;
use crate::failure::{PageFailure, people_text};
use crate::handlers::account::{session_row, token_rows};
use crate::handlers::record::language;
use crate::handlers::{Pairs, done, first, shown};
use crate::links;
use crate::pages::people::{
    PeopleScreen, PersonRow, PersonScreen, PersonState, Role, list as list_page,
    person as person_page,
};
use crate::view::at;
use crate::visitor::Reader;

/// What an action on the list has to tell beside the list.
#[derive(Default)]
struct Told {
    invitation: Option<(String, String)>,
    email: String,
    email_error: Option<String>,
}

/// The list.
pub(crate) async fn list(State(app): State<App>, reader: Reader) -> Result<Response, PageFailure> {
    answer_list(&app, reader, Told::default(), StatusCode::OK).await
}

async fn answer_list(
    app: &App,
    reader: Reader,
    told: Told,
    status: StatusCode,
) -> Result<Response, PageFailure> {
    let people = async {
        let mut rows = Vec::new();
        for account in app.office.accounts(&reader.actor).await? {
            rows.push(row(app, &reader, &account).await?);
        }
        Ok::<_, OfficeError>(rows)
    };
    match people.await {
        Ok(people) => {
            let shell = reader.frame.shell(app, Some(&reader.actor), Here::People).await;
            let screen = PeopleScreen {
                people,
                invitation: told.invitation,
                email: told.email,
                email_error: told.email_error,
            };
            let markup = list_page(&shell, &screen);
            Ok((status, shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}

async fn row(app: &App, reader: &Reader, account: &Account) -> Result<PersonRow, OfficeError> {
    let user = &account.user;
    let sessions = app.office.sessions_of(&reader.actor, &user.id).await?;
    let exceptions = account.grants.iter().filter(|grant| grant.backend != EVERY_BACKEND).count();
    Ok(PersonRow {
        id: user.id.clone(),
        name: if user.name.is_empty() { user.email.clone() } else { user.name.clone() },
        email: user.email.clone(),
        role: general_role(account),
        exceptions: if user.is_admin { 0 } else { exceptions },
        state: match (user.disabled, &user.password_hash) {
            (true, _) => PersonState::Disabled,
            (false, None) => PersonState::Invited,
            (false, Some(_)) => PersonState::Active,
        },
        last_seen: sessions.iter().map(|session| session.last_seen).max().map(at),
    })
}

fn shown_role(role: OfficeRole) -> Role {
    match role {
        OfficeRole::Administrator => Role::Administrator,
        OfficeRole::Editor => Role::Editor,
        OfficeRole::Reader => Role::Reader,
    }
}

/// The role where no backend says otherwise. To administer everywhere is to administer Kontor
/// itself; managing all backends without that is shown as the most that the list offers below it.
fn general_role(account: &Account) -> Role {
    if account.user.is_admin {
        return Role::Administrator;
    }
    let general = account.grants.iter().find(|grant| grant.backend == EVERY_BACKEND);
    match general.map(|grant| grant.role) {
        Some(OfficeRole::Administrator | OfficeRole::Editor) => Role::Editor,
        Some(OfficeRole::Reader) => Role::Reader,
        None => Role::Nothing,
    }
}

fn granted(role: Role) -> Option<OfficeRole> {
    match role {
        Role::Administrator => Some(OfficeRole::Administrator),
        Role::Editor => Some(OfficeRole::Editor),
        Role::Reader => Some(OfficeRole::Reader),
        Role::Nothing => None,
    }
}

/// The grants of a general role with its exceptions. A backend can be left out of a general role
/// only by naming all the others; those that are connected later are left out then as well.
fn grants(general: Role, exceptions: &[(String, Role)], backends: &[BackendName]) -> Vec<Grant> {
    let named = |name: &str| exceptions.iter().find(|(other, _)| other == name).map(|(_, r)| *r);
    let is_left_out = exceptions.iter().any(|(_, role)| *role == Role::Nothing);
    if general == Role::Administrator {
        return Vec::new();
    }
    if is_left_out {
        let each = backends.iter().filter_map(|name| {
            let role = granted(named(name.as_str()).unwrap_or(general))?;
            Some(Grant { backend: name.to_string(), role })
        });
        return each.collect();
    }
    let everywhere = granted(general).map(|role| Grant { backend: EVERY_BACKEND.to_owned(), role });
    let exceptions = exceptions.iter().filter_map(|(backend, role)| {
        Some(Grant { backend: backend.clone(), role: granted(*role)? })
    });
    everywhere.into_iter().chain(exceptions).collect()
}

/// An address of ours as somebody else has to type it.
fn absolute(app: &App, headers: &HeaderMap, path: &str) -> String {
    let scheme = if app.secure_cookies { "https" } else { "http" };
    match headers.get(header::HOST).and_then(|host| host.to_str().ok()) {
        Some(host) => format!("{scheme}://{host}{path}"),
        None => path.to_owned(),
    }
}

/// Invites somebody; the link is in this one answer and nowhere else.
pub(crate) async fn invite(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let email = first(&pairs, "email").unwrap_or_default().trim().to_owned();
    let role = first(&pairs, "role").and_then(Role::from_code).unwrap_or(Role::Reader);
    let grants = grants(role, &[], &[]);
    // Their own name is what they choose when they come in.
    let name = email.split('@').next().filter(|name| !name.is_empty()).unwrap_or("?").to_owned();
    let is_admin = role == Role::Administrator;
    match app.office.invite(&reader.actor, &name, &email, is_admin, &grants).await {
        Ok((user, secret)) => {
            let link = absolute(&app, &headers, &links::welcome(&secret));
            let told = Told { invitation: Some((user.email, link)), ..Told::default() };
            answer_list(&app, reader, told, StatusCode::OK).await
        }
        Err(OfficeError::People(problem)) => {
            let error = people_text(language(&reader).texts(), &problem);
            let told = Told { email, email_error: Some(error), invitation: None };
            answer_list(&app, reader, told, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// One person.
pub(crate) async fn person(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    answer_person(&app, reader, &id, None, None).await
}

async fn answer_person(
    app: &App,
    reader: Reader,
    id: &str,
    reset_link: Option<String>,
    problem: Option<String>,
) -> Result<Response, PageFailure> {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    match person_screen(app, &reader, id).await {
        Ok(screen) => {
            let shell = reader.frame.shell(app, Some(&reader.actor), Here::People).await;
            let markup = person_page(&shell, &PersonScreen { reset_link, problem, ..screen });
            Ok((status, shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}

async fn person_screen(app: &App, reader: &Reader, id: &str) -> Result<PersonScreen, OfficeError> {
    let account = app.office.account(&reader.actor, id).await?;
    let sessions = app.office.sessions_of(&reader.actor, id).await?;
    let tokens = app.office.tokens_of(&reader.actor, id).await?;
    let code = language(reader).code();
    let role_on = |name: &BackendName| {
        let grant = account.grants.iter().find(|grant| grant.backend == name.as_str());
        grant.map(|grant| shown_role(grant.role))
    };
    let roles = app.office.all_backends().into_iter().map(|backend| {
        let title = backend.manifest().title.in_language(code).to_owned();
        (backend.name.clone(), title, role_on(&backend.name))
    });
    let own = match &reader.actor.way {
        kontor_office::Way::Session(session) => Some(session.as_str()),
        kontor_office::Way::Token { .. } => None,
    };
    Ok(PersonScreen {
        person: row(app, reader, &account).await?,
        is_self: reader.actor.user.id == id,
        roles: roles.collect(),
        sessions: sessions.iter().map(|session| session_row(session, own)).collect(),
        tokens: token_rows(tokens, app.office.clock().micros()),
        reset_link: None,
        problem: None,
    })
}

/// What the forms of a person's page ask for.
pub(crate) async fn act(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    match changed(&app, &reader, &id, &pairs).await {
        Ok(None) => Ok(done(&links::person(&id), "saved", None)),
        Ok(Some(secret)) => {
            let link = absolute(&app, &headers, &links::welcome(&secret));
            answer_person(&app, reader, &id, Some(link), None).await
        }
        Err(OfficeError::People(problem)) => {
            let told = problem_text(&reader, &problem);
            answer_person(&app, reader, &id, None, Some(told)).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

fn problem_text(reader: &Reader, problem: &PeopleError) -> String {
    people_text(language(reader).texts(), problem)
}

/// The secret of a link, where one was asked for.
async fn changed(
    app: &App,
    reader: &Reader,
    id: &str,
    pairs: &Pairs,
) -> Result<Option<String>, OfficeError> {
    let office = &app.office;
    match first(pairs, "do") {
        Some("roles") => {
            let general = first(pairs, "role").and_then(Role::from_code).unwrap_or(Role::Nothing);
            let backends: Vec<BackendName> =
                office.all_backends().iter().map(|backend| backend.name.clone()).collect();
            let exception = |(name, value): &(String, String)| {
                let backend = name.strip_prefix("role.")?;
                Some((backend.to_owned(), Role::from_code(value)?))
            };
            let exceptions: Vec<_> = pairs.iter().filter_map(exception).collect();
            let set = move |account: &mut Account| {
                account.user.is_admin = general == Role::Administrator;
                account.grants = grants(general, &exceptions, &backends);
            };
            office.change_rights(&reader.actor, id, set).await.map(|()| None)
        }
        Some("disable") => {
            let set = |account: &mut Account| account.user.disabled = true;
            office.change_rights(&reader.actor, id, set).await.map(|()| None)
        }
        Some("enable") => {
            let set = |account: &mut Account| account.user.disabled = false;
            office.change_rights(&reader.actor, id, set).await.map(|()| None)
        }
        Some("reset") => office.reset_link(&reader.actor, id).await.map(Some),
        Some("revoke-session") => {
            let session = first(pairs, "session").unwrap_or_default();
            office.end_session_of(&reader.actor, id, session).await.map(|_| None)
        }
        Some("revoke-token") => {
            let token = first(pairs, "token").unwrap_or_default();
            office.revoke_token_of(&reader.actor, id, token).await.map(|_| None)
        }
        other => Err(OfficeError::Parameter {
            what: "do",
            problem: format!("“{}” is no action of this page", other.unwrap_or_default()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backends() -> Vec<BackendName> {
        ["shop", "stock"].map(|name| BackendName::new(name).expect("a name")).to_vec()
    }

    #[test]
    fn a_general_role_holds_everywhere_but_where_another_is_chosen() {
        let grants = grants(Role::Reader, &[("shop".into(), Role::Editor)], &backends());
        let expected = [("*", OfficeRole::Reader), ("shop", OfficeRole::Editor)];
        let expected = expected.map(|(name, role)| Grant { backend: name.into(), role });
        assert_eq!(grants, expected);
    }

    #[test]
    fn a_backend_that_is_left_out_leaves_no_general_role() {
        let grants = grants(Role::Editor, &[("stock".into(), Role::Nothing)], &backends());
        assert_eq!(grants, [Grant { backend: "shop".into(), role: OfficeRole::Editor }]);
    }
}
