//! Customers, and what is left of them when they want to be forgotten.

use std::time::Duration;

use kontor_testkit::eventually;
use order_inspect::{args, cashier::Tills, error::Error, http::Scope, outbox::MailServer};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    mail::Server,
    on_both_engines,
    shop::{self, order, place},
};

async fn customer(bed: &Bed, email: &str, name: &str) -> Value {
    let customer = json!({ "channel": "de", "email": email, "name": name });
    bed.post("/customers", customer).await.expect(201)
}

async fn names(bed: &Bed, query: &str) -> Vec<String> {
    let page = bed.get(&format!("/customers?{query}")).await.expect(200);
    let items = page["items"].as_array().expect("a list");
    items.iter().map(|it| it["name"].as_str().expect("a name").to_owned()).collect()
}

/// All that is in the tables about somebody, in one text.
async fn traces(bed: &Bed) -> String {
    let read: Result<String, Error> = bed
        .app
        .db
        .read(|tx| {
            Box::pin(async move {
                let mut text = String::new();
                for table in [
                    "customer",
                    "basket",
                    "orders",
                    "order_event",
                    "promotion_use",
                    "review",
                    "idempotency",
                    "outbox",
                    "order_hold",
                    "order_return",
                    "payment",
                    "payment_operation",
                ] {
                    let rows = tx.rows(&format!("SELECT * FROM {table}"), args![]).await?;
                    text.push_str(&format!("{rows:?}"));
                }
                Ok(text)
            })
        })
        .await;
    read.expect("tables")
}

