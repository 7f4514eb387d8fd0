//! The messages between the shop and a payment provider: JSON over HTTP.
//!
//! | Request | Body | Answer |
//! |---|---|---|
//! | `POST /payments` | [`NewPayment`] | [`Answer`] |
//! | `POST /payments/{id}/captures` | [`NewOperation`] | [`Answer`] |
//! | `POST /payments/{id}/refunds` | [`NewOperation`] | [`Answer`] |
//! | `POST /payments/{id}/voids` | [`NewVoid`] | [`Answer`] |
//! | `GET /payments?reference=…` | | [`Payments`] |
//!
//! Each request has `Authorization: Bearer …`; each `POST` has an `Idempotency-Key`. A repeated key gets
//! the first answer again; a repeated key with another body gets status 422. A decline is an answer with
//! status 200; errors have a status from 400 on and an [`ErrorBody`].
//!
//! The provider tells of events by `POST` of an [`Event`] to the shop, with the header `Signature`, see
//! [`super::verify`]. An event may come twice, late, or in another order.
//!
//! Amounts are in minor units of the currency, which is written in three letters of ISO 4217.

use serde::{Deserialize, Serialize};

/// Asks for a payment to be authorised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPayment {
    /// The shop's name for the payment; a second payment with the same one is refused.
    pub reference: String,
    /// How much.
    pub amount: i64,
    /// In which currency.
    pub currency: String,
    /// How the customer pays.
    pub method: String,
    /// What the provider gave the browser for the customer's card or account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Where the customer comes back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
}

/// Asks for a capture or a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOperation {
    /// The shop's name for the operation.
    pub reference: String,
    /// How much.
    pub amount: i64,
    /// In which currency: that of the payment.
    pub currency: String,
}

/// Asks for a void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewVoid {
    /// The shop's name for the operation.
    pub reference: String,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The provider's name for the payment or the operation.
    pub id: String,
    /// Whether it is done.
    pub status: AnswerStatus,
    /// The page that the customer must see, where it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Why not, where it was declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline: Option<Decline>,
}

/// Whether a request is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStatus {
    /// Done.
    Approved,
    /// Not done.
    Declined,
    /// Not decided yet.
    Pending,
}

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    /// For programs: `insufficient_funds`.
    pub code: String,
    /// For people.
    pub reason: String,
}

/// The body of an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// For programs: `amount_too_large`.
    pub code: String,
    /// For people.
    pub message: String,
}

/// The payments with a reference: one or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payments {
    /// The payments.
    pub payments: Vec<Payment>,
}

/// A payment as the provider knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The provider's name for it.
    pub id: String,
    /// The shop's name for it.
    pub reference: String,
    /// What became of the authorisation.
    pub status: PaymentStatus,
    /// The currency of all amounts.
    pub currency: String,
    /// What was promised.
    pub authorised: i64,
    /// What was taken.
    pub captured: i64,
    /// What was given back.
    pub refunded: i64,
    /// Everything that was done to it, the oldest first.
    pub operations: Vec<OperationState>,
    /// The page that the customer must see, where it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Why it was declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline: Option<Decline>,
}

/// What became of an authorisation. What was taken and given back is told by the amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Not decided yet.
    Pending,
    /// Promised.
    Authorised,
    /// Refused by the customer's bank.
    Declined,
    /// Let go; what was taken before stays taken.
    Voided,
}

/// A capture, void or refund as the provider knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationState {
    /// The provider's name for it.
    pub id: String,
    /// The shop's name for it.
    pub reference: String,
    /// What it is.
    pub kind: OperationKind,
    /// How much; for a void, what was let go.
    pub amount: i64,
}

/// What was done to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Money was taken.
    Capture,
    /// A promise was let go.
    Void,
    /// Money was given back.
    Refund,
    /// The customer's bank took money back.
    Chargeback,
}

/// Something that happened to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The same for each delivery of the same event: what was seen before is to be ignored.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// The provider's name for the payment.
    pub payment_id: String,
    /// The shop's name for the payment.
    pub payment_reference: String,
    /// The shop's name for the operation; none for an authorisation and a chargeback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// How much; of an authorisation, how much of the payment is authorised in all.
    pub amount: i64,
    /// In which currency.
    pub currency: String,
    /// Why, where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline: Option<Decline>,
    /// When it happened, in seconds since 1970.
    pub occurred_at: i64,
}

/// What happened to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Promised.
    Authorised,
    /// Taken.
    Captured,
    /// Given back.
    Refunded,
    /// Let go.
    Voided,
    /// Declined after it was pending.
    Failed,
    /// Taken back by the customer's bank.
    Chargeback,
}
