//! The cashier: asks payment providers for what orders need, and books what they answer.
//!
//! A wish for money to move is a row that was written with the change that makes it necessary (`operations`). The
//! cashier takes such rows (`queue`), asks the provider outside of any transaction (`ask`) and books the outcome in
//! one that locks the order (`book`). Providers also speak by themselves (`webhook`); whoever comes first books,
//! the other one changes nothing. Orders whose time to pay is over are given up by a worker of their own (`expire`).
//!
//! Before a provider is asked, the row says `unknown`: whatever breaks from then on, the next one to take it asks
//! what became of it before asking for anything. Only a request that surely was not sent is sent again.

mod ask;
mod book;
mod expire;
mod queue;
mod webhook;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::AbortHandle;
use utoipa_axum::router::OpenApiRouter;

use self::queue::Task;
use crate::{
    act::Act,
    app::App,
    clock::Clock,
    db::Db,
    payments::{PaymentProvider, WebhookSecret},
};

/// How long the cashier sleeps when nothing wakes it: what another server wrote is found after this time.
const POLL: Duration = Duration::from_secs(1);
/// How many requests are under way at the same time.
const AT_ONCE: usize = 32;
/// In whose name the cashier acts.
const ACTOR: &str = "cashier";

pub(crate) fn routes() -> OpenApiRouter<App> {
    webhook::routes()
}

/// A provider that this shop uses.
#[derive(Clone)]
pub struct Till {
    /// How it is asked.
    pub provider: Arc<dyn PaymentProvider>,
    /// What it signs its webhooks with; without it none of them is believed.
    pub webhook_secret: Option<WebhookSecret>,
}

/// The providers of this shop, by the names that ways to pay know them by.
#[derive(Clone, Default)]
pub struct Tills(Arc<HashMap<String, Till>>);

impl Tills {
    /// All of them.
    pub fn new(tills: impl IntoIterator<Item = Till>) -> Self {
        let named = |till: Till| (till.provider.name().to_owned(), till);
        Self(Arc::new(tills.into_iter().map(named).collect()))
    }

    fn get(&self, provider: &str) -> Option<&Till> {
        self.0.get(provider)
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

/// A running cashier. It ends with the last of its handles; what it was asking then is settled by the next one.
#[derive(Clone)]
pub struct Cashier(Arc<Desk>);

struct Desk {
    shared: Arc<Shared>,
    workers: [AbortHandle; 2],
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.workers.iter().for_each(AbortHandle::abort);
    }
}

/// What the worker and its handles share. Who waits for news and goes away leaves a sender behind, which goes when
/// something is booked: every order that is waited for comes to that.
struct Shared {
    db: Db,
    clock: Clock,
    tills: Tills,
    /// Wakes the worker that asks providers.
    wake: Notify,
    /// Wakes the one that looks after those who wait for money.
    time: Notify,
    /// Who waits for the first outcome of an order's payment.
    waiting: Mutex<HashMap<i64, Vec<oneshot::Sender<()>>>>,
}

impl Cashier {
    /// Whether it can ask a provider of this name.
    pub fn speaks_to(&self, provider: &str) -> bool {
        self.0.shared.tills.get(provider).is_some()
    }

    /// Begins to work.
    pub fn start(db: Db, clock: Clock, tills: Tills) -> Self {
        let (wake, time, waiting) = (Notify::new(), Notify::new(), Mutex::default());
        let shared = Arc::new(Shared { db, clock, tills, wake, time, waiting });
        let workers = [
            tokio::spawn(work(Arc::clone(&shared))).abort_handle(),
            tokio::spawn(expire::work(Arc::clone(&shared))).abort_handle(),
        ];
        Self(Arc::new(Desk { shared, workers }))
    }

    /// Says that there may be something to do: a change was committed.
    pub fn wake(&self) {
        self.0.shared.wake.notify_one();
        self.0.shared.time.notify_one();
    }

    pub(crate) fn till(&self, provider: &str) -> Option<&Till> {
        self.0.shared.tills.get(provider)
    }

    /// Tells when something is booked for an order, by this server.
    pub(crate) fn news(&self, order_id: i64) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        let mut waiting = self.0.shared.waiting();
        let all = waiting.entry(order_id).or_default();
        all.retain(|it| !it.is_closed());
        all.push(tell);
        told
    }

    /// Tells those who wait that something was booked for an order.
    pub(crate) fn booked(&self, order_id: i64) {
        self.0.shared.booked(order_id);
    }
}

impl Shared {
    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Vec<oneshot::Sender<()>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn booked(&self, order_id: i64) {
        for waits in self.waiting().remove(&order_id).unwrap_or_default() {
            // Who waited may have gone away.
            let _ = waits.send(());
        }
    }

    fn act(&self) -> Act {
        Act::new(&self.db, self.clock.now(), ACTOR)
    }
}

/// The life of the worker that asks providers.
async fn work(shared: Arc<Shared>) {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        match round(&shared, &turns).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the cashier could not look for work"),
        }
        tokio::select! {
            () = shared.wake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Takes what is due, as much as can be asked for at once. Says whether there may be more.
async fn round(shared: &Arc<Shared>, turns: &Arc<Semaphore>) -> crate::Result<bool> {
    let Ok(first) = Arc::clone(turns).acquire_owned().await else { return Ok(false) };
    let free = turns.available_permits() + 1;
    drop(first);
    let tasks = queue::take(shared, free).await?;
    let more = tasks.len() == free;
    for task in tasks {
        let Ok(turn) = Arc::clone(turns).acquire_owned().await else { return Ok(false) };
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            see_to(&shared, &task).await;
            drop(turn);
            // What it led to, and what had to wait for it.
            shared.wake.notify_one();
        });
    }
    Ok(more)
}

/// Asks for one thing and books the answer.
async fn see_to(shared: &Shared, task: &Task) {
    let Some(till) = shared.tills.get(&task.provider) else { return };
    let answer = ask::ask(&*till.provider, task).await;
    match book::answered(shared, task, answer).await {
        Ok(true) => shared.booked(task.order_id),
        Ok(false) => {}
        // The row still says that nobody knows: the next one to take it finds out.
        Err(error) => {
            tracing::error!(%error, operation = task.id, "an answer could not be booked");
        }
    }
}
