//! An entry and its hash.

use sha2::{Digest, Sha256};

use crate::secret::hex;
use crate::{Json, Micros, Param, Result, Row, StoreError, param::params};

/// The hash that the first entry has as its predecessor's.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Says what is hashed and how, so that a later encoding cannot be mistaken for this one.
const ENCODING: &[u8] = b"kontor-audit-1";

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// When it happened.
    pub at: Micros,
    /// The operation it belongs to; intent and outcome of a change share it.
    pub operation: String,
    /// What it is: `change.intent`, `change.outcome`, `session.signed-in`, …
    pub kind: String,
    /// The user's id; none where Kontor itself acts.
    pub actor_id: Option<String>,
    /// The user's name as it was then.
    pub actor_name: String,
    /// The backend concerned.
    pub backend: Option<String>,
    /// The resource concerned.
    pub resource: Option<String>,
    /// The record concerned, as its key's text.
    pub record_key: Option<String>,
    /// Everything else: before, after, reason.
    pub body: Json,
}

/// An entry as it stands in the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number: from 1, without gaps.
    pub seq: i64,
    /// What it says.
    pub content: NewEntry,
    /// Hash of the entry before, 64 hex digits.
    pub prev_hash: String,
    /// Its own hash, 64 hex digits.
    pub hash: String,
}

impl NewEntry {
    /// Refuses what one of the engines cannot keep.
    pub(crate) fn check(&self) -> Result<()> {
        let texts = [
            Some(&self.operation),
            Some(&self.kind),
            self.actor_id.as_ref(),
            Some(&self.actor_name),
            self.backend.as_ref(),
            self.resource.as_ref(),
            self.record_key.as_ref(),
        ];
        if texts.into_iter().flatten().any(|text| text.contains('\0')) {
            let why = "a text has a NUL character; escape it".to_owned();
            return Err(StoreError::Invalid { what: "an audit entry", why });
        }
        Ok(())
    }

    /// Puts the entry behind another one.
    pub(crate) fn chain(self, seq: i64, prev_hash: &str) -> Entry {
        let hash = hash(seq, &self, self.body.as_str(), prev_hash);
        Entry { seq, content: self, prev_hash: prev_hash.to_owned(), hash }
    }
}

impl Entry {
    pub(crate) const COLUMNS: &str = "seq, at, operation, kind, actor_id, actor_name, backend, \
         resource, record_key, body, prev_hash, hash";

    pub(crate) fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            seq: row.int("seq")?,
            content: NewEntry {
                at: row.int("at")?,
                operation: row.text("operation")?,
                kind: row.text("kind")?,
                actor_id: row.opt_text("actor_id")?,
                actor_name: row.text("actor_name")?,
                backend: row.opt_text("backend")?,
                resource: row.opt_text("resource")?,
                record_key: row.opt_text("record_key")?,
                body: row.json("body")?,
            },
            prev_hash: row.text("prev_hash")?,
            hash: row.text("hash")?,
        })
    }

    pub(crate) fn params(&self) -> Vec<Param> {
        let content = &self.content;
        params![
            self.seq,
            content.at,
            &content.operation,
            &content.kind,
            &content.actor_id,
            &content.actor_name,
            &content.backend,
            &content.resource,
            &content.record_key,
            &content.body,
            &self.prev_hash,
            &self.hash,
        ]
    }

    /// The hash that the entry must have if its number is `seq`.
    pub(crate) fn expected_hash(&self, seq: i64) -> String {
        hash(seq, &self.content, self.content.body.as_str(), &self.prev_hash)
    }
}

fn hash(seq: i64, content: &NewEntry, body: &str, prev_hash: &str) -> String {
    hex(&Sha256::digest(encode(seq, content, body, prev_hash)))
}

/// All columns but the hash, unambiguous: numbers have eight bytes, texts are preceded by their
/// length, an absent text is another byte than an empty one.
fn encode(seq: i64, content: &NewEntry, body: &str, prev_hash: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256 + body.len());
    bytes.extend_from_slice(ENCODING);
    bytes.extend_from_slice(&seq.to_be_bytes());
    bytes.extend_from_slice(&content.at.to_be_bytes());
    let texts = [
        Some(content.operation.as_str()),
        Some(&content.kind),
        content.actor_id.as_deref(),
        Some(&content.actor_name),
        content.backend.as_deref(),
        content.resource.as_deref(),
        content.record_key.as_deref(),
        Some(body),
        Some(prev_hash),
    ];
    for text in texts {
        match text {
            None => bytes.push(0),
            Some(text) => {
                bytes.push(1);
                bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ENCODING, NewEntry, encode};
    use crate::Json;

    type Columns = (i64, i64, Vec<Option<String>>);

    /// Reads an encoding back. Where every encoding can be read back to what it was made of, no
    /// two entries share one.
    fn decode(bytes: &[u8]) -> Columns {
        let bytes = bytes.strip_prefix(ENCODING).expect("it begins with its name");
        let (seq, bytes) = bytes.split_first_chunk().expect("a number");
        let (at, mut bytes) = bytes.split_first_chunk().expect("an instant");
        let mut texts = Vec::new();
        while let Some((present, rest)) = bytes.split_first() {
            bytes = rest;
            if *present == 0 {
                texts.push(None);
                continue;
            }
            let (length, rest) = bytes.split_first_chunk().expect("a length");
            let length = usize::try_from(u64::from_be_bytes(*length)).expect("a short text");
            let (text, rest) = rest.split_at(length);
            texts.push(Some(String::from_utf8(text.to_vec()).expect("a text")));
            bytes = rest;
        }
        (i64::from_be_bytes(*seq), i64::from_be_bytes(*at), texts)
    }

    fn entry(at: i64, texts: &[Option<String>]) -> NewEntry {
        let sure = |n: usize| texts[n].clone().unwrap_or_default();
        NewEntry {
            at,
            operation: sure(0),
            kind: sure(1),
            actor_id: texts[2].clone(),
            actor_name: sure(3),
            backend: texts[4].clone(),
            resource: texts[5].clone(),
            record_key: texts[6].clone(),
            body: Json::parse("null").expect("it is JSON"),
        }
    }

    fn columns() -> impl Strategy<Value = Columns> {
        // Few letters, among them those of the encoding itself, so that collisions would show.
        let text = proptest::string::string_regex("[\0\u{1}ab]{0,3}").expect("a pattern");
        let texts = prop::collection::vec(prop::option::of(text), 9);
        (0..3_i64, 0..3_i64, texts).prop_map(|(seq, at, mut texts)| {
            for always in [0, 1, 3, 7, 8] {
                texts[always].get_or_insert_default();
            }
            (seq, at, texts)
        })
    }

    fn encoded((seq, at, texts): &Columns) -> Vec<u8> {
        let sure = |n: usize| texts[n].clone().unwrap_or_default();
        encode(*seq, &entry(*at, texts), &sure(7), &sure(8))
    }

    proptest! {
        #[test]
        fn an_encoding_can_be_read_back_so_no_two_entries_share_one(columns in columns()) {
            prop_assert_eq!(decode(&encoded(&columns)), columns);
        }

        #[test]
        fn entries_encode_equally_only_if_they_are_equal(one in columns(), other in columns()) {
            prop_assert_eq!(encoded(&one) == encoded(&other), one == other);
        }
    }
}
