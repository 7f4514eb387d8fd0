//! A change: any edit, planned before it is done and recorded around it.

use serde::{Deserialize, Serialize};

use crate::key::RecordKey;
use crate::name::{BackendName, ResourceName};
use crate::value::Value;

/// What a change does to each of its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Makes a record.
    Create,
    /// Changes fields of a record.
    Update,
    /// Removes a record.
    Delete,
    /// Does with a record what an operation of its backend does.
    Act,
}

/// A planned change over records of one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Backend of the records.
    pub backend: BackendName,
    /// Resource of the records.
    pub resource: ResourceName,
    /// What is done.
    pub kind: ChangeKind,
    /// The records, each with what it was and what it shall be.
    pub items: Vec<ChangeItem>,
    /// The operation that this one takes back.
    pub undo_of: Option<String>,
    /// Whether records elsewhere are lost or changed along, which no undo brings back.
    pub is_final: bool,
    /// Where items of another kind follow: the first of them, and their kind. An import changes
    /// records and makes others, and its undo does the reverse.
    pub then: Option<(usize, ChangeKind)>,
}

impl Change {
    /// What is done with an item.
    #[must_use]
    pub fn kind_of(&self, item: usize) -> ChangeKind {
        self.then.filter(|(first, _)| item >= *first).map_or(self.kind, |(_, kind)| kind)
    }

    /// The items by kind, in their order.
    pub fn by_kind(&self) -> impl Iterator<Item = (ChangeKind, &[ChangeItem])> {
        let (first, then) = self.then.unwrap_or((self.items.len(), self.kind));
        let (own, others) = self.items.split_at(first.min(self.items.len()));
        [(self.kind, own), (then, others)].into_iter().filter(|(_, items)| !items.is_empty())
    }
}

/// One record of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeItem {
    /// The record; `None` while it is created and the database makes the key.
    pub key: Option<RecordKey>,
    /// The fields with the values that were seen and must still be there; for a deletion all
    /// fields, so that it can be taken back.
    pub before: Vec<(usize, Value)>,
    /// The fields with the values they shall have.
    pub after: Vec<(usize, Value)>,
    /// The backend's own mark of the record's version that was seen (`xmin`), where it has one.
    pub version: Option<String>,
}

/// What became of one record of a change.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemOutcome {
    /// Written; the record's key, which the database may have made.
    Applied(RecordKey),
    /// Not written: the record is not what it was; the fields with the values it has now.
    Stale(Vec<(usize, Value)>),
    /// Not written: there is no such record any more.
    Gone,
    /// Not written: the backend refused it.
    Refused(Refusal),
}

/// Why a backend refused to write a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of rule.
    pub rule: Rule,
    /// Indexes of the fields that the rule is about, where the backend says so.
    pub fields: Vec<usize>,
    /// Name of the constraint, where there is one.
    pub constraint: Option<String>,
    /// The resource on the other side, for references.
    pub other: Option<String>,
    /// The backend's own message.
    pub message: String,
}

impl Refusal {
    /// A refusal of which nothing is known but what was said.
    pub fn other(message: impl Into<String>) -> Self {
        Self {
            rule: Rule::Other,
            fields: Vec::new(),
            constraint: None,
            other: None,
            message: message.into(),
        }
    }
}

/// The kinds of rules by which databases refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Another record has these values already.
    Unique,
    /// What it refers to does not exist.
    ReferenceMissing,
    /// Other records refer to it.
    ReferencedBy,
    /// A value is required.
    NotNull,
    /// A check failed.
    Check,
    /// A value is of the wrong form or out of bounds.
    Invalid,
    /// The account may not.
    Privilege,
    /// Anything else.
    Other,
}
