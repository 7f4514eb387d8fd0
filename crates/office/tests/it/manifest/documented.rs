//! The reference of all keys is right.

use kontor_office::manifest::{CaseFile, Manifest};

use super::shop;

const REFERENCE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/manifest.md"));

#[test]
fn every_example_of_the_reference_is_a_manifest() {
    let examples: Vec<&str> =
        REFERENCE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 5, "the reference shows what it describes");
    let (cases, manifests): (Vec<&str>, Vec<&str>) =
        examples.into_iter().partition(|example| example.starts_with("# cases/"));
    assert!(!cases.is_empty(), "it shows the file of a type of case");
    for example in cases {
        let case = CaseFile::parse("order", example, "docs/manifest.md");
        case.unwrap_or_else(|errors| panic!("{errors}\n{example}"));
    }
    for example in manifests {
        let has_url = example.lines().any(|line| line.starts_with("url ="));
        let url = if has_url { "" } else { "url = \"postgres://anna@db/shop\"\n" };
        let manifest = Manifest::parse(shop(), &format!("{url}{example}"), "docs/manifest.md");
        manifest.unwrap_or_else(|errors| panic!("{errors}\n{example}"));
    }
}
