//! Baskets and checkout.

use std::sync::Arc;

use order_inspect::{args, baskets, error::Error, moment::Moment};
use serde_json::{Value, json};

use crate::{
    bed::{Answer, Bed, START},
    on_both_engines,
    shop::{self, HAMBURG, assert_ledgers_balance, stock},
};

/// A new basket: its address and its state.
pub(crate) async fn basket(bed: &Bed, input: Value) -> (String, Value) {
    let answer = bed.post("/baskets", input).await;
    let address = answer.headers["location"].to_str().expect("an address").to_owned();
    (address, answer.expect(201))
}

pub(crate) async fn add(bed: &Bed, basket: &str, sku: &str, quantity: u32) -> Value {
    let line = json!({ "sku": sku, "quantity": quantity });
    bed.post(&format!("{basket}/lines"), line).await.expect(200)
}

pub(crate) async fn patch(bed: &Bed, path: &str, etag: &str, body: Value) -> Answer {
    bed.send("PATCH", path, Some(body), &[("if-match", etag)]).await
}

/// Everything that an order needs to know beside its lines.
pub(crate) fn checkout() -> Value {
    json!({
        "email": "Erika@Example.org", "billing_address": address(), "delivery_method": "parcel",
        "payment_method": "invoice"
    })
}

fn address() -> Value {
    json!({ "name": "Erika Mustermann", "street": "Lange Straße 7", "postal_code": "20095",
        "city": "Hamburg", "country": "DE" })
}

async fn order(bed: &Bed, basket: &str, etag: &str, key: &str, total: i64) -> Answer {
    let headers = [("if-match", etag), ("idempotency-key", key)];
    let path = format!("{basket}/order");
    bed.send("POST", &path, Some(json!({ "expected_total": total })), &headers).await
}

pub(crate) async fn customer(bed: &Bed, email: &str) -> i64 {
    let customer = json!({ "channel": "de", "email": email, "name": "Erika Mustermann" });
    bed.post("/customers", customer).await.expect(201)["id"].as_i64().expect("a number")
}

async fn promotion(bed: &Bed, code: &str, rule: Value) {
    bed.put(&format!("/setup/promotions/{code}"), json!({ "rule": rule })).await.expect(201);
}

fn etag(basket: &Value) -> String {
    format!("\"{}\"", basket["revision"])
}

fn kinds(basket: &Value) -> Vec<&str> {
    let missing = basket["missing"].as_array().expect("a list");
    missing.iter().map(|it| it["kind"].as_str().expect("a word")).collect()
}

