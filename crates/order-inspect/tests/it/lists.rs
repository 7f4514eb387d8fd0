//! Lists, search, facets and reviews.

use std::time::Duration;

use order_inspect::{args, catalogue::products::listing};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    catalogue::{chair, open, price},
    on_both_engines,
};

/// Five chairs: names, woods and prices.
const CHAIRS: [(&str, &str, &str, i64); 5] = [
    ("a", "Stuhl Köln", "oak", 12900),
    ("b", "Stuhl Ärmelkanal", "beech", 9900),
    ("c", "Hocker", "oak", 4900),
    ("d", "Bürostuhl", "oak", 19900),
    ("e", "Sessel", "beech", 29900),
];

async fn chairs(bed: &Bed) {
    open(bed).await;
    for (code, name, wood, amount) in CHAIRS {
        bed.clock.advance(Duration::from_secs(1));
        let mut product = chair(code);
        product["texts"] = json!([{ "locale": "de", "name": name }]);
        product["attributes"]["wood"] = json!(wood);
        product["variants"][0]["gtin"] = Value::Null;
        bed.post("/catalogue/products", product).await.expect(201);
        let place = format!("/catalogue/products/{code}/channels/de");
        bed.send("PUT", &place, Some(json!({})), &[]).await.expect(200);
        price(bed, &format!("{code}-s"), json!({ "amount": amount })).await.expect(201);
    }
}

async fn list(bed: &Bed, more: &str) -> Value {
    bed.get(&format!("/inspect/products?channel=de{more}")).await.expect(200)
}

