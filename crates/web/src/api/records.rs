//! The records of a resource.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use kontor_model::filter::Filter;
use kontor_model::{Count, RecordKey, ResourceName, Value};
use kontor_office::{Edit, ItemState, List, ListRequest, OfficeError, Permit, Read, parse_sort};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::described::Described;
use super::extract::{Asked, At, Framed, InResource, Sent};
use super::input::NewRecord;
use super::json::{AnyValue, FarTarget, FarTitles, KeyText, LinkTarget, LinkTitles, Named, json};
use super::problem::{Problem, ReadRefusals, WriteRefusals};
use super::written::{Writing, Written};
use crate::app::App;
use crate::links;
use crate::visitor::Caller;

/// The most records of one answer.
const MOST_RECORDS: u32 = 5_000;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_list, list).with(__path_count, count).with(__path_create, create)
}

/// Which records, and how they are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// The filter in its text form.
    #[serde(default)]
    #[param(example = "status = open and total > 100")]
    filter: String,
    /// Words that are searched for.
    search: Option<String>,
    /// Fields to order by, a minus before what descends; the resource's own order without it.
    #[serde(default)]
    #[param(example = "-placed_at,number")]
    sort: String,
    /// Fields to answer, joined by commas; `*` for all, the resource's own columns without it.
    columns: Option<String>,
    /// Goes on after this place, the `next` of an answer.
    after: Option<String>,
    /// Goes back from this place, the `previous` of an answer.
    before: Option<String>,
    /// The most records of the answer, 1 to 5000; 50 without it.
    limit: Option<u32>,
    /// Whether the titles of linked records are answered, too; it costs a query per link.
    #[serde(default)]
    titles: bool,
}

impl ListQuery {
    /// What the query asks of the office.
    pub(super) fn request(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
    ) -> Result<ListRequest, OfficeError> {
        if let Some(limit) = self.limit.filter(|limit| !(1..=MOST_RECORDS).contains(limit)) {
            let problem = format!("{limit} is not within 1 to {MOST_RECORDS}");
            return Err(OfficeError::Parameter { what: "limit", problem });
        }
        Ok(ListRequest {
            filter: Some(Filter::parse(&self.filter)?),
            search: self.search.clone(),
            sort: parse_sort(&self.sort),
            columns: self.columns(permit, name)?,
            after: self.after.clone(),
            before: self.before.clone(),
            limit: self.limit,
            brief: false,
            titles: self.titles,
        })
    }

    fn columns(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
    ) -> Result<Option<Vec<String>>, OfficeError> {
        let Some(columns) = &self.columns else { return Ok(None) };
        if columns.trim() != "*" {
            let names = columns.split(',').map(str::trim).filter(|name| !name.is_empty());
            return Ok(Some(names.map(str::to_owned).collect()));
        }
        let catalog = permit.backend.catalog()?;
        let face = super::face(&catalog, permit, name)?;
        let fields = &catalog.resource(face).fields;
        Ok(Some(face.order.iter().map(|&field| fields[field].name.clone()).collect()))
    }
}

/// A part of a list of records.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordPage<'a> {
    /// The records.
    records: Vec<RecordLine<'a>>,
    /// Place after the last record, for `after`; null at the end.
    next: Option<&'a str>,
    /// Place before the first record, for `before`; null at the beginning.
    previous: Option<&'a str>,
    /// Whether titles were asked for and some could not be read.
    titles_missing: bool,
}

/// A record in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Record)]
pub(super) struct RecordLine<'a> {
    /// Its key, as it stands in addresses.
    #[schema(value_type = String, example = "10248")]
    key: KeyText<'a>,
    /// The columns.
    #[schema(value_type = std::collections::BTreeMap<String, AnyValue>)]
    values: Named<'a, Value>,
    /// The records that the columns point to, where titles were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, LinkTarget<'_>>>)]
    titles: Option<LinkTitles<'a>>,
    /// The records of other backends that the columns point to, where titles were asked for and
    /// there are such columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, FarTarget<'_>>>)]
    far: Option<FarTitles<'a>>,
}

/// A list as an answer borrows it.
pub(super) fn lines<'a>(list: &'a List, titles: bool) -> RecordPage<'a> {
    let resource = list.catalog.resource(list.face());
    let fields = list.columns.as_slice();
    let records = list.records.iter().map(|record| RecordLine {
        key: KeyText(&record.key),
        values: Named { resource, fields, each: &record.values },
        titles: titles.then(|| LinkTitles {
            catalog: &list.catalog,
            of: Named { resource, fields, each: &record.titles },
        }),
        far: (!record.far.is_empty())
            .then(|| FarTitles(Named { resource, fields, each: &record.far })),
    });
    RecordPage {
        records: records.collect(),
        next: list.next.as_deref(),
        previous: list.previous.as_deref(),
        titles_missing: list.titles_missing,
    }
}

