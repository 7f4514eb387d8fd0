//! What can go wrong in the office, in a form that the screen says in the reader's language and
//! the log keeps in full.

use kontor_connect::{Failure, WriteFailure};
use kontor_model::change::Refusal;
use kontor_model::filter::FilterError;
use kontor_model::filter::bind::BindError;
use kontor_model::{InvalidInput, RecordKey, Value};
use kontor_store::StoreError;

use crate::actor::Needed;
use crate::manifest::Label;
use crate::records::FarRefusal;

/// A request to the office failed.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The right is missing.
    #[error("{0:?} is needed")]
    Denied(Needed),
    /// No such backend, or none that this person may know of.
    #[error("there is no backend “{0}”")]
    UnknownBackend(String),
    /// No such resource, or a hidden one.
    #[error("“{backend}” has no resource “{resource}”")]
    UnknownResource {
        /// The backend.
        backend: String,
        /// The name that was asked for.
        resource: String,
    },
    /// No such field, or one that is not shown.
    #[error("“{resource}” has no field “{field}”")]
    UnknownField {
        /// The resource.
        resource: String,
        /// The name that was asked for.
        field: String,
    },
    /// No record has the key.
    #[error("no record has the key {0}")]
    UnknownRecord(String),
    /// Something else that was named does not exist.
    #[error("there is no {what} “{name}”")]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// Its name or id.
        name: String,
    },
    /// The filter's text cannot be read.
    #[error(transparent)]
    FilterText(#[from] FilterError),
    /// The filter does not fit the resource.
    #[error(transparent)]
    Filter(#[from] BindError),
    /// A filter leads over a link to another backend and cannot be answered in full.
    #[error("a filter over “{}” cannot be answered: {refusal:?}", .link.en)]
    FarFilter {
        /// Title of the link.
        link: Label,
        /// Why not.
        refusal: FarRefusal,
    },
    /// A list is to be ordered by a field of linked records.
    #[error("a list cannot be ordered by “{0}”, a field of linked records")]
    LinkedSort(String),
    /// A parameter has no sense.
    #[error("{what}: {problem}")]
    Parameter {
        /// Which parameter.
        what: &'static str,
        /// What is wrong, in English, for the API.
        problem: String,
    },
    /// The search would read a large table from end to end.
    #[error("the search would scan about {rows} records")]
    WouldScan {
        /// About how many.
        rows: u64,
    },
    /// The record does not allow the action at the moment.
    #[error("“{action}” is not possible with this record now: {why}")]
    NotAllowed {
        /// The action.
        action: String,
        /// Why, in the backend's own words, which may be none.
        why: String,
    },
    /// The service does not look for words in this list.
    #[error("the service does not look for words in “{resource}”")]
    NotSearched {
        /// The resource.
        resource: String,
    },
    /// The service lists these records only for certain values.
    #[error("“{resource}” is listed only for one value of {}", fields.join(", "))]
    NeedsFilter {
        /// The resource.
        resource: String,
        /// The fields that must be equal to something.
        fields: Vec<String>,
    },
    /// The backend could not answer.
    #[error("{backend}: {failure}")]
    Backend {
        /// Its name.
        backend: String,
        /// What happened.
        failure: Failure,
    },
    /// The backend's schema was never read.
    #[error("{backend} has not been read yet: {failure}")]
    NotReady {
        /// Its name.
        backend: String,
        /// Why not.
        failure: Failure,
    },
    /// The resource, field or record cannot be changed, and why.
    #[error("this cannot be changed: {0:?}")]
    ReadOnly(ReadOnlyReason),
    /// Some of the input is not valid; nothing was written.
    #[error("{} fields are not valid", .0.len())]
    Invalid(Vec<FieldProblem>),
    /// Somebody else changed the record; nothing was written.
    #[error("the record {key} was changed by somebody else")]
    Stale {
        /// The record.
        key: String,
        /// The fields with what was seen, what is there and what was wanted.
        conflicts: Vec<Conflict>,
    },
    /// A bulk change is about another number of records than was said; nothing was written.
    #[error("{expected} records were expected, but there are {found}")]
    OtherCount {
        /// How many were expected.
        expected: usize,
        /// How many it would change.
        found: usize,
    },
    /// A file cannot be imported as it is, or as somebody wants.
    #[error(transparent)]
    Import(#[from] crate::changes::ImportProblem),
    /// What is wrong with a person's data or a sign-in.
    #[error(transparent)]
    People(#[from] crate::people::PeopleError),
    /// The change reached the backend and its answer was lost.
    #[error("{backend}: it is not known whether the change {operation} was written")]
    OutcomeUnknown {
        /// The backend.
        backend: String,
        /// The operation, under which it is settled.
        operation: String,
    },
    /// A change of many records ended early: some of it is written.
    #[error("{backend}: {written} of {records} records were written, then it broke off: {why}")]
    BrokenOff {
        /// The backend.
        backend: String,
        /// The operation, under which what was written is taken back.
        operation: String,
        /// Records that were written.
        written: usize,
        /// Records that should have been.
        records: usize,
        /// What happened.
        why: String,
    },
    /// An operation cannot be taken back.
    #[error("{operation} cannot be undone: {reason:?}")]
    NotUndoable {
        /// The operation.
        operation: String,
        /// Why.
        reason: NotUndoable,
    },
    /// The manifest cannot be read or written.
    #[error("{0}")]
    Manifest(String),
    /// Kontor's own memory failed: nothing was changed anywhere.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault in Kontor itself.
    #[error("{0}")]
    Fault(String),
}

/// Why something can only be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadOnlyReason {
    /// The manifest leaves the backend read-only.
    Manifest,
    /// The manifest leaves the resource read-only in a backend that can be written.
    Resource,
    /// It is a view.
    View,
    /// The resource has no key.
    NoKey,
    /// The connection's account may not write.
    Privilege,
    /// The service has no operation for it.
    NotOffered,
    /// The database makes the field's values.
    Generated,
    /// The type can only be shown.
    Type,
    /// The manifest says so for the field, or it holds a secret.
    Field,
    /// It belongs to the key.
    Key,
}

/// What is wrong with the input for a field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldProblem {
    /// Name of the field; empty when it is about the whole record.
    pub field: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Problem {
    /// Not a value of the type.
    Input(InvalidInput),
    /// A value is required.
    Required,
    /// Of these inputs, by their titles, one must be given and not more.
    OneOf(Vec<Label>),
    /// The field is not there or not shown.
    Unknown,
    /// The field cannot be changed.
    ReadOnly(ReadOnlyReason),
    /// The database refused.
    Refused(Refusal),
}

/// A field of a stale edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Name of the field.
    pub field: String,
    /// What the user saw.
    pub before: Value,
    /// What is there now.
    pub theirs: Value,
    /// What the user wanted; none when they did not touch it.
    pub mine: Option<Value>,
}

/// Why an operation cannot be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotUndoable {
    /// It was not applied.
    NotApplied,
    /// It has been undone already.
    AlreadyUndone,
    /// The audit does not hold the values, because they are secret or too large.
    ValuesNotKept,
    /// Records elsewhere were deleted or emptied along, and would not come back.
    OthersLost,
    /// The same fields were changed again since, or the record was deleted.
    ChangedSince,
    /// Records elsewhere point to what would be removed, and would be lost or forbid it.
    OthersPoint,
    /// It was an action: only the backend knows what would take it back.
    AnAction,
}

impl OfficeError {
    pub(crate) fn backend(backend: &kontor_model::BackendName, failure: Failure) -> Self {
        Self::Backend { backend: backend.to_string(), failure }
    }

    pub(crate) fn unknown_record(key: &RecordKey) -> Self {
        Self::UnknownRecord(key.to_text())
    }

    pub(crate) fn write(
        backend: &kontor_model::BackendName,
        operation: &str,
        failure: WriteFailure,
    ) -> Self {
        match failure {
            WriteFailure::NotWritten(failure) => Self::backend(backend, failure),
            WriteFailure::Unknown(_) => Self::OutcomeUnknown {
                backend: backend.to_string(),
                operation: operation.to_owned(),
            },
        }
    }
}
