//! Whatever people do with the money of an order, and in whatever order: its books hold, and they can be closed.

use serde_json::{Value, json};

use crate::{
    bed::Bed,
    on_both_engines,
    shop::{self, assert_ledgers_balance, order, pay_out, place},
};

/// Orders that are led through a life of chance, and the steps of each.
const LIVES: u64 = 6;
const STEPS: usize = 40;

/// Numbers from a seed (xorshift), so that a run can be repeated.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn amount(&mut self, end: u64) -> i64 {
        i64::try_from(self.below(end) + 1).expect("small")
    }
}

fn amount(order: &Value, field: &str) -> i64 {
    order["money"][field].as_i64().expect("an amount")
}

/// The path and the body of something that somebody may try with an order.
fn step(order: &Value, chance: &mut Chance, at: usize) -> (String, Value) {
    let position = chance.amount(2);
    let lines = json!([{ "position": position, "quantity": chance.amount(2) }]);
    let open =
        order["returns"].as_array().expect("returns").iter().find(|it| it["received_at"].is_null());
    match chance.below(10) {
        0 => (
            "payments".to_owned(),
            json!({ "amount": chance.amount(9_000), "reference": format!("SEPA {at}") }),
        ),
        1 => ("shipments".to_owned(), json!({ "lines": lines })),
        2 => ("cancellation".to_owned(), json!({ "reason": "Less", "lines": lines })),
        3 => {
            let lines = json!([{ "position": position, "units": chance.amount(2) }]);
            ("refunds".to_owned(), json!({ "reason": "Broken", "lines": lines }))
        }
        4 => {
            let lines = json!([{ "position": position, "amount": chance.amount(900) }]);
            let shipping = chance.amount(100);
            (
                "refunds".to_owned(),
                json!({ "reason": "Sorry", "lines": lines, "shipping_amount": shipping }),
            )
        }
        5 | 6 => match open {
            Some(found) => {
                let line = &found["lines"][0];
                let received =
                    json!([{ "position": line["position"], "restock": line["quantity"] }]);
                let number = found["number"].as_str().expect("a number");
                (
                    format!("returns/{number}/receipt"),
                    json!({ "lines": received, "refund": chance.below(3) > 0 }),
                )
            }
            None => {
                let line = json!([{ "position": position, "quantity": chance.amount(2), "reason": "Too small" }]);
                ("returns".to_owned(), json!({ "kind": "return", "lines": line }))
            }
        },
        7 => ("refunds/retry".to_owned(), json!({})),
        8 => {
            let entries = order["payments"][0]["entries"].as_array().cloned().unwrap_or_default();
            let booked: Vec<&Value> =
                entries.iter().filter(|it| it["kind"] == "captured").collect();
            let Some(entry) = booked.get(usize::try_from(chance.below(6)).expect("small")) else {
                return ("refunds/retry".to_owned(), json!({}));
            };
            let amount = entry["amount"].as_i64().expect("an amount");
            let part = if chance.below(2) == 0 { amount } else { 1 + amount / 2 };
            (
                "payments/correction".to_owned(),
                json!({ "reference": entry["reference"], "amount": part, "reason": "A slip" }),
            )
        }
        _ => ("refunds/overpayment".to_owned(), json!({})),
    }
}

/// Makes the oldest transfer, or calls it off.
async fn transfer(bed: &Bed, chance: &mut Chance) {
    let page = bed.get("/payouts?limit=1").await.expect(200);
    let Some(payout) = page["items"].get(0) else { return };
    let path =
        format!("/orders/{}/payouts/{}", payout["order"].as_str().expect("a number"), payout["id"]);
    if chance.below(3) == 0 {
        bed.post(&format!("{path}/cancellation"), json!({ "reason": "No such account" }))
            .await
            .expect(200);
    } else {
        bed.post(&path, json!({ "reference": "SEPA" })).await.expect(200);
    }
}

#[track_caller]
fn assert_holds(order: &Value) {
    let money = |field: &str| amount(order, field);
    let kept = money("captured") - money("refunded");
    assert_eq!(money("remainder"), money("owed") - kept, "{order}");
    assert!((0..=money("total")).contains(&money("credited")), "{order}");
    assert!(money("refunded") + money("refunding") <= money("captured"), "{order}");
    let beyond = (kept - money("refunding") - money("owed")).max(0);
    assert_eq!(money("due_back") + money("overpaid"), beyond, "{order}");
    assert_eq!(order["attention"] == "payment", money("due_back") > 0, "{order}");
    let credited = |position: &Value| -> i64 {
        let credits = order["credits"].as_array().expect("credits").iter();
        let lines = credits.flat_map(|it| it["lines"].as_array().expect("lines"));
        lines.filter(|it| it["position"] == *position).filter_map(|it| it["units"].as_i64()).sum()
    };
    for line in order["lines"].as_array().expect("lines") {
        let [cancelled, shipped] =
            ["cancelled", "shipped"].map(|field| line[field].as_i64().expect("units"));
        let credited = credited(&line["position"]);
        assert!((cancelled..=cancelled + shipped).contains(&credited), "{credited} of {line}");
    }
}

/// Brings the money of an order where it belongs, with nothing but what it says that can be done.
async fn close(bed: &Bed, path: &str) -> Value {
    let all = json!({ "reason": "The rest" });
    assert!(
        [200, 409].contains(&bed.post(&format!("{path}/cancellation"), all).await.status.as_u16())
    );
    let order = bed.get(path).await.expect(200);
    let missing = amount(&order, "remainder") + amount(&order, "refunding");
    if missing > 0 {
        let paid = json!({ "amount": missing, "reference": "The rest" });
        bed.post(&format!("{path}/payments"), paid).await.expect(200);
    }
    for way in ["retry", "overpayment"] {
        let asked = bed.post(&format!("{path}/refunds/{way}"), json!({})).await;
        assert!([200, 409].contains(&asked.status.as_u16()), "{asked:?}");
    }
    pay_out(bed).await;
    bed.get(path).await.expect(200)
}

on_both_engines! {
    async fn the_books_of_an_order_hold_whatever_is_done_and_can_be_closed(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1111, 500, 0).await;
        shop::product(&bed, 2, "BLUE", 777, 500, 0).await;
        for life in 0..LIVES {
            let mut chance = Chance(0x5eed_0000 + life);
            let placed = place(&bed, &format!("life-{life}"), order(&[("RED", 4), ("BLUE", 5)])).await.expect(201);
            let path = format!("/orders/{}", placed["number"].as_str().expect("a number"));
            for at in 0..STEPS {
                let before = bed.get(&path).await.expect(200);
                let (action, body) = step(&before, &mut chance, at);
                let answer = bed.post(&format!("{path}/{action}"), body).await;
                assert!([200, 409, 422].contains(&answer.status.as_u16()), "{action}: {answer:?}");
                if chance.below(4) == 0 {
                    transfer(&bed, &mut chance).await;
                }
                assert_holds(&bed.get(&path).await.expect(200));
            }
            let closed = close(&bed, &path).await;
            assert_holds(&closed);
            assert_eq!((amount(&closed, "remainder"), amount(&closed, "refunding")), (0, 0), "{closed}");
        }
        assert_ledgers_balance(&bed).await;
    }
}
