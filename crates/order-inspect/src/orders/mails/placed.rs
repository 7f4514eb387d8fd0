//! What is in an order: when it was placed, and when it was edited.

use super::{Composed, Event, REQUESTED, scene::Scene, transfers};
use crate::{
    mail::{Occasion, OrderConfirmation, Section, Sum},
    orders::{
        credit::{self, SHIPPING},
        documents::tax_lines,
        facts::{Facts, Payment, RefundLine, Replaces},
        operations::to_authorise,
        standing::{OrderStatus, money, standing},
    },
    setup::{Bank, LegalText, LegalTexts, PaymentFlow},
    tax::PriceBasis,
};

/// Whoever has not paid yet is not told that their order goes on.
pub(super) fn confirmation(scene: &Scene<'_>, event: &Event) -> Composed {
    match standing(scene.facts).order {
        OrderStatus::AwaitingPayment if event.topic != REQUESTED => return Composed::Later,
        OrderStatus::Cancelled if event.topic != REQUESTED => return Composed::Nothing,
        _ => {}
    }
    let occasion = match scene.facts.replaces.clone() {
        None => Occasion::Placed,
        Some(Replaces { order, return_number }) => Occasion::Replaces { order, return_number },
    };
    write(scene, occasion, payment_note(scene))
}

/// What the order is after an edit. Of two edits that follow each other closely the last one is told, once it is known
/// whether what it costs more was authorised.
pub(super) fn changed(scene: &Scene<'_>, event: &Event) -> Composed {
    let facts = scene.facts;
    let mut note = payment_note(scene);
    if event.topic != REQUESTED {
        let is_over = event.payload["version"].as_i64() != Some(facts.order.version);
        if is_over || standing(facts).order == OrderStatus::Cancelled {
            return Composed::Nothing;
        }
        let authorises = facts.operations.iter().any(|it| it.kind == "authorise" && it.is_open());
        if authorises && waiting(facts).is_none() {
            return Composed::Later;
        }
        let refund = event.payload["refund"].as_i64().unwrap_or(0);
        if refund > 0 {
            let amount = scene.money(refund);
            note = scene
                .pick(format!("Sie bekommen {amount} zurück."), format!("You get {amount} back."));
        }
    }
    write(scene, Occasion::Changed, note)
}

/// What the order contains and charges now.
fn write(scene: &Scene<'_>, occasion: Occasion, payment_note: String) -> Composed {
    let order = &scene.facts.order;
    let left = credit::left(scene.facts);
    let goods = left.iter().filter(|it| it.position != SHIPPING && it.units > 0);
    let written = OrderConfirmation {
        legal: legal(scene, &occasion),
        occasion,
        customer: order.name.clone(),
        order_number: order.number.clone(),
        lines: goods.filter_map(|it| scene.line(it.position, it.units, true)).collect(),
        sums: sums(scene, &left),
        grand_total: scene.money(money(scene.facts).owed),
        payment_note: Some(payment_note),
        payment_url: waiting(scene.facts).and_then(|it| it.redirect_url.clone()),
        delivery_address: scene.address(&order.delivery_address),
    };
    scene.letter(None, |language, shop| written.write(language, shop))
}

