//! Writing a change: each record by its key and as it was seen, all of them in one transaction.

use kontor_model::change::{Refusal, Rule};
use kontor_model::{ChangeItem, ChangeKind, Engine, ItemOutcome, RecordKey, Resource, Value};

use crate::Of;
use crate::database::Database;
use crate::driver::{Driver, collected};
use crate::error::{Failure, FailureKind, WriteFailure};
use crate::pool::Lease;
use crate::sql::{self, Sql, Take, Taken};

impl<D: Driver> Database<D> {
    pub(crate) async fn written(
        &self,
        of: &Of<'_>,
        kind: ChangeKind,
        items: &[ChangeItem],
    ) -> Result<Vec<ItemOutcome>, WriteFailure> {
        let mut lease = self.writing().await.map_err(WriteFailure::NotWritten)?;
        if !of.resource.transactional {
            return one_by_one(&mut lease, of, kind, items).await;
        }
        if let [item] = items
            && (kind == ChangeKind::Create || names_one_record(of.resource, item))
        {
            let outcome = write_item(&mut lease, of, kind, item).await.map_err(unknown_if_lost)?;
            return Ok(vec![outcome]);
        }
        match together(&mut lease, of, kind, items).await {
            Ok(outcomes) => match lease.command("COMMIT").await {
                Ok(()) => Ok(outcomes),
                Err(failure) => {
                    // A commit that was refused can leave the transaction open.
                    let _ = lease.command("ROLLBACK").await;
                    Err(unknown_if_lost(failure))
                }
            },
            Err(failure) => {
                // A connection that cannot roll back is closed, which rolls back, too.
                let _ = lease.command("ROLLBACK").await;
                Err(WriteFailure::NotWritten(failure))
            }
        }
    }
}

pub(crate) fn unknown_if_lost(failure: Failure) -> WriteFailure {
    if failure.kind == FailureKind::Unreachable {
        WriteFailure::Unknown(failure)
    } else {
        WriteFailure::NotWritten(failure)
    }
}

/// Whether the database itself guarantees that an item's key names one record.
fn names_one_record(resource: &Resource, item: &ChangeItem) -> bool {
    let Some(RecordKey::Values(values)) = &item.key else { return false };
    if values.iter().any(Value::is_null) {
        return false;
    }
    let certain = |field: &usize| resource.key.contains(field) && !resource.fields[*field].nullable;
    resource
        .indexes
        .iter()
        .any(|index| index.unique && !index.fields.is_empty() && index.fields.iter().all(certain))
}

/// Where the storage cannot roll back, what is written stays: a failure is told for the records
/// that it concerns.
async fn one_by_one<D: Driver>(
    lease: &mut Lease<D>,
    of: &Of<'_>,
    kind: ChangeKind,
    items: &[ChangeItem],
) -> Result<Vec<ItemOutcome>, WriteFailure> {
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        match write_item(lease, of, kind, item).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(failure) if outcomes.is_empty() || failure.kind == FailureKind::Unreachable => {
                return Err(unknown_if_lost(failure));
            }
            Err(failure) => {
                let left = items.len() - outcomes.len();
                let refused = ItemOutcome::Refused(Refusal::other(failure.to_string()));
                outcomes.extend(std::iter::repeat_n(refused, left));
                break;
            }
        }
    }
    Ok(outcomes)
}

