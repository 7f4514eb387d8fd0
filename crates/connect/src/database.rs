//! A backend that is a database: the one [`Connection`] for all three engines. What differs is a
//! [`Driver`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kontor_model::query::ROW_ID;
use kontor_model::service::Operation;
use kontor_model::statement::Filled;
use kontor_model::{
    ChangeItem, ChangeKind, Condition, Count, Engine, ItemOutcome, Linked, Page, Query, RecordKey,
    Resource, Schema, Value,
};

use crate::driver::{Driver, GRACE};
use crate::error::{Failure, FailureKind, WriteFailure};
use crate::pool::{Gauge, Lease, Limits, Pool};
use crate::sql::{self, Sql, Take, Taken};
use crate::{Budget, Connection, Location, Of, Opening, RowStream, Shared};

/// A backend behind a driver.
pub(crate) struct Database<D: Driver> {
    location: Location,
    write: Arc<Pool<D>>,
    read: Arc<Pool<D>>,
    pub(crate) budget: Budget,
}

impl<D: Driver> Database<D> {
    pub(crate) fn new(opener: impl Fn(&Location, &Opening) -> D, opening: Opening) -> Self {
        let pool = |location: &Location| {
            let b = &opening.budget;
            let limits =
                Limits { wait: b.wait, connect: b.connect_timeout, statement: b.statement_timeout };
            Pool::new(opener(location, &opening), b.connections, limits)
        };
        let write = pool(&opening.location);
        let read = opening.replica.as_ref().map_or_else(|| Arc::clone(&write), pool);
        Self { location: opening.location.clone(), write, read, budget: opening.budget }
    }

    /// A connection to read over, within the usual time.
    pub(crate) async fn reading(&self) -> Result<Lease<D>, Failure> {
        self.leased(&self.read).await
    }

    /// A connection to write over, within the usual time.
    pub(crate) async fn writing(&self) -> Result<Lease<D>, Failure> {
        self.leased(&self.write).await
    }

