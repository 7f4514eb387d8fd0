//! When a parcel arrives: handling at the location, then transit to the customer.

use std::collections::BTreeSet;

use jiff::{
    ToSpan as _,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::moment::Moment;

/// How far ahead a working day is looked for; a location that never works promises nothing.
const FURTHEST: i32 = 400;

/// When somebody works at a location.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Where the clock hangs.
    pub zone: TimeZone,
    /// Orders that come later than this minute of the day are handled the next working day.
    pub cut_off_minute: u16,
    /// How many working days pass until a parcel is handed over.
    pub handling_days: u16,
    /// ISO days of the week, 1 is Monday.
    pub working_days: BTreeSet<i8>,
    /// Days on which nobody works.
    pub holidays: BTreeSet<Date>,
}

/// How long a parcel travels, in working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transit {
    /// At least.
    pub min_days: u16,
    /// At most.
    pub max_days: u16,
}

/// When a parcel arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryPromise {
    /// The first day on which it may arrive.
    #[schema(value_type = String, format = Date, examples("2026-06-17"))]
    pub earliest: Date,
    /// The last day on which it should arrive.
    #[schema(value_type = String, format = Date, examples("2026-06-18"))]
    pub latest: Date,
    /// Until when one has to order for that.
    pub order_by: Moment,
}

impl Calendar {
    /// When a parcel arrives that is ordered now, of goods that are here on the day `ready` at the earliest.
    /// Parcels are neither handled nor delivered on days on which nobody works here: carriers may be faster,
    /// and a promise must hold.
    pub fn promise(
        &self,
        now: Moment,
        ready: Option<Date>,
        transit: Transit,
    ) -> Option<DeliveryPromise> {
        let local = now.timestamp().ok()?.to_zoned(self.zone.clone());
        let today = local.date();
        let in_time = self.works_on(today) && minute_of(local.time()) < self.cut_off_minute;
        let order_day = if in_time { today } else { self.working_day_after(today)? };
        let start = match ready {
            Some(ready) if ready > order_day && self.works_on(ready) => ready,
            Some(ready) if ready > order_day => self.working_day_after(ready)?,
            _ => order_day,
        };
        let handed_over = self.working_days_later(start, self.handling_days)?;
        Some(DeliveryPromise {
            earliest: self.working_days_later(handed_over, transit.min_days)?,
            latest: self.working_days_later(handed_over, transit.max_days.max(transit.min_days))?,
            order_by: self.cut_off_on(order_day)?,
        })
    }

    /// The moment at which the orders of a day have to be there.
    fn cut_off_on(&self, day: Date) -> Option<Moment> {
        let midnight = day.at(0, 0, 0, 0);
        let cut_off = midnight.checked_add(i64::from(self.cut_off_minute).minutes()).ok()?;
        cut_off.to_zoned(self.zone.clone()).ok().map(|it| it.timestamp().into())
    }

    fn works_on(&self, day: Date) -> bool {
        self.working_days.contains(&day.weekday().to_monday_one_offset())
            && !self.holidays.contains(&day)
    }

    fn working_day_after(&self, day: Date) -> Option<Date> {
        (1..=FURTHEST)
            .filter_map(|days| day.checked_add(days.days()).ok())
            .find(|day| self.works_on(*day))
    }

    fn working_days_later(&self, day: Date, count: u16) -> Option<Date> {
        (0..count).try_fold(day, |day, _| self.working_day_after(day))
    }
}

fn minute_of(time: Time) -> u16 {
    u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or(u16::MAX)
}

/// The day of a moment at the location.
pub fn local_day(zone: &TimeZone, moment: Moment) -> Option<Date> {
    moment.timestamp().ok().map(|it| it.to_zoned(zone.clone()).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(handling_days: u16) -> Calendar {
        Calendar {
            zone: TimeZone::get("Europe/Berlin").unwrap(),
            cut_off_minute: 14 * 60,
            handling_days,
            working_days: (1..=5).collect(),
            holidays: ["2026-12-25".parse().unwrap()].into(),
        }
    }

    fn days(handling: u16, ordered: &str, ready: Option<&str>) -> Option<(String, String, String)> {
        let ready = ready.map(|it| it.parse().unwrap());
        let transit = Transit { min_days: 1, max_days: 2 };
        let it = calendar(handling).promise(ordered.parse().unwrap(), ready, transit)?;
        Some((it.earliest.to_string(), it.latest.to_string(), it.order_by.to_string()))
    }

    #[test]
    fn a_promise_counts_working_days_from_the_cut_off() {
        let table = [
            ("before the cut-off", 0, "2026-06-15T11:59:00Z", None, "2026-06-16", "2026-06-17"),
            (
                "at the cut-off it is too late",
                0,
                "2026-06-15T12:00:00Z",
                None,
                "2026-06-17",
                "2026-06-18",
            ),
            ("handling takes a day", 1, "2026-06-15T10:00:00Z", None, "2026-06-17", "2026-06-18"),
            ("a weekend lies between", 0, "2026-06-19T10:00:00Z", None, "2026-06-22", "2026-06-23"),
            (
                "Friday after the cut-off is Monday",
                0,
                "2026-06-19T13:00:00Z",
                None,
                "2026-06-23",
                "2026-06-24",
            ),
            ("on a Saturday", 0, "2026-06-20T08:00:00Z", None, "2026-06-23", "2026-06-24"),
            ("a holiday lies between", 0, "2026-12-24T09:00:00Z", None, "2026-12-28", "2026-12-29"),
            (
                "in winter the cut-off is an hour later in UTC",
                0,
                "2026-12-01T12:59:00Z",
                None,
                "2026-12-02",
                "2026-12-03",
            ),
            (
                "the goods come on a Thursday",
                0,
                "2026-06-15T10:00:00Z",
                Some("2026-06-18"),
                "2026-06-19",
                "2026-06-22",
            ),
            (
                "the goods come on a Sunday",
                0,
                "2026-06-15T10:00:00Z",
                Some("2026-06-21"),
                "2026-06-23",
                "2026-06-24",
            ),
            (
                "the goods were there long ago",
                0,
                "2026-06-15T10:00:00Z",
                Some("2026-06-01"),
                "2026-06-16",
                "2026-06-17",
            ),
        ];
        for (what, handling, ordered, ready, earliest, latest) in table {
            let found = days(handling, ordered, ready).unwrap();
            assert_eq!((found.0.as_str(), found.1.as_str()), (earliest, latest), "{what}");
        }
    }

    #[test]
    fn it_says_until_when_one_has_to_order() {
        let by = |ordered| days(0, ordered, None).unwrap().2;
        assert_eq!(by("2026-06-15T10:00:00Z"), "2026-06-15T12:00:00Z");
        assert_eq!(by("2026-06-19T12:00:00Z"), "2026-06-22T12:00:00Z");
    }

    #[test]
    fn who_never_works_promises_nothing() {
        let idle = Calendar { working_days: BTreeSet::new(), ..calendar(0) };
        let now = "2026-06-15T10:00:00Z".parse().unwrap();
        assert_eq!(idle.promise(now, None, Transit { min_days: 1, max_days: 1 }), None);
    }
}
