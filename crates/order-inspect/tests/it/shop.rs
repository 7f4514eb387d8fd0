//! A small shop: one channel in euros, two warehouses, some lamps.

use order_inspect::{
    args,
    db::{Db, Insert},
    error::Error,
};
use serde_json::{Value, json};

use crate::bed::{Bed, START};

/// The numbers of the warehouses.
pub(crate) const HAMBURG: i64 = 11;
pub(crate) const LEIPZIG: i64 = 12;

/// Sets up the shop `de`: tax, delivery, payment by invoice, and no products yet.
pub(crate) async fn open(bed: &Bed) {
    let since = "2020-01-01T00:00:00Z";
    let rates = json!([{ "country": "DE", "rate": "19", "from": since }]);
    bed.put("/setup/tax-classes/standard", json!({ "name": "Standard", "rates": rates }))
        .await
        .expect(201);
    let rates = json!([{ "country": "DE", "rate": "7", "from": since }]);
    bed.put("/setup/tax-classes/reduced", json!({ "name": "Reduced", "rates": rates }))
        .await
        .expect(201);
    let channel = json!({
        "name": "Lampenladen", "country": "DE", "time_zone": "Europe/Berlin", "currencies": ["EUR"],
        "locales": ["de", "en"], "prices_include_tax": true, "number_prefix": "DE-",
        "seller": { "name": "Lampenladen GmbH", "address": ["Lange Straße 1", "20095 Hamburg"],
            "vat_id": "DE123456789", "email": "service@lampen.example" }
    });
    bed.put("/setup/channels/de", channel).await.expect(201);
    let method = json!({
        "channel": "de", "carrier": "Hermes", "names": { "de": "Paket", "en": "Parcel" },
        "prices": [{ "currency": "EUR", "amount": 495, "free_from": 10000 }],
        "areas": [{ "country": "DE", "transit_days_min": 1, "transit_days_max": 2 }]
    });
    bed.put("/setup/channels/de/delivery-methods/parcel", method).await.expect(201);
    let method = json!({
        "channel": "de", "provider": "manual", "flow": "invoice", "names": { "de": "Rechnung", "en": "Invoice" }
    });
    bed.put("/setup/channels/de/payment-methods/invoice", method).await.expect(201);
    let service = json!({
        "kind": "assembly", "names": { "de": "Montage", "en": "Assembly" }, "tax_class": "standard",
        "prices": [{ "channel": "de", "currency": "EUR", "amount": 1999 }]
    });
    bed.put("/setup/services/assembly", service).await.expect(201);
    warehouses(bed).await;
}

async fn warehouses(bed: &Bed) {
    let location = |id: i64, code: &str, priority: i64| {
        args![
            id,
            code,
            code,
            "DE",
            "20095",
            "Europe/Berlin",
            840_i64,
            1_i64,
            "[1,2,3,4,5]",
            "[]",
            priority,
            true,
            1_i64
        ]
    };
    let rows = vec![location(HAMBURG, "HAM", 1), location(LEIPZIG, "LEJ", 2)];
    write(bed, move |_| {
        vec![
            Insert { table: "location", columns: LOCATION, rows },
            Insert {
                table: "product_type",
                columns: &["id", "code", "name", "attributes", "revision"],
                rows: vec![args![21_i64, "lamp", "Lamp", "[]", 1_i64]],
            },
        ]
    })
    .await;
}

const LOCATION: &[&str] = &[
    "id",
    "code",
    "name",
    "country",
    "postal_code",
    "time_zone",
    "cut_off_minute",
    "handling_days",
    "working_days",
    "holidays",
    "priority",
    "active",
    "revision",
];

/// A product with one variant of the same number, its price in cents, and its stock in Hamburg and Leipzig.
pub(crate) async fn product(bed: &Bed, id: i64, sku: &str, price: i64, hamburg: i64, leipzig: i64) {
    raw_product(bed, id, sku, price, hamburg, leipzig).await;
    let sql = "INSERT INTO product_service (product_id, service_id, position)
        SELECT p.id, s.id, 1 FROM product p, service s WHERE p.id = $1";
    bed.sql(sql, args![id]).await;
}

