//! “We have your order.”

use super::{Composed, Event, REQUESTED, scene::Scene};
use crate::{
    mail::{OrderConfirmation, Section, Sum},
    orders::standing::{OrderStatus, standing},
    setup::{Bank, LegalText, LegalTexts, PaymentFlow},
    tax::PriceBasis,
};

/// Whoever has not paid yet is not told that their order goes on.
pub(super) fn confirmation(scene: &Scene<'_>, event: &Event) -> Composed {
    let order = &scene.facts.order;
    match standing(scene.facts).order {
        OrderStatus::AwaitingPayment if event.topic != REQUESTED => return Composed::Later,
        OrderStatus::Cancelled if event.topic != REQUESTED => return Composed::Nothing,
        _ => {}
    }
    let lines = scene.facts.lines.iter();
    let written = OrderConfirmation {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        lines: lines.filter_map(|it| scene.line(it.position, it.quantity, true)).collect(),
        sums: sums(scene),
        grand_total: scene.money(order.total),
        payment_note: Some(payment_note(scene)),
        delivery_note: None,
        delivery_address: scene.address(&order.delivery_address),
        order_url: None,
        legal: legal(scene),
    };
    scene.letter(None, |language, shop| written.write(language, shop))
}

fn sums(scene: &Scene<'_>) -> Vec<Sum> {
    let quote = &scene.facts.order.quote;
    let sum = |label: String, amount: i64| Sum { label, amount: scene.money(amount) };
    let mut sums = vec![sum(scene.pick("Zwischensumme", "Subtotal"), quote.subtotal)];
    if quote.discount > 0 {
        sums.push(sum(scene.pick("Rabatt", "Discount"), -quote.discount));
    }
    sums.push(sum(scene.pick("Versand", "Shipping"), quote.shipping.subtotal));
    for tax in &quote.tax_lines {
        let rate = tax.rate.text(scene.language);
        let label = match quote.price_basis {
            PriceBasis::Gross => {
                scene.pick(format!("darin {rate} MwSt."), format!("incl. {rate} VAT"))
            }
            PriceBasis::Net => {
                scene.pick(format!("zzgl. {rate} MwSt."), format!("plus {rate} VAT"))
            }
        };
        sums.push(sum(label, tax.tax));
    }
    sums
}

fn payment_note(scene: &Scene<'_>) -> String {
    let order = &scene.facts.order;
    let (total, number) = (scene.money(order.total), &order.number);
    let bank = scene.channel.seller.bank.as_ref().map(Bank::in_words);
    let (auf, to) = bank.map(|it| (format!(" auf {it}"), format!(" to {it}"))).unzip();
    let (auf, to) = (auf.unwrap_or_default(), to.unwrap_or_default());
    match (order.payment_flow, scene.due_days) {
        (PaymentFlow::Prepayment, _) => scene.pick(
            format!("Bitte überweisen Sie {total}{auf}, Verwendungszweck {number}. Danach geht Ihre Bestellung auf die Reise."),
            format!("Please transfer {total}{to}, reference {number}. Your order leaves as soon as the money is here."),
        ),
        (PaymentFlow::Invoice, Some(days)) => scene.pick(
            format!("Sie bezahlen auf Rechnung: Sie kommt mit Ihrer Ware. Bitte überweisen Sie {total} innerhalb von {days} Tagen nach dem Rechnungsdatum{auf}, Verwendungszweck {number}."),
            format!("You pay on invoice: it comes with your goods. Please transfer {total} within {days} days of the date of the invoice{to}, reference {number}."),
        ),
        (PaymentFlow::Invoice, None) => scene.pick(
            "Sie bezahlen auf Rechnung: Sie kommt mit Ihrer Ware.",
            "You pay on invoice: it comes with your goods.",
        ),
        (PaymentFlow::Authorise | PaymentFlow::Sale, _) => scene.pick(
            format!("Ihre Zahlungsart: {}.", scene.method),
            format!("You pay by: {}.", scene.method),
        ),
    }
}

fn legal(scene: &Scene<'_>) -> Vec<Section> {
    let texts = LegalTexts::in_language(&scene.channel.legal, scene.language);
    let section = |(title, it): (&str, &LegalText)| Section {
        title: title.to_owned(),
        text: it.text.clone(),
        url: it.url.clone(),
    };
    texts.into_iter().map(section).collect()
}
