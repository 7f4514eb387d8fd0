use std::collections::BTreeSet;
use std::path::Path;

use super::*;

fn keys(sources: &[&str]) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for source in sources {
        for line in source.lines() {
            let Some((key, _)) = line.split_once('=') else {
                continue;
            };
            let key = key.trim_end();
            let is_key = key.starts_with(|c: char| c.is_ascii_lowercase())
                && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            if is_key {
                assert!(keys.insert(key.to_owned()), "“{key}” is given twice");
            }
        }
    }
    keys
}

fn rust_sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("texts/tests.rs") {
            into.push_str(&std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

fn all_sources() -> String {
    let mut all = String::new();
    rust_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    all
}

/// Keys that stand directly in a call of the texts.
fn asked(source: &str) -> BTreeSet<String> {
    let compact: String = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = BTreeSet::new();
    for receiver in ["t", "texts", "texts()"] {
        for call in ["get", "with", "count"] {
            for gap in ["", " "] {
                let start = format!("{receiver}.{call}({gap}\"");
                for (at, _) in compact.match_indices(&start) {
                    let before = compact[..at].chars().next_back();
                    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                        continue;
                    }
                    let rest = &compact[at + start.len()..];
                    if let Some((key, _)) = rest.split_once('"') {
                        found.insert(key.to_owned());
                    }
                }
            }
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_messages() {
    let (german, english) = (keys(GERMAN_SOURCES), keys(ENGLISH_SOURCES));
    let only =
        |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    assert_eq!(only(&german, &english), Vec::<String>::new(), "only German");
    assert_eq!(only(&english, &german), Vec::<String>::new(), "only English");
}

#[test]
fn every_message_that_is_asked_for_exists() {
    let there = keys(GERMAN_SOURCES);
    let missing: Vec<_> =
        asked(&all_sources()).into_iter().filter(|key| !there.contains(key)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_message_is_used_somewhere() {
    let source = all_sources();
    let unused: Vec<_> = keys(GERMAN_SOURCES)
        .into_iter()
        .filter(|key| !source.contains(&format!("\"{key}\"")))
        .collect();
    assert_eq!(unused, Vec::<String>::new());
}

#[test]
fn the_files_are_without_mistakes_and_name_the_same_arguments() {
    for (german, english) in GERMAN_SOURCES.iter().zip(ENGLISH_SOURCES) {
        for source in [german, english] {
            if let Err((_, mistakes)) = FluentResource::try_new((*source).to_owned()) {
                panic!("{mistakes:?}");
            }
        }
        let arguments = |source: &str| {
            source
                .split('$')
                .skip(1)
                .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
                .map(ToOwned::to_owned)
                .collect::<BTreeSet<String>>()
        };
        assert_eq!(arguments(german), arguments(english));
    }
}

#[test]
fn a_number_is_said_in_the_plural_of_the_language() {
    assert_eq!(Language::German.texts().count("count-exact", 1), "1 Datensatz");
    assert_eq!(Language::German.texts().count("count-exact", 1_234), "1.234 Datensätze");
    assert_eq!(Language::English.texts().count("count-exact", 1_234), "1,234 records");
}

#[test]
fn the_browser_chooses_the_language() {
    assert_eq!(Language::from_accepted("fr, de-AT;q=0.9, en;q=0.8"), Some(Language::German));
    assert_eq!(Language::from_accepted("fr"), None);
}
