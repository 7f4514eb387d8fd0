//! Quotes as a whole.

use std::collections::HashMap;

use proptest::prelude::*;

use super::{Quote, ShippingTax, Terms, quote};
use crate::promotions::samples::{any_cart, any_promotions, cart, promotion};
use crate::promotions::{Cart, CartError, LineKind, Promotion};
use crate::tax::{PriceBasis, TaxLine, TaxRate};

pub(super) const GROSS: Terms =
    Terms { price_basis: PriceBasis::Gross, shipping_tax: ShippingTax::Proportional };
const NET: Terms = Terms { price_basis: PriceBasis::Net, shipping_tax: ShippingTax::Proportional };

pub(super) fn quoted(cart: &Cart, terms: Terms, promotions: &[Promotion]) -> Quote {
    quote(cart, terms, promotions, &HashMap::new()).unwrap()
}

pub(super) fn rate(text: &str) -> TaxRate {
    text.parse().unwrap()
}

/// Three pieces at 19.99 EUR with 19 %, two at 10.70 EUR with 7 %, shipping 4.90 EUR.
fn mixed_cart() -> Cart {
    let mut cart = cart(&[(3, 1_999), (2, 1_070)]);
    cart.lines[1].tax_rate = rate("7");
    cart
}

#[test]
fn prices_with_tax_are_quoted_with_the_tax_taken_out() {
    let ten_percent = promotion("p", r#"{"percent":{"percent":"10","on":"order"}}"#);
    let quote = quoted(&mixed_cart(), GROSS, &[ten_percent]);
    assert_eq!(
        (quote.subtotal, quote.discount, quote.net, quote.tax, quote.total),
        (8_137, 814, 6_760, 1_053, 7_813)
    );
    assert_eq!(
        quote.tax_lines,
        [
            TaxLine { rate: rate("19"), net: 4_839, tax: 919, gross: 5_758 },
            TaxLine { rate: rate("7"), net: 1_921, tax: 134, gross: 2_055 },
        ]
    );
    let line = &quote.lines[0];
    assert_eq!(
        (line.subtotal, line.discounts[0].amount, line.total, line.tax, line.net),
        (5_997, 600, 5_397, 861, 4_536)
    );
    assert_eq!(line.unit_totals.of_units(0, 1), 1_799);
    assert_eq!(
        quote.shipping.parts,
        [
            TaxLine { rate: rate("19"), net: 303, tax: 58, gross: 361 },
            TaxLine { rate: rate("7"), net: 121, tax: 8, gross: 129 },
        ]
    );
}

#[test]
fn prices_without_tax_are_quoted_with_the_tax_put_on_top() {
    let quote = quoted(&mixed_cart(), NET, &[]);
    assert_eq!((quote.subtotal, quote.net, quote.tax, quote.total), (8_137, 8_627, 1_367, 9_994));
    let line = &quote.lines[0];
    assert_eq!((line.net, line.tax, line.total), (5_997, 1_139, 7_136));
    assert_eq!(
        quote.lines.iter().map(|line| line.total).sum::<i64>() + quote.shipping.total,
        quote.total
    );
}

#[test]
fn a_service_is_a_line_of_its_own_with_its_own_rate() {
    let mut cart = cart(&[(1, 100_000), (1, 4_900)]);
    cart.lines[1].kind = LineKind::Service;
    let half = promotion("p", r#"{"percent":{"percent":"50","on":"order"}}"#);
    let quote = quoted(&cart, GROSS, &[half]);
    assert_eq!(
        quote.lines.iter().map(|line| (line.kind, line.total)).collect::<Vec<_>>(),
        [(LineKind::Goods, 50_000), (LineKind::Service, 4_900)]
    );
}

#[test]
fn shipping_of_free_goods_is_taxed_by_their_prices_before_discounts() {
    let free = promotion("p", r#"{"percent":{"percent":"100","on":"order"}}"#);
    let quote = quoted(&mixed_cart(), GROSS, &[free]);
    assert_eq!(quote.total, 490);
    assert_eq!(quote.shipping.parts.iter().map(|part| part.gross).collect::<Vec<_>>(), [361, 129]);
}

#[test]
fn shipping_of_goods_without_any_price_is_taxed_at_the_highest_rate() {
    let mut cart = mixed_cart();
    cart.lines.iter_mut().for_each(|line| line.unit_price = 0);
    cart.lines.reverse();
    let quote = quoted(&cart, GROSS, &[]);
    assert_eq!(quote.tax_lines[0], TaxLine { rate: rate("19"), net: 412, tax: 78, gross: 490 });
    assert_eq!(quote.shipping.total, 490);
}

#[test]
fn shipping_may_have_a_rate_of_its_own() {
    let terms = Terms { shipping_tax: ShippingTax::Rate(rate("25")), ..GROSS };
    let quote = quoted(&mixed_cart(), terms, &[]);
    assert_eq!(quote.shipping.parts, [TaxLine { rate: rate("25"), net: 392, tax: 98, gross: 490 }]);
    assert_eq!(
        quote.tax_lines.iter().map(|line| line.rate.to_string()).collect::<Vec<_>>(),
        ["25", "19", "7"]
    );
}

#[test]
fn free_shipping_leaves_no_part_and_no_tax() {
    let quote = quoted(&mixed_cart(), GROSS, &[promotion("p", r#""free_shipping""#)]);
    assert_eq!(
        (quote.shipping.subtotal, quote.shipping.discounts[0].amount, quote.shipping.total),
        (490, 490, 0)
    );
    assert_eq!(quote.shipping.parts, []);
}

#[test]
fn a_quote_is_frozen_as_json_and_comes_back_as_it_was() {
    let ten_percent = promotion("p", r#"{"percent":{"percent":"10","on":"order"}}"#);
    let quote = quoted(&mixed_cart(), GROSS, &[ten_percent]);
    let text = serde_json::to_string(&quote).unwrap();
    assert!(text.contains(r#""unit_totals":{"units":3,"base":1799,"extra":0}"#), "{text}");
    assert_eq!(serde_json::from_str::<Quote>(&text).unwrap(), quote);
}

#[test]
fn a_cart_without_a_price_has_no_quote() {
    assert_eq!(quote(&cart(&[]), GROSS, &[], &HashMap::new()), Err(CartError::Empty));
}

/// A quote over random prices, rates, quantities up to 1000, promotions, currencies and both price bases.
pub(super) fn any_quote() -> impl Strategy<Value = Quote> {
    let shipping_tax =
        prop_oneof![Just(ShippingTax::Proportional), Just(ShippingTax::Rate(TaxRate::ZERO))];
    let terms = (prop::sample::select(vec![PriceBasis::Gross, PriceBasis::Net]), shipping_tax)
        .prop_map(|(price_basis, shipping_tax)| Terms { price_basis, shipping_tax });
    any_cart()
        .prop_flat_map(|cart| (any_promotions(cart.currency), Just(cart)))
        .prop_flat_map(move |(promotions, cart)| (Just(cart), Just(promotions), terms.clone()))
        .prop_map(|(cart, promotions, terms)| quoted(&cart, terms, &promotions))
}

proptest! {
    /// spree#6137, spree#10874.
    #[test]
    fn lines_and_shipping_add_up_to_the_order_and_tax_lines_to_its_tax(quote in any_quote()) {
        let (lines, shipping) = (&quote.lines, &quote.shipping);
        prop_assert_eq!(lines.iter().map(|line| line.total).sum::<i64>() + shipping.total, quote.total);
        prop_assert_eq!(lines.iter().map(|line| line.tax).sum::<i64>() + shipping.tax, quote.tax);
        prop_assert_eq!(lines.iter().map(|line| line.net).sum::<i64>() + shipping.net, quote.net);
        prop_assert_eq!(quote.tax_lines.iter().map(|line| line.tax).sum::<i64>(), quote.tax);
        prop_assert_eq!(quote.tax_lines.iter().map(|line| line.gross).sum::<i64>(), quote.total);
        prop_assert_eq!(quote.net + quote.tax, quote.total);
        for tax_line in &quote.tax_lines {
            let of_lines = lines.iter().filter(|line| line.tax_rate == tax_line.rate).map(|line| (line.total, line.tax));
            let of_shipping = shipping.parts.iter().filter(|part| part.rate == tax_line.rate).map(|part| (part.gross, part.tax));
            let sum = of_lines.chain(of_shipping).fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            prop_assert_eq!(sum, (tax_line.gross, tax_line.tax));
        }
    }

    /// vendure#2662: the tax of an order that was modified was off by a cent.
    #[test]
    fn what_is_added_to_a_quote_changes_nothing_that_was_there(
        (was, added) in any_quote().prop_flat_map(|was| {
            let (currency, price_basis) = (was.currency, was.price_basis);
            let added = any_cart().prop_map(move |cart| {
                let cart = Cart { currency, shipping: 0, ..cart };
                quoted(&cart, Terms { price_basis, ..GROSS }, &[])
            });
            (Just(was), added)
        })
    ) {
        let mut sum = was.clone();
        sum.extend(added.clone());
        prop_assert_eq!(&sum.lines[..was.lines.len()], &was.lines[..]);
        prop_assert_eq!(&sum.shipping, &was.shipping);
        prop_assert_eq!(sum.lines.iter().map(|it| it.total).sum::<i64>() + sum.shipping.total, sum.total);
        prop_assert_eq!(sum.lines.iter().map(|it| it.tax).sum::<i64>() + sum.shipping.tax, sum.tax);
        prop_assert_eq!(sum.tax_lines.iter().map(|it| it.gross).sum::<i64>(), was.total + added.total);
        prop_assert_eq!(sum.tax_lines.iter().map(|it| it.tax).sum::<i64>(), sum.tax);
        prop_assert_eq!(sum.net + sum.tax, sum.total);
        prop_assert!(sum.tax_lines.is_sorted_by(|one, other| one.rate > other.rate));
    }

    #[test]
    fn the_shares_of_the_units_add_up_to_the_total_of_the_line(quote in any_quote()) {
        for line in &quote.lines {
            let shares = (0..line.quantity.get()).map(|unit| line.unit_totals.of_units(unit, 1));
            prop_assert_eq!(shares.sum::<i64>(), line.total);
            prop_assert!(0 <= line.tax && line.tax <= line.total);
        }
    }

    #[test]
    fn what_is_paid_is_what_was_asked_less_the_discounts_that_are_explained(quote in any_quote()) {
        let asked = quote.subtotal + quote.shipping.subtotal - quote.discount;
        prop_assert_eq!(asked, if quote.price_basis == PriceBasis::Gross { quote.total } else { quote.net });
        prop_assert_eq!(quote.promotions.steps.iter().map(|step| step.amount).sum::<i64>(), quote.discount);
        for line in &quote.lines {
            let discounts = line.discounts.iter().map(|discount| discount.amount).sum::<i64>();
            prop_assert_eq!(line.subtotal - discounts, if quote.price_basis == PriceBasis::Gross { line.total } else { line.net });
        }
        prop_assert!(quote.total >= 0 && quote.tax >= 0 && quote.net >= 0);
    }
}
