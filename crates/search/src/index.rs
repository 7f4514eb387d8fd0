//! Writing: documents, deletions, and how far a resource was read.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kontor_model::{BackendName, ResourceName};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::entry::Entry;
use crate::file::{self, PLACE_BITS};
use crate::typo::Vocabulary;
use crate::{Document, IndexError, Place};

/// Connections for reading that are kept.
const READERS: usize = 4;
/// Deletions at once, so that questions and documents come in between.
const SWEEP: usize = 1_000;

/// The index. One process at a time has it open.
pub struct Index {
    path: PathBuf,
    /// Closed before the one that writes, which then takes the log into the file.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    /// Read when it is needed first.
    vocabulary: Mutex<Option<Vocabulary>>,
}

/// What the index knows of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceState {
    /// The resource.
    pub place: Place,
    /// What was indexed of each record, in the words of whoever fills the index.
    pub recipe: String,
    /// How far it was read, in the same words; none before the first document.
    pub progress: Option<String>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("path", &self.path).finish_non_exhaustive()
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Index {
    /// Opens the index of a folder. One that is damaged or of another version is thrown away: it
    /// is empty then.
    ///
    /// # Errors
    /// [`IndexError`] when the folder cannot be written.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        make_private(folder)
            .map_err(|source| IndexError::File { path: folder.to_owned(), source })?;
        let path = folder.join("search.db");
        let writer = file::open(&path)?;
        Ok(Self {
            path,
            readers: Mutex::default(),
            writer: Mutex::new(writer),
            vocabulary: Mutex::default(),
        })
    }

    /// Bytes of its files.
    #[must_use]
    pub fn size(&self) -> u64 {
        let mut beside = self.path.clone().into_os_string();
        beside.push("-wal");
        let length = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
        length(&self.path) + length(Path::new(&beside))
    }

    /// Writes, and makes the file anew when it turns out to be damaged.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, IndexError> {
        let mut writer = lock(&self.writer);
        let done = (|| {
            let transaction = writer.transaction()?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })();
        done.or_else(|error| self.recover(&mut writer, error))
    }

    /// Reads over a connection of its own, so that nobody waits for who writes.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, IndexError> {
        let kept = lock(&self.readers).pop();
        let done = kept.map_or_else(|| file::reader(&self.path), Ok).and_then(|connection| {
            let value = work(&connection)?;
            let mut readers = lock(&self.readers);
            if readers.len() < READERS {
                readers.push(connection);
            }
            Ok(value)
        });
        done.or_else(|error| {
            let mut writer = lock(&self.writer);
            self.recover(&mut writer, error)
        })
    }

    fn recover<T>(&self, writer: &mut Connection, error: rusqlite::Error) -> Result<T, IndexError> {
        if !file::is_damage(&error) {
            return Err(error.into());
        }
        tracing::warn!(%error, "the search index is damaged");
        self.start_anew(writer)?;
        Err(IndexError::Rebuilt(error))
    }

    fn start_anew(&self, writer: &mut Connection) -> Result<(), IndexError> {
        lock(&self.readers).clear();
        *lock(&self.vocabulary) = None;
        // The file must not be held by who removes it.
        *writer = Connection::open_in_memory()?;
        file::remove(&self.path)?;
        *writer = file::open(&self.path)?;
        Ok(())
    }

    /// Throws everything away.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn clear(&self) -> Result<(), IndexError> {
        let mut writer = lock(&self.writer);
        self.start_anew(&mut writer)
    }

    /// What is known of all resources.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn places(&self) -> Result<Vec<PlaceState>, IndexError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT backend, resource, recipe, progress FROM place")?;
            let rows = statement.query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
            })?;
            let mut places = Vec::new();
            for row in rows {
                let (backend, resource, recipe, progress) = row?;
                if let Ok(backend) = BackendName::new(&backend) {
                    let place = Place { backend, resource: ResourceName::new(&resource) };
                    places.push(PlaceState { place, recipe, progress });
                }
            }
            Ok(places)
        })
    }

    /// How many records of a resource are indexed.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn count(&self, place: &Place) -> Result<u64, IndexError> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM doc WHERE place = ?";
            match number(connection, place)? {
                Some(number) => connection
                    .prepare_cached(sql)?
                    .query_row([number], |row| row.get::<_, i64>(0))
                    .map(i64::unsigned_abs),
                None => Ok(0),
            }
        })
    }

    /// Readies a resource for documents of a recipe. What was indexed by another recipe is
    /// removed: it might be found by what nobody may see any more. How far it was read before.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn prepare(&self, place: &Place, recipe: &str) -> Result<Option<String>, IndexError> {
        let known = self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT recipe, progress FROM place WHERE backend = ? AND resource = ?",
                )?
                .query_row(names(place), |row| {
                    Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
                })
                .optional()
        })?;
        match known {
            Some((known, progress)) if known == recipe => return Ok(progress),
            Some(_) => self.forget(place)?,
            None => {}
        }
        let sql = "INSERT INTO place (backend, resource, recipe) VALUES (?, ?, ?)";
        let (backend, resource) = names(place);
        self.write(|transaction| transaction.execute(sql, (backend, resource, recipe)))?;
        Ok(None)
    }

    /// Removes a resource with all of its documents.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn forget(&self, place: &Place) -> Result<(), IndexError> {
        self.write(|transaction| {
            // At once nobody finds it, though its documents go in parts.
            let sql =
                "UPDATE place SET recipe = '', progress = NULL WHERE backend = ? AND resource = ?";
            transaction.execute(sql, names(place))
        })?;
        self.sweep(place, i64::MAX)?;
        self.write(|transaction| {
            transaction
                .execute("DELETE FROM place WHERE backend = ? AND resource = ?", names(place))
        })?;
        Ok(())
    }

    /// Adds or replaces documents that were read at a moment, as part of a scan (a number that
    /// grows with each), and notes how far the resource was read; all of it or nothing.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn put(
        &self,
        place: &Place,
        documents: &[Document],
        read_at: i64,
        scan: i64,
        progress: Option<&str>,
    ) -> Result<(), IndexError> {
        let entries: Vec<Entry> = documents.iter().map(Entry::of).collect();
        self.write(|transaction| {
            let Some(number) = number(transaction, place)? else { return Ok(()) };
            for (document, entry) in documents.iter().zip(&entries) {
                put(transaction, number, document, entry, (read_at, scan))?;
            }
            if let Some(progress) = progress {
                note(transaction, number, progress)?;
            }
            Ok(())
        })?;
        if let Some(vocabulary) = lock(&self.vocabulary).as_mut() {
            let all = entries.iter().flat_map(|entry| entry.words.split(' '));
            all.for_each(|word| vocabulary.add(word));
        }
        Ok(())
    }

    /// Notes how far a resource was read.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn note(&self, place: &Place, progress: &str) -> Result<(), IndexError> {
        self.write(|transaction| match number(transaction, place)? {
            Some(number) => note(transaction, number, progress),
            None => Ok(()),
        })
    }

    /// Removes documents by key.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn remove(&self, place: &Place, keys: &[String]) -> Result<(), IndexError> {
        self.write(|transaction| {
            let Some(number) = number(transaction, place)? else { return Ok(()) };
            for key in keys {
                let found: Option<(i64, String)> = transaction
                    .prepare_cached("SELECT id, ids FROM doc WHERE place = ? AND key = ?")?
                    .query_row((number, key), |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                if let Some((id, ids)) = found {
                    delete(transaction, id, &ids)?;
                }
            }
            Ok(())
        })
    }

    /// Removes the documents that were seen by no scan from `scan` on. How many there were.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn sweep(&self, place: &Place, scan: i64) -> Result<usize, IndexError> {
        let Some(number) = self.read(|connection| number(connection, place))? else {
            return Ok(0);
        };
        let (mut after, last) = range(number);
        let mut removed = 0;
        loop {
            let gone: Vec<(i64, String)> = self.read(|connection| {
                let sql = "SELECT id, ids FROM doc WHERE id > ? AND id <= ? AND scan < ? ORDER BY id LIMIT ?";
                let mut statement = connection.prepare_cached(sql)?;
                let most = i64::try_from(SWEEP).unwrap_or(i64::MAX);
                let rows = statement.query_map(params![after, last, scan, most], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
                rows.collect()
            })?;
            let Some((newest, _)) = gone.last() else { return Ok(removed) };
            after = *newest;
            self.write(|transaction| {
                gone.iter().try_for_each(|(id, ids)| delete(transaction, *id, ids))
            })?;
            removed += gone.len();
        }
    }

    /// Reads the words that are known, as the first question with a mistake in it would else have
    /// to: half a second for a million records.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn warm(&self) -> Result<(), IndexError> {
        self.read(|connection| self.with_vocabulary(connection, |_| ()))
    }

    /// Works with the words that are known.
    pub(crate) fn with_vocabulary<T>(
        &self,
        connection: &Connection,
        work: impl FnOnce(&Vocabulary) -> T,
    ) -> Result<T, rusqlite::Error> {
        let mut held = lock(&self.vocabulary);
        let vocabulary = match held.take() {
            Some(vocabulary) => vocabulary,
            None => read_vocabulary(connection)?,
        };
        Ok(work(held.insert(vocabulary)))
    }
}

