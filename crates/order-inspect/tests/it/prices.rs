//! Prices as intervals that are never overwritten.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    bed::Bed,
    catalogue::{open, price, sell_chair},
    on_both_engines,
};

const SKU: &str = "oak-chair-s";

/// What the small chair costs on its page.
async fn shown(bed: &Bed, more: &str) -> Value {
    let place = format!("/inspect/products/stuhl-aus-eiche?channel=de{more}");
    bed.get(&place).await.expect(200)["variants"][0]["price"].clone()
}

async fn sold(bed: &Bed) {
    open(bed).await;
    sell_chair(bed, "oak-chair").await;
}

on_both_engines! {
    async fn a_new_price_closes_the_open_one_and_the_past_stays_as_it_was(bed) {
        sold(&bed).await;
        bed.clock.advance(Duration::from_secs(86_400));
        price(&bed, SKU, json!({ "amount": 13900 })).await.expect(201);
        assert_eq!(shown(&bed, "").await["amount"], 13900);
        let all = bed.get(&format!("/catalogue/variants/{SKU}/prices")).await.expect(200);
        assert_eq!(all["items"][0]["amount"], 13900);
        assert_eq!(all["items"][1]["amount"], 12900);
        assert_eq!(all["items"][1]["until"], all["items"][0]["from"]);
        let past = json!({ "amount": 1, "valid_from": "2026-06-01T00:00:00Z" });
        let refused = price(&bed, SKU, past).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/valid_from");
        let dollars = json!({ "amount": 1, "channel": "de", "currency": "USD" });
        let refused = bed.post(&format!("/catalogue/variants/{SKU}/prices"), dollars).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/currency");
    }

    async fn a_reduction_shows_the_lowest_price_of_the_thirty_days_before(bed) {
        sold(&bed).await;
        bed.clock.advance(Duration::from_secs(40 * 86_400));
        let sale = json!({ "amount": 9900, "kind": "sale", "list_amount": 19900 });
        price(&bed, SKU, sale).await.expect(201);
        let price = shown(&bed, "").await;
        assert_eq!(price["amount"], 9900);
        assert_eq!(price["regular_amount"], 12900);
        assert_eq!(price["list_amount"], 19900);
        assert_eq!(price["reduction"]["lowest_prior"], 12900);
        assert_eq!(price["percent_off"], 23);
    }

    async fn what_was_not_offered_before_is_no_reduction(bed) {
        sold(&bed).await;
        price(&bed, "oak-chair-l", json!({ "amount": 14900 })).await.expect(201);
        price(&bed, "oak-chair-l", json!({ "amount": 11900, "kind": "sale" })).await.expect(201);
        let page = bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(200);
        let new = &page["variants"][1]["price"];
        assert_eq!((&new["amount"], &new["regular_amount"], &new["reduction"], &new["percent_off"]),
            (&json!(11900), &Value::Null, &Value::Null, &Value::Null), "{new}");
        let card = bed.get("/inspect/products?channel=de").await.expect(200)["items"][0].clone();
        assert_eq!((&card["price_from"], &card["regular_amount"]), (&json!(11900), &Value::Null));
        let feed = bed.get("/exports/google_tsv?channel=de&link=https://shop.example/p/%7Bslug%7D").await;
        let feed = String::from_utf8(feed.bytes).expect("UTF-8");
        assert!(feed.contains("119.00 EUR") && !feed.contains("149.00"), "{feed}");
        bed.clock.advance(Duration::from_secs(40 * 86_400));
        price(&bed, SKU, json!({ "amount": 9900, "kind": "sale" })).await.expect(201);
        let feed = bed.get("/exports/google_tsv?channel=de&link=https://shop.example/p/%7Bslug%7D").await;
        let feed = String::from_utf8(feed.bytes).expect("UTF-8");
        assert!(feed.contains("129.00 EUR\t99.00 EUR"), "{feed}");
    }

    async fn a_planned_price_begins_by_itself_and_can_be_withdrawn(bed) {
        sold(&bed).await;
        let planned = json!({ "amount": 9900, "valid_from": "2026-06-15T10:00:10Z" });
        let planned = price(&bed, SKU, planned).await.expect(201);
        let place = "/inspect/products/stuhl-aus-eiche?channel=de";
        let before = bed.get(place).await;
        assert_eq!(before.headers["cache-control"], "public, max-age=10", "until the price changes");
        assert_eq!(shown(&bed, "").await["amount"], 12900);
        bed.clock.advance(Duration::from_secs(10));
        assert_eq!(shown(&bed, "").await["amount"], 9900);
        let place = format!("/catalogue/prices/{}", planned["id"]);
        assert_eq!(bed.delete(&place).await.problem(409), "price_in_force");
        let next = json!({ "amount": 8900, "valid_from": "2026-06-16T10:00:00Z" });
        let next = price(&bed, SKU, next).await.expect(201);
        assert_eq!(bed.delete(&format!("/catalogue/prices/{}", next["id"])).await.status, 204);
        bed.clock.advance(Duration::from_secs(2 * 86_400));
        assert_eq!(shown(&bed, "").await["amount"], 9900, "what was to be ended goes on");
    }

    async fn a_price_for_a_while_gives_way_to_the_one_before(bed) {
        sold(&bed).await;
        bed.clock.advance(Duration::from_secs(1));
        let week = json!({ "amount": 11900, "valid_until": "2026-06-16T00:00:00Z" });
        price(&bed, SKU, week.clone()).await.expect(201);
        assert_eq!(price(&bed, SKU, week).await.problem(409), "price_overlap");
        assert_eq!(shown(&bed, "").await["amount"], 11900);
        bed.clock.advance(Duration::from_secs(86_400));
        assert_eq!(shown(&bed, "").await["amount"], 12900);
    }

    async fn a_price_for_a_while_that_ends_early_gives_way_at_once(bed) {
        sold(&bed).await;
        bed.clock.advance(Duration::from_secs(40 * 86_400));
        let month = json!({ "amount": 11900, "valid_until": "2026-08-25T00:00:00Z" });
        let month = price(&bed, SKU, month).await.expect(201);
        bed.clock.advance(Duration::from_secs(86_400));
        let place = format!("/catalogue/prices/{}/end", month["id"]);
        bed.post(&place, json!({})).await.expect(200);
        bed.clock.advance(Duration::from_secs(3600));
        assert_eq!(shown(&bed, "").await["amount"], 12900, "the open price goes on");
        let all = bed.get(&format!("/catalogue/variants/{SKU}/prices")).await.expect(200);
        assert_eq!(all["items"].as_array().expect("a list").len(), 3);
        assert_eq!(all["items"][0]["from"], all["items"][1]["until"]);
        price(&bed, SKU, json!({ "amount": 9900, "kind": "sale" })).await.expect(201);
        assert_eq!(shown(&bed, "").await["reduction"]["lowest_prior"], 11900, "what was charged stays known");
    }

    async fn a_price_that_follows_one_for_a_while_is_no_overlap(bed) {
        sold(&bed).await;
        bed.clock.advance(Duration::from_secs(1));
        let while_it_lasts = json!({ "amount": 11900, "valid_until": "2026-07-01T00:00:00Z" });
        price(&bed, SKU, while_it_lasts).await.expect(201);
        let then = json!({ "amount": 13900, "valid_from": "2026-07-01T00:00:00Z" });
        let then = price(&bed, SKU, then).await.expect(201);
        bed.delete(&format!("/catalogue/prices/{}", then["id"])).await.expect(204);
        bed.clock.advance(Duration::from_secs(30 * 86_400));
        assert_eq!(shown(&bed, "").await["amount"], 12900, "without it the open price goes on");
    }

    async fn groups_and_quantities_have_prices_of_their_own(bed) {
        sold(&bed).await;
        price(&bed, SKU, json!({ "amount": 11900, "customer_group": "trade" })).await.expect(201);
        price(&bed, SKU, json!({ "amount": 10900, "min_quantity": 4 })).await.expect(201);
        assert_eq!(shown(&bed, "").await["tiers"], json!([{ "min_quantity": 4, "amount": 10900 }]));
        assert_eq!(shown(&bed, "&customer_group=trade").await["amount"], 11900);
        for place in ["/inspect/products?", "/inspect/products/stuhl-aus-eiche?", "/inspect/categories?"] {
            let nosy = format!("{place}channel=de&customer_group=trade");
            let answer = bed.send("GET", &nosy, None, &[("authorization", "")]).await;
            assert_eq!(answer.problem(403), "forbidden", "{nosy}");
        }
    }

    async fn many_prices_switch_at_one_moment_or_none_does(bed) {
        sold(&bed).await;
        let line = |sku: &str| json!({ "sku": sku, "channel": "de", "currency": "EUR", "amount": 7900 });
        let bulk = |skus: &[&str]| {
            let prices: Vec<Value> = skus.iter().map(|sku| line(sku)).collect();
            json!({ "valid_from": "2026-06-15T11:00:00Z", "prices": prices })
        };
        let refused = bed.post("/catalogue/price-changes", bulk(&[SKU, "gone"])).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/prices/1/sku");
        let refused = bed.post("/catalogue/price-changes", bulk(&[SKU, SKU])).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/prices/1");
        bed.post("/catalogue/price-changes", bulk(&[SKU, "oak-chair-l"])).await.expect(201);
        assert_eq!(shown(&bed, "").await["amount"], 12900);
        bed.clock.advance(Duration::from_secs(3600));
        assert_eq!(shown(&bed, "").await["amount"], 7900);
    }

    async fn goods_by_weight_show_what_a_kilogram_costs(bed) {
        open(&bed).await;
        let mut wax = crate::catalogue::chair("wax");
        wax["options"] = json!([]);
        wax["variants"] = json!([{ "sku": "wax-1", "content": { "thousandths": 400_000, "unit": "g" } }]);
        bed.post("/catalogue/products", wax).await.expect(201);
        bed.send("PUT", "/catalogue/products/wax/channels/de", Some(json!({})), &[]).await.expect(200);
        price(&bed, "wax-1", json!({ "amount": 1200 })).await.expect(201);
        let unit_price = shown(&bed, "").await["unit_price"].clone();
        assert_eq!(unit_price["base"], "1 kg");
        assert_eq!(unit_price["price"]["amount"], 3000);
        let card = bed.get("/inspect/products?channel=de").await.expect(200)["items"][0].clone();
        assert_eq!(card["unit_price"], unit_price, "lists show it too");
    }
}
