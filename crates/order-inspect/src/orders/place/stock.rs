//! Taking stock: which location gives how much.

use std::collections::BTreeMap;

use super::ground::Level;
use crate::{args, db::Value, orders::facts::Allocation};

/// What a line needs of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) position: i64,
    pub(crate) variant_id: i64,
    /// For one unit of the line; more than one in bundles.
    pub(crate) per_unit: i64,
    pub(crate) quantity: i64,
    /// It may be ordered without stock.
    pub(crate) backorder: bool,
}

/// What is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) position: i64,
    pub(crate) per_unit: i64,
    pub(crate) available: i64,
}

type Levels = BTreeMap<(i64, i64), Level>;

/// Takes what is needed, or nothing at all. One location that has everything is better than several, so that the
/// order leaves in one piece; else each line is taken where there is some, in the order of the locations. The shop may
/// sell from some locations only.
pub(crate) fn allocate(
    levels: &mut Levels,
    from: Option<&[i64]>,
    needs: &[Need],
) -> Result<Vec<Allocation>, Vec<Missing>> {
    if let Some(location) = one_for_all(levels, from, needs) {
        return Ok(needs.iter().map(|need| take_at(levels, need, location)).collect());
    }
    let mut allocations = Vec::new();
    let mut missing = Vec::new();
    for need in needs {
        match take(levels, from, need) {
            Ok(taken) => allocations.extend(taken),
            Err(available) => missing.push(Missing {
                position: need.position,
                per_unit: need.per_unit,
                available,
            }),
        }
    }
    if missing.is_empty() {
        return Ok(allocations);
    }
    for it in &allocations {
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
        *sums.entry(need.variant_id).or_default() += need.quantity;
    }
    let first = needs.first()?;
    let locations = places(levels, from, first.variant_id);
    let has_all = |location: i64| {
        sums.iter().all(|(variant, sum)| {
            levels.get(&(*variant, location)).is_some_and(|level| level.free >= *sum)
        })
    };
    locations.into_iter().map(|(_, location, _)| location).find(|location| has_all(*location))
}

/// Where the shop may take a variant from: priority, location, and what is free there; what is asked first stands
/// first.
fn places(levels: &Levels, from: Option<&[i64]>, variant_id: i64) -> Vec<(i64, i64, i64)> {
    let mut places: Vec<(i64, i64, i64)> = levels
        .range((variant_id, i64::MIN)..=(variant_id, i64::MAX))
        .filter(|((_, location), _)| from.is_none_or(|from| from.contains(location)))
        .map(|((_, location), level)| (level.priority, *location, level.free))
        .collect();
    places.sort_unstable();
    places
}

fn take_at(levels: &mut Levels, need: &Need, location: i64) -> Allocation {
    if let Some(level) = levels.get_mut(&(need.variant_id, location)) {
        level.free -= need.quantity;
    }
    allocation(need, location, need.quantity)
}

/// Takes one need from several locations, or says how much there is.
fn take(levels: &mut Levels, from: Option<&[i64]>, need: &Need) -> Result<Vec<Allocation>, i64> {
    let here = places(levels, from, need.variant_id);
    let available = here.iter().map(|(_, _, free)| (*free).max(0)).sum();
    let may_wait = need.backorder && !here.is_empty();
    if available < need.quantity && !may_wait {
        return Err(available);
    }
    let mut left = need.quantity;
    let mut taken = Vec::new();
    for &(_, location, free) in &here {
        let part = free.max(0).min(left);
        if part > 0 {
            taken.push(take_at(levels, &Need { quantity: part, ..*need }, location));
            left -= part;
        }
    }
    // What is ordered without stock waits at the first location.
    if let Some(&(_, location, _)) = here.first().filter(|_| left > 0) {
        take_at(levels, &Need { quantity: left, ..*need }, location);
        match taken.iter_mut().find(|it| it.location_id == location) {
            Some(allocation) => allocation.quantity += left,
            None => taken.push(allocation(need, location, left)),
        }
    }
    Ok(taken)
}

fn allocation(need: &Need, location_id: i64, quantity: i64) -> Allocation {
    Allocation {
        position: need.position,
        variant_id: need.variant_id,
        location_id,
        per_unit: need.per_unit,
        quantity,
        shipped: 0,
        released: 0,
    }
}

/// One conditional step for each variant and location, in their order: what it returns nothing for was taken by
/// somebody else.
pub(crate) fn steps<'a>(
    allocations: impl Iterator<Item = &'a Allocation>,
) -> Vec<(&'static str, Vec<Value>)> {
    let mut taken = BTreeMap::<(i64, i64), i64>::new();
    for it in allocations {
        *taken.entry((it.variant_id, it.location_id)).or_default() += it.quantity;
    }
    let sql = "UPDATE stock SET reserved = reserved + $3 WHERE variant_id = $1 AND location_id = $2
        AND (on_hand - reserved - safety >= $3 OR EXISTS (SELECT 1 FROM variant v
            WHERE v.backorder_days IS NOT NULL AND (v.id = $1 OR v.id IN
                (SELECT b.bundle_id FROM bundle_part b WHERE b.variant_id = $1))))
        RETURNING variant_id";
    let step = |((variant, location), sum)| (sql, args![variant, location, sum]);
    taken.into_iter().map(step).collect()
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
        Need { position, variant_id, per_unit: 1, quantity, backorder: false }
    }

    fn taken_at(allocations: &[Allocation]) -> Vec<(i64, i64, i64)> {
        allocations.iter().map(|it| (it.position, it.location_id, it.quantity)).collect()
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
        assert_eq!(missing, [Missing { position: 2, per_unit: 1, available: 1 }]);
        assert_eq!(levels[&(1, 1)].free, 3, "a refused order takes nothing");
    }

    #[test]
    fn a_shop_takes_from_its_own_locations_only() {
        let mut levels = levels(&[(1, 1, 3), (1, 2, 9)]);
        let missing = allocate(&mut levels, Some(&[1]), &[need(1, 1, 4)]).unwrap_err();
        assert_eq!(missing, [Missing { position: 1, per_unit: 1, available: 3 }]);
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
}
