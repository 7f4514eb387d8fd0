//! What happened to a record, and what was done in an operation.

use std::collections::{HashMap, HashSet};

use kontor_model::{ChangeKind, RecordKey, ResourceName, Value};
use kontor_store::Micros;

use super::journal::{
    INTENT, ItemRecord, MADE, OUTCOME, Operation, OperationState, Standing, is_unnamed,
};
use crate::Office;
use crate::actor::{Actor, Permit, Read};
use crate::catalog::Face;
use crate::error::{Conflict, NotUndoable, OfficeError};

/// One thing that happened to a record.
#[derive(Debug, Clone)]
pub struct TimelineEntry {
    /// Number of the entry in the audit; pass the last one to read on.
    pub seq: i64,
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: String,
    /// The operation it belongs to.
    pub operation: String,
    /// What was done.
    pub kind: ChangeKind,
    /// What became of the operation.
    pub state: OperationState,
    /// Whether the change of this record was written.
    pub standing: Standing,
    /// Fields that changed or should have, with what was and what was wanted; only those that may
    /// be seen.
    pub fields: Vec<(String, Option<Value>, Option<Value>)>,
    /// The action that was done, by name.
    pub action: Option<String>,
    /// What the action was given.
    pub input: Vec<(String, Value)>,
    /// The operation that this one took back.
    pub undo_of: Option<String>,
    /// The operation that took this one back.
    pub undone_by: Option<String>,
    /// Why it cannot be taken back, as far as that is known without asking the backend.
    pub undo_locked: Option<NotUndoable>,
}

/// Who gave a field the value that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Who, by name.
    pub actor: String,
    /// When.
    pub at: Micros,
}

/// All that is known of an operation.
#[derive(Debug, Clone)]
pub struct Told {
    /// The operation.
    pub operation: String,
    /// Its backend.
    pub backend: String,
    /// Its resource.
    pub resource: String,
    /// What became of it.
    pub state: OperationState,
    /// Whether that was found out after the fact.
    pub settled: bool,
    /// Its records: their addresses and what was done.
    pub items: Vec<(Option<String>, TimelineEntry)>,
    /// Records that were not written, with the reason.
    pub exceptions: Vec<(String, String)>,
    /// The failure, for administrators.
    pub detail: Option<String>,
}

/// Changes of a record that are looked through for who made the last of a field.
const LOOKED_THROUGH: u32 = 50;

impl Office {
    /// Who made the changes that an edit met, one for each; none where it was done outside of
    /// Kontor, or longer ago than is looked through.
    ///
    /// # Errors
    /// As [`Office::timeline`].
    pub async fn authors(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &RecordKey,
        conflicts: &[Conflict],
    ) -> Result<Vec<Option<Author>>, OfficeError> {
        let entries = self.timeline(permit, name, &key.to_text(), None, LOOKED_THROUGH).await?;
        Ok(conflicts.iter().map(|conflict| author(&entries, conflict)).collect())
    }

    /// What happened to a record, newest first. Whether a change can be taken back is told by the
    /// later ones, as far as they are among those that are read.
    ///
    /// # Errors
    /// [`OfficeError::Store`].
    pub async fn timeline(
        &self,
        permit: &Permit<Read>,
        name: &ResourceName,
        key: &str,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<TimelineEntry>, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let entries = self
            .store
            .audit()
            .timeline(permit.backend.name.as_str(), name.as_str(), key, before, limit)
            .await?;
        let mut operations: HashMap<String, Operation> = HashMap::new();
        let mut told: Vec<TimelineEntry> = Vec::new();
        let mut later = Later::default();
        for entry in entries {
            if !matches!(entry.content.kind.as_str(), INTENT | OUTCOME | MADE) {
                continue;
            }
            let id = entry.content.operation.clone();
            if told.iter().any(|earlier| earlier.operation == id) {
                continue;
            }
            if !operations.contains_key(&id) {
                let operation = Operation::of(self.store.audit().by_operation(&id).await?)?;
                operations.insert(id.clone(), operation);
            }
            let operation = &operations[&id];
            let intent = operation
                .intents
                .iter()
                .find(|(intent, _)| intent.content.record_key.as_deref() == Some(key))
                .or_else(|| operation.intents.first());
            if let Some((intent, record)) = intent {
                let mut line = timeline_entry(face, permit, intent, record, operation);
                line.seq = entry.seq;
                if line.undo_locked.is_none() && later.is_in_the_way_of(record) {
                    line.undo_locked = Some(NotUndoable::ChangedSince);
                }
                if line.standing == Standing::Written {
                    later.add(&id, record);
                }
                told.push(line);
            }
        }
        Ok(told)
    }

    /// Why an operation cannot be taken back, as far as its record's later changes tell; of one over
    /// many records each is seen to when it is taken back.
    ///
    /// # Errors
    /// As [`Office::timeline`].
    pub async fn undo_locked(
        &self,
        permit: &Permit<Read>,
        told: &Told,
    ) -> Result<Option<NotUndoable>, OfficeError> {
        let [(key, entry)] = told.items.as_slice() else {
            return Ok(told.items.first().and_then(|(_, entry)| entry.undo_locked));
        };
        let (None, Some(key)) = (entry.undo_locked, key) else { return Ok(entry.undo_locked) };
        let name = ResourceName::new(&told.resource);
        let entries = self.timeline(permit, &name, key, None, LOOKED_THROUGH).await?;
        let own = entries.into_iter().find(|entry| entry.operation == told.operation);
        Ok(own.and_then(|entry| entry.undo_locked))
    }

