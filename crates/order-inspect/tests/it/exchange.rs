//! Files that come in and go out: the dry run, what it leads to, and what it refuses.

use std::time::Duration;

use kontor_testkit::eventually;
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    catalogue::{chair, open, sell_chair},
    on_both_engines,
    shop::assert_ledgers_balance,
};

/// Sends a file and waits for its dry run (or why there is none).
pub(crate) async fn planned(bed: &Bed, question: &str, file: &str) -> Value {
    let path = format!("/imports?channel=de&{question}");
    let run = bed.upload(&path, file.as_bytes(), &[]).await.expect(202);
    settled(bed, run["id"].as_i64().expect("a number")).await
}

/// Waits until there is nothing more to do for an import.
pub(crate) async fn settled(bed: &Bed, id: i64) -> Value {
    let path = format!("/imports/{id}");
    eventually("the import stands still", async || {
        let run = bed.get(&path).await.expect(200);
        ["planned", "applied", "failed", "cancelled"].iter().any(|it| run["state"] == *it)
    })
    .await;
    bed.get(&path).await.expect(200)
}

/// Applies an import and waits for its end.
pub(crate) async fn applied(bed: &Bed, run: &Value) -> Value {
    let id = run["id"].as_i64().expect("a number");
    bed.post(&format!("/imports/{id}/apply"), Value::Null).await.expect(202);
    settled(bed, id).await
}

/// What an import changes: `item: field: before → after`.
pub(crate) async fn changes(bed: &Bed, run: &Value) -> Vec<String> {
    let path = format!("/imports/{}/changes?limit=200", run["id"]);
    let page = bed.get(&path).await.expect(200);
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let mut told = Vec::new();
    for item in page["items"].as_array().expect("a list") {
        let name = text(&item["item"]);
        for it in item["changes"].as_array().expect("a list") {
            let (field, before, after) =
                (text(&it["field"]), text(&it["before"]), text(&it["after"]));
            told.push(format!("{name}: {field}: {before} → {after}"));
        }
    }
    told
}

/// What is wrong with a file: `line, item, field: message`.
pub(crate) async fn errors(bed: &Bed, run: &Value) -> Vec<String> {
    let page = bed.get(&format!("/imports/{}/errors?limit=200", run["id"])).await.expect(200);
    let told = page["items"].as_array().expect("a list").iter().map(|it| {
        format!(
            "{}, {}, {}: {}",
            it["line"],
            it["item"],
            it["field"],
            it["message"].as_str().expect("a text")
        )
    });
    told.collect()
}

const LAMPS: &str = "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,\
    Variant Barcode,Variant Price,Variant Compare At Price,Variant Inventory Qty,Variant Grams,Image Src,\
    Image Position,Image Alt Text,SEO Title,SEO Description,Status\r\n\
    moon-lamp,Moon lamp,<p>Shines &amp; dims</p><p>Glass</p>,Lumi,Lamp,TRUE,Colour,White,MOON-W,4006381333931,\
    \"49,90 EUR\",59.90,7,800,https://media.example/moon.jpg,1,A lamp,Moon,All of it,active\r\n\
    moon-lamp,,,,,,,Black,MOON-B,,49.90,,3,,https://media.example/moon-2.jpg,2,,,,\r\n";

const CHOICES: &str =
    "format=shopify_csv&locale=de&location=hanover&product_type=lamp&tax_class=standard";

