//! What customers are written, in German and English.

mod credits;
mod goods;
mod papers;
mod placed;

pub use self::{
    credits::{Cancellation, Refund},
    goods::{Parcel, ReturnAnnounced, ReturnReason, ReturnReceived, Shipment},
    papers::DocumentCopy,
    placed::{Occasion, OrderConfirmation},
};
use super::{
    Language, Shop,
    letter::{Block, Letter},
};

pub(super) fn letter(
    language: Language,
    subject: String,
    customer: &str,
    blocks: Vec<Block>,
) -> Letter {
    let greeting = match language {
        Language::German => format!("Guten Tag {customer},"),
        Language::English => format!("Hello {customer},"),
    };
    let closing = pick(language, "Herzliche Grüße", "Kind regards,");
    Letter { language, subject, greeting, blocks, closing }
}

pub(super) fn address(language: Language, lines: &[String]) -> Option<Block> {
    let label = pick(language, "Lieferadresse", "Delivery address");
    (!lines.is_empty()).then(|| Block::Address { label, lines: lines.to_vec() })
}

pub(super) fn help(language: Language, shop: &Shop) -> Block {
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

pub(super) fn order_label(language: Language) -> &'static str {
    pick(language, "Bestellung", "Order")
}

pub(super) fn pick(
    language: Language,
    german: &'static str,
    english: &'static str,
) -> &'static str {
    match language {
        Language::German => german,
        Language::English => english,
    }
}
