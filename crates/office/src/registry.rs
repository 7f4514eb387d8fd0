//! The backends: their manifests, connections and what is known of them. A backend that cannot be
//! reached keeps its last known schema, so that its addresses, views and history stay.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::StreamExt as _;
use kontor_connect::{
    Connection, Failure, FailureKind, Location, Opening, RowStream, WriteFailure,
};
use kontor_model::{
    BackendName, ChangeItem, ChangeKind, Count, ItemOutcome, Linked, Page, Query, Schema,
};
use kontor_store::snapshots::{self, Snapshot};
use kontor_store::{Json, Micros};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::Office;
use crate::actor::{Actor, Permit, Read, Right};
use crate::catalog::{self, Catalog, Face};
use crate::error::OfficeError;
use crate::manifest::{Manifest, PasswordSource};
use crate::proposals::ConnectionSampler;

/// All backends by name.
#[derive(Default)]
pub(crate) struct Registry {
    backends: RwLock<BTreeMap<BackendName, Arc<Backend>>>,
    /// Manifests that could not be read, as messages.
    errors: RwLock<Vec<String>>,
}

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
    clock: Arc<dyn kontor_model::Clock>,
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Backend").field("name", &self.name).finish_non_exhaustive()
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

impl Backend {
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
    ) -> Result<Vec<ItemOutcome>, WriteFailure> {
        let begun = Instant::now();
        let result = self.connection.write(&catalog.of(face), kind, items).await;
        let took = begun.elapsed();
        metrics::histogram!("kontor_backend_seconds", "backend" => self.name.to_string(), "operation" => "write").record(took.as_secs_f64());
        result
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
}

/// Why the memory of a Kontor is no backend.
pub(crate) const A_STORE: &str = "this is the memory of a Kontor; whoever may change its records could give themselves any right";

/// Whether a schema is that of a Kontor's own store.
pub(crate) fn is_a_store(schema: &Schema) -> bool {
    let has = |name: &str| schema.resources.iter().any(|resource| resource.table == name);
    has("kontor_user") && has("kontor_audit_head")
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
        FailureKind::Other => "other",
    }
}

