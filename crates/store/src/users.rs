//! People who may sign in.

use crate::param::params;
use crate::{Micros, Param, Read, Result, Row, Tx};

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Random id.
    pub id: String,
    /// Name as shown.
    pub name: String,
    /// E-mail address as typed; unique regardless of case and of spaces around it.
    pub email: String,
    /// Argon2id hash in PHC form; none until a password is chosen.
    pub password_hash: Option<String>,
    /// Whether they may administer Kontor itself.
    pub is_admin: bool,
    /// Language tag, such as `de`.
    pub language: String,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
    /// Density of lists.
    pub density: String,
    /// Theme of the screens.
    pub theme: String,
    /// Whether they may no longer sign in.
    pub disabled: bool,
    /// When they were added.
    pub created: Micros,
}

pub(crate) const COLUMNS: &str = "u.id AS user_id, u.name AS user_name, u.email AS user_email, \
     u.password_hash AS user_password_hash, u.is_admin AS user_is_admin, \
     u.language AS user_language, u.time_zone AS user_time_zone, u.density AS user_density, \
     u.theme AS user_theme, u.disabled AS user_disabled, u.created AS user_created";

impl User {
    pub(crate) fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text("user_id")?,
            name: row.text("user_name")?,
            email: row.text("user_email")?,
            password_hash: row.opt_text("user_password_hash")?,
            is_admin: row.flag("user_is_admin")?,
            language: row.text("user_language")?,
            time_zone: row.text("user_time_zone")?,
            density: row.text("user_density")?,
            theme: row.text("user_theme")?,
            disabled: row.flag("user_disabled")?,
            created: row.int("user_created")?,
        })
    }
}

/// The form in which e-mail addresses are compared. Folded here and not in SQL, because SQLite
/// folds ASCII only.
fn folded(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Adds a user.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] where the e-mail address (or id) is taken.
pub async fn add(tx: &mut Tx, user: &User) -> Result<()> {
    let sql = "INSERT INTO kontor_user (id, name, email, email_folded, password_hash, is_admin, \
         language, time_zone, density, theme, disabled, created) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let params = params![
        &user.id,
        &user.name,
        &user.email,
        folded(&user.email),
        &user.password_hash,
        user.is_admin,
        &user.language,
        &user.time_zone,
        &user.density,
        &user.theme,
        user.disabled,
        user.created,
    ];
    tx.run(sql.into(), params).await.map(drop)
}

/// How somebody is called and likes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Name as shown.
    pub name: String,
    /// Language tag.
    pub language: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Density of lists.
    pub density: String,
    /// Theme of the screens.
    pub theme: String,
}

/// Sets how a user is called and likes it, and nothing else.
///
/// # Errors
/// [`crate::StoreError::Missing`] for an unknown id.
pub async fn set_look(tx: &mut Tx, id: &str, look: &Look) -> Result<()> {
    let sql = "UPDATE kontor_user SET name = $2, language = $3, time_zone = $4, density = $5, \
         theme = $6 WHERE id = $1";
    let Look { name, language, time_zone, density, theme } = look;
    tx.must("user", id, sql, params![id, name, language, time_zone, density, theme]).await
}

/// Completes the account of somebody who comes with a link: false where it is disabled or gone.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn join(tx: &mut Tx, id: &str, look: &Look, password_hash: &str) -> Result<bool> {
    let sql = "UPDATE kontor_user SET password_hash = $2 WHERE id = $1 AND disabled = 0";
    let is_there = tx.run(sql.into(), params![id, password_hash]).await? > 0;
    if is_there {
        set_look(tx, id, look).await?;
    }
    Ok(is_there)
}

/// Waits for the transactions that have taken their turn before, and makes later ones wait for
/// this one. What is read of people's standing afterwards stays so until it ends.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn take_turn(tx: &mut Tx) -> Result<()> {
    // A row that all of them write.
    let turn = "INSERT INTO kontor_setting (key, value, updated) VALUES ('standing', '1', 0) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.run(turn.into(), Vec::new()).await.map(drop)
}

/// Sets whether a user administers Kontor and whether they may not sign in. Answers whether there
/// is an administrator who can sign in afterwards; where not, roll back. It takes its turn first,
/// so that no two can each count on the other's.
///
/// # Errors
/// [`crate::StoreError::Missing`] for an unknown id.
pub async fn set_standing(tx: &mut Tx, id: &str, is_admin: bool, disabled: bool) -> Result<bool> {
    take_turn(tx).await?;
    let sql = "UPDATE kontor_user SET is_admin = $2, disabled = $3 WHERE id = $1";
    tx.must("user", id, sql, params![id, is_admin, disabled]).await?;
    has_administrator(tx).await
}

/// Sets a user's password.
///
/// # Errors
/// [`crate::StoreError::Missing`] for an unknown id.
pub async fn set_password(tx: &mut Tx, id: &str, password_hash: &str) -> Result<()> {
    let sql = "UPDATE kontor_user SET password_hash = $2 WHERE id = $1";
    tx.must("user", id, sql, params![id, password_hash]).await
}

/// Removes a user with grants, sessions, tokens, links and personal views. The audit keeps what
/// they did; to keep the person out, disable them instead.
///
/// # Errors
/// [`crate::StoreError::Missing`] for an unknown id.
pub async fn remove(tx: &mut Tx, id: &str) -> Result<()> {
    let views = "DELETE FROM kontor_view WHERE owner_kind = 'user' AND owner = $1";
    tx.run(views.into(), params![id]).await?;
    tx.must("user", id, "DELETE FROM kontor_user WHERE id = $1", params![id]).await
}

/// The user with an id.
///
/// # Errors
/// [`crate::StoreError::Database`]; the same for the other reads.
pub async fn get(db: &mut impl Read, id: &str) -> Result<Option<User>> {
    one(db, "u.id = $1", params![id]).await
}

/// The user with an e-mail address, regardless of case.
///
/// # Errors
/// As [`get`].
pub async fn by_email(db: &mut impl Read, email: &str) -> Result<Option<User>> {
    one(db, "u.email_folded = $1", params![folded(email)]).await
}

/// All users by name.
///
/// # Errors
/// As [`get`].
pub async fn list(db: &mut impl Read) -> Result<Vec<User>> {
    select(db, "1 = 1 ORDER BY u.name, u.id", Vec::new()).await
}

/// Whether there is an administrator who can sign in; if not, a first one must be made.
///
/// # Errors
/// As [`get`].
pub async fn has_administrator(db: &mut impl Read) -> Result<bool> {
    let condition = "u.is_admin = 1 AND u.disabled = 0 AND u.password_hash IS NOT NULL LIMIT 1";
    Ok(one(db, condition, Vec::new()).await?.is_some())
}

async fn one(db: &mut impl Read, condition: &str, params: Vec<Param>) -> Result<Option<User>> {
    Ok(select(db, condition, params).await?.into_iter().next())
}

async fn select(db: &mut impl Read, condition: &str, params: Vec<Param>) -> Result<Vec<User>> {
    let sql = format!("SELECT {COLUMNS} FROM kontor_user u WHERE {condition}");
    db.rows(crate::Sql::built(sql), params).await?.iter().map(User::from_row).collect()
}
