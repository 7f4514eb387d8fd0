//! A list as a file, streamed, of any size.

use axum::extract::State;
use axum::response::Response;
use kontor_model::filter::Filter;
use kontor_office::{ExportFormat, ListRequest, OfficeError, Permit, Read, parse_sort};
use serde::Deserialize;
use utoipa::IntoParams;

use super::described::Described;
use super::extract::{Asked, At, InResource};
use super::problem::{Problem, ReadRefusals};
use crate::app::App;
use crate::handlers::list::download;
use crate::visitor::Caller;

pub(super) fn describe(api: Described) -> Described {
    api.with(__path_csv, csv).with(__path_xlsx, xlsx).with(__path_ndjson, ndjson)
}

/// Which records are exported, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// The filter in its text form.
    #[serde(default)]
    filter: String,
    /// Words that are searched for.
    search: Option<String>,
    /// Fields to order by, a minus before what descends.
    #[serde(default)]
    sort: String,
    /// Fields, joined by commas; the resource's own columns without it.
    #[serde(default)]
    columns: String,
}

impl ExportQuery {
    fn request(&self) -> Result<ListRequest, OfficeError> {
        let columns = self.columns.split(',').map(str::trim).filter(|name| !name.is_empty());
        Ok(ListRequest {
            filter: Some(Filter::parse(&self.filter)?),
            search: self.search.clone(),
            sort: parse_sort(&self.sort),
            columns: Some(columns.map(str::to_owned).collect()),
            ..ListRequest::default()
        })
    }
}

/// The list as comma-separated values in UTF-8, with the titles of linked records.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/export.csv",
    operation_id = "exportCsv", tag = "Records", params(InResource, ExportQuery),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String), ReadRefusals)
)]
async fn csv(
    app: State<App>,
    caller: Caller,
    at: At<InResource>,
    query: Asked<ExportQuery>,
) -> Result<Response, Problem> {
    exported(app, caller, at, query, (ExportFormat::Csv, "csv")).await
}

/// The list as an Excel workbook.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/export.xlsx",
    operation_id = "exportXlsx", tag = "Records", params(InResource, ExportQuery),
    responses((status = 200, description = "The file", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>), ReadRefusals)
)]
async fn xlsx(
    app: State<App>,
    caller: Caller,
    at: At<InResource>,
    query: Asked<ExportQuery>,
) -> Result<Response, Problem> {
    exported(app, caller, at, query, (ExportFormat::Xlsx, "xlsx")).await
}

/// The list as one JSON object per line.
#[utoipa::path(
    get, path = "/backends/{backend}/resources/{resource}/export.ndjson",
    operation_id = "exportNdjson", tag = "Records", params(InResource, ExportQuery),
    responses((status = 200, description = "The file", content_type = "application/x-ndjson", body = String), ReadRefusals)
)]
async fn ndjson(
    app: State<App>,
    caller: Caller,
    at: At<InResource>,
    query: Asked<ExportQuery>,
) -> Result<Response, Problem> {
    exported(app, caller, at, query, (ExportFormat::Ndjson, "ndjson")).await
}

async fn exported(
    State(app): State<App>,
    caller: Caller,
    At(at): At<InResource>,
    Asked(query): Asked<ExportQuery>,
    (format, ending): (ExportFormat, &str),
) -> Result<Response, Problem> {
    let permit: Permit<Read> = caller.permit(&app, &at.backend)?;
    let request = query.request().map_err(|error| caller.told(error))?;
    let stream = app.office.export(&permit, &at.name(), &request, format).await;
    let stream = stream.map_err(|error| caller.told(error))?;
    Ok(download(stream, format, &format!("{}-{}.{ending}", at.backend, at.resource)))
}
