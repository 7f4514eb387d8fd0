//! A product as fields with texts, so that two of them can be compared and shown.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalogue::products::record::Product;

/// Every field that says something, by its place: `texts/de/name`, `variants/OAK-S/gtin`.
pub(super) fn fields(product: &Product) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    if let Ok(Value::Object(whole)) = serde_json::to_value(product) {
        for (name, value) in whole.into_iter().filter(|(name, _)| name != "code") {
            flatten(&mut fields, name, value);
        }
    }
    fields
}

fn flatten(fields: &mut BTreeMap<String, String>, place: String, value: Value) {
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => {
            fields.insert(place, text);
        }
        Value::Object(parts) => {
            for (name, part) in parts {
                flatten(fields, format!("{place}/{name}"), part);
            }
        }
        Value::Array(parts) => {
            for (at, part) in parts.into_iter().enumerate() {
                let name = named(&part).unwrap_or_else(|| (at + 1).to_string());
                flatten(fields, format!("{place}/{name}"), part);
            }
        }
        other => {
            fields.insert(place, other.to_string());
        }
    }
}

/// What a part of a list is known by, wherever it stands in it. Pictures and documents are known by their place.
fn named(part: &Value) -> Option<String> {
    let text = |field: &str| part.get(field).and_then(Value::as_str);
    if part.get("url").is_some() {
        return None;
    }
    if let Some(locale) = text("locale") {
        return Some(
            text("channel").map_or(locale.to_owned(), |channel| format!("{channel}/{locale}")),
        );
    }
    text("sku").or_else(|| text("code")).map(str::to_owned)
}
