//! The search index of the office: which records are in it, how they come and stay there, and how
//! far that is.
//!
//! Each backend is read by one task, one page at a time, with pauses: never more than one of its
//! connections, and never all of the time. How far it came is written with the documents, so that
//! it goes on after a restart. What the index holds is never shown without asking the backend
//! again; see `answering`.

mod answering;
mod filling;
mod progress;
mod reading;
mod recipe;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use kontor_model::BackendName;
use kontor_search::{Hit, Index, IndexError, Place};
use kontor_store::Micros;
use tokio::sync::Semaphore;
use tokio::task::{self, JoinSet};

pub(crate) use answering::Indexed;
use filling::Filling;
use progress::Progress;
use reading::Reading;
use recipe::Recipe;

use crate::Office;
use crate::actor::{Permit, Read};
use crate::backend::{Backend, Condition};
use crate::error::OfficeError;
use crate::manifest::Label;

/// How the index is filled.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often it is looked whether something is to be done.
    pub look: Duration,
    /// The least pause after a page; it is at least as long as the page took.
    pub pause: Duration,
    /// How often changed records are read where a field says when they changed.
    pub changes: Duration,
    /// How often all records are read again where nothing says what changed.
    pub scan: Duration,
    /// How often all records are read again where a field says what changed: only that tells what
    /// was removed.
    pub sweep: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(5),
            pause: Duration::from_millis(20),
            changes: Duration::from_secs(15),
            scan: Duration::from_secs(5 * 60),
            sweep: Duration::from_secs(60 * 60),
        }
    }
}

/// How far a resource is indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedResource {
    /// The resource.
    pub resource: kontor_model::ResourceName,
    /// Its title.
    pub title: Label,
    /// How many records are in the index.
    pub records: u64,
    /// Whether all records have been read once: before, the backend itself is searched.
    pub is_whole: bool,
    /// How many records were read, where all are being read.
    pub reading: Option<u64>,
    /// What happened in the backend until then is known.
    pub fresh: Option<Micros>,
    /// Why it cannot be read at the moment.
    pub problem: Option<String>,
}

/// Questions to the index at once; who types on is not waited for.
const QUESTIONS: usize = 4;

/// The index and what is known of each resource in it.
pub(crate) struct Indexing {
    index: OnceLock<Arc<Index>>,
    places: Mutex<BTreeMap<Place, Known>>,
    questions: Arc<Semaphore>,
}

impl Default for Indexing {
    fn default() -> Self {
        Self {
            index: OnceLock::new(),
            places: Mutex::default(),
            questions: Arc::new(Semaphore::new(QUESTIONS)),
        }
    }
}

/// What is known of a resource in the index.
#[derive(Debug, Clone, Default)]
struct Known {
    recipe: String,
    progress: Progress,
    records: u64,
    problem: Option<String>,
    /// When changed records were read last, also when there were none.
    looked: Option<tokio::time::Instant>,
    /// Held while records are read and written: what is read later must not be overwritten by what
    /// was read before.
    filling: Arc<tokio::sync::Mutex<()>>,
}

impl Indexing {
    fn index(&self) -> Option<Arc<Index>> {
        self.index.get().cloned()
    }

    fn places(&self) -> MutexGuard<'_, BTreeMap<Place, Known>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, place: &Place) -> Option<Known> {
        self.places().get(place).cloned()
    }

    fn change(&self, place: &Place, how: impl FnOnce(&mut Known)) {
        how(self.places().entry(place.clone()).or_default());
    }

    /// Until when a record is known to be as it was read: no change was found since.
    fn as_of(&self, hit: &Hit) -> Micros {
        let fresh = self.known(&hit.place).and_then(|known| known.progress.fresh);
        fresh.map_or(hit.read_at, |fresh| fresh.max(hit.read_at))
    }

    /// Whether all records of a resource are in the index, as the recipe says now.
    fn is_whole(&self, recipe: &Recipe) -> bool {
        self.places().get(&recipe.place).is_some_and(|known| {
            known.recipe == recipe.fingerprint && known.progress.whole.is_some()
        })
    }
}

/// Works with the index where it may block.
async fn blocking<T: Send + 'static>(
    index: &Arc<Index>,
    work: impl FnOnce(&Index) -> Result<T, IndexError> + Send + 'static,
) -> Result<T, OfficeError> {
    let index = Arc::clone(index);
    let done = task::spawn_blocking(move || work(&index)).await;
    let done = done.map_err(|error| OfficeError::Fault(format!("the index: {error}")))?;
    done.map_err(|error| OfficeError::Fault(error.to_string()))
}

impl Office {
    /// Opens the search index of a folder; without it, every search asks the backends. What the
    /// index cannot do is no reason not to open the office.
    ///
    /// # Errors
    /// [`OfficeError::Fault`] when the folder cannot be written.
    pub async fn open_index(&self, folder: &Path) -> Result<(), OfficeError> {
        let folder = folder.to_owned();
        let opened = task::spawn_blocking(move || {
            let index = Index::open(&folder)?;
            let mut known = BTreeMap::new();
            for state in index.places()? {
                let progress = Progress::parse(state.progress.as_deref());
                let records = index.count(&state.place)?;
                let recipe = state.recipe;
                known.insert(state.place, Known { recipe, progress, records, ..Known::default() });
            }
            Ok::<_, IndexError>((index, known))
        });
        let opened = opened.await.map_err(|error| OfficeError::Fault(error.to_string()))?;
        let (index, known) = opened.map_err(|error| OfficeError::Fault(error.to_string()))?;
        *self.indexing.places() = known;
        drop(self.indexing.index.set(Arc::new(index)));
        Ok(())
    }

