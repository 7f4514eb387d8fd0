//! Payments through a provider that is a process of its own and misbehaves when told to.

use std::{
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use jiff::Timestamp;
use kontor_testkit::eventually;
use order_inspect::payments::{
    Amount, AuthoriseRequest, HttpProvider, HttpProviderOptions, IdempotencyKey, OperationRequest,
    Outcome, PaymentId, PaymentProvider, ProviderError, Reference, UnusableProvider, VoidRequest,
    WebhookError, WebhookSecret,
    protocol::{Event, EventKind, OperationKind, PaymentStatus, Payments},
    verify,
};
use serde_json::{Value, json};

use crate::program::Program;

const SECRET: &str = "between the two of us";

/// A delivery as the shop gets it: signature and body.
type Delivery = (String, Vec<u8>);

/// A provider, a client of it, and the shop's end of its webhooks.
struct World {
    _program: Program,
    address: String,
    provider: HttpProvider,
    control: reqwest::Client,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
}

impl World {
    async fn start() -> Self {
        let (webhook_url, deliveries) = listen().await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_payment-test-provider"));
        command.args(["--api-key", "key", "--until-input-ends", "--webhook-secret", SECRET]);
        let program = Program::start(command.args(["--webhook-url", &webhook_url]));
        let address = program.address().to_owned();
        let provider = client(&address, "key").expect("a client");
        let control = reqwest::Client::builder().build().expect("a client");
        Self { _program: program, address, provider, control, deliveries }
    }

    /// Posts to the provider what no shop may.
    async fn control(&self, path: &str, body: &Value) {
        let request = self.control.post(format!("{}{path}", self.address)).json(body);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    async fn ledger(&self) -> Payments {
        let answer = self.control.get(format!("{}/ledger", self.address)).send().await;
        answer.expect("an answer").json().await.expect("a ledger")
    }

    /// Authorises 100.00 EUR and returns the provider's name of the payment.
    async fn authorised(&self, reference: &str) -> PaymentId {
        match self.provider.authorise(&payment(reference, "card")).await {
            Ok(Outcome::Approved { id }) => PaymentId::new(id),
            other => panic!("{other:?}"),
        }
    }

    /// What arrived, when at least so many have.
    async fn deliveries(&self, count: usize) -> Vec<Delivery> {
        let arrived = || self.deliveries.lock().expect("deliveries").clone();
        eventually("the events have arrived", || async { arrived().len() >= count }).await;
        arrived()
    }

    async fn events(&self, count: usize) -> Vec<Event> {
        let deliveries = self.deliveries(count).await;
        deliveries.iter().map(|delivery| believed(delivery).expect("an event")).collect()
    }
}

fn client(address: &str, api_key: &str) -> Result<HttpProvider, UnusableProvider> {
    HttpProvider::new(HttpProviderOptions {
        name: "test".to_owned(),
        base_url: address.parse().expect("a URL"),
        api_key: api_key.to_owned(),
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_millis(1500),
    })
}

/// The shop's end of the webhooks: it takes everything and judges later.
async fn listen() -> (String, Arc<Mutex<Vec<Delivery>>>) {
    async fn take(
        State(deliveries): State<Arc<Mutex<Vec<Delivery>>>>,
        headers: HeaderMap,
        body: axum::body::Bytes,
    ) {
        let signature = headers["signature"].to_str().expect("a signature").to_owned();
        deliveries.lock().expect("deliveries").push((signature, body.to_vec()));
    }
    let deliveries = Arc::default();
    let router = Router::new().route("/", post(take)).with_state(Arc::clone(&deliveries));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, deliveries)
}

#[expect(clippy::disallowed_methods, reason = "the provider signs with the real time")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn believed((signature, body): &Delivery) -> Result<Event, WebhookError> {
    verify(&WebhookSecret::new(SECRET), signature, body, now())
}

fn euros(minor_units: i64) -> Amount {
    Amount { minor_units, currency: "EUR".to_owned() }
}

