//! Wishes for money to move. They are written with the change that makes them necessary, and done afterwards,
//! outside of any transaction.

use super::facts::Facts;
use crate::{act::Act, args, db::Tx, error::Refusal, refuse};

const PAYMENT: &[&str] =
    &["id", "order_id", "provider", "method", "reference", "amount", "created_at"];

const OPERATION: &[&str] = &[
    "id",
    "payment_id",
    "order_id",
    "kind",
    "amount",
    "state",
    "attempts",
    "due_at",
    "created_at",
];

/// What is asked of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Hold money.
    Authorise,
    /// Take money that is held.
    Capture,
    /// Let money go that is held.
    Void,
    /// Give money back.
    Refund,
}

impl Wish {
    /// The word that is stored.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Authorise => "authorise",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
        }
    }
}

/// Notes a wish; the worker that asks providers finds it.
pub(crate) async fn begin(
    tx: &mut Tx,
    act: &Act,
    order_id: i64,
    payment_id: i64,
    wish: Wish,
    amount: i64,
) -> crate::Result<i64> {
    let id = act.new_id();
    let row =
        args![id, payment_id, order_id, wish.word(), amount, "pending", 0_i64, act.now, act.now];
    tx.insert("payment_operation", OPERATION, vec![row]).await?;
    Ok(id)
}

/// Begins another payment of an order over its provider.
pub(crate) async fn begin_payment(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    amount: i64,
) -> crate::Result<()> {
    let order = &facts.order;
    let id = act.new_id();
    let reference = format!("{}-{}", order.number, facts.payments.len() + 1);
    let row =
        args![id, order.id, &order.provider, &order.payment_method, reference, amount, act.now];
    tx.insert("payment", PAYMENT, vec![row]).await?;
    begin(tx, act, order.id, id, Wish::Authorise, amount).await?;
    Ok(())
}

/// What one payment still holds and has taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) payment_id: i64,
    /// Authorised, neither captured nor voided.
    pub(crate) authorised: i64,
    /// Captured and not given back.
    pub(crate) captured: i64,
}

/// The same for each payment, with what is being asked for counted as if it had happened: nothing is taken or given
/// back twice because an answer is late.
pub(crate) fn held(facts: &Facts) -> Vec<Held> {
    let of = |payment: &super::facts::Payment| {
        let sum = |kind: &str| -> i64 {
            let entries =
                facts.money.iter().filter(|it| it.payment_id == payment.id && it.kind == kind);
            entries.map(|it| it.amount).sum()
        };
        let under_way = |kind: &str| -> i64 {
            let operations = facts.operations.iter().filter(|it| {
                it.payment_id == payment.id
                    && it.kind == kind
                    && matches!(it.state.as_str(), "pending" | "unknown")
            });
            operations.map(|it| it.amount).sum()
        };
        let captured = sum("captured") + under_way("capture");
        let given_back = sum("refunded") + sum("charged_back") + under_way("refund");
        Held {
            payment_id: payment.id,
            authorised: (sum("authorised") - sum("voided") - captured - under_way("void")).max(0),
            captured: captured - given_back,
        }
    };
    facts.payments.iter().map(of).collect()
}

/// Takes an amount from what is authorised.
pub(crate) async fn capture(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    amount: i64,
) -> crate::Result<()> {
    let mut left = amount;
    for held in held(facts) {
        let part = held.authorised.min(left);
        if part > 0 {
            begin(tx, act, facts.order.id, held.payment_id, Wish::Capture, part).await?;
            left -= part;
        }
    }
    Ok(())
}

/// Lets go of all that is authorised beyond what is still to be captured.
pub(crate) async fn void_beyond(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    needed: i64,
) -> crate::Result<()> {
    let mut needed = needed;
    for held in held(facts) {
        if held.authorised > 0 && needed <= 0 {
            begin(tx, act, facts.order.id, held.payment_id, Wish::Void, held.authorised).await?;
        }
        needed -= held.authorised;
    }
    Ok(())
}

/// Gives back what was paid beyond what is owed, and lets go of what is authorised beyond it. Returns the first wish to
/// give money back, if there is one.
pub(crate) async fn let_go_beyond(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    owed: i64,
) -> crate::Result<Option<i64>> {
    let captured: i64 = held(facts).iter().map(|it| it.captured).sum();
    let operation =
        if captured > owed { give_back(tx, act, facts, captured - owed).await? } else { None };
    void_beyond(tx, act, facts, owed - captured).await?;
    Ok(operation)
}

/// What is owed and neither authorised nor paid, in minor units: another payment would be over this amount.
pub(crate) fn uncovered(facts: &Facts, owed: i64) -> i64 {
    let held = held(facts);
    (owed - held.iter().map(|it| it.authorised + it.captured).sum::<i64>()).max(0)
}

/// Gives an amount back, from the latest payment to the first. What was booked by hand is given back by hand: it is
/// booked at once.
pub(crate) async fn give_back(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    amount: i64,
) -> crate::Result<Option<i64>> {
    let mut left = amount;
    let mut first = None;
    for held in held(facts).into_iter().rev() {
        let part = held.captured.min(left);
        if part <= 0 {
            continue;
        }
        let id = begin(tx, act, facts.order.id, held.payment_id, Wish::Refund, part).await?;
        if facts.order.provider == "manual" {
            book(
                tx,
                act,
                facts.order.id,
                held.payment_id,
                "refunded",
                part,
                &format!("refund-{id}"),
            )
            .await?;
            let sql = "UPDATE payment_operation SET state = 'succeeded', settled_at = $2, due_at = NULL WHERE id = $1";
            tx.run(sql, args![id, act.now]).await?;
        }
        first = first.or(Some(id));
        left -= part;
    }
    if left > 0 {
        refuse!(Refusal::conflict("nothing_to_refund", "More would be given back than was paid."));
    }
    Ok(first)
}

/// Books a movement of money, once: the same movement reported again changes nothing. Says whether it is new.
pub(crate) async fn book(
    tx: &mut Tx,
    act: &Act,
    order_id: i64,
    payment_id: i64,
    kind: &'static str,
    amount: i64,
    provider_reference: &str,
) -> crate::Result<bool> {
    let sql =
        "INSERT INTO money_entry (id, order_id, payment_id, kind, amount, provider_reference, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (payment_id, kind, provider_reference) DO NOTHING";
    let args = args![act.new_id(), order_id, payment_id, kind, amount, provider_reference, act.now];
    Ok(tx.run(sql, args).await? == 1)
}
