//! What orders hold and what they took, by variant and warehouse; from it the stock and its ledger follow.

use super::{Plan, chance::Chance, id, pieces, shop::LOCATIONS, stream};
use crate::{
    args,
    catalogue::stock::MOVEMENT,
    db::{Db, Insert, Value},
};

/// Levels that are written as one piece.
const PIECE: u64 = 20_000;

/// What happened to a variant at a warehouse.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Level {
    /// Held by orders that were not shipped yet.
    pub(super) held: u32,
    /// Shipped.
    pub(super) shipped: u32,
    /// Come back, and on the shelf again.
    pub(super) returned: u32,
}

/// All levels: twelve bytes for each variant and warehouse.
pub(super) struct Levels(Vec<Level>);

impl Levels {
    pub(super) fn new(plan: Plan) -> Self {
        let count = usize::try_from(plan.variants()).unwrap_or(0) * LOCATIONS.len();
        Self(vec![Level::default(); count])
    }

    /// The level of a variant at a location, both by their ids.
    pub(super) fn at(&mut self, variant: i64, location: i64) -> Option<&mut Level> {
        let at = usize::try_from(variant - 1).ok()? * LOCATIONS.len();
        self.0.get_mut(at + usize::try_from(location - 1).ok()?)
    }

    /// Writes the stock, and for each level the movement that it began with: so much that nothing was ever sold
    /// that was not there.
    pub(super) async fn write(self, db: &Db, plan: Plan) -> crate::Result<u64> {
        let todo = pieces(self.0.len() as u64, PIECE);
        let (rows, _) = stream(db, (self, todo), move |(levels, todo)| {
            let Some(range) = todo.next() else { return Ok(None) };
            let (mut stock, mut openings) = (Vec::new(), Vec::new());
            for number in range {
                let level = levels.0[usize::try_from(number).unwrap_or(0)];
                add(plan, number, level, &mut stock, &mut openings);
            }
            Ok(Some(vec![
                Insert { table: "stock", columns: STOCK, rows: stock },
                Insert { table: "stock_movement", columns: &MOVEMENT, rows: openings },
            ]))
        })
        .await?;
        Ok(rows)
    }
}

fn add(
    plan: Plan,
    number: u64,
    level: Level,
    stock: &mut Vec<Vec<Value>>,
    openings: &mut Vec<Vec<Value>>,
) {
    let mut chance = Chance::of(plan.seed, "stock", number);
    let places = LOCATIONS.len() as u64;
    let (variant, location) = (id(number / places + 1), id(number % places + 1));
    let (held, shipped, returned) =
        (i64::from(level.held), i64::from(level.shipped), i64::from(level.returned));
    // Some shelves are bare; what is popular is there in large numbers.
    let free = if chance.percent(15) { 0 } else { chance.amount(1, 400) };
    let on_hand = held + free * (1 + (held + shipped) / 10);
    let incoming = if chance.percent(10) { chance.amount(10, 200) } else { 0 };
    let arrives =
        (incoming > 0).then(|| super::NOW.saturating_add_micros(chance.amount(1, 60) * super::DAY));
    stock.push(args![variant, location, on_hand, held, incoming, arrives, 0_i64]);
    let opening = on_hand + shipped - returned;
    openings.push(args![
        id(number + 1),
        variant,
        location,
        "opening",
        opening,
        None::<i64>,
        None::<String>,
        "seed",
        plan.begin()
    ]);
}

const STOCK: &[&str] =
    &["variant_id", "location_id", "on_hand", "reserved", "incoming", "incoming_at", "safety"];
