//! One-time links: the first administrator, invitations, forgotten passwords.

use crate::param::params;
use crate::word::words;
use crate::{Micros, Read, Result, Row, SecretHash, Tx};

words! {
    /// What a link is for.
    pub enum Purpose {
        /// Creating the first administrator.
        Setup = "setup",
        /// Choosing a password for the first time.
        Invite = "invite",
        /// Choosing a new password.
        Reset = "reset",
    }
}

/// A link that can be used once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Hash of the secret in the link.
    pub secret: SecretHash,
    /// What it is for.
    pub purpose: Purpose,
    /// The user it is for; none for the first administrator.
    pub user_id: Option<String>,
    /// When it was made.
    pub created: Micros,
    /// From when on it is worth nothing.
    pub expires: Micros,
}

const COLUMNS: &str = "token_hash, purpose, user_id, created, expires";

/// Adds a link.
///
/// # Errors
/// [`crate::StoreError::Dangling`] where there is no such user.
pub async fn add(tx: &mut Tx, link: &Link) -> Result<()> {
    let sql = "INSERT INTO kontor_link (token_hash, purpose, user_id, created, expires) \
         VALUES ($1, $2, $3, $4, $5)";
    let params = params![&link.secret, link.purpose, &link.user_id, link.created, link.expires];
    tx.run(sql.into(), params).await.map(drop)
}

/// The link with a secret, if it can still be used.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn usable(db: &mut impl Read, secret: &SecretHash, now: Micros) -> Result<Option<Link>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM kontor_link \
         WHERE token_hash = $1 AND used IS NULL AND expires > $2"
    );
    let row = db.row(crate::Sql::built(sql), params![secret, now]).await?;
    row.as_ref().map(from_row).transpose()
}

/// Uses a link: answers it once, and to one caller only.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn redeem(tx: &mut Tx, secret: &SecretHash, now: Micros) -> Result<Option<Link>> {
    let sql = format!(
        "UPDATE kontor_link SET used = $2 \
         WHERE token_hash = $1 AND used IS NULL AND expires > $2 RETURNING {COLUMNS}"
    );
    let row = tx.row(crate::Sql::built(sql), params![secret, now]).await?;
    row.as_ref().map(from_row).transpose()
}

/// Makes the unused links of a purpose worthless: all of them, or those of one user. Done before
/// a new one is given out.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn withdraw(tx: &mut Tx, purpose: Purpose, user_id: Option<&str>) -> Result<u64> {
    let sql = "DELETE FROM kontor_link \
         WHERE purpose = $1 AND used IS NULL AND ($2 IS NULL OR user_id = $2)";
    tx.run(sql.into(), params![purpose, user_id]).await
}

/// Makes all unused links of a user worthless, whatever they are for.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn withdraw_all(tx: &mut Tx, user_id: &str) -> Result<u64> {
    let sql = "DELETE FROM kontor_link WHERE user_id = $1 AND used IS NULL";
    tx.run(sql.into(), params![user_id]).await
}

/// Removes links that are used or expired before an instant.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn purge(tx: &mut Tx, before: Micros) -> Result<u64> {
    tx.run("DELETE FROM kontor_link WHERE expires < $1 OR used < $1".into(), params![before]).await
}

fn from_row(row: &Row) -> Result<Link> {
    Ok(Link {
        secret: SecretHash::stored(row.text("token_hash")?),
        purpose: row.word("purpose")?,
        user_id: row.opt_text("user_id")?,
        created: row.int("created")?,
        expires: row.int("expires")?,
    })
}
