//! Booking what a provider did. Whoever tells of it, the answer to a question or a webhook, in whatever order and
//! however often: each movement of money is booked once, and the order follows from the ledger.

use serde_json::json;

use super::{
    Shared,
    ask::Verdict,
    queue::{Task, reference},
};
use crate::{
    act::Act,
    args,
    db::Tx,
    error::Error,
    moment::Moment,
    orders::{
        due::to_capture,
        facts::{Facts, Operation, Payment},
        operations::{self, held, refuse_implausible},
        settle::{note, settle},
        standing::{OrderStatus, money, standing, sum},
    },
    outbox,
};

/// How often a payment that waits for its customer is looked at, in case its webhook is lost: at first, and at most,
/// in microseconds.
const LOOK: (i64, i64) = (30_000_000, 3_600_000_000);

/// Books the answer to a question. Says whether the order has news by it.
pub(super) async fn answered(
    shared: &Shared,
    task: &Task,
    verdict: Verdict,
) -> crate::Result<bool> {
    let (act, task) = (shared.act(), task.clone());
    shared
        .db
        .write(move |tx| Box::pin(async move { conclude(tx, &act, &task, verdict).await }))
        .await
}

async fn conclude(tx: &mut Tx, act: &Act, task: &Task, verdict: Verdict) -> crate::Result<bool> {
    let facts = Facts::load_id(tx, task.order_id, true).await?;
    let Some(asked) = find(&facts, task.id) else {
        return Err(Error::Broken(format!("operation {} is gone", task.id)));
    };
    if !asked.operation.is_open() {
        // A webhook was faster.
        return Ok(true);
    }
    match verdict {
        Verdict::Done { payment: name, amount } => {
            name_payment(tx, asked.payment, name.as_deref()).await?;
            let amount = amount.unwrap_or(asked.operation.amount);
            let asked_for = asked.operation.kind.as_str();
            if refuse_implausible(&facts, entry(asked_for).0, amount).is_err() {
                let why = format!("it says that {amount} (minor units) have moved");
                let due = act.now.saturating_add_micros(task.wait());
                again(tx, task.id, "unknown", due, &why).await?;
                return Ok(false);
            }
            let booked = succeeded(tx, act, asked, amount).await?;
            follow(tx, act, task.order_id, booked).await?;
        }
        Verdict::Declined { payment: name, reason } => {
            name_payment(tx, asked.payment, name.as_deref()).await?;
            ended(tx, act, asked, "declined", &reason).await?;
            settle(tx, act, task.order_id).await?;
        }
        Verdict::Refused(reason) => {
            ended(tx, act, asked, "failed", &reason).await?;
            settle(tx, act, task.order_id).await?;
        }
        Verdict::Waits { payment: name, redirect_url } => {
            name_payment(tx, asked.payment, name.as_deref()).await?;
            waits(tx, act, task, asked.payment, redirect_url).await?;
        }
        Verdict::NotAsked(why) => {
            tracing::warn!(operation = task.id, provider = task.provider, %why, "asked again later");
            again(tx, task.id, "pending", act.now.saturating_add_micros(task.wait()), &why).await?;
            return Ok(false);
        }
        Verdict::Unknown(why) => {
            tracing::warn!(operation = task.id, provider = task.provider, %why, "nobody knows what became of it");
            again(tx, task.id, "unknown", act.now.saturating_add_micros(task.wait()), &why).await?;
            return Ok(false);
        }
        Verdict::NotThere => {
            let due = act.now.saturating_add_micros(task.wait());
            again(tx, task.id, "pending", due, "the provider has never heard of it").await?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// An operation, and the order and payment that it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) order_id: i64,
    pub(super) payment: &'a Payment,
    pub(super) operation: &'a Operation,
    /// What is booked as authorised of the payment.
    authorised: i64,
}

/// The operation of this number.
pub(super) fn find(facts: &Facts, operation_id: i64) -> Option<Asked<'_>> {
    let operation = facts.operations.iter().find(|it| it.id == operation_id)?;
    let payment = facts.payments.iter().find(|it| it.id == operation.payment_id)?;
    let own = facts.money.iter().filter(|it| it.payment_id == payment.id);
    let authorised = sum(own.filter(|it| it.kind == "authorised").map(|it| it.amount));
    Some(Asked { order_id: facts.order.id, payment, operation, authorised })
}

/// What the ledger and the timeline call an operation that has succeeded.
fn entry(operation: &str) -> (&'static str, &'static str) {
    match operation {
        "authorise" => ("authorised", "payment_authorised"),
        "capture" => ("captured", "payment_captured"),
        "void" => ("voided", "payment_voided"),
        _ => ("refunded", "payment_refunded"),
    }
}

/// Stores how the provider calls a payment.
pub(super) async fn name_payment(
    tx: &mut Tx,
    payment: &Payment,
    name: Option<&str>,
) -> crate::Result<()> {
    if let Some(name) = name.filter(|name| payment.provider_id.as_deref() != Some(*name)) {
        let sql = "UPDATE payment SET provider_id = $2 WHERE id = $1";
        tx.run(sql, args![payment.id, name]).await?;
    }
    Ok(())
}

/// What was booked of something that a provider tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Booked {
    /// Money has moved.
    Moved,
    /// An operation has ended, and nothing has moved.
    Ended,
    /// It was known already.
    Nothing,
}

