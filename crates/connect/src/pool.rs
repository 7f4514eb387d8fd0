//! The connection budget of a backend: so many connections and no more, each returned clean, and
//! whatever was abandoned in the middle cancelled in the backend itself.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::error::{Failure, FailureKind};
use crate::sql::Planning;

/// Opens and cancels connections of one engine.
#[async_trait]
pub(crate) trait Opener: Send + Sync + 'static {
    /// A connection.
    type Raw: Send + 'static;
    /// What it takes to cancel what runs on a connection.
    type Cancel: Clone + Send + Sync + 'static;

    /// An idle connection older than this is asked whether it is still there before it is used: a
    /// server that was started again has closed it, and a write sent into it would be lost without
    /// anybody knowing.
    const ASK_AFTER: Duration = Duration::from_secs(1);

    /// Opens a connection with its session set up.
    async fn open(&self) -> Result<(Self::Raw, Self::Cancel), Failure>;

    /// Ends what runs on a connection, over another one.
    async fn cancel(&self, cancel: Self::Cancel);

    /// Whether a connection that was idle still answers.
    async fn is_alive(&self, raw: &mut Self::Raw) -> bool;

    /// Closes a connection as the backend wishes it, and waits until it is closed.
    async fn close(&self, raw: Self::Raw) -> Result<(), sqlx::Error>;
}

/// After a failed attempt to connect the next one waits this long; requests in between fail at
/// once instead of queueing up behind a dead backend.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// An idle connection older than this is closed instead of used.
const IDLE_LIMIT: Duration = Duration::from_secs(300);

/// Time for which an abandoned statement is tried to be cancelled; its own timeout ends it later.
const CANCEL_LIMIT: Duration = Duration::from_secs(5);

/// When a pool is closed, connections at work are waited for this long, and closing those that are
/// not may take as long again.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

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
    limits: Limits,
    in_use: AtomicU32,
    last_failure: Mutex<Option<(Instant, Failure)>>,
    /// Cancelling takes a connection beyond the budget: one and no more.
    cancelling: tokio::sync::Mutex<()>,
    /// Nothing is lent any more.
    closed: AtomicBool,
}

/// How long things may take.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Until a connection is free.
    pub(crate) wait: Duration,
    /// Until a connection is made.
    pub(crate) connect: Duration,
    /// What a new connection gives each statement.
    pub(crate) statement: Duration,
}

struct Slot<O: Opener> {
    raw: O::Raw,
    cancel: O::Cancel,
    since: Instant,
    /// What its statements may take now.
    allowed: Duration,
    /// How its statements are planned now.
    planning: Planning,
}

impl<O: Opener> Pool<O> {
    pub(crate) fn new(opener: O, permitted: u32, limits: Limits) -> Arc<Self> {
        let permitted = permitted.max(1);
        Arc::new(Self {
            opener: Arc::new(opener),
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(permitted as usize)),
            permitted,
            limits,
            in_use: AtomicU32::new(0),
            last_failure: Mutex::new(None),
            cancelling: tokio::sync::Mutex::new(()),
            closed: AtomicBool::new(false),
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
        let permit = match tokio::time::timeout(self.limits.wait, permits.acquire_owned()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) => return Err(closed()),
            Err(_) => {
                let (wait, permitted) = (self.limits.wait, self.permitted);
                let detail = format!("waited {wait:?} for one of {permitted} connections");
                return Err(Failure::new(FailureKind::Busy, detail));
            }
        };
        // Asked with the permit in hand: from here on, closing waits for this lease.
        if self.closed.load(Ordering::SeqCst) {
            return Err(closed());
        }
        let place = Place::taken(self, permit);
        let slot = match self.take_idle().await {
            Some(slot) => slot,
            None => self.open().await?,
        };
        Ok(Lease { slot: Some(slot), place: Some(place), pool: Arc::clone(self), busy: false })
    }

