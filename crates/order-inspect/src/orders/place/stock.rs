//! Taking stock: which location gives how much.

use std::collections::BTreeMap;

use super::ground::Level;
use crate::{
    args,
    db::{Row, Tx, Value},
    orders::facts::Allocation,
};

/// What a line needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) position: i64,
    pub(crate) quantity: i64,
    /// Variants, and how many of each one unit of the line takes: one for itself, or the parts of a bundle.
    pub(crate) parts: Vec<(i64, i64)>,
    /// It may be ordered without stock.
    pub(crate) backorder: bool,
}

/// What is not there: a line, and how many units of it there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) position: i64,
    pub(crate) available: i64,
}

/// What lines take.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Line by line.
    pub(crate) allocations: Vec<Allocation>,
    /// The same by variant and location.
    pub(crate) shares: Shares,
}

/// What is taken, by variant and location.
pub(crate) type Shares = BTreeMap<(i64, i64), Share>;

/// What is taken of a variant at a location.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Share {
    quantity: i64,
    /// So much of it has to be there; the rest may be ordered without stock.
    firm: i64,
}

impl Share {
    /// Adds what others take of the same.
    pub(crate) fn add(&mut self, other: Self) {
        self.quantity += other.quantity;
        self.firm += other.firm;
    }
}

type Levels = BTreeMap<(i64, i64), Level>;

/// Takes what is needed, or nothing at all. One location that has everything is better than several, so that the
/// order leaves in one piece; else each line is taken where there is some, in the order of the locations, and a bundle
/// in whole ones: its parts leave together. The shop may sell from some locations only.
pub(crate) fn allocate(
    levels: &mut Levels,
    from: Option<&[i64]>,
    needs: &[Need],
) -> Result<Taken, Vec<Missing>> {
    let mut taken = Taken::default();
    if let Some(location) = one_for_all(levels, from, needs) {
        for need in needs {
            taken.take(levels, need, location, need.quantity);
        }
        return Ok(taken);
    }
    let mut missing = Vec::new();
    for need in needs {
        if let Err(available) = taken.take_somewhere(levels, from, need) {
            missing.push(Missing { position: need.position, available });
        }
    }
    if missing.is_empty() {
        return Ok(taken);
    }
    for it in &taken.allocations {
        if let Some(level) = levels.get_mut(&(it.variant_id, it.location_id)) {
            level.free += it.quantity;
        }
    }
    Err(missing)
}

/// The first location that has all of it. Several lines may need the same variant: their sum counts.
fn one_for_all(levels: &Levels, from: Option<&[i64]>, needs: &[Need]) -> Option<i64> {
    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for need in needs {
        for (variant, each) in &need.parts {
            *sums.entry(*variant).or_default() += need.quantity * each;
        }
    }
    let has_all = |location: i64| {
        sums.iter().all(|(variant, sum)| {
            levels.get(&(*variant, location)).is_some_and(|level| level.free >= *sum)
        })
    };
    let here = places(levels, from, needs.first()?);
    here.into_iter().map(|(location, _)| location).find(|location| has_all(*location))
}

/// Where the shop may take a line from, and how many units of it are there; what is asked first stands first.
fn places(levels: &Levels, from: Option<&[i64]>, need: &Need) -> Vec<(i64, i64)> {
    let Some((first, _)) = need.parts.first() else { return Vec::new() };
    let units = |location: i64| {
        let of = |(variant, each): &(i64, i64)| {
            Some(levels.get(&(*variant, location))?.free.max(0) / (*each).max(1))
        };
        need.parts.iter().map(of).collect::<Option<Vec<_>>>()?.into_iter().min()
    };
    let mut places: Vec<(i64, i64, i64)> = levels
        .range((*first, i64::MIN)..=(*first, i64::MAX))
        .filter(|((_, location), _)| from.is_none_or(|from| from.contains(location)))
        .filter_map(|((_, location), level)| Some((level.priority, *location, units(*location)?)))
        .collect();
    places.sort_unstable();
    places.into_iter().map(|(_, location, units)| (location, units)).collect()
}

