//! Keeping the catalogue, and what a customer sees of it.

use serde_json::{Value, json};

use crate::{bed::Bed, on_both_engines, shop};

/// Everything that products share, and a location that ships from Monday to Friday until 14:00.
pub(crate) async fn open(bed: &Bed) {
    shop::open(bed).await;
    let operator = |code: &str, country: &str| {
        json!({ "code": code, "name": format!("{code} Ltd"), "postal_address": "Street 1, Town",
            "electronic_address": "safety@maker.example", "country": country })
    };
    for operator in [operator("acme", "DE"), operator("far-east", "CN"), operator("agent", "FR")] {
        bed.post("/catalogue/economic-operators", operator).await.expect(201);
    }
    let brand = json!({ "code": "acme", "name": "Acme", "manufacturer": "acme" });
    bed.post("/catalogue/brands", brand).await.expect(201);
    for (code, parent, de, en) in [
        ("furniture", Value::Null, "Möbel", "Furniture"),
        ("chairs", json!("furniture"), "Stühle", "Chairs"),
    ] {
        let category = json!({ "code": code, "parent": parent,
            "texts": { "de": { "name": de }, "en": { "name": en } } });
        bed.post("/catalogue/categories", category).await.expect(201);
    }
    let choice =
        |code: &str, de: &str, en: &str| json!({ "code": code, "labels": { "de": de, "en": en } });
    let attributes = [
        json!({ "code": "wood", "kind": "choice", "facet": true, "labels": { "de": "Holz", "en": "Wood" },
            "choices": [choice("oak", "Eiche", "Oak"), choice("beech", "Buche", "Beech")] }),
        json!({ "code": "height", "kind": "number", "unit": "cm", "labels": { "de": "Höhe", "en": "Height" } }),
        json!({ "code": "foldable", "kind": "boolean", "facet": true, "labels": { "en": "Foldable" } }),
    ];
    for attribute in attributes {
        bed.post("/catalogue/attributes", attribute).await.expect(201);
    }
    let kind = json!({ "code": "chair", "name": "Chair", "attributes": [
        { "attribute": "wood", "level": "product", "required": true },
        { "attribute": "foldable", "level": "product" },
        { "attribute": "height", "level": "variant" }
    ] });
    bed.post("/catalogue/product-types", kind).await.expect(201);
    let location = json!({ "code": "hanover", "name": "Hanover", "country": "DE", "postal_code": "30159",
        "time_zone": "Europe/Berlin", "cut_off_minute": 840, "handling_days": 0,
        "working_days": [1, 2, 3, 4, 5], "holidays": [], "priority": 0, "active": true });
    bed.post("/catalogue/locations", location).await.expect(201);
}

/// A chair in two sizes.
pub(crate) fn chair(code: &str) -> Value {
    let size =
        |code: &str, de: &str, en: &str| json!({ "code": code, "labels": { "de": de, "en": en } });
    json!({
        "code": code, "product_type": "chair", "brand": "acme", "tax_class": "standard",
        "texts": [
            { "locale": "de", "name": "Stuhl aus Eiche", "summary": "Ein schöner Stuhl" },
            { "locale": "en", "name": "Oak chair", "summary": "A fine chair" }
        ],
        "attributes": { "wood": "oak", "foldable": false },
        "options": [{ "code": "size", "labels": { "de": "Größe", "en": "Size" },
            "values": [size("s", "Klein", "Small"), size("l", "Groß", "Large")] }],
        "variants": [
            { "sku": format!("{code}-s"), "gtin": "4006381333931", "options": { "size": "s" },
              "attributes": { "height": "80.5" } },
            { "sku": format!("{code}-l"), "options": { "size": "l" } }
        ],
        "media": [{ "url": "https://media.example/chair.jpg", "kind": "image",
            "alt": { "de": "Ein Stuhl", "en": "A chair" }, "width": 800, "height": 600 }],
        "warnings": { "de": "Nicht kippeln", "en": "Do not tip" },
        "categories": ["chairs"], "services": ["assembly"]
    })
}

