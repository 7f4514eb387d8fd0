//! “We have your order.”

use serde::{Deserialize, Serialize};

use super::{address, help, letter, pick};
use crate::mail::{Content, Language, MailLine, Section, Shop, Sum, letter::Block};

/// “We have your order.” It carries what a durable medium must carry (§ 312f BGB) in `legal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderConfirmation {
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
    /// When it arrives, as a sentence.
    pub delivery_note: Option<String>,
    /// Where it goes, line by line.
    pub delivery_address: Vec<String>,
    /// Where the customer sees the order.
    pub order_url: Option<String>,
    /// Right of withdrawal, terms and privacy.
    pub legal: Vec<Section>,
}

impl OrderConfirmation {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let number = &self.order_number;
        let (subject, thanks, total) = match language {
            Language::German => (
                format!("Vielen Dank für Ihre Bestellung {number}"),
                "schön, dass Sie bei uns bestellt haben! Ihre Bestellung ist angekommen, und wir machen \
                 uns gleich an die Arbeit. Das haben Sie ausgesucht:",
                "Gesamtbetrag",
            ),
            Language::English => (
                format!("Thank you for your order {number}"),
                "How nice that you chose us! Your order has arrived safely, and we are getting to work \
                 on it right away. This is what you picked:",
                "Total amount",
            ),
        };
        let mut sums = self.sums.clone();
        sums.push(Sum { label: total.to_owned(), amount: self.grand_total.clone() });
        let mut blocks = vec![
            Block::Paragraph(thanks.to_owned()),
            Block::Lines(self.lines.clone()),
            Block::Sums(sums),
        ];
        blocks.extend(
            self.payment_note.iter().chain(&self.delivery_note).cloned().map(Block::Paragraph),
        );
        blocks.extend(address(language, &self.delivery_address));
        blocks.extend(self.order_url.iter().map(|url| Block::Link {
            label: pick(language, "Bestellung ansehen", "View your order").to_owned(),
            url: url.clone(),
        }));
        blocks.push(help(language, shop));
        blocks.extend(self.legal.iter().cloned().map(Block::Section));
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}
