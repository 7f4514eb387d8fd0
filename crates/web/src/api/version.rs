//! Which version of a record somebody saw, and whether it is still the one that is there.

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use kontor_model::value::hex;
use kontor_model::{RecordKey, ResourceName, Value};
use kontor_office::{Conflict, OfficeError, Permit, Read, Shown};
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use crate::app::App;
use crate::visitor::Caller;

/// Bytes of a hash that make a version.
const HASH_BYTES: usize = 16;

/// The version of a record: the backend's own mark where it has one, else a hash of all that is
/// shown of it.
pub(super) fn version_of(found: &Shown) -> String {
    if let Some(mark) = &found.version {
        return format!("v{mark}");
    }
    let mut hash = Sha256::new();
    for (field, value) in &found.fields {
        let tagged = value.to_tagged();
        hash.update((*field as u64).to_be_bytes());
        hash.update((tagged.len() as u64).to_be_bytes());
        hash.update(tagged);
    }
    format!("h{}", hex(&hash.finalize()[..HASH_BYTES]))
}

/// The version as it stands in an `ETag`.
pub(super) fn etag(version: &str) -> String {
    format!("\"{version}\"")
}

/// Whether the caller has this version already.
pub(super) fn is_known(headers: &HeaderMap, version: &str) -> bool {
    tags(headers, &IF_NONE_MATCH).any(|tag| tag == "*" || tag == version)
}

/// The entity tags of a header, bare.
fn tags<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
}

/// What a change holds on to: the record as it was when its version was compared.
#[derive(Default)]
pub(super) struct Held {
    /// Fields that must not change until the change is written.
    pub(super) expect: Vec<(String, Value)>,
    /// The backend's mark, to be compared by the backend itself.
    pub(super) mark: Option<String>,
}

/// The record whose version is compared.
pub(super) struct Holding<'a> {
    pub(super) app: &'a App,
    pub(super) caller: &'a Caller,
    pub(super) permit: &'a Permit<Read>,
    pub(super) resource: &'a ResourceName,
    pub(super) key: &'a RecordKey,
}

impl Holding<'_> {
    /// Compares the version that `If-Match` or the body names with the record, and holds on to
    /// what was compared.
    pub(super) async fn compared(
        &self,
        headers: &HeaderMap,
        in_body: Option<&str>,
        expected: &[(String, Value)],
    ) -> Result<Held, Problem> {
        let mut matched = tags(headers, &IF_MATCH).peekable();
        let has_header = matched.peek().is_some();
        if !has_header && in_body.is_none() {
            return Ok(Held::default());
        }
        let found = self.app.office.record(self.permit, self.resource, self.key).await;
        let found = found.map_err(|error| self.caller.told(error))?;
        let version = version_of(&found);
        if has_header && !matched.any(|tag| tag == "*" || tag == version) {
            let language = self.caller.language();
            let text = language.texts().get("failure-stale-text").into_owned();
            return Err(Problem::of(language, StatusCode::PRECONDITION_FAILED, "stale", text));
        }
        if in_body.is_some_and(|seen| seen != version) {
            let conflicts = conflicts(&found, expected);
            let stale = OfficeError::Stale { key: self.key.to_text(), conflicts };
            return Err(self.caller.told(stale));
        }
        Ok(held(&found))
    }
}

fn held(found: &Shown) -> Held {
    if found.version.is_some() {
        return Held { expect: Vec::new(), mark: found.version.clone() };
    }
    let resource = found.catalog.resource(found.face());
    let comparable = found
        .fields
        .iter()
        .filter(|(field, value)| resource.fields[*field].comparable && value.is_whole());
    let expect = comparable
        .map(|(field, value)| (resource.fields[*field].name.clone(), value.clone()))
        .collect();
    Held { expect, mark: None }
}

fn conflicts(found: &Shown, expected: &[(String, Value)]) -> Vec<Conflict> {
    let resource = found.catalog.resource(found.face());
    let each = expected.iter().filter_map(|(name, before)| {
        let theirs = found.value(resource.position(name)?)?;
        (!theirs.is_same(before)).then(|| Conflict {
            field: name.clone(),
            before: before.clone(),
            theirs: theirs.clone(),
            mine: None,
        })
    });
    each.collect()
}
