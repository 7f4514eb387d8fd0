//! Which crate may use which, and that ARCHITECTURE.md names them all.

use serde_json::Value;

use super::{Finding, TextFile};

/// The table of ARCHITECTURE.md. A crate that is not here may use none of ours.
const MAY_USE: [(&str, &[&str]); 8] = [
    ("kontor-store", &["kontor-model"]),
    ("kontor-connect", &["kontor-model"]),
    ("kontor-care", &["kontor-model"]),
    ("kontor-search", &["kontor-model"]),
    (
        "kontor-office",
        &["kontor-model", "kontor-store", "kontor-connect", "kontor-care", "kontor-search"],
    ),
    ("kontor-web", &["kontor-model", "kontor-office"]),
    ("kontor", ALL),
    ("kontor-testkit", ALL),
];

const ALL: &[&str] = &[
    "kontor-model",
    "kontor-store",
    "kontor-connect",
    "kontor-care",
    "kontor-search",
    "kontor-office",
    "kontor-web",
    "returns-desk",
];

const TESTKIT: &str = "kontor-testkit";

/// Edges between crates of the workspace that the table does not have. Tests of any crate may use the
/// testkit, and so may the measurements of xtask, which are no product code either.
pub(super) fn edges(metadata: &Value) -> Vec<Finding> {
    let ours: Vec<&str> =
        packages(metadata).filter_map(|package| package["name"].as_str()).collect();
    let mut findings = Vec::new();
    for package in packages(metadata) {
        let Some(from) = package["name"].as_str() else { continue };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let Some(to) = dependency["name"].as_str() else { continue };
            let for_tests = dependency["kind"].as_str() == Some("dev");
            if ours.contains(&to) && !is_allowed(from, to, for_tests) {
                let message = format!(
                    "may not use {to}; ARCHITECTURE.md says which crate may use which, and why"
                );
                findings.push(Finding::wrong(from, message));
            }
        }
    }
    findings
}

fn is_allowed(from: &str, to: &str, for_tests: bool) -> bool {
    if to == TESTKIT {
        return for_tests || from == "xtask";
    }
    // The sample shop's tests run the service that it gives its data to.
    if (from, to) == ("kontor", "order-inspect") {
        return for_tests;
    }
    // What `bench search` measures, and the words that it is asked with.
    if from == "xtask" && matches!(to, "kontor-search" | "kontor-model") {
        return true;
    }
    MAY_USE.iter().any(|(name, may_use)| *name == from && may_use.contains(&to))
}

/// Crates of the workspace that ARCHITECTURE.md does not name.
pub(super) fn named(metadata: &Value, files: &[TextFile]) -> Vec<Finding> {
    let Some(document) = files.iter().find(|file| file.path == "ARCHITECTURE.md") else {
        return vec![Finding::doubtful(
            "ARCHITECTURE.md",
            "is not there yet; it has to name each crate",
        )];
    };
    packages(metadata)
        .filter_map(|package| package["name"].as_str())
        .filter(|name| !document.text.contains(&format!("`{name}`")))
        .map(|name| {
            Finding::wrong(name, format!("is not named in ARCHITECTURE.md; write `{name}` there"))
        })
        .collect()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{edges, named};
    use crate::tidy::tests::{file, places};

    fn workspace(from: &str, to: &str, kind: Option<&str>) -> Value {
        json!({"packages": [
            {"name": from, "dependencies": [{"name": to, "kind": kind}, {"name": "serde", "kind": null}]},
            {"name": to, "dependencies": []},
        ]})
    }

    #[test]
    fn an_edge_of_the_table_passes_and_any_other_is_found() {
        assert!(edges(&workspace("kontor-office", "kontor-store", None)).is_empty());
        assert_eq!(edges(&workspace("kontor-web", "kontor-store", None)).len(), 1);
        assert_eq!(edges(&workspace("kontor-web", "kontor-store", Some("dev"))).len(), 1);
        assert_eq!(edges(&workspace("order-inspect", "kontor-model", None)).len(), 1);
    }

    #[test]
    fn only_tests_and_measurements_may_use_the_testkit() {
        assert!(edges(&workspace("kontor-store", "kontor-testkit", Some("dev"))).is_empty());
        assert_eq!(edges(&workspace("kontor-store", "kontor-testkit", None)).len(), 1);
        assert!(edges(&workspace("kontor", "order-inspect", Some("dev"))).is_empty());
        assert_eq!(edges(&workspace("kontor", "order-inspect", None)).len(), 1);
        assert!(edges(&workspace("xtask", "kontor-testkit", None)).is_empty());
    }

    #[test]
    fn a_crate_that_the_architecture_does_not_name_is_found() {
        let files = [file("ARCHITECTURE.md", "| `kontor-web` (`web`) | pages |")];
        let metadata = workspace("kontor-web", "kontor-office", None);
        assert_eq!(places(&named(&metadata, &files)), ["kontor-office"]);
    }
}