async fn raw_product(bed: &Bed, id: i64, sku: &str, price: i64, hamburg: i64, leipzig: i64) {
    let (sku, slug) = (sku.to_owned(), sku.to_lowercase());
    write(bed, move |channel| {
        let long_ago = START.0 - 90 * 86_400_000_000;
        let stock = |location: i64, on_hand: i64| args![id, location, on_hand, 0_i64, 0_i64, 0_i64];
        let moved = |at: i64, location: i64, on_hand: i64| {
            args![at, id, location, "opening", on_hand, "test", long_ago]
        };
        vec![
            Insert {
                table: "product",
                columns: &[
                    "id",
                    "code",
                    "product_type_id",
                    "tax_class",
                    "attributes",
                    "options",
                    "media",
                    "documents",
                    "warnings",
                    "active",
                    "revision",
                    "rating_count",
                    "rating_sum",
                    "created_at",
                    "updated_at",
                ],
                rows: vec![args![
                    id, &slug, 21_i64, "standard", "{}", "[]", "[]", "[]", "{}", true, 1_i64,
                    0_i64, 0_i64, long_ago, long_ago
                ]],
            },
            Insert {
                table: "product_text",
                columns: &[
                    "product_id",
                    "channel_id",
                    "locale",
                    "name",
                    "slug",
                    "summary",
                    "description",
                ],
                rows: vec![args![id, 0_i64, "de", format!("Lampe {sku}"), &slug, "", ""]],
            },
            Insert {
                table: "product_channel",
                columns: &["product_id", "channel_id", "published_from"],
                rows: vec![args![id, channel, long_ago]],
            },
            Insert {
                table: "variant",
                columns: &[
                    "id",
                    "product_id",
                    "sku",
                    "options",
                    "attributes",
                    "position",
                    "bundle",
                    "active",
                ],
                rows: vec![args![id, id, &sku, "{}", "{}", 1_i64, false, true]],
            },
            Insert {
                table: "price",
                columns: &[
                    "id",
                    "variant_id",
                    "channel_id",
                    "currency",
                    "min_quantity",
                    "kind",
                    "amount",
                    "valid_from",
                    "created_at",
                    "created_by",
                ],
                rows: vec![args![
                    id, id, channel, "EUR", 1_i64, "regular", price, long_ago, long_ago, "test"
                ]],
            },
            Insert {
                table: "stock",
                columns: &[
                    "variant_id",
                    "location_id",
                    "on_hand",
                    "reserved",
                    "incoming",
                    "safety",
                ],
                rows: vec![stock(HAMBURG, hamburg), stock(LEIPZIG, leipzig)],
            },
            Insert {
                table: "stock_movement",
                columns: &[
                    "id",
                    "variant_id",
                    "location_id",
                    "kind",
                    "on_hand_change",
                    "actor",
                    "at",
                ],
                rows: vec![moved(id * 2, HAMBURG, hamburg), moved(id * 2 + 1, LEIPZIG, leipzig)],
            },
        ]
    })
    .await;
}

async fn write(bed: &Bed, inserts: impl FnOnce(i64) -> Vec<Insert<'static>> + Send + 'static) {
    let outcome: Result<(), Error> = bed
        .app
        .db
        .write(|tx| {
            Box::pin(async move {
                let channel =
                    tx.one("SELECT id FROM channel WHERE code = 'de'", vec![]).await?.get("id")?;
                Ok(tx.insert_all(inserts(channel)).await?)
            })
        })
        .await;
    outcome.expect("rows");
}

/// An order of these lines, paid by invoice.
pub(crate) fn order(lines: &[(&str, u32)]) -> Value {
    let lines: Vec<_> =
        lines.iter().map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity })).collect();
    json!({
        "channel": "de", "email": "erika@example.org", "lines": lines,
        "billing_address": { "name": "Erika Mustermann", "street": "Lange Straße 7", "postal_code": "20095",
            "city": "Hamburg", "country": "DE" },
        "delivery_method": "parcel", "payment_method": "invoice"
    })
}

/// Places an order under a key of its own.
pub(crate) async fn place(bed: &Bed, key: &str, order: Value) -> crate::bed::Answer {
    bed.send("POST", "/orders", Some(order), &[("idempotency-key", key)]).await
}

