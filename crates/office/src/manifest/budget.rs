//! What a backend may be burdened with.

use std::time::Duration;

use kontor_connect::Budget;

use super::source::Entry;
use super::text::Keys;

const BUDGET_KEYS: &[&str] =
    &["connections", "statement_timeout", "row_cap", "rate", "answer_size"];

const LEAST_TIMEOUT: Duration = Duration::from_millis(100);
const GREATEST_TIMEOUT: Duration = Duration::from_secs(3600);

/// The budget of a `[budget]` table; what it leaves out has its default.
pub(super) fn read(entry: &Entry<'_>) -> Option<Budget> {
    let default = Budget::default();
    let section = entry.section(BUDGET_KEYS, "a table that begins with [budget]")?;
    let connections = section.get("connections").and_then(|entry| entry.number(1..=100));
    let statement_timeout = section.get("statement_timeout").and_then(|entry| timeout(&entry));
    let row_cap = section.get("row_cap").and_then(|entry| entry.number(10..=5000));
    let rate = section.get("rate").and_then(|entry| entry.number(1..=10_000));
    let answer_bytes = section.get("answer_size").and_then(|entry| size(&entry));
    Some(Budget {
        rate,
        answer_bytes: answer_bytes.unwrap_or(default.answer_bytes),
        connections: connections.unwrap_or(default.connections),
        statement_timeout: statement_timeout.unwrap_or(default.statement_timeout),
        row_cap: row_cap.unwrap_or(default.row_cap),
        ..default
    })
}

fn timeout(entry: &Entry<'_>) -> Option<Duration> {
    if !entry.is_text() {
        entry.refuse("must be a text with a number and ms, s or min, such as \"10s\"");
        return None;
    }
    let text = entry.text()?;
    let Some(timeout) = duration(&text) else {
        entry.refuse(format!(
            "must be a whole number and ms, s or min, such as \"10s\", not “{text}”"
        ));
        return None;
    };
    if !(LEAST_TIMEOUT..=GREATEST_TIMEOUT).contains(&timeout) {
        entry.refuse(format!("is {text}, but must be from 100ms to 60min"));
        return None;
    }
    Some(timeout)
}

const SMALLEST_ANSWER: usize = 64 * 1024;
const GREATEST_ANSWER: usize = 1024 * 1024 * 1024;

/// `512KB`, `16MB`.
fn size(entry: &Entry<'_>) -> Option<usize> {
    let text = entry.text()?;
    let units = [("KB", 1024), ("MB", 1024 * 1024)];
    let bytes = units.iter().find_map(|(unit, bytes)| {
        let number: usize = text.trim().strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(*bytes)
    });
    let bytes = bytes.filter(|bytes| (SMALLEST_ANSWER..=GREATEST_ANSWER).contains(bytes));
    if bytes.is_none() {
        entry.refuse(format!(
            "must be a whole number and KB or MB from 64KB to 1024MB, such as \"16MB\", not “{text}”"
        ));
    }
    bytes
}

/// `250ms`, `10s`, `2min`; a space may stand between.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let number: u64 = number.parse().ok()?;
    match unit.trim_start() {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "min" => number.checked_mul(60).map(Duration::from_secs),
        _ => None,
    }
}

/// A duration as [`duration`] reads it, to the millisecond.
fn to_text(duration: Duration) -> String {
    match duration.as_millis() {
        millis if millis % 60_000 == 0 => format!("{}min", millis / 60_000),
        millis if millis % 1000 == 0 => format!("{}s", millis / 1000),
        millis => format!("{millis}ms"),
    }
}

/// The keys and values that say this.
pub(super) fn keys(budget: &Budget) -> Keys {
    let mut keys = Keys::default();
    keys.add("connections", Some(i64::from(budget.connections)));
    keys.add("statement_timeout", Some(to_text(budget.statement_timeout)));
    keys.add("row_cap", Some(i64::from(budget.row_cap)));
    keys.add("rate", budget.rate.map(i64::from));
    let answer = budget.answer_bytes;
    if answer != Budget::default().answer_bytes {
        let megabytes = answer.is_multiple_of(1024 * 1024);
        let (number, unit) = if megabytes { (answer >> 20, "MB") } else { (answer >> 10, "KB") };
        keys.add("answer_size", Some(format!("{number}{unit}")));
    }
    keys
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, to_text};

    #[test]
    fn a_duration_has_a_number_and_a_unit() {
        for (text, millis) in [("250ms", 250), ("10s", 10_000), ("2min", 120_000), (" 3 s ", 3000)]
        {
            assert_eq!(duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for wrong in ["", "10", "s", "-1s", "1.5s", "10 hours", "99999999999999999999s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_duration_is_written_as_it_is_read() {
        for millis in [100, 1000, 1500, 60_000, 90_000] {
            let timeout = Duration::from_millis(millis);
            assert_eq!(duration(&to_text(timeout)), Some(timeout));
        }
    }
}
