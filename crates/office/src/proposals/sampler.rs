//! Samples of a backend's records: few, bounded, and never read twice.

use std::collections::HashSet;

use async_trait::async_trait;
use kontor_connect::Failure;
use kontor_model::{Resource, Value};

/// Greatest number of records read from each end of a resource.
pub const RECORDS_PER_END: u32 = 300;

/// Greatest number of different values that are looked for in another resource.
pub const VALUES_PER_LINK: usize = 200;

/// Greatest number of tuples that are looked for, where a link has several fields.
pub const TUPLES_PER_LINK: usize = 40;

/// Reads samples. The one for real backends is [`super::ConnectionSampler`].
#[async_trait]
pub trait Sampler: Send + Sync {
    /// Some records of a resource: the first and the last by its key, at most
    /// [`RECORDS_PER_END`] of each. Fields that are secret by their names are not read.
    ///
    /// # Errors
    /// When the backend does not answer within its budget, or refuses.
    async fn sample(&self, resource: &Resource) -> Result<Sample, Failure>;

    /// Those of the tuples that some record of a resource has in these fields. At most
    /// [`VALUES_PER_LINK`] tuples are given.
    ///
    /// # Errors
    /// When the backend does not answer within its budget, or refuses.
    async fn existing(
        &self,
        resource: &Resource,
        fields: &[usize],
        tuples: &[Vec<Value>],
    ) -> Result<HashSet<String>, Failure>;
}

/// Some records of a resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// One row per record, one value per field; `NULL` where the field was not read. Long texts
    /// are cut, byte strings are known by their size.
    pub rows: Vec<Vec<Value>>,
    /// Whether these are all records.
    pub is_whole: bool,
    /// Statements that it took.
    pub statements: u32,
}

impl Sample {
    /// The values of a field that are not `NULL`.
    pub(super) fn values(&self, field: usize) -> impl Iterator<Item = &Value> {
        self.rows.iter().filter_map(move |row| row.get(field)).filter(|value| !value.is_null())
    }

    /// The texts of a field that are neither `NULL` nor empty.
    pub(super) fn texts(&self, field: usize) -> impl Iterator<Item = &str> {
        self.values(field).filter_map(|value| match value {
            Value::Text(text) | Value::Cut(text) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        })
    }

    /// Different values of a field with how often each came, in order of their first place.
    pub(super) fn counted(&self, field: usize) -> Vec<(String, u64)> {
        let mut counted: Vec<(String, u64)> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for text in self.values(field).filter_map(Value::to_text) {
            let place = *places.entry(text.clone()).or_insert_with(|| {
                counted.push((text, 0));
                counted.len() - 1
            });
            counted[place].1 += 1;
        }
        counted
    }

    /// Takes the values of a field out.
    pub(super) fn forget(&mut self, field: usize) {
        for row in &mut self.rows {
            row[field] = Value::Null;
        }
    }

    /// How many records there are.
    pub(super) fn records(&self) -> u64 {
        self.rows.len() as u64
    }
}

/// What two values have in common that a database takes for equal: the text without blanks at its
/// end, in lower case, and numbers without regard to their type.
#[must_use]
pub fn comparable(tuple: &[Value]) -> String {
    let texts: Vec<String> = tuple
        .iter()
        .map(|value| value.to_text().unwrap_or_default().trim_end().to_lowercase())
        .collect();
    texts.join("\u{1f}")
}
