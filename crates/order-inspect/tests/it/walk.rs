//! The README's walk through a whole life, as it stands there.

use std::process::Command;

use crate::program::{Service, told_by};

/// What stands in the shell blocks of a part of the README.
fn blocks(readme: &str, part: &str) -> String {
    let begin = readme.find(part).expect("the part");
    let end = readme[begin + 3..].find("\n## ").map_or(readme.len(), |end| begin + 3 + end);
    let blocks = readme[begin..end].split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

#[test]
fn the_readme_leads_through_a_whole_life() {
    let folder = tempfile::tempdir().expect("a folder");
    told_by(folder.path(), &["seed", "--scale", "0.0002"]);
    let key = told_by(folder.path(), &["key", "create", "walk"]);
    let service = Service::start(folder.path(), &[]);

    let script = blocks(include_str!("../../README.md"), "## A whole life");
    assert!(script.contains("closed.json"), "the walk is in the README");
    let walked = Command::new("bash")
        .args(["-c", &format!("set -euo pipefail\n{script}")])
        .env("SHOP", format!("http://{}", service.address()))
        .env("KEY", key.trim())
        .current_dir(folder.path())
        .output()
        .expect("bash");
    let told = String::from_utf8_lossy(&walked.stdout);
    assert!(walked.status.success(), "{told}\n{}", String::from_utf8_lossy(&walked.stderr));
    let pdf = std::fs::read(folder.path().join("invoice.pdf")).expect("the invoice");
    assert!(pdf.starts_with(b"%PDF-"), "the invoice is a PDF file");
    let closed = std::fs::read(folder.path().join("closed.json")).expect("the order");
    let closed: serde_json::Value = serde_json::from_slice(&closed).expect("JSON");
    assert_eq!(closed["status"], "completed");
    assert_eq!(closed["money"]["remainder"], 0);
    assert_eq!(closed["money"]["captured"], closed["total"]);
    drop(service);
}
