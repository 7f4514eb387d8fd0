//! What can go wrong between the service and its database.

/// An error of the database. None of them is the caller's fault: what a caller did wrong is a `Refusal`.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// SQLite said no.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL said no.
    #[error("PostgreSQL: {}", postgres_message(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// No connection could be had in time.
    #[error("no connection to PostgreSQL: {0}")]
    Pool(String),
    /// A column holds another type than the code expects.
    #[error("column {column}: found {found}")]
    Column {
        /// Name of the column.
        column: String,
        /// What was there.
        found: &'static str,
    },
    /// A stored document cannot be read.
    #[error("column {column}: {error}")]
    Json {
        /// Name of the column.
        column: String,
        /// Where the document went wrong.
        error: serde_json::Error,
    },
    /// A row that must exist does not.
    #[error("no row for: {0}")]
    Missing(String),
    /// The database does not fit this program.
    #[error("{0}")]
    Schema(String),
    /// The transaction took longer than it may, and was taken back.
    #[error("the transaction took too long, and was taken back")]
    Late,
    /// The thread that writes has ended, or the work in a transaction waited for something else than the
    /// database.
    #[error("{0}")]
    Broken(&'static str),
}

impl DbError {
    /// Whether a unique index refused the row: somebody else was first.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(code, _)) => matches!(
                code.extended_code,
                rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                    | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            ),
            Self::Postgres(error) => {
                error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION)
            }
            _ => false,
        }
    }

    /// Whether the database could not do it now and may do it in a moment: it is gone, or others were in the way.
    pub fn is_passing(&self) -> bool {
        use tokio_postgres::error::SqlState;
        match self {
            Self::Pool(_) | Self::Late => true,
            Self::Postgres(error) => match error.code() {
                None => error.is_closed(),
                Some(code) => [
                    SqlState::T_R_DEADLOCK_DETECTED,
                    SqlState::T_R_SERIALIZATION_FAILURE,
                    SqlState::LOCK_NOT_AVAILABLE,
                    SqlState::QUERY_CANCELED,
                    SqlState::ADMIN_SHUTDOWN,
                    SqlState::CRASH_SHUTDOWN,
                    SqlState::CANNOT_CONNECT_NOW,
                    SqlState::TOO_MANY_CONNECTIONS,
                    SqlState::DISK_FULL,
                ]
                .contains(code),
            },
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => matches!(
                failure.code,
                rusqlite::ErrorCode::DatabaseBusy
                    | rusqlite::ErrorCode::DatabaseLocked
                    | rusqlite::ErrorCode::DiskFull
            ),
            _ => false,
        }
    }

    /// Whether a foreign key refused the row: what it points to does not exist, or something still points
    /// to what was to be deleted.
    pub fn is_dangling(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(code, _)) => {
                code.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY
            }
            Self::Postgres(error) => {
                error.code() == Some(&tokio_postgres::error::SqlState::FOREIGN_KEY_VIOLATION)
            }
            _ => false,
        }
    }
}

/// The driver's `Display` says only "db error"; the server's own words are inside.
fn postgres_message(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |server| format!("{} ({})", server.message(), server.code().code()),
    )
}
