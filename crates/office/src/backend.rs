//! A backend: its manifest, its connection, and what is known of it.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::StreamExt as _;
use kontor_connect::{Connection, Failure, FailureKind, RowStream, WriteFailure};
use kontor_model::{
    BackendName, ChangeItem, ChangeKind, Clock, Count, ItemOutcome, Linked, Page, Query, Schema,
};
use kontor_store::Micros;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::catalog::{self, Catalog, Face};
use crate::error::OfficeError;
use crate::manifest::Manifest;
use crate::proposals::ConnectionSampler;

/// How a backend is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It was not asked yet.
    Starting,
    /// It answers.
    Ready,
    /// It does not; since when, and why.
    Down {
        /// Microseconds since 1970, UTC.
        since: Micros,
        /// What happened.
        failure: Failure,
    },
}

/// How a backend is, and when that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// How it is.
    pub condition: Condition,
    /// When it answered or failed last.
    pub checked: Option<Micros>,
    /// How long its answers took lately.
    pub latency: Option<Duration>,
}

/// A backend.
pub struct Backend {
    /// Its name.
    pub name: BackendName,
    manifest: Arc<Manifest>,
    connection: Arc<dyn Connection>,
    /// Long readings take half of the connections at most, so that lists can be read meanwhile.
    streams: Arc<Semaphore>,
    catalog: RwLock<Option<Arc<Catalog>>>,
    condition: RwLock<(Condition, Option<Micros>)>,
    /// Microseconds, a moving average; 0 before the first answer.
    latency: AtomicU64,
    /// When it last kept others waiting for titles too long; microseconds since 1970.
    late: AtomicI64,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Backend").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Backend {
    /// A backend that was not asked yet.
    pub(crate) fn new(
        manifest: Manifest,
        connection: Arc<dyn Connection>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let streams = (manifest.budget.connections / 2).max(1) as usize;
        Self {
            name: manifest.name.clone(),
            manifest: Arc::new(manifest),
            connection,
            streams: Arc::new(Semaphore::new(streams)),
            catalog: RwLock::new(None),
            condition: RwLock::new((Condition::Starting, None)),
            latency: AtomicU64::new(0),
            late: AtomicI64::new(0),
            clock,
        }
    }

    /// The same backend under another manifest, without a schema yet.
    pub(crate) fn relaid(&self, manifest: Manifest) -> Self {
        Self {
            name: self.name.clone(),
            manifest: Arc::new(manifest),
            connection: Arc::clone(&self.connection),
            streams: Arc::clone(&self.streams),
            catalog: RwLock::new(None),
            condition: RwLock::new(read(&self.condition).clone()),
            latency: AtomicU64::new(self.latency.load(Ordering::Relaxed)),
            late: AtomicI64::new(self.late.load(Ordering::Relaxed)),
            clock: Arc::clone(&self.clock),
        }
    }

    /// Its registration.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its resources as people see them.
    ///
    /// # Errors
    /// [`OfficeError::NotReady`] when its schema was never read.
    pub fn catalog(&self) -> Result<Arc<Catalog>, OfficeError> {
        read(&self.catalog).clone().ok_or_else(|| {
            let failure = match &read(&self.condition).0 {
                Condition::Down { failure, .. } => failure.clone(),
                _ => Failure::new(FailureKind::Unreachable, "it is being read for the first time"),
            };
            OfficeError::NotReady { backend: self.name.to_string(), failure }
        })
    }

    /// How it is.
    #[must_use]
    pub fn health(&self) -> Health {
        let (condition, checked) = read(&self.condition).clone();
        let micros = self.latency.load(Ordering::Relaxed);
        Health { condition, checked, latency: (micros > 0).then(|| Duration::from_micros(micros)) }
    }

    /// Its connections.
    #[must_use]
    pub fn gauge(&self) -> kontor_connect::Gauge {
        self.connection.gauge()
    }

    /// The kind of database.
    #[must_use]
    pub fn engine(&self) -> kontor_model::Engine {
        self.connection.engine()
    }

