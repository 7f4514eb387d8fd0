//! How a change stands in the audit: one intent per record, one outcome per operation.

use std::collections::HashMap;

use kontor_model::{
    BackendName, Change, ChangeItem, ChangeKind, ItemOutcome, RecordKey, Resource, Value,
};
use kontor_store::audit::{Entry, NewEntry};
use kontor_store::{Json, Micros};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::catalog::{Action, Face};
use crate::error::{NotUndoable, OfficeError};
use crate::manifest::KeyFile;

pub(crate) const INTENT: &str = "change.intent";
pub(crate) const OUTCOME: &str = "change.outcome";
pub(crate) const UNDONE: &str = "change.undone";
/// Tells the address that the backend gave a record which a change of many has made.
pub(crate) const MADE: &str = "change.made";

/// Values longer than this, in bytes, are not copied into the audit.
const LONGEST: usize = 64 * 1024;

/// Whether a value is short enough to be copied into the audit, and so can be brought back.
pub(super) fn is_kept(value: &Value) -> bool {
    value.to_tagged().len() <= LONGEST
}

/// What the intent of one record says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ItemRecord {
    /// What is done.
    pub kind: ChangeKind,
    /// Field names with the tagged values that were there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<(String, String)>,
    /// Field names with the tagged values that shall be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<(String, String)>,
    /// Fields whose values were too large to be kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_kept: Vec<String>,
    /// Fields whose values are secrets; they are kept encrypted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secret: Vec<String>,
    /// The operation that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_of: Option<String>,
    /// Whether records elsewhere are lost or changed along, which no undo brings back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_final: bool,
    /// The action, where one is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What the action was given: names with tagged values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub input: Vec<(String, String)>,
}

/// What became of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Written to the backend, all of it.
    Applied,
    /// Some records were written; the outcome names those that were not.
    Partial,
    /// Nothing was written.
    NotApplied,
    /// It is not known whether it was written.
    Unknown,
    /// It is being written, or was cut off and is not settled yet.
    Open,
}

impl OperationState {
    /// Whether some of it stands in the backend for certain.
    pub(super) fn is_written_in_part(self) -> bool {
        matches!(self, Self::Applied | Self::Partial)
    }
}

/// Whether the change of one record stands in the backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It was written.
    Written,
    /// It was tried, and nothing of it was written.
    NotWritten(NotWritten),
    /// It is not known whether it was written.
    Unknown,
    /// It is being written, or was cut off and is not settled yet.
    Open,
}

/// Why a record was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotWritten {
    /// Somebody else had changed it.
    Stale,
    /// It was gone.
    Gone,
    /// The database refused, with its message.
    Refused(String),
    /// The backend failed before it, or it was found not to be written.
    Failed,
}

impl NotWritten {
    /// What an exception of an outcome says; none where it says that nothing is known.
    fn of(reason: &str, state: OperationState) -> Option<Self> {
        match reason {
            "stale" => Some(Self::Stale),
            "gone" => Some(Self::Gone),
            _ if reason.starts_with("refused: ") => {
                Some(Self::Refused(reason["refused: ".len()..].to_owned()))
            }
            "not written" => Some(Self::Failed),
            _ if state == OperationState::Unknown => None,
            _ => Some(Self::Failed),
        }
    }
}

/// A field that an action changed: its name, and its tagged values before and after.
pub(crate) type Effect = (String, String, String);

/// What the outcome of an operation says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OutcomeRecord {
    pub(crate) state: OperationState,
    /// Whether it was found out after the fact, by looking at the records.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) settled: bool,
    /// Records that were not written, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) exceptions: Vec<(String, String)>,
    /// What an action changed of each record: its address, and field names with the tagged values
    /// before and after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) effects: Vec<(String, Vec<Effect>)>,
    /// Whether these effects are all that it did, so that putting back what was there takes it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) shows_all: bool,
    /// In plain words, for failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
}

/// Which record of a change was made under the address that its entry names.
#[derive(Debug, Serialize, Deserialize)]
struct MadeRecord {
    /// Its place among the intents.
    at: usize,
}

/// What stands for the address of a record of a change of many while nobody knows it. No address
/// looks like it.
pub(super) fn unnamed(at: usize) -> String {
    format!("{UNNAMED}{at}")
}

const UNNAMED: &str = "~new";

/// Whether a name is none but stands for one.
pub(super) fn is_unnamed(key: &str) -> bool {
    key.starts_with(UNNAMED)
}

/// Encrypts what must not stand in the audit in plain text, for one backend.
pub(crate) struct Sealing<'a> {
    pub(crate) key: &'a KeyFile,
    pub(crate) backend: &'a BackendName,
}

impl Sealing<'_> {
    fn seal(&self, plain: &str) -> String {
        self.key.encrypt(self.backend, plain)
    }

    fn unseal(&self, sealed: &str) -> Option<String> {
        self.key.decrypt(self.backend, sealed).ok().map(|secret| secret.reveal().to_owned())
    }
}

