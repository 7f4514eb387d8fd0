//! When what is billed was delivered, in words.
//!
//! An invoice states the time of the delivery, also where it is the day of the invoice (§ 14 Abs. 4 Nr. 6 UStG). Goods
//! that are sent are delivered when their transport begins (§ 3 Abs. 6 Satz 1 UStG, UStAE 14.5 Abs. 16), and each part
//! of what was delivered on several days has its own. An invoice over what has not been delivered has to say so
//! (UStAE 14.8 Abs. 4), with the day on which money came in for it, where that is known and not the day of the invoice.

use jiff::civil::Date;

use super::model::{Delivery, Document, DocumentKind, Language};

impl Document {
    /// The day of the delivery, where all of it was on one.
    pub(super) fn only_delivery(&self) -> Option<Date> {
        match self.deliveries.as_slice() {
            [only] => only.date,
            _ => None,
        }
    }

    /// What an invoice says of the time of its deliveries, beyond one day for all of them.
    pub(super) fn time_of_supply(&self) -> Vec<String> {
        if self.kind != DocumentKind::Invoice || self.only_delivery().is_some() {
            return Vec::new();
        }
        let is_advance = self.deliveries.iter().all(|it| it.date.is_none());
        let mut sentences: Vec<String> = if is_advance {
            vec![self.language.advance().to_owned()]
        } else {
            self.deliveries.iter().map(|it| it.sentence(self.language)).collect()
        };
        sentences.extend(self.paid_on.map(|day| self.language.received(day)));
        sentences
    }
}

impl Delivery {
    /// `Lieferdatum 14.11.2026: Pos. 1 (2), Pos. 3 (1).`
    fn sentence(&self, language: Language) -> String {
        let item = language.words().position;
        let line = |it: &super::DeliveredLine| format!("{item} {} ({})", it.position, it.quantity);
        let lines = self.lines.iter().map(line).collect::<Vec<_>>().join(", ");
        match (self.date, language) {
            (Some(day), _) => {
                format!("{} {}: {lines}.", language.words().delivery_date, language.date(day))
            }
            (None, Language::German) => format!(
                "Noch nicht geliefert: {lines}. Das Lieferdatum steht auf dem Lieferschein."
            ),
            (None, Language::English) => {
                format!("Not delivered yet: {lines}. The delivery note states the delivery date.")
            }
        }
    }
}

impl Language {
    /// Nothing has left yet.
    fn advance(self) -> &'static str {
        match self {
            Self::German => {
                "Rechnung vor Lieferung: Die Ware ist noch nicht geliefert. Das Lieferdatum steht auf dem Lieferschein."
            }
            Self::English => {
                "Invoice in advance of delivery: the goods have not been delivered yet. The delivery note states the \
                 delivery date."
            }
        }
    }

    /// When money came in for what is still to be delivered.
    fn received(self, day: Date) -> String {
        let day = self.date(day);
        match self {
            Self::German => format!("Ihre Zahlung haben wir am {day} erhalten."),
            Self::English => format!("We received your payment on {day}."),
        }
    }
}