impl Office {
    /// Reads all manifests, puts the last known schemas in force, and asks the backends in the
    /// background. Returns what is wrong with manifests; the others work.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn open_backends(self: &Arc<Self>) -> Result<Vec<String>, OfficeError> {
        let (manifests, problems) = crate::manifest::load_folder(&self.manifests);
        let mut errors: Vec<String> = problems.iter().map(ToString::to_string).collect();
        for manifest in manifests {
            match self.add(manifest).await {
                Ok(backend) => {
                    let office = Arc::clone(self);
                    tokio::spawn(async move { office.refresh(&backend).await });
                }
                Err(error) => errors.push(error.to_string()),
            }
        }
        write(&self.registry.errors).clone_from(&errors);
        Ok(errors)
    }

    /// What is wrong with manifests that are not in force.
    #[must_use]
    pub fn manifest_errors(&self) -> Vec<String> {
        read(&self.registry.errors).clone()
    }

    /// Registers a backend in the place of one of the same name. Who is at work with that one ends
    /// it there; its connections are closed when the last has let go of it.
    pub(crate) async fn add(
        self: &Arc<Self>,
        manifest: Manifest,
    ) -> Result<Arc<Backend>, OfficeError> {
        let connection = kontor_connect::open(self.opening(&manifest)?);
        let streams = (manifest.budget.connections / 2).max(1) as usize;
        let backend = Arc::new(Backend {
            name: manifest.name.clone(),
            manifest: Arc::new(manifest),
            connection,
            streams: Arc::new(Semaphore::new(streams)),
            catalog: RwLock::new(None),
            condition: RwLock::new((Condition::Starting, None)),
            latency: AtomicU64::new(0),
            clock: Arc::clone(&self.clock),
        });
        self.put_last_schema(&backend).await?;
        write(&self.registry.backends).insert(backend.name.clone(), Arc::clone(&backend));
        Ok(backend)
    }

    async fn put_last_schema(&self, backend: &Backend) -> Result<(), OfficeError> {
        if let Some(snapshot) =
            snapshots::latest(&mut self.store.read(), backend.name.as_str(), 1).await?.pop()
        {
            match snapshot.body.read::<Schema>() {
                Ok(schema) if is_a_store(&schema) => {}
                Ok(schema) => drop(backend.put_schema(schema)),
                Err(error) => {
                    tracing::warn!(backend = %backend.name, %error, "the last known schema cannot be read");
                }
            }
        }
        Ok(())
    }

    /// Lays another manifest over a backend; its connection, condition and schema stay.
    pub(crate) async fn relay(
        &self,
        backend: &Arc<Backend>,
        manifest: Manifest,
    ) -> Result<(), OfficeError> {
        let now = Arc::new(Backend {
            name: backend.name.clone(),
            manifest: Arc::new(manifest),
            connection: Arc::clone(&backend.connection),
            streams: Arc::clone(&backend.streams),
            catalog: RwLock::new(None),
            condition: RwLock::new(read(&backend.condition).clone()),
            latency: AtomicU64::new(backend.latency.load(Ordering::Relaxed)),
            clock: Arc::clone(&self.clock),
        });
        self.put_last_schema(&now).await?;
        write(&self.registry.backends).insert(now.name.clone(), now);
        Ok(())
    }

    /// How the backend of a manifest is opened.
    pub(crate) fn opening(&self, manifest: &Manifest) -> Result<Opening, OfficeError> {
        let source =
            PasswordSource { environment: &|name| (self.environment)(name), key: Some(&self.key) };
        let located = |address: crate::manifest::Address| {
            let location: Location =
                address.url.parse().map_err(|error: kontor_connect::LocationError| {
                    OfficeError::Manifest(format!("{}: {error}", manifest.file.display()))
                })?;
            Ok::<_, OfficeError>(match &address.password {
                Some(password) => location.with_password(password.reveal()),
                None => location,
            })
        };
        let wrong = |error: crate::manifest::PasswordError| {
            OfficeError::Manifest(format!("{}: {error}", manifest.file.display()))
        };
        let writable = manifest.writable
            || manifest.resources.iter().any(|(_, said)| said.writable == Some(true));
        Ok(Opening {
            location: located(manifest.address(&source).map_err(wrong)?)?,
            replica: manifest.replica_address(&source).map_err(wrong)?.map(located).transpose()?,
            writable,
            budget: manifest.budget.clone(),
            session_name: self.session_name.clone(),
        })
    }

    /// Reads a backend's schema, remembers it where it changed, and settles what an earlier run
    /// left open. Failures are the backend's condition from then on.
    pub(crate) async fn refresh(self: &Arc<Self>, backend: &Arc<Backend>) {
        let begun = Instant::now();
        let result = backend.connection.introspect().await;
        match backend.observed("introspect", begun, result) {
            Ok(schema) if is_a_store(&schema) => {
                let failure = Failure::new(FailureKind::Invalid, A_STORE);
                tracing::error!(backend = %backend.name, %failure, "a backend is not put in force");
                *write(&backend.catalog) = None;
                let since = backend.clock.micros();
                backend.set_condition(Condition::Down { since, failure });
            }
            Ok(schema) => {
                if let Err(error) = self.remember_schema(backend, schema).await {
                    tracing::error!(backend = %backend.name, %error, "a schema could not be remembered");
                }
                if let Err(error) = self.settle(&backend.name).await {
                    tracing::error!(backend = %backend.name, %error, "open changes could not be settled");
                }
                let (office, backend) = (Arc::clone(self), Arc::clone(backend));
                tokio::spawn(async move { office.look_once(&backend).await });
            }
            Err(failure) => {
                tracing::warn!(backend = %backend.name, %failure, "a backend could not be read");
            }
        }
    }

    async fn remember_schema(
        &self,
        backend: &Arc<Backend>,
        schema: Schema,
    ) -> Result<(), OfficeError> {
        let schema = restricted(schema, &backend.manifest.schemas);
        let snapshot = Snapshot {
            backend: backend.name.to_string(),
            taken_at: self.clock.micros(),
            fingerprint: crate::drift::fingerprint(&schema),
            body: Json::write(&schema)?,
        };
        backend.put_schema(schema);
        match self
            .store
            .transaction(async |mut tx| snapshots::append(&mut tx, &snapshot).await)
            .await
        {
            Ok(_) | Err(kontor_store::StoreError::Duplicate { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks every backend now and then how it is; those that were down are read again.
    pub async fn watch_backends(self: Arc<Self>, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let backends: Vec<Arc<Backend>> =
                read(&self.registry.backends).values().cloned().collect();
            let checks = backends.iter().map(|backend| async {
                let was_down = !matches!(backend.health().condition, Condition::Ready);
                let begun = Instant::now();
                let result = backend.connection.ping().await;
                if backend.observed("ping", begun, result).is_err() {
                    return;
                }
                if was_down {
                    self.refresh(backend).await;
                } else if !self.left_open.is_empty()
                    && let Err(error) = self.settle(&backend.name).await
                {
                    tracing::error!(backend = %backend.name, %error, "open changes could not be settled");
                }
            });
            futures_util::future::join_all(checks).await;
        }
    }

    /// Closes the connections to all backends, which fail from then on; what is at work is waited
    /// for, 2 s at most. The last thing before the store is closed.
    pub async fn close(&self) {
        let backends = self.all_backends();
        futures_util::future::join_all(backends.iter().map(|backend| backend.close())).await;
    }

    /// A backend by name, without asking for a right.
    pub(crate) fn backend(&self, name: &BackendName) -> Result<Arc<Backend>, OfficeError> {
        read(&self.registry.backends)
            .get(name)
            .cloned()
            .ok_or_else(|| OfficeError::UnknownBackend(name.to_string()))
    }

    /// All backends, for the operator's command line and metrics.
    #[must_use]
    pub fn all_backends(&self) -> Vec<Arc<Backend>> {
        read(&self.registry.backends).values().cloned().collect()
    }

    /// The proof that somebody has a right on a backend.
    ///
    /// # Errors
    /// [`OfficeError::Denied`]; [`OfficeError::UnknownBackend`].
    pub fn permit<R: Right>(
        &self,
        actor: &Arc<Actor>,
        name: &BackendName,
    ) -> Result<Permit<R>, OfficeError> {
        Permit::check(Arc::clone(actor), self.backend(name)?)
    }

    /// The backends that somebody may read, by name.
    #[must_use]
    pub fn readable(&self, actor: &Arc<Actor>) -> Vec<Permit<Read>> {
        let backends: Vec<Arc<Backend>> = read(&self.registry.backends).values().cloned().collect();
        backends
            .into_iter()
            .filter_map(|backend| Permit::check(Arc::clone(actor), backend).ok())
            .collect()
    }
}

/// Leaves out the schemas that the manifest does not name.
fn restricted(mut schema: Schema, wanted: &[String]) -> Schema {
    if !wanted.is_empty() {
        schema.resources.retain(|resource| {
            resource.namespace.as_ref().is_none_or(|namespace| wanted.contains(namespace))
        });
    }
    schema
}
