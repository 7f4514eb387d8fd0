//! SQLite: one thread writes and commits what came together as one group, some connections read.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use rusqlite::{
    Connection, OpenFlags, Statement, StatementStatus, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

use super::{DbError, Insert, Row, Tx, Value, Work, checkpoint::Checkpoints, sql, tx::Inner};

/// So many texts a connection remembers, and so many statements it keeps prepared.
const MOST_TEXTS: usize = 2_000;
const MOST_PREPARED: usize = 512;
/// How many connections read at the same time.
const READERS: usize = 4;
/// After this many pieces of work, or this long, a group is committed even if more is waiting: the first of
/// a group must not wait for ever. Both are far above what one `fsync` costs, so that it is shared well.
const GROUP: usize = 256;
const GROUP_TIME: Duration = Duration::from_millis(8);

/// A piece of work for the thread that writes: it runs, and says afterwards what is to be done once it is
/// known whether the group was committed.
type Job = Box<dyn FnOnce(&mut Tx) -> Done + Send>;

/// What became of a piece of work inside of its group.
struct Done {
    keep: bool,
    tell: Box<dyn FnOnce(Result<(), DbError>) + Send>,
}

/// The database in one file.
pub(super) struct Sqlite {
    path: PathBuf,
    jobs: mpsc::Sender<Job>,
    readers: Arc<Readers>,
    steps: Arc<AtomicU64>,
}

struct Readers {
    free: Mutex<Vec<SqliteConnection>>,
    permits: tokio::sync::Semaphore,
}

/// A connection and the texts that were translated for it.
pub(super) struct SqliteConnection {
    raw: Connection,
    texts: HashMap<Box<str>, Text>,
    /// What all connections to the file have done so far.
    steps: Arc<AtomicU64>,
}

/// A statement as SQLite reads it.
#[derive(Clone)]
struct Text {
    sql: Arc<str>,
    columns: Arc<[String]>,
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, DbError> {
        let steps = Arc::default();
        let counted = |writes| {
            connect(path, writes).map(|it| SqliteConnection { steps: Arc::clone(&steps), ..it })
        };
        let writer = counted(true)?;
        let readers = (0..READERS).map(|_| counted(false)).collect::<Result<Vec<_>, _>>()?;
        let checkpoints = Checkpoints::start(path)?;
        let (jobs, waiting) = mpsc::channel();
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write_in_groups(writer, &waiting, checkpoints))
            .map_err(|_| DbError::Broken("the thread that writes cannot be started"))?;
        let readers =
            Readers { free: Mutex::new(readers), permits: tokio::sync::Semaphore::new(READERS) };
        Ok(Self { path: path.to_owned(), jobs, readers: Arc::new(readers), steps })
    }

    /// Steps of SQLite's machine that all questions together took so far.
    pub(super) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    pub(super) async fn write<T, E>(&self, work: Work<T, E>) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (tell, told) = tokio::sync::oneshot::channel();
        let job: Job = Box::new(move |tx| {
            let outcome = run(tx, work);
            Done {
                keep: outcome.is_ok(),
                tell: Box::new(move |committed| {
                    let outcome = match committed {
                        Ok(()) => outcome,
                        Err(error) => outcome.and(Err(error.into())),
                    };
                    // Who asked may have gone away; the work stands all the same.
                    drop(tell.send(outcome));
                }),
            }
        });
        self.jobs.send(job).map_err(|_| DbError::Broken("the thread that writes has ended"))?;
        told.await.map_err(|_| DbError::Broken("the database did not take the change"))?
    }

    pub(super) async fn read<T, E>(&self, work: Work<T, E>) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let readers = Arc::clone(&self.readers);
        let reading = async move {
            let Ok(_permit) = readers.permits.acquire().await else {
                return Err(DbError::Broken("the readers have ended").into());
            };
            let shared = Arc::clone(&readers);
            let lent = Lent { connection: shared.take()?, home: Arc::clone(&shared) };
            tokio::task::spawn_blocking(move || lent.run(work))
                .await
                .map_err(|_| DbError::Broken("a reader broke off"))?
        };
        reading.await
    }

    /// A consistent copy of the whole database while it goes on being used.
    pub(super) async fn backup(&self, target: &Path) -> Result<(), DbError> {
        let (from, to) = (self.path.clone(), target.to_owned());
        tokio::task::spawn_blocking(move || copy(&from, &to))
            .await
            .map_err(|_| DbError::Broken("the backup broke off"))?
    }
}

