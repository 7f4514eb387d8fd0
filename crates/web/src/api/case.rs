//! A case: one thing as all backends know it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{
    About, Belonging, Beyond, Case, Fact, Happened, Happening, Hint, Missing, Permit, Read,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::Described;
use super::extract::{At, InRecord};
use super::json::{AnyValue, json};
use super::problem::{Problem, ReadRefusals};
use super::records::CountAnswer;
use super::words;
use crate::app::App;
use crate::texts::Language;
use crate::view::far_trouble;
use crate::visitor::Caller;

/// Entries of the timeline.
const ENTRIES: usize = 200;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_case, case)
}

/// One thing as all backends know it.
#[derive(Serialize, ToSchema)]
#[schema(as = Case)]
struct CaseAnswer {
    /// What kind of thing it is: `customer`, `order`, `product`, or one that files name.
    of: String,
    /// Its title in your language.
    title: String,
    /// The records, the one that was asked for first.
    members: Vec<CaseMember>,
    /// What is known of it.
    facts: Vec<CaseFact>,
    /// What is odd, warnings first.
    hints: Vec<CaseHint>,
    /// What belongs to it.
    belongings: Vec<CaseBelonging>,
    /// Records that are the same thing, too, and that were not read.
    beyond: Vec<CaseBeyond>,
    /// What happened to it, the latest first, at most 200 things.
    timeline: Vec<CaseHappened>,
    /// What could not be had.
    missing: Vec<CaseMissing>,
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
    /// When it was read.
    as_of: String,
}