    /// Fills the index and keeps it fresh, until it is dropped. Each backend is read by a task of
    /// its own, so that a slow one keeps nobody waiting.
    pub async fn keep_index(self: Arc<Self>, pace: Pace) {
        let Some(index) = self.indexing.index() else { return };
        if let Err(error) = blocking(&index, Index::warm).await {
            tracing::warn!(%error, "the words of the search index could not be read");
        }
        let mut at_work: JoinSet<()> = JoinSet::new();
        let mut tasks: HashMap<BackendName, task::Id> = HashMap::new();
        loop {
            while let Some(ended) = at_work.try_join_next_with_id() {
                let id = ended.as_ref().map_or_else(task::JoinError::id, |(id, ())| *id);
                tasks.retain(|_, other| *other != id);
                if let Err(error) = ended {
                    tracing::error!(%error, "filling the search index was cut off");
                }
            }
            for backend in self.all_backends() {
                if let Entry::Vacant(free) = tasks.entry(backend.name.clone()) {
                    let (office, index) = (Arc::clone(&self), Arc::clone(&index));
                    let work = async move { office.index_backend(&index, &backend, pace).await };
                    free.insert(at_work.spawn(work).id());
                }
            }
            self.forget_strangers(&index).await;
            tokio::time::sleep(pace.look).await;
        }
    }

    /// Does what is due for a backend.
    async fn index_backend(&self, index: &Arc<Index>, backend: &Arc<Backend>, pace: Pace) {
        let Ok(catalog) = backend.catalog() else { return };
        let recipes = Recipe::all(&backend.name, &catalog);
        self.forget_others(index, &backend.name, &recipes).await;
        for recipe in recipes {
            if matches!(backend.health().condition, Condition::Down { .. }) {
                return;
            }
            let reading = Reading::new(backend, &catalog, &recipe);
            let brought = Filling::new(self, index, reading, pace).bring_up().await;
            let problem = brought.err().map(|error| {
                let (resource, error) = (&recipe.place.resource, error.to_string());
                tracing::warn!(backend = %backend.name, %resource, error, "could not be indexed");
                error
            });
            self.indexing.change(&recipe.place, |known| known.problem = problem);
        }
    }

    /// Removes what is indexed of resources of a backend that are not to be any more.
    async fn forget_others(&self, index: &Arc<Index>, backend: &BackendName, recipes: &[Recipe]) {
        let others: Vec<Place> = self
            .indexing
            .places()
            .keys()
            .filter(|place| place.backend == *backend)
            .filter(|place| recipes.iter().all(|recipe| recipe.place != **place))
            .cloned()
            .collect();
        self.forget(index, others).await;
    }

    /// Removes what is indexed of backends that are registered no more.
    async fn forget_strangers(&self, index: &Arc<Index>) {
        let registered: Vec<BackendName> =
            self.all_backends().iter().map(|backend| backend.name.clone()).collect();
        // A manifest that cannot be read for the moment does not end its backend.
        if registered.is_empty() || !self.manifest_errors().is_empty() {
            return;
        }
        let known: Vec<Place> = self.indexing.places().keys().cloned().collect();
        let is_stranger = |place: &Place| !registered.contains(&place.backend);
        self.forget(index, known.into_iter().filter(is_stranger).collect()).await;
    }

    async fn forget(&self, index: &Arc<Index>, places: Vec<Place>) {
        for place in places {
            self.indexing.places().remove(&place);
            let gone = place.clone();
            if let Err(error) = blocking(index, move |index| index.forget(&gone)).await {
                tracing::warn!(backend = %place.backend, resource = %place.resource, %error, "could not be removed from the search index");
            }
        }
    }

    /// How far the resources of a backend are indexed, the most important first; nothing where
    /// there is no index.
    #[must_use]
    pub fn indexed(&self, permit: &Permit<Read>) -> Vec<IndexedResource> {
        let Ok(catalog) = permit.backend.catalog() else { return Vec::new() };
        if self.indexing.index().is_none() {
            return Vec::new();
        }
        let recipes = Recipe::all(&permit.backend.name, &catalog).into_iter();
        recipes
            .map(|recipe| {
                let known = self.indexing.known(&recipe.place).unwrap_or_default();
                let is_current = known.recipe == recipe.fingerprint;
                let progress = if is_current { known.progress } else { Progress::default() };
                IndexedResource {
                    title: catalog.faces[recipe.face].title.clone(),
                    resource: recipe.place.resource,
                    records: if is_current { known.records } else { 0 },
                    is_whole: progress.whole.is_some(),
                    reading: progress.is_scanning.then_some(progress.read),
                    fresh: progress.fresh,
                    problem: known.problem,
                }
            })
            .collect()
    }
}
