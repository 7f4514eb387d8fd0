//! The first sheet of an Excel workbook.

use std::io::{Cursor, Read as _};

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError};
use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, Unit};

use super::table::{Cell, FileKind, FileProblem, MOST_COLUMNS, MOST_ROWS, Table};

/// What a workbook may grow to when it is unpacked, in bytes. Those of ten thousand rows stay far
/// below it; what is made to fill the memory does not.
const MOST_UNPACKED: u64 = 150 * 1024 * 1024;

/// Reads the rows of a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Table, FileProblem> {
    let broken = |error: XlsxError| FileProblem::Workbook(error.to_string());
    measured(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheet = workbook.sheet_names().first().cloned();
    let sheet = sheet.ok_or_else(|| FileProblem::Workbook("it has no sheet".to_owned()))?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
    let mut records: Vec<(usize, Vec<Cell>)> = Vec::new();
    while let Some(found) = cells.next_cell().map_err(broken)? {
        let (row, column) = found.get_position();
        let cell = cell(found.get_value());
        if cell == Cell::Empty {
            continue;
        }
        let (number, column) = (row as usize + 1, column as usize);
        if column >= MOST_COLUMNS {
            return Err(FileProblem::TooManyColumns { most: MOST_COLUMNS });
        }
        if records.last().is_none_or(|(last, _)| *last != number) {
            if records.len() > MOST_ROWS {
                return Err(FileProblem::TooManyRows { most: MOST_ROWS });
            }
            records.push((number, Vec::new()));
        }
        if let Some((_, cells)) = records.last_mut() {
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Empty);
            }
            cells[column] = cell;
        }
    }
    Table::of_records(FileKind::Workbook { sheet }, records, false)
}

/// Refuses a workbook that would fill the memory. What its parts claim of their sizes proves
/// nothing, so they are unpacked once, to nowhere.
fn measured(bytes: &[u8]) -> Result<(), FileProblem> {
    let broken = |error: String| FileProblem::Workbook(error);
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(error.to_string()))?;
    let mut left = MOST_UNPACKED;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| broken(error.to_string()))?;
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|error| broken(error.to_string()))?;
        left = left
            .checked_sub(unpacked)
            .ok_or_else(|| broken(format!("it unpacks to more than {MOST_UNPACKED} bytes")))?;
    }
    Ok(())
}

fn cell(value: &DataRef<'_>) -> Cell {
    let value = Data::from(value.clone());
    match value {
        Data::Empty => Cell::Empty,
        Data::String(text) if text.is_empty() => Cell::Empty,
        Data::String(text) => Cell::Text(text),
        Data::Int(n) => Cell::Plain(n.to_string()),
        Data::Float(n) => Cell::Plain(number(n)),
        Data::Bool(b) => Cell::Plain(b.to_string()),
        Data::DateTime(at) => {
            moment(at).map_or_else(|| Cell::Plain(number(at.as_f64())), Cell::Plain)
        }
        Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Plain(text),
        other => Cell::Text(other.to_string()),
    }
}

/// The shortest text that reads back as the same number, without an exponent.
fn number(n: f64) -> String {
    let text = format!("{n}");
    if text == "-0" { "0".to_owned() } else { text }
}

/// A day, or a day and a time: workbooks count days since the end of 1899.
fn moment(at: ExcelDateTime) -> Option<String> {
    if !at.is_datetime() {
        return None;
    }
    let begin: DateTime = date(1899, 12, 30).at(0, 0, 0, 0);
    let milliseconds = (at.as_f64() * 86_400_000.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what does not fit is no day of a calendar"
    )]
    let since = SignedDuration::from_millis(milliseconds as i64);
    let found = begin.checked_add(since).ok()?;
    let is_day = found.time() == jiff::civil::Time::midnight();
    let found =
        if found.subsec_nanosecond() == 0 { found } else { found.round(Unit::Millisecond).ok()? };
    Some(if is_day {
        found.date().to_string()
    } else {
        format!("{} {}", found.date(), found.time())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workbook(write: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        write(workbook.add_worksheet());
        workbook.save_to_buffer().expect("a workbook")
    }

    #[test]
    fn numbers_truth_values_days_and_texts_keep_their_kind() {
        let bytes = workbook(|sheet| {
            for (column, head) in (0_u16..).zip(["n", "b", "d", "t", "s", "e"]) {
                sheet.write_string(0, column, head).expect("a head");
            }
            let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
            let time = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy hh:mm");
            sheet.write_number(2, 0, 1_234.5).expect("a number");
            sheet.write_boolean(2, 1, true).expect("a truth value");
            sheet.write_number_with_format(2, 2, 46_173.0, &day).expect("a day");
            sheet.write_number_with_format(2, 3, 46_173.604_166_666_7, &time).expect("a time");
            sheet.write_string(2, 4, " =1+1\nß ").expect("a text");
        });
        let table = read(&bytes).expect("it can be read");
        assert_eq!(table.heads, ["n", "b", "d", "t", "s", "e"]);
        let [row] = table.rows.as_slice() else { panic!("{:?}", table.rows) };
        let plain = |text: &str| Cell::Plain(text.into());
        assert_eq!(row.number, 3);
        assert_eq!(row.cells[..2], [plain("1234.5"), plain("true")]);
        assert_eq!(row.cells[2..4], [plain("2026-05-31"), plain("2026-05-31 14:30:00")]);
        assert_eq!(row.cells[4..], [Cell::Text(" =1+1\nß ".into()), Cell::Empty]);
    }

    #[test]
    fn what_is_no_workbook_or_would_fill_the_memory_is_refused() {
        let broken = read(b"PK\x03\x04 and nothing more").expect_err("no workbook");
        assert!(matches!(broken, FileProblem::Workbook(_)), "{broken}");
        let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
        bomb.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default())
            .expect("a part");
        let zeros = vec![b'0'; 1024 * 1024];
        for _ in 0..=MOST_UNPACKED / (1024 * 1024) {
            std::io::Write::write_all(&mut bomb, &zeros).expect("it is written");
        }
        let bytes = bomb.finish().expect("an archive").into_inner();
        assert!(bytes.len() < 1024 * 1024, "it is small until it is unpacked");
        let refused = read(&bytes).expect_err("a bomb").to_string();
        assert!(refused.contains("unpacks to more"), "{refused}");
    }
}
