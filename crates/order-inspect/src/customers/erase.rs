//! Erasing personal data (GDPR Art. 17), and what stays because the law wants it kept.

use super::Customer;
use crate::{
    act::Act, address::Address, args, catalogue::products, db::Tx, error::Refusal,
    orders::settle::note, refuse,
};

/// Takes everything personal out of a customer, their baskets and reviews, and out of their orders what no law wants
/// kept. To do it again changes nothing.
pub(super) async fn erase(tx: &mut Tx, act: &Act, customer: &Customer) -> crate::Result<()> {
    if customer.view.erased_at.is_some() {
        return Ok(());
    }
    let orders = orders(tx, customer).await?;
    let open: Vec<&str> = orders.iter().filter(|it| it.open).map(|it| it.number.as_str()).collect();
    if !open.is_empty() {
        let detail =
            format!("Orders are still open: {}. Finish or cancel them first.", open.join(", "));
        let facts = serde_json::json!({ "orders": open });
        refuse!(Refusal::conflict("orders_open", detail).with_facts(facts));
    }
    let nobody = format!("erased-{}@customer.invalid", customer.id);
    for order in &orders {
        erase_from_order(tx, act, order, &nobody).await?;
    }
    erase_baskets(tx, customer).await?;
    erase_reviews(tx, act, customer).await?;
    let sql = "UPDATE customer SET email = $2, name = '', name_key = '', phone = NULL,
            customer_group = NULL, addresses = '[]', revision = revision + 1, updated_at = $3,
            erased_at = $3
        WHERE id = $1";
    tx.run(sql, args![customer.id, nobody, act.now]).await?;
    Ok(())
}

/// An order of the customer.
struct Order {
    id: i64,
    number: String,
    open: bool,
    billing: Address,
    delivery: Address,
}

/// Their orders, also those that they placed as a guest with the same e-mail address. They are locked.
async fn orders(tx: &mut Tx, customer: &Customer) -> crate::Result<Vec<Order>> {
    let sql = "SELECT id, number, closed_at, cancelled_at, billing_address, delivery_address,
            EXISTS (SELECT 1 FROM payment_operation p WHERE p.order_id = orders.id
                AND p.kind = 'refund' AND p.state IN ('pending', 'unknown')) AS refunds
        FROM orders
        WHERE customer_id = $1 OR (email = $2 AND channel_id = $3 AND customer_id IS NULL)
        ORDER BY id FOR UPDATE";
    let args = args![customer.id, &customer.email, customer.channel_id];
    let mut found = Vec::new();
    for row in tx.rows(sql, args).await? {
        let ended: Option<i64> = row.get("closed_at")?;
        let cancelled: Option<i64> = row.get("cancelled_at")?;
        // Whoever still gets money has to be told, and has to have an account.
        let refunds: bool = row.get("refunds")?;
        found.push(Order {
            id: row.get("id")?,
            number: row.get("number")?,
            open: ended.or(cancelled).is_none() || refunds,
            billing: row.json("billing_address")?,
            delivery: row.json("delivery_address")?,
        });
    }
    Ok(found)
}

/// Name and address stay: an invoice is none without them (§14 UStG). How to reach the person does not.
async fn erase_from_order(
    tx: &mut Tx,
    act: &Act,
    order: &Order,
    nobody: &str,
) -> crate::Result<()> {
    let without_phone = |it: &Address| serde_json::json!(Address { phone: None, ..it.clone() });
    let sql = "UPDATE orders SET email = $2, phone = NULL, phone_key = NULL, billing_address = $3,
            delivery_address = $4, revision = revision + 1, updated_at = $5
        WHERE id = $1";
    let (billing, delivery) = (without_phone(&order.billing), without_phone(&order.delivery));
    tx.run(sql, args![order.id, nobody, billing, delivery, act.now]).await?;
    let sql = "UPDATE payment_operation SET iban = NULL
        WHERE order_id = $1";
    tx.run(sql, args![order.id]).await?;
    let sql = "UPDATE promotion_use SET email = $2 WHERE order_id = $1";
    tx.run(sql, args![order.id, nobody]).await?;
    // The timeline says that an address was changed, and no longer from what to what.
    let sql =
        "UPDATE order_event SET facts = '{}' WHERE order_id = $1 AND kind = 'address_changed'";
    tx.run(sql, args![order.id]).await?;
    note(tx, act, order.id, "personal_data_erased", serde_json::json!({})).await
}

/// What they thought of products stays, without their name; pages that show it are made anew.
async fn erase_reviews(tx: &mut Tx, act: &Act, customer: &Customer) -> crate::Result<()> {
    let sql = "SELECT DISTINCT product_id FROM review WHERE customer_id = $1 ORDER BY product_id";
    let rows = tx.rows(sql, args![customer.id]).await?;
    let products = rows.iter().map(|row| row.get("product_id")).collect::<Result<Vec<i64>, _>>()?;
    let sql = "UPDATE review SET author = '', customer_id = NULL, revision = revision + 1
        WHERE customer_id = $1";
    tx.run(sql, args![customer.id]).await?;
    products::changed(tx, &products, act.now).await
}

/// Baskets that became nothing go; the others keep the order that they became, and nothing else.
async fn erase_baskets(tx: &mut Tx, customer: &Customer) -> crate::Result<()> {
    let sql = "SELECT id, order_id FROM basket WHERE customer_id = $1
            OR (email = $2 AND channel_id = $3 AND customer_id IS NULL)
        ORDER BY id FOR UPDATE";
    let (mut ordered, mut all) = (Vec::new(), Vec::new());
    for row in tx.rows(sql, args![customer.id, &customer.email, customer.channel_id]).await? {
        let (id, order): (i64, Option<i64>) = (row.get("id")?, row.get("order_id")?);
        all.push(id);
        if order.is_some() {
            ordered.push(id);
        }
    }
    let gone: Vec<i64> = all.iter().copied().filter(|id| !ordered.contains(id)).collect();
    tx.run("DELETE FROM basket_line WHERE basket_id = ANY($1)", args![all]).await?;
    tx.run("DELETE FROM basket WHERE id = ANY($1)", args![gone]).await?;
    let sql = "UPDATE basket SET customer_id = NULL, email = NULL, billing_address = NULL,
        delivery_address = NULL WHERE id = ANY($1)";
    tx.run(sql, args![ordered]).await?;
    Ok(())
}
