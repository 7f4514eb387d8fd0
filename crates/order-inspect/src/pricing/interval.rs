//! The price in force for a customer group, a quantity and a moment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::moment::Moment;

/// What an interval of price is to the customer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// The ordinary price.
    Regular,
    /// A price that is announced as a reduction of the ordinary one.
    Sale,
}

/// A price of one variant in one channel and currency, from one moment until another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceInterval {
    /// Ordinary price or announced reduction.
    pub kind: PriceKind,
    /// Price of one unit in minor units, on the basis of the channel (with or without tax).
    pub amount: i64,
    /// The manufacturer's recommended price, in minor units. It is shown, never charged, and no prior price (§11 PAngV).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_price: Option<i64>,
    /// The first moment in force.
    pub from: Moment,
    /// The first moment no longer in force; open when it is not known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// The only group that gets this price; everybody when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_group: Option<String>,
    /// The quantity of one line from which on this price holds for each of its units.
    #[serde(default = "one")]
    #[schema(minimum = 1, default = 1)]
    pub min_quantity: u32,
}

const fn one() -> u32 {
    1
}

impl PriceInterval {
    /// Whether the interval covers the moment: `from` belongs to it, `until` does not.
    #[must_use]
    pub fn covers(&self, moment: Moment) -> bool {
        self.from <= moment && self.until.is_none_or(|until| moment < until)
    }

    /// Whether the audience may get this price at all.
    #[must_use]
    pub fn is_for(&self, audience: Audience<'_>) -> bool {
        self.min_quantity <= audience.quantity
            && (self.customer_group.is_none()
                || self.customer_group.as_deref() == audience.customer_group)
    }
}

/// Whom a price is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Audience<'a> {
    /// The customer's group, if any.
    pub customer_group: Option<&'a str>,
    /// The quantity of the line.
    pub quantity: u32,
}

impl Audience<'static> {
    /// Anybody who buys one piece: whom a product page without a signed-in customer speaks to.
    pub const PUBLIC: Self = Self { customer_group: None, quantity: 1 };
}

/// The price in force, and the ordinary price that a reduction is one of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PriceInForce<'a> {
    /// The interval whose amount is charged.
    pub applied: &'a PriceInterval,
    /// The regular price in force at the same moment, if there is one; `applied` itself when there is no sale.
    pub regular: Option<&'a PriceInterval>,
}

impl PriceInForce<'_> {
    /// The price of one unit in minor units.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.applied.amount
    }

    /// Whether the price is an announced reduction.
    #[must_use]
    pub const fn is_sale(self) -> bool {
        matches!(self.applied.kind, PriceKind::Sale)
    }
}

/// The price that the audience pays at the moment; `None` when the variant is not offered to it.
///
/// Among the regular prices that cover the moment, the most specific is in force, as in commercetools' price
/// selection: a price of the customer's group before a price for everybody (a contract price holds even where the
/// public price is lower), then the highest quantity tier that is reached, then the interval that began last (a
/// newer decision), then the lower amount. The sale price is selected in the same way among the sale prices, and is
/// applied only when it is lower than the regular price: a sale never makes anything dearer, and a sale for
/// everybody is for every group. A sale price without a regular price is applied.
#[must_use]
pub fn price_in_force<'a>(
    intervals: &'a [PriceInterval],
    audience: Audience<'_>,
    moment: Moment,
) -> Option<PriceInForce<'a>> {
    let most_specific = |kind: PriceKind| {
        intervals
            .iter()
            .filter(|interval| {
                interval.kind == kind && interval.covers(moment) && interval.is_for(audience)
            })
            .max_by_key(|interval| {
                (
                    interval.customer_group.is_some(),
                    interval.min_quantity,
                    interval.from,
                    std::cmp::Reverse(interval.amount),
                )
            })
    };
    let regular = most_specific(PriceKind::Regular);
    let sale = most_specific(PriceKind::Sale)
        .filter(|sale| regular.is_none_or(|regular| sale.amount < regular.amount));
    sale.or(regular).map(|applied| PriceInForce { applied, regular })
}

