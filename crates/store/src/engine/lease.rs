//! Connections to a SQLite file. The driver's own pool asks each connection that comes back whether
//! it is still there, on a task of its own; over a file that costs more than most statements.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::PATIENCE;

/// So many connections to one file and no more.
#[derive(Debug)]
pub(crate) struct Connections {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    permits: Arc<Semaphore>,
}

impl Connections {
    /// Opens the first of them, to see that it can be done.
    pub(super) async fn open(
        options: SqliteConnectOptions,
        most: usize,
    ) -> sqlx::Result<Arc<Self>> {
        let first = options.connect().await?;
        let (idle, permits) = (Mutex::new(vec![first]), Arc::new(Semaphore::new(most)));
        Ok(Arc::new(Self { options, idle, permits }))
    }

    /// Borrows one, waiting for it.
    pub(super) async fn lease(self: &Arc<Self>) -> sqlx::Result<Lease> {
        let permit = Arc::clone(&self.permits).acquire_owned();
        let permit = match tokio::time::timeout(PATIENCE, permit).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) => return Err(sqlx::Error::PoolClosed),
            Err(_) => return Err(sqlx::Error::PoolTimedOut),
        };
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Lease {
            connection: Some(connection),
            busy: false,
            home: Arc::clone(self),
            _permit: permit,
        })
    }

    /// Closes those that are idle, and the others when they come back.
    pub(super) async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            // What is committed is on disk, however the closing goes.
            drop(connection.close().await);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A borrowed connection. Dropped in the middle of something it is closed, which also rolls back
/// what was begun; else it goes back.
#[derive(Debug)]
pub(crate) struct Lease {
    connection: Option<SqliteConnection>,
    busy: bool,
    home: Arc<Connections>,
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    /// The connection, in the middle of something until [`Lease::settle`].
    pub(super) fn busy(&mut self) -> sqlx::Result<&mut SqliteConnection> {
        self.busy = true;
        self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Nothing goes on any more.
    pub(super) fn settle(&mut self) {
        self.busy = false;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| !self.busy)
            && !self.home.permits.is_closed()
        {
            self.home.idle().push(connection);
        }
    }
}
