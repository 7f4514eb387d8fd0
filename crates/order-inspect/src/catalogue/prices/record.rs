//! Prices as they are written and read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    catalogue::words::{Code, CurrencyCode, Sku},
    db::{DbError, Row},
    moment::Moment,
    pricing::{PriceInterval, PriceKind},
};

/// A price from one moment on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceInput {
    /// In which shop.
    pub channel: Code,
    /// In which currency.
    pub currency: CurrencyCode,
    /// For one piece, in minor units, with or without tax as the shop's prices are.
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64, examples(12_900))]
    pub amount: i64,
    /// Ordinary price or announced reduction.
    #[serde(default = "regular")]
    pub kind: PriceKind,
    /// The manufacturer's recommended price, in minor units.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    pub list_amount: Option<i64>,
    /// The only group of customers that gets it; everybody if there is none.
    #[serde(default)]
    pub customer_group: Option<Code>,
    /// From which quantity of one line on it holds.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000, default = 1)]
    pub min_quantity: u32,
    /// From when on it holds; from now on if there is none. Never in the past.
    #[serde(default)]
    pub valid_from: Option<Moment>,
    /// Until when it holds. The open price that it interrupts goes on afterwards.
    #[serde(default)]
    pub valid_until: Option<Moment>,
}

const fn regular() -> PriceKind {
    PriceKind::Regular
}

const fn one() -> u32 {
    1
}

impl PriceInput {
    /// The name of its kind, as it is stored.
    pub(super) const fn kind_name(&self) -> &'static str {
        match self.kind {
            PriceKind::Regular => "regular",
            PriceKind::Sale => "sale",
        }
    }
}

/// A price of a variant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceChange {
    /// Whose price.
    pub sku: Sku,
    /// The price.
    #[serde(flatten)]
    pub price: PriceInput,
}

/// A price as it is stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PriceRecord {
    /// Its number.
    pub id: i64,
    /// Whose price.
    pub sku: Sku,
    /// In which shop.
    pub channel: String,
    /// In which currency.
    pub currency: CurrencyCode,
    /// The price and its time.
    #[serde(flatten)]
    pub interval: PriceInterval,
    /// When it was decided.
    pub created_at: Moment,
    /// By whom.
    pub created_by: String,
}

/// The interval that a row of `price` is.
pub(crate) fn interval_of(row: &Row) -> Result<PriceInterval, DbError> {
    Ok(PriceInterval {
        kind: row.word("kind")?,
        amount: row.get("amount")?,
        list_price: row.get("list_amount")?,
        from: row.get("valid_from")?,
        until: row.get("valid_until")?,
        customer_group: row.get("customer_group")?,
        min_quantity: row.get("min_quantity")?,
    })
}
