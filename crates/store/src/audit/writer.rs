//! The one task that appends. While it commits, requests gather; then it writes all of them in
//! one transaction, so that many callers pay for one flush to disk.

use std::mem;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::head::{self, Head};
use super::{Entry, NewEntry, OpenedChange};
use crate::engine::Engine;
use crate::store::placeholders;
use crate::{Param, Read, Result, SealKey, Sql, StoreError, Tx, param::params};

/// Requests that may wait before callers have to.
const QUEUE: usize = 1024;
/// Requests written in one transaction at most.
const GROUP: usize = 128;

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
        let mut group = Vec::with_capacity(GROUP);
        while receiver.recv_many(&mut group, GROUP).await > 0 {
            serve(&engine, &key, mem::take(&mut group)).await;
        }
    });
    sender
}

/// Writes a group. Where the database refuses it for what one request says, each is written in
/// its own transaction, so that the others do not suffer.
async fn serve(engine: &Engine, key: &SealKey, group: Vec<Request>) {
    match write(engine, key, &group).await {
        Ok(written) => {
            for (request, entries) in group.into_iter().zip(written) {
                // A caller that stopped waiting does not want to know.
                drop(request.answer.send(Ok(entries)));
            }
        }
        Err(Failure::Before(error)) if group.len() > 1 && error.is_refusal() => {
            for request in group {
                Box::pin(serve(engine, key, vec![request])).await;
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

/// Where a group failed: before the commit nothing is written, in it nobody knows.
enum Failure {
    Before(StoreError),
    Committing(StoreError),
}

async fn write(
    engine: &Engine,
    key: &SealKey,
    group: &[Request],
) -> Result<Vec<Vec<Entry>>, Failure> {
    let mut tx = Tx::new(engine.begin().await.map_err(Failure::Before)?);
    let wanted: Vec<_> = group.iter().map(|request| &request.wanted).collect();
    match record(&mut tx, key, &wanted).await {
        Ok(written) => {
            tx.commit().await.map_err(Failure::Committing)?;
            Ok(written)
        }
        Err(error) => {
            tx.abandon().await;
            Err(Failure::Before(error))
        }
    }
}

/// Writes a group in an open transaction; the entries of each are answered in its order.
pub(crate) async fn record(
    tx: &mut Tx,
    key: &SealKey,
    group: &[&Wanted],
) -> Result<Vec<Vec<Entry>>> {
    let head = head::lock(tx, key).await?;
    let (mut seq, mut hash) = (head.seq, head.hash);
    let mut written = Vec::with_capacity(group.len());
    for wanted in group {
        let mut entries = Vec::with_capacity(wanted.entries.len());
        for new in &wanted.entries {
            seq += 1;
            let entry = new.clone().chain(seq, &hash);
            hash.clone_from(&entry.hash);
            entries.push(entry);
        }
        written.push(entries);
    }
    let rows = written.iter().flatten().map(Entry::params).collect();
    tx.insert(&format!("INSERT INTO kontor_audit ({}) VALUES ", Entry::COLUMNS), rows).await?;
    open_changes(tx, group).await?;
    close_changes(tx, group).await?;
    head::advance(tx, &Head::new(seq, &hash, key)).await?;
    Ok(written)
}

async fn open_changes(tx: &mut Tx, group: &[&Wanted]) -> Result<()> {
    let opened = group.iter().filter_map(|wanted| match &wanted.change {
        OpenChange::Open(change) => Some(change),
        _ => None,
    });
    let rows = opened
        .map(|change| params![&change.operation, change.at, &change.backend, &change.body])
        .collect();
    let head = "INSERT INTO kontor_open_change (operation, at, backend, body) VALUES ";
    tx.insert(head, rows).await
}

async fn close_changes(tx: &mut Tx, group: &[&Wanted]) -> Result<()> {
    let closed: Vec<&str> = group
        .iter()
        .filter_map(|wanted| match &wanted.change {
            OpenChange::Close(operation) => Some(operation.as_str()),
            _ => None,
        })
        .collect();
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
