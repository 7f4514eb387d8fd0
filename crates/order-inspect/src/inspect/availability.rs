//! Whether something can be bought, and when it is there.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    args,
    db::{DbError, Tx},
    moment::Moment,
};

/// Above this many it is only said that there are enough: the page of a well stocked product does not change
/// with every sale, and nobody reads a competitor's stock from it.
pub const SHOWN: i64 = 10;

/// What is at one location.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LocationStock {
    /// The location; those that are asked first stand first.
    pub location: i64,
    /// How many are there.
    pub on_hand: i64,
    /// How many of them orders hold.
    pub reserved: i64,
    /// How many of them are kept back.
    pub safety: i64,
    /// How many are on their way.
    pub incoming: i64,
    /// When they arrive.
    pub incoming_at: Option<Moment>,
}

impl LocationStock {
    /// How many can be sold from here.
    pub fn available(&self) -> i64 {
        (self.on_hand - self.reserved - self.safety).max(0)
    }
}

/// What a shop sells of these variants, by variant; the locations that are asked first stand first. `from` are the
/// locations that it sells from, all where there is none.
pub(crate) async fn for_sale(
    tx: &mut Tx,
    variants: &[i64],
    from: Option<&[i64]>,
) -> Result<BTreeMap<i64, Vec<LocationStock>>, DbError> {
    let sql = "SELECT s.variant_id, s.location_id, s.on_hand, s.reserved, s.safety, s.incoming, \
               s.incoming_at FROM stock AS s JOIN location AS l ON l.id = s.location_id \
               WHERE s.variant_id = ANY($1) AND l.active ORDER BY l.priority, l.id";
    let mut stock: BTreeMap<i64, Vec<LocationStock>> = BTreeMap::new();
    for row in tx.rows(sql, args![variants]).await? {
        let it = LocationStock {
            location: row.get("location_id")?,
            on_hand: row.get("on_hand")?,
            reserved: row.get("reserved")?,
            safety: row.get("safety")?,
            incoming: row.get("incoming")?,
            incoming_at: row.get("incoming_at")?,
        };
        if from.is_none_or(|from| from.contains(&it.location)) {
            stock.entry(row.get("variant_id")?).or_default().push(it);
        }
    }
    Ok(stock)
}

/// What there is of something that is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnOffer {
    /// How many can be sold, over all locations. What one location has too little (its safety stock is touched) does
    /// not lower what another one has.
    pub available: i64,
    /// The first location that has some.
    pub location: Option<i64>,
    /// When more arrives.
    pub arrival: Option<Moment>,
}

/// What there is of something that is made of parts, each with how many of it one takes: a bundle of several, everything
/// else of itself. The parts of a bundle are packed together, so they have to lie together.
pub fn on_offer(parts: &[(&[LocationStock], i64)]) -> OnOffer {
    let units = |location: i64| {
        let of = |(stock, each): &(&[LocationStock], i64)| {
            let here = stock.iter().find(|it| it.location == location);
            here.map_or(0, LocationStock::available) / (*each).max(1)
        };
        parts.iter().map(of).min().unwrap_or(0)
    };
    let first = parts.first().map_or(&[][..], |(stock, _)| stock);
    let there: Vec<(i64, i64)> = first.iter().map(|it| (it.location, units(it.location))).collect();
    OnOffer {
        available: there.iter().map(|(_, units)| units).sum(),
        location: there.iter().find(|(_, units)| *units > 0).map(|(location, _)| *location),
        arrival: parts.iter().filter_map(|(stock, _)| next_arrival(stock)).max(),
    }
}

/// Whether something can be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AvailabilityState {
    /// It is there.
    InStock,
    /// It is ordered for the customer.
    Backorder,
    /// It is on its way, but cannot be bought yet.
    Incoming,
    /// It cannot be bought.
    SoldOut,
}

/// Whether something can be bought, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Availability {
    /// Whether.
    pub state: AvailabilityState,
    /// How many are there; never more than 10, see `more`.
    pub quantity: i64,
    /// Whether there are more than that.
    pub more: bool,
    /// When more of it arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incoming_at: Option<Moment>,
    /// After how many days it is there if it is ordered for the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backorder_days: Option<i64>,
}

/// What is said about so many, where so much more is on its way.
pub fn availability(
    available: i64,
    incoming_at: Option<Moment>,
    backorder_days: Option<i64>,
) -> Availability {
    let state = match (available, backorder_days, incoming_at) {
        (1.., _, _) => AvailabilityState::InStock,
        (_, Some(_), _) => AvailabilityState::Backorder,
        (_, None, Some(_)) => AvailabilityState::Incoming,
        (_, None, None) => AvailabilityState::SoldOut,
    };
    Availability {
        state,
        quantity: available.clamp(0, SHOWN),
        more: available > SHOWN,
        incoming_at,
        backorder_days: backorder_days.filter(|_| state == AvailabilityState::Backorder),
    }
}

/// When the next goods arrive.
pub fn next_arrival(stock: &[LocationStock]) -> Option<Moment> {
    stock.iter().filter(|it| it.incoming > 0).filter_map(|it| it.incoming_at).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(location: i64, on_hand: i64, reserved: i64, safety: i64) -> LocationStock {
        LocationStock { location, on_hand, reserved, safety, incoming: 0, incoming_at: None }
    }

    #[test]
    fn what_can_be_sold_is_neither_held_nor_kept_back() {
        let table: [(&str, &[LocationStock], i64); 5] = [
            ("nowhere", &[], 0),
            ("plainly", &[at(1, 5, 0, 0)], 5),
            ("some are held, some kept back", &[at(1, 5, 2, 1)], 2),
            ("the safety stock is touched", &[at(1, 5, 4, 3)], 0),
            ("one location does not pay for another", &[at(1, 5, 4, 3), at(2, 4, 0, 0)], 4),
        ];
        for (what, stock, wanted) in table {
            assert_eq!(on_offer(&[(stock, 1)]).available, wanted, "{what}");
        }
    }

    #[test]
    fn the_scarcest_part_of_a_location_says_how_many_bundles_it_has() {
        let cups = [at(1, 10, 0, 0), at(2, 4, 0, 0), at(3, 9, 0, 0)];
        let saucers = [at(1, 3, 0, 0), at(2, 9, 0, 0)];
        let set = on_offer(&[(&cups, 4), (&saucers, 1)]);
        assert_eq!((set.available, set.location), (2 + 1, Some(1)));
        let apart = on_offer(&[(&cups[2..], 1), (&saucers, 1)]);
        assert_eq!((apart.available, apart.location), (0, None));
        assert_eq!(on_offer(&[]).available, 0);
    }

    #[test]
    fn the_state_follows_from_stock_backorder_and_arrival() {
        let soon = Some(Moment(1));
        let table = [
            (3, None, None, AvailabilityState::InStock),
            (0, soon, Some(7), AvailabilityState::Backorder),
            (0, soon, None, AvailabilityState::Incoming),
            (0, None, None, AvailabilityState::SoldOut),
        ];
        for (count, arrival, days, wanted) in table {
            assert_eq!(availability(count, arrival, days).state, wanted);
        }
    }

    #[test]
    fn more_than_ten_are_just_enough() {
        let it = availability(400, None, None);
        assert_eq!((it.quantity, it.more), (10, true));
        let it = availability(10, None, None);
        assert_eq!((it.quantity, it.more), (10, false));
    }
}