impl Taken {
    /// Takes units of a line at a location.
    fn take(&mut self, levels: &mut Levels, need: &Need, location_id: i64, units: i64) {
        for &(variant_id, per_unit) in &need.parts {
            let quantity = units * per_unit;
            if let Some(level) = levels.get_mut(&(variant_id, location_id)) {
                level.free -= quantity;
            }
            let firm = if need.backorder { 0 } else { quantity };
            self.shares.entry((variant_id, location_id)).or_default().add(Share { quantity, firm });
            self.allocations.push(Allocation {
                position: need.position,
                variant_id,
                location_id,
                per_unit,
                quantity,
                shipped: 0,
                released: 0,
            });
        }
    }

    /// Takes a line from one location after the other, or says how many units there are.
    fn take_somewhere(
        &mut self,
        levels: &mut Levels,
        from: Option<&[i64]>,
        need: &Need,
    ) -> Result<(), i64> {
        let mut here = places(levels, from, need);
        let available = here.iter().map(|(_, units)| units).sum();
        let mut left = need.quantity;
        for (_, units) in &mut here {
            *units = left.min(*units);
            left -= *units;
        }
        match here.first_mut() {
            // What is ordered without stock waits at the first location.
            Some((_, units)) if need.backorder => *units += left,
            _ if left > 0 => return Err(available),
            _ => {}
        }
        for (location, units) in here.into_iter().filter(|(_, units)| *units > 0) {
            self.take(levels, need, location, units);
        }
        Ok(())
    }
}

/// What is asked of the database to take shares.
pub(crate) struct Steps {
    pub(crate) questions: Vec<(&'static str, Vec<Value>)>,
    /// How many shares there are to take.
    pub(crate) wanted: usize,
}

const TAKE: &str =
    "UPDATE stock SET reserved = reserved + $3 WHERE variant_id = $1 AND location_id = $2
    AND (on_hand - reserved - safety >= $4 OR $4 = 0)
    RETURNING variant_id";

const TAKE_ALL: &str = "WITH step AS MATERIALIZED (
        SELECT s.variant_id, s.location_id, it.quantity, it.firm
        FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[])
            AS it (variant_id, location_id, quantity, firm)
        JOIN stock s ON s.variant_id = it.variant_id AND s.location_id = it.location_id
        ORDER BY s.variant_id, s.location_id FOR UPDATE OF s)
    UPDATE stock s SET reserved = s.reserved + step.quantity
    FROM step WHERE s.variant_id = step.variant_id AND s.location_id = step.location_id
        AND (s.on_hand - s.reserved - s.safety >= step.firm OR step.firm = 0)
    RETURNING s.variant_id";

impl Steps {
    /// One conditional step for each share, in the order of variants and locations; where the engine takes lists, one
    /// statement that locks them in this order before.
    pub(crate) fn of(tx: &Tx, shares: &Shares) -> Self {
        let wanted = shares.len();
        let questions = if tx.takes_lists() && wanted > 1 {
            let column = |of: fn(&(i64, i64), &Share) -> i64| -> Vec<i64> {
                shares.iter().map(|(place, share)| of(place, share)).collect()
            };
            let variants = column(|(variant, _), _| *variant);
            let locations = column(|(_, location), _| *location);
            let quantities = column(|_, share| share.quantity);
            vec![(TAKE_ALL, args![variants, locations, quantities, column(|_, share| share.firm)])]
        } else {
            let step = |(&(variant, location), share): (&(i64, i64), &Share)| {
                (TAKE, args![variant, location, share.quantity, share.firm])
            };
            shares.iter().map(step).collect()
        };
        Self { questions, wanted }
    }

