//! Refunds of frozen lines and of shipping.

use std::num::NonZeroU32;

use proptest::prelude::*;

use super::quote_tests::{GROSS, any_quote, quoted};
use super::{
    Refund, RefundError, Refunded, ShippingRefund, refund_amount, refund_shipping, refund_units,
};
use crate::money::UnitShares;
use crate::promotions::samples::{cart, promotion};
use crate::tax::TaxLine;

fn charge(total: i64, units: u32) -> UnitShares {
    UnitShares::split(total, NonZeroU32::new(units).unwrap())
}

fn units(charge: UnitShares, so_far: Refunded, units: u32) -> Refund {
    refund_units(charge, so_far, NonZeroU32::new(units).unwrap()).unwrap()
}

/// medusa#13972, medusa#13091: 10.00 EUR for three pieces is 3.333… each; the half cent that was left over kept the
/// last refund from closing.
#[test]
fn three_refunds_of_one_piece_each_leave_nothing_of_ten_euros() {
    let charge = charge(1_000, 3);
    let mut so_far = Refunded::default();
    let mut amounts = Vec::new();
    for _ in 0..3 {
        let refund = units(charge, so_far, 1);
        amounts.push(refund.amount);
        so_far = so_far.plus(refund);
    }
    assert_eq!(amounts, [334, 333, 333]);
    assert_eq!(so_far, Refunded { units: 3, amount: 1_000 });
}

/// vendure#4811: after a piece was given back, its discount was spread anew over the lines that stayed.
#[test]
fn giving_back_one_line_changes_nothing_about_the_others() {
    let ten_off = promotion("p", r#"{"amount":{"amount":1000,"per":"order"}}"#);
    let quote = quoted(&cart(&[(1, 3_000), (2, 3_500)]), GROSS, &[ten_off]);
    let [first, second] = [quote.lines[0].unit_totals, quote.lines[1].unit_totals];
    let before = units(second, Refunded::default(), 2);
    let refund = units(first, Refunded::default(), 1);
    assert_eq!(refund.amount, 2_700, "paid 27.00 EUR after its part of the discount");
    assert_eq!(units(second, Refunded::default(), 2), before);
    assert_eq!(refund.amount + before.amount + quote.shipping.total, quote.total);
}

#[test]
fn after_goodwill_the_last_units_pay_out_only_what_is_left() {
    let charge = charge(11_900, 2);
    let goodwill = refund_amount(charge, Refunded::default(), 5_000).unwrap();
    assert_eq!(goodwill, Refund { units: 0, amount: 5_000, already_given: 0 });
    let so_far = Refunded::default().plus(goodwill);
    let first = units(charge, so_far, 1);
    assert_eq!(first, Refund { units: 1, amount: 5_950, already_given: 0 });
    let so_far = so_far.plus(first);
    let last = units(charge, so_far, 1);
    assert_eq!(last, Refund { units: 1, amount: 950, already_given: 5_000 });
    assert_eq!(so_far.plus(last), Refunded { units: 2, amount: 11_900 });
}

#[test]
fn after_all_was_given_as_goodwill_a_unit_comes_back_for_nothing() {
    let charge = charge(1_000, 1);
    let so_far =
        Refunded::default().plus(refund_amount(charge, Refunded::default(), 1_000).unwrap());
    assert_eq!(units(charge, so_far, 1), Refund { units: 1, amount: 0, already_given: 1_000 });
}

#[test]
fn more_than_is_left_is_refused_with_what_is_left() {
    let charge = charge(1_000, 3);
    let so_far = Refunded { units: 2, amount: 667 };
    assert_eq!(
        refund_units(charge, so_far, NonZeroU32::new(2).unwrap()),
        Err(RefundError::TooManyUnits { left: 1 })
    );
    assert_eq!(refund_amount(charge, so_far, 334), Err(RefundError::MoreThanCharged { left: 333 }));
    assert_eq!(refund_amount(charge, so_far, 0), Err(RefundError::NotPositive));
    assert_eq!(refund_amount(charge, so_far, -1), Err(RefundError::NotPositive));
    assert_eq!(refund_shipping(&[], &[], 1), Err(RefundError::MoreThanCharged { left: 0 }));
}

#[test]
fn shipping_is_given_back_at_the_rates_at_which_it_was_charged() {
    let parts = [
        TaxLine { rate: "19".parse().unwrap(), net: 303, tax: 58, gross: 361 },
        TaxLine { rate: "7".parse().unwrap(), net: 121, tax: 8, gross: 129 },
    ];
    let first = refund_shipping(&parts, &[], 100).unwrap();
    assert_eq!(first.iter().map(|part| part.amount).collect::<Vec<_>>(), [74, 26]);
    let rest = refund_shipping(&parts, &first, 390).unwrap();
    assert_eq!(rest.iter().map(|part| part.amount).collect::<Vec<_>>(), [287, 103]);
}

/// One step on the way to a closed order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    Units(u32),
    /// Thousandths of what is left.
    Goodwill(i64),
}

