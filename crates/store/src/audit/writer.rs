//! The one task that appends. While it commits, requests gather; then it writes all of them in
//! one transaction, so that many callers pay for one flush to disk.

use std::mem;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::head::{self, Head};
use super::{Entry, NewEntry, OpenedChange};
use crate::engine::{Engine, Exact};
use crate::store::placeholders;
use crate::{Param, Read, Result, SealKey, Sql, StoreError, Tx, param::params};

/// Requests that may wait before callers have to.
const QUEUE: usize = 1024;
/// Requests written in one transaction at most.
const GROUP: usize = 128;
/// Requests that are written in one go at most: few enough that the prepared texts of all sizes
/// stay in the cache.
const SMALL: usize = 12;

/// What happens to the list of unfinished changes in the same transaction as the entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenChange {
    /// A change begins: its intent is among the entries.
    Open(OpenedChange),
    /// The change with this operation ends: its outcome is among the entries.
    Close(String),
    /// The entries belong to no change.
    None,
}

/// What is to be written together.
#[derive(Debug)]
pub(crate) struct Wanted {
    entries: Vec<NewEntry>,
    change: OpenChange,
}

impl Wanted {
    pub(crate) fn new(entries: Vec<NewEntry>, change: OpenChange) -> Result<Self> {
        entries.iter().try_for_each(NewEntry::check)?;
        Ok(Self { entries, change })
    }
}

#[derive(Debug)]
pub(crate) struct Request {
    wanted: Wanted,
    answer: oneshot::Sender<Result<Vec<Entry>>>,
}

pub(crate) async fn append(requests: &mpsc::Sender<Request>, wanted: Wanted) -> Result<Vec<Entry>> {
    let (answer, answered) = oneshot::channel();
    let request = Request { wanted, answer };
    requests.send(request).await.map_err(|_| StoreError::Closed)?;
    answered.await.map_err(|_| StoreError::Closed)?
}

/// Starts the task; it ends when the last sender is gone and all requests are answered.
pub(crate) fn start(engine: Arc<Engine>, key: SealKey) -> mpsc::Sender<Request> {
    let (sender, mut receiver) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        let mut writer = Writer { engine, key, head: None };
        let mut group = Vec::with_capacity(GROUP);
        while receiver.recv_many(&mut group, GROUP).await > 0 {
            writer.serve(mem::take(&mut group)).await;
        }
    });
    sender
}

/// Where a group failed: before the commit nothing is written, in it nobody knows.
enum Failure {
    Before(StoreError),
    Committing(StoreError),
}

struct Writer {
    engine: Arc<Engine>,
    key: SealKey,
    /// The head that this writer wrote last, and nobody else since as far as it knows.
    head: Option<Head>,
}

impl Writer {
    /// Writes a group. Where the database refuses it for what one request says, each is written in
    /// its own transaction, so that the others do not suffer.
    async fn serve(&mut self, group: Vec<Request>) {
        match self.write(&group).await {
            Ok(written) => {
                for (request, entries) in group.into_iter().zip(written) {
                    // A caller that stopped waiting does not want to know.
                    drop(request.answer.send(Ok(entries)));
                }
            }
            Err(Failure::Before(error)) if group.len() > 1 && error.is_refusal() => {
                for request in group {
                    Box::pin(self.serve(vec![request])).await;
                }
            }
            Err(failure) => {
                let (tell, error): (fn(_) -> _, _) = match failure {
                    Failure::Before(error) => (StoreError::NotAppended, error),
                    Failure::Committing(error) => (StoreError::UnknownOutcome, error),
                };
                let error = Arc::new(error);
                for request in group {
                    drop(request.answer.send(Err(tell(Arc::clone(&error)))));
                }
            }
        }
    }

    async fn write(&mut self, group: &[Request]) -> Result<Vec<Vec<Entry>>, Failure> {
        let wanted: Vec<_> = group.iter().map(|request| &request.wanted).collect();
        if let Some(head) = self.head.take().filter(|_| group.len() <= SMALL) {
            let (written, next) = chained(&head, &self.key, &wanted);
            let statements = statements(&head, &next, &written, &wanted);
            if self.engine.run_exactly(statements).await.map_err(Failure::Committing)? {
                self.head = Some(next);
                return Ok(written);
            }
        }
        // The head is not known, or somebody else has moved it, or a change is not open: step by
        // step, each is told what is wrong.
        let begun = self.engine.begin().await;
        let mut tx = Tx::new(begun.map_err(Failure::Before)?);
        match record(&mut tx, &self.key, &wanted).await {
            Ok((written, next)) => {
                tx.commit().await.map_err(Failure::Committing)?;
                self.head = Some(next);
                Ok(written)
            }
            Err(error) => {
                tx.abandon().await;
                Err(Failure::Before(error))
            }
        }
    }
}

