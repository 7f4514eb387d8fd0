//! What customers read is written for them: labels instead of codes, addresses as the post wants them.

use order_inspect::args;
use serde_json::{Value, json};

use crate::{
    baskets::{add, basket, customer},
    bed::Bed,
    on_both_engines,
    shop::{self, order, place},
};

/// A lamp in a colour and a size that have names in two languages.
async fn coloured(bed: &Bed) {
    shop::open(bed).await;
    shop::product(bed, 1, "LAMP", 1999, 50, 0).await;
    let value = |code: &str, german: &str, english: &str| json!({ "code": code, "labels": { "de": german, "en": english } });
    let options = json!([
        { "code": "size", "labels": { "de": "Größe", "en": "Size" }, "values": [value("l", "Groß", "Large")] },
        { "code": "colour", "labels": { "de": "Farbe", "en": "Colour" }, "values": [value("sage", "Salbei", "Sage")] },
    ]);
    bed.sql("UPDATE product SET options = $1", args![options]).await;
    let chosen = json!({ "colour": "sage", "size": "l" });
    bed.sql("UPDATE variant SET options = $1", args![chosen]).await;
}

async fn document(bed: &Bed, order: &str, number: &str) -> Value {
    let path = format!("/orders/{order}/documents/{number}");
    bed.send("GET", &path, None, &[("accept", "application/json")]).await.expect(200)
}

on_both_engines! {
    async fn a_document_names_the_customer_by_number_and_a_country_only_where_the_letter_goes_abroad(bed) {
        coloured(&bed).await;
        let areas = ["DE", "AT"].map(|it| json!({ "country": it, "transit_days_min": 1, "transit_days_max": 2 }));
        let parcel = json!({ "channel": "de", "carrier": "Hermes", "names": { "de": "Paket" }, "areas": areas,
            "prices": [{ "currency": "EUR", "amount": 495 }] });
        bed.put("/setup/channels/de/delivery-methods/parcel", parcel).await.expect(200);
        let rates = json!([{ "country": "DE", "rate": "19", "from": "2020-01-01T00:00:00Z" },
            { "country": "AT", "rate": "20", "from": "2020-01-01T00:00:00Z" }]);
        bed.put("/setup/tax-classes/standard", json!({ "name": "Standard", "rates": rates })).await.expect(200);
        let id = customer(&bed, "erika@example.org").await;
        let mut wanted = order(&[("LAMP", 1)]);
        wanted["customer_id"] = json!(id);
        place(&bed, "a", wanted).await.expect(201);
        let mut abroad = order(&[("LAMP", 1)]);
        abroad["locale"] = json!("en");
        abroad["billing_address"] = json!({ "name": "Max Muster", "street": "Ring 1", "postal_code": "1010",
            "city": "Wien", "country": "AT" });
        place(&bed, "b", abroad).await.expect(201);
        for number in ["DE-1001", "DE-1002"] {
            bed.post(&format!("/orders/{number}/documents"), json!({ "kind": "invoice" })).await.expect(201);
        }
        let home = document(&bed, "DE-1001", "DE-R1001").await;
        assert_eq!(home["customer_number"], "DE-K1001");
        assert_eq!(home["recipient"]["address"], json!(["Lange Straße 7", "20095 Hamburg"]));
        let abroad = document(&bed, "DE-1002", "DE-R1002").await;
        assert_eq!(abroad["customer_number"], Value::Null);
        assert_eq!(abroad["recipient"]["address"], json!(["Ring 1", "1010 Wien", "ÖSTERREICH"]));
    }

    async fn promotions_and_what_is_missing_are_told_in_the_language_of_the_basket(bed) {
        coloured(&bed).await;
        let rule = json!({ "key": "autumn", "name": "Herbst", "names": { "en": "Autumn" }, "currency": "EUR",
            "benefit": { "percent": { "percent": "10", "on": "lines" } } });
        bed.put("/setup/promotions/autumn", json!({ "rule": rule })).await.expect(201);
        for (locale, name, detail) in [
            ("de", "„Herbst“", "Wählen Sie eine Zahlungsart."),
            ("en", "“Autumn”", "Choose a way to pay."),
        ] {
            let (path, _) = basket(&bed, json!({ "channel": "de", "locale": locale })).await;
            let shown = add(&bed, &path, "LAMP", 1).await;
            assert!(shown["explanation"].to_string().contains(name), "{shown}");
            let missing = shown["missing"].as_array().expect("a list");
            assert!(missing.iter().any(|it| it["detail"] == detail), "{missing:?}");
            let short = add(&bed, &path, "LAMP", 99).await;
            let told = if locale == "de" { "Von „Lampe LAMP“ sind nur noch 50 da." } else { "There are only 50 of “Lampe LAMP”." };
            assert!(short["missing"].to_string().contains(told), "{}", short["missing"]);
        }
        let mut english = order(&[("LAMP", 1)]);
        english["locale"] = json!("en");
        place(&bed, "a", english).await.expect(201);
        bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(201);
        assert_eq!(document(&bed, "DE-1001", "DE-R1001").await["totals"]["discounts"][0]["label"], "Autumn");
    }

    async fn options_are_shown_in_the_words_of_the_order_and_kept_as_codes(bed) {
        coloured(&bed).await;
        let (path, _) = basket(&bed, json!({ "channel": "de", "locale": "en" })).await;
        let shown = add(&bed, &path, "LAMP", 1).await;
        assert_eq!(shown["lines"][0]["options"], json!({ "colour": "sage", "size": "l" }));
        assert_eq!(shown["lines"][0]["labels"], json!([
            { "option": "size", "name": "Size", "value": "Large" },
            { "option": "colour", "name": "Colour", "value": "Sage" },
        ]));
        place(&bed, "a", order(&[("LAMP", 1)])).await.expect(201);
        let mut english = order(&[("LAMP", 1)]);
        english["locale"] = json!("en");
        place(&bed, "b", english).await.expect(201);
        // What is renamed later changes no order.
        bed.sql("UPDATE product SET options = '[]', revision = revision + 1", vec![]).await;
        for (order, words) in [("DE-1001", ["Größe: Groß", "Farbe: Salbei"]), ("DE-1002", ["Size: Large", "Colour: Sage"])] {
            let placed = bed.get(&format!("/orders/{order}")).await.expect(200);
            let details = &placed["lines"][0]["details"];
            assert_eq!(details["options"]["colour"], "sage");
            let told: Vec<String> = details["labels"].as_array().expect("labels").iter()
                .map(|it| format!("{}: {}", it["name"].as_str().unwrap_or_default(), it["value"].as_str().unwrap_or_default()))
                .collect();
            assert_eq!(told, words);
            let issued = bed.post(&format!("/orders/{order}/documents"), json!({ "kind": "invoice" })).await.expect(201);
            let number = issued["number"].as_str().expect("a number");
            assert_eq!(document(&bed, order, number).await["lines"][0]["details"], json!(words));
        }
    }
}