/// Copies the database into a new file, which has its name only once it is whole and on disk.
fn copy(from: &Path, to: &Path) -> Result<(), DbError> {
    if to.exists() {
        let told = format!("{} is already there: a backup never overwrites a file", to.display());
        return Err(DbError::Schema(told));
    }
    let mut unfinished = to.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let failed = |error: std::io::Error| DbError::Schema(format!("{}: {error}", to.display()));
    if unfinished.exists() {
        std::fs::remove_file(&unfinished).map_err(failed)?;
    }
    let source = Connection::open_with_flags(
        from,
        OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_WRITE,
    )?;
    source.busy_timeout(Duration::from_secs(10))?;
    if let Err(error) = source.execute("VACUUM INTO ?1", [unfinished.to_string_lossy().as_ref()]) {
        // What is half there helps nobody; why it failed matters more than whether it can be removed.
        drop(std::fs::remove_file(&unfinished));
        return Err(error.into());
    }
    std::fs::File::open(&unfinished).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(&unfinished, to).map_err(failed)
}

impl Readers {
    fn take(&self) -> Result<SqliteConnection, DbError> {
        let mut free = self.free.lock().map_err(|_| DbError::Broken("a reader broke off"))?;
        free.pop().ok_or(DbError::Broken("no reader is free"))
    }
}

/// A reading connection on loan: it goes home whatever happens.
struct Lent {
    connection: SqliteConnection,
    home: Arc<Readers>,
}

impl Lent {
    fn run<T, E: From<DbError>>(self, work: Work<T, E>) -> Result<T, E> {
        let Self { connection, home } = self;
        let mut tx = Tx::sqlite(connection);
        let outcome = match tx.batch_now("BEGIN") {
            Ok(()) => run(&mut tx, work),
            Err(error) => Err(error.into()),
        };
        let ended = tx.batch_now("ROLLBACK");
        if let Inner::Sqlite(connection) = tx.inner
            && let Ok(mut free) = home.free.lock()
        {
            free.push(connection);
        }
        ended?;
        outcome
    }
}

/// Runs a piece of work to its end. On SQLite nothing in it ever waits: if it does, it waited for something
/// else than the database, which would hold everybody's lock.
fn run<T, E: From<DbError>>(tx: &mut Tx, work: Work<T, E>) -> Result<T, E> {
    let ran = catch_unwind(AssertUnwindSafe(|| work(tx).now_or_never()));
    match ran {
        Ok(Some(outcome)) => outcome,
        Ok(None) => {
            Err(DbError::Broken("a transaction waited for something else than the database").into())
        }
        Err(_) => Err(DbError::Broken("the work in a transaction panicked").into()),
    }
}

/// The life of the thread that writes.
fn write_in_groups(
    connection: SqliteConnection,
    waiting: &mpsc::Receiver<Job>,
    mut checkpoints: Checkpoints,
) {
    let mut tx = Tx::sqlite(connection);
    while let Ok(first) = waiting.recv() {
        write_group(&mut tx, first, waiting);
        checkpoints.after_group(&mut tx);
    }
}

/// Everything that waits, as one transaction; what fails in it falls back to where it began.
fn write_group(tx: &mut Tx, first: Job, waiting: &mpsc::Receiver<Job>) {
    let mut told = Vec::new();
    let began = clock();
    let outcome = tx.batch_now("BEGIN IMMEDIATE").and_then(|()| {
        let mut next = Some(first);
        while let Some(job) = next {
            told.push(run_alone(tx, job)?);
            let full = told.len() >= GROUP || began.elapsed() >= GROUP_TIME;
            next = if full { None } else { waiting.try_recv().ok() };
        }
        tx.batch_now("COMMIT")
    });
    if let Err(error) = &outcome {
        tracing::error!(%error, "a group of writes was lost and its callers are told so");
        // Fails where the transaction has already ended, which is what is wanted.
        drop(tx.batch_now("ROLLBACK"));
    }
    for done in told {
        let committed = match &outcome {
            Ok(()) => Ok(()),
            Err(_) if !done.keep => Ok(()),
            Err(_) => Err(DbError::Broken("the database did not take the change")),
        };
        (done.tell)(committed);
    }
}

fn run_alone(tx: &mut Tx, job: Job) -> Result<Done, DbError> {
    tx.batch_now("SAVEPOINT work")?;
    let done = job(tx);
    if !done.keep {
        tx.batch_now("ROLLBACK TO work")?;
    }
    tx.batch_now("RELEASE work")?;
    Ok(done)
}

