//! Changing over the API.

use axum::body::Body;
use axum::http::{Method, header};
use kontor_testkit::eventually;
use serde_json::{Value, json};

use crate::api_bed::{As, Bed, ORDERS};

#[tokio::test]
async fn an_edit_is_written_shown_and_undone() {
    let bed = Bed::new().await;
    let address = format!("{ORDERS}/records/1");
    let body = r#"{"set":{"status":"paid"},"expect":{"status":"topen"}}"#;
    let written = bed.send(Method::PATCH, &address, body).await.ok(200);
    assert_eq!(written["record"]["values"]["status"], "paid");
    assert_eq!(written["tagged"], json!({ "status": "tpaid" }));
    assert!(written["shown"]["status"].as_str().expect("markup").contains("paid"));
    let operation = written["operation"].as_str().expect("an operation");

    let told = bed.get(&format!("/api/v1/operations/{operation}")).await.ok(200);
    assert_eq!(told["state"], "applied");
    let change = json!({ "field": "status", "before": "open", "after": "paid" });
    assert_eq!(told["records"][0]["changes"], json!([change]));

    let undone = bed.send(Method::POST, &format!("/api/v1/operations/{operation}/undo"), "").await;
    assert_eq!(undone.ok(200)["written"], 1);
    assert_eq!(bed.get(&address).await.ok(200)["values"]["status"], "open");
    let timeline = bed.get(&format!("{address}/timeline")).await.ok(200);
    assert_eq!(timeline["entries"].as_array().map(Vec::len), Some(2), "{timeline}");
    assert_eq!(timeline["entries"][0]["undo_of"], operation);

    let again = bed.send(Method::POST, &format!("/api/v1/operations/{operation}/undo"), "").await;
    let problem = again.problem(409);
    assert!(problem["type"].as_str().expect("a type").ends_with("/not-undoable"), "{problem}");
}

