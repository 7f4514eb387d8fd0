//! What is selected of what a mutation gives, and what that means: a service may refuse with an
//! answer that looks like success.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::types::{FieldOf, Type, Types};
use crate::json;
use crate::service::names::folded;

/// Single values that tell whether it was done.
const TOLD: [&str; 9] = [
    "success",
    "ok",
    "successful",
    "result",
    "message",
    "errorcode",
    "code",
    "affectedrows",
    "errormessage",
];

/// What is selected, and the names that lead to the record in it.
pub(super) struct Outcome {
    pub(super) selected: String,
    pub(super) record: Option<Vec<String>>,
}

/// What to select of what a mutation gives, where `node` with its key is the record.
pub(super) fn outcome(types: &Types, field: &FieldOf, node: &str, key: &[String]) -> Outcome {
    let Some(ty) = types.of(&field.ty).filter(|ty| ty.is_composite()) else {
        return Outcome { selected: String::new(), record: None };
    };
    let mut selecting = Selecting { types, node, key, written: BTreeMap::new(), record: None };
    let mut parts = vec!["__typename".to_owned()];
    if ty.name == node {
        parts.extend(selecting.record(Vec::new()));
    } else if ty.fields.is_empty() || types.members(ty).iter().any(|member| member.name != ty.name)
    {
        for member in types.members(ty) {
            let own = if member.name == node {
                selecting.record(Vec::new())
            } else {
                selecting.object(member)
            };
            if !own.is_empty() {
                parts.push(format!("... on {} {{ {} }}", member.name, own.join(" ")));
            }
        }
    } else {
        parts.extend(selecting.object(ty));
    }
    let record = selecting.record.filter(|_| !field.ty.is_list());
    Outcome { selected: format!("{{ {} }}", parts.join(" ")), record }
}

struct Selecting<'a> {
    types: &'a Types,
    node: &'a str,
    key: &'a [String],
    /// The types of what is selected, by name: two members of a union cannot share a name for
    /// values of different types.
    written: BTreeMap<String, String>,
    record: Option<Vec<String>>,
}

impl Selecting<'_> {
    fn record(&mut self, at: Vec<String>) -> Vec<String> {
        self.record = Some(at);
        self.key.to_vec()
    }

    fn object(&mut self, ty: &Type) -> Vec<String> {
        let mut parts = Vec::new();
        for field in ty.fields.iter().filter(|field| field.is_free()) {
            let Some(inner) = self.types.of(&field.ty) else { continue };
            let name = folded(&field.name);
            let tells_errors = name.ends_with("errors") || name == "error";
            let body = if inner.is_leaf() && (tells_errors || TOLD.contains(&name.as_str())) {
                String::new()
            } else if inner.name == self.node && !field.ty.is_list() && self.record.is_none() {
                let key = self.record(vec![field.name.clone()]);
                format!(" {{ {} }}", key.join(" "))
            } else if tells_errors && inner.is_composite() {
                match problem(self.types, inner) {
                    Some(text) => format!(" {text}"),
                    None => continue,
                }
            } else {
                continue;
            };
            let written = field.ty.to_string();
            let other = self.written.get(&field.name).filter(|own| **own != written);
            if other.is_some() {
                // The reader knows the name by its beginning.
                parts.push(format!("{}_{}: {}{body}", field.name, ty.name, field.name));
            } else {
                self.written.insert(field.name.clone(), written);
                parts.push(format!("{}{body}", field.name));
            }
        }
        parts
    }
}

/// What is selected of an error.
fn problem(types: &Types, ty: &Type) -> Option<String> {
    let names =
        ["message", "field", "fields", "path", "code", "errorcode", "field_name", "attribute"];
    let is_wanted = |field: &&FieldOf| {
        field.is_free()
            && names.iter().any(|name| folded(name) == folded(&field.name))
            && types.of(&field.ty).is_some_and(Type::is_leaf)
    };
    let own: Vec<String> =
        ty.fields.iter().filter(is_wanted).map(|field| field.name.clone()).collect();
    if !own.is_empty() {
        return Some(format!("{{ {} }}", own.join(" ")));
    }
    let member = |member: &&Type| member.field("message").is_some();
    let parts: Vec<String> = types
        .members(ty)
        .iter()
        .filter(|own| member(own))
        .map(|own| format!("... on {} {{ message }}", own.name))
        .collect();
    (!parts.is_empty()).then(|| format!("{{ __typename {} }}", parts.join(" ")))
}

/// A refusal in an answer that looks like success.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) message: String,
    /// The fields that it speaks of, as the service calls them.
    pub(super) fields: Vec<String>,
}

