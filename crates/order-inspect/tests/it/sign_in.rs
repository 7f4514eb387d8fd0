//! Sign-in: baskets of one customer are put together.

use serde_json::json;

use crate::{
    baskets::{add, basket, customer},
    on_both_engines, shop,
};

on_both_engines! {
    async fn at_sign_in_the_larger_quantity_counts_and_every_token_leads_to_one_basket(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        shop::product(&bed, 2, "BLUE", 500, 50, 0).await;
        let erika = customer(&bed, "erika@example.org").await;
        let (phone, _) = basket(&bed, json!({ "channel": "de", "customer_id": erika })).await;
        add(&bed, &phone, "RED", 3).await;
        add(&bed, &phone, "BLUE", 1).await;
        bed.post(&format!("{phone}/coupons"), json!({ "code": "A" })).await.expect(200);
        let (laptop, _) = basket(&bed, json!({ "channel": "de" })).await;
        add(&bed, &laptop, "RED", 2).await;
        bed.post(&format!("{laptop}/coupons"), json!({ "code": "B" })).await.expect(200);
        let sign_in = format!("{laptop}/customer");
        let merged = bed.post(&sign_in, json!({ "customer_id": erika })).await.expect(200);
        let lines = merged["lines"].as_array().expect("lines");
        let lines: Vec<_> = lines.iter().map(|it| (it["sku"].as_str(), it["quantity"].as_i64())).collect();
        assert_eq!(lines, [(Some("RED"), Some(3)), (Some("BLUE"), Some(1))]);
        let codes: Vec<_> = merged["coupons"].as_array().expect("codes").iter().map(|it| &it["code"]).collect();
        assert_eq!(codes, ["B", "A"]);
        assert_eq!(merged["email"], "erika@example.org");
        assert_eq!(bed.post(&sign_in, json!({ "customer_id": erika })).await.expect(200), merged);
        assert_eq!(bed.get(&phone).await.expect(200), merged, "both devices see one basket");
        let otto = customer(&bed, "otto@example.org").await;
        assert_eq!(bed.post(&sign_in, json!({ "customer_id": otto })).await.problem(409), "other_customer");
        let (tablet, third) = basket(&bed, json!({ "channel": "de", "customer_id": erika })).await;
        assert_eq!(third["lines"].as_array().map(Vec::len), Some(2));
        assert_eq!(bed.get(&phone).await.expect(200)["revision"], bed.get(&tablet).await.expect(200)["revision"]);
    }

    async fn sign_ins_on_many_devices_at_once_end_in_one_basket(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 50, 0).await;
        let erika = customer(&bed, "erika@example.org").await;
        let mut devices = Vec::new();
        for quantity in 1..=8 {
            let (it, _) = basket(&bed, json!({ "channel": "de" })).await;
            add(&bed, &it, "RED", quantity).await;
            devices.push(it);
        }
        let sign_ins = devices.iter().map(|it| {
            let path = format!("{it}/customer");
            let bed = &bed;
            async move { bed.post(&path, json!({ "customer_id": erika })).await }
        });
        for answer in futures_util::future::join_all(sign_ins).await {
            answer.expect(200);
        }
        let first = bed.get(&devices[0]).await.expect(200);
        assert_eq!(first["lines"][0]["quantity"], 8);
        for it in &devices {
            assert_eq!(bed.get(it).await.expect(200), first);
        }
    }
}
