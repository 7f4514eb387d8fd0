//! Carts and promotions for tests.

use std::num::NonZeroU32;

use proptest::prelude::*;

use super::{
    Benefit, Budget, Cart, CartLine, Conditions, LineKind, Per, Promotion, Scope, Selection,
};
use crate::language::Language;
use crate::money::Currency;
use crate::percent::Percent;

/// A cart in EUR with goods at 19 %: keys `a`, `b`, … with quantity and unit price.
pub(crate) fn cart(lines: &[(u32, i64)]) -> Cart {
    let line = |(position, &(quantity, unit_price)): (usize, &(u32, i64))| CartLine {
        key: char::from(b'a' + u8::try_from(position).unwrap()).to_string(),
        kind: LineKind::Goods,
        variant_id: format!("variant-{position}"),
        product_id: format!("product-{position}"),
        category_ids: vec![],
        brand_id: None,
        quantity: NonZeroU32::new(quantity).unwrap(),
        unit_price,
        tax_rate: "19".parse().unwrap(),
    };
    Cart {
        currency: Currency::EUR,
        language: Language::German,
        channel: "web".to_owned(),
        customer_group: None,
        is_first_order: false,
        codes: vec![],
        now: "2026-11-27T08:00:00Z".parse().unwrap(),
        lines: lines.iter().enumerate().map(line).collect(),
        shipping: 490,
    }
}

/// A promotion in EUR from its benefit as JSON.
pub(crate) fn promotion(key: &str, benefit: &str) -> Promotion {
    Promotion {
        key: key.to_owned(),
        name: key.to_uppercase(),
        names: Default::default(),
        priority: 0,
        exclusive: false,
        currency: Some(Currency::EUR),
        benefit: serde_json::from_str(benefit).unwrap(),
        conditions: Conditions::default(),
        budget: Budget::default(),
    }
}

/// Carts of one to eight lines with up to 1000 units each, in three currencies.
pub(crate) fn any_cart() -> impl Strategy<Value = Cart> {
    let line = (
        1_u32..=1_000,
        prop_oneof![0_i64..100, 0_i64..1_000_000],
        0_u8..4,
        prop::sample::select(vec!["0", "5.5", "7", "19"]),
    );
    let currency = prop::sample::select(vec![Currency::EUR, Currency::JPY, Currency::KWD]);
    (prop::collection::vec(line, 1..9), currency, 0_i64..2_000).prop_map(
        |(lines, currency, shipping)| {
            let quantities: Vec<(u32, i64)> =
                lines.iter().map(|&(quantity, price, ..)| (quantity, price)).collect();
            let mut cart = cart(&quantities);
            (cart.currency, cart.shipping) = (currency, shipping);
            for (line, (_, _, sort, rate)) in cart.lines.iter_mut().zip(lines) {
                line.tax_rate = rate.parse().unwrap();
                line.category_ids = vec![format!("category-{sort}")];
                line.kind = if sort == 3 { LineKind::Service } else { LineKind::Goods };
            }
            cart
        },
    )
}

/// Up to six promotions of all benefits in the currency of the cart.
pub(crate) fn any_promotions(currency: Currency) -> impl Strategy<Value = Vec<Promotion>> {
    let percent = |thousandths| Percent::from_thousandths(thousandths).unwrap();
    let benefit = prop_oneof![
        (0_u32..=100_000, any::<bool>()).prop_map(move |(thousandths, order)| Benefit::Percent {
            percent: percent(thousandths),
            on: if order { Scope::Order } else { Scope::Lines },
        }),
        (-10_i64..100_000, any::<bool>()).prop_map(|(amount, order)| Benefit::Amount {
            amount,
            per: if order { Per::Order } else { Per::Unit },
        }),
        (0_u32..5, 0_u32..5).prop_map(|(take, pay)| Benefit::XForY { take, pay }),
        Just(Benefit::FreeShipping),
        (-10_i64..100_000).prop_map(|unit_price| Benefit::FixedUnitPrice { unit_price }),
    ];
    let rules = (
        benefit,
        -2_i32..3,
        prop::bool::weighted(0.1),
        prop::option::of(0_u8..4),
        any::<bool>(),
        prop::option::of(1_i64..50_000),
    );
    prop::collection::vec(rules, 0..7).prop_map(move |rules| {
        let promotion =
            |(position, (benefit, priority, exclusive, category, services, max_total_amount))| {
                Promotion {
                    key: format!("promotion-{position}"),
                    name: format!("Promotion {position}"),
                    names: Default::default(),
                    priority,
                    exclusive,
                    currency: Some(currency),
                    benefit,
                    conditions: Conditions {
                        include: Selection {
                            categories: Option::into_iter(category)
                                .map(|sort: u8| format!("category-{sort}"))
                                .collect(),
                            ..Selection::default()
                        },
                        services,
                        ..Conditions::default()
                    },
                    budget: Budget { max_total_amount, ..Budget::default() },
                }
            };
        rules.into_iter().enumerate().map(promotion).collect()
    })
}
