//! Export: the list as the screen shows it, streamed with flat memory.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};
use kontor_model::{FieldType, Query, Resource, ResourceName, Value};
use tokio::sync::mpsc;

use super::comma_separated::{csv_record, harmless};
use super::list::{
    ListRequest, Listed, column, content_fields, currency_fields, key_of, own_currencies,
};
use super::titles::{Along, take_titles};
use crate::Office;
use crate::actor::{Permit, Read};
use crate::catalog::{Catalog, Face, Format, in_major_units, own_digits};
use crate::error::OfficeError;

/// An export may keep a statement running this long.
const BUDGET: Duration = Duration::from_secs(30 * 60);
/// Records for which titles are fetched at once.
const BATCH: usize = 500;
/// Batches whose titles are asked for at the same time, while the rows after them are read.
const BATCHES_AT_ONCE: usize = 2;
/// Bytes gathered before they are sent on.
const PARCEL: usize = 64 * 1024;
/// A sheet holds so many rows, its head included (Excel's limit).
const XLSX_ROWS: u32 = 1_048_576;
/// A cell holds so many characters (Excel's limit).
const XLSX_CHARACTERS: usize = 32_767;

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values, UTF-8 with a byte order mark so that spreadsheets read umlauts.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// One JSON object per line.
    Ndjson,
}

