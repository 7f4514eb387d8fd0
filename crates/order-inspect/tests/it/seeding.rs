//! The seeded shop.

use order_inspect::{
    args,
    error::Error,
    seed::{Blueprint, Given, Plan, fill},
};
use serde_json::json;

use crate::{
    bed::Bed,
    on_both_engines,
    shop::{assert_ledgers_balance, place},
};

const PLAN: Plan = Plan { seed: 7, products: 40, customers: 60, orders: 200 };

fn given() -> Given {
    let variant = |sku: &str, gtin: &str, colour: (&str, &str)| json!({ "sku": sku, "gtin": gtin, "weight_grams": 84_000, "colour_de": colour.0, "colour_en": colour.1, "rgb": "#9eae94" });
    let given = json!({
        "customers": [{
            "number": "K-104711", "email": "jolanthe@example.de", "name": "Jolanthe Wrzesniewski",
            "street": "Lange Straße 7", "postal_code": "20095", "city": "Hamburg", "country": "DE",
            "phone": "+49 40 66969123"
        }],
        "products": [{
            "kind": "sofa", "name_de": "Ecksofa »Amrum«", "name_en": "Corner sofa ‘Amrum’", "price": 129_900,
            "variants": [
                variant("SOF-10007", "4006381333931", ("salbeigrün", "sage")),
                variant("SOF-10014", "9524100000006", ("anthrazit", "anthracite")),
                variant("SOF-10021", "9524100000136", ("taubenblau", "dove blue")),
            ]
        }],
        "orders": [{
            "number": "DE-1003", "customer": "K-104711", "articles": ["SOF-10021", "SOF-10007"],
            "returned_at": "2024-08-01T09:00:00Z"
        }]
    });
    serde_json::from_value(given).expect("its form is right")
}

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

    async fn what_another_system_knows_is_taken_over_under_its_numbers(bed) {
        let blueprint = Blueprint::around(PLAN, given()).expect("it fits together");
        fill(&bed.app.db, blueprint).await.expect("a shop");
        assert_ledgers_balance(&bed).await;
        let customer = bed.get("/customers/K-104711").await.expect(200);
        assert_eq!(customer["email"], "jolanthe@example.de");
        assert_eq!(customer["addresses"][0]["street"], "Lange Straße 7");
        let article = bed.get("/catalogue/variants/SOF-10007").await.expect(200);
        assert_eq!(article["weight_grams"], 84_000);
        assert_eq!((&article["name"], &article["gtin"]), (&json!("Ecksofa »Amrum«"), &json!("4006381333931")));
        let offer = bed.get("/catalogue/offers/de:EUR:SOF-10014").await.expect(200);
        assert_eq!(offer["price"], 129_900);
        let order = bed.get("/orders/DE-1003").await.expect(200);
        assert_eq!(order["customer"]["email"], "jolanthe@example.de");
        let skus: Vec<&str> = order["lines"].as_array().expect("lines").iter().filter_map(|it| it["sku"].as_str()).collect();
        assert_eq!(skus, ["SOF-10021", "SOF-10007"]);
        assert_eq!(order["return_status"], "partially_returned");
        assert_eq!(order["returns"][0]["received_at"], "2024-08-01T09:00:00Z");
        let theirs = bed.get("/customers/K-104711/orders?limit=200").await.expect(200);
        assert!(theirs["items"].as_array().is_some_and(|all| all.iter().any(|it| it["number"] == "DE-1003")));
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
