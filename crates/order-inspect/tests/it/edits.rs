//! Editing orders: looked at first, kept as a version, and never more than the delta.

use std::sync::Arc;

use futures_util::future::join_all;
use kontor_testkit::eventually;
use mail_parser::MessageParser;
use order_inspect::{args, cashier::Tills, http::Scope, outbox::MailServer};
use serde_json::{Value, json};

use crate::{
    bed::{Answer, Bed},
    mail::Server,
    on_both_engines,
    shop::{self, HAMBURG, assert_ledgers_balance, order, place, stock, transferred},
    world::World,
};

/// Lamps, books at another rate of tax, and 7.5 % off what is ordered.
async fn furnished(bed: &Bed) {
    shop::open(bed).await;
    shop::product(bed, 1, "RED", 1999, 5, 0).await;
    shop::product(bed, 2, "BLUE", 3333, 5, 0).await;
    shop::product(bed, 3, "BOOK", 93, 9, 0).await;
    bed.sql("UPDATE product SET tax_class = 'reduced' WHERE id = 3", vec![]).await;
    let rule = json!({ "key": "autumn", "name": "Herbst",
        "benefit": { "percent": { "percent": "7.5", "on": "lines" } } });
    bed.put("/setup/promotions/autumn", json!({ "rule": rule })).await.expect(201);
}

async fn preview(bed: &Bed, number: &str, changes: &Value) -> Value {
    let path = format!("/orders/{number}/edits/preview");
    bed.post(&path, json!({ "changes": changes })).await.expect(200)
}

/// Edits whatever there is, at this total.
async fn edit_at(bed: &Bed, number: &str, changes: &Value, total: i64) -> Answer {
    let input = json!({ "changes": changes, "reason": "Called", "expected_total": total });
    bed.send("POST", &format!("/orders/{number}/edits"), Some(input), &[("if-match", "*")]).await
}

/// Looks at an edit and makes it.
pub(crate) async fn edit(bed: &Bed, number: &str, changes: Value) -> Value {
    let seen = preview(bed, number, &changes).await;
    let total = seen["total_after"].as_i64().expect("a total");
    let edited = edit_at(bed, number, &changes, total).await.expect(200);
    assert_eq!(edited["money"]["owed"], total, "what was seen is what is charged");
    edited
}

fn why_not(order: &Value) -> Option<&str> {
    let actions = order["allowed_actions"].as_array().expect("actions");
    actions.iter().find(|it| it["action"] == "edit").expect("the action")["reason"].as_str()
}

fn more(position: i64, quantity: i64) -> Value {
    json!({ "more": { "position": position, "quantity": quantity } })
}

fn fewer(position: i64, quantity: i64) -> Value {
    json!({ "fewer": { "position": position, "quantity": quantity } })
}

fn add(sku: &str, quantity: i64) -> Value {
    json!({ "add": { "sku": sku, "quantity": quantity } })
}

fn swap(position: i64, quantity: i64, sku: &str) -> Value {
    json!({ "swap": { "position": position, "quantity": quantity, "sku": sku } })
}

