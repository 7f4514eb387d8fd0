//! `kontor demo`.

use std::collections::BTreeMap;

use kontor_testkit::eventually;

use crate::bed::{Bed, http};

/// All that the sample shop consists of, by name.
fn files(bed: &Bed) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in ["demo", "backends", "cases"] {
        for entry in std::fs::read_dir(bed.path(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // SQLite's own working files, there while a database is open
            if name.ends_with("-wal") || name.ends_with("-shm") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let bytes = if name == "returns-desk.toml" { without_port(bytes) } else { bytes };
            files.insert(format!("{folder}/{name}"), bytes);
        }
    }
    files
}

/// A service listens at another port after every start.
fn without_port(bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(bytes).unwrap();
    let (before, rest) = text.split_once("http://127.0.0.1:").unwrap();
    let (_, after) = rest.split_once('/').unwrap();
    format!("{before}http://127.0.0.1/{after}").into_bytes()
}

const NONE: Vec<&str> = Vec::new();

/// Names of files that are not the same.
fn differing<'a>(
    one: &'a BTreeMap<String, Vec<u8>>,
    other: &'a BTreeMap<String, Vec<u8>>,
) -> Vec<&'a str> {
    let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
    names.filter(|name| one.get(*name) != other.get(*name)).map(String::as_str).collect()
}

#[tokio::test]
async fn a_second_start_changes_nothing_and_a_reset_makes_all_new() {
    let bed = Bed::new();
    let first = bed.start(&["demo"]).await;
    assert!(first.link().is_some(), "{:?}", first.greeting);
    first.stop().await;
    let made = files(&bed);
    let names: Vec<&str> = made.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "backends/orders.toml",
            "backends/register.toml",
            "backends/returns-desk.toml",
            "backends/warehouse.toml",
            "cases/customer.toml",
            "cases/order.toml",
            "cases/product.toml",
            "demo/orders.db",
            "demo/register.db",
            "demo/returns.db",
            "demo/warehouse.db",
        ]
    );
    bed.start(&["demo"]).await.stop().await;
    assert_eq!(differing(&made, &files(&bed)), NONE, "a second start changed something");

    bed.write("backends/orders.toml", "# mine\nurl = \"sqlite:../demo/orders.db\"\n");
    let mine = made["backends/register.toml"].clone();
    bed.write(
        "backends/register.toml",
        &format!("{}\n# a remark\n", String::from_utf8(mine).unwrap()),
    );
    std::fs::copy(bed.path("demo/orders.db"), bed.path("demo/warehouse.db")).unwrap();
    bed.start(&["demo", "--reset"]).await.stop().await;
    let mut reset = files(&bed);
    let foreign = reset.insert("backends/orders.toml".into(), made["backends/orders.toml"].clone());
    assert!(foreign.unwrap().starts_with(b"# mine"), "a manifest of another hand was overwritten");
    assert_eq!(differing(&made, &reset), NONE, "a reset does not make the shop as it was");
}

#[tokio::test]
async fn the_sample_shop_is_registered_without_a_mistake() {
    let bed = Bed::new();
    let serving = bed.start(&["demo"]).await;
    eventually("all schemas were read and fit", || async {
        let check = bed.run(&["check"]).await;
        assert_eq!(check.code, Some(0), "{}", check.out);
        check.out.trim() == "4 manifests and 3 types of cases, nothing wrong."
    })
    .await;
    let doctor = bed.run(&["doctor"]).await;
    assert_eq!(doctor.code, Some(0), "{}", doctor.out);
    for expected in
        ["15 resources read", "7 resources read", "10 resources read", "2 resources read"]
    {
        assert!(doctor.out.contains(expected), "{expected}: {}", doctor.out);
    }
    serving.stop().await;
}

#[tokio::test]
async fn the_returns_desk_keeps_what_was_decided_when_the_demo_starts_again() {
    let bed = Bed::new();
    let first = bed.start(&["demo"]).await;
    let question =
        r#"mutation { commentReturn(rma: "RMA-2026-0001", text: "kept") { __typename } }"#;
    let answer = asked(&first.greeting, question).await;
    assert_eq!(answer, r#"{"data":{"commentReturn":{"__typename":"Return"}}}"#);
    first.stop().await;
    let again = bed.start(&["demo"]).await;
    let question = r#"{ return(rma: "RMA-2026-0001") { comments { text } } }"#;
    let answer = asked(&again.greeting, question).await;
    assert!(answer.contains(r#"{"text":"kept"}"#), "{answer}");
    let manifest = bed.read("backends/returns-desk.toml");
    assert!(manifest.contains(&desk_address(&again.greeting)), "{manifest}");
    again.stop().await;
}

/// Where the desk listens, as it was printed.
fn desk_address(greeting: &[String]) -> String {
    let said = greeting.iter().find_map(|line| line.strip_prefix("Returns desk: "));
    said.unwrap_or_else(|| panic!("{greeting:?}")).to_owned()
}

async fn asked(greeting: &[String], question: &str) -> String {
    let client = http().build().unwrap();
    let question = serde_json::json!({ "query": question });
    let asked = client.post(desk_address(greeting)).json(&question).send();
    asked.await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn manifests_elsewhere_still_find_the_databases() {
    let bed = Bed::new();
    let elsewhere = bed.path("../elsewhere");
    let arguments = ["demo", "--manifests", elsewhere.to_str().unwrap()];
    let serving = bed.start(&arguments).await;
    let doctor = bed.run(&["doctor", "--manifests", elsewhere.to_str().unwrap()]).await;
    assert_eq!(doctor.code, Some(0), "{}", doctor.out);
    assert!(doctor.out.contains("4 backends examined: 0 broken"), "{}", doctor.out);
    serving.stop().await;
}
