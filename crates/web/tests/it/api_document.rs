//! The description of the API says what the API does, and the other way round.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::Value;

use crate::api_bed::{As, Bed};

fn document() -> Value {
    serde_json::from_str(&kontor_web::api::document()).expect("JSON")
}

/// All operations: method, path, description.
fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("an item") {
            if let Ok(method) = method.to_uppercase().parse::<Method>()
                && operation.is_object()
            {
                operations.push((method, path.clone(), operation.clone()));
            }
        }
    }
    operations
}

/// An address of a path, with names that exist nowhere.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "nothing-here" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_described_operation_is_answered() {
    let bed = Bed::new().await;
    for (method, path, _) in operations(&document()) {
        let answer = bed.send(method.clone(), &filled(&path), "{}").await;
        let text = answer.text();
        assert_ne!(answer.status, 405, "{method} {path}");
        assert!(!text.contains("the API has no address"), "{method} {path}: {text}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_described_is_not_answered() {
    let bed = Bed::new().await;
    let document = document();
    let described: BTreeSet<(String, String)> = operations(&document)
        .into_iter()
        .map(|(method, path, _)| (method.to_string(), path))
        .collect();
    let paths: BTreeSet<&String> = described.iter().map(|(_, path)| path).collect();
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if described.contains(&(method.to_owned(), path.clone())) {
                continue;
            }
            let answer = bed.send(method.parse().expect("a method"), &filled(path), "{}").await;
            answer.problem(405);
        }
    }
}

#[tokio::test]
async fn the_description_needs_no_sign_in() {
    let bed = Bed::new().await;
    let answer = bed.get_as(&As::Nobody, "/api/v1/openapi.json").await;
    let served = answer.ok(200);
    assert_eq!(served, document());
    assert!(served["openapi"].as_str().expect("a version").starts_with("3.1"));
}

#[test]
fn every_operation_has_a_name_of_its_own_a_tag_and_its_refusals() {
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document()) {
        let at = format!("{method} {path}");
        let name = operation["operationId"].as_str().expect("a name").to_owned();
        assert!(names.insert(name.clone()), "{name} stands twice");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{at}");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{at}");
        if path.ends_with("openapi.json") {
            continue;
        }
        for status in ["401", "403", "404", "422", "500"] {
            let content = &operation["responses"][status]["content"];
            assert!(content["application/problem+json"].is_object(), "{at}: {status}");
        }
        if method != Method::GET && !operation["requestBody"].is_null() {
            assert!(operation["responses"]["415"].is_object(), "{at}");
        }
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member.as_str().filter(|_| name == "$ref") {
                        Some(reference) => found.push(reference),
                        None => references(member, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100, "only {} references", found.len());
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("a reference inside");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_address_of_the_api_is_in_the_documents() {
    let text = include_str!("../../../../docs/api.md");
    for (method, path, _) in operations(&document()) {
        let line = format!("| {method} | `{path}` |");
        assert!(text.contains(&line), "docs/api.md lacks: {line}");
    }
}

#[tokio::test]
async fn an_unknown_address_of_the_api_is_a_problem() {
    let bed = Bed::new().await;
    for address in ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/backends/shop/nothing/x"] {
        let problem = bed.get(address).await.problem(404);
        assert!(
            problem["detail"].as_str().expect("a detail").contains("openapi.json"),
            "{problem}"
        );
    }
}
