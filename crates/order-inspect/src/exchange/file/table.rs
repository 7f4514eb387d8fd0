//! Reading tables: CSV (RFC 4180) with commas, semicolons or tabs, and TSV. Each row comes with its line; a row
//! that cannot be read is a row with a problem, not the end.

use std::io::Read;

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder, Terminator};

use super::{
    FileError,
    bounded::{Bounded, TOO_LONG},
};

/// The longest cell, in bytes: more than the longest text that the catalogue takes.
const LONGEST_CELL: usize = 256 * 1024;

/// A row of a table.
#[derive(Debug)]
pub(in crate::exchange) struct Row {
    pub(in crate::exchange) line: u64,
    /// Its cells by column; none where the row is broken.
    cells: Vec<String>,
    /// Why it cannot be read.
    pub(in crate::exchange) broken: Option<String>,
}

impl Row {
    /// A cell, without the spaces around it. None where the table has no such column.
    pub(in crate::exchange) fn cell(&self, column: Option<usize>) -> Option<&str> {
        column.map(|at| self.cells.get(at).map_or("", |it| it.trim()))
    }
}

/// A table with a header.
pub(in crate::exchange) struct Table<R> {
    reader: Reader<Bounded<R>>,
    /// The names of the columns, as they stand in the file.
    pub(in crate::exchange) columns: Vec<String>,
    /// Whether a row was broken.
    pub(in crate::exchange) broken: bool,
    delimiter: u8,
    record: ByteRecord,
}

impl<R: Read> Table<R> {
    /// Reads the header; what stands between its cells is found out unless it is said.
    pub(in crate::exchange) fn open(
        mut source: R,
        delimiter: Option<u8>,
    ) -> Result<Table<impl Read>, FileError> {
        let mut start = vec![0; 64 * 1024];
        let read = fill(&mut source, &mut start)?;
        start.truncate(read);
        let delimiter = delimiter.unwrap_or_else(|| likely_delimiter(&start));
        let whole = std::io::Cursor::new(start).chain(source);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            // a carriage return before it belongs to the last cell, whose spaces are cut off
            .terminator(Terminator::Any(b'\n'))
            .from_reader(Bounded::new(whole));
        let header = match reader.byte_headers() {
            Ok(header) => header.clone(),
            Err(error) => return Err(unread(&error, reader.get_ref().is_too_long())),
        };
        let columns = header
            .iter()
            .map(|it| String::from_utf8_lossy(it).trim().to_owned())
            .collect::<Vec<_>>();
        if columns.iter().all(String::is_empty) {
            return Err(FileError::at(1, "the first row has to name the columns"));
        }
        Ok(Table { reader, columns, broken: false, delimiter, record: ByteRecord::new() })
    }

    /// The next row that is not empty.
    pub(in crate::exchange) fn next(&mut self) -> Result<Option<Row>, FileError> {
        loop {
            self.reader.get_mut().mark();
            match self.reader.read_byte_record(&mut self.record) {
                Ok(false) => return Ok(None),
                Ok(true) => {}
                Err(error) => return Err(unread(&error, self.reader.get_ref().is_too_long())),
            }
            if self.record.iter().any(|it| !it.trim_ascii().is_empty()) {
                let row = self.row();
                self.broken |= row.broken.is_some();
                return Ok(Some(row));
            }
        }
    }

    fn row(&self) -> Row {
        let line = self.record.position().map_or(0, csv::Position::line);
        let mut row = Row { line, cells: Vec::new(), broken: None };
        for (at, cell) in self.record.iter().enumerate() {
            let column = self.columns.get(at).map_or("", String::as_str);
            match std::str::from_utf8(cell) {
                _ if cell.len() > LONGEST_CELL => {
                    row.broken = Some(format!("{column}: is longer than 256 KiB"));
                }
                Err(_) => {
                    row.broken = Some(format!(
                        "{column}: is no UTF-8; write the file as UTF-8, or say encoding=windows-1252"
                    ));
                }
                Ok(text) if text.contains('\0') => {
                    row.broken = Some(format!("{column}: has the character U+0000 in it"));
                }
                Ok(text) => {
                    row.cells.push(text.to_owned());
                    continue;
                }
            }
            row.cells.push(String::new());
        }
        if self.record.len() > self.columns.len()
            && self.record.iter().skip(self.columns.len()).any(|it| !it.is_empty())
        {
            row.broken = Some(
                "has more cells than the header has columns: is a quotation mark missing?"
                    .to_owned(),
            );
        }
        if row.cells.iter().any(|it| self.has_rows_in_it(it, row.cells.len())) {
            row.broken = Some("has other rows in a cell: is a quotation mark missing?".to_owned());
        }
        row
    }

