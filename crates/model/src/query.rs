//! A question to a backend: which records, which fields, in which order, from where.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::condition::Condition;
use crate::name::ResourceName;
use crate::value::Value;

/// A question for records of one resource. Fields are indexes into the resource's fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What is read of each record, in this order.
    pub columns: Vec<Column>,
    /// Which records.
    pub condition: Condition,
    /// The order, completed with the key or the row's own address where there is one.
    pub sort: Vec<Sort>,
    /// Whether `sort` tells all records apart, so that no two tie.
    pub total_order: bool,
    /// Where to go on, none for the beginning (or the end, backward).
    pub cursor: Option<Cursor>,
    /// Whether to go towards the beginning. Records come in the order of `sort` all the same.
    pub backward: bool,
    /// Greatest number of records.
    pub limit: u32,
    /// What is read of the records that each of these points to; only where the backend reads that
    /// along.
    pub linked: Vec<Linked>,
}

impl Query {
    /// Records in no particular order, from the first on.
    #[must_use]
    pub fn unordered(columns: Vec<Column>, condition: Condition, limit: u32) -> Self {
        Self {
            columns,
            condition,
            sort: Vec::new(),
            total_order: true,
            cursor: None,
            backward: false,
            limit,
            linked: Vec::new(),
        }
    }
}

/// What is read of the one record that each record of a list points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The other resource.
    pub target: ResourceName,
    /// Pairs of a field here and the field there that has the same value.
    pub on: Vec<(usize, usize)>,
    /// What is read of the other record; all null where there is none.
    pub columns: Vec<Column>,
}

/// A field and how much of it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Index of the field.
    pub field: usize,
    /// How much of it.
    pub mode: ColumnMode,
}

/// How much of a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnMode {
    /// All of it.
    Whole,
    /// Texts up to a length, byte strings only by size: what a list needs.
    Brief,
}

impl Column {
    /// The whole field.
    #[must_use]
    pub fn whole(field: usize) -> Self {
        Self { field, mode: ColumnMode::Whole }
    }

    /// The field as a list shows it.
    #[must_use]
    pub fn brief(field: usize) -> Self {
        Self { field, mode: ColumnMode::Brief }
    }
}

/// In place of a field: the engine's own address of a row ([`crate::Resource::row_id`]). It orders
/// the records of a resource without a key; it is no address that lasts.
pub const ROW_ID: usize = usize::MAX;

/// In place of a field: the backend's own mark of the record's version (`xmin`), `NULL` where it
/// has none.
pub const VERSION: usize = usize::MAX - 1;

/// The greatest number of characters of a text that [`ColumnMode::Brief`] reads.
pub const BRIEF_CHARACTERS: usize = 240;

/// One step of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Index of the field.
    pub field: usize,
    /// Whether from great to small.
    pub descending: bool,
}

/// A place in an ordered list.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    /// The values of the sort fields of the record next to the place.
    pub values: Vec<Value>,
    /// How many records with these same values lie before the place. Zero where the order tells
    /// all records apart; then the record with these values lies before the place, too.
    pub skip: u32,
}

impl Cursor {
    /// The cursor as it stands in an address.
    #[must_use]
    pub fn to_text(&self) -> String {
        let tagged: Vec<String> = self.values.iter().map(Value::to_tagged).collect();
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(self.skip, tagged)).unwrap_or_default())
    }

    /// Reads the address form; `None` when it is not one of `length` values.
    #[must_use]
    pub fn from_text(text: &str, length: usize) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (skip, tagged): (u32, Vec<String>) = serde_json::from_slice(&json).ok()?;
        let values = tagged.iter().map(|t| Value::from_tagged(t)).collect::<Option<Vec<_>>>()?;
        (values.len() == length).then_some(Self { values, skip })
    }
}