on_both_engines! {
    async fn a_basket_shows_what_its_order_will_cost_and_becomes_it(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        let (it, fresh) = basket(&bed, json!({ "channel": "de" })).await;
        assert_eq!(fresh["token"].as_str().map(str::len), Some(43));
        assert_eq!(kinds(&fresh), ["lines", "email", "billing_address", "delivery_method", "payment_method"]);
        let line = json!({ "sku": "RED", "quantity": 2, "services": ["assembly"] });
        let filled = bed.post(&format!("{it}/lines"), line).await;
        assert_eq!(filled.headers["etag"], "\"2\"");
        let filled = filled.expect(200);
        assert_eq!(filled["token"], Value::Null, "the token is told once");
        assert_eq!(filled["lines"][0]["name"], "Lampe RED");
        assert_eq!(filled["lines"][0]["services"][0]["price"]["total"], 2 * 1999);
        assert_eq!(filled["delivery_choices"][0]["price"], 495);
        assert_eq!(filled["delivery_choices"][0]["total"], 4 * 1999 + 495);
        assert_eq!(filled["payment_choices"][0]["name"], "Rechnung");
        let ready = patch(&bed, &it, "\"2\"", checkout()).await.expect(200);
        assert_eq!(kinds(&ready), Vec::<&str>::new());
        assert_eq!(ready["email"], "erika@example.org");
        assert_eq!(ready["explanation"], json!([
            "Lampe RED: 2 × 19,99\u{a0}€ = 39,98\u{a0}€.", "Montage: 2 × 19,99\u{a0}€ = 39,98\u{a0}€.",
            "Versand (Paket): 4,95\u{a0}€.", "Darin 19\u{a0}% Mehrwertsteuer: 13,56\u{a0}€.",
            "Zu zahlen: 84,91\u{a0}€."
        ]));
        assert_eq!(stock(&bed, 1, HAMBURG).await, (5, 0), "a basket reserves nothing");
        let placed = order(&bed, &it, &etag(&ready), "a", 8491).await.expect(201);
        assert_eq!(placed["total"], ready["quote"]["total"]);
        assert_eq!(placed["tax"], ready["quote"]["tax"]);
        assert_eq!(stock(&bed, 1, HAMBURG).await, (5, 2));
        assert_ledgers_balance(&bed).await;
    }

    async fn a_basket_that_was_ordered_names_its_order_and_takes_no_more_changes(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        add(&bed, &it, "RED", 1).await;
        let ready = patch(&bed, &it, "*", checkout()).await.expect(200);
        let first = order(&bed, &it, &etag(&ready), "a", 2494).await.expect(201);
        assert_eq!(first["number"], "DE-1001");
        let again = order(&bed, &it, &etag(&ready), "a", 2494).await;
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(again.expect(201), first);
        let other = order(&bed, &it, "*", "b", 2494).await.expect(409);
        assert_eq!((&other["code"], &other["facts"]["order"]), (&json!("already_ordered"), &json!("DE-1001")));
        let line = json!({ "sku": "RED", "quantity": 1 });
        assert_eq!(bed.post(&format!("{it}/lines"), line).await.problem(409), "already_ordered");
        assert_eq!(bed.delete(&it).await.problem(409), "already_ordered");
        let shown = bed.get(&it).await.expect(200);
        assert_eq!((&shown["order"], kinds(&shown).len()), (&json!("DE-1001"), 0));
        assert_eq!(stock(&bed, 1, HAMBURG).await, (5, 1));
    }

    /// spree#11286: the cart was changed in another tab during checkout, and the order was what nobody had seen.
    async fn a_basket_that_changed_during_checkout_is_not_ordered(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        add(&bed, &it, "RED", 1).await;
        let seen = patch(&bed, &it, "*", checkout()).await.expect(200);
        let now = add(&bed, &it, "RED", 1).await;
        assert_eq!(order(&bed, &it, &etag(&seen), "a", 2494).await.problem(412), "stale");
        let unsaid = bed.send("POST", &format!("{it}/order"), Some(json!({ "expected_total": 2494 })),
            &[("idempotency-key", "b")]).await;
        assert_eq!(unsaid.problem(428), "precondition_required");
        assert_eq!(order(&bed, &it, &etag(&now), "c", 2494).await.problem(409), "price_changed");
        assert_eq!(order(&bed, &it, &etag(&now), "d", 4493).await.expect(201)["total"], 4493);
    }

    /// spree#11286, at the same moment: whatever the race brings, the order is the basket of one revision.
    async fn a_change_in_the_moment_of_the_order_is_in_it_or_refused(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 500, 0).await;
        let bed = Arc::new(bed);
        for round in 0..10 {
            let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
            add(&bed, &it, "RED", 1).await;
            let seen = patch(&bed, &it, "*", checkout()).await.expect(200);
            let key = format!("round-{round}");
            let line = json!({ "sku": "RED", "quantity": 1 });
            let path = format!("{it}/lines");
            let seen = etag(&seen);
            let (ordered, changed) = tokio::join!(
                order(&bed, &it, &seen, &key, 2494),
                bed.post(&path, line),
            );
            match (ordered.status.as_u16(), changed.status.as_u16()) {
                (201, 409) => assert_eq!(ordered.body["lines"][0]["quantity"], 1),
                (409 | 412, 200) => assert!(bed.get(&it).await.expect(200)["order"].is_null()),
                other => panic!("both or none: {other:?}"),
            }
        }
        assert_ledgers_balance(&bed).await;
    }

    async fn of_two_tabs_the_one_with_the_old_state_is_refused(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        let seen = add(&bed, &it, "RED", 1).await;
        let line = format!("{it}/lines/{}", seen["lines"][0]["id"]);
        assert_eq!(patch(&bed, &line, &etag(&seen), json!({ "quantity": 3 })).await.expect(200)["lines"][0]["quantity"], 3);
        assert_eq!(patch(&bed, &line, &etag(&seen), json!({ "quantity": 5 })).await.problem(412), "stale");
        let bare = bed.send("PATCH", &line, Some(json!({ "quantity": 5 })), &[]).await;
        assert_eq!(bare.problem(428), "precondition_required");
        let gone = bed.delete(&line).await.expect(200);
        assert_eq!((gone["lines"].as_array().map(Vec::len), &gone["quote"]), (Some(0), &Value::Null));
        assert_eq!(bed.delete(&line).await.problem(404), "not_found");
    }

    async fn units_of_one_variant_with_the_same_services_share_a_line(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        add(&bed, &it, "RED", 1).await;
        let both = add(&bed, &it, "RED", 2).await;
        assert_eq!(both["lines"][0]["quantity"], 3);
        let line = json!({ "sku": "RED", "quantity": 1, "services": ["assembly"] });
        let two = bed.post(&format!("{it}/lines"), line).await.expect(200);
        assert_eq!(two["lines"].as_array().map(Vec::len), Some(2));
        let second = format!("{it}/lines/{}", two["lines"][1]["id"]);
        let one = patch(&bed, &second, &etag(&two), json!({ "services": [] })).await.expect(200);
        assert_eq!((one["lines"].as_array().map(Vec::len), &one["lines"][0]["quantity"]), (Some(1), &json!(4)));
    }

    async fn a_line_that_cannot_be_had_is_shown_with_the_reason(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 2, 0).await;
        shop::product(&bed, 2, "BLUE", 500, 9, 0).await;
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        add(&bed, &it, "RED", 3).await;
        let short = add(&bed, &it, "BLUE", 1).await;
        assert_eq!((&short["lines"][0]["available"], &short["lines"][0]["available_quantity"]), (&json!(false), &json!(2)));
        assert_eq!((&short["lines"][1]["available"], &short["lines"][1]["available_quantity"]), (&json!(true), &Value::Null));
        let ready = patch(&bed, &it, "*", checkout()).await.expect(200);
        assert_eq!(kinds(&ready), ["stock"]);
        let total = ready["quote"]["total"].as_i64().expect("a total");
        assert_eq!(order(&bed, &it, &etag(&ready), "a", total).await.problem(409), "out_of_stock");
        write(&bed, "UPDATE product SET active = $1, revision = 2 WHERE id = 2").await;
        let shown = bed.get(&it).await.expect(200);
        assert_eq!(shown["lines"][1]["price"], Value::Null);
        assert_eq!(shown["missing"][1]["pointer"], "/lines/1");
        assert_eq!(shown["quote"]["subtotal"], 3 * 1999, "the rest keeps its price");
        let line = json!({ "sku": "BLUE", "quantity": 1 });
        assert_eq!(bed.post(&format!("{it}/lines"), line).await.expect(422)["errors"][0]["pointer"], "/sku");
    }

    /// saleor#17453: a voucher was computed from the undiscounted price, and orders became free.
    async fn a_code_takes_off_what_promotions_before_it_have_left(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 2000, 5, 0).await;
        promotion(&bed, "half", json!({ "key": "half", "name": "Halber Preis", "priority": 9,
            "benefit": { "percent": { "percent": "50", "on": "lines" } } })).await;
        promotion(&bed, "more", json!({ "key": "more", "name": "Noch mehr",
            "benefit": { "percent": { "percent": "50", "on": "lines" } }, "conditions": { "code": "MORE" } })).await;
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        add(&bed, &it, "RED", 1).await;
        let cheap = bed.post(&format!("{it}/coupons"), json!({ "code": "more" })).await.expect(200);
        assert_eq!(cheap["coupons"], json!([{ "code": "more", "discount": 500, "declined": null }]));
        assert_eq!(cheap["quote"]["total"], 500, "half of the half, not nothing");
        let ready = patch(&bed, &it, "*", checkout()).await.expect(200);
        let placed = order(&bed, &it, &etag(&ready), "a", 995).await.expect(201);
        assert_eq!((&placed["total"], &placed["discount"]), (&json!(995), &json!(1500)));
    }

    /// saleor#12040: discounts were rounded down line by line, so that the parts were less than the whole.
    async fn the_parts_of_a_discount_add_up_to_it(bed) {
        shop::open(&bed).await;
        for (id, sku) in [(1, "A"), (2, "B"), (3, "C")] {
            shop::product(&bed, id, sku, 333, 5, 0).await;
        }
        promotion(&bed, "ten", json!({ "key": "ten", "name": "Zehner", "currency": "EUR",
            "benefit": { "amount": { "amount": 100, "per": "order" } }, "conditions": { "code": "TEN" } })).await;
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        for sku in ["A", "B", "C"] {
            add(&bed, &it, sku, 1).await;
        }
        let cheap = bed.post(&format!("{it}/coupons"), json!({ "code": "TEN" })).await.expect(200);
        let lines = cheap["lines"].as_array().expect("lines");
        let sum = |field: &str| lines.iter().map(|it| it["price"][field].as_i64().expect("cents")).sum::<i64>();
        assert_eq!((sum("discount"), sum("total")), (100, 899));
        assert_eq!(cheap["quote"]["total"], 899);
    }

    async fn a_code_that_gives_nothing_says_why(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 2000, 5, 0).await;
        let (it, _) = basket(&bed, json!({ "channel": "de", "locale": "en" })).await;
        add(&bed, &it, "RED", 1).await;
        let told = bed.post(&format!("{it}/coupons"), json!({ "code": "NONE" })).await.expect(200);
        assert_eq!(told["coupons"][0]["declined"], "Code NONE: there is no such code.");
        let again = bed.post(&format!("{it}/coupons"), json!({ "code": "none" })).await.expect(200);
        assert_eq!(again["revision"], told["revision"], "it is there already");
        let gone = bed.send("DELETE", &format!("{it}/coupons/none"), None, &[]).await.expect(200);
        assert_eq!(gone["coupons"], json!([]));
    }

    async fn a_line_offers_the_services_that_go_with_its_product(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        assert_eq!(add(&bed, &it, "RED", 1).await["lines"][0]["service_choices"],
            json!([{ "code": "assembly", "kind": "assembly", "name": "Montage", "unit_price": 1999 }]));
    }

    async fn prices_are_those_of_the_moment_and_of_the_customers_group(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        write(&bed, "INSERT INTO price (id, variant_id, channel_id, currency, customer_group, min_quantity, kind,
            amount, valid_from, created_at, created_by)
            SELECT 77, 1, id, 'EUR', 'trade', 1, 'regular', 1500, $1, $1, 'test' FROM channel").await;
        let trade = json!({ "channel": "de", "email": "t@example.org", "name": "Trade", "group": "trade" });
        let trade = bed.post("/customers", trade).await.expect(201)["id"].clone();
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        assert_eq!(add(&bed, &it, "RED", 1).await["quote"]["total"], 1999);
        let signed_in = bed.post(&format!("{it}/customer"), json!({ "customer_id": trade })).await;
        assert_eq!(signed_in.expect(200)["quote"]["total"], 1500);
    }

    async fn what_a_shop_does_not_offer_is_refused(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        assert_eq!(bed.post("/baskets", json!({ "channel": "fr" })).await.problem(404), "not_found");
        assert_eq!(bed.post("/baskets", json!({ "channel": "de", "currency": "JPY" })).await.expect(422)["errors"][0]["pointer"], "/currency");
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        let lines = format!("{it}/lines");
        for (line, pointer) in [
            (json!({ "sku": "RED", "quantity": 0 }), "/quantity"),
            (json!({ "sku": "NONE", "quantity": 1 }), "/sku"),
            (json!({ "sku": "RED", "quantity": 1, "services": ["magic"] }), "/services"),
            (json!({ "sku": "RED", "quantity": 1, "colour": "red" }), "/colour"),
        ] {
            assert_eq!(bed.post(&lines, line).await.expect(422)["errors"][0]["pointer"], pointer);
        }
        let dear = json!({ "sku": "RED", "quantity": 1, "unit_price": 1, "note": "because" });
        assert_eq!(bed.post(&lines, dear).await.problem(403), "forbidden");
        for (change, pointer) in [
            (json!({ "delivery_method": "drone" }), "/delivery_method"),
            (json!({ "payment_method": "gold" }), "/payment_method"),
            (json!({ "email": "nobody" }), "/email"),
        ] {
            assert_eq!(patch(&bed, &it, "*", change).await.expect(422)["errors"][0]["pointer"], pointer);
        }
        assert_eq!(bed.get("/baskets/nobodys-token").await.problem(404), "not_found");
        assert_eq!(order(&bed, &it, "*", "a", 0).await.problem(409), "incomplete");
    }

    async fn a_delivery_that_does_not_reach_the_address_is_not_offered(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let method = json!({
            "channel": "de", "carrier": "Bote", "names": { "de": "Bote", "en": "Courier" },
            "prices": [{ "currency": "EUR", "amount": 990 }],
            "areas": [{ "country": "DE", "postcode_prefix": "20", "transit_days_min": 0, "transit_days_max": 1 }]
        });
        bed.put("/setup/channels/de/delivery-methods/courier", method).await.expect(201);
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        add(&bed, &it, "RED", 1).await;
        let near = patch(&bed, &it, "*", json!({ "billing_address": address(), "delivery_method": "courier" })).await.expect(200);
        let codes = |basket: &Value| basket["delivery_choices"].as_array().map(Vec::len);
        assert_eq!((codes(&near), &near["quote"]["shipping"]["total"]), (Some(2), &json!(990)));
        let mut far = address();
        far["postal_code"] = json!("80331");
        let far = patch(&bed, &it, "*", json!({ "delivery_address": far })).await.expect(200);
        assert_eq!(codes(&far), Some(1));
        assert!(kinds(&far).contains(&"delivery_method"));
        assert_eq!(far["quote"]["shipping"]["total"], 0);
        assert_eq!(far["explanation"].as_array().map(Vec::len), Some(3), "line, tax, total: no delivery");
        let cleared = patch(&bed, &it, "*", json!({ "delivery_address": null })).await.expect(200);
        assert_eq!(codes(&cleared), Some(2));
    }

    async fn what_a_delivery_costs_is_told_before_there_is_a_basket(bed) {
        shop::open(&bed).await;
        let here = bed.get("/delivery-methods?channel=de&postcode=20095&locale=en").await.expect(200);
        assert_eq!(here["items"], json!([{ "code": "parcel", "name": "Parcel", "carrier": "Hermes", "price": 495,
            "free_from": 10000, "transit_days_min": 1, "transit_days_max": 2 }]));
        let abroad = bed.get("/delivery-methods?channel=de&country=FR").await.expect(200);
        assert_eq!(abroad["items"], json!([]));
        assert_eq!(bed.get("/delivery-methods?channel=fr").await.problem(404), "not_found");
    }

    async fn a_basket_has_its_limits(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
        add(&bed, &it, "RED", 100_000).await;
        let lines = format!("{it}/lines");
        let more = json!({ "sku": "RED", "quantity": 1 });
        assert_eq!(bed.post(&lines, more).await.expect(422)["errors"][0]["pointer"], "/quantity");
        for at in 0..20 {
            bed.post(&format!("{it}/coupons"), json!({ "code": format!("C{at}") })).await.expect(200);
        }
        let more = bed.post(&format!("{it}/coupons"), json!({ "code": "ONE-MORE" })).await;
        assert_eq!(more.problem(409), "too_many_coupons");
        let long = json!({ "sku": "RED", "quantity": 1, "note": "x".repeat(501) });
        assert_eq!(bed.post(&lines, long).await.expect(422)["errors"][0]["pointer"], "/note");
    }

    async fn baskets_that_nobody_comes_back_for_are_deleted(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        let erika = customer(&bed, "erika@example.org").await;
        let (guest, _) = basket(&bed, json!({ "channel": "de" })).await;
        add(&bed, &guest, "RED", 1).await;
        let (known, _) = basket(&bed, json!({ "channel": "de", "customer_id": erika })).await;
        let later = |days: i64| Moment(START.0 + days * 86_400_000_000);
        assert_eq!(baskets::expire(&bed.app.db, later(29)).await.expect("deleted"), 0);
        assert_eq!(baskets::expire(&bed.app.db, later(31)).await.expect("deleted"), 1);
        bed.get(&guest).await.expect(404);
        bed.get(&known).await.expect(200);
        assert_eq!(baskets::expire(&bed.app.db, later(181)).await.expect("deleted"), 1);
    }

    async fn the_database_knows_no_token(bed) {
        shop::open(&bed).await;
        let headers = [("idempotency-key", "begin")];
        let begun = bed.send("POST", "/baskets", Some(json!({ "channel": "de" })), &headers).await.expect(201);
        let token = begun["token"].as_str().expect("a token").to_owned();
        let read: Result<i64, Error> = bed.app.db.read(move |tx| Box::pin(async move {
            let sql = "SELECT COUNT(*) AS n FROM idempotency WHERE body LIKE $1 OR headers LIKE $1";
            Ok(tx.one(sql, args![format!("%{token}%")]).await?.get("n")?)
        })).await;
        assert_eq!(read.expect("a count"), 0);
    }
}

/// Runs a statement; `$1` is 0, which is also “no”.
async fn write(bed: &Bed, sql: &'static str) {
    let outcome: Result<u64, Error> = bed
        .app
        .db
        .write(move |tx| {
            Box::pin(async move {
                let value = if sql.starts_with("UPDATE") {
                    order_inspect::db::Value::Bool(false)
                } else {
                    order_inspect::db::Value::Int(0)
                };
                Ok(tx.run(sql, vec![value]).await?)
            })
        })
        .await;
    outcome.expect("a change");
}
