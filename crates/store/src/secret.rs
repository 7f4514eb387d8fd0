//! Secrets as the store knows them: never in clear.

use std::fmt;

use sha2::{Digest, Sha256};

/// SHA-256 of a secret (session cookie, API token, one-time link) as lower-case hex. The secrets
/// are long and random, so a slow hash would only slow every request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretHash(String);

impl SecretHash {
    /// Hashes a secret.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(hex(&Sha256::digest(secret.as_bytes())))
    }

    /// The hash as 64 hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn stored(hash: String) -> Self {
        Self(hash)
    }
}

/// The key that seals the audit's head. It lives in a file of the data folder, not in the
/// database: whoever can write only the database cannot forge the seal.
#[derive(Clone)]
pub struct SealKey(pub(crate) [u8; 32]);

impl SealKey {
    /// A key of 32 random bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SealKey(hidden)")
    }
}

/// Lower-case hex digits of some bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
