//! A part of a list, and how long the list is.

use serde::Serialize;

use crate::query::Cursor;
use crate::value::Value;

/// A part of a list of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// One row per record, values in the order of the query's columns.
    pub rows: Vec<Vec<Value>>,
    /// Place after the last row, when there are more.
    pub next: Option<Cursor>,
    /// Place before the first row, when there are records before it.
    pub previous: Option<Cursor>,
}

/// How many records a list has, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "records", rename_all = "snake_case")]
pub enum Count {
    /// Counted.
    Exact(u64),
    /// Estimated by the backend's planner.
    About(u64),
    /// Counting stopped here.
    MoreThan(u64),
    /// Nothing is known.
    Unknown,
}
