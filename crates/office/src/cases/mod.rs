//! Cases: one business thing (a customer, an order, a product) seen over all backends that know
//! it. Manifests and the files of [`CaseType`] say which resources hold it and which fields are the
//! same fact about it; which records are the same one, and which belong to it, is found over links.

mod belonging;
mod check;
mod events;
mod facts;
mod hints;
mod joined;
mod members;
mod types;
mod ways;

use std::sync::Arc;
use std::time::Duration;

use kontor_connect::{Failure, FailureKind};
use kontor_model::{BackendName, Count, RecordKey, ResourceName};
use kontor_store::Micros;

use crate::Office;
use crate::actor::{Actor, Permit, Read};
use crate::backend::Condition;
use crate::error::OfficeError;
use crate::manifest::{CasePlace, Label};
use crate::records::{FarTrouble, Related, Shown};

pub use check::case_problems;
pub use events::{Dated, Happened, Happening};
pub use facts::{Fact, Said};
pub use hints::{About, Hint};
pub use types::CaseType;
pub(crate) use types::CaseTypes;

/// The record that was asked for is waited for so long.
const FIRST: Duration = Duration::from_secs(3);
/// A backend that was down and is asked again may take so long to say that it is there.
const AGAIN: Duration = Duration::from_secs(1);

/// A record of a case.
#[derive(Debug)]
pub struct Member {
    /// The right to read it.
    pub permit: Permit<Read>,
    /// The record as it was read.
    pub shown: Shown,
    /// When it was read.
    pub read_at: Micros,
}

impl Member {
    /// The resource that the record is of.
    #[must_use]
    pub fn resource(&self) -> &ResourceName {
        &self.shown.face().name
    }

    /// Its address.
    #[must_use]
    pub fn key(&self) -> &RecordKey {
        &self.shown.key
    }

    /// The resource and its backend.
    #[must_use]
    pub fn place(&self) -> CasePlace {
        CasePlace::new(self.permit.backend.name.clone(), self.resource().clone())
    }
}

/// Records that belong to a case over one link.
#[derive(Debug)]
pub struct Belonging {
    /// Index of the member that they belong to.
    pub member: usize,
    /// The right to read them.
    pub permit: Permit<Read>,
    /// The resource that they are of.
    pub resource: ResourceName,
    /// What they are called.
    pub title: Label,
    /// Whether it is one record that the member points to.
    pub is_one: bool,
    /// When they were read.
    pub read_at: Micros,
    /// The newest of them, or why they could not be read.
    pub found: Result<Related, FarTrouble>,
}

impl Belonging {
    /// The resource and its backend.
    fn place(&self) -> CasePlace {
        CasePlace::new(self.permit.backend.name.clone(), self.resource.clone())
    }
}

/// A part of a case that could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The backend; none where the person may not know of it.
    pub name: Option<BackendName>,
    /// Its title, where the person may know of it.
    pub backend: Option<Label>,
    /// Why.
    pub trouble: FarTrouble,
}

/// Records that are the same thing and more than a case reads.
#[derive(Debug, Clone)]
pub struct Beyond {
    /// The right to read them.
    pub permit: Permit<Read>,
    /// The resource that they are of.
    pub resource: ResourceName,
    /// Title of the resource.
    pub title: Label,
    /// How many they are.
    pub count: Count,
    /// The filter that lists them; none where their backend cannot be asked so.
    pub filter: Option<String>,
    /// The first of them.
    pub keys: Vec<RecordKey>,
}

/// A case: the records that are the same thing, what belongs to it, and what is missing.
#[derive(Debug)]
pub struct Case {
    /// What it is.
    pub of: Arc<CaseType>,
    /// The records, the one that was asked for first.
    pub members: Vec<Member>,
    /// What belongs to them.
    pub belongings: Vec<Belonging>,
    /// Titles of what else belongs to members and was not read, each with the index of the member.
    pub unread: Vec<(usize, Label)>,
    /// What could not be had.
    pub missing: Vec<Missing>,
    /// Records that are the same thing, too, and were not read.
    pub beyond: Vec<Beyond>,
    /// What is known of it.
    pub facts: Vec<Fact>,
    /// What is odd.
    pub hints: Vec<Hint>,
    /// What happened when, as the records say it, the latest first.
    pub dated: Vec<Dated>,
}

impl Office {
    /// The case of a record: it, what is the same thing elsewhere and what belongs to it, as far as
    /// it is found in a moment.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] where the resource holds no such thing; else as [`Office::record`].
    pub async fn case(
        self: &Arc<Self>,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
    ) -> Result<Case, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let of = self
            .case_of(&permit.backend.name, face)
            .ok_or_else(|| OfficeError::Unknown { what: "case", name: name.to_string() })?;
        let read = tokio::time::timeout(FIRST, self.record(permit, name, key));
        let shown = read.await.unwrap_or_else(|_| {
            let late = Failure::new(FailureKind::Timeout, "it did not answer in time");
            Err(OfficeError::backend(&permit.backend.name, late))
        })?;
        let first = Member { permit: permit.clone(), shown, read_at: self.clock.micros() };
        let same = self.same_elsewhere(&of, first).await;
        let mut case = Case {
            of,
            members: same.members,
            belongings: Vec::new(),
            unread: Vec::new(),
            missing: same.missing,
            beyond: same.beyond,
            facts: Vec::new(),
            hints: Vec::new(),
            dated: Vec::new(),
        };
        self.add_unread(&permit.actor, &mut case);
        self.add_belongings(&mut case).await;
        case.facts = facts::facts(&case.of, &case.members);
        case.hints = self.hints(&permit.actor, &case);
        case.dated = events::dated(&permit.actor, &case);
        Ok(case)
    }

    /// Notes the backends that the file of the type names and that were never read: nobody knows yet
    /// what leads there.
    fn add_unread(&self, actor: &Arc<Actor>, case: &mut Case) {
        let belongs = case.of.said.belongs.iter().flatten().map(|it| &it.place.backend);
        let named = case.of.said.heads.iter().map(|place| &place.backend).chain(belongs);
        let mut unread: Vec<Missing> = Vec::new();
        for name in named {
            let is_told = |gap: &Missing| gap.name.as_ref() == Some(name);
            let permit: Result<Permit<Read>, _> = self.permit(actor, name);
            let Ok(permit) = permit else { continue };
            if let Err(error) = permit.backend.catalog()
                && !case.missing.iter().chain(&unread).any(is_told)
            {
                unread.push(members::missing_of(&permit, Some(&error)));
            }
        }
        case.missing.extend(unread);
    }

    /// Asks those backends of a person again that do not answer, so that what is said of them next
    /// is not what was found out a moment ago.
    pub async fn ask_again(self: &Arc<Self>, actor: &Arc<Actor>) {
        let away = self.readable(actor).into_iter().map(|permit| permit.backend);
        let asked = away
            .filter(|backend| !matches!(backend.health().condition, Condition::Ready))
            .map(|backend| async move {
                let is_there = tokio::time::timeout(AGAIN, backend.ping()).await;
                if matches!(is_there, Ok(Ok(()))) && backend.catalog().is_err() {
                    // It was never read: that goes on while the answer is written.
                    let office = Arc::clone(self);
                    tokio::spawn(async move { office.refresh(&backend).await });
                }
            });
        futures_util::future::join_all(asked).await;
    }
}
