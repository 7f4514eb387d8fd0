//! Changing records of services: one after another, and compared with what was seen.

use kontor_model::change::Refusal;
use kontor_model::{ChangeItem, ChangeKind, ItemOutcome, Value};

use crate::error::{Failure, FailureKind, WriteFailure};
use crate::http::NoAnswer;

/// Writes single records of a service.
pub(crate) trait Writes: Sync {
    /// Makes a record. A service that recognises requests recognises it by the token.
    fn create(
        &self,
        item: &ChangeItem,
        token: &str,
    ) -> impl Future<Output = Result<ItemOutcome, WriteFailure>> + Send;

    /// Changes fields of a record.
    fn update(
        &self,
        item: &ChangeItem,
        token: &str,
    ) -> impl Future<Output = Result<ItemOutcome, WriteFailure>> + Send;

    /// Removes a record.
    fn delete(
        &self,
        item: &ChangeItem,
        token: &str,
    ) -> impl Future<Output = Result<ItemOutcome, WriteFailure>> + Send;
}

/// Writes items one after another: a service has no transactions. What was written stays; where
/// the service fails in between, the rest is told as not written.
///
/// # Errors
/// As [`Connection::write`](crate::Connection::write).
pub(crate) async fn written(
    writer: &impl Writes,
    kind: ChangeKind,
    items: &[ChangeItem],
    token: &str,
) -> Result<Vec<ItemOutcome>, WriteFailure> {
    let mut outcomes = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let token = format!("{token}-{at}");
        let written = match kind {
            ChangeKind::Create => writer.create(item, &token).await,
            ChangeKind::Update => writer.update(item, &token).await,
            ChangeKind::Delete => writer.delete(item, &token).await,
            // An operation has a way of its own.
            ChangeKind::Act => {
                Ok(ItemOutcome::Refused(Refusal::other("it is no change of fields")))
            }
        };
        match written {
            Ok(outcome) => outcomes.push(outcome),
            Err(WriteFailure::NotWritten(failure)) if !outcomes.is_empty() => {
                let refused = ItemOutcome::Refused(Refusal::other(failure.to_string()));
                outcomes.resize(items.len(), refused);
                break;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(outcomes)
}

/// The fields that are not what was seen, with what they are now. `now` tells the present values of
/// the fields that were seen, in their order.
pub(crate) fn stale<'v>(
    item: &ChangeItem,
    now: impl Iterator<Item = &'v Value>,
) -> Option<ItemOutcome> {
    let changed: Vec<(usize, Value)> = item
        .before
        .iter()
        .zip(now)
        .filter(|((_, seen), now)| !seen.is_alike(now))
        .map(|((field, _), now)| (*field, now.clone()))
        .collect();
    (!changed.is_empty()).then_some(ItemOutcome::Stale(changed))
}

/// What is said of a value that has no form in JSON.
pub(crate) fn unwritable(field: &str) -> Failure {
    Failure::new(FailureKind::Invalid, format!("“{field}” cannot be written as JSON"))
}

impl From<NoAnswer> for WriteFailure {
    fn from(lost: NoAnswer) -> Self {
        if lost.sent { Self::Unknown(lost.failure) } else { Self::NotWritten(lost.failure) }
    }
}
