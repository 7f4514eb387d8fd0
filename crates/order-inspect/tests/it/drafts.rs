//! Orders that staff write for somebody on the phone.

use order_inspect::http::Scope;
use serde_json::{Value, json};

use crate::{
    baskets::{basket, checkout, patch},
    on_both_engines, shop,
};

on_both_engines! {
    async fn a_draft_is_written_by_staff_with_their_price_and_their_name(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        let anna = [("x-on-behalf-of", "Anna")];
        let draft = json!({ "channel": "de", "draft": true });
        let begun = bed.send("POST", "/baskets", Some(draft), &anna).await.expect(201);
        assert_eq!((&begun["token"], &begun["created_by"]), (&Value::Null, &json!("Anna (test)")));
        let it = format!("/baskets/{}", begun["id"]);
        let mut line = json!({ "sku": "RED", "quantity": 2, "unit_price": 1500 });
        let lines = format!("{it}/lines");
        assert_eq!(bed.post(&lines, line.clone()).await.expect(422)["errors"][0]["pointer"], "/note");
        line["note"] = json!("Kratzer am Fuß");
        let priced = bed.post(&lines, line).await.expect(200);
        assert_eq!((&priced["lines"][0]["listed_price"], &priced["quote"]["total"]), (&json!(1999), &json!(3000)));
        let row = &bed.get("/drafts").await.expect(200)["items"][0];
        assert_eq!((&row["id"], &row["lines"]), (&begun["id"], &json!(1)));
        let ready = patch(&bed, &it, "*", checkout()).await.expect(200);
        let path = format!("{it}/order");
        let headers = [("if-match", "*"), ("idempotency-key", "a"), anna[0]];
        let placed = bed.send("POST", &path, Some(json!({ "expected_total": 3495 })), &headers).await.expect(201);
        assert_eq!(placed["total"], ready["quote"]["total"]);
        assert_eq!(placed["lines"][0]["details"]["note"], "Kratzer am Fuß");
        assert_eq!(bed.get("/orders/DE-1001/timeline").await.expect(200)["items"][0]["actor"], "Anna (test)");
        assert_eq!(bed.get("/drafts").await.expect(200)["items"], json!([]));
        assert_eq!(bed.get(&it).await.expect(200)["order"], "DE-1001");
    }

    async fn drafts_are_for_staff_only(bed) {
        shop::open(&bed).await;
        let begun = bed.post("/baskets", json!({ "channel": "de", "draft": true })).await.expect(201);
        let key = format!("Bearer {}", bed.key_with(&[Scope::Shop]).await);
        let frontend = [("authorization", key.as_str()), ("if-match", "*")];
        let path = format!("/baskets/{}", begun["id"]);
        assert_eq!(bed.send("GET", &path, None, &frontend).await.problem(403), "forbidden");
        assert_eq!(bed.send("GET", "/drafts", None, &frontend).await.problem(403), "forbidden");
        let draft = json!({ "channel": "de", "draft": true });
        assert_eq!(bed.send("POST", "/baskets", Some(draft), &frontend).await.problem(403), "forbidden");
        let (_, guest) = basket(&bed, json!({ "channel": "de" })).await;
        assert_eq!(guest["id"], Value::Null, "a guest's basket has no number to guess");
        bed.delete(&path).await.expect(204);
        assert_eq!(bed.get(&path).await.problem(404), "not_found");
    }
}
