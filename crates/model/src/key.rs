//! How a record is addressed inside its resource.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::value::Value;

/// The address of a record: the values of its key fields in key order, or, for a resource without
/// a key, the values of named fields (its content).
///
/// As text it is one path segment: the values joined by `~`, or `~` and base64url for content.
/// Inside a value `~` is written `~1`, and a value that is empty or not plain is `~2` and its
/// tagged form; so that `10248~11` and `DE~Kaffee` stay readable.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordKey {
    /// Values of the key fields, in key order.
    Values(Vec<Value>),
    /// Field names with their values, for resources without a key.
    Content(Vec<(String, Value)>),
}

impl RecordKey {
    /// The one text form, used in addresses and in the audit.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Values(values) => values.iter().map(part_to_text).collect::<Vec<_>>().join("~."),
            Self::Content(fields) => {
                let pairs: Vec<(&str, String)> =
                    fields.iter().map(|(name, value)| (name.as_str(), value.to_tagged())).collect();
                let json = serde_json::to_vec(&pairs).unwrap_or_default();
                format!("~={}", URL_SAFE_NO_PAD.encode(json))
            }
        }
    }

    /// Reads the text form; `None` when it is not one. Plain parts come back as text values: the
    /// reader knows the fields' types and converts.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        if let Some(encoded) = text.strip_prefix("~=") {
            let json = URL_SAFE_NO_PAD.decode(encoded).ok()?;
            let pairs: Vec<(String, String)> = serde_json::from_slice(&json).ok()?;
            let fields = pairs
                .into_iter()
                .map(|(name, tagged)| Some((name, Value::from_tagged(&tagged)?)))
                .collect::<Option<Vec<_>>>()?;
            return Some(Self::Content(fields));
        }
        text.split("~.").map(part_from_text).collect::<Option<Vec<_>>>().map(Self::Values)
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

/// Numbers and texts stand plain (`~` doubled by `~1`); all else is tagged, so that `NULL`, an
/// empty text and bytes stay apart.
fn part_to_text(value: &Value) -> String {
    let plain = match value {
        Value::Int(n) => Some(n.to_string()),
        Value::UInt(n) => Some(n.to_string()),
        Value::Decimal(text) | Value::Text(text) if !text.is_empty() && is_plain(text) => {
            Some(text.replace('~', "~1"))
        }
        _ => None,
    };
    plain.unwrap_or_else(|| format!("~2{}", URL_SAFE_NO_PAD.encode(value.to_tagged())))
}

/// `.` and `..` would be taken as relative path segments, `/` and control characters are mangled
/// by proxies.
fn is_plain(text: &str) -> bool {
    !matches!(text, "." | "..")
        && text.len() <= 200
        && text.chars().all(|c| !c.is_control() && c != '/' && c != '\\')
}

fn part_from_text(part: &str) -> Option<Value> {
    if let Some(encoded) = part.strip_prefix("~2") {
        let tagged = String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?;
        return Value::from_tagged(&tagged);
    }
    if part.is_empty() || part.replace("~1", "").contains('~') {
        return None;
    }
    Some(Value::Text(part.replace("~1", "~")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_keys_stay_readable() {
        let key = RecordKey::Values(vec![Value::Int(10_248), Value::Text("Ä b".into())]);
        assert_eq!(key.to_text(), "10248~.Ä b");
    }

    proptest! {
        #[test]
        fn a_key_of_texts_reads_back(parts in prop::collection::vec(".*", 1..4)) {
            let key = RecordKey::Values(parts.into_iter().map(Value::Text).collect());
            prop_assert_eq!(RecordKey::from_text(&key.to_text()), Some(key));
        }

        #[test]
        fn content_reads_back(pairs in prop::collection::vec((".*", ".*"), 0..4)) {
            let key = RecordKey::Content(
                pairs.into_iter().map(|(name, text)| (name, Value::Text(text))).collect(),
            );
            prop_assert_eq!(RecordKey::from_text(&key.to_text()), Some(key));
        }
    }

    #[test]
    fn null_empty_text_and_bytes_stay_apart() {
        for value in [Value::Null, Value::Text(String::new()), Value::Bytes(vec![0, 255])] {
            let key = RecordKey::Values(vec![value]);
            assert_eq!(RecordKey::from_text(&key.to_text()), Some(key));
        }
    }
}
