//! Placing orders.

use std::sync::Arc;

use serde_json::json;

use crate::{
    on_both_engines,
    shop::{self, HAMBURG, LEIPZIG, assert_ledgers_balance, order, place, stock},
};

on_both_engines! {
    async fn an_order_freezes_its_price_and_holds_its_stock(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        let mut wanted = order(&[("RED", 2)]);
        wanted["lines"][0]["services"] = json!(["assembly"]);
        let placed = place(&bed, "a", wanted).await;
        assert_eq!(placed.headers["location"], "/orders/DE-1001");
        let placed = placed.expect(201);
        assert_eq!(placed["number"], "DE-1001");
        assert_eq!(placed["total"], 2 * 1999 + 2 * 1999 + 495);
        assert_eq!(placed["tax"], 1356, "19 % contained in 84.91");
        assert_eq!(placed["lines"][1]["name"], "Montage");
        assert_eq!(placed["lines"][1]["parent"], 1);
        assert_eq!(placed["status"], "open");
        assert_eq!(placed["payment_status"], "unpaid");
        assert_eq!(placed["fulfilment_status"], "unfulfilled");
        assert_eq!(stock(&bed, 1, HAMBURG).await, (5, 2));
        assert_eq!(bed.get("/orders/DE-1001").await.expect(200), placed);
        assert_eq!(bed.get("/orders").await.expect(200)["items"][0]["number"], "DE-1001");
        assert_eq!(bed.get("/orders/DE-1001/timeline").await.expect(200)["items"][0]["kind"], "placed");
        assert_ledgers_balance(&bed).await;
    }

    /// spree#11286 and others: the same order sent twice was placed twice.
    async fn the_same_request_gets_the_same_order(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        let first = place(&bed, "once", order(&[("RED", 1)])).await.expect(201);
        let again = place(&bed, "once", order(&[("RED", 1)])).await;
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(again.expect(201), first);
        let other = place(&bed, "once", order(&[("RED", 2)])).await;
        assert_eq!(other.problem(422), "idempotency_key_reused");
        assert_eq!(stock(&bed, 1, HAMBURG).await, (5, 1));
        let bare = bed.post("/orders", order(&[("RED", 1)])).await;
        assert_eq!(bare.problem(400), "idempotency_key_required");
    }

    async fn a_request_that_comes_ten_times_at_once_is_one_order(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let sent = (0..10).map(|_| place(&bed, "same", order(&[("RED", 1)])));
        let answers = futures_util::future::join_all(sent).await;
        for answer in answers {
            assert_eq!(answer.expect(201)["number"], "DE-1001");
        }
        assert_eq!(stock(&bed, 1, HAMBURG).await, (50, 1));
    }

    async fn what_is_not_there_is_refused_with_what_is(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 2, 1).await;
        let refused = place(&bed, "a", order(&[("RED", 4)])).await.expect(409);
        assert_eq!(refused["code"], "out_of_stock");
        assert_eq!(refused["facts"]["lines"][0], json!({ "sku": "RED", "wanted": 4, "available": 3 }));
        assert_eq!(stock(&bed, 1, HAMBURG).await, (2, 0));
        place(&bed, "b", order(&[("RED", 3)])).await.expect(201);
        assert_eq!((stock(&bed, 1, HAMBURG).await, stock(&bed, 1, LEIPZIG).await), ((2, 2), (1, 1)));
        assert_ledgers_balance(&bed).await;
    }

    async fn a_refused_order_says_where_the_trouble_is_and_leaves_no_gap(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let unknown = place(&bed, "a", order(&[("RED", 1), ("BLUE", 1)])).await.expect(422);
        assert_eq!(unknown["errors"][0]["pointer"], "/lines/1/sku");
        let mut seen = order(&[("RED", 1)]);
        seen["expected_total"] = json!(1);
        assert_eq!(place(&bed, "b", seen).await.problem(409), "price_changed");
        let mut nowhere = order(&[("RED", 1)]);
        nowhere["billing_address"]["country"] = json!("FR");
        assert!(place(&bed, "c", nowhere).await.status.is_client_error());
        assert_eq!(place(&bed, "d", order(&[("RED", 1)])).await.expect(201)["number"], "DE-1001");
    }

    /// Who entered a code expects to pay less: they are told before they buy, not by the bill.
    async fn a_code_that_takes_nothing_off_refuses_an_order_whose_total_nobody_has_seen(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let mut wanted = order(&[("RED", 1)]);
        wanted["coupons"] = json!(["NONE"]);
        let refused = place(&bed, "a", wanted.clone()).await.expect(409);
        assert_eq!(refused["code"], "coupon_not_applied");
        let told = json!([{ "code": "NONE", "declined": "Code NONE: Diesen Code gibt es nicht." }]);
        assert_eq!(refused["facts"]["coupons"], told);
        wanted["expected_total"] = json!(2494);
        assert_eq!(place(&bed, "b", wanted).await.expect(201)["total"], 2494);
    }

    /// The parts of a bundle are packed together: what lies apart is none.
    async fn a_bundle_is_sold_only_where_all_of_it_lies(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "CUP", 500, 5, 1).await;
        shop::product(&bed, 2, "SAUCER", 300, 0, 7).await;
        shop::product(&bed, 3, "SET", 700, 0, 0).await;
        shop::make_bundle(&bed, 3, &[(1, 1), (2, 2)]).await;
        let refused = place(&bed, "a", order(&[("SET", 2)])).await.expect(409);
        assert_eq!(refused["code"], "out_of_stock");
        assert_eq!(refused["facts"]["lines"][0]["available"], 1, "one cup lies with the saucers");
        let placed = place(&bed, "b", order(&[("SET", 1)])).await.expect(201);
        assert_eq!((stock(&bed, 1, LEIPZIG).await, stock(&bed, 2, LEIPZIG).await), ((1, 1), (7, 2)));
        let shipped = bed.post("/orders/DE-1001/shipments", json!({})).await.expect(200);
        assert_eq!(shipped["fulfilment_status"], "fulfilled", "{placed}");
        assert_ledgers_balance(&bed).await;
    }

    async fn services_go_with_their_products_and_once_with_a_unit(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        shop::product(&bed, 2, "BARE", 999, 50, 0).await;
        bed.sql("DELETE FROM product_service WHERE product_id = 2", vec![]).await;
        let with = |sku: &str, services: serde_json::Value| {
            let mut wanted = order(&[(sku, 1)]);
            wanted["lines"][0]["services"] = services;
            wanted
        };
        let bare = place(&bed, "a", with("BARE", json!(["assembly"]))).await.expect(422);
        assert_eq!(bare["errors"][0]["pointer"], "/lines/0/services/0");
        let twice = place(&bed, "b", with("RED", json!(["assembly", "assembly"]))).await.expect(422);
        assert_eq!(twice["errors"][0]["pointer"], "/lines/0/services/1");
        let once = place(&bed, "c", with("RED", json!(["assembly"]))).await.expect(201);
        assert_eq!(once["lines"].as_array().map(Vec::len), Some(2));
        let long = json!({ "carrier": "x".repeat(61) });
        assert_eq!(bed.post("/orders/DE-1001/shipments", long).await.problem(422), "invalid");
    }

    /// W2. vendure#1738, vendure#3508, medusa#16825, spree#3808, Sylius#12573: oversold, or answered with 500.
    async fn ten_thousand_buyers_get_exactly_the_thousand_that_there_are(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "HOT", 1999, 600, 400).await;
        shop::product(&bed, 2, "SIDE", 500, 1_000_000, 0).await;
        let bed = Arc::new(bed);
        let buyers = (0..10_000).map(|buyer| {
            let bed = Arc::clone(&bed);
            tokio::spawn(async move {
                // Lines in opposite order: who locks in the order of the lines deadlocks here.
                let wanted = match buyer % 3 {
                    0 => order(&[("HOT", 1)]),
                    1 => order(&[("HOT", 1), ("SIDE", 1)]),
                    _ => order(&[("SIDE", 1), ("HOT", 1)]),
                };
                place(&bed, &format!("buyer-{buyer}"), wanted).await.status.as_u16()
            })
        });
        let answers = futures_util::future::join_all(buyers).await;
        let answers: Vec<u16> = answers.into_iter().map(|answer| answer.expect("an answer")).collect();
        let count = |status: u16| answers.iter().filter(|it| **it == status).count();
        assert_eq!((count(201), count(409)), (1000, 9000));
        assert_eq!(stock(&bed, 1, HAMBURG).await, (600, 600));
        assert_eq!(stock(&bed, 1, LEIPZIG).await, (400, 400));
        assert_ledgers_balance(&bed).await;
    }
}
