//! Where an order stands, worked out from its facts. No status is ever set.
//!
//! Four axes that do not depend on each other: the order, its payment (sums over the money ledger), its
//! fulfilment (quantities of lines) and its returns. The `orders` table keeps them for lists; `settle` is the
//! only place that writes them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::facts::{Facts, Operation};
use crate::{money::saturating_i64, setup::PaymentFlow};

/// Gives an enum of statuses its stored words.
macro_rules! status {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$of])* $value,)+ }

        impl $name {
            /// The word that is stored and shown.
            pub fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }
        }
    };
}

status! {
    /// What the order as a whole is waiting for.
    OrderStatus {
        /// Stock is held while its payment is being authorised.
        AwaitingPayment = "awaiting_payment",
        /// Somebody has stopped it.
        OnHold = "on_hold",
        /// It is being worked on.
        Open = "open",
        /// Everything has been delivered or given back, and no cent is open.
        Completed = "completed",
        /// Nothing of it will be delivered.
        Cancelled = "cancelled",
    }
}

status! {
    /// Where the money is.
    PaymentStatus {
        /// There is nothing to pay.
        NotRequired = "not_required",
        /// Nothing has been paid or authorised.
        Unpaid = "unpaid",
        /// A provider has been asked and has not answered yet.
        Pending = "pending",
        /// A part has been authorised.
        PartiallyAuthorised = "partially_authorised",
        /// All of it has been authorised.
        Authorised = "authorised",
        /// A part has been paid.
        PartiallyPaid = "partially_paid",
        /// All of it has been paid.
        Paid = "paid",
        /// More has been paid than is owed.
        Overpaid = "overpaid",
        /// A part of what was paid has been given back.
        PartiallyRefunded = "partially_refunded",
        /// All of what was paid has been given back.
        Refunded = "refunded",
        /// What was authorised has been given up.
        Voided = "voided",
    }
}

status! {
    /// Where the goods are.
    FulfilmentStatus {
        /// Nothing of it is goods.
        NotRequired = "not_required",
        /// Nothing has been shipped.
        Unfulfilled = "unfulfilled",
        /// A part has been shipped.
        PartiallyFulfilled = "partially_fulfilled",
        /// All that was not cancelled has been shipped.
        Fulfilled = "fulfilled",
        /// All that was shipped has arrived.
        Delivered = "delivered",
        /// All of it was cancelled.
        Cancelled = "cancelled",
    }
}

status! {
    /// What comes back.
    ReturnStatus {
        /// Nothing.
        None = "none",
        /// Something is announced or on its way.
        Requested = "requested",
        /// A part has come back.
        PartiallyReturned = "partially_returned",
        /// All that was shipped has come back.
        Returned = "returned",
    }
}

/// The four statuses of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The order.
    pub order: OrderStatus,
    /// Its payment.
    pub payment: PaymentStatus,
    /// Its fulfilment.
    pub fulfilment: FulfilmentStatus,
    /// Its returns.
    pub returns: ReturnStatus,
}

/// The money of an order, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct MoneyStanding {
    /// All that the order has charged, lines that edits brought included.
    pub total: i64,
    /// What it no longer charges: cancellations, units that edits took out, returns, goodwill.
    pub credited: i64,
    /// What is owed: total less credited.
    pub owed: i64,
    /// Authorised and neither captured nor voided.
    pub authorised: i64,
    /// Received, less what was booked by mistake.
    pub captured: i64,
    /// Given back, chargebacks included.
    pub refunded: i64,
    /// What customers' banks took back; it is part of `refunded`.
    pub charged_back: i64,
    /// On its way back: asked of a provider, or to be transferred.
    pub refunding: i64,
    /// Owed to the customer and not on its way: what was credited and could not be given back.
    pub due_back: i64,
    /// What was paid beyond the order. It goes back only when somebody asks for it.
    pub overpaid: i64,
    /// What is still to be paid (above zero) or to be given back (below zero).
    pub remainder: i64,
}

