//! The taxes of credits: each follows from its rate, all together from the order.

use proptest::prelude::*;

use super::quote_tests::{any_quote, rate};
use super::refund_tests::{any_asked, asked};
use super::{Quote, Refunded, ShippingRefund, Taxed, credit_taxes, refund_shipping};
use crate::tax::{PriceBasis, tax_contained};

fn taxed(percent: &str, amount: i64, tax: i64) -> Taxed {
    Taxed { rate: rate(percent), amount, tax }
}

/// Four lines at 7 %: shares of the tax, of which the first units carry the cents that are left over, came to 0.39 in
/// 5.69.
#[test]
fn the_tax_of_a_credit_over_many_lines_is_what_the_rate_says_of_its_sum() {
    let charged = [
        taxed("7", 326, 22),
        taxed("7", 470, 31),
        taxed("7", 284, 19),
        taxed("7", 626, 41),
        taxed("19", 119, 19),
    ];
    let first: Vec<_> = [109, 157, 95, 208].map(|amount| (rate("7"), amount)).to_vec();
    let taxes = credit_taxes(&charged, &[], &first);
    assert_eq!(taxes.iter().sum::<i64>(), 37, "7 % contained in 5.69");
    let before: Vec<Taxed> =
        first.iter().zip(taxes).map(|(&(rate, amount), tax)| Taxed { rate, amount, tax }).collect();
    let rest: Vec<_> = [217, 313, 189, 418].map(|amount| (rate("7"), amount)).to_vec();
    let taxes = credit_taxes(&charged, &before, &rest);
    assert_eq!(taxes.iter().sum::<i64>(), 113 - 37, "the last one takes what is left");
}

#[test]
fn a_credit_at_another_rate_changes_nothing() {
    let charged = [taxed("7", 107, 7), taxed("19", 1_190, 190)];
    let before = [taxed("7", 50, 3)];
    assert_eq!(credit_taxes(&charged, &before, &[(rate("19"), 119)]), [19]);
}

#[test]
fn a_credit_never_contains_more_tax_than_is_left() {
    let charged = [taxed("19", 100, 16)];
    assert_eq!(credit_taxes(&charged, &[taxed("19", 99, 16)], &[(rate("19"), 1)]), [0]);
    assert_eq!(credit_taxes(&charged, &[taxed("19", 10, 0)], &[(rate("19"), 90)]), [16]);
    assert_eq!(credit_taxes(&charged, &[taxed("19", 100, 16)], &[(rate("19"), 0)]), [0]);
}

/// Everything that a quote charges: its lines, then shipping.
fn charged(quote: &Quote) -> Vec<Taxed> {
    let lines =
        quote.lines.iter().map(|it| Taxed { rate: it.tax_rate, amount: it.total, tax: it.tax });
    let shipping = quote.shipping.parts.iter().map(|it| Taxed {
        rate: it.rate,
        amount: it.gross,
        tax: it.tax,
    });
    lines.chain(shipping).collect()
}

proptest! {
    /// vendure#2662: the tax of the parts was off by a cent from the tax that was charged. Here every credit takes of
    /// each line what is asked for, the last one all that is left.
    #[test]
    fn each_credit_follows_from_its_rate_and_all_of_them_leave_exactly_zero(
        quote in any_quote(), steps in prop::collection::vec(any_asked(), 8), shares in prop::collection::vec(0_i64..=1_000, 12),
    ) {
        let charged = charged(&quote);
        let mut so_far = vec![Refunded::default(); quote.lines.len()];
        let mut shipped: Vec<ShippingRefund> = Vec::new();
        let mut credited: Vec<Taxed> = Vec::new();
        for (round, share) in shares.iter().copied().chain([1_000]).enumerate() {
            let is_last = round == shares.len();
            let mut parts = Vec::new();
            for (at, line) in quote.lines.iter().enumerate() {
                let step = steps.get(at % 8).and_then(|it: &Vec<_>| it.get(round)).copied();
                let step = if is_last { Some(super::refund_tests::Asked::Units(u32::MAX)) } else { step };
                let Some(refund) = step.and_then(|step| asked(line.unit_totals, so_far[at], step)) else { continue };
                so_far[at] = so_far[at].plus(refund);
                parts.push((line.tax_rate, refund.amount));
            }
            let left = quote.shipping.total - shipped.iter().map(|it| it.amount).sum::<i64>();
            let delivery = refund_shipping(&quote.shipping.parts, &shipped, left * share / 1_000).unwrap_or_default();
            parts.extend(delivery.iter().map(|it| (it.rate, it.amount)));
            shipped.extend(delivery);
            let credit: Vec<Taxed> = parts.iter().zip(credit_taxes(&charged, &credited, &parts))
                .map(|(&(rate, amount), tax)| Taxed { rate, amount, tax })
                .collect();
            prop_assert!(credit.iter().all(|it| 0 <= it.tax && it.tax <= it.amount), "{credit:?}");
            for tax_line in &quote.tax_lines {
                let sum = |all: &[Taxed]| all.iter().filter(|it| it.rate == tax_line.rate)
                    .fold((0, 0), |sum, it| (sum.0 + it.amount, sum.1 + it.tax));
                let (amount, tax) = sum(&credit);
                let alone = tax_contained(tax_line.rate, amount);
                prop_assert!((tax - alone).abs() <= 1, "{tax} in {amount} at {}, alone {alone}", tax_line.rate);
                let (amount, tax) = sum(&[credited.as_slice(), &credit].concat());
                if quote.price_basis == PriceBasis::Gross {
                    prop_assert_eq!(tax, tax_contained(tax_line.rate, amount));
                }
                prop_assert!(tax <= tax_line.tax && tax_line.tax - tax <= tax_line.gross - amount);
            }
            credited.extend(credit);
        }
        let sum = credited.iter().fold((0, 0), |sum, it| (sum.0 + it.amount, sum.1 + it.tax));
        prop_assert_eq!(sum, (quote.total, quote.tax));
    }
}
