//! Traces, as a collector gets them.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, routing::post};
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::program::{Service, told_by};

type Received = Arc<Mutex<Vec<u8>>>;

/// A collector that keeps what it gets.
async fn collector() -> (String, Received) {
    let received = Received::default();
    let keep = async |State(all): State<Received>, headers: axum::http::HeaderMap, body: Bytes| {
        assert_eq!(headers[CONTENT_TYPE], "application/x-protobuf");
        all.lock().expect("no panic").extend_from_slice(&body);
    };
    let app = Router::new().route("/v1/traces", post(keep)).with_state(Arc::clone(&received));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    (format!("http://{address}"), received)
}

fn holds(received: &[u8], part: &[u8]) -> bool {
    received.windows(part.len()).any(|it| it == part)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_sees_what_a_request_did_within_the_trace_of_who_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    told_by(folder.path(), &["seed", "--scale", "0.0001"]);
    let key = told_by(folder.path(), &["key", "create", "traced"]);
    let (address, received) = collector().await;
    let service = Service::start(folder.path(), &["--traces", &address]);
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().build().expect("a client");
    let at = |path: &str| format!("http://{}{path}", service.address());
    let wanted = json!({ "channel": "de", "email": "erika@example.org", "lines": [{ "sku": "1-NATURAL", "quantity": 1 }],
        "billing_address": { "name": "Erika Mustermann", "street": "Lange Straße 7", "postal_code": "20095", "city": "Hamburg", "country": "DE" },
        "delivery_method": "parcel", "payment_method": "invoice" });
    let placed = client
        .post(at("/orders"))
        .bearer_auth(key.trim())
        .header("idempotency-key", "one")
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .json(&wanted)
        .send()
        .await
        .expect("an answer");
    assert_eq!(placed.status(), 201);
    let found =
        client.get(at("/orders?search=erika@example.org")).bearer_auth(key.trim()).send().await;
    assert_eq!(found.expect("an answer").status(), 200);
    // What is left is sent when the service ends.
    drop(service);

    let received = received.lock().expect("no panic");
    for name in ["order-inspect", "POST /orders", "place", "db.write", "GET /orders", "db.read"] {
        assert!(holds(&received, name.as_bytes()), "{name} is not among what was sent");
    }
    let trace = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes();
    assert!(holds(&received, &trace), "the order belongs to the trace of who asked");
    let parent = 0xb7ad_6b71_6920_3331_u64.to_be_bytes();
    assert!(holds(&received, &parent), "and to the span of who asked");
    assert!(!holds(&received, b"erika"), "nobody is named in a trace");
}
