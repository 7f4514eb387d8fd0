//! Keyed sketches of columns: the smallest keyed hashes of their values (bottom-k, also known as
//! KMV: Bar-Yossef et al., "Counting Distinct Elements in a Data Stream", 2002). Without the key of
//! the installation nobody can tell from a sketch whether a value is in it.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest as _, Sha256};

/// Hashes that a sketch keeps.
const KEPT: usize = 512;

/// What sketches are made with. Those of different keys have nothing in common.
#[derive(Clone)]
pub struct SketchKey([u8; 32]);

impl SketchKey {
    /// A key from the bytes of another, of which it tells nothing.
    #[must_use]
    pub fn derived_from(secret: &[u8]) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"kontor: sketches of columns\0");
        digest.update(secret);
        Self(digest.finalize().into())
    }

    fn hash(&self, value: &str) -> u64 {
        // The key has a fixed length and most of the digest is thrown away, so that a prefix is as
        // good as an HMAC here.
        let digest = Sha256::new().chain_update(self.0).chain_update(value.as_bytes()).finalize();
        digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
    }
}

impl fmt::Debug for SketchKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SketchKey")
    }
}

/// The smallest hashes of a column's values, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Sketch(Vec<u64>);

impl Sketch {
    pub(super) fn of<'a>(key: &SketchKey, values: impl Iterator<Item = &'a str>) -> Self {
        let mut hashes = BTreeSet::new();
        for value in values {
            hashes.insert(key.hash(&core(value)));
            if hashes.len() > KEPT {
                hashes.pop_last();
            }
        }
        Self(hashes.into_iter().collect())
    }

    /// How many of the values that both sketches could hold are in both.
    pub(super) fn shared(&self, other: &Self) -> usize {
        let mut others = other.0.iter().peekable();
        let is_in_both = |hash: &&u64| {
            while others.next_if(|other| other < hash).is_some() {}
            others.peek() == Some(hash)
        };
        self.0.iter().filter(is_in_both).count()
    }
}

/// What spellings of the same number or code have in common: `K-10123`, `0010123` and `10123`.
fn core(value: &str) -> String {
    let plain: String = value.chars().filter(|c| c.is_alphanumeric()).collect();
    let digits = plain.trim_start_matches(|c: char| c.is_alphabetic());
    let letters = plain.len() - digits.len();
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number && letters <= 4 {
        return digits.trim_start_matches('0').to_owned();
    }
    plain.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_meet_under_one_key_and_nothing_under_two() {
        let (one, two) = (SketchKey::derived_from(b"one"), SketchKey::derived_from(b"two"));
        let of = |key: &SketchKey, values: &[&str]| Sketch::of(key, values.iter().copied());
        let here = of(&one, &["K-10123", "K-10124", "K-10125"]);
        assert_eq!(here.shared(&of(&one, &["0010123", "0010125", "0099999"])), 2);
        assert_eq!(here.shared(&of(&two, &["K-10123", "K-10124", "K-10125"])), 0);
    }

    #[test]
    fn a_sketch_keeps_a_bounded_part_and_two_large_ones_still_meet() {
        let key = SketchKey::derived_from(b"key");
        let values: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
        let all = Sketch::of(&key, values.iter().map(String::as_str));
        let half = Sketch::of(&key, values.iter().step_by(2).map(String::as_str));
        assert_eq!(all.0.len(), KEPT);
        assert!(all.shared(&half) > KEPT / 3, "{}", all.shared(&half));
    }
}
