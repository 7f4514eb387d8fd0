//! Mails about money that goes back.

use super::{super::facts::RefundRow, Composed, Event, Scene, money};
use crate::mail;

/// Money that a provider has not given back yet is not announced, and credits that move no money are not either. What
/// people transfer is announced when they have done so.
pub(super) fn refund(scene: &Scene<'_>, event: &Event) -> Composed {
    if let Some(operation) = event.payload["operation_id"].as_i64() {
        return money::given_back(scene, operation);
    }
    let about = |it: &&RefundRow| {
        event.is_about(&["refund_id", "refund", "subject"], it.id, "", Some(it.created_at))
    };
    let mut refunds = scene.facts.refunds.iter().filter(|it| it.operation_id.is_some());
    let Some(it) = refunds.find(about) else { return Composed::Nothing };
    let moved = || {
        let operations = scene.facts.operations.iter();
        operations.filter(|of| of.kind == "refund" && of.created_at == it.created_at)
    };
    if moved().any(|it| it.is_open() && !it.by_hand) {
        return Composed::Later;
    }
    let moved = moved().filter(|it| it.state == "succeeded" && !it.by_hand);
    let amount: i64 = moved.map(|it| it.amount).sum();
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
