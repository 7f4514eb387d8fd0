//! An import as it stands.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    args,
    db::{DbError, Row, Tx},
    error::Refusal,
    exchange::{format::Format, plan::Choices},
    moment::Moment,
};

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The file is coming in.
    Uploading,
    /// The file is being read.
    Reading,
    /// The shop is searched for products that the file does not have.
    Matching,
    /// The dry run: each item is compared with the catalogue.
    Comparing,
    /// The dry run is done: look at the changes, then apply or cancel.
    Planned,
    /// The changes are being written.
    Applying,
    /// Done.
    Applied,
    /// Somebody stopped it. What was applied before stays.
    Cancelled,
    /// The file cannot be read, or what the import was asked for is gone; `failure` says why. What was applied
    /// before stays.
    Failed,
}

impl ImportState {
    /// Its name, as it is stored and as JSON shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Reading => "reading",
            Self::Matching => "matching",
            Self::Comparing => "comparing",
            Self::Planned => "planned",
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Whether it has come to an end.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Applied | Self::Cancelled | Self::Failed)
    }
}

/// An import: a file, what it would change, and what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportRun {
    /// Its number.
    pub id: i64,
    /// The file's format.
    pub format: Format,
    /// What it was asked for.
    pub choices: Choices,
    /// How far it is.
    pub state: ImportState,
    /// How large the file is, in bytes.
    pub size: i64,
    /// How many records (rows, elements) were read.
    pub records: i64,
    /// How many products they speak of.
    pub items: i64,
    /// How many products would be made.
    pub created: i64,
    /// How many would change.
    pub changed: i64,
    /// How many are already as the file says.
    pub unchanged: i64,
    /// How many cannot be done, with rows that belong to no product; see `/imports/{id}/errors`.
    pub failed: i64,
    /// How many were written.
    pub applied: i64,
    /// How many were left as they are because somebody else has changed them since the dry run.
    pub conflicts: i64,
    /// What is ignored, each told once.
    pub warnings: Vec<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Who sent it.
    pub actor: String,
    /// When it came.
    pub created_at: Moment,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Moment>,
}

const SELECT: &str = "SELECT id, format, choices, state, size, records, items, created, changed, unchanged, failed, \
     applied, conflicts, warnings, failure, actor, created_at, ended_at FROM import_run";

/// One import.
pub(super) async fn one(tx: &mut Tx, id: i64) -> crate::Result<ImportRun> {
    let row = tx.row(&format!("{SELECT} WHERE id = $1"), args![id]).await?;
    Ok(read(&row.ok_or_else(|| Refusal::not_found("import", id))?)?)
}

/// Imports before a number, the latest first.
pub(super) async fn list(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<ImportRun>, DbError> {
    let sql = format!("{SELECT} WHERE id < $1 ORDER BY id DESC LIMIT $2");
    tx.rows(&sql, args![before, limit]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<ImportRun, DbError> {
    Ok(ImportRun {
        id: row.get("id")?,
        format: row.word("format")?,
        choices: row.json("choices")?,
        state: row.word("state")?,
        size: row.get("size")?,
        records: row.get("records")?,
        items: row.get("items")?,
        created: row.get("created")?,
        changed: row.get("changed")?,
        unchanged: row.get("unchanged")?,
        failed: row.get("failed")?,
        applied: row.get("applied")?,
        conflicts: row.get("conflicts")?,
        warnings: row.json("warnings")?,
        failure: row.get("failure")?,
        actor: row.get("actor")?,
        created_at: row.get("created_at")?,
        ended_at: row.get("ended_at")?,
    })
}
