//! The backends.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_model::BackendName;
use kontor_office::manifest::Secret;
use kontor_office::{
    Auth, BackendCondition, ConnectRequest, Connected, Manage, OfficeError, Permit, Read, Word as _,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::described::{Described, PREFIX};
use super::extract::{At, InBackend, Sent};
use super::json::json;
use super::problem::{Problem, ReadRefusals, WriteRefusals};
use super::resources::{ResourceSummary, summaries};
use super::words;
use crate::app::App;
use crate::frame::health;
use crate::shown::Health;
use crate::texts::Language;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_list, list)
        .with(__path_connect, connect)
        .with(__path_show, show)
        .with(__path_read_again, read_again)
}

/// How a backend is.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
struct HealthAnswer {
    /// `ok`, `slow`, `down`, or `unknown` before it was asked for the first time.
    condition: &'static str,
    /// When it answered or failed last, RFC 3339.
    checked: Option<String>,
    /// How long its answers took lately, in milliseconds.
    latency_ms: Option<f64>,
    /// Since when it is down, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// Why it is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

impl HealthAnswer {
    fn of(found: &kontor_office::Health) -> Self {
        let (since, failure) = match &found.condition {
            BackendCondition::Down { since, failure } => {
                (Some(words::instant(*since)), Some(failure.kind.to_string()))
            }
            BackendCondition::Ready | BackendCondition::Starting => (None, None),
        };
        Self {
            condition: match health(found) {
                Health::Ok => "ok",
                Health::Slow => "slow",
                Health::Down => "down",
                Health::Unknown => "unknown",
            },
            checked: found.checked.map(words::instant),
            latency_ms: found.latency.map(|latency| latency.as_secs_f64() * 1_000.0),
            since,
            failure,
        }
    }
}

/// A backend.
#[derive(Serialize, ToSchema)]
#[schema(as = Backend)]
struct BackendSummary {
    /// Its name in addresses.
    name: String,
    /// Its title in your language.
    title: String,
    /// What it is for, in your language.
    description: Option<String>,
    /// Who answers for it.
    owner: Option<String>,
    /// `sqlite`, `postgres` or `mysql`.
    engine: &'static str,
    /// Your role: `reader`, `editor` or `administrator`.
    role: Option<&'static str>,
    /// Whether its manifest permits changes, where a resource does not say otherwise.
    writable: bool,
    /// How it is.
    health: HealthAnswer,
}

impl BackendSummary {
    fn of(permit: &Permit<Read>, language: Language) -> Self {
        let (backend, manifest) = (&permit.backend, permit.backend.manifest());
        let description = manifest.description.as_ref();
        Self {
            name: backend.name.to_string(),
            title: manifest.title.in_language(language.code()).to_owned(),
            description: description.map(|text| text.in_language(language.code()).to_owned()),
            owner: manifest.owner.clone(),
            engine: words::engine(backend.engine()),
            role: permit.actor.role(&backend.name).map(|role| role.as_word()),
            writable: manifest.writable,
            health: HealthAnswer::of(&backend.health()),
        }
    }
}

/// The backends that you may read.
#[derive(Serialize, ToSchema)]
struct BackendList {
    /// By name.
    backends: Vec<BackendSummary>,
}

/// The backends that you may read.
#[utoipa::path(
    get, path = "/backends", operation_id = "listBackends", tag = "Backends",
    responses((status = 200, description = "The backends by name", body = BackendList), ReadRefusals)
)]
async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let readable = app.office.readable(&caller.0);
    let language = caller.language();
    let backends = readable.iter().map(|permit| BackendSummary::of(permit, language)).collect();
    Ok(json(StatusCode::OK, &BackendList { backends }))
}

