//! Import: a file becomes a change of records that are there and of new ones. It is read, its
//! columns are brought to fields, and a dry run says of each row what it would do; what was shown
//! is what is applied, on the one way on which everything is written.

mod applying;
mod checking;
mod delimited;
mod lines;
mod mapping;
mod meaning;
mod refused;
mod sheet;
mod spelling;
mod table;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kontor_model::{BackendName, ResourceName};
use kontor_store::Micros;
use tokio::sync::watch;

use crate::actor::{Edit, Permit};
use crate::catalog::{Catalog, Face};
use crate::error::{OfficeError, ReadOnlyReason};
use crate::{Office, random};
use checking::Checking;
use table::Table;

pub use applying::{ImportFailed, ImportProgress};
pub use checking::{Changed, CheckedRow, ImportCheck, RefusedRow, RowProblem};
pub use mapping::{
    ImportChoice, ImportColumn, ImportField, ImportMapping, ImportMode, ImportOffer, LeftOut,
};
pub use spelling::Spelling;
pub use table::{FileKind, FileProblem, MOST_BYTES as MOST_IMPORTED_BYTES};

/// An import that nobody touches is kept for half an hour.
const VALID: Micros = 30 * 60 * 1_000_000;
/// Imports of one person that are kept at once.
const MOST_OF_ONE: usize = 3;
/// Imports kept at once, of all people together.
const MOST_KEPT: usize = 24;

/// Why a file is not imported, or not in the way that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportProblem {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// Two columns go to one field.
    #[error("two columns go to “{0}”")]
    Twice(String),
    /// Rows are to find their records by a field to which no column goes.
    #[error("no column goes to “{0}”, by which records are to be found")]
    NotMapped(String),
    /// Records are to be changed, and nothing says how they are found.
    #[error("nothing says by which fields the records are found")]
    NoMatch,
    /// It is being applied, or was.
    #[error("it has been applied already, or is being looked at still")]
    NotReady,
}

/// How far an import has come.
#[derive(Debug, Clone)]
pub enum ImportStage {
    /// Its rows are being looked at.
    Checking {
        /// Rows that were looked at.
        checked: usize,
    },
    /// It was looked at, and waits.
    Checked(Arc<ImportCheck>),
    /// Looking at it ended early, and why; nothing where somebody ended it.
    Ended(Option<Arc<OfficeError>>),
    /// It is being written, or has been.
    Applied(ImportProgress),
}

/// An import.
#[derive(Debug, Clone)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// What the file is.
    pub kind: FileKind,
    /// Rows of the file.
    pub rows: usize,
    /// Where its columns go.
    pub mapping: ImportMapping,
    /// What could be chosen instead.
    pub offer: ImportOffer,
    /// How far it has come.
    pub stage: ImportStage,
}

/// The imports that are under way.
#[derive(Default)]
pub(crate) struct Imports(Mutex<HashMap<String, Kept>>);

struct Kept {
    user: String,
    touched: Micros,
    backend: BackendName,
    resource: ResourceName,
    name: String,
    table: Arc<Table>,
    mapping: ImportMapping,
    stage: ImportStage,
    /// Ends what is under way. Another run gets another one.
    stop: Arc<AtomicBool>,
    /// Moves whenever the stage does.
    moved: watch::Sender<()>,
}

impl Kept {
    fn is_at_work(&self) -> bool {
        match &self.stage {
            ImportStage::Checking { .. } => true,
            ImportStage::Applied(progress) => !progress.is_done,
            ImportStage::Checked(_) | ImportStage::Ended(_) => false,
        }
    }
}

