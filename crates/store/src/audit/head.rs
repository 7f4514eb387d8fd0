//! The head of the audit: where the chain ends, sealed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Audit;
use super::entry::GENESIS;
use crate::engine::{Engine, Exact};
use crate::param::params;
use crate::secret::hex;
use crate::{Read, Result, Row, SealKey, StoreError, Tx};

/// Where the chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 in an empty audit.
    pub seq: i64,
    /// Hash of the last entry, 64 hex digits.
    pub hash: String,
    /// HMAC-SHA-256 of both, 64 hex digits.
    pub seal: String,
}

impl Head {
    pub(crate) fn new(seq: i64, hash: &str, key: &SealKey) -> Self {
        let seal = hex(&sealed(seq, hash, key).finalize().into_bytes());
        Self { seq, hash: hash.to_owned(), seal }
    }

    /// Whether the seal was made with this key for this head.
    pub(crate) fn is_genuine(&self, key: &SealKey) -> bool {
        let Some(seal) = unhex(&self.seal) else {
            return false;
        };
        sealed(self.seq, &self.hash, key).verify_slice(&seal).is_ok()
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { seq: row.int("seq")?, hash: row.text("hash")?, seal: row.text("seal")? })
    }
}

impl Audit {
    /// Where the chain ends now; none where somebody removed it. Worth noting on another machine:
    /// a store put back to an earlier state has an earlier head.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn head(&self) -> Result<Option<Head>> {
        current(&self.engine).await
    }
}

pub(crate) async fn current(engine: &Engine) -> Result<Option<Head>> {
    let sql = "SELECT seq, hash, seal FROM kontor_audit_head WHERE id = 1";
    engine.rows(sql.into(), Vec::new()).await?.first().map(Head::from_row).transpose()
}

/// Writes the head of a new, empty audit.
pub(crate) async fn found(tx: &mut Tx, key: &SealKey) -> Result<()> {
    let head = Head::new(0, GENESIS, key);
    let sql = "INSERT INTO kontor_audit_head (id, seq, hash, seal) VALUES (1, $1, $2, $3)";
    tx.run(sql.into(), params![head.seq, head.hash, head.seal]).await.map(drop)
}

/// Reads the head and keeps other replicas from appending until the transaction ends: an update
/// that changes nothing takes the row's lock in both engines. A head that is not genuine is
/// refused, because a new seal would make it so.
pub(crate) async fn lock(tx: &mut Tx, key: &SealKey) -> Result<Head> {
    let sql = "UPDATE kontor_audit_head SET seq = seq WHERE id = 1 RETURNING seq, hash, seal";
    let broken = |why: &str| StoreError::BrokenAudit { why: why.to_owned() };
    let row = tx.row(sql.into(), Vec::new()).await?.ok_or_else(|| broken("its head is missing"))?;
    let head = Head::from_row(&row)?;
    if head.is_genuine(key) { Ok(head) } else { Err(broken("the seal of its head is wrong")) }
}

pub(crate) async fn advance(tx: &mut Tx, head: &Head) -> Result<()> {
    let sql = "UPDATE kontor_audit_head SET seq = $1, hash = $2, seal = $3 WHERE id = 1";
    let params = params![head.seq, &head.hash, &head.seal];
    tx.must("audit head", "1", sql, params).await
}

/// The statement that moves the head, and only from where it is believed to be.
pub(crate) fn moved(from: &Head, to: &Head) -> Exact {
    let sql = "UPDATE kontor_audit_head SET seq = ?, hash = ?, seal = ? \
         WHERE id = 1 AND seq = ? AND hash = ? AND seal = ?";
    let params = params![to.seq, &to.hash, &to.seal, from.seq, &from.hash, &from.seal];
    Exact { sql: sql.to_owned(), params, rows: 1 }
}

fn sealed(seq: i64, hash: &str, key: &SealKey) -> Hmac<Sha256> {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(&key.0).expect("HMAC takes keys of any length");
    mac.update(b"kontor-audit-head-1");
    mac.update(&seq.to_be_bytes());
    mac.update(hash.as_bytes());
    mac
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |two: &[u8]| u8::try_from(digit(two[0])? * 16 + digit(two[1])?).ok();
    text.len().is_multiple_of(2).then(|| text.as_bytes().chunks_exact(2).map(pair).collect())?
}
