//! Proposals about backends, from the first look at their samples to the decision. What is found
//! is kept in memory with the moment it was found; what was decided is remembered in the store, so
//! that nobody is asked twice. An accepted proposal goes to the manifest and is in force at once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use kontor_model::BackendName;
use kontor_store::Micros;
use kontor_store::verdicts::{self, Decision, Verdict};
use sha2::Digest as _;

use crate::Office;
use crate::actor::{Actor, Manage, Permit};
use crate::backend::Backend;
use crate::catalog::Catalog;
use crate::drift;
use crate::error::OfficeError;
use crate::manifest::{Edit, Manifest, WriteError};
use crate::proposals::{self, Cost, Proposal};

pub(crate) mod across;
mod writing;

/// Characters of a proposal's id.
const ID_LENGTH: usize = 24;

/// What was found about all backends.
#[derive(Default)]
pub(crate) struct Proposing {
    found: Mutex<HashMap<BackendName, Found>>,
    /// One look at a time: samples are nobody's hurry.
    looking: tokio::sync::Mutex<()>,
    /// One edit of a manifest at a time.
    editing: Mutex<HashMap<BackendName, Arc<tokio::sync::Mutex<()>>>>,
}

#[derive(Clone)]
struct Found {
    at: Micros,
    /// Of the schema in which it was found.
    fingerprint: String,
    proposals: Vec<Proposal>,
    cost: Cost,
}

/// What is proposed about a backend and not decided yet.
#[derive(Debug, Clone, Default)]
pub struct Proposals {
    /// When the backend was looked at; none before the first time.
    pub at: Option<Micros>,
    /// The proposals by their ids: by kind, then by resource, the surest first.
    pub open: Vec<(String, Proposal)>,
    /// What the look cost the backend.
    pub cost: Cost,
}

/// The id of a proposal: the same whenever it is found.
#[must_use]
pub fn proposal_id(proposal: &Proposal) -> String {
    let digest = sha2::Sha256::digest(proposal.subject.as_bytes());
    kontor_model::value::hex(&digest).chars().take(ID_LENGTH).collect()
}

