//! The audit: what was done, by whom, to what; append-only, chained and sealed.
//!
//! Every entry has a number without gaps and a hash over all that it says and over the hash of the
//! entry before. The head (last number and hash) is sealed with a key that is not in the database.
//! Who can write the database but does not have the key can therefore not alter, remove, insert or
//! reorder entries without [`Audit::verify`] finding it.
//!
//! What no seal inside the database can show is a whole store put back to an earlier state of its
//! own. Note [`Audit::head`] elsewhere (a log of another machine, a print) to catch that as well.

mod entry;
pub(crate) mod head;
mod reading;
mod verify;
mod writer;

use std::sync::Arc;

use tokio::sync::mpsc;

pub use entry::{Entry, NewEntry};
pub use head::Head;
pub use reading::{Filter, OpenedChange};
pub use verify::{Finding, Problem, Verification};
pub use writer::OpenChange;

use crate::engine::Engine;
use crate::{Result, SealKey, Tx};
use writer::Wanted;

/// The audit of a store; from [`crate::Store::audit`].
#[derive(Debug, Clone)]
pub struct Audit {
    engine: Arc<Engine>,
    key: SealKey,
    requests: mpsc::Sender<writer::Request>,
}

impl Audit {
    pub(crate) fn start(engine: Arc<Engine>, key: SealKey) -> Self {
        let requests = writer::start(Arc::clone(&engine), key.clone());
        Self { engine, key, requests }
    }

    /// Appends entries, and opens or closes a change, in one transaction with what other callers
    /// ask for at the same moment. Answers when it is committed (on disk), with the entries as
    /// they were written. Once called, it goes on even if the caller stops waiting.
    ///
    /// # Errors
    /// [`crate::StoreError::Invalid`] for a text with a NUL character;
    /// [`crate::StoreError::NotAppended`] where nothing was written, for which the cause is inside
    /// ([`crate::StoreError::Duplicate`] for an operation that is open already,
    /// [`crate::StoreError::Missing`] for closing one that is not,
    /// [`crate::StoreError::BrokenAudit`] where the head is not genuine);
    /// [`crate::StoreError::UnknownOutcome`] where the connection failed while committing.
    pub async fn append(&self, entries: Vec<NewEntry>, change: OpenChange) -> Result<Vec<Entry>> {
        writer::append(&self.requests, Wanted::new(entries, change)?).await
    }

    /// Appends in a transaction of the caller: for what is changed in the store itself, so that
    /// change and entry are one. Do it last: other appends wait until the transaction ends.
    ///
    /// # Errors
    /// As [`Audit::append`], without [`crate::StoreError::NotAppended`] around them. The
    /// transaction is then rolled back, whatever the work answers.
    pub async fn append_in(
        &self,
        tx: &mut Tx,
        entries: Vec<NewEntry>,
        change: OpenChange,
    ) -> Result<Vec<Entry>> {
        let wanted = Wanted::new(entries, change)?;
        match writer::record(tx, &self.key, &[&wanted]).await {
            Ok((written, _)) => Ok(written.into_iter().flatten().collect()),
            Err(error) => {
                tx.abandon().await;
                Err(error)
            }
        }
    }
}
