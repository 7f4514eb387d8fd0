//! How every cent of a basket came about, as sentences.

use crate::{
    language::Language::{self, English, German},
    money::{Currency, Money},
    promotions::Target,
    quote::Quote,
    tax::PriceBasis,
};

/// Lines, delivery, discounts, taxes, and their sum. `names` are those of the lines of the quote, in their order.
pub(super) fn explain(
    quote: &Quote,
    names: &[&str],
    delivery: Option<&str>,
    language: Language,
) -> Vec<String> {
    let currency = quote.currency;
    let money = |amount: i64| Money::new(amount, currency).text(language);
    let mut sentences = Vec::new();
    for (line, name) in quote.lines.iter().zip(names) {
        let (unit, sum) = (money(line.unit_price), money(line.subtotal));
        sentences.push(format!("{name}: {} × {unit} = {sum}.", line.quantity));
    }
    if let Some(delivery) = delivery {
        let fee = money(quote.shipping.subtotal);
        sentences.push(match language {
            German => format!("Versand ({delivery}): {fee}."),
            English => format!("Delivery ({delivery}): {fee}."),
        });
    }
    for step in &quote.promotions.steps {
        let name = name_of(&step.target, names);
        sentences.push(step.sentence(language, currency, name));
    }
    for line in &quote.tax_lines {
        let (rate, tax) = (line.rate.text(language), money(line.tax));
        sentences.push(match (quote.price_basis, language) {
            (PriceBasis::Gross, German) => format!("Darin {rate} Mehrwertsteuer: {tax}."),
            (PriceBasis::Gross, English) => format!("{rate} VAT included: {tax}."),
            (PriceBasis::Net, German) => format!("Zuzüglich {rate} Mehrwertsteuer: {tax}."),
            (PriceBasis::Net, English) => format!("Plus {rate} VAT: {tax}."),
        });
    }
    sentences.push(total(quote.total, currency, language));
    sentences
}

/// The keys of lines are their places, from 1.
fn name_of<'a>(target: &Target, names: &[&'a str]) -> &'a str {
    let Target::Line(key) = target else { return "" };
    let at = key.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
    at.and_then(|at| names.get(at)).copied().unwrap_or_default()
}

fn total(amount: i64, currency: Currency, language: Language) -> String {
    let amount = Money::new(amount, currency).text(language);
    match language {
        German => format!("Zu zahlen: {amount}."),
        English => format!("To be paid: {amount}."),
    }
}
