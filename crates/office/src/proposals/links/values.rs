//! What sampled values say about a link.

use std::collections::{HashMap, HashSet};

use kontor_model::Value;

use super::super::proposal::Fact;
use super::super::sampler::{Sample, TUPLES_PER_LINK, VALUES_PER_LINK, comparable};
use super::is_none_mark;
use super::names::{BY_NAME_ALONE, Candidate};

/// Share of values that must exist where the link leads.
const ENOUGH: f64 = 0.9;

/// The same where the names leave no doubt: old shops keep the orders of deleted products.
const ENOUGH_OF_STRONG: f64 = 0.5;

/// Different values without which weak names are not believed: the numbers 1 and 2 exist in every
/// resource.
const ENOUGH_FOR_WEAK: usize = 3;

/// How many orphans are shown.
const EXAMPLES: usize = 5;

/// What a sample says about the fields of links.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    /// Records that were read.
    pub(super) records: u64,
    tuples: HashMap<Vec<usize>, Vec<Vec<Value>>>,
    repeats: HashSet<Vec<usize>>,
    none_marks: HashMap<Vec<usize>, (String, u64)>,
}

impl Values {
    pub(super) fn of(sample: &Sample, wanted: &[Vec<usize>]) -> Self {
        let mut values = Self { records: sample.records(), ..Self::default() };
        for fields in wanted {
            values.add(sample, fields);
        }
        values
    }

    fn add(&mut self, sample: &Sample, fields: &[usize]) {
        let mut seen = HashSet::new();
        let mut tuples = Vec::new();
        let mut none: Option<(String, u64)> = None;
        for row in &sample.rows {
            let tuple: Vec<Value> = fields.iter().map(|&field| row[field].clone()).collect();
            if tuple.iter().any(|value| value.is_null() || !value.is_whole()) {
                continue;
            }
            if let [only] = tuple.as_slice()
                && is_none_mark(only)
            {
                none.get_or_insert((only.to_text().unwrap_or_default(), 0)).1 += 1;
                continue;
            }
            if seen.insert(comparable(&tuple)) {
                tuples.push(tuple);
            } else {
                self.repeats.insert(fields.to_vec());
            }
        }
        self.none_marks.extend(none.map(|none| (fields.to_vec(), none)));
        self.tuples.insert(fields.to_vec(), spread(tuples, fields.len()));
    }

    /// The different values of fields, none-marks apart; from all over the sample where there are
    /// too many.
    pub(super) fn tuples(&self, fields: &[usize]) -> Vec<Vec<Value>> {
        self.tuples.get(fields).cloned().unwrap_or_default()
    }

    /// Whether no value came twice, among at least two.
    pub(super) fn is_unique(&self, fields: &[usize]) -> bool {
        !self.repeats.contains(fields)
            && self.tuples.get(fields).is_some_and(|tuples| tuples.len() >= 2)
    }

    fn none_mark(&self, fields: &[usize]) -> Option<&(String, u64)> {
        self.none_marks.get(fields)
    }
}

fn spread(tuples: Vec<Vec<Value>>, width: usize) -> Vec<Vec<Value>> {
    let limit = if width > 1 { TUPLES_PER_LINK } else { VALUES_PER_LINK };
    let step = tuples.len().div_ceil(limit).max(1);
    tuples.into_iter().step_by(step).collect()
}

/// What came of testing a candidate.
#[derive(Debug, Clone)]
pub(super) struct Tested {
    /// In percent.
    pub(super) confidence: u32,
    pub(super) facts: Vec<Fact>,
}

/// Whether a candidate is worth proposing, from its names and from which of its values exist.
/// `existing` is `None` where that could not be asked.
pub(super) fn judge(
    candidate: &Candidate,
    near: Option<&Values>,
    tuples: &[Vec<Value>],
    existing: Option<HashSet<String>>,
) -> Option<Tested> {
    let mut facts = Vec::new();
    let confidence = match existing {
        Some(existing) => {
            let records = near.map_or(0, |near| near.records);
            by_values(candidate, records, tuples, &existing, &mut facts)?
        }
        None if candidate.strength >= BY_NAME_ALONE => {
            facts.push(Fact::NoValues);
            candidate.strength * 3 / 4
        }
        None => return None,
    };
    if let Some((value, records)) = near.and_then(|near| near.none_mark(&candidate.fields)) {
        facts.push(Fact::NoneWrittenAs { value: value.clone(), records: *records });
    }
    Some(Tested { confidence, facts })
}

fn by_values(
    candidate: &Candidate,
    records: u64,
    tuples: &[Vec<Value>],
    existing: &HashSet<String>,
    facts: &mut Vec<Fact>,
) -> Option<u32> {
    let (found, missing): (Vec<_>, Vec<_>) =
        tuples.iter().partition(|tuple| existing.contains(&comparable(tuple)));
    let share = found.len() as f64 / tuples.len() as f64;
    let is_strong = candidate.strength >= BY_NAME_ALONE;
    let enough = if is_strong { ENOUGH_OF_STRONG } else { ENOUGH };
    if share < enough || (!is_strong && tuples.len() < ENOUGH_FOR_WEAK) {
        return None;
    }
    facts.push(Fact::Included { found: found.len() as u64, of: tuples.len() as u64, records });
    if !missing.is_empty() {
        let example = |tuple: &&Vec<Value>| {
            tuple.iter().filter_map(Value::to_text).collect::<Vec<_>>().join(", ")
        };
        facts.push(Fact::Orphans {
            values: missing.len() as u64,
            examples: missing.iter().take(EXAMPLES).map(example).collect(),
        });
    }
    // Many values that all exist are as good as a name; few say little.
    let weight = (tuples.len() as f64 / 10.0).min(1.0);
    let by_name = f64::from(candidate.strength);
    let gained = (100.0 - by_name) * weight * 0.9;
    let lost = (1.0 - share) * 60.0;
    Some((by_name + gained - lost).max(1.0) as u32)
}
