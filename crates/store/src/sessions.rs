//! Signed-in browsers.

use crate::param::params;
use crate::users::{self, User};
use crate::{Micros, Read, Result, Row, SecretHash, Sql, Tx};

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Random id; may be shown, gives no access.
    pub id: String,
    /// Who is signed in.
    pub user_id: String,
    /// When they signed in.
    pub created: Micros,
    /// When they were last seen, as exact as [`touch`] is called.
    pub last_seen: Micros,
    /// It ends then unless it is used.
    pub idle_expires: Micros,
    /// It ends then in any case.
    pub expires: Micros,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Where it came from.
    pub ip: String,
}

const COLUMNS: &str = "s.id, s.user_id AS session_user_id, s.created, s.last_seen, \
     s.idle_expires, s.expires, s.user_agent, s.ip";

/// Adds a session with the secret of its cookie.
///
/// # Errors
/// [`crate::StoreError::Dangling`] where there is no such user.
pub async fn add(tx: &mut Tx, session: &Session, secret: &SecretHash) -> Result<()> {
    let sql = "INSERT INTO kontor_session (id, token_hash, user_id, created, last_seen, \
         idle_expires, expires, user_agent, ip) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let params = params![
        &session.id,
        secret,
        &session.user_id,
        session.created,
        session.last_seen,
        session.idle_expires,
        session.expires,
        &session.user_agent,
        &session.ip,
    ];
    tx.run(sql.into(), params).await.map(drop)
}

/// The live session with a secret, and its user. One query: it is asked with every request.
/// Expired sessions and those of disabled users are not answered.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn find(
    db: &mut impl Read,
    secret: &SecretHash,
    now: Micros,
) -> Result<Option<(Session, User)>> {
    let sql = format!(
        "SELECT {COLUMNS}, {} FROM kontor_session s JOIN kontor_user u ON u.id = s.user_id \
         WHERE s.token_hash = $1 AND s.idle_expires > $2 AND s.expires > $2 AND u.disabled = 0",
        users::COLUMNS
    );
    let row = db.row(Sql::built(sql), params![secret, now]).await?;
    row.map(|row| Ok((from_row(&row)?, User::from_row(&row)?))).transpose()
}

/// Notes that a session was used and moves its idle end. It writes: once a minute is enough.
///
/// # Errors
/// [`crate::StoreError::Database`]. A session that ended meanwhile is no error.
pub async fn touch(tx: &mut Tx, id: &str, now: Micros, idle_expires: Micros) -> Result<()> {
    let sql = "UPDATE kontor_session SET last_seen = $2, idle_expires = $3 \
         WHERE id = $1 AND last_seen < $2";
    tx.run(sql.into(), params![id, now, idle_expires]).await.map(drop)
}

/// Gives a session another secret; the old one is worth nothing then.
///
/// # Errors
/// [`crate::StoreError::Missing`] where the session ended meanwhile.
pub async fn rotate(tx: &mut Tx, id: &str, secret: &SecretHash) -> Result<()> {
    let sql = "UPDATE kontor_session SET token_hash = $2 WHERE id = $1";
    tx.must("session", id, sql, params![id, secret]).await
}

/// Ends one session of a user; false where there is none.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn revoke(tx: &mut Tx, user_id: &str, id: &str) -> Result<bool> {
    let sql = "DELETE FROM kontor_session WHERE id = $1 AND user_id = $2";
    Ok(tx.run(sql.into(), params![id, user_id]).await? > 0)
}

/// Ends all sessions of a user, but for one to keep. Answers how many.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn revoke_all(tx: &mut Tx, user_id: &str, keep: Option<&str>) -> Result<u64> {
    let sql = "DELETE FROM kontor_session WHERE user_id = $1 AND ($2 IS NULL OR id <> $2)";
    tx.run(sql.into(), params![user_id, keep]).await
}

/// The live sessions of a user, last seen first.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn of_user(db: &mut impl Read, user_id: &str, now: Micros) -> Result<Vec<Session>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM kontor_session s WHERE s.user_id = $1 AND s.idle_expires > $2 \
         AND s.expires > $2 ORDER BY s.last_seen DESC, s.id"
    );
    db.rows(Sql::built(sql), params![user_id, now]).await?.iter().map(from_row).collect()
}

/// Removes expired sessions. Answers how many.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn purge(tx: &mut Tx, now: Micros) -> Result<u64> {
    let sql = "DELETE FROM kontor_session WHERE idle_expires <= $1 OR expires <= $1";
    tx.run(sql.into(), params![now]).await
}

fn from_row(row: &Row) -> Result<Session> {
    Ok(Session {
        id: row.text("id")?,
        user_id: row.text("session_user_id")?,
        created: row.int("created")?,
        last_seen: row.int("last_seen")?,
        idle_expires: row.int("idle_expires")?,
        expires: row.int("expires")?,
        user_agent: row.text("user_agent")?,
        ip: row.text("ip")?,
    })
}
