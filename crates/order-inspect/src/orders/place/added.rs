//! Goods that come to an order outside of a basket: lines that an edit adds, and what replaces goods that come back.
//!
//! They cost what they cost today, for the order's customer in its shop, and are taxed by its destination. Promotions and
//! costs of delivery belong to the whole order, which was decided on when it was placed: neither is worked out for them.

use super::{
    Request,
    draft::{Scene, drafts, lines, needs, out_of_stock, priced, scene},
    ground::{Ground, Locks},
    offers::Offers,
    stock,
};
use crate::{
    db::Tx,
    orders::{
        facts::{Allocation, Line},
        stock::Step,
    },
    quote::Quote,
};

/// Lines with their prices, and the stock that they will hold. Nothing of it is written yet.
pub(crate) struct Added {
    pub(crate) lines: Vec<Line>,
    pub(crate) allocations: Vec<Allocation>,
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

/// What the lines of a request would be. Whoever writes them has locked their stock before
/// ([`lock`](crate::orders::stock::lock)).
///
/// # Errors
/// Refused, under `/lines`, is what the shop does not sell; `out_of_stock` says how much there is.
pub(super) async fn add(
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
    let allocations = stock::allocate(&mut ground.stock, &needs(&drafts))
        .map_err(|missing| out_of_stock(&missing, &drafts))?;
    Ok(Added { lines: lines(&drafts, &quote, onto.version), allocations, quote })
}
