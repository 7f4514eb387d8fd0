//! The connection budget of a backend: so many connections and no more, each returned clean, and
//! whatever was abandoned in the middle cancelled in the backend itself.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::error::{Failure, FailureKind};

/// Opens and cancels connections of one engine.
#[async_trait]
pub(crate) trait Opener: Send + Sync + 'static {
    /// A connection.
    type Raw: Send + 'static;
    /// What it takes to cancel what runs on a connection.
    type Cancel: Clone + Send + Sync + 'static;

    /// Opens a connection with its session set up.
    async fn open(&self) -> Result<(Self::Raw, Self::Cancel), Failure>;

    /// Ends what runs on a connection, over another one.
    async fn cancel(&self, cancel: Self::Cancel);
}

/// After a failed attempt to connect the next one waits this long; requests in between fail at
/// once instead of queueing up behind a dead backend.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// An idle connection older than this is closed instead of used.
const IDLE_LIMIT: Duration = Duration::from_secs(300);

/// Connections of a backend at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gauge {
    /// At work.
    pub in_use: u32,
    /// Open and waiting.
    pub idle: u32,
    /// Greatest number permitted.
    pub permitted: u32,
}

pub(crate) struct Pool<O: Opener> {
    opener: Arc<O>,
    idle: Mutex<Vec<Slot<O>>>,
    permits: Arc<Semaphore>,
    permitted: u32,
    wait: Duration,
    connect_timeout: Duration,
    in_use: AtomicU32,
    last_failure: Mutex<Option<(Instant, Failure)>>,
}

struct Slot<O: Opener> {
    raw: O::Raw,
    cancel: O::Cancel,
    since: Instant,
}

impl<O: Opener> Pool<O> {
    pub(crate) fn new(
        opener: O,
        permitted: u32,
        wait: Duration,
        connect_timeout: Duration,
    ) -> Arc<Self> {
        let permitted = permitted.max(1);
        Arc::new(Self {
            opener: Arc::new(opener),
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(permitted as usize)),
            permitted,
            wait,
            connect_timeout,
            in_use: AtomicU32::new(0),
            last_failure: Mutex::new(None),
        })
    }

    pub(crate) fn opener(&self) -> &O {
        &self.opener
    }

    pub(crate) fn gauge(&self) -> Gauge {
        Gauge {
            in_use: self.in_use.load(Ordering::Relaxed),
            idle: u32::try_from(lock(&self.idle).len()).unwrap_or(u32::MAX),
            permitted: self.permitted,
        }
    }

    /// A connection, waiting for one within the budget.
    pub(crate) async fn lease(self: &Arc<Self>) -> Result<Lease<O>, Failure> {
        let permits = Arc::clone(&self.permits);
        let permit = match tokio::time::timeout(self.wait, permits.acquire_owned()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) => return Err(Failure::new(FailureKind::Other, "the pool is closed")),
            Err(_) => {
                let detail =
                    format!("waited {:?} for one of {} connections", self.wait, self.permitted);
                return Err(Failure::new(FailureKind::Busy, detail));
            }
        };
        let slot = match self.take_idle() {
            Some(slot) => slot,
            None => self.open().await?,
        };
        self.in_use.fetch_add(1, Ordering::Relaxed);
        Ok(Lease { slot: Some(slot), pool: Arc::clone(self), busy: false, permit: Some(permit) })
    }

    fn take_idle(&self) -> Option<Slot<O>> {
        let mut idle = lock(&self.idle);
        while let Some(slot) = idle.pop() {
            if slot.since.elapsed() < IDLE_LIMIT {
                return Some(slot);
            }
        }
        None
    }

    async fn open(&self) -> Result<Slot<O>, Failure> {
        if let Some((at, failure)) = lock(&self.last_failure).as_ref()
            && at.elapsed() < RETRY_AFTER
        {
            return Err(failure.clone());
        }
        let opened = match tokio::time::timeout(self.connect_timeout, self.opener.open()).await {
            Ok(opened) => opened,
            Err(_) => {
                let detail = format!("no connection within {:?}", self.connect_timeout);
                Err(Failure::new(FailureKind::Unreachable, detail))
            }
        };
        match opened {
            Ok((raw, cancel)) => {
                *lock(&self.last_failure) = None;
                Ok(Slot { raw, cancel, since: Instant::now() })
            }
            Err(failure) => {
                *lock(&self.last_failure) = Some((Instant::now(), failure.clone()));
                lock(&self.idle).clear();
                Err(failure)
            }
        }
    }
}

/// A poisoned lock only means that another request panicked; the list inside is whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A borrowed connection. Dropped while a statement runs, it cancels the statement in the backend
/// and closes the connection; else it goes back.
pub(crate) struct Lease<O: Opener> {
    slot: Option<Slot<O>>,
    pool: Arc<Pool<O>>,
    busy: bool,
    permit: Option<OwnedSemaphorePermit>,
}

impl<O: Opener> Lease<O> {
    /// The connection, marked as busy until [`Lease::done`].
    pub(crate) fn busy(&mut self) -> Result<&mut O::Raw, Failure> {
        self.busy = true;
        match &mut self.slot {
            Some(slot) => Ok(&mut slot.raw),
            None => Err(Failure::new(FailureKind::Unreachable, "the connection was closed")),
        }
    }

    /// The statement is over and its answer read.
    pub(crate) fn done(&mut self) {
        self.busy = false;
    }

    /// Passes a result on; after a failure that breaks the connection it is closed.
    pub(crate) fn settle<T>(&mut self, result: Result<T, Failure>) -> Result<T, Failure> {
        match &result {
            Err(failure) if failure.breaks_connection() => self.slot = None,
            _ => self.done(),
        }
        result
    }
}

impl<O: Opener> Drop for Lease<O> {
    fn drop(&mut self) {
        self.pool.in_use.fetch_sub(1, Ordering::Relaxed);
        let Some(mut slot) = self.slot.take() else {
            return;
        };
        if !self.busy {
            slot.since = Instant::now();
            lock(&self.pool.idle).push(slot);
            return;
        }
        let opener = Arc::clone(&self.pool.opener);
        // The permit goes with the connection: the budget counts it until it is gone.
        let permit = self.permit.take();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                opener.cancel(slot.cancel.clone()).await;
                drop(slot);
                drop(permit);
            });
        }
    }
}
