//! The ledger of stock: nothing comes or goes without a movement that says why, in the same transaction. What orders
//! hold is booked with them, line by line, as their allocations.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    act::Act,
    args,
    catalogue::words::Sku,
    db::{DbError, Tx},
    error::Refusal,
};

/// Why a level changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementKind {
    /// Goods came in.
    Receipt,
    /// Somebody counted.
    Correction,
    /// Goods went to another location, or came from there.
    Transfer,
    /// They were shipped.
    Shipment,
    /// They came back and can be sold again.
    Return,
}

impl MovementKind {
    /// Its name, as it is stored and as JSON shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Correction => "correction",
            Self::Transfer => "transfer",
            Self::Shipment => "shipment",
            Self::Return => "return",
        }
    }
}

/// A change of one level.
#[derive(Debug, Clone)]
pub struct Movement {
    /// Of which variant.
    pub variant: i64,
    /// Where.
    pub location: i64,
    /// Why.
    pub kind: MovementKind,
    /// How many more (or less) are there.
    pub on_hand: i64,
    /// For which order.
    pub order: Option<i64>,
    /// Why, in words.
    pub reason: Option<String>,
}

/// The columns of a movement, for those who insert many at once.
pub const MOVEMENT: [&str; 9] = [
    "id",
    "variant_id",
    "location_id",
    "kind",
    "on_hand_change",
    "order_id",
    "reason",
    "actor",
    "at",
];

/// Books movements of levels that there are, each with one conditional step: what is on hand never falls below what
/// orders hold (where more was ordered than there is, it does not fall further).
pub(super) async fn book(tx: &mut Tx, act: &Act, movements: &[Movement]) -> crate::Result<()> {
    for it in movements {
        let sql = "UPDATE stock SET on_hand = on_hand + $3 WHERE variant_id = $1 AND location_id = $2 \
                   AND on_hand + $3 >= 0 AND ($3 >= 0 OR on_hand + $3 >= reserved)";
        if tx.run(sql, args![it.variant, it.location, it.on_hand]).await? == 0 {
            return Err(too_low(tx, it).await?.into());
        }
    }
    note(tx, act, movements).await?;
    Ok(())
}

/// Writes movements down whose levels were changed.
pub(crate) async fn note(tx: &mut Tx, act: &Act, movements: &[Movement]) -> Result<(), DbError> {
    let row = |it: &Movement| {
        args![
            act.new_id(),
            it.variant,
            it.location,
            it.kind.name(),
            it.on_hand,
            it.order,
            it.reason.clone(),
            act.actor.as_str(),
            act.now
        ]
    };
    tx.insert("stock_movement", &MOVEMENT, movements.iter().map(row).collect()).await?;
    Ok(())
}

async fn too_low(tx: &mut Tx, it: &Movement) -> Result<Refusal, DbError> {
    let sql = "SELECT v.sku, l.code, COALESCE(s.on_hand, 0) AS on_hand, \
               COALESCE(s.reserved, 0) AS reserved \
               FROM variant AS v JOIN location AS l ON l.id = $2 \
               LEFT JOIN stock AS s ON s.variant_id = v.id AND s.location_id = l.id WHERE v.id = $1";
    let row = tx.one(sql, args![it.variant, it.location]).await?;
    let (sku, location): (String, String) = (row.get("sku")?, row.get("code")?);
    let (on_hand, reserved): (i64, i64) = (row.get("on_hand")?, row.get("reserved")?);
    let detail = format!(
        "{location} has {on_hand} of {sku}, of which orders hold {reserved}: that many must stay."
    );
    let facts = serde_json::json!({
        "sku": sku, "location": location, "on_hand": on_hand, "reserved": reserved
    });
    Ok(Refusal::conflict("stock_too_low", detail).with_facts(facts))
}

/// A level that does not fit its ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerDifference {
    /// Of which variant.
    pub sku: Sku,
    /// Where.
    pub location: String,
    /// How many are said to be there.
    pub on_hand: i64,
    /// The sum of the movements.
    pub on_hand_booked: i64,
    /// How many orders are said to hold.
    pub reserved: i64,
    /// The sum of what each of them holds.
    pub reserved_booked: i64,
}

/// The levels that do not fit their ledger, or where orders hold more than there is though nobody may order
/// without stock: none, ever. Looks at one
/// variant, or at all of them, which takes its time.
pub async fn audit(tx: &mut Tx, sku: Option<&str>) -> Result<Vec<LedgerDifference>, DbError> {
    let sql = "SELECT * FROM (SELECT v.sku, l.code, s.variant_id, s.on_hand, s.reserved,
            (SELECT CAST(COALESCE(SUM(m.on_hand_change), 0) AS BIGINT) FROM stock_movement m
                WHERE m.variant_id = s.variant_id AND m.location_id = s.location_id) AS on_hand_booked,
            (SELECT CAST(COALESCE(SUM(a.quantity - a.shipped - a.released), 0) AS BIGINT) FROM allocation a
                WHERE a.variant_id = s.variant_id AND a.location_id = s.location_id
                    AND a.quantity > a.shipped + a.released) AS reserved_booked
        FROM stock s JOIN variant v ON v.id = s.variant_id JOIN location l ON l.id = s.location_id
        WHERE $1 = '' OR v.sku = $1) AS level
        WHERE on_hand <> on_hand_booked OR reserved <> reserved_booked
            OR (reserved > on_hand AND NOT EXISTS (SELECT 1 FROM variant AS sold
                WHERE sold.backorder_days IS NOT NULL AND (sold.id = level.variant_id OR sold.id IN
                    (SELECT bundle_id FROM bundle_part WHERE variant_id = level.variant_id))))
        ORDER BY sku, code LIMIT 200";
    let rows = tx.rows(sql, args![sku.unwrap_or_default()]).await?;
    rows.iter()
        .map(|row| {
            Ok(LedgerDifference {
                sku: row.word("sku")?,
                location: row.get("code")?,
                on_hand: row.get("on_hand")?,
                on_hand_booked: row.get("on_hand_booked")?,
                reserved: row.get("reserved")?,
                reserved_booked: row.get("reserved_booked")?,
            })
        })
        .collect()
}
