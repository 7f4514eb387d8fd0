//! Prices as intervals of time: which one is in force, what it is per unit of content, and which one the law wants
//! to be shown beside a reduction.
//!
//! An interval is never overwritten: a new price ends the old interval and begins its own. So every question about
//! the past has one answer, and the lowest price before a reduction can be computed when it is asked for.

mod interval;
mod lowest_prior;
#[cfg(test)]
mod lowest_prior_tests;
mod unit_price;

pub use interval::{Audience, PriceInForce, PriceInterval, PriceKind, next_change, price_in_force};
pub use lowest_prior::{Reduction, reduction_in_force};
pub use unit_price::{BaseUnit, Content, ContentUnit, UnitPrice, UnitPriceError, unit_price};
