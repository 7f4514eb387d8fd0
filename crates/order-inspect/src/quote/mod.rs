//! The price of a cart to the last minor unit, and giving parts of it back.
//!
//! A [`Quote`] is what an order freezes: the amounts, the discounts with their explanation, the tax, and for each
//! line the share of every unit. Nothing is computed again later: a refund is a sum of frozen shares, and its tax
//! follows from the rates that were charged, so today's promotions, prices and rates cannot reach an old order.

mod compute;
mod credit_tax;
#[cfg(test)]
mod credit_tax_tests;
#[cfg(test)]
mod quote_tests;
mod quoted;
mod refund;
#[cfg(test)]
mod refund_tests;

pub use compute::{ShippingTax, Terms, quote};
pub use credit_tax::{Taxed, credit_taxes};
pub use quoted::{AppliedDiscount, Quote, QuotedLine, QuotedShipping};
pub use refund::{
    Refund, RefundError, Refunded, ShippingRefund, refund_amount, refund_shipping, refund_units,
};
