//! What an edit did, as it is kept and shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::facts::{Line, RefundLine};
use crate::{moment::Moment, percent::Percent};

/// What goes and what comes. Amounts are minor units, tax included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delta {
    /// Units that go, services with their goods.
    pub removed: Vec<RemovedUnits>,
    /// Lines that come.
    pub added: Vec<AddedLine>,
}

/// Units that an edit takes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RemovedUnits {
    /// The line.
    pub position: i64,
    /// Stock keeping unit, or the service's code.
    pub sku: String,
    /// Its name when it was ordered.
    pub name: String,
    /// How many of its units.
    pub quantity: i64,
    /// What is no longer charged: the units' frozen shares, as far as they were not credited before.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
}

/// A line that an edit brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddedLine {
    /// Its place in the order.
    pub position: i64,
    /// Stock keeping unit, or the service's code.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// How many units.
    pub quantity: i64,
    /// The price of one, on the order's price basis.
    pub unit_price: i64,
    /// The rate of tax in percent.
    pub tax_rate: Percent,
    /// What is charged for it.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
    /// What was noted; with another price than the list's, the reason for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A version of an order: an edit. Amounts are minor units of the order's currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderVersion {
    /// Its number; 1 is what was ordered.
    #[schema(examples(2))]
    pub version: i64,
    /// What went and what came.
    #[serde(flatten)]
    pub delta: Delta,
    /// What the order charged before, less what was credited, tax included.
    pub total_before: i64,
    /// What it charged then.
    pub total_after: i64,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: Moment,
}

impl RemovedUnits {
    /// Units of a line, with the credit for them.
    pub(super) fn of((line, quantity): &(&Line, i64), credit: &RefundLine) -> Self {
        Self {
            position: line.position,
            sku: line.sku.clone(),
            name: line.name.clone(),
            quantity: *quantity,
            amount: credit.amount,
            tax: credit.tax,
        }
    }
}

impl AddedLine {
    /// A line that comes.
    pub(super) fn of(line: &Line) -> Self {
        Self {
            position: line.position,
            sku: line.sku.clone(),
            name: line.name.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            tax_rate: line.tax_rate,
            amount: line.total,
            tax: line.tax,
            note: line.details.note.clone(),
        }
    }
}
