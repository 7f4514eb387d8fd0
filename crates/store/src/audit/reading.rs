//! Reading the audit, newest first.

use super::{Audit, Entry};
use crate::{Json, Micros, Param, Result, Row, Sql, param::params};

/// A change whose intent is recorded and whose outcome is not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedChange {
    /// Its operation.
    pub operation: String,
    /// When the intent was recorded.
    pub at: Micros,
    /// The backend it changes.
    pub backend: String,
    /// What is needed to settle it after a crash.
    pub body: Json,
}

/// Which entries are wanted; what is `None` does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The user's id.
    pub actor_id: Option<String>,
    /// The backend.
    pub backend: Option<String>,
    /// The kind of entry.
    pub kind: Option<String>,
    /// From this instant on.
    pub from: Option<Micros>,
    /// Before this instant.
    pub until: Option<Micros>,
}

impl Audit {
    /// The entries of one record, newest first, below `before_seq`.
    ///
    /// # Errors
    /// [`crate::StoreError::Database`], or [`crate::StoreError::Column`] for an entry that cannot
    /// be read; the same for the other reads.
    pub async fn timeline(
        &self,
        backend: &str,
        resource: &str,
        record_key: &str,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Entry>> {
        let condition = "backend = $1 AND resource = $2 AND record_key = $3 AND seq < $4 \
             ORDER BY seq DESC LIMIT $5";
        let before = before_seq.unwrap_or(i64::MAX);
        self.select(condition, params![backend, resource, record_key, before, limit]).await
    }

    /// The entries that a filter lets through, newest first, below `before_seq`.
    ///
    /// # Errors
    /// As [`Audit::timeline`].
    pub async fn entries(
        &self,
        filter: &Filter,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Entry>> {
        let mut conditions = vec!["seq < $1".to_owned()];
        let mut params = params![before_seq.unwrap_or(i64::MAX)];
        let mut wanted = |comparison: &str, value: Option<Param>| {
            if let Some(value) = value {
                params.push(value);
                conditions.push(format!("{comparison} ${}", params.len()));
            }
        };
        wanted("actor_id =", filter.actor_id.as_deref().map(Param::from));
        wanted("backend =", filter.backend.as_deref().map(Param::from));
        wanted("kind =", filter.kind.as_deref().map(Param::from));
        wanted("at >=", filter.from.map(Param::from));
        wanted("at <", filter.until.map(Param::from));
        params.push(Param::from(limit));
        let order = format!(" ORDER BY seq DESC LIMIT ${}", params.len());
        self.select(&(conditions.join(" AND ") + &order), params).await
    }

    /// The entries of one operation, oldest first.
    ///
    /// # Errors
    /// As [`Audit::timeline`].
    pub async fn by_operation(&self, operation: &str) -> Result<Vec<Entry>> {
        self.select("operation = $1 ORDER BY seq", params![operation]).await
    }

    /// The changes that are not finished, oldest first.
    ///
    /// # Errors
    /// As [`Audit::timeline`].
    pub async fn open_changes(&self) -> Result<Vec<OpenedChange>> {
        let sql = "SELECT operation, at, backend, body FROM kontor_open_change \
             ORDER BY at, operation";
        self.engine.rows(sql.into(), Vec::new()).await?.iter().map(opened).collect()
    }

    /// Entries after a number, in order.
    pub(super) async fn after(&self, seq: i64, limit: u32) -> Result<Vec<Row>> {
        let sql = format!(
            "SELECT {} FROM kontor_audit WHERE seq > $1 ORDER BY seq LIMIT $2",
            Entry::COLUMNS
        );
        self.engine.rows(Sql::built(sql), params![seq, limit]).await
    }

    async fn select(&self, condition: &str, params: Vec<Param>) -> Result<Vec<Entry>> {
        let sql = format!("SELECT {} FROM kontor_audit WHERE {condition}", Entry::COLUMNS);
        let rows = self.engine.rows(Sql::built(sql), params).await?;
        rows.iter().map(Entry::from_row).collect()
    }
}

fn opened(row: &Row) -> Result<OpenedChange> {
    Ok(OpenedChange {
        operation: row.text("operation")?,
        at: row.int("at")?,
        backend: row.text("backend")?,
        body: row.json("body")?,
    })
}
