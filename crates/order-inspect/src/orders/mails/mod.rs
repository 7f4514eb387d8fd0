//! What customers are written about their orders, and `POST /orders/{number}/mails`.
//!
//! A mail follows from a row of the outbox and from the facts of its order at the moment of sending. A document goes
//! with the mail that tells of what it is about, and can be sent again on its own.

mod credits;
mod goods;
mod papers;
mod placed;
mod resend;
mod scene;
mod transfers;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

pub(super) use self::resend::routes;
use self::scene::Scene;
use super::facts::Facts;
use crate::{mail::Content, moment::Moment, setup::Setup};

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
    /// “Your order, or a part of it, is cancelled.”
    Cancellation,
    /// “Your parcel is on its way.”
    Shipment,
    /// “We know that something comes back.” A withdrawal has to be confirmed at once (§ 356 Abs. 1 Satz 2 BGB).
    ReturnAnnounced,
    /// “What you sent back is here.”
    ReturnReceived,
    /// “Your money is on its way back”, or “you owe less”.
    Refund,
    /// An invoice on its own.
    Invoice,
    /// A credit note on its own.
    CreditNote,
    /// A delivery note on its own.
    DeliveryNote,
    /// “Your transfer has not arrived yet.”
    PaymentReminder,
    /// “We have given up your order because it was not paid.”
    PaymentExpired,
}

impl MailKind {
    /// The word that the timeline shows; for a document, also the one that it is stored under.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::OrderConfirmation => "order_confirmation",
            Self::OrderChanged => "order_changed",
            Self::Cancellation => "cancellation",
            Self::Shipment => "shipment",
            Self::ReturnAnnounced => "return_announced",
            Self::ReturnReceived => "return_received",
            Self::Refund => "refund",
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::DeliveryNote => "delivery_note",
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
    /// Whether the customer was told before that the order goes on.
    pub(crate) confirmed: bool,
}

impl Event {
    /// The mail that it leads to.
    pub(crate) fn mail(&self) -> Option<MailKind> {
        match self.topic.as_str() {
            "order.placed" => Some(MailKind::OrderConfirmation),
            "order.edited" => Some(MailKind::OrderChanged),
            "order.cancelled" => Some(MailKind::Cancellation),
            "shipment.created" => Some(MailKind::Shipment),
            "return.announced" => Some(MailKind::ReturnAnnounced),
            "return.received" => Some(MailKind::ReturnReceived),
            "refund.created" | "refund.retried" | "payout.made" => Some(MailKind::Refund),
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
    let scene = Scene::new(facts, setup)?;
    Ok(match kind {
        MailKind::OrderConfirmation => placed::confirmation(&scene, event),
        MailKind::OrderChanged => placed::changed(&scene, event),
        MailKind::Cancellation => credits::cancellation(&scene, event),
        MailKind::Shipment => goods::shipment(&scene, event),
        MailKind::ReturnAnnounced => goods::return_announced(&scene, event),
        MailKind::ReturnReceived => goods::return_received(&scene, event),
        MailKind::Refund => credits::refund(&scene, event),
        MailKind::Invoice | MailKind::CreditNote | MailKind::DeliveryNote => {
            papers::document(&scene, event, kind)
        }
        MailKind::PaymentReminder => transfers::reminder(&scene),
        MailKind::PaymentExpired => transfers::expired(&scene),
    })
}
