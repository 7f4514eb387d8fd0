//! What the formats have in common: bytes to characters, elements, numbers, texts.

pub(super) mod bounded;
pub(super) mod decode;
pub(super) mod element;
pub(super) mod formula;
pub(super) mod html;
pub(super) mod number;
pub(super) mod table;
pub(super) mod xml;

use super::item::Record;
use crate::{catalogue::words::Locale, money::Currency};
use jiff::tz::TimeZone;

/// Why a file as a whole cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", .line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub(super) struct FileError {
    /// Where.
    pub(super) line: Option<u64>,
    /// What is wrong and what to do.
    pub(super) message: String,
}

impl FileError {
    pub(super) fn at(line: u64, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }

    pub(super) fn whole(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }
}

/// What a reader needs to know of the import to make sense of a file.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// The language of texts that do not say theirs.
    pub(super) locale: Locale,
    /// The currency of prices that do not say theirs.
    pub(super) currency: Currency,
    /// Whether the shop's prices include tax.
    pub(super) prices_include_tax: bool,
    /// Where days begin.
    pub(super) zone: TimeZone,
    /// The shop's country.
    pub(super) country: String,
}

/// What a file says of itself, known once it was read to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// What is ignored, each told once.
    pub(super) warnings: Vec<String>,
    /// The edition of the catalogue (BMEcat).
    pub(super) edition: Option<Edition>,
    /// Whether a row could not be told apart from others, or not be read: what it speaks of is not known.
    pub(super) broken: bool,
}

/// Which version of which supplier's catalogue a BMEcat document is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Edition {
    /// Supplier, catalogue and version, as the document names them.
    pub(super) catalogue: String,
    /// How many updates it is after `T_NEW_CATALOG`.
    pub(super) version: i64,
    /// Whether it is the whole catalogue.
    pub(super) whole: bool,
}

/// Reads a file record by record; it holds one of them at a time.
pub(super) trait RecordReader: Send {
    /// The next record, or none at the end.
    fn next(&mut self) -> Result<Option<Record>, FileError>;

    /// What the file says of itself, so far.
    fn head(&self) -> Head;
}
