//! What must hold of the four databases together.

use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::Poll;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use tempfile::TempDir;

use super::*;

pub(super) const SEED: u64 = 7;
pub(super) const SMALL: Size = Size { customers: 900, orders: 1_500 };
pub(super) const NEW_SMALL: NewSize = NewSize { customers: 400, orders: 1_200 };

pub(super) async fn small_shop() -> (TempDir, SampleShop) {
    let folder = tempfile::tempdir().unwrap();
    let shop = write_sized(folder.path(), SEED, SMALL, NEW_SMALL).await.unwrap();
    (folder, shop)
}

async fn open(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

async fn number(database: &mut SqliteConnection, sql: &str) -> i64 {
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::query_scalar(sql).fetch_one(database).await.unwrap()
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
    files
        .map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()))
        .collect()
}

#[tokio::test]
async fn the_same_seed_makes_the_same_bytes_and_another_seed_does_not() {
    let (first, _) = small_shop().await;
    let (second, _) = small_shop().await;
    let other = tempfile::tempdir().unwrap();
    write_sized(other.path(), 8, SMALL, NEW_SMALL).await.unwrap();
    let (first, second, other) =
        (contents(first.path()), contents(second.path()), contents(other.path()));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        ["orders.db", "register.db", "returns.db", "warehouse.db"]
    );
    for (name, bytes) in &first {
        assert!(*bytes == second[name], "{name} differs between two runs");
        assert!(*bytes != other[name], "{name} does not depend on the seed");
    }
}

#[tokio::test]
async fn every_declared_foreign_key_holds_and_every_file_is_sound() {
    let (_folder, shop) = small_shop().await;
    for path in [&shop.orders, &shop.register, &shop.warehouse, &shop.returns] {
        let mut database = open(path).await;
        let broken =
            sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut database).await.unwrap();
        let broken: Vec<String> = broken.iter().map(|row| row.get("table")).collect();
        assert!(broken.is_empty(), "{}: {broken:?}", path.display());
        let sound: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
        assert_eq!(sound, "ok", "{}", path.display());
    }
    let mut orders = open(&shop.orders).await;
    let declared = number(
        &mut orders,
        "SELECT count(*) FROM sqlite_schema t, pragma_foreign_key_list(t.name)",
    )
    .await;
    assert!(declared >= 14, "{declared}");
    let mut register = open(&shop.register).await;
    let declared = number(
        &mut register,
        "SELECT count(*) FROM sqlite_schema t, pragma_foreign_key_list(t.name)",
    )
    .await;
    assert_eq!(declared, 0);
}

#[tokio::test]
async fn the_sums_of_every_order_add_up() {
    let (_folder, shop) = small_shop().await;
    let mut orders = open(&shop.orders).await;
    for (what, sql) in [
        (
            "subtotal is not the sum of the lines",
            "SELECT count(*) FROM orders o WHERE subtotal_cents IS NOT
             (SELECT sum(line_total_cents) FROM order_lines WHERE order_id = o.id)",
        ),
        (
            "total is not subtotal, shipping and discount",
            "SELECT count(*) FROM orders WHERE total_cents <> subtotal_cents + shipping_cents - discount_cents OR total_cents <= 0",
        ),
        (
            "paid is not the total",
            "SELECT count(*) FROM orders o WHERE payment_status = 'paid' AND total_cents <>
             (SELECT sum(amount_cents) FROM payments WHERE order_id = o.id)",
        ),
        (
            "a refund is not what came back",
            "SELECT count(*) FROM orders o WHERE payment_status = 'partly_refunded' AND
             (SELECT sum(refund_cents) FROM returns WHERE order_id = o.id AND received_at IS NOT NULL) IS NOT
             (SELECT -sum(amount_cents) FROM payments WHERE order_id = o.id AND state = 'refunded')",
        ),
        (
            "an order was placed after it was shipped",
            "SELECT count(*) FROM orders WHERE shipped_at < placed_at",
        ),
        (
            "an address belongs to somebody else",
            "SELECT count(*) FROM orders o JOIN addresses a ON a.id IN (o.billing_address_id, o.shipping_address_id)
             WHERE a.customer_id <> o.customer_id",
        ),
        (
            "a customer ordered before they came or after they left",
            "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id
             WHERE o.placed_at < c.created_at OR o.placed_at >= c.deleted_at",
        ),
    ] {
        assert_eq!(number(&mut orders, sql).await, 0, "{what}");
    }
    assert_eq!(number(&mut orders, "SELECT count(*) FROM orders").await, 1_500);
    assert_eq!(number(&mut orders, "SELECT count(DISTINCT status) FROM orders").await, 6);
}

