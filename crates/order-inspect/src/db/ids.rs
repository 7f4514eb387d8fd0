//! Numbers for records, made without asking the database.

use std::sync::atomic::{AtomicI64, Ordering};

/// How many servers can make numbers at the same time.
pub(super) const SLOTS: i64 = 16;
/// Microseconds of one tick: the numbers of one tick differ by the server that made them.
const TICK: i64 = 16;
/// The highest number that was ever given to one of the records that every life of a shop makes.
pub(super) const LAST: &str = "SELECT COALESCE(MAX(id), 0) AS last FROM order_event";

/// Makes numbers that grow with time: ticks of 16 microseconds since 1970, times 16, plus the server's slot.
/// They stay below 2^53 (which JSON numbers hold exactly) until the year 2255.
#[derive(Debug)]
pub(super) struct Ids {
    last: AtomicI64,
    slot: AtomicI64,
}

impl Ids {
    pub(super) fn new() -> Self {
        Self { last: AtomicI64::new(0), slot: AtomicI64::new(0) }
    }

    /// From now on as this server, and after the highest number that the database knows: a clock that was
    /// set back must not make a number twice.
    pub(super) fn start(&self, slot: i64, highest: i64) {
        self.slot.store(slot, Ordering::Relaxed);
        self.last.fetch_max(highest / SLOTS, Ordering::Relaxed);
    }

    /// The end of the numbers that were made so many microseconds ago.
    pub(super) fn before(age: i64) -> i64 {
        (now() - age) / TICK * SLOTS
    }

    pub(super) fn next(&self) -> i64 {
        let now = now() / TICK;
        let before = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(now.max(last + 1)))
            .unwrap_or(now);
        now.max(before + 1) * SLOTS + self.slot.load(Ordering::Relaxed)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "numbers must grow even where a test stops the clock"
)]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |it| i64::try_from(it.as_micros()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn numbers_grow_and_fit_into_json() {
        let ids = Ids::new();
        ids.start(3, 0);
        let numbers: Vec<i64> = (0..10_000).map(|_| ids.next()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b));
        assert!(numbers.iter().all(|id| id % 16 == 3 && *id < 1 << 53));
    }

    #[test]
    fn the_age_of_a_number_can_be_told() {
        let ids = Ids::new();
        let first = ids.next();
        assert!(first >= Ids::before(1_000_000) && first < Ids::before(-1_000_000));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_number_twice() {
        let ids = Ids::new();
        let highest = (1_i64 << 52) + 16;
        ids.start(0, highest);
        assert!(ids.next() > highest);
    }
}