/// A part of the list of a resource. Values are whole, but for byte strings, which come as their
/// size. No count is made; ask for it apart.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/records",
    operation_id = "listRecords", tag = "Records", params(InResource, ListQuery),
    responses((status = 200, description = "Records in order", body = RecordPage<'_>), ReadRefusals)
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InResource>,
    Asked(query): Asked<ListQuery>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let name = at.name();
    let request = query.request(&permit, &name).map_err(|error| caller.told(error))?;
    let list = app.office.list(&permit, &name, &request).await;
    let list = list.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &lines(&list, query.titles)))
}

/// How many records a list has.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"kind": "about", "records": 2_000_000}))]
pub(super) struct CountAnswer {
    /// `exact`; `about` from the database's statistics; `more_than` where counting stopped;
    /// `unknown`.
    kind: &'static str,
    /// How many; null where nothing is known.
    records: Option<u64>,
}

impl From<Count> for CountAnswer {
    fn from(count: Count) -> Self {
        let (kind, records) = match count {
            Count::Exact(n) => ("exact", Some(n)),
            Count::About(n) => ("about", Some(n)),
            Count::MoreThan(n) => ("more_than", Some(n)),
            Count::Unknown => ("unknown", None),
        };
        Self { kind, records }
    }
}

/// Which records are counted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CountQuery {
    /// The filter in its text form.
    #[serde(default)]
    filter: String,
    /// Words that are searched for.
    search: Option<String>,
}

/// How many records a list has, as exactly as a quarter of a second permits.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/count",
    operation_id = "countRecords", tag = "Records", params(InResource, CountQuery),
    responses((status = 200, description = "How many", body = CountAnswer), ReadRefusals)
)]
async fn count(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InResource>,
    Asked(query): Asked<CountQuery>,
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let counted = async {
        let filter = Some(Filter::parse(&query.filter)?);
        let request = ListRequest { filter, search: query.search, ..ListRequest::default() };
        app.office.count(&permit, &at.name(), &request).await
    };
    let count = counted.await.map_err(|error| caller.told(error))?;
    Ok(json(StatusCode::OK, &CountAnswer::from(count)))
}

/// Makes a record.
#[utoipa::path(
    post, path = "/backends/{backend}/resources/{resource}/records",
    operation_id = "createRecord", tag = "Records", params(InResource), request_body = NewRecord,
    responses(
        (status = 201, description = "The record as the backend made it", body = Written<'_>, headers(("Location" = String, description = "Its address"))),
        WriteRefusals,
    )
)]
async fn create(
    State(app): State<App>,
    caller: Caller,
    Framed(frame): Framed,
    At(at): At<InResource>,
    Sent(sent): Sent<NewRecord>,
) -> Result<Response, Problem> {
    let permit: Permit<Edit> = caller.permit(&app, &at.backend)?;
    let (name, reading) = (at.name(), permit.to_read());
    let told = |error: OfficeError| caller.told(error);
    let catalog = permit.backend.catalog().map_err(told)?;
    let face = super::face(&catalog, &permit, &name).map_err(told)?;
    let set = sent.inputs(catalog.resource(face)).map_err(told)?;
    let plan = app.office.plan_create(&permit, &name, &set).await.map_err(told)?;
    let applied = app.office.apply(&caller.0, &permit.backend, plan).await.map_err(told)?;
    let unnamed = RecordKey::Values(Vec::new());
    let key = match applied.items.first() {
        Some(ItemState::Written(key)) => key,
        _ => &unnamed,
    };
    let changed: Vec<String> = set.into_iter().map(|(field, _)| field).collect();
    let writing = Writing { app: &app, caller: &caller, permit: &reading, frame: &frame };
    let operation = Some(applied.operation.as_str());
    let answer = writing.told(StatusCode::CREATED, (&name, key), operation, &changed).await;
    let mut response = answer.map_err(told)?;
    let address = links::api_record(&permit.backend.name, &name, key);
    if let Ok(address) = HeaderValue::from_str(&address) {
        response.headers_mut().insert(LOCATION, address);
    }
    Ok(response)
}
