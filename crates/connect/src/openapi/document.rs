//! An OpenAPI document, as far as it can be read: JSON or YAML, 3.0 or 3.1, whatever its faults.

use std::cell::RefCell;
use std::collections::BTreeSet;

use yaml_serde::Value;

use crate::error::{Failure, FailureKind};

/// References may lead over this many others.
const MOST_HOPS: usize = 32;

/// A document, and what of it could not be used.
pub(super) struct Document {
    root: Value,
    notes: RefCell<BTreeSet<String>>,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// [`FailureKind::Garbled`] when it is none.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Failure> {
        let garbled = |detail: String| Failure::new(FailureKind::Garbled, detail);
        let is_json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
        let root: Value = if is_json {
            serde_json::from_slice(bytes).map_err(|error| error.to_string())
        } else {
            yaml_serde::from_slice(bytes).map_err(|error| error.to_string())
        }
        .map_err(|error| garbled(format!("the description is neither JSON nor YAML: {error}")))?;
        let version = text(&root, "openapi").unwrap_or_default();
        if text(&root, "swagger").is_some() {
            return Err(garbled(
                "the description is Swagger 2.0; converted to OpenAPI 3 it can be read".into(),
            ));
        }
        if !version.starts_with("3.") || root.get("paths").is_none() {
            return Err(garbled(format!(
                "the description is no OpenAPI 3 document with paths (openapi: “{version}”)"
            )));
        }
        Ok(Self { root, notes: RefCell::default() })
    }

    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// The version that the document gives its API.
    pub(super) fn version(&self) -> String {
        let info = self.root.get("info");
        let title = info.and_then(|info| text(info, "title")).unwrap_or_default();
        let version = info.and_then(|info| text(info, "version")).unwrap_or_default();
        format!("{title} {version}").trim().to_owned()
    }

    /// Notes what could not be used, and why.
    pub(super) fn note(&self, what: impl Into<String>) {
        self.notes.borrow_mut().insert(what.into());
    }

    pub(super) fn notes(&self) -> Vec<String> {
        self.notes.borrow().iter().cloned().collect()
    }

    /// What a value means: itself, or what it refers to. References out of the document are not
    /// followed; with the text of the reference, if it is one.
    pub(super) fn resolve<'a>(&'a self, value: &'a Value) -> Option<(&'a Value, Option<&'a str>)> {
        let (mut here, mut by) = (value, None);
        for _ in 0..MOST_HOPS {
            let Some(reference) = text(here, "$ref") else { return Some((here, by)) };
            by = Some(reference);
            let Some(pointer) = reference.strip_prefix('#') else {
                self.note(format!(
                    "“{reference}”: references out of the document are not followed"
                ));
                return None;
            };
            let Some(target) = self.pointed(pointer) else {
                self.note(format!("“{reference}”: there is nothing where this reference leads"));
                return None;
            };
            here = target;
        }
        self.note(format!("“{}”: the reference leads in a circle", by.unwrap_or_default()));
        None
    }

    /// What a value means, without asking how it came about.
    pub(super) fn get<'a>(&'a self, value: &'a Value) -> Option<&'a Value> {
        self.resolve(value).map(|(value, _)| value)
    }

    fn pointed(&self, pointer: &str) -> Option<&Value> {
        let mut here = &self.root;
        for part in pointer.split('/').skip(1) {
            let part = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
            let part = part.replace("~1", "/").replace("~0", "~");
            here = match here {
                Value::Sequence(list) => list.get(part.parse::<usize>().ok()?)?,
                _ => here.get(part.as_str())?,
            };
        }
        Some(here)
    }
}

/// A member's text.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// A member that is `true`.
pub(super) fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// The elements of a member that is a list.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_sequence).map_or(&[], Vec::as_slice)
}

/// The members of a member that is an object, in their order.
pub(super) fn entries<'a>(
    value: &'a Value,
    name: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
    let mapping = value.get(name).and_then(Value::as_mapping);
    mapping.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str()?, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r##"{"openapi":"3.0.3","info":{"title":"Shop","version":"7"},"paths":{},
        "components":{"schemas":{"A":{"$ref":"#/components/schemas/B"},"B":{"type":"string"},
        "C":{"$ref":"#/components/schemas/C"},"a/b":{"type":"integer"}}}}"##;

    fn reference(to: &str) -> Value {
        serde_json::from_value(serde_json::json!({ "$ref": to })).expect("an object")
    }

    #[test]
    fn references_are_followed_within_the_document() {
        let document = Document::read(SMALL.as_bytes()).expect("a document");
        let there = |to: &str| {
            let reference = reference(to);
            document.get(&reference).and_then(|value| text(value, "type")).map(str::to_owned)
        };
        assert_eq!(there("#/components/schemas/A").as_deref(), Some("string"));
        assert_eq!(there("#/components/schemas/a~1b").as_deref(), Some("integer"));
        assert_eq!(there("#/components/schemas/C"), None);
        assert_eq!(there("#/nowhere"), None);
        assert_eq!(there("http://evil.example/x.json#/A"), None);
        let notes = document.notes().join("\n");
        for why in ["in a circle", "nothing where", "out of the document"] {
            assert!(notes.contains(why), "{why}: {notes}");
        }
    }

    #[test]
    fn what_is_no_document_is_told() {
        let detail = |text: &str| {
            Document::read(text.as_bytes()).err().map(|failure| failure.detail).unwrap_or_default()
        };
        assert!(detail("<html>").contains("no OpenAPI 3"), "{}", detail("<html>"));
        assert!(detail("{\"a\":").contains("neither JSON"));
        assert!(detail("swagger: '2.0'\npaths: {}").contains("Swagger 2.0"));
        assert!(detail("openapi: 3.1.0\ninfo: {}").contains("with paths"));
        assert!(Document::read(b"openapi: 3.1.0\npaths:\n  /a: {}\n").is_ok(), "YAML");
    }
}
