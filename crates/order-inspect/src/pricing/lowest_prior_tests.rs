//! PAngV §11 as a table: each case names the rule that it shows. Prices are in minor units, times in hours from
//! 2026-01-01T00:00:00Z on.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{Audience, PriceInterval, PriceKind, Reduction, reduction_in_force};
use crate::moment::Moment;

const DAY: i64 = 24;

fn hour(hours: i64) -> Moment {
    let start: Moment = "2026-01-01T00:00:00Z".parse().unwrap();
    start.saturating_add_micros(hours * 3_600_000_000)
}

fn interval(kind: PriceKind, amount: i64, from: i64, until: i64) -> PriceInterval {
    PriceInterval {
        kind,
        amount,
        list_price: None,
        from: hour(from),
        until: Some(hour(until)),
        customer_group: None,
        min_quantity: 1,
    }
}

fn regular(amount: i64, from: i64, until: i64) -> PriceInterval {
    interval(PriceKind::Regular, amount, from, until)
}

fn sale(amount: i64, from: i64, until: i64) -> PriceInterval {
    interval(PriceKind::Sale, amount, from, until)
}

fn for_group(group: &str, mut interval: PriceInterval) -> PriceInterval {
    interval.customer_group = Some(group.to_owned());
    interval
}

fn reduction(intervals: &[PriceInterval], now: i64) -> Option<Reduction> {
    reduction_in_force(intervals, Audience::PUBLIC, hour(now), &TimeZone::UTC)
}

struct Case {
    name: &'static str,
    rule: &'static str,
    prices: Vec<PriceInterval>,
    now: i64,
    /// The hour at which the reduction began, and the lowest prior price.
    expected: (i64, Option<i64>),
}

#[test]
fn each_case_of_the_table_shows_the_lowest_prior_price_that_the_law_wants() {
    let cases = single_reductions().into_iter().chain(repeated_reductions()).chain(borders());
    for Case { name, rule, prices, now, expected } in cases {
        let found = reduction(&prices, now).unwrap_or_else(|| panic!("{name}: no reduction"));
        assert_eq!(
            (found.began, found.lowest_prior),
            (hour(expected.0), expected.1),
            "{name}: {rule}"
        );
    }
}

fn single_reductions() -> Vec<Case> {
    let always = || regular(100, 0, 300 * DAY);
    vec![
        Case {
            name: "single cut",
            rule: "§11 (1): the price before the reduction, never the sale price itself",
            prices: vec![always(), sale(80, 60 * DAY, 90 * DAY)],
            now: 61 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "cut longer than 30 days",
            rule: "§11 (1): the window is anchored at the beginning of the reduction, not at today",
            prices: vec![always(), sale(80, 60 * DAY, 200 * DAY)],
            now: 150 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "price older than the window",
            rule: "§11 (1): a price in force when the window begins was applied in it, whenever it began",
            prices: vec![
                regular(100, 0, 55 * DAY),
                regular(120, 55 * DAY, 300 * DAY),
                sale(90, 60 * DAY, 70 * DAY),
            ],
            now: 60 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "raise shortly before the cut",
            rule: "§11 (1): a raise two days before does not raise the lowest price of 30 days",
            prices: vec![
                regular(100, 0, 58 * DAY),
                regular(150, 58 * DAY, 300 * DAY),
                sale(99, 60 * DAY, 70 * DAY),
            ],
            now: 65 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "quiet cut before the announced one",
            rule: "§11 (1): a lower regular price was applied, though never announced as a reduction",
            prices: vec![always(), regular(70, 40 * DAY, 45 * DAY), sale(80, 60 * DAY, 70 * DAY)],
            now: 60 * DAY,
            expected: (60 * DAY, Some(70)),
        },
        Case {
            name: "two changes on the day of the cut",
            rule: "§11 (1): a price counts however briefly it was applied, also on the day of the reduction",
            prices: vec![
                always(),
                regular(90, 60 * DAY + 10, 60 * DAY + 12),
                sale(80, 60 * DAY + 14, 70 * DAY),
            ],
            now: 60 * DAY + 15,
            expected: (60 * DAY + 14, Some(90)),
        },
        Case {
            name: "regular price changes under a running cut",
            rule: "§11 (1): what is not charged is not applied; the reduction goes on",
            prices: vec![
                regular(100, 0, 65 * DAY),
                regular(85, 65 * DAY, 300 * DAY),
                sale(80, 60 * DAY, 90 * DAY),
            ],
            now: 70 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "never offered before",
            rule: "§11 (1): without a price applied before there is none to show, and nothing to reduce",
            prices: vec![sale(80, 60 * DAY, 90 * DAY), regular(100, 60 * DAY, 300 * DAY)],
            now: 61 * DAY,
            expected: (60 * DAY, None),
        },
        Case {
            name: "not offered for longer than the window",
            rule: "§11 (1): a price that ended before the 30 days was not applied in them",
            prices: vec![regular(100, 0, 20 * DAY), sale(80, 60 * DAY, 90 * DAY)],
            now: 61 * DAY,
            expected: (60 * DAY, None),
        },
    ]
}

