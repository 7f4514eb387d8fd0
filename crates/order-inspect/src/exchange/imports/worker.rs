//! The worker that takes imports further.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, task::AbortHandle};

use super::{items, reading, run::ImportState, turn, turn::Turn};
use crate::{clock::Clock, db::Db};

/// How long it sleeps when nothing wakes it: what another server left behind is found after this time.
const POLL: Duration = Duration::from_secs(1);

/// A running worker. It ends with the last of its handles; what it was at is taken further by the next one.
#[derive(Clone)]
pub struct Importer(Arc<Running>);

struct Running {
    shared: Arc<Shared>,
    worker: AbortHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        self.worker.abort();
    }
}

/// What the worker and its handles share.
pub(super) struct Shared {
    pub(super) db: Db,
    pub(super) clock: Clock,
    /// Nobody waits for the worker any more: a thread that reads a file leaves off.
    pub(super) stopped: AtomicBool,
    wake: Notify,
}

impl Importer {
    /// Begins to work.
    pub fn start(db: Db, clock: Clock) -> Self {
        let (stopped, wake) = (AtomicBool::new(false), Notify::new());
        let shared = Arc::new(Shared { db, clock, stopped, wake });
        let worker = tokio::spawn(work(Arc::clone(&shared))).abort_handle();
        Self(Arc::new(Running { shared, worker }))
    }

    /// Says that there may be something to do.
    pub fn wake(&self) {
        self.0.shared.wake.notify_one();
    }
}

async fn work(shared: Arc<Shared>) {
    loop {
        match round(&shared).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "an import could not be taken further; it is tried again");
            }
        }
        tokio::select! {
            () = shared.wake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Takes one import as far as it goes. Says whether there was one.
async fn round(shared: &Arc<Shared>) -> crate::Result<bool> {
    let Some(turn) = turn::take(&shared.db, shared.clock.now()).await? else { return Ok(false) };
    tracing::info!(import = turn.id, state = turn.state.name(), "an import goes on");
    take_further(shared, &turn).await?;
    Ok(true)
}

/// All steps of the state that an import is in; what follows is another turn.
async fn take_further(shared: &Arc<Shared>, turn: &Turn) -> crate::Result<()> {
    if turn.state == ImportState::Reading {
        return reading::read(shared, turn).await;
    }
    loop {
        let step = match turn.state {
            ImportState::Matching => reading::match_some(shared, turn).await?,
            ImportState::Comparing => items::compare(shared, turn).await?,
            ImportState::Applying => items::apply(shared, turn).await?,
            _ => return Ok(()),
        };
        if step != Ok(true) {
            return Ok(());
        }
    }
}
