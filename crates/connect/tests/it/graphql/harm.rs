//! Services that refuse, lie, or break off.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use kontor_connect::{FailureKind, WriteFailure, open};
use kontor_model::{ChangeKind, Condition, Value};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use kontor_testkit::Peer;

use super::{opening, shop_at, shop_of};
use crate::bed::{item, text};

type Answers = fn(&Json) -> (StatusCode, String);

struct Served {
    answers: Answers,
    asked: AtomicUsize,
}

async fn answer(State(served): State<Arc<Served>>, body: String) -> Response {
    served.asked.fetch_add(1, Ordering::Relaxed);
    (served.answers)(&serde_json::from_str(&body).unwrap()).into_response()
}

/// A service that answers so; its address.
async fn serving(answers: Answers) -> (String, Arc<Served>) {
    let served = Arc::new(Served { answers, asked: AtomicUsize::new(0) });
    let router = Router::new().route("/graphql", post(answer)).with_state(Arc::clone(&served));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("graphql+http://{address}/graphql"), served)
}

fn named(kind: &str, name: &str) -> Json {
    json!({ "kind": kind, "name": name })
}

fn field(name: &str, args: &Json, ty: &Json) -> Json {
    json!({ "name": name, "args": args, "type": ty })
}

/// A description with parts left out: orders by pages, and one mutation.
fn described() -> String {
    let list = json!({ "kind": "LIST", "ofType": named("OBJECT", "Order") });
    let id = json!({ "kind": "NON_NULL", "ofType": named("SCALAR", "ID") });
    let arg = |name: &str, ty: &Json| json!({ "name": name, "type": ty });
    let int = named("SCALAR", "Int");
    json!({ "data": { "__schema": { "types": [
        { "kind": "OBJECT", "name": "Query", "fields": [
            field("orders", &json!([arg("page", &int), arg("perPage", &int)]), &list),
            field("order", &json!([arg("id", &id)]), &named("OBJECT", "Order")),
        ] },
        { "kind": "OBJECT", "name": "Mutation", "fields": [
            field("updateOrder", &json!([arg("id", &id), arg("note", &named("SCALAR", "String"))]), &named("OBJECT", "Order")),
        ] },
        { "kind": "OBJECT", "name": "Order", "fields": [
            field("id", &json!([]), &id),
            field("note", &json!(null), &named("SCALAR", "String")),
        ] },
        { "kind": "SCALAR", "name": "ID" }, { "kind": "SCALAR", "name": "Int" },
        { "kind": "SCALAR", "name": "String" },
    ] } } })
    .to_string()
}

