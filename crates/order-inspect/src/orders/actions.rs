//! What can be done with an order now, so that a client can draw its buttons, and why the rest cannot.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    correct, due,
    facts::{Facts, Return},
    operations::to_authorise,
    standing::{OrderStatus, Standing, has_pending_money, money},
};
use crate::error::Refusal;

/// Everything that can be done with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Stop it, for a reason.
    Hold,
    /// Let it go on.
    Release,
    /// Change where it goes.
    ChangeAddress,
    /// Change what is in it.
    Edit,
    /// Cancel all or some of what was not shipped.
    Cancel,
    /// Hand goods to a carrier.
    Ship,
    /// Note that a shipment has arrived.
    Deliver,
    /// Book money that came in by transfer.
    BookPayment,
    /// Try a payment again.
    RetryPayment,
    /// Register that something comes back.
    Return,
    /// Place an order that replaces what comes back.
    Replace,
    /// Book what came back.
    ReceiveReturn,
    /// Take back what was booked by mistake.
    CorrectPayment,
    /// Take money again that is due for what has left, and that the provider declined.
    RetryCapture,
    /// Let money go again that is authorised and not needed, where the provider declined that.
    RetryVoid,
    /// Credit something and give money back.
    Refund,
    /// Give back again what is owed to the customer and did not reach them.
    RetryRefund,
    /// Give back what was paid beyond the order.
    RefundOverpayment,
    /// Say that a transfer to the customer was made.
    ConfirmPayout,
    /// Send a mail again.
    ResendMail,
    /// Write a note.
    Note,
}

impl Action {
    /// All of them, in the order in which an order's life needs them.
    pub const ALL: [Self; 21] = [
        Self::Hold,
        Self::Release,
        Self::ChangeAddress,
        Self::Edit,
        Self::Cancel,
        Self::Ship,
        Self::Deliver,
        Self::BookPayment,
        Self::RetryPayment,
        Self::Return,
        Self::Replace,
        Self::ReceiveReturn,
        Self::CorrectPayment,
        Self::RetryCapture,
        Self::RetryVoid,
        Self::Refund,
        Self::RetryRefund,
        Self::RefundOverpayment,
        Self::ConfirmPayout,
        Self::ResendMail,
        Self::Note,
    ];
}

/// Whether something can be done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Allowed {
    /// What.
    pub action: Action,
    /// Whether it can be done now.
    pub allowed: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// All actions, with those that cannot be done now and why.
pub fn allowed_actions(facts: &Facts, standing: Standing) -> Vec<Allowed> {
    let allowed = |action| {
        let reason = forbidden(action, facts, standing);
        Allowed { action, allowed: reason.is_none(), reason }
    };
    Action::ALL.into_iter().map(allowed).collect()
}

/// Refuses what cannot be done now, with the reason that the list of actions gives.
pub(super) fn require(action: Action, facts: &Facts) -> crate::Result<()> {
    let standing = super::standing::standing(facts);
    match forbidden(action, facts, standing) {
        None => Ok(()),
        Some(reason) => {
            let told = serde_json::json!({
                "action": action,
                "status": standing.order,
                "payment_status": standing.payment,
                "fulfilment_status": standing.fulfilment,
                "return_status": standing.returns,
            });
            Err(Refusal::conflict("not_allowed", reason).with_facts(told).into())
        }
    }
}

fn forbidden(action: Action, facts: &Facts, standing: Standing) -> Option<&'static str> {
    let open = facts.lines.iter().any(|it| it.open() > 0);
    let open_goods = facts.lines.iter().any(|it| it.goods && it.open() > 0);
    let shipped = facts.lines.iter().any(|it| it.shipped > 0);
    let cancelled = standing.order == OrderStatus::Cancelled;
    let because = |holds: bool, reason: &'static str| (!holds).then_some(reason);
    match action {
        Action::Hold => because(open, "Nothing is left to be stopped.")
            .or(because(standing.order != OrderStatus::OnHold, "The order is on hold already.")),
        Action::Release => {
            because(standing.order == OrderStatus::OnHold, "The order is not on hold.")
        }
        Action::ChangeAddress => because(!cancelled, "The order is cancelled.").or(because(
            !shipped,
            "Something has left already: what is on its way cannot be redirected here.",
        )),
        Action::Edit => may_not_edit(facts, standing),
        Action::Cancel => because(
            open,
            "Everything was shipped or cancelled: what was shipped comes back as a return.",
        )
        .or(because(!has_pending_money(facts), "A payment is still being settled.")),
        Action::Ship => {
            may_ship(facts, standing).or(because(open_goods, "Nothing is left to be shipped."))
        }
        Action::Deliver => because(
            facts.shipments.iter().any(|it| it.delivered_at.is_none()),
            "No shipment is on its way.",
        ),
        // What came in is booked, be it late or twice.
        Action::BookPayment => because(
            facts.order.provider == "manual"
                || due::left_uncovered(facts) > 0 && money(facts).remainder > 0,
            "The provider books its payments itself.",
        ),
        Action::RetryPayment => {
            because(facts.order.provider != "manual", "It is not paid over a provider.")
                .or(because(
                    !cancelled && to_authorise(facts, money(facts).owed) > 0,
                    "The order does not wait for a payment.",
                ))
                .or(settled(facts))
        }
        Action::Return => because(
            facts.lines.iter().any(|it| it.goods && it.shipped > announced(facts, it.position)),
            "Nothing was shipped that is not on its way back already.",
        ),
        Action::Replace => because(
            facts.returns.iter().any(may_replace),
            "No exchange and no claim waits for its replacement.",
        ),
        Action::ReceiveReturn => {
            because(facts.returns.iter().any(Return::is_open), "No return is on its way.")
        }
        Action::Refund => {
            because(money(facts).owed > 0, "Nothing is charged that could be credited.")
                .or(settled(facts))
        }
        Action::CorrectPayment
        | Action::RetryCapture
        | Action::RetryVoid
        | Action::RetryRefund
        | Action::RefundOverpayment
        | Action::ConfirmPayout => forbidden_money(action, facts),
        Action::ResendMail | Action::Note => None,
    }
}

