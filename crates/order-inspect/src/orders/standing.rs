//! Where an order stands, worked out from its facts. No status is ever set.
//!
//! Four axes that do not depend on each other: the order, its payment (sums over the money ledger), its
//! fulfilment (quantities of lines) and its returns. The `orders` table keeps them for lists; `settle` is the
//! only place that writes them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::facts::Facts;

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
    /// Received.
    pub captured: i64,
    /// Given back, chargebacks included.
    pub refunded: i64,
    /// What is still to be paid (above zero) or to be given back (below zero).
    pub remainder: i64,
}

/// Sums over the ledger.
pub fn money(facts: &Facts) -> MoneyStanding {
    let sum = |kind: &str| -> i64 {
        facts.money.iter().filter(|it| it.kind == kind).map(|it| it.amount).sum()
    };
    let captured = sum("captured");
    let refunded = sum("refunded") + sum("charged_back");
    let credited: i64 = facts.refunds.iter().map(|it| it.amount).sum();
    let total = facts.order.total;
    let owed = total - credited;
    MoneyStanding {
        total,
        credited,
        owed,
        authorised: (sum("authorised") - sum("voided") - captured).max(0),
        captured,
        refunded,
        remainder: owed - (captured - refunded),
    }
}

/// Where an order stands.
pub fn standing(facts: &Facts) -> Standing {
    let money = money(facts);
    let payment = payment(facts, &money);
    let fulfilment = fulfilment(facts);
    let returns = returns(facts);
    Standing { order: order(facts, &money, payment, fulfilment), payment, fulfilment, returns }
}

/// Whether a provider still owes us an answer.
pub fn has_pending_money(facts: &Facts) -> bool {
    facts.operations.iter().any(|it| matches!(it.state.as_str(), "pending" | "unknown"))
}

fn payment(facts: &Facts, money: &MoneyStanding) -> PaymentStatus {
    let voided = facts.money.iter().any(|it| it.kind == "voided");
    if money.captured > 0 {
        return match money.captured - money.refunded {
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
    payment: PaymentStatus,
    fulfilment: FulfilmentStatus,
) -> OrderStatus {
    if facts.lines.iter().all(|it| it.cancelled == it.quantity) {
        return OrderStatus::Cancelled;
    }
    if facts.holds.iter().any(|it| it.released_at.is_none()) {
        return OrderStatus::OnHold;
    }
    let waits =
        matches!(payment, PaymentStatus::Unpaid | PaymentStatus::Pending | PaymentStatus::Voided);
    if waits && facts.order.provider != "manual" && money.captured == 0 {
        return OrderStatus::AwaitingPayment;
    }
    let arrived = matches!(fulfilment, FulfilmentStatus::Delivered | FulfilmentStatus::NotRequired);
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