/// What a mutation gave, where that is a refusal.
pub(super) fn refused(given: &RawValue) -> Option<Refused> {
    if given.get() == "false" {
        return Some(Refused {
            message: "the service says that it did not do it".into(),
            fields: Vec::new(),
        });
    }
    let members = json::members(given)?;
    let called = |name: &str| {
        members
            .iter()
            .find(|(own, value)| stem(own) == name && value.get() != "null")
            .map(|(_, value)| *value)
    };
    let text = |name: &str| called(name).and_then(json::plain);
    let message = || text("message").or_else(|| text("errormessage")).or_else(|| text("errorcode"));
    for (_, errors) in members.iter().filter(|(name, _)| {
        let name = stem(name);
        name.ends_with("errors") || name == "error"
    }) {
        if let Some(refused) = problems(errors) {
            return Some(refused);
        }
    }
    let is_error = text("typename").is_some_and(|name| {
        ["Error", "Problem", "Failure", "Exception"].iter().any(|end| name.ends_with(end))
    }) || called("errorcode").is_some();
    let denies = ["success", "ok", "successful"]
        .iter()
        .any(|name| called(name).is_some_and(|told| told.get() == "false"))
        || text("result").is_some_and(|word| {
            let word = folded(&word);
            ["fail", "error", "refused", "rejected"].iter().any(|bad| word.starts_with(bad))
                || word.starts_with("not")
        });
    (is_error || denies).then(|| Refused {
        message: message()
            .or_else(|| text("typename"))
            .unwrap_or_else(|| "the service says that it did not do it".into()),
        fields: Vec::new(),
    })
}

/// `message_NotFound` is a message.
fn stem(name: &str) -> String {
    let first = name.trim_start_matches('_');
    let own = first
        .split_once('_')
        .filter(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    folded(own.map_or(first, |(own, _)| own))
}

/// The messages of a list of errors.
fn problems(errors: &RawValue) -> Option<Refused> {
    let each = match json::elements(errors) {
        Some(each) => each,
        None if errors.get() == "null" => return None,
        None => vec![errors],
    };
    let mut refused = Refused { message: String::new(), fields: Vec::new() };
    for error in each {
        let said = |name: &str| {
            json::members(error)?
                .into_iter()
                .find(|(own, _)| folded(own) == name)
                .map(|(_, value)| value)
        };
        let message = json::plain(error)
            .or_else(|| said("message").and_then(json::plain))
            .or_else(|| said("code").and_then(json::plain))
            .unwrap_or_default();
        if !refused.message.is_empty() && !message.is_empty() {
            refused.message.push_str("; ");
        }
        refused.message.push_str(&message);
        for name in ["field", "fieldname", "attribute", "path", "fields"] {
            let Some(value) = said(name) else { continue };
            match json::elements(value) {
                Some(parts) if name == "fields" => {
                    refused.fields.extend(parts.into_iter().filter_map(json::plain));
                }
                Some(parts) => {
                    let parts: Vec<String> = parts.into_iter().filter_map(json::plain).collect();
                    refused.fields.push(parts.join("."));
                }
                None => refused.fields.extend(json::plain(value)),
            }
        }
    }
    (!refused.message.is_empty() || !refused.fields.is_empty()).then_some(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Refused> {
        refused(&RawValue::from_string(text.to_owned()).expect(text))
    }

    #[test]
    fn a_refusal_is_recognised_in_what_looks_like_success() {
        let said = |text: &str| of(text).map(|refused| refused.message);
        assert_eq!(said(r#"{"__typename":"Order","id":"1"}"#), None);
        assert_eq!(said(r#"{"order":{"id":1},"userErrors":[]}"#), None);
        assert_eq!(
            said(
                r#"{"__typename":"RefundStateTransitionError","errorCode":"X","message":"already settled"}"#
            ),
            Some("already settled".into())
        );
        assert_eq!(
            said(
                r#"{"__typename":"OutOfStock","message_OutOfStock":"none left","errorCode":"NO"}"#
            ),
            Some("none left".into())
        );
        assert_eq!(said(r#"{"success":false,"message":"no"}"#), Some("no".into()));
        assert_eq!(said(r#"{"result":"NOT_DELETED","message":"in use"}"#), Some("in use".into()));
        assert_eq!(said(r#"{"result":"DELETED","message":null}"#), None);
        assert!(of("false").is_some());
    }

    #[test]
    fn an_error_names_its_fields() {
        let refused = of(r#"{"order":null,"userErrors":[
            {"field":["input","email"],"message":"is no address"},{"field":"zip","message":"is missing"}]}"#)
        .expect("refused");
        assert_eq!(refused.message, "is no address; is missing");
        assert_eq!(refused.fields, ["input.email", "zip"]);
    }
}
