//! Opening a store in a SQLite file.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row};
use tokio::time::{Instant, sleep};

use super::lease::Connections;
use super::{Engine, PATIENCE, STATEMENTS};
use crate::{Result, StoreError};

/// Connections that read a SQLite file side by side.
const SQLITE_READERS: usize = 4;
/// How soon a file that was busy is opened again.
const AGAIN: Duration = Duration::from_millis(5);

pub(super) async fn open(place: &str) -> Result<Engine> {
    let refused = |why: String| StoreError::Open { place: place.to_owned(), why };
    if place.is_empty() || place.starts_with(":memory:") || place.contains('?') {
        let why = "the store must be a file, give sqlite:<path> without options";
        return Err(refused(why.to_owned()));
    }
    let path = Path::new(place);
    if let Some(table) =
        patiently(|| foreign_table(path)).await.map_err(|error| refused(error.to_string()))?
    {
        return Err(refused(format!(
            "this is another database, it has a table {table:?} and none of Kontor's; \
             give a file of its own"
        )));
    }
    make_private(path).map_err(|error| refused(error.to_string()))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    let writes =
        options.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let writer = patiently(|| Connections::open(writes.clone(), 1)).await;
    let writer = writer.map_err(|error| refused(error.to_string()))?;
    let reads = options.read_only(true);
    let readers = patiently(|| Connections::open(reads.clone(), SQLITE_READERS)).await;
    let readers = readers.map_err(|error| refused(error.to_string()))?;
    Ok(Engine::Sqlite { writer, readers })
}

/// Waits for others who open the same file. Whoever switches a new file to WAL, or recovers it, holds a lock already, and
/// SQLite tells one who holds a lock at once that the file is busy, whatever the timeout: two who wait so for each other
/// would wait for ever.
async fn patiently<T, Opening>(open: impl Fn() -> Opening) -> sqlx::Result<T>
where
    Opening: Future<Output = sqlx::Result<T>>,
{
    let until = Instant::now() + PATIENCE;
    loop {
        match open().await {
            Err(error) if is_busy(&error) && Instant::now() < until => sleep(AGAIN).await,
            outcome => return outcome,
        }
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // The low byte is the kind; the rest says more about it.
    code.is_some_and(|code| code & 0xff == 5)
}

/// A table of a file that is a database, but not Kontor's: nothing may be written there.
async fn foreign_table(path: &Path) -> sqlx::Result<Option<String>> {
    if !fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Ok(None);
    }
    let reading = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = reading.busy_timeout(PATIENCE).connect().await?;
    let sql = "SELECT name FROM sqlite_master WHERE NOT EXISTS \
         (SELECT 1 FROM sqlite_master WHERE name = 'kontor_migration') LIMIT 1";
    let found = sqlx::query(sql).fetch_optional(&mut connection).await?;
    connection.close().await?;
    found.map(|row| row.try_get("name")).transpose()
}

/// Creates the file readable by its owner alone, and narrows it where it is wider. SQLite gives
/// its `-wal` and `-shm` files the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mode = fs::metadata(path)?.permissions().mode();
            if mode & 0o077 != 0 {
                fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}
