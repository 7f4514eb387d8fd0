//! Amounts of money in minor units, their notation, and splitting them without losing a unit.
//!
//! # Rounding
//! Every rounding of this crate is commercial: to the nearest minor unit, half away from zero
//! ([`divide_rounded`]; DIN 1333, and what German tax offices and cash registers use). Rounding happens once,
//! on a sum; the parts are then cut from the rounded sum by largest remainder ([`allocate`]) or in equal shares
//! ([`UnitShares`]), so that they add up to it exactly.

mod allocate;
mod amount;
mod currency;
mod notation;
mod rounding;
mod shares;

pub use allocate::allocate;
pub use amount::{Money, MoneyError};
pub use currency::{Currency, CurrencyError};
pub use rounding::divide_rounded;
pub(crate) use rounding::saturating_i64;
pub use shares::UnitShares;