#[tokio::test]
async fn movements_add_up_to_what_is_on_hand_and_never_fall_below_nothing() {
    let (_folder, shop) = small_shop().await;
    let mut warehouse = open(&shop.warehouse).await;
    let differing = "SELECT count(*) FROM stock s WHERE on_hand <>
        coalesce((SELECT sum(quantity) FROM movements m WHERE m.site = s.site AND m.sku = s.sku), 0)";
    assert_eq!(number(&mut warehouse, differing).await, 0);
    let below = "SELECT count(*) FROM (SELECT sum(quantity) OVER (PARTITION BY site, sku ORDER BY day, seq) AS left_over
        FROM movements) WHERE left_over < 0";
    assert_eq!(number(&mut warehouse, below).await, 0);
    let reasons = "SELECT count(DISTINCT reason) FROM movements";
    assert!(number(&mut warehouse, reasons).await >= 5);
    let loose = "SELECT count(*) FROM supplier_items WHERE typeof(minimum) = 'text'";
    assert!(number(&mut warehouse, loose).await > 10);
}

#[tokio::test]
async fn the_four_databases_speak_of_the_same_people_and_articles() {
    let (_folder, shop) = small_shop().await;
    let mut database = open(&shop.orders).await;
    for (name, path) in [("r", &shop.register), ("w", &shop.warehouse), ("d", &shop.returns)] {
        let attach = format!("ATTACH '{}' AS {name}", path.display());
        sqlx::query(AssertSqlSafe(attach)).execute(&mut database).await.unwrap();
    }
    let customers = number(&mut database, "SELECT count(*) FROM customers").await;
    let same = "FROM customers c JOIN r.KUNDEN k ON k.KDNR = printf('%07d', substr(c.number, 3))";
    let known = number(&mut database, &format!("SELECT count(*) {same}")).await;
    assert!(known < customers && known > customers * 97 / 100, "{known} of {customers}");
    let strangers = format!("SELECT count(*) {same} WHERE c.last_name <> k.NACHNAME");
    assert_eq!(number(&mut database, &strangers).await, 0);
    let elsewhere = format!("SELECT count(*) {same} WHERE c.email <> k.EMAIL");
    let elsewhere = number(&mut database, &elsewhere).await;
    assert!(elsewhere > 0 && elsewhere < known * 6 / 100, "{elsewhere} of {known}");
    let unknown = "SELECT count(*) FROM w.stock WHERE sku NOT IN (SELECT sku FROM products)";
    assert_eq!(number(&mut database, unknown).await, 0);
    let sales = "SELECT count(*) FROM w.movements WHERE reason = 'sale' AND reference NOT IN (SELECT number FROM orders)";
    assert_eq!(number(&mut database, sales).await, 0);
    let prices = "SELECT count(*) FROM products p WHERE price_cents <>
        (SELECT price_cents FROM w.price_history h WHERE h.sku = p.sku ORDER BY valid_from DESC LIMIT 1)";
    assert_eq!(number(&mut database, prices).await, 0);
    let known = "SELECT count(*) FROM d.returns b JOIN orders o ON '#' || o.number = b.order_no
        JOIN customers c ON c.id = o.customer_id AND c.email = lower(b.customer_email)
            AND coalesce('K-' || b.customer_no, c.number) = c.number
        JOIN products p ON 'VH-' || p.sku = b.sku AND p.name = b.article
        JOIN order_lines l ON l.order_id = o.id AND l.product_id = p.id AND l.quantity >= b.quantity";
    // Those of the new shop are in none of the four.
    let new = "SELECT count(*) FROM d.returns b JOIN customers c
        ON c.email = lower(b.customer_email) AND coalesce('K-' || b.customer_no, c.number) = c.number
        JOIN products p ON 'VH-' || p.sku = b.sku AND p.name = b.article WHERE b.order_no LIKE '#DE-%'";
    let (known, new, all) = (
        number(&mut database, known).await,
        number(&mut database, new).await,
        number(&mut database, "SELECT count(*) FROM d.returns").await,
    );
    assert!(known > 100 && new > 0 && known + new == all, "{known} and {new} of {all}");
    assert_eq!(known, number(&mut database, "SELECT count(*) FROM returns").await);
}

#[tokio::test]
async fn nothing_at_the_returns_desk_happens_before_what_must_come_first() {
    let (_folder, shop) = small_shop().await;
    let mut desk = open(&shop.returns).await;
    let early = "SELECT count(*) FROM returns r JOIN parcels p ON p.id = r.parcel_id
        WHERE p.announced_at > r.registered_at OR r.registered_at > r.received_at OR p.arrived_at IS NOT r.received_at
           OR r.received_at > r.inspected_at OR r.inspected_at > r.decided_at
           OR (r.decision = 'RESTOCK') <> (r.condition IN ('AS_NEW', 'OPENED'))";
    assert_eq!(number(&mut desk, early).await, 0);
    let waiting = "SELECT count(DISTINCT state) FROM returns";
    assert_eq!(number(&mut desk, waiting).await, 5, "every state is there");
}

