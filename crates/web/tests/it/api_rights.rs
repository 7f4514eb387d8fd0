//! Who may do what over the API.

use axum::http::{Method, header};
use kontor_office::Role;
use kontor_testkit::SqliteFile;
use serde_json::{Value, json};

use crate::api_bed::{As, Bed, ORDERS};

#[tokio::test]
async fn nobody_reads_without_signing_in() {
    let bed = Bed::new().await;
    for who in [As::Nobody, As::Token("kontor_wrong".into())] {
        for address in ["/api/v1/backends", "/api/v1/me", ORDERS, "/api/v1/audit"] {
            let problem = bed.get_as(&who, address).await.problem(401);
            assert!(problem["type"].as_str().expect("a type").ends_with("/sign-in"), "{problem}");
        }
    }
}

#[tokio::test]
async fn a_token_of_a_reader_cannot_write() {
    let bed = Bed::new().await;
    let reader = bed.token(Role::Reader).await;
    let address = format!("{ORDERS}/records/1");
    assert_eq!(bed.get_as(&reader, &address).await.status, 200);
    let resource = bed.get_as(&reader, ORDERS).await.ok(200);
    assert_eq!(resource["read_only"], "no_right");
    let set = r#"{"set":{"status":"paid"}}"#;
    let new = r#"{"set":{"number":"A-9"}}"#;
    let bulk = r#"{"keys":["1"],"set":{"status":"paid"}}"#;
    for (method, address, body) in [
        (Method::PATCH, address.clone(), set),
        (Method::DELETE, address.clone(), ""),
        (Method::POST, format!("{ORDERS}/records"), new),
        (Method::POST, format!("{ORDERS}/bulk"), bulk),
        (Method::POST, "/api/v1/backends/shop/read-again".to_owned(), ""),
    ] {
        bed.send_as(&reader, method, &address, body).await.problem(403);
    }
    assert_eq!(bed.get(&address).await.ok(200)["values"]["status"], "open");
    let editor = bed.token(Role::Editor).await;
    bed.send_as(&editor, Method::PATCH, &address, set).await.ok(200);
}