/// A sum that stops at the ends of the range of `i64`. What is booked is bounded (`operations::refuse_implausible`), so
/// that it never gets there.
pub(crate) fn sum(amounts: impl Iterator<Item = i64>) -> i64 {
    saturating_i64(amounts.map(i128::from).sum())
}

/// Sums over the ledger.
///
/// What the order has and is not owed, less what is on its way back, is either due to the customer or overpaid: an
/// overpayment is what came beyond the total of the order and has not been given back as such. Whoever has paid more
/// than the order, and is then credited something, has the credit due and still the same overpayment. Of a cancelled
/// order nothing is kept: all of it is due.
pub fn money(facts: &Facts) -> MoneyStanding {
    let of = |kind: &str| sum(facts.money.iter().filter(|it| it.kind == kind).map(|it| it.amount));
    let refunds = |wanted: &dyn Fn(&Operation) -> bool| {
        let refunds = facts.operations.iter().filter(|it| it.kind == "refund" && wanted(it));
        sum(refunds.map(|it| it.amount))
    };
    let captured = of("captured").saturating_sub(of("corrected"));
    let charged_back = of("charged_back");
    let refunded = of("refunded").saturating_add(charged_back);
    let refunding = refunds(&Operation::is_open);
    let credited = sum(facts.refunds.iter().map(|it| it.amount));
    let total = facts.order.total;
    let owed = total.saturating_sub(credited);
    let kept = captured.saturating_sub(refunded);
    let surplus = kept.saturating_sub(refunding).saturating_sub(owed).max(0);
    let returned = refunds(&|it| it.overpayment && (it.is_open() || it.state == "succeeded"));
    let overpaid = match is_cancelled(facts) {
        true => 0,
        false => captured.saturating_sub(total).saturating_sub(returned).clamp(0, surplus),
    };
    MoneyStanding {
        total,
        credited,
        owed,
        authorised: sum(facts.payments.iter().map(|it| authorised(facts, it.id))),
        captured,
        refunded,
        charged_back,
        refunding,
        due_back: surplus - overpaid,
        overpaid,
        remainder: owed.saturating_sub(kept),
    }
}

/// What is authorised of one payment and neither captured nor let go: another payment covers nothing of it.
fn authorised(facts: &Facts, payment_id: i64) -> i64 {
    let own = || facts.money.iter().filter(|it| it.payment_id == payment_id);
    let of = |kind: &str| sum(own().filter(|it| it.kind == kind).map(|it| it.amount));
    of("authorised").saturating_sub(of("voided")).saturating_sub(of("captured")).max(0)
}

/// Whether nothing of an order will be delivered.
pub(crate) fn is_cancelled(facts: &Facts) -> bool {
    facts.lines.iter().all(|it| it.cancelled == it.quantity)
}

/// Where an order stands.
pub fn standing(facts: &Facts) -> Standing {
    let money = money(facts);
    let payment = payment(facts, &money);
    let fulfilment = fulfilment(facts);
    let returns = returns(facts);
    let order = order(facts, &money, fulfilment, returns);
    Standing { order, payment, fulfilment, returns }
}

/// Whether a provider still owes us an answer. What people transfer takes days and holds nothing up.
pub fn has_pending_money(facts: &Facts) -> bool {
    facts.operations.iter().any(|it| it.is_open() && !it.by_hand)
}

/// Whether an order that is paid in advance still waits for its money.
pub(crate) fn awaits_transfer(facts: &Facts, standing: Standing) -> bool {
    let money = money(facts);
    facts.order.payment_flow == PaymentFlow::Prepayment
        && standing.order == OrderStatus::Open
        && standing.fulfilment == FulfilmentStatus::Unfulfilled
        && was_never_covered(facts, &money)
        && money.charged_back == 0
}

/// Whether money lacks without which an order is given up: all that it charged before its edits, as far as it still
/// does. What was covered once is not given up because the difference of an edit does not come, nor because money went
/// back since.
fn was_never_covered(facts: &Facts, money: &MoneyStanding) -> bool {
    let needed = facts.before_edits.map_or(money.owed, |before| before.min(money.owed));
    money.captured.saturating_add(money.authorised) < needed
}

