//! A document on its own.

use serde::{Deserialize, Serialize};

use super::{help, letter, order_label};
use crate::{
    documents::DocumentKind,
    mail::{Content, Language, Shop, letter::Block},
};

/// “Here is your invoice.”
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCopy {
    /// How the customer is called.
    pub customer: String,
    /// The order's number.
    pub order_number: String,
    /// What is attached.
    pub kind: DocumentKind,
    /// The document's number.
    pub number: String,
    /// Its day, as the language writes it.
    pub date: String,
}

impl DocumentCopy {
    /// The mail in one language.
    pub fn write(&self, language: Language, shop: &Shop) -> Content {
        let (number, date) = (&self.number, &self.date);
        let title = self.kind.title(language);
        let (subject, opening) = match language {
            Language::German => {
                // Rechnung, Rechnungskorrektur and Stornorechnung are feminine; Lieferschein is masculine.
                let your = if self.kind == DocumentKind::DeliveryNote { "Ihren" } else { "Ihre" };
                let subject = format!("{title} {number}");
                (subject, format!("anbei finden Sie {your} {title} {number} vom {date} als PDF."))
            }
            Language::English => (
                format!("{title} {number}"),
                format!(
                    "Please find attached your {} {number} of {date} as a PDF.",
                    title.to_lowercase()
                ),
            ),
        };
        let facts = vec![(order_label(language), self.order_number.clone())];
        let blocks = vec![Block::Paragraph(opening), Block::Facts(facts), help(language, shop)];
        letter(language, subject, &self.customer, blocks).write(shop)
    }
}
