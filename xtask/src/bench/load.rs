//! A closed loop: each client asks again as soon as it was answered.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::process::cpu;
use crate::failure::{Failure, Outcome};

/// How many ask at once.
pub(super) const CLIENTS: usize = 8;

const WARM_UP: Duration = Duration::from_secs(1);

/// One of those who ask at once.
pub(super) trait Client: Send + 'static {
    /// Asks, and takes the whole answer.
    fn ask(&mut self) -> impl Future<Output = Outcome> + Send;
}

/// Whose CPU time is counted, and for how long.
#[derive(Clone, Copy)]
pub(super) struct Meter {
    /// PostgreSQL's first process.
    pub(super) database: u32,
    /// What stands between the client and PostgreSQL: Kontor, or for the floor this process.
    pub(super) server: u32,
    /// How long is measured.
    pub(super) time: Duration,
}

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    /// Requests per second.
    pub(super) rate: f64,
    /// Half of the requests were answered within this many milliseconds.
    pub(super) p50: f64,
    /// 99 of 100 requests were answered within this many milliseconds.
    pub(super) p99: f64,
    /// CPU milliseconds of PostgreSQL per request.
    pub(super) database: f64,
    /// CPU milliseconds of the server per request.
    pub(super) server: f64,
}

impl Measured {
    /// CPU milliseconds per request.
    pub(super) fn cpu(&self) -> f64 {
        self.database + self.server
    }
}

/// Lets the clients ask for the meter's time.
pub(super) async fn measure<C: Client>(clients: Vec<C>, meter: Meter) -> Outcome<Measured> {
    let begin = Instant::now() + WARM_UP;
    let end = begin + meter.time;
    let mut running = JoinSet::new();
    for client in clients {
        running.spawn(ask_until(client, begin, end));
    }
    tokio::time::sleep_until(begin.into()).await;
    let before = (Instant::now(), cpu(meter.database)?, cpu(meter.server)?);
    tokio::time::sleep_until(end.into()).await;
    let after = (Instant::now(), cpu(meter.database)?, cpu(meter.server)?);
    let mut took = Vec::new();
    while let Some(ended) = running.join_next().await {
        took.extend(ended.map_err(|error| Failure::new(error.to_string()))??);
    }
    if took.is_empty() {
        return Err(Failure::new("no request was answered in the time; give more --seconds"));
    }
    took.sort_unstable();
    let requests = took.len();
    #[expect(clippy::cast_precision_loss, reason = "a count of requests is far below 2^52")]
    let count = requests as f64;
    let each = |used: Duration| used.as_secs_f64() * 1000.0 / count;
    let part = |percent: usize| took[(requests * percent / 100).min(requests - 1)];
    Ok(Measured {
        rate: count / (after.0 - before.0).as_secs_f64(),
        p50: part(50).as_secs_f64() * 1000.0,
        p99: part(99).as_secs_f64() * 1000.0,
        database: each(after.1.saturating_sub(before.1)),
        server: each(after.2.saturating_sub(before.2)),
    })
}

/// How long each request took that was answered between `begin` and `end`.
async fn ask_until<C: Client>(
    mut client: C,
    begin: Instant,
    end: Instant,
) -> Outcome<Vec<Duration>> {
    let mut took = Vec::new();
    loop {
        let asked = Instant::now();
        client.ask().await?;
        let answered = Instant::now();
        if answered > end {
            return Ok(took);
        }
        if answered >= begin {
            took.push(answered - asked);
        }
    }
}
