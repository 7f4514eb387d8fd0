//! Orders that wait for their payment: none waits without an end, and none goes on with a part.

use std::time::Duration;

use kontor_testkit::eventually;
use mail_parser::MessageParser;
use order_inspect::{cashier::Tills, http::Scope, outbox::MailServer};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    mail::Server,
    on_both_engines,
    shop::{self, HAMBURG, assert_ledgers_balance, order, pay_out, stock},
    world::{TOTAL, World, entries, entry},
};

const DAY: Duration = Duration::from_secs(86_400);

async fn read(bed: &Bed) -> Value {
    bed.get("/orders/DE-1001").await.expect(200)
}

/// An event about the first payment of the first order.
fn event(id: &str, kind: &str, amount: i64) -> Value {
    json!({ "id": id, "type": kind, "payment_id": "pay_1", "payment_reference": "DE-1001-1", "amount": amount,
        "currency": "EUR", "occurred_at": 1 })
}

/// A lamp that is paid in advance, and a server that takes its mails.
async fn in_advance(bed: &Bed) -> (Bed, Server) {
    shop::open(bed).await;
    shop::product(bed, 1, "RED", 1999, 50, 0).await;
    let method = json!({ "channel": "de", "provider": "manual", "flow": "prepayment", "pay_within_days": 10,
        "names": { "de": "Vorkasse", "en": "Prepayment" } });
    bed.put("/setup/channels/de/payment-methods/prepayment", method).await.expect(201);
    let server = Server::start(&[]);
    let url = format!("smtp://127.0.0.1:{}", server.ports().0);
    let bed =
        bed.server(Tills::default(), Some(MailServer { url, timeout: Duration::from_secs(5) }));
    let mut wanted = order(&[("RED", 1)]);
    wanted["payment_method"] = json!("prepayment");
    shop::place(&bed, "a", wanted).await.expect(201);
    (bed, server)
}

/// The subjects and texts of the mails that were sent.
async fn mails(server: &Server, count: usize) -> Vec<(String, String)> {
    eventually(&format!("{count} mails were sent"), || async {
        server.taken().await.len() == count
    })
    .await;
    let taken = server.taken().await;
    let mails = taken.iter().map(|it| {
        let mail = MessageParser::default().parse(it.raw.as_bytes()).expect("a mail");
        (
            mail.subject().unwrap_or_default().to_owned(),
            mail.body_text(0).unwrap_or_default().into_owned(),
        )
    });
    mails.collect()
}

/// Lets time pass, and the cashier and the post look.
async fn later(bed: &Bed, time: Duration) {
    bed.clock.advance(time);
    bed.app.cashier.wake();
    bed.app.post.wake();
}

async fn timeline(bed: &Bed, kind: &str) -> usize {
    let timeline = bed.get("/orders/DE-1001/timeline").await.expect(200);
    timeline["items"].as_array().expect("events").iter().filter(|it| it["kind"] == kind).count()
}

