//! API tokens.

use crate::grants::Role;
use crate::param::params;
use crate::users::{self, User};
use crate::{Json, Micros, Read, Result, Row, SecretHash, Sql, Tx};

/// An API token of a user. It can do what its scope and its user both may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Random id; may be shown, gives no access.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// What its owner calls it.
    pub name: String,
    /// The secret's first letters, to tell tokens apart.
    pub prefix: String,
    /// Backends it reaches; none means every backend.
    pub backends: Option<Vec<String>>,
    /// The most it may do there.
    pub role: Role,
    /// When it was made.
    pub created: Micros,
    /// From when on it is worth nothing; none means never.
    pub expires: Option<Micros>,
    /// When it was last used, as exact as [`touch`] is called.
    pub last_used: Option<Micros>,
    /// When it was revoked.
    pub revoked: Option<Micros>,
}

const COLUMNS: &str = "t.id, t.user_id AS token_user_id, t.name, t.prefix, t.backends, t.role, \
     t.created, t.expires, t.last_used, t.revoked";

/// Adds a token with its secret.
///
/// # Errors
/// [`crate::StoreError::Dangling`] where there is no such user.
pub async fn add(tx: &mut Tx, token: &Token, secret: &SecretHash) -> Result<()> {
    let sql = "INSERT INTO kontor_token (id, user_id, name, token_hash, prefix, backends, role, \
         created, expires, last_used, revoked) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let params = params![
        &token.id,
        &token.user_id,
        &token.name,
        secret,
        &token.prefix,
        &Json::write(&token.backends)?,
        token.role,
        token.created,
        token.expires,
        token.last_used,
        token.revoked,
    ];
    tx.run(sql.into(), params).await.map(drop)
}

/// The token with a secret, and its user, if both are still good.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn find(
    db: &mut impl Read,
    secret: &SecretHash,
    now: Micros,
) -> Result<Option<(Token, User)>> {
    let sql = format!(
        "SELECT {COLUMNS}, {} FROM kontor_token t JOIN kontor_user u ON u.id = t.user_id \
         WHERE t.token_hash = $1 AND t.revoked IS NULL AND (t.expires IS NULL OR t.expires > $2) \
         AND u.disabled = 0",
        users::COLUMNS
    );
    let row = db.row(Sql::built(sql), params![secret, now]).await?;
    row.map(|row| Ok((from_row(&row)?, User::from_row(&row)?))).transpose()
}

/// Notes that a token was used. It writes: once a minute is enough.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn touch(tx: &mut Tx, id: &str, now: Micros) -> Result<()> {
    let sql = "UPDATE kontor_token SET last_used = $2 \
         WHERE id = $1 AND (last_used IS NULL OR last_used < $2)";
    tx.run(sql.into(), params![id, now]).await.map(drop)
}

/// Revokes a token of a user; false where it is none of theirs or revoked already.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn revoke(tx: &mut Tx, user_id: &str, id: &str, now: Micros) -> Result<bool> {
    let sql = "UPDATE kontor_token SET revoked = $3 \
         WHERE id = $1 AND user_id = $2 AND revoked IS NULL";
    Ok(tx.run(sql.into(), params![id, user_id, now]).await? > 0)
}

/// All tokens of a user, newest first, with those that are worth nothing any more.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn of_user(db: &mut impl Read, user_id: &str) -> Result<Vec<Token>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM kontor_token t WHERE t.user_id = $1 ORDER BY t.created DESC, t.id"
    );
    db.rows(Sql::built(sql), params![user_id]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Token> {
    Ok(Token {
        id: row.text("id")?,
        user_id: row.text("token_user_id")?,
        name: row.text("name")?,
        prefix: row.text("prefix")?,
        backends: row.json("backends")?.read()?,
        role: row.word("role")?,
        created: row.int("created")?,
        expires: row.opt_int("expires")?,
        last_used: row.opt_int("last_used")?,
        revoked: row.opt_int("revoked")?,
    })
}
