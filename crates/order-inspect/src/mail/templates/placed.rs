//! What is in an order: “we have it”, “we have changed it”, “this replaces it”.

use serde::{Deserialize, Serialize};

use super::{address, help, letter, pick};
use crate::mail::{Content, Language, MailLine, Section, Shop, Sum, letter::Block};

/// Why customers are told what is in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Occasion {
    /// They have ordered it.
    Placed,
    /// It was edited.
    Changed,
    /// It replaces goods of another order that come back.
    Replaces {
        /// The number of that order.
        order: String,
        /// The number of the return.
        return_number: String,
    },
}

/// “We have your order”, “we have changed it”, “this replaces it”. It carries what a durable medium must carry (§ 312f
/// BGB) in `legal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderConfirmation {
    /// Why it is written.
    pub occasion: Occasion,
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// What was ordered.
    pub lines: Vec<MailLine>,
    /// Subtotal, discounts, shipping, tax.
    pub sums: Vec<Sum>,
    /// What is paid, with tax.
    pub grand_total: String,
    /// How it is or will be paid, as a sentence.
    pub payment_note: Option<String>,
    /// Where the customer goes on with the payment.
    pub payment_url: Option<String>,
    /// Where it goes, line by line.
    pub delivery_address: Vec<String>,
    /// Right of withdrawal, terms and privacy.
    pub legal: Vec<Section>,
}

impl OrderConfirmation {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let (subject, opening) = self.opening(language);
        let mut sums = self.sums.clone();
        let total = pick(language, "Gesamtbetrag", "Total amount").to_owned();
        sums.push(Sum { label: total, amount: self.grand_total.clone() });
        let mut blocks =
            vec![Block::Paragraph(opening), Block::Lines(self.lines.clone()), Block::Sums(sums)];
        blocks.extend(self.payment_note.iter().cloned().map(Block::Paragraph));
        blocks.extend(self.payment_url.iter().map(|url| Block::Link {
            label: pick(language, "Zahlung freigeben", "Confirm the payment").to_owned(),
            url: url.clone(),
        }));
        blocks.extend(address(language, &self.delivery_address));
        blocks.push(help(language, shop));
        blocks.extend(self.legal.iter().cloned().map(Block::Section));
        letter(language, subject, &self.customer, blocks).write(shop)
    }

    /// The subject and the first paragraph.
    fn opening(&self, language: Language) -> (String, String) {
        let number = &self.order_number;
        let (subject, opening) = match (language, &self.occasion) {
            (Language::German, Occasion::Placed) => (
                format!("Vielen Dank für Ihre Bestellung {number}"),
                "schön, dass Sie bei uns bestellt haben! Ihre Bestellung ist angekommen, und wir machen \
                 uns gleich an die Arbeit. Das haben Sie ausgesucht:",
            ),
            (Language::English, Occasion::Placed) => (
                format!("Thank you for your order {number}"),
                "How nice that you chose us! Your order has arrived safely, and we are getting to work \
                 on it right away. This is what you picked:",
            ),
            (Language::German, Occasion::Changed) => (
                format!("Ihre Bestellung {number} wurde geändert"),
                "wir haben Ihre Bestellung geändert. So sieht sie jetzt aus:",
            ),
            (Language::English, Occasion::Changed) => (
                format!("Your order {number} has been changed"),
                "We have changed your order. This is what it looks like now:",
            ),
            (Language::German, Occasion::Replaces { order, return_number }) => {
                let opening = format!(
                    "wir schicken Ihnen Ersatz für das, was Sie mit der Rücksendung {return_number} an \
                     uns zurückgeben. Sie bekommen:"
                );
                return (format!("Ersatz zu Ihrer Bestellung {order}"), opening);
            }
            (Language::English, Occasion::Replaces { order, return_number }) => {
                let opening = format!(
                    "We are sending you a replacement for what you return to us with {return_number}. \
                     You will get:"
                );
                return (format!("A replacement for your order {order}"), opening);
            }
        };
        (subject, opening.to_owned())
    }
}
