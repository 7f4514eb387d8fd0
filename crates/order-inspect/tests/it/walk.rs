//! The README's walk through a whole life, as it stands there.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// The service as its own process; it ends with its standard input.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}

fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_order-inspect"));
    command.arg("--data").arg(data);
    command
}

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
    let seeded =
        program(folder.path()).args(["seed", "--scale", "0.0002"]).output().expect("a seed");
    assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
    let made = program(folder.path()).args(["key", "create", "walk"]).output().expect("a key");
    let key = String::from_utf8(made.stdout).expect("text");
    let mut serve = program(folder.path());
    serve.args(["serve", "--listen", "127.0.0.1:0", "--until-input-ends"]);
    let mut child =
        serve.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the service");
    let log = child.stderr.take().expect("its log");
    let service = Service(child);
    let mut lines = BufReader::new(log).lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains("listening")).expect("it listens");
    let begin = line.find("127.0.0.1:").expect("an address");
    let address: String =
        line[begin..].chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect();
    std::thread::spawn(move || lines.for_each(drop));

    let script = blocks(include_str!("../../README.md"), "## A whole life");
    assert!(script.contains("closed.json"), "the walk is in the README");
    let walked = Command::new("bash")
        .args(["-c", &format!("set -euo pipefail\n{script}")])
        .env("SHOP", format!("http://{address}"))
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
