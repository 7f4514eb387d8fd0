//! What a connection to a service bears: hanging, dripping, flooding, lying. Each time the
//! question ends within its budget and says what was wrong.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query as Parameters, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::StreamExt as _;
use futures_util::stream;
use kontor_connect::{Budget, Failure, FailureKind, ServiceOptions};
use kontor_model::Value;

use kontor_testkit::serve_http;

use crate::service::Service;

const DESCRIPTION: &str = r#"
openapi: 3.0.3
info: {title: Trouble, version: '1'}
paths:
  /things:
    get:
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: per_page, in: query, schema: {type: integer, maximum: 2}}
        - {name: state, in: query, schema: {type: string, enum: [new, old]}}
      responses: {'200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}}
components:
  schemas: {Thing: {type: object, properties: {id: {type: integer}, state: {type: string, enum: [new, old]}}}}
"#;

/// The requests that came.
type Count = Arc<AtomicU32>;

/// A service that answers its list so, and what was asked of it.
async fn answering<H, T>(answer: H) -> (Service, Count)
where
    H: axum::handler::Handler<T, Count>,
    T: 'static,
{
    let count = Count::default();
    let router = Router::new()
        .route("/openapi.yaml", get(|| async { DESCRIPTION }))
        .route("/things", get(answer))
        .with_state(Arc::clone(&count));
    let url = format!("openapi+http://{}/openapi.yaml", serve_http(router).await);
    // Room for an answer that comes at once, and short enough to wait for one that never does.
    let budget = Budget {
        statement_timeout: Duration::from_millis(1_500),
        wait: Duration::from_millis(300),
        connections: 2,
        answer_bytes: 1024 * 1024,
        ..Budget::default()
    };
    (Service::at(&url, None, ServiceOptions::default(), budget).await, count)
}

async fn refused(service: &Service) -> Failure {
    let question = service.asks("things", &["id"], 50);
    service.connection.select(&service.of("things"), &question).await.expect_err("no answer")
}

fn counted(State(count): State<Count>) -> u32 {
    count.fetch_add(1, Ordering::SeqCst)
}

#[tokio::test]
async fn a_service_that_hangs_costs_its_time_and_is_then_left_alone() {
    let hangs = async |count: State<Count>| {
        counted(count);
        std::future::pending::<()>().await;
    };
    let (service, count) = answering(hangs).await;
    for _ in 0..3 {
        assert_eq!(refused(&service).await.kind, FailureKind::Timeout);
    }
    let left_alone = refused(&service).await;
    assert_eq!(left_alone.kind, FailureKind::Unreachable);
    assert!(left_alone.detail.contains("left alone after 3 failures"), "{left_alone}");
    assert_eq!(count.load(Ordering::SeqCst), 3, "the fourth was not sent");
}

#[tokio::test]
async fn an_answer_that_comes_byte_by_byte_is_not_waited_for() {
    let drips = async || {
        let drops = tokio::time::interval(Duration::from_millis(20));
        let bytes = stream::unfold(drops, |mut drops| async {
            drops.tick().await;
            Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), drops))
        });
        Body::from_stream(bytes)
    };
    let (service, _) = answering(drips).await;
    assert_eq!(refused(&service).await.kind, FailureKind::Timeout);
}

#[tokio::test]
async fn an_answer_of_a_gigabyte_is_cut_off_at_its_budget() {
    let floods = async |State(sent): State<Count>| {
        let megabyte = Bytes::from(vec![b' '; 1024 * 1024]);
        Body::from_stream(stream::iter(0..1024).map(move |_| {
            sent.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(megabyte.clone())
        }))
    };
    let (service, sent) = answering(floods).await;
    let failure = refused(&service).await;
    assert_eq!(failure.kind, FailureKind::TooLarge);
    assert!(failure.detail.contains("1048576 bytes"), "{failure}");
    assert!(sent.load(Ordering::SeqCst) < 64, "the rest was never taken");
}

