//! What a provider tells by webhook: believed when it is signed, booked once, and also that nothing has moved.

use order_inspect::args;
use serde_json::{Value, json};

use crate::{
    on_both_engines,
    world::{TOTAL, World, entries, entry},
};

/// Something was asked of the first payment of the first order, and its answer comes by webhook.
async fn asked(world: &World, kind: &'static str, amount: i64) -> i64 {
    let id = world.bed.app.db.new_id();
    let sql = "INSERT INTO payment_operation
            (id, payment_id, order_id, kind, amount, state, attempts, created_at)
        SELECT $1, p.id, p.order_id, $2, $3, 'unknown', 1, p.created_at FROM payment p";
    assert_eq!(world.bed.sql(sql, args![id, kind, amount]).await, 1);
    id
}

/// An event about the first payment of the first order.
fn event(id: &str, kind: &str, amount: i64) -> Value {
    json!({ "id": id, "type": kind, "payment_id": "pay_1", "payment_reference": "DE-1001-1", "amount": amount,
        "currency": "EUR", "occurred_at": 1 })
}

async fn read(world: &World) -> Value {
    world.bed.get("/orders/DE-1001").await.expect(200)
}

/// The states of what was asked of this kind.
fn states(order: &Value, kind: &str) -> Vec<String> {
    let operations = order["payments"][0]["operations"].as_array().expect("operations");
    let own = operations.iter().filter(|it| it["kind"] == kind);
    own.map(|it| it["state"].as_str().unwrap_or_default().to_owned()).collect()
}

fn may(order: &Value, action: &str) -> bool {
    let actions = order["allowed_actions"].as_array().expect("actions");
    actions.iter().find(|it| it["action"] == action).expect("the action")["allowed"] == true
}

/// A lamp by card that has left, and whose capture waits for a webhook.
async fn captures(world: &World) -> String {
    world.place("card").await;
    // So far as this order knows it has left and was not captured.
    world.bed.sql("UPDATE order_line SET shipped = quantity", vec![]).await;
    format!("capture-{}", asked(world, "capture", TOTAL).await)
}

on_both_engines! {
    async fn what_is_declined_later_is_not_asked_again_by_itself(bed) {
        let world = World::open(bed).await;
        let mut declined = event("told_1", "failed", TOTAL);
        declined["reference"] = json!(captures(&world).await);
        declined["decline"] = json!({ "code": "expired", "reason": "The card has expired." });
        assert_eq!(world.tell(&declined).await.expect(200)["outcome"], "booked");
        let order = read(&world).await;
        assert_eq!(states(&order, "capture"), ["declined"]);
        assert_eq!((&order["attention"], may(&order, "retry_capture")), (&json!("payment"), true));
        assert_eq!(world.ledger().await[0].captured, 0);
        world.bed.post("/orders/DE-1001/payments/capture", json!({})).await.expect(200);
        let paid = world.becomes("DE-1001", "payment_status", "paid").await;
        assert_eq!(states(&paid, "capture"), ["declined", "succeeded"]);
    }

    async fn what_has_moved_nothing_has_ended_and_can_be_asked_for_again(bed) {
        let world = World::open(bed).await;
        let mut nothing = event("told_1", "captured", 0);
        nothing["reference"] = json!(captures(&world).await);
        assert_eq!(world.tell(&nothing).await.expect(200)["outcome"], "booked");
        let order = read(&world).await;
        assert_eq!(states(&order, "capture"), ["failed"]);
        assert_eq!(entries(&order), [entry("authorised", TOTAL)]);
        assert!(may(&order, "retry_capture"), "{order}");
        nothing["id"] = json!("told_2");
        assert_eq!(world.tell(&nothing).await.expect(200)["outcome"], "known");
    }

    async fn a_part_of_what_is_paid_at_once_is_not_taken(bed) {
        let world = World::open(bed).await;
        world.place("redirect").await;
        world.bed.sql("UPDATE orders SET payment_flow = 'sale'", vec![]).await;
        assert_eq!(world.tell(&event("told_1", "authorised", 1000)).await.expect(200)["outcome"], "booked");
        let part = read(&world).await;
        assert_eq!((&part["status"], &part["payment_status"]), (&json!("awaiting_payment"), &json!("partially_authorised")));
        assert!(part["held_until"].is_string());
        assert_eq!(states(&part, "capture"), [""; 0]);
        world.tell(&event("told_2", "authorised", TOTAL)).await.expect(200);
        assert_eq!(read(&world).await["payments"][0]["operations"][1]["amount"], TOTAL);
    }

    async fn webhooks_are_believed_only_when_they_are_signed_and_booked_only_once(bed) {
        let world = World::open(bed).await;
        let placed = world.place("sale").await;
        let number = placed["number"].as_str().expect("a number");
        world.becomes(number, "payment_status", "paid").await;
        let event = json!({ "id": "evt_c", "type": "chargeback", "payment_id": "pay_1",
            "payment_reference": format!("{number}-1"), "amount": TOTAL, "currency": "EUR", "occurred_at": 1 });
        let bare = world.bed.send("POST", "/webhooks/test", Some(event.clone()), &[]).await;
        assert_eq!(bare.problem(403), "forged");
        let strange = world.bed.send("POST", "/webhooks/elsewhere", Some(event.clone()), &[]).await;
        assert_eq!(strange.problem(404), "not_found");
        assert_eq!(world.tell(&json!({ "id": 1 })).await.problem(400), "unreadable");
        assert_eq!(world.tell(&event).await.expect(200)["outcome"], "booked");
        assert_eq!(world.tell(&event).await.expect(200)["outcome"], "known");
        let mut elsewhere = event.clone();
        elsewhere["payment_reference"] = json!("B-1");
        assert_eq!(world.tell(&elsewhere).await.expect(202)["outcome"], "not_ours");
        let order = world.bed.get(&format!("/orders/{number}")).await.expect(200);
        assert_eq!(order["money"]["refunded"], TOTAL);
        assert_eq!(entries(&order).last(), Some(&entry("charged_back", TOTAL)));
    }

    async fn late_webhooks_change_nothing(bed) {
        let world = World::open(bed).await;
        let placed = world.place("sale").await;
        let number = placed["number"].as_str().expect("a number");
        let paid = world.becomes(number, "payment_status", "paid").await;
        for (id, kind) in [("evt_a", "authorised"), ("evt_f", "failed")] {
            let event = json!({ "id": id, "type": kind, "payment_id": "pay_1", "payment_reference": format!("{number}-1"),
                "amount": TOTAL, "currency": "EUR", "occurred_at": 1 });
            assert_eq!(world.tell(&event).await.expect(200)["outcome"], "known");
        }
        let after = world.bed.get(&format!("/orders/{number}")).await.expect(200);
        assert_eq!(entries(&after), entries(&paid));
        assert_eq!(after["payment_status"], "paid");
    }
}
