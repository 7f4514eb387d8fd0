//! After a change: what it did is noted, statuses are worked out anew, mails and other things are enqueued.

use serde::Serialize;
use serde_json::Value as Json;

use super::{
    due::attention,
    facts::{Facts, Order},
    standing::{OrderStatus, awaits_transfer, standing},
};
use crate::{act::Act, args, db::Tx, moment::Moment, outbox};

/// Notes on the timeline what happened.
pub(crate) async fn note(
    tx: &mut Tx,
    act: &Act,
    order_id: i64,
    kind: &'static str,
    facts: impl Serialize,
) -> crate::Result<()> {
    let facts = serde_json::to_value(facts).unwrap_or(Json::Null);
    let row = args![act.new_id(), order_id, kind, &act.actor, act.now, facts];
    tx.insert("order_event", EVENT, vec![row]).await?;
    Ok(())
}

/// The columns of an event.
pub(crate) const EVENT: &[&str] = &["id", "order_id", "kind", "actor", "at", "facts"];

/// Puts something to do into the outbox, in the transaction of what makes it necessary.
pub(crate) async fn enqueue(
    tx: &mut Tx,
    act: &Act,
    topic: &'static str,
    order_id: i64,
    payload: impl Serialize,
) -> crate::Result<()> {
    outbox::tells(tx);
    let row =
        outbox_row(act, topic, order_id, &serde_json::to_value(payload).unwrap_or(Json::Null));
    tx.insert("outbox", OUTBOX, vec![row]).await?;
    Ok(())
}

/// The columns of the outbox.
pub(crate) const OUTBOX: &[&str] =
    &["id", "topic", "order_id", "payload", "created_at", "attempts", "due_at"];

pub(crate) fn outbox_row(
    act: &Act,
    topic: &str,
    order_id: i64,
    payload: &Json,
) -> Vec<crate::db::Value> {
    args![act.new_id(), topic, order_id, payload, act.now, 0_i64, act.now]
}

/// Reads an order after a change and writes what follows from its facts: its statuses, whether somebody has to look at
/// it, and until when it may wait for its payment. Every change of an order ends here.
///
/// An order has a deadline exactly as long as it waits for money: a hold stops the time, and it begins anew when the order
/// is released. Of each deadline its customer is reminded once.
pub(crate) async fn settle(tx: &mut Tx, act: &Act, order_id: i64) -> crate::Result<Facts> {
    let mut facts = Facts::load_id(tx, order_id, false).await?;
    let standing = standing(&facts);
    let attention = attention(&facts);
    let waits = standing.order == OrderStatus::AwaitingPayment || awaits_transfer(&facts, standing);
    let order = &mut facts.order;
    order.revision += 1;
    let ended = |is: bool, was| if is { Some(was).flatten().or(Some(act.now)) } else { None };
    order.closed_at = ended(standing.order == OrderStatus::Completed, order.closed_at);
    order.cancelled_at = ended(standing.order == OrderStatus::Cancelled, order.cancelled_at);
    let begins = waits && order.held_until.is_none();
    order.held_until = match (waits, order.held_until) {
        (false, _) => None,
        (true, None) => deadline(tx, act, order).await?,
        (true, until) => until,
    };
    let sql = "UPDATE orders SET status = $2, payment_status = $3, fulfilment_status = $4,
        return_status = $5, held_until = $6, closed_at = $7, cancelled_at = $8, revision = $9,
        updated_at = $10, attention = $11,
        reminded_at = CASE WHEN $12 THEN NULL ELSE reminded_at END WHERE id = $1";
    let args = args![
        order.id,
        standing.order.word(),
        standing.payment.word(),
        standing.fulfilment.word(),
        standing.returns.word(),
        order.held_until,
        order.closed_at,
        order.cancelled_at,
        order.revision,
        act.now,
        attention,
        begins
    ];
    tx.run(sql, args).await?;
    Ok(facts)
}

/// Until when an order that begins to wait for its payment now holds its stock, be it that it was let go on or that its
/// authorisation was let go. No order waits without an end.
async fn deadline(tx: &mut Tx, act: &Act, order: &Order) -> crate::Result<Option<Moment>> {
    let sql = "SELECT c.hold_seconds, m.pay_within_days FROM channel c
        LEFT JOIN payment_method m ON m.channel_id = c.id AND m.code = $2 WHERE c.id = $1";
    let row = tx.one(sql, args![order.channel_id, &order.payment_method]).await?;
    let (hold, days): (i64, Option<i64>) = (row.get("hold_seconds")?, row.get("pay_within_days")?);
    Ok(order.payment_flow.deadline(act.now, hold, days))
}
