//! A closed loop: each client asks again as soon as it was answered.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::process::cpu;
use crate::failure::{Failure, Outcome};

/// How many ask at once.
pub(super) const CLIENTS: usize = 8;

const WARM_UP: Duration = Duration::from_millis(300);

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
    /// How long a round is measured.
    pub(super) time: Duration,
}

/// What the clients of a round are doing.
const WARMING: u8 = 0;
const COUNTING: u8 = 1;
const OVER: u8 = 2;

/// What rounds have shown so far. Ways are asked in turns of a second or so: what else the machine
/// does then touches all of them alike.
#[derive(Debug, Default)]
pub(super) struct Tally {
    took: Vec<Duration>,
    wall: Duration,
    database: Duration,
    server: Duration,
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

/// Lets the clients ask for the meter's time and adds what was seen; gives the clients back.
pub(super) async fn round<C: Client>(
    clients: Vec<C>,
    meter: Meter,
    tally: &mut Tally,
) -> Outcome<Vec<C>> {
    let phase = Arc::new(AtomicU8::new(WARMING));
    let mut running = JoinSet::new();
    for client in clients {
        running.spawn(ask_until_over(client, Arc::clone(&phase)));
    }
    tokio::time::sleep(WARM_UP).await;
    let before = (Instant::now(), cpu(meter.database)?, cpu(meter.server)?);
    phase.store(COUNTING, Ordering::Relaxed);
    tokio::time::sleep(meter.time).await;
    // Everybody asks on until the figures are read: who hangs up ends a process of PostgreSQL.
    let after = (Instant::now(), cpu(meter.database)?, cpu(meter.server)?);
    phase.store(OVER, Ordering::Relaxed);
    let mut clients = Vec::with_capacity(CLIENTS);
    while let Some(ended) = running.join_next().await {
        let (client, took) = ended.map_err(|error| Failure::new(error.to_string()))??;
        clients.push(client);
        tally.took.extend(took);
    }
    tally.wall += after.0 - before.0;
    tally.database += after.1.saturating_sub(before.1);
    tally.server += after.2.saturating_sub(before.2);
    Ok(clients)
}

impl Tally {
    /// The figures of all rounds; none where there was none.
    pub(super) fn measured(mut self) -> Outcome<Option<Measured>> {
        if self.wall.is_zero() {
            return Ok(None);
        }
        if self.took.is_empty() {
            let message = "no request was answered in the time; give more --seconds";
            return Err(Failure::new(message));
        }
        self.took.sort_unstable();
        let requests = self.took.len();
        #[expect(clippy::cast_precision_loss, reason = "a count of requests is far below 2^52")]
        let count = requests as f64;
        let each = |used: Duration| used.as_secs_f64() * 1000.0 / count;
        let part = |percent: usize| self.took[(requests * percent / 100).min(requests - 1)];
        Ok(Some(Measured {
            rate: count / self.wall.as_secs_f64(),
            p50: part(50).as_secs_f64() * 1000.0,
            p99: part(99).as_secs_f64() * 1000.0,
            database: each(self.database),
            server: each(self.server),
        }))
    }
}

/// How long each request took that was answered while counting.
async fn ask_until_over<C: Client>(
    mut client: C,
    phase: Arc<AtomicU8>,
) -> Outcome<(C, Vec<Duration>)> {
    let mut took = Vec::new();
    loop {
        let asked = Instant::now();
        client.ask().await?;
        match phase.load(Ordering::Relaxed) {
            WARMING => {}
            COUNTING => took.push(asked.elapsed()),
            _ => return Ok((client, took)),
        }
    }
}
