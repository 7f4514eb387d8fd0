//! A backend that is a database: the one [`Connection`] for all three engines. What differs is a
//! [`Driver`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use kontor_model::change::{Refusal, Rule};
use kontor_model::{
    ChangeItem, ChangeKind, Condition, Count, Cursor, Engine, ItemOutcome, Page, Query, RecordKey,
    Resource, Schema, Value,
};
use tokio::sync::mpsc;

use crate::error::{Failure, FailureKind, WriteFailure};
use crate::pool::{Gauge, Lease, Opener, Pool};
use crate::sql::{self, Sql, Statement, Taken};
use crate::{Budget, Connection, Location, Of, Opening, RowStream};

/// What the planner expects of a statement.
pub(crate) struct Estimate {
    pub(crate) rows: u64,
    /// Whether counting it exactly is cheap enough to try.
    pub(crate) is_cheap: bool,
}

/// What one engine knows that the others do not.
#[async_trait]
pub(crate) trait Driver: Opener {
    const ENGINE: Engine;

    /// Whether a refused statement spoils the transaction around it.
    const NEEDS_SAVEPOINTS: bool;

    /// Runs a statement and gives its rows as they come.
    fn rows<'a>(
        raw: &'a mut Self::Raw,
        sql: &'a Sql,
        takes: &'a [Taken],
        resource: Option<&'a Resource>,
    ) -> BoxStream<'a, Result<Vec<Value>, sqlx::Error>>;

    /// Runs a statement; how many records it touched.
    async fn execute(raw: &mut Self::Raw, sql: &Sql) -> Result<u64, sqlx::Error>;

    /// Runs a statement without values, such as `BEGIN`.
    async fn command(raw: &mut Self::Raw, sql: &str) -> Result<(), sqlx::Error>;

    /// Sets the time that statements may take from now on.
    async fn allow(raw: &mut Self::Raw, time: Duration) -> Result<(), sqlx::Error>;

    /// Reads the schema.
    async fn introspect(raw: &mut Self::Raw, location: &Location) -> Result<Schema, sqlx::Error>;

    /// What an error means.
    fn failure(error: &sqlx::Error) -> Failure;

    /// The rule by which the engine refused a write, if it was one.
    fn refusal(error: &sqlx::Error, resource: &Resource) -> Option<Refusal>;

    /// The statement that explains another, and what its answer says.
    async fn estimate(
        raw: &mut Self::Raw,
        of: &Of<'_>,
        condition: &Condition,
    ) -> Result<Option<Estimate>, sqlx::Error>;

    /// The key that the database made for the record inserted last, where `RETURNING` is not
    /// there to tell.
    async fn last_key(
        raw: &mut Self::Raw,
        resource: &Resource,
        item: &ChangeItem,
    ) -> Result<Vec<Value>, sqlx::Error>;

    /// Whether `INSERT … RETURNING` is understood.
    fn returns(raw: &Self::Raw) -> bool;

    /// How many sessions of earlier runs are still there; `None` when that cannot be told.
    async fn earlier_sessions(&self, raw: &mut Self::Raw) -> Result<Option<u64>, sqlx::Error>;
}

/// A backend behind a driver.
pub(crate) struct Database<D: Driver> {
    location: Location,
    write: Arc<Pool<D>>,
    read: Arc<Pool<D>>,
    budget: Budget,
}

impl<D: Driver> Database<D> {
    pub(crate) fn new(opener: impl Fn(&Location, &Opening) -> D, opening: Opening) -> Self {
        let pool = |location: &Location| {
            let b = &opening.budget;
            Pool::new(opener(location, &opening), b.connections, b.wait, b.connect_timeout)
        };
        let write = pool(&opening.location);
        let read = opening.replica.as_ref().map_or_else(|| Arc::clone(&write), pool);
        Self { location: opening.location.clone(), write, read, budget: opening.budget }
    }

    /// The server ends a statement itself; should it fail to, dropping the future cancels it.
    fn patience(&self) -> Duration {
        self.budget.statement_timeout + Duration::from_secs(2)
    }

