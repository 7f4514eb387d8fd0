//! Giving money back from what an order froze.
//!
//! Giving back units pays out their frozen shares and nothing else: the discounts of the order are not spread anew
//! over the lines that stay (vendure#4811). Besides, any amount may be given back as goodwill. Then later units
//! pay out their shares only as far as the line has not been given back yet. So a line is never paid out beyond its
//! charge, and once all units are given back the remainder of amount and tax is exactly zero (medusa#13972,
//! medusa#13091: half a cent left over kept refunds from closing; vendure#2662: the tax was off by a cent).
//!
//! All amounts are what the customer gets, tax included, also where prices are stated without tax.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quoted::QuotedLine;
use crate::money::{UnitShares, allocate, divide_rounded, saturating_i64};
use crate::tax::{TaxLine, TaxRate};

/// What was charged for a line, by units, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Charge {
    /// What was paid, tax included.
    pub totals: UnitShares,
    /// The tax in it.
    pub taxes: UnitShares,
}

impl From<&QuotedLine> for Charge {
    fn from(line: &QuotedLine) -> Self {
        Self { totals: line.unit_totals, taxes: line.unit_taxes }
    }
}

/// What has been given back of a line so far: the sum of its refunds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Refunded {
    /// Units given back.
    pub units: u32,
    /// Minor units, tax included.
    pub amount: i64,
    /// The tax in them.
    pub tax: i64,
}

/// One refund of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// Units given back; zero for goodwill.
    pub units: u32,
    /// Minor units to pay out, tax included. Zero when goodwill has given back all before.
    pub amount: i64,
    /// The tax in them.
    pub tax: i64,
    /// By how much the shares of the units exceed `amount`, because goodwill has given it back before.
    pub already_given: i64,
}

impl Refunded {
    /// With one refund more.
    #[must_use]
    pub const fn plus(self, refund: Refund) -> Self {
        Self {
            units: self.units.saturating_add(refund.units),
            amount: self.amount + refund.amount,
            tax: self.tax + refund.tax,
        }
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
    charge: Charge,
    so_far: Refunded,
    units: NonZeroU32,
) -> Result<Refund, RefundError> {
    let left = charge.totals.units().saturating_sub(so_far.units);
    if units.get() > left {
        return Err(RefundError::TooManyUnits { left });
    }
    let balance = Balance::of_line(charge, so_far);
    let share = charge.totals.of_units(so_far.units, units.get());
    let amount = share.min(balance.amount);
    let tax = balance.tax_in(amount, charge.taxes.of_units(so_far.units, units.get()));
    Ok(Refund { units: units.get(), amount, tax, already_given: share - amount })
}

/// The refund of any amount off a line, without giving back a unit.
///
/// Its tax is the part of the line's tax that the amount is of the line's total, rounded half away from zero and
/// held within what is left.
///
/// # Errors
/// [`RefundError::NotPositive`], [`RefundError::MoreThanCharged`].
pub fn refund_amount(charge: Charge, so_far: Refunded, amount: i64) -> Result<Refund, RefundError> {
    let balance = Balance::of_line(charge, so_far);
    balance.check(amount)?;
    let tax = balance
        .tax_in(amount, proportional_tax(charge.taxes.total(), charge.totals.total(), amount));
    Ok(Refund { units: 0, amount, tax, already_given: 0 })
}

/// A refund of shipping at one rate, and also the sum of such refunds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ShippingRefund {
    /// The rate of tax.
    pub rate: TaxRate,
    /// Minor units, tax included.
    pub amount: i64,
    /// The tax in them.
    pub tax: i64,
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
    let balances: Vec<Balance> =
        parts.iter().map(|part| Balance::of_shipping(part, so_far)).collect();
    let left: Vec<i64> = balances.iter().map(|balance| balance.amount).collect();
    Balance { amount: left.iter().sum(), tax: 0 }.check(amount)?;

    // No part gets more than is left of it, because the amount is within their sum.
    let amounts = allocate(amount, &left);
    let refunds = parts.iter().zip(balances).zip(amounts).filter(|&(_, amount)| amount > 0);
    Ok(refunds
        .map(|((part, balance), amount)| {
            let tax = balance.tax_in(amount, proportional_tax(part.tax, part.gross, amount));
            ShippingRefund { rate: part.rate, amount, tax }
        })
        .collect())
}

/// What is left to give back.
#[derive(Clone, Copy, Debug)]
struct Balance {
    amount: i64,
    tax: i64,
}

impl Balance {
    fn of_line(charge: Charge, so_far: Refunded) -> Self {
        Self {
            amount: (charge.totals.total() - so_far.amount).max(0),
            tax: (charge.taxes.total() - so_far.tax).max(0),
        }
    }

    fn of_shipping(part: &TaxLine, so_far: &[ShippingRefund]) -> Self {
        let of_rate = || so_far.iter().filter(|refund| refund.rate == part.rate);
        Self {
            amount: (part.gross - of_rate().map(|refund| refund.amount).sum::<i64>()).max(0),
            tax: (part.tax - of_rate().map(|refund| refund.tax).sum::<i64>()).max(0),
        }
    }

    const fn check(self, amount: i64) -> Result<(), RefundError> {
        if amount <= 0 {
            return Err(RefundError::NotPositive);
        }
        if amount > self.amount {
            Err(RefundError::MoreThanCharged { left: self.amount })
        } else {
            Ok(())
        }
    }

    /// The tax in a refund of `amount`: `wanted`, held so that afterwards neither tax nor net amount is below zero.
    /// When the amount is all that is left, both bounds are the tax that is left.
    fn tax_in(self, amount: i64, wanted: i64) -> i64 {
        let net = (self.amount - self.tax).max(0);
        wanted.max(amount - net).min(self.tax.min(amount))
    }
}

/// The part of `tax` that `amount` is of `total`.
fn proportional_tax(tax: i64, total: i64, amount: i64) -> i64 {
    saturating_i64(divide_rounded(i128::from(tax) * i128::from(amount), i128::from(total.max(1))))
}
