//! Placing orders.
//!
//! Orders that arrive while others are being written are placed together, as one transaction: one look at
//! everything they need, a decision on each in the order of their arrival, a few statements that write all of
//! them, one `fsync`. Two orders for the last unit never meet in the database; they meet here, and the first one
//! gets it. Between servers, stock is taken by conditional steps: whoever comes second looks again, with the stock
//! locked. Rows that orders compete for are always locked in one order (baskets, promotions, stock by variant and
//! location, numbers), for the time of one group, and never while a payment is being asked for.

mod added;
mod decide;
mod draft;
mod ground;
mod handler;
mod offers;
mod preview;
mod request;
pub(crate) mod rows;
mod stock;
mod write;

use std::sync::Arc;

pub(crate) use handler::{answer, routes};
pub(crate) use preview::{Preview, PreviewDelivery, PreviewLine};
pub(crate) use request::{MOST_LINES, MOST_UNITS};
pub use request::{PlaceLine, PlaceOrder};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tracing::Instrument as _;

pub(in crate::orders) use self::added::Onto;
use self::offers::Offers;
pub(crate) use self::{
    added::{Added, Clerk},
    decide::{Decided, as_expected, decide},
    ground::{Ground, Level, Locks},
    offers::{Offer, Product},
    stock::{Shares, Steps},
};
use super::facts::Facts;
use crate::{
    act::Act,
    db::{Db, Tx},
    error::{Error, Refusal},
    http::{Caller, Once},
    refuse,
    setup::Setup,
    trace,
};

/// The most orders of one group.
const GROUP: usize = 128;
/// How many groups are written at the same time: while one waits for the disk, the next is put together.
const AT_ONCE: usize = 2;
/// How many orders may wait. More are refused at once, which is kinder than an answer that comes too late.
const WAITING: usize = 20_000;

/// An order that somebody asks for.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) wanted: PlaceOrder,
    /// The basket that it comes from, and the revision that its customer has seen.
    pub(crate) basket: Option<(i64, i64)>,
    pub(crate) caller: Caller,
    pub(crate) once: Once,
    pub(crate) act: Act,
    pub(crate) setup: Arc<Setup>,
}

/// What became of it.
pub(crate) enum Placed {
    /// It was placed now.
    Now(Box<Facts>, String),
    /// It was placed before, by the same request: its address.
    Before(String),
}

type Asked = (Request, oneshot::Sender<crate::Result<Placed>>);

/// Takes orders in and places them group by group.
#[derive(Clone)]
pub struct Placer {
    queue: mpsc::Sender<Asked>,
    offers: Offers,
}

impl Placer {
    /// Begins to take orders in; ends when the last of its handles is gone.
    pub fn start(db: Db) -> Self {
        let (queue, arrivals) = mpsc::channel(WAITING);
        let offers = Offers::default();
        tokio::spawn(place_groups(db, offers.clone(), arrivals));
        Self { queue, offers }
    }

    /// Looks at what an order would be if it were placed now.
    pub(crate) async fn preview(&self, tx: &mut Tx, request: &Request) -> crate::Result<Preview> {
        preview::preview(tx, &self.offers, request).await
    }

    /// Places an order, together with those that wait at the same moment.
    pub(crate) async fn place(&self, request: Request) -> crate::Result<Placed> {
        let (tell, told) = oneshot::channel();
        if self.queue.try_send((request, tell)).is_err() {
            let detail =
                "Too many orders are waiting: try again in a moment with the same Idempotency-Key.";
            refuse!(Refusal::new(503, "busy", detail));
        }
        let told = told.instrument(trace::placing()).await;
        told.map_err(|_| Error::Broken("the order was dropped".to_owned()))?
    }
}

async fn place_groups(db: Db, offers: Offers, mut arrivals: mpsc::Receiver<Asked>) {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { return };
        let mut group = Vec::new();
        if arrivals.recv_many(&mut group, GROUP).await == 0 {
            return;
        }
        let (db, offers) = (db.clone(), offers.clone());
        tokio::spawn(async move {
            place_and_tell(&db, &offers, group).await;
            drop(turn);
        });
    }
}

async fn place_and_tell(db: &Db, offers: &Offers, group: Vec<Asked>) {
    let (requests, tellers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
    let requests: Arc<[Request]> = requests.into();
    match place_group(db, offers, &requests, Locks::Budgets).await {
        Ok(outcomes) => {
            for (teller, outcome) in tellers.into_iter().zip(outcomes) {
                // Who asked may have gone away; the order stands all the same.
                drop(teller.send(outcome));
            }
        }
        // One of them spoilt it for all, such as a request that another server takes in at the same moment, or
        // somebody took of the same stock since we looked.
        Err(error) => {
            tracing::warn!(%error, orders = requests.len(), "a group of orders is placed one by one");
            for (request, teller) in requests.iter().zip(tellers) {
                let alone = Arc::from([request.clone()]);
                let outcome = place_group(db, offers, &alone, Locks::Stock).await;
                drop(teller.send(outcome.and_then(|mut it| it.pop().unwrap_or_else(missing))));
            }
        }
    }
}

fn missing() -> crate::Result<Placed> {
    Err(Error::Broken("an order was lost on its way".to_owned()))
}

/// One outcome for each request, all in one transaction.
async fn place_group(
    db: &Db,
    offers: &Offers,
    group: &Arc<[Request]>,
    locks: Locks,
) -> crate::Result<Vec<crate::Result<Placed>>> {
    let (group, offers) = (Arc::clone(group), offers.clone());
    db.write(move |tx| Box::pin(async move { place_in(tx, &offers, &group, locks).await })).await
}

async fn place_in(
    tx: &mut Tx,
    offers: &Offers,
    group: &[Request],
    locks: Locks,
) -> crate::Result<Vec<crate::Result<Placed>>> {
    let Some(setup) = group.last().map(|it| Arc::clone(&it.setup)) else { return Ok(Vec::new()) };
    let mut ground = Ground::read(tx, offers, &setup, group, locks).await?;
    let mut outcomes: Vec<Option<crate::Result<Placed>>> = Vec::with_capacity(group.len());
    let mut decided: Vec<(usize, Decided)> = Vec::new();
    let mut names = std::collections::HashSet::new();
    for (at, request) in group.iter().enumerate() {
        outcomes.push(before(&ground, request).transpose());
        if outcomes[at].is_some() {
            continue;
        }
        let name = request.once.key.as_ref().map(|key| (request.caller.key_id, key.clone()));
        if name.is_some_and(|name| !names.insert(name)) {
            // The same request twice in one group: the second finds the first when it is alone.
            return Err(Error::Broken("one request came twice at the same moment".to_owned()));
        }
        match decide(&mut ground, &setup, request) {
            Ok(it) => decided.push((at, it)),
            Err(error) => outcomes[at] = Some(Err(error)),
        }
    }
    if !decided.is_empty() {
        write::write(tx, group, &mut decided).await?;
    }
    for (at, it) in decided {
        outcomes[at] = Some(Ok(Placed::Now(Box::new(it.facts), it.channel)));
    }
    Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(missing)).collect())
}

/// What the same request got before.
fn before(ground: &Ground, request: &Request) -> crate::Result<Option<Placed>> {
    let Some(key) = &request.once.key else { return Ok(None) };
    let Some(row) = ground.replies.get(&(request.caller.key_id, key.clone())) else {
        return Ok(None);
    };
    let reply = crate::http::replayed(row, &request.once)?;
    Ok(Some(Placed::Before(reply.location().unwrap_or_default().to_owned())))
}
