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

#[cfg(test)]
mod tests {
    use super::explain;
    use crate::{
        language::Language,
        promotions::samples::{cart, promotion},
        quote::{ShippingTax, Terms, quote},
        tax::PriceBasis,
    };

    fn sentences(price_basis: PriceBasis, language: Language) -> Vec<String> {
        let mut cart = cart(&[(2, 1999), (1, 500)]);
        for (line, key) in cart.lines.iter_mut().zip(1..) {
            line.key = key.to_string();
        }
        let promotion = promotion("ten", r#"{"percent": {"percent": "10", "on": "lines"}}"#);
        let terms = Terms { price_basis, shipping_tax: ShippingTax::Proportional };
        let quote = quote(&cart, terms, &[promotion], &Default::default()).unwrap();
        let sentences = explain(&quote, &["Lamp", "Bulb"], Some("Parcel"), language);
        sentences.into_iter().map(|it| it.replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn every_cent_has_a_sentence_in_english() {
        insta::assert_snapshot!(sentences(PriceBasis::Gross, Language::English).join("\n"), @"
        Lamp: 2 × €19.99 = €39.98.
        Bulb: 1 × €5.00 = €5.00.
        Delivery (Parcel): €4.90.
        Lamp: -€4.00, “TEN”: its part of 10% of €44.98.
        Bulb: -€0.50, “TEN”: its part of 10% of €44.98.
        19% VAT included: €7.25.
        To be paid: €45.38.
        ");
    }

    #[test]
    fn every_cent_has_a_sentence_in_german_and_without_tax() {
        insta::assert_snapshot!(sentences(PriceBasis::Net, Language::German).join("\n"), @"
        Lamp: 2 × 19,99 € = 39,98 €.
        Bulb: 1 × 5,00 € = 5,00 €.
        Versand (Parcel): 4,90 €.
        Lamp: -4,00 €, „TEN“: Anteil an 10 % von 44,98 €.
        Bulb: -0,50 €, „TEN“: Anteil an 10 % von 44,98 €.
        Zuzüglich 19 % Mehrwertsteuer: 8,62 €.
        Zu zahlen: 54,00 €.
        ");
    }
}
