//! Revisions as entity tags: what was read, and what a change expects (RFC 9110).

use axum::http::{HeaderMap, header::IF_MATCH};

use crate::{error::Refusal, refuse};

/// The entity tag of a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Etag(pub i64);

impl std::fmt::Display for Etag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

/// Which revision a change was decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The caller did not say.
    Unsaid,
    /// `If-Match: *`: whatever there is.
    Any,
    /// `If-Match: "7"`.
    Revision(i64),
}

/// The header by which a change says what it was decided on.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it describes the header; `Expected` reads it")]
pub struct IfMatch {
    /// The ETag of the record as it was read, or `*` for whatever is there.
    #[param(rename = "If-Match", example = "*", min_length = 1, max_length = 40)]
    if_match: String,
}

impl Expected {
    pub(super) fn of(headers: &HeaderMap) -> crate::Result<Self> {
        let Some(value) = headers.get(IF_MATCH) else { return Ok(Self::Unsaid) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self::Any);
        }
        let opaque = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        match opaque.filter(|it| !it.contains('"')) {
            // A tag that we never gave matches nothing.
            Some(tag) => Ok(Self::Revision(tag.parse().unwrap_or(-1))),
            None => refuse!(Refusal::new(
                400,
                "invalid_parameter",
                "If-Match is the ETag that was read, with its quotes, or “*”."
            )),
        }
    }

    /// The change may be made to this revision.
    pub fn check(self, revision: i64, what: &str) -> crate::Result<()> {
        match self {
            Self::Revision(expected) if expected != revision => refuse!(Refusal::stale(what)),
            _ => Ok(()),
        }
    }

    /// The same where the caller has to say what they have read.
    pub fn require(self, revision: i64, what: &str) -> crate::Result<()> {
        if self == Self::Unsaid {
            let detail = format!(
                "Say which state of the {what} you mean: send its ETag as If-Match, or “*” to overwrite whatever is there."
            );
            refuse!(Refusal::new(428, "precondition_required", detail));
        }
        self.check(revision, what)
    }
}
