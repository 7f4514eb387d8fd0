//! What comes in with a request, read strictly, with refusals that say where and why.

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderMap, header::CONTENT_TYPE, request::Parts},
};
use serde::de::DeserializeOwned;

use crate::{
    error::{Error, Refusal},
    refuse,
};

/// A JSON body of a request that changes nothing.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> crate::Result<Self> {
        let headers = request.headers().clone();
        let bytes = body(request, state).await?;
        parse(&headers, &bytes).map(Self)
    }
}

/// U+0000 as JSON writes it.
const NUL: &[u8] = b"\\u0000";

/// How long a body may take to come. Imports stream theirs and are not bound by it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The bytes of a body, within the limits of length and time.
pub(super) async fn body<S: Send + Sync>(request: Request, state: &S) -> crate::Result<Bytes> {
    body_within(PATIENCE, request, state).await
}

async fn body_within<S: Send + Sync>(
    patience: Duration,
    request: Request,
    state: &S,
) -> crate::Result<Bytes> {
    let came = tokio::time::timeout(patience, Bytes::from_request(request, state)).await;
    let Ok(came) = came else {
        let detail = format!("The body did not come within {} seconds.", patience.as_secs());
        refuse!(Refusal::new(408, "too_slow", detail));
    };
    came.map_err(|rejection| {
        let (status, code) = match rejection.status().as_u16() {
            413 => (413, "too_large"),
            _ => (400, "unreadable"),
        };
        Refusal::new(status, code, rejection.body_text()).into()
    })
}

/// Reads JSON; an error names the place.
pub(super) fn parse<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> crate::Result<T> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = kind.split(';').next().unwrap_or_default().trim();
    if !(media.is_empty() && bytes.is_empty()
        || media == "application/json"
        || media.ends_with("+json"))
    {
        refuse!(Refusal::new(415, "unsupported_media_type", "Send the body as application/json."));
    }
    let bytes = if bytes.is_empty() { b"null" } else { bytes };
    refuse_nul(bytes)?;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        let cause = error.into_inner();
        if cause.is_data() {
            Refusal::invalid(pointer, said(&cause.to_string()))
        } else {
            Refusal::new(400, "unreadable", format!("The body is no JSON: {cause}."))
        }
    })?;
    reader.end().map_err(|error| {
        Refusal::new(400, "unreadable", format!("The body is no JSON: {error}."))
    })?;
    Ok(value)
}

/// What the reader found wrong, without what only its authors understand.
fn said(cause: &str) -> String {
    let cause = cause.split(" at line ").next().unwrap_or_default();
    match cause.split_once("invalid type: floating point `") {
        // An amount as people write it.
        Some((_, rest)) if rest.contains("expected i64") => {
            format!("{cause}; amounts are whole minor units: 1.99 EUR is 199")
        }
        _ => cause.to_owned(),
    }
}

/// Texts go into databases that take every character but U+0000 (PostgreSQL's text type). Such a character
/// can only stand in JSON as an escape, so that nearly all bodies are passed by one look over their bytes.
pub(crate) fn refuse_nul(bytes: &[u8]) -> crate::Result<()> {
    if !bytes.windows(NUL.len()).any(|it| it == NUL) {
        return Ok(());
    }
    // What is no JSON is told by the reader, with its place.
    let Ok(value) = serde_json::from_slice(bytes) else { return Ok(()) };
    match nul_in(&value, "") {
        Some(place) => {
            refuse!(Refusal::invalid(place, "the character U+0000 cannot be part of a text"))
        }
        None => Ok(()),
    }
}

/// The first text with U+0000, as a pointer.
fn nul_in(value: &serde_json::Value, place: &str) -> Option<String> {
    use serde_json::Value;
    match value {
        Value::String(text) if text.contains('\0') => Some(place.to_owned()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(at, item)| nul_in(item, &format!("{place}/{at}")))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, item)| {
            if name.contains('\0') {
                return Some(place.to_owned());
            }
            nul_in(item, &format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")))
        }),
        _ => None,
    }
}

/// A path into a document as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
            }
            Segment::Enum { variant } => pointer.push_str(&format!("/{variant}")),
            Segment::Unknown => {}
        }
    }
    if pointer.is_empty() { "/".to_owned() } else { pointer }
}

/// The body of a request that has none.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
pub struct NoBody;

/// Parameters of the query.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> crate::Result<Self> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let cause = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, it)| it);
                let cause =
                    cause.replace("invalid digit found in string", "must be a whole number");
                refuse!(Refusal::new(400, "invalid_parameter", format!("{cause}.")))
            }
        }
    }
}

/// Parameters of the path.
#[derive(Debug)]
pub struct PathParams<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathParams<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> crate::Result<Self> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            // An address with a number that is none leads nowhere.
            Err(_) => refuse!(Refusal::new(404, "not_found", "There is nothing at this address.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let nothing = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let request = Request::new(axum::body::Body::from_stream(nothing));
        let outcome = body_within(Duration::from_millis(1), request, &()).await;
        let Err(Error::Refused(refusal)) = outcome else { panic!("{outcome:?}") };
        assert_eq!((refusal.status, refusal.code), (408, "too_slow"));
    }
}
