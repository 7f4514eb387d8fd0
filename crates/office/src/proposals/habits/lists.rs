//! JSON and lists with commas, kept in text fields.

use std::collections::HashSet;

use kontor_model::{FieldType, Value};

use super::super::edit::{Format, ManifestEdit};
use super::super::proposal::{Confidence, Fact, Proposal};
use super::{Look, examples, is_share};

/// Texts without which a form is not believed.
const TEXTS: usize = 3;

pub(super) fn lists(look: &Look<'_>) -> Vec<Proposal> {
    look.fields()
        .filter(|(_, field)| matches!(field.ty, FieldType::Text { .. } | FieldType::Any))
        .filter_map(|(at, _)| json(look, at).or_else(|| commas(look, at)))
        .collect()
}

fn proposal(look: &Look<'_>, at: usize, format: Format, found: usize, of: usize) -> Proposal {
    let evidence = vec![Fact::Matching {
        found: found as u64,
        of: of as u64,
        examples: examples(look.sample.texts(at)),
    }];
    let percent = if of >= 20 { 95 } else { 85 };
    let edit = ManifestEdit::Format {
        resource: look.resource.name.clone(),
        field: look.resource.fields[at].name.clone(),
        format,
    };
    Proposal::new(Confidence::percent(percent), evidence, edit)
}

fn json(look: &Look<'_>, at: usize) -> Option<Proposal> {
    let all = look.sample.texts(at).count();
    let found = look.sample.values(at).filter(|value| is_json(value)).count();
    (found >= TEXTS && is_share(found, all, 95))
        .then(|| proposal(look, at, Format::Json, found, all))
}

/// An object or an array. Of a text that was cut only its beginning can be judged.
fn is_json(value: &Value) -> bool {
    match value {
        Value::Text(text) if text.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str::<serde_json::Value>(text).is_ok()
        }
        Value::Cut(text) => {
            let begins = ["{\"", "[{", "[\"", "[["];
            begins.iter().any(|begin| text.trim_start().starts_with(begin))
        }
        _ => false,
    }
}

/// Short elements from a vocabulary that records share. Prices (`12,50`), names (`Mann, Thomas`)
/// and sentences have commas, too.
fn commas(look: &Look<'_>, at: usize) -> Option<Proposal> {
    let texts: Vec<&str> = look.sample.texts(at).collect();
    let with_comma: Vec<&&str> = texts.iter().filter(|text| text.contains(',')).collect();
    let distinct: HashSet<&str> = texts.iter().copied().collect();
    if distinct.len() < TEXTS || !is_share(with_comma.len(), texts.len(), 40) {
        return None;
    }
    let elements: Vec<&str> =
        texts.iter().flat_map(|text| text.split(',')).map(str::trim).collect();
    let is_short = |element: &&str| {
        !element.is_empty()
            && element.len() <= 30
            && element.split(' ').count() <= 3
            && !element.contains(['.', ';', ':', '<', '{', '"', '?', '!'])
    };
    let vocabulary: HashSet<&str> = elements.iter().copied().collect();
    let are_numbers = elements.iter().all(|e| e.chars().all(|c| c.is_ascii_digit()));
    let has_three = texts.iter().any(|text| text.split(',').count() >= 3);
    let is_list = elements.iter().all(is_short)
        && vocabulary.len() * 10 <= elements.len() * 7
        && (has_three || !are_numbers);
    is_list.then(|| proposal(look, at, Format::List, with_comma.len(), texts.len()))
}
