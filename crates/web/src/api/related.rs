//! What belongs to a record: its history, the records that point to it, the bytes of its fields.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kontor_model::Value;
use kontor_office::{OfficeError, Permit, Read, Related};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::described::Described;
use super::extract::{Asked, At, InRecord};
use super::json::{AnyValue, FarTarget, FarTitles, KeyText, LinkTarget, LinkTitles, Named, json};
use super::operations::RecordChange;
use super::problem::{Problem, ReadRefusals};
use super::records::CountAnswer;
use crate::app::App;
use crate::visitor::Caller;

/// Entries of a timeline unless more are asked for.
const ENTRIES: u32 = 50;
/// Related records unless more are asked for.
const RECORDS: u32 = 20;
/// The most of either.
const MOST: u32 = 500;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_timeline, timeline).with(__path_related, related).with(__path_bytes, bytes)
}

fn limit(asked: Option<u32>, usual: u32) -> Result<u32, OfficeError> {
    match asked {
        None => Ok(usual),
        Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        Some(limit) => Err(OfficeError::Parameter {
            what: "limit",
            problem: format!("{limit} is not within 1 to {MOST}"),
        }),
    }
}

/// Which part of a timeline.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TimelineQuery {
    /// Only what has a lower number, the `next` of an answer.
    before: Option<i64>,
    /// The most entries, 1 to 500; 50 without it.
    limit: Option<u32>,
}

/// What happened to a record.
#[derive(Serialize, ToSchema)]
struct Timeline {
    /// Newest first.
    entries: Vec<RecordChange>,
    /// For `before`, to read on; null when this is all.
    next: Option<i64>,
}

/// What happened to a record by Kontor, newest first.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/records/{key}/timeline",
    operation_id = "showTimeline", tag = "Records", params(InRecord, TimelineQuery),
    responses((status = 200, description = "The changes", body = Timeline), ReadRefusals)
)]
async fn timeline(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InRecord>,
    Asked(query): Asked<TimelineQuery>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let told = |error: OfficeError| caller.told(error);
    let key = caller.key(&at.key)?.to_text();
    let limit = limit(query.limit, ENTRIES).map_err(told)?;
    let entries = app.office.timeline(&permit, &at.name(), &key, query.before, limit).await;
    let entries: Vec<RecordChange> =
        entries.map_err(told)?.into_iter().map(|entry| RecordChange::of(None, entry)).collect();
    // An operation has an intent and an outcome: fewer entries than asked for may be told even
    // where there are more, so only an empty answer ends the timeline.
    let next = entries.last().map(RecordChange::seq);
    Ok(json(StatusCode::OK, &Timeline { entries, next }))
}

/// A link that ends at a record, in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InLink {
    /// Name of the backend.
    backend: String,
    /// Name of the resource.
    resource: String,
    /// The record's key as lists give it.
    key: String,
    /// The name of an incoming link, as the resource gives it.
    #[param(example = "0")]
    link: String,
}

/// How many related records.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RelatedQuery {
    /// The most records, 1 to 500; 20 without it.
    limit: Option<u32>,
}

/// A record that points to another.
#[derive(Serialize, ToSchema)]
struct RelatedRecord<'a> {
    /// Its key.
    #[schema(value_type = String)]
    key: KeyText<'a>,
    /// Some of its fields; long texts are cut.
    #[schema(value_type = BTreeMap<String, AnyValue>)]
    values: Named<'a, Value>,
    /// The records that these fields point to.
    #[schema(value_type = BTreeMap<String, LinkTarget<'_>>)]
    titles: LinkTitles<'a>,
    /// The records of other backends that these fields point to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, FarTarget<'_>>>)]
    far: Option<FarTitles<'a>>,
}

/// The records that point to a record.
#[derive(Serialize, ToSchema)]
struct RelatedRecords<'a> {
    /// Their backend.
    backend: &'a str,
    /// Their resource.
    resource: &'a str,
    /// The filter that lists them all.
    filter: &'a str,
    /// How many there are.
    count: CountAnswer,
    /// The first of them.
    records: Vec<RelatedRecord<'a>>,
}

impl<'a> RelatedRecords<'a> {
    fn of(found: &'a Related) -> Self {
        let face = &found.catalog.faces[found.face];
        let (resource, fields) = (found.catalog.resource(face), found.columns.as_slice());
        let records = found.records.iter().map(|record| RelatedRecord {
            key: KeyText(&record.key),
            values: Named { resource, fields, each: &record.values },
            titles: LinkTitles {
                catalog: &found.catalog,
                of: Named { resource, fields, each: &record.titles },
            },
            far: (!record.far.is_empty())
                .then(|| FarTitles(Named { resource, fields, each: &record.far })),
        });
        Self {
            backend: found.permit.backend.name.as_str(),
            resource: face.name.as_str(),
            filter: &found.filter,
            count: found.count.into(),
            records: records.collect(),
        }
    }
}

/// The records that point to a record over one of the resource's incoming links.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/records/{key}/related/{link}",
    operation_id = "listRelated", tag = "Records", params(InLink, RelatedQuery),
    responses((status = 200, description = "The first of them, and how many", body = RelatedRecords<'_>), ReadRefusals)
)]
async fn related(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InLink>,
    Asked(query): Asked<RelatedQuery>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let told = |error: OfficeError| caller.told(error);
    let name = kontor_model::ResourceName::new(at.resource);
    let limit = limit(query.limit, RECORDS).map_err(told)?;
    let key = caller.key(&at.key)?;
    let found =
        app.office.related_over(&permit, &name, &key, &at.link, limit).await.map_err(told)?;
    Ok(json(StatusCode::OK, &RelatedRecords::of(&found)))
}

/// A field of a record, in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InField {
    /// Name of the backend.
    backend: String,
    /// Name of the resource.
    resource: String,
    /// The record's key as lists give it.
    key: String,
    /// Name of the field.
    field: String,
}

/// The bytes of a field, all of them; of a text field its text.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/records/{key}/fields/{field}",
    operation_id = "readField", tag = "Records", params(InField),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream", body = Vec<u8>), ReadRefusals)
)]
async fn bytes(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InField>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let name = kontor_model::ResourceName::new(at.resource);
    let key = caller.key(&at.key)?;
    let bytes = app.office.bytes(&permit, &name, &key, &at.field).await;
    let bytes = bytes.map_err(|error| caller.told(error))?;
    // A page in a field would run as one of ours if a browser were to show it.
    let headers = [(CONTENT_TYPE, "application/octet-stream"), (CONTENT_DISPOSITION, "attachment")];
    Ok((headers, bytes).into_response())
}
