//! The tax in what an order no longer charges.
//!
//! Tax is rounded once per rate on the sum of an order ([`order_tax`](crate::tax::order_tax)), so no line and no unit
//! has a tax of its own to the cent. If credits took shares of it, the cents by which these are rounded would add up: a
//! credit of 5.69 at 7 % over several lines came to a tax of 0.39 instead of 0.37. Hence the tax of a credit follows
//! from everything that has been credited at its rate so far: all credits together contain what the rate says of their
//! sum, each is at most one minor unit away from what the rate says of it alone, and the last one takes what is left.

use crate::money::allocate;
use crate::tax::{TaxRate, tax_contained};

/// An amount with the tax in it, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taxed {
    /// The rate.
    pub rate: TaxRate,
    /// Tax included.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
}

/// The taxes in the parts of a credit, in their order. A part is a rate and an amount, tax included.
///
/// `charged` is all that the order charged, `before` all that was credited of it before; both may name a rate more than
/// once. The parts of one rate share its tax by largest remainder.
#[must_use]
pub fn credit_taxes(charged: &[Taxed], before: &[Taxed], parts: &[(TaxRate, i64)]) -> Vec<i64> {
    let mut taxes = vec![0; parts.len()];
    let mut rates: Vec<TaxRate> = parts.iter().map(|(rate, _)| *rate).collect();
    rates.sort_unstable();
    rates.dedup();
    for rate in rates {
        let places: Vec<usize> = (0..parts.len()).filter(|&at| parts[at].0 == rate).collect();
        let amounts: Vec<i64> = places.iter().map(|&at| parts[at].1).collect();
        let tax = tax_of(rate, at_rate(rate, charged), at_rate(rate, before), amounts.iter().sum());
        for (at, part) in places.into_iter().zip(allocate(tax, &amounts)) {
            taxes[at] = part;
        }
    }
    taxes
}

fn at_rate(rate: TaxRate, all: &[Taxed]) -> Taxed {
    let of_rate = || all.iter().filter(|it| it.rate == rate);
    Taxed {
        rate,
        amount: of_rate().map(|it| it.amount).sum(),
        tax: of_rate().map(|it| it.tax).sum(),
    }
}

/// The tax that a credit adds to what was credited before. Afterwards neither the tax that is left nor the net amount is
/// below zero; when nothing is left of the amount, nothing is left of the tax.
fn tax_of(rate: TaxRate, charged: Taxed, before: Taxed, amount: i64) -> i64 {
    let (left, tax_left) = (charged.amount - before.amount, charged.tax - before.tax);
    let wanted = tax_contained(rate, before.amount + amount) - before.tax;
    let net_left = (left - tax_left).max(0);
    wanted.max(amount - net_left).min(tax_left.min(amount)).max(0)
}
