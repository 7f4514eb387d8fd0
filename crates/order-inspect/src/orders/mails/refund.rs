//! Mails about money that goes back.

use super::{
    super::facts::{Operation, RefundRow},
    Composed, Event, Scene,
};
use crate::mail;

/// Money that a provider has not given back yet is not announced, and credits that move no money are not either.
pub(super) fn refund(scene: &Scene<'_>, event: &Event) -> Composed {
    let about = |it: &&RefundRow| {
        event.is_about(&["refund_id", "refund", "subject"], it.id, "", Some(it.created_at))
    };
    let mut refunds = scene.facts.refunds.iter().filter(|it| it.operation_id.is_some());
    let Some(it) = refunds.find(about) else { return Composed::Nothing };
    let moved = || {
        let operations = scene.facts.operations.iter();
        operations.filter(|of| of.kind == "refund" && of.created_at == it.created_at)
    };
    if moved().any(Operation::is_open) {
        return Composed::Later;
    }
    let amount: i64 = moved().filter(|of| of.state == "succeeded").map(|of| of.amount).sum();
    if amount == 0 {
        return Composed::Nothing;
    }
    let order = &scene.facts.order;
    let note = scene.facts.documents.iter().find(|document| document.subject_id == Some(it.id));
    let written = mail::Refund {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        amount: scene.money(amount),
        method: scene.method.clone(),
        reason: Some(it.reason.clone()),
        credit_note_number: note.map(|it| it.number.clone()),
        arrival_note: None,
    };
    let mut letter = scene.letter(|language, shop| written.write(language, shop));
    letter.documents = note.map(|it| it.id).into_iter().collect();
    Composed::Letter(letter)
}
