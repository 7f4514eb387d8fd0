//! Settings of the whole office.

use crate::param::params;
use crate::{Json, Micros, Read, Result, Tx};

/// Writes a setting.
///
/// # Errors
/// [`crate::StoreError::Database`]; the same for the other functions.
pub async fn set(tx: &mut Tx, key: &str, value: &Json, now: Micros) -> Result<()> {
    let sql = "INSERT INTO kontor_setting (key, value, updated) VALUES ($1, $2, $3) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated = excluded.updated";
    tx.run(sql.into(), params![key, value, now]).await.map(drop)
}

/// A setting's value; none where it was never set.
///
/// # Errors
/// As [`set`].
pub async fn get(db: &mut impl Read, key: &str) -> Result<Option<Json>> {
    let row =
        db.row("SELECT value FROM kontor_setting WHERE key = $1".into(), params![key]).await?;
    row.map(|row| row.json("value")).transpose()
}

/// Puts a setting back to its default; false where it was never set.
///
/// # Errors
/// As [`set`].
pub async fn unset(tx: &mut Tx, key: &str) -> Result<bool> {
    Ok(tx.run("DELETE FROM kontor_setting WHERE key = $1".into(), params![key]).await? > 0)
}

/// All settings, by key.
///
/// # Errors
/// As [`set`].
pub async fn all(db: &mut impl Read) -> Result<Vec<(String, Json)>> {
    let rows =
        db.rows("SELECT key, value FROM kontor_setting ORDER BY key".into(), Vec::new()).await?;
    rows.iter().map(|row| Ok((row.text("key")?, row.json("value")?))).collect()
}