fn read_vocabulary(connection: &Connection) -> Result<Vocabulary, rusqlite::Error> {
    let mut vocabulary = Vocabulary::default();
    let mut statement = connection.prepare("SELECT term FROM vocabulary")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        vocabulary.add(row.get_ref(0)?.as_str().unwrap_or_default());
    }
    Ok(vocabulary)
}

/// What the index holds is for nobody but Kontor.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The records of a resource: behind the first, up to the second.
pub(crate) fn range(place: i64) -> (i64, i64) {
    (place << PLACE_BITS, (place + 1) << PLACE_BITS)
}

fn names(place: &Place) -> (&str, &str) {
    (place.backend.as_str(), place.resource.as_str())
}

/// The number of a resource.
pub(crate) fn number(
    connection: &Connection,
    place: &Place,
) -> Result<Option<i64>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT id FROM place WHERE backend = ? AND resource = ?")?
        .query_row(names(place), |row| row.get(0))
        .optional()
}

fn note(transaction: &Transaction<'_>, place: i64, progress: &str) -> Result<(), rusqlite::Error> {
    transaction
        .prepare_cached("UPDATE place SET progress = ? WHERE id = ?")?
        .execute((progress, place))
        .map(drop)
}

fn put(
    transaction: &Transaction<'_>,
    place: i64,
    document: &Document,
    entry: &Entry,
    (read_at, scan): (i64, i64),
) -> Result<(), rusqlite::Error> {
    let known: Option<(i64, i64, String)> = transaction
        .prepare_cached("SELECT id, print, ids FROM doc WHERE place = ? AND key = ?")?
        .query_row((place, &document.key), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let id = match known {
        Some((id, print, _)) if print == entry.print => {
            return transaction
                .prepare_cached("UPDATE doc SET read_at = ?, scan = max(scan, ?) WHERE id = ?")?
                .execute((read_at, scan, id))
                .map(drop);
        }
        Some((id, _, ids)) => {
            delete(transaction, id, &ids)?;
            id
        }
        None => transaction
            .prepare_cached("UPDATE place SET next = next + 1 WHERE id = ? RETURNING next")?
            .query_row([place], |row| row.get::<_, i64>(0))
            .map(|next| range(place).0 + next)?,
    };
    transaction.prepare_cached("INSERT INTO doc VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?.execute(
        params![id, place, document.key, document.title, entry.ids, entry.print, read_at, scan],
    )?;
    for term in entry.ids.lines() {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO ids VALUES (?, ?)")?
            .execute((term, id))?;
    }
    transaction
        .prepare_cached("INSERT INTO title (rowid, w) VALUES (?, ?)")?
        .execute((id, &entry.title))?;
    transaction
        .prepare_cached("INSERT INTO words (rowid, w) VALUES (?, ?)")?
        .execute((id, &entry.words))
        .map(drop)
}

fn delete(transaction: &Transaction<'_>, id: i64, ids: &str) -> Result<(), rusqlite::Error> {
    for term in ids.lines() {
        transaction
            .prepare_cached("DELETE FROM ids WHERE term = ? AND doc = ?")?
            .execute((term, id))?;
    }
    for sql in [
        "DELETE FROM title WHERE rowid = ?",
        "DELETE FROM words WHERE rowid = ?",
        "DELETE FROM doc WHERE id = ?",
    ] {
        transaction.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}