impl ExportFormat {
    /// The format of a file name's ending.
    #[must_use]
    pub fn from_ending(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "ndjson" => Some(Self::Ndjson),
            _ => None,
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// The bytes of an export as they come. An error in the middle ends the stream with it, so that a
/// half export is never taken for a whole one.
pub type Exported = BoxStream<'static, Result<Bytes, OfficeError>>;

/// What is written of each record.
struct Layout {
    catalog: Arc<Catalog>,
    face: usize,
    columns: Vec<usize>,
    read: Vec<usize>,
    /// For each column, the field that holds its own currency; empty where no column has one.
    currencies: Vec<Option<usize>>,
    /// For each column of money that is kept in minor units, their digits.
    minor: Vec<Option<u32>>,
    language: String,
}

impl Layout {
    fn face(&self) -> &Face {
        &self.catalog.faces[self.face]
    }

    /// Columns that are links get the other record's title beside the value.
    fn has_title(&self, field: usize) -> bool {
        self.face()
            .link_at(field)
            .is_some_and(|link| link.fields.iter().all(|f| self.columns.contains(f)))
    }

    fn heads(&self) -> Vec<String> {
        let face = self.face();
        let mut heads = Vec::new();
        for &field in &self.columns {
            heads.push(face.fields[field].title.in_language(&self.language).to_owned());
            if let Some(link) = face.link_at(field).filter(|_| self.has_title(field)) {
                let target = &self.catalog.faces[link.target];
                heads.push(format!(
                    "{} → {}",
                    face.fields[field].title.in_language(&self.language),
                    target.title.in_language(&self.language)
                ));
            }
        }
        heads
    }

    /// An amount that is kept in minor units, in major ones as the screen shows it.
    fn amount(&self, at: usize, record: &Listed) -> Option<String> {
        let decimals = self.minor[at]?;
        let value = &record.values[at];
        if !matches!(value, Value::Int(_) | Value::UInt(_)) {
            return None;
        }
        let currency = record.currencies.get(at).and_then(Option::as_deref);
        Some(in_major_units(&value.to_text()?, own_digits(decimals, currency)))
    }

    fn is_textual(&self, field: usize) -> bool {
        let ty = &self.catalog.resource(self.face()).fields[field].ty;
        !ty.is_numeric()
            && !matches!(
                ty,
                FieldType::Bool | FieldType::Date | FieldType::DateTime | FieldType::Instant
            )
    }
}

impl Office {
    /// Exports the list of a request from its first record to its last.
    ///
    /// # Errors
    /// As [`Office::list`]; what goes wrong later ends the stream.
    pub async fn export(
        self: &Arc<Self>,
        permit: &Permit<Read>,
        name: &ResourceName,
        request: &ListRequest,
        format: ExportFormat,
    ) -> Result<Exported, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let resource = catalog.resource(face);
        let planned = self.planned(permit, &catalog, face, request)?;
        let mut read = planned.columns.clone();
        let address = if resource.key.is_empty() {
            content_fields(resource, face)
        } else {
            resource.key.clone()
        };
        let linked = planned
            .columns
            .iter()
            .filter_map(|&field| face.link_at(field))
            .flat_map(|link| link.fields.clone());
        for field in address.into_iter().chain(linked) {
            if !read.contains(&field) && planned.columns.contains(&field) {
                read.push(field);
            }
        }
        let currencies = currency_fields(face, &planned.columns);
        for &field in currencies.iter().flatten() {
            if !read.contains(&field) {
                read.push(field);
            }
        }
        let columns = read.iter().map(|&field| column(resource, field, false)).collect();
        let mut query = Query {
            sort: planned.sort,
            total_order: planned.total_order,
            ..Query::unordered(columns, planned.condition, u32::MAX)
        };
        let along = self.titles_along(permit, &catalog, face, &planned.columns);
        query.linked = along.iter().map(Along::linked).collect();
        let rows = permit.backend.stream(&catalog, face, &query, BUDGET).await?;
        let body =
            serde_json::json!({ "filter": planned.filter.to_string(), "search": request.search });
        self.note_record("records.exported", &permit.actor, &permit.backend.name, name, &body)
            .await?;
        let minor = planned.columns.iter().map(|&field| minor_unit(resource, face, field));
        let layout = Layout {
            face: face.index,
            minor: minor.collect(),
            currencies,
            columns: planned.columns,
            read,
            language: permit.actor.user.language.clone(),
            catalog,
        };
        let (sender, receiver) = mpsc::channel(8);
        let office = Arc::clone(self);
        let permit = permit.clone();
        let end = sender.clone();
        let written = tokio::spawn(async move {
            match format {
                ExportFormat::Xlsx => office.workbook(&permit, &layout, rows, &sender).await,
                _ => office.lines(&permit, &layout, rows, format, &sender).await,
            }
        });
        // Also a fault of ours must not let a half export pass for a whole one.
        tokio::spawn(async move {
            let cut_off =
                |error| Err(OfficeError::Fault(format!("an export was cut off: {error}")));
            if let Err(error) = written.await.unwrap_or_else(cut_off) {
                let _ = end.send(Err(error)).await;
            }
        });
        let stream = futures_util::stream::unfold(receiver, async |mut receiver| {
            receiver.recv().await.map(|part| (part, receiver))
        });
        // Who packs the answer asks once more at the end.
        Ok(stream.fuse().boxed())
    }

    /// The rows in batches, with the titles of their links.
    fn batches<'a>(
        &'a self,
        permit: &'a Permit<Read>,
        layout: &'a Layout,
        rows: kontor_connect::RowStream,
    ) -> impl Stream<Item = Result<Vec<Listed>, OfficeError>> + 'a {
        rows.chunks(BATCH)
            .map(move |batch| self.titled(permit, layout, batch))
            .buffered(BATCHES_AT_ONCE)
    }

    /// The records of some rows, with their titles.
    async fn titled(
        &self,
        permit: &Permit<Read>,
        layout: &Layout,
        rows: Vec<Result<Vec<Value>, kontor_connect::Failure>>,
    ) -> Result<Vec<Listed>, OfficeError> {
        let failed = |failure| OfficeError::backend(&permit.backend.name, failure);
        let (catalog, face, columns) = (&layout.catalog, layout.face(), &layout.columns);
        let resource = catalog.resource(face);
        let along = self.titles_along(permit, catalog, face, columns);
        let mut batch = Vec::with_capacity(rows.len());
        for row in rows {
            let mut values = row.map_err(failed)?;
            let titles = take_titles(&mut values, &along, columns.len());
            let key = key_of(resource, face, &layout.read, &values);
            let currencies = own_currencies(&layout.currencies, &layout.read, &values);
            values.truncate(columns.len());
            batch.push(Listed { key, values, titles, currencies });
        }
        if self.add_titles(permit, catalog, face, columns, &along, &mut batch).await {
            return Err(failed(kontor_connect::Failure::new(
                kontor_connect::FailureKind::Other,
                "titles of linked records could not be read",
            )));
        }
        Ok(batch)
    }

    async fn lines(
        &self,
        permit: &Permit<Read>,
        layout: &Layout,
        rows: kontor_connect::RowStream,
        format: ExportFormat,
        sender: &mpsc::Sender<Result<Bytes, OfficeError>>,
    ) -> Result<(), OfficeError> {
        let mut out: Vec<u8> = Vec::with_capacity(PARCEL + 4_096);
        if format == ExportFormat::Csv {
            out.extend_from_slice("\u{feff}".as_bytes());
            let heads: Vec<Option<String>> = layout.heads().into_iter().map(Some).collect();
            csv_record(&mut out, &heads);
        }
        let titled: Vec<bool> =
            layout.columns.iter().map(|&field| layout.has_title(field)).collect();
        let mut batches = pin!(self.batches(permit, layout, rows));
        while let Some(batch) = batches.next().await {
            for record in &batch? {
                match format {
                    ExportFormat::Ndjson => json_line(&mut out, layout, record)?,
                    _ => csv_line(&mut out, layout, &titled, record),
                }
                if out.len() >= PARCEL {
                    let parcel = std::mem::replace(&mut out, Vec::with_capacity(PARCEL + 4_096));
                    if sender.send(Ok(parcel.into())).await.is_err() {
                        return Ok(());
                    }
                }
            }
        }
        let _ = sender.send(Ok(out.into())).await;
        Ok(())
    }

    /// A workbook is a compressed archive: it is written to a temporary file, row by row, and sent
    /// when it is whole.
    async fn workbook(
        &self,
        permit: &Permit<Read>,
        layout: &Layout,
        rows: kontor_connect::RowStream,
        sender: &mpsc::Sender<Result<Bytes, OfficeError>>,
    ) -> Result<(), OfficeError> {
        let (to_writer, from_reader) = mpsc::channel::<Vec<Vec<Cell>>>(4);
        let heads = layout.heads();
        let writer = tokio::task::spawn_blocking(move || write_workbook(&heads, from_reader));
        let mut written = 1_u32;
        let mut batches = pin!(self.batches(permit, layout, rows));
        while let Some(batch) = batches.next().await {
            let batch = batch?;
            if sender.is_closed() {
                break;
            }
            written = written.saturating_add(u32::try_from(batch.len()).unwrap_or(u32::MAX));
            if written > XLSX_ROWS {
                return Err(OfficeError::Parameter {
                    what: "xlsx",
                    problem: format!(
                        "a sheet holds {XLSX_ROWS} rows; export as CSV or filter the list"
                    ),
                });
            }
            if to_writer
                .send(batch.iter().map(|record| cells(layout, record)).collect())
                .await
                .is_err()
            {
                break;
            }
        }
        drop(to_writer);
        let file = writer.await.map_err(|error| OfficeError::Fault(error.to_string()))??;
        send_file(file, sender).await
    }
}

