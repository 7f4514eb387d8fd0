//! Slowing down who guesses passwords. How much is decided by the caller; here it is counted.

use crate::param::params;
use crate::{Micros, Read, Result, Row, Tx};

/// Failed attempts under one key: an e-mail address or where it came from.
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
