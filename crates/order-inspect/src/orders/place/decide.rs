//! Whether an order can be placed, and what it will be: no database here, only what was read before.

use super::{
    Request,
    draft::{Scene, drafts, lines, needs, out_of_stock, priced, scene, shipping},
    ground::Ground,
    request::PlaceOrder,
    stock::{self, Shares},
};
use crate::{
    error::Refusal,
    orders::facts::{Facts, Order},
    quote::Quote,
    refuse,
    setup::Setup,
};

/// An order that will be placed, without its number.
pub(crate) struct Decided {
    pub(crate) facts: Facts,
    /// What its allocations take, by variant and location.
    pub(crate) shares: Shares,
    pub(crate) channel: String,
    /// What promotions gave, to be booked against their budgets.
    pub(crate) given: Vec<(String, Option<String>, i64)>,
    /// The number of the order of which it replaces goods.
    pub(crate) replaces: Option<String>,
}

/// Decides on one order. On success the stock and the budgets in the ground are less by what it takes.
pub(crate) fn decide(
    ground: &mut Ground,
    setup: &Setup,
    request: &Request,
) -> crate::Result<Decided> {
    let wanted = &request.wanted;
    check_basket(ground, request)?;
    let channel = setup.channel(&wanted.channel)?;
    let scene = scene(ground, setup, channel, wanted, request.act.now)?;
    let drafts = drafts(ground, &scene, wanted)?;
    let shipping = shipping(&scene, wanted.goes_to(), &wanted.delivery_method, &drafts)?;
    let quote = priced(ground, &scene, wanted, &drafts, shipping)?;
    match wanted.expected_total {
        Some(expected) => as_expected(quote.total, expected)?,
        None if request.basket.is_none() => check_codes(&quote, &scene)?,
        None => {}
    }
    let needs = needs(&drafts);
    let taken = stock::allocate(&mut ground.stock, setup.sells_from(channel.id), &needs)
        .map_err(|missing| out_of_stock(&missing, &drafts))?;
    let given = book(ground, &quote, wanted);
    if let Some((basket, _)) = request.basket {
        // Others of the same group must see that it is gone.
        ground.baskets.remove(&basket);
        ground.ordered.insert(basket);
    }
    let payment = setup.payment(&channel.code, &wanted.payment_method)?;
    let days = payment.value.pay_within_days.map(i64::from);
    let deadline = payment.value.flow.deadline(request.act.now, channel.value.hold_seconds, days);
    let now = request.act.now;
    let lines = lines(&drafts, &quote, 1);
    let held_until = deadline.filter(|_| quote.total > 0);
    let order = Order {
        id: request.act.new_id(),
        channel_id: channel.id,
        number: String::new(),
        customer_id: wanted.customer_id,
        email: wanted.email.clone(),
        name: wanted.billing_address.name.clone(),
        phone: wanted.billing_address.phone.clone().or_else(|| wanted.goes_to().phone.clone()),
        locale: scene.language,
        currency: scene.currency,
        billing_address: wanted.billing_address.clone(),
        delivery_address: wanted.goes_to().clone(),
        delivery_method: wanted.delivery_method.clone(),
        payment_method: wanted.payment_method.clone(),
        provider: payment.value.provider.clone(),
        payment_flow: payment.value.flow,
        total: quote.total,
        quote,
        held_until,
        version: 1,
        revision: 1,
        placed_at: now,
        closed_at: None,
        cancelled_at: None,
    };
    Ok(Decided {
        facts: Facts::new(order, lines, taken.allocations),
        shares: taken.shares,
        channel: channel.code.clone(),
        given,
        replaces: None,
    })
}

/// Refuses a total that is another than the one that was seen, in minor units.
pub(crate) fn as_expected(total: i64, expected: i64) -> crate::Result<()> {
    if total != expected {
        let detail =
            format!("The order costs {total} by now, not {expected} (minor units): show it again.");
        let facts = serde_json::json!({ "total": total, "expected_total": expected });
        refuse!(Refusal::conflict("price_changed", detail).with_facts(facts));
    }
    Ok(())
}

/// Refuses codes that take nothing off, where nobody has said which total the customer has seen: they would pay more
/// than they think.
fn check_codes(quote: &Quote, scene: &Scene<'_>) -> crate::Result<()> {
    let zone = scene.channel.value.zone();
    let entered = quote.promotions.declined.iter().filter_map(|it| Some((it.code.as_ref()?, it)));
    let told: Vec<_> = entered
        .map(|(code, it)| {
            let why = it.sentence(scene.language, scene.currency, &zone);
            serde_json::json!({ "code": code, "declined": why })
        })
        .collect();
    if !told.is_empty() {
        let detail = "A code takes nothing off: leave it out, or send the “expected_total” that the customer has seen.";
        let facts = serde_json::json!({ "coupons": told });
        refuse!(Refusal::conflict("coupon_not_applied", detail).with_facts(facts));
    }
    Ok(())
}

/// A basket becomes one order, and only as its customer has seen it.
fn check_basket(ground: &Ground, request: &Request) -> crate::Result<()> {
    let Some((id, revision)) = request.basket else { return Ok(()) };
    if ground.ordered.contains(&id) {
        refuse!(Refusal::conflict("already_ordered", "This basket was ordered already."));
    }
    match ground.baskets.get(&id) {
        Some(now) if *now == revision => Ok(()),
        _ => refuse!(Refusal::conflict(
            "basket_changed",
            "The basket has changed in the meantime: show it again."
        )),
    }
}

/// Notes in the ground what promotions give, so that the next order of the group sees it.
fn book(
    ground: &mut Ground,
    quote: &Quote,
    wanted: &PlaceOrder,
) -> Vec<(String, Option<String>, i64)> {
    let mut given = Vec::new();
    for (code, amount) in quote.promotions.given() {
        let step = quote.promotions.steps.iter().find(|step| step.promotion == code);
        given.push((code.to_owned(), step.and_then(|step| step.code.clone()), amount));
        let usage = ground.usage.entry(code.to_owned()).or_default();
        usage.uses += 1;
        usage.amount += amount;
        *ground.usage_by_email.entry((code.to_owned(), wanted.email.clone())).or_default() += 1;
    }
    ground.known_emails.insert(wanted.email.clone());
    given
}
