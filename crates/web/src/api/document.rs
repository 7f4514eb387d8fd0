//! The description of the API, as OpenAPI 3.1.

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Info, InfoBuilder, OpenApi};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::described::Described;
use super::json::AnyValue;
use super::problem::ProblemBody;
use crate::visitor::SESSION;

const ABOUT: &str = "One back office for a shop that is built of many backends. Sign in with a \
    token (`Authorization: Bearer kontor_…`), or with the session of a browser. A failure is a \
    problem as RFC 9457 defines it, its title and detail in the language of the person.";

static TEXT: LazyLock<String> = LazyLock::new(super::document);

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_document, document)
}

pub(super) fn info() -> Info {
    InfoBuilder::new()
        .title("Kontor")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .build()
}

/// Adds what no single operation describes, and writes it down.
pub(super) fn finished(mut document: OpenApi) -> String {
    let components = document.components.get_or_insert_default();
    components.schemas.insert(AnyValue::name().into_owned(), AnyValue::schema());
    let mut problems = Vec::new();
    ProblemBody::schemas(&mut problems);
    components.schemas.extend(problems);
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token of one's own account, see `/api/v1/me/tokens`."))
        .build();
    let session = ApiKey::Cookie(ApiKeyValue::with_description(
        SESSION,
        "The session of a browser. Requests from other sites are refused.",
    ));
    components.add_security_scheme("bearer", SecurityScheme::Http(token));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(session));
    let none: [&str; 0] = [];
    document.security = Some(vec![
        SecurityRequirement::new("bearer", none),
        SecurityRequirement::new("cookie", none),
    ]);
    document.to_json().unwrap_or_else(|error| {
        tracing::error!(%error, "the description of the API could not be written");
        String::new()
    })
}

/// This document.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "document", tag = "About", security(()),
    responses((status = 200, description = "The description of the API", content_type = "application/json"))
)]
async fn document() -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
    (headers, TEXT.as_str()).into_response()
}
