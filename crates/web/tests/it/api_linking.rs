//! Proposed links over the API.

use axum::http::Method;
use kontor_office::{ConnectRequest, Grant, Role};
use kontor_testkit::SqliteFile;
use serde_json::{Value, json};

use crate::api_bed::Bed;
use crate::samples;

const PROPOSALS: &str = "/api/v1/link-proposals";

/// A shop beside two more backends: parcels, and the tours that carry them.
async fn mosaic() -> (Bed, Vec<SqliteFile>) {
    let bed = Bed::new().await;
    let mut files = Vec::new();
    for (name, table) in [
        ("depot", "CREATE TABLE parcels (parcel_no TEXT PRIMARY KEY, weight INTEGER)"),
        ("fleet", "CREATE TABLE tours (id INTEGER PRIMARY KEY, parcel_no TEXT NOT NULL)"),
    ] {
        let file = SqliteFile::fresh();
        let rows = match name {
            "depot" => "SELECT 'PK-' || (1000 + i * 7), i * 3 FROM n",
            _ => "SELECT i, 'PK-' || (1000 + i * 7) FROM n",
        };
        let into = if name == "depot" { "parcels" } else { "tours" };
        let script = format!(
            "{table}; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
             INSERT INTO {into} {rows};"
        );
        crate::opened::run(bed.folder.path(), &file, &script).await;
        let request = ConnectRequest {
            url: file.url().to_string(),
            name: Some(samples::backend(name)),
            ..ConnectRequest::default()
        };
        bed.office.connect(None, &request).await.expect("a backend");
        files.push(file);
    }
    (bed, files)
}

/// The proposal that tours name their parcels.
fn tours(answer: &Value) -> Option<Value> {
    let all = answer["proposals"].as_array().expect("a list");
    all.iter().find(|own| own["from"]["resource"] == "tours").cloned()
}

#[tokio::test]
async fn links_are_proposed_with_their_evidence_and_are_accepted_or_rejected() {
    let (bed, _files) = mosaic().await;
    let before = bed.get(PROPOSALS).await.ok(200);
    assert_eq!(before, json!({ "compared": null, "proposals": [] }));
    let compared = bed.send(Method::POST, &format!("{PROPOSALS}/compare"), "").await.ok(200);
    let found = tours(&compared).unwrap_or_else(|| panic!("not proposed: {compared}"));
    assert_eq!(found["from"]["fields"], json!(["parcel_no"]));
    let end = json!({ "backend": "depot", "resource": "parcels", "fields": ["parcel_no"] });
    assert_eq!(found["to"], end);
    assert_eq!(found["evidence"]["here"]["found"], found["evidence"]["here"]["of"]);
    assert_eq!(bed.get(PROPOSALS).await.ok(200)["proposals"], compared["proposals"]);

    let accept = format!("{PROPOSALS}/accept");
    let ids = json!({ "proposals": [found["id"]] }).to_string();
    let grants = [Grant { backend: "fleet".into(), role: Role::Reader }];
    let (_, rita) = bed.person("rita", &grants).await;
    assert_eq!(bed.get_as(&rita, PROPOSALS).await.ok(200)["proposals"], json!([]));
    bed.send_as(&rita, Method::POST, &accept, &ids).await.problem(404);
    let accepted = bed.send(Method::POST, &accept, &ids).await.ok(200);
    assert_eq!(accepted, json!({ "decided": 1 }));
    let manifest = bed.folder.path().join("backends").join("fleet.toml");
    let manifest = std::fs::read_to_string(manifest).expect("a manifest");
    assert!(manifest.contains("to = \"depot:parcels\""), "{manifest}");
    assert_eq!(tours(&bed.get(PROPOSALS).await.ok(200)), None);
    bed.send(Method::POST, &accept, &ids).await.problem(404);

    for wrong in [r#"{"proposals":[]}"#, r#"{"ids":["x"]}"#] {
        bed.send(Method::POST, &format!("{PROPOSALS}/reject"), wrong).await.problem(422);
    }
    let left = bed.get(PROPOSALS).await.ok(200)["proposals"].clone();
    let left = left.as_array().expect("a list").iter().map(|own| own["id"].clone());
    let left: Vec<Value> = left.collect();
    if !left.is_empty() {
        let ids = json!({ "proposals": left }).to_string();
        let rejected = bed.send(Method::POST, &format!("{PROPOSALS}/reject"), &ids).await.ok(200);
        assert_eq!(rejected["decided"], left.len());
    }
    assert_eq!(bed.get(PROPOSALS).await.ok(200)["proposals"], json!([]));
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_as_such_and_not_as_a_failure_of_the_backend() {
    let bed = Bed::new().await;
    let kind = |problem: &Value| problem["type"].as_str().expect("a type").to_owned();
    let key = "x".repeat(45_000);
    let words = "/api/v1/backends/shop/resources/words/records";
    let long = bed.get(&format!("{words}/{key}")).await.problem(422);
    assert!(kind(&long).ends_with("/invalid"), "{long}");
    let unknown = bed.get("/api/v1/backends/shop/drift?depth=3").await.problem(422);
    assert!(kind(&unknown).ends_with("/invalid"), "{unknown}");
    bed.get("/api/v1/backends/shop/drift").await.ok(200);
}
