//! Saved views: personal, of a team, or the default for a role.

use crate::grants::Role;
use crate::param::params;
use crate::{Json, Micros, Param, Read, Result, Row, Sql, StoreError, Tx, Word};

/// Whose a view is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// One user's, by id.
    User(String),
    /// A team's, by name.
    Team(String),
    /// What everybody with the role finds, and whoever may do more.
    Role(Role),
}

impl Owner {
    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::User(id) => ("user", id),
            Self::Team(name) => ("team", name),
            Self::Role(role) => ("role", role.as_word()),
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let kind = row.text("owner_kind")?;
        match kind.as_str() {
            "user" => row.text("owner").map(Self::User),
            "team" => row.text("owner").map(Self::Team),
            "role" => row.word("owner").map(Self::Role),
            _ => Err(StoreError::Column {
                table: "kontor_view".to_owned(),
                column: "owner_kind".to_owned(),
                why: format!("has the unknown word {kind:?}"),
            }),
        }
    }
}

/// A saved list of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Random id.
    pub id: String,
    /// Whose it is.
    pub owner: Owner,
    /// The backend.
    pub backend: String,
    /// The resource.
    pub resource: String,
    /// Its name.
    pub name: String,
    /// Columns, filter, sort, density.
    pub definition: Json,
    /// Its place among the owner's views.
    pub position: i64,
    /// When it was made.
    pub created: Micros,
    /// When it was last changed.
    pub updated: Micros,
}

const COLUMNS: &str = "id, owner_kind, owner, backend, resource, name, definition, position, \
     created, updated";

/// Those of a user ($1) and of the teams they belong to.
const THEIRS: &str = "(owner_kind = 'user' AND owner = $1) OR (owner_kind = 'team' AND owner IN \
     (SELECT team FROM kontor_team_member WHERE user_id = $1))";

/// Adds a view.
///
/// # Errors
/// [`StoreError::Duplicate`] where the id exists.
pub async fn add(tx: &mut Tx, view: &View) -> Result<()> {
    let (kind, owner) = view.owner.words();
    let sql = "INSERT INTO kontor_view (id, owner_kind, owner, backend, resource, name, \
         definition, position, created, updated) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let params = params![
        &view.id,
        kind,
        owner,
        &view.backend,
        &view.resource,
        &view.name,
        &view.definition,
        view.position,
        view.created,
        view.updated,
    ];
    tx.run(sql.into(), params).await.map(drop)
}

/// Writes owner, name, definition and place of a view.
///
/// # Errors
/// [`StoreError::Missing`] for an unknown id.
pub async fn save(tx: &mut Tx, view: &View) -> Result<()> {
    let (kind, owner) = view.owner.words();
    let sql = "UPDATE kontor_view SET owner_kind = $2, owner = $3, name = $4, definition = $5, \
         position = $6, updated = $7 WHERE id = $1";
    let params =
        params![&view.id, kind, owner, &view.name, &view.definition, view.position, view.updated];
    tx.must("view", &view.id, sql, params).await
}

/// Removes a view; false where there is none.
///
/// # Errors
/// [`StoreError::Database`]; the same for the reads.
pub async fn remove(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(tx.run("DELETE FROM kontor_view WHERE id = $1".into(), params![id]).await? > 0)
}

/// The view with an id.
///
/// # Errors
/// As [`remove`].
pub async fn get(db: &mut impl Read, id: &str) -> Result<Option<View>> {
    Ok(select(db, "id = $1", params![id]).await?.into_iter().next())
}

/// The views of a resource that a user finds: their own, their teams', and those of the role they
/// have on the backend and of the roles that may do less.
///
/// # Errors
/// As [`remove`].
pub async fn of_resource(
    db: &mut impl Read,
    user_id: &str,
    role: Role,
    backend: &str,
    resource: &str,
) -> Result<Vec<View>> {
    let condition = format!(
        "backend = $2 AND resource = $3 AND ({THEIRS} OR (owner_kind = 'role' \
         AND (owner = 'reader' OR owner = $4 OR $4 = 'administrator')))"
    );
    select(db, &condition, params![user_id, backend, resource, role]).await
}

/// The views that a user and their teams have, over all backends: their work queues.
///
/// # Errors
/// As [`remove`].
pub async fn of_user(db: &mut impl Read, user_id: &str) -> Result<Vec<View>> {
    select(db, THEIRS, params![user_id]).await
}

/// All views of a backend, whoever owns them; asked when its schema changed.
///
/// # Errors
/// As [`remove`].
pub async fn of_backend(db: &mut impl Read, backend: &str) -> Result<Vec<View>> {
    select(db, "backend = $1", params![backend]).await
}

async fn select(db: &mut impl Read, condition: &str, params: Vec<Param>) -> Result<Vec<View>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM kontor_view WHERE {condition} \
         ORDER BY backend, resource, position, name, id"
    );
    db.rows(Sql::built(sql), params).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<View> {
    Ok(View {
        id: row.text("id")?,
        owner: Owner::from_row(row)?,
        backend: row.text("backend")?,
        resource: row.text("resource")?,
        name: row.text("name")?,
        definition: row.json("definition")?,
        position: row.int("position")?,
        created: row.int("created")?,
        updated: row.int("updated")?,
    })
}
