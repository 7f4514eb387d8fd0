//! Records that are marked as deleted instead of being deleted. A record that is switched off
//! (`active`, `enabled`, `visible`) is not deleted.

use kontor_model::{Field, FieldType};

use super::super::edit::{ManifestEdit, Mark};
use super::super::proposal::{Confidence, Fact, Proposal};
use super::super::words::{is, own_words};
use super::{Look, is_time};

const TIMES: [&str; 12] = [
    "deleted at",
    "deleted on",
    "deleted",
    "deleted date",
    "date deleted",
    "deletion date",
    "removed at",
    "trashed at",
    "geloescht am",
    "geloescht",
    "loeschdatum",
    "deletedat",
];

const FLAGS: [&str; 14] = [
    "deleted",
    "is deleted",
    "deleted flag",
    "delete flag",
    "del flag",
    "removed",
    "is removed",
    "trashed",
    "is trashed",
    "in trash",
    "geloescht",
    "ist geloescht",
    "loeschkennzeichen",
    "loeschkz",
];

pub(super) fn soft_delete(look: &Look<'_>) -> Option<Proposal> {
    let named = |names: &[&str], field: &Field| {
        let own = own_words(&look.resource.table, &field.name);
        names.iter().any(|name| is(&own, name))
    };
    let time = look.fields().find_map(|(at, field)| {
        let marks = (is_time(&field.ty) && named(&TIMES, field)).then(|| time_marks(look, at))?;
        Some((at, marks?))
    });
    let flag = || {
        look.fields().find_map(|(at, field)| {
            let marks = named(&FLAGS, field).then(|| flag_marks(look, at))?;
            Some((at, marks?))
        })
    };
    let (at, (deleted, alive)) = time.or_else(flag)?;
    let field = look.resource.fields[at].name.clone();
    let alive_text = match &alive {
        Some(Mark::Text(text)) => Some(text.clone()),
        Some(Mark::Bool(alive)) => Some(alive.to_string()),
        _ => None,
    };
    let is_alive = |row: &&Vec<kontor_model::Value>| row[at].to_text() == alive_text;
    let records = look.sample.rows.len();
    let living = look.sample.rows.iter().filter(is_alive).count();
    // Were nearly all records deleted, it would mean something else.
    if records >= 20 && living * 10 < records {
        return None;
    }
    let mut evidence = vec![Fact::FieldName { field: field.clone() }];
    evidence.push(match records {
        0 => Fact::NoValues,
        _ => Fact::Matching {
            found: (records - living) as u64,
            of: records as u64,
            examples: Vec::new(),
        },
    });
    let confidence = if records > 0 { 92 } else { 80 };
    let resource = look.resource.name.clone();
    let edit = ManifestEdit::SoftDelete { resource, field, deleted, alive };
    Some(Proposal::new(Confidence::percent(confidence), evidence, edit))
}

/// A time is set to delete; before, it is `NULL`, or zero where it must not be.
fn time_marks(look: &Look<'_>, at: usize) -> Option<(Mark, Option<Mark>)> {
    if look.resource.fields[at].nullable {
        return Some((Mark::Now, None));
    }
    let zero = look.sample.texts(at).find(|text| text.starts_with("0000-00-00"))?;
    Some((Mark::Now, Some(Mark::Text(zero.to_owned()))))
}

fn flag_marks(look: &Look<'_>, at: usize) -> Option<(Mark, Option<Mark>)> {
    let seen: Vec<String> = look.sample.counted(at).into_iter().map(|(value, _)| value).collect();
    let only = |values: &[&str]| seen.iter().all(|value| values.contains(&value.trim()));
    let text = |text: &str| Mark::Text(text.to_owned());
    match &look.resource.fields[at].ty {
        FieldType::Bool => Some((Mark::Bool(true), Some(Mark::Bool(false)))),
        FieldType::Int { .. } | FieldType::Decimal { scale: Some(0), .. } if only(&["0", "1"]) => {
            Some((text("1"), Some(text("0"))))
        }
        FieldType::Text { .. } | FieldType::Enum { .. } if !seen.is_empty() => {
            let pairs =
                [("J", "N"), ("Y", "N"), ("j", "n"), ("y", "n"), ("1", "0"), ("X", ""), ("T", "F")];
            let (deleted, alive) = pairs.into_iter().find(|(yes, no)| {
                only(&[yes, no]) && seen.iter().any(|value| value.trim() == *no)
            })?;
            Some((text(deleted), Some(text(alive))))
        }
        _ => None,
    }
}
