//! Asking the service: at a rate that it does not choose, or as fast as it can.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{shop::Chance, wire::Wire};
use crate::failure::{Failure, Outcome};

/// The most connections; whoever finds none free waits, and the waiting counts.
const MOST: usize = 512;
/// What is not counted at the beginning.
const WARM_UP: Duration = Duration::from_secs(1);

/// The request with a number, as bytes.
pub(super) type Requests = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// Whom to ask, for what, and which answer is right.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) requests: Requests,
    pub(super) status: u16,
    /// Numbers of requests, so that none comes twice in a run.
    pub(super) next: Arc<AtomicU64>,
    wires: Arc<Mutex<Vec<Wire>>>,
}

/// What was seen.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Right answers per second.
    pub(super) rate: f64,
    /// Microseconds from the intended moment of the request to the end of its answer.
    pub(super) took: Histogram<u64>,
    /// What else was answered, if anything.
    pub(super) wrong: Option<String>,
}

impl Seen {
    /// Milliseconds within which so many of a hundred were answered.
    pub(super) fn within(&self, percent: f64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "microseconds of minutes are far below 2^52"
        )]
        let micros = self.took.value_at_percentile(percent) as f64;
        micros / 1000.0
    }
}

impl Target {
    pub(super) fn new(address: SocketAddr, status: u16, requests: Requests) -> Self {
        Self { address, requests, status, next: Arc::default(), wires: Arc::default() }
    }

    /// One request over a connection that is free.
    async fn ask(&self) -> Outcome<Option<String>> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let free = self.wires.lock().ok().and_then(|mut free| free.pop());
        let mut wire = match free {
            Some(wire) => wire,
            None => Wire::open(self.address).await?,
        };
        let (status, body) = wire.ask(&(self.requests)(number)).await?;
        let wrong = (status != self.status).then(|| {
            format!(
                "{status}: {}",
                String::from_utf8_lossy(body).chars().take(300).collect::<String>()
            )
        });
        if let Ok(mut free) = self.wires.lock() {
            free.push(wire);
        }
        Ok(wrong)
    }
}

/// What happened so far.
struct Tally {
    took: Mutex<Histogram<u64>>,
    wrong: Mutex<Option<String>>,
}

impl Tally {
    fn new() -> Outcome<Arc<Self>> {
        // A minute at most, to three digits.
        let took = Histogram::new_with_bounds(1, 60_000_000, 3)
            .map_err(|error| Failure::new(error.to_string()))?;
        Ok(Arc::new(Self { took: Mutex::new(took), wrong: Mutex::default() }))
    }

    fn note(&self, outcome: Outcome<Option<String>>, since: Instant, counts: bool) {
        let wrong = outcome.unwrap_or_else(|failure| Some(failure.to_string()));
        if let (Some(wrong), Ok(mut first)) = (wrong, self.wrong.lock()) {
            first.get_or_insert(wrong);
        }
        if counts && let Ok(mut took) = self.took.lock() {
            took.saturating_record(u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
    }

    fn seen(&self, time: Duration) -> Seen {
        let took = self
            .took
            .lock()
            .map_or_else(|_| Histogram::new(3).expect("three digits"), |it| it.clone());
        #[expect(clippy::cast_precision_loss, reason = "a count of requests is far below 2^52")]
        let rate = took.len() as f64 / time.as_secs_f64();
        let wrong = self.wrong.lock().ok().and_then(|it| it.clone());
        Seen { rate, took, wrong }
    }
}

/// Open loop: requests arrive by chance (Poisson), on average `rate` each second, whether those before were answered
/// or not. Each counts from the moment at which it was to be sent, so that a service that stands still is not
/// excused by nobody asking meanwhile.
pub(super) async fn arrivals(
    target: &Target,
    rate: f64,
    time: Duration,
    chance: &mut Chance,
) -> Outcome<Seen> {
    let tally = Tally::new()?;
    let permits = Arc::new(Semaphore::new(MOST));
    let mut running = JoinSet::new();
    let begun = Instant::now();
    let mut due = Duration::ZERO;
    while due < WARM_UP + time {
        due += Duration::from_secs_f64(-chance.part().ln() / rate);
        let (moment, counts) = (begun + due, due >= WARM_UP);
        tokio::time::sleep_until(moment.into()).await;
        let (target, tally, permits) = (target.clone(), Arc::clone(&tally), Arc::clone(&permits));
        running.spawn(async move {
            let Ok(_permit) = permits.acquire().await else { return };
            tally.note(target.ask().await, moment, counts);
        });
        while running.try_join_next().is_some() {}
    }
    let last = Instant::now();
    while running.join_next().await.is_some() {}
    // What was still to be answered at the end belongs to the time.
    Ok(tally.seen(time + last.elapsed()))
}

/// Closed loop: so many ask again as soon as they were answered.
pub(super) async fn in_turn(target: &Target, connections: usize, time: Duration) -> Outcome<Seen> {
    let tally = Tally::new()?;
    let mut running = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..connections {
        let (target, tally) = (target.clone(), Arc::clone(&tally));
        running.spawn(async move {
            while begun.elapsed() < WARM_UP + time {
                let asked = Instant::now();
                let outcome = target.ask().await;
                let counts = (WARM_UP..WARM_UP + time).contains(&begun.elapsed());
                tally.note(outcome, asked, counts);
            }
        });
    }
    while running.join_next().await.is_some() {}
    Ok(tally.seen(time))
}
