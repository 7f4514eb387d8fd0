//! A shop that is paid through a provider, which is a process of its own and misbehaves when told to.

use std::{process::Command, sync::Arc, time::Duration};

use kontor_testkit::eventually;
use order_inspect::{
    args,
    cashier::{Till, Tills},
    clock::Clock,
    payments::{
        HttpProvider, HttpProviderOptions, WebhookSecret,
        protocol::{Payment, Payments},
        sign,
    },
};
use serde_json::{Value, json};

use crate::{
    bed::{Answer, Bed, START},
    program::Program,
    shop::{self, order},
};

const SECRET: &str = "between the two of us";

/// A shop that is paid through a provider.
pub(crate) struct World {
    pub(crate) bed: Bed,
    _program: Program,
    pub(crate) address: String,
    control: reqwest::Client,
}

impl World {
    /// A shop that listens where the provider tells it things.
    pub(crate) async fn open(bed: Bed) -> Self {
        furnish(&bed).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let ours = listener.local_addr().expect("an address");
        let program = start(&["--webhook-url", &format!("http://{ours}/webhooks/test")]);
        let address = program.address().to_owned();
        let bed = bed.server(tills(&address), None);
        bed.listen(listener);
        let control = reqwest::Client::builder().build().expect("a client");
        Self { bed, _program: program, address, control }
    }

    pub(crate) async fn control(&self, path: &str, body: &Value) {
        let request = self.control.post(format!("{}{path}", self.address)).json(body);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    /// What the provider has in its books.
    pub(crate) async fn ledger(&self) -> Vec<Payment> {
        let answer = self.control.get(format!("{}/ledger", self.address)).send().await;
        answer.expect("an answer").json::<Payments>().await.expect("a ledger").payments
    }

    /// Places an order of one lamp.
    pub(crate) async fn place(&self, method: &str) -> Value {
        self.try_place(method).await.expect(201)
    }

    pub(crate) async fn try_place(&self, method: &str) -> Answer {
        let mut wanted = order(&[("RED", 1)]);
        wanted["payment_method"] = json!(method);
        let key = format!("{method}-{}", self.bed.app.db.new_id());
        shop::place(&self.bed, &key, wanted).await
    }

    /// Reads the order until it is as it is wanted.
    pub(crate) async fn becomes(&self, number: &str, field: &str, value: &str) -> Value {
        let path = format!("/orders/{number}");
        eventually(&format!("{field} of {number} is {value}"), || async {
            self.bed.get(&path).await.expect(200)[field] == value
        })
        .await;
        self.bed.get(&path).await.expect(200)
    }

    /// The time to pay for an order is over.
    pub(crate) async fn run_out(&self, number: &str) {
        let sql = "UPDATE orders SET held_until = $2 WHERE number = $1";
        self.bed.sql(sql, args![number, self.bed.clock.now().0 - 1]).await;
        self.bed.app.cashier.wake();
        self.becomes(number, "status", "cancelled").await;
    }

    /// Tells the shop of an event, signed by the provider.
    pub(crate) async fn tell(&self, event: &Value) -> Answer {
        let body = event.to_string();
        let now = self.bed.clock.now().timestamp().expect("a time");
        let signature = sign(&WebhookSecret::new(SECRET), body.as_bytes(), now);
        let headers = [("signature", signature.as_str())];
        self.bed.send("POST", "/webhooks/test", Some(event.clone()), &headers).await
    }

    /// Writes that something is wanted of the first payment, as a change of an order does.
    pub(crate) async fn want(&self, kind: &'static str, amount: i64) {
        let sql = "INSERT INTO payment_operation
                (id, payment_id, order_id, kind, amount, state, attempts, due_at, created_at)
            SELECT $1, p.id, p.order_id, $2, $3, 'pending', 0, $4, $4 FROM payment p";
        let now = self.bed.clock.now();
        assert_eq!(self.bed.sql(sql, args![self.bed.app.db.new_id(), kind, amount, now]).await, 1);
        self.bed.app.cashier.wake();
    }
}

/// Lamps at 19.99 and some ways to pay for them.
pub(crate) async fn furnish(bed: &Bed) {
    shop::open(bed).await;
    shop::product(bed, 1, "RED", 1999, 50, 0).await;
    let flows = [
        ("card", "authorise"),
        ("sale", "sale"),
        ("redirect", "authorise"),
        ("declined", "authorise"),
        ("hostile", "authorise"),
    ];
    // Never asked: only a server that knows the provider takes a method of it.
    let knowing = bed.server(tills("http://127.0.0.1:1"), None);
    for (code, flow) in flows {
        let method = json!({ "channel": "de", "provider": "test", "flow": flow,
            "names": { "de": "Kreditkarte", "en": "Credit card" } });
        knowing
            .put(&format!("/setup/channels/de/payment-methods/{code}"), method)
            .await
            .expect(201);
    }
    // Providers sign with the real time.
    let now = Clock::System.now();
    bed.clock.advance(Duration::from_micros(u64::try_from(now.0 - START.0).expect("later")));
}

pub(crate) fn start(arguments: &[&str]) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_payment-test-provider"));
    command.args(["--api-key", "key", "--until-input-ends", "--webhook-secret", SECRET]);
    Program::start(command.args(arguments))
}

/// An order of one lamp, paid by card.
pub(crate) fn by_card() -> Value {
    let mut wanted = order(&[("RED", 1)]);
    wanted["payment_method"] = json!("card");
    wanted
}

pub(crate) fn provider(address: &str) -> HttpProvider {
    HttpProvider::new(HttpProviderOptions {
        name: "test".to_owned(),
        base_url: address.parse().expect("a URL"),
        api_key: "key".to_owned(),
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_millis(800),
    })
    .expect("a client")
}

pub(crate) fn tills(address: &str) -> Tills {
    let webhook_secret = Some(WebhookSecret::new(SECRET));
    Tills::new([Till { provider: Arc::new(provider(address)), webhook_secret }])
}

/// The kinds of movements of money of an order's first payment, with their amounts.
pub(crate) fn entries(order: &Value) -> Vec<(String, i64)> {
    let entries = order["payments"][0]["entries"].as_array().expect("entries");
    let entry = |it: &Value| {
        (it["kind"].as_str().unwrap_or_default().to_owned(), it["amount"].as_i64().unwrap_or(0))
    };
    entries.iter().map(entry).collect()
}

pub(crate) fn entry(kind: &str, amount: i64) -> (String, i64) {
    (kind.to_owned(), amount)
}

pub(crate) const TOTAL: i64 = 1999 + 495;
