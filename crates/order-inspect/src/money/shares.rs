//! What each unit of a line carries of the line's amount.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount split over the units of a line: each unit carries `base`, the first `extra` units one minor unit more.
///
/// It is what an order freezes: 10.00 EUR over three units is `{"units":3,"base":333,"extra":1}`, the shares 3.34,
/// 3.33 and 3.33. Units are taken in order, so any partition of them adds up to the amount exactly. The form is
/// explicit so that no later version of this crate can read other shares out of a stored order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "StoredShares")]
pub struct UnitShares {
    /// The number of units, at least 1.
    #[schema(value_type = u32, minimum = 1)]
    units: NonZeroU32,
    /// Minor units that every unit carries.
    base: i64,
    /// How many units carry one minor unit more; less than `units`.
    extra: u32,
}

impl UnitShares {
    /// Splits `total` as equally as minor units allow.
    #[must_use]
    pub const fn split(total: i64, units: NonZeroU32) -> Self {
        let count = units.get() as i64;
        // The Euclidean remainder is at least 0 and less than `count`, also for a negative total.
        Self { units, base: total.div_euclid(count), extra: total.rem_euclid(count) as u32 }
    }

    /// The number of units.
    #[must_use]
    pub const fn units(self) -> u32 {
        self.units.get()
    }

    /// The amount that was split.
    #[must_use]
    pub const fn total(self) -> i64 {
        self.of_first(self.units.get())
    }

    /// What `count` units carry together after `taken` units are gone; units beyond the last carry nothing.
    #[must_use]
    pub const fn of_units(self, taken: u32, count: u32) -> i64 {
        self.of_first(taken.saturating_add(count)) - self.of_first(taken)
    }

    /// What the first `count` units carry together.
    const fn of_first(self, count: u32) -> i64 {
        let count = if count < self.units.get() { count } else { self.units.get() };
        let extra = if count < self.extra { count } else { self.extra };
        // Wider, because `base` is cut downwards: for i64::MIN, base times units lies below the range.
        (self.base as i128 * count as i128 + extra as i128) as i64
    }
}

/// The stored form before its numbers are believed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredShares {
    units: NonZeroU32,
    base: i64,
    extra: u32,
}

/// Why stored shares are not read.
#[derive(Debug, thiserror::Error)]
#[error(
    "{units} units with {base} each and {extra} with one more are no shares: “extra” must be less than “units”, and the total must fit into 64 bits"
)]
struct NoShares {
    units: NonZeroU32,
    base: i64,
    extra: u32,
}

impl TryFrom<StoredShares> for UnitShares {
    type Error = NoShares;

    fn try_from(StoredShares { units, base, extra }: StoredShares) -> Result<Self, NoShares> {
        let total = i128::from(base) * i128::from(units.get()) + i128::from(extra);
        if extra >= units.get() || i64::try_from(total).is_err() {
            return Err(NoShares { units, base, extra });
        }
        Ok(Self { units, base, extra })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(total: i64, units: u32) -> UnitShares {
        UnitShares::split(total, NonZeroU32::new(units).unwrap())
    }

    #[test]
    fn ten_euros_over_three_units_are_one_share_of_334_and_two_of_333() {
        let shares = split(1000, 3);
        assert_eq!([0, 1, 2, 3].map(|taken| shares.of_units(taken, 1)), [334, 333, 333, 0]);
        assert_eq!(shares.of_units(1, 99), 666, "units beyond the last carry nothing");
    }

    #[test]
    fn stored_shares_are_short_and_come_back_as_they_were() {
        let text = serde_json::to_string(&split(1000, 3)).unwrap();
        assert_eq!(text, r#"{"units":3,"base":333,"extra":1}"#);
        assert_eq!(serde_json::from_str::<UnitShares>(&text).unwrap(), split(1000, 3));
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        for total in [i64::MIN, i64::MAX] {
            assert_eq!(split(total, 3).total(), total);
            let text = serde_json::to_string(&split(total, 7)).unwrap();
            assert_eq!(serde_json::from_str::<UnitShares>(&text).unwrap().total(), total);
        }
    }

    #[test]
    fn stored_shares_that_cannot_be_are_refused() {
        for text in [
            r#"{"units":0,"base":1,"extra":0}"#,
            r#"{"units":3,"base":1,"extra":3}"#,
            r#"{"units":4294967295,"base":9223372036854775807,"extra":0}"#,
        ] {
            assert!(serde_json::from_str::<UnitShares>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_partition_of_the_units_adds_up_to_the_total(
            total: i64, counts in prop::collection::vec(0_u32..50, 1..40),
        ) {
            let units = counts.iter().sum::<u32>().max(1);
            let shares = split(total, units);
            let mut taken = 0;
            let mut sum = 0_i128;
            for count in counts {
                sum += i128::from(shares.of_units(taken, count));
                taken += count;
            }
            prop_assert_eq!(sum + i128::from(shares.of_units(taken, units)), i128::from(total));
            prop_assert_eq!(shares.total(), total);
        }

        #[test]
        fn a_unit_never_carries_more_of_a_part_than_of_the_whole(total in 0_i64..100_000, part in 0_i64..100_000, units in 1_u32..1_000) {
            let (whole, part) = (split(total, units), split(part.min(total), units));
            for unit in 0..units {
                prop_assert!(part.of_units(unit, 1) <= whole.of_units(unit, 1));
            }
        }
    }
}
