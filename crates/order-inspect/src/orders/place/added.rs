//! Goods that come to an order outside of a basket: lines that an edit adds, and what replaces goods that come back.
//!
//! They cost what they cost today, for the order's customer in its shop, and are taxed by its destination. Promotions and
//! costs of delivery belong to the whole order, which was decided on when it was placed: neither is worked out for them.

use std::sync::Arc;

use super::{
    Decided, PlaceLine, PlaceOrder, Placer, Request,
    draft::{Scene, drafts, lines, needs, out_of_stock, priced, scene},
    ground::{Ground, Locks},
    offers::Offers,
    stock::{self, Taken},
    write,
};
use crate::{
    act::Act,
    app::App,
    db::Tx,
    error::Refusal,
    http::{Caller, Once},
    orders::{
        facts::{Facts, Line, Order},
        stock::Step,
    },
    quote::Quote,
    refuse,
    setup::{PaymentMethod, Setup, Stored},
};

/// Who brings goods to orders, and with what.
pub(crate) struct Clerk {
    placer: Placer,
    setup: Arc<Setup>,
    caller: Caller,
}

/// Lines with their prices, and the stock that they will hold. Nothing of it is written yet.
pub(crate) struct Added {
    pub(crate) lines: Vec<Line>,
    pub(crate) taken: Taken,
    pub(crate) quote: Quote,
}

/// Where lines are added.
pub(in crate::orders) struct Onto<'a> {
    /// The place of the first of them in the order.
    pub(in crate::orders) first_position: i64,
    /// The order version that brings them.
    pub(in crate::orders) version: i64,
    /// Stock that the same change sets free: it can be taken again.
    pub(in crate::orders) freed: &'a [Step],
}

impl Clerk {
    /// Somebody who calls.
    pub(crate) async fn of(app: &App, caller: &Caller) -> crate::Result<Self> {
        let setup = app.setup.get(&app.db, app.clock.now()).await?;
        Ok(Self { placer: app.placer.clone(), setup, caller: caller.clone() })
    }

    /// What lines would be for the customer of an order: see [`add`]. Refused as `other_price_basis` is what has prices
    /// that are not to be added to those of the order.
    pub(in crate::orders) async fn add(
        &self,
        tx: &mut Tx,
        act: &Act,
        order: &Order,
        lines: Vec<PlaceLine>,
        onto: Onto<'_>,
    ) -> crate::Result<Added> {
        let request = self.request(act, order, lines)?;
        let added = add(tx, &self.placer.offers, &request, onto).await?;
        if added.quote.price_basis != order.quote.price_basis {
            let detail =
                "The shop states its prices on another basis of tax by now: place a new order.";
            refuse!(Refusal::conflict("other_price_basis", detail));
        }
        Ok(added)
    }

    /// Places an order of such lines for the customer of another one, inside of a change of that one. It is paid as that
    /// one is, where there is anything to pay.
    pub(in crate::orders) async fn place(
        &self,
        tx: &mut Tx,
        act: &Act,
        order: &Order,
        added: Added,
    ) -> crate::Result<Facts> {
        let channel = self.setup.channel_by_id(order.channel_id)?;
        let is_own = |it: &&Stored<PaymentMethod>| {
            it.value.channel == channel.code && it.code == order.payment_method
        };
        let method = self.setup.payments.iter().find(is_own);
        let days = method.and_then(|it| it.value.pay_within_days).map(i64::from);
        let deadline = order.payment_flow.deadline(act.now, channel.value.hold_seconds, days);
        let held_until = deadline.filter(|_| added.quote.total > 0);
        let placed = Order {
            id: act.new_id(),
            number: String::new(),
            total: added.quote.total,
            quote: added.quote,
            held_until,
            version: 1,
            revision: 1,
            placed_at: act.now,
            closed_at: None,
            cancelled_at: None,
            ..order.clone()
        };
        let decided = Decided {
            facts: Facts::new(placed, added.lines, added.taken.allocations),
            shares: added.taken.shares,
            channel: channel.code.clone(),
            given: Vec::new(),
            replaces: Some(order.number.clone()),
        };
        let request = self.request(act, order, Vec::new())?;
        let mut group = [(0, decided)];
        write::write_within(tx, &[request], &mut group).await?;
        let [(_, decided)] = group;
        Ok(decided.facts)
    }

    /// The change that it is a part of remembers the answer, so the request has no name of its own.
    fn request(&self, act: &Act, order: &Order, lines: Vec<PlaceLine>) -> crate::Result<Request> {
        let channel = self.setup.channel_by_id(order.channel_id)?;
        Ok(Request {
            wanted: PlaceOrder::like(order, &channel.code, lines),
            basket: None,
            caller: self.caller.clone(),
            once: Once { key: None, fingerprint: [0; 32] },
            act: act.clone(),
            setup: Arc::clone(&self.setup),
        })
    }
}

/// What the lines of a request would be. Whoever writes them has locked their stock before
/// ([`lock`](crate::orders::stock::lock)).
///
/// # Errors
/// Refused, under `/lines`, is what the shop does not sell; `out_of_stock` says how much there is.
async fn add(
    tx: &mut Tx,
    offers: &Offers,
    request: &Request,
    onto: Onto<'_>,
) -> crate::Result<Added> {
    let (setup, wanted) = (&request.setup, &request.wanted);
    let group = std::slice::from_ref(request);
    let mut ground = Ground::read(tx, offers, setup, group, Locks::Nothing).await?;
    ground.rules.clear();
    for it in onto.freed {
        if let Some(level) = ground.stock.get_mut(&(it.variant_id, it.location_id)) {
            level.free += it.quantity;
        }
    }
    let channel = setup.channel(&wanted.channel)?;
    let scene = scene(&ground, setup, channel, wanted, request.act.now)?;
    let scene = Scene { first_position: onto.first_position, ..scene };
    let drafts = drafts(&ground, &scene, wanted)?;
    let quote = priced(&ground, &scene, wanted, &drafts, 0)?;
    let taken = stock::allocate(&mut ground.stock, setup.sells_from(channel.id), &needs(&drafts))
        .map_err(|missing| out_of_stock(&missing, &drafts))?;
    Ok(Added { lines: lines(&drafts, &quote, onto.version), taken, quote })
}
