//! The money of an order as the API shows it.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::facts::{self, Facts};
use crate::moment::Moment;

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentView {
    /// Our reference, which the provider knows it by.
    pub reference: String,
    /// Who moves the money.
    pub provider: String,
    /// The way to pay.
    pub method: String,
    /// What was asked for.
    pub amount: i64,
    /// Where the customer goes on.
    pub redirect_url: Option<String>,
    /// Why it was declined.
    pub declined: Option<String>,
    /// When it was begun.
    pub created_at: Moment,
    /// What was asked of the provider.
    pub operations: Vec<OperationView>,
    /// What moved.
    pub entries: Vec<EntryView>,
}

/// Something that was asked of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperationView {
    /// authorise, capture, void or refund.
    pub kind: String,
    /// How much.
    pub amount: i64,
    /// pending, unknown (the answer was lost and is being looked for), succeeded, declined or failed.
    pub state: String,
    /// Why it did not succeed.
    pub reason: Option<String>,
    /// The number of the transfer that people make, where no provider is asked.
    pub payout_id: Option<i64>,
    /// When it was asked.
    pub created_at: Moment,
}

/// A movement of money.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// authorised, voided, captured, refunded, charged_back or corrected.
    pub kind: String,
    /// How much.
    pub amount: i64,
    /// What names it: at the provider's, or on the bank's statement.
    pub reference: String,
    /// When.
    pub at: Moment,
}

/// What an order no longer charges.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditView {
    /// Its number here.
    pub id: i64,
    /// Why.
    pub reason: String,
    /// How much, tax included.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
    /// When.
    pub created_at: Moment,
    /// Of which lines; position 0 is the delivery.
    pub lines: Vec<CreditLineView>,
}

/// A part of a credit.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditLineView {
    /// The line; 0 is the delivery.
    pub position: i64,
    /// Units given back; 0 for goodwill.
    pub units: i64,
    /// How much, tax included.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
}

/// Payments with what was asked of their providers and what moved.
pub(super) fn payments(facts: &Facts) -> Vec<PaymentView> {
    let view = |it: &facts::Payment| PaymentView {
        reference: it.reference.clone(),
        provider: it.provider.clone(),
        method: it.method.clone(),
        amount: it.amount,
        redirect_url: it.redirect_url.clone(),
        declined: it.declined.clone(),
        created_at: it.created_at,
        operations: facts
            .operations
            .iter()
            .filter(|operation| operation.payment_id == it.id)
            .map(|operation| OperationView {
                kind: operation.kind.clone(),
                amount: operation.amount,
                state: operation.state.clone(),
                reason: operation.reason.clone(),
                payout_id: operation.by_hand.then_some(operation.id),
                created_at: operation.created_at,
            })
            .collect(),
        entries: facts
            .money
            .iter()
            .filter(|entry| entry.payment_id == it.id)
            .map(|entry| EntryView {
                kind: entry.kind.clone(),
                amount: entry.amount,
                reference: entry.reference.clone(),
                at: entry.at,
            })
            .collect(),
    };
    facts.payments.iter().map(view).collect()
}

/// What the order no longer charges.
pub(super) fn credits(facts: &Facts) -> Vec<CreditView> {
    let line = |it: &facts::RefundLine| CreditLineView {
        position: it.position,
        units: it.units,
        amount: it.amount,
        tax: it.tax,
    };
    let view = |it: &facts::RefundRow| CreditView {
        id: it.id,
        reason: it.reason.clone(),
        amount: it.amount,
        tax: it.tax,
        created_at: it.created_at,
        lines: it.lines.iter().map(line).collect(),
    };
    facts.refunds.iter().map(view).collect()
}
