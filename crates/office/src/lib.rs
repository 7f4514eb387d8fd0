//! What the office does with the records of all backends: reading, changing, searching, people and
//! their rights, the audit. The only place that decides, and the only one that writes the audit.

mod actor;
mod audit;
mod backend;
mod cases;
pub mod catalog;
mod changes;
mod connecting;
mod drift;
mod error;
mod indexing;
pub mod manifest;
mod measuring;
mod pending;
mod people;
pub mod proposals;
mod proposing;
pub mod random;
mod records;
mod registry;
mod views;

use std::path::PathBuf;
use std::sync::Arc;

use kontor_model::Clock;
use kontor_store::Micros;

pub use actor::{Actor, Edit, Manage, Needed, Permit, Read, Right, Way};
pub use audit::AuditRequest;
pub use backend::{Backend, Condition as BackendCondition, Health};
pub use cases::{
    About, Belonging, Beyond, Case, CaseType, Dated, Fact, Happened, Happening, Hint, Member,
    Missing, Said, case_problems,
};
pub use changes::{
    Acted, ActionPlan, ActionRequest, Applied, Author, BulkForeseen, BulkPreview, BulkProgress,
    BulkSelection, Changed, CheckedRow, EditRequest, Excluded, Fate, FileKind, FileProblem,
    Foreseen, Import, ImportCheck, ImportChoice, ImportColumn, ImportFailed, ImportField,
    ImportMapping, ImportMode, ImportOffer, ImportProblem, ImportProgress, ImportStage, Input,
    ItemState, LeftOut, MOST_IMPORTED_BYTES, NotWritten, Offered, OperationState, Plan, RefusedRow,
    RowProblem, SampleOf, Spelling, Standing, Stop, Surprise, TimelineEntry, Told, Touched,
};
pub use connecting::{ConnectRequest, Connected};
pub use drift::{Affected, Drift, DriftLine, Drifted, Writing};
pub use error::{Conflict, FieldProblem, NotUndoable, OfficeError, Problem, ReadOnlyReason};
pub use indexing::{IndexedResource, Pace};
pub use measuring::{FarLinkState, Measured};
pub use pending::{Establish, Looked};
pub use people::{
    Account, LONGEST_NAME, NameProblem, NewPerson, NewToken, Operator, PeopleError, Preferences,
    SignedIn, TokenMade,
};
pub use proposing::across::{FarProposals, far_proposal_id};
pub use proposing::{Proposals, proposal_id};
pub use records::{
    Apart, ExportFormat, Exported, FarIncoming, FarRecord, FarRefusal, FarTitle, FarTrouble, Found,
    FoundRecord, LinkedTitle, List, ListRequest, Listed, Related, SearchPlan, SearchScope, Shown,
};
pub use views::{NewView, ViewDefinition, parse_sort};

pub use kontor_connect::{Auth, AuthError, Budget, Failure, FailureKind, Gauge};
pub use kontor_store::Json;
pub use kontor_store::audit::{Entry, Verification};
pub use kontor_store::grants::{EVERY_BACKEND, Grant, Role};
pub use kontor_store::links::Purpose;
pub use kontor_store::sessions::Session;
pub use kontor_store::tokens::Token;
pub use kontor_store::users::User;
pub use kontor_store::views::{Owner, View};
pub use kontor_store::{SealKey, Store, StoreError, Word};

use manifest::KeyFile;

/// Reads a variable of the environment; only the command line has the real one.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What an office is made of.
pub struct Furnishing {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Kontor's own memory.
    pub store: Store,
    /// The folder of the manifests.
    pub manifests: PathBuf,
    /// The key of this installation.
    pub key: KeyFile,
    /// Where passwords may come from.
    pub environment: Environment,
    /// A name of this installation that backends see beside its sessions.
    pub installation: String,
}

/// The office. Everything that screens and the API do is a method of it.
pub struct Office {
    clock: Arc<dyn Clock>,
    store: Store,
    manifests: PathBuf,
    key: KeyFile,
    environment: Environment,
    session_name: String,
    started: Micros,
    actors: people::RecentActors,
    registry: registry::Registry,
    cases: cases::CaseTypes,
    bulk: changes::BulkPlans,
    imports: changes::Imports,
    proposing: proposing::Proposing,
    across: proposing::across::Across,
    pending: pending::Pending,
    left_open: changes::LeftOpen,
    undoing: changes::Undoing,
    at_work: changes::AtWork,
    indexing: indexing::Indexing,
}

impl Office {
    /// Opens the office. No backend is asked yet; see [`Office::open_backends`].
    #[must_use]
    pub fn new(furnishing: Furnishing) -> Arc<Self> {
        let started = furnishing.clock.micros();
        Arc::new(Self {
            // The run's own part tells its sessions from those of a run that was killed.
            session_name: format!("{}/{}", furnishing.installation, random::id(started)),
            clock: furnishing.clock,
            store: furnishing.store,
            manifests: furnishing.manifests,
            key: furnishing.key,
            environment: furnishing.environment,
            started,
            actors: people::RecentActors::default(),
            registry: registry::Registry::default(),
            cases: cases::CaseTypes::default(),
            bulk: changes::BulkPlans::default(),
            imports: changes::Imports::default(),
            left_open: changes::LeftOpen::default(),
            undoing: changes::Undoing::default(),
            at_work: changes::AtWork::default(),
            proposing: proposing::Proposing::default(),
            across: proposing::across::Across::default(),
            pending: pending::Pending::default(),
            indexing: indexing::Indexing::default(),
        })
    }

    /// The clock that everything goes by.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Kontor's own memory answers.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn check_store(&self) -> Result<(), OfficeError> {
        kontor_store::settings::get(&mut self.store.read(), "ready")
            .await
            .map(drop)
            .map_err(Into::into)
    }
}