/// Writes the intents of a change.
pub(crate) struct Journal<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) at: Micros,
    pub(crate) operation: &'a str,
    pub(crate) resource: &'a Resource,
    pub(crate) is_secret: &'a (dyn Fn(usize) -> bool + Sync),
    pub(crate) sealing: Sealing<'a>,
}

impl Journal<'_> {
    pub(crate) fn intents(&self, change: &Change) -> Result<Vec<NewEntry>, OfficeError> {
        let items = change.items.iter().enumerate();
        items.map(|(at, item)| self.intent(change, change.kind_of(at), item)).collect()
    }

    fn intent(
        &self,
        change: &Change,
        kind: ChangeKind,
        item: &ChangeItem,
    ) -> Result<NewEntry, OfficeError> {
        let mut record = ItemRecord {
            kind,
            before: Vec::new(),
            after: Vec::new(),
            not_kept: Vec::new(),
            secret: Vec::new(),
            undo_of: change.undo_of.clone(),
            is_final: change.is_final,
            action: None,
            input: Vec::new(),
        };
        for (field, value) in &item.before {
            if let Some(pair) = self.kept(*field, value, &mut record) {
                record.before.push(pair);
            }
        }
        for (field, value) in &item.after {
            if let Some(pair) = self.kept(*field, value, &mut record) {
                record.after.push(pair);
            }
        }
        let key = item.key.as_ref().map(RecordKey::to_text);
        self.entry(change, INTENT, key, Json::write(&record)?)
    }

    fn kept(
        &self,
        field: usize,
        value: &Value,
        record: &mut ItemRecord,
    ) -> Option<(String, String)> {
        let name = self.resource.fields[field].name.clone();
        let tagged = value.to_tagged();
        if tagged.len() > LONGEST {
            if !record.not_kept.contains(&name) {
                record.not_kept.push(name);
            }
            return None;
        }
        if (self.is_secret)(field) && !value.is_null() {
            if !record.secret.contains(&name) {
                record.secret.push(name.clone());
            }
            return Some((name, self.sealing.seal(&tagged)));
        }
        Some((name, tagged))
    }

    pub(crate) fn outcome(
        &self,
        change: &Change,
        key: Option<String>,
        outcome: &OutcomeRecord,
    ) -> Result<NewEntry, OfficeError> {
        self.entry(change, OUTCOME, key, Json::write(outcome)?)
    }

    /// The addresses that the backend gave records of a change of many, the first of which stands
    /// at `from` in it.
    pub(super) fn made(
        &self,
        change: &Change,
        from: usize,
        outcomes: &[ItemOutcome],
    ) -> Result<Vec<NewEntry>, OfficeError> {
        let mut entries = Vec::new();
        for (at, outcome) in (from..).zip(outcomes) {
            let ItemOutcome::Applied(key) = outcome else { continue };
            let is_told = change.items.get(at).is_none_or(|item| item.key.as_ref() == Some(key));
            if !is_told && change.kind_of(at) == ChangeKind::Create && change.items.len() > 1 {
                let body = Json::write(&MadeRecord { at })?;
                entries.push(self.entry(change, MADE, Some(key.to_text()), body)?);
            }
        }
        Ok(entries)
    }

    fn entry(
        &self,
        change: &Change,
        kind: &str,
        record_key: Option<String>,
        body: Json,
    ) -> Result<NewEntry, OfficeError> {
        Ok(NewEntry {
            at: self.at,
            operation: self.operation.to_owned(),
            kind: kind.to_owned(),
            actor_id: Some(self.actor.user.id.clone()),
            actor_name: self.actor.user.name.clone(),
            backend: Some(change.backend.to_string()),
            resource: Some(change.resource.to_string()),
            record_key,
            body,
        })
    }
}

/// The values of an intent by field; none where one of them was not kept or its field is gone.
pub(crate) fn values(
    resource: &Resource,
    pairs: &[(String, String)],
    secret: &[String],
    sealing: &Sealing<'_>,
) -> Option<Vec<(usize, Value)>> {
    pairs
        .iter()
        .map(|(name, text)| {
            let field = resource.position(name)?;
            let tagged =
                if secret.contains(name) { unsealed(sealing, text)? } else { text.clone() };
            Some((field, Value::from_tagged(&tagged)?))
        })
        .collect()
}

/// `NULL` is no secret and was kept as it is.
fn unsealed(sealing: &Sealing<'_>, text: &str) -> Option<String> {
    if text == "n" { Some(text.to_owned()) } else { sealing.unseal(text) }
}

/// What the entries of one operation say together.
pub(crate) struct Operation {
    pub(super) intents: Vec<(Entry, ItemRecord)>,
    pub(crate) outcome: Option<OutcomeRecord>,
    /// Keys that outcomes name: of created records, and of those whose key changed.
    pub(crate) outcome_keys: Vec<String>,
    /// The operation that took back all of it, or the rest.
    pub(crate) undone_by: Option<String>,
    /// All operations that took it back, or parts of it.
    pub(super) taken_back_by: Vec<String>,
}

