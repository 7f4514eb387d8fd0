//! What can go wrong in the store.

use std::sync::Arc;

/// Why the store could not do what it was asked for. The messages are for logs and operators.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The URL, the file or the server cannot be used.
    #[error("cannot open the store {place}: {why}")]
    Open {
        /// The file or the URL without its password.
        place: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// The store was written by a newer Kontor.
    #[error(
        "the store has schema version {found}, this Kontor knows {known}: \
         start the newer Kontor that wrote it, or restore a backup made by this one"
    )]
    Newer {
        /// Schema version found in the store.
        found: i64,
        /// Newest schema version this program knows.
        known: i64,
    },
    /// A migration that was applied differs from the one this program carries.
    #[error(
        "migration {version} of the store differs from the one this Kontor carries: \
         the store was written by another build; use that build or restore a backup"
    )]
    ForeignMigration {
        /// The version that differs.
        version: i64,
    },
    /// The database refused or failed a statement.
    #[error("the store failed at `{statement}`: {source}")]
    Database {
        /// The statement's beginning, without values.
        statement: String,
        /// What the driver said.
        source: Box<sqlx::Error>,
    },
    /// Something with the same identity exists already.
    #[error("already in the store: {detail}")]
    Duplicate {
        /// The database's words: table and column or constraint.
        detail: String,
    },
    /// Something refers to what does not exist (any more).
    #[error("refers to something that is not in the store: {detail}")]
    Dangling {
        /// The database's words.
        detail: String,
    },
    /// A row holds what the program cannot read.
    #[error("{table}.{column}: {why}")]
    Column {
        /// Table the column comes from, or the first one that the query names.
        table: String,
        /// Column as named in the query.
        column: String,
        /// What is wrong with it.
        why: String,
    },
    /// The caller's input cannot be stored.
    #[error("{what} cannot be stored: {why}")]
    Invalid {
        /// The input, in the caller's words.
        what: &'static str,
        /// What is wrong and what to do.
        why: String,
    },
    /// What should be changed is not there.
    #[error("there is no {what} {id}")]
    Missing {
        /// The noun.
        what: &'static str,
        /// Which one.
        id: String,
    },
    /// A job is worked on by somebody else by now, or was cancelled.
    #[error("job {job} is no longer claimed by {worker}")]
    LostClaim {
        /// The job's id.
        job: String,
        /// Who believed to hold it.
        worker: String,
    },
    /// The audit cannot be continued because its head is not genuine.
    #[error(
        "the audit is not continued: {why}; run `kontor audit verify`, and check that the key \
         file belongs to this store"
    )]
    BrokenAudit {
        /// What was found.
        why: String,
    },
    /// The audit entries were not written; every caller of the same transaction gets this.
    #[error("nothing was recorded: {0}")]
    NotAppended(Arc<StoreError>),
    /// The connection failed while committing: the entries are written or they are not.
    #[error("unknown whether it was recorded, the connection failed while committing: {0}")]
    UnknownOutcome(Arc<StoreError>),
    /// A transaction that can be neither used nor committed: its work kept it, or went on after a
    /// failure that had rolled it back.
    #[error(
        "the transaction is over and nothing of it was written: its work kept it, or went on \
         after an audit entry had failed"
    )]
    Ended,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Wraps a driver's error with the statement that caused it.
    pub(crate) fn from_driver(statement: &str, source: sqlx::Error) -> Self {
        if let Some(refused) = source.as_database_error() {
            let detail = || refused.message().to_owned();
            if refused.is_unique_violation() {
                return Self::Duplicate { detail: detail() };
            }
            if refused.is_foreign_key_violation() {
                return Self::Dangling { detail: detail() };
            }
        }
        Self::Database { statement: beginning(statement), source: Box::new(source) }
    }

    /// True where the database refused a statement for what it says, so that others may succeed.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::Duplicate { .. } | Self::Dangling { .. } | Self::Missing { .. } => true,
            Self::Database { source, .. } => matches!(**source, sqlx::Error::Database(_)),
            _ => false,
        }
    }
}

fn beginning(statement: &str) -> String {
    let flat = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &flat[..end]),
        None => flat,
    }
}