/// Makes the chair, publishes it in the shop `de`, prices and stocks its small variant.
pub(crate) async fn sell_chair(bed: &Bed, code: &str) {
    bed.post("/catalogue/products", chair(code)).await.expect(201);
    let place = format!("/catalogue/products/{code}/channels/de");
    bed.send("PUT", &place, Some(json!({})), &[]).await.expect(200);
    price(bed, &format!("{code}-s"), json!({ "amount": 12900 })).await.expect(201);
    let receipt = json!({ "action": "receipt", "location": "hanover",
        "lines": [{ "sku": format!("{code}-s"), "quantity": 5 }] });
    bed.post("/catalogue/stock", receipt).await.expect(200);
}

/// Sets a price in euros in the shop `de`.
pub(crate) async fn price(bed: &Bed, sku: &str, mut price: Value) -> crate::bed::Answer {
    price["channel"] = json!("de");
    price["currency"] = json!("EUR");
    bed.post(&format!("/catalogue/variants/{sku}/prices"), price).await
}

async fn page(bed: &Bed, slug: &str) -> Value {
    bed.get(&format!("/inspect/products/{slug}?channel=de")).await.expect(200)
}

on_both_engines! {
    async fn a_product_is_made_priced_stocked_and_shown(bed) {
        open(&bed).await;
        sell_chair(&bed, "oak-chair").await;
        let page = bed.get("/inspect/products/oak-chair?channel=de&locale=en").await.expect(200);
        assert_eq!(page["name"], "Oak chair");
        assert_eq!(page["slugs"], json!({ "de": "stuhl-aus-eiche", "en": "oak-chair" }));
        assert_eq!(page["brand"]["name"], "Acme");
        assert_eq!(page["manufacturer"]["country"], "DE");
        assert_eq!(page["warnings"], "Do not tip");
        assert_eq!(page["breadcrumbs"], json!([
            { "code": "furniture", "name": "Furniture" }, { "code": "chairs", "name": "Chairs" }
        ]));
        assert_eq!(page["attributes"][0]["labels"], json!(["Oak"]));
        assert_eq!(page["options"][0]["values"][1]["name"], "Large");
        assert_eq!(page["media"][0]["alt"], "A chair");
        assert_eq!(page["services"], json!([{ "code": "assembly", "name": "Assembly", "amount": 1999 }]));
        let small = &page["variants"][0];
        assert_eq!(small["price"]["amount"], 12900);
        assert_eq!(small["attributes"][0]["value"], "80.5");
        assert_eq!(small["attributes"][0]["unit"], "cm");
        assert_eq!(small["availability"]["state"], "in_stock");
        assert_eq!(small["availability"]["quantity"], 5);
        assert_eq!(small["delivery"]["earliest"], "2026-06-16");
        assert_eq!(small["delivery"]["latest"], "2026-06-17");
        assert_eq!(page["variants"][1]["price"], Value::Null);
        assert_eq!(page["variants"][1]["availability"]["state"], "sold_out");
        let read = bed.get("/catalogue/products/oak-chair").await.expect(200);
        assert_eq!(read["variants"][0]["gtin"], "4006381333931");
    }

    async fn a_page_has_an_etag_that_changes_with_what_it_shows(bed) {
        open(&bed).await;
        sell_chair(&bed, "oak-chair").await;
        let place = "/inspect/products/stuhl-aus-eiche?channel=de";
        let first = bed.get(place).await;
        assert_eq!(first.headers["cache-control"], "public, max-age=30");
        let tag = first.headers["etag"].to_str().expect("a text").to_owned();
        let known = bed.send("GET", place, None, &[("if-none-match", &tag)]).await;
        assert_eq!(known.status, 304);
        assert!(known.bytes.is_empty());
        let zipped = bed.send("GET", place, None, &[("accept-encoding", "gzip")]).await;
        assert_eq!(zipped.headers["content-encoding"], "gzip");
        assert_ne!(zipped.headers["etag"], tag.as_str(), "each form has its own name");
        let brand = json!({ "code": "acme", "name": "Acme & Sons", "manufacturer": "acme" });
        bed.put("/catalogue/brands/acme", brand).await.expect(200);
        let changed = bed.send("GET", place, None, &[("if-none-match", &tag)]).await;
        assert_eq!(changed.expect(200)["brand"]["name"], "Acme & Sons");
        let receipt = json!({ "action": "receipt", "location": "hanover",
            "lines": [{ "sku": "oak-chair-l", "quantity": 400 }] });
        bed.post("/catalogue/stock", receipt).await.expect(200);
        let large = page(&bed, "stuhl-aus-eiche").await["variants"][1]["availability"].clone();
        assert_eq!(large, json!({ "state": "in_stock", "quantity": 10, "more": true }));
    }

    async fn an_old_address_goes_on_leading_to_the_product(bed) {
        open(&bed).await;
        sell_chair(&bed, "oak-chair").await;
        let mut changed = chair("oak-chair");
        changed["texts"][0]["slug"] = json!("eichenstuhl");
        bed.put("/catalogue/products/oak-chair", changed).await.expect(200);
        let old = bed.get("/inspect/products/stuhl-aus-eiche?channel=de&postcode=20095").await;
        assert_eq!(old.status, 308);
        let place = old.headers["location"].to_str().expect("a text").to_owned();
        assert_eq!(place, "/inspect/products/eichenstuhl?channel=de&postcode=20095");
        bed.get(&place).await.expect(200);
        let other_language = bed.get("/inspect/products/eichenstuhl?channel=de&locale=en").await;
        assert_eq!(other_language.headers["location"], "/inspect/products/oak-chair?channel=de&locale=en");
        bed.get("/inspect/products/nothing?channel=de").await.expect(404);
    }

    async fn what_does_not_fit_is_refused_with_its_place(bed) {
        open(&bed).await;
        let mut wrong = chair("wrong");
        wrong["attributes"] = json!({ "foldable": "yes", "height": "3" });
        wrong["variants"][1]["options"] = json!({ "size": "s" });
        wrong["variants"][0]["attributes"]["height"] = json!("80,5");
        wrong["categories"] = json!(["tables"]);
        let refused = bed.post("/catalogue/products", wrong).await.expect(422);
        let places: Vec<&str> =
            refused["errors"].as_array().expect("a list").iter().map(|it| it["pointer"].as_str().expect("a text")).collect();
        for place in ["/attributes/foldable", "/attributes/height", "/attributes/wood", "/categories/0",
            "/variants/0/attributes/height", "/variants/1/options"] {
            assert!(places.contains(&place), "{place} in {places:?}");
        }
        let mut mistyped = chair("wrong");
        mistyped["variants"][0]["gtin"] = json!("4006381333932");
        let refused = bed.post("/catalogue/products", mistyped).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/variants/0/gtin");
    }

    async fn a_text_never_holds_the_character_that_databases_refuse(bed) {
        open(&bed).await;
        let brand = json!({ "code": "odd", "name": "O\0dd" });
        let refused = bed.post("/catalogue/brands", brand).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/name");
        let fine = json!({ "code": "fine", "name": "C:\\u0000" });
        bed.post("/catalogue/brands", fine).await.expect(201);
        bed.get("/inspect/products/a%00b?channel=de").await.expect(400);
        bed.get("/inspect/products/a?channel=%00").await.expect(400);
    }

    async fn a_product_from_outside_of_the_union_needs_somebody_inside(bed) {
        open(&bed).await;
        let mut far = chair("far-chair");
        far["manufacturer"] = json!("far-east");
        bed.post("/catalogue/products", far.clone()).await.expect(201);
        let place = "/catalogue/products/far-chair/channels/de";
        let refused = bed.send("PUT", place, Some(json!({})), &[]).await;
        assert_eq!(refused.problem(409), "responsible_person_missing");
        far["responsible_person"] = json!("agent");
        bed.put("/catalogue/products/far-chair", far.clone()).await.expect(200);
        bed.send("PUT", place, Some(json!({})), &[]).await.expect(200);
        far["responsible_person"] = Value::Null;
        let refused = bed.put("/catalogue/products/far-chair", far).await;
        assert_eq!(refused.problem(409), "responsible_person_missing");
    }

    async fn nobody_takes_the_responsible_person_from_published_products(bed) {
        open(&bed).await;
        sell_chair(&bed, "oak-chair").await;
        let operator = |code: &str, country: &str| {
            json!({ "code": code, "name": format!("{code} Ltd"), "postal_address": "Street 1, Town",
                "electronic_address": "safety@maker.example", "country": country })
        };
        let brand = |maker: &str| json!({ "code": "acme", "name": "Acme", "manufacturer": maker });
        for (place, change) in [
            ("/catalogue/brands/acme", brand("far-east")),
            ("/catalogue/economic-operators/acme", operator("acme", "CN")),
        ] {
            let refused = bed.put(place, change).await.expect(409);
            assert_eq!((&refused["code"], &refused["facts"]["products"]),
                (&json!("responsible_person_missing"), &json!(["oak-chair"])), "{place}");
        }
        let mut answered = chair("oak-chair");
        answered["responsible_person"] = json!("agent");
        bed.put("/catalogue/products/oak-chair", answered).await.expect(200);
        bed.put("/catalogue/brands/acme", brand("far-east")).await.expect(200);
        let gone = bed.put("/catalogue/economic-operators/agent", operator("agent", "CH")).await;
        assert_eq!(gone.problem(409), "responsible_person_missing");
        bed.delete("/catalogue/products/oak-chair/channels/de").await.expect(204);
        bed.put("/catalogue/economic-operators/agent", operator("agent", "CH")).await.expect(200);
    }

    async fn many_products_are_published_and_taken_out_at_once(bed) {
        open(&bed).await;
        for code in ["a", "b"] {
            bed.post("/catalogue/products", chair(code)).await.expect(201);
        }
        let bulk = |action: &str| json!({ "channel": "de", "action": action, "products": ["a", "b", "c"] });
        let done = bed.post("/catalogue/publications", bulk("publish")).await.expect(200);
        assert_eq!(done["done"], 2);
        assert_eq!(done["refused"][0]["product"], "c");
        page(&bed, "stuhl-aus-eiche").await;
        page(&bed, "stuhl-aus-eiche-b").await;
        bed.post("/catalogue/publications", bulk("unpublish")).await.expect(200);
        bed.get("/inspect/products/stuhl-aus-eiche?channel=de").await.expect(404);
    }

    async fn a_tree_of_categories_has_no_circle(bed) {
        open(&bed).await;
        let moved = json!({ "code": "furniture", "parent": "chairs", "texts": { "de": { "name": "Möbel" } } });
        let refused = bed.put("/catalogue/categories/furniture", moved).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/parent");
    }

    async fn master_data_is_changed_only_by_who_has_seen_it(bed) {
        open(&bed).await;
        let brand = json!({ "code": "acme", "name": "Other" });
        let place = "/catalogue/brands/acme";
        let unsaid = bed.send("PUT", place, Some(brand.clone()), &[]).await;
        assert_eq!(unsaid.problem(428), "precondition_required");
        let stale = bed.send("PUT", place, Some(brand.clone()), &[("if-match", "\"7\"")]).await;
        assert_eq!(stale.problem(412), "stale");
        bed.send("PUT", place, Some(brand), &[("if-match", "\"1\"")]).await.expect(200);
        assert_eq!(bed.delete("/catalogue/economic-operators/acme").await.status, 204);
        sell_chair(&bed, "oak-chair").await;
        assert_eq!(bed.delete(place).await.problem(409), "in_use");
        assert_eq!(bed.delete("/catalogue/attributes/wood").await.problem(409), "in_use");
        let many = bed.get("/catalogue/attributes?limit=2").await.expect(200);
        assert_eq!(many["items"].as_array().expect("a list").len(), 2);
        let next = format!("/catalogue/attributes?limit=2&after={}", many["next"].as_str().expect("a text"));
        assert_eq!(bed.get(&next).await.expect(200)["items"][0]["code"], "wood");
    }

    async fn a_bundle_is_made_of_what_is_there(bed) {
        open(&bed).await;
        sell_chair(&bed, "oak-chair").await;
        let mut set = chair("set");
        set["options"] = json!([]);
        set["variants"] = json!([{ "sku": "set-2", "bundle": [{ "sku": "oak-chair-s", "quantity": 2 }] }]);
        bed.post("/catalogue/products", set.clone()).await.expect(201);
        let publish = "/catalogue/products/set/channels/de";
        bed.send("PUT", publish, Some(json!({})), &[]).await.expect(200);
        price(&bed, "set-2", json!({ "amount": 19900 })).await.expect(201);
        let bundle = page(&bed, "stuhl-aus-eiche-set").await["variants"][0].clone();
        assert_eq!(bundle["availability"]["quantity"], 2, "five chairs are two sets");
        assert_eq!(bundle["delivery"]["earliest"], "2026-06-16");
        set["code"] = json!("nested");
        set["variants"] = json!([{ "sku": "nested", "bundle": [{ "sku": "set-2", "quantity": 1 }] }]);
        let refused = bed.post("/catalogue/products", set).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/variants/0/bundle/0/sku");
    }
}
