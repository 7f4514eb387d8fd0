//! Articles: the variants of all products, each on a line of its own.

use serde_json::json;

use crate::{
    catalogue::{open, sell_chair},
    on_both_engines,
};

const ARTICLE: &str = "/catalogue/variants/oak-chair-s";

on_both_engines! {
    async fn articles_are_found_by_number_product_and_gtin_and_listed_page_by_page(bed) {
        open(&bed).await;
        sell_chair(&bed, "oak-chair").await;
        let one = bed.get(ARTICLE).await.expect(200);
        assert_eq!((&one["product"], &one["sku"]), (&json!("oak-chair"), &json!("oak-chair-s")));
        let gtin = one["gtin"].as_str().expect("a GTIN").to_owned();
        for question in ["sku=oak-chair-s".to_owned(), format!("gtin={gtin}&product=oak-chair")] {
            let page = bed.get(&format!("/catalogue/variants?{question}")).await.expect(200);
            assert_eq!(page["items"], json!([one]), "{question}");
        }
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let page = bed.get(&format!("/catalogue/variants?product=oak-chair&limit=1&after={after}")).await.expect(200);
            found.extend(page["items"].as_array().expect("items").iter().map(|it| it["sku"].clone()));
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found, [json!("oak-chair-l"), json!("oak-chair-s")]);
        bed.get("/catalogue/variants/nothing").await.expect(404);
        assert_eq!(bed.get("/catalogue/variants?sku=").await.problem(400), "invalid_parameter");
    }

    async fn what_an_article_lacks_is_filled_in_and_it_leaves_the_list_of_those_that_lack_something(bed) {
        open(&bed).await;
        sell_chair(&bed, "oak-chair").await;
        let revision = async || bed.get("/catalogue/products/oak-chair").await.expect(200)["revision"].clone();
        let lacking = async || {
            let page = bed.get("/catalogue/variants?complete=false").await.expect(200);
            page["items"].as_array().expect("items").iter().map(|it| it["sku"].clone()).collect::<Vec<_>>()
        };
        let (before, was) = (lacking().await, revision().await);
        assert!(before.contains(&json!("oak-chair-s")), "{before:?}");
        let after = bed.patch(ARTICLE, json!({ "weight_grams": 4200 })).await.expect(200);
        assert_eq!((&after["weight_grams"], &after["complete"]), (&json!(4200), &json!(true)));
        assert_eq!(bed.get(ARTICLE).await.expect(200), after);
        assert!(!lacking().await.contains(&json!("oak-chair-s")));
        assert_ne!(revision().await, was, "who edits the product sees that it was changed");
        for (wrong, pointer) in [(json!({}), "/gtin"), (json!({ "weight_grams": 0 }), "/weight_grams")] {
            let refused = bed.patch(ARTICLE, wrong).await.expect(422);
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
        }
        bed.patch(ARTICLE, json!({ "gtin": "4006381333930" })).await.expect(422);
        bed.patch("/catalogue/variants/nothing", json!({ "weight_grams": 1 })).await.expect(404);
    }
}