/// The entries of a group after a head, and the head after them.
fn chained(head: &Head, key: &SealKey, group: &[&Wanted]) -> (Vec<Vec<Entry>>, Head) {
    let (mut seq, mut hash) = (head.seq, head.hash.clone());
    let mut chain = |new: &NewEntry| {
        seq += 1;
        let entry = new.clone().chain(seq, &hash);
        hash.clone_from(&entry.hash);
        entry
    };
    let written =
        group.iter().map(|wanted| wanted.entries.iter().map(&mut chain).collect()).collect();
    (written, Head::new(seq, &hash, key))
}

/// A group as statements that run in one go. The head is moved first, and only from where it is
/// believed to be: it is the lock against other replicas.
fn statements(head: &Head, next: &Head, written: &[Vec<Entry>], group: &[&Wanted]) -> Vec<Exact> {
    let entries: Vec<_> = written.iter().flatten().map(Entry::params).collect();
    let opened = opened(group);
    let closed = closed(group);
    let mut statements = vec![head::moved(head, next)];
    let mut add = |sql: &str, rows: usize, params: Vec<Param>| {
        let Some(width) = params.len().checked_div(rows) else { return };
        let each = vec![format!("({})", vec!["?"; width].join(", ")); rows].join(", ");
        statements.push(Exact { sql: sql.replace("{}", &each), params, rows: rows as u64 });
    };
    let insert = format!("INSERT INTO kontor_audit ({}) VALUES {{}}", Entry::COLUMNS);
    add(&insert, entries.len(), entries.concat());
    add(&format!("{OPEN}{{}}"), opened.len(), opened.concat());
    let gone = "DELETE FROM kontor_open_change WHERE operation IN ({})";
    add(gone, closed.len(), closed.into_iter().map(Param::from).collect());
    statements
}

/// Writes a group in an open transaction; the entries of each are answered in its order, and the
/// head after them.
pub(crate) async fn record(
    tx: &mut Tx,
    key: &SealKey,
    group: &[&Wanted],
) -> Result<(Vec<Vec<Entry>>, Head)> {
    let head = head::lock(tx, key).await?;
    let (written, next) = chained(&head, key, group);
    let rows = written.iter().flatten().map(Entry::params).collect();
    tx.insert(&format!("INSERT INTO kontor_audit ({}) VALUES ", Entry::COLUMNS), rows).await?;
    tx.insert(OPEN, opened(group)).await?;
    close_changes(tx, &closed(group)).await?;
    head::advance(tx, &next).await?;
    Ok((written, next))
}

const OPEN: &str = "INSERT INTO kontor_open_change (operation, at, backend, body) VALUES ";

/// The rows of the changes that begin.
fn opened(group: &[&Wanted]) -> Vec<Vec<Param>> {
    let opened = group.iter().filter_map(|wanted| match &wanted.change {
        OpenChange::Open(change) => Some(change),
        _ => None,
    });
    opened
        .map(|change| params![&change.operation, change.at, &change.backend, &change.body])
        .collect()
}

/// The operations of the changes that end.
fn closed<'a>(group: &[&'a Wanted]) -> Vec<&'a str> {
    let closed = group.iter().filter_map(|wanted| match &wanted.change {
        OpenChange::Close(operation) => Some(operation.as_str()),
        _ => None,
    });
    closed.collect()
}

async fn close_changes(tx: &mut Tx, closed: &[&str]) -> Result<()> {
    for operations in closed.chunks(32) {
        let sql = format!(
            "DELETE FROM kontor_open_change WHERE operation IN ({}) RETURNING operation",
            placeholders(0, operations.len())
        );
        let params = operations.iter().map(|operation| Param::from(*operation)).collect();
        let gone = tx.rows(Sql::built(sql), params).await?;
        let gone: Vec<_> = gone.iter().map(|row| row.text("operation")).collect::<Result<_>>()?;
        if gone.len() < operations.len() {
            let lacking = operations.iter().find(|wanted| !gone.iter().any(|one| one == *wanted));
            let id = lacking.or(operations.first()).map(|id| (*id).to_owned()).unwrap_or_default();
            return Err(StoreError::Missing { what: "open change", id });
        }
    }
    Ok(())
}
