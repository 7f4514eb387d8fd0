//! What every part stands on.

use order_inspect::{args, db::Db, error::Error};
use serde_json::json;

use crate::{
    bed::Bed,
    on_both_engines,
    shop::{self, assert_balance, order, place},
};

on_both_engines! {
    async fn the_service_is_ready_and_described(bed) {
        assert_eq!(bed.get("/ready").await.status, 200);
        assert_eq!(bed.get("/openapi.json").await.expect(200)["info"]["title"], json!("Order & Inspect"));
        assert_eq!(bed.get("/openapi.json").await.expect(200)["openapi"], "3.1.0");
    }

    async fn work_that_fails_leaves_nothing_behind(bed) {
        let outcome: Result<(), Error> = bed.app.db.write(|tx| Box::pin(async move {
            tx.run("INSERT INTO tax_class (code, id, name, revision) VALUES ($1, $2, $1, $2)", args!["odd", 1_i64]).await?;
            Err(Error::Broken("on purpose".to_owned()))
        })).await;
        assert!(matches!(outcome, Err(Error::Broken(_))));
        let left: i64 = bed.app.db.read(|tx| Box::pin(async move {
            let sql = "SELECT COUNT(*) AS n FROM tax_class WHERE code = ANY($1)";
            tx.one(sql, args![vec!["odd".to_owned()]]).await?.get("n")
        })).await.expect("a count");
        assert_eq!(left, 0);
    }

    async fn many_rows_are_inserted_or_none(bed) {
        let row = |id: i64, hash: u8| {
            let scopes = json!(["shop"]);
            args![id, format!("key {id}"), vec![hash; 3], scopes, id, None::<i64>]
        };
        let columns = ["id", "name", "hash", "scopes", "created_at", "revoked_at"];
        let (good, doubled) = (vec![row(1, 1), row(2, 2)], vec![row(3, 3), row(4, 3)]);
        let insert = |rows| bed.app.db.write(move |tx| {
            Box::pin(async move { tx.insert("api_key", &columns, rows).await })
        });
        insert(good).await.expect("two rows");
        let refused = insert(doubled).await.expect_err("a hash stands for one key");
        assert!(refused.is_duplicate(), "{refused}");
        let ids: Vec<i64> = bed.app.db.read(|tx| Box::pin(async move {
            let sql = "SELECT id FROM api_key WHERE id = ANY($1) ORDER BY id";
            let rows = tx.rows(sql, args![vec![1_i64, 2, 3, 4]]).await?;
            rows.iter().map(|row| row.get("id")).collect()
        })).await.expect("ids");
        assert_eq!(ids, [1, 2]);
    }

    async fn each_shop_has_its_own_methods_and_its_own_numbers(bed) {
        shop::open(&bed).await;
        let mut second = bed.get("/setup/channels/de").await.expect(200);
        for field in ["id", "code", "revision"] {
            second.as_object_mut().expect("an object").remove(field);
        }
        assert_eq!(bed.put("/setup/channels/at", second.clone()).await.problem(409), "prefix_taken");
        second["number_prefix"] = json!("DE-1");
        assert_eq!(bed.put("/setup/channels/at", second.clone()).await.problem(422), "invalid");
        second["number_prefix"] = json!("AT-");
        second["locations"] = json!(["mars"]);
        assert_eq!(bed.put("/setup/channels/at", second.clone()).await.problem(422), "invalid");
        second["locations"] = json!(["LEJ"]);
        bed.put("/setup/channels/at", second).await.expect(201);
        let method = json!({ "provider": "manual", "flow": "prepayment", "names": { "de": "Vorkasse" } });
        bed.put("/setup/channels/at/payment-methods/invoice", method.clone()).await.expect(201);
        let german = bed.get("/setup/channels/de/payment-methods/invoice").await.expect(200);
        let austrian = bed.get("/setup/channels/at/payment-methods/invoice").await.expect(200);
        assert_eq!((&german["flow"], &austrian["flow"]), (&json!("invoice"), &json!("prepayment")));
        assert_eq!((&german["channel"], &austrian["channel"]), (&json!("de"), &json!("at")));
        let mut elsewhere = method.clone();
        elsewhere["channel"] = json!("de");
        assert_eq!(bed.put("/setup/channels/at/payment-methods/other", elsewhere).await.problem(422), "invalid");
        let mut unknown = method;
        (unknown["provider"], unknown["flow"]) = (json!("stripe"), json!("sale"));
        assert_eq!(bed.put("/setup/channels/de/payment-methods/card", unknown).await.problem(422), "invalid");
        shop::product(&bed, 1, "RED", 1999, 3, 4).await;
        assert_eq!(place(&bed, "a", order(&[("RED", 7)])).await.expect(201)["number"], "DE-1001");
    }

    async fn what_is_asked_wrongly_is_told_in_words_of_the_shop(bed) {
        shop::open(&bed).await;
        let detail = |answer: crate::bed::Answer, status| answer.expect(status)["detail"].as_str().expect("a text").to_owned();
        assert_eq!(detail(bed.get("/orders/DE-1/timeline?limit=ten").await, 400), "limit: must be a whole number.");
        for list in ["/catalogue/products", "/events", "/drafts", "/orders"] {
            assert!(detail(bed.get(&format!("{list}?placed_after=2026-01-01")).await, 400).contains("placed_after"), "{list}");
        }
        let price = json!({ "channel": "de", "currency": "EUR", "amount": 1.99 });
        let told = detail(bed.post("/catalogue/variants/RED/prices", price).await, 422);
        assert!(told.contains("1.99 EUR is 199"), "{told}");
        let mut wanted = order(&[("RED", 1)]);
        wanted["billing_address"]["name"] = json!("Eve\r\nBcc: all@evil.example");
        assert_eq!(place(&bed, "a", wanted).await.problem(422), "invalid");
    }

    async fn what_leads_nowhere_says_so(bed) {
        assert_eq!(bed.get("/nowhere").await.problem(404), "not_found");
        assert_eq!(bed.post("/openapi.json", json!({})).await.problem(405), "method_not_allowed");
    }
}

/// A backup is a database that can be served, and nothing is overwritten by it or left half done.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_made_while_orders_come_in_is_a_whole_shop() {
    let bed = Bed::sqlite().await;
    shop::open(&bed).await;
    shop::product(&bed, 1, "RED", 1999, 50, 0).await;
    place(&bed, "a", order(&[("RED", 1)])).await.expect(201);
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("order-inspect.db");
    let (made, placed) =
        tokio::join!(bed.app.db.backup(&copy), place(&bed, "b", order(&[("RED", 1)])));
    made.expect("a backup");
    placed.expect(201);
    let again = bed.app.db.backup(&copy).await.expect_err("it is there").to_string();
    assert!(again.contains("never overwrites"), "{again}");
    let files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files, 1, "nothing half done is left");
    let restored = Db::open_folder(folder.path()).await.expect("a database");
    assert_balance(&restored).await;
    let missing = bed.app.db.backup(&folder.path().join("nowhere/copy.db")).await;
    missing.expect_err("there is no such folder");
}
