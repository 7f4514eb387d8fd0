//! What customers are written, in German and English.

use serde::{Deserialize, Serialize};

use super::{
    Content, Language, MailLine, Shop, Sum,
    letter::{Block, Letter},
};

/// “We have your order.” It carries what a durable medium must carry (§ 312f BGB) in `notes`.
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
    /// Terms and right of withdrawal, each a paragraph.
    pub notes: Vec<String>,
}

/// “Your parcel is on its way.”
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// What was sent.
    pub lines: Vec<MailLine>,
    /// In which parcels.
    pub parcels: Vec<Parcel>,
    /// Whether more of the order will follow.
    pub more_follows: bool,
    /// When it arrives, as a sentence.
    pub delivery_note: Option<String>,
    /// Where it goes, line by line.
    pub delivery_address: Vec<String>,
}

/// A parcel that can be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    pub tracking_number: String,
    /// Where it can be followed.
    pub tracking_url: Option<String>,
}

/// “What you sent back is here.”
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnReceived {
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// The return's number.
    pub return_number: String,
    /// What came back.
    pub lines: Vec<MailLine>,
    /// What was announced and did not come back.
    pub missing: Vec<MailLine>,
    /// What happens next, as a sentence.
    pub next_step: Option<String>,
}

/// “Your money is on its way back.”
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// How much.
    pub amount: String,
    /// To where: a card, an account.
    pub method: String,
    /// What for.
    pub reason: Option<String>,
    /// The number of the credit note.
    pub credit_note_number: Option<String>,
    /// When it arrives, as a sentence.
    pub arrival_note: Option<String>,
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
        blocks.extend(self.notes.iter().cloned().map(Block::Note));
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}

impl Shipment {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let number = &self.order_number;
        let (subject, opening) = match (language, self.more_follows) {
            (Language::German, false) => (
                format!("Ihre Bestellung {number} ist unterwegs"),
                "gute Nachrichten: Wir haben Ihre Bestellung sorgfältig verpackt und auf den Weg \
                 gebracht. In dieser Sendung sind:",
            ),
            (Language::German, true) => (
                format!("Ein Teil Ihrer Bestellung {number} ist unterwegs"),
                "gute Nachrichten: Ein Teil Ihrer Bestellung ist schon auf dem Weg zu Ihnen. Der \
                 Rest folgt, sobald er bereit ist. In dieser Sendung sind:",
            ),
            (Language::English, false) => (
                format!("Your order {number} is on its way"),
                "Good news: we have packed your order with care and sent it off. This shipment \
                 contains:",
            ),
            (Language::English, true) => (
                format!("A part of your order {number} is on its way"),
                "Good news: a part of your order is on its way to you already. The rest follows as \
                 soon as it is ready. This shipment contains:",
            ),
        };
        let mut blocks =
            vec![Block::Paragraph(opening.to_owned()), Block::Lines(self.lines.clone())];
        blocks.extend(self.delivery_note.iter().cloned().map(Block::Paragraph));
        for parcel in &self.parcels {
            let label = pick(language, "Sendungsnummer", "Tracking number");
            let value = format!("{} ({})", parcel.tracking_number, parcel.carrier);
            blocks.push(Block::Facts(vec![(label, value)]));
            blocks.extend(parcel.tracking_url.iter().map(|url| Block::Link {
                label: pick(language, "Sendung verfolgen", "Track this parcel").to_owned(),
                url: url.clone(),
            }));
        }
        blocks.extend(address(language, &self.delivery_address));
        blocks.push(help(language, shop));
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}

impl ReturnReceived {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let number = &self.return_number;
        let (subject, opening) = match language {
            Language::German => (
                format!("Ihre Rücksendung {number} ist angekommen"),
                "Ihre Rücksendung ist wohlbehalten bei uns eingetroffen – danke, dass Sie sich die \
                 Mühe gemacht haben. Das haben wir ausgepackt:",
            ),
            Language::English => (
                format!("Your return {number} has arrived"),
                "Your return has reached us safely – thank you for taking the trouble. This is what \
                 we unpacked:",
            ),
        };
        let mut blocks =
            vec![Block::Paragraph(opening.to_owned()), Block::Lines(self.lines.clone())];
        if !self.missing.is_empty() {
            let missing = pick(
                language,
                "Angekündigt war noch mehr. Das hier lag nicht im Paket:",
                "You had announced more than that. This was not in the parcel:",
            );
            let advice = pick(
                language,
                "Ist es schon unterwegs oder behalten Sie es? Eine kurze Antwort genügt, dann wissen \
                 wir Bescheid.",
                "Is it on its way already, or are you keeping it? Just drop us a line, so that we know.",
            );
            blocks.push(Block::Paragraph(missing.to_owned()));
            blocks.push(Block::Lines(self.missing.clone()));
            blocks.push(Block::Paragraph(advice.to_owned()));
        }
        blocks.push(Block::Facts(vec![(order_label(language), self.order_number.clone())]));
        blocks.extend(self.next_step.iter().cloned().map(Block::Paragraph));
        blocks.push(help(language, shop));
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}

impl Refund {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let (amount, method) = (&self.amount, &self.method);
        let (subject, opening) = match language {
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
        };
        let mut facts = vec![(order_label(language), self.order_number.clone())];
        let reason =
            self.reason.iter().map(|reason| (pick(language, "Grund", "Reason"), reason.clone()));
        facts.extend(reason);
        let note = pick(language, "Rechnungskorrektur", "Credit note");
        facts.extend(self.credit_note_number.iter().map(|number| (note, number.clone())));
        let mut blocks = vec![Block::Paragraph(opening), Block::Facts(facts)];
        blocks.extend(self.arrival_note.iter().cloned().map(Block::Paragraph));
        blocks.push(help(language, shop));
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}

fn letter(language: Language, subject: String, customer: &str, blocks: Vec<Block>) -> Letter {
    let greeting = match language {
        Language::German => format!("Guten Tag {customer},"),
        Language::English => format!("Hello {customer},"),
    };
    let closing = pick(language, "Herzliche Grüße", "Kind regards,");
    Letter { language, subject, greeting, blocks, closing }
}

fn address(language: Language, lines: &[String]) -> Option<Block> {
    let label = pick(language, "Lieferadresse", "Delivery address");
    (!lines.is_empty()).then(|| Block::Address { label, lines: lines.to_vec() })
}

fn help(language: Language, shop: &Shop) -> Block {
    let contact = &shop.contact;
    Block::Paragraph(match language {
        Language::German => format!(
            "Haben Sie Fragen? Antworten Sie einfach auf diese E-Mail oder melden Sie sich: {contact}."
        ),
        Language::English => {
            format!("Any questions? Just reply to this e-mail or get in touch: {contact}.")
        }
    })
}

fn order_label(language: Language) -> &'static str {
    pick(language, "Bestellung", "Order")
}

fn pick(language: Language, german: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::German => german,
        Language::English => english,
    }
}