fn payment(reference: &str, method: &str) -> AuthoriseRequest {
    AuthoriseRequest {
        idempotency_key: IdempotencyKey::new(format!("key of {reference}")),
        reference: Reference::new(reference),
        amount: euros(10_000),
        method: method.to_owned(),
        token: None,
        return_url: None,
    }
}

fn operation(reference: &str, payment: &PaymentId, minor_units: i64) -> OperationRequest {
    OperationRequest {
        idempotency_key: IdempotencyKey::new(format!("key of {reference}")),
        reference: Reference::new(reference),
        payment: payment.clone(),
        amount: euros(minor_units),
    }
}

#[tokio::test]
async fn money_is_promised_taken_in_parts_and_partly_given_back() {
    let world = World::start().await;
    let id = world.authorised("order-1").await;
    for (reference, amount) in [("capture-1", 6000), ("capture-2", 4000)] {
        let taken = world.provider.capture(&operation(reference, &id, amount)).await;
        assert!(matches!(taken, Ok(Outcome::Approved { .. })), "{taken:?}");
    }
    let given_back = world.provider.refund(&operation("refund-1", &id, 1234)).await;
    assert!(matches!(given_back, Ok(Outcome::Approved { .. })), "{given_back:?}");

    let state = world.provider.fetch(&Reference::new("order-1")).await.unwrap().unwrap();
    assert_eq!((state.id, state.status), (id, PaymentStatus::Authorised));
    assert_eq!((state.authorised, state.captured, state.refunded), (10_000, 10_000, 1234));
    let references: Vec<&str> =
        state.operations.iter().map(|operation| operation.reference.as_str()).collect();
    assert_eq!(references, ["capture-1", "capture-2", "refund-1"]);

    let mut kinds: Vec<_> = world.events(4).await.into_iter().map(|event| event.kind).collect();
    kinds.sort_by_key(|kind| format!("{kind:?}"));
    let captured = EventKind::Captured;
    assert_eq!(kinds, [EventKind::Authorised, captured, captured, EventKind::Refunded]);
}

#[tokio::test]
async fn what_was_not_taken_is_let_go() {
    let world = World::start().await;
    let id = world.authorised("order-1").await;
    world.provider.capture(&operation("capture-1", &id, 3000)).await.unwrap();
    let void = VoidRequest {
        idempotency_key: IdempotencyKey::new("key of void-1"),
        reference: Reference::new("void-1"),
        payment: id.clone(),
    };
    assert!(matches!(world.provider.void(&void).await, Ok(Outcome::Approved { .. })));
    let state = world.provider.fetch(&Reference::new("order-1")).await.unwrap().unwrap();
    assert_eq!((state.status, state.captured), (PaymentStatus::Voided, 3000));
    assert_eq!(state.operations[1].kind, OperationKind::Void);
    assert_eq!(state.operations[1].amount, 7000);
    let late = world.provider.capture(&operation("capture-2", &id, 100)).await;
    assert!(matches!(late, Err(ProviderError::Refused { status: 422, .. })), "{late:?}");
}

