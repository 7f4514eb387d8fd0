//! A list as a file to keep.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use kontor_model::ResourceName;
use kontor_model::filter::Filter;
use kontor_office::{ExportFormat, ListRequest, OfficeError, Permit, Read};

use super::{At, query, request};
use crate::app::App;
use crate::failure::PageFailure;
use crate::handlers::{Pairs, Place, all, place};
use crate::links;
use crate::visitor::Reader;

/// Comma-separated values.
pub(crate) async fn export_csv(
    app: State<App>,
    reader: Reader,
    at: At,
    query: Query<Pairs>,
) -> Result<Response, PageFailure> {
    export(app, reader, at, query, ExportFormat::Csv, "csv").await
}

/// A workbook.
pub(crate) async fn export_xlsx(
    app: State<App>,
    reader: Reader,
    at: At,
    query: Query<Pairs>,
) -> Result<Response, PageFailure> {
    export(app, reader, at, query, ExportFormat::Xlsx, "xlsx").await
}

/// One JSON object per line.
pub(crate) async fn export_ndjson(
    app: State<App>,
    reader: Reader,
    at: At,
    query: Query<Pairs>,
) -> Result<Response, PageFailure> {
    export(app, reader, at, query, ExportFormat::Ndjson, "ndjson").await
}

async fn export(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Query(pairs): Query<Pairs>,
    format: ExportFormat,
    ending: &str,
) -> Result<Response, PageFailure> {
    let exported = async {
        let place: Place<Read> = place(&app, &reader, &backend, &resource)?;
        let keys = all(&pairs, "key");
        let mut request = request(&query(&pairs))?;
        if !keys.is_empty() {
            request.filter = Some(only(&place.permit, &place.resource, &keys)?);
        }
        let list = ListRequest { after: None, before: None, ..request };
        app.office.export(&place.permit, &place.resource, &list, format).await
    };
    match exported.await {
        Ok(stream) => Ok(download(stream, format, &format!("{backend}-{resource}.{ending}"))),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// The filter that leaves these records.
fn only(
    permit: &Permit<Read>,
    resource: &ResourceName,
    keys: &[&str],
) -> Result<Filter, OfficeError> {
    use kontor_model::filter::Operator;
    let catalog = permit.backend.catalog()?;
    let resource = catalog.face(resource).map(|face| catalog.resource(face)).ok_or_else(|| {
        OfficeError::UnknownResource {
            backend: permit.backend.name.to_string(),
            resource: resource.to_string(),
        }
    })?;
    let mut any = Vec::new();
    for text in keys {
        let kontor_model::RecordKey::Values(values) = crate::handlers::key(text)? else {
            return Err(OfficeError::Parameter {
                what: "key",
                problem: "records without a key cannot be chosen one by one".into(),
            });
        };
        let tests = resource.key.iter().zip(&values).map(|(&field, value)| {
            Filter::test(
                &[&resource.fields[field].name],
                Operator::Eq,
                &[&value.to_text().unwrap_or_default()],
            )
        });
        any.push(Filter::All(tests.collect()));
    }
    Ok(Filter::Any(any))
}

/// A stream of bytes as a file to keep.
pub(crate) fn download(
    stream: kontor_office::Exported,
    format: ExportFormat,
    name: &str,
) -> Response {
    let body = Body::from_stream(
        stream.map(|part| part.map_err(|error| std::io::Error::other(error.to_string()))),
    );
    let mut response = body.into_response();
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' })
        .collect();
    let disposition =
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", links::encode(name));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}
