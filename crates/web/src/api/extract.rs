//! What a request brings, read exactly; what cannot be read is a problem that says where.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use kontor_model::{BackendName, RecordKey, ResourceName};
use kontor_office::{Needed, OfficeError, Permit, Right, Way};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use utoipa::IntoParams;

use super::problem::Problem;
use crate::app::App;
use crate::failure::ApiFailure;
use crate::frame::{Frame, accepted_language};
use crate::texts::Language;
use crate::visitor::Caller;

impl Caller {
    /// The caller's language.
    pub(super) fn language(&self) -> Language {
        Language::from_code(&self.0.user.language).unwrap_or_default()
    }

    /// An error of the office as a problem in the caller's language.
    pub(super) fn told(&self, error: OfficeError) -> Problem {
        ApiFailure::of(self.language(), error).into()
    }

    /// The proof of a right on a backend.
    pub(super) fn permit<R: Right>(&self, app: &App, name: &str) -> Result<Permit<R>, Problem> {
        let unknown = |_| OfficeError::UnknownBackend(name.to_owned());
        BackendName::new(name)
            .map_err(unknown)
            .and_then(|name| app.office.permit(&self.0, &name))
            .map_err(|error| self.told(error))
    }

    /// A key from an address.
    pub(super) fn key(&self, text: &str) -> Result<RecordKey, Problem> {
        crate::handlers::key(text).map_err(|error| self.told(error))
    }

    /// What concerns the person more than their work is not for tokens, which are lent to programs.
    pub(super) fn in_person(&self) -> Result<(), Problem> {
        match self.0.way {
            Way::Session(_) => Ok(()),
            Way::Token { .. } => Err(self.told(OfficeError::Denied(Needed::SignIn))),
        }
    }
}

/// A backend in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct InBackend {
    /// Name of the backend.
    #[param(example = "shop")]
    pub(super) backend: String,
}

/// A resource in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct InResource {
    /// Name of the backend.
    #[param(example = "shop")]
    pub(super) backend: String,
    /// Name of the resource.
    #[param(example = "orders")]
    pub(super) resource: String,
}

impl InResource {
    pub(super) fn name(&self) -> ResourceName {
        ResourceName::new(&self.resource)
    }
}

/// A record in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct InRecord {
    /// Name of the backend.
    #[param(example = "shop")]
    pub(super) backend: String,
    /// Name of the resource.
    #[param(example = "orders")]
    pub(super) resource: String,
    /// The record's key as lists give it.
    #[param(example = "10248")]
    pub(super) key: String,
}

impl InRecord {
    pub(super) fn name(&self) -> ResourceName {
        ResourceName::new(&self.resource)
    }
}

/// The parameters of an address.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, app).await {
            Ok(Path(at)) => Ok(Self(at)),
            Err(rejection) => {
                let language = accepted_language(&parts.headers);
                let status = StatusCode::NOT_FOUND;
                Err(Problem::of(language, status, "not-found", rejection.body_text()))
            }
        }
    }
}

/// The parameters of a query.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, app).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => {
                let language = accepted_language(&parts.headers);
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Err(Problem::of(language, status, "invalid", rejection.body_text()))
            }
        }
    }
}

/// An address that takes no parameters: those that nobody knows are refused, as elsewhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// A JSON body.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (headers, body) = received(request, app).await?;
        read(&headers, &body).map(Self)
    }
}

/// A JSON body that may be missing.
pub(super) struct MaybeSent<T>(pub(super) Option<T>);

impl<T: DeserializeOwned> FromRequest<App> for MaybeSent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (headers, body) = received(request, app).await?;
        if body.is_empty() {
            return Ok(Self(None));
        }
        read(&headers, &body).map(|sent| Self(Some(sent)))
    }
}

async fn received(request: Request, app: &App) -> Result<(HeaderMap, Bytes), Problem> {
    let headers = request.headers().clone();
    let body = Bytes::from_request(request, app).await.map_err(|rejection: BytesRejection| {
        let kind = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "too-large",
            _ => "unreadable",
        };
        let language = accepted_language(&headers);
        Problem::of(language, rejection.status(), kind, rejection.body_text())
    })?;
    Ok((headers, body))
}

fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Problem> {
    let language = accepted_language(headers);
    if !is_json(headers) {
        let detail = "send the body as JSON, with the header `content-type: application/json`";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem::of(language, status, "media-type", detail));
    }
    serde_json::from_slice(body).map_err(|error| {
        let (status, kind) = match error.classify() {
            Category::Data => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Category::Syntax | Category::Eof | Category::Io => {
                (StatusCode::BAD_REQUEST, "unreadable")
            }
        };
        Problem::of(language, status, kind, format!("the body: {error}"))
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The frame in which markup for a caller's list is drawn.
pub(super) struct Framed(pub(super) Frame);

impl FromRequestParts<App> for Framed {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        // A part of a page has no sidebar, and none is looked up for it.
        let mut frame = Frame::of(parts);
        frame.is_fragment = true;
        Ok(Self(frame))
    }
}
