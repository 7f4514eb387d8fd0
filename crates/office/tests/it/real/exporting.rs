//! Every resource as a file: whole, and with as many records as the list has.

use futures_util::TryStreamExt as _;
use kontor_model::Count;
use kontor_office::catalog::Face;
use kontor_office::{ExportFormat, ListRequest, OfficeError, Permit, Read};

use super::{Findings, visible};
use crate::office::Bureau;

pub(super) async fn check(bureau: &Bureau, backend: &str) -> Findings {
    let permit = bureau.reading(backend);
    let catalog = permit.backend.catalog().unwrap();
    let mut findings = Findings::default();
    for face in &catalog.faces {
        let columns = Some(visible(face, catalog.resource(face)));
        let request = ListRequest { columns, ..ListRequest::default() };
        if let Err(error) = resource(bureau, &permit, face, &request, &mut findings).await {
            findings.wrong(format!("{}: {error}", face.name));
        }
    }
    findings
}

async fn resource(
    bureau: &Bureau,
    permit: &Permit<Read>,
    face: &Face,
    request: &ListRequest,
    findings: &mut Findings,
) -> Result<(), OfficeError> {
    let count = bureau.office.count(permit, &face.name, request).await?;
    let lines = exported(bureau, permit, face, request, ExportFormat::Ndjson).await?;
    let lines = String::from_utf8(lines).unwrap();
    let objects = lines.lines().filter(|line| {
        serde_json::from_str::<serde_json::Value>(line).is_ok_and(|value| value.is_object())
    });
    let records = objects.count();
    findings
        .check(records == lines.lines().count(), || format!("{}: a line is no JSON", face.name));
    if let Count::Exact(count) = count {
        findings.check(records as u64 == count, || {
            format!("{}: {records} of {count} records are in the NDJSON", face.name)
        });
    }
    let table = exported(bureau, permit, face, request, ExportFormat::Csv).await?;
    let mut reader = csv::Reader::from_reader(table.as_slice());
    let rows = reader.records().filter(Result::is_ok).count();
    findings.check(rows == records, || format!("{}: {rows} of {records} rows", face.name));
    let workbook = exported(bureau, permit, face, request, ExportFormat::Xlsx).await?;
    findings.check(workbook.starts_with(b"PK"), || format!("{}: this is no workbook", face.name));
    Ok(())
}

async fn exported(
    bureau: &Bureau,
    permit: &Permit<Read>,
    face: &Face,
    request: &ListRequest,
    format: ExportFormat,
) -> Result<Vec<u8>, OfficeError> {
    let parts = bureau.office.export(permit, &face.name, request, format).await?;
    let parts: Vec<_> = parts.try_collect().await?;
    Ok(parts.concat())
}
