//! Days and moments of the sample shop, and the ways in which its databases write them.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// The day on which the sample shop stands still. No clock is read, so that it is always the same.
pub(super) const TODAY: Date = date(2026, 11, 20);

/// A second of a day, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// The day.
    pub(super) day: Date,
    /// Seconds since midnight, below 86,400.
    pub(super) second: i64,
}

impl Moment {
    /// The moment `seconds` later (or earlier, if negative).
    pub(super) fn later(self, seconds: i64) -> Self {
        let total = self.second + seconds;
        Self { day: plus(self.day, total.div_euclid(86_400)), second: total.rem_euclid(86_400) }
    }

    /// As `2026-11-20T14:03:59Z`.
    pub(super) fn iso(self) -> String {
        let (hour, minute, second) = (self.second / 3600, self.second / 60 % 60, self.second % 60);
        format!("{}T{hour:02}:{minute:02}:{second:02}Z", iso(self.day))
    }
}

/// The day `days` after `day` (or before it, if negative).
pub(super) fn plus(day: Date, days: i64) -> Date {
    day.checked_add(days.days())
        .expect("the sample's days lie decades within the years that jiff knows")
}

/// How many days lie between `start` and `end`.
pub(super) fn days_between(start: Date, end: Date) -> i64 {
    let span = end - start;
    i64::from(span.get_days())
}

/// As `2026-11-20`.
pub(super) fn iso(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// As `20.11.2026`, the way German forms write a day.
pub(super) fn german(day: Date) -> String {
    format!("{:02}.{:02}.{:04}", day.day(), day.month(), day.year())
}

/// The day itself or the next one on which parcels are packed (not a Sunday).
pub(super) fn working_day(day: Date) -> Date {
    match day.weekday() {
        Weekday::Sunday => plus(day, 1),
        _ => day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_passes_midnight_in_both_directions() {
        let late = Moment { day: date(2025, 12, 31), second: 86_399 };
        assert_eq!(late.later(1).iso(), "2026-01-01T00:00:00Z");
        assert_eq!(late.later(1).later(-1), late);
    }

    #[test]
    fn days_are_written_as_forms_and_machines_write_them() {
        assert_eq!(iso(date(2026, 3, 4)), "2026-03-04");
        assert_eq!(german(date(2026, 3, 4)), "04.03.2026");
        assert_eq!(days_between(date(2024, 2, 28), date(2025, 3, 1)), 367);
    }
}
