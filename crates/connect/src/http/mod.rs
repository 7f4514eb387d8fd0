//! The one way out over HTTP: within the backend's budget, to the hosts of its manifest only, and
//! never twice where that could do harm.

mod auth;
mod breaker;
mod guard;
mod rate;

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use tokio::sync::Semaphore;
use tokio::time::Instant;

pub(crate) use auth::Secret;
pub use auth::{Auth, AuthError};
use breaker::Breaker;
use guard::Guard;
pub(crate) use guard::Hosts;
use rate::Rate;

use crate::Budget;
use crate::error::{Failure, FailureKind};
use crate::pool::Gauge;

/// A pause before a reading is tried once more.
const PAUSE: Duration = Duration::from_millis(150);

/// Sends requests to one service.
pub(crate) struct Client {
    http: reqwest::Client,
    guard: Arc<Guard>,
    auth: auth::Signing,
    headers: HeaderMap,
    budget: Budget,
    permits: Semaphore,
    rate: Rate,
    breaker: Breaker,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    /// The body with its type.
    pub(crate) body: Option<(&'static str, String)>,
    /// Whether asking twice does no more than asking once.
    pub(crate) repeatable: bool,
    /// The longest answer, in bytes.
    pub(crate) most: usize,
    /// The time for everything.
    pub(crate) time: Duration,
}

/// No service need take a longer address; most take 8 kB.
const LONGEST_ADDRESS: usize = 16 * 1024;

/// What was answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// No whole answer came.
#[derive(Debug, Clone)]
pub(crate) struct NoAnswer {
    pub(crate) failure: Failure,
    /// Whether the service may have got the request.
    pub(crate) sent: bool,
}

impl NoAnswer {
    fn unsent(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self { failure: Failure::new(kind, detail), sent: false }
    }
}

impl Client {
    /// A client for the hosts of a service.
    ///
    /// # Errors
    /// What is wrong with the headers, or with the certificates of this machine.
    pub(crate) fn new(
        hosts: Hosts,
        secret: Secret,
        headers: &[(String, String)],
        budget: &Budget,
    ) -> Result<Self, Failure> {
        let guard = Arc::new(Guard::new(hosts));
        let broken = |error: &dyn std::fmt::Display| {
            Failure::new(FailureKind::Other, format!("no HTTP client: {error}"))
        };
        let mut always = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| broken(&error))?;
            always.insert(name, HeaderValue::from_str(value).map_err(|error| broken(&error))?);
        }
        // A provider that is there already is the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(budget.connect_timeout)
            .pool_max_idle_per_host(budget.connections as usize)
            .pool_idle_timeout(Duration::from_secs(60))
            .user_agent(concat!("Kontor/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::clone(&guard))
            .build()
            .map_err(|error| broken(&error))?;
        Ok(Self {
            http,
            guard,
            auth: auth::Signing::new(secret),
            headers: always,
            permits: Semaphore::new(budget.connections.max(1) as usize),
            rate: Rate::new(budget.rate),
            breaker: Breaker::default(),
            budget: budget.clone(),
        })
    }

    pub(crate) fn gauge(&self) -> Gauge {
        let permitted = self.budget.connections.max(1);
        let free = u32::try_from(self.permits.available_permits()).unwrap_or(permitted);
        Gauge { in_use: permitted.saturating_sub(free), idle: 0, permitted }
    }

    /// Takes how the service wants to be signed in to from its own description, where the manifest
    /// does not say it.
    pub(crate) fn sign_in_as_described(&self, described: Auth) {
        self.auth.describe(described);
    }

    /// Sends nothing any more.
    pub(crate) fn close(&self) {
        self.permits.close();
    }

    /// Asks, and waits for the whole answer. A reading that was cut off is tried once more, and so
    /// is whatever does no harm twice.
    pub(crate) async fn send(&self, ask: &Ask) -> Result<Answer, NoAnswer> {
        self.guard
            .check(&ask.url)
            .map_err(|problem| NoAnswer::unsent(FailureKind::Other, problem))?;
        if ask.url.as_str().len() > LONGEST_ADDRESS {
            let problem = format!("what is asked for takes more than {LONGEST_ADDRESS} bytes");
            return Err(NoAnswer::unsent(FailureKind::Invalid, problem));
        }
        let ends = Instant::now() + ask.time;
        let _permit = self.permit().await?;
        let first = self.attempt(ask, ends).await;
        let again = ask.repeatable
            && match &first {
                Ok(answer) => is_passing(answer),
                Err(lost) => lost.failure.kind == FailureKind::Unreachable,
            }
            && ends > Instant::now() + 2 * PAUSE;
        if !again {
            return first;
        }
        tokio::time::sleep(PAUSE).await;
        match self.attempt(ask, ends).await {
            // The first attempt may have arrived even where the second did not.
            Err(lost) => {
                let sent = lost.sent || first.as_ref().err().is_none_or(|first| first.sent);
                Err(NoAnswer { sent, ..lost })
            }
            answer => answer,
        }
    }

    async fn permit(&self) -> Result<tokio::sync::SemaphorePermit<'_>, NoAnswer> {
        match tokio::time::timeout(self.budget.wait, self.permits.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => {
                Err(NoAnswer::unsent(FailureKind::Other, "the way to the backend was closed"))
            }
            Err(_) => {
                let (wait, permitted) = (self.budget.wait, self.budget.connections);
                let detail = format!("waited {wait:?} for one of {permitted} requests at once");
                Err(NoAnswer::unsent(FailureKind::Busy, detail))
            }
        }
    }

