//! Orders and their payments, with a provider that is a process of its own and misbehaves when told to.

use std::{sync::Arc, time::Duration};

use kontor_testkit::eventually;
use order_inspect::{
    args,
    payments::{
        Amount, AuthoriseRequest, IdempotencyKey, PaymentProvider as _, Reference,
        protocol::PaymentStatus,
    },
};
use serde_json::{Value, json};

use crate::{
    on_both_engines,
    shop::{self, HAMBURG, assert_ledgers_balance, stock},
    world::{TOTAL, World, by_card, entries, entry, furnish, provider, start, tills},
};

on_both_engines! {
    async fn an_order_is_answered_with_the_word_of_its_provider(bed) {
        let world = World::open(bed).await;
        let paid = world.place("card").await;
        assert_eq!((&paid["status"], &paid["payment_status"]), (&json!("open"), &json!("authorised")));
        assert_eq!(paid["held_until"], Value::Null);
        assert_eq!(entries(&paid), [entry("authorised", TOTAL)]);
        let declined = world.place("declined").await;
        assert_eq!((&declined["status"], &declined["payment_status"]), (&json!("awaiting_payment"), &json!("unpaid")));
        assert!(declined["payments"][0]["declined"].as_str().is_some_and(|why| why.contains("money")));
        let redirected = world.place("redirect").await;
        assert_eq!(redirected["payment_status"], "pending");
        assert!(redirected["payments"][0]["redirect_url"].as_str().is_some_and(|url| url.starts_with("https://pay.example/")));
        assert_eq!(world.ledger().await.len(), 3);
    }

    async fn the_same_order_sent_again_is_asked_for_once(bed) {
        let world = World::open(bed).await;
        let first = shop::place(&world.bed, "once", by_card()).await.expect(201);
        let again = shop::place(&world.bed, "once", by_card()).await.expect(201);
        assert_eq!((&first["number"], &again["payment_status"]), (&again["number"], &json!("authorised")));
        assert_eq!(world.ledger().await.len(), 1);
    }

    async fn a_declined_payment_is_tried_again(bed) {
        let world = World::open(bed).await;
        world.control("/faults", &json!({ "refusal": 1 })).await;
        let declined = world.place("card").await;
        let number = declined["number"].as_str().expect("a number");
        assert_eq!(declined["payment_status"], "unpaid");
        let path = format!("/orders/{number}/payments/retry");
        let paid = world.bed.send("POST", &path, None, &[("idempotency-key", "again")]).await.expect(200);
        assert_eq!((&paid["status"], &paid["payment_status"]), (&json!("open"), &json!("authorised")));
        assert_eq!(paid["payments"].as_array().map(Vec::len), Some(2));
        let again = world.bed.send("POST", &path, None, &[("idempotency-key", "again")]).await.expect(200);
        assert_eq!(again["payments"].as_array().map(Vec::len), Some(2));
        assert_eq!(world.bed.send("POST", &path, None, &[]).await.problem(409), "not_allowed");
    }

    async fn a_redirected_customer_pays_and_the_webhook_tells(bed) {
        let world = World::open(bed).await;
        world.control("/faults", &json!({ "double_webhook": 1 })).await;
        let placed = world.place("redirect").await;
        let id = world.ledger().await[0].id.clone();
        world.control(&format!("/payments/{id}/complete"), &json!({})).await;
        let paid = world.becomes(placed["number"].as_str().expect("a number"), "status", "open").await;
        assert_eq!(entries(&paid), [entry("authorised", TOTAL)]);
        assert_eq!(paid["payments"][0]["redirect_url"], Value::Null);
    }

    async fn a_redirected_customer_gives_up(bed) {
        let world = World::open(bed).await;
        let placed = world.place("redirect").await;
        let id = world.ledger().await[0].id.clone();
        world.control(&format!("/payments/{id}/abandon"), &json!({})).await;
        let left = world.becomes(placed["number"].as_str().expect("a number"), "payment_status", "unpaid").await;
        assert_eq!(left["status"], "awaiting_payment");
    }

    /// saleor#5334: an answer that was lost left the order unpaid and the customer charged.
    async fn a_lost_answer_is_found_and_nobody_is_charged_twice(bed) {
        let world = World::open(bed).await;
        world.control("/faults", &json!({ "timeout_after_success": 1, "late_webhook": 1, "late_millis": 60_000 })).await;
        let paid = world.place("card").await;
        assert_eq!(paid["payment_status"], "authorised");
        assert_eq!(world.ledger().await.len(), 1);
    }

    async fn an_error_before_anything_was_done_is_asked_again_after_a_look(bed) {
        let world = World::open(bed).await;
        world.control("/faults", &json!({ "error_before": 1 })).await;
        let paid = world.place("card").await;
        assert_eq!(paid["payment_status"], "authorised");
        assert_eq!(world.ledger().await.len(), 1);
    }

    async fn what_a_server_was_asking_when_it_died_is_settled_by_looking(bed) {
        furnish(&bed).await;
        let program = start(&[]);
        let placed = shop::place(&bed, "a", by_card()).await.expect(201);
        let number = placed["number"].as_str().expect("a number");
        // It asked, and never heard the answer. Asked again under another key, the provider would refuse.
        let asked = AuthoriseRequest {
            idempotency_key: IdempotencyKey::new("of the one that died"),
            reference: Reference::new(format!("{number}-1")),
            amount: Amount { minor_units: TOTAL, currency: "EUR".to_owned() },
            method: "card".to_owned(),
            token: None,
            return_url: None,
        };
        provider(program.address()).authorise(&asked).await.expect("approved");
        let sql = "UPDATE payment_operation SET state = 'unknown', attempts = 1, due_at = $1";
        bed.sql(sql, args![bed.clock.now().0 - 1]).await;
        let next = bed.server(tills(program.address()), None);
        let path = format!("/orders/{number}");
        eventually("it is settled", || async {
            next.get(&path).await.expect(200)["payment_status"] == "authorised"
        }).await;
        assert_eq!(entries(&next.get(&path).await.expect(200)), [entry("authorised", TOTAL)]);
    }

    async fn what_is_sold_at_once_is_captured_at_once(bed) {
        let world = World::open(bed).await;
        let placed = world.place("sale").await;
        let paid = world.becomes(placed["number"].as_str().expect("a number"), "payment_status", "paid").await;
        assert_eq!(entries(&paid), [entry("authorised", TOTAL), entry("captured", TOTAL)]);
        assert_eq!(world.ledger().await[0].captured, TOTAL);
    }

    async fn captures_and_refunds_follow_each_other_and_lost_answers_change_nothing(bed) {
        let world = World::open(bed).await;
        let placed = world.place("card").await;
        let number = placed["number"].as_str().expect("a number");
        world.control("/faults", &json!({ "timeout_after_success": 1 })).await;
        world.want("capture", TOTAL).await;
        world.want("refund", 1000).await;
        world.want("refund", 494).await;
        eventually("all of it is done", || async { world.ledger().await[0].refunded == 1494 }).await;
        eventually("all of it is booked", || async {
            entries(&world.bed.get(&format!("/orders/{number}")).await.expect(200)).len() == 4
        }).await;
        let ledger = world.ledger().await.remove(0);
        assert_eq!((ledger.captured, ledger.operations.len()), (TOTAL, 3));
    }

    async fn a_paid_order_is_captured_as_it_leaves_and_given_back_as_it_returns(bed) {
        let world = World::open(bed).await;
        let mut wanted = by_card();
        wanted["lines"][0]["quantity"] = json!(3);
        let placed = shop::place(&world.bed, "a", wanted).await.expect(201);
        let total = placed["total"].as_i64().expect("a total");
        let one = json!({ "lines": [{ "position": 1, "quantity": 1 }] });
        world.bed.post("/orders/DE-1001/shipments", one).await.expect(200);
        world.becomes("DE-1001", "payment_status", "partially_paid").await;
        assert_eq!(world.ledger().await[0].captured, 1999 + 495);
        world.bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        world.becomes("DE-1001", "payment_status", "paid").await;
        let lines = json!([{ "position": 1, "units": 3 }]);
        let all = json!({ "reason": "Too bright", "lines": lines, "shipping_amount": 495 });
        world.bed.post("/orders/DE-1001/refunds", all).await.expect(200);
        let empty = world.becomes("DE-1001", "payment_status", "refunded").await;
        assert_eq!((&empty["money"]["remainder"], &empty["money"]["owed"]), (&json!(0), &json!(0)));
        let ledger = world.ledger().await.remove(0);
        assert_eq!((ledger.captured, ledger.refunded), (total, total));
        let kinds: Vec<&Value> = empty["documents"].as_array().expect("documents").iter().map(|it| &it["kind"]).collect();
        assert_eq!(kinds, ["delivery_note", "invoice", "delivery_note", "credit_note"]);
    }

    async fn a_cancelled_order_lets_its_money_go(bed) {
        let world = World::open(bed).await;
        world.place("card").await;
        world.bed.post("/orders/DE-1001/cancellation", json!({ "reason": "Changed my mind" })).await.expect(200);
        let gone = world.becomes("DE-1001", "payment_status", "voided").await;
        assert_eq!(entries(&gone), [entry("authorised", TOTAL), entry("voided", TOTAL)]);
        assert_eq!(world.ledger().await[0].status, PaymentStatus::Voided);
        assert_ledgers_balance(&world.bed).await;
    }

    async fn what_a_provider_refuses_has_failed_and_says_why(bed) {
        let world = World::open(bed).await;
        let placed = world.place("card").await;
        let number = placed["number"].as_str().expect("a number");
        world.want("capture", TOTAL + 1).await;
        let path = format!("/orders/{number}");
        eventually("the capture has failed", || async {
            world.bed.get(&path).await.expect(200)["payments"][0]["operations"][1]["state"] == "failed"
        }).await;
        let order = world.bed.get(&path).await.expect(200);
        assert!(order["payments"][0]["operations"][1]["reason"].as_str().is_some_and(|why| why.contains("at most")));
        let timeline = world.bed.get(&format!("{path}/timeline")).await.expect(200);
        assert_eq!(timeline["items"][0]["kind"], "payment_failed");
    }

    async fn without_a_connection_the_provider_is_asked_later(bed) {
        furnish(&bed).await;
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let nowhere = format!("http://{}", free.local_addr().expect("an address"));
        drop(free);
        let lost = bed.server(tills(&nowhere), None);
        let placed = shop::place(&lost, "a", by_card()).await.expect(201);
        assert_eq!((&placed["payment_status"], &placed["status"]), (&json!("pending"), &json!("awaiting_payment")));
        drop(lost);
        let program = start(&[]);
        let back = bed.server(tills(program.address()), None);
        back.clock.advance(Duration::from_secs(60));
        back.app.cashier.wake();
        let path = format!("/orders/{}", placed["number"].as_str().expect("a number"));
        eventually("it was authorised", || async {
            back.get(&path).await.expect(200)["payment_status"] == "authorised"
        }).await;
    }

    /// vendure#3065: the customer was charged after the stock was gone, and the order was stuck.
    async fn money_that_comes_after_the_order_was_given_up_is_let_go(bed) {
        let world = World::open(bed).await;
        let placed = world.place("redirect").await;
        let number = placed["number"].as_str().expect("a number");
        assert_eq!(stock(&world.bed, 1, HAMBURG).await, (50, 1));
        world.run_out(number).await;
        assert_eq!(stock(&world.bed, 1, HAMBURG).await, (50, 0));
        let id = world.ledger().await[0].id.clone();
        world.control(&format!("/payments/{id}/complete"), &json!({})).await;
        eventually("the money is let go", || async {
            world.ledger().await[0].status == PaymentStatus::Voided
        }).await;
        let gone = world.becomes(number, "payment_status", "voided").await;
        assert_eq!(entries(&gone), [entry("authorised", TOTAL), entry("voided", TOTAL)]);
        assert_eq!((&gone["status"], &gone["money"]["owed"]), (&json!("cancelled"), &json!(0)));
        assert_eq!(world.ledger().await[0].captured, 0);
        assert_ledgers_balance(&world.bed).await;
    }

    async fn money_that_was_taken_for_an_order_that_was_given_up_goes_back(bed) {
        let world = World::open(bed).await;
        let placed = world.place("redirect").await;
        let number = placed["number"].as_str().expect("a number");
        world.run_out(number).await;
        let id = world.ledger().await[0].id.clone();
        world.control(&format!("/payments/{id}/complete"), &json!({})).await;
        let event = json!({ "id": "evt_taken", "type": "captured", "payment_id": id,
            "payment_reference": format!("{number}-1"), "amount": TOTAL, "currency": "EUR", "occurred_at": 1 });
        world.tell(&event).await.expect(200);
        eventually("somebody asks for it back", || async {
            let order = world.bed.get(&format!("/orders/{number}")).await.expect(200);
            let operations = order["payments"][0]["operations"].as_array().expect("operations").clone();
            operations.iter().any(|it| it["kind"] == "refund" && it["amount"] == TOTAL)
        }).await;
    }

    /// saleor#5334: stock and payment of an order that was cancelled while its payment was under way.
    async fn an_order_goes_on_when_its_money_comes_before_it_is_given_up(bed) {
        let world = World::open(bed).await;
        let placed = world.place("redirect").await;
        let number = placed["number"].as_str().expect("a number").to_owned();
        let id = world.ledger().await[0].id.clone();
        // Both at once: whoever comes first decides, and both ends are good.
        let sql = "UPDATE orders SET held_until = $2 WHERE number = $1";
        world.bed.sql(sql, args![&number, world.bed.clock.now().0 - 1]).await;
        world.control(&format!("/payments/{id}/complete"), &json!({})).await;
        world.bed.app.cashier.wake();
        eventually("it is decided and settled", || async {
            let order = world.bed.get(&format!("/orders/{number}")).await.expect(200);
            let provider = world.ledger().await.remove(0).status;
            match order["status"].as_str() {
                Some("open") => order["payment_status"] == "authorised" && provider == PaymentStatus::Authorised,
                Some("cancelled") => order["payment_status"] == "voided" && provider == PaymentStatus::Voided,
                _ => false,
            }
        }).await;
        assert_ledgers_balance(&world.bed).await;
    }

    async fn an_order_that_was_given_up_is_not_tried_again(bed) {
        let world = World::open(bed).await;
        let placed = world.place("declined").await;
        let number = placed["number"].as_str().expect("a number");
        world.run_out(number).await;
        let path = format!("/orders/{number}/payments/retry");
        assert_eq!(world.bed.send("POST", &path, None, &[]).await.problem(409), "not_allowed");
        let timeline = world.bed.get(&format!("/orders/{number}/timeline")).await.expect(200);
        assert_eq!(timeline["items"][0]["kind"], "expired");
    }

    /// saleor#11069, saleor#543: a row was locked while the provider was asked.
    async fn nothing_is_locked_while_a_provider_takes_its_time(bed) {
        let world = Arc::new(World::open(bed).await);
        world.control("/faults", &json!({ "slow": 1, "slow_millis": 600, "late_webhook": 1, "late_millis": 60_000 })).await;
        let slow = tokio::spawn({ let world = Arc::clone(&world); async move { world.place("card").await } });
        eventually("the provider was asked", || async { world.ledger().await.len() == 1 }).await;
        for _ in 0..5 {
            world.place("invoice").await;
        }
        let first = world.bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(first["payment_status"], "pending", "the others did not wait for the first");
        assert_eq!(slow.await.expect("an order")["payment_status"], "authorised");
    }

    async fn several_servers_ask_for_each_payment_once(bed) {
        let world = World::open(bed).await;
        let others = [world.bed.server(tills(&world.address), None), world.bed.server(tills(&world.address), None)];
        let placed = (0..30).map(|_| async {
            for other in &others {
                other.app.cashier.wake();
            }
            world.place("card").await["number"].as_str().expect("a number").to_owned()
        });
        let numbers = futures_util::future::join_all(placed).await;
        for number in numbers {
            let paid = world.becomes(&number, "payment_status", "authorised").await;
            assert_eq!(entries(&paid), [entry("authorised", TOTAL)]);
        }
        assert_eq!(world.ledger().await.len(), 30);
        assert_eq!(world.bed.numbers("SELECT attempts AS n FROM payment_operation").await, [1; 30]);
    }
}