    /// Of how many shares the answers say that they were taken. Where they are fewer than wanted, somebody else took of
    /// the same in the meantime.
    pub(crate) fn taken(answers: &[Vec<Row>]) -> usize {
        answers.iter().map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(all: &[(i64, i64, i64)]) -> Levels {
        let level =
            |&(variant, location, free)| ((variant, location), Level { priority: location, free });
        all.iter().map(level).collect()
    }

    fn need(position: i64, variant_id: i64, quantity: i64) -> Need {
        Need { position, quantity, parts: vec![(variant_id, 1)], backorder: false }
    }

    fn taken_at(taken: &Taken) -> Vec<(i64, i64, i64)> {
        taken.allocations.iter().map(|it| (it.position, it.location_id, it.quantity)).collect()
    }

    #[test]
    fn one_location_that_has_everything_is_better_than_two() {
        let mut levels = levels(&[(1, 1, 5), (1, 2, 5), (2, 2, 5)]);
        let taken = allocate(&mut levels, None, &[need(1, 1, 2), need(2, 2, 2)]).unwrap();
        assert_eq!(taken_at(&taken), [(1, 2, 2), (2, 2, 2)]);
        assert_eq!(levels[&(1, 2)].free, 3);
    }

    /// medusajs/medusa#14987: availability was checked over all locations, reserved only from the first.
    #[test]
    fn what_no_location_has_alone_is_taken_from_several() {
        let mut levels = levels(&[(1, 1, 3), (1, 2, 4)]);
        let taken = allocate(&mut levels, None, &[need(1, 1, 6)]).unwrap();
        assert_eq!(taken_at(&taken), [(1, 1, 3), (1, 2, 3)]);
        assert_eq!((levels[&(1, 1)].free, levels[&(1, 2)].free), (0, 1));
    }

    /// medusajs/medusa#16502: two lines that share an inventory item were checked one by one and oversold.
    #[test]
    fn two_lines_of_one_variant_are_counted_together() {
        let mut levels = levels(&[(1, 1, 3)]);
        let missing = allocate(&mut levels, None, &[need(1, 1, 2), need(2, 1, 2)]).unwrap_err();
        assert_eq!(missing, [Missing { position: 2, available: 1 }]);
        assert_eq!(levels[&(1, 1)].free, 3, "a refused order takes nothing");
    }

    #[test]
    fn a_shop_takes_from_its_own_locations_only() {
        let mut levels = levels(&[(1, 1, 3), (1, 2, 9)]);
        let missing = allocate(&mut levels, Some(&[1]), &[need(1, 1, 4)]).unwrap_err();
        assert_eq!(missing, [Missing { position: 1, available: 3 }]);
        let taken = allocate(&mut levels, Some(&[2]), &[need(1, 1, 4)]).unwrap();
        assert_eq!(taken_at(&taken), [(1, 2, 4)]);
    }

    #[test]
    fn what_may_be_ordered_without_stock_waits_at_the_first_location() {
        let mut levels = levels(&[(1, 1, 1), (1, 2, 1)]);
        let taken =
            allocate(&mut levels, None, &[Need { backorder: true, ..need(1, 1, 5) }]).unwrap();
        assert_eq!(taken_at(&taken), [(1, 1, 4), (1, 2, 1)]);
    }

    /// Its parts are packed together: a location that has only some of them has no bundle.
    #[test]
    fn a_bundle_is_taken_whole() {
        let bundle = |quantity| Need { parts: vec![(1, 1), (2, 2)], ..need(1, 1, quantity) };
        let mut apart = levels(&[(1, 1, 5), (2, 2, 9)]);
        let missing = allocate(&mut apart, None, &[bundle(1)]).unwrap_err();
        assert_eq!(missing, [Missing { position: 1, available: 0 }]);

        let mut levels = levels(&[(1, 1, 2), (2, 1, 3), (1, 2, 5), (2, 2, 4)]);
        let taken = allocate(&mut levels, None, &[bundle(3)]).unwrap();
        assert_eq!(taken_at(&taken), [(1, 1, 1), (1, 1, 2), (1, 2, 2), (1, 2, 4)]);
        assert_eq!((levels[&(1, 1)].free, levels[&(2, 1)].free), (1, 1));
    }

    /// What may be ordered without stock takes nothing from what others were promised.
    #[test]
    fn only_what_has_to_be_there_is_firm() {
        let mut levels = levels(&[(1, 1, 9)]);
        let waiting = Need { backorder: true, ..need(2, 1, 3) };
        let taken = allocate(&mut levels, None, &[need(1, 1, 2), waiting]).unwrap();
        assert_eq!(taken.shares[&(1, 1)], Share { quantity: 5, firm: 2 });
    }
}