    async fn attempt(&self, ask: &Ask, ends: Instant) -> Result<Answer, NoAnswer> {
        let pass = self.breaker.pass().map_err(|failure| NoAnswer { failure, sent: false })?;
        // A pass that is dropped says nothing of the service.
        let turn = self.rate.wait(self.budget.wait).await;
        turn.map_err(|detail| NoAnswer::unsent(FailureKind::Busy, detail))?;
        let answered = self.signed(ask, ends).await;
        match &answered {
            Ok(answer) => match asked_to_wait(answer) {
                Some(wait) => pass.held(wait),
                None if is_passing(answer) => pass.failed(&format!("status {}", answer.status)),
                None => pass.succeeded(),
            },
            Err(lost) => match lost.failure.kind {
                FailureKind::Unreachable | FailureKind::Timeout => {
                    pass.failed(&lost.failure.detail);
                }
                _ => pass.succeeded(),
            },
        }
        answered
    }

    /// Asks with what lets us in; where that had run out meanwhile, with a new one.
    async fn signed(&self, ask: &Ask, ends: Instant) -> Result<Answer, NoAnswer> {
        let key = self.auth.key(&self.http, &self.guard, ends).await;
        let key = key.map_err(|failure| NoAnswer { failure, sent: false })?;
        let answer = self.bare(ask, &key, ends).await?;
        if answer.status == StatusCode::UNAUTHORIZED && self.auth.forget(&key) {
            let key = self.auth.key(&self.http, &self.guard, ends).await;
            let key = key.map_err(|failure| NoAnswer { failure, sent: false })?;
            return self.bare(ask, &key, ends).await;
        }
        Ok(answer)
    }

    async fn bare(&self, ask: &Ask, key: &auth::Key, ends: Instant) -> Result<Answer, NoAnswer> {
        let mut request = reqwest::Request::new(ask.method.clone(), ask.url.clone());
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.extend(self.headers.clone());
        headers.extend(ask.headers.clone());
        if let Some((kind, body)) = &ask.body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            *request.body_mut() = Some(body.clone().into());
        }
        key.apply(&mut request);
        let work = whole(self.http.execute(request), ask.most);
        match tokio::time::timeout_at(ends, work).await {
            Ok(answer) => answer,
            Err(_) => {
                let failure = Failure::new(
                    FailureKind::Timeout,
                    format!(
                        "{} {}: no whole answer within {:?}",
                        ask.method,
                        at(&ask.url),
                        ask.time
                    ),
                );
                Err(NoAnswer { failure, sent: true })
            }
        }
    }
}

/// The whole answer, as long as it is no longer than permitted.
async fn whole(
    sending: impl Future<Output = Result<reqwest::Response, reqwest::Error>>,
    most: usize,
) -> Result<Answer, NoAnswer> {
    let lost = |error: reqwest::Error, sent: bool| {
        let url = error.url().map(at).unwrap_or_default();
        let detail = format!("{url}: {}", causes(&error.without_url()));
        NoAnswer { failure: Failure::new(FailureKind::Unreachable, detail), sent }
    };
    let mut response = sending.await.map_err(|error| {
        let sent = !error.is_connect() && !error.is_builder();
        lost(error, sent)
    })?;
    let too_long = || NoAnswer {
        failure: Failure::new(
            FailureKind::TooLarge,
            format!("the answer has more than the {most} bytes that the budget permits"),
        ),
        sent: true,
    };
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Err(too_long());
    }
    let mut body = BytesMut::new();
    while let Some(part) = response.chunk().await.map_err(|error| lost(error, true))? {
        if body.len() + part.len() > most {
            return Err(too_long());
        }
        body.extend_from_slice(&part);
    }
    let headers = std::mem::take(response.headers_mut());
    Ok(Answer { status: response.status(), headers, body: body.freeze() })
}

/// An address without what may hold secrets.
pub(crate) fn at(url: &Url) -> String {
    format!("{}{}", url.host_str().unwrap_or_default(), url.path())
}

fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Whether the service says that it only cannot at the moment.
fn is_passing(answer: &Answer) -> bool {
    matches!(
        answer.status,
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
    )
}

/// The longest pause that a service can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How long the service asks to be left alone (RFC 9110, 10.2.3; only the form in seconds, for a
/// date would need the service's clock).
fn asked_to_wait(answer: &Answer) -> Option<Duration> {
    let asks =
        matches!(answer.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let seconds = answer.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    asks.then(|| Duration::from_secs(seconds).min(LONGEST_PAUSE))
}