    async fn take_idle(&self) -> Option<Slot<O>> {
        loop {
            let mut slot = lock(&self.idle).pop()?;
            if slot.since.elapsed() < O::ASK_AFTER {
                return Some(slot);
            }
            let asked = self.opener.is_alive(&mut slot.raw);
            if let Ok(true) = tokio::time::timeout(self.limits.connect, asked).await {
                return Some(slot);
            }
            // What ended one connection has ended those that were idle for longer, too.
            self.forget_idle();
        }
    }

    fn forget_idle(&self) {
        let forgotten = std::mem::take(&mut *lock(&self.idle));
        drop(forgotten);
    }

    async fn open(&self) -> Result<Slot<O>, Failure> {
        if let Some((at, failure)) = lock(&self.last_failure).as_ref()
            && at.elapsed() < RETRY_AFTER
        {
            return Err(failure.clone());
        }
        let opened = match tokio::time::timeout(self.limits.connect, self.opener.open()).await {
            Ok(opened) => opened,
            Err(_) => {
                let detail = format!("no connection within {:?}", self.limits.connect);
                Err(Failure::new(FailureKind::Unreachable, detail))
            }
        };
        match opened {
            Ok((raw, cancel)) => {
                *lock(&self.last_failure) = None;
                let (since, allowed) = (Instant::now(), self.limits.statement);
                Ok(Slot { raw, cancel, since, allowed, planning: Planning::Shared })
            }
            Err(failure) => {
                *lock(&self.last_failure) = Some((Instant::now(), failure.clone()));
                self.forget_idle();
                Err(failure)
            }
        }
    }

    /// Lends nothing any more, waits shortly for what is at work, and closes all connections.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.close_idle().await;
        let ended = self.permits.acquire_many(self.permitted);
        if tokio::time::timeout(CLOSE_LIMIT, ended).await.is_err() {
            let in_use = self.in_use.load(Ordering::Relaxed);
            tracing::warn!(in_use, "connections to a backend are still at work and are left to it");
        }
        self.permits.close();
        // One may have come back before it could know.
        self.close_idle().await;
    }

    async fn close_idle(&self) {
        let idle = std::mem::take(&mut *lock(&self.idle));
        close_all(&*self.opener, idle).await;
    }

    fn put_back(self: &Arc<Self>, mut slot: Slot<O>, place: Option<Place<O>>) {
        if self.closed.load(Ordering::SeqCst) {
            self.end(slot, place);
            return;
        }
        slot.since = Instant::now();
        let mut idle = lock(&self.idle);
        // The last to come is the first to go, so the oldest stand in front.
        let expired = idle.iter().take_while(|slot| slot.since.elapsed() >= IDLE_LIMIT).count();
        let expired: Vec<Slot<O>> = idle.drain(..expired).collect();
        idle.push(slot);
        drop(idle);
        drop(expired);
    }

    /// Closes a connection that came back too late to be lent again. Without a runtime it closes
    /// by being dropped.
    fn end(&self, slot: Slot<O>, place: Option<Place<O>>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let opener = Arc::clone(&self.opener);
        runtime.spawn(async move {
            close_all(&*opener, vec![slot]).await;
            // The budget counts the connection until it is gone.
            drop(place);
        });
    }

    /// Ends what runs on a connection in the backend, then the connection.
    fn abandon(self: &Arc<Self>, slot: Slot<O>, place: Option<Place<O>>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let pool = Arc::clone(self);
        runtime.spawn(async move {
            let Slot { raw, cancel, .. } = slot;
            let cancelled = async {
                let one_at_a_time = pool.cancelling.lock().await;
                pool.opener.cancel(cancel).await;
                drop(one_at_a_time);
                // In the middle of an answer, a connection may well refuse to say goodbye.
                drop(pool.opener.close(raw).await);
            };
            if tokio::time::timeout(CANCEL_LIMIT, cancelled).await.is_err() {
                tracing::warn!(
                    "an abandoned statement could not be cancelled; its timeout will end it"
                );
            }
            // The budget counts the connection until it is gone.
            drop(place);
        });
    }
}

