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
    let nobody = format!("erased-{}{NOWHERE}", customer.id);
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

/// The end of the addresses that stand for those who were erased.
const NOWHERE: &str = "@customer.invalid";

/// Whether an e-mail address stands for somebody who was erased.
pub(crate) fn is_erased(email: &str) -> bool {
    email.ends_with(NOWHERE)
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
            attention IS NOT NULL OR EXISTS (SELECT 1 FROM payment_operation p
                WHERE p.order_id = orders.id AND p.kind = 'refund'
                    AND p.state IN ('pending', 'unknown')) AS money
        FROM orders
        WHERE customer_id = $1 OR (email = $2 AND channel_id = $3 AND customer_id IS NULL)
        ORDER BY id FOR UPDATE";
    let args = args![customer.id, &customer.email, customer.channel_id];
    let mut found = Vec::new();
    for row in tx.rows(sql, args).await? {
        let ended: Option<i64> = row.get("closed_at")?;
        let cancelled: Option<i64> = row.get("cancelled_at")?;
        // Whoever still gets money, or owes some, has to be told, and has to have an account.
        let money: bool = row.get("money")?;
        found.push(Order {
            id: row.get("id")?,
            number: row.get("number")?,
            open: ended.or(cancelled).is_none() || money,
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
    // No mail is sent any more, and what servers said about those that were names the address.
    let sql =
        "UPDATE outbox SET due_at = NULL, claimed_until = NULL, error = NULL WHERE order_id = $1";
    tx.run(sql, args![order.id]).await?;
    tx.run("UPDATE order_hold SET reason = '' WHERE order_id = $1", args![order.id]).await?;
    tx.run("UPDATE order_return SET note = NULL WHERE order_id = $1", args![order.id]).await?;
    erase_from_timeline(tx, order.id).await?;
    note(tx, act, order.id, "personal_data_erased", serde_json::json!({})).await
}

/// What the timeline tells that says something about a person, be it a text that somebody wrote; and what of it stays.
/// Why something was credited, cancelled, edited or corrected belongs to the books.
const TOLD: [&str; 7] = [
    "address_changed",
    "noted",
    "held",
    "released",
    "return_cancelled",
    "mail_sent",
    "mail_failed",
];
const KEPT: [&str; 3] = ["kind", "mail", "return"];

async fn erase_from_timeline(tx: &mut Tx, order_id: i64) -> crate::Result<()> {
    let kinds = TOLD.map(str::to_owned).to_vec();
    let sql = "SELECT id, facts FROM order_event WHERE order_id = $1 AND kind = ANY($2)";
    for row in tx.rows(sql, args![order_id, kinds]).await? {
        let mut facts: serde_json::Map<String, serde_json::Value> = row.json("facts")?;
        facts.retain(|name, _| KEPT.contains(&name.as_str()));
        let id: i64 = row.get("id")?;
        let facts = serde_json::Value::Object(facts);
        tx.run("UPDATE order_event SET facts = $2 WHERE id = $1", args![id, facts]).await?;
    }
    Ok(())
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