fn repeated_reductions() -> Vec<Case> {
    let always = || regular(100, 0, 300 * DAY);
    vec![
        Case {
            name: "two steps",
            rule: "§11 (2): the price before the first step stays the one to show",
            prices: vec![always(), sale(80, 60 * DAY, 70 * DAY), sale(70, 70 * DAY, 90 * DAY)],
            now: 75 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "three steps over more than 30 days",
            rule: "§11 (2): for as long as the reduction rises without a pause",
            prices: vec![
                always(),
                sale(90, 60 * DAY, 80 * DAY),
                sale(80, 80 * DAY, 100 * DAY),
                sale(70, 100 * DAY, 120 * DAY),
            ],
            now: 119 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "overlapping steps",
            rule: "§11 (2): the deeper sale begins while the first still runs, which is no pause",
            prices: vec![always(), sale(80, 60 * DAY, 90 * DAY), sale(70, 70 * DAY, 90 * DAY)],
            now: 75 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "cut that is prolonged",
            rule: "§11 (1): the same price without a pause is the same reduction",
            prices: vec![always(), sale(80, 60 * DAY, 70 * DAY), sale(80, 70 * DAY, 90 * DAY)],
            now: 75 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "pause between two steps",
            rule: "§11 (2) does not apply after a pause; by §11 (1) the first sale price was applied in the 30 days",
            prices: vec![always(), sale(80, 60 * DAY, 70 * DAY), sale(70, 71 * DAY, 90 * DAY)],
            now: 75 * DAY,
            expected: (71 * DAY, Some(80)),
        },
        Case {
            name: "pause of one hour without any offer",
            rule: "§11 (2): any pause ends the run, also one in which nothing is sold",
            prices: vec![
                regular(100, 0, 60 * DAY),
                sale(80, 60 * DAY, 70 * DAY),
                sale(70, 70 * DAY + 1, 90 * DAY),
            ],
            now: 75 * DAY,
            expected: (70 * DAY + 1, Some(80)),
        },
        Case {
            name: "cut within 30 days of a finished cut",
            rule: "§11 (1): the price of the earlier sale is the lowest of the window, though it was deeper",
            prices: vec![always(), sale(60, 40 * DAY, 45 * DAY), sale(80, 60 * DAY, 70 * DAY)],
            now: 60 * DAY,
            expected: (60 * DAY, Some(60)),
        },
        Case {
            name: "cut more than 30 days after a finished cut",
            rule: "§11 (1): the earlier sale lies outside of the window",
            prices: vec![always(), sale(60, 10 * DAY, 20 * DAY), sale(80, 60 * DAY, 70 * DAY)],
            now: 60 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "sale price raised in between",
            rule: "§11 (2) needs a rising reduction: a raise begins a new one, whose window holds the deeper price",
            prices: vec![always(), sale(70, 60 * DAY, 70 * DAY), sale(80, 70 * DAY, 90 * DAY)],
            now: 75 * DAY,
            expected: (70 * DAY, Some(70)),
        },
        Case {
            name: "deeper step after a raise",
            rule: "§11 (2): the run goes back to the raise and no further",
            prices: vec![
                always(),
                sale(70, 60 * DAY, 65 * DAY),
                sale(80, 65 * DAY, 70 * DAY),
                sale(60, 70 * DAY, 90 * DAY),
            ],
            now: 75 * DAY,
            expected: (65 * DAY, Some(70)),
        },
        Case {
            name: "steps, regular price, then another cut",
            rule: "§11 (1): the return to the regular price ends the stepwise reduction; its last step counts",
            prices: vec![
                always(),
                sale(80, 60 * DAY, 65 * DAY),
                sale(70, 65 * DAY, 70 * DAY),
                sale(60, 75 * DAY, 90 * DAY),
            ],
            now: 80 * DAY,
            expected: (75 * DAY, Some(70)),
        },
    ]
}