    /// Notes how a request went, for the backend's health and for the metrics.
    fn observed<T>(
        &self,
        operation: &'static str,
        begun: Instant,
        result: Result<T, Failure>,
    ) -> Result<T, Failure> {
        let took = begun.elapsed();
        metrics::histogram!("kontor_backend_seconds", "backend" => self.name.to_string(), "operation" => operation).record(took.as_secs_f64());
        match &result {
            Ok(_) => {
                self.note_latency(took);
                self.set_condition(Condition::Ready);
            }
            Err(failure) => {
                metrics::counter!("kontor_backend_failures_total", "backend" => self.name.to_string(), "kind" => kind_word(failure.kind)).increment(1);
                if matches!(failure.kind, FailureKind::Unreachable | FailureKind::SignIn) {
                    self.set_condition(Condition::Down {
                        since: self.clock.micros(),
                        failure: failure.clone(),
                    });
                }
            }
        }
        result
    }

    /// Notes that it kept another backend's list waiting too long.
    pub(crate) fn note_late(&self) {
        self.late.store(self.clock.micros(), Ordering::Relaxed);
    }

    /// Whether it did so within the last microseconds.
    pub(crate) fn was_late(&self, within: Micros) -> bool {
        self.clock.micros() - self.late.load(Ordering::Relaxed) < within
    }

    fn note_latency(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        let before = self.latency.load(Ordering::Relaxed);
        let now = if before == 0 { took } else { before - before / 8 + took / 8 };
        self.latency.store(now, Ordering::Relaxed);
    }

    fn set_condition(&self, condition: Condition) {
        let now = self.clock.micros();
        let mut held = write(&self.condition);
        held.1 = Some(now);
        // The first moment of an outage is what people want to know.
        if !matches!((&held.0, &condition), (Condition::Down { .. }, Condition::Down { .. })) {
            held.0 = condition;
        }
    }

    fn failed(&self, failure: Failure) -> OfficeError {
        OfficeError::backend(&self.name, failure)
    }

    /// Reads its schema.
    pub(crate) async fn introspect(&self) -> Result<Schema, Failure> {
        let begun = Instant::now();
        let result = self.connection.introspect().await;
        self.observed("introspect", begun, result)
    }

    /// Asks whether it answers.
    pub(crate) async fn ping(&self) -> Result<(), Failure> {
        let begun = Instant::now();
        let result = self.connection.ping().await;
        self.observed("ping", begun, result)
    }

    /// Whether a query over the face may name these linked records.
    pub(crate) fn reads_linked(&self, catalog: &Catalog, face: &Face, linked: &Linked) -> bool {
        self.connection.reads_linked(&catalog.of(face), linked)
    }

    pub(crate) async fn select(
        &self,
        catalog: &Catalog,
        face: &Face,
        query: &Query,
    ) -> Result<Page, OfficeError> {
        let begun = Instant::now();
        let result = self.connection.select(&catalog.of(face), query).await;
        self.observed("select", begun, result).map_err(|failure| self.failed(failure))
    }

    pub(crate) async fn count(
        &self,
        catalog: &Catalog,
        face: &Face,
        condition: &kontor_model::Condition,
        budget: Duration,
    ) -> Result<Count, OfficeError> {
        let begun = Instant::now();
        let result = self.connection.count(&catalog.of(face), condition, budget).await;
        self.observed("count", begun, result).map_err(|failure| self.failed(failure))
    }

    pub(crate) async fn stream(
        &self,
        catalog: &Catalog,
        face: &Face,
        query: &Query,
        budget: Duration,
    ) -> Result<RowStream, OfficeError> {
        let busy = || {
            let detail =
                "as much is being exported as may be at once; try again when one has ended";
            self.failed(Failure::new(FailureKind::Busy, detail))
        };
        let place = Arc::clone(&self.streams).try_acquire_owned().map_err(|_| busy())?;
        let begun = Instant::now();
        let result = self.connection.stream(&catalog.of(face), query, budget).await;
        let rows =
            self.observed("stream", begun, result).map_err(|failure| self.failed(failure))?;
        // The place is given back with the stream.
        let held = move |row| {
            let _place = &place;
            row
        };
        Ok(rows.map(held).boxed())
    }

