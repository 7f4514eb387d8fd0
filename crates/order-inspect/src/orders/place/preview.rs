//! What an order would cost and whether it could be placed now: the same prices as `decide`, but nothing is
//! locked, nothing is taken, and what stands in the way is told instead of refused.

use std::{ops::Range, sync::Arc};

use super::{
    Request,
    draft::{Draft, Scene, draft_line, needs, price, priced, scene, shipping},
    ground::{Ground, Locks},
    offers::{Offer, Offers},
    request::PlaceLine,
    stock,
};
use crate::{
    db::Tx,
    error::{Error, Refusal},
    quote::Quote,
};

/// An order that is not placed yet.
#[derive(Default)]
pub(crate) struct Preview {
    /// One for each line that is wanted, in their order; none where the shop does not sell to this customer or in this
    /// currency any more.
    pub(crate) lines: Vec<PreviewLine>,
    /// The price of all lines that can be bought; none where there are none.
    pub(crate) quote: Option<Quote>,
    /// Ways to deliver it, in the order of the setup.
    pub(crate) deliveries: Vec<PreviewDelivery>,
    /// Why it has no price, or not the delivery that is wanted.
    pub(crate) obstacles: Vec<Refusal>,
}

/// A line that is wanted.
pub(crate) struct PreviewLine {
    /// What is for sale under its number; none where that is unknown.
    pub(crate) offer: Option<Arc<Offer>>,
    /// Its name.
    pub(crate) name: String,
    /// The price of one in force, whatever the line asks for.
    pub(crate) listed_price: Option<i64>,
    /// Its place in the quote: the goods, then their services; or why it cannot be bought.
    pub(crate) quoted: Result<Range<usize>, Refusal>,
    /// Names of its services, in their order.
    pub(crate) services: Vec<String>,
    /// How many there are, where they are not enough.
    pub(crate) short_of: Option<i64>,
}

/// A way to deliver that is to be had.
pub(crate) struct PreviewDelivery {
    pub(crate) code: String,
    /// The quote with this delivery: promotions may depend on it.
    pub(crate) quote: Quote,
}

/// Looks at what an order would be.
pub(crate) async fn preview(
    tx: &mut Tx,
    offers: &Offers,
    request: &Request,
) -> crate::Result<Preview> {
    let (setup, wanted) = (&request.setup, &request.wanted);
    let mut ground =
        Ground::read(tx, offers, setup, std::slice::from_ref(request), Locks::Nothing).await?;
    let channel = setup.channel(&wanted.channel)?;
    let mut drafts = Vec::new();
    let mut preview = Preview::default();
    let scene = scene(&ground, setup, channel, wanted, request.act.now);
    let Some(scene) = preview.told(scene)? else { return Ok(preview) };
    for line in &wanted.lines {
        preview.lines.push(preview_line(&ground, &scene, line, &mut drafts)?);
    }
    if drafts.is_empty() {
        return Ok(preview);
    }
    let fee = if wanted.delivery_method.is_empty() {
        0
    } else {
        let fee = shipping(&scene, wanted.goes_to(), &wanted.delivery_method, &drafts);
        preview.told(fee)?.unwrap_or(0)
    };
    preview.quote = preview.told(priced(&ground, &scene, wanted, &drafts, fee))?;
    if preview.quote.is_some() {
        preview.deliveries = deliveries(&ground, &scene, request, &drafts)?;
    }
    preview.look_for_stock(&mut ground, setup.sells_from(channel.id), &drafts);
    Ok(preview)
}

fn preview_line(
    ground: &Ground,
    scene: &Scene<'_>,
    line: &PlaceLine,
    drafts: &mut Vec<Draft>,
) -> crate::Result<PreviewLine> {
    let offer = ground.offers.get(&line.sku).cloned();
    let listed = offer.as_ref().and_then(|it| price(&it.prices, scene, line.quantity));
    let name = offer.as_ref().map(|it| it.product.name(scene.channel.id, scene.language));
    let name = name.unwrap_or(&line.sku).to_owned();
    let begin = drafts.len();
    let quoted = match draft_line(ground, scene, line, drafts) {
        Ok(()) => Ok(begin..drafts.len()),
        Err(Error::Refused(refusal)) => {
            drafts.truncate(begin);
            Err(*refusal)
        }
        Err(broken) => return Err(broken),
    };
    let services = drafts.iter().skip(begin + 1).map(|it| it.name.clone()).collect();
    Ok(PreviewLine { offer, name, listed_price: listed, quoted, services, short_of: None })
}

/// Every way to deliver that reaches the address, with what all would cost then.
fn deliveries(
    ground: &Ground,
    scene: &Scene<'_>,
    request: &Request,
    drafts: &[Draft],
) -> crate::Result<Vec<PreviewDelivery>> {
    let wanted = &request.wanted;
    let here = |channel: &str, active: bool| channel == scene.channel.code && active;
    let methods = scene.setup.deliveries.iter();
    let mut found = Vec::new();
    for method in methods.filter(|it| here(&it.value.channel, it.value.active)) {
        match shipping(scene, wanted.goes_to(), &method.code, drafts) {
            Ok(fee) => {
                let quote = priced(ground, scene, wanted, drafts, fee)?;
                found.push(PreviewDelivery { code: method.code.clone(), quote });
            }
            Err(Error::Refused(_)) => {}
            Err(broken) => return Err(broken),
        }
    }
    Ok(found)
}

impl Preview {
    /// What came of it, or nothing and a note why.
    fn told<T>(&mut self, outcome: crate::Result<T>) -> crate::Result<Option<T>> {
        match outcome {
            Ok(it) => Ok(Some(it)),
            Err(Error::Refused(refusal)) => {
                self.obstacles.push(*refusal);
                Ok(None)
            }
            Err(broken) => Err(broken),
        }
    }

    /// Notes which lines there is not enough for. Lines that need the same variant are counted together.
    fn look_for_stock(&mut self, ground: &mut Ground, from: Option<&[i64]>, drafts: &[Draft]) {
        let Err(missing) = stock::allocate(&mut ground.stock, from, &needs(drafts)) else { return };
        for short in missing {
            let at = usize::try_from(short.position - 1).unwrap_or(usize::MAX);
            let line = self
                .lines
                .iter_mut()
                .find(|line| line.quoted.as_ref().is_ok_and(|place| place.contains(&at)));
            if let Some(line) = line {
                let before = line.short_of.unwrap_or(short.available);
                line.short_of = Some(before.min(short.available));
            }
        }
    }
}