fn query(body: &Json) -> &str {
    body["query"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_does_not_describe_itself_says_what_to_do() {
    let (url, _) = serving(|_| {
        (StatusCode::BAD_REQUEST, json!({ "errors": [{ "message": "GraphQL introspection is not allowed by Apollo Server", "extensions": { "code": "GRAPHQL_VALIDATION_FAILED" } }] }).to_string())
    })
    .await;
    let failure = open(opening(&url)).introspect().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Privilege);
    assert!(failure.detail.contains("introspection is switched off"), "{failure}");
    let (url, _) = serving(|_| (StatusCode::OK, "<html>".into())).await;
    assert_eq!(open(opening(&url)).introspect().await.unwrap_err().kind, FailureKind::Garbled);
    let (url, _) = serving(|_| (StatusCode::UNAUTHORIZED, String::new())).await;
    assert_eq!(open(opening(&url)).introspect().await.unwrap_err().kind, FailureKind::SignIn);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_refuses_deep_questions_is_asked_a_flatter_one() {
    let (url, served) = serving(|body| {
        if query(body).matches("ofType").count() > 4 {
            let told = json!({ "errors": [{ "message": "Query exceeds maximum depth of 9" }] });
            (StatusCode::BAD_REQUEST, told.to_string())
        } else {
            (StatusCode::OK, described())
        }
    })
    .await;
    let schema = open(opening(&url)).introspect().await.unwrap();
    assert_eq!(schema.resources.len(), 1);
    assert_eq!(served.asked.load(Ordering::Relaxed), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_begins_again_and_again_is_noticed() {
    let (url, _) = serving(|body| {
        let text = if query(body).contains("__schema") {
            described()
        } else {
            let records: Vec<Json> = (0..10).map(|id| json!({ "id": id.to_string() })).collect();
            json!({ "data": { "list": records } }).to_string()
        };
        (StatusCode::OK, text)
    })
    .await;
    let shop = shop_at(&url).await;
    let mut query = shop.list("orders", &["id"], Condition::everything(), 10);
    let first = shop.connection.select(&shop.of_name("orders"), &query).await.unwrap();
    assert_eq!(first.rows.len(), 10);
    query.cursor = first.next;
    let again = shop.connection.select(&shop.of_name("orders"), &query).await.unwrap_err();
    assert!(again.detail.contains("the same records come again"), "{again}");

    let peer = Peer::start("shop.mjs", &[]).await;
    let shop = shop_of(&peer).await;
    let mut query = shop.list("lying", &["id"], Condition::everything(), 10);
    query.cursor = shop.connection.select(&shop.of_name("lying"), &query).await.unwrap().next;
    let again = shop.connection.select(&shop.of_name("lying"), &query).await.unwrap_err();
    assert!(again.detail.contains("the same records come again"), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_without_an_answer_is_unknown_and_never_asked_for_twice() {
    let (url, served) = serving(|body| {
        let text = query(body);
        if text.contains("__schema") {
            (StatusCode::OK, described())
        } else if text.starts_with("mutation") {
            (StatusCode::BAD_GATEWAY, "<html>".into())
        } else {
            (StatusCode::OK, json!({ "data": { "r0": { "id": "1", "note": "old" } } }).to_string())
        }
    })
    .await;
    let shop = shop_at(&url).await;
    let before = served.asked.load(Ordering::Relaxed);
    let note = shop.field("orders", "note");
    let change = item(&[text("1")], vec![(note, text("old"))], vec![(note, text("new"))]);
    let failure = shop.write("orders", ChangeKind::Update, &[change]).await.unwrap_err();
    assert!(matches!(failure, WriteFailure::Unknown(_)), "{failure}");
    assert_eq!(served.asked.load(Ordering::Relaxed) - before, 2, "one reading and one change");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_is_told_as_done_although_a_part_of_the_answer_failed() {
    let (url, _) = serving(|body| {
        let text = query(body);
        let answer = if text.contains("__schema") {
            described()
        } else if text.starts_with("mutation") {
            json!({ "data": { "change": { "__typename": "Order", "id": null } }, "errors": [{ "message": "no", "path": ["change", "id"] }] }).to_string()
        } else {
            json!({ "data": { "r0": { "id": "1", "note": null } } }).to_string()
        };
        (StatusCode::OK, answer)
    })
    .await;
    let shop = shop_at(&url).await;
    let note = shop.field("orders", "note");
    let change = item(&[text("1")], vec![(note, Value::Null)], vec![(note, text("new"))]);
    let outcomes = shop.write("orders", ChangeKind::Update, &[change]).await.unwrap();
    assert_eq!(outcomes, [crate::bed::applied(&[text("1")])]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_question_asks_for_more_values_than_are_permitted() {
    let peer = Peer::start("shop.mjs", &[]).await;
    let shop = shop_of(&peer).await;
    let all: Vec<&str> = shop
        .resource("orders")
        .fields
        .iter()
        .map(|f| f.name.as_str())
        .filter(|name| *name != "stock")
        .collect();
    // 12 columns, one of them a list: 100 records would be 5,000 values and are asked for at once.
    let query = shop.list("orders", &all, Condition::everything(), 100);
    let page = shop.connection.select(&shop.of_name("orders"), &query).await.unwrap();
    assert!(page.rows.len() >= 90, "{}", page.rows.len());
}
