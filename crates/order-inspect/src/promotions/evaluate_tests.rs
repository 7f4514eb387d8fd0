//! The engine as a whole.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::samples::{any_cart, any_promotions, cart, promotion};
use super::{
    Cart, CartError, DeclineReason, Declined, Evaluation, LineKind, MAX_TOTAL, Promotion,
    PromotionError, Target, Usage, evaluate,
};
use crate::language::Language;
use crate::moment::Moment;
use crate::money::Currency;

fn unused(cart: &Cart, promotions: &[Promotion]) -> Evaluation {
    evaluate(cart, promotions, &HashMap::new()).unwrap()
}

/// What is taken off the lines `a`, `b`, … of the cart and off shipping.
fn taken(cart: &Cart, promotions: &[Promotion]) -> (Vec<i64>, i64) {
    let evaluation = unused(cart, promotions);
    let on = |target: Target| evaluation.steps_on(&target).map(|step| step.amount).sum();
    (
        cart.lines.iter().map(|line| on(Target::Line(line.key.clone()))).collect(),
        on(Target::Shipping),
    )
}

fn declined(cart: &Cart, promotion: &Promotion) -> DeclineReason {
    let evaluation = unused(cart, std::slice::from_ref(promotion));
    assert_eq!(evaluation.steps, []);
    evaluation.declined[0].reason.clone()
}