/// Who still holds a backend that was registered anew goes on over its connections; when the last
/// has let go, they are closed.
impl<O: Opener> Drop for Pool<O> {
    fn drop(&mut self) {
        let idle = std::mem::take(&mut *lock(&self.idle));
        if let (false, Ok(runtime)) = (idle.is_empty(), tokio::runtime::Handle::try_current()) {
            let opener = Arc::clone(&self.opener);
            runtime.spawn(async move { close_all(&*opener, idle).await });
        }
    }
}

/// One after another: behind the last connection SQLite removes the files beside the database's
/// own, and of two that are closed at the same moment neither takes itself for the last.
async fn close_all<O: Opener>(opener: &O, slots: Vec<Slot<O>>) {
    let closed = async {
        for slot in slots {
            if let Err(error) = opener.close(slot.raw).await {
                tracing::debug!(%error, "a connection to a backend was closed without a goodbye");
            }
        }
    };
    if tokio::time::timeout(CLOSE_LIMIT, closed).await.is_err() {
        tracing::warn!("a backend does not answer, and its connections were cut");
    }
}

fn closed() -> Failure {
    Failure::new(FailureKind::Other, "the way to the backend was closed")
}

/// A poisoned lock only means that another request panicked; the list inside is whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One of the permitted connections, from before it is made until it is gone.
struct Place<O: Opener> {
    pool: Arc<Pool<O>>,
    _permit: OwnedSemaphorePermit,
}

impl<O: Opener> Place<O> {
    fn taken(pool: &Arc<Pool<O>>, permit: OwnedSemaphorePermit) -> Self {
        pool.in_use.fetch_add(1, Ordering::Relaxed);
        Self { pool: Arc::clone(pool), _permit: permit }
    }
}

impl<O: Opener> Drop for Place<O> {
    fn drop(&mut self) {
        self.pool.in_use.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A borrowed connection. Dropped while a statement runs, it cancels the statement in the backend
/// and closes the connection; else it goes back.
pub(crate) struct Lease<O: Opener> {
    slot: Option<Slot<O>>,
    place: Option<Place<O>>,
    pool: Arc<Pool<O>>,
    busy: bool,
}

impl<O: Opener> Lease<O> {
    /// The connection, marked as busy until [`Lease::settle`].
    pub(crate) fn busy(&mut self) -> Result<&mut O::Raw, Failure> {
        self.busy = true;
        match &mut self.slot {
            Some(slot) => Ok(&mut slot.raw),
            None => Err(Failure::new(FailureKind::Unreachable, "the connection was closed")),
        }
    }

    /// What the connection's statements may take now.
    pub(crate) fn allowed(&self) -> Duration {
        self.slot.as_ref().map_or(self.pool.limits.statement, |slot| slot.allowed)
    }

    /// Notes that the connection's statements may take another time now.
    pub(crate) fn note_allowed(&mut self, time: Duration) {
        if let Some(slot) = &mut self.slot {
            slot.allowed = time;
        }
    }

    /// How the connection's statements are planned now.
    pub(crate) fn planning(&self) -> Planning {
        self.slot.as_ref().map_or(Planning::Shared, |slot| slot.planning)
    }

    /// Notes that the connection's statements are planned in another way now.
    pub(crate) fn note_planning(&mut self, planning: Planning) {
        if let Some(slot) = &mut self.slot {
            slot.planning = planning;
        }
    }

    /// Passes a result on. After a failure that breaks the connection it is closed, and so are the
    /// idle ones, which are most likely broken, too.
    pub(crate) fn settle<T>(&mut self, result: Result<T, Failure>) -> Result<T, Failure> {
        self.busy = false;
        if let Err(failure) = &result
            && failure.breaks_connection()
        {
            self.slot = None;
            self.pool.forget_idle();
        }
        result
    }

    /// Gives the statement that runs up: it is cancelled and the connection closed.
    pub(crate) fn abandon(&mut self) {
        if let Some(slot) = self.slot.take() {
            self.pool.abandon(slot, self.place.take());
        }
    }
}

impl<O: Opener> Drop for Lease<O> {
    fn drop(&mut self) {
        if self.busy {
            self.abandon();
        } else if let Some(slot) = self.slot.take() {
            self.pool.put_back(slot, self.place.take());
        }
    }
}