impl Imports {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, Kept>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Makes room for one more: what is old goes, then the oldest of the person, then the oldest of all.
/// What is being written stays.
fn make_room(all: &mut HashMap<String, Kept>, user: &str, now: Micros) {
    all.retain(|_, kept| kept.is_at_work() || now - kept.touched < VALID);
    let end_oldest = |all: &mut HashMap<String, Kept>, of: &dyn Fn(&Kept) -> bool, most: usize| {
        while all.values().filter(|kept| of(kept)).count() >= most {
            let is_free =
                |kept: &&Kept| !matches!(&kept.stage, ImportStage::Applied(p) if !p.is_done);
            let candidates = all.iter().filter(|(_, kept)| of(kept) && is_free(kept));
            let oldest = candidates.min_by_key(|(_, kept)| kept.touched).map(|(id, _)| id.clone());
            let Some(kept) = oldest.and_then(|id| all.remove(&id)) else { break };
            kept.stop.store(true, Ordering::Relaxed);
        }
    };
    end_oldest(all, &|kept| kept.user == user, MOST_OF_ONE);
    end_oldest(all, &|_| true, MOST_KEPT);
}

impl Office {
    /// What an import into a resource can choose among.
    ///
    /// # Errors
    /// [`OfficeError::ReadOnly`] where nothing can be changed or made.
    pub fn import_offer(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
    ) -> Result<ImportOffer, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.importable_face(permit, &catalog, name)?;
        Ok(mapping::offer(catalog.resource(face), face))
    }

