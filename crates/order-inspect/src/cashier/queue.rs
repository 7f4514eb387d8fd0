//! Taking operations that are due.

use super::Shared;
use crate::{
    args,
    db::Row,
    error::Error,
    payments::{Amount, IdempotencyKey, Reference},
};

/// How long whoever took an operation has it alone, in microseconds: longer than any request lasts.
const LEASE: i64 = 90_000_000;
/// The longest time between two tries, in seconds.
const LONGEST_WAIT: i64 = 300;

/// An operation that was taken, with all that is needed to ask for it.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) id: i64,
    pub(super) order_id: i64,
    pub(super) kind: String,
    pub(super) amount: Amount,
    /// Whether it may have been asked for before.
    pub(super) asked_before: bool,
    /// Whether the order has been given up in the meantime.
    pub(super) order_is_gone: bool,
    pub(super) attempts: i64,
    pub(super) provider: String,
    pub(super) method: String,
    /// Our name for the payment.
    pub(super) payment: Reference,
    /// The provider's name for it.
    pub(super) provider_id: Option<String>,
}

impl Task {
    /// Our name for the operation.
    pub(super) fn reference(&self) -> Reference {
        Reference::new(reference(&self.kind, self.id))
    }

    /// The same for every try.
    pub(super) fn key(&self) -> IdempotencyKey {
        IdempotencyKey::new(format!("operation-{}", self.id))
    }

    /// How long to wait before the next step, in microseconds. The first answer that was lost is looked for at once,
    /// and what the provider has never heard of is asked for at once.
    pub(super) fn wait(&self) -> i64 {
        let seconds = match self.attempts {
            ..=2 => 0,
            tries => 1_i64 << (tries - 3).min(20),
        };
        seconds.min(LONGEST_WAIT) * 1_000_000
    }
}

/// Our name for an operation; what it was can be read from it.
pub(super) fn reference(kind: &str, id: i64) -> String {
    format!("{kind}-{id}")
}

/// The number of the operation that a name stands for.
pub(super) fn operation_id(reference: &str) -> Option<i64> {
    reference.rsplit_once('-')?.1.parse().ok()
}

/// Due operations of our providers. What builds on something else waits for its outcome; only refunds, which may take
/// days, keep nobody waiting.
const DUE: &str = "SELECT o.id FROM payment_operation o JOIN payment p ON p.id = o.payment_id
    WHERE o.due_at <= $1 AND p.provider = ANY($2) AND NOT EXISTS (
        SELECT 1 FROM payment_operation e WHERE e.order_id = o.order_id AND e.payment_id = o.payment_id
            AND e.id < o.id AND e.kind <> 'refund' AND e.state IN ('pending', 'unknown'))
    ORDER BY o.due_at LIMIT $3";

/// Takes up to so many. From now on nobody knows what becomes of them until it is booked.
pub(super) async fn take(shared: &Shared, most: usize) -> crate::Result<Vec<Task>> {
    let now = shared.clock.now();
    let (names, most) = (shared.tills.names(), i64::try_from(most).unwrap_or(i64::MAX));
    let due = args![now, names, most];
    let looked = due.clone();
    let rows: Vec<Row> =
        shared.db.read(move |tx| Box::pin(async move { tx.rows(DUE, looked).await })).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let taken: Result<Vec<Task>, Error> = shared
        .db
        .write(move |tx| {
            Box::pin(async move {
                let locked = format!("{DUE} FOR UPDATE OF o SKIP LOCKED");
                let mut tasks = Vec::new();
                for row in tx.rows(&locked, due).await? {
                    let id: i64 = row.get("id")?;
                    let found = tx.one(FOUND, args![id]).await?;
                    let sql = "UPDATE payment_operation SET state = 'unknown',
                        attempts = attempts + 1, due_at = $2 WHERE id = $1";
                    tx.run(sql, args![id, now.0 + LEASE]).await?;
                    tasks.push(task(&found)?);
                }
                Ok(tasks)
            })
        })
        .await;
    taken
}

const FOUND: &str = "SELECT o.id, o.order_id, o.kind, o.amount, o.state, o.attempts,
        p.provider, p.method, p.reference, p.provider_id, r.currency, r.cancelled_at
    FROM payment_operation o JOIN payment p ON p.id = o.payment_id JOIN orders r ON r.id = o.order_id
    WHERE o.id = $1";

fn task(row: &Row) -> crate::Result<Task> {
    let (kind, provider_id): (String, Option<String>) = (row.get("kind")?, row.get("provider_id")?);
    // A payment that the provider knows was asked for, even if it waits for the customer.
    let asked_before =
        row.get::<String>("state")? == "unknown" || kind == "authorise" && provider_id.is_some();
    Ok(Task {
        id: row.get("id")?,
        order_id: row.get("order_id")?,
        amount: Amount { minor_units: row.get("amount")?, currency: row.get("currency")? },
        asked_before,
        order_is_gone: row.get::<Option<i64>>("cancelled_at")?.is_some(),
        attempts: row.get::<i64>("attempts")? + 1,
        provider: row.get("provider")?,
        method: row.get("method")?,
        payment: Reference::new(row.get::<String>("reference")?),
        provider_id,
        kind,
    })
}

#[cfg(test)]
mod tests {
    use super::{operation_id, reference};

    #[test]
    fn an_operation_is_found_by_its_name() {
        assert_eq!(operation_id(&reference("capture", 17)), Some(17));
        assert_eq!(operation_id("somebody else's"), None);
    }
}
