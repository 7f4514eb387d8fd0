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

/// How many there are of something that is sold, and when more arrives. It is made of parts, each with how many of
/// it one takes: a bundle of several, everything else of itself.
pub fn on_offer(parts: &[(&[LocationStock], i64)]) -> (i64, Option<Moment>) {
    let there: Vec<(i64, i64)> =
        parts.iter().map(|(stock, each)| (available(stock), *each)).collect();
    let arrival = parts.iter().filter_map(|(stock, _)| next_arrival(stock)).max();
    (available_bundles(&there), arrival)
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

/// How many can be sold, over all locations. What one location has too little (its safety stock is touched)
/// does not lower what another one has.
pub fn available(stock: &[LocationStock]) -> i64 {
    stock.iter().map(LocationStock::available).sum()
}

/// How many bundles can be sold: for each part how many there are, and how many one bundle takes.
pub fn available_bundles(parts: &[(i64, i64)]) -> i64 {
    parts.iter().map(|(there, each)| there / (*each).max(1)).min().unwrap_or(0)
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

    fn at(on_hand: i64, reserved: i64, safety: i64) -> LocationStock {
        LocationStock { location: 1, on_hand, reserved, safety, incoming: 0, incoming_at: None }
    }

    #[test]
    fn what_can_be_sold_is_neither_held_nor_kept_back() {
        let table: [(&str, &[LocationStock], i64); 5] = [
            ("nowhere", &[], 0),
            ("plainly", &[at(5, 0, 0)], 5),
            ("some are held, some kept back", &[at(5, 2, 1)], 2),
            ("the safety stock is touched", &[at(5, 4, 3)], 0),
            ("one location does not pay for another", &[at(5, 4, 3), at(4, 0, 0)], 4),
        ];
        for (what, stock, wanted) in table {
            assert_eq!(available(stock), wanted, "{what}");
        }
    }

    #[test]
    fn the_scarcest_part_says_how_many_bundles_there_are() {
        assert_eq!(available_bundles(&[(10, 4), (9, 1)]), 2);
        assert_eq!(available_bundles(&[(10, 4), (0, 1)]), 0);
        assert_eq!(available_bundles(&[]), 0);
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
