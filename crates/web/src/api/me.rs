//! One's own account: preferences, password, tokens, sessions.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_office::{Actor, NewToken, OfficeError, Preferences, Session, Token, Way, Word as _};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::described::Described;
use super::extract::{At, Sent};
use super::json::json;
use super::problem::{OwnReadRefusals, OwnWriteRefusals, Problem};
use super::words;
use crate::app::App;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_show, show)
        .with(__path_prefer, prefer)
        .with(__path_change_password, change_password)
        .with(__path_tokens, tokens)
        .with(__path_make_token, make_token)
        .with(__path_revoke_token, revoke_token)
        .with(__path_sessions, sessions)
        .with(__path_end_session, end_session)
}

/// Who you are.
#[derive(Serialize, ToSchema)]
struct Me {
    /// Your id.
    id: String,
    /// Your name.
    name: String,
    /// Your e-mail address.
    email: String,
    /// `de` or `en`.
    language: String,
    /// Your IANA time zone.
    time_zone: String,
    /// `compact`, `normal` or `roomy`.
    density: String,
    /// `system`, `light` or `dark`.
    theme: String,
    /// Your teams.
    teams: Vec<String>,
    /// Whether you administer Kontor itself, as you came in now.
    administers: bool,
    /// How you came in: `session` or `token`.
    way: &'static str,
}

impl Me {
    fn of(actor: &Actor) -> Self {
        let user = &actor.user;
        Self {
            id: user.id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            language: user.language.clone(),
            time_zone: user.time_zone.clone(),
            density: user.density.clone(),
            theme: user.theme.clone(),
            teams: actor.teams.clone(),
            administers: actor.administers(),
            way: match actor.way {
                Way::Session(_) => "session",
                Way::Token { .. } => "token",
            },
        }
    }
}

/// Who you are, and how you like it.
#[utoipa::path(
    get, path = "/me", operation_id = "showMe", tag = "Account",
    responses((status = 200, description = "You", body = Me), OwnReadRefusals)
)]
async fn show(caller: Caller) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &Me::of(&caller.0)))
}

/// How you like it; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Preferences, example = json!({"language": "de", "density": "compact"}))]
struct Wishes {
    /// Your name.
    name: Option<String>,
    /// `de` or `en`.
    language: Option<String>,
    /// An IANA time zone.
    time_zone: Option<String>,
    /// `compact`, `normal` or `roomy`.
    density: Option<String>,
    /// `system`, `light` or `dark`.
    theme: Option<String>,
}

/// Changes how you like it. Needs a session.
#[utoipa::path(
    patch, path = "/me", operation_id = "changeMe", tag = "Account", request_body = Wishes,
    responses((status = 204, description = "It is saved"), OwnWriteRefusals)
)]
async fn prefer(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<Wishes>,
) -> Result<Response, Problem> {
    caller.in_person()?;
    let user = &caller.0.user;
    let wanted = Preferences {
        name: sent.name.unwrap_or_else(|| user.name.clone()),
        language: sent.language.unwrap_or_else(|| user.language.clone()),
        time_zone: sent.time_zone.unwrap_or_else(|| user.time_zone.clone()),
        density: sent.density.unwrap_or_else(|| user.density.clone()),
        theme: sent.theme.unwrap_or_else(|| user.theme.clone()),
    };
    let saved = app.office.set_preferences(&caller.0, wanted).await;
    saved.map_err(|error| caller.told(error))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A new password. It is shown nowhere.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password as it is.
    present: String,
    /// The new one.
    new: String,
}

/// Changes your password; your other sessions end. Needs a session.
#[utoipa::path(
    post, path = "/me/password", operation_id = "changePassword", tag = "Account",
    request_body = NewPassword,
    responses((status = 204, description = "It is changed"), OwnWriteRefusals)
)]
async fn change_password(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<NewPassword>,
) -> Result<Response, Problem> {
    caller.in_person()?;
    let changed = app.office.change_password(&caller.0, &sent.present, &sent.new).await;
    changed.map_err(|error| caller.told(error))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
struct TokenAnswer {
    /// Its id.
    id: String,
    /// What you call it.
    name: String,
    /// The first letters of its secret.
    prefix: String,
    /// The backends it reaches; null means all that you reach.
    backends: Option<Vec<String>>,
    /// The most it may do: `reader`, `editor` or `administrator`.
    role: &'static str,
    /// When it was made, RFC 3339.
    created: String,
    /// When it expires, RFC 3339; null means never.
    expires: Option<String>,
    /// When it was last used, to the minute, RFC 3339.
    last_used: Option<String>,
    /// When it was revoked, RFC 3339.
    revoked: Option<String>,
}

impl From<Token> for TokenAnswer {
    fn from(token: Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            prefix: token.prefix,
            backends: token.backends,
            role: token.role.as_word(),
            created: words::instant(token.created),
            expires: token.expires.map(words::instant),
            last_used: token.last_used.map(words::instant),
            revoked: token.revoked.map(words::instant),
        }
    }
}

