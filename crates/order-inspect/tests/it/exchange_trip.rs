//! What goes out and comes back says nothing new; and what exported files look like.

use std::time::Duration;

use serde_json::json;

use crate::{
    bed::Bed,
    catalogue::{chair, open, price, sell_chair},
    exchange::{applied, changes, errors, planned},
    on_both_engines,
};

/// A chair with everything that formats carry, and a plain wax.
async fn stocked(bed: &Bed) {
    open(bed).await;
    sell_chair(bed, "oak-chair").await;
    let mut rich = chair("oak-chair");
    rich["texts"][0]["description"] = json!("Zwei Zeilen\nund < Zeichen & mehr\n\nEin Absatz");
    rich["texts"][0]["seo_title"] = json!("Stuhl; \"Eiche\", fein");
    rich["variants"][0]["weight_grams"] = json!(4500);
    rich["variants"][0]["eprel_code"] = json!("123456");
    rich["media"] = json!([
        { "url": "https://media.example/chair.jpg", "kind": "image", "alt": { "de": "Ein Stuhl", "en": "A chair" } },
        { "url": "https://media.example/film.mp4", "kind": "video", "alt": { "de": "Ein Film" } },
        { "url": "https://media.example/large.png", "kind": "image", "alt": { "de": "Groß" }, "sku": "oak-chair-l" }
    ]);
    rich["documents"] = json!([{ "kind": "manual", "url": "https://media.example/manual.pdf", "titles": { "de": "Anleitung" } }]);
    bed.put("/catalogue/products/oak-chair", rich).await.expect(200);
    bed.clock.advance(Duration::from_secs(3600));
    price(bed, "oak-chair-s", json!({ "amount": 12900, "list_amount": 15900 })).await.expect(201);
    price(bed, "oak-chair-s", json!({ "amount": 11900, "min_quantity": 4 })).await.expect(201);
    price(
        bed,
        "oak-chair-s",
        json!({ "amount": 9900, "kind": "sale", "valid_until": "2026-07-01T00:00:00Z" }),
    )
    .await
    .expect(201);
    price(bed, "oak-chair-l", json!({ "amount": 14900 })).await.expect(201);
    price(bed, "oak-chair-l", json!({ "amount": 15900, "valid_from": "2026-09-01T00:00:00Z" }))
        .await
        .expect(201);
    let mut wax = chair("wax");
    wax["texts"] = json!([{ "locale": "de", "name": "Wachs" }]);
    wax["options"] = json!([]);
    wax["media"] = json!([]);
    wax["variants"] = json!([{ "sku": "wax-1", "content": { "thousandths": 750_000, "unit": "ml" }, "backorder_days": 3 }]);
    bed.post("/catalogue/products", wax).await.expect(201);
    bed.send("PUT", "/catalogue/products/wax/channels/de", Some(json!({})), &[]).await.expect(200);
    price(bed, "wax-1", json!({ "amount": 1200 })).await.expect(201);
    bed.clock.advance(Duration::from_secs(3600));
}

async fn exported(bed: &Bed, path: &str) -> (String, String) {
    let answer = bed.get(path).await;
    assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(&answer.bytes));
    let header = |name: &str| answer.headers[name].to_str().expect("a text").to_owned();
    let told = format!("{}; {}", header("content-type"), header("content-disposition"));
    (told, String::from_utf8(answer.bytes).expect("UTF-8"))
}

const LINK: &str = "link=https://shop.example/p/%7Bslug%7D";

