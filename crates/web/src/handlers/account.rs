//! One's own account.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_office::{NewToken, OfficeError, PeopleError, Preferences, Role, Session, Token, Way};

use crate::app::App;
use crate::components::shell::Here;
use crate::failure::{PageFailure, field_text, people_text};
use crate::handlers::{Pairs, done, first, shown};
use crate::links;
use crate::pages::account::{AccountScreen, SessionRow, TokenRow, page as account_page};
use crate::view::at;
use crate::visitor::Reader;

/// The page.
pub(crate) async fn page(State(app): State<App>, reader: Reader) -> Result<Response, PageFailure> {
    answer(&app, reader, AccountScreen::default(), StatusCode::OK).await
}

/// Fills in what the page always shows, beside what an action found wrong.
async fn answer(
    app: &App,
    reader: Reader,
    told: AccountScreen,
    status: StatusCode,
) -> Result<Response, PageFailure> {
    let ways = async {
        let sessions = app.office.sessions(&reader.actor).await?;
        Ok::<_, OfficeError>((sessions, app.office.tokens(&reader.actor).await?))
    };
    let (sessions, tokens) = match ways.await {
        Ok(ways) => ways,
        Err(error) => return Err(reader.fails(app, error).await),
    };
    let shell = reader.frame.shell(app, Some(&reader.actor), Here::Account).await;
    let user = &reader.actor.user;
    let own = match &reader.actor.way {
        Way::Session(id) => Some(id.as_str()),
        Way::Token { .. } => None,
    };
    let or =
        |given: String, present: &str| if given.is_empty() { present.to_owned() } else { given };
    let screen = AccountScreen {
        name: if told.name_error.is_some() { told.name } else { or(told.name, &user.name) },
        email: user.email.clone(),
        zone: or(told.zone, &user.time_zone),
        zones: jiff::tz::db().available().map(|zone| zone.to_string()).collect(),
        sessions: sessions.iter().map(|session| session_row(session, own)).collect(),
        tokens: token_rows(tokens, app.office.clock().micros()),
        ..told
    };
    let markup = account_page(&shell, &screen);
    Ok((status, shown(&shell, markup)).into_response())
}

pub(crate) fn session_row(session: &Session, own: Option<&str>) -> SessionRow {
    SessionRow {
        id: session.id.clone(),
        device: device(&session.user_agent),
        address: session.ip.clone(),
        last_seen: at(session.last_seen),
        is_current: own == Some(session.id.as_str()),
    }
}

/// Tokens that are worth something, at a moment in microseconds.
pub(crate) fn token_rows(tokens: Vec<Token>, now: i64) -> Vec<TokenRow> {
    let live = tokens.into_iter().filter(|token| {
        token.revoked.is_none() && token.expires.is_none_or(|expires| expires > now)
    });
    live.map(|token| TokenRow {
        title: format!("{} ({}…)", token.name, token.prefix),
        id: token.id,
        reads_only: token.role == Role::Reader,
        expires: token.expires.map(at),
        last_used: token.last_used.map(at),
    })
    .collect()
}