    async fn fetch(
        &self,
        lease: &mut Lease<D>,
        statement: &Sql,
        takes: &[Taken],
        resource: Option<&Resource>,
    ) -> Result<Vec<Vec<Value>>, Failure> {
        let raw = lease.busy()?;
        let collect = async {
            let mut rows = D::rows(raw, statement, takes, resource);
            let mut collected = Vec::new();
            while let Some(row) = rows.next().await {
                collected.push(row?);
            }
            Ok(collected)
        };
        match tokio::time::timeout(self.patience(), collect).await {
            Ok(result) => {
                lease.settle(result.map_err(|error| failed::<D>(&error, &statement.text)))
            }
            Err(_) => Err(Failure::new(
                FailureKind::Timeout,
                format!("no answer within {:?}", self.patience()),
            )),
        }
    }
}

fn failed<D: Driver>(error: &sqlx::Error, statement: &str) -> Failure {
    let failure = D::failure(error);
    if failure.kind == FailureKind::Other {
        tracing::warn!(error = %failure.detail, statement, "a backend refused a statement");
    }
    failure
}

/// The same for statements whose result is not rows.
async fn run<D: Driver, T>(
    lease: &mut Lease<D>,
    work: impl AsyncFnOnce(&mut D::Raw) -> Result<T, sqlx::Error>,
) -> Result<T, Failure> {
    let result = work(lease.busy()?).await.map_err(|error| D::failure(&error));
    lease.settle(result)
}

#[async_trait]
impl<D: Driver> Connection for Database<D> {
    fn engine(&self) -> Engine {
        D::ENGINE
    }

    fn gauge(&self) -> Gauge {
        self.read.gauge()
    }

    async fn ping(&self) -> Result<(), Failure> {
        let mut lease = self.read.lease().await?;
        run::<D, _>(&mut lease, async |raw| D::command(raw, "SELECT 1").await).await
    }

    async fn introspect(&self) -> Result<Schema, Failure> {
        let mut lease = self.read.lease().await?;
        run::<D, _>(&mut lease, async |raw| D::introspect(raw, &self.location).await).await
    }

    async fn select(&self, of: &Of<'_>, query: &Query) -> Result<Page, Failure> {
        let limit = query.limit.min(self.budget.row_cap);
        let statement = sql::select(of.schema, of.resource, query, Some(limit));
        let mut lease = self.read.lease().await?;
        let rows =
            self.fetch(&mut lease, &statement.sql, &statement.takes, Some(of.resource)).await?;
        drop(lease);
        Ok(page(rows, query, &statement, limit))
    }

    async fn stream(
        &self,
        of: &Of<'_>,
        query: &Query,
        budget: Duration,
    ) -> Result<RowStream, Failure> {
        let statement = sql::select(of.schema, of.resource, query, None);
        let mut lease = self.read.lease().await?;
        run::<D, _>(&mut lease, async |raw| D::allow(raw, budget).await).await?;
        let (sender, receiver) = mpsc::channel(4);
        let usual = self.budget.statement_timeout;
        let resource = of.resource.clone();
        tokio::spawn(async move {
            if let Err(failure) = feed::<D>(&mut lease, &statement, &resource, &sender).await {
                let _ = sender.send(Err(failure)).await;
                return;
            }
            let _ = run::<D, _>(&mut lease, async |raw| D::allow(raw, usual).await).await;
        });
        Ok(unpacked(receiver))
    }

    async fn count(
        &self,
        of: &Of<'_>,
        condition: &Condition,
        budget: Duration,
    ) -> Result<Count, Failure> {
        let mut lease = self.read.lease().await?;
        let estimate =
            run::<D, _>(&mut lease, async |raw| D::estimate(raw, of, condition).await).await?;
        if let Some(estimate) = estimate.as_ref().filter(|estimate| !estimate.is_cheap) {
            return Ok(Count::About(estimate.rows));
        }
        run::<D, _>(&mut lease, async |raw| D::allow(raw, budget).await).await?;
        let mut counted = self.counted(&mut lease, of, condition, None).await;
        if estimate.is_none() && matches!(&counted, Err(f) if f.kind == FailureKind::Timeout) {
            counted = self.counted(&mut lease, of, condition, Some(COUNT_CAP)).await;
        }
        run::<D, _>(&mut lease, async |raw| D::allow(raw, self.budget.statement_timeout).await)
            .await?;
        match (counted, estimate) {
            (Ok(count), _) => Ok(count),
            (Err(failure), estimate) if failure.kind == FailureKind::Timeout => {
                Ok(estimate.map_or(Count::Unknown, |estimate| Count::About(estimate.rows)))
            }
            (Err(failure), _) => Err(failure),
        }
    }

