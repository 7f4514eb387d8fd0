//! Stock, and the ledger that always adds up.

use order_inspect::catalogue::stock::audit;
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    catalogue::{open, sell_chair},
    on_both_engines,
};

const SKU: &str = "oak-chair-s";

async fn sold(bed: &Bed) {
    open(bed).await;
    sell_chair(bed, "oak-chair").await;
    let second = json!({ "code": "munich", "name": "Munich", "country": "DE", "postal_code": "80331",
        "time_zone": "Europe/Berlin", "cut_off_minute": 600, "handling_days": 1,
        "working_days": [1, 2, 3, 4, 5], "priority": 9, "active": true });
    bed.post("/catalogue/locations", second).await.expect(201);
}

async fn assert_adds_up(bed: &Bed) {
    let differences = bed
        .app
        .db
        .read(|tx| Box::pin(async move { audit(tx, None).await }))
        .await
        .expect("an audit");
    assert!(differences.is_empty(), "{differences:?}");
}

async fn small(bed: &Bed) -> Value {
    let page = bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(200);
    page["variants"][0].clone()
}

on_both_engines! {
    async fn goods_come_in_are_counted_and_go_elsewhere(bed) {
        sold(&bed).await;
        let count = json!({ "action": "correction", "location": "hanover", "reason": "inventory",
            "lines": [{ "sku": SKU, "on_hand": 4 }] });
        bed.post("/catalogue/stock", count).await.expect(200);
        let transfer = json!({ "action": "transfer", "from": "hanover", "to": "munich",
            "lines": [{ "sku": SKU, "quantity": 3 }] });
        let levels = bed.post("/catalogue/stock", transfer.clone()).await.expect(200);
        assert_eq!(levels["levels"][0]["on_hand"], 1);
        assert_eq!(levels["levels"][1]["on_hand"], 3);
        assert_eq!(bed.post("/catalogue/stock", transfer).await.problem(409), "stock_too_low");
        let movements = bed.get(&format!("/catalogue/stock/{SKU}/movements")).await.expect(200);
        let kinds: Vec<&str> =
            movements["items"].as_array().expect("a list").iter().map(|it| it["kind"].as_str().expect("a text")).collect();
        assert_eq!(kinds, ["transfer", "transfer", "correction", "receipt"]);
        assert_eq!(movements["items"][2]["on_hand_change"], -1);
        assert_eq!(movements["items"][2]["reason"], "inventory");
        assert_adds_up(&bed).await;
    }

    async fn what_orders_hold_stays(bed) {
        sold(&bed).await;
        bed.sql("UPDATE stock SET reserved = 3", vec![]).await;
        let count = |on_hand: i64| json!({ "action": "correction", "location": "hanover",
            "reason": "inventory", "lines": [{ "sku": SKU, "on_hand": on_hand }] });
        let refused = bed.post("/catalogue/stock", count(2)).await.expect(409);
        assert_eq!(refused["facts"]["reserved"], 3);
        bed.post("/catalogue/stock", count(3)).await.expect(200);
        assert_eq!(small(&bed).await["availability"]["state"], "sold_out");
        let audit = bed.get(&format!("/catalogue/stock/{SKU}/audit")).await.expect(200);
        let odd = &audit["differences"][0];
        assert_eq!((&odd["reserved"], &odd["reserved_booked"]), (&json!(3), &json!(0)), "no order holds them");
    }

    async fn safety_stock_is_not_sold_and_goods_on_their_way_are_announced(bed) {
        sold(&bed).await;
        let plan = json!({ "safety": 5, "incoming": 20, "incoming_at": "2026-06-22T08:00:00Z" });
        let place = format!("/catalogue/stock/{SKU}/hanover");
        bed.send("PUT", &place, Some(plan), &[]).await.expect(200);
        let availability = small(&bed).await["availability"].clone();
        assert_eq!(availability["state"], "incoming");
        assert_eq!(availability["incoming_at"], "2026-06-22T08:00:00Z");
        let receipt = json!({ "action": "receipt", "location": "hanover",
            "lines": [{ "sku": SKU, "quantity": 20, "was_incoming": true }] });
        let levels = bed.post("/catalogue/stock", receipt).await.expect(200);
        assert_eq!(levels["levels"][0]["incoming"], 0);
        assert_eq!(levels["levels"][0]["available"], 20);
    }

    async fn it_is_shipped_from_where_it_lies(bed) {
        sold(&bed).await;
        assert_eq!(small(&bed).await["delivery"]["earliest"], "2026-06-16");
        let transfer = json!({ "action": "transfer", "from": "hanover", "to": "munich",
            "lines": [{ "sku": SKU, "quantity": 5 }] });
        bed.post("/catalogue/stock", transfer).await.expect(200);
        let delivery = small(&bed).await["delivery"].clone();
        assert_eq!(delivery["earliest"], "2026-06-18", "after the cut-off there, and a day of handling");
        assert_eq!(delivery["order_by"], "2026-06-16T08:00:00Z");
    }

    async fn a_receipt_that_is_sent_twice_is_booked_once(bed) {
        sold(&bed).await;
        let receipt = json!({ "action": "receipt", "location": "hanover",
            "lines": [{ "sku": SKU, "quantity": 1 }] });
        for _ in 0..2 {
            let key = [("idempotency-key", "delivery-77")];
            let levels = bed.send("POST", "/catalogue/stock", Some(receipt.clone()), &key).await;
            assert_eq!(levels.expect(200)["levels"][0]["on_hand"], 6);
        }
        assert_adds_up(&bed).await;
    }
}
