//! Values between commas, semicolons or tabs, as Kontor and spreadsheets write them.

use std::borrow::Cow;

use super::table::{Cell, FileKind, FileProblem, MOST_COLUMNS, MOST_ROWS, Table};

/// The text of a file, and how its characters were written: as its mark says, in UTF-8, or else as
/// Windows does in Western Europe, which every byte fits.
pub(super) fn decoded(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static str), FileProblem> {
    let (text, encoding) = match (encoding_rs::Encoding::for_bom(bytes), std::str::from_utf8(bytes))
    {
        (Some((marked, _)), _) => {
            let (text, encoding, is_wrong) = marked.decode(bytes);
            if is_wrong {
                return Err(FileProblem::NotText);
            }
            (text, encoding.name())
        }
        (None, Ok(text)) => (text.into(), "UTF-8"),
        (None, Err(_)) => {
            let (text, encoding, _) = encoding_rs::WINDOWS_1252.decode(bytes);
            (text, encoding.name())
        }
    };
    if text.contains('\0') { Err(FileProblem::NotText) } else { Ok((text, encoding)) }
}

/// Reads the rows of a text.
pub(super) fn read(text: &str, encoding: &'static str) -> Result<Table, FileProblem> {
    let (text, separator) = separated(text);
    let mut reading = Reading { rest: text, separator, row: 1, records: Vec::new(), empties: 0 };
    while !reading.rest.is_empty() {
        reading.record()?;
    }
    let tells_empty = reading.empties > 0;
    Table::of_records(FileKind::Delimited { separator, encoding }, reading.records, tells_empty)
}

/// What separates the values: what a first line says of it (`sep=;`), else what stands most often
/// among the names of the columns.
fn separated(text: &str) -> (&str, char) {
    if let Some(rest) = text.strip_prefix("sep=") {
        let mut chars = rest.chars();
        if let Some(separator) = chars.next().filter(|c| matches!(c, ',' | ';' | '\t'))
            && let Some((_, rest)) = chars.as_str().split_once('\n')
        {
            return (rest, separator);
        }
    }
    let mut quoted = false;
    let mut counts = [(',', 0_usize), (';', 0), ('\t', 0)];
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\r' | '\n' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(mark, _)| *mark == c).for_each(|(_, n)| *n += 1),
        }
    }
    // Of equals the first counts: nothing but the comma needs no reason.
    let most = counts.iter().rev().max_by_key(|(_, n)| *n);
    (text, most.map_or(',', |(mark, _)| *mark))
}

struct Reading<'t> {
    rest: &'t str,
    separator: char,
    row: usize,
    records: Vec<(usize, Vec<Cell>)>,
    /// Cells that say to be empty.
    empties: usize,
}

impl Reading<'_> {
    fn record(&mut self) -> Result<(), FileProblem> {
        let mut cells = Vec::new();
        loop {
            if cells.len() > MOST_COLUMNS {
                return Err(FileProblem::TooManyColumns { most: MOST_COLUMNS });
            }
            cells.push(self.cell(cells.len() + 1)?);
            let mut after = self.rest.chars();
            match after.next() {
                Some(c) if c == self.separator => {
                    self.rest = after.as_str();
                    continue;
                }
                Some('\r') => {
                    self.rest = after.as_str();
                    self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
                }
                Some(_) => self.rest = after.as_str(),
                None => {}
            }
            break;
        }
        // A line without anything is no record, but counts.
        if cells != [Cell::Empty] {
            if self.records.len() > MOST_ROWS {
                return Err(FileProblem::TooManyRows { most: MOST_ROWS });
            }
            self.records.push((self.row, cells));
        }
        self.row += 1;
        Ok(())
    }

    fn cell(&mut self, column: usize) -> Result<Cell, FileProblem> {
        let ends = |c: char| c == self.separator || matches!(c, '\r' | '\n');
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let end = self.rest.find(ends).unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Ok(if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) });
        };
        let wrong = FileProblem::Quotes { row: self.row, column };
        let mut text = String::new();
        let mut rest = quoted;
        loop {
            let Some((part, after)) = rest.split_once('"') else { return Err(wrong) };
            text.push_str(part);
            match after.strip_prefix('"') {
                Some(more) => {
                    text.push('"');
                    rest = more;
                }
                None if after.is_empty() || after.starts_with(ends) => {
                    self.rest = after;
                    break;
                }
                None => return Err(wrong),
            }
        }
        self.empties += usize::from(text.is_empty());
        Ok(Cell::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        read(text, "UTF-8").expect("it can be read")
    }

    fn texts(table: &Table) -> Vec<Vec<&str>> {
        table.rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn commas_semicolons_and_tabs_are_recognised() {
        for (text, mark) in [
            ("a,b\n1,2;3\n", ','),
            ("a;b\r\n1;\"2,5\"\r\n", ';'),
            ("\"a;x\"\tb\r1\t2", '\t'),
            ("sep=;\r\na,b;c\n1;2\n", ';'),
            ("alone\n1\n", ','),
        ] {
            let table = table(text);
            let FileKind::Delimited { separator, .. } = table.kind else { panic!("{text}") };
            assert_eq!(separator, mark, "{text}");
            assert_eq!(table.rows.len(), 1, "{text}");
        }
    }

    #[test]
    fn a_cell_may_hold_separators_line_breaks_and_quotation_marks() {
        let table = table("a,b\r\n\"x, \"\"y\"\"\r\nz\",5\"\r\n");
        assert_eq!(texts(&table), [["x, \"y\"\r\nz", "5\""]]);
    }

    #[test]
    fn no_value_is_told_from_an_empty_text_where_the_file_does() {
        let told = table("a,b\n1,\n2,\"\"\n");
        assert!(told.tells_empty);
        assert_eq!(
            (&told.rows[0].cells[1], &told.rows[1].cells[1]),
            (&Cell::Empty, &Cell::Text(String::new()))
        );
        assert!(!table("a,b\n1,\n").tells_empty);
    }

    #[test]
    fn rows_are_counted_as_spreadsheets_count_them() {
        let table = table("a,b\n\"1\n1\",2\n\n3,4\n");
        assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_row_and_column() {
        let problem = |text| read(text, "UTF-8").expect_err(text);
        assert_eq!(problem("a,b\n1,\"2\n"), FileProblem::Quotes { row: 2, column: 2 });
        assert_eq!(problem("a,b\n\"1\"x,2\n"), FileProblem::Quotes { row: 2, column: 1 });
        assert_eq!(
            problem("a,b\n1,2\n1,2,3\n"),
            FileProblem::TooManyCells { row: 3, cells: 3, heads: 2 }
        );
        let long = format!("a\n{}", "1\n".repeat(MOST_ROWS + 1));
        assert_eq!(problem(&long), FileProblem::TooManyRows { most: MOST_ROWS });
    }

    #[test]
    fn characters_of_windows_are_read_rightly() {
        let (text, encoding) = decoded(b"Gr\xf6\xdfe;\x80 5").expect("it is text");
        assert_eq!((text.as_ref(), encoding), ("Größe;€ 5", "windows-1252"));
        let (text, encoding) = decoded("\u{feff}Größe".as_bytes()).expect("it is text");
        assert_eq!((text.as_ref(), encoding), ("Größe", "UTF-8"));
        let (text, encoding) = decoded(b"\xff\xfea\0;\0").expect("it is text");
        assert_eq!((text.as_ref(), encoding), ("a;", "UTF-16LE"));
        assert_eq!(decoded(b"\x89PNG\0\0"), Err(FileProblem::NotText));
    }
}
