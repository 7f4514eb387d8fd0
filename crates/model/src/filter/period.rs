//! Periods that people name: `today`, `last 7 days`, `this month`, `2026-11`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};

/// A half-open span of local time: from the first moment up to, not including, the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First moment of it.
    pub from: DateTime,
    /// First moment after it.
    pub to: DateTime,
}

impl Period {
    /// Reads a period's words relative to a moment in a time zone. Weeks begin on Monday; `last
    /// 7 days` ends with today, `next 7 days` begins with it. `None` when it is not one.
    #[must_use]
    pub fn parse(words: &str, now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let words = words.trim().to_ascii_lowercase();
        let now = now.to_zoned(zone.clone()).datetime();
        let today = now.date();
        match words.as_str() {
            "today" => return Self::days(today, 1),
            "yesterday" => return Self::days(today.yesterday().ok()?, 1),
            "tomorrow" => return Self::days(today.tomorrow().ok()?, 1),
            _ => {}
        }
        let parts: Vec<&str> = words.split_whitespace().collect();
        match parts.as_slice() {
            [which @ ("this" | "last" | "next"), unit] => named(which, unit, today),
            [which @ ("last" | "next"), count, unit] => {
                counted(which, count.parse().ok().filter(|n| (1..=10_000).contains(n))?, unit, now)
            }
            [calendar] => calendar_period(calendar),
            _ => None,
        }
    }

    /// Whether the words name a period.
    #[must_use]
    pub fn is_one(words: &str) -> bool {
        Self::parse(words, Timestamp::UNIX_EPOCH, &TimeZone::UTC).is_some()
    }

    fn days(first: Date, count: i64) -> Option<Self> {
        Some(Self::between(first, first.checked_add(Span::new().try_days(count).ok()?).ok()?))
    }

    fn between(first: Date, after: Date) -> Self {
        Self { from: first.to_datetime(Time::midnight()), to: after.to_datetime(Time::midnight()) }
    }
}

/// `this month`, `last week`, `next year`.
fn named(which: &str, unit: &str, today: Date) -> Option<Period> {
    let step: i64 = match which {
        "last" => -1,
        "next" => 1,
        _ => 0,
    };
    let (first, length) = match unit {
        "week" => {
            let monday = i64::from(today.weekday().to_monday_zero_offset());
            (today.checked_sub(monday.days()).ok()?, 1.week())
        }
        "month" => (today.first_of_month(), 1.month()),
        "quarter" => {
            let month = (today.month() - 1) / 3 * 3 + 1;
            (Date::new(today.year(), month, 1).ok()?, 3.months())
        }
        "year" => (today.first_of_year(), 1.year()),
        _ => return None,
    };
    let first = first.checked_add(length.checked_mul(step).ok()?).ok()?;
    Some(Period::between(first, first.checked_add(length).ok()?))
}

/// `last 7 days`, `next 3 months`, `last 2 hours`.
fn counted(which: &str, count: i64, unit: &str, now: DateTime) -> Option<Period> {
    let today = now.date();
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    let span = match unit {
        "minute" => count.minutes(),
        "hour" => count.hours(),
        "day" => count.days(),
        "week" => count.weeks(),
        "month" => count.months(),
        "year" => count.years(),
        _ => return None,
    };
    if matches!(unit, "minute" | "hour") {
        return Some(if which == "last" {
            Period { from: now.checked_sub(span).ok()?, to: now }
        } else {
            Period { from: now, to: now.checked_add(span).ok()? }
        });
    }
    let tomorrow = today.tomorrow().ok()?;
    Some(if which == "last" {
        Period::between(tomorrow.checked_sub(span).ok()?, tomorrow)
    } else {
        Period::between(today, today.checked_add(span).ok()?)
    })
}

/// `2026`, `2026-11`, `2026-11-20`.
fn calendar_period(text: &str) -> Option<Period> {
    let parts: Vec<i16> = text.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let small = |n: i16| i8::try_from(n).ok();
    let (first, length) = match *parts.as_slice() {
        [year] if text.len() == 4 => (Date::new(year, 1, 1).ok()?, 1.year()),
        [year, month] => (Date::new(year, small(month)?, 1).ok()?, 1.month()),
        [year, month, day] => (Date::new(year, small(month)?, small(day)?).ok()?, 1.day()),
        _ => return None,
    };
    Some(Period::between(first, first.checked_add(length).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 00:30 on Sunday, 22 November 2026 in Berlin; still Saturday in UTC.
    fn period(words: &str) -> Option<String> {
        let now: Timestamp = "2026-11-21T23:30:00Z".parse().expect("a time");
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        Period::parse(words, now, &zone).map(|p| format!("{} {}", p.from, p.to))
    }

    #[test]
    fn a_period_is_told_in_the_users_own_day() {
        let days = |from: &str, to: &str| Some(format!("{from}T00:00:00 {to}T00:00:00"));
        assert_eq!(period("today"), days("2026-11-22", "2026-11-23"));
        assert_eq!(period("last 7 days"), days("2026-11-16", "2026-11-23"));
        assert_eq!(period("next 1 day"), days("2026-11-22", "2026-11-23"));
        assert_eq!(period("this week"), days("2026-11-16", "2026-11-23"));
        assert_eq!(period("last month"), days("2026-10-01", "2026-11-01"));
        assert_eq!(period("this quarter"), days("2026-10-01", "2027-01-01"));
        assert_eq!(period("2024"), days("2024-01-01", "2025-01-01"));
        assert_eq!(period("2024-02"), days("2024-02-01", "2024-03-01"));
        assert_eq!(period("last 2 hours"), Some("2026-11-21T22:30:00 2026-11-22T00:30:00".into()));
        for wrong in ["", "last", "last 0 days", "sometime", "2024-13", "last 7 fortnights"] {
            assert_eq!(period(wrong), None, "{wrong}");
        }
    }
}
