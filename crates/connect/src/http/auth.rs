//! How a service is signed in to.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::{self, HeaderName, HeaderValue};
use serde::Deserialize;
use tokio::time::Instant;

use super::guard::Guard;
use super::{at, whole};
use crate::error::{Failure, FailureKind};

/// How a service wants to be signed in to; the secret is the manifest's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer <secret>` (RFC 6750).
    Bearer,
    /// A user's name, with the secret for a password (RFC 7617).
    Basic {
        /// The name.
        user: String,
    },
    /// The secret in a header of its own.
    Header {
        /// The header's name.
        name: String,
    },
    /// The secret in the query.
    Query {
        /// The parameter's name.
        name: String,
    },
    /// OAuth 2 with the client's own credentials (RFC 6749, 4.4): the secret is the client's.
    ClientCredentials {
        /// Where tokens are had.
        token_url: String,
        /// Who we are there.
        client_id: String,
        /// What is asked for.
        scopes: Vec<String>,
    },
}

/// What people said of a sign-in is not enough, or no manner of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// There is no such manner.
    #[error("“{0}” is no way to sign in: bearer, basic, header, query and oauth2 are")]
    Kind(String),
    /// Something belongs to it that was not said.
    #[error("{kind} needs {what}")]
    Missing {
        /// The manner.
        kind: &'static str,
        /// What is missing.
        what: &'static str,
    },
}

impl Auth {
    /// A sign-in as people say it in a form or on a command line. `name` is the user of `basic`,
    /// the header of `header`, the parameter of `query`, and the client of `oauth2`, which also
    /// takes the address where tokens are had, and scopes that blanks or commas part.
    ///
    /// # Errors
    /// [`AuthError`] when the manner is none, or something that belongs to it is empty.
    pub fn said(kind: &str, name: &str, token_url: &str, scopes: &str) -> Result<Self, AuthError> {
        let named = |kind, what| match name.trim() {
            "" => Err(AuthError::Missing { kind, what }),
            name => Ok(name.to_owned()),
        };
        Ok(match kind {
            "bearer" => Self::Bearer,
            "basic" => Self::Basic { user: named("basic", "the name of the user")? },
            "header" => Self::Header { name: named("header", "the name of the header")? },
            "query" => Self::Query { name: named("query", "the name of the parameter")? },
            "oauth2" => Self::ClientCredentials {
                client_id: named("oauth2", "the name of the client")?,
                token_url: match token_url.trim() {
                    "" => {
                        let what = "the address where tokens are had";
                        return Err(AuthError::Missing { kind: "oauth2", what });
                    }
                    url => url.to_owned(),
                },
                scopes: scopes
                    .split([' ', ','])
                    .filter(|scope| !scope.is_empty())
                    .map(str::to_owned)
                    .collect(),
            },
            other => return Err(AuthError::Kind(other.to_owned())),
        })
    }
}

/// What is known of the sign-in.
#[derive(Clone)]
pub(crate) struct Secret {
    pub(crate) auth: Option<Auth>,
    pub(crate) secret: Option<String>,
}

/// The secret is no business of any log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("auth", &self.auth).finish_non_exhaustive()
    }
}

/// A token is renewed so long before it runs out.
const EARLY: Duration = Duration::from_secs(30);
/// The longest answer of a token's server.
const TOKEN_BYTES: usize = 64 * 1024;

pub(super) struct Signing {
    secret: Secret,
    described: Mutex<Option<Auth>>,
    token: Mutex<Option<Token>>,
    /// One at a time asks for a token; the others wait for it.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, PartialEq, Eq)]
struct Token {
    text: String,
    until: Instant,
}

/// What lets one request in.
pub(super) enum Key {
    None,
    Header(HeaderName, HeaderValue),
    Query(String, String),
    Token(String),
}

impl Key {
    pub(super) fn apply(&self, request: &mut reqwest::Request) {
        match self {
            Self::None => {}
            Self::Header(name, value) => {
                request.headers_mut().insert(name.clone(), value.clone());
            }
            Self::Query(name, secret) => {
                request.url_mut().query_pairs_mut().append_pair(name, secret);
            }
            Self::Token(token) => {
                if let Ok(value) = secret_value(&format!("Bearer {token}")) {
                    request.headers_mut().insert(header::AUTHORIZATION, value);
                }
            }
        }
    }
}

impl Signing {
    pub(super) fn new(secret: Secret) -> Self {
        Self {
            secret,
            described: Mutex::new(None),
            token: Mutex::new(None),
            asking: tokio::sync::Mutex::new(()),
        }
    }