#[tokio::test]
async fn what_is_no_json_or_no_list_is_told() {
    for body in ["<html>maintenance</html>", "[{\"id\": 1},", "{\"id\": 1}", "null", ""] {
        let (service, _) = answering(async move || body).await;
        assert_eq!(refused(&service).await.kind, FailureKind::Garbled, "{body}");
    }
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is_not_asked_again() {
    let busy = async |count: State<Count>| {
        counted(count);
        (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "120")]).into_response()
    };
    let (service, count) = answering(busy).await;
    assert_eq!(refused(&service).await.kind, FailureKind::Busy);
    let held = refused(&service).await;
    assert!(held.detail.contains("left alone for 120 s more"), "{held}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_failing_service_is_told_with_its_own_words() {
    let fails = async || {
        let problem = r#"{"detail": "the moon is in the wrong quarter"}"#;
        (StatusCode::INTERNAL_SERVER_ERROR, problem).into_response()
    };
    let (service, _) = answering(fails).await;
    let failure = refused(&service).await;
    assert_eq!(failure.kind, FailureKind::Other);
    assert!(failure.detail.contains("500: the moon is in the wrong quarter"), "{failure}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Count::default();
    let router = Router::new()
        .route("/things", get(async |count: State<Count>| counted(count).to_string()))
        .with_state(Arc::clone(&elsewhere));
    let other = serve_http(router).await;
    let leads = async move || {
        (StatusCode::FOUND, [("location", format!("http://{other}/things"))]).into_response()
    };
    let (service, _) = answering(leads).await;
    let failure = refused(&service).await;
    assert_eq!(failure.kind, FailureKind::Garbled);
    assert!(failure.detail.contains("which is not followed"), "{failure}");
    assert_eq!(elsewhere.load(Ordering::SeqCst), 0);
}

/// The same two things, whatever page is asked for.
async fn same_page() -> &'static str {
    r#"[{"id": 1, "state": "new"}, {"id": 2, "state": "old"}]"#
}

#[tokio::test]
async fn a_list_that_never_goes_on_is_noticed() {
    let (service, _) = answering(same_page).await;
    let question = service.asks("things", &["id"], 2);
    let things = service.of("things");
    let rows = service.connection.stream(&things, &question, Duration::from_secs(30)).await;
    let rows: Vec<_> = rows.unwrap().collect().await;
    let (last, before) = rows.split_last().unwrap();
    assert_eq!(before.len(), 2);
    let failure = last.as_ref().expect_err("a circle");
    assert!(failure.detail.contains("the same records come again"), "{failure}");
}

#[tokio::test]
async fn a_filter_that_is_not_heeded_is_noticed() {
    let (service, _) = answering(same_page).await;
    let mut question = service.asks("things", &["id"], 50);
    question.condition = service.is("things", "state", Value::Text("new".into()));
    let refused = service.connection.select(&service.of("things"), &question).await;
    let failure = refused.expect_err("not heeded");
    assert!(failure.detail.contains("does not heed the filter on “state”"), "{failure}");
}

#[tokio::test]
async fn no_more_is_asked_at_once_than_the_budget_permits() {
    let most = Count::default();
    let now = Count::default();
    let (most_seen, at_once) = (Arc::clone(&most), Arc::clone(&now));
    // Nobody is answered before a second one has come.
    let pair = Arc::new(tokio::sync::Barrier::new(2));
    let slow = async move |Parameters(_): Parameters<Vec<(String, String)>>| -> Response {
        let here = at_once.fetch_add(1, Ordering::SeqCst) + 1;
        most_seen.fetch_max(here, Ordering::SeqCst);
        pair.wait().await;
        at_once.fetch_sub(1, Ordering::SeqCst);
        same_page().await.into_response()
    };
    let (service, _) = answering(slow).await;
    let question = service.asks("things", &["id"], 2);
    let things = service.of("things");
    let asked = (0..6).map(|_| service.connection.select(&things, &question));
    let answers = futures_util::future::join_all(asked).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_told_and_found_again() {
    let (service, _) = answering(same_page).await;
    let nowhere = "openapi+http://127.0.0.1:9/openapi.yaml";
    let gone = Service::opened(nowhere, None, ServiceOptions::default(), Budget::default());
    assert_eq!(gone.ping().await.expect_err("nobody there").kind, FailureKind::Unreachable);
    assert_eq!(service.connection.ping().await, Ok(()), "a 404 is an answer, too");
}