on_both_engines! {
    /// shopware#5766, shopware#4638: an edit worked old lines out anew with today's prices and promotions.
    async fn an_edit_is_looked_at_and_kept_as_a_version_and_old_lines_stay_as_they_were(bed) {
        furnished(&bed).await;
        let placed = place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        assert_eq!((&placed["discount"], &placed["total"]), (&json!(300), &json!(2 * 1999 - 300 + 495)));
        bed.sql("UPDATE price SET amount = 2500 WHERE variant_id = 1", vec![]).await;
        let changes = json!([more(1, 1), add("BOOK", 2)]);
        let seen = preview(&bed, "DE-1001", &changes).await;
        assert_eq!(seen["total_before"], placed["total"]);
        assert_eq!(seen["total_after"], placed["total"].as_i64().expect("a total") + 2500 + 2 * 93);
        assert_eq!((&seen["authorise"], &seen["refund"], &seen["removed"]), (&json!(0), &json!(0), &json!([])));
        assert_eq!(seen["added"][0], json!({ "position": 2, "sku": "RED", "name": "Lampe RED", "quantity": 1,
            "unit_price": 2500, "tax_rate": "19", "amount": 2500, "tax": 399 }));
        assert_eq!(seen["added"][1]["tax_rate"], "7");
        assert_eq!(bed.get("/orders/DE-1001").await.expect(200), placed, "looking changes nothing");
        assert_eq!(stock(&bed, 1, HAMBURG).await, (5, 2));

        let edited = edit(&bed, "DE-1001", changes).await;
        assert_eq!(edited["lines"][0], placed["lines"][0]);
        assert_eq!((&edited["lines"][1]["discount"], &edited["lines"][1]["version"]), (&json!(0), &json!(2)));
        assert_eq!((&edited["version"], &edited["total"]), (&json!(2), &seen["total_after"]));
        assert_eq!(edited["shipping"], placed["shipping"]);
        let taxes: i64 = edited["tax_lines"].as_array().expect("taxes").iter().filter_map(|it| it["tax"].as_i64()).sum();
        assert_eq!(edited["tax"], taxes);
        assert_eq!((stock(&bed, 1, HAMBURG).await, stock(&bed, 3, HAMBURG).await), ((5, 3), (9, 2)));

        let versions = bed.get("/orders/DE-1001/versions").await.expect(200);
        let version = &versions["items"][0];
        assert_eq!((&version["version"], &version["reason"], &version["actor"]), (&json!(2), &json!("Called"), &json!("test")));
        assert_eq!((&version["added"], &version["total_before"]), (&seen["added"], &seen["total_before"]));
        let event = &bed.get("/orders/DE-1001/timeline").await.expect(200)["items"][0];
        assert_eq!((&event["kind"], &event["facts"]["added"][0]["name"]), (&json!("edited"), &json!("Lampe RED")));
        shop::age_events(&bed).await;
        let events = bed.get("/events").await.expect(200);
        let told = &events["items"][1];
        assert_eq!((&told["topic"], &told["facts"]["version"]), (&json!("order.edited"), &json!(2)));
        assert_ledgers_balance(&bed).await;
    }

    /// vendure#4811: taking a line out spread the discount of the order over the lines that stay.
    async fn what_goes_takes_its_own_share_of_the_discount_and_leaves_the_others_alone(bed) {
        furnished(&bed).await;
        let placed = place(&bed, "a", order(&[("RED", 3), ("BLUE", 1)])).await.expect(201);
        let line = |at: usize, field: &str| placed["lines"][at][field].as_i64().expect("an amount");
        let seen = preview(&bed, "DE-1001", &json!([fewer(1, 1)])).await;
        assert_eq!(seen["removed"][0]["amount"], line(0, "unit_total"));
        edit(&bed, "DE-1001", json!([fewer(1, 1)])).await;
        let edited = edit(&bed, "DE-1001", json!([fewer(1, 2)])).await;
        assert_eq!(edited["lines"][1], placed["lines"][1]);
        assert_eq!(edited["money"]["owed"], line(1, "total") + placed["shipping"]["total"].as_i64().expect("shipping"));
        assert_eq!(edited["money"]["credited"], line(0, "total"), "three shares are the whole line, to the cent");
        assert_eq!(stock(&bed, 1, HAMBURG).await, (5, 0));
        assert_ledgers_balance(&bed).await;
    }

    /// vendure#4013: an edit that made an order cheaper refunded money that was never paid.
    async fn what_was_never_paid_is_not_given_back(bed) {
        furnished(&bed).await;
        place(&bed, "a", order(&[("RED", 3)])).await.expect(201);
        let seen = preview(&bed, "DE-1001", &json!([fewer(1, 1)])).await;
        assert_eq!(seen["refund"], 0);
        let edited = edit(&bed, "DE-1001", json!([fewer(1, 1)])).await;
        assert_eq!((&edited["money"]["refunded"], &edited["payments"]), (&json!(0), &json!([])));
        assert_eq!(edited["money"]["remainder"], edited["money"]["owed"]);
        // Paid in full, then cheaper: exactly the difference goes back.
        let owed = edited["money"]["owed"].clone();
        bed.post("/orders/DE-1001/payments", json!({ "amount": owed, "reference": "SEPA" })).await.expect(200);
        let seen = preview(&bed, "DE-1001", &json!([fewer(1, 1)])).await;
        edit(&bed, "DE-1001", json!([fewer(1, 1)])).await;
        let less = transferred(&bed, "DE-1001").await;
        assert_eq!(less["money"]["refunded"], seen["refund"]);
        assert_eq!(less["money"]["remainder"], 0);
        assert_eq!(seen["refund"].as_i64(), Some(owed.as_i64().expect("owed") - seen["total_after"].as_i64().expect("a total")));
    }

    async fn a_transfer_that_was_not_made_yet_stays_for_what_costs_more(bed) {
        furnished(&bed).await;
        let placed = place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        bed.post("/orders/DE-1001/payments", json!({ "amount": placed["total"], "reference": "SEPA" })).await.expect(200);
        let less = edit(&bed, "DE-1001", json!([fewer(1, 1)])).await;
        let share = less["money"]["refunding"].as_i64().expect("an amount");
        assert!(share > 93, "{less}");
        let seen = preview(&bed, "DE-1001", &json!([add("BOOK", 1)])).await;
        assert_eq!((&seen["kept_back"], &seen["refund"]), (&json!(93), &json!(0)));
        let book = edit(&bed, "DE-1001", json!([add("BOOK", 1)])).await;
        assert_eq!((&book["money"]["refunding"], &book["money"]["due_back"]), (&json!(share - 93), &json!(0)));
        let blue = edit(&bed, "DE-1001", json!([add("BLUE", 1)])).await;
        let missing = 3333 + 93 - share;
        assert_eq!((&blue["money"]["refunding"], &blue["money"]["remainder"]), (&json!(0), &json!(missing)));
        assert_eq!(bed.get("/payouts").await.expect(200)["items"], json!([]));
        bed.post("/orders/DE-1001/payments", json!({ "amount": missing, "reference": "SEPA 2" })).await.expect(200);
        assert_eq!(bed.get("/orders/DE-1001").await.expect(200)["payment_status"], "paid");
    }

    async fn an_edit_promises_what_it_gives_back_and_no_more(bed) {
        furnished(&bed).await;
        let placed = place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        let much = placed["total"].as_i64().expect("a total") + 500;
        bed.post("/orders/DE-1001/payments", json!({ "amount": much, "reference": "SEPA" })).await.expect(200);
        let seen = preview(&bed, "DE-1001", &json!([fewer(1, 1)])).await;
        let less = edit(&bed, "DE-1001", json!([fewer(1, 1)])).await;
        assert_eq!((&less["money"]["refunding"], &less["money"]["overpaid"]), (&seen["refund"], &json!(500)));
        assert_eq!(less["credits"][0]["reason"], "Änderung der Bestellung", "why it was edited is not the customer's");
    }

    /// vendure#2662: after a modification the tax was off by a cent.
    async fn the_invoice_after_an_edit_says_what_is_charged_and_its_tax_adds_up(bed) {
        furnished(&bed).await;
        place(&bed, "a", order(&[("RED", 3), ("BOOK", 7)])).await.expect(201);
        edit(&bed, "DE-1001", json!([fewer(1, 2), fewer(2, 3), add("BLUE", 1), more(2, 1)])).await;
        let shipped = bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        assert_eq!(why_not(&shipped), Some("Something has left already: take it back as a return, or place a new order."));
        let document = async |number: &str| {
            let path = format!("/orders/DE-1001/documents/{number}");
            bed.send("GET", &path, None, &[("accept", "application/json")]).await.expect(200)
        };
        let invoice = document("DE-R1001").await;
        crate::issued::assert_adds_up(&invoice);
        assert_eq!(crate::issued::cents(&invoice["totals"]["grand_total"]), shipped["money"]["owed"].as_i64().expect("owed"));
        let lines = |document: &Value| -> Vec<(String, String)> {
            let text = |it: &Value, field: &str| it[field].as_str().unwrap_or_default().to_owned();
            document["lines"].as_array().expect("lines").iter().map(|it| (text(it, "sku"), text(it, "quantity"))).collect()
        };
        let expected = [("RED", "1"), ("BOOK", "4"), ("BLUE", "1"), ("BOOK", "1")].map(|(sku, count)| (sku.to_owned(), count.to_owned()));
        assert_eq!((lines(&invoice), lines(&document("DE-L1001").await)), (expected.to_vec(), expected.to_vec()));
        // All of it comes back: nothing is left, neither of the amount nor of its tax.
        bed.post("/orders/DE-1001/payments", json!({ "amount": shipped["money"]["owed"], "reference": "SEPA" })).await.expect(200);
        let units = json!([{ "position": 1, "units": 1 }, { "position": 2, "units": 4 }, { "position": 3, "units": 1 }, { "position": 4, "units": 1 }]);
        let shipping = shipped["shipping"]["total"].clone();
        let all = json!({ "reason": "All of it", "lines": units, "shipping_amount": shipping });
        bed.post("/orders/DE-1001/refunds", all).await.expect(200);
        let empty = transferred(&bed, "DE-1001").await;
        assert_eq!((&empty["money"]["owed"], &empty["money"]["remainder"]), (&json!(0), &json!(0)));
        let taxes: i64 = empty["credits"].as_array().expect("credits").iter().filter_map(|it| it["tax"].as_i64()).sum();
        assert_eq!(empty["tax"], taxes);
    }

    async fn a_size_is_swapped_with_its_services_and_for_a_price_that_somebody_gives_a_reason_for(bed) {
        furnished(&bed).await;
        bed.sql("UPDATE stock SET on_hand = 2 WHERE variant_id = 2 AND location_id = $1", args![HAMBURG]).await;
        bed.sql("UPDATE stock_movement SET on_hand_change = 2 WHERE variant_id = 2 AND location_id = $1", args![HAMBURG]).await;
        let mut wanted = order(&[("RED", 2)]);
        wanted["lines"][0]["services"] = json!(["assembly"]);
        let placed = place(&bed, "a", wanted).await.expect(201);
        let dear = preview(&bed, "DE-1001", &json!([swap(1, 2, "BLUE")])).await;
        assert_eq!(dear["removed"].as_array().map(Vec::len), Some(2), "the assembly goes along");
        assert_eq!((&dear["added"][1]["sku"], &dear["added"][1]["quantity"]), (&json!("assembly"), &json!(2)));
        let mut same = swap(1, 2, "BLUE");
        same["swap"]["unit_price"] = json!(1849);
        let refused = bed.post("/orders/DE-1001/edits/preview", json!({ "changes": [same] })).await;
        assert_eq!(refused.expect(422)["errors"][0]["pointer"], "/changes/0/swap/note");
        same["swap"]["note"] = json!("Preis wie bestellt");
        let edited = edit(&bed, "DE-1001", json!([same])).await;
        assert_eq!((&edited["lines"][2]["unit_price"], &edited["lines"][2]["details"]["note"]), (&json!(1849), &json!("Preis wie bestellt")));
        assert_eq!(edited["lines"][3]["parent"], 3);
        assert_eq!(edited["shipping"], placed["shipping"], "the only line was swapped; its delivery stays");
        assert_eq!((stock(&bed, 1, HAMBURG).await, stock(&bed, 2, HAMBURG).await), ((5, 0), (2, 2)));
        // What an edit sets free it can take again: nobody else gets it in between.
        edit(&bed, "DE-1001", json!([swap(3, 2, "BLUE")])).await;
        assert_eq!(stock(&bed, 2, HAMBURG).await, (2, 2));
        let shipped = bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        assert_eq!(shipped["fulfilment_status"], "fulfilled");
        assert_ledgers_balance(&bed).await;
    }

    async fn what_comes_costs_what_it_costs_this_customer_in_this_quantity(bed) {
        furnished(&bed).await;
        let sql = "INSERT INTO price (id, variant_id, channel_id, currency, customer_group, min_quantity, kind, amount,
                valid_from, created_at, created_by)
            SELECT $1, 1, c.id, 'EUR', $2, $3, 'regular', $4, 0, 0, 'test' FROM channel c";
        bed.sql(sql, args![91_i64, None::<String>, 3_i64, 1500_i64]).await;
        bed.sql(sql, args![92_i64, "trade", 1_i64, 1700_i64]).await;
        let made = bed.post("/customers", json!({ "channel": "de", "email": "erika@example.org", "name": "Erika Mustermann",
            "group": "trade" })).await.expect(201);
        let mut wanted = order(&[("BLUE", 1)]);
        place(&bed, "guest", wanted.clone()).await.expect(201);
        wanted["customer_id"] = made["id"].clone();
        place(&bed, "customer", wanted).await.expect(201);
        let price = async |number: &str, quantity: i64| {
            preview(&bed, number, &json!([add("RED", quantity)])).await["added"][0]["unit_price"].clone()
        };
        assert_eq!((price("DE-1001", 1).await, price("DE-1001", 3).await), (json!(1999), json!(1500)));
        assert_eq!(price("DE-1002", 1).await, json!(1700));
    }

    async fn an_edit_that_cannot_be_says_where_and_why(bed) {
        furnished(&bed).await;
        let placed = place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        let look = async |changes: Value| bed.post("/orders/DE-1001/edits/preview", json!({ "changes": changes })).await;
        assert_eq!(look(json!([])).await.expect(422)["errors"][0]["pointer"], "/changes");
        let unknown = look(json!([fewer(1, 1), add("GREEN", 1)])).await.expect(422);
        assert_eq!(unknown["errors"][0]["pointer"], "/changes/1/add/sku");
        assert_eq!(look(json!([more(7, 1)])).await.expect(422)["errors"][0]["pointer"], "/changes/0/more/position");
        assert_eq!(look(json!([fewer(1, 2), swap(1, 1, "BLUE")])).await.problem(409), "too_much");
        assert_eq!(look(json!([fewer(1, 2)])).await.problem(409), "nothing_left");
        let short = look(json!([add("BLUE", 6)])).await.expect(409);
        assert_eq!((&short["code"], &short["facts"]["lines"][0]), (&json!("out_of_stock"), &json!({ "sku": "BLUE", "wanted": 6, "available": 5 })));

        let changes = json!([add("BLUE", 1)]);
        let other = edit_at(&bed, "DE-1001", &changes, 1).await.expect(409);
        assert_eq!((&other["code"], &other["facts"]["total"]), (&json!("price_changed"), &json!(placed["total"].as_i64().expect("a total") + 3333)));
        let input = json!({ "changes": changes, "reason": "Called", "expected_total": other["facts"]["total"] });
        let blind = bed.post("/orders/DE-1001/edits", input.clone()).await;
        assert_eq!(blind.problem(428), "precondition_required");
        let reader = format!("Bearer {}", bed.key_with(&[Scope::ReadOrders]).await);
        let stranger = [("authorization", reader.as_str()), ("if-match", "*")];
        assert_eq!(bed.send("POST", "/orders/DE-1001/edits", Some(input), &stranger).await.problem(403), "forbidden");
        assert_eq!(bed.get("/orders/DE-1001").await.expect(200), placed, "nothing of it was done");

        bed.post("/orders/DE-1001/hold", json!({ "kind": "stock", "reason": "One is broken" })).await.expect(200);
        edit(&bed, "DE-1001", json!([fewer(1, 1)])).await;
        bed.post("/orders/DE-1001/documents", json!({ "kind": "invoice" })).await.expect(201);
        let invoiced = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(why_not(&invoiced), Some("The order has its invoice: cancel units of it, or place a new order."));
        let gone = bed.post("/orders/DE-1001/cancellation", json!({ "reason": "All of it" })).await.expect(200);
        assert_eq!(why_not(&gone), Some("The order is cancelled."));
        assert_eq!(look(json!([add("BLUE", 1)])).await.problem(409), "not_allowed");
        assert_ledgers_balance(&bed).await;
    }

    async fn an_edit_that_is_sent_twice_is_made_once_and_two_people_do_not_overwrite_each_other(bed) {
        furnished(&bed).await;
        let placed = place(&bed, "a", order(&[("RED", 1)])).await;
        let seen = placed.headers["etag"].to_str().expect("a tag").to_owned();
        let input = json!({ "changes": [add("BOOK", 1)], "reason": "Called", "expected_total": 1999 - 150 + 495 + 93 });
        let once = [("if-match", seen.as_str()), ("idempotency-key", "edit")];
        let edited = bed.send("POST", "/orders/DE-1001/edits", Some(input.clone()), &once).await.expect(200);
        let again = bed.send("POST", "/orders/DE-1001/edits", Some(input.clone()), &once).await;
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(again.expect(200), edited);
        let late = bed.send("POST", "/orders/DE-1001/edits", Some(input), &[("if-match", seen.as_str())]).await;
        assert_eq!(late.problem(412), "stale");
        assert_eq!(stock(&bed, 3, HAMBURG).await, (9, 1));
    }

    /// vendure#1738, medusa#16825: two got the last unit.
    async fn of_edits_and_orders_that_want_the_last_unit_exactly_one_gets_it(bed) {
        furnished(&bed).await;
        for number in 0..4 {
            place(&bed, &format!("{number}"), order(&[("BOOK", 2)])).await.expect(201);
        }
        shop::product(&bed, 4, "LAST", 500, 1, 0).await;
        let bed = Arc::new(bed);
        let totals = join_all((0..4).map(async |at| {
            let number = format!("DE-{}", 1001 + at);
            let seen = preview(&bed, &number, &json!([swap(1, 1, "LAST")])).await;
            (number, seen["total_after"].as_i64().expect("a total"))
        })).await;
        let edits = totals.into_iter().map(|(number, total)| {
            let bed = Arc::clone(&bed);
            tokio::spawn(async move { edit_at(&bed, &number, &json!([swap(1, 1, "LAST")]), total).await })
        });
        let buyers = (0..4).map(|buyer| {
            let bed = Arc::clone(&bed);
            tokio::spawn(async move { place(&bed, &format!("buyer-{buyer}"), order(&[("LAST", 1), ("BOOK", 1)])).await })
        });
        let (edited, bought) = tokio::join!(join_all(edits), join_all(buyers));
        let mut got = 0;
        for answer in edited.into_iter().chain(bought) {
            let answer = answer.expect("an answer");
            match answer.status.as_u16() {
                200 | 201 => got += 1,
                _ => assert_eq!(answer.problem(409), "out_of_stock"),
            }
        }
        assert_eq!((got, stock(&bed, 4, HAMBURG).await), (1, (1, 1)));
        assert_ledgers_balance(&bed).await;
    }

    async fn edits_in_opposite_directions_do_not_wait_for_each_other(bed) {
        furnished(&bed).await;
        let bed = Arc::new(bed);
        for _ in 0..5 {
            let one = place(&bed, &format!("{}", bed.app.db.new_id()), order(&[("RED", 1)])).await.expect(201);
            let other = place(&bed, &format!("{}", bed.app.db.new_id()), order(&[("BLUE", 1)])).await.expect(201);
            let swaps = [(one, "BLUE"), (other, "RED")].map(|(order, sku)| {
                let bed = Arc::clone(&bed);
                tokio::spawn(async move {
                    let number = order["number"].as_str().expect("a number").to_owned();
                    edit(&bed, &number, json!([swap(1, 1, sku)])).await;
                    bed.post(&format!("/orders/{number}/cancellation"), json!({ "reason": "Enough" })).await.expect(200);
                })
            });
            join_all(swaps).await.into_iter().for_each(|it| it.expect("a swap"));
        }
        assert_eq!((stock(&bed, 1, HAMBURG).await, stock(&bed, 2, HAMBURG).await), ((5, 0), (5, 0)));
        assert_ledgers_balance(&bed).await;
    }

    async fn shipping_while_somebody_edits_ships_one_or_the_other(bed) {
        furnished(&bed).await;
        let bed = Arc::new(bed);
        for at in 0..6 {
            let number = format!("DE-{}", 1001 + at);
            place(&bed, &number, order(&[("BOOK", 1)])).await.expect(201);
            let total = preview(&bed, &number, &json!([add("RED", 1), fewer(1, 1)])).await["total_after"].as_i64().expect("a total");
            let ships = tokio::spawn({
                let (bed, path) = (Arc::clone(&bed), format!("/orders/{number}/shipments"));
                async move { bed.post(&path, json!({})).await }
            });
            let edits = tokio::spawn({
                let (bed, number) = (Arc::clone(&bed), number.clone());
                async move { edit_at(&bed, &number, &json!([add("RED", 1), fewer(1, 1)]), total).await }
            });
            let (shipped, edited) = (ships.await.expect("an answer").expect(200), edits.await.expect("an answer"));
            let sent = &shipped["shipments"][0]["lines"];
            if edited.status.as_u16() == 200 {
                assert_eq!(sent, &json!([{ "position": 2, "quantity": 1 }]));
            } else {
                assert_eq!(edited.problem(409), "not_allowed");
                assert_eq!(sent, &json!([{ "position": 1, "quantity": 1 }]));
            }
            bed.post(&format!("/orders/{number}/cancellation"), json!({ "reason": "Enough" })).await;
        }
        assert_ledgers_balance(&bed).await;
    }

    async fn what_costs_more_begins_another_payment_and_is_shipped_when_that_is_there(bed) {
        let world = World::open(bed).await;
        let bed = &world.bed;
        shop::product(bed, 2, "BLUE", 3333, 5, 0).await;
        world.place("card").await;
        let seen = preview(bed, "DE-1001", &json!([swap(1, 1, "BLUE")])).await;
        assert_eq!((&seen["authorise"], &seen["refund"]), (&json!(3333 - 1999), &json!(0)));
        world.control("/faults", &json!({ "refusal": 1 })).await;
        edit(bed, "DE-1001", json!([swap(1, 1, "BLUE")])).await;
        let short = world.becomes("DE-1001", "payment_status", "partially_authorised").await;
        eventually("the difference was declined", || async {
            bed.get("/orders/DE-1001").await.expect(200)["payments"][1]["declined"].is_string()
        }).await;
        assert_eq!(short["status"], "open", "what was authorised before still is");
        let early = bed.post("/orders/DE-1001/shipments", json!({})).await.expect(409);
        assert_eq!(early["detail"], "Only a part of the payment is authorised or received.");
        let paid = bed.send("POST", "/orders/DE-1001/payments/retry", None, &[]).await.expect(200);
        assert_eq!((&paid["payment_status"], &paid["payments"][2]["amount"]), (&json!("authorised"), &json!(3333 - 1999)));
        bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        let paid = world.becomes("DE-1001", "payment_status", "paid").await;
        assert_eq!((&paid["money"]["captured"], &paid["money"]["remainder"]), (&json!(3333 + 495), &json!(0)));
        let captured: i64 = world.ledger().await.iter().map(|it| it.captured).sum();
        assert_eq!(captured, 3333 + 495);
    }

    async fn what_costs_less_is_captured_less_or_given_back(bed) {
        let world = World::open(bed).await;
        let bed = &world.bed;
        let mut wanted = order(&[("RED", 2)]);
        for (key, method, status) in [("a", "card", "authorised"), ("b", "sale", "paid")] {
            wanted["payment_method"] = json!(method);
            let number = place(bed, key, wanted.clone()).await.expect(201)["number"].as_str().expect("a number").to_owned();
            world.becomes(&number, "payment_status", status).await;
            edit(bed, &number, json!([fewer(1, 1)])).await;
            eventually("all of it is settled", || async {
                let order = bed.get(&format!("/orders/{number}")).await.expect(200);
                why_not(&order).is_none()
            }).await;
            bed.post(&format!("/orders/{number}/shipments"), json!({})).await.expect(200);
            let done = world.becomes(&number, "fulfilment_status", "fulfilled").await;
            eventually("nothing is left", || async {
                let money = &bed.get(&format!("/orders/{number}")).await.expect(200)["money"];
                money["remainder"] == 0 && money["authorised"] == 0
            }).await;
            assert_eq!(done["money"]["owed"], 1999 + 495);
        }
        let kept: Vec<_> = world.ledger().await.iter().map(|it| it.captured - it.refunded).collect();
        assert_eq!(kept, [1999 + 495; 2]);
    }

    async fn an_order_that_waits_for_its_payment_is_not_edited(bed) {
        let world = World::open(bed).await;
        let placed = world.place("declined").await;
        assert_eq!(why_not(&placed), Some("The order waits for its payment: try it again, or cancel the order."));
        let waits = world.place("redirect").await;
        assert_eq!(why_not(&waits), Some("A payment is still being settled."));
    }

    async fn the_customer_is_told_once_what_the_order_is_now(bed) {
        furnished(&bed).await;
        let server = Server::start(&[]);
        let url = format!("smtp://127.0.0.1:{}", server.ports().0);
        let mail = MailServer { url, timeout: std::time::Duration::from_secs(5) };
        let bed = bed.server(Tills::default(), Some(mail));
        place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        eventually("it was confirmed", || async { server.taken().await.len() == 1 }).await;
        edit(&bed, "DE-1001", json!([fewer(1, 1), add("BLUE", 1)])).await;
        eventually("it was told", || async { server.taken().await.len() == 2 }).await;
        bed.post("/orders/DE-1001/mails", json!({ "kind": "order_changed" })).await.expect(202);
        eventually("it was told again", || async { server.taken().await.len() == 3 }).await;
        for taken in &server.taken().await[1..] {
            let mail = MessageParser::default().parse(taken.raw.as_bytes()).expect("a mail");
            assert_eq!(mail.subject(), Some("Ihre Bestellung DE-1001 wurde geändert"));
            let text = mail.body_text(0).expect("a text").replace('\u{a0}', " ");
            assert!(text.contains("1 × Lampe RED: 19,99 €") && text.contains("1 × Lampe BLUE: 33,33 €"), "{text}");
            // 19.99 less its share of the discount, 33.33 and the delivery.
            assert!(text.contains("Rabatt: -1,50 €") && text.contains("Gesamtbetrag: 56,77 €"), "{text}");
            assert!(text.contains("auf Rechnung") && !text.contains("Called"), "{text}");
        }
    }
}
