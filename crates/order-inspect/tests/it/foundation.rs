//! What every part stands on.

use order_inspect::{args, error::Error};
use serde_json::json;

use crate::on_both_engines;

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

    async fn what_leads_nowhere_says_so(bed) {
        assert_eq!(bed.get("/nowhere").await.problem(404), "not_found");
        assert_eq!(bed.post("/openapi.json", json!({})).await.problem(405), "method_not_allowed");
    }
}