    /// All that is known of an operation.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`]; [`OfficeError::UnknownBackend`] for somebody who may not read it.
    pub async fn operation(
        &self,
        actor: &std::sync::Arc<Actor>,
        id: &str,
    ) -> Result<Told, OfficeError> {
        let operation = Operation::of(self.store.audit().by_operation(id).await?)?;
        let unknown = || OfficeError::Unknown { what: "operation", name: id.to_owned() };
        let (first, _) = operation.intents.first().ok_or_else(unknown)?;
        let backend =
            kontor_model::BackendName::new(first.content.backend.clone().unwrap_or_default())
                .map_err(|_| unknown())?;
        let permit: Permit<Read> = self.permit(actor, &backend)?;
        let catalog = permit.backend.catalog()?;
        let name = ResourceName::new(first.content.resource.clone().unwrap_or_default());
        let face = self.face(&permit.backend, &catalog, &name)?;
        let items = operation
            .intents
            .iter()
            .map(|(intent, record)| {
                let key = intent
                    .content
                    .record_key
                    .clone()
                    .or_else(|| operation.outcome_keys.first().cloned())
                    .filter(|key| !is_unnamed(key));
                (key, timeline_entry(face, &permit, intent, record, &operation))
            })
            .collect();
        let outcome = operation.outcome.as_ref();
        Ok(Told {
            operation: id.to_owned(),
            backend: backend.to_string(),
            resource: name.to_string(),
            state: operation.state(),
            settled: outcome.is_some_and(|outcome| outcome.settled),
            exceptions: outcome.map(|outcome| outcome.exceptions.clone()).unwrap_or_default(),
            detail: outcome.and_then(|outcome| outcome.detail.clone()),
            items,
        })
    }
}

/// The last written change of a field is the one that was met if it leads to what is there now, or
/// away from what was seen.
fn author(entries: &[TimelineEntry], met: &Conflict) -> Option<Author> {
    let (entry, before, after) = entries
        .iter()
        .filter(|entry| entry.standing == Standing::Written && entry.kind != ChangeKind::Delete)
        .find_map(|entry| {
            let field = entry.fields.iter().find(|(field, _, _)| *field == met.field);
            field.map(|(_, before, after)| (entry, before, after))
        })?;
    let leads_here = after.as_ref().is_some_and(|after| after.is_alike(&met.theirs));
    let leads_away = before.as_ref().is_some_and(|before| before.is_alike(&met.before));
    (leads_here || leads_away).then(|| Author { actor: entry.actor.clone(), at: entry.at })
}

/// What later changes of a record did, gathered from the newest on.
#[derive(Default)]
struct Later {
    fields: HashSet<String>,
    is_deleted: bool,
    /// Operations that were taken back by one that stands.
    undone: HashSet<String>,
}

impl Later {
    /// An operation and the one that took it back leave nothing between them.
    fn add(&mut self, operation: &str, record: &ItemRecord) {
        if self.undone.contains(operation) {
            return;
        }
        if let Some(original) = &record.undo_of {
            self.undone.insert(original.clone());
            return;
        }
        self.is_deleted |= record.kind == ChangeKind::Delete;
        self.fields.extend(record.after.iter().map(|(name, _)| name.clone()));
    }

    fn is_in_the_way_of(&self, record: &ItemRecord) -> bool {
        let is_changed = || record.after.iter().any(|(name, _)| self.fields.contains(name));
        self.is_deleted || is_changed()
    }
}

fn timeline_entry(
    face: &Face,
    permit: &Permit<Read>,
    intent: &kontor_store::audit::Entry,
    record: &ItemRecord,
    operation: &Operation,
) -> TimelineEntry {
    let catalog = permit.backend.catalog().ok();
    let is_visible = |name: &String| {
        let resource = catalog.as_ref().map(|catalog| catalog.resource(face));
        let field = resource.and_then(|resource| resource.position(name));
        field.is_some_and(|field| {
            face.fields.get(field).is_some_and(crate::catalog::FieldFace::is_visible)
        })
    };
    let value = |pairs: &[(String, String)], name: &str| {
        pairs
            .iter()
            .find(|(field, _)| field == name)
            .and_then(|(_, tagged)| Value::from_tagged(tagged))
    };
    let key = intent.content.record_key.as_deref().unwrap_or_default();
    let effects = operation.outcome.iter().flat_map(|outcome| &outcome.effects);
    let effects = effects.filter(|(of, _)| of == key).flat_map(|(_, fields)| fields);
    let effects = effects.filter(|(name, ..)| is_visible(name)).map(|(name, before, after)| {
        (name.clone(), Value::from_tagged(before), Value::from_tagged(after))
    });
    let changed: &[(String, String)] =
        if record.after.is_empty() { &record.before } else { &record.after };
    let fields = changed
        .iter()
        .map(|(name, _)| name)
        .filter(|name| is_visible(name) && !record.secret.contains(name))
        .map(|name| (name.clone(), value(&record.before, name), value(&record.after, name)))
        .chain(effects)
        .collect();
    let input = record
        .input
        .iter()
        .filter_map(|(name, tagged)| Some((name.clone(), Value::from_tagged(tagged)?)))
        .collect();
    TimelineEntry {
        seq: intent.seq,
        at: intent.content.at,
        actor: intent.content.actor_name.clone(),
        operation: intent.content.operation.clone(),
        kind: record.kind,
        state: operation.state(),
        standing: operation.standing(intent.content.record_key.as_deref()),
        fields,
        action: record.action.clone(),
        input,
        undo_of: record.undo_of.clone(),
        undone_by: operation.undone_by.clone(),
        undo_locked: operation.undo_locked(face),
    }
}
