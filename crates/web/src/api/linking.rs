//! Links between backends that are proposed, and what becomes of the proposals.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_office::manifest::Transform;
use kontor_office::proposals::{Coverage, FarProposal};
use kontor_office::{FarProposals, OfficeError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::described::Described;
use super::extract::{Asked, Nothing, Sent};
use super::json::json;
use super::problem::{Problem, ReadRefusals, WriteRefusals};
use super::words;
use crate::app::App;
use crate::visitor::Caller;

/// The most proposals that are decided at once.
const MOST: usize = 1_000;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_list, list)
        .with(__path_compare, compare)
        .with(__path_accept, accept)
        .with(__path_reject, reject)
}

/// The links that are proposed and that you may decide.
#[derive(Serialize, ToSchema)]
struct LinkProposals {
    /// When the backends were compared, RFC 3339; null before the first time.
    compared: Option<String>,
    /// By the backend that refers, the surest first.
    proposals: Vec<LinkProposal>,
}

/// A link that seems to lead from one backend to another.
#[derive(Serialize, ToSchema)]
struct LinkProposal {
    /// By which it is accepted or rejected.
    id: String,
    /// The end that refers; the link goes into the manifest of its backend.
    from: LinkEnd,
    /// The end that is referred to.
    to: LinkEnd,
    /// How a value here becomes the value there; null where both are the same.
    value: Option<LinkValue>,
    /// How sure it is, in percent.
    confidence: u8,
    /// What speaks for it.
    evidence: LinkEvidence,
}

/// One end of a link.
#[derive(Serialize, ToSchema)]
struct LinkEnd {
    /// The backend.
    backend: String,
    /// The resource.
    resource: String,
    /// Its fields; a place inside JSON as in manifests.
    fields: Vec<String>,
}

/// How a value here becomes the value there, in the words of manifests.
#[derive(Serialize, ToSchema)]
struct LinkValue {
    /// Whether blanks at both ends are taken away.
    trim: bool,
    /// Characters that are taken away.
    strip: String,
    /// What is taken away at the beginning.
    remove_prefix: String,
    /// The width here, of which what pads is taken away.
    unpad: Option<u32>,
    /// The width there.
    pad: Option<u32>,
    /// What pads.
    pad_with: Option<char>,
    /// What is put before it.
    add_prefix: String,
    /// Whether the case of letters makes no difference.
    ignore_case: bool,
}

/// What speaks for a link.
#[derive(Serialize, ToSchema)]
struct LinkEvidence {
    /// Whether the names mean the same in English or German.
    names_agree: bool,
    /// Whether at most one record refers to each.
    is_one_to_one: bool,
    /// Values here that were looked for there.
    here: LinkCoverage,
    /// Values there that were looked for here; null where the way back is not known.
    there: Option<LinkCoverage>,
    /// Some values as they are written here and there.
    examples: Vec<LinkExample>,
}

/// How many of some values have a counterpart.
#[derive(Serialize, ToSchema)]
struct LinkCoverage {
    /// Values that have one.
    found: u64,
    /// Different values that were looked for.
    of: u64,
    /// Some that have none.
    orphans: Vec<String>,
}

/// A value on both sides.
#[derive(Serialize, ToSchema)]
struct LinkExample {
    /// As it is written here.
    here: String,
    /// As it is written there.
    there: String,
}

impl LinkProposals {
    fn of(found: FarProposals) -> Self {
        let proposals = found.open.into_iter().map(|(id, found)| LinkProposal::of(id, found));
        Self { compared: found.at.map(words::instant), proposals: proposals.collect() }
    }
}

