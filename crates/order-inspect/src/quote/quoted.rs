//! The amounts that an order freezes. All are minor units of the currency of the quote.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::{Currency, UnitShares};
use crate::promotions::{Evaluation, LineKind, Step};
use crate::tax::{PriceBasis, TaxLine, TaxRate};

/// A cart with its price. `total` is what is paid; the totals of lines and shipping add up to it, and the tax lines
/// to its tax.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The currency of all amounts.
    pub currency: Currency,
    /// Whether unit prices, subtotals and discounts include the tax.
    pub price_basis: PriceBasis,
    /// The lines, in the order of the cart.
    pub lines: Vec<QuotedLine>,
    /// Shipping.
    pub shipping: QuotedShipping,
    /// What is charged at each rate, shipping included; the highest rate first.
    pub tax_lines: Vec<TaxLine>,
    /// The lines before discounts, without shipping, on the price basis.
    pub subtotal: i64,
    /// All discounts on lines and shipping, on the price basis.
    pub discount: i64,
    /// All without tax.
    pub net: i64,
    /// All tax.
    pub tax: i64,
    /// What is paid, tax included.
    pub total: i64,
    /// Every discount with its reason, and why other promotions gave nothing.
    pub promotions: Evaluation,
}

/// A line with its price.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct QuotedLine {
    /// The key of the line in the cart.
    pub key: String,
    /// Goods or a service.
    pub kind: LineKind,
    /// The variant or the service.
    pub variant_id: String,
    /// The number of units.
    #[schema(value_type = u32, minimum = 1)]
    pub quantity: NonZeroU32,
    /// The price of one unit, on the price basis.
    pub unit_price: i64,
    /// Unit price times quantity, on the price basis.
    pub subtotal: i64,
    /// What each promotion takes off, on the price basis.
    pub discounts: Vec<AppliedDiscount>,
    /// The rate of tax.
    pub tax_rate: TaxRate,
    /// What is paid for the line without tax.
    pub net: i64,
    /// The line's part of the tax of the order.
    pub tax: i64,
    /// What is paid for the line, tax included.
    pub total: i64,
    /// `total` by units: what giving back a unit pays out.
    pub unit_totals: UnitShares,
}

/// What one promotion takes off one line or shipping.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct AppliedDiscount {
    /// The key of the promotion.
    pub promotion: String,
    /// Its name at that time.
    pub name: String,
    /// The code that was entered for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Minor units, above zero.
    pub amount: i64,
}

/// Shipping with its price.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct QuotedShipping {
    /// The price before discounts, on the price basis.
    pub subtotal: i64,
    /// What each promotion takes off, on the price basis.
    pub discounts: Vec<AppliedDiscount>,
    /// The parts by rate of tax, the highest rate first; none when shipping costs nothing.
    pub parts: Vec<TaxLine>,
    /// What is paid without tax.
    pub net: i64,
    /// Shipping's part of the tax of the order.
    pub tax: i64,
    /// What is paid, tax included.
    pub total: i64,
}

impl Quote {
    /// Adds what another quote on the same terms charges, such as that of lines that come to an order. Nothing that was
    /// there changes: each amount is the sum of both, and the tax of each rate is not worked out anew. The other one
    /// charges nothing for shipping.
    pub fn extend(&mut self, other: Self) {
        debug_assert_eq!(
            (self.currency, self.price_basis, 0),
            (other.currency, other.price_basis, other.shipping.total),
            "quotes on the same terms, and one shipping"
        );
        self.lines.extend(other.lines);
        for added in other.tax_lines {
            match self.tax_lines.iter_mut().find(|it| it.rate == added.rate) {
                Some(line) => {
                    line.net += added.net;
                    line.tax += added.tax;
                    line.gross += added.gross;
                }
                None => self.tax_lines.push(added),
            }
        }
        self.tax_lines.sort_by_key(|it| std::cmp::Reverse(it.rate));
        self.subtotal += other.subtotal;
        self.discount += other.discount;
        self.net += other.net;
        self.tax += other.tax;
        self.total += other.total;
        self.promotions.steps.extend(other.promotions.steps);
    }
}

impl From<&Step> for AppliedDiscount {
    fn from(step: &Step) -> Self {
        Self {
            promotion: step.promotion.clone(),
            name: step.name.clone(),
            code: step.code.clone(),
            amount: step.amount,
        }
    }
}
