//! Connecting a backend: where is it, what was found, how shall it be called.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::schema::ReadOnly;
use kontor_model::{BackendName, Count};
use kontor_office::manifest::Secret;
use kontor_office::{Auth, ConnectRequest, Establish, FailureKind, Looked, OfficeError, catalog};

use crate::app::App;
use crate::components::shell::Here;
use crate::failure::{PageFailure, told};
use crate::handlers::record::language;
use crate::handlers::{Pairs, done, first, shown};
use crate::links;
use crate::pages::connect::{
    Ask, ConnectScreen, Found, MANNERS, SignIn, auth_name, page as connect_page,
};
use crate::visitor::Reader;

/// The first step.
pub(crate) async fn page(State(app): State<App>, reader: Reader) -> Result<Response, PageFailure> {
    match reader.actor.administrator() {
        Ok(()) => answer(&app, &reader, ConnectScreen::Ask(Ask::default()), StatusCode::OK).await,
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

async fn answer(
    app: &App,
    reader: &Reader,
    screen: ConnectScreen,
    status: StatusCode,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(app, Some(&reader.actor), Here::Connect).await;
    let markup = connect_page(&shell, &screen);
    Ok((status, shown(&shell, markup)).into_response())
}

/// Both steps.
pub(crate) async fn act(
    State(app): State<App>,
    reader: Reader,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    if let Err(error) = reader.actor.administrator() {
        return Err(reader.fails(&app, error).await);
    }
    match first(&pairs, "do") {
        Some("write") => write(&app, reader, &pairs).await,
        _ => look(&app, reader, &pairs).await,
    }
}

async fn look(app: &App, reader: Reader, pairs: &Pairs) -> Result<Response, PageFailure> {
    let looked = async { app.office.look_at(&reader.actor, request(pairs)?).await };
    match looked.await {
        Ok(looked) => {
            let screen = ConnectScreen::Found(Box::new(found(&reader, &looked)));
            answer(app, &reader, screen, StatusCode::OK).await
        }
        Err(error) => ask_again(app, reader, pairs, &error).await,
    }
}

fn request(pairs: &Pairs) -> Result<ConnectRequest, OfficeError> {
    let text = |name| first(pairs, name).unwrap_or_default();
    let said = sign_in(pairs);
    let auth = (!said.kind.is_empty())
        .then(|| Auth::said(&said.kind, &said.name, &said.token_url, &said.scopes))
        .transpose()
        .map_err(|error| OfficeError::Parameter { what: "auth", problem: error.to_string() })?;
    let secret = text("secret");
    Ok(ConnectRequest {
        url: text("url").to_owned(),
        password: (!secret.is_empty()).then(|| Secret::new(secret)),
        auth,
        ..ConnectRequest::default()
    })
}

/// Whether there is such a manner, so that only something that belongs to it is missing.
fn is_known(said: &SignIn) -> bool {
    MANNERS.iter().any(|(kind, _)| *kind == said.kind)
}

fn sign_in(pairs: &Pairs) -> SignIn {
    let text = |name| first(pairs, name).unwrap_or_default().to_owned();
    let kind = text("auth");
    SignIn {
        name: text(auth_name(&kind)),
        token_url: text("token_url"),
        scopes: text("scopes"),
        is_open: !kind.is_empty(),
        kind,
    }
}

/// The first step with what was wrong. A password that was typed does not come back.
async fn ask_again(
    app: &App,
    reader: Reader,
    pairs: &Pairs,
    error: &OfficeError,
) -> Result<Response, PageFailure> {
    let t = language(&reader).texts();
    let said = told(t, error);
    let problem = match error {
        OfficeError::Parameter { what: "auth", .. } if is_known(&sign_in(pairs)) => {
            t.get("connect-auth-missing").into_owned()
        }
        OfficeError::Parameter { problem, .. } => problem.clone(),
        OfficeError::Backend { failure, .. } => format!("{} {failure}", said.text),
        OfficeError::Unknown { what: "ticket", .. } => t.get("connect-again").into_owned(),
        _ => said.text,
    };
    let is_refused = matches!(
        error,
        OfficeError::Backend { failure, .. } if failure.kind == FailureKind::SignIn
    );
    let said = sign_in(pairs);
    let ask = Ask {
        address: without_password(first(pairs, "url").unwrap_or_default()),
        sign_in: SignIn { is_open: said.is_open || is_refused, ..said },
        problem: Some(problem),
    };
    answer(app, &reader, ConnectScreen::Ask(ask), StatusCode::UNPROCESSABLE_ENTITY).await
}

/// Whatever stands between the user's name and the host is taken for a password.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}

fn found(reader: &Reader, looked: &Looked) -> Found {
    let connected = &looked.connected;
    let code = language(reader).code();
    let manifest = &connected.manifest;
    let catalog = catalog::build(manifest, connected.schema.clone());
    let resources = catalog.faces.iter().map(|face| {
        let records = catalog.resource(face).estimated_rows;
        (face.title.in_language(code).to_owned(), records.map_or(Count::Unknown, Count::About))
    });
    let resources: Vec<_> = resources.collect();
    let may_write = |read_only: Option<ReadOnly>| {
        !matches!(read_only, Some(ReadOnly::NoPrivilege | ReadOnly::View | ReadOnly::NotOffered))
    };
    Found {
        ticket: looked.ticket.clone(),
        address: manifest.url.clone(),
        engine: connected.schema.engine,
        version: connected.schema.version.clone(),
        name: connected.name.to_string(),
        title: catalog::humanised(connected.name.as_str()),
        name_error: None,
        resources,
        left_out: connected.schema.left_out.clone(),
        proposals: 0,
        has_password: looked.has_password,
        variable: variable(connected.name.as_str()),
        can_write: connected.schema.resources.iter().any(|r| may_write(r.read_only)),
        problem: None,
    }
}

fn variable(name: &str) -> String {
    format!("KONTOR_{}_PASSWORD", name.to_uppercase().replace('-', "_"))
}

async fn write(app: &App, reader: Reader, pairs: &Pairs) -> Result<Response, PageFailure> {
    let text = |name| first(pairs, name).unwrap_or_default();
    let ticket = text("ticket");
    let t = language(&reader).texts();
    let Ok(name) = BackendName::new(text("name")) else {
        let said = t.get("connect-name-wrong").into_owned();
        return found_again(app, reader, pairs, Some(said), None).await;
    };
    let wanted = Establish {
        password_variable: (text("keep") == "variable").then(|| variable(name.as_str())),
        name,
        title: text("title").to_owned(),
        writable: !text("writable").is_empty(),
    };
    match app.office.establish(&reader.actor, ticket, wanted).await {
        Ok(connected) => Ok(done(&links::backend(&connected.name), "done", None)),
        Err(OfficeError::Parameter { what: "name", .. }) => {
            let said = t.get("connect-name-taken").into_owned();
            found_again(app, reader, pairs, Some(said), None).await
        }
        Err(OfficeError::Manifest(problem)) => {
            found_again(app, reader, pairs, None, Some(problem)).await
        }
        Err(error) => ask_again(app, reader, pairs, &error).await,
    }
}

/// The second step with what was wrong, and with what was typed.
async fn found_again(
    app: &App,
    reader: Reader,
    pairs: &Pairs,
    name_error: Option<String>,
    problem: Option<String>,
) -> Result<Response, PageFailure> {
    let text = |name| first(pairs, name).unwrap_or_default();
    match app.office.look_again(&reader.actor, text("ticket")).await {
        Ok(looked) => {
            let screen = Found {
                name: text("name").to_owned(),
                title: text("title").to_owned(),
                name_error,
                problem,
                ..found(&reader, &looked)
            };
            let screen = ConnectScreen::Found(Box::new(screen));
            answer(app, &reader, screen, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => ask_again(app, reader, pairs, &error).await,
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_does_not_come_back_in_the_form() {
        assert_eq!(without_password("postgres://me:p@ss:w@db:5432/x"), "postgres://me@db:5432/x");
        assert_eq!(without_password("mysql://me@db/x"), "mysql://me@db/x");
        assert_eq!(without_password("sqlite:/data/a.db"), "sqlite:/data/a.db");
    }
}