/// The next moment after `moment` at which an interval begins or ends: until then an answer about prices stays true.
#[must_use]
pub fn next_change(intervals: &[PriceInterval], moment: Moment) -> Option<Moment> {
    intervals
        .iter()
        .flat_map(|interval| [Some(interval.from), interval.until])
        .flatten()
        .filter(|&border| border > moment)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(kind: PriceKind, amount: i64, from: i64, until: Option<i64>) -> PriceInterval {
        PriceInterval {
            kind,
            amount,
            list_price: None,
            from: Moment(from),
            until: until.map(Moment),
            customer_group: None,
            min_quantity: 1,
        }
    }

    fn regular(amount: i64) -> PriceInterval {
        interval(PriceKind::Regular, amount, 0, None)
    }

    fn sale(amount: i64) -> PriceInterval {
        interval(PriceKind::Sale, amount, 0, None)
    }

    fn of_group(group: &str, mut interval: PriceInterval) -> PriceInterval {
        interval.customer_group = Some(group.to_owned());
        interval
    }

    fn from_quantity(min_quantity: u32, interval: PriceInterval) -> PriceInterval {
        PriceInterval { min_quantity, ..interval }
    }

    fn amount(
        intervals: &[PriceInterval],
        customer_group: Option<&str>,
        quantity: u32,
    ) -> Option<i64> {
        price_in_force(intervals, Audience { customer_group, quantity }, Moment(50))
            .map(PriceInForce::amount)
    }

    #[test]
    fn without_a_price_in_force_the_variant_is_not_offered() {
        assert_eq!(amount(&[], None, 1), None);
        assert_eq!(
            amount(&[interval(PriceKind::Regular, 100, 51, None)], None, 1),
            None,
            "begins later"
        );
        assert_eq!(
            amount(&[interval(PriceKind::Regular, 100, 0, Some(50))], None, 1),
            None,
            "ended at this moment"
        );
        assert_eq!(
            amount(&[interval(PriceKind::Regular, 100, 50, Some(51))], None, 1),
            Some(100),
            "begins at this moment"
        );
    }

    #[test]
    fn a_sale_price_is_applied_only_when_it_is_lower() {
        assert_eq!(amount(&[regular(100), sale(80)], None, 1), Some(80));
        assert_eq!(amount(&[regular(100), sale(120)], None, 1), Some(100));
        assert_eq!(amount(&[regular(100), sale(100)], None, 1), Some(100));
        assert_eq!(amount(&[sale(80)], None, 1), Some(80), "without a regular price");
        let intervals = [regular(100), sale(80)];
        let price = price_in_force(&intervals, Audience::PUBLIC, Moment(50)).unwrap();
        assert_eq!((price.is_sale(), price.regular), (true, Some(&intervals[0])));
    }

    #[test]
    fn the_price_of_the_group_comes_before_the_price_for_everybody() {
        let intervals =
            [regular(100), of_group("gold", regular(110)), of_group("silver", regular(95))];
        assert_eq!(
            amount(&intervals, Some("gold"), 1),
            Some(110),
            "a contract price may be higher"
        );
        assert_eq!(amount(&intervals, Some("silver"), 1), Some(95));
        assert_eq!(amount(&intervals, Some("bronze"), 1), Some(100));
        assert_eq!(amount(&intervals, None, 1), Some(100));
    }

    #[test]
    fn a_sale_for_everybody_is_for_every_group() {
        let intervals = [regular(100), of_group("gold", regular(90)), sale(80)];
        assert_eq!(amount(&intervals, Some("gold"), 1), Some(80));
        let intervals = [regular(100), of_group("gold", regular(70)), sale(80)];
        assert_eq!(
            amount(&intervals, Some("gold"), 1),
            Some(70),
            "the group's price is lower still"
        );
    }

    #[test]
    fn the_highest_tier_that_is_reached_is_in_force() {
        let intervals =
            [from_quantity(10, regular(80)), regular(100), from_quantity(50, regular(60))];
        for (quantity, expected) in [(1, 100), (9, 100), (10, 80), (49, 80), (50, 60)] {
            assert_eq!(amount(&intervals, None, quantity), Some(expected), "{quantity} units");
        }
    }

    #[test]
    fn of_overlapping_intervals_the_one_that_began_last_is_in_force() {
        let intervals = [
            interval(PriceKind::Regular, 90, 10, None),
            interval(PriceKind::Regular, 100, 20, None),
        ];
        assert_eq!(amount(&intervals, None, 1), Some(100));
    }

    #[test]
    fn an_answer_stays_true_until_the_next_border() {
        let intervals = [
            interval(PriceKind::Regular, 1, 0, Some(90)),
            interval(PriceKind::Sale, 1, 60, Some(80)),
        ];
        assert_eq!(
            [0, 60, 80, 90].map(|at| next_change(&intervals, Moment(at))),
            [Some(Moment(60)), Some(Moment(80)), Some(Moment(90)), None]
        );
    }

    #[test]
    fn an_interval_is_short_to_write_by_hand() {
        let text = r#"{"kind":"sale","amount":7999,"from":"2026-11-27T00:00:00Z"}"#;
        let interval: PriceInterval = serde_json::from_str(text).unwrap();
        assert_eq!((interval.amount, interval.min_quantity, interval.until), (7999, 1, None));
    }
}
