//! Points in time kept as seconds, milliseconds or microseconds since 1970.

use kontor_model::{FieldType, Value};

use super::super::edit::{Format, ManifestEdit};
use super::super::proposal::{Confidence, Fact, Proposal};
use super::super::words::{has_any, words};
use super::Look;

/// Midnight at the beginning of 2000 and of 2040, UTC.
const SECONDS: std::ops::Range<i64> = 946_684_800..2_208_988_800;

const NAMES: [&str; 38] = [
    "at",
    "on",
    "am",
    "time",
    "times",
    "date",
    "datum",
    "zeit",
    "timestamp",
    "ts",
    "created",
    "updated",
    "modified",
    "changed",
    "added",
    "deleted",
    "login",
    "logon",
    "logout",
    "seen",
    "access",
    "accessed",
    "visit",
    "activity",
    "expires",
    "expiry",
    "expiration",
    "until",
    "since",
    "bis",
    "seit",
    "start",
    "end",
    "begin",
    "clicked",
    "sent",
    "mtime",
    "ctime",
];

pub(super) fn unix_times(look: &Look<'_>) -> Vec<Proposal> {
    look.fields()
        .filter(|(at, field)| {
            matches!(field.ty, FieldType::Int { max, .. } if max >= i32::MAX.unsigned_abs().into())
                && has_any(&words(&field.name), &NAMES)
                && !look.resource.key.contains(at)
        })
        .filter_map(|(at, _)| unix_time(look, at))
        .collect()
}

/// The formats, each with how many of its unit are a second. Their ranges do not meet.
const FORMATS: [(Format, i64); 3] =
    [(Format::UnixTime, 1), (Format::UnixTimeMs, 1_000), (Format::UnixTimeUs, 1_000_000)];

/// The format in which all of the numbers but zeros are moments of our time, and how many there are.
fn format_of<'a>(values: impl Iterator<Item = &'a Value>) -> Option<(Format, u64)> {
    let mut found = None;
    for value in values {
        let Value::Int(number) = value else { return None };
        if *number == 0 {
            continue;
        }
        let of = FORMATS.into_iter().find(|(_, each)| SECONDS.contains(&(number / each)))?.0;
        match &mut found {
            None => found = Some((of, 1)),
            Some((format, count)) if *format == of => *count += 1,
            Some(_) => return None,
        }
    }
    found
}

fn unix_time(look: &Look<'_>, at: usize) -> Option<Proposal> {
    let (format, found) = format_of(look.sample.values(at))?;
    let field = look.resource.fields[at].name.clone();
    let evidence = vec![
        Fact::Matching { found, of: look.sample.records(), examples: Vec::new() },
        Fact::FieldName { field: field.clone() },
    ];
    let edit = ManifestEdit::Format { resource: look.resource.name.clone(), field, format };
    let percent = if found >= 10 { 96 } else { 88 };
    Some(Proposal::new(Confidence::percent(percent), evidence, edit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_the_numbers_says_what_they_count() {
        let of = |numbers: &[i64]| {
            let values: Vec<Value> = numbers.iter().map(|it| Value::Int(*it)).collect();
            format_of(values.iter())
        };
        assert_eq!(of(&[1_763_642_730, 0, 1_763_642_731]), Some((Format::UnixTime, 2)));
        assert_eq!(of(&[1_763_642_730_123]), Some((Format::UnixTimeMs, 1)));
        assert_eq!(of(&[1_763_642_730_123_456]), Some((Format::UnixTimeUs, 1)));
        assert_eq!(of(&[1_763_642_730, 1_763_642_730_123]), None, "two units are none");
        assert_eq!(of(&[17, 1_763_642_730]), None);
        assert_eq!(of(&[0]), None);
    }
}
