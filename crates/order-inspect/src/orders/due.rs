//! What is due in money and not under way: what can be asked for again, and what somebody has to look at.
//!
//! A provider that declines or refuses is not asked again by itself: nothing has changed by asking. What it left undone
//! stays due, is shown, and can be asked for again by name. What merely was not answered is asked for again by the
//! cashier, later and later.

use super::{
    facts::{Facts, Line},
    operations::{Held, held},
    ship::earned,
    standing::{has_pending_money, money, sum},
};
use crate::setup::PaymentFlow;

/// What has been earned and not been captured, as far as it is authorised: goods that left, or all of an order that is
/// paid at once. Before anything has left, a part of what is paid at once is not taken: the rest may never come.
pub(crate) fn to_capture(facts: &Facts) -> i64 {
    let shipped = facts.lines.iter().any(|it| it.shipped > 0);
    let held = held(facts);
    let captured = sum(held.iter().map(|it| it.captured));
    let authorised = sum(held.iter().map(|it| it.authorised));
    let earned = match facts.order.payment_flow {
        PaymentFlow::Authorise if shipped => earned(facts),
        PaymentFlow::Sale => match money(facts).owed {
            owed if !shipped && authorised.saturating_add(captured) < owed => return 0,
            owed => owed,
        },
        _ => return 0,
    };
    earned.saturating_sub(captured).clamp(0, authorised)
}

/// What is authorised although the order will never need it: nothing of it is left to be shipped.
pub(crate) fn to_void(facts: &Facts) -> i64 {
    if facts.lines.iter().any(|it: &Line| it.open() > 0) {
        return 0;
    }
    let mut needed = to_capture(facts);
    let mut beyond = 0_i64;
    for Held { authorised, .. } in held(facts) {
        if needed <= 0 {
            beyond = beyond.saturating_add(authorised);
        }
        needed = needed.saturating_sub(authorised);
    }
    beyond
}

/// What goods cost that have left, and that nothing covers any more: the bank has taken its money back, or the
/// authorisation has lapsed. Whoever pays after the goods have arrived owes it by agreement, and is not meant.
pub(crate) fn left_uncovered(facts: &Facts) -> i64 {
    let money = money(facts);
    let shipped = facts.lines.iter().any(|it| it.shipped > 0);
    let over_provider =
        matches!(facts.order.payment_flow, PaymentFlow::Authorise | PaymentFlow::Sale);
    if !over_provider || !(shipped || money.charged_back > 0) || has_pending_money(facts) {
        return 0;
    }
    let earned = if shipped { earned(facts) } else { money.owed };
    let kept = money.captured.saturating_sub(money.refunded);
    earned.saturating_sub(kept).saturating_sub(money.authorised).max(0)
}

/// Why somebody has to look at an order: its money is not where it should be, and nothing is under way to bring it
/// there. It is `payment` or nothing.
pub(crate) fn attention(facts: &Facts) -> Option<&'static str> {
    let stuck = to_capture(facts) > 0 || to_void(facts) > 0 || left_uncovered(facts) > 0;
    (stuck || money(facts).due_back > 0).then_some("payment")
}