on_both_engines! {
    async fn a_file_is_compared_applied_and_then_says_nothing_new(bed) {
        open(&bed).await;
        let run = planned(&bed, CHOICES, LAMPS).await;
        assert_eq!((&run["state"], &run["created"], &run["failed"]), (&json!("planned"), &json!(1), &json!(0)),
            "{run} {:?}", errors(&bed, &run).await);
        bed.get("/catalogue/products/moon-lamp").await.expect(404);
        assert!(bed.get("/catalogue/brands").await.expect(200)["items"].as_array().expect("a list").len() == 1,
            "a dry run leaves nothing behind");
        let told = changes(&bed, &run).await;
        assert!(told.contains(&"moon-lamp: variants/MOON-W/prices/EUR/amount: – → 49.90".to_owned()), "{told:#?}");
        let run = applied(&bed, &run).await;
        assert_eq!((&run["state"], &run["applied"], &run["conflicts"]), (&json!("applied"), &json!(1), &json!(0)));

        let page = bed.get("/inspect/products/moon-lamp?channel=de").await.expect(200);
        assert_eq!(page["name"], "Moon lamp");
        assert_eq!(page["description"], "Shines & dims\n\nGlass");
        assert_eq!(page["brand"]["name"], "Lumi");
        assert_eq!(page["variants"][0]["price"]["amount"], 4990);
        assert_eq!(page["variants"][0]["price"]["list_amount"], 5990);
        assert_eq!(page["variants"][1]["availability"]["quantity"], 3);
        let moved = bed.get("/catalogue/stock/MOON-W/movements").await.expect(200);
        assert_eq!(moved["items"][0]["kind"], "correction");
        assert_eq!(moved["items"][0]["reason"], format!("Import {}", run["id"]));
        assert_ledgers_balance(&bed).await;

        let again = planned(&bed, CHOICES, LAMPS).await;
        assert_eq!(again["unchanged"], 1, "{:#?}", changes(&bed, &again).await);
    }

    async fn a_new_price_begins_an_interval_and_keeps_the_one_before(bed) {
        open(&bed).await;
        let run = planned(&bed, CHOICES, LAMPS).await;
        applied(&bed, &run).await;
        bed.clock.advance(Duration::from_secs(40 * 86_400));
        let file = "URL handle,SKU,Price\nmoon-lamp,MOON-W,44.90\n";
        let run = planned(&bed, CHOICES, file).await;
        assert_eq!(changes(&bed, &run).await, ["moon-lamp: variants/MOON-W/prices/EUR/amount: 49.90 → 44.90"]);
        applied(&bed, &run).await;
        let all = bed.get("/catalogue/variants/MOON-W/prices").await.expect(200);
        assert_eq!((&all["items"][0]["amount"], &all["items"][1]["amount"]), (&json!(4490), &json!(4990)));
        assert_eq!(all["items"][0]["from"], all["items"][1]["until"]);
        assert_eq!(all["items"][0]["list_price"], 5990, "what the file does not say stays");
    }

    async fn a_row_that_is_wrong_costs_its_own_product_only(bed) {
        open(&bed).await;
        let file = "Handle;Title;Variant SKU;Variant Price;Variant Barcode;Status;Colour of the day\r\n\
            good;Good;GOOD-1;12,90;;active;red\r\n\
            ;;NOBODY;1;;;\r\n\
            bad-gtin;Bad;BAD-1;12,90;4006381333932;active;\r\n\
            excel;Excel;EXCEL-1;12,90;4,00638E+12;active;\r\n\
            too-fine;Fine;FINE-1;12,9012;;active;\r\n\
            good;Other;GOOD-2;1;;;\r\n\
            lone;Lone;;5;;;\r\n";
        let run = planned(&bed, CHOICES, file).await;
        assert_eq!((&run["created"], &run["failed"]), (&json!(1), &json!(5)));
        insta::assert_json_snapshot!("wrong_rows", errors(&bed, &run).await);
        assert_eq!(run["warnings"], json!(["The catalogue has no place for these columns, they are ignored: Colour of the day."]));
        let run = applied(&bed, &run).await;
        assert_eq!(run["applied"], 1);
        let lone = bed.get("/catalogue/products/lone").await.expect(200);
        assert_eq!(lone["variants"][0]["sku"], "lone", "an SKU is made from the handle");
    }

    async fn two_spellings_of_a_new_brand_are_one_brand(bed) {
        open(&bed).await;
        let file = "Handle,Title,Vendor\none,One,Lumi\ntwo,Two,LUMI\nthree,Three,lumi\n";
        let run = planned(&bed, CHOICES, file).await;
        let run = applied(&bed, &run).await;
        assert_eq!((&run["applied"], &run["conflicts"]), (&json!(3), &json!(0)), "{:?}", errors(&bed, &run).await);
        let brands = bed.get("/catalogue/brands").await.expect(200);
        let names = brands["items"].as_array().expect("a list").iter().map(|it| it["name"].as_str().expect("a name"));
        // Several products are written at once: which of them brings the brand is anybody's guess.
        assert_eq!(names.map(str::to_lowercase).collect::<Vec<_>>(), ["acme", "lumi"]);
    }

    async fn what_somebody_else_has_changed_meanwhile_is_left_alone(bed) {
        open(&bed).await;
        sell_chair(&bed, "oak-chair").await;
        bed.clock.advance(Duration::from_secs(1));
        let file = "URL handle,Title,SKU,Price\nstuhl-aus-eiche,Stuhl,oak-chair-s,99.00\n";
        let run = planned(&bed, CHOICES, file).await;
        let mut theirs = chair("oak-chair");
        theirs["texts"][0]["name"] = json!("Eichenstuhl");
        bed.put("/catalogue/products/oak-chair", theirs).await.expect(200);
        let run = applied(&bed, &run).await;
        assert_eq!((&run["applied"], &run["conflicts"]), (&json!(0), &json!(1)));
        let told = errors(&bed, &run).await;
        assert!(told[0].contains("somebody else has changed it"), "{told:?}");
        let product = bed.get("/catalogue/products/oak-chair").await.expect(200);
        assert_eq!(product["texts"][0]["name"], "Eichenstuhl");
        let prices = bed.get("/catalogue/variants/oak-chair-s/prices").await.expect(200);
        assert_eq!(prices["items"][0]["amount"], 12900, "all of an item or nothing");
    }
}
