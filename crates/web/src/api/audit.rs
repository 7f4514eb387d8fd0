//! The audit, for administrators who have signed in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_office::{AuditRequest, Entry, OfficeError, Verification};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::described::Described;
use super::extract::Asked;
use super::json::json;
use super::problem::{OwnReadRefusals, OwnWriteRefusals, Problem};
use super::words;
use crate::app::App;
use crate::visitor::Caller;

/// Entries unless more are asked for.
const ENTRIES: u32 = 100;
/// The most entries of one answer.
const MOST: u32 = 1_000;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_list, list).with(__path_verify, verify)
}

/// Which part of the audit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Only what this person did, by id.
    actor: Option<String>,
    /// Only what concerns this backend.
    backend: Option<String>,
    /// Only entries of this kind.
    #[param(example = "change.intent")]
    kind: Option<String>,
    /// From this moment on, RFC 3339.
    from: Option<String>,
    /// Before this moment, RFC 3339.
    until: Option<String>,
    /// Only entries with a lower number, the `next` of an answer.
    before: Option<i64>,
    /// The most entries, 1 to 1000; 100 without it.
    limit: Option<u32>,
}

impl AuditQuery {
    fn limit(&self) -> Result<u32, OfficeError> {
        let limit = self.limit.unwrap_or(ENTRIES);
        if (1..=MOST).contains(&limit) {
            return Ok(limit);
        }
        let problem = format!("{limit} is not within 1 to {MOST}");
        Err(OfficeError::Parameter { what: "limit", problem })
    }

    fn request(self) -> Result<AuditRequest, OfficeError> {
        Ok(AuditRequest {
            actor: self.actor,
            backend: self.backend,
            kind: self.kind,
            from: self.from.map(|text| words::micros("from", &text)).transpose()?,
            until: self.until.map(|text| words::micros("until", &text)).transpose()?,
            before: self.before,
        })
    }
}

/// An entry of the audit.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct EntryAnswer<'a> {
    /// Its number.
    seq: i64,
    /// When, RFC 3339.
    at: String,
    /// The operation that it belongs to.
    operation: &'a str,
    /// What it is.
    kind: &'a str,
    /// The person's id; null where Kontor itself acted.
    actor: Option<&'a str>,
    /// The person's name as it was then.
    actor_name: &'a str,
    /// The backend.
    backend: Option<&'a str>,
    /// The resource.
    resource: Option<&'a str>,
    /// The record's key.
    key: Option<&'a str>,
    /// Everything else, as it was recorded.
    #[schema(value_type = Object)]
    body: Option<&'a RawValue>,
    /// Hash of the entry before.
    prev_hash: &'a str,
    /// Its own hash.
    hash: &'a str,
}

impl<'a> EntryAnswer<'a> {
    fn of(entry: &'a Entry) -> Self {
        let content = &entry.content;
        Self {
            seq: entry.seq,
            at: words::instant(content.at),
            operation: &content.operation,
            kind: &content.kind,
            actor: content.actor_id.as_deref(),
            actor_name: &content.actor_name,
            backend: content.backend.as_deref(),
            resource: content.resource.as_deref(),
            key: content.record_key.as_deref(),
            body: serde_json::from_str(content.body.as_str()).ok(),
            prev_hash: &entry.prev_hash,
            hash: &entry.hash,
        }
    }
}

/// A part of the audit.
#[derive(Serialize, ToSchema)]
struct AuditPage<'a> {
    /// Newest first.
    entries: Vec<EntryAnswer<'a>>,
    /// For `before`, to read on; null at the end.
    next: Option<i64>,
}

/// A part of the audit, newest first. For administrators who have signed in.
#[utoipa::path(
    get, path = "/audit", operation_id = "listAudit", tag = "Audit", params(AuditQuery),
    responses((status = 200, description = "The entries", body = AuditPage<'_>), OwnReadRefusals)
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(query): Asked<AuditQuery>,
) -> Result<Response, Problem> {
    let told = |error: OfficeError| caller.told(error);
    let limit = query.limit().map_err(told)?;
    let request = query.request().map_err(told)?;
    let entries = app.office.audit(&caller.0, &request, limit).await.map_err(told)?;
    let is_last = entries.len() < limit as usize;
    let next = entries.last().filter(|_| !is_last).map(|entry| entry.seq);
    let entries = entries.iter().map(EntryAnswer::of).collect();
    Ok(json(StatusCode::OK, &AuditPage { entries, next }))
}

/// What is wrong with the audit.
#[derive(Serialize, ToSchema)]
struct AuditFinding {
    /// The number of the entry.
    seq: i64,
    /// What is wrong, in English.
    problem: String,
}

/// What checking the audit found.
#[derive(Serialize, ToSchema)]
#[schema(as = Verification)]
struct VerificationAnswer {
    /// Whether nothing is wrong.
    is_intact: bool,
    /// Entries that were read.
    entries: u64,
    /// How many things are wrong.
    count: u64,
    /// The first thousand of them.
    findings: Vec<AuditFinding>,
}

impl From<Verification> for VerificationAnswer {
    fn from(found: Verification) -> Self {
        let findings = found.findings.iter();
        Self {
            is_intact: found.is_intact(),
            entries: found.entries,
            count: found.count,
            findings: findings
                .map(|finding| AuditFinding { seq: finding.seq, problem: finding.to_string() })
                .collect(),
        }
    }
}

/// Checks the whole audit: every hash, every number, the sealed end. For administrators who have
/// signed in.
#[utoipa::path(
    post, path = "/audit/verify", operation_id = "verifyAudit", tag = "Audit",
    responses((status = 200, description = "What was found", body = VerificationAnswer), OwnWriteRefusals)
)]
async fn verify(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let found = app.office.verify_audit(&caller.0).await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &VerificationAnswer::from(found)))
}