#[tokio::test]
async fn more_than_is_left_is_refused_and_says_why() {
    let world = World::start().await;
    let id = world.authorised("order-1").await;
    let taken = world.provider.capture(&operation("capture-1", &id, 10_001)).await;
    let expected = ProviderError::Refused {
        status: 422,
        code: "amount_too_large".to_owned(),
        message: "at most 10000 is left".to_owned(),
    };
    assert_eq!(taken, Err(expected));
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_fetch_settles_it_without_a_second_charge() {
    let world = World::start().await;
    world.control("/faults", &json!({ "timeout_after_success": 1 })).await;
    let lost = world.provider.authorise(&payment("order-1", "card")).await;
    assert!(matches!(lost, Err(ProviderError::Unknown(_))), "{lost:?}");

    let state = world.provider.fetch(&Reference::new("order-1")).await.unwrap().unwrap();
    assert_eq!((state.status, state.authorised), (PaymentStatus::Authorised, 10_000));

    // A capture whose answer is lost is found by our reference, and its repetition takes nothing more.
    world.control("/faults", &json!({ "timeout_after_success": 1 })).await;
    let request = operation("capture-1", &state.id, 10_000);
    let lost = world.provider.capture(&request).await;
    assert!(matches!(lost, Err(ProviderError::Unknown(_))), "{lost:?}");
    let settled = world.provider.fetch(&Reference::new("order-1")).await.unwrap().unwrap();
    assert_eq!(settled.operations[0].reference, "capture-1");
    world.provider.capture(&request).await.unwrap();
    let ledger = world.ledger().await;
    assert_eq!(ledger.payments.len(), 1);
    assert_eq!(ledger.payments[0].captured, 10_000);
}

#[tokio::test]
async fn an_error_before_anything_is_done_is_unknown_and_fetch_finds_nothing() {
    let world = World::start().await;
    world.control("/faults", &json!({ "error_before": 1 })).await;
    let failed = world.provider.authorise(&payment("order-1", "card")).await;
    assert!(matches!(failed, Err(ProviderError::Unknown(_))), "{failed:?}");
    assert_eq!(world.provider.fetch(&Reference::new("order-1")).await.unwrap(), None);
    world.authorised("order-1").await;
}

#[tokio::test]
async fn the_same_key_charges_once() {
    let world = World::start().await;
    let request = payment("order-1", "card");
    let first = world.provider.authorise(&request).await.unwrap();
    assert_eq!(world.provider.authorise(&request).await.unwrap(), first);
    assert_eq!(world.ledger().await.payments.len(), 1);

    let changed = AuthoriseRequest { amount: euros(1), ..request };
    let refused = world.provider.authorise(&changed).await;
    assert!(
        matches!(&refused, Err(ProviderError::Refused { code, .. }) if code == "idempotency_key_reused"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_same_key_charges_once_even_at_the_same_time() {
    let world = World::start().await;
    let request = payment("order-1", "card");
    let all = (0..20).map(|_| world.provider.authorise(&request));
    let outcomes = futures_util::future::join_all(all).await;
    assert!(outcomes.iter().all(|outcome| outcome.is_ok() && *outcome == outcomes[0]));
    assert_eq!(world.ledger().await.payments.len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_an_endless_answer_is_not_read() {
    let elsewhere = || async { axum::response::Redirect::temporary("/elsewhere") };
    let endless = || async { " ".repeat(2 << 20) };
    for router in [
        Router::new()
            .route("/payments", post(elsewhere))
            .route("/elsewhere", post(|| async { "{}" })),
        Router::new().route("/payments", post(endless)),
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let unknown = client(&address, "key").unwrap().authorise(&payment("order-1", "card")).await;
        let Err(ProviderError::Unknown(why)) = unknown else { panic!("{unknown:?}") };
        assert!(why.contains("307") || why.contains("bytes"), "{why}");
    }
}

#[tokio::test]
async fn a_second_payment_with_our_reference_is_refused() {
    let world = World::start().await;
    world.authorised("order-1").await;
    let again = AuthoriseRequest {
        idempotency_key: IdempotencyKey::new("x"),
        ..payment("order-1", "card")
    };
    let refused = world.provider.authorise(&again).await;
    assert!(matches!(refused, Err(ProviderError::Refused { status: 422, .. })), "{refused:?}");
    assert_eq!(world.ledger().await.payments.len(), 1);
}

#[tokio::test]
async fn a_decline_carries_its_reason() {
    let world = World::start().await;
    let declined = world.provider.authorise(&payment("order-1", "declined")).await.unwrap();
    let Outcome::Declined { code, reason, .. } = declined else { panic!("{declined:?}") };
    assert_eq!(code, "insufficient_funds");
    assert!(reason.contains("money"), "{reason}");

    let id = world.authorised("order-2").await;
    world.control("/faults", &json!({ "refusal": 1 })).await;
    let declined = world.provider.capture(&operation("capture-1", &id, 10_000)).await.unwrap();
    assert!(matches!(declined, Outcome::Declined { .. }), "{declined:?}");
    assert!(world.ledger().await.payments.iter().all(|payment| payment.captured == 0));
}

#[tokio::test]
async fn a_redirected_customer_pays_or_gives_up_and_a_webhook_tells() {
    let world = World::start().await;
    let mut ids = Vec::new();
    for reference in ["order-1", "order-2"] {
        let pending = world.provider.authorise(&payment(reference, "redirect")).await.unwrap();
        let Outcome::Pending { id, redirect_url } = pending else { panic!("{pending:?}") };
        assert!(redirect_url.is_some_and(|url| url.starts_with("https://")));
        ids.push(id);
    }
    world.control(&format!("/payments/{}/complete", ids[0]), &json!({})).await;
    world.control(&format!("/payments/{}/abandon", ids[1]), &json!({})).await;
    let events = world.events(2).await;
    let of = |reference| events.iter().find(|event| event.payment_reference == reference).unwrap();
    assert_eq!(of("order-1").kind, EventKind::Authorised);
    assert_eq!(of("order-2").kind, EventKind::Failed);
    assert_eq!(of("order-2").decline.as_ref().map(|why| why.code.as_str()), Some("abandoned"));
}

#[tokio::test]
async fn a_chargeback_is_told_by_webhook() {
    let world = World::start().await;
    let id = world.authorised("order-1").await;
    world.provider.capture(&operation("capture-1", &id, 10_000)).await.unwrap();
    world.control(&format!("/payments/{}/chargebacks", id.as_str()), &json!({})).await;
    let events = world.events(3).await;
    let chargeback = events.iter().find(|event| event.kind == EventKind::Chargeback).unwrap();
    assert_eq!((chargeback.amount, chargeback.reference.as_ref()), (10_000, None));
}

#[tokio::test]
async fn a_double_webhook_has_the_same_event_id_twice() {
    let world = World::start().await;
    world.control("/faults", &json!({ "double_webhook": 1 })).await;
    world.authorised("order-1").await;
    let events = world.events(2).await;
    assert_eq!(events[0], events[1]);
}

#[tokio::test]
async fn a_late_webhook_comes_after_later_events() {
    let world = World::start().await;
    world.control("/faults", &json!({ "late_webhook": 1, "late_millis": 700 })).await;
    let id = world.authorised("order-1").await;
    world.provider.capture(&operation("capture-1", &id, 10_000)).await.unwrap();
    let kinds: Vec<_> = world.events(2).await.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Captured, EventKind::Authorised]);
}

#[tokio::test]
async fn a_forged_and_a_stale_webhook_are_refused() {
    let world = World::start().await;
    world.authorised("order-1").await;
    let (signature, body) = world.deliveries(1).await.remove(0);
    let forged = String::from_utf8(body.clone()).unwrap().replace("10000", "99999").into_bytes();
    assert_eq!(believed(&(signature.clone(), forged)), Err(WebhookError::Forged));
    let secret = WebhookSecret::new(SECRET);
    let later = now() + jiff::SignedDuration::from_mins(6);
    assert_eq!(verify(&secret, &signature, &body, later), Err(WebhookError::Stale));
    assert!(verify(&secret, &signature, &body, now()).is_ok());
}

#[tokio::test]
async fn a_slow_answer_within_the_limit_is_an_answer() {
    let world = World::start().await;
    world.control("/faults", &json!({ "slow": 1, "slow_millis": 300 })).await;
    world.authorised("order-1").await;
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let refused = client(&address, "key").unwrap().authorise(&payment("order-1", "card")).await;
    assert!(matches!(refused, Err(ProviderError::NotSent(_))), "{refused:?}");
}

#[tokio::test]
async fn with_a_wrong_key_nothing_is_done_and_it_is_safe_to_ask_again() {
    let world = World::start().await;
    let stranger = client(&world.address, "guessed").unwrap();
    let refused = stranger.authorise(&payment("order-1", "card")).await;
    assert!(matches!(refused, Err(ProviderError::NotSent(_))), "{refused:?}");
}

#[test]
fn the_key_does_not_travel_in_the_open() {
    let refused = client("http://payments.example", "key");
    assert!(matches!(refused, Err(UnusableProvider::Insecure(_))), "{refused:?}");
    assert!(client("https://payments.example", "key").is_ok());
}