async fn together<D: Driver>(
    lease: &mut Lease<D>,
    of: &Of<'_>,
    kind: ChangeKind,
    items: &[ChangeItem],
) -> Result<Vec<ItemOutcome>, Failure> {
    let begin = if D::ENGINE == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
    // A key that names several records is noticed after they were written.
    let uncertain = |item: &ChangeItem| !names_one_record(of.resource, item);
    let protect =
        D::NEEDS_SAVEPOINTS || (kind != ChangeKind::Create && items.iter().any(uncertain));
    if protect {
        lease.command(&format!("{begin}; SAVEPOINT item")).await?;
    } else {
        lease.command(begin).await?;
    }
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let outcome = write_item(lease, of, kind, item).await?;
        if protect {
            // Going back to a savepoint keeps it for the next item.
            let next = match outcome {
                ItemOutcome::Applied(_) => "RELEASE SAVEPOINT item; SAVEPOINT item",
                _ => "ROLLBACK TO SAVEPOINT item",
            };
            lease.command(next).await?;
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

async fn write_item<D: Driver>(
    lease: &mut Lease<D>,
    of: &Of<'_>,
    kind: ChangeKind,
    item: &ChangeItem,
) -> Result<ItemOutcome, Failure> {
    let written = async |raw: &mut D::Raw| match (kind, &item.key) {
        (ChangeKind::Create, _) => inserted::<D>(raw, of, item).await,
        (ChangeKind::Update, Some(_)) if item.after.is_empty() => {
            Ok(ItemOutcome::Refused(Refusal::other("nothing was given to change")))
        }
        (ChangeKind::Update, Some(key)) => {
            let statement = sql::update(of.schema, of.resource, key, item);
            changed::<D>(raw, of, key, item, &statement).await
        }
        (ChangeKind::Delete, Some(key)) => {
            let statement = sql::delete(of.schema, of.resource, key, item);
            changed::<D>(raw, of, key, item, &statement).await
        }
        (ChangeKind::Update | ChangeKind::Delete, None) => Ok(ItemOutcome::Gone),
        (ChangeKind::Act, _) => Ok(prevented("a database has no operations")),
    };
    lease
        .run(async |raw| match written(raw).await {
            Err(error) => match D::refusal(&error, of.resource) {
                Some(refusal) => {
                    Ok(ItemOutcome::Refused(sided(refusal, D::ENGINE, kind, item, of.resource)))
                }
                None => Err(error),
            },
            outcome => outcome,
        })
        .await
}

async fn inserted<D: Driver>(
    raw: &mut D::Raw,
    of: &Of<'_>,
    item: &ChangeItem,
) -> Result<ItemOutcome, sqlx::Error> {
    let returning = D::returns(raw) && !of.resource.key.is_empty();
    let statement = sql::insert(of.schema, of.resource, item, returning);
    let made = if returning {
        let key = of.resource.key.iter();
        let takes: Vec<Taken> = key.map(|&field| Taken { field, take: Take::Whole }).collect();
        collected::<D>(raw, &statement, &takes, Some(of.resource)).await?.pop()
    } else if D::execute(raw, &statement).await? > 0 {
        Some(D::last_key(raw, of.resource, item).await?)
    } else {
        None
    };
    Ok(match made {
        Some(key) => ItemOutcome::Applied(RecordKey::Values(key)),
        None => prevented("the database took the statement and made no record"),
    })
}

async fn changed<D: Driver>(
    raw: &mut D::Raw,
    of: &Of<'_>,
    key: &RecordKey,
    item: &ChangeItem,
    statement: &Sql,
) -> Result<ItemOutcome, sqlx::Error> {
    match D::execute(raw, statement).await? {
        0 => {}
        1 => return Ok(ItemOutcome::Applied(new_key(of.resource, key, item))),
        several => {
            let message = format!("the key names {several} records");
            return Ok(ItemOutcome::Refused(Refusal {
                fields: of.resource.key.clone(),
                ..Refusal::other(message)
            }));
        }
    }
    let fields: Vec<usize> = item.before.iter().map(|(field, _)| *field).collect();
    let now = sql::present(of.schema, of.resource, key, &fields);
    let rows = collected::<D>(raw, &now.sql, &now.takes, Some(of.resource)).await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(ItemOutcome::Gone);
    };
    let version = row.pop().and_then(|version| version.to_text());
    let is_as_seen = row.iter().zip(&item.before).all(|(now, (_, seen))| now.is_same(seen))
        && item.version.as_ref().is_none_or(|seen| version.as_ref() == Some(seen));
    Ok(if is_as_seen {
        prevented("the record is as it was seen, and yet the database changed nothing")
    } else {
        ItemOutcome::Stale(fields.into_iter().zip(row).collect())
    })
}

fn prevented(what: &str) -> ItemOutcome {
    let message = format!("{what}: a trigger or rule of the database prevents it");
    ItemOutcome::Refused(Refusal::other(message))
}

/// A broken reference has two sides. What was done tells which one it is, where the engine does not.
fn sided(
    mut refusal: Refusal,
    engine: Engine,
    kind: ChangeKind,
    item: &ChangeItem,
    resource: &Resource,
) -> Refusal {
    if !matches!(refusal.rule, Rule::ReferenceMissing | Rule::ReferencedBy) {
        return refusal;
    }
    let given = |field: &usize| {
        item.after.iter().any(|(changed, value)| changed == field && !value.is_null())
    };
    let mut broken = resource.references.iter().filter(|r| r.fields.iter().any(given)).peekable();
    refusal.rule = match kind {
        ChangeKind::Create => Rule::ReferenceMissing,
        ChangeKind::Delete => Rule::ReferencedBy,
        ChangeKind::Update if engine != Engine::Sqlite => refusal.rule,
        ChangeKind::Update if broken.peek().is_some() => Rule::ReferenceMissing,
        ChangeKind::Update | ChangeKind::Act => Rule::ReferencedBy,
    };
    if refusal.fields.is_empty() && refusal.rule == Rule::ReferenceMissing {
        let mut fields: Vec<usize> = broken.flat_map(|r| r.fields.iter().copied()).collect();
        fields.sort_unstable();
        fields.dedup();
        refusal.fields = fields;
    }
    refusal
}

/// The key after an update that may have changed parts of it.
fn new_key(resource: &Resource, key: &RecordKey, item: &ChangeItem) -> RecordKey {
    let RecordKey::Values(values) = key else {
        return key.clone();
    };
    let now = |(field, old): (&usize, &Value)| {
        let new = item.after.iter().find(|(changed, _)| changed == field);
        new.map_or_else(|| old.clone(), |(_, value)| value.clone())
    };
    RecordKey::Values(resource.key.iter().zip(values).map(now).collect())
}