#[tokio::test]
async fn an_edit_that_changes_nothing_leaves_no_operation() {
    let bed = Bed::new().await;
    let address = format!("{ORDERS}/records/1");
    let written = bed.send(Method::PATCH, &address, r#"{"set":{"status":"open"}}"#).await.ok(200);
    assert_eq!(written["operation"], Value::Null);
    let timeline = bed.get(&format!("{address}/timeline")).await.ok(200);
    assert_eq!(timeline["entries"], json!([]));
}

#[tokio::test]
async fn a_stale_edit_is_a_409_with_both_values() {
    let bed = Bed::new().await;
    let address = format!("{ORDERS}/records/1");
    bed.send(Method::PATCH, &address, r#"{"set":{"status":"paid"}}"#).await.ok(200);
    let body = r#"{"set":{"status":"cancelled"},"expect":{"status":"topen"}}"#;
    let problem = bed.send(Method::PATCH, &address, body).await.problem(409);
    let conflict = &problem["conflict"][0];
    assert_eq!(conflict["field"], "status");
    assert_eq!(conflict["before"], "open");
    assert_eq!(conflict["theirs"], "paid");
    assert_eq!(conflict["mine"], "cancelled");
    assert_eq!(conflict["expect"], "tpaid");
    assert_eq!(bed.get(&address).await.ok(200)["values"]["status"], "paid");
}

#[tokio::test]
async fn a_version_that_is_gone_stops_an_edit() {
    let bed = Bed::new().await;
    let address = format!("{ORDERS}/records/1");
    let record = bed.get(&address).await;
    let tag = record.headers[header::ETAG].to_str().expect("a tag").to_owned();
    let version = record.json()["version"].clone();
    let edit = |tag: String, status: &'static str| {
        let (bed, address) = (&bed, &address);
        async move {
            let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
            let body = format!(r#"{{"set":{{"status":"{status}"}}}}"#);
            bed.send_with(&As::Session, Method::PATCH, address, &headers, body).await
        }
    };
    edit(tag.clone(), "paid").await.ok(200);
    edit(tag, "sent").await.problem(412);
    let body = json!({ "set": { "status": "sent" }, "version": version }).to_string();
    bed.send(Method::PATCH, &address, &body).await.problem(409);
    assert_eq!(bed.get(&address).await.ok(200)["values"]["status"], "paid");
    edit("*".into(), "sent").await.ok(200);
}

#[tokio::test]
async fn a_number_is_written_as_it_stands_in_the_body() {
    let bed = Bed::new().await;
    let address = format!("{ORDERS}/records/2");
    let body = r#"{"set":{"tracking":9223372036854775806}}"#;
    let written = bed.send(Method::PATCH, &address, body).await.ok(200);
    assert_eq!(written["record"]["values"]["tracking"], "9223372036854775806");
    assert_eq!(written["tagged"]["tracking"], "i9223372036854775806");
    let body = r#"{"set":{"tracking":null}}"#;
    let written = bed.send(Method::PATCH, &address, body).await.ok(200);
    assert_eq!(written["record"]["values"]["tracking"], Value::Null);
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_edit_is_told_at_once() {
    let bed = Bed::new().await;
    let body = r#"{"set":{"tracking":"many","number":null,"nothing":1}}"#;
    let problem = bed.send(Method::PATCH, &format!("{ORDERS}/records/1"), body).await.problem(422);
    let errors = problem["errors"].as_array().expect("errors");
    let fields: Vec<&str> = errors.iter().filter_map(|error| error["field"].as_str()).collect();
    assert_eq!(fields, ["tracking", "number", "nothing"]);
}

#[tokio::test]
async fn a_record_is_made_deleted_and_made_again() {
    let bed = Bed::new().await;
    let body = r#"{"set":{"number":"A-4","customer_id":2,"total":"3.10"}}"#;
    let answer = bed.send(Method::POST, &format!("{ORDERS}/records"), body).await;
    let made = answer.ok(201);
    let address = answer.headers[header::LOCATION].to_str().expect("an address");
    assert_eq!(made["record"]["values"]["status"], "open");
    assert_eq!(bed.get(address).await.ok(200)["values"]["number"], "A-4");

    let deleted = bed.send(Method::DELETE, address, "").await.ok(200);
    bed.get(address).await.problem(404);
    let operation = deleted["operation"].as_str().expect("an operation");
    bed.send(Method::POST, &format!("/api/v1/operations/{operation}/undo"), "").await.ok(200);
    assert_eq!(bed.get(address).await.ok(200)["values"]["number"], "A-4");
}

#[tokio::test]
async fn what_the_database_refuses_is_told_with_its_field() {
    let bed = Bed::new().await;
    let body = r#"{"set":{"number":"A-1"}}"#;
    let problem = bed.send(Method::POST, &format!("{ORDERS}/records"), body).await.problem(422);
    assert_eq!(problem["errors"][0]["field"], "number");
    let body = r#"{"set":{"status":"open"}}"#;
    let problem = bed.send(Method::POST, &format!("{ORDERS}/records"), body).await.problem(422);
    assert_eq!(problem["errors"][0]["field"], "number");
}

#[tokio::test]
async fn a_body_that_is_no_json_is_a_problem_that_says_where() {
    let bed = Bed::new().await;
    let address = format!("{ORDERS}/records/1");
    let problem = bed.send(Method::PATCH, &address, "{\"set\":").await.problem(400);
    assert!(problem["detail"].as_str().expect("a detail").contains("line 1 column 7"), "{problem}");
    bed.send(Method::PATCH, &address, "{}").await.problem(422);
    let problem = bed.send(Method::PATCH, &address, r#"{"set":{},"sets":1}"#).await.problem(422);
    assert!(problem["detail"].as_str().expect("a detail").contains("sets"), "{problem}");
    let body = r#"{"set":{"status":"paid"},"expect":{"status":"open"}}"#;
    bed.send(Method::PATCH, &address, body).await.problem(422);
    let plain = [("content-type", "text/plain")];
    let body = r#"{"set":{"status":"paid"}}"#;
    let answer = bed.send_with(&As::Session, Method::PATCH, &address, &plain, body).await;
    answer.problem(415);
    let large = format!(r#"{{"set":{{"status":"{}"}}}}"#, "x".repeat(5 * 1024 * 1024));
    bed.send(Method::PATCH, &address, &large).await.problem(413);
}

#[tokio::test]
async fn a_bulk_edit_is_previewed_applied_and_undone_as_one() {
    let bed = Bed::new().await;
    let body = r#"{"list":{"filter":""},"set":{"status":"paid"}}"#;
    let preview = bed.send(Method::POST, &format!("{ORDERS}/bulk"), body).await.ok(200);
    assert_eq!(preview["records"], 2);
    assert_eq!(
        (&preview["sample"][0]["key"], &preview["sample"][0]["title"]),
        (&json!("3"), &json!("A-3"))
    );
    assert_eq!(preview["excluded"], json!([{ "reason": "unchanged", "records": 1 }]));
    let address = format!("{ORDERS}/bulk/{}", preview["id"].as_str().expect("an id"));
    let refused = bed.send(Method::POST, &address, r#"{"expected":3}"#).await.problem(409);
    assert!(refused["type"].as_str().expect("a type").ends_with("/other-count"), "{refused}");
    bed.send(Method::POST, &address, r#"{"expected":2}"#).await.ok(202);
    eventually("the bulk edit has ended", async || {
        bed.get(&address).await.ok(200)["is_done"] == true
    })
    .await;
    let progress = bed.get(&address).await.ok(200);
    assert_eq!((&progress["written"], &progress["failure"]), (&json!(2), &Value::Null));
    bed.send(Method::POST, &address, "").await.problem(404);

    let operation = progress["operation"].as_str().expect("an operation");
    let undo = format!("/api/v1/operations/{operation}/undo");
    assert_eq!(bed.send(Method::POST, &undo, "").await.ok(200)["written"], 2);
    let both = r#"{"keys":["1"],"list":{},"set":{"status":"paid"}}"#;
    bed.send(Method::POST, &format!("{ORDERS}/bulk"), both).await.problem(422);
    let keys = r#"{"keys":["1","99"],"set":{"status":"paid"}}"#;
    let preview = bed.send(Method::POST, &format!("{ORDERS}/bulk"), keys).await.ok(200);
    assert_eq!(preview["excluded"], json!([{ "reason": "gone", "records": 1 }]));
}

#[tokio::test]
async fn many_records_are_deleted_after_a_preview_and_brought_back() {
    let bed = Bed::new().await;
    let body = r#"{"list":{"filter":"status = open"},"delete":true}"#;
    let preview = bed.send(Method::POST, &format!("{ORDERS}/bulk"), body).await.ok(200);
    assert_eq!(preview["records"], 2);
    let address = format!("{ORDERS}/bulk/{}", preview["id"].as_str().expect("an id"));
    bed.send(Method::POST, &address, r#"{"expected":2}"#).await.ok(202);
    eventually("the deletion has ended", async || {
        bed.get(&address).await.ok(200)["is_done"] == true
    })
    .await;
    let progress = bed.get(&address).await.ok(200);
    assert_eq!((&progress["written"], &progress["failed"]), (&json!(2), &json!([])));
    bed.get(&format!("{ORDERS}/records/1")).await.problem(404);
    let operation = progress["operation"].as_str().expect("an operation");
    bed.send(Method::POST, &format!("/api/v1/operations/{operation}/undo"), "").await.ok(200);
    assert_eq!(bed.get(&format!("{ORDERS}/records/1")).await.ok(200)["values"]["number"], "A-1");
    let both = r#"{"keys":["1"],"set":{"status":"paid"},"delete":true}"#;
    bed.send(Method::POST, &format!("{ORDERS}/bulk"), both).await.problem(422);
}

#[tokio::test]
async fn a_request_from_another_site_with_a_session_is_refused() {
    let bed = Bed::new().await;
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "cross-site")];
    let address = format!("{ORDERS}/records/1");
    let body = r#"{"set":{"status":"paid"}}"#;
    let answer = bed.send_with(&As::Session, Method::PATCH, &address, &headers, body).await;
    assert_eq!(answer.status, 403);
    assert_eq!(bed.get(&address).await.ok(200)["values"]["status"], "open");
    let foreign = [("origin", "https://elsewhere.example")];
    let undo = "/api/v1/operations/x/undo";
    let answer = bed.send_with(&As::Session, Method::POST, undo, &foreign, Body::empty()).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn a_view_is_saved_counted_replaced_and_removed() {
    let bed = Bed::new().await;
    let views = format!("{ORDERS}/views");
    let body = r#"{"name":"Open","definition":{"filter":"status = open","sort":"-number"}}"#;
    let view = bed.send(Method::POST, &views, body).await.ok(201);
    assert_eq!(view["owner"], json!({ "kind": "personal" }));
    let address = format!("{views}/{}", view["id"].as_str().expect("an id"));
    assert_eq!(bed.get(&format!("{address}/count")).await.ok(200)["records"], 2);
    let body = json!({ "name": "All", "owner": { "kind": "role", "name": "reader" }, "replaces": view["id"] });
    let all = bed.send(Method::POST, &views, &body.to_string()).await.ok(201);
    bed.get(&address).await.problem(404);
    let list = bed.get(&views).await.ok(200);
    assert!(list["views"].as_array().expect("views").iter().all(|one| one["id"] != view["id"]));
    let address = format!("{views}/{}", all["id"].as_str().expect("an id"));
    assert_eq!(bed.get(&address).await.ok(200)["name"], "All");
    assert_eq!(bed.send(Method::DELETE, &address, "").await.status, 204);
    bed.get(&address).await.problem(404);
    let wrong = r#"{"name":"Wrong","definition":{"filter":"nothing = 1"}}"#;
    bed.send(Method::POST, &views, wrong).await.problem(422);
}

#[tokio::test]
async fn a_timeline_tells_what_was_tried_from_what_was_written() {
    let bed = Bed::new().await;
    let address = format!("{ORDERS}/records/1");
    bed.send(Method::PATCH, &address, r#"{"set":{"status":"paid"}}"#).await.ok(200);
    let stale = r#"{"set":{"status":"sent"},"expect":{"status":"topen"}}"#;
    bed.send(Method::PATCH, &address, stale).await.problem(409);
    let timeline = bed.get(&format!("{address}/timeline")).await.ok(200);
    assert_eq!(timeline["entries"][0]["standing"], "not_written", "{timeline}");
    assert_eq!(timeline["entries"][0]["not_written"], "stale");
    assert_eq!(timeline["entries"][1]["standing"], "written");
}

#[tokio::test]
async fn a_bulk_deletion_names_the_records_that_others_hold() {
    let bed = Bed::new().await;
    let customers = "/api/v1/backends/shop/resources/customers/bulk";
    let body = r#"{"keys":["1","2"],"delete":true}"#;
    let preview = bed.send(Method::POST, customers, body).await.ok(200);
    assert_eq!(preview["prevented"], json!(["1", "2"]), "{preview}");
    assert_eq!(preview["records"], 0);
    assert_eq!(preview["dependents"][0]["resource"], "orders");
    assert_eq!(preview["dependents"][0]["fate"], "refuses");
    assert_eq!(preview["dependents"][0]["count"]["records"], 3);

    let body = r#"{"keys":["3"],"delete":true}"#;
    let preview = bed.send(Method::POST, &format!("{ORDERS}/bulk"), body).await.ok(200);
    assert_eq!(preview["is_reversible"], true, "{preview}");
    let body = r#"{"keys":["3"],"delete":true,"set":{"status":"paid"}}"#;
    bed.send(Method::POST, &format!("{ORDERS}/bulk"), body).await.problem(422);
}