/// Lines before discounts, discounts, delivery and taxes, of what has not been credited.
fn sums(scene: &Scene<'_>, left: &[RefundLine]) -> Vec<Sum> {
    let quote = &scene.facts.order.quote;
    let basis = |it: &RefundLine| match quote.price_basis {
        PriceBasis::Gross => it.amount,
        PriceBasis::Net => it.amount - it.tax,
    };
    let (delivery, lines): (Vec<_>, Vec<_>) = left.iter().partition(|it| it.position == SHIPPING);
    let price = |it: &&RefundLine| {
        let line = scene.facts.line(it.position).ok()?;
        Some(line.unit_price.saturating_mul(it.units))
    };
    let subtotal: i64 = lines.iter().filter_map(price).sum();
    let shipping: i64 = delivery.into_iter().map(basis).sum();
    // A delivery of which something was credited is shown as what is left of it.
    let is_whole = credit::shipping_left(scene.facts) == quote.shipping.total;
    let taken_off = if is_whole { quote.shipping.subtotal - shipping } else { 0 };
    let discount = subtotal - lines.into_iter().map(basis).sum::<i64>() + taken_off;
    let sum = |label: String, amount: i64| Sum { label, amount: scene.money(amount) };
    let mut sums = vec![sum(scene.pick("Zwischensumme", "Subtotal"), subtotal)];
    if discount > 0 {
        sums.push(sum(scene.pick("Rabatt", "Discount"), -discount));
    }
    sums.push(sum(scene.pick("Versand", "Shipping"), shipping + taken_off));
    for tax in tax_lines(left) {
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

/// A payment that its customer has to go on with.
fn waiting(facts: &Facts) -> Option<&Payment> {
    facts.payments.iter().rev().find(|it| it.redirect_url.is_some())
}

fn payment_note(scene: &Scene<'_>) -> String {
    let (order, money) = (&scene.facts.order, money(scene.facts));
    let number = &order.number;
    if money.owed == 0 {
        return scene.pick("Sie müssen nichts bezahlen.", "There is nothing for you to pay.");
    }
    let bank = scene.channel.seller.bank.as_ref().map(Bank::in_words);
    let (auf, to) = bank.map(|it| (format!(" auf {it}"), format!(" to {it}"))).unzip();
    let (auf, to) = (auf.unwrap_or_default(), to.unwrap_or_default());
    match order.payment_flow {
        PaymentFlow::Prepayment if money.remainder <= 0 => scene.pick(
            "Ihre Zahlung ist schon bei uns: Sie müssen nichts weiter tun.",
            "We have your payment already: there is nothing more to do.",
        ),
        PaymentFlow::Prepayment => {
            let (missing, until) = (scene.money(money.remainder), transfers::until(scene));
            scene.pick(
                format!("Bitte überweisen Sie {missing}{auf}, Verwendungszweck {number}{until}. Danach geht Ihre Bestellung auf die Reise."),
                format!("Please transfer {missing}{to}, reference {number}{until}. Your order leaves as soon as the money is here."),
            )
        }
        PaymentFlow::Invoice => match scene.due_days {
            Some(days) => {
                let missing = scene.money(money.remainder);
                scene.pick(
                    format!("Sie bezahlen auf Rechnung: Sie kommt mit Ihrer Ware. Bitte überweisen Sie {missing} innerhalb von {days} Tagen nach dem Rechnungsdatum{auf}, Verwendungszweck {number}."),
                    format!("You pay on invoice: it comes with your goods. Please transfer {missing} within {days} days of the date of the invoice{to}, reference {number}."),
                )
            }
            None => scene.pick(
                "Sie bezahlen auf Rechnung: Sie kommt mit Ihrer Ware.",
                "You pay on invoice: it comes with your goods.",
            ),
        },
        PaymentFlow::Authorise | PaymentFlow::Sale => {
            provided(scene, to_authorise(scene.facts, money.owed))
        }
    }
}

/// What is said of a payment over a provider, of which so much is missing.
fn provided(scene: &Scene<'_>, missing: i64) -> String {
    let (method, amount) = (&scene.method, scene.money(missing));
    let asked = scene.facts.operations.iter().any(|it| it.kind == "authorise" && it.is_open());
    match (missing, waiting(scene.facts)) {
        (1.., Some(_)) => scene.pick(
            format!("Es fehlen noch {amount}. Bitte geben Sie die Zahlung frei, dann geht es weiter."),
            format!("{amount} is still open. Please confirm the payment, and we will go on."),
        ),
        (1.., None) if !asked => scene.pick(
            format!("Es fehlen noch {amount}: Die Zahlung hat leider nicht geklappt. Wir melden uns bei Ihnen."),
            format!("{amount} is still open: the payment did not work, unfortunately. We will get in touch."),
        ),
        _ => scene.pick(
            format!("Ihre Zahlungsart: {method}."),
            format!("You pay by: {method}."),
        ),
    }
}

/// What the law wants on a durable medium goes with the order, and not again with each edit of it.
fn legal(scene: &Scene<'_>, occasion: &Occasion) -> Vec<Section> {
    if *occasion != Occasion::Placed {
        return Vec::new();
    }
    let texts = LegalTexts::in_language(&scene.channel.legal, scene.language);
    let section = |(title, it): (&str, &LegalText)| Section {
        title: title.to_owned(),
        text: it.text.clone(),
        url: it.url.clone(),
    };
    texts.into_iter().map(section).collect()
}
