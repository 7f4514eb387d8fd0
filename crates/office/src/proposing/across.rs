//! Proposals about links between backends, from the first comparison to the decision. What was
//! found stays in memory, with its examples; what was decided is remembered in the store.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use kontor_model::BackendName;
use kontor_store::Micros;
use kontor_store::verdicts::Verdict;
use sha2::Digest as _;

use super::{ID_LENGTH, on_file};
use crate::Office;
use crate::actor::{Actor, Manage, Permit, Read};
use crate::backend::Backend;
use crate::catalog::Catalog;
use crate::error::OfficeError;
use crate::manifest::{Edit, Manifest, ManifestLink};
use crate::proposals::{AcrossReport, Cost, FarProposal, Side, propose_across};

/// The kind of these proposals in the store and in the audit.
const KIND: &str = "far_link";

/// What was found by comparing backends.
#[derive(Default)]
pub(crate) struct Across {
    found: Mutex<Found>,
    /// One comparison at a time.
    looking: tokio::sync::Mutex<()>,
}

#[derive(Default, Clone)]
struct Found {
    at: Option<Micros>,
    proposals: Vec<FarProposal>,
    costs: Vec<(BackendName, Cost)>,
}

/// What is proposed about links between backends and not decided yet.
#[derive(Debug, Clone, Default)]
pub struct FarProposals {
    /// When the backends were compared; none before the first time.
    pub at: Option<Micros>,
    /// The proposals by their ids: by the backend that refers, the surest first.
    pub open: Vec<(String, FarProposal)>,
    /// What the comparison cost each backend.
    pub costs: Vec<(BackendName, Cost)>,
}

/// The id of a proposal: the same whenever it is found.
#[must_use]
pub fn far_proposal_id(proposal: &FarProposal) -> String {
    let subject = format!("{}: {}", proposal.from, proposal.subject());
    let digest = sha2::Sha256::digest(subject.as_bytes());
    kontor_model::value::hex(&digest).chars().take(ID_LENGTH).collect()
}

