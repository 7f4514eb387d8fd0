//! What happens to an order after it was placed.

use serde_json::{Value, json};

use crate::{
    bed::Bed,
    on_both_engines,
    shop::{self, HAMBURG, LEIPZIG, assert_ledgers_balance, order, place, stock},
};

async fn act(bed: &Bed, path: &str, body: Value) -> Value {
    bed.post(&format!("/orders/DE-1001/{path}"), body).await.expect(200)
}

fn statuses(order: &Value) -> [&str; 4] {
    ["status", "payment_status", "fulfilment_status", "return_status"]
        .map(|axis| order[axis].as_str().expect("a status"))
}

fn may(order: &Value, action: &str) -> bool {
    let actions = order["allowed_actions"].as_array().expect("actions");
    let found = actions.iter().find(|it| it["action"] == action).expect("the action");
    found["allowed"] == true
}

on_both_engines! {
    async fn a_whole_life_ends_with_a_remainder_of_zero(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        shop::product(&bed, 2, "BLUE", 3333, 5, 0).await;
        let placed = place(&bed, "a", order(&[("RED", 2), ("BLUE", 3)])).await.expect(201);
        assert_eq!(placed["total"], 2 * 1999 + 3 * 3333);
        let total = placed["total"].as_i64().expect("a total");

        let part = json!({ "lines": [{ "position": 1, "quantity": 1 }, { "position": 2, "quantity": 3 }],
            "parcels": [{ "tracking": "TRACK-1" }] });
        let shipped = act(&bed, "shipments", part).await;
        assert_eq!(statuses(&shipped), ["open", "unpaid", "partially_fulfilled", "none"]);
        assert_eq!((stock(&bed, 1, HAMBURG).await, stock(&bed, 2, HAMBURG).await), ((4, 1), (2, 0)));
        for sku in ["RED", "BLUE"] {
            let audit = bed.get(&format!("/catalogue/stock/{sku}/audit")).await.expect(200);
            assert_eq!(audit["differences"], json!([]), "what the order holds is booked");
        }
        let found = bed.get("/orders?search=TRACK-1").await.expect(200);
        assert_eq!(found["items"][0]["number"], "DE-1001");
        let rest = act(&bed, "shipments", json!({})).await;
        assert_eq!(rest["fulfilment_status"], "fulfilled");
        assert!(!may(&rest, "ship") && may(&rest, "return") && !may(&rest, "cancel"));

        let paid = act(&bed, "payments", json!({ "amount": total, "reference": "SEPA 1" })).await;
        assert_eq!(paid["payment_status"], "paid");
        for shipment in ["DE-L1001", "DE-L1002"] {
            act(&bed, &format!("shipments/{shipment}/delivery"), json!({})).await;
        }
        let arrived = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(statuses(&arrived), ["completed", "paid", "delivered", "none"]);

        let lines = json!([{ "position": 2, "quantity": 2, "reason": "Too bright" }]);
        let back = act(&bed, "returns", json!({ "kind": "return", "lines": lines, "label_number": "L1" })).await;
        assert_eq!(statuses(&back), ["open", "paid", "delivered", "requested"]);
        let receipt = json!({ "lines": [{ "position": 2, "restock": 1, "write_off": 1 }], "refund": true });
        let owed = act(&bed, "returns/DE-RT1001/receipt", receipt).await;
        assert_eq!(statuses(&owed), ["open", "overpaid", "delivered", "partially_returned"]);
        assert_eq!(shop::pay_out(&bed).await, 6666);
        let closed = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(statuses(&closed), ["completed", "partially_refunded", "delivered", "partially_returned"]);
        assert_eq!(closed["money"]["refunded"], 6666);
        assert_eq!(closed["money"]["remainder"], 0);
        assert_eq!(stock(&bed, 2, HAMBURG).await, (3, 0));

        let all = json!({ "reason": "Goodwill", "lines": [{ "position": 1, "units": 2 }, { "position": 2, "units": 1 }] });
        let preview = bed.post("/orders/DE-1001/refunds/preview", all.clone()).await.expect(200);
        assert_eq!(preview["amount"], total - 6666);
        act(&bed, "refunds", all.clone()).await;
        assert_eq!(shop::pay_out(&bed).await, total - 6666);
        let empty = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(statuses(&empty), ["completed", "refunded", "delivered", "partially_returned"]);
        assert_eq!(empty["money"], json!({ "total": total, "credited": total, "owed": 0, "authorised": 0,
            "captured": total, "refunded": total, "charged_back": 0, "refunding": 0, "due_back": 0,
            "overpaid": 0, "remainder": 0 }));
        assert_eq!(bed.post("/orders/DE-1001/refunds", all).await.problem(409), "not_allowed");
        assert_ledgers_balance(&bed).await;
    }

    async fn what_is_cancelled_sets_its_stock_free(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 2, 3).await;
        let mut wanted = order(&[("RED", 4)]);
        wanted["lines"][0]["services"] = json!(["assembly"]);
        place(&bed, "a", wanted).await.expect(201);
        assert_eq!((stock(&bed, 1, HAMBURG).await, stock(&bed, 1, LEIPZIG).await), ((2, 2), (3, 2)));
        let some = json!({ "reason": "One less", "lines": [{ "position": 1, "quantity": 1 }] });
        let less = act(&bed, "cancellation", some).await;
        assert_eq!((stock(&bed, 1, HAMBURG).await, stock(&bed, 1, LEIPZIG).await), ((2, 2), (3, 1)));
        assert_eq!(less["lines"][1]["cancelled"], 1, "the assembly of one lamp goes along");
        assert_eq!(less["money"]["owed"], less["total"].as_i64().expect("a total") - 1999 - 1999);
        assert_eq!(less["status"], "open");
        let none = act(&bed, "cancellation", json!({ "reason": "All of it" })).await;
        assert_eq!(statuses(&none), ["cancelled", "not_required", "cancelled", "none"]);
        assert_eq!(none["money"]["owed"], 0);
        assert_eq!((stock(&bed, 1, HAMBURG).await, stock(&bed, 1, LEIPZIG).await), ((2, 0), (3, 0)));
        let again = bed.post("/orders/DE-1001/cancellation", json!({ "reason": "Again" })).await;
        assert_eq!(again.problem(409), "not_allowed");
        assert_ledgers_balance(&bed).await;
    }

    async fn an_order_of_which_goods_are_still_to_be_shipped_is_open(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        let placed = place(&bed, "a", order(&[("RED", 2)])).await.expect(201);
        act(&bed, "payments", json!({ "amount": placed["total"], "reference": "SEPA 1" })).await;
        act(&bed, "shipments", json!({ "lines": [{ "position": 1, "quantity": 1 }] })).await;
        let line = json!([{ "position": 1, "quantity": 1, "reason": "Too small" }]);
        act(&bed, "returns", json!({ "kind": "return", "lines": line })).await;
        let receipt = json!({ "lines": [{ "position": 1, "restock": 1 }], "refund": true });
        act(&bed, "returns/DE-RT1001/receipt", receipt).await;
        assert_eq!(shop::pay_out(&bed).await, 1999);
        let half = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(half["money"]["remainder"], 0);
        assert_eq!(statuses(&half), ["open", "partially_refunded", "partially_fulfilled", "returned"]);
        assert!(may(&half, "ship"));
    }

    async fn an_order_on_hold_is_not_shipped_and_says_why(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 2, 0).await;
        place(&bed, "a", order(&[("RED", 1)])).await.expect(201);
        let held = act(&bed, "hold", json!({ "kind": "fraud", "reason": "Three within a minute" })).await;
        assert_eq!(held["status"], "on_hold");
        let refused = bed.post("/orders/DE-1001/shipments", json!({})).await.expect(409);
        assert_eq!((refused["code"].as_str(), refused["detail"].as_str()), (Some("not_allowed"), Some("The order is on hold.")));
        act(&bed, "release", json!({ "text": "Called the customer" })).await;
        let address = json!({ "name": "Erika Mustermann", "street": "Kurze Straße 1", "postal_code": "04109",
            "city": "Leipzig", "country": "DE" });
        let moved = act(&bed, "address", json!({ "delivery_address": address })).await;
        assert_eq!(moved["delivery_address"]["city"], "Leipzig");
        act(&bed, "notes", json!({ "text": "Delivers after six" })).await;
        act(&bed, "shipments", json!({})).await;
        let late = bed.post("/orders/DE-1001/address", json!({ "email": "other@example.org" })).await;
        assert_eq!(late.problem(409), "not_allowed");
        let kinds = bed.get("/orders/DE-1001/timeline").await.expect(200);
        let kinds: Vec<&str> =
            kinds["items"].as_array().expect("events").iter().filter_map(|it| it["kind"].as_str()).collect();
        assert_eq!(kinds, ["shipped", "noted", "address_changed", "released", "held", "placed"]);
    }

    async fn two_people_who_change_an_order_at_once_do_not_overwrite_each_other(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 2, 0).await;
        let placed = place(&bed, "a", order(&[("RED", 1)])).await;
        let seen = placed.headers["etag"].to_str().expect("a tag").to_owned();
        let hold = json!({ "kind": "address", "reason": "No such street" });
        let both = [("if-match", seen.as_str())];
        bed.send("POST", "/orders/DE-1001/hold", Some(hold), &both).await.expect(200);
        let cancel = json!({ "reason": "Too late" });
        let late = bed.send("POST", "/orders/DE-1001/cancellation", Some(cancel), &both).await;
        assert_eq!(late.problem(412), "stale");
    }

    /// W6. medusa#13972, #13091, #11645, #13068: half a cent was left and the order could not be closed.
    async fn three_hundred_lines_are_refunded_bit_by_bit_to_exactly_zero(bed) {
        shop::open(&bed).await;
        let rule = json!({ "key": "seven", "name": "7 %", "benefit": { "percent": { "percent": "7.5", "on": "order" } } });
        bed.put("/setup/promotions/seven", json!({ "rule": rule })).await.expect(201);
        let mut wanted = Vec::new();
        for id in 1..=300_i64 {
            shop::product(&bed, id, &format!("SKU-{id}"), 101 + id * 37, 1000, 0).await;
        }
        let skus: Vec<String> = (1..=300).map(|id| format!("SKU-{id}")).collect();
        for (at, sku) in skus.iter().enumerate() {
            wanted.push((sku.as_str(), u32::try_from(at % 7 + 1).expect("few")));
        }
        let placed = place(&bed, "big", order(&wanted)).await.expect(201);
        let total = placed["total"].as_i64().expect("a total");
        assert!(placed["discount"].as_i64().expect("a discount") > 0);
        act(&bed, "shipments", json!({})).await;
        act(&bed, "shipments/DE-L1001/delivery", json!({})).await;
        act(&bed, "payments", json!({ "amount": total, "reference": "SEPA" })).await;
        // Goodwill first, then all units in two rounds, then what is left of the delivery.
        let cent = json!({ "reason": "Scratch", "lines": [{ "position": 7, "amount": 13 }, { "position": 300, "amount": 1 }] });
        act(&bed, "refunds", cent).await;
        let first: Vec<Value> = (1..=300).map(|position| json!({ "position": position, "units": 1 })).collect();
        act(&bed, "refunds", json!({ "reason": "First", "lines": first })).await;
        let rest: Vec<Value> = (1..=300_i64)
            .filter(|position| (position - 1) % 7 > 0)
            .map(|position| json!({ "position": position, "units": (position - 1) % 7 }))
            .collect();
        let closed = act(&bed, "refunds", json!({ "reason": "Rest", "lines": rest })).await;
        let shipping = closed["shipping"]["total"].as_i64().expect("shipping");
        let closed = if shipping > 0 {
            act(&bed, "refunds", json!({ "reason": "Delivery", "shipping_amount": shipping })).await
        } else {
            closed
        };
        assert_eq!(shop::pay_out(&bed).await, closed["money"]["refunding"].as_i64().expect("an amount"));
        let closed = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(closed["payment_status"], "refunded");
        assert_eq!(closed["status"], "completed");
        assert_eq!(closed["money"]["refunded"], total);
        assert_eq!(closed["money"]["remainder"], 0);
        let tax: i64 = closed["credits"].as_array().expect("credits").iter().filter_map(|it| it["tax"].as_i64()).sum();
        assert_eq!(tax, placed["tax"].as_i64().expect("a tax"), "and the tax of it, to the cent");
    }
}