    fn importable_face<'a>(
        &self,
        permit: &Permit<Edit>,
        catalog: &'a Catalog,
        name: &ResourceName,
    ) -> Result<&'a Face, OfficeError> {
        let face = self.writable_face(permit, catalog, name)?;
        if mapping::offer(catalog.resource(face), face).modes.is_empty() {
            return Err(OfficeError::ReadOnly(ReadOnlyReason::NotOffered));
        }
        Ok(face)
    }

    /// Reads a file, brings its columns to fields as far as they fit at sight, and begins to look
    /// at its rows. Its id.
    ///
    /// # Errors
    /// [`OfficeError::Import`] for a file that cannot be read; [`OfficeError::ReadOnly`].
    pub async fn import_begin(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        name: &ResourceName,
        file: (&str, bytes::Bytes),
    ) -> Result<String, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.importable_face(permit, &catalog, name)?;
        let (file_name, bytes) = file;
        // Unpacking and reading ten megabytes takes a while.
        let table = tokio::task::spawn_blocking(move || Table::read(&bytes)).await;
        let table = table
            .map_err(|error| OfficeError::Fault(format!("a file could not be read: {error}")))?
            .map_err(ImportProblem::File)?;
        let user = &permit.actor.user;
        let mapping = mapping::guessed(catalog.resource(face), face, &table, &user.language);
        let now = self.clock.micros();
        let id = random::id(now);
        let kept = Kept {
            user: user.id.clone(),
            touched: now,
            backend: permit.backend.name.clone(),
            resource: name.clone(),
            name: file_name.chars().take(200).collect(),
            table: Arc::new(table),
            mapping,
            stage: ImportStage::Checking { checked: 0 },
            stop: Arc::default(),
            moved: watch::Sender::new(()),
        };
        self.imports.with(|all| {
            make_room(all, &user.id, now);
            all.insert(id.clone(), kept);
        });
        self.check_rows(permit, &id)?;
        Ok(id)
    }

    /// Looks at the rows again, with other choices.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`]; [`OfficeError::Import`] for choices that do not go together and
    /// while it is being written.
    pub fn import_choose(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
        choice: &ImportChoice,
    ) -> Result<(), OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.importable_face(permit, &catalog, name)?;
        self.imported(permit, name, id, |kept| {
            if matches!(&kept.stage, ImportStage::Applied(progress) if !progress.is_done) {
                return Err(ImportProblem::NotReady.into());
            }
            let of = (catalog.resource(face), face);
            let language = &permit.actor.user.language;
            kept.mapping =
                mapping::chosen(of, &kept.table, language, kept.mapping.clone(), choice)?;
            Ok(())
        })?;
        self.check_rows(permit, id)
    }

    /// What is known of an import.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] when it is not there, too old or not the actor's.
    pub fn import(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
    ) -> Result<Import, OfficeError> {
        let offer = self.import_offer(permit, name)?;
        self.imported(permit, name, id, |kept| {
            Ok(Import {
                id: id.to_owned(),
                name: kept.name.clone(),
                kind: kept.table.kind.clone(),
                rows: kept.table.rows.len(),
                mapping: kept.mapping.clone(),
                offer,
                stage: kept.stage.clone(),
            })
        })
    }

    /// As [`Office::import`], when nothing is under way any more or after some time.
    ///
    /// # Errors
    /// As [`Office::import`].
    pub async fn import_settled(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
        at_most: Duration,
    ) -> Result<Import, OfficeError> {
        let mut moved = self.imported(permit, name, id, |kept| Ok(kept.moved.subscribe()))?;
        let settled = async {
            while self.imported(permit, name, id, |kept| Ok(kept.is_at_work())).unwrap_or(false) {
                // The sender is kept as long as the import.
                if moved.changed().await.is_err() {
                    break;
                }
            }
        };
        // That it took longer is no failure: the stage says so.
        drop(tokio::time::timeout(at_most, settled).await);
        self.import(permit, name, id)
    }

    /// Ends what is under way: looking at the rows at once, writing after the part that it is at.
    ///
    /// # Errors
    /// As [`Office::import`].
    pub fn import_stop(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
    ) -> Result<(), OfficeError> {
        self.imported(permit, name, id, |kept| {
            kept.stop.store(true, Ordering::Relaxed);
            match &mut kept.stage {
                ImportStage::Checking { .. } => kept.stage = ImportStage::Ended(None),
                ImportStage::Applied(progress) => progress.is_stopped |= !progress.is_done,
                ImportStage::Checked(_) | ImportStage::Ended(_) => {}
            }
            kept.moved.send_replace(());
            Ok(())
        })
    }

    /// What somebody does with an import of theirs.
    fn imported<T>(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
        what: impl FnOnce(&mut Kept) -> Result<T, OfficeError>,
    ) -> Result<T, OfficeError> {
        let now = self.clock.micros();
        self.imports.with(|all| {
            let kept = all.get_mut(id).filter(|kept| {
                kept.user == permit.actor.user.id
                    && kept.backend == permit.backend.name
                    && kept.resource == *name
            });
            let kept =
                kept.ok_or_else(|| OfficeError::Unknown { what: "import", name: id.to_owned() })?;
            kept.touched = now;
            what(kept)
        })
    }

    /// Looks at the rows on a task of its own.
    fn check_rows(self: &Arc<Self>, permit: &Permit<Edit>, id: &str) -> Result<(), OfficeError> {
        let catalog = permit.backend.catalog()?;
        let run = self.imports.with(|all| {
            let kept = all.get_mut(id)?;
            // What an earlier run finds out does not count any more.
            kept.stop.store(true, Ordering::Relaxed);
            kept.stop = Arc::default();
            kept.stage = ImportStage::Checking { checked: 0 };
            kept.moved.send_replace(());
            let run = (Arc::clone(&kept.table), kept.mapping.clone(), Arc::clone(&kept.stop));
            Some((run, kept.resource.clone()))
        });
        let Some(((table, mapping, stop), name)) = run else { return Ok(()) };
        let (office, permit, id) = (Arc::clone(self), permit.clone(), id.to_owned());
        tokio::spawn(async move {
            let face = match office.importable_face(&permit, &catalog, &name) {
                Ok(face) => face,
                Err(error) => {
                    return office.moved(&id, &stop, ImportStage::Ended(Some(Arc::new(error))));
                }
            };
            let checking = Checking::new(&permit, (&catalog, face), &table, &mapping);
            let follow = |checked| {
                office.moved(&id, &stop, ImportStage::Checking { checked });
                !stop.load(Ordering::Relaxed)
            };
            let stage = match checking.run(follow).await {
                Ok(Some(check)) => ImportStage::Checked(Arc::new(check)),
                Ok(None) => ImportStage::Ended(None),
                Err(error) => ImportStage::Ended(Some(Arc::new(error))),
            };
            office.moved(&id, &stop, stage);
        });
        Ok(())
    }

    /// What a run has come to; nothing where it was ended, or another has begun.
    fn moved(&self, id: &str, stop: &Arc<AtomicBool>, stage: ImportStage) {
        self.imports.with(|all| {
            let kept = all.get_mut(id).filter(|kept| Arc::ptr_eq(&kept.stop, stop));
            if let Some(kept) = kept.filter(|_| !stop.load(Ordering::Relaxed)) {
                kept.stage = stage;
                kept.moved.send_replace(());
            }
        });
    }
}