on_both_engines! {
    async fn every_format_goes_out_and_comes_back_without_a_difference(bed) {
        stocked(&bed).await;
        let trips = [
            ("shopify_csv", "location=hanover", "shopify_csv&location=hanover"),
            ("google_xml", LINK, "google_xml&location=hanover"),
            ("google_tsv", LINK, "google_tsv&location=hanover"),
            ("bmecat", "", "bmecat"),
            ("bmecat_prices", "prev_version=0", "bmecat"),
        ];
        for (format, question, import) in trips {
            let (_, file) = exported(&bed, &format!("/exports/{format}?channel=de&{question}")).await;
            let run = planned(&bed, &format!("format={import}"), &file).await;
            assert_eq!((&run["state"], &run["unchanged"], &run["failed"]), (&json!("planned"), &json!(2), &json!(0)),
                "{format}: {run} {:#?} {:#?}\n{file}", changes(&bed, &run).await, errors(&bed, &run).await);
        }
    }

    async fn no_exported_text_is_a_formula(bed) {
        stocked(&bed).await;
        let mut wax = chair("wax");
        wax["texts"] = json!([{ "locale": "de", "name": "=HYPERLINK(\"https://evil.example\")", "slug": "wachs",
            "description": "-20 %", "seo_title": "@SUM(A1)", "seo_description": "+1" }]);
        wax["options"] = json!([]);
        wax["media"] = json!([]);
        wax["variants"] = json!([{ "sku": "wax-1", "content": { "thousandths": 750_000, "unit": "ml" }, "backorder_days": 3 }]);
        bed.put("/catalogue/products/wax", wax).await.expect(200);
        for (format, question) in [("shopify_csv", ""), ("google_tsv", LINK)] {
            let (_, file) = exported(&bed, &format!("/exports/{format}?channel=de&{question}")).await;
            let mark = if format == "google_tsv" { '\t' } else { ',' };
            let cells = file.split([mark, '\n', '\r']).map(|it| it.trim_start_matches('"'));
            let formulas: Vec<_> = cells.filter(|it| it.starts_with(['=', '+', '-', '@'])).collect();
            assert_eq!(formulas, [""; 0], "{format}");
            let run = planned(&bed, &format!("format={format}"), &file).await;
            assert_eq!((&run["unchanged"], &run["failed"]), (&json!(2), &json!(0)),
                "{format}: {:#?} {:#?}\n{file}", changes(&bed, &run).await, errors(&bed, &run).await);
        }
    }

    async fn a_feed_changes_what_is_known_and_makes_nothing(bed) {
        stocked(&bed).await;
        let file = "id\ttitle\tprice\tsale_price\tsale_price_effective_date\tavailability\tgtin\n\
            oak-chair-l\tGroßer Stuhl\t\t119.00 EUR\t2026-07-01T00:00Z/2026-07-08T00:00Z\tout_of_stock\t\n\
            oak-chair-s\tKleiner Stuhl\t\t\t\tout_of_stock\t\n\
            unknown\tNeu\t1.00 EUR\t\t\tin_stock\t\n\
            wax-1\tBienenwachs\t13.00 EUR\t\t\tbackorder\t4006381333931\n";
        let run = planned(&bed, "format=google_tsv&location=hanover", file).await;
        assert_eq!((&run["changed"], &run["failed"]), (&json!(2), &json!(1)));
        insta::assert_json_snapshot!("feed_changes", changes(&bed, &run).await);
        assert!(errors(&bed, &run).await[0].contains("changes known ones only"));
        applied(&bed, &run).await;
        let page = bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(200);
        assert_eq!(page["name"], "Stuhl aus Eiche", "titles that variants have of their own are not the product's");
        assert_eq!(page["variants"][0]["availability"]["state"], "sold_out");
        bed.clock.advance(Duration::from_secs(20 * 86_400));
        let page = bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(200);
        assert_eq!(page["variants"][1]["price"]["amount"], 11900, "the reduction has begun by itself");
        assert_eq!(page["variants"][1]["price"]["reduction"]["lowest_prior"], 14900);
    }

    async fn updates_of_a_catalogue_build_on_each_other(bed) {
        stocked(&bed).await;
        let (_, whole) = exported(&bed, "/exports/bmecat?channel=de").await;
        let lone = whole.replace("oak-chair-s", "new-chair").replace("4006381333931", "96385074");
        let run = planned(&bed, "format=bmecat&product_type=chair&tax_class=standard", &lone).await;
        assert_eq!((&run["created"], &run["unchanged"]), (&json!(1), &json!(2)), "{:?}", errors(&bed, &run).await);
        applied(&bed, &run).await;
        let made = bed.get("/catalogue/products/new-chair").await.expect(200);
        assert_eq!(made["attributes"], json!({ "wood": "oak", "foldable": false }));
        assert_eq!(made["texts"][1]["name"], "Oak chair");
        assert_eq!(made["tax_class"], "standard");

        let (_, prices) = exported(&bed, "/exports/bmecat_prices?channel=de&prev_version=0").await;
        let dearer = prices.replace("<PRICE_AMOUNT>12.00<", "<PRICE_AMOUNT>13.00<");
        let run = planned(&bed, "format=bmecat", &dearer).await;
        assert_eq!(changes(&bed, &run).await, ["wax: variants/wax-1/prices/EUR/amount: 12.00 → 13.00"]);
        assert_eq!(run["warnings"], json!([]));
        applied(&bed, &run).await;
        let again = planned(&bed, "format=bmecat", &dearer).await;
        assert_eq!((&again["state"], &again["unchanged"]), (&json!("planned"), &json!(2)));
        let skipped = planned(&bed, "format=bmecat", &dearer.replace("prev_version=\"0\"", "prev_version=\"5\"")).await;
        assert_eq!(skipped["state"], "failed");
        assert!(skipped["failure"].as_str().expect("a text").contains("prev_version 5"), "{skipped}");

        let gone = "<BMECAT version=\"2005\"><HEADER><CATALOG><CATALOG_ID>other</CATALOG_ID></CATALOG></HEADER>\
            <T_UPDATE_PRODUCTS prev_version=\"0\"><PRODUCT mode=\"delete\"><SUPPLIER_PID>oak-chair-l</SUPPLIER_PID></PRODUCT>\
            <PRODUCT mode=\"delete\"><SUPPLIER_PID>wax-1</SUPPLIER_PID></PRODUCT></T_UPDATE_PRODUCTS></BMECAT>";
        let run = planned(&bed, "format=bmecat", gone).await;
        assert_eq!(changes(&bed, &run).await, [
            "oak-chair: variants/oak-chair-l/active: true → false",
            "wax: active: true → false",
            "wax: variants/wax-1/active: true → false",
        ]);
        applied(&bed, &run).await;
        let chair = bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(200);
        assert_eq!(chair["variants"].as_array().expect("a list").len(), 1);
    }

    async fn what_was_delisted_comes_back_as_new(bed) {
        stocked(&bed).await;
        let (_, whole) = exported(&bed, "/exports/bmecat?channel=de").await;
        let update = |products: &str| format!(
            "<BMECAT version=\"2005\"><HEADER><CATALOG><CATALOG_ID>other</CATALOG_ID></CATALOG></HEADER>\
             <T_UPDATE_PRODUCTS prev_version=\"0\">{products}</T_UPDATE_PRODUCTS></BMECAT>");
        let gone = update("<PRODUCT mode=\"delete\"><SUPPLIER_PID>wax-1</SUPPLIER_PID></PRODUCT>");
        let run = planned(&bed, "format=bmecat", &gone).await;
        applied(&bed, &run).await;
        bed.get("/inspect/products/wachs?channel=de").await.expect(404);
        let run = planned(&bed, "format=bmecat", &whole).await;
        assert_eq!(changes(&bed, &run).await, ["wax: active: false → true", "wax: variants/wax-1/active: false → true"]);
        applied(&bed, &run).await;
        bed.get("/inspect/products/wachs?channel=de").await.expect(200);
    }

    async fn pictures_of_variants_that_a_file_does_not_speak_of_stay(bed) {
        stocked(&bed).await;
        let mut smaller = bed.get("/catalogue/products/oak-chair").await.expect(200);
        let told = ["id", "revision", "created_at", "updated_at", "publications", "rating_count", "rating_sum"];
        smaller.as_object_mut().expect("an object").retain(|field, _| !told.contains(&field.as_str()));
        let media = smaller["media"].clone();
        smaller["variants"][1]["active"] = json!(false);
        bed.put("/catalogue/products/oak-chair", smaller).await.expect(200);
        let (_, file) = exported(&bed, "/exports/bmecat?channel=de").await;
        assert!(!file.contains("large.png"), "{file}");
        let run = planned(&bed, "format=bmecat", &file).await;
        assert_eq!(changes(&bed, &run).await, [""; 0]);
        let run = planned(&bed, "format=bmecat", &file.replace("chair.jpg", "other.jpg")).await;
        applied(&bed, &run).await;
        let product = bed.get("/catalogue/products/oak-chair").await.expect(200);
        let urls = |media: &serde_json::Value| -> Vec<String> {
            media.as_array().expect("a list").iter().map(|it| it["url"].to_string()).collect()
        };
        assert_eq!(urls(&media).len(), urls(&product["media"]).len());
        assert!(urls(&product["media"]).iter().any(|it| it.contains("large.png")));
    }

    async fn a_price_list_with_two_times_leaves_one_price_at_each_moment(bed) {
        stocked(&bed).await;
        let (_, prices) = exported(&bed, "/exports/bmecat_prices?channel=de&prev_version=0").await;
        let wax = prices.find("wax-1").expect("the wax");
        let details = wax + prices[wax..].find("<PRODUCT_PRICE_DETAILS>").expect("prices");
        let end = wax + prices[wax..].find("</PRODUCT>").expect("an end");
        let one = |time: &str, amount: &str| format!(
            "<PRODUCT_PRICE_DETAILS>{time}<PRODUCT_PRICE price_type=\"gros_list\"><PRICE_AMOUNT>{amount}</PRICE_AMOUNT>\
             </PRODUCT_PRICE></PRODUCT_PRICE_DETAILS>");
        let now = one("<VALID_END_DATE>2026-12-31</VALID_END_DATE>", "12.00");
        let then = one("<VALID_START_DATE>2027-01-01</VALID_START_DATE>", "14.00");
        for periods in [format!("{then}{now}"), format!("{now}{then}")] {
            let file = format!("{}{periods}{}", &prices[..details], &prices[end..]);
            let run = planned(&bed, "format=bmecat", &file).await;
            let run = applied(&bed, &run).await;
            assert_eq!((&run["state"], &run["failed"], &run["conflicts"]), (&json!("applied"), &json!(0), &json!(0)),
                "{:?}", errors(&bed, &run).await);
        }
        let all = bed.get("/catalogue/variants/wax-1/prices").await.expect(200);
        let open: Vec<_> = all["items"].as_array().expect("a list").iter()
            .filter(|it| it["until"].is_null()).map(|it| &it["amount"]).collect();
        assert_eq!(open, [1400], "{all}");
        bed.clock.advance(Duration::from_secs(250 * 86_400));
        let page = bed.get("/inspect/products/wachs?channel=de").await.expect(200);
        assert_eq!(page["variants"][0]["price"]["amount"], 1400);
    }

    async fn what_a_whole_file_does_not_have_is_withdrawn_only_if_asked(bed) {
        stocked(&bed).await;
        let (_, file) = exported(&bed, "/exports/shopify_csv?channel=de").await;
        let without = file.lines().filter(|it| !it.contains(",wachs,")).collect::<Vec<_>>().join("\r\n");
        let kept = planned(&bed, "format=shopify_csv", &without).await;
        assert_eq!((&kept["items"], &kept["unchanged"]), (&json!(1), &json!(1)));
        let run = planned(&bed, "format=shopify_csv&missing=withdraw", &without).await;
        assert_eq!(changes(&bed, &run).await, ["wax: published/de: true → false"]);
        applied(&bed, &run).await;
        bed.get("/inspect/products/wachs?channel=de").await.expect(404);
        bed.get("/catalogue/products/wax").await.expect(200);
        let again = planned(&bed, "format=shopify_csv&missing=withdraw", &without).await;
        assert_eq!((&again["items"], &again["changed"]), (&json!(1), &json!(0)));
    }

    async fn nothing_is_withdrawn_that_a_broken_row_may_have_swallowed(bed) {
        stocked(&bed).await;
        let (_, file) = exported(&bed, "/exports/shopify_csv?channel=de").await;
        let open = file.replace("\r\n,stuhl-aus-eiche,", "\r\n,\"stuhl-aus-eiche,");
        assert_ne!(open, file);
        let run = planned(&bed, "format=shopify_csv&missing=withdraw", &open).await;
        assert_eq!((&run["state"], &run["failed"]), (&json!("planned"), &json!(1)), "{run}");
        assert!(run["warnings"].to_string().contains("nothing is withdrawn"), "{run}");
        assert_eq!(changes(&bed, &run).await, [""; 0]);
    }

    async fn what_is_shown_later_is_in_no_export_and_is_not_withdrawn(bed) {
        stocked(&bed).await;
        let later = json!({ "from": "2026-09-01T00:00:00Z" });
        bed.send("PUT", "/catalogue/products/wax/channels/de", Some(later), &[]).await.expect(200);
        for (format, question) in
            [("shopify_csv", ""), ("google_xml", LINK), ("google_tsv", LINK), ("bmecat", ""), ("bmecat_prices", "prev_version=0")]
        {
            let (_, file) = exported(&bed, &format!("/exports/{format}?channel=de&{question}")).await;
            assert!(file.contains("oak-chair-s") && !file.contains("wax-1"), "{format}: {file}");
        }
        let (_, file) = exported(&bed, "/exports/shopify_csv?channel=de").await;
        let run = planned(&bed, "format=shopify_csv&missing=withdraw", &file).await;
        assert_eq!(changes(&bed, &run).await, [""; 0]);
    }

    async fn a_feed_offers_what_lies_where_the_shop_sells_from(bed) {
        stocked(&bed).await;
        let mut channel = bed.get("/setup/channels/de").await.expect(200);
        for field in ["id", "code", "revision"] {
            channel.as_object_mut().expect("an object").remove(field);
        }
        let feed = async || exported(&bed, &format!("/exports/google_tsv?channel=de&{LINK}")).await.1;
        let chair = |feed: &str| feed.lines().find(|it| it.starts_with("oak-chair-s")).expect("the chair").to_owned();
        let before = chair(&feed().await);
        assert!(before.contains("\tin_stock\t") && before.contains(":0:1:1:2"), "{before}");
        // The chairs lie in Hanover, which handles parcels on the same day.
        channel["locations"] = json!(["LEJ"]);
        bed.put("/setup/channels/de", channel).await.expect(200);
        let page = bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(200);
        assert_eq!(page["variants"][0]["availability"]["state"], "sold_out");
        let after = chair(&feed().await);
        assert!(after.contains("\tout_of_stock\t") && after.contains(":1:1:1:2"), "{after}");
    }

    async fn an_export_goes_on_step_by_step_to_the_last_product(bed) {
        open(&bed).await;
        let rows: String = (0..250).map(|at| format!("lamp-{at},Lamp {at},L-{at},9.90,TRUE\n")).collect();
        let file = format!("Handle,Title,Variant SKU,Variant Price,Published\n{rows}");
        let run = planned(&bed, "format=shopify_csv&product_type=lamp&tax_class=standard", &file).await;
        let run = applied(&bed, &run).await;
        assert_eq!(run["applied"], 250);
        let (_, file) = exported(&bed, "/exports/shopify_csv?channel=de").await;
        assert_eq!(file.lines().count(), 251);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_files_look_as_their_readers_want_them() {
    let bed = Bed::sqlite().await;
    stocked(&bed).await;
    for (format, question) in [
        ("shopify_csv", "location=hanover"),
        ("google_xml", LINK),
        ("google_tsv", LINK),
        ("bmecat", ""),
        ("bmecat_prices", "prev_version=3"),
    ] {
        let (told, file) =
            exported(&bed, &format!("/exports/{format}?channel=de&{question}")).await;
        insta::assert_snapshot!(format!("exported_{format}"), format!("{told}\n\n{file}"));
    }
    assert_eq!(bed.get("/exports/google_xml?channel=de").await.problem(400), "invalid_parameter");
    assert_eq!(bed.get("/exports/excel?channel=de").await.problem(404), "not_found");
    assert_eq!(bed.get("/exports/bmecat?channel=mars").await.problem(404), "not_found");
}