/// How far a resource is in the search index.
#[derive(Serialize, ToSchema)]
#[schema(as = IndexedResource)]
struct IndexedAnswer {
    /// The resource.
    resource: String,
    /// How many of its records are indexed.
    records: u64,
    /// Whether all of them have been read once; before, searches ask the backend.
    whole: bool,
    /// How many records were read so far, while all are being read.
    reading: Option<u64>,
    /// What happened in the backend until then is known, RFC 3339.
    fresh: Option<String>,
}

impl IndexedAnswer {
    fn of(indexed: &kontor_office::IndexedResource) -> Self {
        Self {
            resource: indexed.resource.to_string(),
            records: indexed.records,
            whole: indexed.is_whole,
            reading: indexed.reading,
            fresh: indexed.fresh.map(words::instant),
        }
    }
}

/// A backend with its resources.
#[derive(Serialize, ToSchema)]
struct BackendInFull {
    /// The backend.
    #[serde(flatten)]
    backend: BackendSummary,
    /// Its server's version; null while it was never read.
    version: Option<String>,
    /// Its resources by name.
    resources: Vec<ResourceSummary>,
    /// How far its resources are in the search index, the most important first.
    search_index: Vec<IndexedAnswer>,
    /// What was seen in it and could not be used, with the reasons.
    left_out: Vec<String>,
    /// What its manifest says that does not fit; for those who manage it.
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<String>>,
}

/// A backend: how it is, and its resources.
#[utoipa::path(
    get, path = "/backends/{backend}", operation_id = "showBackend", tag = "Backends",
    params(InBackend),
    responses((status = 200, description = "The backend", body = BackendInFull), ReadRefusals)
)]
async fn show(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InBackend>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let catalog = permit.backend.catalog().ok();
    let schema = catalog.as_ref().map(|catalog| &catalog.schema);
    let answer = BackendInFull {
        backend: BackendSummary::of(&permit, caller.language()),
        version: schema.map(|schema| schema.version.clone()),
        resources: catalog
            .as_ref()
            .map(|catalog| summaries(&permit, catalog, caller.language()))
            .unwrap_or_default(),
        search_index: app.office.indexed(&permit).iter().map(IndexedAnswer::of).collect(),
        left_out: schema.map(|schema| schema.left_out.clone()).unwrap_or_default(),
        problems: catalog
            .as_ref()
            .filter(|_| permit.has::<Manage>())
            .map(|catalog| catalog.problems.clone()),
    };
    Ok(json(StatusCode::OK, &answer))
}

/// A backend that shall be connected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "postgres://anna@db.internal/shop", "password_variable": "SHOP_DB_PASSWORD"}))]
struct NewBackend {
    /// Its address; a password in it is kept encrypted. `https://…` is a service: whether an
    /// OpenAPI description is there or GraphQL is spoken, is found out.
    url: String,
    /// Its name; its own without it.
    name: Option<String>,
    /// The password or the secret, where the address does not hold it; it is kept encrypted.
    password: Option<String>,
    /// The variable of Kontor's environment that holds the password.
    password_variable: Option<String>,
    /// How a service is signed in to; as it describes without it.
    auth: Option<NewAuth>,
    /// Only tries the address and shows what would be written.
    #[serde(default)]
    try_only: bool,
}

/// How a service is signed in to, with the password for a secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum NewAuth {
    /// A bearer token.
    Bearer {},
    /// A user's name and password.
    Basic {
        /// The name.
        user: String,
    },
    /// A key in a header.
    Header {
        /// The header's name.
        name: String,
    },
    /// A key in the address.
    Query {
        /// The parameter's name.
        name: String,
    },
    /// OAuth 2 with the client's own credentials.
    Oauth2 {
        /// Where tokens are had.
        token_url: String,
        /// Who we are there.
        client_id: String,
        /// What is asked for.
        #[serde(default)]
        scopes: Vec<String>,
    },
}

