//! What a shop's key sees: its own shop, and what its visitors can show to be theirs.

use order_inspect::http::Scope;
use serde_json::{Value, json};

use crate::{
    bed::{Answer, Bed},
    on_both_engines,
    shop::{self, order, place},
};

/// A shop with a customer, an order and a basket, and another shop beside it.
async fn furnished(bed: &Bed) -> String {
    shop::open(bed).await;
    shop::product(bed, 1, "RED", 1999, 50, 0).await;
    let other = json!({
        "name": "Lampenladen", "country": "AT", "time_zone": "Europe/Vienna", "currencies": ["EUR"],
        "locales": ["de"], "prices_include_tax": true, "number_prefix": "AT-",
        "seller": { "name": "Lampenladen GmbH", "address": ["Lange Straße 1", "20095 Hamburg"],
            "vat_id": "DE123456789", "email": "service@lampen.example" }
    });
    bed.put("/setup/channels/at", other).await.expect(201);
    let erika =
        json!({ "channel": "de", "email": "erika@example.org", "name": "Erika Mustermann" });
    let erika = bed.post("/customers", erika).await.expect(201);
    for key in ["a", "b"] {
        let mut wanted = order(&[("RED", 1)]);
        wanted["customer_id"] = erika["id"].clone();
        place(bed, key, wanted).await.expect(201);
    }
    let basket = bed.post("/baskets", json!({ "channel": "de" })).await;
    basket.headers["location"].to_str().expect("an address").to_owned()
}

/// Sends a request with a key, for a visitor with this e-mail address.
async fn send(
    bed: &Bed,
    key: &str,
    (method, path): (&str, &str),
    body: Option<Value>,
    email: &str,
) -> Answer {
    let key = format!("Bearer {key}");
    let headers = [
        ("authorization", key.as_str()),
        ("customer-email", email),
        ("if-match", "*"),
        ("idempotency-key", path),
    ];
    bed.send(method, path, body, &headers).await
}

const ERIKA: &str = " Erika@Example.org";

on_both_engines! {
    async fn a_key_of_one_shop_sees_nothing_of_another(bed) {
        let basket = furnished(&bed).await;
        let key = bed.key_of("at").await;
        for path in ["/orders/DE-1001", "/customers/DE-K1001", "/customers/DE-K1001/orders", basket.as_str()] {
            assert_eq!(send(&bed, &key, ("GET", path), None, ERIKA).await.problem(404), "not_found", "{path}");
        }
        let erased = send(&bed, &key, ("DELETE", "/customers/DE-K1001"), None, ERIKA).await;
        assert_eq!(erased.problem(404), "not_found");
        let changed = json!({ "email": "max@example.org", "name": "Max", "locale": "de" });
        let changed = send(&bed, &key, ("PUT", "/customers/DE-K1001"), Some(changed), ERIKA).await;
        assert_eq!(changed.problem(404), "not_found");
        let retried = json!({ "email": "erika@example.org" });
        let retried = send(&bed, &key, ("POST", "/orders/DE-1001/payments/retry"), Some(retried), ERIKA).await;
        assert_eq!(retried.problem(404), "not_found");
        let begun = [
            ("/orders", order(&[("RED", 1)])),
            ("/baskets", json!({ "channel": "de" })),
            ("/customers", json!({ "channel": "de", "email": "max@example.org", "name": "Max" })),
        ];
        for (path, body) in begun {
            assert_eq!(send(&bed, &key, ("POST", path), Some(body), ERIKA).await.problem(403), "forbidden", "{path}");
        }
        let own = send(&bed, &key, ("POST", "/baskets"), Some(json!({ "channel": "at" })), ERIKA).await;
        own.expect(201);
    }

    async fn a_visitor_sees_their_orders_and_is_erased_when_they_say_who_they_are(bed) {
        let basket = furnished(&bed).await;
        let (own, every) = (bed.key_of("de").await, bed.key_with(&[Scope::Shop]).await);
        for key in [own.as_str(), every.as_str()] {
            send(&bed, key, ("GET", &basket), None, "").await.expect(200);
            let list = send(&bed, key, ("GET", "/customers/DE-K1001/orders"), None, ERIKA).await.expect(200);
            let numbers: Vec<&Value> = list["items"].as_array().expect("orders").iter().map(|it| &it["number"]).collect();
            assert_eq!(numbers, ["DE-1002", "DE-1001"]);
            let first = send(&bed, key, ("GET", "/customers/DE-K1001/orders?limit=1"), None, ERIKA).await.expect(200);
            let rest = format!("/customers/DE-K1001/orders?after={}", first["next"].as_str().expect("more"));
            let rest = send(&bed, key, ("GET", &rest), None, ERIKA).await.expect(200);
            assert_eq!((&rest["items"][0]["number"], &rest["next"]), (&json!("DE-1001"), &Value::Null));
            let read = send(&bed, key, ("GET", "/orders/DE-1001"), None, ERIKA).await.expect(200);
            assert_eq!(read["number"], "DE-1001");
            for path in ["/orders/DE-1001", "/customers/DE-K1001/orders"] {
                let stranger = send(&bed, key, ("GET", path), None, "max@example.org").await;
                assert_eq!(stranger.problem(404), "not_found", "{path}");
            }
            assert_eq!(send(&bed, key, ("GET", "/orders"), None, ERIKA).await.problem(403), "forbidden");
            let erased = send(&bed, key, ("DELETE", "/customers/DE-K1001"), None, "max@example.org").await;
            assert_eq!(erased.problem(404), "not_found");
        }
        assert_eq!(bed.get("/customers/DE-K1001/orders").await.expect(200)["items"].as_array().map(Vec::len), Some(2));
        bed.sql("UPDATE orders SET closed_at = placed_at", vec![]).await;
        send(&bed, &own, ("DELETE", "/customers/DE-K1001"), None, ERIKA).await.expect(204);
    }

    async fn a_key_of_one_shop_is_for_its_visitors(bed) {
        shop::open(&bed).await;
        let create = order_inspect::program::keys::create_for;
        let staff = create(&bed.app.db, "staff", &[Scope::ManageOrders], Some("de".to_owned())).await;
        assert!(staff.is_err());
        assert!(create(&bed.app.db, "lost", &[Scope::Shop], Some("fr".to_owned())).await.is_err());
    }
}
