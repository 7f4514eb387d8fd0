//! What customers are written about their orders.

mod again;
mod money;
mod order;
mod parcel;
mod refund;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

pub(super) use self::again::routes;
use super::facts::{Facts, Line};
use crate::{
    language::Language,
    mail::{self, Content, MailLine, Shop},
    moment::Moment,
    money::Money,
    setup::{Channel, Setup, text_in},
};

/// Asks for a mail once more; no event for other systems.
const REQUESTED: &str = "mail.requested";

/// What customers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MailKind {
    /// “We have your order.”
    OrderConfirmation,
    /// “We have changed your order.”
    OrderChanged,
    /// “Your parcel is on its way.”
    Shipment,
    /// “What you sent back is here.”
    ReturnReceived,
    /// “Your money is on its way back.”
    Refund,
    /// “Your transfer has not arrived yet.”
    PaymentReminder,
    /// “We have given up your order because it was not paid.”
    PaymentExpired,
}

impl MailKind {
    /// The word that the timeline shows.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::OrderConfirmation => "order_confirmation",
            Self::OrderChanged => "order_changed",
            Self::Shipment => "shipment",
            Self::ReturnReceived => "return_received",
            Self::Refund => "refund",
            Self::PaymentReminder => "payment_reminder",
            Self::PaymentExpired => "payment_expired",
        }
    }
}

/// A row of the outbox.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: i64,
    pub(crate) topic: String,
    pub(crate) order_id: Option<i64>,
    pub(crate) payload: Json,
    pub(crate) created_at: Moment,
    pub(crate) attempts: i64,
}

impl Event {
    /// The mail that it leads to.
    pub(crate) fn mail(&self) -> Option<MailKind> {
        match self.topic.as_str() {
            "order.placed" => Some(MailKind::OrderConfirmation),
            "order.edited" => Some(MailKind::OrderChanged),
            "shipment.created" => Some(MailKind::Shipment),
            "return.received" => Some(MailKind::ReturnReceived),
            "refund.created" | "order.cancelled" | "refund.retried" | "payout.made" => {
                Some(MailKind::Refund)
            }
            "payment.reminder" => Some(MailKind::PaymentReminder),
            "payment.expired" => Some(MailKind::PaymentExpired),
            REQUESTED => serde_json::from_value(self.payload["mail"].clone()).ok(),
            _ => None,
        }
    }

    /// Whether the event is about the thing of this number or name, which came about at this moment.
    fn is_about(&self, fields: &[&str], id: i64, number: &str, at: Option<Moment>) -> bool {
        let named = fields.iter().map(|field| &self.payload[*field]).find(|it| !it.is_null());
        match named {
            Some(Json::String(name)) => name == number,
            Some(name) => name.as_i64() == Some(id),
            None => at == Some(self.created_at),
        }
    }
}

/// What becomes of an event.
pub(crate) enum Composed {
    /// A mail.
    Letter(Letter),
    /// Nothing has to be written.
    Nothing,
    /// It is too early to write.
    Later,
}

/// A mail and the documents that go with it.
pub(crate) struct Letter {
    pub(crate) content: Content,
    pub(crate) documents: Vec<i64>,
}

/// Writes the mail of an event from the facts of its order.
pub(crate) fn compose(
    kind: MailKind,
    event: &Event,
    facts: &Facts,
    setup: &Setup,
) -> crate::Result<Composed> {
    let channel = &setup.channel_by_id(facts.order.channel_id)?.value;
    let scene =
        Scene { facts, channel, language: facts.order.locale, method: method(facts, setup) };
    Ok(match kind {
        MailKind::OrderConfirmation => order::confirmation(&scene, event),
        MailKind::OrderChanged => order::changed(&scene, event),
        MailKind::Shipment => parcel::shipment(&scene, event),
        MailKind::ReturnReceived => parcel::return_received(&scene, event),
        MailKind::Refund => refund::refund(&scene, event),
        MailKind::PaymentReminder => money::reminder(&scene),
        MailKind::PaymentExpired => money::expired(&scene),
    })
}

/// What the way to pay is called.
pub(super) fn method(facts: &Facts, setup: &Setup) -> String {
    let order = &facts.order;
    let found = setup.payments.iter().find(|it| it.code == order.payment_method);
    let name = found.and_then(|it| text_in(&it.value.names, order.locale).cloned());
    name.unwrap_or_else(|| order.payment_method.clone())
}

struct Scene<'a> {
    facts: &'a Facts,
    channel: &'a Channel,
    language: Language,
    method: String,
}

impl Scene<'_> {
    fn pick(&self, german: impl Into<String>, english: impl Into<String>) -> String {
        match self.language {
            Language::German => german.into(),
            Language::English => english.into(),
        }
    }

    fn money(&self, amount: i64) -> String {
        Money::new(amount, self.facts.order.currency).text(self.language)
    }

    fn shop(&self) -> Shop {
        let seller = &self.channel.seller;
        let address = seller.address.join(", ");
        let mut imprint = vec![format!("{}, {address}", seller.name)];
        imprint.extend(seller.register.iter().cloned());
        Shop { name: self.channel.name.clone(), contact: seller.email.clone(), imprint }
    }

    fn letter(&self, write: impl FnOnce(mail::Language, &Shop) -> Content) -> Letter {
        let language = super::documents::language(self.language);
        Letter { content: write(language, &self.shop()), documents: Vec::new() }
    }

    fn line(&self, position: i64, quantity: i64, with_price: bool) -> Option<MailLine> {
        let line: &Line = self.facts.line(position).ok()?;
        let details = line.details.options.iter().map(|(name, value)| format!("{name}: {value}"));
        Some(MailLine {
            quantity: quantity.to_string(),
            name: line.name.clone(),
            details: details.collect(),
            total: with_price.then(|| self.money(line.unit_price.saturating_mul(quantity))),
        })
    }
}
