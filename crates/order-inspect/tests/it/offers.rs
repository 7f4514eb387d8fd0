//! Offers: what a variant costs everybody in a shop, on one line.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    bed::Bed,
    catalogue::{open, price, sell_chair},
    on_both_engines,
};

const OFFER: &str = "/catalogue/offers/de:EUR:oak-chair-s";

async fn sold(bed: &Bed) {
    open(bed).await;
    sell_chair(bed, "oak-chair").await;
}

async fn shown(bed: &Bed) -> Value {
    let page = bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(200);
    page["variants"][0]["price"].clone()
}

on_both_engines! {
    async fn an_offer_is_changed_and_the_price_of_before_stays_on_record(bed) {
        sold(&bed).await;
        let before = bed.get(OFFER).await.expect(200);
        assert_eq!(before["price"], 12900);
        bed.clock.advance(Duration::from_secs(86_400));
        let after = bed.patch(OFFER, json!({ "price": 13900, "list_price": 15900 })).await.expect(200);
        assert_eq!((&after["price"], &after["list_price"]), (&json!(13900), &json!(15900)));
        assert_eq!(bed.get(OFFER).await.expect(200), after);
        assert_eq!(shown(&bed).await["amount"], 13900);
        let all = bed.get("/catalogue/variants/oak-chair-s/prices").await.expect(200);
        assert_eq!(all["items"][1]["until"], all["items"][0]["from"]);
        let refused = bed.patch(OFFER, json!({})).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/price");
        let refused = bed.patch(OFFER, json!({ "price": -1 })).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/price", "{refused}");
        bed.get("/catalogue/offers/de:EUR:nothing").await.expect(404);
        bed.get("/catalogue/offers/nothing").await.expect(404);
    }

    async fn a_reduction_is_planned_by_percent_with_the_lowest_price_before_and_taken_back(bed) {
        sold(&bed).await;
        bed.clock.advance(Duration::from_secs(40 * 86_400));
        let place = format!("{OFFER}/sale");
        let planned = bed.post(&place, json!({ "percent": 25, "from": "2027-01-01T00:00:00Z" })).await.expect(200);
        assert_eq!((&planned["price"], &planned["sale_price"]), (&json!(12900), &json!(9675)));
        assert_eq!(shown(&bed).await["amount"], 12900, "it has not begun");
        let without = bed.send("POST", &format!("{OFFER}/sale-end"), None, &[]).await.expect(200);
        assert!(without["sale_price"].is_null(), "{without}");
        assert_eq!(bed.send("POST", &format!("{OFFER}/sale-end"), None, &[]).await.problem(409), "no_sale");
        bed.post(&place, json!({ "price": 9900 })).await.expect(200);
        let price = shown(&bed).await;
        assert_eq!((&price["amount"], &price["reduction"]["lowest_prior"]), (&json!(9900), &json!(12900)));
        bed.clock.advance(Duration::from_secs(86_400));
        bed.send("POST", &format!("{OFFER}/sale-end"), None, &[]).await.expect(200);
        assert_eq!(shown(&bed).await["amount"], 12900);
        for (wrong, pointer) in [
            (json!({}), "/percent"),
            (json!({ "price": 1, "percent": 1 }), "/percent"),
            (json!({ "percent": 100 }), "/percent"),
            (json!({ "price": 12900 }), "/price"),
            (json!({ "percent": 5, "from": "2020-01-01T00:00:00Z" }), "/from"),
        ] {
            let refused = bed.post(&place, wrong.clone()).await.expect(422);
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{wrong}: {refused}");
        }
    }

    async fn offers_are_listed_page_by_page_without_those_of_groups_and_quantities(bed) {
        sold(&bed).await;
        price(&bed, "oak-chair-l", json!({ "amount": 14900 })).await.expect(201);
        price(&bed, "oak-chair-s", json!({ "amount": 9900, "min_quantity": 10 })).await.expect(201);
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let page = bed.get(&format!("/catalogue/offers?limit=1&after={after}")).await.expect(200);
            found.extend(page["items"].as_array().expect("a list").iter().map(|it| it["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            after = next.to_owned();
        }
        assert_eq!(found, ["de:EUR:oak-chair-l", "de:EUR:oak-chair-s"]);
        for (question, count) in [("sku=oak-chair-l", 1), ("product=oak-chair&channel=de", 2), ("channel=nowhere", 0)] {
            let page = bed.get(&format!("/catalogue/offers?{question}")).await.expect(200);
            assert_eq!(page["items"].as_array().map(Vec::len), Some(count), "{question}");
        }
    }

    async fn a_level_is_read_and_corrected_by_its_own_address(bed) {
        sold(&bed).await;
        let level = "/catalogue/stock-levels/hanover:oak-chair-s";
        let listed = bed.get("/catalogue/stock?sku=oak-chair-s").await.expect(200);
        assert_eq!(listed["items"][0], bed.get(level).await.expect(200));
        let counted = json!({ "on_hand": 3, "reason": "Bruch im Regal" });
        let after = bed.post(&format!("{level}/correction"), counted).await.expect(200);
        assert_eq!(after["on_hand"], 3);
        let movements = bed.get("/catalogue/stock/oak-chair-s/movements").await.expect(200);
        assert_eq!(movements["items"][0]["reason"], "Bruch im Regal");
        let refused = bed.post(&format!("{level}/correction"), json!({ "on_hand": 3, "reason": "" })).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/reason");
        bed.post("/catalogue/stock-levels/moon:oak-chair-s/correction", json!({ "on_hand": 1, "reason": "x" })).await.expect(404);
    }

    async fn a_product_is_shown_and_taken_out_from_its_own_page(bed) {
        sold(&bed).await;
        let shops = |answer: Value| answer["publications"].as_array().expect("a list").len();
        let gone = bed.post("/catalogue/products/oak-chair/withdrawal", json!({ "channel": "de" })).await.expect(200);
        assert_eq!(shops(gone), 0);
        bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(404);
        let back = bed.post("/catalogue/products/oak-chair/publication", json!({ "channel": "de" })).await.expect(200);
        assert_eq!(shops(back), 1);
        bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(200);
        let unknown = bed.post("/catalogue/products/oak-chair/publication", json!({ "channel": "moon" })).await.expect(422);
        assert_eq!(unknown["errors"][0]["pointer"], "/channel");
    }
}
