//! Value added tax: rounded once per rate on the sum of the order, then cut into the parts of the lines.
//!
//! A tax rounded line by line adds up to something else than the tax on the sum (spree#6137, spree#10874). Here the
//! tax of each rate is computed once, on everything that the order charges at that rate; the lines get their parts
//! of it by largest remainder. So the parts add up to the tax line, and the tax lines to the tax of the order.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::{allocate, divide_rounded, saturating_i64};
use crate::percent::{Percent, WHOLE};

/// A rate of value added tax, 0 % to 100 %, in thousandths of a percent: 19 % is `19_000`. In JSON `"19"`.
pub type TaxRate = Percent;

/// Whether the prices of a channel include the tax.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceBasis {
    /// Prices include the tax: sales to consumers (PAngV §3).
    Gross,
    /// Prices are without tax, which comes on top: sales to businesses.
    Net,
}

impl PriceBasis {
    /// The tax for an amount of this basis: contained in a gross amount, added to a net amount.
    ///
    /// gross: `amount · rate / (100 % + rate)`; net: `amount · rate`. Rounded half away from zero.
    #[must_use]
    pub fn tax(self, rate: TaxRate, amount: i64) -> i64 {
        match self {
            Self::Gross => tax_contained(rate, amount),
            Self::Net => tax_added(rate, amount),
        }
    }

    /// An amount of this basis with its tax.
    pub(crate) const fn tax_line(self, rate: TaxRate, amount: i64, tax: i64) -> TaxLine {
        match self {
            Self::Gross => TaxLine { rate, net: amount - tax, tax, gross: amount },
            Self::Net => TaxLine { rate, net: amount, tax, gross: amount + tax },
        }
    }
}

/// The tax contained in a gross amount: 19 % in 119.00 EUR are 19.00 EUR.
#[must_use]
pub fn tax_contained(rate: TaxRate, gross: i64) -> i64 {
    let rate = i128::from(rate.thousandths());
    saturating_i64(divide_rounded(i128::from(gross) * rate, i128::from(WHOLE) + rate))
}

/// The tax that comes on top of a net amount: 19 % on 100.00 EUR are 19.00 EUR.
#[must_use]
pub fn tax_added(rate: TaxRate, net: i64) -> i64 {
    rate.of(net)
}

/// An amount that is taxed at one rate, in minor units of the channel's [`PriceBasis`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taxable {
    /// The rate.
    pub rate: TaxRate,
    /// The amount after all discounts, not negative.
    pub amount: i64,
}

/// All that an order charges at one rate, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TaxLine {
    /// The rate.
    pub rate: TaxRate,
    /// Without tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// With tax.
    pub gross: i64,
}

/// The tax of an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderTax {
    /// The tax of each [`Taxable`], in their order.
    pub parts: Vec<i64>,
    /// One line per rate, the highest rate first.
    pub lines: Vec<TaxLine>,
}

/// The tax of an order: per rate on the sum, then cut into the parts by largest remainder.
#[must_use]
pub fn order_tax(basis: PriceBasis, taxables: &[Taxable]) -> OrderTax {
    let mut rates: Vec<TaxRate> = taxables.iter().map(|taxable| taxable.rate).collect();
    rates.sort_unstable_by(|left, right| right.cmp(left));
    rates.dedup();

    let mut parts = vec![0; taxables.len()];
    let mut lines = Vec::with_capacity(rates.len());
    for rate in rates {
        let positions: Vec<usize> =
            (0..taxables.len()).filter(|&position| taxables[position].rate == rate).collect();
        let amounts: Vec<i64> =
            positions.iter().map(|&position| taxables[position].amount).collect();
        let amount = amounts.iter().sum();
        let line = basis.tax_line(rate, amount, basis.tax(rate, amount));
        for (position, part) in positions.into_iter().zip(allocate(line.tax, &amounts)) {
            parts[position] = part;
        }
        lines.push(line);
    }
    OrderTax { parts, lines }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(text: &str) -> TaxRate {
        text.parse().unwrap()
    }

    fn taxable(text: &str, amount: i64) -> Taxable {
        Taxable { rate: rate(text), amount }
    }

    #[test]
    fn tax_is_taken_out_of_a_gross_amount_and_put_on_a_net_amount() {
        let table = [
            ("19", 11_900, 1_900, 2_261),
            ("7", 10_700, 700, 749),
            ("7.7", 10_000, 715, 770),
            ("0", 999, 0, 0),
            ("19", 1, 0, 0),
            ("100", 1, 1, 1),
        ];
        for (percent, amount, contained, added) in table {
            assert_eq!(tax_contained(rate(percent), amount), contained, "{percent} % in {amount}");
            assert_eq!(tax_added(rate(percent), amount), added, "{percent} % on {amount}");
        }
    }

    /// spree#6137, spree#10874: 19 % of 0.03 EUR rounds up to 0.01 on each of three lines, but on their sum it is 0.02.
    #[test]
    fn tax_is_rounded_on_the_sum_of_the_order_and_not_line_by_line() {
        let tax =
            order_tax(PriceBasis::Net, &[taxable("19", 3), taxable("19", 3), taxable("19", 3)]);
        assert_eq!(tax_added(rate("19"), 3) * 3, 3, "what line by line would be");
        assert_eq!(tax.lines, [TaxLine { rate: rate("19"), net: 9, tax: 2, gross: 11 }]);
        assert_eq!(tax.parts, [1, 1, 0]);
    }

    #[test]
    fn each_rate_has_its_line_and_the_highest_comes_first() {
        let tax = order_tax(
            PriceBasis::Gross,
            &[taxable("7", 1_070), taxable("19", 1_190), taxable("7", 2_140)],
        );
        assert_eq!(tax.parts, [70, 190, 140]);
        assert_eq!(
            tax.lines,
            [
                TaxLine { rate: rate("19"), net: 1_000, tax: 190, gross: 1_190 },
                TaxLine { rate: rate("7"), net: 3_000, tax: 210, gross: 3_210 },
            ]
        );
    }

    proptest! {
        /// spree#6137, spree#10874.
        #[test]
        fn the_tax_of_the_lines_is_the_tax_of_the_order(
            net: bool, amounts in prop::collection::vec((prop::sample::select(vec!["0", "5.5", "7", "7.7", "19", "25"]), 0_i64..10_000_000), 1..80),
        ) {
            let basis = if net { PriceBasis::Net } else { PriceBasis::Gross };
            let taxables: Vec<Taxable> = amounts.into_iter().map(|(percent, amount)| taxable(percent, amount)).collect();
            let tax = order_tax(basis, &taxables);
            for line in &tax.lines {
                let of_rate: Vec<usize> = (0..taxables.len()).filter(|&position| taxables[position].rate == line.rate).collect();
                prop_assert_eq!(of_rate.iter().map(|&position| tax.parts[position]).sum::<i64>(), line.tax);
                prop_assert_eq!(basis.tax(line.rate, of_rate.iter().map(|&position| taxables[position].amount).sum()), line.tax);
                prop_assert_eq!(line.net + line.tax, line.gross);
            }
            for (part, taxable) in tax.parts.iter().zip(&taxables) {
                prop_assert!((0..=taxable.amount).contains(part));
            }
        }
    }
}