impl Booked {
    /// A movement that was booked, if it is new.
    pub(super) fn moved(is_new: bool) -> Self {
        if is_new { Self::Moved } else { Self::Nothing }
    }
}

/// Books that an operation has succeeded. Where nothing has moved, it has not: what it was for can be asked for again.
pub(super) async fn succeeded(
    tx: &mut Tx,
    act: &Act,
    asked: Asked<'_>,
    amount: i64,
) -> crate::Result<Booked> {
    if asked.operation.kind == "authorise" {
        return authorised(tx, act, asked, amount).await;
    }
    if amount <= 0 {
        if !asked.operation.is_open() {
            return Ok(Booked::Nothing);
        }
        ended(tx, act, asked, "failed", "the provider has moved nothing").await?;
        return Ok(Booked::Ended);
    }
    let name = reference(&asked.operation.kind, asked.operation.id);
    moved(tx, act, asked, amount, &name).await
}

/// Books what is authorised of a payment in all: what is more than was booked before.
///
/// A provider may authorise a part and later more. The part alone makes no order go on (`standing`): its customer can
/// authorise the rest by another payment, and whatever comes in the end is booked.
async fn authorised(
    tx: &mut Tx,
    act: &Act,
    asked: Asked<'_>,
    amount: i64,
) -> crate::Result<Booked> {
    let more = amount.saturating_sub(asked.authorised);
    let first = reference("authorise", asked.operation.id);
    let name = if asked.authorised == 0 { first } else { format!("{first}-to-{amount}") };
    if more <= 0 {
        if asked.authorised > 0 {
            close(tx, act, asked.operation).await?;
        }
        return Ok(Booked::Nothing);
    }
    let sql = "UPDATE payment SET redirect_url = NULL, declined = NULL WHERE id = $1";
    tx.run(sql, args![asked.payment.id]).await?;
    moved(tx, act, asked, more, &name).await
}

async fn moved(
    tx: &mut Tx,
    act: &Act,
    Asked { order_id, payment, operation, .. }: Asked<'_>,
    amount: i64,
    name: &str,
) -> crate::Result<Booked> {
    let (entry, told) = entry(&operation.kind);
    let is_new = operations::book(tx, act, order_id, payment.id, entry, amount, name).await?;
    close(tx, act, operation).await?;
    if is_new {
        note(tx, act, order_id, told, json!({ "payment": payment.reference, "amount": amount }))
            .await?;
    }
    Ok(Booked::moved(is_new))
}

async fn close(tx: &mut Tx, act: &Act, operation: &Operation) -> crate::Result<()> {
    let sql = "UPDATE payment_operation SET state = 'succeeded', reason = NULL, due_at = NULL,
        settled_at = $2 WHERE id = $1 AND state <> 'succeeded'";
    tx.run(sql, args![operation.id, act.now]).await?;
    Ok(())
}

/// Books that an operation will never happen: `declined` or `failed`.
pub(super) async fn ended(
    tx: &mut Tx,
    act: &Act,
    Asked { order_id, operation, .. }: Asked<'_>,
    state: &'static str,
    reason: &str,
) -> crate::Result<()> {
    let sql = "UPDATE payment_operation SET state = $2, reason = $3, due_at = NULL, settled_at = $4
        WHERE id = $1";
    tx.run(sql, args![operation.id, state, reason, act.now]).await?;
    if operation.kind == "authorise" {
        let sql = "UPDATE payment SET redirect_url = NULL, declined = $2 WHERE id = $1";
        tx.run(sql, args![operation.payment_id, reason]).await?;
    }
    if operation.kind == "capture" {
        keep_authorised(tx, act, operation).await?;
    }
    let told = if state == "declined" { "payment_declined" } else { "payment_failed" };
    let facts = json!({ "asked": operation.kind, "amount": operation.amount, "reason": reason });
    note(tx, act, order_id, told, facts).await
}

