//! Goods on their way, and back.

use serde::{Deserialize, Serialize};

use super::{address, help, letter, order_label, pick};
use crate::mail::{Content, Language, MailLine, Shop, letter::Block};

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

/// “We know that something comes back.”
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnAnnounced {
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// The return's number.
    pub return_number: String,
    /// Why it comes back.
    pub reason: ReturnReason,
    /// When it was registered: day and time, as the language writes them.
    pub registered_at: String,
    /// What comes back.
    pub lines: Vec<MailLine>,
    /// The carrier's number of the label.
    pub label_number: Option<String>,
}

/// Why something comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// The customer does not want it.
    Withdrawal,
    /// The customer wants something else instead.
    Exchange,
    /// Something is wrong with it.
    Claim,
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

impl ReturnAnnounced {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let (subject, opening) = self.opening(language);
        let advice = match language {
            Language::German => {
                "Bitte schicken Sie alles innerhalb von vierzehn Tagen zurück und legen Sie die \
                 Nummer der Rücksendung bei. Sobald das Paket hier ist, melden wir uns bei Ihnen."
            }
            Language::English => {
                "Please send everything back within fourteen days and enclose the number of the \
                 return. We will let you know as soon as the parcel is here."
            }
        };
        let return_label = pick(language, "Rücksendung", "Return");
        let mut facts = vec![
            (return_label, self.return_number.clone()),
            (order_label(language), self.order_number.clone()),
        ];
        let label = pick(language, "Rücksendeetikett", "Return label");
        facts.extend(self.label_number.iter().map(|number| (label, number.clone())));
        let blocks = vec![
            Block::Paragraph(opening),
            Block::Lines(self.lines.clone()),
            Block::Paragraph(advice.to_owned()),
            Block::Facts(facts),
            help(language, shop),
        ];
        letter(language, subject, &self.customer, blocks).write(shop)
    }

    fn opening(&self, language: Language) -> (String, String) {
        let (number, at) = (&self.return_number, &self.registered_at);
        match (language, self.reason) {
            (Language::German, ReturnReason::Withdrawal) => (
                format!("Ihr Widerruf ist eingegangen: Rücksendung {number}"),
                format!(
                    "hiermit bestätigen wir: Ihr Widerruf ist am {at} Uhr bei uns eingegangen. Er betrifft:"
                ),
            ),
            (Language::German, ReturnReason::Exchange) => (
                format!("Ihr Umtausch ist angemeldet: Rücksendung {number}"),
                format!(
                    "Ihr Wunsch nach einem Umtausch ist am {at} Uhr bei uns eingegangen. Er betrifft:"
                ),
            ),
            (Language::German, ReturnReason::Claim) => (
                format!("Ihre Reklamation ist eingegangen: Rücksendung {number}"),
                format!(
                    "es tut uns leid, dass etwas nicht in Ordnung war. Ihre Reklamation ist am {at} Uhr bei uns eingegangen. Sie betrifft:"
                ),
            ),
            (Language::English, ReturnReason::Withdrawal) => (
                format!("We have received your withdrawal: return {number}"),
                format!("We hereby confirm that we received your withdrawal on {at}. It concerns:"),
            ),
            (Language::English, ReturnReason::Exchange) => (
                format!("Your exchange is registered: return {number}"),
                format!("We received your request for an exchange on {at}. It concerns:"),
            ),
            (Language::English, ReturnReason::Claim) => (
                format!("We have received your complaint: return {number}"),
                format!(
                    "We are sorry that something was wrong. We received your complaint on {at}. It concerns:"
                ),
            ),
        }
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
        blocks.push(help(language, shop));
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}
