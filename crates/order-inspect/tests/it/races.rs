//! What several do at the same moment, also on several servers.

use std::sync::Arc;

use futures_util::future::join_all;
use order_inspect::{cashier::Tills, db::Db};
use serde_json::{Value, json};

use crate::{
    baskets::{add, basket, checkout, patch},
    bed::Bed,
    on_both_engines,
    shop::{self, assert_ledgers_balance, order, place},
};

/// Three servers over one database.
fn servers(bed: &Bed) -> Vec<Arc<Bed>> {
    (0..3).map(|_| Arc::new(bed.server(Tills::default(), None))).collect()
}

async fn promotion(bed: &Bed, code: &str, rule: Value) {
    bed.put(&format!("/setup/promotions/{code}"), json!({ "rule": rule })).await.expect(201);
}

fn count(answers: &[crate::bed::Answer], status: u16) -> usize {
    answers.iter().filter(|it| it.status.as_u16() == status).count()
}

on_both_engines! {
    async fn a_basket_that_is_ordered_four_times_at_once_becomes_one_order(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 500, 0).await;
        let servers = servers(&bed);
        for round in 0..5 {
            let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
            add(&bed, &it, "RED", 1).await;
            let seen = patch(&bed, &it, "*", checkout()).await.expect(200);
            let etag = format!("\"{}\"", seen["revision"]);
            let path = format!("{it}/order");
            let asked = (0..8).map(|at| {
                let (bed, path, etag) = (Arc::clone(&servers[at % 3]), path.clone(), etag.clone());
                tokio::spawn(async move {
                    let key = format!("{round}-{at}");
                    let headers = [("if-match", etag.as_str()), ("idempotency-key", key.as_str())];
                    bed.send("POST", &path, Some(json!({ "expected_total": 2494 })), &headers).await
                })
            });
            let answers: Vec<_> = join_all(asked).await.into_iter().map(|it| it.expect("an answer")).collect();
            assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 7), "{answers:?}");
        }
        assert_eq!(bed.get("/orders?limit=200").await.expect(200)["items"].as_array().map(Vec::len), Some(5));
        assert_ledgers_balance(&bed).await;
    }

    async fn what_a_customer_gets_once_they_get_once_however_many_servers_they_ask(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 500, 0).await;
        let once = json!({ "key": "once", "name": "Once", "benefit": { "amount": { "amount": 500, "per": "order" } },
            "currency": "EUR", "conditions": { "code": "ONCE" }, "budget": { "max_uses_per_customer": 1 } });
        promotion(&bed, "once", once).await;
        let first = json!({ "key": "first", "name": "First", "benefit": { "amount": { "amount": 300, "per": "order" } },
            "currency": "EUR", "conditions": { "first_order": true } });
        promotion(&bed, "first", first).await;
        let servers = servers(&bed);
        let asked = (0..24).map(|at| {
            let bed = Arc::clone(&servers[at % 3]);
            tokio::spawn(async move {
                let mut wanted = order(&[("RED", 1)]);
                if at % 4 < 2 {
                    wanted["coupons"] = json!(["ONCE"]);
                }
                wanted["email"] = json!(if at.is_multiple_of(2) { "eve@example.org" } else { "Eve@Example.org" });
                place(&bed, &format!("k{at}"), wanted).await
            })
        });
        let answers: Vec<_> = join_all(asked).await.into_iter().map(|it| it.expect("an answer")).collect();
        assert_eq!((count(&answers, 201), count(&answers, 409)), (13, 11), "one code of twelve was good");
        let paid: i64 = answers.iter().filter_map(|it| it.body["total"].as_i64()).sum();
        assert_eq!(13 * 2494 - paid, 800, "each of the two promotions gave once");
    }

    async fn orders_with_a_budget_are_placed_and_cancelled_at_once(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 500, 0).await;
        shop::product(&bed, 2, "BLUE", 999, 500, 0).await;
        let five = json!({ "key": "five", "name": "Five", "benefit": { "amount": { "amount": 500, "per": "order" } },
            "currency": "EUR", "conditions": { "code": "FIVE" }, "budget": { "max_uses": 1000 } });
        promotion(&bed, "five", five).await;
        let servers = servers(&bed);
        let wanted = |at: usize| {
            let (one, other) = if at.is_multiple_of(2) { ("RED", "BLUE") } else { ("BLUE", "RED") };
            let mut wanted = order(&[(one, 1), (other, 1)]);
            wanted["coupons"] = json!(["FIVE"]);
            wanted
        };
        for at in 0..40 {
            place(&bed, &format!("before-{at}"), wanted(at)).await.expect(201);
        }
        let asked = (0..80).map(|at| {
            let (bed, wanted) = (Arc::clone(&servers[at % 3]), wanted(at));
            tokio::spawn(async move {
                if at.is_multiple_of(2) {
                    place(&bed, &format!("now-{at}"), wanted).await
                } else {
                    let path = format!("/orders/DE-{}/cancellation", 1001 + at / 2);
                    bed.post(&path, json!({ "reason": "customer" })).await
                }
            })
        });
        let answers: Vec<_> = join_all(asked).await.into_iter().map(|it| it.expect("an answer")).collect();
        assert_eq!((count(&answers, 201), count(&answers, 200)), (40, 40));
        let budget = bed.get("/setup/promotions/five").await.expect(200);
        assert_eq!(budget["used"], json!({ "count": 40, "amount": 20_000 }));
        assert_ledgers_balance(&bed).await;
    }

    async fn goods_that_come_in_and_orders_do_not_wait_for_each_other_in_a_circle(bed) {
        crate::catalogue::open(&bed).await;
        for id in 1..=8 {
            shop::product(&bed, id, &format!("SKU-{id}"), 1999, 0, 0).await;
        }
        let servers = servers(&bed);
        let skus: Vec<String> = (1..=8).map(|id| format!("SKU-{id}")).collect();
        let lines: Vec<Value> = skus.iter().map(|it| json!({ "sku": it, "quantity": 100 })).collect();
        bed.post("/catalogue/stock", json!({ "action": "receipt", "location": "hanover", "lines": lines })).await.expect(200);
        let asked = (0..60).map(|at| {
            let (bed, skus) = (Arc::clone(&servers[at % 3]), skus.clone());
            tokio::spawn(async move {
                if at.is_multiple_of(2) {
                    let lines: Vec<_> = skus.iter().map(|it| (it.as_str(), 1)).collect();
                    return place(&bed, &format!("k{at}"), order(&lines)).await;
                }
                // From the last one to the first one, and only some of them were on their way.
                let lines: Vec<Value> = skus.iter().rev().enumerate()
                    .map(|(at, it)| json!({ "sku": it, "quantity": 1, "was_incoming": at < 4 })).collect();
                bed.post("/catalogue/stock", json!({ "action": "receipt", "location": "hanover", "lines": lines })).await
            })
        });
        let answers: Vec<_> = join_all(asked).await.into_iter().map(|it| it.expect("an answer")).collect();
        assert_eq!((count(&answers, 201), count(&answers, 200)), (30, 30), "{answers:?}");
        assert_ledgers_balance(&bed).await;
    }

    async fn two_who_count_what_never_was_there_do_not_add_it_up(bed) {
        crate::catalogue::open(&bed).await;
        let servers = servers(&bed);
        for round in 0..6 {
            let mut made = crate::catalogue::chair(&format!("c{round}"));
            made["variants"][0]["gtin"] = Value::Null;
            bed.post("/catalogue/products", made).await.expect(201);
            let asked = (0..6).map(|at| {
                let bed = Arc::clone(&servers[at % 3]);
                let lines = json!([{ "sku": format!("c{round}-s"), "on_hand": 5 }]);
                let counted = json!({ "action": "correction", "location": "hanover", "reason": "Counted", "lines": lines });
                tokio::spawn(async move { bed.post("/catalogue/stock", counted).await })
            });
            let answers: Vec<_> = join_all(asked).await.into_iter().map(|it| it.expect("an answer")).collect();
            assert_eq!(count(&answers, 200), 6, "{answers:?}");
        }
        assert_eq!(bed.numbers("SELECT DISTINCT on_hand AS n FROM stock").await, [5]);
        assert_ledgers_balance(&bed).await;
    }

    async fn who_writes_prices_and_who_writes_products_do_not_wait_for_each_other_in_a_circle(bed) {
        crate::catalogue::open(&bed).await;
        crate::catalogue::sell_chair(&bed, "oak-chair").await;
        bed.clock.advance(std::time::Duration::from_secs(1));
        let servers = servers(&bed);
        let asked = (0..60_i64).map(|at| {
            let bed = Arc::clone(&servers[usize::try_from(at % 3).expect("few")]);
            tokio::spawn(async move {
                if at % 2 == 0 {
                    return bed.put("/catalogue/products/oak-chair", crate::catalogue::chair("oak-chair")).await;
                }
                let prices = json!({ "amount": 10_000 + at, "min_quantity": at + 1 });
                crate::catalogue::price(&bed, "oak-chair-s", prices).await
            })
        });
        let answers: Vec<_> = join_all(asked).await.into_iter().map(|it| it.expect("an answer")).collect();
        assert_eq!((count(&answers, 200), count(&answers, 201)), (30, 30), "{answers:?}");
    }

    async fn of_those_who_change_master_data_at_once_only_one_has_seen_it(bed) {
        crate::catalogue::open(&bed).await;
        let servers = servers(&bed);
        for round in 1..6 {
            let etag = format!("\"{round}\"");
            let asked = (0..8).map(|at| {
                let (bed, etag) = (Arc::clone(&servers[at % 3]), etag.clone());
                tokio::spawn(async move {
                    let brand = json!({ "code": "acme", "name": format!("Acme {round}-{at}") });
                    bed.send("PUT", "/catalogue/brands/acme", Some(brand), &[("if-match", etag.as_str())]).await
                })
            });
            let answers: Vec<_> = join_all(asked).await.into_iter().map(|it| it.expect("an answer")).collect();
            assert_eq!((count(&answers, 200), count(&answers, 412)), (1, 7), "{answers:?}");
        }
    }

    async fn choices_that_several_add_at_once_are_never_lost(bed) {
        crate::catalogue::open(&bed).await;
        let servers = servers(&bed);
        let choice = |code: &str| json!({ "code": code, "labels": { "de": code } });
        let asked = (0..8).map(|at| {
            let bed = Arc::clone(&servers[at % 3]);
            let mut wood = json!({ "code": "wood", "kind": "choice", "facet": true, "labels": { "de": "Holz" } });
            wood["choices"] = json!([choice("oak"), choice("beech"), choice(&format!("wood-{at}"))]);
            tokio::spawn(async move { bed.put("/catalogue/attributes/wood", wood).await })
        });
        let answers: Vec<_> = join_all(asked).await.into_iter().map(|it| it.expect("an answer")).collect();
        assert_eq!((count(&answers, 200), count(&answers, 422)), (1, 7), "each other one would lose a choice: {answers:?}");
    }

    async fn the_same_request_sent_eight_times_at_once_is_done_once_and_answered_eight_times(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 500, 0).await;
        place(&bed, "a", order(&[("RED", 8)])).await.expect(201);
        let servers = servers(&bed);
        let part = json!({ "lines": [{ "position": 1, "quantity": 8 }] });
        let asked = (0..8).map(|at| {
            let (bed, part) = (Arc::clone(&servers[at % 3]), part.clone());
            tokio::spawn(async move {
                bed.send("POST", "/orders/DE-1001/shipments", Some(part), &[("idempotency-key", "ship")]).await
            })
        });
        let answers: Vec<_> = join_all(asked).await.into_iter().map(|it| it.expect("an answer")).collect();
        assert_eq!(count(&answers, 200), 8, "{answers:?}");
        let replayed = answers.iter().filter(|it| it.headers.contains_key("idempotency-replayed")).count();
        assert_eq!(replayed, 7);
        assert!(answers.iter().all(|it| it.body == answers[0].body));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_connections_broke_makes_numbers_that_no_other_server_makes() {
    let server = kontor_testkit::PostgresServer::shared().await;
    let url = server.fresh_database().await;
    let open = || async { Db::open_postgres(url.as_str(), 4).await.expect("a database") };
    let (first, second) = (open().await, open().await);
    let slot = |db: &Db| db.new_id() % 16;
    assert_ne!(slot(&first), slot(&second));
    let broken: Result<(), order_inspect::error::Error> = second
        .write(|tx| {
            Box::pin(async move {
                let sql = "SELECT COUNT(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
                tx.rows(sql, vec![]).await?;
                Ok(())
            })
        })
        .await;
    broken.expect("all others are ended");
    let third = open().await;
    kontor_testkit::eventually("each has a part of its own", || async {
        let mut slots = [slot(&first), slot(&second), slot(&third)];
        slots.sort_unstable();
        slots[0] < slots[1] && slots[1] < slots[2]
    })
    .await;
}