/// A void lets go of all that is not captured. Where a capture before it did not happen, that is what was to be captured:
/// a void that was not asked for yet is dropped, and written anew when nothing more is due.
async fn keep_authorised(tx: &mut Tx, act: &Act, capture: &Operation) -> crate::Result<()> {
    let sql =
        "UPDATE payment_operation SET state = 'failed', reason = $3, due_at = NULL, settled_at = $4
        WHERE payment_id = $1 AND kind = 'void' AND id > $2 AND state = 'pending' AND attempts = 0";
    let why = "what was to be captured before it is still due";
    tx.run(sql, args![capture.payment_id, capture.id, why, act.now]).await?;
    Ok(())
}

/// The customer or the provider takes time. A webhook will tell; it may be lost, so somebody looks now and then.
async fn waits(
    tx: &mut Tx,
    act: &Act,
    task: &Task,
    payment: &Payment,
    redirect_url: Option<String>,
) -> crate::Result<()> {
    let look = (LOOK.0 << task.attempts.clamp(0, 7)).min(LOOK.1);
    let due = act.now.saturating_add_micros(look);
    // Who waits for the customer was named by the provider, and is looked for and not asked again.
    let state = if task.kind == "authorise" { "pending" } else { "unknown" };
    again(tx, task.id, state, due, "the provider has not decided yet").await?;
    if payment.redirect_url != redirect_url {
        let sql = "UPDATE payment SET redirect_url = $2 WHERE id = $1";
        tx.run(sql, args![payment.id, redirect_url.clone()]).await?;
        let told = json!({ "payment": payment.reference, "redirect_url": redirect_url });
        note(tx, act, task.order_id, "payment_waits", told).await?;
    }
    if payment.provider_id.is_none() || payment.redirect_url != redirect_url {
        settle(tx, act, task.order_id).await?;
    }
    Ok(())
}

async fn again(
    tx: &mut Tx,
    operation_id: i64,
    state: &'static str,
    due: Moment,
    reason: &str,
) -> crate::Result<()> {
    let sql = "UPDATE payment_operation SET state = $2, due_at = $3, reason = $4 WHERE id = $1";
    tx.run(sql, args![operation_id, state, due, reason]).await?;
    Ok(())
}

/// Brings an order where it stands after something was booked. What a provider has declined is not asked of it again by
/// itself: it stays due until somebody does.
pub(super) async fn follow(
    tx: &mut Tx,
    act: &Act,
    order_id: i64,
    booked: Booked,
) -> crate::Result<()> {
    if booked == Booked::Ended {
        settle(tx, act, order_id).await?;
        return Ok(());
    }
    settle_up(tx, act, order_id).await
}

/// After money has moved: what an order no longer needs is let go or given back, what is due is captured, and the order's
/// statuses follow.
///
/// This is where an authorisation goes that comes after its order was given up: the order needs nothing, so all of it
/// is let go. Money that comes in beyond an order that goes on stays until somebody gives it back.
async fn settle_up(tx: &mut Tx, act: &Act, order_id: i64) -> crate::Result<()> {
    let facts = Facts::load_id(tx, order_id, false).await?;
    let owed = money(&facts).owed;
    let captured = sum(held(&facts).iter().map(|it| it.captured));
    let captures = facts.operations.iter().any(|it| it.kind == "capture" && it.is_open());
    let is_gone = standing(&facts).order == OrderStatus::Cancelled;
    if is_gone && captured > owed && !captures {
        operations::give_back(tx, act, &facts, captured - owed).await?;
    }
    let needed = (owed - captured).max(0);
    operations::void_beyond(tx, act, &facts, needed).await?;
    operations::capture(tx, act, &facts, to_capture(&facts)).await?;
    let facts = settle(tx, act, order_id).await?;
    if standing(&facts).order != OrderStatus::AwaitingPayment {
        outbox::hurry(tx, act, order_id).await?;
    }
    Ok(())
}
