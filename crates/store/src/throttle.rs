//! Slowing down who guesses passwords. How much is decided by the caller; here it is counted.

use crate::param::params;
use crate::{Micros, Read, Result, Row, Tx};

/// Failed attempts under one key, which says whose they are or where they came from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Failures in a row.
    pub failures: u32,
    /// No attempt is accepted before.
    pub blocked_until: Micros,
}

/// Counts a failure. Failures are forgotten where the last one is older than `forget_before`.
///
/// # Errors
/// [`crate::StoreError::Database`]; the same for the other functions.
pub async fn failed(
    tx: &mut Tx,
    key: &str,
    now: Micros,
    forget_before: Micros,
) -> Result<Attempts> {
    let sql = "INSERT INTO kontor_throttle (key, failures, last_failure, blocked_until) \
         VALUES ($1, 1, $2, 0) ON CONFLICT (key) DO UPDATE SET last_failure = $2, \
         failures = CASE WHEN kontor_throttle.last_failure < $3 THEN 1 \
         ELSE kontor_throttle.failures + 1 END RETURNING failures, blocked_until";
    let row = tx.row(sql.into(), params![key, now, forget_before]).await?;
    row.as_ref().map_or(Ok(Attempts::default()), from_row)
}

/// Accepts no attempt under a key for a while.
///
/// # Errors
/// [`crate::StoreError::Missing`] where no failure was counted under the key.
pub async fn block(tx: &mut Tx, key: &str, until: Micros) -> Result<()> {
    let sql = "UPDATE kontor_throttle SET blocked_until = $2 WHERE key = $1";
    tx.must("counted failure of", key, sql, params![key, until]).await
}

/// Takes one failure back, and the wait too where no more failures are left than are free.
///
/// # Errors
/// As [`failed`].
pub async fn take_back(tx: &mut Tx, key: &str, free: u32) -> Result<()> {
    let sql = "UPDATE kontor_throttle SET failures = failures - 1, \
         blocked_until = CASE WHEN failures - 1 <= $2 THEN 0 ELSE blocked_until END \
         WHERE key = $1 AND failures > 0";
    tx.run(sql.into(), params![key, i64::from(free)]).await.map(drop)
}

/// Remembers a key without a failure: a place that is known.
///
/// # Errors
/// As [`failed`].
pub async fn remember(tx: &mut Tx, key: &str, now: Micros) -> Result<()> {
    let sql = "INSERT INTO kontor_throttle (key, failures, last_failure, blocked_until) \
         VALUES ($1, 0, $2, 0) ON CONFLICT (key) DO UPDATE SET last_failure = $2";
    tx.run(sql.into(), params![key, now]).await.map(drop)
}

/// Whether a key was remembered since an instant.
///
/// # Errors
/// As [`failed`].
pub async fn is_remembered(db: &mut impl Read, key: &str, since: Micros) -> Result<bool> {
    let sql = "SELECT key FROM kontor_throttle WHERE key = $1 AND last_failure >= $2";
    Ok(db.row(sql.into(), params![key, since]).await?.is_some())
}

/// What was counted under a key.
///
/// # Errors
/// As [`failed`].
pub async fn of_key(db: &mut impl Read, key: &str) -> Result<Attempts> {
    let sql = "SELECT failures, blocked_until FROM kontor_throttle WHERE key = $1";
    let row = db.row(sql.into(), params![key]).await?;
    row.as_ref().map_or(Ok(Attempts::default()), from_row)
}

/// Forgets a key, because its owner signed in.
///
/// # Errors
/// As [`failed`].
pub async fn clear(tx: &mut Tx, key: &str) -> Result<()> {
    tx.run("DELETE FROM kontor_throttle WHERE key = $1".into(), params![key]).await.map(drop)
}

/// Forgets keys that failed and were blocked before an instant only.
///
/// # Errors
/// As [`failed`].
pub async fn purge(tx: &mut Tx, before: Micros) -> Result<u64> {
    let sql = "DELETE FROM kontor_throttle WHERE last_failure < $1 AND blocked_until < $1";
    tx.run(sql.into(), params![before]).await
}

fn from_row(row: &Row) -> Result<Attempts> {
    Ok(Attempts { failures: row.count("failures")?, blocked_until: row.int("blocked_until")? })
}
