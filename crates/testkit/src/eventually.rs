//! Waiting for something to become true.

use std::{
    future::Future,
    time::{Duration, Instant},
};

/// Asks `condition` again and again until it says yes, at most 30 seconds.
///
/// This is how a test waits for readiness: it goes on as soon as it can, and its only clock is the
/// limit at which it gives up.
///
/// # Panics
/// When the condition is still false after 30 seconds; the message contains `what`.
pub async fn eventually<F, Fut>(what: &str, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let limit = Duration::from_secs(30);
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < limit, "after {limit:?} still not true: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