/// Digits of the minor unit in which a field keeps money.
fn minor_unit(resource: &Resource, face: &Face, field: usize) -> Option<u32> {
    let is_whole = matches!(resource.fields[field].ty, FieldType::Int { .. } | FieldType::Any);
    match &face.fields[field].format {
        Format::Money { decimals, .. } if is_whole => Some(*decimals),
        _ => None,
    }
}

async fn send_file(
    file: std::fs::File,
    sender: &mpsc::Sender<Result<Bytes, OfficeError>>,
) -> Result<(), OfficeError> {
    use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
    let fault = |error: std::io::Error| {
        OfficeError::Fault(format!("the workbook could not be read back: {error}"))
    };
    let mut file = tokio::fs::File::from_std(file);
    file.seek(std::io::SeekFrom::Start(0)).await.map_err(fault)?;
    loop {
        let mut parcel = Vec::with_capacity(PARCEL);
        let read = (&mut file).take(PARCEL as u64).read_to_end(&mut parcel).await.map_err(fault)?;
        if read == 0 || sender.send(Ok(parcel.into())).await.is_err() {
            return Ok(());
        }
    }
}

/// A cell of a workbook.
enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Bool(bool),
}

fn cells(layout: &Layout, record: &Listed) -> Vec<Cell> {
    let mut cells = Vec::new();
    let columns = layout.columns.iter().zip(&record.values).zip(&record.titles).enumerate();
    for (at, ((&field, value), title)) in columns {
        cells.push(match layout.amount(at, record) {
            Some(amount) => cell(&Value::Decimal(amount)),
            None => cell(value),
        });
        if layout.has_title(field) {
            let title = title.as_ref().and_then(|linked| linked.title.clone());
            cells.push(title.map_or(Cell::Empty, Cell::Text));
        }
    }
    cells
}

