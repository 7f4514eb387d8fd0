//! The file of the index: opened if it is whole and of this version, else made anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::IndexError;

/// The version of everything below and of how words and identifiers are taken apart. An index of
/// another version is thrown away.
const VERSION: i64 = 1;
/// Marks the file as an index of Kontor's.
const APPLICATION: i64 = 0x4b6f_5378;

/// The number of a record in the index has its resource's in the upper bits, so that the records
/// of one resource are a range.
pub(crate) const PLACE_BITS: u32 = 40;

/// `ids` are an identifier's forms, `title` the words of titles, `words` those of titles and texts.
/// The full text keeps no texts and no places of words: nothing is looked for as a phrase. Words
/// come folded, so that the tokenizer has nothing to do but to part them at spaces.
const SCHEMA: &str = "
    CREATE TABLE place (
        id INTEGER PRIMARY KEY,
        backend TEXT NOT NULL,
        resource TEXT NOT NULL,
        recipe TEXT NOT NULL,
        progress TEXT,
        next INTEGER NOT NULL DEFAULT 1,
        UNIQUE (backend, resource)
    );
    CREATE TABLE doc (
        id INTEGER PRIMARY KEY,
        place INTEGER NOT NULL,
        key TEXT NOT NULL,
        title TEXT NOT NULL,
        ids TEXT NOT NULL,
        print INTEGER NOT NULL,
        read_at INTEGER NOT NULL,
        scan INTEGER NOT NULL,
        UNIQUE (place, key)
    );
    CREATE TABLE ids (term TEXT NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (term, doc)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE title USING fts5(w, content='', contentless_delete=1, detail=none, prefix='1 2 3 4', tokenize='ascii');
    CREATE VIRTUAL TABLE words USING fts5(w, content='', contentless_delete=1, detail=none, prefix='1 2 3 4', tokenize='ascii');
    CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);
";

/// The one connection that writes, after the file was made anew where that was needed.
pub(crate) fn open(path: &Path) -> Result<Connection, IndexError> {
    let problem = match open_whole(path) {
        Ok(connection) => return Ok(connection),
        Err(error) if is_damage(&error) => error.to_string(),
        Err(rusqlite::Error::QueryReturnedNoRows) => "it is of another version".to_owned(),
        Err(error) => return Err(error.into()),
    };
    tracing::info!(path = %path.display(), problem, "the search index is built anew");
    remove(path)?;
    Ok(open_whole(path)?)
}

/// Opens the file; [`rusqlite::Error::QueryReturnedNoRows`] says that it is of another version.
fn open_whole(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "journal_mode", "wal")?;
    // What a failure of the power takes away is read again.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -64 * 1024)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    match (number("application_id")?, number("user_version")?) {
        (APPLICATION, VERSION) => {
            // Reads a page of each table, which a file that was cut off does not have.
            connection.query_row("SELECT count(*) FROM place", [], |_| Ok(()))?;
            Ok(connection)
        }
        (0, 0) if is_new(&connection)? => {
            connection.execute_batch(&format!(
                "BEGIN; {SCHEMA} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT;"
            ))?;
            Ok(connection)
        }
        _ => Err(rusqlite::Error::QueryReturnedNoRows),
    }
}

fn is_new(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// A connection that reads.
pub(crate) fn reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    Ok(connection)
}

/// Whether the file itself is broken, so that only making it anew helps.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Removes the file and what SQLite keeps beside it.
pub(crate) fn remove(path: &Path) -> Result<(), IndexError> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let path = PathBuf::from(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(IndexError::File { path, source });
            }
            _ => {}
        }
    }
    Ok(())
}
