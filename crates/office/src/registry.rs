//! The registry of the backends: reading their manifests and schemas, and asking how they are. A
//! backend that cannot be reached keeps its last known schema, so that its addresses, views and
//! history stay.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use kontor_connect::{Failure, FailureKind, Location, Opening};
use kontor_model::{BackendName, Schema};
use kontor_store::Json;
use kontor_store::snapshots::{self, Snapshot};
use tokio::time::Instant;

use crate::Office;
use crate::actor::{Actor, Permit, Read, Right};
use crate::backend::{Backend, Condition, read, write};
use crate::error::OfficeError;
use crate::manifest::{Manifest, PasswordSource};

/// All backends by name.
#[derive(Default)]
pub(crate) struct Registry {
    backends: RwLock<BTreeMap<BackendName, Arc<Backend>>>,
    /// Manifests that could not be read, as messages.
    errors: RwLock<Vec<String>>,
}

/// Why the memory of a Kontor is no backend.
pub(crate) const A_STORE: &str = "this is the memory of a Kontor; whoever may change its records could give themselves any right";

/// Whether a schema is that of a Kontor's own store.
pub(crate) fn is_a_store(schema: &Schema) -> bool {
    let has = |name: &str| schema.resources.iter().any(|resource| resource.table == name);
    has("kontor_user") && has("kontor_audit_head")
}

impl Office {
    /// Reads all manifests and the types of cases, puts the last known schemas in force, and asks the
    /// backends in the background. Returns what is wrong with the files; the others work.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn open_backends(self: &Arc<Self>) -> Result<Vec<String>, OfficeError> {
        let (manifests, problems) = crate::manifest::load_folder(&self.manifests);
        let mut errors: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let case_errors = self.read_cases();
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
        errors.extend(case_errors);
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
        let backend = Arc::new(Backend::new(manifest, connection, Arc::clone(&self.clock)));
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
        let now = Arc::new(backend.relaid(manifest));
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
            service: manifest.service(),
        })
    }

    /// Reads a backend's schema, remembers it where it changed, and settles what an earlier run
    /// left open. Failures are the backend's condition from then on.
    pub(crate) async fn refresh(self: &Arc<Self>, backend: &Arc<Backend>) {
        match backend.introspect().await {
            Ok(schema) if is_a_store(&schema) => {
                let failure = Failure::new(FailureKind::Invalid, A_STORE);
                tracing::error!(backend = %backend.name, %failure, "a backend is not put in force");
                backend.withdraw(failure);
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
        let schema = restricted(schema, &backend.manifest().schemas);
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

    /// Asks every backend now and then how it is; those that were down are read again, and the
    /// others when their schema was last read longer ago than `schemas`.
    pub async fn watch_backends(self: Arc<Self>, every: Duration, schemas: Duration) {
        let mut read_at: BTreeMap<BackendName, Instant> = BTreeMap::new();
        loop {
            tokio::time::sleep(every).await;
            let backends: Vec<Arc<Backend>> =
                read(&self.registry.backends).values().cloned().collect();
            let now = Instant::now();
            read_at.retain(|name, _| backends.iter().any(|backend| backend.name == *name));
            let is_due = |backend: &Backend| {
                read_at.get(&backend.name).is_some_and(|at| now.duration_since(*at) >= schemas)
            };
            let checks = backends.iter().map(|backend| async {
                let was_down = !matches!(backend.health().condition, Condition::Ready);
                let is_due = is_due(backend);
                if backend.ping().await.is_err() {
                    return None;
                }
                if was_down || is_due {
                    self.refresh(backend).await;
                    return Some(backend.name.clone());
                }
                if !self.left_open.is_empty()
                    && let Err(error) = self.settle(&backend.name).await
                {
                    tracing::error!(backend = %backend.name, %error, "open changes could not be settled");
                }
                None
            });
            let refreshed = futures_util::future::join_all(checks).await;
            for name in refreshed.into_iter().flatten() {
                read_at.insert(name, now);
            }
            for backend in &backends {
                read_at.entry(backend.name.clone()).or_insert(now);
            }
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