/// A number goes as a number only where a double holds it exactly; a text cell is never a formula.
fn cell(value: &Value) -> Cell {
    const EXACT: u64 = 1 << 53;
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(b) => Cell::Bool(*b),
        #[expect(clippy::cast_precision_loss, reason = "checked to be exact")]
        Value::Int(n) if n.unsigned_abs() <= EXACT => Cell::Number(*n as f64),
        Value::Float(n) if n.is_finite() => Cell::Number(*n),
        Value::Decimal(text) if text.len() <= 15 => {
            text.parse().map_or_else(|_| Cell::Text(text.clone()), Cell::Number)
        }
        other => Cell::Text(other.to_text().unwrap_or_default()),
    }
}

fn write_workbook(
    heads: &[String],
    mut rows: mpsc::Receiver<Vec<Vec<Cell>>>,
) -> Result<std::fs::File, OfficeError> {
    let fault = |error: rust_xlsxwriter::XlsxError| {
        OfficeError::Fault(format!("the workbook could not be written: {error}"))
    };
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(fault)?;
    for (column, head) in (0_u16..).zip(heads) {
        sheet.write_string_with_format(0, column, head, &bold).map_err(fault)?;
    }
    let mut row = 1;
    while let Some(batch) = rows.blocking_recv() {
        for cells in batch {
            for (column, cell) in (0_u16..).zip(cells) {
                write_cell(sheet, row, column, cell).map_err(fault)?;
            }
            row += 1;
        }
    }
    let file = tempfile::tempfile().map_err(|error| OfficeError::Fault(error.to_string()))?;
    workbook.save_to_writer(&file).map_err(fault)?;
    Ok(file)
}

fn write_cell(
    sheet: &mut rust_xlsxwriter::Worksheet,
    row: u32,
    column: u16,
    cell: Cell,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    match cell {
        Cell::Empty => Ok(()),
        Cell::Bool(b) => sheet.write_boolean(row, column, b).map(drop),
        Cell::Number(n) => sheet.write_number(row, column, n).map(drop),
        Cell::Text(text) if text.chars().count() > XLSX_CHARACTERS => {
            let cut: String = text.chars().take(XLSX_CHARACTERS - 1).chain(['…']).collect();
            sheet.write_string(row, column, cut).map(drop)
        }
        Cell::Text(text) => sheet.write_string(row, column, text).map(drop),
    }
}

fn csv_line(out: &mut Vec<u8>, layout: &Layout, titled: &[bool], record: &Listed) {
    let mut fields: Vec<Option<Cow<'_, str>>> = Vec::with_capacity(layout.columns.len() * 2);
    let columns = layout.columns.iter().zip(titled).zip(&record.values).zip(&record.titles);
    for (at, (((&field, &has_title), value), title)) in columns.enumerate() {
        let text = match value {
            Value::Text(text) | Value::Decimal(text) => Some(Cow::Borrowed(text.as_str())),
            other => other.to_text().map(Cow::Owned),
        };
        fields.push(match layout.amount(at, record) {
            Some(amount) => Some(Cow::Owned(amount)),
            None if layout.is_textual(field) => text.map(harmless),
            None => text,
        });
        if has_title {
            let title = title.as_ref().and_then(|linked| linked.title.as_deref());
            fields.push(title.map(|title| harmless(title.into())));
        }
    }
    csv_record(out, &fields);
}

fn json_line(out: &mut Vec<u8>, layout: &Layout, record: &Listed) -> Result<(), OfficeError> {
    let resource = layout.catalog.resource(layout.face());
    let mut object = serde_json::Map::new();
    let fault = |error: serde_json::Error| OfficeError::Fault(error.to_string());
    for ((&field, value), title) in layout.columns.iter().zip(&record.values).zip(&record.titles) {
        let name = &resource.fields[field].name;
        object.insert(name.clone(), serde_json::to_value(value).map_err(fault)?);
        if let Some(title) = title.as_ref().and_then(|linked| linked.title.clone()) {
            object.insert(format!("{name}.title"), title.into());
        }
    }
    serde_json::to_writer(&mut *out, &object).map_err(fault)?;
    out.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_a_double_would_round_stays_a_text() {
        assert!(
            matches!(cell(&Value::Int(i64::MAX)), Cell::Text(text) if text == "9223372036854775807")
        );
        assert!(
            matches!(cell(&Value::Decimal("12.50".into())), Cell::Number(n) if (n - 12.5).abs() < f64::EPSILON)
        );
        assert!(matches!(cell(&Value::Decimal("1234567890123456.78".into())), Cell::Text(_)));
    }
}
