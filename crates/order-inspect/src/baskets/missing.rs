//! What has to be done before a basket can be ordered.

use super::{
    basket::Basket,
    show::Shown,
    view::{Missing, MissingKind},
};
use crate::{
    error::Refusal,
    setup::{Channel, Stored},
};

impl Missing {
    fn new(kind: MissingKind, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, pointer: pointer.into(), detail: detail.into() }
    }
}

impl Basket {
    /// What nobody has said yet.
    pub(super) fn unsaid(&self) -> Vec<Missing> {
        let asked = [
            (
                self.lines.is_empty(),
                Missing::new(MissingKind::Lines, "/lines", "The basket is empty."),
            ),
            (
                self.goes_to_email().is_none(),
                Missing::new(MissingKind::Email, "/email", "Say where mails go."),
            ),
            (
                self.billing_address.is_none(),
                Missing::new(
                    MissingKind::BillingAddress,
                    "/billing_address",
                    "Say where the invoice goes.",
                ),
            ),
            (
                self.delivery_method.is_none(),
                Missing::new(
                    MissingKind::DeliveryMethod,
                    "/delivery_method",
                    "Choose a way to deliver.",
                ),
            ),
            (
                self.payment_method.is_none(),
                Missing::new(MissingKind::PaymentMethod, "/payment_method", "Choose a way to pay."),
            ),
        ];
        asked.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, it)| it).collect()
    }
}

impl Shown {
    /// What has to be done before it can be ordered, as far as it can be known now.
    pub(super) fn missing(&self, channel: &Stored<Channel>) -> Vec<Missing> {
        let mut missing = self.basket.unsaid();
        for (at, line) in self.preview.lines.iter().enumerate() {
            if let Err(refusal) = &line.quoted {
                let place = format!("/lines/{at}");
                missing.push(Missing::new(MissingKind::Line, place, &refusal.detail));
            } else if let Some(units) = line.short_of {
                let detail = format!("There are only {units} of “{}”.", line.name);
                let place = format!("/lines/{at}/quantity");
                missing.push(Missing::new(MissingKind::Stock, place, detail));
            }
        }
        missing.extend(self.preview.obstacles.iter().map(obstacle));
        let chosen = self.basket.payment_method.as_ref();
        if chosen.is_some_and(|code| self.setup.payment(&channel.code, code).is_err()) {
            let detail = "This way to pay is not offered any more: choose another one.";
            missing.push(Missing::new(MissingKind::PaymentMethod, "/payment_method", detail));
        }
        missing
    }
}

fn obstacle(refusal: &Refusal) -> Missing {
    let delivery = refusal.fields.iter().any(|it| it.pointer == "/delivery_method");
    let (kind, place) = if delivery {
        (MissingKind::DeliveryMethod, "/delivery_method")
    } else {
        (MissingKind::Total, "/quote")
    };
    Missing::new(kind, place, &refusal.detail)
}