#[tokio::test]
async fn a_token_does_nothing_to_its_owners_account() {
    let bed = Bed::new().await;
    let token = bed.token(Role::Administrator).await;
    let me = bed.get_as(&token, "/api/v1/me").await.ok(200);
    assert_eq!((&me["way"], &me["administers"]), (&json!("token"), &json!(false)));
    for address in ["/api/v1/me/tokens", "/api/v1/me/sessions"] {
        bed.get_as(&token, address).await.problem(401);
    }
    for address in ["/api/v1/people", "/api/v1/audit"] {
        bed.get_as(&token, address).await.problem(403);
    }
    let wanted = r#"{"name":"More","role":"administrator"}"#;
    bed.send_as(&token, Method::POST, "/api/v1/me/tokens", wanted).await.problem(401);
    bed.send_as(&token, Method::PATCH, "/api/v1/me", r#"{"name":"Eve"}"#).await.problem(401);
    let connect = r#"{"url":"sqlite:/nowhere.db","try_only":true}"#;
    bed.send_as(&token, Method::POST, "/api/v1/backends", connect).await.problem(403);
}

#[tokio::test]
async fn a_token_is_made_used_and_revoked() {
    let bed = Bed::new().await;
    let wanted = r#"{"name":"Export","role":"reader","backends":["shop"],"days":1}"#;
    let made = bed.send(Method::POST, "/api/v1/me/tokens", wanted).await.ok(201);
    let token = As::Token(made["secret"].as_str().expect("a secret").to_owned());
    assert_eq!(bed.get_as(&token, "/api/v1/backends/shop").await.status, 200);
    let list = bed.get("/api/v1/me/tokens").await;
    assert!(!list.text().contains(made["secret"].as_str().expect("a secret")));
    let address = format!("/api/v1/me/tokens/{}", made["id"].as_str().expect("an id"));
    assert_eq!(bed.send(Method::DELETE, &address, "").await.status, 204);
    bed.get_as(&token, "/api/v1/backends/shop").await.problem(401);
    bed.send(Method::DELETE, &address, "").await.problem(404);
    let wrong = r#"{"name":"x","role":"king"}"#;
    bed.send(Method::POST, "/api/v1/me/tokens", wanted.replace("reader", "king").as_str())
        .await
        .problem(422);
    bed.send(Method::POST, "/api/v1/me/tokens", wrong).await.problem(422);
}

#[tokio::test]
async fn a_session_that_was_ended_is_worth_nothing() {
    let bed = Bed::new().await;
    let list = bed.get("/api/v1/me/sessions").await.ok(200);
    assert_eq!(list["sessions"][0]["is_this"], true);
    let id = list["sessions"][0]["id"].as_str().expect("an id");
    let ended = bed.send(Method::DELETE, &format!("/api/v1/me/sessions/{id}"), "").await;
    assert_eq!(ended.status, 204);
    bed.get("/api/v1/me").await.problem(401);
}

#[tokio::test]
async fn a_problem_is_told_in_the_persons_language() {
    let bed = Bed::new().await;
    let english = bed.get("/api/v1/backends/nowhere").await.problem(404);
    let saved = bed.send(Method::PATCH, "/api/v1/me", r#"{"language":"de"}"#).await;
    assert_eq!(saved.status, 204, "{}", saved.text());
    let german = bed.get("/api/v1/backends/nowhere").await.problem(404);
    assert_eq!(bed.get("/api/v1/me").await.ok(200)["language"], "de");
    assert_eq!(english["type"], german["type"]);
    bed.send(Method::PATCH, "/api/v1/me", r#"{"language":"fr"}"#).await.problem(422);
}

#[tokio::test]
async fn a_person_is_invited_and_gets_rights() {
    let bed = Bed::new().await;
    let body =
        r#"{"name":"Bo","email":"bo@example.org","grants":[{"backend":"shop","role":"reader"}]}"#;
    let invited = bed.send(Method::POST, "/api/v1/people", body).await.ok(201);
    assert!(invited["link"].as_str().expect("a link").starts_with("/welcome/"));
    assert_eq!(invited["person"]["is_invited"], true);
    let address = format!("/api/v1/people/{}", invited["person"]["id"].as_str().expect("an id"));
    let rights = r#"{"is_administrator":false,"grants":[{"backend":"*","role":"editor"}],"teams":["north"]}"#;
    let person = bed.send(Method::PUT, &format!("{address}/rights"), rights).await.ok(200);
    assert_eq!(person["grants"], json!([{ "backend": "*", "role": "editor" }]));
    assert_eq!(person["teams"], json!(["north"]));
    assert_eq!(bed.get(&address).await.ok(200)["name"], "Bo");
    let reset = bed.send(Method::POST, &format!("{address}/reset-link"), "").await.ok(201);
    assert!(reset["link"].as_str().expect("a link").starts_with("/welcome/"));
    assert_eq!(bed.get("/api/v1/people").await.ok(200)["people"].as_array().map(Vec::len), Some(2));
    bed.send(Method::POST, "/api/v1/people", body).await.problem(422);
    let wrong =
        r#"{"name":"Cy","email":"cy@example.org","grants":[{"backend":"shop","role":"king"}]}"#;
    bed.send(Method::POST, "/api/v1/people", wrong).await.problem(422);
}

#[tokio::test]
async fn a_wrong_present_password_changes_nothing() {
    let bed = Bed::new().await;
    let body = r#"{"present":"not this one","new":"another horse battery"}"#;
    bed.send(Method::POST, "/api/v1/me/password", body).await.problem(401);
    let body = r#"{"present":"correct horse battery","new":"another horse battery"}"#;
    let changed = bed.send(Method::POST, "/api/v1/me/password", body).await;
    assert_eq!(changed.status, 204, "{}", changed.text());
}

#[tokio::test]
async fn the_audit_holds_a_change_and_is_intact() {
    let bed = Bed::new().await;
    let set = r#"{"set":{"status":"paid"}}"#;
    let written = bed.send(Method::PATCH, &format!("{ORDERS}/records/1"), set).await.ok(200);
    let intents = bed.get("/api/v1/audit?kind=change.intent").await.ok(200);
    assert_eq!(intents["entries"][0]["operation"], written["operation"]);
    assert_eq!(intents["entries"][0]["body"]["after"], json!([["status", "tpaid"]]));
    let first = bed.get("/api/v1/audit?limit=1").await.ok(200);
    let next = first["next"].as_i64().expect("more");
    let second = bed.get(&format!("/api/v1/audit?limit=1&before={next}")).await.ok(200);
    assert_eq!(second["entries"][0]["seq"], next - 1);
    let verified = bed.send(Method::POST, "/api/v1/audit/verify", "").await.ok(200);
    assert_eq!(verified["is_intact"], true);
    bed.get("/api/v1/audit?from=yesterday").await.problem(422);
    assert_eq!(
        bed.get("/api/v1/audit?until=2000-01-01T00:00:00Z").await.ok(200)["entries"],
        json!([])
    );
}

#[tokio::test]
async fn a_database_is_tried_and_then_connected() {
    let bed = Bed::new().await;
    let other = SqliteFile::fresh();
    let script = bed.folder.path().join("other.sql");
    std::fs::write(&script, "CREATE TABLE parcels (id INTEGER PRIMARY KEY);").expect("written");
    other.load_sql(&script).await;
    let body = |try_only: bool| {
        json!({ "url": format!("sqlite:{}", other.path().display()), "name": "parcels", "try_only": try_only })
            .to_string()
    };
    let tried = bed.send(Method::POST, "/api/v1/backends", &body(true)).await.ok(200);
    assert_eq!(
        (&tried["resources"], &tried["is_connected"]),
        (&json!(["parcels"]), &Value::Bool(false))
    );
    bed.get("/api/v1/backends/parcels").await.problem(404);
    let connected = bed.send(Method::POST, "/api/v1/backends", &body(false)).await;
    connected.ok(201);
    assert_eq!(connected.headers[header::LOCATION], "/api/v1/backends/parcels");
    let shown = bed.get("/api/v1/backends/parcels/resources").await.ok(200);
    assert_eq!(shown["resources"][0]["read_only"], "manifest");
    bed.send(Method::POST, "/api/v1/backends", &body(false)).await.problem(422);
    let wrong = r#"{"url":"oracle://x"}"#;
    bed.send(Method::POST, "/api/v1/backends", wrong).await.problem(422);
    assert!(bed.shop.path().exists());
}
