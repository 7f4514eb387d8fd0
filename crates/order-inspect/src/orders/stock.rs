//! Stock of an order after it was placed: set free, or taken off the shelf.

use super::place::{Shares, Steps};
use crate::{
    act::Act,
    args,
    catalogue::stock::{Movement, MovementKind, note},
    db::Tx,
    error::Refusal,
    refuse,
};

/// A quantity of a variant at a location that a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) position: i64,
    pub(super) variant_id: i64,
    pub(super) location_id: i64,
    pub(super) quantity: i64,
}

/// Everybody takes locks on stock in this order: two changes that need the same rows never wait for each other.
fn in_order(steps: &[Step]) -> Vec<Step> {
    let mut steps = steps.to_vec();
    steps.sort_unstable_by_key(|it| (it.variant_id, it.location_id, it.position));
    steps
}

/// Locks the stock of variants, and that of what is sold under stock keeping units with the parts of bundles, for a
/// change that sets some of it free and takes some of it.
pub(super) async fn lock(tx: &mut Tx, variants: Vec<i64>, skus: Vec<String>) -> crate::Result<()> {
    let sql = "SELECT s.variant_id FROM stock s
        WHERE s.variant_id = ANY($1) OR s.variant_id IN (SELECT id FROM variant WHERE sku = ANY($2)
            UNION SELECT b.variant_id FROM bundle_part b JOIN variant v ON v.id = b.bundle_id WHERE v.sku = ANY($2))
        ORDER BY s.variant_id, s.location_id FOR UPDATE OF s";
    tx.rows(sql, args![variants, skus]).await?;
    Ok(())
}

/// Takes stock for lines that were not there before. It was locked when it was looked at.
pub(super) async fn take(tx: &mut Tx, shares: &Shares) -> crate::Result<()> {
    let steps = Steps::of(tx, shares);
    if Steps::taken(&tx.rows_all(steps.questions).await?) < steps.wanted {
        let detail = "Somebody has taken of the same stock: look at it again.";
        refuse!(Refusal::conflict("stock_changed", detail));
    }
    Ok(())
}

/// Sets stock free that an order no longer needs.
pub(super) async fn release(tx: &mut Tx, order_id: i64, steps: &[Step]) -> crate::Result<()> {
    for it in in_order(steps) {
        let sql =
            "UPDATE stock SET reserved = reserved - $3 WHERE variant_id = $1 AND location_id = $2";
        tx.run(sql, args![it.variant_id, it.location_id, it.quantity]).await?;
        let sql = "UPDATE allocation SET released = released + $5
            WHERE order_id = $1 AND position = $2 AND variant_id = $3 AND location_id = $4";
        let args = args![order_id, it.position, it.variant_id, it.location_id, it.quantity];
        tx.run(sql, args).await?;
    }
    Ok(())
}

/// Takes stock off the shelf that leaves the house.
pub(super) async fn ship(
    tx: &mut Tx,
    act: &Act,
    order_id: i64,
    steps: &[Step],
) -> crate::Result<()> {
    for it in in_order(steps) {
        let sql = "UPDATE stock SET on_hand = on_hand - $3, reserved = reserved - $3
            WHERE variant_id = $1 AND location_id = $2 AND on_hand >= $3";
        if tx.run(sql, args![it.variant_id, it.location_id, it.quantity]).await? == 0 {
            let detail =
                format!("Line {} is not in stock yet: book the goods in first.", it.position);
            refuse!(Refusal::conflict("not_in_stock", detail));
        }
        let sql = "UPDATE allocation SET shipped = shipped + $5
            WHERE order_id = $1 AND position = $2 AND variant_id = $3 AND location_id = $4";
        let args = args![order_id, it.position, it.variant_id, it.location_id, it.quantity];
        tx.run(sql, args).await?;
        movement(tx, act, MovementKind::Shipment, order_id, it, -it.quantity).await?;
    }
    Ok(())
}

/// Puts stock back on the shelf.
pub(super) async fn put_back(
    tx: &mut Tx,
    act: &Act,
    order_id: i64,
    steps: &[Step],
) -> crate::Result<()> {
    for it in in_order(steps) {
        let sql = "INSERT INTO stock (variant_id, location_id, on_hand, reserved, incoming, safety)
            VALUES ($1, $2, $3, 0, 0, 0)
            ON CONFLICT (variant_id, location_id) DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand";
        tx.run(sql, args![it.variant_id, it.location_id, it.quantity]).await?;
        movement(tx, act, MovementKind::Return, order_id, it, it.quantity).await?;
    }
    Ok(())
}

async fn movement(
    tx: &mut Tx,
    act: &Act,
    kind: MovementKind,
    order_id: i64,
    step: Step,
    on_hand: i64,
) -> crate::Result<()> {
    let (variant, location) = (step.variant_id, step.location_id);
    let movement =
        Movement { variant, location, kind, on_hand, order: Some(order_id), reason: None };
    Ok(note(tx, act, &[movement]).await?)
}
