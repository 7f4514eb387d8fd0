//! Running a statement that a manifest declares: in a transaction of its own, which is kept only
//! where it touched no more records than it may.

use kontor_model::change::Refusal;
use kontor_model::statement::Filled;
use kontor_model::{Engine, ItemOutcome, RecordKey, StatementKind};

use crate::Of;
use crate::database::Database;
use crate::driver::{Driver, collected};
use crate::error::{Failure, WriteFailure};
use crate::pool::Lease;
use crate::sql;
use crate::writing::unknown_if_lost;

impl<D: Driver> Database<D> {
    /// Runs a statement for a record.
    pub(crate) async fn ran(
        &self,
        of: &Of<'_>,
        key: &RecordKey,
        statement: &Filled,
    ) -> Result<ItemOutcome, WriteFailure> {
        if !of.resource.transactional {
            let message = "its table is kept without transactions: what a statement does there could not be taken back";
            return Ok(ItemOutcome::Refused(Refusal::other(message)));
        }
        let mut lease = self.writing().await.map_err(WriteFailure::NotWritten)?;
        let begin = if D::ENGINE == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        lease.command(begin).await.map_err(WriteFailure::NotWritten)?;
        let outcome = executed(&mut lease, of, key, statement).await;
        if matches!(outcome, Ok(ItemOutcome::Applied(_)))
            && let Err(failure) = lease.command("COMMIT").await
        {
            // A commit that was refused can leave the transaction open.
            let _ = lease.command("ROLLBACK").await;
            return Err(unknown_if_lost(failure));
        }
        if !matches!(outcome, Ok(ItemOutcome::Applied(_))) {
            // A connection that cannot roll back is closed, which rolls back, too.
            let _ = lease.command("ROLLBACK").await;
        }
        match outcome {
            // What it calls may have ended the transaction by itself.
            Err(failure) if statement.kind == StatementKind::Call => Err(unknown_if_lost(failure)),
            outcome => outcome.map_err(WriteFailure::NotWritten),
        }
    }

    /// Asks the database whether it understands a statement; nothing is run.
    pub(crate) async fn understood(&self, of: &Of<'_>, statement: &Filled) -> Result<(), Failure> {
        let sql = sql::declared(of.schema, statement);
        let mut lease = self.writing().await?;
        lease.run(async |raw| D::prepare(raw, &sql.text).await).await
    }
}

async fn executed<D: Driver>(
    lease: &mut Lease<D>,
    of: &Of<'_>,
    key: &RecordKey,
    statement: &Filled,
) -> Result<ItemOutcome, Failure> {
    let sql = sql::declared(of.schema, statement);
    let run = async |raw: &mut D::Raw| {
        let touched = D::execute(raw, &sql).await?;
        match statement.kind {
            StatementKind::Call => Ok(ItemOutcome::Applied(key.clone())),
            _ if touched == 0 => untouched::<D>(raw, of, key, statement).await,
            _ if touched > statement.most => Ok(too_many(touched, statement.most)),
            _ => Ok(ItemOutcome::Applied(key.clone())),
        }
    };
    lease
        .run(async |raw| match run(raw).await {
            Err(error) => D::refusal(&error, of.resource).map(ItemOutcome::Refused).ok_or(error),
            outcome => outcome,
        })
        .await
}

fn too_many(touched: u64, most: u64) -> ItemOutcome {
    let records = if most == 1 { "one record".to_owned() } else { format!("{most} records") };
    let message = format!("the statement would have touched {touched} and may touch {records}");
    ItemOutcome::Refused(Refusal::other(message))
}

/// Why a statement touched nothing: the record is gone, is another than the statement asked for, or
/// is nothing that it is for.
async fn untouched<D: Driver>(
    raw: &mut D::Raw,
    of: &Of<'_>,
    key: &RecordKey,
    statement: &Filled,
) -> Result<ItemOutcome, sqlx::Error> {
    let fields: Vec<usize> = statement.seen.iter().map(|(field, _)| *field).collect();
    let now = sql::present(of.schema, of.resource, key, &fields);
    let rows = collected::<D>(raw, &now.sql, &now.takes, Some(of.resource)).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(ItemOutcome::Gone) };
    let pairs = statement.seen.iter().zip(row);
    let changed = pairs.filter(|((_, seen), now)| !now.is_same(seen));
    let changed: Vec<_> = changed.map(|((field, _), now)| (*field, now)).collect();
    Ok(if changed.is_empty() {
        ItemOutcome::Refused(Refusal::other(
            "the statement found nothing to do: the record is not as its conditions ask",
        ))
    } else {
        ItemOutcome::Stale(changed)
    })
}
