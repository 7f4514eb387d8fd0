//! How many orders a day brings: growth over the years, seasons, weekdays, Black Friday.

use jiff::civil::{Date, Weekday};

use super::dates::{Moment, TODAY, days_between, plus};
use super::random::Random;

/// Orders in a thousand of an average hour, by hour of the day in UTC.
#[rustfmt::skip]
const HOURS: [usize; 24] = [
    260, 140, 90, 80, 130, 330, 620, 880, 1060, 1150, 1180, 1170, 1090, 1070, 1120, 1190, 1320, 1560, 1890, 2080, 1830,
    1310, 820, 470,
];

/// In percent of an average month, from January.
const MONTHS: [usize; 12] = [96, 84, 95, 98, 92, 84, 82, 86, 98, 108, 138, 142];

/// The moments of `count` orders from `first` until today, in order.
pub(super) fn moments(random: &mut Random, first: Date, count: usize) -> Vec<Moment> {
    let days: Vec<Date> = (0..=days_between(first, TODAY)).map(|past| plus(first, past)).collect();
    let weights: Vec<usize> =
        days.iter().enumerate().map(|(past, day)| weight(*day, past)).collect();
    let sum: usize = weights.iter().sum();
    let mut moments = Vec::with_capacity(count);
    let mut reached = 0;
    for (day, weight) in days.into_iter().zip(weights) {
        reached += weight;
        // by the running sum, so that the days together bring exactly `count`
        let due = count * reached / sum - moments.len();
        moments.extend(seconds(random, due).into_iter().map(|second| Moment { day, second }));
    }
    moments
}

fn seconds(random: &mut Random, count: usize) -> Vec<i64> {
    let hours: Vec<(i64, usize)> = (0..24).zip(HOURS).collect();
    let mut seconds: Vec<i64> =
        (0..count).map(|_| random.weighted(&hours) * 3600 + random.between(0, 3599)).collect();
    seconds.sort_unstable();
    seconds
}

fn weight(day: Date, days_past: usize) -> usize {
    let weekday = match day.weekday() {
        Weekday::Sunday => 128,
        Weekday::Monday => 112,
        Weekday::Saturday => 84,
        Weekday::Friday => 88,
        _ => 98,
    };
    // a quarter more each year
    let growth = 1_460 + days_past;
    MONTHS[usize::from(day.month().unsigned_abs()) - 1] * weekday * growth * occasion(day) / 10_000
}

/// Days on which more or fewer people order than else, in percent.
fn occasion(day: Date) -> usize {
    let black_friday = black_friday_of(day.year());
    match days_between(black_friday, day) {
        0 => return 420,
        3 => return 310, // Cyber Monday
        -4..=2 => return 190,
        _ => {}
    }
    match (day.month(), day.day()) {
        (12, 1..=17) => 125,
        (12, 18..=22) => 80,
        (12, 23..=26) => 40,
        (12, 27..=30) => 105,
        (12, 31) | (1, 1) => 55,
        (1, 7..=25) => 118,
        _ => 100,
    }
}

/// The Friday after the fourth Thursday of November.
fn black_friday_of(year: i16) -> Date {
    let first = Date::constant(year, 11, 1);
    let to_thursday = first.weekday().until(Weekday::Thursday);
    plus(first, i64::from(to_thursday) + 22)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn black_friday_is_where_the_calendar_has_it() {
        assert_eq!(black_friday_of(2024), date(2024, 11, 29));
        assert_eq!(black_friday_of(2025), date(2025, 11, 28));
        assert_eq!(black_friday_of(2026), date(2026, 11, 27));
    }

    #[test]
    fn all_orders_find_a_day_and_black_friday_is_the_strongest() {
        let all = moments(&mut Random::new(1, "test"), date(2024, 11, 21), 20_000);
        assert_eq!(all.len(), 20_000);
        assert!(all.is_sorted());
        let on = |day| all.iter().filter(|moment| moment.day == day).count();
        assert!(on(date(2025, 11, 28)) > 2 * on(date(2025, 11, 13)));
        assert!(on(date(2025, 12, 24)) < on(date(2025, 11, 13)));
        assert!((1..=60).contains(&on(TODAY)), "{}", on(TODAY));
    }
}
