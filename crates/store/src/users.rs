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

    fn params(&self) -> Vec<Param> {
        params![
            &self.id,
            &self.name,
            &self.email,
            folded(&self.email),
            &self.password_hash,
            self.is_admin,
            &self.language,
            &self.time_zone,
            &self.density,
            &self.theme,
            self.disabled,
        ]
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
    let mut params = user.params();
    params.push(Param::from(user.created));
    tx.run(sql.into(), params).await.map(drop)
}

/// Writes all that may change of a user.
///
/// # Errors
/// [`crate::StoreError::Missing`] for an unknown id, [`crate::StoreError::Duplicate`] where the
/// e-mail address is taken.
pub async fn save(tx: &mut Tx, user: &User) -> Result<()> {
    let sql = "UPDATE kontor_user SET name = $2, email = $3, email_folded = $4, \
         password_hash = $5, is_admin = $6, language = $7, time_zone = $8, density = $9, \
         theme = $10, disabled = $11 WHERE id = $1";
    tx.must("user", &user.id, sql, user.params()).await
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
