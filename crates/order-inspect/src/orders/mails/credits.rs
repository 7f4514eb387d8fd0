//! What an order no longer charges: cancelled, given back, or owed less. The credit note goes along.

use super::{Composed, Event, REQUESTED, scene::Scene, transfers};
use crate::{
    mail::{Cancellation, Refund},
    orders::{
        cancel::not_paid,
        credit::SHIPPING,
        facts::{Issued, Operation, RefundRow},
        standing::{OrderStatus, money, standing},
    },
    setup::PaymentFlow,
};

/// What became of the money of a credit.
enum Moved {
    /// It is on its way back.
    UnderWay(i64),
    /// People will transfer it, and tell then that they have.
    ByTransfer(i64),
    /// So much of it was given back.
    Back(i64),
    /// A provider refused to give it back.
    Refused,
    /// Nothing had to be given back: the customer owes less.
    Nothing,
}

/// Whoever was never told that their order goes on is not told that it does not.
pub(super) fn cancellation(scene: &Scene<'_>, event: &Event) -> Composed {
    let order = &scene.facts.order;
    let Some(credit) = find(scene, event) else { return Composed::Nothing };
    // Who has not paid in advance is told that by a mail of its own.
    if order.payment_flow == PaymentFlow::Prepayment && credit.reason == not_paid(order.locale) {
        return Composed::Nothing;
    }
    let waited = order.provider != "manual" && order.total > 0 && scene.facts.money.is_empty();
    if waited && !event.confirmed && event.topic != REQUESTED {
        return Composed::Nothing;
    }
    let note = note(scene, credit);
    let units = credit.lines.iter().filter(|it| it.position != SHIPPING);
    let written = Cancellation {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        is_whole: standing(scene.facts).order == OrderStatus::Cancelled,
        lines: scene.units(units.map(|it| (it.position, it.units))),
        reason: Some(credit.reason.clone()),
        money_note: Some(money_note(scene, credit)),
        credit_note_number: note.map(|it| it.number.clone()),
    };
    scene.letter(note.map(|it| it.id), |language, shop| written.write(language, shop))
}

/// Money that a provider has not given back yet is not announced. What people transfer is announced when they have done
/// so; the credit is told of before.
pub(super) fn refund(scene: &Scene<'_>, event: &Event) -> Composed {
    if let Some(operation) = event.payload["operation_id"].as_i64() {
        return transfers::given_back(scene, operation);
    }
    let Some(credit) = find(scene, event).filter(|it| it.amount > 0) else {
        return Composed::Nothing;
    };
    let refunded = match moved(scene, credit) {
        Moved::UnderWay(_) => return Composed::Later,
        Moved::Back(amount) => Some(scene.money(amount)),
        Moved::ByTransfer(_) | Moved::Refused | Moved::Nothing => None,
    };
    let order = &scene.facts.order;
    let note = note(scene, credit);
    let written = Refund {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        credited: scene.money(credit.amount),
        money_note: refunded.is_none().then(|| money_note(scene, credit)),
        refunded,
        method: scene.way_back(),
        reason: Some(credit.reason.clone()),
        credit_note_number: note.map(|it| it.number.clone()),
    };
    scene.letter(note.map(|it| it.id), |language, shop| written.write(language, shop))
}

fn find<'a>(scene: &'a Scene<'_>, event: &Event) -> Option<&'a RefundRow> {
    let fields = ["refund_id", "refund", "subject"];
    let about = |it: &&RefundRow| event.is_about(&fields, it.id, "", Some(it.created_at));
    scene.facts.refunds.iter().find(about)
}

fn note<'a>(scene: &'a Scene<'_>, credit: &RefundRow) -> Option<&'a Issued> {
    let mut notes = scene.facts.documents.iter().filter(|it| it.kind == "credit_note");
    notes.find(|it| it.subject_id == Some(credit.id))
}

fn moved(scene: &Scene<'_>, credit: &RefundRow) -> Moved {
    if credit.operation_id.is_none() {
        return Moved::Nothing;
    }
    let with_it = || {
        let operations = scene.facts.operations.iter();
        operations.filter(|it| it.kind == "refund" && it.created_at == credit.created_at)
    };
    let sum = |operations: &mut dyn Iterator<Item = &Operation>| -> i64 {
        operations.map(|it| it.amount).sum()
    };
    let open = with_it().any(|it| it.is_open() && !it.by_hand);
    let called_off = with_it().all(|it| it.by_hand && it.state == "failed");
    let by_hand = sum(&mut with_it().filter(|it| it.is_open() && it.by_hand));
    match sum(&mut with_it().filter(|it| it.state == "succeeded")) {
        _ if open => Moved::UnderWay(sum(&mut with_it())),
        _ if by_hand > 0 => Moved::ByTransfer(by_hand),
        0 if called_off => Moved::Nothing,
        0 => Moved::Refused,
        back => Moved::Back(back),
    }
}

/// What a credit means for the customer's money, as a sentence.
fn money_note(scene: &Scene<'_>, credit: &RefundRow) -> String {
    let method = scene.way_back();
    match moved(scene, credit) {
        Moved::UnderWay(amount) | Moved::Back(amount) => {
            let amount = scene.money(amount);
            scene.pick(
                format!("{amount} erstatten wir Ihnen auf dem Weg, auf dem Sie bezahlt haben: {method}."),
                format!("We are refunding you {amount} the way you paid: {method}."),
            )
        }
        Moved::ByTransfer(amount) => {
            let amount = scene.money(amount);
            scene.pick(
                format!("{amount} überweisen wir Ihnen in den nächsten Tagen und melden uns dann noch einmal."),
                format!("We will transfer {amount} to you in the next few days, and let you know when we have."),
            )
        }
        Moved::Refused => scene.pick(
            "Die Erstattung hat leider nicht auf Anhieb geklappt. Wir kümmern uns darum und melden uns bei Ihnen.",
            "Unfortunately, the refund did not go through at the first attempt. We are on it and will get back to you.",
        ),
        Moved::Nothing => owed_note(scene),
    }
}

fn owed_note(scene: &Scene<'_>) -> String {
    let left = money(scene.facts).remainder;
    let amount = scene.money(left);
    if left <= 0 {
        return scene
            .pick("Sie müssen nichts mehr bezahlen.", "There is nothing left for you to pay.");
    }
    if scene.facts.order.provider == "manual" {
        return scene.pick(
            format!("Zu bezahlen sind damit noch {amount}."),
            format!("That leaves {amount} to pay."),
        );
    }
    scene.pick(
        format!("Abgebucht werden damit nur noch {amount}."),
        format!("You will only be charged the remaining {amount}."),
    )
}