    /// Whether a cell goes over the end of its row into others: it was not closed before the file was over, or where
    /// the next quotation mark stands.
    fn has_rows_in_it(&self, cell: &str, cells: usize) -> bool {
        let most = self.columns.len().saturating_sub(1);
        let marks = |text: &str| text.bytes().filter(|it| *it == self.delimiter).count();
        let over = cell.contains('\n') && most > 1;
        let to_the_end = || cells <= most && cell.lines().skip(1).any(|line| marks(line) >= most);
        over && (to_the_end() || (cell.trim_end().ends_with('"') && marks(cell) >= most))
    }
}

fn fill(source: &mut impl Read, buffer: &mut [u8]) -> Result<usize, FileError> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) => return Err(FileError::whole(error.to_string())),
        }
    }
    Ok(filled)
}

/// Whatever stands most often in the first line, outside of quotation marks.
fn likely_delimiter(start: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                counts.iter_mut().filter(|(it, _)| it == byte).for_each(|(_, count)| *count += 1);
            }
            _ => {}
        }
    }
    // the first of equals: a header of one column is a table with commas
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(byte, _)| *byte)
}

fn unread(error: &csv::Error, too_long: bool) -> FileError {
    let line = error.position().map(csv::Position::line);
    let message = match error.kind() {
        _ if too_long => TOO_LONG.to_owned(),
        ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    };
    FileError { line, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_semicolons_and_tabs_are_told_apart() {
        for (text, wanted) in [
            ("Handle,Title\na,b", b','),
            ("Handle;\"Title, long\"\na;b", b';'),
            ("id\ttitle\n1\t2", b'\t'),
            ("id", b','),
        ] {
            assert_eq!(likely_delimiter(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn rows_know_their_line_and_what_is_broken_in_them() {
        let text = b"a,b\r\n\"x\r\ny\",\"q \"\"z\"\"\"\r\n\r\n1,\xfc\r\n1,2,3\r\n".as_slice();
        let mut table = Table::open(text, None).unwrap();
        let row = table.next().unwrap().unwrap();
        assert_eq!(
            (row.line, row.cell(Some(0)), row.cell(Some(1))),
            (2, Some("x\r\ny"), Some("q \"z\""))
        );
        let row = table.next().unwrap().unwrap();
        assert_eq!(row.line, 5);
        assert!(row.broken.unwrap().contains("UTF-8"));
        let row = table.next().unwrap().unwrap();
        assert!(row.broken.unwrap().contains("more cells"));
        assert!(table.next().unwrap().is_none());
    }

    #[test]
    fn rows_that_a_quotation_mark_swallows_are_missed() {
        let rows = |text: &str| {
            let mut table = Table::open(text.as_bytes(), None).unwrap();
            while table.next().unwrap().is_some() {}
            table.broken
        };
        assert!(rows("a,b,c\n1,\"two,3\n4,5,6\n7,8,9\n"), "up to the end of the file");
        assert!(rows("a,b,c\n1,\"two,3\n4,\"five\",6\n"), "up to the next quotation mark");
        assert!(
            !rows("a,b,c\n1,\"two\n, or more\",3\n4,\"five\n\"\"six\"\"\"\n"),
            "a cell of several lines"
        );
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_ends_with_a_clear_error() {
        let text = format!("a,b\n1,\"{}", "x\n".repeat(3_000_000));
        let mut table = Table::open(text.as_bytes(), None).unwrap();
        assert!(table.next().unwrap_err().message.contains("quotation mark"));
        let text = format!("a\n{}", "x".repeat(300_000));
        let mut table = Table::open(text.as_bytes(), None).unwrap();
        assert!(table.next().unwrap().unwrap().broken.unwrap().contains("256 KiB"));
    }
}
