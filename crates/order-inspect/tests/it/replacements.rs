//! Orders that replace what comes back.

use kontor_testkit::eventually;
use mail_parser::MessageParser;
use order_inspect::{cashier::Tills, outbox::MailServer};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    mail::Server,
    on_both_engines,
    shop::{self, HAMBURG, assert_ledgers_balance, order, place, stock, transferred},
    world::World,
};

/// Three lamps at 10 % off, shipped.
async fn shipped(bed: &Bed) -> Value {
    shop::open(bed).await;
    shop::product(bed, 1, "SMALL", 1999, 9, 0).await;
    shop::product(bed, 2, "LARGE", 2500, 2, 0).await;
    let rule = json!({ "key": "autumn", "name": "Herbst",
        "benefit": { "percent": { "percent": "10", "on": "lines" } } });
    bed.put("/setup/promotions/autumn", json!({ "rule": rule })).await.expect(201);
    place(bed, "a", order(&[("SMALL", 3)])).await.expect(201);
    act(bed, "shipments", json!({})).await
}

async fn act(bed: &Bed, path: &str, body: Value) -> Value {
    bed.post(&format!("/orders/DE-1001/{path}"), body).await.expect(200)
}

fn back(kind: &str, quantity: i64) -> Value {
    json!({ "kind": kind, "lines": [{ "position": 1, "quantity": quantity, "reason": "Too small", "exchange_sku": "LARGE" }] })
}

fn may_replace(order: &Value) -> bool {
    let actions = order["allowed_actions"].as_array().expect("actions");
    actions.iter().find(|it| it["action"] == "replace").expect("the action")["allowed"] == true
}

async fn get(bed: &Bed, number: &str) -> Value {
    bed.get(&format!("/orders/{number}")).await.expect(200)
}