impl Across {
    fn found<T>(&self, work: impl FnOnce(&mut Found) -> T) -> T {
        work(&mut self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Office {
    /// Compares all backends that somebody may read, each within its budget.
    ///
    /// # Errors
    /// [`OfficeError::Denied`] unless the person manages one of them.
    pub async fn compare_backends(&self, actor: &Arc<Actor>) -> Result<(), OfficeError> {
        let permits = self.readable(actor);
        if !permits.iter().any(Permit::has::<Manage>) {
            actor.administrator()?;
        }
        let _turn = self.across.looking.lock().await;
        let backends = permits.into_iter().map(|permit| permit.backend);
        let read: Vec<(Arc<Backend>, Arc<Catalog>)> = backends
            .filter_map(|backend| backend.catalog().ok().map(|catalog| (backend, catalog)))
            .collect();
        let report = self.compared(&read).await;
        let names: HashSet<&BackendName> = read.iter().map(|(backend, _)| &backend.name).collect();
        let at = self.clock.micros();
        self.across.found(|found| {
            // What others found between backends that this person may not read stays.
            found.proposals.retain(|known| {
                let far = known.link.backend.as_ref();
                !(names.contains(&known.from) && far.is_some_and(|far| names.contains(far)))
            });
            found.proposals.extend(report.proposals);
            found.costs = report.costs;
            found.at = Some(at);
        });
        Ok(())
    }

    async fn compared(&self, read: &[(Arc<Backend>, Arc<Catalog>)]) -> AcrossReport {
        let samplers: Vec<_> =
            read.iter().map(|(backend, catalog)| backend.sampler(&catalog.schema)).collect();
        let visible: Vec<_> = read
            .iter()
            .map(|(_, catalog)| {
                move |resource: usize, field: usize| {
                    catalog.faces[resource].fields[field].is_visible()
                }
            })
            .collect();
        let sides: Vec<Side<'_>> = read
            .iter()
            .zip(samplers.iter().zip(&visible))
            .map(|((backend, catalog), (sampler, is_visible))| Side {
                name: &backend.name,
                schema: &catalog.schema,
                sampler,
                is_visible,
            })
            .collect();
        let report = Box::pin(propose_across(&sides, self.key.sketch_key())).await;
        tracing::info!(
            backends = sides.len(),
            proposals = report.proposals.len(),
            "compared backends"
        );
        report
    }

    /// Compares the backends of all manifests, for whoever has the command line: what is proposed
    /// and not decided yet, and which backends could not be read.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn compare_for_operator(&self) -> Result<(AcrossReport, Vec<String>), OfficeError> {
        let (manifests, refused) = crate::manifest::load_folder(&self.manifests);
        let mut unread: Vec<String> = refused.iter().map(ToString::to_string).collect();
        let mut read = Vec::new();
        for manifest in manifests {
            match self.opened_for_a_look(manifest).await {
                Ok(opened) => read.push(opened),
                Err(problem) => unread.push(problem),
            }
        }
        let mut report = self.compared(&read).await;
        for (backend, _) in &read {
            let decided = self.decided(&backend.name).await?;
            report.proposals.retain(|proposal| {
                proposal.from != backend.name
                    || (!decided.contains(&(KIND.to_owned(), proposal.subject()))
                        && is_news(backend.manifest(), &proposal.link))
            });
            backend.close().await;
        }
        Ok((report, unread))
    }

    async fn opened_for_a_look(
        &self,
        manifest: Manifest,
    ) -> Result<(Arc<Backend>, Arc<Catalog>), String> {
        let opening = self.opening(&manifest).map_err(|error| error.to_string())?;
        let connection = kontor_connect::open(opening);
        let backend = Arc::new(Backend::new(manifest, connection, Arc::clone(&self.clock)));
        match backend.introspect().await {
            Ok(schema) => {
                let catalog = backend.put_schema(schema);
                Ok((backend, catalog))
            }
            Err(failure) => Err(format!("{}: {failure}", backend.name)),
        }
    }

    /// The proposals that somebody may decide: who manages the backend that refers and may read the
    /// other. Nobody else sees their evidence, which has examples.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn far_proposals(&self, actor: &Arc<Actor>) -> Result<FarProposals, OfficeError> {
        let found = self.across.found(|found| found.clone());
        let mut open = Vec::new();
        let mut decided: BTreeMap<BackendName, HashSet<(String, String)>> = BTreeMap::new();
        for proposal in found.proposals {
            let Ok(permit) = self.permit::<Manage>(actor, &proposal.from) else { continue };
            let far = proposal.link.backend.as_ref();
            if far.is_none_or(|far| self.permit::<Read>(actor, far).is_err()) {
                continue;
            }
            if !decided.contains_key(&proposal.from) {
                let known = self.decided(&proposal.from).await?;
                decided.insert(proposal.from.clone(), known);
            }
            let subject = (KIND.to_owned(), proposal.subject());
            let is_decided = decided.get(&proposal.from).is_some_and(|all| all.contains(&subject));
            if !is_decided && is_news(permit.backend.manifest(), &proposal.link) {
                open.push((far_proposal_id(&proposal), proposal));
            }
        }
        let readable = |(name, _): &(BackendName, Cost)| actor.role(name).is_some();
        let costs = found.costs.into_iter().filter(readable).collect();
        Ok(FarProposals { at: found.at, open, costs })
    }

    /// Writes proposals into the manifests of the backends that refer and puts these in force;
    /// gives how many there were.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] for one that is not open any more; [`OfficeError::Manifest`] when
    /// a file cannot be written. Nothing more is decided then.
    pub async fn accept_far(
        self: &Arc<Self>,
        actor: &Arc<Actor>,
        ids: &[String],
    ) -> Result<usize, OfficeError> {
        let mut by_backend: BTreeMap<BackendName, Vec<FarProposal>> = BTreeMap::new();
        for proposal in self.chosen_far(actor, ids).await? {
            by_backend.entry(proposal.from.clone()).or_default().push(proposal);
        }
        let mut count = 0;
        for (name, chosen) in by_backend {
            let permit: Permit<Manage> = self.permit(actor, &name)?;
            self.accept_into(&permit, &chosen).await?;
            count += chosen.len();
        }
        Ok(count)
    }

    async fn accept_into(
        self: &Arc<Self>,
        permit: &Permit<Manage>,
        chosen: &[FarProposal],
    ) -> Result<(), OfficeError> {
        let editing = self.proposing.editing(&permit.backend.name);
        let _turn = editing.lock().await;
        let backend = self.backend(&permit.backend.name)?;
        let (name, file) = (backend.name.clone(), backend.manifest().file.clone());
        let links = named(backend.manifest(), chosen);
        let edit = on_file(move || {
            let mut edit = Edit::open(name, file)?;
            links.iter().try_for_each(|link| edit.add_link(link))?;
            Ok(edit)
        })
        .await?;
        let subjects: Vec<String> = chosen.iter().map(FarProposal::subject).collect();
        let body = serde_json::json!({ "accepted": subjects });
        self.note_backend("manifest.changed", &permit.actor, &backend.name, &body).await?;
        let manifest = match on_file(move || edit.save()).await {
            Ok(manifest) => manifest,
            Err(error) => {
                let body = serde_json::json!({ "problem": error.to_string() });
                self.note_backend("manifest.failed", &permit.actor, &backend.name, &body).await?;
                return Err(error);
            }
        };
        let decided = subjects.into_iter().map(|subject| (KIND.to_owned(), subject));
        self.remember(&permit.actor, &backend.name, decided, Verdict::Accepted).await?;
        self.put_manifest(&backend, manifest).await
    }

    /// Remembers that proposals are wrong; gives how many there were.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] for one that is not open any more.
    pub async fn reject_far(
        &self,
        actor: &Arc<Actor>,
        ids: &[String],
    ) -> Result<usize, OfficeError> {
        let chosen = self.chosen_far(actor, ids).await?;
        for proposal in &chosen {
            let subject = proposal.subject();
            let body = serde_json::json!({ "rejected": [&subject] });
            self.note_backend("proposal.rejected", actor, &proposal.from, &body).await?;
            let decided = std::iter::once((KIND.to_owned(), subject));
            self.remember(actor, &proposal.from, decided, Verdict::Rejected).await?;
        }
        Ok(chosen.len())
    }

    async fn chosen_far(
        &self,
        actor: &Arc<Actor>,
        ids: &[String],
    ) -> Result<Vec<FarProposal>, OfficeError> {
        let open = self.far_proposals(actor).await?.open;
        let wanted: HashSet<&String> = ids.iter().collect();
        if let Some(id) = wanted.iter().find(|id| !open.iter().any(|(other, _)| other == **id)) {
            return Err(OfficeError::Unknown { what: "proposal", name: (*id).clone() });
        }
        let chosen = open.into_iter().filter(|(id, _)| wanted.contains(id));
        Ok(chosen.map(|(_, proposal)| proposal).collect())
    }
}

/// Whether a manifest does not say yet that these fields refer to that backend.
fn is_news(manifest: &Manifest, link: &ManifestLink) -> bool {
    let says = |known: &ManifestLink| {
        known.from == link.from && known.fields == link.fields && known.backend == link.backend
    };
    !manifest.links.iter().any(says)
}

/// The links under names that are free in their manifest.
fn named(manifest: &Manifest, chosen: &[FarProposal]) -> Vec<ManifestLink> {
    let mut links: Vec<ManifestLink> = Vec::new();
    for proposal in chosen {
        let link = &proposal.link;
        let plain = link.name.clone();
        let far = link.backend.as_ref().map(|backend| format!("{plain}_{backend}"));
        let numbered = (2..).map(|n| format!("{plain}_{n}"));
        let is_free = |name: &String| {
            !manifest.links.iter().chain(&links).any(|l| l.from == link.from && l.name == *name)
        };
        let mut names = std::iter::once(plain.clone()).chain(far).chain(numbered);
        let name = names.find(is_free).unwrap_or_else(|| plain.clone());
        links.push(ManifestLink { name, ..link.clone() });
    }
    links
}
