//! After a change: what it did is noted, statuses are worked out anew, mails and other things are enqueued.

use serde::Serialize;
use serde_json::Value as Json;

use super::{
    facts::Facts,
    standing::{OrderStatus, standing},
};
use crate::{act::Act, args, db::Tx};

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

/// Reads an order after a change and writes its statuses. Every change of an order ends here.
pub(crate) async fn settle(tx: &mut Tx, act: &Act, order_id: i64) -> crate::Result<Facts> {
    let mut facts = Facts::load_id(tx, order_id, false).await?;
    let standing = standing(&facts);
    let order = &mut facts.order;
    order.revision += 1;
    let ended = |is: bool, was| if is { Some(was).flatten().or(Some(act.now)) } else { None };
    order.closed_at = ended(standing.order == OrderStatus::Completed, order.closed_at);
    order.cancelled_at = ended(standing.order == OrderStatus::Cancelled, order.cancelled_at);
    if standing.order != OrderStatus::AwaitingPayment {
        order.held_until = None;
    }
    let sql = "UPDATE orders SET status = $2, payment_status = $3, fulfilment_status = $4,
        return_status = $5, held_until = $6, closed_at = $7, cancelled_at = $8, revision = $9,
        updated_at = $10 WHERE id = $1";
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
        act.now
    ];
    tx.run(sql, args).await?;
    Ok(facts)
}
