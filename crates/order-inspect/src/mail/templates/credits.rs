//! What an order no longer charges.

use serde::{Deserialize, Serialize};

use super::{help, letter, order_label, pick};
use crate::mail::{Content, Language, MailLine, Shop, letter::Block};

/// “Your order, or a part of it, is cancelled.”
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// Whether nothing of the order is left.
    pub is_whole: bool,
    /// What will not come.
    pub lines: Vec<MailLine>,
    /// Why.
    pub reason: Option<String>,
    /// What that means for the customer's money, as a sentence.
    pub money_note: Option<String>,
    /// The number of the credit note.
    pub credit_note_number: Option<String>,
}

/// “Your money is on its way back”, or “you owe less”.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// How much less the order costs.
    pub credited: String,
    /// How much was given back; none where nothing had been paid for it.
    pub refunded: Option<String>,
    /// To where: a card, an account.
    pub method: String,
    /// What that means for the customer's money, as a sentence, where nothing was given back.
    pub money_note: Option<String>,
    /// What for.
    pub reason: Option<String>,
    /// The number of the credit note.
    pub credit_note_number: Option<String>,
}

impl Cancellation {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let number = &self.order_number;
        let (subject, opening) = match (language, self.is_whole) {
            (Language::German, true) => (
                format!("Ihre Bestellung {number} ist storniert"),
                "Ihre Bestellung ist storniert. Das hier kommt damit nicht mehr zu Ihnen:",
            ),
            (Language::German, false) => (
                format!("Ein Teil Ihrer Bestellung {number} ist storniert"),
                "wir haben einen Teil Ihrer Bestellung storniert. Der Rest bleibt, wie er ist. Nicht \
                 mehr dabei ist:",
            ),
            (Language::English, true) => (
                format!("Your order {number} has been cancelled"),
                "Your order has been cancelled. This is what will not be coming:",
            ),
            (Language::English, false) => (
                format!("Part of your order {number} has been cancelled"),
                "We have cancelled part of your order. The rest stays as it is. No longer included:",
            ),
        };
        let mut blocks =
            vec![Block::Paragraph(opening.to_owned()), Block::Lines(self.lines.clone())];
        blocks.extend(self.money_note.iter().cloned().map(Block::Paragraph));
        let (reason, note) = (&self.reason, &self.credit_note_number);
        blocks.push(Block::Facts(facts(language, number, reason.as_ref(), note.as_ref())));
        blocks.push(help(language, shop));
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}

impl Refund {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let (subject, opening) = match &self.refunded {
            Some(amount) => self.given_back(language, amount),
            None => self.owed_less(language),
        };
        let (reason, note) = (&self.reason, &self.credit_note_number);
        let facts = facts(language, &self.order_number, reason.as_ref(), note.as_ref());
        let mut blocks = vec![Block::Paragraph(opening)];
        blocks.extend(self.money_note.iter().cloned().map(Block::Paragraph));
        blocks.push(Block::Facts(facts));
        blocks.push(help(language, shop));
        letter(language, subject, &self.customer, blocks).write(shop)
    }

    fn given_back(&self, language: Language, amount: &str) -> (String, String) {
        let method = &self.method;
        match language {
            Language::German => (
                format!("Wir haben Ihnen {amount} erstattet"),
                format!(
                    "wir haben Ihnen soeben {amount} erstattet. Das Geld geht denselben Weg \
                     zurück, auf dem Sie bezahlt haben: {method}."
                ),
            ),
            Language::English => (
                format!("We have refunded you {amount}"),
                format!(
                    "We have just refunded you {amount}. The money goes back the way it came: \
                     {method}."
                ),
            ),
        }
    }

    fn owed_less(&self, language: Language) -> (String, String) {
        let amount = &self.credited;
        match language {
            Language::German => (
                format!("Wir haben Ihnen {amount} gutgeschrieben"),
                format!(
                    "Ihre Bestellung kostet {amount} weniger: So viel haben wir Ihnen gutgeschrieben."
                ),
            ),
            Language::English => (
                format!("We have credited you {amount}"),
                format!("Your order costs {amount} less: that is what we have credited you."),
            ),
        }
    }
}

fn facts(
    language: Language,
    order: &str,
    reason: Option<&String>,
    credit_note: Option<&String>,
) -> Vec<(&'static str, String)> {
    let mut facts = vec![(order_label(language), order.to_owned())];
    facts.extend(reason.map(|it| (pick(language, "Grund", "Reason"), it.clone())));
    let attached = pick(language, "Rechnungskorrektur (im Anhang)", "Credit note (attached)");
    facts.extend(credit_note.map(|it| (attached, it.clone())));
    facts
}