on_both_engines! {
    async fn a_size_is_swapped_with_one_request_and_nothing_is_paid_twice(bed) {
        let before = shipped(&bed).await;
        let mut exchange = back("exchange", 2);
        exchange["replacement"] = json!({ "expected_total": 0 });
        let announced = act(&bed, "returns", exchange).await;
        let returned = &announced["returns"][0];
        assert_eq!((&returned["replacement"], &returned["lines"][0]["replaced"]), (&json!("DE-1002"), &json!(2)));
        assert_eq!(announced["money"], before["money"], "what the units were worth stays charged");
        assert!(!may_replace(&announced));

        let new = get(&bed, "DE-1002").await;
        assert_eq!(new["replaces"], json!({ "order": "DE-1001", "return_number": "DE-RT1001" }));
        assert_eq!((&new["total"], &new["tax"], &new["shipping"]["total"]), (&json!(0), &json!(0), &json!(0)));
        assert_eq!((&new["lines"][0]["sku"], &new["lines"][0]["quantity"]), (&json!("LARGE"), &json!(2)));
        assert_eq!((&new["payment_status"], &new["discount"]), (&json!("not_required"), &json!(0)));
        assert_eq!(new["customer"]["email"], announced["customer"]["email"]);
        assert_eq!(stock(&bed, 2, HAMBURG).await, (2, 2));
        let placed = &bed.get("/orders/DE-1002/timeline").await.expect(200)["items"][0];
        assert_eq!((&placed["kind"], &placed["facts"]["replaces"]), (&json!("placed"), &json!("DE-1001")));

        // It may leave before the goods are back, with a delivery note and no invoice.
        let sent = bed.post("/orders/DE-1002/shipments", json!({})).await.expect(200);
        let kinds: Vec<&Value> = sent["documents"].as_array().expect("documents").iter().map(|it| &it["kind"]).collect();
        assert_eq!(kinds, ["delivery_note"]);
        let invoice = bed.post("/orders/DE-1002/documents", json!({ "kind": "invoice" })).await;
        assert_eq!(invoice.problem(409), "nothing_to_issue");
        let number = sent["shipments"][0]["number"].as_str().expect("a number");
        let closed = bed.post(&format!("/orders/DE-1002/shipments/{number}/delivery"), json!({})).await.expect(200);
        assert_eq!(closed["status"], "completed");

        let receipt = json!({ "lines": [{ "position": 1, "restock": 2 }], "refund": true });
        let received = act(&bed, "returns/DE-RT1001/receipt", receipt).await;
        assert_eq!(received["credits"], json!([]), "what is replaced is not paid back as well");
        assert_eq!(stock(&bed, 1, HAMBURG).await, (8, 0));
        act(&bed, "payments", json!({ "amount": received["money"]["remainder"], "reference": "SEPA" })).await;
        let both = json!({ "reason": "Anyway", "lines": [{ "position": 1, "units": 2 }] });
        let refused = bed.post("/orders/DE-1001/refunds", both).await;
        assert_eq!(refused.problem(409), "replaced");
        let third = json!({ "reason": "The third", "lines": [{ "position": 1, "units": 1 }] });
        act(&bed, "refunds", third).await;
        let paid_back = transferred(&bed, "DE-1001").await;
        assert_eq!(paid_back["money"]["refunded"], before["lines"][0]["unit_total"]);
        assert_ledgers_balance(&bed).await;
    }

    async fn an_exchange_may_ask_for_the_difference_and_a_claim_may_not(bed) {
        let before = shipped(&bed).await;
        let worth = before["lines"][0]["unit_total"].as_i64().expect("a share");
        assert_eq!(worth, 1799, "1999 less 10 %, the first of three shares");
        let mut exchange = back("exchange", 2);
        exchange["replacement"] = json!({ "charge_difference": true, "expected_total": 1 });
        let seen = bed.post("/orders/DE-1001/returns", exchange.clone()).await.expect(409);
        assert_eq!((&seen["code"], &seen["facts"]["total"]), (&json!("price_changed"), &json!(2 * (2500 - worth))));
        exchange["replacement"]["expected_total"] = seen["facts"]["total"].clone();
        act(&bed, "returns", exchange).await;
        let new = get(&bed, "DE-1002").await;
        assert_eq!((&new["total"], &new["payment_status"]), (&json!(2 * (2500 - worth)), &json!("unpaid")));
        let sent = bed.post("/orders/DE-1002/shipments", json!({})).await.expect(200);
        let kinds: Vec<&Value> = sent["documents"].as_array().expect("documents").iter().map(|it| &it["kind"]).collect();
        assert_eq!(kinds, ["delivery_note", "invoice"]);
        let invoice = bed.send("GET", "/orders/DE-1002/documents/DE-R1002", None, &[("accept", "application/json")]).await.expect(200);
        crate::issued::assert_adds_up(&invoice);

        // What is cheaper asks for nothing and gives nothing back by itself.
        let mut cheaper = back("exchange", 1);
        cheaper["lines"][0]["exchange_sku"] = json!("SMALL");
        bed.sql("UPDATE price SET amount = 100 WHERE variant_id = 1", vec![]).await;
        cheaper["replacement"] = json!({ "charge_difference": true });
        act(&bed, "returns", cheaper).await;
        assert_eq!(get(&bed, "DE-1003").await["total"], 0);

        let mut claim = back("claim", 1);
        claim["replacement"] = json!({ "charge_difference": true });
        let refused = bed.post("/orders/DE-1002/returns", claim).await.expect(422);
        let pointers: Vec<&Value> = refused["errors"].as_array().expect("errors").iter().map(|it| &it["pointer"]).collect();
        assert_eq!(pointers, ["/replacement/charge_difference"; 2], "neither in a claim nor for what replaces something");
    }

    async fn a_claim_is_replaced_later_and_in_part_and_the_rest_is_paid_back(bed) {
        shipped(&bed).await;
        let announced = act(&bed, "returns", back("claim", 3)).await;
        assert!(may_replace(&announced));
        act(&bed, "returns/DE-RT1001/receipt", json!({ "lines": [{ "position": 1, "write_off": 3 }] })).await;
        let path = "/orders/DE-1001/returns/DE-RT1001/replacement";
        let two = json!({ "lines": [{ "position": 1, "sku": "SMALL", "quantity": 2 }] });
        let once = [("idempotency-key", "replace")];
        let replaced = bed.send("POST", path, Some(two.clone()), &once).await.expect(200);
        assert_eq!(bed.send("POST", path, Some(two.clone()), &once).await.expect(200), replaced);
        assert_eq!(bed.post(path, two).await.problem(409), "not_allowed");
        assert_eq!(replaced["returns"][0]["lines"][0]["replaced"], 2);
        let event = &bed.get("/orders/DE-1001/timeline").await.expect(200)["items"][0];
        assert_eq!((&event["kind"], &event["facts"]["replacement"]), (&json!("return_replaced"), &json!("DE-1002")));
        act(&bed, "payments", json!({ "amount": replaced["money"]["remainder"], "reference": "SEPA" })).await;
        let third = json!({ "reason": "Broken", "lines": [{ "position": 1, "units": 1 }] });
        act(&bed, "refunds", third.clone()).await;
        assert_eq!(bed.post("/orders/DE-1001/refunds", third.clone()).await.problem(409), "replaced");
        // Once the replacement is cancelled, the units can be replaced again or paid back.
        bed.post("/orders/DE-1002/cancellation", json!({ "reason": "No more of them" })).await.expect(200);
        assert!(may_replace(&get(&bed, "DE-1001").await));
        act(&bed, "refunds", third.clone()).await;
        let three = bed.post(path, json!({})).await;
        assert_eq!(three.problem(409), "credited_already");
        let again = json!({ "lines": [{ "position": 1, "quantity": 1, "sku": "SMALL" }] });
        let replaced = bed.post(path, again).await.expect(200);
        assert_eq!(replaced["returns"][0]["replacement"], "DE-1003");
        assert_ledgers_balance(&bed).await;
    }

    async fn what_comes_back_is_paid_while_another_unit_waits_for_its_exchange(bed) {
        let before = shipped(&bed).await;
        act(&bed, "payments", json!({ "amount": before["total"], "reference": "SEPA" })).await;
        let mut exchange = back("exchange", 1);
        exchange["replacement"] = json!({});
        act(&bed, "returns", exchange).await;
        let mut other = back("return", 1);
        other["lines"][0]["exchange_sku"] = Value::Null;
        act(&bed, "returns", other).await;
        let receipt = json!({ "lines": [{ "position": 1, "restock": 1 }], "refund": true });
        let received = act(&bed, "returns/DE-RT1002/receipt", receipt.clone()).await;
        assert_eq!(received["money"]["refunding"], before["lines"][0]["unit_total"]);
        let exchanged = act(&bed, "returns/DE-RT1001/receipt", receipt).await;
        assert_eq!(exchanged["money"], received["money"], "what is replaced is not paid back as well");
    }

    async fn a_replacement_that_cannot_be_says_why_and_leaves_nothing_behind(bed) {
        shipped(&bed).await;
        let before = get(&bed, "DE-1001").await;
        let refused = async |kind: &str, replacement: Value| {
            let mut wanted = back(kind, 3);
            wanted["replacement"] = replacement;
            bed.post("/orders/DE-1001/returns", wanted).await
        };
        let mut bare = back("return", 1);
        bare["lines"][0]["exchange_sku"] = Value::Null;
        bare["replacement"] = json!({});
        let money = bed.post("/orders/DE-1001/returns", bare).await.expect(422);
        assert_eq!(money["errors"][0]["pointer"], "/replacement");
        assert_eq!(refused("exchange", json!({})).await.problem(409), "out_of_stock");
        let unknown = refused("exchange", json!({ "lines": [{ "position": 1, "sku": "GREEN" }] })).await.expect(422);
        assert_eq!(unknown["errors"][0]["pointer"], "/replacement/lines/0/sku");
        let many = refused("claim", json!({ "lines": [{ "position": 1, "quantity": 4 }, { "position": 2 }] })).await.expect(422);
        assert_eq!((&many["errors"][0]["pointer"], &many["errors"][1]["pointer"]),
            (&json!("/replacement/lines/0/quantity"), &json!("/replacement/lines/1/position")));
        assert_eq!(get(&bed, "DE-1001").await, before);
        assert_eq!(bed.get("/orders/DE-1002").await.problem(404), "not_found");

        let mut exchange = back("exchange", 1);
        exchange["replacement"] = json!({});
        act(&bed, "returns", exchange).await;
        let off = json!({ "reason": "The customer keeps it." });
        let called_off = bed.post("/orders/DE-1001/returns/DE-RT1001/cancellation", off.clone()).await.expect(409);
        assert_eq!((&called_off["code"], &called_off["detail"]), (&json!("replaced"), &json!("DE-1002 replaces it: cancel that order first.")));
        bed.post("/orders/DE-1002/cancellation", off.clone()).await.expect(200);
        act(&bed, "returns/DE-RT1001/cancellation", off).await;
        let late = bed.post("/orders/DE-1001/returns/DE-RT1001/replacement", json!({})).await;
        assert_eq!(late.problem(409), "not_allowed");
        assert_eq!(bed.post("/orders/DE-1001/returns/DE-RT9/replacement", json!({})).await.problem(409), "not_allowed");
        assert_eq!(stock(&bed, 2, HAMBURG).await, (2, 0));
        assert_ledgers_balance(&bed).await;
    }

    async fn what_is_paid_over_a_provider_asks_for_the_difference_there(bed) {
        let world = World::open(bed).await;
        let bed = &world.bed;
        shop::product(bed, 2, "LARGE", 2500, 2, 0).await;
        world.place("card").await;
        act(bed, "shipments", json!({})).await;
        world.becomes("DE-1001", "payment_status", "paid").await;
        for (number, difference, status) in [("DE-1002", false, "not_required"), ("DE-1003", true, "authorised")] {
            let mut exchange = back("exchange", 1);
            exchange["replacement"] = json!({ "charge_difference": difference });
            act(bed, "returns", exchange).await;
            world.becomes(number, "payment_status", status).await;
            if !difference {
                bed.post("/orders/DE-1002/cancellation", json!({ "reason": "Rather with the difference" })).await.expect(200);
                act(bed, "returns/DE-RT1001/cancellation", json!({ "reason": "Again" })).await;
            }
        }
        bed.post("/orders/DE-1003/shipments", json!({})).await.expect(200);
        let paid = world.becomes("DE-1003", "payment_status", "paid").await;
        assert_eq!(paid["money"]["captured"], 2500 - 1999);
        let old = get(bed, "DE-1001").await;
        assert_eq!((&old["money"]["refunded"], &old["money"]["remainder"]), (&json!(0), &json!(0)));
    }

    async fn the_customer_is_told_of_the_replacement(bed) {
        let server = Server::start(&[]);
        let url = format!("smtp://127.0.0.1:{}", server.ports().0);
        let mail = MailServer { url, timeout: std::time::Duration::from_secs(5) };
        let bed = bed.server(Tills::default(), Some(mail));
        shipped(&bed).await;
        eventually("it was confirmed and announced", || async { server.taken().await.len() == 2 }).await;
        let mut claim = back("claim", 1);
        claim["replacement"] = json!({});
        act(&bed, "returns", claim).await;
        eventually("claim and replacement were told", || async { server.taken().await.len() == 4 }).await;
        let taken = server.taken().await;
        let mut mails = taken.iter().map(|it| MessageParser::default().parse(it.raw.as_bytes()).expect("a mail"));
        let told = mails.find(|it| it.subject() == Some("Ersatz zu Ihrer Bestellung DE-1001"));
        let mail = told.expect("the mail of the replacement");
        let text = mail.body_text(0).expect("a text").replace('\u{a0}', " ");
        assert!(text.contains("DE-RT1001") && text.contains("1 × Lampe LARGE"), "{text}");
        assert!(text.contains("Gesamtbetrag: 0,00 €") && text.contains("Sie müssen nichts bezahlen."), "{text}");
        bed.post("/orders/DE-1002/cancellation", json!({ "reason": "Wir haben keine mehr." })).await.expect(200);
        eventually("its end was told", || async { server.taken().await.len() == 5 }).await;
        let taken = server.taken().await;
        let mail = MessageParser::default().parse(taken[4].raw.as_bytes()).expect("a mail");
        assert_eq!(mail.subject(), Some("Ihre Bestellung DE-1002 ist storniert"));
        let text = mail.body_text(0).expect("a text");
        assert!(text.contains("1 × Lampe LARGE") && text.contains("Wir haben keine mehr."), "{text}");
    }
}
