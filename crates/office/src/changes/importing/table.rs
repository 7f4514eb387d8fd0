//! A file as rows of cells, whatever it was: comma-separated values, a workbook, or lines of JSON.

use super::{delimited, lines, sheet};

/// The largest file, in bytes.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// The most rows of a file, as many as one bulk edit has records.
pub(super) const MOST_ROWS: usize = 10_000;
/// The most columns of a file.
pub(super) const MOST_COLUMNS: usize = 500;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKind {
    /// Values between separators.
    Delimited {
        /// A comma, a semicolon or a tab.
        separator: char,
        /// How its characters are written: `UTF-8`, `windows-1252`, `UTF-16LE`, `UTF-16BE`.
        encoding: &'static str,
    },
    /// The first sheet of an Excel workbook.
    Workbook {
        /// The sheet's name.
        sheet: String,
    },
    /// One JSON object per line, with the values as the backend keeps them.
    Lines,
}

/// Why a file cannot be read. Rows and columns count from one, as spreadsheets count them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// It has more bytes than one import takes.
    #[error("the file has more than {most} bytes")]
    TooLarge {
        /// The most that is taken.
        most: usize,
    },
    /// It has more rows than one import takes.
    #[error("the file has more than {most} rows")]
    TooManyRows {
        /// The most that is taken.
        most: usize,
    },
    /// It has more columns than one import takes.
    #[error("the file has more than {most} columns")]
    TooManyColumns {
        /// The most that is taken.
        most: usize,
    },
    /// It has no row below the names of its columns.
    #[error("the file has no rows")]
    Empty,
    /// It is no text.
    #[error("the file is neither text nor an Excel workbook")]
    NotText,
    /// It is a workbook of before 2007.
    #[error("this is a workbook of the old form .xls; save it as .xlsx")]
    OldWorkbook,
    /// The workbook is broken or not one of Excel's.
    #[error("the workbook cannot be read: {0}")]
    Workbook(String),
    /// A quotation mark was opened and not closed, or something follows the one that closes.
    #[error("row {row}, column {column}: a quotation mark is not closed where it should be")]
    Quotes {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
    /// A row has more cells than the first has names.
    #[error("row {row} has {cells} cells, but there are {heads} columns")]
    TooManyCells {
        /// The row.
        row: usize,
        /// Its cells.
        cells: usize,
        /// The columns.
        heads: usize,
    },
    /// A line is no JSON object.
    #[error("row {row}, column {column}: this is no JSON object")]
    NoObject {
        /// The row.
        row: usize,
        /// The character in it.
        column: usize,
    },
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// The row says nothing of the column.
    Absent,
    /// It is empty.
    Empty,
    /// No value, said so.
    Null,
    /// As a person or a spreadsheet wrote it.
    Text(String),
    /// A number, a truth value or a moment of a workbook, in the plain notation of its type.
    Plain(String),
    /// As the backend keeps it.
    Kept(String),
}

impl Cell {
    /// What stands in it.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Absent | Self::Empty | Self::Null => "",
            Self::Text(text) | Self::Plain(text) | Self::Kept(text) => text,
        }
    }
}

/// A row below the names of the columns.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its number in the file, from one.
    pub(super) number: usize,
    /// As many cells as there are columns.
    pub(super) cells: Vec<Cell>,
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) kind: FileKind,
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// Whether it writes an empty text in another way than no value.
    pub(super) tells_empty: bool,
}

impl Table {
    /// Reads a file; what it is, it says itself.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, FileProblem> {
        if bytes.len() > MOST_BYTES {
            return Err(FileProblem::TooLarge { most: MOST_BYTES });
        }
        let table = if bytes.starts_with(b"PK\x03\x04") {
            sheet::read(bytes)?
        } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(FileProblem::OldWorkbook);
        } else {
            let (text, encoding) = delimited::decoded(bytes)?;
            if text.trim_start().starts_with('{') {
                lines::read(&text)?
            } else {
                delimited::read(&text, encoding)?
            }
        };
        if table.rows.is_empty() { Err(FileProblem::Empty) } else { Ok(table) }
    }

    /// A table of records of which the first names the columns.
    pub(super) fn of_records(
        kind: FileKind,
        records: Vec<(usize, Vec<Cell>)>,
        tells_empty: bool,
    ) -> Result<Self, FileProblem> {
        let mut records = records.into_iter();
        let (_, heads) = records.next().ok_or(FileProblem::Empty)?;
        let mut heads: Vec<String> =
            heads.iter().map(|cell| cell.text().trim().to_owned()).collect();
        while heads.last().is_some_and(String::is_empty) {
            heads.pop();
        }
        if heads.len() > MOST_COLUMNS {
            return Err(FileProblem::TooManyColumns { most: MOST_COLUMNS });
        }
        let mut rows = Vec::with_capacity(records.len());
        for (number, mut cells) in records {
            while cells.len() > heads.len() && cells.last() == Some(&Cell::Empty) {
                cells.pop();
            }
            if cells.len() > heads.len() {
                let (cells, heads) = (cells.len(), heads.len());
                return Err(FileProblem::TooManyCells { row: number, cells, heads });
            }
            if cells.iter().all(|cell| *cell == Cell::Empty) {
                continue;
            }
            if rows.len() == MOST_ROWS {
                return Err(FileProblem::TooManyRows { most: MOST_ROWS });
            }
            cells.resize(heads.len(), Cell::Empty);
            rows.push(Row { number, cells });
        }
        Ok(Self { kind, heads, rows, tells_empty })
    }
}
