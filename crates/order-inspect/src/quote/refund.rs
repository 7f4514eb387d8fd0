//! Giving money back from what an order froze.
//!
//! Giving back units pays out their frozen shares and nothing else: the discounts of the order are not spread anew
//! over the lines that stay (vendure#4811). Besides, any amount may be given back as goodwill. Then later units
//! pay out their shares only as far as the line has not been given back yet. So a line is never paid out beyond its
//! charge, and once all units are given back the remainder is exactly zero (medusa#13972, medusa#13091: half a cent
//! left over kept refunds from closing).
//!
//! All amounts are what the customer gets, tax included, also where prices are stated without tax. The tax in them is
//! that of everything that is credited together: [`credit_taxes`](super::credit_taxes).

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::{UnitShares, allocate};
use crate::tax::{TaxLine, TaxRate};

/// What has been given back of a line so far: the sum of its refunds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Refunded {
    /// Units given back.
    pub units: u32,
    /// Minor units, tax included.
    pub amount: i64,
}

/// One refund of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// Units given back; zero for goodwill.
    pub units: u32,
    /// Minor units to pay out, tax included. Zero when goodwill has given back all before.
    pub amount: i64,
    /// By how much the shares of the units exceed `amount`, because goodwill has given it back before.
    pub already_given: i64,
}

impl Refunded {
    /// With one refund more.
    #[must_use]
    pub const fn plus(self, refund: Refund) -> Self {
        Self { units: self.units.saturating_add(refund.units), amount: self.amount + refund.amount }
    }
}

/// Why nothing can be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// More units than there are.
    #[error("only {left} units are left to refund; ask for no more than that")]
    TooManyUnits {
        /// Units that have not been given back.
        left: u32,
    },
    /// Nothing or less was asked for.
    #[error("a refund must be above zero")]
    NotPositive,
    /// More than was charged and not given back yet.
    #[error("only {left} minor units are left to refund; ask for no more than that")]
    MoreThanCharged {
        /// Minor units that have not been given back.
        left: i64,
    },
}

/// The refund of `units` further units of a line: the sum of their frozen shares, as far as it is left.
///
/// # Errors
/// [`RefundError::TooManyUnits`].
pub fn refund_units(
    charge: UnitShares,
    so_far: Refunded,
    units: NonZeroU32,
) -> Result<Refund, RefundError> {
    let left = charge.units().saturating_sub(so_far.units);
    if units.get() > left {
        return Err(RefundError::TooManyUnits { left });
    }
    let share = charge.of_units(so_far.units, units.get());
    let amount = share.min((charge.total() - so_far.amount).max(0));
    Ok(Refund { units: units.get(), amount, already_given: share - amount })
}

/// The refund of any amount off a line, without giving back a unit.
///
/// # Errors
/// [`RefundError::NotPositive`], [`RefundError::MoreThanCharged`].
pub fn refund_amount(
    charge: UnitShares,
    so_far: Refunded,
    amount: i64,
) -> Result<Refund, RefundError> {
    check(amount, charge.total() - so_far.amount)?;
    Ok(Refund { units: 0, amount, already_given: 0 })
}

/// A refund of shipping at one rate, and also the sum of such refunds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ShippingRefund {
    /// The rate of tax.
    pub rate: TaxRate,
    /// Minor units, tax included.
    pub amount: i64,
}

/// The refund of any amount off shipping, by rate, in proportion to what is left of each rate.
///
/// `parts` are those of [`QuotedShipping`](super::QuotedShipping), `so_far` all refunds of shipping before.
///
/// # Errors
/// [`RefundError::NotPositive`], [`RefundError::MoreThanCharged`].
pub fn refund_shipping(
    parts: &[TaxLine],
    so_far: &[ShippingRefund],
    amount: i64,
) -> Result<Vec<ShippingRefund>, RefundError> {
    let left_of = |part: &TaxLine| {
        let before = so_far.iter().filter(|refund| refund.rate == part.rate);
        (part.gross - before.map(|refund| refund.amount).sum::<i64>()).max(0)
    };
    let left: Vec<i64> = parts.iter().map(left_of).collect();
    check(amount, left.iter().sum())?;

    // No part gets more than is left of it, because the amount is within their sum.
    let refunds = parts.iter().zip(allocate(amount, &left)).filter(|&(_, amount)| amount > 0);
    Ok(refunds.map(|(part, amount)| ShippingRefund { rate: part.rate, amount }).collect())
}

const fn check(amount: i64, left: i64) -> Result<(), RefundError> {
    if amount <= 0 {
        return Err(RefundError::NotPositive);
    }
    if amount > left {
        return Err(RefundError::MoreThanCharged { left });
    }
    Ok(())
}