/// Browser and system of what a browser calls itself; more of it tells people nothing.
fn device(agent: &str) -> String {
    // Most browsers name others that they resemble, so the order decides.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let of = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, word)| *word)
    };
    match (of(&BROWSERS), of(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => "?".to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

/// What the forms of the page ask for.
pub(crate) async fn act(
    State(app): State<App>,
    reader: Reader,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let result = match first(&pairs, "do") {
        Some("profile") => save_profile(&app, &reader, &pairs).await,
        Some("password") => change_password(&app, &reader, &pairs).await,
        Some("token") => make_token(&app, &reader, &pairs).await,
        Some("revoke-session") => {
            let id = first(&pairs, "session").unwrap_or_default();
            app.office.end_session(&reader.actor, id).await.map(|_| None)
        }
        Some("revoke-others") => app.office.end_other_sessions(&reader.actor).await.map(|_| None),
        Some("revoke-token") => {
            let id = first(&pairs, "token").unwrap_or_default();
            app.office.revoke_token(&reader.actor, id).await.map(|_| None)
        }
        other => Err(OfficeError::Parameter {
            what: "do",
            problem: format!("“{}” is no action of this page", other.unwrap_or_default()),
        }),
    };
    match result {
        Ok(None) => Ok(done(links::ACCOUNT, "done", None)),
        Ok(Some(told)) => {
            let is_made = told.new_token.is_some();
            let status = if is_made { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            answer(&app, reader, told, status).await
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

fn texts(reader: &Reader) -> &'static crate::texts::Texts {
    crate::handlers::record::language(reader).texts()
}

/// What is left to be told; nothing when all went well.
async fn save_profile(
    app: &App,
    reader: &Reader,
    pairs: &Pairs,
) -> Result<Option<AccountScreen>, OfficeError> {
    let user = &reader.actor.user;
    let given = |name: &str, present: &str| first(pairs, name).unwrap_or(present).to_owned();
    let wanted = Preferences {
        name: given("name", &user.name),
        language: given("language", &user.language),
        time_zone: given("zone", &user.time_zone),
        density: given("density", &user.density),
        theme: given("theme", &user.theme),
    };
    let typed = AccountScreen {
        name: wanted.name.clone(),
        zone: wanted.time_zone.clone(),
        ..AccountScreen::default()
    };
    match app.office.set_preferences(&reader.actor, wanted).await {
        Ok(()) => Ok(None),
        Err(OfficeError::People(problem)) => {
            let said = Some(people_text(texts(reader), &problem));
            Ok(Some(match problem {
                PeopleError::TimeZone(_) => AccountScreen { zone_error: said, ..typed },
                _ => AccountScreen { name_error: said, ..typed },
            }))
        }
        Err(error) => Err(error),
    }
}

async fn change_password(
    app: &App,
    reader: &Reader,
    pairs: &Pairs,
) -> Result<Option<AccountScreen>, OfficeError> {
    let t = texts(reader);
    let text = |name| first(pairs, name).unwrap_or_default();
    if text("password") != text("repeat") {
        let repeat_error = Some(t.get("people-repeat").into_owned());
        return Ok(Some(AccountScreen { repeat_error, ..AccountScreen::default() }));
    }
    match app.office.change_password(&reader.actor, text("present"), text("password")).await {
        Ok(()) => Ok(None),
        Err(OfficeError::People(problem)) => {
            let said = Some(people_text(t, &problem));
            Ok(Some(match problem {
                PeopleError::WrongPassword | PeopleError::Throttled { .. } => {
                    AccountScreen { present_error: said, ..AccountScreen::default() }
                }
                _ => AccountScreen { password_error: said, ..AccountScreen::default() },
            }))
        }
        Err(error) => Err(error),
    }
}

/// The secret of a new token is in this one answer and nowhere else.
async fn make_token(
    app: &App,
    reader: &Reader,
    pairs: &Pairs,
) -> Result<Option<AccountScreen>, OfficeError> {
    let title = first(pairs, "token-title").unwrap_or_default().trim();
    if title.is_empty() {
        let said = Some(texts(reader).get("people-name-missing").into_owned());
        return Ok(Some(AccountScreen { token_error: said, ..AccountScreen::default() }));
    }
    // What is no number is as wrong as no day at all.
    let days = first(pairs, "days").map_or(90, |days| days.parse().unwrap_or(0));
    let wanted = NewToken {
        name: title.to_owned(),
        backends: None,
        role: if first(pairs, "scope") == Some("write") { Role::Editor } else { Role::Reader },
        days: Some(days),
    };
    match app.office.make_token(&reader.actor, wanted).await {
        Ok(made) => {
            Ok(Some(AccountScreen { new_token: Some(made.secret), ..AccountScreen::default() }))
        }
        Err(OfficeError::Invalid(problems)) => {
            let said = problems.first().map(|problem| field_text(texts(reader), problem));
            Ok(Some(AccountScreen { days_error: said, ..AccountScreen::default() }))
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_browser_is_told_by_its_own_name_and_its_system() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0";
        assert_eq!(device(edge), "Edge, Windows");
        assert_eq!(device("curl/8.5.0"), "curl");
        assert_eq!(device(""), "?");
    }
}
