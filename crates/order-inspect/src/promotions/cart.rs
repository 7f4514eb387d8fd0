//! What is to be bought, as far as prices depend on it.

use std::collections::HashSet;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;
use crate::moment::Moment;
use crate::money::Currency;
use crate::tax::TaxRate;

/// The largest total of a cart in minor units. Below it no sum, tax or share in this crate can overflow.
pub const MAX_TOTAL: i64 = 1_000_000_000_000_000;

/// A cart: its lines, its shipping, and who buys where and when. Amounts are minor units of its currency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cart {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The language in which its promotions are named.
    #[serde(default)]
    pub language: Language,
    /// The key of the channel.
    pub channel: String,
    /// The customer's group, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_group: Option<String>,
    /// Whether the customer has never ordered before.
    #[serde(default)]
    pub is_first_order: bool,
    /// The codes that the customer entered.
    #[serde(default)]
    pub codes: Vec<String>,
    /// The moment for which time windows are decided.
    pub now: Moment,
    /// Goods and services, in the order in which they are shown.
    pub lines: Vec<CartLine>,
    /// The price of shipping before promotions, not negative.
    #[serde(default)]
    pub shipping: i64,
}

/// A line of a cart.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CartLine {
    /// What tells the line from the others of the cart.
    pub key: String,
    /// Goods, or a service that goes with them.
    #[serde(default)]
    pub kind: LineKind,
    /// The variant or the service that is bought.
    pub variant_id: String,
    /// The product of the variant.
    pub product_id: String,
    /// All categories of the product, the ones above included.
    #[serde(default)]
    pub category_ids: Vec<String>,
    /// The brand, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
    /// The number of units.
    #[schema(value_type = u32, minimum = 1)]
    pub quantity: NonZeroU32,
    /// The price of one unit in force, not negative, on the price basis of the channel.
    pub unit_price: i64,
    /// The rate of tax.
    pub tax_rate: TaxRate,
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Something that is delivered.
    #[default]
    Goods,
    /// Assembly, a long-term guarantee, taking away the old appliance.
    Service,
}

/// Why a cart has no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// Nothing is bought.
    #[error("the cart is empty; add a line first")]
    Empty,
    /// Two lines have one key.
    #[error("two lines have the key “{0}”; give each line its own")]
    DuplicateKey(String),
    /// A price below zero.
    #[error("{0} has a price below zero; reductions are promotions or refunds")]
    NegativePrice(String),
    /// More than [`MAX_TOTAL`].
    #[error("the cart is worth more than {MAX_TOTAL} minor units; order in parts")]
    TooLarge,
}

impl Cart {
    /// Checks what every computation on a cart relies on.
    ///
    /// # Errors
    /// [`CartError`], each variant as it says.
    pub fn check(&self) -> Result<(), CartError> {
        if self.lines.is_empty() {
            return Err(CartError::Empty);
        }
        if self.shipping < 0 {
            return Err(CartError::NegativePrice("shipping".to_owned()));
        }
        let mut keys = HashSet::with_capacity(self.lines.len());
        let mut total = i128::from(self.shipping);
        for line in &self.lines {
            if !keys.insert(line.key.as_str()) {
                return Err(CartError::DuplicateKey(line.key.clone()));
            }
            if line.unit_price < 0 {
                return Err(CartError::NegativePrice(format!("line “{}”", line.key)));
            }
            total += i128::from(line.unit_price) * i128::from(line.quantity.get());
        }
        if total > i128::from(MAX_TOTAL) { Err(CartError::TooLarge) } else { Ok(()) }
    }
}

impl CartLine {
    /// Unit price times quantity, before promotions. Exact for every line of a cart that passed [`Cart::check`].
    #[must_use]
    pub fn subtotal(&self) -> i64 {
        self.unit_price.saturating_mul(i64::from(self.quantity.get()))
    }
}
