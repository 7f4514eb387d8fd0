//! What an order no longer charges: sums of frozen shares, so that the last one leaves exactly nothing.

use std::num::NonZeroU32;

use super::facts::{Facts, Line, RefundLine};
use crate::{
    act::Act,
    args,
    db::Tx,
    error::Refusal,
    percent::Percent,
    quote::{
        Refunded, ShippingRefund, Taxed, credit_taxes, refund_amount, refund_shipping, refund_units,
    },
};

/// The place of the delivery among the lines.
pub(super) const SHIPPING: i64 = 0;

/// What is credited of a line, before the tax in it: that follows from all that is credited together, see [`taxed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credit {
    pub(super) position: i64,
    tax_rate: Percent,
    units: i64,
    amount: i64,
}

/// What has been credited of a line so far.
pub(super) fn so_far(facts: &Facts, position: i64) -> Refunded {
    let lines = facts.refunds.iter().flat_map(|it| &it.lines).filter(|it| it.position == position);
    lines.fold(Refunded::default(), |sum, it| Refunded {
        units: sum.units + u32::try_from(it.units).unwrap_or(0),
        amount: sum.amount + it.amount,
    })
}

/// Credits units of a line.
pub(super) fn of_units(facts: &Facts, line: &Line, units: i64) -> crate::Result<Credit> {
    let counted = u32::try_from(units).ok().and_then(NonZeroU32::new);
    let Some(counted) = counted else {
        return Err(Refusal::invalid("/lines", "at least one unit").into());
    };
    let refund = refund_units(line.shares.total, so_far(facts, line.position), counted)
        .map_err(|error| Refusal::conflict("too_much", error.to_string()))?;
    let (position, tax_rate, amount) = (line.position, line.tax_rate, refund.amount);
    Ok(Credit { position, tax_rate, units, amount })
}

/// Credits an amount of a line without giving units back.
pub(super) fn of_amount(facts: &Facts, line: &Line, amount: i64) -> crate::Result<Credit> {
    let refund = refund_amount(line.shares.total, so_far(facts, line.position), amount)
        .map_err(|error| Refusal::conflict("too_much", error.to_string()))?;
    let (position, tax_rate, amount) = (line.position, line.tax_rate, refund.amount);
    Ok(Credit { position, tax_rate, units: 0, amount })
}

/// What is left of the price of the delivery.
pub(super) fn shipping_left(facts: &Facts) -> i64 {
    facts.order.quote.shipping.total - so_far(facts, SHIPPING).amount
}

/// Credits a part of the delivery, by rate of tax.
pub(super) fn of_shipping(facts: &Facts, amount: i64) -> crate::Result<Vec<Credit>> {
    let before = facts.refunds.iter().flat_map(|it| &it.lines).filter(|it| it.position == SHIPPING);
    let before: Vec<ShippingRefund> =
        before.map(|it| ShippingRefund { rate: it.tax_rate, amount: it.amount }).collect();
    let refunds = refund_shipping(&facts.order.quote.shipping.parts, &before, amount)
        .map_err(|error| Refusal::conflict("too_much", error.to_string()))?;
    let credit = |it: ShippingRefund| Credit {
        position: SHIPPING,
        tax_rate: it.rate,
        units: 0,
        amount: it.amount,
    };
    Ok(refunds.into_iter().map(credit).collect())
}

/// What is credited together, with its taxes.
pub(super) fn taxed(facts: &Facts, credits: &[Credit]) -> Vec<RefundLine> {
    let parts: Vec<(Percent, i64)> = credits.iter().map(|it| (it.tax_rate, it.amount)).collect();
    let taxes = credit_taxes(&amounts(&charged(facts)), &credited(facts), &parts);
    let line = |(it, tax): (&Credit, i64)| RefundLine {
        position: it.position,
        tax_rate: it.tax_rate,
        units: it.units,
        amount: it.amount,
        tax,
    };
    credits.iter().zip(taxes).map(line).collect()
}

/// Everything that the order charged, line by line; the delivery by rate of tax.
fn charged(facts: &Facts) -> Vec<RefundLine> {
    let lines = facts.lines.iter().map(|it| RefundLine {
        position: it.position,
        tax_rate: it.tax_rate,
        units: it.quantity,
        amount: it.total,
        tax: it.tax,
    });
    let delivery = facts.order.quote.shipping.parts.iter().map(|part| RefundLine {
        position: SHIPPING,
        tax_rate: part.rate,
        units: 0,
        amount: part.gross,
        tax: part.tax,
    });
    lines.chain(delivery).collect()
}

fn credited(facts: &Facts) -> Vec<Taxed> {
    facts.refunds.iter().flat_map(|it| amounts(&it.lines)).collect()
}

fn amounts(lines: &[RefundLine]) -> Vec<Taxed> {
    let amount = |it: &RefundLine| Taxed { rate: it.tax_rate, amount: it.amount, tax: it.tax };
    lines.iter().map(amount).collect()
}

/// Writes a credit and returns its number.
pub(super) async fn write(
    tx: &mut Tx,
    act: &Act,
    order_id: i64,
    reason: &str,
    operation_id: Option<i64>,
    lines: &[RefundLine],
) -> crate::Result<i64> {
    let id = act.new_id();
    let sum = |of: fn(&RefundLine) -> i64| -> i64 { lines.iter().map(of).sum() };
    let columns =
        ["id", "order_id", "operation_id", "reason", "amount", "tax", "actor", "created_at"];
    let row = args![
        id,
        order_id,
        operation_id,
        reason,
        sum(|it| it.amount),
        sum(|it| it.tax),
        &act.actor,
        act.now
    ];
    tx.insert("refund", &columns, vec![row]).await?;
    let columns = ["refund_id", "order_id", "position", "tax_rate", "units", "amount", "tax"];
    let row = |it: &RefundLine| {
        args![id, order_id, it.position, it.tax_rate.thousandths(), it.units, it.amount, it.tax]
    };
    tx.insert("refund_line", &columns, lines.iter().map(row).collect()).await?;
    Ok(id)
}

/// The sum of some credits.
pub(super) fn sum(credits: &[Credit]) -> i64 {
    credits.iter().map(|it| it.amount).sum()
}

/// What has not been credited yet, line by line; the delivery by rate of tax. Where something was credited at a rate,
/// what is left shares the tax that is left.
pub(super) fn left(facts: &Facts) -> Vec<RefundLine> {
    let charged = charged(facts);
    let mut left = charged.clone();
    for credited in facts.refunds.iter().flat_map(|it| &it.lines) {
        let same = |it: &&mut RefundLine| {
            it.position == credited.position && it.tax_rate == credited.tax_rate
        };
        if let Some(it) = left.iter_mut().find(same) {
            it.units -= credited.units;
            it.amount -= credited.amount;
        }
    }
    let before = credited(facts);
    let parts: Vec<(Percent, i64)> = left.iter().map(|it| (it.tax_rate, it.amount)).collect();
    let taxes = credit_taxes(&amounts(&charged), &before, &parts);
    for (it, tax) in left.iter_mut().zip(taxes) {
        if before.iter().any(|credited| credited.rate == it.tax_rate) {
            it.tax = tax;
        }
    }
    left
}
