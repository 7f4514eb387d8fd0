//! The JSON API: one module per noun, one function per operation. What the screens can do, the API
//! can; both call the same functions of the office.
#![expect(
    unused_qualifications,
    reason = "utoipa repeats the names of parameter types with their spans"
)]

mod actions;
mod audit;
mod backends;
mod bulk;
mod case;
mod described;
mod document;
mod drift;
mod entered;
mod export;
mod extract;
mod import;
mod input;
mod json;
mod linking;
mod me;
mod operations;
mod people;
mod problem;
mod record;
mod records;
mod related;
mod resources;
mod search;
mod version;
mod views;
mod words;
mod written;

use axum::Router;
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use kontor_model::ResourceName;
use kontor_office::catalog::{Catalog, Face};
use kontor_office::{OfficeError, Permit};

use crate::app::App;
use crate::frame::accepted_language;
use described::{Described, PREFIX};
use problem::Problem;

/// All operations with their description.
fn described() -> Described {
    let api = Described::new(document::info());
    let api = backends::describe(api);
    let api = drift::describe(api);
    let api = linking::describe(api);
    let api = resources::describe(api);
    let api = records::describe(api);
    let api = record::describe(api);
    let api = related::describe(api);
    let api = case::describe(api);
    let api = export::describe(api);
    let api = actions::describe(api);
    let api = bulk::describe(api);
    let api = import::describe(api);
    let api = views::describe(api);
    let api = operations::describe(api);
    let api = search::describe(api);
    let api = me::describe(api);
    let api = people::describe(api);
    let api = audit::describe(api);
    document::describe(api)
}

/// The routes of the API.
pub(crate) fn routes() -> Router<App> {
    described()
        .router
        .method_not_allowed_fallback(wrong_method)
        .route("/api/v1", any(not_found))
        .route("/api/v1/", any(not_found))
        .route("/api/v1/{*rest}", any(not_found))
}

/// The description of the API as OpenAPI 3.1, in JSON.
#[must_use]
pub fn document() -> String {
    document::finished(described().document)
}

async fn not_found(OriginalUri(uri): OriginalUri, headers: HeaderMap) -> impl IntoResponse {
    let detail = format!("the API has no address “{}”; see {PREFIX}/openapi.json", uri.path());
    Problem::of(accepted_language(&headers), StatusCode::NOT_FOUND, "not-found", detail)
}

async fn wrong_method(
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> impl IntoResponse {
    let detail = format!("“{}” does not answer {method}; see {PREFIX}/openapi.json", uri.path());
    let status = StatusCode::METHOD_NOT_ALLOWED;
    Problem::of(accepted_language(&headers), status, "method", detail)
}

/// The answer to a request whose body could not be read.
pub(crate) fn body_refused(headers: &HeaderMap, status: StatusCode) -> Response {
    let (kind, detail) = match status {
        StatusCode::REQUEST_TIMEOUT => ("too-slow", "the body did not come to its end in time"),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too-large",
            "the body is larger than 4 MiB, or than 10 MiB where it is a file to import",
        ),
        _ => ("unreadable", "the body broke off"),
    };
    Problem::of(accepted_language(headers), status, kind, detail).into_response()
}

/// The face of a resource, hidden ones included, as the office has it.
fn face<'a, R>(
    catalog: &'a Catalog,
    permit: &Permit<R>,
    name: &ResourceName,
) -> Result<&'a Face, OfficeError> {
    catalog.face(name).ok_or_else(|| OfficeError::UnknownResource {
        backend: permit.backend.name.to_string(),
        resource: name.to_string(),
    })
}
