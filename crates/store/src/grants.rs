//! Who may do what on which backend, and who belongs to which team.

use crate::param::params;
use crate::word::words;
use crate::{Read, Result, Tx};

words! {
    /// What somebody may do on a backend.
    pub enum Role {
        /// Read, change, and change how the backend is registered.
        Administrator = "administrator",
        /// Read and change records.
        Editor = "editor",
        /// Read records.
        Reader = "reader",
    }
}

/// The name that stands for every backend.
pub const EVERY_BACKEND: &str = "*";

/// A role on a backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The backend's name, or [`EVERY_BACKEND`].
    pub backend: String,
    /// The role.
    pub role: Role,
}

/// Gives a user a role on a backend, instead of the one they may have there.
///
/// # Errors
/// [`crate::StoreError::Dangling`] where there is no such user.
pub async fn set(tx: &mut Tx, user_id: &str, grant: &Grant) -> Result<()> {
    let sql = "INSERT INTO kontor_grant (user_id, backend, role) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id, backend) DO UPDATE SET role = excluded.role";
    tx.run(sql.into(), params![user_id, &grant.backend, grant.role]).await.map(drop)
}

/// Takes a user's role on a backend away; false where they had none.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn withdraw(tx: &mut Tx, user_id: &str, backend: &str) -> Result<bool> {
    let sql = "DELETE FROM kontor_grant WHERE user_id = $1 AND backend = $2";
    Ok(tx.run(sql.into(), params![user_id, backend]).await? > 0)
}

/// A user's roles, by backend.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn of_user(db: &mut impl Read, user_id: &str) -> Result<Vec<Grant>> {
    let sql = "SELECT backend, role FROM kontor_grant WHERE user_id = $1 ORDER BY backend";
    let rows = db.rows(sql.into(), params![user_id]).await?;
    rows.iter()
        .map(|row| Ok(Grant { backend: row.text("backend")?, role: row.word("role")? }))
        .collect()
}

/// Puts a user into exactly these teams.
///
/// # Errors
/// [`crate::StoreError::Dangling`] where there is no such user.
pub async fn set_teams(tx: &mut Tx, user_id: &str, teams: &[&str]) -> Result<()> {
    tx.run("DELETE FROM kontor_team_member WHERE user_id = $1".into(), params![user_id]).await?;
    let sql = "INSERT INTO kontor_team_member (user_id, team) VALUES ($1, $2) \
         ON CONFLICT (user_id, team) DO NOTHING";
    for team in teams {
        tx.run(sql.into(), params![user_id, *team]).await?;
    }
    Ok(())
}

/// A user's teams, by name.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn teams_of(db: &mut impl Read, user_id: &str) -> Result<Vec<String>> {
    let sql = "SELECT team FROM kontor_team_member WHERE user_id = $1 ORDER BY team";
    db.rows(sql.into(), params![user_id]).await?.iter().map(|row| row.text("team")).collect()
}

/// All teams that have a member, by name.
///
/// # Errors
/// [`crate::StoreError::Database`].
pub async fn teams(db: &mut impl Read) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT team FROM kontor_team_member ORDER BY team";
    db.rows(sql.into(), Vec::new()).await?.iter().map(|row| row.text("team")).collect()
}
