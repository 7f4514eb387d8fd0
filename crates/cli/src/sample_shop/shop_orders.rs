//! The tables of `orders.db` that say what was ordered, paid, sent and returned.

use sqlx::sqlite::SqliteConnection;

use super::Plan;
use super::dates::Moment;
use super::orders::{Line, Order};
use super::phrases::{BULKY_NOTES, ORDER_NOTES, RETURN_NOTES};
use super::random::Random;
use super::shop_file::Ids;
use super::table::{Cell, fill, row};

/// The orders themselves.
pub(super) async fn write_orders(
    connection: &mut SqliteConnection,
    plan: &Plan,
    ids: &Ids,
) -> sqlx::Result<()> {
    let mut random = Random::new(plan.seed, "order notes");
    let columns = [
        "id",
        "number",
        "customer_id",
        "status",
        "payment_status",
        "placed_at",
        "shipped_at",
        "billing_address_id",
        "shipping_address_id",
        "currency",
        "subtotal_cents",
        "shipping_cents",
        "discount_cents",
        "total_cents",
        "coupon_code",
        "note",
        "channel",
        "created_at",
        "updated_at",
    ];
    let rows = numbered(&plan.orders).map(|(id, order)| {
        let billing = ids.first_addresses[order.customer];
        row![
            id,
            &order.number,
            ids.customers[order.customer],
            order.status,
            order.payment_status,
            order.placed.iso(),
            order.shipped().map(Moment::iso),
            billing,
            billing + order.shipping_address as i64,
            order.currency,
            order.subtotal_cents,
            order.shipping_cents,
            order.discount_cents,
            order.total_cents(),
            order.coupon,
            random.chance(65).then(|| note(&mut random, order)),
            order.channel,
            order.placed.iso(),
            order.updated.iso(),
        ]
    });
    fill(connection, "orders", columns, rows).await
}

/// Orders with the ids they have in the database.
fn numbered(orders: &[Order]) -> impl Iterator<Item = (i64, &Order)> {
    (1..).zip(orders)
}

/// What an agent noted; on what goes by forwarding agent other things than on parcels.
fn note(random: &mut Random, order: &Order) -> &'static str {
    let parcel = order.shipping_cents < 2_000;
    let notes = if parcel { ORDER_NOTES } else { BULKY_NOTES };
    random.pick::<&str>(notes)
}

/// What was ordered.
pub(super) async fn write_lines(
    connection: &mut SqliteConnection,
    plan: &Plan,
) -> sqlx::Result<()> {
    let columns = [
        "order_id",
        "line_no",
        "product_id",
        "sku",
        "name",
        "quantity",
        "unit_price_cents",
        "tax_rate",
    ];
    let rows = numbered(&plan.orders).flat_map(|(id, order)| {
        (1_i64..)
            .zip(&order.lines)
            .map(move |(line_no, line)| line_row(plan, id, order, line_no, line))
    });
    fill(connection, "order_lines", columns, rows).await
}

fn line_row(plan: &Plan, order_id: i64, order: &Order, line_no: i64, line: &Line) -> [Cell; 8] {
    let product = &plan.catalogue.products[line.product];
    let reduced = match order.tax_rate {
        8.1 => 2.6,
        20.0 => 10.0,
        _ => 7.0,
    };
    let tax_rate = if product.tax_rate == 7 { reduced } else { order.tax_rate };
    row![
        order_id,
        line_no,
        product.id,
        &product.sku,
        &product.name,
        line.quantity,
        line.unit_price_cents,
        tax_rate
    ]
}

/// What was paid and paid back.
pub(super) async fn write_payments(
    connection: &mut SqliteConnection,
    plan: &Plan,
) -> sqlx::Result<()> {
    let mut random = Random::new(plan.seed, "payments");
    let columns = [
        "order_id",
        "method",
        "amount_cents",
        "currency",
        "provider_reference",
        "state",
        "api_token",
        "created_at",
    ];
    let all = numbered(&plan.orders)
        .flat_map(|(id, order)| order.payments.iter().map(move |payment| (id, order, payment)));
    let rows = all.map(|(id, order, payment)| {
        let by_provider = !matches!(payment.method, "invoice" | "prepayment");
        row![
            id,
            payment.method,
            payment.amount_cents,
            order.currency,
            by_provider.then(|| format!("pp_{}", random.hex(20))),
            payment.state,
            by_provider.then(|| format!("tok_{}", random.hex(32))),
            payment.at.iso(),
        ]
    });
    fill(connection, "payments", columns, rows).await
}

/// What was sent.
pub(super) async fn write_shipments(
    connection: &mut SqliteConnection,
    plan: &Plan,
) -> sqlx::Result<()> {
    let columns = ["order_id", "carrier", "tracking_code", "shipped_at", "delivered_at"];
    let rows = numbered(&plan.orders).flat_map(|(id, order)| {
        order.shipments.iter().map(move |shipment| {
            row![
                id,
                shipment.carrier,
                &shipment.tracking_code,
                shipment.shipped.iso(),
                shipment.delivered.map(Moment::iso),
            ]
        })
    });
    fill(connection, "shipments", columns, rows).await
}

/// What came back.
pub(super) async fn write_returns(
    connection: &mut SqliteConnection,
    plan: &Plan,
) -> sqlx::Result<()> {
    let mut random = Random::new(plan.seed, "return notes");
    let columns = [
        "order_id",
        "line_no",
        "quantity",
        "reason",
        "received_at",
        "refund_cents",
        "currency",
        "note",
    ];
    let all = numbered(&plan.orders)
        .flat_map(|(id, order)| order.returns.iter().map(move |back| (id, order, back)));
    let rows = all.map(|(id, order, back)| {
        row![
            id,
            back.line_no,
            back.quantity,
            back.reason,
            back.received.map(Moment::iso),
            back.refund_cents,
            order.currency,
            random.chance(300).then(|| *random.pick(RETURN_NOTES)),
        ]
    });
    fill(connection, "returns", columns, rows).await
}
