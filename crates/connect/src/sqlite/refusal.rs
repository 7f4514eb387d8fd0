//! What SQLite's result codes and messages mean.

use kontor_model::Resource;
use kontor_model::change::{Refusal, Rule};

use crate::error::{Failure, FailureKind, transport_failure};

/// The extended result code (<https://www.sqlite.org/rescode.html>).
fn code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}

pub(super) fn failure(error: &sqlx::Error) -> Failure {
    if let Some(failure) = transport_failure(error) {
        return failure;
    }
    let message = error
        .as_database_error()
        .map_or_else(|| error.to_string(), |answer| answer.message().to_owned());
    // SQLITE_READONLY_DBMOVED
    if code(error) == Some(1032) {
        let message = "the file was moved or removed while it was open";
        return Failure::new(FailureKind::Unreachable, message);
    }
    let kind = match code(error).map(|code| code & 0xff) {
        // SQLITE_INTERRUPT: the brake.
        Some(9) => FailureKind::Timeout,
        // SQLITE_BUSY and SQLITE_LOCKED: somebody else writes.
        Some(5 | 6) => FailureKind::Busy,
        Some(8) => FailureKind::Privilege,
        Some(10 | 11 | 14 | 26) => FailureKind::Unreachable,
        Some(17) => FailureKind::SchemaChanged,
        Some(1) if message.starts_with("no such") => FailureKind::SchemaChanged,
        Some(19 | 20 | 25) => FailureKind::Invalid,
        _ => FailureKind::Other,
    };
    Failure::new(kind, message)
}

pub(super) fn refusal(error: &sqlx::Error, resource: &Resource) -> Option<Refusal> {
    let answer = error.as_database_error()?;
    let message = answer.message();
    let rule = match code(error)? {
        // UNIQUE, PRIMARYKEY, ROWID.
        2067 | 1555 | 2579 => Rule::Unique,
        1299 => Rule::NotNull,
        275 => Rule::Check,
        // SQLite does not say which side of the reference is meant.
        787 => Rule::ReferenceMissing,
        // A value of the wrong kind in a STRICT table.
        3091 => Rule::Invalid,
        // RAISE(ABORT, …) in a trigger.
        1811 => Rule::Other,
        20 => Rule::Invalid,
        8 | 264 | 776 => Rule::Privilege,
        _ => return None,
    };
    Some(Refusal {
        rule,
        fields: named_fields(message, resource),
        constraint: (rule == Rule::Check)
            .then(|| message.rsplit(": ").next().map(str::to_owned))
            .flatten(),
        other: None,
        message: message.to_owned(),
    })
}

/// `UNIQUE constraint failed: products.sku, products.shop` names the columns after the colon.
fn named_fields(message: &str, resource: &Resource) -> Vec<usize> {
    let Some((_, names)) = message.split_once(": ") else {
        return Vec::new();
    };
    names
        .split(", ")
        .filter_map(|name| {
            let column = name.strip_prefix(resource.table.as_str())?.strip_prefix('.')?;
            resource.position(column)
        })
        .collect()
}