/// Whether a return can be replaced: an exchange or a claim that was not called off, before or after it has come back.
pub(super) fn may_replace(it: &Return) -> bool {
    it.kind != "return" && it.cancelled_at.is_none() && !it.is_replaced()
}

/// What concerns money alone: how to bring it where it should be.
fn forbidden_money(action: Action, facts: &Facts) -> Option<&'static str> {
    let because = |holds: bool, reason: &'static str| (!holds).then_some(reason);
    let money = money(facts);
    match action {
        Action::RetryCapture => {
            because(due::to_capture(facts) > 0, "Nothing is left to be taken.").or(settled(facts))
        }
        Action::RetryVoid => {
            because(due::to_void(facts) > 0, "Nothing is left to be let go.").or(settled(facts))
        }
        Action::RetryRefund => {
            because(money.due_back > 0, "Nothing is owed to the customer that is not on its way.")
                .or(settled(facts))
        }
        Action::RefundOverpayment => {
            because(money.overpaid > 0, "Nothing was paid beyond the order.").or(settled(facts))
        }
        Action::ConfirmPayout => because(
            facts.operations.iter().any(|it| it.by_hand && it.is_open()),
            "Nothing is to be transferred to the customer.",
        ),
        _ => because(
            correct::correctable(facts).next().is_some(),
            "Nothing was booked by hand that could be corrected.",
        ),
    }
}

fn settled(facts: &Facts) -> Option<&'static str> {
    has_pending_money(facts).then_some("A payment is still being settled.")
}

/// How many units of a line have come back or are announced to.
pub(super) fn announced(facts: &Facts, position: i64) -> i64 {
    let live = facts.returns.iter().filter(|it| it.cancelled_at.is_none());
    live.flat_map(|it| &it.lines).filter(|it| it.position == position).map(|it| it.quantity).sum()
}

/// On hold it can be edited: the reason for the hold is often what the edit puts right.
fn may_not_edit(facts: &Facts, standing: Standing) -> Option<&'static str> {
    let shipped = facts.lines.iter().any(|it| it.shipped > 0);
    let invoiced = facts.documents.iter().any(|it| it.kind == "invoice");
    match standing.order {
        OrderStatus::Cancelled => Some("The order is cancelled."),
        OrderStatus::Completed => Some("The order is closed."),
        _ if shipped => {
            Some("Something has left already: take it back as a return, or place a new order.")
        }
        // What an invoice says must stay true: credit notes can only take from it.
        _ if invoiced => {
            Some("The order has its invoice: cancel units of it, or place a new order.")
        }
        _ if has_pending_money(facts) => Some("A payment is still being settled."),
        OrderStatus::AwaitingPayment => {
            Some("The order waits for its payment: try it again, or cancel the order.")
        }
        OrderStatus::OnHold | OrderStatus::Open => None,
    }
}

fn may_ship(facts: &Facts, standing: Standing) -> Option<&'static str> {
    if standing.order == OrderStatus::OnHold {
        return Some("The order is on hold.");
    }
    if facts.order.payment_flow.ships_unpaid() {
        return None;
    }
    let money = money(facts);
    let held = money.authorised + money.captured - money.refunded - money.refunding;
    match held {
        held if held >= money.owed => None,
        1.. => Some("Only a part of the payment is authorised or received."),
        _ => Some("The payment is neither authorised nor received."),
    }
}
