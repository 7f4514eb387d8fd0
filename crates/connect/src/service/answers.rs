//! What an answer of a service means.

use reqwest::Url;
use serde_json::value::RawValue;

use crate::error::{Failure, FailureKind};
use crate::http::{Answer, at};
use crate::json;

/// The body of an answer as JSON.
pub(crate) fn raw<'a>(answer: &'a Answer, url: &Url) -> Result<&'a RawValue, Failure> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        let detail = format!("{}: the answer is no JSON: {error}", at(url));
        Failure::new(FailureKind::Garbled, detail)
    })
}

/// What an answer that is no success means; none where it is one.
pub(crate) fn refusal(answer: &Answer) -> Option<Failure> {
    if answer.status.is_success() {
        return None;
    }
    let kind = match answer.status.as_u16() {
        401 => FailureKind::SignIn,
        403 => FailureKind::Privilege,
        404 | 405 | 410 | 501 => FailureKind::SchemaChanged,
        408 | 504 => FailureKind::Timeout,
        429 => FailureKind::Busy,
        400 | 409 | 412 | 414 | 422 | 431 => FailureKind::Invalid,
        502 | 503 => FailureKind::Unreachable,
        300..=399 => FailureKind::Garbled,
        _ => FailureKind::Other,
    };
    let says = message(answer).map(|message| format!(": {message}")).unwrap_or_default();
    let leads = answer
        .headers
        .get(reqwest::header::LOCATION)
        .and_then(|to| to.to_str().ok())
        .filter(|_| answer.status.is_redirection())
        .map(|to| format!(": it leads to {to}, which is not followed"))
        .unwrap_or_default();
    Some(Failure::new(kind, format!("status {}{says}{leads}", answer.status.as_u16())))
}

/// The service's own words in an answer that is no success.
pub(crate) fn message(answer: &Answer) -> Option<String> {
    let raw: &RawValue = serde_json::from_slice(&answer.body).ok()?;
    let at = |path: &[&str]| {
        let path: Vec<String> = path.iter().map(|&name| name.to_owned()).collect();
        json::at(raw, &path).filter(|raw| raw.get().starts_with('"')).and_then(json::plain)
    };
    let found = at(&["detail"])
        .or_else(|| at(&["message"]))
        .or_else(|| at(&["error", "message"]))
        .or_else(|| at(&["error_description"]))
        .or_else(|| at(&["error"]))
        .or_else(|| at(&["title"]))
        .or_else(|| {
            let first = json::at(raw, &["errors".to_owned()])
                .and_then(json::elements)?
                .into_iter()
                .next()?;
            json::at(first, &["message".to_owned()])
                .or_else(|| json::at(first, &["detail".to_owned()]))
                .and_then(json::plain)
        })?;
    Some(found.chars().take(500).collect())
}
