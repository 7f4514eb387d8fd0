//! An export as an Excel workbook.

use std::pin::pin;

use bytes::Bytes;
use futures_util::StreamExt as _;
use kontor_model::Value;
use tokio::sync::mpsc;

use super::export::{Layout, PARCEL};
use super::list::Listed;
use crate::Office;
use crate::actor::{Permit, Read};
use crate::error::OfficeError;

/// A sheet holds so many rows, its head included (Excel's limit).
const XLSX_ROWS: u32 = 1_048_576;
/// A cell holds so many characters (Excel's limit).
const XLSX_CHARACTERS: usize = 32_767;

impl Office {
    /// A workbook is a compressed archive: it is written to a temporary file, row by row, and sent
    /// when it is whole.
    pub(super) async fn workbook(
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
    let columns = layout.reading.columns.iter().zip(&record.values).zip(&record.titles).enumerate();
    for (at, ((&field, value), title)) in columns {
        cells.push(match layout.amount(at, record) {
            Some(amount) => cell(&Value::Decimal(amount)),
            None => cell(value),
        });
        if layout.has_title(field) {
            let title = title.as_ref().and_then(|linked| linked.title.clone());
            cells.push(title.map_or(Cell::Empty, Cell::Text));
        }
        if layout.far_at(field).is_some() {
            let title = layout.far_title(record.far.get(at).and_then(Option::as_ref));
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
