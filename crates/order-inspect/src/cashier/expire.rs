//! Orders whose payment did not come in time, and those that are reminded of it.

use std::{collections::HashMap, sync::Arc};

use serde_json::json;

use super::{POLL, Shared};
use crate::{
    act::Act,
    args,
    db::{Row, Tx, Value},
    error::Error,
    moment::Moment,
    orders::{
        cancel, documents,
        facts::Facts,
        settle::{enqueue, note, settle},
        standing::{OrderStatus, awaits_transfer, standing},
    },
    setup::PaymentFlow,
};

/// How many are looked at in one round.
const AT_ONCE: i64 = 100;
/// How long before its end somebody who pays in advance is reminded, in microseconds: three days, or half of the time
/// where that is less.
const REMINDED: i64 = 3 * 86_400_000_000;

/// How long an order is left alone that could be neither given up nor reminded, in microseconds.
const PUT_OFF: i64 = 60_000_000;

/// The life of the worker that looks after those who wait. It asks nobody: what becomes of it holds no payment up.
pub(super) async fn work(shared: Arc<Shared>) {
    let mut failed = Failed::default();
    loop {
        if let Err(error) = expire_due(&shared, &mut failed).await {
            tracing::error!(%error, "nobody could look for orders that were not paid in time");
        }
        tokio::select! {
            () = shared.time.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Orders that could not be seen to, and when they were: they keep no other order waiting.
#[derive(Default)]
struct Failed(HashMap<i64, Moment>);

impl Failed {
    /// Those that are left alone now.
    fn now(&mut self, now: Moment) -> Vec<i64> {
        self.0.retain(|_, at| at.saturating_add_micros(PUT_OFF) > now);
        self.0.keys().copied().collect()
    }

    fn note(&mut self, order: i64, now: Moment, error: &Error) {
        tracing::error!(%error, order, "an order that is not paid could not be seen to");
        self.0.insert(order, now);
    }
}

/// Gives up every order that is due for it, and reminds those who pay in advance.
async fn expire_due(shared: &Shared, failed: &mut Failed) -> crate::Result<()> {
    let now = shared.clock.now();
    let sql = "SELECT id FROM orders WHERE held_until <= $1 AND NOT (id = ANY($3))
        ORDER BY held_until LIMIT $2";
    for row in due(shared, sql, args![now, AT_ONCE, failed.now(now)]).await? {
        let (id, act): (i64, Act) = (row.get("id")?, shared.act());
        let expired =
            shared.db.write(move |tx| Box::pin(async move { expire(tx, &act, id).await }));
        match expired.await {
            Ok(true) => shared.booked(id),
            Ok(false) => {}
            Err(error) => failed.note(id, now, &error),
        }
    }
    let sql = "SELECT id FROM orders
        WHERE payment_flow = 'prepayment' AND reminded_at IS NULL AND held_until IS NOT NULL
            AND held_until <= $2 AND held_until - $1 <= (held_until - placed_at) / 2
            AND NOT (id = ANY($4))
        ORDER BY held_until LIMIT $3";
    let soon = now.saturating_add_micros(REMINDED);
    for row in due(shared, sql, args![now, soon, AT_ONCE, failed.now(now)]).await? {
        let (id, act): (i64, Act) = (row.get("id")?, shared.act());
        let reminded =
            shared.db.write(move |tx| Box::pin(async move { remind(tx, &act, id).await }));
        if let Err(error) = reminded.await {
            failed.note(id, now, &error);
        }
    }
    Ok(())
}

async fn due(shared: &Shared, sql: &'static str, args: Vec<Value>) -> crate::Result<Vec<Row>> {
    let read = shared.db.read(move |tx| Box::pin(async move { tx.rows(sql, args).await }));
    Ok(read.await?)
}

/// Cancels an order whose time to pay is over, sets its stock free and gives back what came of its money. Says whether it
/// was so: an authorisation that came first keeps the order, and one that comes later finds an order that needs nothing
/// and is let go.
pub(super) async fn expire(tx: &mut Tx, act: &Act, order_id: i64) -> crate::Result<bool> {
    let facts = Facts::load_id(tx, order_id, true).await?;
    let is_over = facts.order.held_until.is_some_and(|until| until <= act.now);
    if !is_over || !waits(&facts) {
        if is_over {
            // It waits no longer, and is not to be found again.
            settle(tx, act, order_id).await?;
        }
        return Ok(false);
    }
    let all = cancel::everything(&facts);
    let reason = cancel::not_paid(facts.order.locale);
    cancel::cancel_units(tx, act, &facts, reason, &all).await?;
    note(tx, act, order_id, "expired", json!({ "held_until": facts.order.held_until })).await?;
    if facts.order.payment_flow == PaymentFlow::Prepayment {
        enqueue(tx, act, "payment.expired", order_id, json!({})).await?;
    }
    let after = settle(tx, act, order_id).await?;
    documents::follow(tx, act, &facts, after).await?;
    Ok(true)
}

fn waits(facts: &Facts) -> bool {
    let standing = standing(facts);
    standing.order == OrderStatus::AwaitingPayment || awaits_transfer(facts, standing)
}

/// Reminds a customer once that their transfer has not come.
async fn remind(tx: &mut Tx, act: &Act, order_id: i64) -> crate::Result<()> {
    let facts = Facts::load_id(tx, order_id, true).await?;
    let sql = "UPDATE orders SET reminded_at = $2 WHERE id = $1 AND reminded_at IS NULL";
    if !waits(&facts) || tx.run(sql, args![order_id, act.now]).await? == 0 {
        return Ok(());
    }
    let until = json!({ "held_until": facts.order.held_until });
    enqueue(tx, act, "payment.reminder", order_id, &until).await?;
    note(tx, act, order_id, "payment_reminded", until).await
}