    /// Takes the way of signing in that the service describes.
    pub(super) fn describe(&self, auth: Auth) {
        *lock(&self.described) = Some(auth);
    }

    /// What lets a request in.
    pub(super) async fn key(
        &self,
        http: &reqwest::Client,
        guard: &Guard,
        ends: Instant,
    ) -> Result<Key, Failure> {
        let Some(secret) = &self.secret.secret else { return Ok(Key::None) };
        let described = lock(&self.described).clone();
        let auth = self.secret.auth.clone().or(described).unwrap_or(Auth::Bearer);
        let header = |name: HeaderName, value: &str| {
            let value = secret_value(value).map_err(|_| {
                Failure::new(FailureKind::SignIn, "the secret holds characters that no header can")
            })?;
            Ok(Key::Header(name, value))
        };
        match auth {
            Auth::Bearer => header(header::AUTHORIZATION, &format!("Bearer {secret}")),
            Auth::Basic { user } => {
                let pair = STANDARD.encode(format!("{user}:{secret}"));
                header(header::AUTHORIZATION, &format!("Basic {pair}"))
            }
            Auth::Header { name } => {
                let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
                    Failure::new(FailureKind::SignIn, format!("“{name}” is no name of a header"))
                })?;
                header(name, secret)
            }
            Auth::Query { name } => Ok(Key::Query(name, secret.clone())),
            Auth::ClientCredentials { token_url, client_id, scopes } => {
                let asks = Asks { token_url, client_id, scopes, secret };
                self.token(http, guard, &asks, ends).await.map(Key::Token)
            }
        }
    }

    /// Forgets the token that a request was refused with; whether there was one.
    pub(super) fn forget(&self, key: &Key) -> bool {
        let Key::Token(refused) = key else { return false };
        let mut token = lock(&self.token);
        if token.as_ref().is_some_and(|token| token.text == *refused) {
            *token = None;
        }
        true
    }

    async fn token(
        &self,
        http: &reqwest::Client,
        guard: &Guard,
        asks: &Asks<'_>,
        ends: Instant,
    ) -> Result<String, Failure> {
        let _one_at_a_time = self.asking.lock().await;
        let held = lock(&self.token).clone().filter(|token| token.until > Instant::now());
        if let Some(token) = held {
            return Ok(token.text);
        }
        let token = asks.ask(http, guard, ends).await?;
        *lock(&self.token) = Some(token.clone());
        Ok(token.text)
    }
}

struct Asks<'a> {
    token_url: String,
    client_id: String,
    scopes: Vec<String>,
    secret: &'a str,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
}

impl Asks<'_> {
    async fn ask(
        &self,
        http: &reqwest::Client,
        guard: &Guard,
        ends: Instant,
    ) -> Result<Token, Failure> {
        let wrong = |detail: String| Failure::new(FailureKind::SignIn, detail);
        let url: Url = self
            .token_url
            .parse()
            .map_err(|error| wrong(format!("“{}”: {error}", self.token_url)))?;
        guard.check(&url).map_err(wrong)?;
        let mut form = vec![("grant_type", "client_credentials".to_owned())];
        if !self.scopes.is_empty() {
            form.push(("scope", self.scopes.join(" ")));
        }
        let request = http.post(url.clone()).basic_auth(&self.client_id, Some(self.secret));
        let sending = whole(request.form(&form).send(), TOKEN_BYTES);
        let answer = match tokio::time::timeout_at(ends, sending).await {
            Ok(answer) => answer.map_err(|lost| lost.failure)?,
            Err(_) => {
                let detail = format!("{}: no token in time", at(&url));
                return Err(Failure::new(FailureKind::Timeout, detail));
            }
        };
        if !answer.status.is_success() {
            return Err(wrong(format!("{}: status {}", at(&url), answer.status)));
        }
        let granted: Granted = serde_json::from_slice(&answer.body)
            .map_err(|error| wrong(format!("{}: no token: {error}", at(&url))))?;
        let lasts = Duration::from_secs(granted.expires_in.unwrap_or(300)).saturating_sub(EARLY);
        Ok(Token { text: granted.access_token, until: Instant::now() + lasts })
    }
}

fn secret_value(text: &str) -> Result<HeaderValue, header::InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// A poisoned lock only means that another request panicked; what is inside is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
