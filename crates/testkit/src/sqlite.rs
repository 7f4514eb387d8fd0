//! SQLite files for tests.

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions,
};
use tempfile::TempDir;

use crate::{database_url::DatabaseUrl, shared_data::sql_files};

/// A SQLite database in a temporary folder of its own, removed with the value.
#[derive(Debug)]
pub struct SqliteFile {
    folder: TempDir,
}

impl SqliteFile {
    /// An empty database. The file exists.
    ///
    /// # Panics
    /// When the temporary folder is not writable.
    #[must_use]
    pub fn fresh() -> Self {
        let folder = tempfile::Builder::new().prefix("kontor-sqlite-").tempdir();
        let file = Self { folder: folder.expect("the temporary folder is writable") };
        // An empty file is an empty database.
        fs::write(file.path(), []).expect("the temporary folder is writable");
        file
    }

    /// A copy of the shared database `name` (see [`shared_data`](crate::shared_data)), for this test
    /// alone. `None` when the data is not there.
    ///
    /// # Panics
    /// When the data cannot be loaded.
    pub async fn copy_of(name: &str) -> Option<Self> {
        let files = sql_files(name)?;
        let copy = Self::fresh();
        for file in files {
            copy.load_sql(&file).await;
        }
        Some(copy)
    }

    /// Runs the statements of a file.
    ///
    /// # Panics
    /// When the file cannot be read or a statement fails.
    pub async fn load_sql(&self, file: &Path) {
        let run = async {
            let text = fs::read_to_string(file)?;
            let options = SqliteConnectOptions::from_str(&self.url())?.foreign_keys(false);
            let mut connection = options.pragma("synchronous", "OFF").connect().await?;
            let in_one_go = format!("BEGIN;\n{text}\n;COMMIT;");
            sqlx::raw_sql(AssertSqlSafe(in_one_go)).execute(&mut connection).await?;
            connection.close().await
        };
        run.await.unwrap_or_else(|error: sqlx::Error| {
            panic!("{} cannot be loaded into SQLite: {error}", file.display())
        });
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    /// The URL, `sqlite:/…/shop.db`.
    #[must_use]
    pub fn url(&self) -> DatabaseUrl {
        DatabaseUrl::new(format!("sqlite:{}", self.path().display()))
    }

    /// A connection of one's own.
    ///
    /// # Panics
    /// When the file cannot be opened.
    pub async fn connect(&self) -> SqliteConnection {
        SqliteConnection::connect(&self.url()).await.expect("the file was made with this value")
    }

    /// A connection that keeps everybody else from writing while it lives.
    ///
    /// # Panics
    /// When somebody else is writing and does not end.
    pub async fn locked(&self) -> SqliteConnection {
        let mut connection = self.connect().await;
        let lock = sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await;
        lock.expect("nobody else writes");
        connection
    }
}