on_both_engines! {
    async fn a_customer_is_made_found_and_changed(bed) {
        shop::open(&bed).await;
        let erika = json!({ "channel": "de", "email": " Erika@Example.org ", "name": "Erika Mustermann",
            "group": "trade", "addresses": [{ "name": "Erika Mustermann", "street": "Lange Straße 7",
            "postal_code": "20095", "city": "Hamburg", "country": "DE" }] });
        let made = bed.post("/customers", erika.clone()).await;
        assert_eq!(made.headers["location"], "/customers/DE-K1001");
        let made = made.expect(201);
        assert_eq!((&made["email"], &made["locale"]), (&json!("erika@example.org"), &json!("de")));
        assert_eq!(bed.post("/customers", erika).await.problem(409), "email_taken");
        assert_eq!(bed.get("/customers/DE-K1001").await.expect(200), made);
        let change = json!({ "email": "erika@example.org", "name": "Erika Muster", "locale": "en" });
        let put = async |tag: &str| {
            bed.send("PUT", "/customers/DE-K1001", Some(change.clone()), &[("if-match", tag)]).await
        };
        let changed = put("\"1\"").await.expect(200);
        assert_eq!((&changed["name"], &changed["group"], &changed["revision"]), (&json!("Erika Muster"), &Value::Null, &json!(2)));
        assert_eq!(put("\"1\"").await.problem(412), "stale");
        let bare = bed.send("PUT", "/customers/DE-K1001", Some(change.clone()), &[]).await;
        assert_eq!(bare.problem(428), "precondition_required");
    }

    async fn customers_are_found_by_address_number_and_the_beginning_of_their_name(bed) {
        shop::open(&bed).await;
        for (email, name) in [("a@example.org", "Österreicher"), ("b@example.org", "Müller, Anna"),
            ("c@example.org", "Müller, Bert"), ("d@example.org", "mühsam")] {
            customer(&bed, email, name).await;
        }
        assert_eq!(names(&bed, "email=B@example.org").await, ["Müller, Anna"]);
        assert_eq!(names(&bed, "number=DE-K1001").await, ["Österreicher"]);
        assert_eq!(names(&bed, "name=M%C3%9C").await, ["mühsam", "Müller, Anna", "Müller, Bert"]);
        assert_eq!(names(&bed, "name=%C3%B6ster").await, ["Österreicher"]);
        assert_eq!(names(&bed, "channel=de").await.len(), 4);
        let first = bed.get("/customers?name=m&limit=2").await.expect(200);
        let rest = format!("name=m&limit=2&after={}", first["next"].as_str().expect("more"));
        assert_eq!(names(&bed, &rest).await, ["Müller, Bert"]);
        let newest = bed.get("/customers?limit=3").await.expect(200);
        assert_eq!(newest["items"][0]["name"], "mühsam");
        let rest = format!("limit=3&after={}", newest["next"].as_str().expect("more"));
        assert_eq!(names(&bed, &rest).await, ["Österreicher"]);
    }

    async fn what_is_wrong_with_a_customer_is_told_at_once(bed) {
        shop::open(&bed).await;
        let wrong = json!({ "channel": "de", "email": "nobody", "name": " ", "addresses": [{ "name": "E",
            "street": "S", "postal_code": "1", "city": "H", "country": "de" }] });
        let told = bed.post("/customers", wrong).await.expect(422);
        let places: Vec<_> = told["errors"].as_array().expect("a list").iter().map(|it| &it["pointer"]).collect();
        assert_eq!(places, ["/email", "/name", "/addresses/0/country"]);
        let key = format!("Bearer {}", bed.key_with(&[Scope::Shop]).await);
        let grouped = json!({ "channel": "de", "email": "a@example.org", "name": "A", "group": "trade" });
        let refused = bed.send("POST", "/customers", Some(grouped), &[("authorization", &key)]).await;
        assert_eq!(refused.problem(403), "forbidden");
        assert_eq!(bed.get("/customers/none").await.problem(404), "not_found");
    }

    async fn a_character_that_no_text_has_is_refused_wherever_it_comes(bed) {
        shop::open(&bed).await;
        let odd = json!({ "channel": "de", "email": "a@example.org", "name": "A\u{0}B" });
        assert_eq!(bed.post("/customers", odd).await.problem(422), "invalid");
        for path in ["/customers?name=A%00", "/customers/A%00"] {
            assert!(bed.get(path).await.status.is_client_error(), "{path}");
        }
    }

    async fn a_customer_that_is_made_twice_with_one_key_is_one(bed) {
        shop::open(&bed).await;
        let erika = json!({ "channel": "de", "email": "erika@example.org", "name": "Erika" });
        let send = async || {
            bed.send("POST", "/customers", Some(erika.clone()), &[("idempotency-key", "k")]).await
        };
        for answer in futures_util::future::join_all((0..5).map(|_| send())).await {
            assert_eq!(answer.expect(201)["number"], "DE-K1001");
        }
    }

    async fn nothing_is_left_of_mails_notes_and_answers(bed) {
        let server = Server::start(&[]);
        let url = format!("smtp://127.0.0.1:{}", server.ports().0);
        let bed = bed.server(Tills::default(), Some(MailServer { url, timeout: Duration::from_secs(5) }));
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        customer(&bed, "erika@example.org", "Erika Mustermann").await;
        place(&bed, "a", order(&[("RED", 1)])).await.expect(201);
        let change = async |path: &str, key: &str, body: Value| {
            bed.send("POST", &format!("/orders/DE-1001/{path}"), Some(body), &[("idempotency-key", key)]).await
        };
        let text = json!({ "text": "Erika is at 040 123456 after six" });
        let noted = change("notes", "note", text.clone()).await.expect(200);
        change("hold", "hold", json!({ "kind": "customer", "reason": "Ask at 040 123456" })).await.expect(200);
        change("release", "release", text.clone()).await.expect(200);
        let again = change("notes", "note", text).await;
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(again.headers["etag"], "\"4\"");
        assert_eq!(again.expect(200)["number"], noted["number"], "and shown as it is by now");
        change("shipments", "ship", json!({})).await.expect(200);
        let line = json!([{ "position": 1, "quantity": 1, "reason": "Too small" }]);
        let back = json!({ "kind": "return", "lines": line, "note": "Collect it at 040 123456" });
        change("returns", "return", back).await.expect(200);
        change("returns/DE-RT1001/receipt", "receipt", json!({ "lines": [{ "position": 1, "restock": 1 }], "refund": true })).await.expect(200);
        eventually("all mails were sent", || async { server.taken().await.len() == 5 }).await;
        eventually("all mails were noted", || async {
            bed.numbers("SELECT COUNT(*) AS n FROM order_event WHERE kind = 'mail_sent'").await == [5]
        }).await;
        let failed = "INSERT INTO order_event (id, order_id, kind, actor, at, facts)
            SELECT $1, o.id, 'mail_failed', 'post', 0, $2 FROM orders o";
        let facts = json!({ "mail": "refund", "why": "550 no erika@example.org here" });
        bed.sql(failed, args![bed.app.db.new_id(), facts]).await;
        bed.sql("UPDATE outbox SET error = '450 erika@example.org is busy'", args![]).await;
        bed.sql("UPDATE orders SET closed_at = placed_at", args![]).await;
        bed.delete("/customers/DE-K1001").await.expect(204);
        let left = traces(&bed).await;
        for trace in ["erika@example.org", "040 123456"] {
            assert!(!left.contains(trace), "{trace}: {left}");
        }
        let timeline = bed.get("/orders/DE-1001/timeline").await.expect(200);
        let told = timeline["items"].as_array().expect("events").iter().find(|it| it["kind"] == "mail_sent");
        let facts = told.expect("a mail")["facts"].as_object().expect("facts");
        assert_eq!(facts.keys().collect::<Vec<_>>(), ["mail"]);
        let kept = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!(kept["credits"][0]["reason"], "Rücksendung DE-RT1001", "the books stay");
    }

    async fn nobody_is_erased_whose_money_is_not_where_it_should_be(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        customer(&bed, "erika@example.org", "Erika Mustermann").await;
        let placed = place(&bed, "a", order(&[("RED", 1)])).await.expect(201);
        let post = async |path: &str, body: Value| bed.post(&format!("/orders/DE-1001/{path}"), body).await.expect(200);
        post("payments", json!({ "amount": placed["total"], "reference": "SEPA 1" })).await;
        post("cancellation", json!({ "reason": "Changed my mind" })).await;
        let id = bed.get("/payouts").await.expect(200)["items"][0]["id"].clone();
        let owed = post(&format!("payouts/{id}/cancellation"), json!({ "reason": "Closed account" })).await;
        assert_eq!((&owed["status"], &owed["attention"]), (&json!("cancelled"), &json!("payment")));
        assert_eq!(bed.delete("/customers/DE-K1001").await.problem(409), "orders_open");
        post("refunds/retry", json!({})).await;
        shop::pay_out(&bed).await;
        bed.delete("/customers/DE-K1001").await.expect(204);
    }

    async fn erased_is_what_is_personal_and_kept_is_what_the_law_wants_kept(bed) {
        shop::open(&bed).await;
        shop::product(&bed, 1, "RED", 1999, 5, 0).await;
        let erika = customer(&bed, "erika@example.org", "Erika Mustermann").await;
        let (number, path) = (erika["id"].clone(), "/customers/DE-K1001");
        bed.post("/baskets", json!({ "channel": "de", "customer_id": number })).await.expect(201);
        let mut wanted = order(&[("RED", 1)]);
        wanted["customer_id"] = number;
        wanted["billing_address"]["phone"] = json!("040 123456");
        place(&bed, "a", wanted).await.expect(201);
        let mut moved = json!({ "name": "Erika Mustermann", "street": "Kurze Straße 1", "postal_code": "20095",
            "city": "Hamburg", "country": "DE", "phone": "0171 998877" });
        let change = json!({ "billing_address": moved, "email": "Erika.Neu@example.org" });
        bed.post("/orders/DE-1001/address", change).await.expect(200);
        moved["phone"] = json!(null);
        bed.post("/orders/DE-1001/address", json!({ "billing_address": moved, "email": "erika@example.org" })).await.expect(200);
        let guest = bed.post("/baskets", json!({ "channel": "de" })).await;
        let guest = guest.headers["location"].to_str().expect("an address").to_owned();
        let told = json!({ "email": "Erika@Example.org" });
        bed.send("PATCH", &guest, Some(told), &[("if-match", "*")]).await.expect(200);
        let open = bed.delete(path).await.expect(409);
        assert_eq!((&open["code"], &open["facts"]["orders"]), (&json!("orders_open"), &json!(["DE-1001"])));
        let close = "UPDATE orders SET closed_at = placed_at";
        let closed: Result<u64, Error> = bed.app.db.write(move |tx| Box::pin(async move { Ok(tx.run(close, args![]).await?) })).await;
        assert_eq!(closed.expect("closed"), 1);
        bed.delete(path).await.expect(204);
        let left = traces(&bed).await;
        for trace in ["erika@example.org", "erika.neu@example.org", "040 123456", "40123456", "0171 998877"] {
            assert!(!left.contains(trace), "{trace}: {left}");
        }
        let shell = bed.get(path).await.expect(200);
        assert_eq!((&shell["email"], &shell["name"]), (&Value::Null, &json!("")));
        assert!(!shell["erased_at"].is_null());
        let kept = bed.get("/orders/DE-1001").await.expect(200);
        assert_eq!((&kept["billing_address"]["name"], &kept["total"]), (&json!("Erika Mustermann"), &json!(2494)));
        assert_eq!(bed.get("/orders/DE-1001/timeline").await.expect(200)["items"][0]["kind"], "personal_data_erased");
        bed.delete(path).await.expect(204);
        customer(&bed, "erika@example.org", "Erika Mustermann").await;
    }
}
