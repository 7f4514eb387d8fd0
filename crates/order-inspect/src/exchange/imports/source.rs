//! The stored file as a stream of bytes, for a thread that may wait.

use std::{
    io::{self, Read},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::runtime::Handle;

use crate::{
    args,
    db::{Db, DbError, Row},
};

/// Reads the pieces of a file one after the other.
pub(super) struct Source {
    db: Db,
    handle: Handle,
    import: i64,
    next: i64,
    piece: Vec<u8>,
    given: usize,
    broken: Broken,
}

/// The database's error while a file was read: it is not the file's fault.
#[derive(Debug, Clone, Default)]
pub(super) struct Broken(Arc<Mutex<Option<DbError>>>);

impl Broken {
    /// Takes the error, if there was one.
    pub(super) fn take(&self) -> Option<DbError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Source {
    pub(super) fn new(db: Db, handle: Handle, import: i64) -> (Self, Broken) {
        let broken = Broken::default();
        let (piece, told) = (Vec::new(), broken.clone());
        (Self { db, handle, import, next: 0, piece, given: 0, broken }, told)
    }

    fn fetch(&mut self) -> Result<Option<Vec<u8>>, DbError> {
        let (import, position) = (self.import, self.next);
        let sql = "SELECT bytes FROM import_chunk WHERE import_id = $1 AND position = $2";
        let reading = self
            .db
            .read(move |tx| Box::pin(async move { tx.row(sql, args![import, position]).await }));
        let row: Option<Row> = self.handle.block_on(reading)?;
        row.map(|row| row.get("bytes")).transpose()
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.piece.len() {
            match self.fetch() {
                Ok(Some(piece)) => {
                    self.next += 1;
                    (self.piece, self.given) = (piece, 0);
                }
                Ok(None) => return Ok(0),
                Err(error) => {
                    *self.broken.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    return Err(io::Error::other("the database could not be read"));
                }
            }
        }
        let read = (&self.piece[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
    }
}