    async fn write(
        &self,
        of: &Of<'_>,
        kind: ChangeKind,
        items: &[ChangeItem],
    ) -> Result<Vec<ItemOutcome>, WriteFailure> {
        let mut lease = self.write.lease().await.map_err(WriteFailure::NotWritten)?;
        if let ([item], true) = (items, is_unique(of.resource)) {
            let outcome =
                write_item::<D>(&mut lease, of, kind, item).await.map_err(unknown_if_lost)?;
            return Ok(vec![outcome]);
        }
        let outcomes = self.write_together(&mut lease, of, kind, items).await;
        match outcomes {
            Ok(outcomes) => {
                run::<D, _>(&mut lease, async |raw| D::command(raw, "COMMIT").await)
                    .await
                    .map_err(unknown_if_lost)?;
                Ok(outcomes)
            }
            Err(failure) => {
                // A connection that cannot roll back is closed, which rolls back, too.
                let _ =
                    run::<D, _>(&mut lease, async |raw| D::command(raw, "ROLLBACK").await).await;
                Err(WriteFailure::NotWritten(failure))
            }
        }
    }

    async fn earlier_sessions_ended(&self) -> Result<bool, Failure> {
        let mut lease = self.write.lease().await?;
        let deadline = tokio::time::Instant::now() + self.patience();
        loop {
            let opener = self.write.opener();
            let sessions =
                run::<D, _>(&mut lease, async |raw| opener.earlier_sessions(raw).await).await?;
            match sessions {
                None => return Ok(false),
                Some(0) => return Ok(true),
                Some(_) if tokio::time::Instant::now() > deadline => return Ok(false),
                Some(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// Counting stops here where the engine has no planner to ask.
const COUNT_CAP: u64 = 10_000;

impl<D: Driver> Database<D> {
    async fn counted(
        &self,
        lease: &mut Lease<D>,
        of: &Of<'_>,
        condition: &Condition,
        cap: Option<u64>,
    ) -> Result<Count, Failure> {
        let statement = sql::count_within(of.schema, of.resource, condition, cap);
        let takes = [Taken { field: usize::MAX, take: sql::Take::Whole }];
        let rows = self.fetch(lease, &statement, &takes, None).await?;
        let n = match rows.first().and_then(|row| row.first()) {
            Some(Value::Int(n)) => u64::try_from(*n).unwrap_or(0),
            _ => 0,
        };
        Ok(if cap.is_some_and(|cap| n >= cap) { Count::MoreThan(n) } else { Count::Exact(n) })
    }

    async fn write_together(
        &self,
        lease: &mut Lease<D>,
        of: &Of<'_>,
        kind: ChangeKind,
        items: &[ChangeItem],
    ) -> Result<Vec<ItemOutcome>, Failure> {
        let begin = if D::ENGINE == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        run::<D, _>(lease, async |raw| D::command(raw, begin).await).await?;
        let mut outcomes = Vec::with_capacity(items.len());
        for item in items {
            if D::NEEDS_SAVEPOINTS {
                run::<D, _>(lease, async |raw| D::command(raw, "SAVEPOINT item").await).await?;
            }
            let outcome = write_item::<D>(lease, of, kind, item).await?;
            if D::NEEDS_SAVEPOINTS {
                let end = match outcome {
                    ItemOutcome::Applied(_) => "RELEASE SAVEPOINT item",
                    _ => "ROLLBACK TO SAVEPOINT item",
                };
                run::<D, _>(lease, async |raw| D::command(raw, end).await).await?;
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }
}

/// Whether the database itself guarantees that a key names one record.
fn is_unique(resource: &Resource) -> bool {
    resource.indexes.iter().any(|index| {
        index.unique
            && !index.fields.is_empty()
            && index.fields.iter().all(|field| resource.key.contains(field))
    })
}

fn unknown_if_lost(failure: Failure) -> WriteFailure {
    if failure.kind == FailureKind::Unreachable {
        WriteFailure::Unknown(failure)
    } else {
        WriteFailure::NotWritten(failure)
    }
}

async fn write_item<D: Driver>(
    lease: &mut Lease<D>,
    of: &Of<'_>,
    kind: ChangeKind,
    item: &ChangeItem,
) -> Result<ItemOutcome, Failure> {
    let written = match (kind, &item.key) {
        (ChangeKind::Create, _) => insert::<D>(lease, of, item).await,
        (ChangeKind::Update, Some(key)) => {
            let statement = sql::update(of.schema, of.resource, key, item);
            changed::<D>(lease, of, key, item, &statement).await
        }
        (ChangeKind::Delete, Some(key)) => {
            let statement = sql::delete(of.schema, of.resource, key, item);
            changed::<D>(lease, of, key, item, &statement).await
        }
        (_, None) => return Ok(ItemOutcome::Gone),
    };
    match written {
        Ok(outcome) => {
            lease.done();
            Ok(outcome)
        }
        Err(error) => match D::refusal(&error, of.resource) {
            Some(refusal) => {
                lease.done();
                Ok(ItemOutcome::Refused(refusal))
            }
            None => lease.settle(Err(D::failure(&error))),
        },
    }
}

fn lost() -> sqlx::Error {
    sqlx::Error::PoolClosed
}

async fn insert<D: Driver>(
    lease: &mut Lease<D>,
    of: &Of<'_>,
    item: &ChangeItem,
) -> Result<ItemOutcome, sqlx::Error> {
    let raw = lease.busy().map_err(|_| lost())?;
    let returning = D::returns(raw) && !of.resource.key.is_empty();
    let statement = sql::insert(of.schema, of.resource, item, returning);
    let values = if returning {
        let takes: Vec<Taken> =
            of.resource.key.iter().map(|&field| Taken { field, take: sql::Take::Whole }).collect();
        let mut rows = D::rows(raw, &statement, &takes, Some(of.resource));
        let mut values = Vec::new();
        while let Some(row) = rows.next().await {
            values = row?;
        }
        values
    } else {
        D::execute(raw, &statement).await?;
        D::last_key(raw, of.resource, item).await?
    };
    Ok(ItemOutcome::Applied(RecordKey::Values(values)))
}

async fn changed<D: Driver>(
    lease: &mut Lease<D>,
    of: &Of<'_>,
    key: &RecordKey,
    item: &ChangeItem,
    statement: &Sql,
) -> Result<ItemOutcome, sqlx::Error> {
    let raw = lease.busy().map_err(|_| lost())?;
    match D::execute(raw, statement).await? {
        0 => {}
        1 => return Ok(ItemOutcome::Applied(new_key(of.resource, key, item))),
        several => {
            return Ok(ItemOutcome::Refused(Refusal {
                rule: Rule::Other,
                fields: of.resource.key.clone(),
                constraint: None,
                other: None,
                message: format!("the key names {several} records"),
            }));
        }
    }
    let fields: Vec<usize> = item.before.iter().map(|(field, _)| *field).collect();
    let now = sql::versioned_row(of.schema, of.resource, key, &fields);
    let mut rows = D::rows(raw, &now.sql, &now.takes, Some(of.resource));
    match rows.next().await.transpose()? {
        Some(row) => Ok(ItemOutcome::Stale(fields.into_iter().zip(row).collect())),
        None => Ok(ItemOutcome::Gone),
    }
}

/// The key after an update that may have changed parts of it.
fn new_key(resource: &Resource, key: &RecordKey, item: &ChangeItem) -> RecordKey {
    match key {
        RecordKey::Values(values) => RecordKey::Values(
            resource
                .key
                .iter()
                .zip(values)
                .map(|(field, old)| {
                    let new = item.after.iter().find(|(changed, _)| changed == field);
                    new.map_or_else(|| old.clone(), |(_, value)| value.clone())
                })
                .collect(),
        ),
        content @ RecordKey::Content(_) => content.clone(),
    }
}

/// Rows travel in parcels: one channel operation per row would cost more than reading it.
const PARCEL: usize = 128;

async fn feed<D: Driver>(
    lease: &mut Lease<D>,
    statement: &Statement,
    resource: &Resource,
    sender: &mpsc::Sender<Result<Vec<Vec<Value>>, Failure>>,
) -> Result<(), Failure> {
    let raw = lease.busy()?;
    let mut rows = D::rows(raw, &statement.sql, &statement.takes, Some(resource));
    let mut parcel = Vec::with_capacity(PARCEL);
    while let Some(row) = rows.next().await {
        let mut row = row.map_err(|error| D::failure(&error))?;
        row.truncate(statement.asked);
        parcel.push(row);
        if parcel.len() == PARCEL {
            let full = std::mem::replace(&mut parcel, Vec::with_capacity(PARCEL));
            if sender.send(Ok(full)).await.is_err() {
                return Err(Failure::new(FailureKind::Cancelled, "the reader has left"));
            }
        }
    }
    drop(rows);
    lease.done();
    let _ = sender.send(Ok(parcel)).await;
    Ok(())
}

fn unpacked(receiver: mpsc::Receiver<Result<Vec<Vec<Value>>, Failure>>) -> RowStream {
    let parcels = futures_util::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|parcel| (parcel, receiver))
    });
    parcels
        .flat_map(|parcel| match parcel {
            Ok(rows) => futures_util::stream::iter(rows.into_iter().map(Ok).collect::<Vec<_>>()),
            Err(failure) => futures_util::stream::iter(vec![Err(failure)]),
        })
        .boxed()
}

/// Cuts the one record too many off, turns a backward page round and makes the cursors.
fn page(mut rows: Vec<Vec<Value>>, query: &Query, statement: &Statement, limit: u32) -> Page {
    let limit = limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    if query.backward {
        rows.reverse();
    }
    let unique = query.sort.is_empty() || query.total_order;
    let place = |row: &[Value]| {
        statement.sort_columns.iter().map(|&column| row[column].clone()).collect::<Vec<_>>()
    };
    let cursor = |edge: Option<&Vec<Value>>, towards_end: bool| {
        let values = place(edge?);
        let ties = if unique { 0 } else { ties(&rows, &values, &place, towards_end) };
        let whole_page = ties as usize == rows.len();
        let carried = query
            .cursor
            .as_ref()
            .filter(|c| whole_page && c.values == values && towards_end != query.backward);
        Some(Cursor { skip: ties + carried.map_or(0, |c| c.skip), values })
    };
    let has_cursor = query.cursor.is_some();
    let (has_next, has_previous) =
        if query.backward { (has_cursor, more) } else { (more, has_cursor) };
    let next = if has_next { cursor(rows.last(), true) } else { None };
    let previous = if has_previous { cursor(rows.first(), false) } else { None };
    for row in &mut rows {
        row.truncate(statement.asked);
    }
    Page { rows, next, previous }
}

/// How many rows at one end of the page share the values of its edge.
fn ties(
    rows: &[Vec<Value>],
    values: &[Value],
    place: &dyn Fn(&[Value]) -> Vec<Value>,
    towards_end: bool,
) -> u32 {
    let same = |row: &&Vec<Value>| place(row) == values;
    let count = if towards_end {
        rows.iter().rev().take_while(same).count()
    } else {
        rows.iter().take_while(same).count()
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Takes the smallest unique index over required fields for the key where none is declared, and
/// says that a table without any key can only be read.
pub(crate) fn settle_key(resource: &mut Resource) {
    if resource.key.is_empty() {
        let required = |index: &&kontor_model::Index| {
            index.unique
                && !index.fields.is_empty()
                && index.fields.iter().all(|&field| !resource.fields[field].nullable)
        };
        let best = resource.indexes.iter().filter(required).min_by_key(|index| index.fields.len());
        if let Some(fields) = best.map(|index| index.fields.clone()) {
            resource.key = fields;
        }
    }
    if resource.key.is_empty() && resource.read_only.is_none() {
        resource.read_only = Some(kontor_model::schema::ReadOnly::NoKey);
    }
}
