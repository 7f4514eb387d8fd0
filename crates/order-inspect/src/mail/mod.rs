//! Mails to customers: what they say, and how they are sent.
//!
//! A template is a struct of texts that writes a [`Content`] in German or English; a [`Mailer`] sends it
//! over SMTP. The same outbox event always becomes the same mail, byte for byte, with the same
//! Message-ID: where a sending is repeated, because nobody knew whether it had worked, mail programs and
//! servers can tell that it is the same.

mod letter;
mod message;
mod money;
mod smtp;
mod templates;

use serde::{Deserialize, Serialize};

pub use self::{
    message::{Attachment, Mail},
    money::{PaymentExpired, PaymentReminder, Transfer},
    smtp::{MailError, Mailer, MailerOptions, UnusableMailer},
    templates::{
        Cancellation, DocumentCopy, Occasion, OrderConfirmation, Parcel, Refund, ReturnAnnounced,
        ReturnReason, ReturnReceived, Shipment,
    },
};
pub use crate::documents::Language;

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The subject.
    pub subject: String,
    /// For programs that show text.
    pub text: String,
    /// For programs that show pages.
    pub html: String,
}

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// The shop's name.
    pub name: String,
    /// How it is best reached: a telephone number, an address.
    pub contact: String,
    /// What business letters must say (§ 35a GmbHG), line by line.
    pub imprint: Vec<String>,
}

/// An article in a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLine {
    /// How many or how much.
    pub quantity: String,
    /// What it is called.
    pub name: String,
    /// Variant and the like.
    pub details: Vec<String>,
    /// What all of it costs, where the mail speaks of money.
    pub total: Option<String>,
}

/// A text of the law at the end of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it is.
    pub title: String,
    /// What it says, with an empty line between paragraphs.
    pub text: Option<String>,
    /// Where it stands on the web.
    pub url: Option<String>,
}

/// An amount below the articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// What it is.
    pub label: String,
    /// How much, with the currency.
    pub amount: String,
}
