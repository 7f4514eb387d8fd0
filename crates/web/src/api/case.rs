//! A case: one thing as all backends know it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_model::Value;
use kontor_office::{Case, Fact, Permit, Read};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::Described;
use super::extract::{At, InRecord};
use super::json::{AnyValue, json};
use super::problem::{Problem, ReadRefusals};
use crate::app::App;
use crate::texts::Language;
use crate::view::far_trouble;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_case, case)
}

/// One thing as all backends know it.
#[derive(Serialize, ToSchema)]
#[schema(as = Case)]
struct CaseAnswer {
    /// What kind of thing it is: `customer`, `order`, `product`, or one that manifests name.
    of: String,
    /// The records, the one that was asked for first.
    members: Vec<CaseMember>,
    /// What is known of it.
    facts: Vec<CaseFact>,
    /// What could not be had, in your language.
    missing: Vec<String>,
}

/// A record of a case.
#[derive(Serialize, ToSchema)]
struct CaseMember {
    /// Its backend.
    backend: String,
    /// Its resource.
    resource: String,
    /// Its key, as it stands in addresses.
    key: String,
    /// Its title.
    title: String,
}

/// A fact about a thing.
#[derive(Serialize, ToSchema)]
struct CaseFact {
    /// Its name.
    name: String,
    /// Its title in your language.
    title: String,
    /// Whether two records say different things.
    disputed: bool,
    /// Who says what.
    said: Vec<CaseSaid>,
}

/// What one record says of a fact.
#[derive(Serialize, ToSchema)]
struct CaseSaid {
    /// The backend.
    backend: String,
    /// The field.
    field: String,
    /// The value.
    #[schema(value_type = AnyValue)]
    value: Value,
}

impl CaseAnswer {
    fn of(case: &Case, language: Language) -> Self {
        let members = case.members.iter().map(|member| CaseMember {
            backend: member.permit.backend.name.to_string(),
            resource: member.resource().to_string(),
            key: member.key().to_text(),
            title: member.shown.title.clone(),
        });
        let t = language.texts();
        Self {
            of: case.of.name.clone(),
            members: members.collect(),
            facts: case.facts.iter().map(|fact| told(case, fact, language)).collect(),
            missing: case.missing.iter().map(|gap| far_trouble(t, &gap.trouble)).collect(),
        }
    }
}

fn told(case: &Case, fact: &Fact, language: Language) -> CaseFact {
    let said = fact.said.iter().map(|said| {
        let member = &case.members[said.member];
        let resource = member.shown.catalog.resource(member.shown.face());
        CaseSaid {
            backend: member.permit.backend.name.to_string(),
            field: resource.fields[said.field].name.clone(),
            value: said.value.clone(),
        }
    });
    CaseFact {
        name: fact.name.clone(),
        title: fact.title.in_language(language.code()).to_owned(),
        disputed: fact.is_disputed(&case.members),
        said: said.collect(),
    }
}

/// The same thing as all backends know it, as far as it is found in a moment. What could not be had
/// is named.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/records/{key}/case",
    operation_id = "showCase", tag = "Records", params(InRecord),
    responses((status = 200, description = "The case", body = CaseAnswer), ReadRefusals)
)]
async fn case(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InRecord>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let key = caller.key(&at.key)?;
    let found = app.office.case(&permit, &at.name(), &key).await;
    let case = found.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &CaseAnswer::of(&case, caller.language())))
}