fn payment(facts: &Facts, money: &MoneyStanding) -> PaymentStatus {
    let voided = facts.money.iter().any(|it| it.kind == "voided");
    if money.captured > 0 {
        return match money.captured.saturating_sub(money.refunded) {
            // What the bank took back is still owed.
            ..=0 if money.charged_back > 0 && money.owed > 0 => PaymentStatus::Unpaid,
            0 => PaymentStatus::Refunded,
            kept if kept > money.owed => PaymentStatus::Overpaid,
            kept if kept < money.owed => PaymentStatus::PartiallyPaid,
            _ if money.refunded > 0 => PaymentStatus::PartiallyRefunded,
            _ => PaymentStatus::Paid,
        };
    }
    match money.authorised {
        _ if money.owed == 0 && money.authorised == 0 && voided => PaymentStatus::Voided,
        _ if money.owed == 0 && money.authorised == 0 => PaymentStatus::NotRequired,
        0 if has_pending_money(facts) => PaymentStatus::Pending,
        0 if voided => PaymentStatus::Voided,
        0 => PaymentStatus::Unpaid,
        held if held < money.owed => PaymentStatus::PartiallyAuthorised,
        _ => PaymentStatus::Authorised,
    }
}

fn fulfilment(facts: &Facts) -> FulfilmentStatus {
    let goods = || facts.lines.iter().filter(|it| it.goods);
    let ordered: i64 = goods().map(|it| it.quantity).sum();
    let shipped: i64 = goods().map(|it| it.shipped).sum();
    let cancelled: i64 = goods().map(|it| it.cancelled).sum();
    let arrived = facts.shipments.iter().all(|it| it.delivered_at.is_some());
    match (ordered, shipped) {
        (0, _) => FulfilmentStatus::NotRequired,
        _ if cancelled == ordered => FulfilmentStatus::Cancelled,
        (_, 0) => FulfilmentStatus::Unfulfilled,
        _ if shipped + cancelled < ordered => FulfilmentStatus::PartiallyFulfilled,
        _ if arrived => FulfilmentStatus::Delivered,
        _ => FulfilmentStatus::Fulfilled,
    }
}

fn returns(facts: &Facts) -> ReturnStatus {
    let shipped: i64 = facts.lines.iter().filter(|it| it.goods).map(|it| it.shipped).sum();
    let returned: i64 = facts.lines.iter().map(|it| it.returned).sum();
    match returned {
        _ if facts.returns.iter().any(super::facts::Return::is_open) => ReturnStatus::Requested,
        0 => ReturnStatus::None,
        all if all == shipped => ReturnStatus::Returned,
        _ => ReturnStatus::PartiallyReturned,
    }
}

fn order(
    facts: &Facts,
    money: &MoneyStanding,
    fulfilment: FulfilmentStatus,
    returns: ReturnStatus,
) -> OrderStatus {
    if is_cancelled(facts) {
        return OrderStatus::Cancelled;
    }
    if facts.holds.iter().any(|it| it.released_at.is_none()) {
        return OrderStatus::OnHold;
    }
    let left = facts.lines.iter().any(|it| it.shipped > 0);
    if facts.order.provider != "manual" && !left && was_never_covered(facts, money) {
        return OrderStatus::AwaitingPayment;
    }
    let to_ship = facts.lines.iter().any(|it| it.goods && it.open() > 0);
    // What came back has arrived before.
    let arrived = matches!(fulfilment, FulfilmentStatus::Delivered | FulfilmentStatus::NotRequired)
        || returns == ReturnStatus::Returned && !to_ship;
    let coming_back = facts.returns.iter().any(super::facts::Return::is_open);
    if arrived
        && money.remainder == 0
        && money.authorised == 0
        && !coming_back
        && !has_pending_money(facts)
    {
        return OrderStatus::Completed;
    }
    OrderStatus::Open
}
