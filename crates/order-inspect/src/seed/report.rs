//! How many rows were written, and how fast.

use std::{fmt, time::Duration, time::Instant};

/// What was written.
#[derive(Debug)]
pub struct Report {
    last: Instant,
    parts: Vec<(&'static str, u64, Duration)>,
}

impl Report {
    pub(super) fn begin() -> Self {
        Self { last: clock(), parts: Vec::new() }
    }

    /// Notes a part that has just been written.
    pub(super) fn add(&mut self, part: &'static str, rows: u64) {
        let now = clock();
        self.parts.push((part, rows, now - self.last));
        self.last = now;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.parts.iter().map(|(_, rows, _)| rows).sum();
        let took = self.parts.iter().map(|(_, _, took)| *took).sum();
        for (part, rows, took) in self.parts.iter().copied().chain([("all", all, took)]) {
            let seconds = took.as_secs_f64();
            #[expect(clippy::cast_precision_loss, reason = "a count of rows is far below 2^52")]
            let rate = rows as f64 / seconds.max(0.001);
            writeln!(f, "{part:<10}{rows:>12} rows{seconds:>9.1} s{rate:>11.0} rows/s")?;
        }
        Ok(())
    }
}

fn clock() -> Instant {
    Instant::now()
}