impl Proposing {
    fn found<T>(&self, work: impl FnOnce(&mut HashMap<BackendName, Found>) -> T) -> T {
        work(&mut self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn editing(&self, backend: &BackendName) -> Arc<tokio::sync::Mutex<()>> {
        let mut editing = self.editing.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(editing.entry(backend.clone()).or_default())
    }
}

impl Office {
    /// What is proposed about a backend and not decided yet.
    ///
    /// # Errors
    /// [`OfficeError::Store`]; [`OfficeError::NotReady`] when its schema was never read.
    pub async fn proposals(&self, permit: &Permit<Manage>) -> Result<Proposals, OfficeError> {
        let Some(found) = self.proposing.found(|all| all.get(&permit.backend.name).cloned()) else {
            return Ok(Proposals::default());
        };
        let decided = self.decided(&permit.backend.name).await?;
        let catalog = permit.backend.catalog()?;
        let is_open = |proposal: &Proposal| {
            !decided.contains(&(proposal.kind.word().to_owned(), proposal.subject.clone()))
                && writing::is_news(permit.backend.manifest(), &catalog, &proposal.edit)
        };
        let open = found.proposals.into_iter().filter(is_open);
        Ok(Proposals {
            at: Some(found.at),
            open: open.map(|proposal| (proposal_id(&proposal), proposal)).collect(),
            cost: found.cost,
        })
    }

    async fn decided(
        &self,
        backend: &BackendName,
    ) -> Result<HashSet<(String, String)>, OfficeError> {
        let decisions = verdicts::of_backend(&mut self.store.read(), backend.as_str()).await?;
        Ok(decisions.into_iter().map(|decision| (decision.kind, decision.subject)).collect())
    }

    /// Looks for proposals about a backend now, within its budget.
    ///
    /// # Errors
    /// [`OfficeError::NotReady`] when its schema was never read.
    pub async fn look_for_proposals(&self, permit: &Permit<Manage>) -> Result<(), OfficeError> {
        let catalog = permit.backend.catalog()?;
        self.find_proposals(&permit.backend, &catalog).await;
        Ok(())
    }

    /// Looks for proposals unless the backend was looked at with the same schema before.
    pub(crate) async fn look_once(&self, backend: &Arc<Backend>) {
        let Ok(catalog) = backend.catalog() else { return };
        let fingerprint = drift::fingerprint(&catalog.schema);
        let is_known = self.proposing.found(|all| {
            all.get(&backend.name).is_some_and(|found| found.fingerprint == fingerprint)
        });
        if !is_known {
            self.find_proposals(backend, &catalog).await;
        }
    }

    async fn find_proposals(&self, backend: &Backend, catalog: &Catalog) {
        let _turn = self.proposing.looking.lock().await;
        let report = {
            let sampler = backend.sampler(&catalog.schema);
            Box::pin(proposals::propose(&catalog.schema, &sampler)).await
        };
        tracing::info!(backend = %backend.name, proposals = report.proposals.len(), statements = report.cost.statements, "looked for proposals");
        let found = Found {
            at: self.clock.micros(),
            fingerprint: drift::fingerprint(&catalog.schema),
            proposals: report.proposals,
            cost: report.cost,
        };
        self.proposing.found(|all| all.insert(backend.name.clone(), found));
    }

    /// Writes proposals into the manifest and puts it in force; gives how many there were.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] for one that is not open any more; [`OfficeError::Manifest`] when
    /// the file cannot be written. Nothing is decided then.
    pub async fn accept(
        self: &Arc<Self>,
        permit: &Permit<Manage>,
        ids: &[String],
    ) -> Result<usize, OfficeError> {
        let editing = self.proposing.editing(&permit.backend.name);
        let _turn = editing.lock().await;
        let chosen = self.chosen(permit, ids).await?;
        if chosen.is_empty() {
            return Ok(0);
        }
        let backend = self.backend(&permit.backend.name)?;
        let edits: Vec<_> = chosen
            .iter()
            .map(|proposal| writing::named(backend.manifest(), proposal.edit.clone()))
            .collect();
        let (name, file) = (backend.name.clone(), backend.manifest().file.clone());
        let edit = on_file(move || {
            let mut edit = Edit::open(name, file)?;
            edits.iter().try_for_each(|wanted| writing::write(&mut edit, wanted))?;
            Ok(edit)
        })
        .await?;
        let body = serde_json::json!({ "accepted": subjects(&chosen) });
        self.note_backend("manifest.changed", &permit.actor, &backend.name, &body).await?;
        let manifest = match on_file(move || edit.save()).await {
            Ok(manifest) => manifest,
            Err(error) => {
                let body = serde_json::json!({ "problem": error.to_string() });
                self.note_backend("manifest.failed", &permit.actor, &backend.name, &body).await?;
                return Err(error);
            }
        };
        let decided = of(&chosen);
        self.remember(&permit.actor, &backend.name, decided, Verdict::Accepted).await?;
        self.put_manifest(&backend, manifest).await?;
        Ok(chosen.len())
    }

    /// Remembers that proposals are wrong; gives how many there were.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] for one that is not open any more.
    pub async fn reject(
        &self,
        permit: &Permit<Manage>,
        ids: &[String],
    ) -> Result<usize, OfficeError> {
        let chosen = self.chosen(permit, ids).await?;
        if chosen.is_empty() {
            return Ok(0);
        }
        let backend = &permit.backend.name;
        let body = serde_json::json!({ "rejected": subjects(&chosen) });
        self.note_backend("proposal.rejected", &permit.actor, backend, &body).await?;
        self.remember(&permit.actor, backend, of(&chosen), Verdict::Rejected).await?;
        Ok(chosen.len())
    }

    async fn chosen(
        &self,
        permit: &Permit<Manage>,
        ids: &[String],
    ) -> Result<Vec<Proposal>, OfficeError> {
        let open = self.proposals(permit).await?.open;
        let wanted: HashSet<&String> = ids.iter().collect();
        let gone = wanted.iter().find(|id| !open.iter().any(|(other, _)| other == **id));
        if let Some(id) = gone {
            return Err(OfficeError::Unknown { what: "proposal", name: (*id).clone() });
        }
        let chosen = open.into_iter().filter(|(id, _)| wanted.contains(id));
        Ok(chosen.map(|(_, proposal)| proposal).collect())
    }

    async fn remember(
        &self,
        actor: &Actor,
        backend: &BackendName,
        decided: impl Iterator<Item = (String, String)>,
        verdict: Verdict,
    ) -> Result<(), OfficeError> {
        let at = self.clock.micros();
        let decisions: Vec<Decision> = decided
            .map(|(kind, subject)| Decision {
                backend: backend.to_string(),
                kind,
                subject,
                verdict,
                who: actor.user.name.clone(),
                at,
            })
            .collect();
        self.store
            .transaction(async |mut tx| {
                for decision in &decisions {
                    verdicts::remember(&mut tx, decision).await?;
                }
                Ok::<_, OfficeError>(())
            })
            .await
    }
}

/// Kinds and subjects of proposals.
fn of(chosen: &[Proposal]) -> impl Iterator<Item = (String, String)> {
    chosen.iter().map(|proposal| (proposal.kind.word().to_owned(), proposal.subject.clone()))
}

fn subjects(chosen: &[Proposal]) -> Vec<&str> {
    chosen.iter().map(|proposal| proposal.subject.as_str()).collect()
}

/// Files are read and written beside the tasks that answer requests.
async fn on_file<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, WriteError> + Send + 'static,
) -> Result<T, OfficeError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| OfficeError::Fault(format!("an edit of a manifest was cut off: {error}")))?
        .map_err(|error| OfficeError::Manifest(error.to_string()))
}

impl Office {
    /// Puts an edited manifest in force. The connection stays unless the manifest says something
    /// else about it than before.
    async fn put_manifest(
        self: &Arc<Self>,
        backend: &Arc<Backend>,
        manifest: Manifest,
    ) -> Result<(), OfficeError> {
        if writing::reaches_alike(backend.manifest(), &manifest) {
            self.relay(backend, manifest).await
        } else {
            let backend = self.add(manifest).await?;
            self.refresh(&backend).await;
            Ok(())
        }
    }
}