    pub(crate) async fn write(
        &self,
        catalog: &Catalog,
        face: &Face,
        kind: ChangeKind,
        items: &[ChangeItem],
        token: &str,
    ) -> Result<Vec<ItemOutcome>, WriteFailure> {
        let begun = Instant::now();
        let result = self.connection.write(&catalog.of(face), kind, items, token).await;
        let took = begun.elapsed();
        metrics::histogram!("kontor_backend_seconds", "backend" => self.name.to_string(), "operation" => "write").record(took.as_secs_f64());
        result
    }

    pub(crate) async fn act(
        &self,
        catalog: &Catalog,
        face: &Face,
        operation: &kontor_model::service::Operation,
        key: &kontor_model::RecordKey,
        input: &[Option<kontor_model::Value>],
        token: &str,
    ) -> Result<ItemOutcome, WriteFailure> {
        let begun = Instant::now();
        let of = catalog.of(face);
        let result = self.connection.act(&of, operation, key, input, token).await;
        let took = begun.elapsed();
        metrics::histogram!("kontor_backend_seconds", "backend" => self.name.to_string(), "operation" => "act").record(took.as_secs_f64());
        result
    }

    pub(crate) async fn run(
        &self,
        catalog: &Catalog,
        face: &Face,
        key: &kontor_model::RecordKey,
        statement: &kontor_model::statement::Filled,
    ) -> Result<ItemOutcome, WriteFailure> {
        let begun = Instant::now();
        let result = self.connection.run(&catalog.of(face), key, statement).await;
        let took = begun.elapsed();
        metrics::histogram!("kontor_backend_seconds", "backend" => self.name.to_string(), "operation" => "run").record(took.as_secs_f64());
        result
    }

    pub(crate) async fn foresee(
        &self,
        catalog: &Catalog,
        face: &Face,
        operation: &kontor_model::service::Operation,
        key: &kontor_model::RecordKey,
        input: &[Option<kontor_model::Value>],
    ) -> Result<kontor_connect::Answered, OfficeError> {
        let begun = Instant::now();
        let token = crate::random::id(self.clock.micros());
        let result =
            self.connection.foresee(&catalog.of(face), operation, key, input, &token).await;
        self.observed("foresee", begun, result).map_err(|failure| self.failed(failure))
    }

    /// Reads samples of the backend, within its budget.
    pub(crate) fn sampler<'a>(&'a self, schema: &'a Schema) -> ConnectionSampler<'a> {
        ConnectionSampler::new(self.connection.as_ref(), schema, self.manifest.budget.row_cap)
    }

    pub(crate) async fn earlier_sessions_ended(&self) -> Result<bool, OfficeError> {
        self.connection.earlier_sessions_ended().await.map_err(|failure| self.failed(failure))
    }

    /// Ends the way to it; see [`kontor_connect::Connection::close`].
    pub(crate) async fn close(&self) {
        self.connection.close().await;
    }

    /// Lays the manifest over a schema and puts it in force.
    pub(crate) fn put_schema(&self, schema: Schema) -> Arc<Catalog> {
        let catalog = Arc::new(catalog::build(&self.manifest, schema));
        *write(&self.catalog) = Some(Arc::clone(&catalog));
        catalog
    }

    /// Puts it out of force.
    pub(crate) fn withdraw(&self, failure: Failure) {
        *write(&self.catalog) = None;
        self.set_condition(Condition::Down { since: self.clock.micros(), failure });
    }
}

fn kind_word(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Unreachable => "unreachable",
        FailureKind::SignIn => "sign_in",
        FailureKind::Timeout => "timeout",
        FailureKind::Busy => "busy",
        FailureKind::Cancelled => "cancelled",
        FailureKind::Privilege => "privilege",
        FailureKind::SchemaChanged => "schema_changed",
        FailureKind::Invalid => "invalid",
        FailureKind::TooLarge => "too_large",
        FailureKind::Garbled => "garbled",
        FailureKind::Other => "other",
    }
}

pub(crate) fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