    async fn leased(&self, pool: &Arc<Pool<D>>) -> Result<Lease<D>, Failure> {
        let mut lease = pool.lease().await?;
        lease.allow(self.budget.statement_timeout).await?;
        Ok(lease)
    }
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
        self.reading().await?.command("SELECT 1").await
    }

    async fn introspect(&self) -> Result<Schema, Failure> {
        let mut lease = self.reading().await?;
        lease.run(async |raw| D::introspect(raw, &self.location).await).await
    }

    fn reads_linked(&self, of: &Of<'_>, linked: &Linked) -> bool {
        sql::reads_linked(of.schema, of.resource, linked)
    }

    async fn select(&self, of: &Of<'_>, query: &Query) -> Result<Page, Failure> {
        self.page(of, query).await
    }

    async fn stream(
        &self,
        of: &Of<'_>,
        query: &Query,
        budget: Duration,
    ) -> Result<RowStream, Failure> {
        self.streamed(of, query, budget).await
    }

    async fn count(
        &self,
        of: &Of<'_>,
        condition: &Condition,
        budget: Duration,
    ) -> Result<Count, Failure> {
        let mut lease = self.reading().await?;
        let estimate = lease.run(async |raw| D::estimate(raw, of, condition).await).await?;
        if let Some(estimate) = estimate.as_ref().filter(|estimate| !estimate.is_cheap) {
            return Ok(Count::About(estimate.rows));
        }
        lease.allow(budget).await?;
        let whole = sql::count_within(of.schema, of.resource, condition, None);
        let failure = match number(&mut lease, &whole).await {
            Ok(records) => return Ok(Count::Exact(records)),
            Err(failure) => failure,
        };
        if failure.kind != FailureKind::Timeout {
            return Err(failure);
        }
        if let Some(estimate) = estimate {
            return Ok(Count::About(estimate.rows));
        }
        let part = sql::count_within(of.schema, of.resource, condition, Some(COUNT_CAP));
        match number(&mut lease, &part).await {
            Ok(records) if records >= COUNT_CAP => Ok(Count::MoreThan(records - 1)),
            Ok(records) => Ok(Count::Exact(records)),
            Err(failure) if failure.kind == FailureKind::Timeout => Ok(Count::Unknown),
            Err(failure) => Err(failure),
        }
    }

    async fn shared(
        &self,
        of: &Of<'_>,
        fields: &[usize],
        budget: Duration,
    ) -> Result<Option<Shared>, Failure> {
        if fields.is_empty() {
            return Ok(None);
        }
        let mut lease = self.reading().await?;
        lease.allow(budget).await?;
        let (most, takes) = sql::most_shared(of.schema, of.resource, fields);
        let Some(mut values) = lease.rows(&most, &takes, Some(of.resource)).await?.pop() else {
            return Ok(None);
        };
        let records = match values.pop() {
            Some(Value::Int(records)) => records.unsigned_abs(),
            other => return Err(no_number(other.as_ref())),
        };
        let count = sql::count_shared(of.schema, of.resource, fields);
        let others = match number(&mut lease, &count).await {
            Ok(all) => Some(all.saturating_sub(1)),
            Err(failure) if failure.kind == FailureKind::Timeout => None,
            Err(failure) => return Err(failure),
        };
        Ok(Some(Shared { values, records, others }))
    }

    async fn write(
        &self,
        of: &Of<'_>,
        kind: ChangeKind,
        items: &[ChangeItem],
        _token: &str,
    ) -> Result<Vec<ItemOutcome>, WriteFailure> {
        self.written(of, kind, items).await
    }

    async fn act(
        &self,
        _of: &Of<'_>,
        operation: &Operation,
        _key: &RecordKey,
        _input: &[Option<Value>],
        _token: &str,
    ) -> Result<ItemOutcome, WriteFailure> {
        let detail = format!("a database has no operation “{}”", operation.name);
        Err(WriteFailure::NotWritten(Failure::new(FailureKind::SchemaChanged, detail)))
    }

    async fn run(
        &self,
        of: &Of<'_>,
        key: &RecordKey,
        statement: &Filled,
    ) -> Result<ItemOutcome, WriteFailure> {
        self.ran(of, key, statement).await
    }

    async fn understands(&self, of: &Of<'_>, statement: &Filled) -> Result<(), Failure> {
        self.understood(of, statement).await
    }

    async fn earlier_sessions_ended(&self) -> Result<bool, Failure> {
        let mut lease = self.writing().await?;
        let deadline = tokio::time::Instant::now() + self.budget.statement_timeout + GRACE;
        loop {
            let opener = self.write.opener();
            let sessions = lease.run(async |raw| opener.earlier_sessions(raw).await).await?;
            match sessions {
                None => return Ok(false),
                Some(0) => return Ok(true),
                Some(_) if tokio::time::Instant::now() > deadline => return Ok(false),
                Some(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    async fn close(&self) {
        tokio::join!(self.write.close(), async {
            if !Arc::ptr_eq(&self.write, &self.read) {
                self.read.close().await;
            }
        });
    }
}

/// Counting stops here where the engine has no planner to ask.
const COUNT_CAP: u64 = 10_001;

/// The one number that a statement answers.
pub(crate) async fn number<D: Driver>(lease: &mut Lease<D>, sql: &Sql) -> Result<u64, Failure> {
    let takes = [Taken { field: ROW_ID, take: Take::Whole }];
    let rows = lease.rows(sql, &takes, None).await?;
    match rows.first().and_then(|row| row.first()) {
        Some(Value::Int(n)) => Ok(n.unsigned_abs()),
        other => Err(no_number(other)),
    }
}

fn no_number(value: Option<&Value>) -> Failure {
    Failure::new(FailureKind::Other, format!("{value:?} where a number belongs"))
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