#[tokio::test]
async fn a_second_run_changes_nothing_and_keeps_what_was_edited() {
    let (folder, shop) = small_shop().await;
    let mut orders = open(&shop.orders).await;
    sqlx::query("UPDATE orders SET note = 'changed by hand' WHERE id = 1")
        .execute(&mut orders)
        .await
        .unwrap();
    Connection::close(orders).await.unwrap();
    let before = contents(folder.path());
    let again = write_sized(folder.path(), 7, SMALL, NEW_SMALL).await.unwrap();
    assert_eq!(again, SampleShop { written: 0, ..shop });
    assert!(contents(folder.path()) == before, "a file changed");
}

#[tokio::test]
async fn only_what_is_missing_is_made_and_it_is_what_it_was() {
    let (folder, shop) = small_shop().await;
    let before = contents(folder.path());
    fs::remove_file(&shop.register).unwrap();
    let again = write_sized(folder.path(), 7, SMALL, NEW_SMALL).await.unwrap();
    assert_eq!(again.written, 1);
    assert!(contents(folder.path()) == before, "a file changed");
}

#[tokio::test]
async fn a_log_left_by_a_deleted_database_does_not_reach_the_new_one() {
    let (folder, shop) = small_shop().await;
    let before = contents(folder.path());
    let mut orders = open(&shop.orders).await;
    let change = "UPDATE orders SET note = 'of the old database' WHERE id = 1";
    sqlx::query(change).execute(&mut orders).await.unwrap();
    let log = fs::read(beside(&shop.orders, "-wal")).unwrap();
    Connection::close(orders).await.unwrap();
    fs::remove_file(&shop.orders).unwrap();
    fs::write(beside(&shop.orders, "-wal"), log).unwrap();
    write_sized(folder.path(), 7, SMALL, NEW_SMALL).await.unwrap();
    assert!(contents(folder.path()) == before, "something of the old database is left");
}

#[tokio::test]
async fn a_run_that_is_cut_off_leaves_no_half_database() {
    let whole = contents(small_shop().await.0.path());
    let mut cuts = 0;
    let mut finished = false;
    while !finished {
        let steps = 1 << cuts;
        let folder = tempfile::tempdir().unwrap();
        finished = cut_off_after(steps, write_sized(folder.path(), 7, SMALL, NEW_SMALL)).await;
        let left = contents(folder.path());
        for (name, bytes) in left.iter().filter(|(name, _)| name.ends_with(".db")) {
            assert!(*bytes == whole[name], "{name} is not whole after {steps} steps");
        }
        write_sized(folder.path(), 7, SMALL, NEW_SMALL).await.unwrap();
        let repaired = contents(folder.path());
        assert!(repaired == whole, "the next run did not repair what {steps} steps left");
        cuts += 1;
    }
    assert!(cuts > 4, "hardly anything was cut off: {cuts} runs");
}

/// Drops `future` after so many steps; says whether it was done by then.
async fn cut_off_after<T>(steps: usize, future: impl Future<Output = T>) -> bool {
    let mut future = pin!(future);
    let mut left = steps;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        future.as_mut().poll(context).map(|_| true)
    })
    .await
}

#[tokio::test]
async fn a_file_of_somebody_else_is_never_touched() {
    for foreign in [&b"dear diary"[..], b""] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.db");
        fs::write(&path, foreign).unwrap();
        for refused in [write(folder.path()).await, reset(folder.path()).await] {
            let message = refused.unwrap_err().to_string();
            assert!(
                message.contains("register.db is not a database of the sample shop"),
                "{message}"
            );
        }
        assert_eq!(
            contents(folder.path()),
            BTreeMap::from([("register.db".to_owned(), foreign.to_vec())])
        );
    }
}

#[tokio::test]
async fn a_damaged_database_is_named_and_the_way_out_too() {
    let (folder, shop) = small_shop().await;
    let mut bytes = fs::read(&shop.warehouse).unwrap();
    bytes.truncate(bytes.len() / 3);
    fs::write(&shop.warehouse, bytes).unwrap();
    let message = write_sized(folder.path(), 7, SMALL, NEW_SMALL).await.unwrap_err().to_string();
    assert!(
        message.contains("warehouse.db cannot be used") && message.contains("--reset"),
        "{message}"
    );
}

#[tokio::test]
async fn a_reset_makes_the_full_shop_new() {
    let folder = tempfile::tempdir().unwrap();
    let shop = write(folder.path()).await.unwrap();
    let mut orders = open(&shop.orders).await;
    sqlx::query("DELETE FROM admin_users").execute(&mut orders).await.unwrap();
    Connection::close(orders).await.unwrap();
    let shop = reset(folder.path()).await.unwrap();
    assert_eq!(shop.written, 4);
    let mut orders = open(&shop.orders).await;
    for (table, least, most) in [
        ("orders", 20_000, 20_000),
        ("customers", 7_900, 8_200),
        ("products", 1_150, 1_250),
        ("admin_users", 8, 8),
    ] {
        let rows = number(&mut orders, &format!("SELECT count(*) FROM {table}")).await;
        assert!((least..=most).contains(&rows), "{table}: {rows}");
    }
}
