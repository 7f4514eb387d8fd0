//! Links that end in another backend: titles of what they point to, what points here from
//! elsewhere, filters over them. The other end is looked up in the registry whenever it is asked
//! for, is read with the reader's own right there, and never holds up what lies on this side for
//! longer than a moment.

mod filter;
mod incoming;
mod titles;

use std::sync::Arc;
use std::time::Duration;

use kontor_connect::FailureKind;
use kontor_model::{BackendName, Field, FieldType, RecordKey, ResourceName, Value};

use crate::Office;
use crate::actor::{Actor, Permit, Read};
use crate::backend::{Backend, Condition};
use crate::catalog::{Catalog, Face, FarLink};
use crate::error::OfficeError;
use crate::manifest::Label;

pub use incoming::FarIncoming;
pub(super) use titles::{Wanted, shorten};

/// Titles of another backend are waited for so long, not longer: the list comes without them.
const TITLES_WAIT: Duration = Duration::from_millis(800);

/// Other questions to another backend are waited for so long.
const WAIT: Duration = Duration::from_secs(3);

/// A backend that came too late with titles is not asked for more before so many microseconds have
/// passed, so that not every page and every part of an export waits for it.
const RESPITE: i64 = 2_000_000;

/// A backend that was found to be down is not asked again for titles before so many microseconds
/// have passed.
const PAUSE: i64 = 10_000_000;

/// What a value points to in another backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FarTitle {
    /// The record is there.
    Found(FarRecord),
    /// The backend has no such record.
    Missing {
        /// Title of the backend.
        backend: Label,
    },
    /// It is not known.
    Unavailable(FarTrouble),
}

/// A record of another backend.
#[derive(Debug, Clone, PartialEq)]
pub struct FarRecord {
    /// Its backend.
    pub backend: BackendName,
    /// Title of its backend.
    pub backend_title: Label,
    /// Its resource.
    pub resource: ResourceName,
    /// Its address.
    pub key: RecordKey,
    /// Its title; none when it has none of its own.
    pub title: Option<String>,
}

impl Eq for FarRecord {}

/// Why the other end of a link is not to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FarTrouble {
    /// There is no such backend, or none that this person may know of.
    OutOfReach,
    /// The backend has no such resource or field, or the field holds a secret.
    Misfit {
        /// Title of the backend.
        backend: Label,
    },
    /// It did not answer in time.
    Slow {
        /// Title of the backend.
        backend: Label,
    },
    /// It cannot be reached.
    Down {
        /// Title of the backend.
        backend: Label,
    },
    /// It answered, but not what was asked.
    Refused {
        /// Title of the backend.
        backend: Label,
    },
}

impl FarTrouble {
    /// What an error of the far side means.
    pub(crate) fn of(backend: &Backend, error: &OfficeError) -> Self {
        let title = backend.manifest().title.clone();
        let OfficeError::Backend { failure, .. } = error else {
            return Self::Down { backend: title };
        };
        match failure.kind {
            FailureKind::Unreachable | FailureKind::SignIn => Self::Down { backend: title },
            FailureKind::Timeout | FailureKind::Busy | FailureKind::Cancelled => {
                Self::Slow { backend: title }
            }
            FailureKind::SchemaChanged | FailureKind::Garbled => Self::Misfit { backend: title },
            _ => Self::Refused { backend: title },
        }
    }

    /// Title of the backend, where the person may know of it.
    #[must_use]
    pub fn backend(&self) -> Option<&Label> {
        match self {
            Self::OutOfReach => None,
            Self::Misfit { backend }
            | Self::Slow { backend }
            | Self::Down { backend }
            | Self::Refused { backend } => Some(backend),
        }
    }
}

/// Why a filter over a link to another backend cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FarRefusal {
    /// More records of the other backend satisfy it than may be carried over.
    TooMany {
        /// The most that may be.
        most: usize,
    },
    /// The other backend cannot be read.
    Trouble(FarTrouble),
    /// A value there does not tell how it is written here.
    Lossy,
    /// The value here stands inside JSON.
    Inside,
    /// It leads over too many links to other backends.
    TooFar,
    /// The service here can be asked for one value at a time.
    OneOnly {
        /// How many records there satisfy it.
        found: usize,
    },
}

/// The other end of a link, as this person may read it.
pub(crate) struct FarSide {
    pub(crate) permit: Permit<Read>,
    pub(crate) catalog: Arc<Catalog>,
    /// Index of the face.
    pub(crate) face: usize,
    /// The fields referred to.
    pub(crate) fields: Vec<usize>,
}

impl FarSide {
    pub(crate) fn face(&self) -> &Face {
        &self.catalog.faces[self.face]
    }

    fn title(&self) -> Label {
        self.permit.backend.manifest().title.clone()
    }
}

impl Office {
    /// The other end of a link as it is now.
    pub(crate) fn far_side(
        &self,
        actor: &Arc<Actor>,
        link: &FarLink,
    ) -> Result<FarSide, FarTrouble> {
        let permit: Permit<Read> =
            self.permit(actor, &link.backend).map_err(|_| FarTrouble::OutOfReach)?;
        let title = || permit.backend.manifest().title.clone();
        let catalog =
            permit.backend.catalog().map_err(|_| FarTrouble::Down { backend: title() })?;
        let end = catalog.face(&link.target).and_then(|face| {
            let resource = catalog.resource(face);
            let usable = |name: &String| {
                let field = resource.position(name)?;
                (resource.fields[field].comparable && !face.fields[field].secret).then_some(field)
            };
            let fields = link.target_fields.iter().map(usable).collect::<Option<Vec<_>>>()?;
            Some((face.index, fields))
        });
        let Some((face, fields)) = end else {
            return Err(FarTrouble::Misfit { backend: title() });
        };
        Ok(FarSide { permit, catalog, face, fields })
    }

    /// The other end of a link as this person may read it, with the index of its face; none where
    /// it is out of reach.
    #[must_use]
    pub fn far_face(
        &self,
        actor: &Arc<Actor>,
        link: &FarLink,
    ) -> Option<(Permit<Read>, Arc<Catalog>, usize)> {
        let side = self.far_side(actor, link).ok()?;
        Some((side.permit, side.catalog, side.face))
    }

    /// Whether a backend was found to be down a moment ago.
    fn is_known_down(&self, backend: &Backend) -> bool {
        let health = backend.health();
        let now = self.clock.micros();
        matches!(health.condition, Condition::Down { .. })
            && health.checked.is_some_and(|checked| now - checked < PAUSE)
    }
}

/// The value of a field that a text stands for; none where the field cannot hold it. A whole number
/// has one text only: `007` is not 7.
fn value_for(field: &Field, text: &str) -> Option<Value> {
    let value = field.ty.parse(text).ok()?;
    let is_exact = !matches!(field.ty, FieldType::Int { .. } | FieldType::Year)
        || value.to_text().as_deref() == Some(text);
    is_exact.then_some(value)
}

/// All ways of taking one of each.
pub(crate) fn combined<T: Clone>(each: &[Vec<T>]) -> Vec<Vec<T>> {
    each.iter().fold(vec![Vec::new()], |rows, next| {
        let longer = |row: &Vec<T>| {
            let row = row.clone();
            next.iter().map(move |one| row.iter().cloned().chain([one.clone()]).collect())
        };
        rows.iter().flat_map(longer).collect()
    })
}
