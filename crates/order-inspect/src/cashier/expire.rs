//! Orders whose payment did not come in time.

use serde_json::json;

use super::Shared;
use crate::{
    act::Act,
    args,
    db::Tx,
    orders::{
        cancel,
        facts::Facts,
        settle::{note, settle},
        standing::{OrderStatus, standing},
    },
};

/// How many are looked at in one round.
const AT_ONCE: i64 = 100;

/// Gives up every order that is due for it.
pub(super) async fn expire_due(shared: &Shared) -> crate::Result<()> {
    let now = shared.clock.now();
    let due = shared.db.read(move |tx| {
        Box::pin(async move {
            let sql = "SELECT id FROM orders WHERE held_until <= $1 ORDER BY held_until LIMIT $2";
            tx.rows(sql, args![now, AT_ONCE]).await
        })
    });
    for row in due.await? {
        let (id, act): (i64, Act) = (row.get("id")?, shared.act());
        let expired =
            shared.db.write(move |tx| Box::pin(async move { expire(tx, &act, id).await })).await?;
        if expired {
            shared.booked(id);
        }
    }
    Ok(())
}

/// Cancels an order whose time to pay is over, and sets its stock free. Says whether it was so: an authorisation that
/// came first keeps the order, and one that comes later finds an order that needs nothing and is let go.
pub(super) async fn expire(tx: &mut Tx, act: &Act, order_id: i64) -> crate::Result<bool> {
    let facts = Facts::load_id(tx, order_id, true).await?;
    let is_over = facts.order.held_until.is_some_and(|until| until <= act.now);
    if !is_over || standing(&facts).order != OrderStatus::AwaitingPayment {
        return Ok(false);
    }
    let all = cancel::everything(&facts);
    cancel::cancel_units(tx, act, &facts, "The payment did not come in time.", &all).await?;
    note(tx, act, order_id, "expired", json!({ "held_until": facts.order.held_until })).await?;
    settle(tx, act, order_id).await?;
    Ok(true)
}
