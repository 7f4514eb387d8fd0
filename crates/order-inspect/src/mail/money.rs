//! What customers are written about transfers: to them, and those that they owe.

use serde::{Deserialize, Serialize};

use super::{
    Content, Language, Shop,
    letter::Block,
    templates::{help, letter, order_label, pick},
};

/// “We have transferred you your money.”
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// How much.
    pub amount: String,
    /// The last digits of the account, if the customer has named one.
    pub account: Option<String>,
    /// What for.
    pub reason: Option<String>,
    /// The number of the credit note.
    pub credit_note_number: Option<String>,
}

/// “Your transfer has not arrived yet.”
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReminder {
    /// How the customer is called.
    pub customer: String,
    /// The order's number, which is what the transfer is for.
    pub order_number: String,
    /// How much is missing.
    pub amount: String,
    /// The shop's account.
    pub bank: Option<String>,
    /// The last day on which it may come.
    pub until: String,
}

/// “We have given up your order because it was not paid.”
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentExpired {
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// What had come and is transferred back.
    pub paid: Option<String>,
}

impl Transfer {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let amount = &self.amount;
        let (subject, opening) = match (language, &self.account) {
            (Language::German, account) => {
                let account = account.as_ref().map_or_else(
                    || "auf das Konto, von dem Ihre Zahlung kam".to_owned(),
                    |digits| format!("auf Ihr Konto mit den Endziffern {digits}"),
                );
                (
                    format!("Wir haben Ihnen {amount} überwiesen"),
                    format!(
                        "wir haben Ihnen {amount} überwiesen, und zwar {account}. Meist ist das Geld \
                         nach ein bis zwei Bankarbeitstagen da."
                    ),
                )
            }
            (Language::English, account) => {
                let account = account.as_ref().map_or_else(
                    || "to the account that your payment came from".to_owned(),
                    |digits| format!("to your account ending in {digits}"),
                );
                (
                    format!("We have transferred you {amount}"),
                    format!(
                        "We have transferred {amount} {account}. It usually takes one or two bank \
                         working days to arrive."
                    ),
                )
            }
        };
        let mut facts = vec![(order_label(language), self.order_number.clone())];
        let reason = pick(language, "Grund", "Reason");
        facts.extend(self.reason.iter().map(|it| (reason, it.clone())));
        let note = pick(language, "Rechnungskorrektur", "Credit note");
        facts.extend(self.credit_note_number.iter().map(|number| (note, number.clone())));
        let blocks = vec![Block::Paragraph(opening), Block::Facts(facts), help(language, shop)];
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}

impl PaymentReminder {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let Self { order_number: number, amount, until, .. } = self;
        let (subject, opening, closing) = match language {
            Language::German => (
                format!("Ihre Bestellung {number}: Wir warten noch auf Ihre Überweisung"),
                "Ihre Bestellung liegt für Sie bereit, nur Ihre Überweisung ist noch nicht bei uns \
                 angekommen. Vielleicht ist sie im Alltag untergegangen? Hier noch einmal alles, was \
                 Sie brauchen:",
                format!(
                    "Bitte überweisen Sie so, dass das Geld bis zum {until} bei uns ist. Danach geben \
                     wir die Ware wieder frei. Falls Sie schon überwiesen haben: vielen Dank, dann hat \
                     sich unsere E-Mail mit Ihrer Zahlung überschnitten."
                ),
            ),
            Language::English => (
                format!("Your order {number}: we are still waiting for your transfer"),
                "Your order is waiting for you, only your transfer has not reached us yet. Perhaps it \
                 slipped your mind? Here is everything you need once more:",
                format!(
                    "Please transfer the money so that it reaches us by {until}. After that we release \
                     the goods again. If you have paid already: thank you, our mails have crossed."
                ),
            ),
        };
        let mut facts = vec![(pick(language, "Betrag", "Amount"), amount.clone())];
        facts.extend(self.bank.clone().map(|it| (pick(language, "Konto", "Account"), it)));
        facts.push((pick(language, "Verwendungszweck", "Reference"), number.clone()));
        let blocks = vec![
            Block::Paragraph(opening.to_owned()),
            Block::Facts(facts),
            Block::Paragraph(closing),
            help(language, shop),
        ];
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}

impl PaymentExpired {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let number = &self.order_number;
        let (subject, opening) = match language {
            Language::German => (
                format!("Ihre Bestellung {number} wurde storniert"),
                "leider ist Ihre Überweisung nicht rechtzeitig bei uns angekommen. Wir haben Ihre \
                 Bestellung deshalb storniert und die Ware wieder freigegeben. Es entstehen Ihnen \
                 keine Kosten.",
            ),
            Language::English => (
                format!("Your order {number} was cancelled"),
                "Unfortunately your transfer did not reach us in time. We have therefore cancelled \
                 your order and released the goods. There is nothing to pay.",
            ),
        };
        let mut blocks = vec![Block::Paragraph(opening.to_owned())];
        blocks.extend(self.paid.iter().map(|paid| {
            Block::Paragraph(match language {
                Language::German => {
                    format!("Die {paid}, die schon da waren, überweisen wir Ihnen zurück.")
                }
                Language::English => {
                    format!("We are transferring the {paid} that had arrived back to you.")
                }
            })
        }));
        let again = pick(
            language,
            "Möchten Sie die Sachen doch noch haben? Bestellen Sie einfach noch einmal, wir freuen uns.",
            "Would you still like to have them? Simply order again, we would be glad.",
        );
        blocks.push(Block::Paragraph(again.to_owned()));
        blocks.push(help(language, shop));
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}
