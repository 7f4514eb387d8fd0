//! `warehouse.db`: the warehouse, by a hand that likes composite keys.

use sqlx::sqlite::SqliteConnection;

use super::Plan;
use super::dates::iso;
use super::phrases::SUPPLIERS;
use super::table::{Cell, fill, row};
use super::warehouse::{Delivery, SITES, Stock, Warehouse, plan as play};

/// Levels of a rack, and racks of an aisle.
const LEVELS: usize = 4;
const RACKS: usize = 24;

/// Makes the tables and fills them.
///
/// # Errors
/// What SQLite says.
pub(super) async fn write(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    let warehouse = play(plan.seed, &plan.catalogue.products, &plan.orders);
    sqlx::raw_sql(include_str!("warehouse.sql")).execute(&mut *connection).await?;
    write_sites(connection).await?;
    write_stock(connection, plan, &warehouse).await?;
    write_movements(connection, plan, &warehouse).await?;
    write_suppliers(connection).await?;
    write_supplier_items(connection, plan, &warehouse).await?;
    write_deliveries(connection, &warehouse).await?;
    write_prices(connection, plan).await?;
    sqlx::raw_sql(include_str!("warehouse_indexes.sql")).execute(&mut *connection).await?;
    Ok(())
}

/// The last column has no declared type: a year, a text and nothing stand in it.
async fn write_sites(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let rows = [
        row![SITES[0], "Hamburg-Billbrook", "DE", 18_400, 1998],
        row![SITES[1], "Leipzig Nord", "DE", 42_750, "Herbst 2016"],
        row![SITES[2], "Linz Hafen", "AT", 9_300, None::<i64>],
    ];
    fill(connection, "sites", ["code", "name", "country", "square_metres", "opened"], rows).await
}

/// Aisle, rack and level of the `place`th bin of a site.
fn bin(place: usize) -> (String, i64, i64) {
    let (rack, level) = (place / LEVELS, place % LEVELS);
    let letter = char::from(b'A' + (rack / RACKS) as u8 % 26);
    (letter.to_string(), (rack % RACKS) as i64 + 1, level as i64 + 1)
}

async fn write_stock(
    connection: &mut SqliteConnection,
    plan: &Plan,
    warehouse: &Warehouse,
) -> sqlx::Result<()> {
    let mut used = [0; SITES.len()];
    let rows: Vec<[Cell; 9]> = warehouse
        .stock
        .iter()
        .map(|stock| {
            used[stock.site] += 1;
            stock_row(plan, stock, used[stock.site] - 1)
        })
        .collect();
    let bins = used.into_iter().enumerate().flat_map(|(site, used)| {
        // some bins are empty
        (0..used + used / 12 + 5).map(move |place| {
            let (aisle, rack, level) = bin(place);
            let load = if level == 1 { 900.0 } else { 450.5 };
            row![SITES[site], aisle, rack, level, load, place % 97 == 41]
        })
    });
    let columns = ["site", "aisle", "rack", "level", "max_weight_kg", "blocked"];
    fill(connection, "bins", columns, bins).await?;
    let columns =
        ["site", "sku", "aisle", "rack", "level", "on_hand", "reserved", "safety", "reorder_at"];
    fill(connection, "stock", columns, rows).await
}

fn stock_row(plan: &Plan, stock: &Stock, place: usize) -> [Cell; 9] {
    let (aisle, rack, level) = bin(place);
    row![
        SITES[stock.site],
        &plan.catalogue.products[stock.product].sku,
        aisle,
        rack,
        level,
        stock.on_hand,
        stock.reserved,
        stock.reorder_at / 2,
        stock.reorder_at,
    ]
}

async fn write_movements(
    connection: &mut SqliteConnection,
    plan: &Plan,
    warehouse: &Warehouse,
) -> sqlx::Result<()> {
    let columns = ["site", "day", "seq", "sku", "quantity", "reason", "reference"];
    let rows = warehouse.movements.iter().map(|movement| {
        row![
            SITES[movement.site],
            iso(movement.day),
            movement.seq,
            &plan.catalogue.products[movement.product].sku,
            movement.quantity,
            movement.reason,
            movement.reference.as_ref(),
        ]
    });
    fill(connection, "movements", columns, rows).await
}

