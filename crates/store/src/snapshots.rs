//! What the schema of a backend looked like, each time it changed.

use crate::param::params;
use crate::{Json, Micros, Read, Result, Row, Tx};

/// A schema as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The backend.
    pub backend: String,
    /// When it was read for the first time like this.
    pub taken_at: Micros,
    /// Equal for equal schemas.
    pub fingerprint: String,
    /// The schema.
    pub body: Json,
}

/// Appends a snapshot; false where the schema is still the latest one and nothing was written.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] where another replica appended at the same moment: read
/// again. Else [`crate::StoreError::Database`].
pub async fn append(tx: &mut Tx, snapshot: &Snapshot) -> Result<bool> {
    let sql = "INSERT INTO kontor_snapshot (backend, number, taken_at, fingerprint, body) \
         SELECT $1, n.last + 1, $2, $3, $4 FROM (SELECT COALESCE(MAX(number), 0) AS last \
         FROM kontor_snapshot WHERE backend = $1) n WHERE NOT EXISTS (SELECT 1 \
         FROM kontor_snapshot s WHERE s.backend = $1 AND s.number = n.last AND s.fingerprint = $3)";
    let params =
        params![&snapshot.backend, snapshot.taken_at, &snapshot.fingerprint, &snapshot.body];
    Ok(tx.run(sql.into(), params).await? > 0)
}

/// The latest snapshots of a backend, newest first: with a limit of two, what it is and was.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn latest(db: &mut impl Read, backend: &str, limit: u32) -> Result<Vec<Snapshot>> {
    let sql = "SELECT backend, taken_at, fingerprint, body FROM kontor_snapshot \
         WHERE backend = $1 ORDER BY number DESC LIMIT $2";
    db.rows(sql.into(), params![backend, limit]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Snapshot> {
    Ok(Snapshot {
        backend: row.text("backend")?,
        taken_at: row.int("taken_at")?,
        fingerprint: row.text("fingerprint")?,
        body: row.json("body")?,
    })
}
