//! Moving what was written from SQLite's log into the file, beside the thread that writes: nobody's order waits
//! while megabytes are copied.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use super::{DbError, Tx, sqlite::connect};

/// How long the log grows before it is copied again.
const PAUSE: Duration = Duration::from_millis(250);
/// Pages from which on the log shall begin anew (64 MB).
const LONG: i64 = 16_000;
/// Begins the log anew; who reads is waited for a moment only, since it can as well be done later. What is left to
/// be copied is little.
const BEGIN_ANEW: &str =
    "PRAGMA busy_timeout = 5; PRAGMA wal_checkpoint(RESTART); PRAGMA busy_timeout = 10000;";

/// Has the log copied from time to time.
pub(super) struct Checkpoints {
    copy: mpsc::SyncSender<()>,
    long: Arc<AtomicBool>,
    last: Instant,
}

impl Checkpoints {
    /// Starts the thread that copies; it ends with the value.
    pub(super) fn start(path: &Path) -> Result<Self, DbError> {
        let connection = connect(path, true)?;
        let (copy, asked) = mpsc::sync_channel::<()>(1);
        let long = Arc::new(AtomicBool::new(false));
        let is_long = Arc::clone(&long);
        std::thread::Builder::new()
            .name("sqlite-copier".to_owned())
            .spawn(move || {
                while asked.recv().is_ok() {
                    match connection.copy_log() {
                        Ok(pages) => is_long.store(pages >= LONG, Ordering::Relaxed),
                        Err(error) => tracing::warn!(%error, "the log of SQLite was not copied"),
                    }
                }
            })
            .map_err(|_| DbError::Broken("the thread that copies cannot be started"))?;
        Ok(Self { copy, long, last: super::sqlite::clock() })
    }

    /// After a group was committed, on the connection that writes.
    pub(super) fn after_group(&mut self, tx: &mut Tx) {
        if self.long.swap(false, Ordering::Relaxed)
            && let Err(error) = tx.batch_now(BEGIN_ANEW)
        {
            tracing::warn!(%error, "the log of SQLite was not begun anew");
        }
        if self.last.elapsed() >= PAUSE {
            self.last = super::sqlite::clock();
            // It is refused where the log is being copied just now.
            let _busy = self.copy.try_send(());
        }
    }
}