fn borders() -> Vec<Case> {
    vec![
        Case {
            name: "price that ended exactly where the window begins",
            rule: "§11 (1): it was not applied within the 30 days",
            prices: vec![
                regular(70, 0, 30 * DAY),
                regular(100, 30 * DAY, 300 * DAY),
                sale(80, 60 * DAY, 70 * DAY),
            ],
            now: 60 * DAY,
            expected: (60 * DAY, Some(100)),
        },
        Case {
            name: "price that ended one hour after the window begins",
            rule: "§11 (1): one hour within the 30 days is enough",
            prices: vec![
                regular(70, 0, 30 * DAY + 1),
                regular(100, 30 * DAY + 1, 300 * DAY),
                sale(80, 60 * DAY, 70 * DAY),
            ],
            now: 60 * DAY,
            expected: (60 * DAY, Some(70)),
        },
        Case {
            name: "cut that begins in the afternoon",
            rule: "30 days by the calendar: the whole day that lies 30 days before belongs to the window",
            prices: vec![
                regular(70, 0, 30 * DAY + 2),
                regular(100, 30 * DAY + 2, 300 * DAY),
                sale(80, 60 * DAY + 15, 70 * DAY),
            ],
            now: 61 * DAY,
            expected: (60 * DAY + 15, Some(70)),
        },
        Case {
            name: "regular price that changes with the beginning of the cut",
            rule: "§11 (1): before the reduction means before its first instant",
            prices: vec![
                regular(100, 0, 60 * DAY),
                regular(85, 60 * DAY, 300 * DAY),
                sale(80, 60 * DAY, 70 * DAY),
            ],
            now: 61 * DAY,
            expected: (60 * DAY, Some(100)),
        },
    ]
}

#[test]
fn without_a_sale_price_in_force_no_reduction_is_announced() {
    assert_eq!(
        reduction(&[regular(100, 0, 50 * DAY), regular(80, 50 * DAY, 90 * DAY)], 60 * DAY),
        None,
        "a new price"
    );
    assert_eq!(
        reduction(&[regular(100, 0, 90 * DAY), sale(120, 50 * DAY, 90 * DAY)], 60 * DAY),
        None,
        "not lower"
    );
    assert_eq!(
        reduction(&[regular(100, 0, 90 * DAY), sale(80, 50 * DAY, 60 * DAY)], 60 * DAY),
        None,
        "already over"
    );
    assert_eq!(reduction(&[], 60 * DAY), None);
}

/// §11 (1) "which he applied to consumers": each channel is an offer of its own and has its own intervals.
#[test]
fn each_channel_has_its_own_lowest_price() {
    let online = [regular(100, 0, 90 * DAY), sale(80, 60 * DAY, 90 * DAY)];
    let outlet =
        [regular(95, 0, 90 * DAY), sale(70, 40 * DAY, 50 * DAY), sale(80, 60 * DAY, 90 * DAY)];
    assert_eq!(reduction(&online, 61 * DAY).unwrap().lowest_prior, Some(100));
    assert_eq!(reduction(&outlet, 61 * DAY).unwrap().lowest_prior, Some(70));
}

/// §11 (1): a group's price was not offered to the public; to the group it was.
#[test]
fn the_price_of_a_group_counts_for_the_group_and_not_for_the_public() {
    let prices = [
        regular(100, 0, 90 * DAY),
        for_group("club", regular(75, 40 * DAY, 50 * DAY)),
        sale(80, 60 * DAY, 90 * DAY),
    ];
    let of = |customer_group| {
        let audience = Audience { customer_group, quantity: 1 };
        reduction_in_force(&prices, audience, hour(61 * DAY), &TimeZone::UTC).unwrap().lowest_prior
    };
    assert_eq!(of(None), Some(100));
    assert_eq!(of(Some("club")), Some(75));
}

#[test]
fn a_price_for_larger_quantities_is_no_price_of_one_piece() {
    let tier = PriceInterval { min_quantity: 10, ..regular(60, 0, 90 * DAY) };
    let prices = [regular(100, 0, 90 * DAY), tier, sale(80, 60 * DAY, 90 * DAY)];
    assert_eq!(reduction(&prices, 61 * DAY).unwrap().lowest_prior, Some(100));
}

