//! What a service answered: data, errors, or both.

use serde_json::value::RawValue;

use crate::error::{Failure, FailureKind};
use crate::http::Answer;
use crate::json;
use crate::service::answers::refusal;

/// An error that a service tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) message: String,
    /// The part of the answer that failed; empty where nothing was begun.
    pub(super) path: Vec<String>,
    /// The service's word for the kind of error, in capitals.
    pub(super) code: String,
}

/// An answer taken apart.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    data: Option<&'a RawValue>,
    pub(super) errors: Vec<Told>,
}

fn named<'a>(raw: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    json::at(raw, &[name.to_owned()]).filter(|value| value.get() != "null")
}

/// Takes an answer apart.
///
/// # Errors
/// What an answer means that is none of GraphQL.
pub(super) fn parts(answer: &Answer) -> Result<Parts<'_>, Failure> {
    let raw: Result<&RawValue, _> = serde_json::from_slice(&answer.body);
    let garbled = |detail: String| {
        refusal(answer).unwrap_or_else(|| Failure::new(FailureKind::Garbled, detail))
    };
    let raw = raw.map_err(|error| garbled(format!("the answer is no JSON: {error}")))?;
    let data = named(raw, "data");
    let errors: Vec<Told> = named(raw, "errors")
        .and_then(json::elements)
        .unwrap_or_default()
        .into_iter()
        .map(told)
        .collect();
    if data.is_none() && errors.is_empty() {
        return Err(garbled("the answer holds neither data nor errors".to_owned()));
    }
    Ok(Parts { data, errors })
}

fn told(raw: &RawValue) -> Told {
    let plain = |name: &str| named(raw, name).and_then(json::plain);
    let path = named(raw, "path").and_then(json::elements).unwrap_or_default();
    let code = named(raw, "extensions")
        .and_then(|more| named(more, "code").or_else(|| named(more, "classification")))
        .and_then(json::plain)
        .or_else(|| plain("type"));
    Told {
        message: plain("message")
            .unwrap_or_else(|| "an error without words".to_owned())
            .chars()
            .take(500)
            .collect(),
        path: path.into_iter().filter_map(json::plain).collect(),
        code: code.unwrap_or_default().to_uppercase(),
    }
}

impl<'a> Parts<'a> {
    /// What a field of the question gave; none where it gave nothing.
    pub(super) fn given(&self, alias: &str) -> Option<&'a RawValue> {
        named(self.data?, alias)
    }

    /// All that was given, as JSON.
    pub(super) fn text(&self) -> &'a str {
        self.data.map_or("null", RawValue::get)
    }

    /// The failure that the errors are, if any. A part that failed fails the whole: nothing is
    /// shown as empty that could not be read.
    pub(super) fn failure(&self) -> Option<Failure> {
        let first = self.errors.first()?;
        let place = match first.path.as_slice() {
            [] => String::new(),
            // Its own first name is ours.
            [_] => String::new(),
            [_, rest @ ..] => format!("{}: ", rest.join(".")),
        };
        let more = match self.errors.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} further errors)"),
        };
        Some(Failure::new(first.kind(), format!("{place}{}{more}", first.message)))
    }
}

impl Told {
    /// What kind of failure it is.
    pub(super) fn kind(&self) -> FailureKind {
        let is = |words: &[&str]| words.iter().any(|word| self.code.contains(word));
        let message = self.message.to_lowercase();
        let schema = [
            "cannot query field",
            "unknown argument",
            "unknown type",
            "field must not have a selection",
            "is not defined by type",
        ];
        if is(&["UNAUTHENTICATED", "INVALID-JWT", "INVALID_TOKEN"]) {
            FailureKind::SignIn
        } else if is(&["FORBIDDEN", "ACCESS_DENIED", "ACCESS-DENIED", "UNAUTHORIZED", "PERMISSION"])
        {
            FailureKind::Privilege
        } else if is(&["VALIDATION_FAILED", "PARSE_FAILED", "VALIDATIONERROR"])
            || schema.iter().any(|words| message.contains(words))
        {
            FailureKind::SchemaChanged
        } else if is(&["THROTTLED", "RATE_LIMIT", "TOO_MANY"]) {
            FailureKind::Busy
        } else if is(&["TIMEOUT"]) {
            FailureKind::Timeout
        } else if is(&["USER_INPUT", "BAD_REQUEST", "COMPLEXITY", "INVALID"]) {
            FailureKind::Invalid
        } else {
            FailureKind::Other
        }
    }

    /// Whether it says that there is no such record.
    pub(super) fn is_missing(&self) -> bool {
        self.code.contains("NOT_FOUND") || self.code.contains("NOTFOUND")
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn a_part_that_failed_is_named_and_fails_the_whole() {
        let partly = answer(
            200,
            r#"{"data":{"list":{"items":[{"id":1,"stock":null}]}},"errors":[{"message":"warehouse is down","path":["list","items",0,"stock"]}]}"#,
        );
        let parts = parts(&partly).expect("an answer");
        assert!(parts.given("list").is_some());
        let failure = parts.failure().expect("a failure");
        assert_eq!(failure.detail, "items.0.stock: warehouse is down");
    }

    #[test]
    fn what_is_no_answer_of_graphql_says_what_it_is() {
        let kind = |status, body| parts(&answer(status, body)).map(|_| ()).expect_err(body).kind;
        assert_eq!(kind(502, "<html>"), FailureKind::Unreachable);
        assert_eq!(kind(401, "{}"), FailureKind::SignIn);
        assert_eq!(kind(200, "<html>"), FailureKind::Garbled);
        assert_eq!(kind(200, r#"{"data":null}"#), FailureKind::Garbled);
        let refused =
            answer(400, r#"{"errors":[{"message":"Cannot query field \"x\" on type \"Y\"."}]}"#);
        assert_eq!(
            parts(&refused).expect("errors").failure().map(|failure| failure.kind),
            Some(FailureKind::SchemaChanged)
        );
    }
}
