//! Prices as they are shown.

use std::collections::BTreeMap;

use super::{
    view::{PriceTier, PriceView},
    window::Window,
};
use crate::{
    args,
    catalogue::prices::interval_of,
    db::{DbError, Tx},
    money::Money,
    pricing::{
        Audience, BaseUnit, Content, PriceInterval, Reduction, UnitPrice, price_in_force,
        reduction_in_force, unit_price,
    },
    tax::{TaxRate, tax_added},
};

/// All prices that these variants ever had in the shop and currency, by variant.
pub(super) async fn load(
    tx: &mut Tx,
    window: &Window,
    variants: &[i64],
) -> Result<BTreeMap<i64, Vec<PriceInterval>>, DbError> {
    let sql = "SELECT variant_id, kind, amount, list_amount, valid_from, valid_until, customer_group, \
               min_quantity FROM price \
               WHERE variant_id = ANY($1) AND channel_id = $2 AND currency = $3";
    let rows = tx.rows(sql, args![variants, window.channel.id, window.currency.code()]).await?;
    let mut prices: BTreeMap<i64, Vec<PriceInterval>> = BTreeMap::new();
    for row in rows {
        prices.entry(row.get("variant_id")?).or_default().push(interval_of(&row)?);
    }
    Ok(prices)
}

/// What one piece costs, and what the law wants beside it.
pub(super) fn view(
    window: &Window,
    intervals: &[PriceInterval],
    content: Option<Content>,
    rate: Option<TaxRate>,
) -> Option<PriceView> {
    let group = window.customer_group.as_deref();
    let audience = |quantity| Audience { customer_group: group, quantity };
    let price = price_in_force(intervals, audience(1), window.now)?;
    let zone = window.channel.value.zone();
    // What was not offered before is no reduction of anything (PAngV § 11).
    let reduction = reduction_in_force(intervals, audience(1), window.now, &zone)
        .filter(|it| it.lowest_prior.is_some());
    let regular = price.regular.map(|it| it.amount).filter(|_| reduction.is_some());
    Some(PriceView {
        amount: price.amount(),
        regular_amount: regular,
        list_amount: price.applied.list_price.or(price.regular.and_then(|it| it.list_price)),
        percent_off: reduction.and_then(Reduction::percent_off),
        reduction,
        unit_price: content.and_then(|it| per_unit(window, price.amount(), it, rate)),
        tiers: tiers(window, intervals, price.amount()),
    })
}

/// The price per unit, with tax in any case (PAngV § 4 (1)).
fn per_unit(
    window: &Window,
    amount: i64,
    content: Content,
    rate: Option<TaxRate>,
) -> Option<UnitPrice> {
    let included = window.channel.value.prices_include_tax;
    let total = if included { amount } else { amount.saturating_add(tax_added(rate?, amount)) };
    unit_price(Money::new(total, window.currency), content, BaseUnit::of(content.unit)).ok()
}

/// The quantities from which on one pays less for each.
fn tiers(window: &Window, intervals: &[PriceInterval], first: i64) -> Vec<PriceTier> {
    let mut quantities: Vec<u32> =
        intervals.iter().filter(|it| it.covers(window.now)).map(|it| it.min_quantity).collect();
    quantities.sort_unstable();
    quantities.dedup();
    let mut lowest = first;
    let mut tiers = Vec::new();
    for min_quantity in quantities.into_iter().filter(|it| *it > 1) {
        let audience =
            Audience { customer_group: window.customer_group.as_deref(), quantity: min_quantity };
        if let Some(price) = price_in_force(intervals, audience, window.now)
            && price.amount() < lowest
        {
            lowest = price.amount();
            tiers.push(PriceTier { min_quantity, amount: lowest });
        }
    }
    tiers
}