fn supplier_number(supplier: usize) -> String {
    format!("S{:04}", 7_000 + supplier * 11)
}

/// Some cells do not hold what their column declares, as SQLite lets them.
async fn write_suppliers(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let columns = ["supplier_no", "name", "country", "email", "payment_days", "rating", "remark"];
    let rows = SUPPLIERS.iter().enumerate().map(|(supplier, (name, country))| {
        let payment_days = match supplier {
            6 => Cell::from("sofort"),
            13 => Cell::from("nach Absprache"),
            _ => Cell::from([14, 30, 30, 60][supplier % 4]),
        };
        let remark = match supplier % 5 {
            0 => Cell::from("Betriebsferien KW 31–33"),
            2 => Cell::from(4_711),
            3 => Cell::from(0.5),
            _ => Cell::Null,
        };
        let rating = (supplier % 7 != 5).then_some(3.0 + supplier as f64 % 5.0 * 0.45);
        let email = format!("bestellung{}@example.com", supplier + 1);
        row![supplier_number(supplier), *name, *country, email, payment_days, rating, remark]
    });
    fill(connection, "suppliers", columns, rows).await
}

async fn write_supplier_items(
    connection: &mut SqliteConnection,
    plan: &Plan,
    warehouse: &Warehouse,
) -> sqlx::Result<()> {
    let columns =
        ["supplier_no", "supplier_sku", "sku", "cost_cents", "currency", "lead_days", "minimum"];
    let items = warehouse.items.iter().zip(&plan.catalogue.products);
    let rows = items.map(|(item, product)| {
        let minimum = match product.id % 40 {
            0 => Cell::from("nach Absprache"),
            _ => Cell::from([4, 8, 12, 24][item.supplier % 4]),
        };
        row![
            supplier_number(item.supplier),
            &item.supplier_sku,
            &product.sku,
            item.cost_cents,
            "EUR",
            item.lead_days,
            minimum,
        ]
    });
    fill(connection, "supplier_items", columns, rows).await
}

async fn write_deliveries(
    connection: &mut SqliteConnection,
    warehouse: &Warehouse,
) -> sqlx::Result<()> {
    let columns =
        ["delivery_no", "supplier_no", "site", "ordered_on", "due_on", "arrived_on", "state"];
    let rows = warehouse.deliveries.iter().map(|delivery| {
        row![
            &delivery.number,
            supplier_number(delivery.supplier),
            SITES[delivery.site],
            iso(delivery.ordered),
            iso(delivery.due),
            delivery.arrived().map(iso),
            delivery_state(delivery),
        ]
    });
    fill(connection, "deliveries", columns, rows).await?;
    let columns = ["delivery_no", "line_no", "supplier_no", "supplier_sku", "ordered", "received"];
    let rows = warehouse.deliveries.iter().flat_map(|delivery| {
        (1_i64..).zip(&delivery.lines).map(|(line_no, line)| {
            row![
                &delivery.number,
                line_no,
                supplier_number(delivery.supplier),
                &warehouse.items[line.product].supplier_sku,
                line.ordered,
                delivery.arrived().map(|_| line.received),
            ]
        })
    });
    fill(connection, "delivery_lines", columns, rows).await
}

fn delivery_state(delivery: &Delivery) -> &'static str {
    let complete = delivery.lines.iter().all(|line| line.received == line.ordered);
    match delivery.arrived() {
        None => "ordered",
        Some(_) if complete => "arrived",
        Some(_) => "incomplete",
    }
}

async fn write_prices(connection: &mut SqliteConnection, plan: &Plan) -> sqlx::Result<()> {
    let columns = ["sku", "valid_from", "price_cents", "currency"];
    let rows = plan.catalogue.products.iter().flat_map(|product| {
        product.prices.iter().map(|(since, cents)| row![&product.sku, iso(*since), *cents, "EUR"])
    });
    fill(connection, "price_history", columns, rows).await
}