pub(super) fn any_asked() -> impl Strategy<Value = Vec<Asked>> {
    let asked =
        prop_oneof![(1_u32..400).prop_map(Asked::Units), (0_i64..=1_000).prop_map(Asked::Goodwill)];
    prop::collection::vec(asked, 0..12)
}

/// The refund of a line that is asked for; none where there is nothing to ask for.
pub(super) fn asked(charge: UnitShares, so_far: Refunded, asked: Asked) -> Option<Refund> {
    match asked {
        Asked::Units(count) => NonZeroU32::new(count.min(charge.units() - so_far.units))
            .map(|count| refund_units(charge, so_far, count).unwrap()),
        Asked::Goodwill(share) => {
            let amount = (charge.total() - so_far.amount) * share / 1_000;
            refund_amount(charge, so_far, amount).ok()
        }
    }
}

proptest! {
    /// medusa#13972, medusa#13091.
    #[test]
    fn any_sequence_of_refunds_until_closed_leaves_exactly_zero(quote in any_quote(), steps in prop::collection::vec(any_asked(), 8)) {
        for (line, steps) in quote.lines.iter().zip(&steps) {
            let mut so_far = Refunded::default();
            for step in steps.iter().chain([&Asked::Units(u32::MAX)]) {
                let Some(refund) = asked(line.unit_totals, so_far, *step) else { continue };
                prop_assert!(refund.amount >= 0);
                so_far = so_far.plus(refund);
                prop_assert!(so_far.amount <= line.total);
            }
            prop_assert_eq!(so_far, Refunded { units: line.quantity.get(), amount: line.total });
        }
    }

    /// vendure#4811: what a unit pays out does not depend on how the units before it were given back.
    #[test]
    fn units_pay_out_the_same_alone_and_together(quote in any_quote(), split in 0_u32..1_000) {
        for line in &quote.lines {
            let first = split % line.quantity.get();
            let mut so_far = Refunded::default();
            for count in [first, line.quantity.get() - first] {
                let Some(count) = NonZeroU32::new(count) else { continue };
                let refund = refund_units(line.unit_totals, so_far, count).unwrap();
                prop_assert_eq!(refund.amount, line.unit_totals.of_units(so_far.units, count.get()));
                so_far = so_far.plus(refund);
            }
        }
    }

    #[test]
    fn any_sequence_of_shipping_refunds_until_closed_leaves_exactly_zero(quote in any_quote(), shares in prop::collection::vec(0_i64..=1_000, 0..8)) {
        let shipping = &quote.shipping;
        let mut so_far: Vec<ShippingRefund> = Vec::new();
        for share in shares.into_iter().chain([1_000]) {
            let left = shipping.total - so_far.iter().map(|refund| refund.amount).sum::<i64>();
            so_far.extend(refund_shipping(&shipping.parts, &so_far, left * share / 1_000).unwrap_or_default());
        }
        for part in &shipping.parts {
            let of_rate = so_far.iter().filter(|refund| refund.rate == part.rate);
            prop_assert_eq!(of_rate.map(|refund| refund.amount).sum::<i64>(), part.gross);
        }
    }
}
