//! The store: opening it, reading from it, and transactions.

use std::sync::{Arc, Mutex, PoisonError};

use crate::audit::Audit;
use crate::engine::{Engine, OpenTransaction};
use crate::{Param, Result, Row, SealKey, Sql, StoreError, migration};

/// Kontor's memory. Cheap to clone; the last clone closes the connections.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<Engine>,
    audit: Audit,
}

impl Store {
    /// Opens the store at a URL, creating and migrating it where needed.
    ///
    /// - `sqlite:<path>`: a file, created with mode 0600;
    /// - `postgres://user:password@host/database[?schema=name]`: tables `kontor_*` in that schema
    ///   (created where missing) or in `public`.
    ///
    /// Must be called inside a Tokio runtime: one task that appends to the audit lives as long as
    /// the store.
    ///
    /// # Errors
    /// [`StoreError::Open`] where the place cannot be used, [`StoreError::Newer`] where a newer
    /// Kontor wrote it, [`StoreError::ForeignMigration`] where another build did.
    pub async fn open(url: &str, key: SealKey) -> Result<Self> {
        let engine = Arc::new(Engine::open(url).await?);
        migration::apply(&engine, &key).await?;
        let audit = Audit::start(Arc::clone(&engine), key);
        Ok(Self { engine, audit })
    }

    /// Reads outside of a transaction; every statement sees what is committed when it runs.
    #[must_use]
    pub fn read(&self) -> Reader {
        Reader { engine: Arc::clone(&self.engine) }
    }

    /// Whether other servers may change the store, so that what was read a moment ago need not hold
    /// any more.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.engine.is_shared()
    }

    /// The audit: appending, reading, verifying.
    #[must_use]
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Does some work in a transaction: committed where it answers `Ok`, rolled back where it
    /// answers `Err`, panics or is dropped. Keep slow things (network, hashing passwords) outside:
    /// SQLite has one writer. For the same reason a transaction inside of a transaction, or
    /// [`Audit::append`] inside of one, waits for itself until it fails; [`Audit::append_in`] is
    /// made for that place.
    ///
    /// # Errors
    /// The work's own error, or the store's where beginning or committing failed, or
    /// [`StoreError::Ended`] where the work put its [`Tx`] away instead of letting it go, or
    /// went on after a failed [`Audit::append_in`].
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(Tx) -> Result<T, E>,
        E: From<StoreError>,
    {
        let tx = Tx::new(self.engine.begin().await?);
        let home = Arc::clone(&tx.home);
        let answer = work(tx).await;
        match (answer, home.take()) {
            (Ok(value), Some(open)) => {
                open.commit().await?;
                Ok(value)
            }
            (Ok(_), None) => Err(StoreError::Ended.into()),
            (Err(error), open) => {
                if let Some(open) = open {
                    open.rollback().await;
                }
                Err(error)
            }
        }
    }

    /// Closes all connections and waits until they are closed. Other clones answer errors then.
    pub async fn close(&self) {
        self.engine.close().await;
    }
}

/// Something that can be asked: a [`Reader`] or a [`Tx`].
pub trait Read: Send {
    /// All rows of a query. Limit it: they are all held in memory.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its kin.
    fn rows(
        &mut self,
        sql: Sql,
        params: Vec<Param>,
    ) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// The first row of a query, if it has one.
    ///
    /// # Errors
    /// As [`Read::rows`].
    fn row(
        &mut self,
        sql: Sql,
        params: Vec<Param>,
    ) -> impl Future<Output = Result<Option<Row>>> + Send {
        async { Ok(self.rows(sql, params).await?.into_iter().next()) }
    }
}

/// Reads what is committed.
#[derive(Debug, Clone)]
pub struct Reader {
    engine: Arc<Engine>,
}

impl Read for Reader {
    async fn rows(&mut self, sql: Sql, params: Vec<Param>) -> Result<Vec<Row>> {
        self.engine.rows(sql, params).await
    }
}

/// An open transaction; see [`Store::transaction`].
#[derive(Debug)]
pub struct Tx {
    /// None once it is abandoned, and while it is dropped.
    open: Option<OpenTransaction>,
    home: Arc<Home>,
}

/// Where a transaction goes when its [`Tx`] is dropped, so that [`Store::transaction`] can end it.
/// Work that took `&mut Tx` instead would have futures that no task can be spawned of: the
/// compiler cannot prove them `Send` for every lifetime.
#[derive(Debug, Default)]
struct Home(Mutex<Option<OpenTransaction>>);

impl Home {
    fn take(&self) -> Option<OpenTransaction> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        *self.home.0.lock().unwrap_or_else(PoisonError::into_inner) = self.open.take();
    }
}

impl Tx {
    pub(crate) fn new(open: OpenTransaction) -> Self {
        Self { open: Some(open), home: Arc::default() }
    }

    /// Commits a transaction that was not begun by [`Store::transaction`].
    pub(crate) async fn commit(mut self) -> Result<()> {
        match self.open.take() {
            Some(open) => open.commit().await,
            None => Err(StoreError::Ended),
        }
    }

    /// Rolls back at once, so that the work cannot go on and commit half of something.
    pub(crate) async fn abandon(&mut self) {
        if let Some(open) = self.open.take() {
            open.rollback().await;
        }
    }

    fn open(&mut self) -> Result<&mut OpenTransaction> {
        self.open.as_mut().ok_or(StoreError::Ended)
    }

    /// Runs a statement and tells how many rows it touched.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`], [`StoreError::Dangling`] or [`StoreError::Database`].
    pub async fn run(&mut self, sql: Sql, params: Vec<Param>) -> Result<u64> {
        self.open()?.run(sql, params).await
    }

    /// Runs a statement that must touch a row.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where it touches none; else as [`Tx::run`].
    pub(crate) async fn must(
        &mut self,
        what: &'static str,
        id: &str,
        sql: &'static str,
        params: Vec<Param>,
    ) -> Result<()> {
        match self.run(sql.into(), params).await? {
            0 => Err(StoreError::Missing { what, id: id.to_owned() }),
            _ => Ok(()),
        }
    }

    /// Inserts many rows with as few statements as is sensible. `head` is the text up to and
    /// including `VALUES `; all rows have as many values as it names columns.
    pub(crate) async fn insert(&mut self, head: &str, rows: Vec<Vec<Param>>) -> Result<()> {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<_> = rows.by_ref().take(INSERT_ROWS).collect();
            let groups: Vec<_> = chunk
                .iter()
                .scan(0, |bound, row| {
                    let marks = placeholders(*bound, row.len());
                    *bound += row.len();
                    Some(format!("({marks})"))
                })
                .collect();
            let sql = Sql::built(format!("{head}{}", groups.join(", ")));
            self.run(sql, chunk.into_iter().flatten().collect()).await?;
        }
        Ok(())
    }

    /// The clause that lets several replicas claim different rows, where the engine has one.
    pub(crate) fn skip_locked(&self) -> &'static str {
        self.open.as_ref().map_or("", OpenTransaction::skip_locked)
    }
}

/// Rows of one INSERT: few enough that the prepared texts of all sizes stay in the cache.
const INSERT_ROWS: usize = 32;

/// `$3, $4, $5` for `placeholders(2, 3)`.
pub(crate) fn placeholders(bound: usize, count: usize) -> String {
    let marks: Vec<_> = (bound + 1..=bound + count).map(|n| format!("${n}")).collect();
    marks.join(", ")
}

impl Read for Tx {
    async fn rows(&mut self, sql: Sql, params: Vec<Param>) -> Result<Vec<Row>> {
        self.open()?.rows(sql, params).await
    }
}