#[test]
fn each_benefit_takes_off_what_it_says() {
    let cart = cart(&[(2, 1_000), (1, 3_000)]);
    let table = [
        (r#"{"percent":{"percent":"10.5","on":"order"}}"#, (vec![210, 315], 0)),
        (r#"{"percent":{"percent":"100","on":"lines"}}"#, (vec![2_000, 3_000], 0)),
        (r#"{"amount":{"amount":1001,"per":"order"}}"#, (vec![400, 601], 0)),
        (r#"{"amount":{"amount":999999,"per":"order"}}"#, (vec![2_000, 3_000], 0)),
        (r#"{"amount":{"amount":1500,"per":"unit"}}"#, (vec![2_000, 1_500], 0)),
        (r#"{"x_for_y":{"take":3,"pay":2}}"#, (vec![1_000, 0], 0)),
        (r#"{"x_for_y":{"take":3,"pay":1}}"#, (vec![2_000, 0], 0)),
        (r#""free_shipping""#, (vec![0, 0], 490)),
        (r#"{"fixed_unit_price":{"unit_price":900}}"#, (vec![200, 2_100], 0)),
        (r#"{"fixed_unit_price":{"unit_price":1500}}"#, (vec![0, 1_500], 0)),
    ];
    for (benefit, expected) in table {
        assert_eq!(taken(&cart, &[promotion("p", benefit)]), expected, "{benefit}");
    }
}

/// saleor#12040: ten percent of three lines at 0.15 EUR were 0.03 with every line rounded down; it is 0.045 of the
/// sum, rounded half up.
#[test]
fn a_percentage_is_rounded_once_on_the_sum_and_not_down_on_every_line() {
    let cart = cart(&[(1, 15), (1, 15), (1, 15)]);
    assert_eq!(
        taken(&cart, &[promotion("p", r#"{"percent":{"percent":"10","on":"order"}}"#)]).0,
        [2, 2, 1]
    );
}

/// saleor#17453: a voucher of 50 % was computed from the undiscounted price and, on a sale of 50 %, made the order free.
#[test]
fn a_percentage_is_computed_from_the_price_that_is_already_discounted() {
    let mut sale = promotion("sale", r#"{"percent":{"percent":"50","on":"lines"}}"#);
    sale.priority = 1;
    let voucher = promotion("voucher", r#"{"percent":{"percent":"50","on":"order"}}"#);
    let cart = cart(&[(1, 10_000)]);
    assert_eq!(taken(&cart, &[voucher.clone(), sale.clone()]).0, [7_500]);
    let evaluation = unused(&cart, &[voucher, sale]);
    assert_eq!(evaluation.given(), [("sale", 5_000), ("voucher", 2_500)]);
}

#[test]
fn of_x_for_y_the_cheapest_of_all_units_are_free_also_across_lines() {
    let three_for_two = promotion("p", r#"{"x_for_y":{"take":3,"pay":2}}"#);
    assert_eq!(
        taken(&cart(&[(4, 1_000), (1, 500), (1, 700)]), std::slice::from_ref(&three_for_two)).0,
        [0, 500, 700]
    );
    assert_eq!(
        taken(&cart(&[(7, 1_000)]), std::slice::from_ref(&three_for_two)).0,
        [2_000],
        "7 units are two times three"
    );
    let reason = declined(&cart(&[(2, 1_000)]), &three_for_two);
    assert_eq!(reason, DeclineReason::NothingLeft);
}

#[test]
fn included_and_excluded_products_categories_and_brands_decide_which_lines_match() {
    let mut cart = cart(&[(1, 100), (1, 100), (1, 100), (1, 100)]);
    cart.lines[0].category_ids = vec!["sofas".to_owned(), "seating".to_owned()];
    cart.lines[1].brand_id = Some("nord".to_owned());
    cart.lines[2].category_ids = vec!["seating".to_owned()];
    cart.lines[2].brand_id = Some("sued".to_owned());
    let with = |conditions: &str| {
        let mut half = promotion("p", r#"{"percent":{"percent":"50","on":"lines"}}"#);
        half.conditions = serde_json::from_str(conditions).unwrap();
        taken(&cart, &[half]).0
    };
    assert_eq!(with("{}"), [50, 50, 50, 50]);
    assert_eq!(with(r#"{"include":{"categories":["seating"]}}"#), [50, 0, 50, 0]);
    assert_eq!(
        with(r#"{"include":{"categories":["sofas"],"brands":["nord"],"products":["product-3"]}}"#),
        [50, 50, 0, 50]
    );
    assert_eq!(
        with(r#"{"include":{"categories":["seating"]},"exclude":{"brands":["sued"]}}"#),
        [50, 0, 0, 0]
    );
    assert_eq!(with(r#"{"exclude":{"products":["product-0"]}}"#), [0, 50, 50, 50]);
}

#[test]
fn a_percentage_of_the_order_needs_one_matching_line_and_reduces_all() {
    let mut cart = cart(&[(1, 100), (1, 100)]);
    let mut half = promotion("p", r#"{"percent":{"percent":"50","on":"order"}}"#);
    half.conditions.include.products = vec!["product-1".to_owned()];
    assert_eq!(taken(&cart, &[half.clone()]).0, [50, 50]);
    cart.lines.pop();
    assert_eq!(declined(&cart, &half), DeclineReason::NoMatchingLine);
}

#[test]
fn services_are_reduced_only_where_the_conditions_say_so() {
    let mut cart = cart(&[(1, 100), (1, 100)]);
    cart.lines[1].kind = LineKind::Service;
    let mut half = promotion("p", r#"{"percent":{"percent":"50","on":"order"}}"#);
    assert_eq!(taken(&cart, &[half.clone()]).0, [50, 0]);
    half.conditions.services = true;
    assert_eq!(taken(&cart, &[half]).0, [50, 50]);
}

#[test]
fn every_condition_that_does_not_hold_is_named_as_the_reason() {
    let cart = cart(&[(2, 1_000)]);
    let before = "2026-11-27T08:00:00Z".parse().unwrap();
    let after = "2026-11-27T08:00:00.000001Z".parse().unwrap();
    let table = [
        (r#"{"code":"WINTER"}"#, DeclineReason::CodeNotEntered),
        (r#"{"channels":["app"]}"#, DeclineReason::OtherChannel),
        (r#"{"from":"2026-11-27T08:00:00.000001Z"}"#, DeclineReason::NotYet { from: after }),
        (r#"{"until":"2026-11-27T08:00:00Z"}"#, DeclineReason::Over { until: before }),
        (r#"{"customer_groups":["gold"]}"#, DeclineReason::OtherCustomerGroup),
        (r#"{"first_order":true}"#, DeclineReason::NotTheFirstOrder),
        (r#"{"include":{"brands":["nord"]}}"#, DeclineReason::NoMatchingLine),
        (r#"{"minimum_quantity":3}"#, DeclineReason::TooFewUnits { minimum: 3, missing: 1 }),
        (
            r#"{"minimum_subtotal":2001}"#,
            DeclineReason::SubtotalTooLow { minimum: 2_001, missing: 1 },
        ),
    ];
    for (conditions, expected) in table {
        let mut some = promotion("p", r#"{"amount":{"amount":100,"per":"order"}}"#);
        some.conditions = serde_json::from_str(conditions).unwrap();
        assert_eq!(declined(&cart, &some), expected, "{conditions}");
    }
}

#[test]
fn conditions_that_hold_exactly_are_enough() {
    let mut cart = cart(&[(2, 1_000)]);
    (cart.customer_group, cart.is_first_order) = (Some("gold".to_owned()), true);
    cart.codes = vec![" winter ".to_owned()];
    let mut some = promotion("p", r#"{"amount":{"amount":100,"per":"order"}}"#);
    some.conditions = serde_json::from_str(
        r#"{"code":"WINTER","channels":["web"],"from":"2026-11-27T08:00:00Z","until":"2026-11-27T08:00:00.000001Z",
            "customer_groups":["silver","gold"],"first_order":true,"minimum_quantity":2,"minimum_subtotal":2000}"#,
    )
    .unwrap();
    assert_eq!(taken(&cart, &[some.clone()]).0, [100]);
    assert_eq!(unused(&cart, &[some]).steps[0].code.as_deref(), Some("winter"), "as it was typed");
}

#[test]
fn the_condition_of_one_promotion_is_not_taken_away_by_another() {
    let mut first = promotion("a", r#"{"percent":{"percent":"50","on":"order"}}"#);
    first.priority = 1;
    let mut second = promotion("b", r#"{"amount":{"amount":100,"per":"order"}}"#);
    second.conditions.minimum_subtotal = Some(2_000);
    assert_eq!(taken(&cart(&[(2, 1_000)]), &[first, second]).0, [1_100]);
}

#[test]
fn a_code_that_no_promotion_has_is_declined() {
    let mut cart = cart(&[(1, 100)]);
    cart.codes = vec!["NONSENSE".to_owned()];
    let evaluation = unused(&cart, &[]);
    assert_eq!(evaluation.declined[0].reason, DeclineReason::UnknownCode);
    assert_eq!(
        evaluation.declined[0].sentence(Language::English, Currency::EUR, &TimeZone::UTC),
        "Code NONSENSE: there is no such code."
    );
}

#[test]
fn an_exclusive_promotion_stands_alone_and_priority_decides_which() {
    let cart = cart(&[(1, 1_000)]);
    let mut alone = promotion("alone", r#"{"amount":{"amount":300,"per":"order"}}"#);
    alone.exclusive = true;
    let mut other = promotion("other", r#"{"amount":{"amount":100,"per":"order"}}"#);
    let of = |promotions: &[Promotion]| {
        let evaluation = unused(&cart, promotions);
        (evaluation.total(), evaluation.declined[0].reason.clone())
    };
    let expected = DeclineReason::ExclusiveBefore { name: "ALONE".to_owned() };
    assert_eq!(
        of(&[other.clone(), alone.clone()]),
        (300, expected),
        "of equal priority the key decides"
    );
    other.priority = 1;
    assert_eq!(of(&[alone, other]), (100, DeclineReason::Exclusive { name: "OTHER".to_owned() }));
}

#[test]
fn a_budget_that_is_used_up_declines_and_one_that_is_nearly_spent_cuts() {
    let cart = cart(&[(1, 1_000), (1, 2_000)]);
    let mut some = promotion("p", r#"{"amount":{"amount":300,"per":"order"}}"#);
    some.budget = serde_json::from_str(
        r#"{"max_uses":10,"max_uses_per_customer":1,"max_total_amount":5000}"#,
    )
    .unwrap();
    let with = |uses, uses_by_customer, amount| {
        let usage = HashMap::from([("p".to_owned(), Usage { uses, uses_by_customer, amount })]);
        evaluate(&cart, std::slice::from_ref(&some), &usage).unwrap()
    };
    assert_eq!(with(10, 0, 0).declined[0].reason, DeclineReason::UsedUp);
    assert_eq!(with(9, 1, 0).declined[0].reason, DeclineReason::UsedUpByCustomer);
    assert_eq!(with(9, 0, 5_000).declined[0].reason, DeclineReason::BudgetSpent);
    let full = with(9, 0, 4_700);
    assert_eq!((full.total(), full.steps[0].cut_to_budget), (300, false));
    let cut = with(9, 0, 4_900);
    assert_eq!(
        cut.steps.iter().map(|step| (step.amount, step.cut_to_budget)).collect::<Vec<_>>(),
        [(33, true), (67, true)]
    );
}

#[test]
fn amounts_of_one_currency_are_never_taken_for_those_of_another() {
    let mut yen = cart(&[(1, 1_000)]);
    yen.currency = Currency::JPY;
    let mut some = promotion("p", r#"{"amount":{"amount":300,"per":"order"}}"#);
    assert_eq!(declined(&yen, &some), DeclineReason::OtherCurrency);
    some.currency = None;
    assert_eq!(
        (some.check(), declined(&yen, &some)),
        (Err(PromotionError::NoCurrency), DeclineReason::OtherCurrency)
    );
    some.benefit = serde_json::from_str(r#"{"percent":{"percent":"10","on":"order"}}"#).unwrap();
    assert_eq!(
        (some.check(), taken(&yen, &[some]).0),
        (Ok(()), vec![100]),
        "a percentage is of every currency"
    );
}

#[test]
fn rules_that_make_no_sense_are_refused_when_they_are_written() {
    let table = [
        (r#"{"percent":{"percent":"0","on":"order"}}"#, "{}", PromotionError::NoPercentage),
        (r#"{"x_for_y":{"take":2,"pay":2}}"#, "{}", PromotionError::NoUnitFree),
        (r#"{"x_for_y":{"take":2,"pay":0}}"#, "{}", PromotionError::NoUnitFree),
        (r#"{"amount":{"amount":0,"per":"unit"}}"#, "{}", PromotionError::NoAmount),
        (r#"{"fixed_unit_price":{"unit_price":-1}}"#, "{}", PromotionError::NoAmount),
        (r#""free_shipping""#, r#"{"minimum_subtotal":-1}"#, PromotionError::NoAmount),
        (
            r#""free_shipping""#,
            r#"{"from":"2026-11-27T08:00:00Z","until":"2026-11-27T08:00:00Z"}"#,
            PromotionError::NoTime,
        ),
    ];
    for (benefit, conditions, expected) in table {
        let mut some = promotion("p", benefit);
        some.conditions = serde_json::from_str(conditions).unwrap();
        assert_eq!(some.check(), Err(expected), "{benefit} {conditions}");
    }
    assert!(
        serde_json::from_str::<Promotion>(r#"{"key":"p","name":"P","benefit":"free_shiping"}"#)
            .is_err()
    );
    let typo = r#"{"key":"p","name":"P","benefit":"free_shipping","conditions":{"coupon":"X"}}"#;
    assert!(
        serde_json::from_str::<Promotion>(typo).is_err(),
        "an unknown condition would apply to everybody"
    );
}

#[test]
fn a_promotion_is_short_to_write_by_hand() {
    let text = r#"{"key":"winter","name":"Winterwochen","benefit":{"percent":{"percent":"10.5","on":"lines"}},"conditions":{"code":"WINTER"}}"#;
    let winter: Promotion = serde_json::from_str(text).unwrap();
    assert_eq!(winter.check(), Ok(()));
    let written = serde_json::to_string(&winter).unwrap();
    assert_eq!(serde_json::from_str::<Promotion>(&written).unwrap(), winter);
}

#[test]
fn every_cent_is_explained_in_german_and_english() {
    let mut cart = cart(&[(2, 1_000), (1, 3_000)]);
    cart.codes = vec!["winter".to_owned()];
    let mut winter = promotion("winter", r#"{"percent":{"percent":"10.5","on":"order"}}"#);
    (winter.name, winter.conditions.code) = ("Winterwochen".to_owned(), Some("WINTER".to_owned()));
    let mut bulk = promotion("z", r#""free_shipping""#);
    (bulk.name, bulk.conditions.minimum_subtotal) = ("Frei Haus".to_owned(), Some(10_000));
    let evaluation = unused(&cart, &[winter, bulk]);
    let step = |language| {
        evaluation.steps[0].sentence(language, Currency::EUR, "Sofa").replace('\u{a0}', " ")
    };
    assert_eq!(
        step(Language::German),
        "Sofa: -2,10 €, „Winterwochen“ (Code winter): Anteil an 10,5 % von 50,00 €."
    );
    assert_eq!(
        step(Language::English),
        "Sofa: -€2.10, “Winterwochen” (code winter): its part of 10.5% of €50.00."
    );
    let declined = |language| {
        evaluation.declined[0]
            .sentence(language, Currency::EUR, &TimeZone::UTC)
            .replace('\u{a0}', " ")
    };
    assert_eq!(declined(Language::German), "„Frei Haus“: gilt ab 100,00 €, es fehlen 50,00 €.");
    assert_eq!(declined(Language::English), "“Frei Haus”: valid from €100.00, €50.00 missing.");
}

#[test]
fn every_reason_has_a_sentence_in_german_and_english() {
    let at: Moment = "2026-11-27T08:00:00Z".parse().unwrap();
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let reasons = [
        DeclineReason::UnknownCode,
        DeclineReason::CodeNotEntered,
        DeclineReason::OtherChannel,
        DeclineReason::OtherCurrency,
        DeclineReason::NotYet { from: at },
        DeclineReason::Over { until: at },
        DeclineReason::OtherCustomerGroup,
        DeclineReason::NotTheFirstOrder,
        DeclineReason::UsedUp,
        DeclineReason::UsedUpByCustomer,
        DeclineReason::BudgetSpent,
        DeclineReason::NoMatchingLine,
        DeclineReason::TooFewUnits { minimum: 3, missing: 1 },
        DeclineReason::SubtotalTooLow { minimum: 5_000, missing: 1 },
        DeclineReason::ExclusiveBefore { name: "Frei Haus".to_owned() },
        DeclineReason::Exclusive { name: "Frei Haus".to_owned() },
        DeclineReason::NothingLeft,
    ];
    let sentences = reasons.map(|reason| {
        let declined = Declined {
            promotion: Some("p".to_owned()),
            name: Some("P".to_owned()),
            code: None,
            reason,
        };
        let [german, english] = [Language::German, Language::English].map(|language| {
            declined.sentence(language, Currency::EUR, &berlin).replace('\u{a0}', " ")
        });
        format!("{german}\n{english}")
    });
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn every_benefit_has_a_sentence_in_german_and_english() {
    let mut three = promotion("c", r#"{"x_for_y":{"take":3,"pay":2}}"#);
    three.budget.max_total_amount = Some(100);
    let promotions = [
        promotion("a", r#"{"amount":{"amount":300,"per":"order"}}"#),
        promotion("b", r#"{"amount":{"amount":10,"per":"unit"}}"#),
        three,
        promotion("d", r#"{"fixed_unit_price":{"unit_price":500}}"#),
        promotion("e", r#""free_shipping""#),
    ];
    let evaluation = unused(&cart(&[(3, 1_000)]), &promotions);
    let sentences = evaluation.steps.iter().map(|step| {
        let [german, english] = [Language::German, Language::English]
            .map(|language| step.sentence(language, Currency::EUR, "Sofa").replace('\u{a0}', " "));
        format!("{german}\n{english}")
    });
    insta::assert_snapshot!(sentences.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_cart_without_a_price_is_refused() {
    let of = |cart: &Cart| evaluate(cart, &[], &HashMap::new()).unwrap_err();
    assert_eq!(of(&cart(&[])), CartError::Empty);
    assert_eq!(of(&cart(&[(1, -1)])), CartError::NegativePrice("line “a”".to_owned()));
    assert_eq!(of(&cart(&[(2, MAX_TOTAL / 2)])), CartError::TooLarge, "with shipping");
    let mut twice = cart(&[(1, 1), (1, 1)]);
    twice.lines[1].key = "a".to_owned();
    assert_eq!(of(&twice), CartError::DuplicateKey("a".to_owned()));
}

fn cart_and_promotions() -> impl Strategy<Value = (Cart, Vec<Promotion>)> {
    any_cart().prop_flat_map(|cart| {
        let currency = cart.currency;
        (Just(cart), any_promotions(currency))
    })
}

proptest! {
    #[test]
    fn nothing_is_ever_reduced_below_zero_and_no_budget_is_exceeded((cart, promotions) in cart_and_promotions()) {
        let evaluation = unused(&cart, &promotions);
        let (lines, shipping) = taken(&cart, &promotions);
        for (line, discount) in cart.lines.iter().zip(&lines) {
            prop_assert!((0..=line.subtotal()).contains(discount));
        }
        prop_assert!((0..=cart.shipping).contains(&shipping));
        prop_assert_eq!(lines.iter().sum::<i64>() + shipping, evaluation.total());
        for (key, amount) in evaluation.given() {
            let budget = promotions.iter().find(|promotion| promotion.key == key).and_then(|promotion| promotion.budget.max_total_amount);
            prop_assert!(amount <= budget.unwrap_or(i64::MAX));
        }
    }

    #[test]
    fn every_promotion_either_gave_something_or_says_why_not((cart, promotions) in cart_and_promotions()) {
        let evaluation = unused(&cart, &promotions);
        prop_assert!(evaluation.steps.iter().all(|step| step.amount > 0));
        prop_assert_eq!(evaluation.given().len() + evaluation.declined.len(), promotions.len());
    }

    #[test]
    fn the_order_in_which_promotions_are_listed_does_not_matter((cart, mut promotions) in cart_and_promotions()) {
        let evaluation = unused(&cart, &promotions);
        promotions.reverse();
        prop_assert_eq!(unused(&cart, &promotions), evaluation);
    }
}
