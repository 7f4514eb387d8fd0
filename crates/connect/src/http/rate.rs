//! How often a service may be asked.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Whoever asked little may ask at once for what this time would have permitted.
const SPARED: Duration = Duration::from_secs(1);

/// Requests are spread evenly; a second's worth of them may come at once.
pub(super) struct Rate {
    /// The time that each request takes; none where there is no limit.
    each: Option<Duration>,
    /// When the next may go, had all come evenly.
    next: Mutex<Instant>,
}

impl Rate {
    /// So many requests in a second.
    pub(super) fn new(per_second: Option<u32>) -> Self {
        let each = per_second.map(|most| Duration::from_secs(1) / most.max(1));
        let now = Instant::now();
        Self { each, next: Mutex::new(now.checked_sub(SPARED).unwrap_or(now)) }
    }

    /// Waits for the turn of one request.
    ///
    /// # Errors
    /// What to tell when the turn would come later than `most`.
    pub(super) async fn wait(&self, most: Duration) -> Result<(), String> {
        let Some(each) = self.each else { return Ok(()) };
        let pause = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let earliest = now.checked_sub(SPARED).unwrap_or(now);
            let turn = (*next).max(earliest);
            let pause = turn.saturating_duration_since(now);
            if pause > most {
                return Err(format!("more than {} requests a second are asked for", per(each)));
            }
            *next = turn + each;
            pause
        };
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

fn per(each: Duration) -> u128 {
    (Duration::from_secs(1).as_nanos() / each.as_nanos().max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_more_than_the_rate_permits_is_refused_and_not_queued_for_ever() {
        let rate = Rate::new(Some(2));
        for _ in 0..3 {
            rate.wait(Duration::ZERO).await.expect("a second's worth may come at once");
        }
        let refused = rate.wait(Duration::ZERO).await.expect_err("too many");
        assert!(refused.contains("2 requests a second"), "{refused}");
    }

    #[tokio::test]
    async fn without_a_rate_nothing_waits() {
        let rate = Rate::new(None);
        for _ in 0..1_000 {
            rate.wait(Duration::ZERO).await.expect("no limit");
        }
    }
}