impl NewAuth {
    fn auth(&self) -> Result<Auth, OfficeError> {
        let (kind, name, token_url, scopes) = match self {
            Self::Bearer {} => ("bearer", "", "", String::new()),
            Self::Basic { user } => ("basic", user.as_str(), "", String::new()),
            Self::Header { name } => ("header", name.as_str(), "", String::new()),
            Self::Query { name } => ("query", name.as_str(), "", String::new()),
            Self::Oauth2 { token_url, client_id, scopes } => {
                ("oauth2", client_id.as_str(), token_url.as_str(), scopes.join(" "))
            }
        };
        Auth::said(kind, name, token_url, &scopes)
            .map_err(|error| OfficeError::Parameter { what: "auth", problem: error.to_string() })
    }
}

impl NewBackend {
    fn request(&self) -> Result<ConnectRequest, OfficeError> {
        let name = self.name.as_deref().filter(|name| !name.is_empty()).map(BackendName::new);
        Ok(ConnectRequest {
            url: self.url.clone(),
            name: name.transpose().map_err(|error| OfficeError::Parameter {
                what: "name",
                problem: error.to_string(),
            })?,
            password: self.password.as_deref().map(Secret::new),
            password_variable: self.password_variable.clone(),
            auth: self.auth.as_ref().map(NewAuth::auth).transpose()?,
        })
    }
}

/// What was read of a backend.
#[derive(Serialize, ToSchema)]
struct ConnectedBackend {
    /// The name of the backend.
    name: String,
    /// `sqlite`, `postgres`, `mysql`, `openapi` or `graphql`.
    engine: &'static str,
    /// Its server's version.
    version: String,
    /// The names of the resources that were found.
    resources: Vec<String>,
    /// What was seen and cannot be used, with the reasons.
    left_out: Vec<String>,
    /// The manifest.
    manifest: String,
    /// Whether the manifest was written and is in force.
    is_connected: bool,
}

impl ConnectedBackend {
    fn of(connected: Connected, is_connected: bool) -> Self {
        let resources = connected.schema.resources.iter();
        Self {
            name: connected.name.to_string(),
            engine: words::engine(connected.schema.engine),
            resources: resources.map(|resource| resource.name.to_string()).collect(),
            version: connected.schema.version,
            left_out: connected.schema.left_out,
            manifest: connected.text,
            is_connected,
        }
    }
}

/// Connects a backend: tries it, writes its manifest, read-only, and puts it in force. For
/// administrators who have signed in.
#[utoipa::path(
    post, path = "/backends", operation_id = "connectBackend", tag = "Backends",
    request_body = NewBackend,
    responses(
        (status = 200, description = "What would be connected", body = ConnectedBackend),
        (status = 201, description = "It is connected", body = ConnectedBackend, headers(("Location" = String, description = "Its address"))),
        WriteRefusals,
    )
)]
async fn connect(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<NewBackend>,
) -> Result<Response, Problem> {
    let told = |error: OfficeError| caller.told(error);
    caller.0.administrator().map_err(told)?;
    let request = sent.request().map_err(told)?;
    if sent.try_only {
        let tried = app.office.try_connect(&request).await.map_err(told)?;
        return Ok(json(StatusCode::OK, &ConnectedBackend::of(tried, false)));
    }
    let connected = app.office.connect(Some(&caller.0), &request).await.map_err(told)?;
    let address = format!("{PREFIX}/backends/{}", connected.name);
    let mut response = json(StatusCode::CREATED, &ConnectedBackend::of(connected, true));
    if let Ok(address) = HeaderValue::from_str(&address) {
        response.headers_mut().insert(LOCATION, address);
    }
    Ok(response)
}

/// Reads a backend's schema again, now. For those who manage it.
#[utoipa::path(
    post, path = "/backends/{backend}/read-again", operation_id = "readBackendAgain", tag = "Backends",
    params(InBackend), responses((status = 204, description = "It was read"), WriteRefusals)
)]
async fn read_again(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InBackend>,
) -> Result<Response, Problem> {
    let permit: Permit<Manage> = caller.permit(&app, &at.backend)?;
    app.office.read_again(&permit).await.map_err(|error| caller.told(error))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
