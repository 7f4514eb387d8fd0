//! The one box: records and resources of everything that may be read.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_model::{BackendName, ResourceName};
use kontor_office::manifest::Label;
use kontor_office::{Found, FoundRecord, OfficeError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::described::Described;
use super::extract::Asked;
use super::json::json;
use super::problem::{OwnReadRefusals, Problem};
use super::words;
use crate::app::App;
use crate::texts::Language;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_find, find)
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FindQuery {
    /// The words, or a number as it was pasted.
    #[param(example = "2026-1001")]
    q: String,
    /// Looks into one resource only: `backend/resource`.
    #[serde(rename = "in")]
    #[param(rename = "in")]
    within: Option<String>,
}

/// A record that was found.
#[derive(Serialize, ToSchema)]
#[schema(as = FoundRecord)]
struct FoundAnswer {
    /// Its backend.
    backend: String,
    /// Its resource.
    resource: String,
    /// Its key.
    key: String,
    /// Its title.
    title: String,
    /// Whether the words are one of its identifiers, in some spelling.
    is_exact: bool,
    /// When it was read, RFC 3339, where its backend does not answer and it is told as it was
    /// then; null where it was read just now.
    as_of: Option<String>,
    /// What tells it from other records of the same title: a number, an address, a day, as the
    /// backend holds it; empty where its title does.
    apart: Vec<String>,
    /// The same thing in other backends, as far as the words found it there, too.
    also: Vec<AlsoAnswer>,
}

/// The same thing in another backend.
#[derive(Serialize, ToSchema)]
#[schema(as = FoundAlso)]
struct AlsoAnswer {
    /// Its backend.
    backend: String,
    /// Its resource.
    resource: String,
    /// Its key.
    key: String,
    /// Its title.
    title: String,
}

/// A resource that is called so.
#[derive(Serialize, ToSchema)]
struct FoundResource {
    /// Its backend.
    backend: String,
    /// Its name.
    resource: String,
    /// Its title in your language.
    title: String,
}

/// What was found.
#[derive(Serialize, ToSchema)]
#[schema(as = Found)]
struct FindAnswer {
    /// Records; what is exact stands first.
    records: Vec<FoundAnswer>,
    /// Resources whose titles contain the words.
    resources: Vec<FoundResource>,
    /// Resources of which more records were found than are told here; their lists have them all.
    more: Vec<FoundResource>,
    /// Backends that did not answer in time or could not: what they hold is missing here.
    missing: Vec<String>,
}

impl AlsoAnswer {
    fn of(hit: FoundRecord) -> Self {
        Self {
            backend: hit.backend.to_string(),
            resource: hit.resource.to_string(),
            key: hit.key.to_text(),
            title: hit.title,
        }
    }
}

impl FindAnswer {
    fn of(found: Found, language: Language) -> Self {
        let records = found.records.into_iter().map(|hit| FoundAnswer {
            backend: hit.backend.to_string(),
            resource: hit.resource.to_string(),
            key: hit.key.to_text(),
            title: hit.title,
            is_exact: hit.is_exact,
            as_of: hit.as_of.map(words::instant),
            apart: hit.apart.iter().filter_map(|apart| apart.value.to_text()).collect(),
            also: hit.also.into_iter().map(AlsoAnswer::of).collect(),
        });
        let resource = |(backend, resource, title): (BackendName, ResourceName, Label)| {
            let title = title.in_language(language.code()).to_owned();
            FoundResource { backend: backend.to_string(), resource: resource.to_string(), title }
        };
        Self {
            records: records.collect(),
            resources: found.resources.into_iter().map(resource).collect(),
            more: found.more.into_iter().map(resource).collect(),
            missing: found.missing,
        }
    }
}

fn within(text: &str) -> Result<(BackendName, ResourceName), OfficeError> {
    let wrong = || OfficeError::Parameter {
        what: "in",
        problem: format!("“{text}” is not of the form backend/resource"),
    };
    let (backend, resource) = text.split_once('/').ok_or_else(wrong)?;
    let backend = BackendName::new(backend).map_err(|_| wrong())?;
    Ok((backend, ResourceName::new(resource)))
}

/// Finds records and resources in everything that you may read, in Kontor's own index: identifiers
/// in any spelling first, then titles, then texts; small mistakes in longer words are forgiven. What
/// is found is read again from its backend; where that does not answer, `as_of` says how old it is.
/// Resources that are not indexed yet are searched in their backends, which have a second and a
/// half for it; who is late is named.
#[utoipa::path(
    get, path = "/search", operation_id = "find", tag = "Search", params(FindQuery),
    responses((status = 200, description = "What was found", body = FindAnswer), OwnReadRefusals)
)]
async fn find(
    State(app): State<App>,
    caller: Caller,
    Asked(query): Asked<FindQuery>,
) -> Result<Response, Problem> {
    let told = |error: OfficeError| caller.told(error);
    let place = query.within.as_deref().map(within).transpose().map_err(told)?;
    let place = place.as_ref().map(|(backend, resource)| (backend, resource));
    let found = app.office.find(&caller.0, &query.q, place).await.map_err(told)?;
    Ok(json(StatusCode::OK, &FindAnswer::of(found, caller.language())))
}
