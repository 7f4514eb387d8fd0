//! Points in time kept as seconds since 1970.

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

fn unix_time(look: &Look<'_>, at: usize) -> Option<Proposal> {
    let mut found = 0;
    for value in look.sample.values(at) {
        match value {
            Value::Int(0) => {}
            Value::Int(seconds) if SECONDS.contains(seconds) => found += 1,
            _ => return None,
        }
    }
    let field = look.resource.fields[at].name.clone();
    let evidence = vec![
        Fact::Matching { found, of: look.sample.records(), examples: Vec::new() },
        Fact::FieldName { field: field.clone() },
    ];
    let edit = ManifestEdit::Format {
        resource: look.resource.name.clone(),
        field,
        format: Format::UnixTime,
    };
    let percent = if found >= 10 { 96 } else { 88 };
    (found > 0).then(|| Proposal::new(Confidence::percent(percent), evidence, edit))
}
