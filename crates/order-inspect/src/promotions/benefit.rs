//! How much a promotion takes off what is left of a cart.

use std::cmp::Ordering;

use super::cart::Cart;
use super::explanation::Reason;
use super::promotion::{Benefit, Per, Promotion, Scope};
use crate::money::{UnitShares, allocate};
use crate::percent::Percent;

/// What is left of the amounts of a cart after the promotions so far.
#[derive(Clone, Debug)]
pub(super) struct Remaining {
    pub(super) lines: Vec<i64>,
    pub(super) shipping: i64,
}

/// What a discount is taken off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// The line at this position.
    Line(usize),
    Shipping,
}

/// An amount off, above zero and not beyond what is left in its place.
#[derive(Clone, Debug)]
pub(super) struct Discount {
    pub(super) place: Place,
    pub(super) amount: i64,
    pub(super) reason: Reason,
}

impl Remaining {
    /// The cart before any promotion.
    pub(super) fn of(cart: &Cart) -> Self {
        Self {
            lines: cart.lines.iter().map(super::cart::CartLine::subtotal).collect(),
            shipping: cart.shipping,
        }
    }

    /// Takes a discount off.
    pub(super) fn take(&mut self, discount: &Discount) {
        match discount.place {
            Place::Line(position) => self.lines[position] -= discount.amount,
            Place::Shipping => self.shipping -= discount.amount,
        }
    }

    fn of_lines(&self, positions: &[usize]) -> Vec<i64> {
        positions.iter().map(|&position| self.lines[position]).collect()
    }
}

/// The discounts that the promotion gives on the matching lines, each within what is left.
pub(super) fn discounts(
    promotion: &Promotion,
    cart: &Cart,
    matching: &[usize],
    left: &Remaining,
) -> Vec<Discount> {
    let found = match promotion.benefit {
        Benefit::Percent { percent, on: Scope::Lines } => percent_off(percent, matching, left),
        Benefit::Percent { percent, on: Scope::Order } => {
            let admitted = |&position: &usize| promotion.conditions.admits(&cart.lines[position]);
            let all: Vec<usize> = (0..cart.lines.len()).filter(admitted).collect();
            percent_off(percent, &all, left)
        }
        Benefit::Amount { amount, per: Per::Order } => {
            let parts = left.of_lines(matching);
            let given = amount.clamp(0, parts.iter().sum());
            on_lines(matching, allocate(given, &parts), Reason::Amount { amount, per: Per::Order })
        }
        Benefit::Amount { amount, per: Per::Unit } => {
            let of_line = |&position: &usize| {
                amount.saturating_mul(quantity(cart, position)).clamp(0, left.lines[position])
            };
            on_lines(
                matching,
                matching.iter().map(of_line).collect(),
                Reason::Amount { amount, per: Per::Unit },
            )
        }
        Benefit::XForY { take, pay } => units_free(take, pay, cart, matching, left),
        Benefit::FreeShipping => {
            vec![Discount {
                place: Place::Shipping,
                amount: left.shipping,
                reason: Reason::FreeShipping,
            }]
        }
        Benefit::FixedUnitPrice { unit_price } => {
            let of_line = |&position: &usize| {
                let fixed = unit_price.max(0).saturating_mul(quantity(cart, position));
                left.lines[position].saturating_sub(fixed).max(0)
            };
            on_lines(
                matching,
                matching.iter().map(of_line).collect(),
                Reason::FixedUnitPrice { unit_price },
            )
        }
    };
    found.into_iter().filter(|discount| discount.amount > 0).collect()
}

fn quantity(cart: &Cart, position: usize) -> i64 {
    i64::from(cart.lines[position].quantity.get())
}

fn on_lines(positions: &[usize], amounts: Vec<i64>, reason: Reason) -> Vec<Discount> {
    let discount = |(&position, amount)| Discount { place: Place::Line(position), amount, reason };
    positions.iter().zip(amounts).map(discount).collect()
}

/// The percentage of the sum, rounded once and then cut into the lines: saleor#12040 rounded line by line.
fn percent_off(percent: Percent, positions: &[usize], left: &Remaining) -> Vec<Discount> {
    let parts = left.of_lines(positions);
    let base = parts.iter().sum();
    on_lines(positions, allocate(percent.of(base), &parts), Reason::Percent { percent, base })
}

/// The cheapest of all matching units free: `take - pay` for every `take` of them.
fn units_free(
    take: u32,
    pay: u32,
    cart: &Cart,
    positions: &[usize],
    left: &Remaining,
) -> Vec<Discount> {
    let units: u64 =
        positions.iter().map(|&position| u64::from(cart.lines[position].quantity.get())).sum();
    let mut free =
        units.checked_div(u64::from(take)).unwrap_or(0) * u64::from(take.saturating_sub(pay));

    let mut by_price = positions.to_vec();
    by_price.sort_by(|&one, &other| compare_unit_prices(cart, left, one, other));
    let mut found = Vec::new();
    for position in by_price {
        let quantity = cart.lines[position].quantity;
        let free_units = u32::try_from(free).unwrap_or(u32::MAX).min(quantity.get());
        free -= u64::from(free_units);
        // The shares of the last units are the lower ones.
        let amount = UnitShares::split(left.lines[position], quantity)
            .of_units(quantity.get() - free_units, free_units);
        found.push(Discount {
            place: Place::Line(position),
            amount,
            reason: Reason::XForY { take, pay, free_units },
        });
    }
    found
}

/// Compares what one unit of each line costs by now, without dividing: a/m < b/n where a·n < b·m.
fn compare_unit_prices(cart: &Cart, left: &Remaining, one: usize, other: usize) -> Ordering {
    let product = |amount: usize, units: usize| {
        i128::from(left.lines[amount]) * i128::from(quantity(cart, units))
    };
    product(one, other).cmp(&product(other, one))
}