/// Your tokens.
#[derive(Serialize, ToSchema)]
struct TokenList {
    /// Newest first, with those that are worth nothing any more.
    tokens: Vec<TokenAnswer>,
}

/// Your tokens, without their secrets. Needs a session.
#[utoipa::path(
    get, path = "/me/tokens", operation_id = "listTokens", tag = "Account",
    responses((status = 200, description = "Your tokens", body = TokenList), OwnReadRefusals)
)]
async fn tokens(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.in_person()?;
    let tokens = app.office.tokens(&caller.0).await.map_err(|error| caller.told(error))?;
    let tokens = tokens.into_iter().map(TokenAnswer::from).collect();
    Ok(json(StatusCode::OK, &TokenList { tokens }))
}

/// A token that shall be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Nightly export", "role": "reader", "backends": ["shop"], "days": 90}))]
struct TokenToMake {
    /// What you call it.
    name: String,
    /// The most it may do: `reader`, `editor` or `administrator`; never more than you.
    role: String,
    /// The backends it reaches; all that you reach without it.
    backends: Option<Vec<String>>,
    /// Days until it expires, at most 3650; never without it.
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u32>,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
struct NewTokenAnswer {
    /// The token.
    #[serde(flatten)]
    token: TokenAnswer,
    /// Its secret. It cannot be shown again.
    secret: String,
}

/// Makes a token. Needs a session: a token makes no tokens.
#[utoipa::path(
    post, path = "/me/tokens", operation_id = "makeToken", tag = "Account", request_body = TokenToMake,
    responses((status = 201, description = "The token with its secret", body = NewTokenAnswer), OwnWriteRefusals)
)]
async fn make_token(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<TokenToMake>,
) -> Result<Response, Problem> {
    let made = async {
        let role = words::role(&sent.role)?;
        let TokenToMake { name, backends, days, .. } = sent;
        app.office.make_token(&caller.0, NewToken { name, backends, role, days }).await
    };
    let made = made.await.map_err(|error| caller.told(error))?;
    let answer = NewTokenAnswer { token: made.token.into(), secret: made.secret };
    Ok(json(StatusCode::CREATED, &answer))
}

/// Something of one's own, in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InOwn {
    /// Its id.
    id: String,
}

/// Revokes one of your tokens. Needs a session.
#[utoipa::path(
    delete, path = "/me/tokens/{id}", operation_id = "revokeToken", tag = "Account", params(InOwn),
    responses((status = 204, description = "It is worth nothing any more"), OwnWriteRefusals)
)]
async fn revoke_token(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InOwn>,
) -> Result<Response, Problem> {
    caller.in_person()?;
    let revoked = app.office.revoke_token(&caller.0, &at.id).await;
    ended(&caller, revoked, "token", at.id)
}

fn ended(
    caller: &Caller,
    result: Result<bool, OfficeError>,
    what: &'static str,
    name: String,
) -> Result<Response, Problem> {
    match result {
        Ok(true) => Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(false) => Err(caller.told(OfficeError::Unknown { what, name })),
        Err(error) => Err(caller.told(error)),
    }
}

/// A browser in which you are signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionAnswer {
    /// Its id.
    id: String,
    /// Whether it is the one that asks.
    is_this: bool,
    /// When you signed in, RFC 3339.
    created: String,
    /// When it was last used, RFC 3339.
    last_seen: String,
    /// When it ends in any case, RFC 3339.
    expires: String,
    /// What the browser calls itself.
    user_agent: String,
    /// Where it came from.
    ip: String,
}

impl SessionAnswer {
    fn of(session: Session, actor: &Actor) -> Self {
        Self {
            is_this: actor.way == Way::Session(session.id.clone()),
            id: session.id,
            created: words::instant(session.created),
            last_seen: words::instant(session.last_seen),
            expires: words::instant(session.expires),
            user_agent: session.user_agent,
            ip: session.ip,
        }
    }
}

/// Your sessions.
#[derive(Serialize, ToSchema)]
struct SessionList {
    /// The last seen first.
    sessions: Vec<SessionAnswer>,
}

/// The browsers in which you are signed in. Needs a session.
#[utoipa::path(
    get, path = "/me/sessions", operation_id = "listSessions", tag = "Account",
    responses((status = 200, description = "Your sessions", body = SessionList), OwnReadRefusals)
)]
async fn sessions(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.in_person()?;
    let sessions = app.office.sessions(&caller.0).await.map_err(|error| caller.told(error))?;
    let sessions = sessions.into_iter().map(|one| SessionAnswer::of(one, &caller.0)).collect();
    Ok(json(StatusCode::OK, &SessionList { sessions }))
}

/// Ends one of your sessions. Needs a session.
#[utoipa::path(
    delete, path = "/me/sessions/{id}", operation_id = "endSession", tag = "Account", params(InOwn),
    responses((status = 204, description = "It has ended"), OwnWriteRefusals)
)]
async fn end_session(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InOwn>,
) -> Result<Response, Problem> {
    caller.in_person()?;
    let result = app.office.end_session(&caller.0, &at.id).await;
    ended(&caller, result, "session", at.id)
}