fn codes(list: &Value) -> String {
    list["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["code"].as_str().expect("a text"))
        .collect()
}

on_both_engines! {
    async fn lists_have_the_order_that_was_asked_for(bed) {
        chairs(&bed).await;
        let orders = [
            ("", "edcba"),
            ("&sort=name", "dceba"),
            ("&sort=price", "cbade"),
            ("&sort=price_descending", "edabc"),
            ("&sort=rating", "edcba"),
        ];
        for (question, wanted) in orders {
            assert_eq!(codes(&list(&bed, question).await), wanted, "{question}");
            let mut page = list(&bed, &format!("{question}&limit=2")).await;
            let mut all = codes(&page);
            while let Some(next) = page["next"].as_str() {
                page = list(&bed, &format!("{question}&limit=2&after={next}")).await;
                assert_eq!(page["counts"], Value::Null, "counted once, on the first page");
                all.push_str(&codes(&page));
            }
            assert_eq!(all, wanted, "page by page: {question}");
        }
        let next = list(&bed, "&limit=2").await["next"].as_str().expect("a text").to_owned();
        bed.get(&format!("/inspect/products?channel=de&sort=name&after={next}")).await.expect(400);
    }

    async fn lists_are_narrowed_and_counted(bed) {
        chairs(&bed).await;
        let all = list(&bed, "&category=furniture&locale=en").await;
        assert_eq!(all["counts"]["products"], 5);
        assert_eq!(all["counts"]["capped"], false);
        let wood = all["counts"]["facets"].as_array().expect("a list").iter().find(|it| it["attribute"] == "wood").expect("one");
        assert_eq!(wood["values"][0], json!({ "value": "oak", "label": "Oak", "count": 3 }));
        assert_eq!(codes(&list(&bed, "&facets=wood:oak,foldable:false&sort=price").await), "cad");
        assert_eq!(codes(&list(&bed, "&facets=wood:oak,wood:beech&sort=price").await), "cbade");
        assert_eq!(codes(&list(&bed, "&price_min=9900&price_max=19900&sort=price").await), "bad");
        assert_eq!(codes(&list(&bed, "&brand=acme&sort=price&limit=1").await), "c");
        assert_eq!(codes(&list(&bed, "&brand=nobody").await), "");
        bed.get("/inspect/products?channel=de&category=nothing").await.expect(404);
        bed.get("/inspect/products?channel=de&facets=oak").await.expect(400);
    }

    async fn another_value_of_an_attribute_can_be_chosen_instead(bed) {
        chairs(&bed).await;
        let counts = |list: Value, attribute: &str| {
            let facets = list["counts"]["facets"].as_array().expect("a list").clone();
            let facet = facets.into_iter().find(|it| it["attribute"] == attribute).expect("the attribute");
            facet["values"].as_array().expect("values").iter().map(|it| format!("{} {}", it["value"], it["count"])).collect::<Vec<_>>()
        };
        let oak = list(&bed, "&facets=wood:oak").await;
        assert_eq!(oak["counts"]["products"], 3);
        assert_eq!(counts(oak.clone(), "wood"), ["\"oak\" 3", "\"beech\" 2"], "as if no wood was chosen");
        assert_eq!(counts(oak, "foldable"), ["\"false\" 3"], "of those that are of oak");
        let many: Vec<String> = (0..9).map(|at| format!("a{at}:x")).collect();
        let refused = bed.get(&format!("/inspect/products?channel=de&facets={}", many.join(","))).await;
        assert_eq!(refused.problem(400), "invalid_parameter");
    }

    async fn what_becomes_a_facet_narrows_the_products_that_are_there_and_what_is_none_no_longer_does(bed) {
        chairs(&bed).await;
        let mut high = bed.get("/catalogue/attributes/height").await.expect(200);
        let mut wood = bed.get("/catalogue/attributes/wood").await.expect(200);
        for attribute in [&mut high, &mut wood] {
            attribute.as_object_mut().expect("an object").remove("revision");
        }
        let facets = |page: &Value| -> Vec<String> {
            let facets = page["counts"]["facets"].as_array().expect("a list").iter();
            facets.map(|it| it["attribute"].as_str().expect("a code").to_owned()).collect()
        };
        assert_eq!(facets(&list(&bed, "").await), ["foldable", "wood"]);
        (high["facet"], wood["facet"]) = (json!(true), json!(false));
        bed.put("/catalogue/attributes/height", high).await.expect(200);
        bed.put("/catalogue/attributes/wood", wood).await.expect(200);
        assert_eq!(facets(&list(&bed, "").await), ["foldable", "height"]);
        assert_eq!(codes(&list(&bed, "&facets=height:80.5").await), "edcba");
        assert_eq!(codes(&list(&bed, "&facets=height:81").await), "");
        let all = list(&bed, "&facets=wood:oak").await;
        assert_eq!((codes(&all), &all["counts"]["products"]), ("edcba".to_owned(), &json!(5)));
    }

    async fn a_search_finds_begun_words_with_umlauts(bed) {
        chairs(&bed).await;
        let searches = [
            ("stuh", "ba"), ("stuhl%20koel", "a"), ("K%C3%B6ln", "a"), ("aermel", "b"), ("BUEROSTUHL", "d"),
            ("e-s", "e"), ("acme%20sess", "e"), ("stuhl%20xyz", ""), ("%22%27*()%20AND%20OR", ""),
        ];
        for (words, wanted) in searches {
            assert_eq!(codes(&list(&bed, &format!("&q={words}")).await), wanted, "{words}");
        }
        let mut renamed = chair("c");
        renamed["texts"] = json!([{ "locale": "de", "name": "Barhocker Xaver" }]);
        bed.put("/catalogue/products/c", renamed.clone()).await.expect(200);
        assert_eq!(codes(&list(&bed, "&q=xav").await), "c", "found as soon as it is written");
        bed.post("/catalogue/brands", json!({ "code": "b-2", "name": "Nordlicht Möbel" })).await.expect(201);
        renamed["brand"] = json!("b-2");
        bed.put("/catalogue/products/c", renamed).await.expect(200);
        assert_eq!(codes(&list(&bed, "&q=nordl%20moebel").await), "c", "also by the name of its brand");
        assert_eq!(codes(&list(&bed, "&q=hocker").await), "");
    }

    async fn a_planned_price_moves_a_product_in_its_list(bed) {
        chairs(&bed).await;
        let planned = json!({ "amount": 100, "valid_from": "2026-06-15T12:00:00Z" });
        price(&bed, "e-s", planned).await.expect(201);
        assert_eq!(codes(&list(&bed, "&sort=price").await), "cbade");
        bed.clock.advance(Duration::from_secs(7200));
        listing::turn(&bed.app).await.expect("turned");
        let turned = list(&bed, "&sort=price").await;
        assert_eq!(codes(&turned), "ecbad");
        assert_eq!(turned["items"][0]["price_from"], 100);
    }

    async fn the_tree_of_categories_is_shown(bed) {
        open(&bed).await;
        let tree = bed.get("/inspect/categories?channel=de&locale=en").await.expect(200);
        assert_eq!(tree["categories"][0]["text"]["name"], "Furniture");
        assert_eq!(tree["categories"][0]["children"][0]["code"], "chairs");
    }

    async fn a_review_counts_once_somebody_has_looked_at_it(bed) {
        chairs(&bed).await;
        bed.app.db.write::<_, order_inspect::db::DbError, _>(|tx| Box::pin(async move {
            let columns = ["id", "channel_id", "number", "email", "name", "locale", "addresses", "revision",
                "created_at", "updated_at"];
            let channel: i64 = tx.one("SELECT id FROM channel", vec![]).await?.get("id")?;
            let row = args![77_i64, channel, "C-77", "kim@example.org", "Kim", "de", "[]", 1_i64, 0_i64, 0_i64];
            tx.insert("customer", &columns, vec![row]).await
        })).await.expect("a customer");
        let place = "/inspect/products/hocker/reviews?channel=de";
        let said = json!({ "customer": "C-77", "author": "Kim", "locale": "de", "rating": 4,
            "title": "Gut", "body": "Steht gerade." });
        let review = bed.post(place, said.clone()).await.expect(202);
        assert_eq!(review["verified_purchase"], false, "nothing was bought");
        assert_eq!(bed.post(place, said).await.problem(409), "exists");
        assert_eq!(bed.get(place).await.expect(200)["items"], json!([]));
        let queue = bed.get("/catalogue/reviews").await.expect(200);
        assert_eq!(queue["items"][0]["product"], "c");
        let decide = |state: &str| json!({ "state": state, "reply": "Danke!" });
        let own = format!("/catalogue/reviews/{}", review["id"]);
        bed.put(&own, decide("published")).await.expect(200);
        assert_eq!(bed.get(place).await.expect(200)["items"][0]["reply"], "Danke!");
        let page = bed.get("/inspect/products/hocker?channel=de").await.expect(200);
        assert_eq!(page["rating"], json!({ "count": 1, "average_hundredths": 400 }));
        assert_eq!(page["reviews"][0]["title"], "Gut");
        assert_eq!(codes(&list(&bed, "&sort=rating&limit=1").await), "c");
        bed.delete("/customers/C-77").await.expect(204);
        let page = bed.get("/inspect/products/hocker?channel=de").await.expect(200);
        assert_eq!((&page["reviews"][0]["author"], &page["rating"]["count"]), (&json!(""), &json!(1)),
            "the name of whoever was erased is on no page");
        bed.put(&own, decide("rejected")).await.expect(200);
        let page = bed.get("/inspect/products/hocker?channel=de").await.expect(200);
        assert_eq!(page["rating"]["count"], 0);
    }
}
