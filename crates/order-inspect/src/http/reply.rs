//! Answers.

use axum::{
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_TYPE, ETAG, LOCATION},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::Etag;
use crate::error::Error;

/// What a handler returns.
pub type Answer = Result<Reply, Error>;

/// A status, the headers that matter and a JSON body: also what is stored with an idempotency key.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// Whether nothing but the status is stored with an idempotency key: what it shows is personal.
    pub(super) private: bool,
}

impl Reply {
    /// 200 with this body.
    pub fn ok(body: &impl Serialize) -> Answer {
        Self::with(200, body)
    }

    /// 201 with this body.
    pub fn created(body: &impl Serialize) -> Answer {
        Self::with(201, body)
    }

    /// 202: it was taken in and goes on.
    pub fn accepted(body: &impl Serialize) -> Answer {
        Self::with(202, body)
    }

    /// 204.
    pub fn nothing() -> Answer {
        Ok(Self::bare(204))
    }

    /// A status without a body.
    pub(crate) fn bare(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new(), private: false }
    }

    /// The same, of which only the status is stored with an idempotency key. Whoever answers with it shows what there is
    /// now when the request comes again.
    #[must_use]
    pub(crate) fn private(self) -> Self {
        Self { private: true, ..self }
    }

    /// Whether there is nothing in it: it was stored without its body.
    pub(crate) fn is_bare(&self) -> bool {
        self.body.is_empty()
    }

    /// The address that it names.
    pub(crate) fn location(&self) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(name, _)| name == LOCATION.as_str()).map(|(_, value)| value.as_str())
    }

    /// The same with a body, which is not stored with an idempotency key: what was done once is shown as it is now.
    pub(crate) fn showing(mut self, body: &impl Serialize) -> Answer {
        self.body = Self::with(self.status, body)?.body;
        Ok(self)
    }

    fn with(status: u16, body: &impl Serialize) -> Answer {
        let body = serde_json::to_string(body)
            .map_err(|error| Error::Broken(format!("an answer cannot be written: {error}")))?;
        Ok(Self { body, ..Self::bare(status) })
    }

    /// The same with the entity tag of a revision.
    #[must_use]
    pub fn tagged(self, revision: i64) -> Self {
        self.header(ETAG.as_str(), Etag(revision).to_string())
    }

    /// The same with the address of what was made.
    #[must_use]
    pub fn at(self, location: impl Into<String>) -> Self {
        self.header(LOCATION.as_str(), location.into())
    }

    /// The same with another header.
    #[must_use]
    pub fn header(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let has_body = !self.body.is_empty();
        let mut response = (status, self.body).into_response();
        let headers = response.headers_mut();
        headers.remove(CONTENT_TYPE);
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in self.headers {
            let header = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
            if let Some((name, value)) = header {
                headers.append(name, value);
            }
        }
        response
    }
}