/// A record that something is about.
#[derive(Serialize, ToSchema)]
struct CaseRecord {
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

/// Something odd.
#[derive(Serialize, ToSchema)]
struct CaseHint {
    /// `warning` where somebody should act, else `hint`.
    severity: &'static str,
    /// What it is, in your language.
    text: String,
    /// The record that it is about; null where it is about several.
    record: Option<CaseRecord>,
    /// The fact about which two records disagree.
    fact: Option<String>,
}

/// Records that belong to a case over one link.
#[derive(Serialize, ToSchema)]
struct CaseBelonging {
    /// What they are called, in your language.
    title: String,
    /// Their backend.
    backend: String,
    /// Their resource.
    resource: String,
    /// Index of the member that they belong to.
    member: usize,
    /// How many there are.
    count: Option<CountAnswer>,
    /// The filter that lists them all.
    filter: Option<String>,
    /// Keys of the newest of them.
    keys: Vec<String>,
    /// When they were read.
    as_of: Option<String>,
    /// Why they could not be read, in your language.
    problem: Option<String>,
}

/// Records that are the same thing and were not read.
#[derive(Serialize, ToSchema)]
struct CaseBeyond {
    /// Their backend.
    backend: String,
    /// Their resource.
    resource: String,
    /// How many they are.
    count: CountAnswer,
    /// The filter that lists them; null where their backend cannot be asked so.
    filter: Option<String>,
    /// Keys of those that are known.
    keys: Vec<String>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
struct CaseHappened {
    /// When, RFC 3339.
    at: String,
    /// Whether only the day is known.
    is_day: bool,
    /// `change` for what was done in Kontor, `record` for what a record says.
    from: &'static str,
    /// What happened, in your language; for a change, `create`, `update`, `delete` or `act`.
    what: String,
    /// Who did it, for a change.
    actor: Option<String>,
    /// The operation, for a change.
    operation: Option<String>,
    /// The record.
    record: CaseRecord,
}

/// A part of a case that could not be had.
#[derive(Serialize, ToSchema)]
struct CaseMissing {
    /// The backend; null where you may not know of it.
    backend: Option<String>,
    /// Why, in your language.
    problem: String,
}

fn record_at(
    permit: &Permit<Read>,
    resource: &ResourceName,
    key: &RecordKey,
    title: &str,
) -> CaseRecord {
    CaseRecord {
        backend: permit.backend.name.to_string(),
        resource: resource.to_string(),
        key: key.to_text(),
        title: title.to_owned(),
    }
}

fn record_of(about: &About) -> CaseRecord {
    record_at(&about.permit, &about.resource, &about.key, &about.title)
}

fn keys(keys: &[RecordKey]) -> Vec<String> {
    keys.iter().map(RecordKey::to_text).collect()
}

impl CaseAnswer {
    fn of(case: &Case, timeline: &[Happened], language: Language) -> Self {
        let members = case.members.iter().map(|member| CaseMember {
            backend: member.permit.backend.name.to_string(),
            resource: member.resource().to_string(),
            key: member.key().to_text(),
            title: member.shown.title.clone(),
            as_of: words::instant(member.read_at),
        });
        let said =
            |label: &kontor_office::manifest::Label| label.in_language(language.code()).to_owned();
        Self {
            of: case.of.name.clone(),
            title: said(&case.of.title),
            members: members.collect(),
            facts: case.facts.iter().map(|fact| CaseFact::of(case, fact, language)).collect(),
            hints: case.hints.iter().map(|hint| CaseHint::of(hint, language)).collect(),
            belongings: case.belongings.iter().map(|it| CaseBelonging::of(it, language)).collect(),
            beyond: case.beyond.iter().map(CaseBeyond::of).collect(),
            timeline: timeline.iter().map(|it| CaseHappened::of(case, it, language)).collect(),
            missing: case.missing.iter().map(|gap| CaseMissing::of(gap, language)).collect(),
        }
    }
}

impl CaseFact {
    fn of(case: &Case, fact: &Fact, language: Language) -> Self {
        let said = fact.said.iter().map(|said| {
            let member = &case.members[said.member];
            let resource = member.shown.catalog.resource(member.shown.face());
            CaseSaid {
                backend: member.permit.backend.name.to_string(),
                field: resource.fields[said.field].name.clone(),
                value: said.value.clone(),
            }
        });
        Self {
            name: fact.name.clone(),
            title: fact.title.in_language(language.code()).to_owned(),
            disputed: fact.is_disputed(&case.members),
            said: said.collect(),
        }
    }
}

impl CaseHint {
    fn of(hint: &Hint, language: Language) -> Self {
        Self {
            severity: if hint.is_warning { "warning" } else { "hint" },
            text: hint.text.in_language(language.code()).to_owned(),
            record: hint.about.as_ref().map(record_of),
            fact: hint.fact.clone(),
        }
    }
}

impl CaseBelonging {
    fn of(belonging: &Belonging, language: Language) -> Self {
        let found = belonging.found.as_ref();
        let read = found.ok();
        let trouble = found.err().map(|trouble| far_trouble(language.texts(), trouble));
        Self {
            title: belonging.title.in_language(language.code()).to_owned(),
            backend: belonging.permit.backend.name.to_string(),
            resource: belonging.resource.to_string(),
            member: belonging.member,
            count: read.map(|related| related.count.into()),
            filter: read.map(|related| related.filter.clone()),
            keys: read.map_or_else(Vec::new, |related| {
                related.records.iter().map(|record| record.key.to_text()).collect()
            }),
            as_of: read.map(|_| words::instant(belonging.read_at)),
            problem: trouble,
        }
    }
}

impl CaseBeyond {
    fn of(beyond: &Beyond) -> Self {
        Self {
            backend: beyond.permit.backend.name.to_string(),
            resource: beyond.resource.to_string(),
            count: beyond.count.into(),
            filter: beyond.filter.clone(),
            keys: keys(&beyond.keys),
        }
    }
}

impl CaseHappened {
    fn of(case: &Case, happened: &Happened, language: Language) -> Self {
        let at = words::instant(happened.at);
        match &happened.what {
            Happening::Changed { member, entry } => {
                let of = &case.members[*member];
                let record = record_at(&of.permit, of.resource(), of.key(), &of.shown.title);
                Self {
                    at,
                    is_day: false,
                    from: "change",
                    what: words::change(entry.kind).to_owned(),
                    actor: Some(entry.actor.clone()),
                    operation: Some(entry.operation.clone()),
                    record,
                }
            }
            Happening::Dated(dated) => Self {
                at,
                is_day: dated.is_day,
                from: "record",
                what: dated.text.in_language(language.code()).to_owned(),
                actor: None,
                operation: None,
                record: record_of(&dated.about),
            },
        }
    }
}

impl CaseMissing {
    fn of(gap: &Missing, language: Language) -> Self {
        Self {
            backend: gap.name.as_ref().map(ToString::to_string),
            problem: far_trouble(language.texts(), &gap.trouble),
        }
    }
}

/// The same thing as all backends know it, what belongs to it, what is odd about it and what happened
/// to it, as far as that is found in a moment. What could not be had is named.
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
    let timeline = app.office.case_timeline(&case, ENTRIES).await;
    let timeline = timeline.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &CaseAnswer::of(&case, &timeline, caller.language())))
}
