//! Wishes for money to move. They are written with the change that makes them necessary, and done afterwards,
//! outside of any transaction.

use super::{facts::Facts, standing::sum};
use crate::{
    act::Act,
    args,
    db::Tx,
    error::{FieldProblem, Refusal},
    refuse,
};

/// The columns of a payment that was begun.
pub(crate) const PAYMENT: &[&str] =
    &["id", "order_id", "provider", "method", "reference", "amount", "created_at"];

/// The columns of a wish.
pub(super) const OPERATION: &[&str] = &[
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
        let booked = |kind: &str| {
            let entries =
                facts.money.iter().filter(|it| it.payment_id == payment.id && it.kind == kind);
            sum(entries.map(|it| it.amount))
        };
        let under_way = |kind: &str| {
            let operations = facts.operations.iter();
            let open = operations
                .filter(|it| it.payment_id == payment.id && it.kind == kind && it.is_open());
            sum(open.map(|it| it.amount))
        };
        let captured = booked("captured")
            .saturating_add(under_way("capture"))
            .saturating_sub(booked("corrected"));
        let given_back =
            sum([booked("refunded"), booked("charged_back"), under_way("refund")].into_iter());
        let let_go = sum([booked("voided"), captured, under_way("void")].into_iter());
        Held {
            payment_id: payment.id,
            authorised: booked("authorised").saturating_sub(let_go).max(0),
            captured: captured.saturating_sub(given_back),
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

/// Gives back what was paid beyond what is owed, `most` at most, and lets go of what is authorised beyond it. Returns the
/// first wish to give money back, if there is one.
pub(crate) async fn let_go_beyond(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    owed: i64,
    most: i64,
) -> crate::Result<Option<i64>> {
    let captured = sum(held(facts).iter().map(|it| it.captured));
    let payout = (captured - owed).min(most);
    let operation = if payout > 0 { give_back(tx, act, facts, payout).await? } else { None };
    void_beyond(tx, act, facts, owed - captured).await?;
    Ok(operation)
}

/// What is owed and neither authorised nor paid, in minor units: another payment would be over this amount.
pub(crate) fn to_authorise(facts: &Facts, owed: i64) -> i64 {
    let held = held(facts);
    (owed - sum(held.iter().map(|it| it.authorised.saturating_add(it.captured)))).max(0)
}

/// How money goes back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Payout {
    /// By transfer, although a provider took it.
    pub(crate) by_transfer: bool,
    /// Where a transfer goes to.
    pub(crate) iban: Option<String>,
    /// It was paid beyond the order.
    pub(crate) overpayment: bool,
}

/// Gives an amount back the way it came, from the latest payment to the first.
pub(crate) async fn give_back(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    amount: i64,
) -> crate::Result<Option<i64>> {
    pay_out(tx, act, facts, amount, &Payout::default()).await
}

/// Gives an amount back, from the latest payment to the first, and says which wish was the first. What was booked by
/// hand is transferred by hand: it waits until somebody says that it was.
pub(crate) async fn pay_out(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    amount: i64,
    how: &Payout,
) -> crate::Result<Option<i64>> {
    let mut left = amount;
    let mut first = None;
    for held in held(facts).into_iter().rev() {
        let part = held.captured.min(left);
        if part <= 0 {
            continue;
        }
        let id = begin(tx, act, facts.order.id, held.payment_id, Wish::Refund, part).await?;
        let own = |it: &&super::facts::Payment| it.id == held.payment_id;
        let manual = facts.payments.iter().find(own).is_some_and(|it| it.provider == "manual");
        let by_hand = manual || how.by_transfer;
        let sql =
            "UPDATE payment_operation SET overpayment = $2, by_hand = $3, iban = $4, due_at = $5
            WHERE id = $1";
        // No cashier takes what is never due.
        let due = (!by_hand).then_some(act.now);
        let iban = how.iban.clone().filter(|_| by_hand);
        tx.run(sql, args![id, how.overpayment, by_hand, iban, due]).await?;
        first = first.or(Some(id));
        left -= part;
    }
    if left > 0 {
        refuse!(Refusal::conflict("nothing_to_refund", "More would be given back than was paid."));
    }
    Ok(first)
}

/// How many times an order's total may move in one direction: more is a mistake, or somebody else's money.
const PLAUSIBLE: i64 = 100;
/// The most that may move for one order, in minor units.
const MOST: i64 = 1_000_000_000_000_000;

/// Refuses an amount that has nothing to do with the order, alone or with what was booked before. Sums over the ledger
/// therefore stay far below what 64 bits hold.
///
/// # Errors
/// 422 `implausible_amount`.
pub(crate) fn refuse_implausible(facts: &Facts, kind: &str, amount: i64) -> crate::Result<()> {
    let most = facts.order.total.saturating_mul(PLAUSIBLE).clamp(0, MOST);
    let before = sum(facts.money.iter().filter(|it| it.kind == kind).map(|it| it.amount));
    if (0..=most).contains(&amount) && before.saturating_add(amount) <= most {
        return Ok(());
    }
    tracing::warn!(
        order = facts.order.number,
        kind,
        amount,
        before,
        "an implausible amount was refused"
    );
    let detail = format!(
        "{amount} has nothing to do with an order over {} (minor units): at most {PLAUSIBLE} times its total is booked.",
        facts.order.total
    );
    let field = FieldProblem {
        pointer: "/amount".to_owned(),
        detail: "an amount of this order".to_owned(),
    };
    let mut refusal = Refusal::new(422, "implausible_amount", detail);
    refusal.fields = vec![field];
    refuse!(refusal)
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
