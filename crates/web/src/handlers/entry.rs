//! Coming in and going out.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_office::{NewPerson, OfficeError, PeopleError, Preferences, Purpose, SignedIn};

use crate::app::App;
use crate::components::shell::Here;
use crate::failure::{PageFailure, people_text};
use crate::frame::LANGUAGE;
use crate::handlers::{Pairs, first, go, shown};
use crate::links;
use crate::pages::sign_in::{SignIn, SignInProblem};
use crate::pages::welcome::Welcome;
use crate::pages::{sign_in as sign_in_pages, welcome as welcome_pages};
use crate::texts::Language;
use crate::visitor::{Origin, SESSION, Visitor};

/// Characters of an e-mail address that the form shows again.
const MOST_ECHOED: usize = 254;

/// The form.
pub(crate) async fn sign_in_page(
    State(app): State<App>,
    visitor: Visitor,
    Query(pairs): Query<Pairs>,
) -> Response {
    let next = first(&pairs, "next").map(str::to_owned);
    if visitor.actor.is_some() {
        return go(next.as_deref().unwrap_or(links::HOME));
    }
    let shell = visitor.frame.shell(&app, None, Here::Elsewhere).await;
    let form = SignIn {
        email: String::new(),
        problem: first(&pairs, "ended").map(|_| SignInProblem::Ended),
        next,
    };
    let markup = sign_in_pages::page(&shell, &form);
    shown(&shell, markup)
}

/// Signs in and goes where one wanted to go.
pub(crate) async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    origin: Origin,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let typed = first(&pairs, "email").unwrap_or_default();
    let email: String = typed.chars().take(MOST_ECHOED).collect();
    let password = first(&pairs, "password").unwrap_or_default();
    let next = first(&pairs, "next").map(str::to_owned);
    let (status, problem) =
        match app.office.sign_in(typed, password, &origin.ip, &origin.agent).await {
            Ok(signed_in) => {
                return Ok(enter(&app, &signed_in, next.as_deref().unwrap_or(links::HOME)));
            }
            Err(OfficeError::People(PeopleError::Throttled { seconds })) => {
                (StatusCode::TOO_MANY_REQUESTS, SignInProblem::Throttled(seconds))
            }
            Err(OfficeError::People(_)) => (StatusCode::UNAUTHORIZED, SignInProblem::Wrong),
            Err(error) => return Err(PageFailure::of(&app, visitor.frame, None, error).await),
        };
    let shell = visitor.frame.shell(&app, None, Here::Elsewhere).await;
    let form = SignIn { email, problem: Some(problem), next };
    Ok((status, sign_in_pages::page(&shell, &form)).into_response())
}

fn enter(app: &App, signed_in: &SignedIn, address: &str) -> Response {
    let mut response = go(address);
    set_cookie(app, &mut response, SESSION, &signed_in.secret, signed_in.max_age);
    response
}

/// Cookies are for this host's pages only; scripts never see them.
fn set_cookie(app: &App, response: &mut Response, name: &str, value: &str, max_age: i64) {
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={max_age}; SameSite=Lax; HttpOnly{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// Ends the session.
pub(crate) async fn sign_out(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Response, PageFailure> {
    if let Some(actor) = &visitor.actor
        && let Err(error) = app.office.sign_out(actor).await
    {
        return Err(PageFailure::of(&app, visitor.frame, None, error).await);
    }
    let mut response = go(links::SIGN_IN);
    set_cookie(&app, &mut response, SESSION, "", 0);
    Ok(response)
}

/// Where a new administrator or an invited person begins.
pub(crate) async fn welcome_page(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, PageFailure> {
    match app.office.open_link(&token).await {
        Ok((purpose, user)) => {
            let shell = visitor.frame.shell(&app, None, Here::Elsewhere).await;
            let form = Welcome {
                token,
                is_first: purpose == Purpose::Setup,
                name: user.as_ref().map(|user| user.name.clone()).unwrap_or_default(),
                email: user.map(|user| user.email).unwrap_or_default(),
                ..Welcome::default()
            };
            let markup = welcome_pages::page(&shell, &form);
            Ok(shown(&shell, markup))
        }
        Err(error) => Err(PageFailure::of(&app, visitor.frame, None, error).await),
    }
}

/// Makes or completes the account and signs in.
pub(crate) async fn welcome(
    State(app): State<App>,
    visitor: Visitor,
    origin: Origin,
    Path(token): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let text = |name| first(&pairs, name).unwrap_or_default().to_owned();
    let shell = visitor.frame.shell(&app, None, Here::Elsewhere).await;
    let t = shell.texts;
    let (purpose, invited) = match app.office.open_link(&token).await {
        Ok(found) => found,
        Err(error) => return Err(PageFailure::of(&app, visitor.frame, None, error).await),
    };
    let mut form = Welcome {
        token: token.clone(),
        is_first: purpose == Purpose::Setup,
        name: text("name"),
        email: invited.map_or_else(|| text("email"), |user| user.email),
        ..Welcome::default()
    };
    if text("password") != text("repeat") {
        form.repeat_error = Some(t.get("people-repeat").into_owned());
        return Ok(
            (StatusCode::UNPROCESSABLE_ENTITY, welcome_pages::page(&shell, &form)).into_response()
        );
    }
    let language =
        first(&pairs, "language").and_then(Language::from_code).unwrap_or(shell.language());
    let zone = first(&pairs, "zone").filter(|zone| !zone.is_empty()).unwrap_or("Europe/Berlin");
    let person = NewPerson {
        name: form.name.clone(),
        email: form.email.clone(),
        password: text("password"),
        language: language.code().to_owned(),
        time_zone: zone.to_owned(),
    };
    match app.office.use_link(&token, person, &origin.ip, &origin.agent).await {
        Ok(signed_in) => Ok(enter(&app, &signed_in, links::HOME)),
        Err(OfficeError::People(problem)) => {
            let told = Some(people_text(t, &problem));
            match problem {
                PeopleError::Name(_) => form.name_error = told,
                PeopleError::Email(_) | PeopleError::EmailTaken => form.email_error = told,
                _ => form.password_error = told,
            }
            Ok((StatusCode::UNPROCESSABLE_ENTITY, welcome_pages::page(&shell, &form))
                .into_response())
        }
        Err(error) => Err(PageFailure::of(&app, visitor.frame, None, error).await),
    }
}

/// Language, theme and density: kept with the account, or in the browser before signing in.
pub(crate) async fn look(
    State(app): State<App>,
    visitor: Visitor,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let back = first(&pairs, "back").unwrap_or(links::HOME).to_owned();
    let Some(actor) = visitor.actor else {
        let mut response = go(&back);
        if let Some(language) = first(&pairs, "language").and_then(Language::from_code) {
            set_cookie(&app, &mut response, LANGUAGE, language.code(), 365 * 24 * 3600);
        }
        return Ok(response);
    };
    let wanted = |name: &str, present: &str| first(&pairs, name).unwrap_or(present).to_owned();
    let preferences = Preferences {
        name: actor.user.name.clone(),
        language: wanted("language", &actor.user.language),
        time_zone: actor.user.time_zone.clone(),
        density: wanted("density", &actor.user.density),
        theme: wanted("theme", &actor.user.theme),
    };
    match app.office.set_preferences(&actor, preferences).await {
        Ok(()) => Ok(go(&back)),
        Err(error) => Err(PageFailure::of(&app, visitor.frame, Some(&actor), error).await),
    }
}