/// Confirms every transfer to a customer that is to be made, and says how much they come to.
pub(crate) async fn pay_out(bed: &Bed) -> i64 {
    let page = bed.get("/payouts?limit=200").await.expect(200);
    let mut sum = 0;
    for payout in page["items"].as_array().expect("payouts") {
        let (order, id) = (payout["order"].as_str().expect("a number"), &payout["id"]);
        let reference = json!({ "reference": format!("SEPA {id}") });
        bed.post(&format!("/orders/{order}/payouts/{id}"), reference).await.expect(200);
        sum += payout["amount"].as_i64().expect("an amount");
    }
    sum
}

/// Makes a variant a bundle: of which variants, and how many of each.
pub(crate) async fn make_bundle(bed: &Bed, variant: i64, parts: &[(i64, i64)]) {
    bed.sql("UPDATE variant SET bundle = $2 WHERE id = $1", args![variant, true]).await;
    for (part, each) in parts {
        let sql = "INSERT INTO bundle_part (bundle_id, variant_id, quantity) VALUES ($1, $2, $3)";
        bed.sql(sql, args![variant, *part, *each]).await;
    }
}

/// Makes all events eleven seconds older: their numbers are the time at which they were written.
pub(crate) async fn age_events(bed: &Bed) {
    bed.sql("UPDATE outbox SET id = id - 11000000", vec![]).await;
}

/// What is in stock of a variant at a warehouse: on hand, reserved.
pub(crate) async fn stock(bed: &Bed, variant: i64, location: i64) -> (i64, i64) {
    let read: Result<(i64, i64), Error> = bed
        .app
        .db
        .read(move |tx| {
            Box::pin(async move {
                let sql = "SELECT on_hand, reserved FROM stock WHERE variant_id = $1 AND location_id = $2";
                let row = tx.one(sql, args![variant, location]).await?;
                Ok((row.get("on_hand")?, row.get("reserved")?))
            })
        })
        .await;
    read.expect("stock")
}

/// The ledgers: what is on hand is the sum of its movements, what is reserved is the sum of what orders hold, and
/// nothing is reserved that is not there.
pub(crate) async fn assert_ledgers_balance(bed: &Bed) {
    assert_balance(&bed.app.db).await;
}

/// The same over a database without a service.
pub(crate) async fn assert_balance(db: &Db) {
    let odd: Result<Vec<String>, Error> = db
        .read(|tx| {
            Box::pin(async move {
                let sql = "SELECT s.variant_id, s.location_id, s.on_hand, s.reserved,
                        (SELECT CAST(COALESCE(SUM(m.on_hand_change), 0) AS BIGINT) FROM stock_movement m
                            WHERE m.variant_id = s.variant_id AND m.location_id = s.location_id) AS moved,
                        (SELECT CAST(COALESCE(SUM(a.quantity - a.shipped - a.released), 0) AS BIGINT)
                            FROM allocation a
                            WHERE a.variant_id = s.variant_id AND a.location_id = s.location_id) AS held
                    FROM stock s";
                let mut odd = Vec::new();
                for row in tx.rows(sql, vec![]).await? {
                    let (on_hand, reserved): (i64, i64) = (row.get("on_hand")?, row.get("reserved")?);
                    let (moved, held): (i64, i64) = (row.get("moved")?, row.get("held")?);
                    if on_hand != moved || reserved != held || reserved > on_hand {
                        odd.push(format!("{row:?}"));
                    }
                }
                Ok(odd)
            })
        })
        .await;
    assert_eq!(odd.expect("ledgers"), Vec::<String>::new());
}

/// Makes the transfers to a customer that wait, and shows the order then.
pub(crate) async fn transferred(bed: &Bed, number: &str) -> Value {
    let page = bed.get("/payouts?limit=200").await.expect(200);
    let waiting =
        page["items"].as_array().expect("a list").iter().filter(|it| it["order"] == number);
    for payout in waiting {
        let path = format!("/orders/{number}/payouts/{}", payout["id"]);
        bed.post(&path, json!({ "reference": format!("SEPA {}", payout["id"]) })).await.expect(200);
    }
    bed.get(&format!("/orders/{number}")).await.expect(200)
}
