//! What has to be done before a basket can be ordered.

use super::{
    basket::Basket,
    show::Shown,
    view::{Missing, MissingKind},
};
use crate::{
    error::Refusal,
    language::Language,
    setup::{Channel, Stored},
};

impl Missing {
    /// `details` says what to do in German and in English.
    fn new<T: Into<String>>(
        kind: MissingKind,
        pointer: impl Into<String>,
        language: Language,
        details: [T; 2],
    ) -> Self {
        let [german, english] = details;
        let detail = match language {
            Language::German => german.into(),
            Language::English => english.into(),
        };
        Self { kind, pointer: pointer.into(), detail }
    }
}

impl Basket {
    /// What nobody has said yet.
    pub(super) fn unsaid(&self) -> Vec<Missing> {
        let asked = [
            (
                self.lines.is_empty(),
                MissingKind::Lines,
                "/lines",
                ["Der Warenkorb ist leer.", "The basket is empty."],
            ),
            (
                self.goes_to_email().is_none(),
                MissingKind::Email,
                "/email",
                ["Geben Sie an, wohin E-Mails gehen.", "Say where mails go."],
            ),
            (
                self.billing_address.is_none(),
                MissingKind::BillingAddress,
                "/billing_address",
                ["Geben Sie an, wohin die Rechnung geht.", "Say where the invoice goes."],
            ),
            (
                self.delivery_method.is_none(),
                MissingKind::DeliveryMethod,
                "/delivery_method",
                ["Wählen Sie eine Versandart.", "Choose a way to deliver."],
            ),
            (
                self.payment_method.is_none(),
                MissingKind::PaymentMethod,
                "/payment_method",
                ["Wählen Sie eine Zahlungsart.", "Choose a way to pay."],
            ),
        ];
        let missing = asked.into_iter().filter(|(is_missing, ..)| *is_missing);
        missing.map(|(_, kind, at, details)| Missing::new(kind, at, self.locale, details)).collect()
    }
}

impl Shown {
    /// What has to be done before it can be ordered, as far as it can be known now.
    pub(super) fn missing(&self, channel: &Stored<Channel>) -> Vec<Missing> {
        let language = self.basket.locale;
        let mut missing = self.basket.unsaid();
        for (at, line) in self.preview.lines.iter().enumerate() {
            if let Err(refusal) = &line.quoted {
                let details = unbuyable(refusal, &line.name);
                let place = format!("/lines/{at}");
                missing.push(Missing::new(MissingKind::Line, place, language, details));
            } else if let Some(units) = line.short_of {
                let details = [
                    format!("Von „{}“ sind nur noch {units} da.", line.name),
                    format!("There are only {units} of “{}”.", line.name),
                ];
                let place = format!("/lines/{at}/quantity");
                missing.push(Missing::new(MissingKind::Stock, place, language, details));
            }
        }
        missing.extend(self.preview.obstacles.iter().map(|it| obstacle(it, language)));
        let chosen = self.basket.payment_method.as_ref();
        if chosen.is_some_and(|code| self.setup.payment(&channel.code, code).is_err()) {
            let details = [
                "Diese Zahlungsart gibt es nicht mehr: Wählen Sie eine andere.",
                "This way to pay is not offered any more: choose another one.",
            ];
            let kind = MissingKind::PaymentMethod;
            missing.push(Missing::new(kind, "/payment_method", language, details));
        }
        missing
    }
}

/// Why a line cannot be bought; in English as the order would be refused.
fn unbuyable(refusal: &Refusal, name: &str) -> [String; 2] {
    let of_service = refusal.fields.iter().any(|it| it.pointer.starts_with("/services"));
    let german = if of_service {
        format!("Eine Leistung zu „{name}“ gibt es hier nicht mehr: Nehmen Sie sie heraus.")
    } else {
        format!("„{name}“ gibt es hier gerade nicht: Nehmen Sie es aus dem Warenkorb.")
    };
    [german, refusal.detail.clone()]
}

fn obstacle(refusal: &Refusal, language: Language) -> Missing {
    let delivery = refusal.fields.iter().any(|it| it.pointer == "/delivery_method");
    let (kind, place, german) = if delivery {
        let german = "Diese Versandart passt nicht zu Ihrer Adresse: Wählen Sie eine andere.";
        (MissingKind::DeliveryMethod, "/delivery_method", german)
    } else {
        (MissingKind::Total, "/quote", "Der Warenkorb kostet mehr, als eine Bestellung darf.")
    };
    Missing::new(kind, place, language, [german, refusal.detail.as_str()])
}
