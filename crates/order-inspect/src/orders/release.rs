//! Giving up an order of which nothing has been shipped or paid.

use std::collections::BTreeMap;

use super::{
    facts::{Facts, RefundLine},
    settle::enqueue,
};
use crate::{act::Act, args, db::Tx};

/// Cancels all that is open: its stock and the budgets of its promotions are set free, and nothing is owed any more.
pub(crate) async fn release(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    reason: &str,
) -> crate::Result<()> {
    let order_id = facts.order.id;
    let mut steps = BTreeMap::<(i64, i64), i64>::new();
    for it in &facts.allocations {
        *steps.entry((it.variant_id, it.location_id)).or_default() += it.held();
    }
    for ((variant, location), quantity) in steps {
        let sql =
            "UPDATE stock SET reserved = reserved - $3 WHERE variant_id = $1 AND location_id = $2";
        tx.run(sql, args![variant, location, quantity]).await?;
    }
    let sql = "UPDATE allocation SET released = quantity - shipped WHERE order_id = $1";
    tx.run(sql, args![order_id]).await?;
    let sql = "UPDATE order_line SET cancelled = quantity - shipped WHERE order_id = $1";
    tx.run(sql, args![order_id]).await?;
    credit_all(tx, act, facts, reason).await?;
    free_promotions(tx, order_id).await?;
    enqueue(tx, act, "order.cancelled", order_id, serde_json::json!({ "reason": reason })).await
}

/// Credits what is left of every line and of the delivery.
async fn credit_all(tx: &mut Tx, act: &Act, facts: &Facts, reason: &str) -> crate::Result<()> {
    let left = left(facts);
    let sum = |of: fn(&RefundLine) -> i64| -> i64 { left.iter().map(of).sum() };
    let (id, order_id) = (act.new_id(), facts.order.id);
    let columns = ["id", "order_id", "reason", "amount", "tax", "actor", "created_at"];
    let row =
        args![id, order_id, reason, sum(|it| it.amount), sum(|it| it.tax), &act.actor, act.now];
    tx.insert("refund", &columns, vec![row]).await?;
    let columns = ["refund_id", "order_id", "position", "tax_rate", "units", "amount", "tax"];
    let row = |it: &RefundLine| {
        args![id, order_id, it.position, it.tax_rate.thousandths(), it.units, it.amount, it.tax]
    };
    Ok(tx.insert("refund_line", &columns, left.iter().map(row).collect()).await?)
}

/// What has not been credited yet, line by line; position 0 is the delivery, by rate of tax.
pub(super) fn left(facts: &Facts) -> Vec<RefundLine> {
    let charged = facts.lines.iter().map(|it| RefundLine {
        position: it.position,
        tax_rate: it.tax_rate,
        units: it.quantity,
        amount: it.total,
        tax: it.tax,
    });
    let delivery = facts.order.quote.shipping.parts.iter().map(|part| RefundLine {
        position: 0,
        tax_rate: part.rate,
        units: 0,
        amount: part.gross,
        tax: part.tax,
    });
    let mut left: Vec<RefundLine> = charged.chain(delivery).collect();
    for credited in facts.refunds.iter().flat_map(|it| &it.lines) {
        let same = |it: &&mut RefundLine| {
            it.position == credited.position && it.tax_rate == credited.tax_rate
        };
        if let Some(it) = left.iter_mut().find(same) {
            it.units -= credited.units;
            it.amount -= credited.amount;
            it.tax -= credited.tax;
        }
    }
    left
}

/// Gives the budgets of promotions back what the order has used of them.
async fn free_promotions(tx: &mut Tx, order_id: i64) -> crate::Result<()> {
    let sql = "SELECT u.promotion_id, u.amount FROM promotion_use u JOIN promotion p ON p.id = u.promotion_id
        WHERE u.order_id = $1 ORDER BY p.code";
    for row in tx.rows(sql, args![order_id]).await? {
        let (promotion, amount): (i64, i64) = (row.get("promotion_id")?, row.get("amount")?);
        let sql = "UPDATE promotion SET used_count = used_count - 1, used_amount = used_amount - $2
            WHERE id = $1";
        tx.run(sql, args![promotion, amount]).await?;
    }
    tx.run("DELETE FROM promotion_use WHERE order_id = $1", args![order_id]).await?;
    Ok(())
}
