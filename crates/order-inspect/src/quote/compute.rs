//! From a cart to its price: promotions, then tax on the sums, then shares.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quoted::{AppliedDiscount, Quote, QuotedLine, QuotedShipping};
use crate::money::{UnitShares, allocate};
use crate::promotions::{
    Cart, CartError, CartLine, Evaluation, Promotion, Target, Usage, evaluate,
};
use crate::tax::{PriceBasis, TaxLine, TaxRate, Taxable, order_tax};

/// How a channel states prices and taxes shipping.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Whether prices include the tax.
    pub price_basis: PriceBasis,
    /// The tax on shipping.
    #[serde(default)]
    pub shipping_tax: ShippingTax,
}

/// The tax on shipping.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShippingTax {
    /// At the rates of what is shipped, in proportion to its amounts after discounts: shipping is ancillary to the
    /// goods and shares their treatment (UStAE section 3.10 (5)). Where all goods are free, in proportion to their
    /// amounts before discounts; where they have no price at all, at the highest rate of the cart.
    #[default]
    Proportional,
    /// At one rate.
    Rate(TaxRate),
}

/// The price of the cart.
///
/// Promotions come off first ([`evaluate`]). Then the tax of each rate is computed on the sum of lines and shipping,
/// and cut into their parts by largest remainder ([`order_tax`]). Last, the total of each line is split over
/// its units ([`UnitShares`]).
///
/// # Errors
/// [`CartError`] for a cart that has no price.
pub fn quote(
    cart: &Cart,
    terms: Terms,
    promotions: &[Promotion],
    usage: &HashMap<String, Usage>,
) -> Result<Quote, CartError> {
    let evaluation = evaluate(cart, promotions, usage)?;
    let mut discounts = Discounts::of(&evaluation);
    let shipping_discounts = discounts.take(&Target::Shipping);
    let lines: Vec<DiscountedLine<'_>> = cart
        .lines
        .iter()
        .map(|line| DiscountedLine::new(line, discounts.take(&Target::Line(line.key.clone()))))
        .collect();

    let shipping_amount = cart.shipping - sum(&shipping_discounts);
    let shipping_parts = shipping_parts(shipping_amount, terms.shipping_tax, &lines);
    let taxables: Vec<Taxable> =
        lines.iter().map(DiscountedLine::taxable).chain(shipping_parts.iter().copied()).collect();
    let tax = order_tax(terms.price_basis, &taxables);
    let (line_taxes, shipping_taxes) = tax.parts.split_at(lines.len());

    let subtotal = lines.iter().map(|line| line.line.subtotal()).sum();
    let lines = lines
        .into_iter()
        .zip(line_taxes)
        .map(|(line, &tax)| line.quoted(terms.price_basis, tax))
        .collect();
    let parts = shipping_parts.iter().zip(shipping_taxes);
    let parts =
        parts.map(|(part, &tax)| terms.price_basis.tax_line(part.rate, part.amount, tax)).collect();
    let total_of = |amount: fn(&TaxLine) -> i64| tax.lines.iter().map(amount).sum();
    Ok(Quote {
        currency: cart.currency,
        price_basis: terms.price_basis,
        lines,
        shipping: quoted_shipping(cart.shipping, shipping_discounts, parts),
        subtotal,
        discount: evaluation.total(),
        net: total_of(|line| line.net),
        tax: total_of(|line| line.tax),
        total: total_of(|line| line.gross),
        tax_lines: tax.lines,
        promotions: evaluation,
    })
}

/// The discounts of an evaluation by what they are taken off.
struct Discounts<'a>(HashMap<&'a Target, Vec<AppliedDiscount>>);

impl<'a> Discounts<'a> {
    fn of(evaluation: &'a Evaluation) -> Self {
        let mut discounts: HashMap<&Target, Vec<AppliedDiscount>> = HashMap::new();
        for step in &evaluation.steps {
            discounts.entry(&step.target).or_default().push(step.into());
        }
        Self(discounts)
    }

    fn take(&mut self, target: &Target) -> Vec<AppliedDiscount> {
        self.0.remove(target).unwrap_or_default()
    }
}

fn sum(discounts: &[AppliedDiscount]) -> i64 {
    discounts.iter().map(|discount| discount.amount).sum()
}

/// A line after its promotions and before its tax.
struct DiscountedLine<'a> {
    line: &'a CartLine,
    discounts: Vec<AppliedDiscount>,
    /// What is left, on the price basis.
    amount: i64,
}

impl<'a> DiscountedLine<'a> {
    fn new(line: &'a CartLine, discounts: Vec<AppliedDiscount>) -> Self {
        let amount = line.subtotal() - sum(&discounts);
        Self { line, discounts, amount }
    }

    fn taxable(&self) -> Taxable {
        Taxable { rate: self.line.tax_rate, amount: self.amount }
    }

    fn quoted(self, basis: PriceBasis, tax: i64) -> QuotedLine {
        let line = self.line;
        let TaxLine { rate, net, tax, gross } = basis.tax_line(line.tax_rate, self.amount, tax);
        QuotedLine {
            key: line.key.clone(),
            kind: line.kind,
            variant_id: line.variant_id.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            subtotal: line.subtotal(),
            discounts: self.discounts,
            tax_rate: rate,
            net,
            tax,
            total: gross,
            unit_totals: UnitShares::split(gross, line.quantity),
        }
    }
}

/// The amount of shipping by rate, the highest rate first, without parts of zero.
///
/// The weights are the lines' amounts on the price basis. For gross prices that is the same as splitting the net
/// amounts in proportion to the net amounts of the goods, because both sides of each part carry the same rate.
fn shipping_parts(amount: i64, tax: ShippingTax, lines: &[DiscountedLine<'_>]) -> Vec<Taxable> {
    if let ShippingTax::Rate(rate) = tax {
        return Vec::from_iter((amount > 0).then_some(Taxable { rate, amount }));
    }
    let is_free = lines.iter().all(|line| line.amount == 0);
    let mut by_rate: Vec<Taxable> = Vec::new();
    for line in lines {
        let weight = if is_free { line.line.subtotal() } else { line.amount };
        match by_rate.iter_mut().find(|part| part.rate == line.line.tax_rate) {
            Some(part) => part.amount += weight,
            None => by_rate.push(Taxable { rate: line.line.tax_rate, amount: weight }),
        }
    }
    by_rate.sort_by_key(|part| std::cmp::Reverse(part.rate));
    if by_rate.iter().all(|part| part.amount == 0) {
        by_rate.truncate(1);
    }
    let weights: Vec<i64> = by_rate.iter().map(|part| part.amount).collect();
    let parts = by_rate.into_iter().zip(allocate(amount, &weights));
    parts.map(|(part, amount)| Taxable { amount, ..part }).filter(|part| part.amount > 0).collect()
}

fn quoted_shipping(
    subtotal: i64,
    discounts: Vec<AppliedDiscount>,
    parts: Vec<TaxLine>,
) -> QuotedShipping {
    let total_of = |amount: fn(&TaxLine) -> i64| parts.iter().map(amount).sum();
    let (net, tax, total) =
        (total_of(|part| part.net), total_of(|part| part.tax), total_of(|part| part.gross));
    QuotedShipping { subtotal, discounts, parts, net, tax, total }
}