/// On 29 March 2026 Berlin loses an hour: from 1 March, 0 o'clock, to 31 March, 0 o'clock, it is 30 times 24 hours
/// less one. The window reaches back by the clock then, and by the calendar on every other day.
#[test]
fn the_window_is_counted_in_the_time_zone_of_the_channel_and_is_never_shorter_than_30_times_24_hours()
 {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let window = |began: &str| {
        let began: Moment = began.parse().unwrap();
        let sale = PriceInterval { from: began, until: None, ..sale(80, 0, 0) };
        reduction_in_force(&[sale], Audience::PUBLIC, began, &berlin)
            .unwrap()
            .window_from
            .to_string()
    };
    assert_eq!(
        window("2026-03-15T10:00:00+01:00"),
        "2026-02-12T23:00:00Z",
        "13 February, 0 o'clock in Berlin"
    );
    assert_eq!(
        window("2026-03-31T00:00:00+02:00"),
        "2026-02-28T22:00:00Z",
        "an hour before 1 March in Berlin"
    );
    assert_eq!(
        window("2026-07-31T23:30:00+02:00"),
        "2026-06-30T22:00:00Z",
        "1 July, 0 o'clock in Berlin"
    );
}

/// CJEU C-330/23.
#[test]
fn the_percentage_is_computed_from_the_lowest_prior_price_and_cut() {
    let of = |amount, lowest_prior| {
        let reduction = Reduction { amount, began: hour(0), window_from: hour(0), lowest_prior };
        reduction.percent_off()
    };
    assert_eq!(of(80, Some(100)), Some(20));
    assert_eq!(of(6_699, Some(9_999)), Some(33), "33.003 %");
    assert_eq!(of(6_601, Some(10_000)), Some(33), "33.99 % is not 34 %");
    assert_eq!(of(0, Some(100)), Some(100));
    assert_eq!(
        (of(100, Some(100)), of(120, Some(100)), of(80, None), of(0, Some(0))),
        (None, None, None, None)
    );
}

/// The price at an hour, found without the code under test: kind, amount.
fn sampled(prices: &[PriceInterval], at: Moment) -> Option<(PriceKind, i64)> {
    let newest = |kind| {
        let mut best: Option<&PriceInterval> = None;
        for price in prices.iter().filter(|price| price.kind == kind && price.from <= at) {
            let running = price.until.is_none_or(|until| until > at);
            let newer = best.is_none_or(|best| {
                price.from > best.from || (price.from == best.from && price.amount < best.amount)
            });
            if running && newer {
                best = Some(price);
            }
        }
        best.map(|price| (kind, price.amount))
    };
    match (newest(PriceKind::Regular), newest(PriceKind::Sale)) {
        (Some(regular), Some(sale)) if sale.1 >= regular.1 => Some(regular),
        (regular, sale) => sale.or(regular),
    }
}

/// Beginning and lowest prior price, found by looking at every hour.
fn by_sampling(prices: &[PriceInterval], now: i64) -> Option<(i64, Option<i64>)> {
    let Some((PriceKind::Sale, mut amount)) = sampled(prices, hour(now)) else { return None };
    let mut began = now;
    while let Some((PriceKind::Sale, earlier)) = sampled(prices, hour(began - 1)) {
        if earlier < amount {
            break;
        }
        (began, amount) = (began - 1, earlier);
    }
    let midnight = began - began.rem_euclid(DAY);
    let lowest = (midnight - 30 * DAY..began)
        .filter_map(|at| sampled(prices, hour(at)))
        .map(|(_, amount)| amount)
        .min();
    Some((began, lowest))
}

fn any_prices() -> impl Strategy<Value = Vec<PriceInterval>> {
    let any_interval = (any::<bool>(), 50_i64..60, 0_i64..240, 1_i64..160).prop_map(
        |(is_sale, amount, from, length)| {
            // Borders on every sixth hour, so that they often meet.
            let (from, until) = (from * 6, (from + length) * 6);
            if is_sale { sale(amount - 5, from, until) } else { regular(amount, from, until) }
        },
    );
    prop::collection::vec(any_interval, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_answer_is_what_looking_at_every_hour_of_the_past_finds(prices in any_prices(), now in 0_i64..1_600) {
        let found = reduction(&prices, now).map(|reduction| (reduction.began, reduction.lowest_prior));
        let expected = by_sampling(&prices, now).map(|(began, lowest)| (hour(began), lowest));
        prop_assert_eq!(found, expected);
    }
}
