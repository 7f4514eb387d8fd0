//! A column as its sample shows it.

use std::collections::HashSet;

use kontor_model::{FieldType, Generated, Resource, Value};

use super::super::sampler::{Sample, VALUES_PER_LINK};
use super::concept::Concept;
use super::sketch::{Sketch, SketchKey};

/// Longer texts are no addresses of records.
const LONGEST: usize = 64;

/// Fewer different values tell nothing.
const FEWEST: usize = 3;

/// Values that two sketches must share where the names do not agree.
const SHARED: usize = 3;

/// A column that could refer or be referred to.
pub(super) struct Column {
    /// Place of the backend.
    pub(super) side: usize,
    /// Place of the resource.
    pub(super) resource: usize,
    pub(super) field: usize,
    /// Different values, from all over the sample where there are too many.
    pub(super) values: Vec<String>,
    /// Whether it tells the records of its resource apart.
    pub(super) is_key: bool,
    /// Whether it could refer: it is no number that the database counts up, and no reference
    /// within its own backend.
    pub(super) may_refer: bool,
    /// Whether its values are rare enough that the same one elsewhere is hardly chance.
    pub(super) is_telling: bool,
    pub(super) concept: Concept,
    sketch: Sketch,
}

impl Column {
    pub(super) fn of(
        side: usize,
        (place, resource): (usize, &Resource),
        field: usize,
        sample: &Sample,
        key: &SketchKey,
    ) -> Option<Self> {
        let described = &resource.fields[field];
        let fits = matches!(
            described.ty,
            FieldType::Text { .. } | FieldType::Int { .. } | FieldType::Uuid | FieldType::Any
        );
        if !fits || !described.comparable {
            return None;
        }
        let values = distinct(sample, field)?;
        let is_key = resource.key == [field]
            || resource.indexes.iter().any(|index| index.unique && index.fields == [field]);
        // A service gives most keys itself, also those that others know, such as article numbers.
        let is_made = described.generated != Generated::No && resource.service.is_none();
        let is_counted =
            resource.key == [field] && (is_made || matches!(described.ty, FieldType::Int { .. }));
        let refers_within = resource.references.iter().any(|r| r.fields == [field]);
        let sketch = Sketch::of(key, values.iter().map(String::as_str));
        let name = resource.name.as_str();
        Some(Self {
            side,
            resource: place,
            field,
            is_telling: is_telling(&values),
            concept: Concept::of(name, &described.name, is_key),
            sketch,
            values: spread(values),
            is_key,
            may_refer: !is_counted && !refers_within,
        })
    }

    /// How likely this refers to another column, before any value is looked for; none where nothing
    /// speaks for it.
    pub(super) fn likeness(&self, target: &Self) -> Option<u32> {
        let by_name = self.concept.likeness(&target.concept);
        let are_telling = self.is_telling && target.is_telling;
        if by_name.is_none() && !are_telling {
            return None;
        }
        let shared = self.sketch.shared(&target.sketch);
        if by_name.is_none() && shared < SHARED {
            return None;
        }
        let shared = u32::try_from(shared.min(50)).unwrap_or(0);
        Some(by_name.unwrap_or(0) + shared)
    }
}

/// The different values of a field; none where one of them can be no address of a record, or
/// nearly all are alike.
fn distinct(sample: &Sample, field: usize) -> Option<Vec<String>> {
    let mut seen = HashSet::new();
    let mut values = Vec::new();
    for value in sample.values(field) {
        let text = match value {
            Value::Text(text) => text.clone(),
            Value::Int(_) | Value::UInt(_) => value.to_text()?,
            _ => return None,
        };
        if text.chars().count() > LONGEST {
            return None;
        }
        if !text.trim().is_empty() && text != "0" && seen.insert(text.clone()) {
            values.push(text);
        }
    }
    (values.len() >= FEWEST).then_some(values)
}

fn spread(values: Vec<String>) -> Vec<String> {
    let step = values.len().div_ceil(VALUES_PER_LINK).max(1);
    values.into_iter().step_by(step).collect()
}

/// Small numbers exist in every resource; codes and long numbers do not.
fn is_telling(values: &[String]) -> bool {
    let telling = values.iter().filter(|text| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let is_number = digits == text.len();
        let number = text.trim_start_matches('0').len();
        if is_number {
            number >= 4
        } else {
            digits + letters >= 5 && digits > 0 || text.contains('@')
        }
    });
    values.len() >= 10 && telling.count() * 10 >= values.len() * 8
}
