//! What customers are written about transfers.

use super::{Composed, scene::Scene};
use crate::{
    language::Language,
    mail::{PaymentExpired, PaymentReminder, Refund, Transfer},
    orders::standing::{OrderStatus, awaits_transfer, money, standing},
    setup::Bank,
};

/// What one wish gave back, be it asked of a provider again or transferred by people.
pub(super) fn given_back(scene: &Scene<'_>, operation_id: i64) -> Composed {
    let facts = scene.facts;
    let Some(operation) = facts.operations.iter().find(|it| it.id == operation_id) else {
        return Composed::Nothing;
    };
    if operation.is_open() && !operation.by_hand {
        return Composed::Later;
    }
    if operation.state != "succeeded" {
        return Composed::Nothing;
    }
    let credit = facts.refunds.iter().find(|it| it.operation_id == Some(operation_id));
    let note = credit.and_then(|it| facts.documents.iter().find(|of| of.subject_id == Some(it.id)));
    let (customer, order_number) = (facts.order.name.clone(), facts.order.number.clone());
    let amount = scene.money(operation.amount);
    let reason = credit.map(|it| it.reason.clone());
    let credit_note_number = note.map(|it| it.number.clone());
    let papers = note.map(|it| it.id);
    if operation.by_hand {
        let account = operation.iban.as_ref().and_then(|it| it.get(it.len().saturating_sub(4)..));
        let account = account.map(str::to_owned);
        let written =
            Transfer { customer, order_number, amount, account, reason, credit_note_number };
        return scene.letter(papers, |language, shop| written.write(language, shop));
    }
    let written = Refund {
        customer,
        order_number,
        credited: amount.clone(),
        refunded: Some(amount),
        method: scene.way_back(),
        money_note: None,
        reason,
        credit_note_number,
    };
    scene.letter(papers, |language, shop| written.write(language, shop))
}

/// Whoever has paid by now is not reminded.
pub(super) fn reminder(scene: &Scene<'_>) -> Composed {
    let facts = scene.facts;
    let Some(until) = day(scene).filter(|_| awaits_transfer(facts, standing(facts))) else {
        return Composed::Nothing;
    };
    let written = PaymentReminder {
        customer: facts.order.name.clone(),
        order_number: facts.order.number.clone(),
        amount: scene.money(money(facts).remainder),
        bank: scene.channel.seller.bank.as_ref().map(Bank::in_words),
        until,
    };
    scene.letter(None, |language, shop| written.write(language, shop))
}

/// An order that was given up because it was not paid in advance.
pub(super) fn expired(scene: &Scene<'_>) -> Composed {
    let facts = scene.facts;
    if standing(facts).order != OrderStatus::Cancelled {
        return Composed::Nothing;
    }
    let captured = money(facts).captured;
    let written = PaymentExpired {
        customer: facts.order.name.clone(),
        order_number: facts.order.number.clone(),
        paid: (captured > 0).then(|| scene.money(captured)),
    };
    scene.letter(None, |language, shop| written.write(language, shop))
}

/// Until when an order has to be paid in advance, as a part of a sentence.
pub(super) fn until(scene: &Scene<'_>) -> String {
    let day = day(scene);
    day.map_or_else(String::new, |day| {
        scene.pick(format!(", bis zum {day}"), format!(", by {day}"))
    })
}

/// The last day on which the money may come, where the shop is: it counts as a whole, so that the order ends in the
/// course of the next one.
fn day(scene: &Scene<'_>) -> Option<String> {
    let until = scene.facts.order.held_until?.saturating_add_micros(-86_400_000_000);
    let until = until.timestamp().ok()?;
    let zone = jiff::tz::TimeZone::get(&scene.channel.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let format = match scene.language {
        Language::German => "%d.%m.%Y",
        Language::English => "%-d %B %Y",
    };
    Some(until.to_zoned(zone).strftime(format).to_string())
}
