//! The seeded shop.

use order_inspect::{
    args,
    error::Error,
    seed::{Plan, fill},
};
use serde_json::json;

use crate::{
    bed::Bed,
    on_both_engines,
    shop::{assert_ledgers_balance, place},
};

const PLAN: Plan = Plan { seed: 7, products: 40, customers: 60, orders: 200 };

on_both_engines! {
    async fn a_seeded_shop_is_whole_and_sells(bed) {
        fill(&bed.app.db, PLAN).await.expect("a shop");
        assert_ledgers_balance(&bed).await;
        let uses = "SELECT used_count AS n FROM promotion ORDER BY code";
        assert!(bed.numbers(uses).await.iter().all(|n| *n > 0), "each promotion gave something");
        let order = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(order["lines"].as_array().map(Vec::len), Some(3));
        let sku = order["lines"][0]["sku"].as_str().expect("an article").to_owned();
        let wanted = json!({
            "channel": "de", "email": "erika@example.org", "lines": [{ "sku": sku, "quantity": 1 }],
            "billing_address": { "name": "Erika Mustermann", "street": "Lange Straße 7", "postal_code": "20095",
                "city": "Hamburg", "country": "DE" },
            "delivery_method": "parcel", "payment_method": "invoice", "coupons": ["HERBST5"]
        });
        let placed = place(&bed, "a", wanted).await.expect(201);
        assert_eq!(placed["number"], "DE-1131", "130 of the 200 orders were placed in this shop");
        assert_ledgers_balance(&bed).await;
    }

    async fn statuses_of_seeded_orders_follow_from_their_facts(bed) {
        fill(&bed.app.db, PLAN).await.expect("a shop");
        let mut seen = std::collections::BTreeSet::new();
        for number in 1001..1131 {
            let order = bed.get(&format!("/orders/DE-{number}")).await.expect(200);
            let status = order["status"].as_str().expect("a status").to_owned();
            if status == "completed" || status == "cancelled" {
                assert_eq!(order["money"]["remainder"], 0, "{order}");
            }
            seen.insert((status, order["return_status"].as_str().expect("a status").to_owned()));
        }
        let seen: Vec<_> = seen.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let all = [("cancelled", "none"), ("completed", "none"), ("completed", "partially_returned"), ("open", "none")];
        assert_eq!(seen, all);
    }

    async fn a_database_in_use_is_not_filled(bed) {
        crate::shop::open(&bed).await;
        let refused = fill(&bed.app.db, PLAN).await.expect_err("there is a shop already");
        assert!(refused.to_string().contains("only an empty database is filled"), "{refused}");
    }
}

#[tokio::test]
async fn the_same_seed_makes_the_same_rows_on_both_engines() {
    let mut prints = Vec::new();
    for (bed, seed) in
        [(Bed::sqlite().await, 7), (Bed::postgres().await, 7), (Bed::sqlite().await, 8)]
    {
        fill(&bed.app.db, Plan { seed, ..PLAN }).await.expect("a shop");
        let print = bed.app.db.read(|tx| Box::pin(async move {
            let sql = "SELECT o.id, o.number, o.email, o.total, o.quote, l.sku, l.shares, s.reserved, s.on_hand
                FROM orders o JOIN order_line l ON l.order_id = o.id
                JOIN stock s ON s.variant_id = l.variant_id AND s.location_id = 1
                ORDER BY o.id, l.position";
            let rows = tx.rows(sql, args![]).await?;
            Ok::<_, Error>(rows.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>())
        }));
        prints.push(print.await.expect("rows"));
    }
    assert_eq!(prints[0], prints[1]);
    assert_ne!(prints[0], prints[2]);
}
