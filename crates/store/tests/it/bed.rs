//! Where one contract test runs: an empty place of one engine.

use std::path::PathBuf;

use kontor_store::{Json, Result, SealKey, Store};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// The key of all stores in tests.
pub(crate) fn key() -> SealKey {
    SealKey::new([7; 32])
}

/// A JSON text that is known to be right.
pub(crate) fn json(text: &str) -> Json {
    Json::parse(text).unwrap()
}

/// An empty place of one engine.
pub(crate) enum Bed {
    Sqlite(TempDir),
    Postgres { server: String, schema: String },
}

impl Bed {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) fn postgres(server: &str, schema: &str) -> Self {
        Self::Postgres { server: server.to_owned(), schema: schema.to_owned() }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(_) => format!("sqlite:{}", self.file().display()),
            Self::Postgres { server, schema } => format!("{server}?schema={schema}"),
        }
    }

    fn file(&self) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join("kontor.db"),
            Self::Postgres { .. } => unreachable!("PostgreSQL has no file"),
        }
    }

    /// Opens the store of this place; again and again it is the same.
    pub(crate) async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }

    pub(crate) async fn try_open(&self) -> Result<Store> {
        Store::open(&self.url(), key()).await
    }

    /// Runs statements past the store, as somebody with the database's password could.
    pub(crate) async fn past_the_store(&self, script: &str) -> sqlx::Result<()> {
        let text = sqlx::AssertSqlSafe(script.to_owned());
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await?;
                sqlx::raw_sql(text).execute(&mut connection).await?;
                connection.close().await
            }
            Self::Postgres { server, schema } => {
                let mut connection = PgConnection::connect(server).await?;
                let path = sqlx::AssertSqlSafe(format!("SET search_path = {schema}"));
                sqlx::raw_sql(path).execute(&mut connection).await?;
                sqlx::raw_sql(text).execute(&mut connection).await?;
                connection.close().await
            }
        }
    }

    /// Removes what keeps the audit append-only, as a tamperer would.
    pub(crate) async fn disarm(&self) {
        let script = match self {
            Self::Sqlite(_) => {
                "DROP TRIGGER kontor_audit_no_update; DROP TRIGGER kontor_audit_no_delete;"
            }
            Self::Postgres { .. } => "ALTER TABLE kontor_audit DISABLE TRIGGER USER;",
        };
        self.past_the_store(script).await.unwrap();
    }
}
