//! Several kinds of things in one resource: a field says which, and others are empty for all but
//! one kind.

use kontor_model::{FieldType, Value};

use super::super::edit::ManifestEdit;
use super::super::proposal::{Confidence, Fact, Proposal};
use super::super::words::{ends_with, own_words};
use super::Look;

const NAMES: [&str; 10] = [
    "type",
    "kind",
    "typ",
    "art",
    "class",
    "klasse",
    "discriminator",
    "subtype",
    "variety",
    "sorte",
];

/// More kinds than this are a classification, not kinds of records.
const KINDS: std::ops::RangeInclusive<usize> = 2..=8;

/// Records of each kind, and in all, without which nothing is said.
const RECORDS_OF_KIND: u64 = 3;
const RECORDS: u64 = 10;

pub(super) fn kinds(look: &Look<'_>) -> Option<Proposal> {
    look.fields()
        .filter(|(_, field)| {
            let own = own_words(&look.resource.table, &field.name);
            NAMES.iter().any(|name| ends_with(&own, name))
                && matches!(
                    field.ty,
                    FieldType::Text { .. } | FieldType::Enum { .. } | FieldType::Int { .. }
                )
        })
        .find_map(|(at, _)| by_field(look, at))
}

fn by_field(look: &Look<'_>, at: usize) -> Option<Proposal> {
    let counted = look.sample.counted(at);
    let covered: u64 = counted.iter().map(|(_, records)| records).sum();
    let enough =
        covered >= RECORDS && counted.iter().all(|(_, records)| *records >= RECORDS_OF_KIND);
    if !KINDS.contains(&counted.len()) || covered != look.sample.records() || !enough {
        return None;
    }
    let kinds: Vec<&str> = counted.iter().map(|(kind, _)| kind.as_str()).collect();
    let mut of: Vec<(String, Vec<String>)> =
        kinds.iter().map(|kind| ((*kind).to_owned(), Vec::new())).collect();
    let mut common = Vec::new();
    let mut exclusive = 0;
    for (place, field) in look.resource.fields.iter().enumerate() {
        match owners(look, at, place, &kinds) {
            Some(owners) => {
                exclusive += 1;
                for owner in owners {
                    of[owner].1.push(field.name.clone());
                }
            }
            None => common.push(field.name.clone()),
        }
    }
    if exclusive < 2 {
        return None;
    }
    let empty_for = |(kind, records): &(String, u64)| {
        let fields = of.iter().filter(|(other, _)| other != kind).flat_map(|(_, fields)| fields);
        let own = of.iter().find(|(other, _)| other == kind).map(|(_, fields)| fields);
        let fields: Vec<String> =
            fields.filter(|field| own.is_some_and(|own| !own.contains(field))).cloned().collect();
        (!fields.is_empty()).then(|| Fact::EmptyFor {
            kind: kind.clone(),
            fields,
            records: *records,
        })
    };
    let mut evidence = vec![Fact::FieldName { field: look.resource.fields[at].name.clone() }];
    evidence.extend(counted.iter().filter_map(empty_for));
    let edit = ManifestEdit::Kinds {
        resource: look.resource.name.clone(),
        field: look.resource.fields[at].name.clone(),
        common,
        of,
    };
    Some(Proposal::new(Confidence::percent(70 + 5 * exclusive.min(5)), evidence, edit))
}

/// The kinds that have values in a field, where others never do. `None` for fields of all kinds,
/// and for those that are too rarely filled to say.
fn owners(look: &Look<'_>, at: usize, place: usize, kinds: &[&str]) -> Option<Vec<usize>> {
    let mut filled = vec![(0_usize, 0_usize); kinds.len()];
    for row in &look.sample.rows {
        let kind = row[at].to_text()?;
        let index = kinds.iter().position(|candidate| *candidate == kind)?;
        filled[index].0 += usize::from(!is_empty(&row[place]));
        filled[index].1 += 1;
    }
    let owners: Vec<usize> = (0..kinds.len()).filter(|&index| filled[index].0 > 0).collect();
    let is_usual = |&index: &usize| filled[index].0 * 2 >= filled[index].1;
    (!owners.is_empty() && owners.len() < kinds.len() && owners.iter().all(is_usual))
        .then_some(owners)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        _ => false,
    }
}
