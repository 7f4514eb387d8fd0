//! Money from customers, through whoever handles it.
//!
//! A [`PaymentProvider`] is asked for one thing at a time. Each request carries an idempotency key, so
//! that it can be repeated, and a reference of ours, so that [`PaymentProvider::fetch`] can tell what
//! became of a request whose answer was lost.

mod http;
mod iban;
pub mod protocol;
mod webhook;

use async_trait::async_trait;

pub use self::{
    http::{HttpProvider, HttpProviderOptions, UnusableProvider, is_private},
    iban::plain_iban,
    webhook::{TOLERANCE, WebhookError, WebhookSecret, sign, verify},
};

/// Declares a text with a meaning of its own.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text as it was given.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text! {
    /// What makes a repeated request the same request. The same key with another request is refused.
    IdempotencyKey
}
text! {
    /// Our own name for a payment, a capture, a void or a refund; unique among all of them.
    Reference
}
text! {
    /// The provider's name for a payment.
    PaymentId
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// In minor units of the currency: cents for EUR, yen for JPY.
    pub minor_units: i64,
    /// Three letters of ISO 4217.
    pub currency: String,
}

/// Asks for the promise of an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthoriseRequest {
    /// Makes a repetition harmless.
    pub idempotency_key: IdempotencyKey,
    /// Our name for the payment.
    pub reference: Reference,
    /// How much.
    pub amount: Amount,
    /// How the customer pays, in the words of the provider: `card`, `paypal`.
    pub method: String,
    /// What the provider gave the browser for the customer's card or account.
    pub token: Option<String>,
    /// Where the customer comes back to from a page of the provider.
    pub return_url: Option<String>,
}

/// Asks for a part or all of a payment: to take it or to give it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationRequest {
    /// Makes a repetition harmless.
    pub idempotency_key: IdempotencyKey,
    /// Our name for this capture or refund.
    pub reference: Reference,
    /// Which payment.
    pub payment: PaymentId,
    /// How much of it.
    pub amount: Amount,
}

/// Asks for what is promised and not yet taken to be let go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidRequest {
    /// Makes a repetition harmless.
    pub idempotency_key: IdempotencyKey,
    /// Our name for the void.
    pub reference: Reference,
    /// Which payment.
    pub payment: PaymentId,
}

/// What the provider answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Approved {
        /// The provider's name for what was done: the payment, or the operation.
        id: String,
    },
    /// It was not and will not be done.
    Declined {
        /// The provider's name for it.
        id: String,
        /// The provider's code, for programs.
        code: String,
        /// The provider's reason, for people.
        reason: String,
    },
    /// It is not decided yet; a webhook will tell.
    Pending {
        /// The provider's name for it.
        id: String,
        /// The page of the provider that the customer must see, if any.
        redirect_url: Option<String>,
    },
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The request did not reach the provider, or was turned away before it did anything. It is safe
    /// to repeat.
    #[error("the payment provider was not reached: {0}")]
    NotSent(String),
    /// The request was sent and the answer was lost. [`PaymentProvider::fetch`] tells what became of it;
    /// until then nobody knows.
    #[error("the payment provider's answer was lost: {0}")]
    Unknown(String),
    /// The provider understood and will not do it, and nothing was done. It is useless to repeat.
    #[error("the payment provider refused the request: {message} ({code}, status {status})")]
    Refused {
        /// The status of HTTP, or 0 where the request was not worth sending.
        status: u16,
        /// The provider's code, for programs.
        code: String,
        /// The provider's reason, for people.
        message: String,
    },
}

/// A payment as the provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentState {
    /// The provider's name for it.
    pub id: PaymentId,
    /// Our name for it.
    pub reference: Reference,
    /// What became of the authorisation.
    pub status: protocol::PaymentStatus,
    /// The currency of all amounts.
    pub currency: String,
    /// What is promised, in minor units, before anything was taken or let go.
    pub authorised: i64,
    /// What was taken, in minor units.
    pub captured: i64,
    /// What was given back, in minor units.
    pub refunded: i64,
    /// Everything that was done to it, the oldest first, each with our reference.
    pub operations: Vec<protocol::OperationState>,
    /// The page of the provider that the customer must see, where it is pending.
    pub redirect_url: Option<String>,
    /// Why it was declined.
    pub decline: Option<protocol::Decline>,
}

/// Whoever handles payments.
///
/// # Errors
/// Every method returns [`ProviderError`]; its three kinds say what is safe to do next.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Its name in settings and in the ledger.
    fn name(&self) -> &str;

    /// Has the customer's money promised, without taking it.
    async fn authorise(&self, request: &AuthoriseRequest) -> Result<Outcome, ProviderError>;

    /// Takes a part or all of what is promised.
    async fn capture(&self, request: &OperationRequest) -> Result<Outcome, ProviderError>;

    /// Lets go of what is promised and was not taken.
    async fn void(&self, request: &VoidRequest) -> Result<Outcome, ProviderError>;

    /// Gives back a part or all of what was taken.
    async fn refund(&self, request: &OperationRequest) -> Result<Outcome, ProviderError>;

    /// The payment with our reference; none if the provider never heard of it.
    async fn fetch(&self, reference: &Reference) -> Result<Option<PaymentState>, ProviderError>;
}
