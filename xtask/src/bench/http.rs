//! Asking Kontor over HTTP/1.1 with connections kept open.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use reqwest::{
    Method, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue},
};

use super::load::{CLIENTS, Client};
use crate::failure::{Failure, Outcome};

/// One HTTP request.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    method: Method,
    path: String,
    body: Option<(&'static str, String)>,
}

impl Ask {
    /// Reads an address.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None }
    }

    /// Sends JSON.
    pub(super) fn json(method: Method, path: impl Into<String>, body: String) -> Self {
        Self { method, path: path.into(), body: Some(("application/json", body)) }
    }

    /// Sends a form.
    pub(super) fn form(path: impl Into<String>, pairs: &[(&str, &str)]) -> Self {
        let body: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let body = Some(("application/x-www-form-urlencoded", body.join("&")));
        Self { method: Method::POST, path: path.into(), body }
    }
}

/// A text inside an address or a form.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// The requests that are one piece of work, by its number; each is sent when the one before is
/// answered.
pub(super) type Asks = Arc<dyn Fn(u64) -> Vec<Ask> + Send + Sync>;

/// Who asks: Kontor's address and what proves who one is.
#[derive(Clone)]
pub(super) struct Visitor {
    client: reqwest::Client,
    base: String,
}

impl Visitor {
    /// Somebody whom Kontor does not know.
    pub(super) fn stranger(base: &str) -> Outcome<Self> {
        Self::with(base, HeaderMap::new())
    }

    /// Somebody with a session.
    pub(super) fn with_session(base: &str, cookie: &str) -> Outcome<Self> {
        Self::with(base, [(COOKIE, value(cookie)?)].into_iter().collect())
    }

    /// A program with a token.
    pub(super) fn with_token(base: &str, token: &str) -> Outcome<Self> {
        Self::with(
            base,
            [(AUTHORIZATION, value(&format!("Bearer {token}"))?)].into_iter().collect(),
        )
    }

    fn with(base: &str, headers: HeaderMap) -> Outcome<Self> {
        let client = reqwest::Client::builder()
            .default_headers(headers)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .build()
            .map_err(|error| Failure::new(error.to_string()))?;
        Ok(Self { client, base: base.to_owned() })
    }

    /// Sends a request; the answer must be a success or lead on to another page.
    pub(super) async fn send(&self, ask: &Ask) -> Outcome<reqwest::Response> {
        let mut request =
            self.client.request(ask.method.clone(), format!("{}{}", self.base, ask.path));
        if let Some((kind, body)) = &ask.body {
            request = request.header(CONTENT_TYPE, *kind).body(body.clone());
        }
        let failed = |error: reqwest::Error| Failure::new(format!("{}: {error}", ask.path));
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        if status.is_success() || status == StatusCode::SEE_OTHER {
            return Ok(response);
        }
        let text = response.text().await.unwrap_or_default();
        let begin: String = text.chars().take(300).collect();
        Err(Failure::new(format!("{} {} answers {status}: {begin}", ask.method, ask.path)))
    }

    /// The whole answer as text.
    pub(super) async fn text(&self, ask: &Ask) -> Outcome<String> {
        let answer = self.send(ask).await?.text().await;
        answer.map_err(|error| Failure::new(format!("{}: {error}", ask.path)))
    }

    /// As many who ask as there are clients, each over a connection of its own.
    pub(super) fn clients(&self, asks: &Asks) -> Vec<HttpClient> {
        let next = Arc::new(AtomicU64::new(0));
        let client = || HttpClient {
            visitor: self.clone(),
            asks: Arc::clone(asks),
            next: Arc::clone(&next),
        };
        std::iter::repeat_with(client).take(CLIENTS).collect()
    }
}

fn value(text: &str) -> Outcome<HeaderValue> {
    HeaderValue::from_str(text).map_err(|error| Failure::new(error.to_string()))
}

/// One who asks.
pub(super) struct HttpClient {
    visitor: Visitor,
    asks: Asks,
    next: Arc<AtomicU64>,
}

impl Client for HttpClient {
    async fn ask(&mut self) -> Outcome {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        for ask in (self.asks)(number) {
            let mut answer = self.visitor.send(&ask).await?;
            while answer
                .chunk()
                .await
                .map_err(|error| Failure::new(format!("{}: {error}", ask.path)))?
                .is_some()
            {}
        }
        Ok(())
    }
}
