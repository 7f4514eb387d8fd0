//! Who asks: extractors from cookie, token and headers.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use kontor_office::Actor;

use crate::app::App;
use crate::failure::{ApiFailure, PageFailure};
use crate::frame::Frame;
use crate::proxies::client;

/// Name of the session's cookie.
pub(crate) const SESSION: &str = "kontor_session";

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
}

/// Whether the script asks for a part of a page, and for which.
pub(crate) fn wants_fragment(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

/// The part of the page that shall be exchanged.
pub(crate) fn target(headers: &HeaderMap) -> Option<&str> {
    headers.get("hx-target").and_then(|value| value.to_str().ok())
}

/// Where a request came from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) ip: String,
    pub(crate) agent: String,
}

impl FromRequestParts<App> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let ip = peer.map(|peer| client(peer, &parts.headers, &app.trusted_proxies).to_string());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self { ip: ip.unwrap_or_default(), agent: agent.unwrap_or_default().to_owned() })
    }
}

/// Somebody, signed in or not, in front of a page.
pub(crate) struct Visitor {
    pub(crate) actor: Option<Arc<Actor>>,
    pub(crate) frame: Frame,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = PageFailure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageFailure> {
        let frame = Frame::of(parts);
        let Some(secret) = cookie(&parts.headers, SESSION) else {
            return Ok(Self { actor: None, frame });
        };
        let found = if parts.method.is_safe() {
            app.office.actor_of_session(secret).await
        } else {
            app.office.present_actor_of_session(secret).await
        };
        match found {
            Ok(actor) => Ok(Self { actor, frame }),
            Err(error) => Err(PageFailure::of(app, frame, None, error).await),
        }
    }
}

/// Somebody who has signed in, in front of a page.
pub(crate) struct Reader {
    pub(crate) actor: Arc<Actor>,
    pub(crate) frame: Frame,
}

impl FromRequestParts<App> for Reader {
    type Rejection = PageFailure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageFailure> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        match visitor.actor {
            Some(actor) => Ok(Self { actor, frame: visitor.frame }),
            None => Err(PageFailure::sign_in_first(&visitor.frame)),
        }
    }
}

/// Somebody who uses the API: with a token, or from a page with its session.
pub(crate) struct Caller(pub(crate) Arc<Actor>);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiFailure> {
        let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let language = crate::frame::accepted_language(&parts.headers);
        let is_safe = parts.method.is_safe();
        let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        let session = cookie(&parts.headers, SESSION).filter(|_| bearer.is_none());
        let office = &app.office;
        let found = match (token, session) {
            (Some(token), _) if is_safe => office.actor_of_token(token).await,
            (Some(token), _) => office.present_actor_of_token(token).await,
            (None, Some(secret)) if is_safe => office.actor_of_session(secret).await,
            (None, Some(secret)) => office.present_actor_of_session(secret).await,
            (None, None) => Ok(None),
        };
        match found {
            Ok(Some(actor)) => Ok(Self(actor)),
            Ok(None) => Err(ApiFailure::sign_in(language)),
            Err(error) => Err(ApiFailure::of(language, error)),
        }
    }
}