on_both_engines! {
    async fn an_order_that_is_let_go_on_has_a_deadline_again(bed) {
        let world = World::open(bed).await;
        world.place("redirect").await;
        let held = world.bed.post("/orders/DE-1001/hold", json!({ "kind": "fraud", "reason": "Odd" })).await.expect(200);
        assert_eq!((&held["status"], &held["held_until"]), (&json!("on_hold"), &Value::Null));
        world.bed.clock.advance(Duration::from_secs(7_200));
        let on = world.bed.post("/orders/DE-1001/release", json!({ "text": "Fine" })).await.expect(200);
        assert_eq!(on["status"], "awaiting_payment");
        assert!(on["held_until"].is_string(), "{on}");
        later(&world.bed, DAY).await;
        world.becomes("DE-1001", "status", "cancelled").await;
        assert_eq!(stock(&world.bed, 1, HAMBURG).await, (50, 0));
        assert_ledgers_balance(&world.bed).await;
    }

    async fn an_order_whose_authorisation_was_let_go_has_a_deadline_again(bed) {
        let world = World::open(bed).await;
        world.place("card").await;
        assert_eq!(world.tell(&event("told_v", "voided", TOTAL)).await.expect(200)["outcome"], "booked");
        let waits = read(&world.bed).await;
        assert_eq!((&waits["status"], &waits["payment_status"]), (&json!("awaiting_payment"), &json!("voided")));
        assert!(waits["held_until"].is_string());
        let paid = world.bed.send("POST", "/orders/DE-1001/payments/retry", None, &[]).await.expect(200);
        assert_eq!((&paid["status"], &paid["held_until"]), (&json!("open"), &Value::Null));
    }

    async fn a_part_of_an_authorisation_makes_no_order_go_on(bed) {
        let world = World::open(bed).await;
        world.place("redirect").await;
        assert_eq!(world.tell(&event("told_0", "authorised", 0)).await.expect(200)["outcome"], "known");
        assert_eq!(world.tell(&event("told_1", "authorised", 1)).await.expect(200)["outcome"], "booked");
        let part = read(&world.bed).await;
        assert_eq!((&part["status"], &part["payment_status"]), (&json!("awaiting_payment"), &json!("partially_authorised")));
        assert!(part["held_until"].is_string());
        assert_eq!(world.tell(&event("told_2", "authorised", TOTAL)).await.expect(200)["outcome"], "booked");
        assert_eq!(world.tell(&event("told_3", "authorised", TOTAL)).await.expect(200)["outcome"], "known");
        let paid = read(&world.bed).await;
        assert_eq!((&paid["status"], &paid["payment_status"]), (&json!("open"), &json!("authorised")));
        assert_eq!(entries(&paid), [entry("authorised", 1), entry("authorised", TOTAL - 1)]);
    }

    async fn an_order_that_costs_nothing_any_more_waits_for_no_payment_and_is_shipped(bed) {
        let world = World::open(bed).await;
        world.place("card").await;
        let all = json!({ "reason": "Sorry", "lines": [{ "position": 1, "amount": 1999 }], "shipping_amount": 495 });
        world.bed.post("/orders/DE-1001/refunds", all).await.expect(200);
        let free = world.becomes("DE-1001", "payment_status", "voided").await;
        assert_eq!((&free["status"], &free["held_until"], &free["money"]["owed"]), (&json!("open"), &Value::Null, &json!(0)));
        let again = world.bed.send("POST", "/orders/DE-1001/payments/retry", None, &[]).await;
        assert_eq!(again.problem(409), "not_allowed");
        let sent = world.bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        assert_eq!(sent["fulfilment_status"], "fulfilled");
    }

    async fn an_edited_order_that_loses_what_it_was_placed_with_waits_again(bed) {
        let world = World::open(bed).await;
        shop::product(&world.bed, 2, "BLUE", 3333, 5, 0).await;
        world.place("card").await;
        let dearer = json!([{ "swap": { "position": 1, "quantity": 1, "sku": "BLUE" } }]);
        crate::edits::edit(&world.bed, "DE-1001", dearer).await;
        world.becomes("DE-1001", "payment_status", "authorised").await;
        world.tell(&event("told_v", "voided", TOTAL)).await.expect(200);
        let waits = read(&world.bed).await;
        assert_eq!((&waits["status"], &waits["payment_status"]), (&json!("awaiting_payment"), &json!("partially_authorised")));
        assert!(waits["held_until"].is_string());
    }

    async fn who_pays_a_part_at_once_waits_with_a_deadline_and_gets_it_back(bed) {
        let world = World::open(bed).await;
        world.place("redirect").await;
        world.bed.sql("UPDATE orders SET payment_flow = 'sale'", vec![]).await;
        world.tell(&event("told_c", "captured", 1000)).await.expect(200);
        let part = read(&world.bed).await;
        assert_eq!((&part["status"], &part["payment_status"]), (&json!("awaiting_payment"), &json!("partially_paid")));
        assert!(part["held_until"].is_string());
        later(&world.bed, DAY).await;
        let gone = world.becomes("DE-1001", "status", "cancelled").await;
        let operations = gone["payments"][0]["operations"].as_array().expect("operations");
        assert!(operations.iter().any(|it| it["kind"] == "refund" && it["amount"] == 1000), "{gone}");
        assert_eq!(gone["credits"][0]["reason"], "Die Zahlung ist nicht rechtzeitig gekommen.");
    }

    async fn what_a_part_lacks_is_authorised_by_another_payment(bed) {
        let world = World::open(bed).await;
        world.place("redirect").await;
        world.tell(&event("told_1", "authorised", 1000)).await.expect(200);
        let again = world.bed.send("POST", "/orders/DE-1001/payments/retry", None, &[]).await.expect(200);
        assert_eq!(again["payments"][1]["amount"], TOTAL - 1000);
        let id = world.ledger().await[1].id.clone();
        world.control(&format!("/payments/{id}/complete"), &json!({})).await;
        let paid = world.becomes("DE-1001", "status", "open").await;
        assert_eq!((&paid["payment_status"], &paid["money"]["authorised"]), (&json!("authorised"), &json!(TOTAL)));
    }

    async fn amounts_that_have_nothing_to_do_with_the_order_are_refused(bed) {
        let world = World::open(bed).await;
        world.place("card").await;
        let kinds = ["captured", "authorised", "refunded", "voided", "chargeback"];
        for (at, kind) in kinds.into_iter().enumerate() {
            let told = world.tell(&event(&format!("told_{at}"), kind, i64::MAX)).await;
            assert_eq!(told.problem(422), "implausible_amount", "{kind}");
        }
        // Nor many that are plausible one by one.
        for at in 0..3 {
            let told = world.tell(&event(&format!("told_c{at}"), "captured", 40 * TOTAL)).await;
            assert_eq!(told.status.as_u16(), if at < 2 { 200 } else { 422 });
        }
        assert_eq!(world.tell(&event("told_n", "captured", -1)).await.status, 422);
        assert_eq!(read(&world.bed).await["money"]["captured"], 80 * TOTAL);
    }

    async fn texts_that_no_database_takes_are_refused(bed) {
        let world = World::open(bed).await;
        world.place("card").await;
        assert_eq!(world.tell(&event("told_\u{0}", "captured", 1)).await.status, 422);
        assert_eq!(world.tell(&event(&"e".repeat(5_000), "captured", 1)).await.status, 422);
        let mut named = event("told_1", "captured", 1);
        named["reference"] = json!("capture-\u{0}");
        assert_eq!(world.tell(&named).await.status, 422);
    }

    async fn no_customer_is_sent_to_a_script(bed) {
        let world = World::open(bed).await;
        let placed = world.place("hostile").await;
        assert_eq!(placed["payment_status"], "pending");
        assert_eq!(placed["payments"][0]["redirect_url"], Value::Null);
        assert!(world.ledger().await[0].redirect_url.as_deref().is_some_and(|url| url.starts_with("javascript:")));
    }

    async fn a_shop_shows_whose_order_it_is_before_it_tries_a_payment_again(bed) {
        let world = World::open(bed).await;
        world.place("declined").await;
        let shop = format!("Bearer {}", world.bed.key_with(&[Scope::Shop]).await);
        let path = "/orders/DE-1001/payments/retry";
        let send = |body: Option<Value>| world.bed.send("POST", path, body, &[]);
        let as_shop = async |body: Option<Value>| {
            world.bed.send("POST", path, body, &[("authorization", shop.as_str())]).await
        };
        assert_eq!(as_shop(None).await.problem(404), "not_found");
        assert_eq!(as_shop(Some(json!({ "email": "max@example.org" }))).await.problem(404), "not_found");
        assert_eq!(read(&world.bed).await["payments"].as_array().map(Vec::len), Some(1), "nothing was begun");
        let own = as_shop(Some(json!({ "email": " Erika@Example.org" }))).await.expect(200);
        assert_eq!((&own["number"], own["payments"].as_array().map(Vec::len)), (&json!("DE-1001"), Some(2)));
        assert_eq!(send(None).await.expect(200)["payments"].as_array().map(Vec::len), Some(3));
    }

    async fn who_pays_in_advance_is_reminded_once_and_then_given_up(bed) {
        let (bed, server) = in_advance(&bed).await;
        let placed = read(&bed).await;
        assert_eq!((&placed["status"], &placed["held_until"]), (&json!("open"), &json!("2026-06-26T10:00:00Z")));
        let confirmation = mails(&server, 1).await.remove(0);
        assert!(confirmation.1.contains("bis zum 25.06.2026"), "{}", confirmation.1);
        later(&bed, 7 * DAY).await;
        later(&bed, DAY + Duration::from_secs(60)).await;
        let (subject, text) = mails(&server, 2).await.remove(1);
        assert_eq!(subject, "Ihre Bestellung DE-1001: Wir warten noch auf Ihre Überweisung");
        assert!(text.contains("bis zum 25.06.2026") && text.contains("24,94\u{a0}€"), "{text}");
        later(&bed, DAY).await;
        later(&bed, 2 * DAY).await;
        let (subject, text) = mails(&server, 3).await.remove(2);
        assert_eq!(subject, "Ihre Bestellung DE-1001 wurde storniert");
        assert!(text.contains("nicht rechtzeitig") && !text.contains("zurück."), "{text}");
        assert_eq!(timeline(&bed, "payment_reminded").await, 1);
        let gone = read(&bed).await;
        assert_eq!((&gone["status"], &gone["held_until"]), (&json!("cancelled"), &Value::Null));
        assert_eq!(stock(&bed, 1, HAMBURG).await, (50, 0));
        assert_ledgers_balance(&bed).await;
    }

    async fn who_has_paid_in_advance_is_left_alone(bed) {
        let (bed, server) = in_advance(&bed).await;
        mails(&server, 1).await;
        let part = bed.post("/orders/DE-1001/payments", json!({ "amount": 994, "reference": "SEPA 1" })).await.expect(200);
        assert!(part["held_until"].is_string(), "a part is not enough");
        let paid = bed.post("/orders/DE-1001/payments", json!({ "amount": 1500, "reference": "SEPA 2" })).await.expect(200);
        assert_eq!((&paid["payment_status"], &paid["held_until"]), (&json!("paid"), &Value::Null));
        later(&bed, 30 * DAY).await;
        bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        assert_eq!(timeline(&bed, "payment_reminded").await, 0);
    }

    async fn who_has_paid_in_advance_is_not_given_up_for_the_difference_of_an_edit(bed) {
        let (bed, server) = in_advance(&bed).await;
        mails(&server, 1).await;
        shop::product(&bed, 2, "BLUE", 99, 5, 0).await;
        bed.post("/orders/DE-1001/payments", json!({ "amount": TOTAL, "reference": "SEPA 1" })).await.expect(200);
        let dearer = json!([{ "add": { "sku": "BLUE", "quantity": 1 } }]);
        let edited = crate::edits::edit(&bed, "DE-1001", dearer).await;
        assert_eq!((&edited["status"], &edited["held_until"]), (&json!("open"), &Value::Null));
        assert_eq!(edited["money"]["remainder"], 99);
        later(&bed, 30 * DAY).await;
        let next = json!({ "amount": 99, "reference": "SEPA 2" });
        assert_eq!(bed.post("/orders/DE-1001/payments", next).await.expect(200)["payment_status"], "paid");
    }

    async fn an_invoice_of_an_order_that_is_given_up_has_its_credit_note(bed) {
        let (bed, server) = in_advance(&bed).await;
        mails(&server, 1).await;
        bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(201);
        later(&bed, 12 * DAY).await;
        eventually("it was given up", || async { read(&bed).await["status"] == "cancelled" }).await;
        let documents = read(&bed).await["documents"].clone();
        let kinds: Vec<&Value> = documents.as_array().expect("documents").iter().map(|it| &it["kind"]).collect();
        assert_eq!(kinds, ["invoice", "credit_note"]);
    }

    async fn a_transfer_that_comes_late_is_booked_and_goes_back(bed) {
        let (bed, server) = in_advance(&bed).await;
        mails(&server, 1).await;
        later(&bed, 12 * DAY).await;
        mails(&server, 2).await;
        let late = bed.post("/orders/DE-1001/payments", json!({ "amount": TOTAL, "reference": "SEPA 1" })).await.expect(200);
        assert_eq!((&late["status"], &late["money"]["refunding"]), (&json!("cancelled"), &json!(TOTAL)));
        assert_eq!(pay_out(&bed).await, TOTAL);
        let gone = read(&bed).await;
        assert_eq!((&gone["payment_status"], &gone["attention"]), (&json!("refunded"), &Value::Null));
    }

    async fn a_transfer_that_comes_twice_is_booked_and_given_back_on_demand(bed) {
        let (bed, server) = in_advance(&bed).await;
        mails(&server, 1).await;
        for reference in ["SEPA 1", "SEPA 2"] {
            bed.post("/orders/DE-1001/payments", json!({ "amount": TOTAL, "reference": reference })).await.expect(200);
        }
        assert_eq!((&read(&bed).await["payment_status"], &read(&bed).await["money"]["overpaid"]), (&json!("overpaid"), &json!(TOTAL)));
        bed.post("/orders/DE-1001/refunds/overpayment", json!({})).await.expect(200);
        assert_eq!(pay_out(&bed).await, TOTAL);
    }

    async fn an_order_that_cannot_be_given_up_holds_nothing_up(bed) {
        let world = World::open(bed).await;
        world.place("redirect").await;
        world.place("redirect").await;
        let broken = "UPDATE orders SET quote = 'broken' WHERE number = 'DE-1001'";
        world.bed.sql(broken, vec![]).await;
        world.bed.sql("UPDATE orders SET held_until = 1", vec![]).await;
        world.bed.app.cashier.wake();
        world.becomes("DE-1002", "status", "cancelled").await;
        assert_eq!(world.place("card").await["payment_status"], "authorised");
        let sql = "SELECT COUNT(*) AS n FROM orders WHERE number = 'DE-1001' AND status = 'awaiting_payment'";
        assert_eq!(world.bed.numbers(sql).await, [1]);
    }

    async fn who_waits_anew_is_reminded_anew(bed) {
        let (bed, server) = in_advance(&bed).await;
        mails(&server, 1).await;
        later(&bed, 9 * DAY).await;
        mails(&server, 2).await;
        bed.post("/orders/DE-1001/hold", json!({ "kind": "customer", "reason": "Asked for time" })).await.expect(200);
        bed.post("/orders/DE-1001/release", json!({ "text": "Fine" })).await.expect(200);
        later(&bed, 9 * DAY).await;
        let (subject, _) = mails(&server, 3).await.remove(2);
        assert_eq!(subject, "Ihre Bestellung DE-1001: Wir warten noch auf Ihre Überweisung");
    }

    async fn a_replacement_that_costs_the_difference_is_paid_in_advance_too(bed) {
        let (bed, _server) = in_advance(&bed).await;
        shop::product(&bed, 2, "BLUE", 3333, 5, 0).await;
        bed.post("/orders/DE-1001/payments", json!({ "amount": TOTAL, "reference": "SEPA 1" })).await.expect(200);
        bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        let exchange = json!({ "kind": "exchange",
            "lines": [{ "position": 1, "quantity": 1, "reason": "Too small", "exchange_sku": "BLUE" }],
            "replacement": { "charge_difference": true } });
        bed.post("/orders/DE-1001/returns", exchange).await.expect(200);
        let new = bed.get("/orders/DE-1002").await.expect(200);
        assert_eq!((&new["total"], &new["held_until"]), (&json!(3333 - 1999), &json!("2026-06-26T10:00:00Z")));
    }

    async fn what_came_of_a_transfer_goes_back_when_the_order_is_given_up(bed) {
        let (bed, server) = in_advance(&bed).await;
        mails(&server, 1).await;
        bed.post("/orders/DE-1001/payments", json!({ "amount": 994, "reference": "SEPA 1" })).await.expect(200);
        later(&bed, 12 * DAY).await;
        let text = mails(&server, 2).await.remove(1).1;
        assert!(text.contains("Die 9,94\u{a0}€, die schon da waren, überweisen wir Ihnen zurück."), "{text}");
        assert_eq!(pay_out(&bed).await, 994);
        let (subject, text) = mails(&server, 3).await.remove(2);
        assert_eq!(subject, "Wir haben Ihnen 9,94\u{a0}€ überwiesen");
        assert!(text.contains("auf das Konto, von dem Ihre Zahlung kam"), "{text}");
        assert_eq!(read(&bed).await["money"]["remainder"], 0);
    }
}