/// How long something takes is no time that is kept.
pub(super) fn clock() -> Instant {
    Instant::now()
}

/// Opens the file as this service uses it: what is acknowledged has reached the disk.
pub(super) fn connect(path: &Path, writes: bool) -> Result<SqliteConnection, DbError> {
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_WRITE;
    if writes {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let raw = Connection::open_with_flags(path, flags)?;
    raw.set_prepared_statement_cache_capacity(MOST_PREPARED);
    raw.busy_timeout(Duration::from_secs(10))?;
    raw.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA wal_autocheckpoint = 0;",
    )?;
    raw.execute_batch(if writes {
        "PRAGMA cache_size = -131072;"
    } else {
        "PRAGMA cache_size = -16384; PRAGMA mmap_size = 1073741824; PRAGMA query_only = ON;"
    })?;
    Ok(SqliteConnection { raw, texts: HashMap::new(), steps: Arc::default() })
}

impl SqliteConnection {
    fn text(&mut self, sql: &str) -> Result<Text, DbError> {
        if let Some(known) = self.texts.get(sql) {
            return Ok(known.clone());
        }
        let translated = sql::for_sqlite(sql);
        let statement = self.raw.prepare_cached(&translated)?;
        let columns = statement.column_names().into_iter().map(str::to_owned).collect();
        drop(statement);
        let text = Text { sql: translated.into(), columns };
        // Texts of lists are put together from wishes: there are many, but not without end.
        if self.texts.len() >= MOST_TEXTS {
            self.texts.clear();
        }
        self.texts.insert(sql.into(), text.clone());
        Ok(text)
    }

    pub(super) fn rows(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, DbError> {
        let text = self.text(sql)?;
        let mut statement = self.raw.prepare_cached(&text.sql)?;
        let mut found = statement.query(params_from_iter(args))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let values = (0..text.columns.len()).map(|at| row.get_ref(at).map(Value::from));
            let values = values.collect::<Result<_, _>>()?;
            rows.push(Row { columns: Arc::clone(&text.columns), values });
        }
        drop(found);
        count(&self.steps, &statement);
        Ok(rows)
    }

    pub(super) fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64, DbError> {
        let text = self.text(sql)?;
        let mut statement = self.raw.prepare_cached(&text.sql)?;
        let changed = statement.execute(params_from_iter(args))?;
        count(&self.steps, &statement);
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    /// Inserts rows with one statement that is looked up once.
    pub(super) fn insert(&mut self, insert: &Insert<'_>) -> Result<(), DbError> {
        let text = self.text(&insert.sql())?;
        let mut statement = self.raw.prepare_cached(&text.sql)?;
        for row in &insert.rows {
            statement.execute(params_from_iter(row))?;
        }
        count(&self.steps, &statement);
        Ok(())
    }

    /// Copies what nobody needs in the log any more into the file; how many pages the log has.
    pub(super) fn copy_log(&self) -> Result<i64, DbError> {
        Ok(self.raw.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))?)
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        // What the transaction's frame says is short and always the same: it is worth keeping prepared.
        if sql.contains(';') {
            self.raw.execute_batch(sql)?;
        } else {
            self.raw.prepare_cached(sql)?.execute([])?;
        }
        Ok(())
    }
}

fn count(steps: &AtomicU64, statement: &Statement<'_>) {
    let taken = statement.reset_status(StatementStatus::VmStep);
    steps.fetch_add(u64::try_from(taken).unwrap_or(0), Ordering::Relaxed);
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(it) => Self::Int(it),
            // No column of ours is a float: this is the answer of an aggregate, such as avg().
            ValueRef::Real(it) => Self::Text(it.to_string()),
            ValueRef::Text(it) => Self::Text(String::from_utf8_lossy(it).into_owned()),
            ValueRef::Blob(it) => Self::Blob(it.to_vec()),
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let list = |text: String| ToSqlOutput::Owned(rusqlite::types::Value::Text(text));
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(it) => ToSqlOutput::Borrowed(ValueRef::Integer(*it)),
            Self::Bool(it) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*it))),
            Self::Text(it) => ToSqlOutput::Borrowed(ValueRef::Text(it.as_bytes())),
            Self::Blob(it) => ToSqlOutput::Borrowed(ValueRef::Blob(it)),
            Self::Ints(it) => list(serde_json::json!(it).to_string()),
            Self::Texts(it) => list(serde_json::json!(it).to_string()),
        })
    }
}
