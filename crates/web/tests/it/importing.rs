//! Importing over the API and over the screens, without script.

use axum::body::Body;
use axum::http::{Method, header};
use kontor_office::Role;
use kontor_testkit::eventually;
use serde_json::{Value, json};

use crate::api_bed::{As, Bed, ORDERS};

const FILE: &str = "number;status;total;colour\nA-1;paid;12,50\nA-2;paid;99,00\nA-9;open;1.000,00\nA-3;open;viel\n";

/// Sends a file over the API, and waits until its rows were looked at.
async fn looked_at(bed: &Bed, who: &As, file: &str) -> (String, Value) {
    let address = format!("{ORDERS}/import?name=orders.csv");
    let headers = [("content-type", "text/csv")];
    let sent = bed.send_with(who, Method::POST, &address, &headers, file.to_owned()).await.ok(202);
    let address = format!("{ORDERS}/import/{}", sent["id"].as_str().expect("an id"));
    let checked = async || bed.get_as(who, &address).await.ok(200);
    eventually("its rows were looked at", async || checked().await["state"] == "checked").await;
    let checked = checked().await;
    (address, checked)
}

#[tokio::test]
async fn a_file_is_looked_at_applied_and_undone_over_the_api() {
    let bed = Bed::new().await;
    let editor = bed.token(Role::Editor).await;
    let (address, checked) = looked_at(&bed, &editor, FILE).await;
    assert_eq!((&checked["separator"], &checked["match_by"]), (&json!(";"), &json!(["number"])));
    assert_eq!(checked["columns"][3]["left_out"], "no_field");
    let check = &checked["check"];
    let counts = ["new", "changed", "same", "refused"].map(|name| check[name].clone());
    assert_eq!(counts, [1, 1, 1, 1]);
    let change = json!({ "field": "status", "before": "open", "after": "paid" });
    assert_eq!(check["first_changed"][0]["changes"], json!([change]));
    assert_eq!(check["first_refused"][0]["row"], 5);
    let refused = bed.get_as(&editor, &format!("{address}/refused.csv")).await;
    assert!(refused.text().contains("\r\nA-3,open,viel,,"), "{}", refused.text());

    let send = async |body: &str| bed.send_as(&editor, Method::POST, &address, body).await;
    send(r#"{"expected":3}"#).await.problem(409);
    send(r#"{"expected":2}"#).await.ok(202);
    let shown = async || bed.get_as(&editor, &address).await.ok(200);
    eventually("it is written", async || shown().await["state"] == "applied").await;
    let progress = shown().await["progress"].clone();
    assert_eq!((&progress["written"], &progress["failed"]), (&json!(2), &json!([])));
    send("").await.problem(409);
    assert_eq!(bed.get(&format!("{ORDERS}/records/1")).await.ok(200)["values"]["status"], "paid");
    let operation = progress["operation"].as_str().expect("an operation");
    let undo = format!("/api/v1/operations/{operation}/undo");
    assert_eq!(bed.send_as(&editor, Method::POST, &undo, "").await.ok(200)["written"], 2);
    assert_eq!(bed.get(&format!("{ORDERS}/records/1")).await.ok(200)["values"]["status"], "open");
    let left = bed.get(&format!("{ORDERS}/records")).await.ok(200);
    assert_eq!(left["records"].as_array().expect("a list").len(), 3);
}

#[tokio::test]
async fn what_is_chosen_otherwise_is_looked_at_again() {
    let bed = Bed::new().await;
    let editor = bed.token(Role::Editor).await;
    let (address, _) = looked_at(&bed, &editor, FILE).await;
    let send = async |body: &str| bed.send_as(&editor, Method::PATCH, &address, body).await;
    send(r#"{"columns":[{"column":2,"field":null}],"mode":"change"}"#).await.ok(202);
    let shown = async || bed.get_as(&editor, &address).await.ok(200);
    eventually("it is looked at again", async || shown().await["state"] == "checked").await;
    let check = shown().await["check"].clone();
    assert_eq!(["new", "changed", "same", "refused"].map(|name| check[name].clone()), [0, 1, 2, 1]);
    for wrong in [
        r#"{"columns":[{"column":2,"field":"status"}]}"#,
        r#"{"columns":[{"column":9,"field":null}]}"#,
        r#"{"match_by":["total"]}"#,
        r#"{"match_by":[]}"#,
        r#"{"mode":"replace"}"#,
    ] {
        send(wrong).await.problem(422);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_and_a_person_who_may_not_are_told_so() {
    let bed = Bed::new().await;
    let editor = bed.token(Role::Editor).await;
    let headers = [("content-type", "text/csv")];
    let address = format!("{ORDERS}/import");
    let send = async |who: &As, file: String| {
        bed.send_with(who, Method::POST, &address, &headers, file).await
    };
    let told = send(&editor, "number,status\nA-1,\"paid\n".to_owned()).await.problem(422);
    assert!(told["detail"].as_str().expect("a text").contains("2"), "{told}");
    send(&editor, "x".repeat(10 * 1024 * 1024 + 1)).await.problem(422);
    send(&editor, "x".repeat(12 * 1024 * 1024)).await.problem(413);
    send(&bed.token(Role::Reader).await, FILE.to_owned()).await.problem(403);
    let (import, _) = looked_at(&bed, &editor, FILE).await;
    // An import is its person's own.
    let (_, other) = bed
        .person("Ben", &[kontor_office::Grant { backend: "*".into(), role: Role::Editor }])
        .await;
    bed.get_as(&other, &import).await.problem(404);
}

#[tokio::test]
async fn a_form_without_script_leads_to_what_the_file_would_do() {
    let bed = Bed::new().await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Preise.csv\"\r\n\r\nnumber;status\r\nA-1;paid\r\n\r\n--x--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    let sent = bed
        .send_with(&As::Session, Method::POST, "/b/shop/orders/import", &headers, Body::from(form))
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let address = sent.headers[header::LOCATION].to_str().expect("an address").to_owned();
    let page = bed.get_as(&As::Session, &address).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(
        page.text().contains("Preise.csv") && page.text().contains("value=\"apply\""),
        "{}",
        page.text()
    );
    let act = async |body: &str| {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        bed.send_with(&As::Session, Method::POST, &address, &headers, body.to_owned()).await
    };
    let twice = act("do=check&column.0=number&column.1=number&match=1&mode=change").await;
    assert_eq!(twice.status, 422, "{}", twice.text());
    act("do=check&column.0=number&column.1=status&match=1&mode=change").await;
    let again = bed.get_as(&As::Session, &address).await;
    assert!(again.text().contains("value=\"apply\""), "{}", again.text());
    act("do=apply&records=1").await;
    eventually("it is written", async || bed.get_as(&As::Session, &address).await.status == 303)
        .await;
    assert_eq!(bed.get(&format!("{ORDERS}/records/1")).await.ok(200)["values"]["status"], "paid");
}