impl LinkProposal {
    fn of(id: String, found: FarProposal) -> Self {
        let (link, evidence) = (found.link, found.evidence);
        let coverage = |coverage: Coverage| LinkCoverage {
            found: coverage.found,
            of: coverage.of,
            orphans: coverage.orphans,
        };
        let examples = evidence.examples.into_iter();
        Self {
            id,
            from: LinkEnd {
                backend: found.from.to_string(),
                resource: link.from.to_string(),
                fields: link.fields,
            },
            to: LinkEnd {
                backend: link.backend.map(|backend| backend.to_string()).unwrap_or_default(),
                resource: link.to.to_string(),
                fields: link.to_fields,
            },
            value: link.value.into_iter().next().filter(|own| !own.is_none()).map(LinkValue::of),
            confidence: found.confidence.as_percent(),
            evidence: LinkEvidence {
                names_agree: evidence.names_agree,
                is_one_to_one: evidence.is_one_to_one,
                here: coverage(evidence.here),
                there: evidence.there.map(coverage),
                examples: examples.map(|(here, there)| LinkExample { here, there }).collect(),
            },
        }
    }
}

impl LinkValue {
    fn of(transform: Transform) -> Self {
        Self {
            trim: transform.trim,
            strip: transform.strip,
            remove_prefix: transform.remove_prefix,
            unpad: transform.unpad,
            pad: transform.pad,
            pad_with: transform.pad_with,
            add_prefix: transform.add_prefix,
            ignore_case: transform.ignore_case,
        }
    }
}

/// Which proposals are meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"proposals": ["0f3a4c2b9d8e7f6a5b4c3d2e"]}))]
struct ChosenLinks {
    /// Their ids; 1 to 1,000.
    proposals: Vec<String>,
}

impl ChosenLinks {
    fn checked(&self) -> Result<&[String], OfficeError> {
        if (1..=MOST).contains(&self.proposals.len()) {
            return Ok(&self.proposals);
        }
        let problem = format!("1 to {MOST} proposals are decided at once");
        Err(OfficeError::Parameter { what: "proposals", problem })
    }
}

/// What became of proposals.
#[derive(Serialize, ToSchema)]
struct DecidedLinks {
    /// How many were decided.
    decided: usize,
}

/// The links between backends that are proposed and not decided yet. Who manages the backend that
/// refers and may read the other sees them.
#[utoipa::path(
    get, path = "/link-proposals", operation_id = "listLinkProposals", tag = "Backends",
    responses((status = 200, description = "The proposals", body = LinkProposals), ReadRefusals)
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Problem> {
    let found = app.office.far_proposals(&caller.0).await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &LinkProposals::of(found)))
}

/// Compares the backends that you may read, each within its budget, and answers what is proposed
/// then.
#[utoipa::path(
    post, path = "/link-proposals/compare", operation_id = "compareBackends", tag = "Backends",
    responses((status = 200, description = "The proposals", body = LinkProposals), WriteRefusals)
)]
async fn compare(
    State(app): State<App>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Problem> {
    let (office, actor) = (Arc::clone(&app.office), Arc::clone(&caller.0));
    // On a task of its own: it goes on when nobody waits for it any more.
    let compared = tokio::spawn(async move { office.compare_backends(&actor).await }).await;
    let cut_off = |error| OfficeError::Fault(format!("a comparison was cut off: {error}"));
    compared.map_err(cut_off).and_then(|done| done).map_err(|error| caller.told(error))?;
    let found = app.office.far_proposals(&caller.0).await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &LinkProposals::of(found)))
}

/// Accepts proposals: they go into the manifests of the backends that refer, and are in force at
/// once.
#[utoipa::path(
    post, path = "/link-proposals/accept", operation_id = "acceptLinkProposals", tag = "Backends",
    request_body = ChosenLinks,
    responses((status = 200, description = "They are accepted", body = DecidedLinks), WriteRefusals)
)]
async fn accept(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<ChosenLinks>,
) -> Result<Response, Problem> {
    let accepted = async { app.office.accept_far(&caller.0, sent.checked()?).await };
    let decided = accepted.await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &DecidedLinks { decided }))
}

/// Rejects proposals; they are not made again.
#[utoipa::path(
    post, path = "/link-proposals/reject", operation_id = "rejectLinkProposals", tag = "Backends",
    request_body = ChosenLinks,
    responses((status = 200, description = "They are rejected", body = DecidedLinks), WriteRefusals)
)]
async fn reject(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<ChosenLinks>,
) -> Result<Response, Problem> {
    let rejected = async { app.office.reject_far(&caller.0, sent.checked()?).await };
    let decided = rejected.await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &DecidedLinks { decided }))
}
