//! Money that goes back, or should: no cent is paid twice, and none that is owed is lost.

use kontor_testkit::eventually;
use order_inspect::http::Scope;
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    on_both_engines,
    shop::{self, assert_ledgers_balance, order, pay_out, place},
    world::{TOTAL, World, by_card, entries, entry},
};

async fn act(bed: &Bed, path: &str, body: Value) -> Value {
    bed.post(&format!("/orders/DE-1001/{path}"), body).await.expect(200)
}

async fn refused(bed: &Bed, path: &str, body: Value) -> String {
    bed.post(&format!("/orders/DE-1001/{path}"), body).await.problem(409)
}

async fn read(bed: &Bed) -> Value {
    bed.get("/orders/DE-1001").await.expect(200)
}

fn may(order: &Value, action: &str) -> bool {
    let actions = order["allowed_actions"].as_array().expect("actions");
    actions.iter().find(|it| it["action"] == action).expect("the action")["allowed"] == true
}

/// The order's money: credited, refunded, on its way back, due, overpaid.
fn back(order: &Value) -> [i64; 5] {
    ["credited", "refunded", "refunding", "due_back", "overpaid"]
        .map(|field| order["money"][field].as_i64().expect("an amount"))
}

/// The states of what was asked of the provider of this kind.
fn states(order: &Value, kind: &str) -> Vec<String> {
    let operations = order["payments"][0]["operations"].as_array().expect("operations");
    let own = operations.iter().filter(|it| it["kind"] == kind);
    own.map(|it| it["state"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Reads the order until money of a kind is in this state for the last time.
async fn ends(bed: &Bed, kind: &str, state: &str) -> Value {
    eventually(&format!("the last {kind} is {state}"), || async {
        states(&read(bed).await, kind).last().is_some_and(|it| it == state)
    })
    .await;
    read(bed).await
}

/// Three lamps at 33.70 on invoice, paid.
async fn three_paid(bed: &Bed) {
    shop::open(bed).await;
    shop::product(bed, 1, "RED", 3370, 50, 0).await;
    place(bed, "a", order(&[("RED", 3)])).await.expect(201);
    act(bed, "payments", json!({ "amount": 10_110, "reference": "SEPA 1" })).await;
}

/// Lamps by card that have left and arrived.
async fn shipped(world: &World, method: &str, quantity: i64) -> Value {
    let mut wanted = by_card();
    wanted["payment_method"] = json!(method);
    wanted["lines"][0]["quantity"] = json!(quantity);
    place(&world.bed, "a", wanted).await.expect(201);
    if method == "sale" {
        world.becomes("DE-1001", "payment_status", "paid").await;
    }
    act(&world.bed, "shipments", json!({})).await;
    act(&world.bed, "shipments/DE-L1001/delivery", json!({})).await;
    world.becomes("DE-1001", "payment_status", "paid").await
}

fn units(units: i64) -> Value {
    json!({ "reason": "Scratched", "lines": [{ "position": 1, "units": units }] })
}

fn returned(quantity: i64) -> Value {
    json!({ "kind": "return", "lines": [{ "position": 1, "quantity": quantity, "reason": "Too small" }] })
}

on_both_engines! {
    async fn a_unit_that_was_refunded_is_not_paid_again_when_it_comes_back(bed) {
        three_paid(&bed).await;
        act(&bed, "shipments", json!({ "lines": [{ "position": 1, "quantity": 1 }] })).await;
        act(&bed, "refunds", units(1)).await;
        act(&bed, "returns", returned(1)).await;
        let receipt = json!({ "lines": [{ "position": 1, "restock": 1 }], "refund": true });
        let received = act(&bed, "returns/DE-RT1001/receipt", receipt).await;
        assert_eq!(back(&received), [3370, 0, 3370, 0, 0]);
        let gone = act(&bed, "cancellation", json!({ "reason": "The other two as well" })).await;
        assert_eq!(back(&gone), [10_110, 0, 10_110, 0, 0]);
        assert_eq!(pay_out(&bed).await, 10_110);
        assert_eq!(read(&bed).await["money"]["remainder"], 0);
        assert_ledgers_balance(&bed).await;
    }

    async fn units_that_come_back_are_paid_as_far_as_they_were_not_credited(bed) {
        three_paid(&bed).await;
        act(&bed, "cancellation", json!({ "reason": "One less", "lines": [{ "position": 1, "quantity": 1 }] })).await;
        act(&bed, "shipments", json!({})).await;
        act(&bed, "refunds", units(1)).await;
        act(&bed, "returns", returned(2)).await;
        let receipt = json!({ "lines": [{ "position": 1, "restock": 1, "write_off": 1 }], "refund": true });
        let received = act(&bed, "returns/DE-RT1001/receipt", receipt).await;
        assert_eq!(back(&received), [10_110, 0, 10_110, 0, 0]);
    }

    async fn a_refund_that_was_declined_is_owed_until_it_is_paid(bed) {
        let world = World::open(bed).await;
        shipped(&world, "card", 2).await;
        world.control("/faults", &json!({ "refusal": 2 })).await;
        act(&world.bed, "refunds", units(1)).await;
        let owed = ends(&world.bed, "refund", "declined").await;
        assert_eq!(back(&owed), [1999, 0, 0, 1999, 0]);
        assert_eq!((&owed["attention"], &owed["status"]), (&json!("payment"), &json!("open")));
        assert!(may(&owed, "retry_refund") && may(&owed, "refund"));
        assert_eq!(world.bed.numbers("SELECT COUNT(*) AS n FROM orders WHERE attention = 'payment'").await, [1]);
        let transfer = json!({ "way": "transfer", "iban": "DE89 3704 0044 0532 0130 00" });
        act(&world.bed, "refunds/retry", json!({})).await;
        eventually("it was declined again", || async {
            states(&read(&world.bed).await, "refund") == ["declined", "declined"]
        }).await;
        let wrong = json!({ "way": "transfer", "iban": "DE00 3704 0044 0532 0130 00" });
        let refusal = world.bed.post("/orders/DE-1001/refunds/retry", wrong).await.expect(422);
        assert_eq!(refusal["errors"][0]["pointer"], "/iban");
        let begun = act(&world.bed, "refunds/retry", transfer).await;
        assert_eq!(back(&begun), [1999, 0, 1999, 0, 0]);
        assert_eq!((&begun["attention"], may(&begun, "retry_refund")), (&Value::Null, false));
        let payout = world.bed.get("/payouts").await.expect(200)["items"][0].clone();
        assert_eq!((&payout["order"], &payout["amount"]), (&json!("DE-1001"), &json!(1999)));
        assert_eq!((&payout["name"], &payout["iban"]), (&json!("Erika Mustermann"), &json!("DE89370400440532013000")));
        assert_eq!(pay_out(&world.bed).await, 1999);
        let paid = read(&world.bed).await;
        assert_eq!((back(&paid), &paid["status"]), ([1999, 1999, 0, 0, 0], &json!("completed")));
        assert_eq!(world.ledger().await[0].refunded, 0, "the provider had nothing to do with it");
    }

    async fn what_could_not_be_given_back_goes_the_same_way_when_it_is_open_again(bed) {
        let world = World::open(bed).await;
        shipped(&world, "card", 2).await;
        let transfer = json!({ "way": "transfer" });
        assert_eq!(refused(&world.bed, "refunds/retry", json!({})).await, "not_allowed");
        world.control("/faults", &json!({ "refusal": 1 })).await;
        act(&world.bed, "refunds", units(1)).await;
        ends(&world.bed, "refund", "declined").await;
        // A credit pays out itself, and not what is still owed.
        let goodwill = json!({ "reason": "Sorry", "lines": [{ "position": 1, "amount": 301 }] });
        act(&world.bed, "refunds", goodwill).await;
        let owed = ends(&world.bed, "refund", "succeeded").await;
        assert_eq!(back(&owed), [2300, 301, 0, 1999, 0]);
        act(&world.bed, "refunds/retry", json!({})).await;
        eventually("it was given back", || async { world.ledger().await[0].refunded == 2300 }).await;
        let paid = world.becomes("DE-1001", "status", "completed").await;
        assert_eq!(back(&paid), [2300, 2300, 0, 0, 0]);
        assert_eq!(refused(&world.bed, "refunds/retry", transfer).await, "not_allowed");
    }

    async fn a_cancelled_order_whose_refund_was_declined_is_paid_back_later(bed) {
        let world = World::open(bed).await;
        world.place("sale").await;
        world.becomes("DE-1001", "payment_status", "paid").await;
        world.control("/faults", &json!({ "refusal": 1 })).await;
        act(&world.bed, "cancellation", json!({ "reason": "Changed my mind" })).await;
        let owed = ends(&world.bed, "refund", "declined").await;
        assert_eq!((&owed["status"], back(&owed)), (&json!("cancelled"), [TOTAL, 0, 0, TOTAL, 0]));
        assert_eq!(owed["attention"], "payment");
        act(&world.bed, "refunds/retry", json!({})).await;
        let paid = world.becomes("DE-1001", "payment_status", "refunded").await;
        assert_eq!((back(&paid), &paid["attention"]), ([TOTAL, TOTAL, 0, 0, 0], &Value::Null));
    }

    async fn a_capture_that_was_declined_is_taken_again(bed) {
        let world = World::open(bed).await;
        let mut wanted = by_card();
        wanted["lines"][0]["quantity"] = json!(3);
        place(&world.bed, "a", wanted).await.expect(201);
        act(&world.bed, "cancellation", json!({ "reason": "One less", "lines": [{ "position": 1, "quantity": 1 }] })).await;
        world.control("/faults", &json!({ "refusal": 1 })).await;
        act(&world.bed, "shipments", json!({})).await;
        let left = ends(&world.bed, "capture", "declined").await;
        assert_eq!(states(&left, "void"), ["failed"], "what is still due is not let go");
        assert_eq!((&left["money"]["captured"], &left["attention"]), (&json!(0), &json!("payment")));
        assert!(may(&left, "retry_capture") && !may(&left, "retry_void"));
        act(&world.bed, "payments/capture", json!({})).await;
        eventually("the rest is let go", || async { states(&read(&world.bed).await, "void") == ["failed", "succeeded"] }).await;
        let taken = read(&world.bed).await;
        assert_eq!((&taken["payment_status"], &taken["money"]["remainder"]), (&json!("paid"), &json!(0)));
        assert_eq!((&taken["money"]["authorised"], &taken["attention"]), (&json!(0), &Value::Null));
        assert_eq!(world.ledger().await[0].captured, 2 * 1999 + 495);
        assert_eq!(refused(&world.bed, "payments/capture", json!({})).await, "not_allowed");
    }

    async fn a_void_that_was_declined_is_shown_and_asked_for_again(bed) {
        let world = World::open(bed).await;
        world.place("card").await;
        world.control("/faults", &json!({ "refusal": 1 })).await;
        act(&world.bed, "cancellation", json!({ "reason": "Changed my mind" })).await;
        let stuck = ends(&world.bed, "void", "declined").await;
        assert_eq!((&stuck["money"]["authorised"], &stuck["attention"]), (&json!(TOTAL), &json!("payment")));
        assert!(may(&stuck, "retry_void"));
        act(&world.bed, "payments/void", json!({})).await;
        let gone = world.becomes("DE-1001", "payment_status", "voided").await;
        assert_eq!((&gone["money"]["authorised"], &gone["attention"]), (&json!(0), &Value::Null));
        assert_eq!(entries(&gone), [entry("authorised", TOTAL), entry("voided", TOTAL)]);
    }

    async fn an_invoice_is_credited_before_it_was_paid(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 3370, 50, 0).await;
        place(&bed, "a", order(&[("RED", 3)])).await.expect(201);
        let goodwill = json!({ "reason": "It was late", "lines": [{ "position": 1, "amount": 110 }] });
        let before = act(&bed, "refunds", goodwill).await;
        assert_eq!((back(&before), &before["money"]["owed"]), ([110, 0, 0, 0, 0], &json!(10_000)));
        act(&bed, "shipments", json!({})).await;
        act(&bed, "shipments/DE-L1001/delivery", json!({})).await;
        let mut claim = returned(1);
        claim["kind"] = json!("claim");
        act(&bed, "returns", claim).await;
        act(&bed, "returns/DE-RT1001/receipt", json!({ "lines": [{ "position": 1, "write_off": 1 }] })).await;
        let credited = act(&bed, "refunds", units(1)).await;
        assert_eq!((back(&credited), &credited["money"]["owed"]), ([3480, 0, 0, 0, 0], &json!(6630)));
        let documents = credited["documents"].as_array().expect("documents");
        assert!(documents.iter().any(|it| it["kind"] == "credit_note"));
        assert_eq!(bed.get("/payouts").await.expect(200)["items"], json!([]));
        let paid = act(&bed, "payments", json!({ "amount": 6630, "reference": "SEPA 1" })).await;
        assert_eq!((&paid["status"], &paid["payment_status"]), (&json!("completed"), &json!("paid")));
    }

    async fn whoever_pays_the_whole_bill_after_a_credit_is_owed_the_credit(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 3370, 50, 0).await;
        place(&bed, "a", order(&[("RED", 3)])).await.expect(201);
        act(&bed, "shipments", json!({})).await;
        act(&bed, "refunds", units(1)).await;
        let paid = act(&bed, "payments", json!({ "amount": 10_110, "reference": "SEPA 1" })).await;
        assert_eq!((back(&paid), &paid["attention"]), ([3370, 0, 0, 3370, 0], &json!("payment")));
        act(&bed, "refunds/retry", json!({ "iban": "DE89370400440532013000" })).await;
        assert_eq!(pay_out(&bed).await, 3370);
        assert_eq!(read(&bed).await["money"]["remainder"], 0);
    }

    async fn goodwill_does_not_pay_out_what_was_paid_beyond_the_order(bed) {
        three_paid(&bed).await;
        act(&bed, "payments/correction", json!({ "reference": "SEPA 1", "reason": "A slip" })).await;
        act(&bed, "payments", json!({ "amount": 11_858, "reference": "SEPA 2" })).await;
        act(&bed, "shipments", json!({})).await;
        let goodwill = json!({ "reason": "Sorry", "lines": [{ "position": 1, "amount": 301 }] });
        let given = act(&bed, "refunds", goodwill.clone()).await;
        assert_eq!(back(&given), [301, 0, 301, 0, 1748]);
        assert!(may(&given, "refund_overpayment") && !may(&given, "retry_refund"));
        let asked = act(&bed, "refunds/overpayment", json!({})).await;
        assert_eq!(back(&asked), [301, 0, 2049, 0, 0]);
        let again = act(&bed, "refunds", goodwill).await;
        assert_eq!(back(&again), [602, 0, 2350, 0, 0], "what went back as overpayment was no credit");
        assert_eq!(pay_out(&bed).await, 2350);
        assert_eq!((back(&read(&bed).await), &read(&bed).await["money"]["remainder"]), ([602, 2350, 0, 0, 0], &json!(0)));
    }

    async fn a_transfer_is_listed_until_it_is_made_or_called_off(bed) {
        three_paid(&bed).await;
        act(&bed, "cancellation", json!({ "reason": "One less", "lines": [{ "position": 1, "quantity": 1 }] })).await;
        act(&bed, "cancellation", json!({ "reason": "One less", "lines": [{ "position": 1, "quantity": 1 }] })).await;
        let first = bed.get("/payouts?state=pending&limit=1").await.expect(200);
        let next = first["next"].as_str().expect("another page");
        let second = bed.get(&format!("/payouts?limit=1&after={next}")).await.expect(200);
        assert_eq!((second["items"].as_array().map(Vec::len), &second["next"]), (Some(1), &Value::Null));
        let ids = [&first, &second].map(|it| it["items"][0]["id"].to_string());
        assert_ne!(ids[0], ids[1]);
        let account = format!("payouts/{}/account", ids[0]);
        act(&bed, &account, json!({ "iban": "GB82 WEST 1234 5698 7654 32" })).await;
        assert_eq!(bed.get("/payouts?limit=1").await.expect(200)["items"][0]["iban"], "GB82WEST12345698765432");
        assert_eq!(bed.post(&format!("/orders/DE-1001/{account}"), json!({ "iban": "my bank" })).await.status, 422);
        let done = act(&bed, &format!("payouts/{}", ids[0]), json!({ "reference": "SEPA 7" })).await;
        assert_eq!(back(&done), [6740, 3370, 3370, 0, 0]);
        assert_eq!(refused(&bed, &format!("payouts/{}", ids[0]), json!({ "reference": "SEPA 8" })).await, "not_allowed");
        let off = act(&bed, &format!("payouts/{}/cancellation", ids[1]), json!({ "reason": "Closed account" })).await;
        assert_eq!((back(&off), may(&off, "retry_refund")), ([6740, 3370, 0, 3370, 0], true));
        let made = bed.get("/payouts?state=succeeded").await.expect(200);
        assert_eq!((&made["items"][0]["reference"], &made["items"][0]["state"]), (&json!("SEPA 7"), &json!("succeeded")));
        assert_eq!(bed.get("/payouts?state=failed").await.expect(200)["items"][0]["reason"], "Closed account");
        assert_eq!(bed.get("/payouts?state=lost").await.status, 400);
        let shop = format!("Bearer {}", bed.key_with(&[Scope::Shop]).await);
        let stranger = bed.send("GET", "/payouts", None, &[("authorization", &shop)]).await;
        assert_eq!(stranger.problem(403), "forbidden");
    }

    async fn nobody_is_erased_who_still_gets_money(bed) {
        three_paid(&bed).await;
        let erika = json!({ "channel": "de", "email": "erika@example.org", "name": "Erika Mustermann" });
        bed.post("/customers", erika).await.expect(201);
        act(&bed, "cancellation", json!({ "reason": "Changed my mind" })).await;
        let id = bed.get("/payouts").await.expect(200)["items"][0]["id"].clone();
        act(&bed, &format!("payouts/{id}/account"), json!({ "iban": "DE89370400440532013000" })).await;
        assert_eq!(bed.delete("/customers/DE-K1001").await.problem(409), "orders_open");
        assert_eq!(pay_out(&bed).await, 10_110);
        bed.delete("/customers/DE-K1001").await.expect(204);
        assert_eq!(bed.get("/payouts?state=succeeded").await.expect(200)["items"][0]["iban"], Value::Null);
    }

    /// § 357 Abs. 2 BGB.
    async fn whoever_sends_the_whole_order_back_gets_the_delivery_back_too(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 3370, 50, 0).await;
        for (key, number) in [("a", "DE-1001"), ("b", "DE-1002")] {
            place(&bed, key, order(&[("RED", 2)])).await.expect(201);
            bed.post(&format!("/orders/{number}/payments"), json!({ "amount": 7235, "reference": "SEPA" })).await.expect(200);
            bed.post(&format!("/orders/{number}/shipments"), json!({})).await.expect(200);
            bed.post(&format!("/orders/{number}/returns"), returned(1)).await.expect(200);
            bed.post(&format!("/orders/{number}/returns"), returned(1)).await.expect(200);
        }
        let receipt = json!({ "lines": [{ "position": 1, "restock": 1 }], "refund": true });
        let part = act(&bed, "returns/DE-RT1001/receipt", receipt.clone()).await;
        assert_eq!(part["money"]["credited"], 3370);
        let whole = act(&bed, "returns/DE-RT1002/receipt", receipt.clone()).await;
        assert_eq!((&whole["money"]["credited"], &whole["money"]["owed"]), (&json!(7235), &json!(0)));
        let mut kept = receipt;
        kept["refund_shipping"] = json!(false);
        for number in ["DE-RT1003", "DE-RT1004"] {
            bed.post(&format!("/orders/DE-1002/returns/{number}/receipt"), kept.clone()).await.expect(200);
        }
        assert_eq!(bed.get("/orders/DE-1002").await.expect(200)["money"]["owed"], 495);
        assert_eq!(pay_out(&bed).await, 7235 + 6740);
        assert_eq!(read(&bed).await["status"], "completed", "what came back has arrived before");
    }

    async fn a_booking_by_mistake_is_taken_back_by_another_one(bed) {
        three_paid(&bed).await;
        let wrong = json!({ "reference": "SEPA 9", "reason": "Not there" });
        assert_eq!(refused(&bed, "payments/correction", wrong).await, "not_correctable");
        let much = json!({ "reference": "SEPA 1", "amount": 10_111, "reason": "Too much" });
        assert_eq!(bed.post("/orders/DE-1001/payments/correction", much).await.status, 422);
        let part = json!({ "reference": "SEPA 1", "amount": 110, "reason": "Misread" });
        let corrected = act(&bed, "payments/correction", part.clone()).await;
        assert_eq!((&corrected["payment_status"], &corrected["money"]["remainder"]), (&json!("partially_paid"), &json!(110)));
        assert_eq!(entries(&corrected), [entry("captured", 10_110), entry("corrected", 110)]);
        assert_eq!(refused(&bed, "payments/correction", part).await, "not_allowed");
        let timeline = bed.get("/orders/DE-1001/timeline").await.expect(200);
        assert_eq!((&timeline["items"][0]["kind"], &timeline["items"][0]["facts"]["reason"]), (&json!("payment_corrected"), &json!("Misread")));
        let far = json!({ "amount": 2_000_000_000_i64, "reference": "SEPA 3" });
        assert_eq!(bed.post("/orders/DE-1001/payments", far).await.problem(422), "implausible_amount");
    }

    async fn what_never_came_is_not_transferred_back(bed) {
        three_paid(&bed).await;
        let less = json!({ "reason": "One less", "lines": [{ "position": 1, "quantity": 1 }] });
        act(&bed, "cancellation", less.clone()).await;
        let part = json!({ "reference": "SEPA 1", "amount": 110, "reason": "Misread" });
        let corrected = act(&bed, "payments/correction", part).await;
        assert_eq!((back(&corrected), &corrected["money"]["remainder"]), ([3370, 0, 3260, 0, 0], &json!(-3260)));
        assert_eq!(pay_out(&bed).await, 3260);
        act(&bed, "payments", json!({ "amount": 3370, "reference": "SEPA 2" })).await;
        act(&bed, "refunds/overpayment", json!({})).await;
        let wrong = json!({ "reference": "SEPA 2", "reason": "Another order's" });
        let corrected = act(&bed, "payments/correction", wrong).await;
        assert_eq!((back(&corrected), &corrected["money"]["remainder"]), ([3370, 3260, 0, 0, 0], &json!(0)));
        assert_eq!(bed.get("/payouts").await.expect(200)["items"], json!([]));
        assert_eq!(bed.get("/payouts?state=failed").await.expect(200)["items"][0]["reason"], "Another order's");
    }

    async fn what_was_transferred_back_is_not_corrected(bed) {
        three_paid(&bed).await;
        act(&bed, "cancellation", json!({ "reason": "Changed my mind" })).await;
        assert_eq!(pay_out(&bed).await, 10_110);
        let wrong = json!({ "reference": "SEPA 1", "reason": "Another order's" });
        assert_eq!(refused(&bed, "payments/correction", wrong).await, "paid_out");
    }

    async fn what_a_bank_took_back_is_owed_again(bed) {
        let world = World::open(bed).await;
        shipped(&world, "sale", 1).await;
        let id = world.ledger().await[0].id.clone();
        world.control(&format!("/payments/{id}/chargebacks"), &json!({})).await;
        let back = world.becomes("DE-1001", "payment_status", "unpaid").await;
        assert_eq!((&back["status"], &back["attention"]), (&json!("open"), &json!("payment")));
        let money = &back["money"];
        assert_eq!((&money["charged_back"], &money["remainder"]), (&json!(TOTAL), &json!(TOTAL)));
        assert!(may(&back, "retry_payment") && may(&back, "book_payment"));
        let paid = act(&world.bed, "payments", json!({ "amount": TOTAL, "reference": "SEPA 1" })).await;
        assert_eq!((&paid["status"], &paid["attention"]), (&json!("completed"), &Value::Null));
        // What comes back now goes the way by which it was paid at last.
        act(&world.bed, "refunds", units(1)).await;
        assert_eq!(pay_out(&world.bed).await, 1999);
    }

    async fn what_has_left_without_being_covered_is_paid_anew(bed) {
        let world = World::open(bed).await;
        world.place("card").await;
        world.control("/faults", &json!({ "refusal": 1 })).await;
        act(&world.bed, "shipments", json!({})).await;
        ends(&world.bed, "capture", "declined").await;
        let lapsed = json!({ "id": "lapsed", "type": "voided", "payment_id": "pay_1", "payment_reference": "DE-1001-1",
            "amount": TOTAL, "currency": "EUR", "occurred_at": 1 });
        world.tell(&lapsed).await.expect(200);
        let open = read(&world.bed).await;
        assert_eq!((&open["status"], &open["attention"]), (&json!("open"), &json!("payment")));
        assert!(!may(&open, "retry_capture") && may(&open, "retry_payment"));
        world.bed.send("POST", "/orders/DE-1001/payments/retry", None, &[]).await.expect(200);
        let paid = world.becomes("DE-1001", "payment_status", "paid").await;
        assert_eq!((&paid["money"]["remainder"], &paid["attention"]), (&json!(0), &Value::Null));
    }
}