impl Operation {
    pub(crate) fn of(entries: Vec<Entry>) -> Result<Self, OfficeError> {
        let mut operation = Self {
            intents: Vec::new(),
            outcome: None,
            outcome_keys: Vec::new(),
            undone_by: None,
            taken_back_by: Vec::new(),
        };
        let mut made: HashMap<usize, String> = HashMap::new();
        for entry in entries {
            match entry.content.kind.as_str() {
                INTENT => {
                    let record: ItemRecord = entry.content.body.read()?;
                    operation.intents.push((entry, record));
                }
                OUTCOME => {
                    operation.outcome = Some(entry.content.body.read()?);
                    operation.outcome_keys.extend(entry.content.record_key);
                }
                MADE => {
                    let record: MadeRecord = entry.content.body.read()?;
                    made.extend(entry.content.record_key.map(|key| (record.at, key)));
                }
                UNDONE => {
                    let body: serde_json::Value = entry.content.body.read()?;
                    let by = body.get("by").and_then(|by| by.as_str()).map(str::to_owned);
                    operation.taken_back_by.extend(by.clone());
                    if body.get("in_part") != Some(&serde_json::Value::Bool(true)) {
                        operation.undone_by = by;
                    }
                }
                _ => {}
            }
        }
        operation.name(made);
        Ok(operation)
    }

    /// Gives the records of many the addresses under which they were made.
    fn name(&mut self, mut made: HashMap<usize, String>) {
        if self.intents.len() < 2 {
            return;
        }
        for (at, (intent, _)) in self.intents.iter_mut().enumerate() {
            let key = made.remove(&at).or_else(|| intent.content.record_key.take());
            intent.content.record_key = Some(key.unwrap_or_else(|| unnamed(at)));
        }
    }

    /// The addresses of the records that it has written, as they were before it.
    pub(super) fn written(&self) -> impl Iterator<Item = &str> {
        let exceptions =
            self.outcome.as_ref().map(|outcome| outcome.exceptions.as_slice()).unwrap_or_default();
        let keys = self.intents.iter().filter_map(|(entry, _)| entry.content.record_key.as_deref());
        keys.filter(move |key| !exceptions.iter().any(|(other, _)| other == key))
    }

    /// The action that takes it back, where it was an action of which the manifest names one.
    pub(super) fn undone_by_action<'a>(&self, face: &'a Face) -> Option<&'a Action> {
        let called = |name: &str| face.actions.iter().find(|action| action.name == name);
        let done = self.intents.first()?.1.action.as_deref()?;
        called(called(done)?.undo.as_deref()?)
    }

    /// What an action changed of a record.
    pub(super) fn effects_on(&self, key: &str) -> &[Effect] {
        let effects = self.outcome.iter().flat_map(|outcome| &outcome.effects);
        let mut own = effects.filter(|(other, _)| other == key);
        own.next_back().map(|(_, effects)| effects.as_slice()).unwrap_or_default()
    }

    /// Why it cannot be taken back, as far as its own entries tell.
    pub(super) fn undo_locked(&self, face: &Face) -> Option<NotUndoable> {
        let records = || self.intents.iter().map(|(_, record)| record);
        if self.undone_by.is_some() {
            Some(NotUndoable::AlreadyUndone)
        } else if !self.state().is_written_in_part() {
            Some(NotUndoable::NotApplied)
        } else if records().any(|record| record.kind == ChangeKind::Act) {
            let shows_all = self.outcome.as_ref().is_some_and(|outcome| outcome.shows_all);
            let is_lost = !shows_all && self.undone_by_action(face).is_none();
            is_lost.then_some(NotUndoable::AnAction)
        } else if records().any(|record| record.is_final) {
            Some(NotUndoable::OthersLost)
        } else if records().any(|record| !record.not_kept.is_empty()) {
            Some(NotUndoable::ValuesNotKept)
        } else {
            None
        }
    }

    /// Whether the change of a record stands in the backend; `key` is the one of its intent.
    pub(super) fn standing(&self, key: Option<&str>) -> Standing {
        let state = self.state();
        let exceptions = self.outcome.iter().flat_map(|outcome| &outcome.exceptions);
        let exception = exceptions
            .filter(|(other, _)| other == key.unwrap_or_default())
            .map(|(_, reason)| NotWritten::of(reason, state))
            .next();
        match (state, exception) {
            (OperationState::Open, _) => Standing::Open,
            (_, Some(Some(reason))) => Standing::NotWritten(reason),
            (_, Some(None)) | (OperationState::Unknown, None) => Standing::Unknown,
            (OperationState::NotApplied, None) => Standing::NotWritten(NotWritten::Failed),
            (OperationState::Applied | OperationState::Partial, None) => Standing::Written,
        }
    }

    pub(crate) fn state(&self) -> OperationState {
        self.outcome.as_ref().map_or(OperationState::Open, |outcome| outcome.state)
    }
}
