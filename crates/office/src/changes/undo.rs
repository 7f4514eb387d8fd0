//! Undo: the inverse change, planned from the audit and checked like any other.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kontor_model::{
    BackendName, ChangeItem, ChangeKind, Engine, RecordKey, Resource, ResourceName, Value,
};
use kontor_store::Json;
use kontor_store::audit::NewEntry;

use super::acting::ActionRequest;
use super::apply::Applied;
use super::journal::{self, Effect, ItemRecord, Operation, OperationState, Sealing, UNDONE};
use super::plan::{Input, Plan};
use crate::Office;
use crate::actor::{Actor, Edit, Permit};
use crate::catalog::{Action, Catalog, Face};
use crate::error::{NotUndoable, OfficeError};
use crate::records::recorded_key;

impl Office {
    /// Takes an operation back: what it set becomes what was there, provided nobody changed it
    /// since; what it made is removed; what it removed is made again.
    ///
    /// # Errors
    /// [`OfficeError::NotUndoable`]; else as [`Office::apply`].
    pub async fn undo(
        self: &Arc<Self>,
        actor: &Arc<Actor>,
        operation: &str,
    ) -> Result<Applied, OfficeError> {
        let (office, actor, operation) =
            (Arc::clone(self), Arc::clone(actor), operation.to_owned());
        // On a task of its own: it counts as begun until it has ended, also if the browser leaves.
        let task = tokio::spawn(async move { office.take_back(&actor, &operation).await });
        task.await.map_err(|error| OfficeError::Fault(format!("an undo was cut off: {error}")))?
    }

    async fn take_back(
        self: &Arc<Self>,
        actor: &Arc<Actor>,
        operation: &str,
    ) -> Result<Applied, OfficeError> {
        let not = |reason| OfficeError::NotUndoable { operation: operation.to_owned(), reason };
        // Two who take the same back at the same moment would make a removed record twice.
        let _begun =
            self.undoing.begin(operation).ok_or_else(|| not(NotUndoable::AlreadyUndone))?;
        let told = Operation::of(self.store.audit().by_operation(operation).await?)?;
        let unknown = || OfficeError::Unknown { what: "operation", name: operation.to_owned() };
        let (first, _) = told.intents.first().ok_or_else(unknown)?;
        let backend = first.content.backend.clone().unwrap_or_default();
        let resource = ResourceName::new(first.content.resource.clone().unwrap_or_default());
        let backend = BackendName::new(backend).map_err(|_| unknown())?;
        let permit: Permit<Edit> = self.permit(actor, &backend)?;
        // One that broke off in the middle is taken up again.
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, &resource)?;
        if let Some(reason) = told.undo_locked(face) {
            return Err(not(reason));
        }
        if let Some(action) = told.undone_by_action(face) {
            return self.act_back(&permit, &resource, &told, (operation, action)).await;
        }
        let face = self.writable_face(&permit, &catalog, &resource)?;
        let taken_back = self.taken_back(&told).await?;
        let mut undoing: Vec<(ChangeKind, ChangeItem)> = Vec::new();
        let is_single = told.intents.len() == 1;
        for (entry, record) in &told.intents {
            let key_text = entry.content.record_key.clone();
            if is_exception(&told, key_text.as_deref()) {
                continue;
            }
            let new_key = told.outcome_keys.first().filter(|_| is_single).cloned();
            let written_key = new_key.or_else(|| key_text.clone());
            if written_key.as_ref().is_some_and(|key| taken_back.contains(key)) {
                continue;
            }
            let kind = inverse(record.kind);
            let item = if record.kind == ChangeKind::Act {
                let effects = told.effects_on(key_text.as_deref().unwrap_or_default());
                put_back(catalog.resource(face), face, effects, written_key.as_deref())
            } else {
                let resource = catalog.resource(face);
                self.inverse_item(&backend, resource, record, written_key.as_deref())
            };
            let mut item = item.ok_or_else(|| not(NotUndoable::ValuesNotKept))?;
            if catalog.schema.engine == Engine::Sqlite && kind == ChangeKind::Update {
                self.expect_stored_form(&permit, &catalog, face, &mut item).await?;
            }
            if kind == ChangeKind::Delete {
                self.keep_whole(&permit, &catalog, face, &mut item).await?;
            }
            undoing.push((kind, item));
        }
        let Some((kind, _)) = undoing.last() else {
            return Err(not(NotUndoable::AlreadyUndone));
        };
        // What was done last is taken back first.
        let kind = *kind;
        let (items, others): (Vec<_>, Vec<_>) =
            undoing.into_iter().partition(|(other, _)| *other == kind);
        let then = others.first().map(|(other, _)| (items.len(), *other));
        let mut items: Vec<ChangeItem> = items.into_iter().map(|(_, item)| item).collect();
        if kind == ChangeKind::Delete {
            let dependents = self.dependents(&permit, &catalog, face, &items).await?;
            if dependents.are_final() || !dependents.prevented.is_empty() {
                return Err(not(NotUndoable::OthersPoint));
            }
        }
        items.extend(others.into_iter().map(|(_, item)| item));
        let mut plan = super::plan::made(&permit, &catalog, face, kind, items);
        plan.change.undo_of = Some(operation.to_owned());
        plan.change.then = then;
        self.undo_plan(actor, &permit, plan).await
    }

    /// Takes an action back by the one that its manifest names, with what the first was given where
    /// both take the same.
    async fn act_back(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        resource: &ResourceName,
        told: &Operation,
        (operation, action): (&str, &Action),
    ) -> Result<Applied, OfficeError> {
        let keys = told.written().filter_map(RecordKey::from_text).collect();
        let given = told.intents.iter().flat_map(|(_, record)| &record.input);
        let mut input: Vec<(String, Input)> = Vec::new();
        for (name, tagged) in given {
            let is_taken = action.inputs.iter().any(|own| own.name == *name && !own.hidden);
            let is_new = !input.iter().any(|(other, _)| other == name);
            if let Some(value) = Value::from_tagged(tagged).filter(|_| is_taken && is_new) {
                input.push((name.clone(), Input::Value(value)));
            }
        }
        let request = ActionRequest { action: action.name.clone(), keys, input, of_many: false };
        let plan = self.plan_action(permit, resource, &request)?.taking_back(operation);
        let acted = self.act(&permit.actor, permit, plan).await?;
        let items = acted.items.into_iter().map(|(_, state)| state).collect();
        Ok(Applied { operation: acted.operation, items })
    }

    /// The addresses of the records that were taken back already: one that broke off in the middle
    /// left the others.
    async fn taken_back(&self, told: &Operation) -> Result<HashSet<String>, OfficeError> {
        let mut keys = HashSet::new();
        for by in &told.taken_back_by {
            let undo = Operation::of(self.store.audit().by_operation(by).await?)?;
            keys.extend(undo.written().map(str::to_owned));
        }
        Ok(keys)
    }

    /// A record that was made may have been filled by others since. What is removed is kept whole,
    /// as with any deletion, so that this can be taken back in turn.
    async fn keep_whole(
        &self,
        permit: &Permit<Edit>,
        catalog: &Catalog,
        face: &Face,
        item: &mut ChangeItem,
    ) -> Result<(), OfficeError> {
        let Some(key) = &item.key else { return Ok(()) };
        let resource = catalog.resource(face);
        let kept = |field: &usize| {
            let field = &resource.fields[*field];
            field.comparable || field.ty.is_writable()
        };
        let fields: Vec<usize> = (0..resource.fields.len()).filter(kept).collect();
        let present = self.present(permit, catalog, face, key, &fields).await?;
        let made = std::mem::take(&mut item.before);
        item.before = fields.into_iter().zip(present).collect();
        for (field, present) in &mut item.before {
            let expected = made.iter().find(|(made, _)| made == field).map(|(_, value)| value);
            if let Some(expected) = expected.filter(|value| !value.is_alike(present)) {
                // That it was changed is for the write to find, like every other conflict.
                present.clone_from(expected);
            }
        }
        Ok(())
    }

    /// SQLite keeps a number in a form of its own choice: `11.00` becomes the integer 11. What was
    /// written is expected in the form that is there now.
    async fn expect_stored_form(
        &self,
        permit: &Permit<Edit>,
        catalog: &Catalog,
        face: &Face,
        item: &mut ChangeItem,
    ) -> Result<(), OfficeError> {
        let Some(key) = &item.key else { return Ok(()) };
        let fields: Vec<usize> = item.before.iter().map(|(field, _)| *field).collect();
        let present = match self.present(permit, catalog, face, key, &fields).await {
            // That the record is gone is for the write to find, like every other conflict.
            Err(OfficeError::UnknownRecord(_)) => return Ok(()),
            present => present?,
        };
        for ((_, expected), present) in item.before.iter_mut().zip(present) {
            if expected.is_alike(&present) {
                *expected = present;
            }
        }
        Ok(())
    }

    async fn undo_plan(
        self: &Arc<Self>,
        actor: &Arc<Actor>,
        permit: &Permit<Edit>,
        plan: Plan,
    ) -> Result<Applied, OfficeError> {
        if plan.change.items.len() == 1 {
            self.apply(actor, &permit.backend, plan).await
        } else {
            self.apply_all(actor, &permit.backend, Arc::new(plan)).await
        }
    }

    fn inverse_item(
        &self,
        backend: &BackendName,
        resource: &Resource,
        record: &ItemRecord,
        key: Option<&str>,
    ) -> Option<ChangeItem> {
        if !record.not_kept.is_empty() {
            return None;
        }
        let sealing = Sealing { key: &self.key, backend };
        let before = journal::values(resource, &record.before, &record.secret, &sealing)?;
        let after = journal::values(resource, &record.after, &record.secret, &sealing)?;
        let key =
            key.and_then(RecordKey::from_text).and_then(|key| recorded_key(resource, &key).ok());
        Some(match record.kind {
            ChangeKind::Update => {
                // Fields that were only expected are not written back.
                let restored = before
                    .into_iter()
                    .filter(|(field, _)| after.iter().any(|(set, _)| set == field))
                    .collect();
                ChangeItem { key: Some(key?), before: after, after: restored, version: None }
            }
            ChangeKind::Create => {
                ChangeItem { key: Some(key?), before: after, after: Vec::new(), version: None }
            }
            // What it did is not in its intent.
            ChangeKind::Act => return None,
            ChangeKind::Delete => {
                let made: Vec<_> = before
                    .into_iter()
                    .filter(|(field, _)| {
                        // A key that only the database gives is put back, too, or else what points
                        // to the record would not find it.
                        let is_key = resource.key.contains(field);
                        resource.fields[*field].is_editable()
                            || (is_key && resource.fields[*field].ty.is_writable())
                    })
                    .collect();
                ChangeItem { key, before: Vec::new(), after: made, version: None }
            }
        })
    }

    /// What tells beside the original operation that it was taken back, or a part of it; Kontor
    /// itself tells it where no `actor` does.
    pub(super) fn undone(
        &self,
        actor: Option<&Actor>,
        original: &str,
        (by, state): (&str, OperationState),
    ) -> Result<NewEntry, OfficeError> {
        Ok(NewEntry {
            at: self.clock.micros(),
            operation: original.to_owned(),
            kind: UNDONE.to_owned(),
            actor_id: actor.map(|actor| actor.user.id.clone()),
            actor_name: actor.map_or_else(|| "Kontor".to_owned(), |actor| actor.user.name.clone()),
            backend: None,
            resource: None,
            record_key: None,
            body: Json::write(
                &serde_json::json!({ "by": by, "in_part": state == OperationState::Partial }),
            )?,
        })
    }
}

/// The operations that are being taken back at the moment.
#[derive(Default)]
pub(crate) struct Undoing(Mutex<HashSet<String>>);

/// An operation is being taken back as long as this lives.
struct Begun<'a> {
    all: &'a Undoing,
    operation: &'a str,
}

impl Undoing {
    /// None where it has begun already.
    fn begin<'a>(&'a self, operation: &'a str) -> Option<Begun<'a>> {
        let is_first = self.operations().insert(operation.to_owned());
        is_first.then_some(Begun { all: self, operation })
    }

    fn operations(&self) -> MutexGuard<'_, HashSet<String>> {
        // A poisoned lock only means that another request panicked; the set inside is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.all.operations().remove(self.operation);
    }
}

/// What puts back what an action changed of a record, where people may change all of that; what
/// the backend keeps itself must only still be there.
fn put_back(
    resource: &Resource,
    face: &Face,
    effects: &[Effect],
    key: Option<&str>,
) -> Option<ChangeItem> {
    let key = recorded_key(resource, &RecordKey::from_text(key?)?).ok()?;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (name, was, now) in effects {
        let field = resource.position(name)?;
        before.push((field, Value::from_tagged(now)?));
        if is_put_back(resource, face, field) {
            after.push((field, Value::from_tagged(was)?));
        }
    }
    let is_something = !after.is_empty();
    is_something.then_some(ChangeItem { key: Some(key), before, after, version: None })
}

/// Whether an undo may write a field: people may, and nothing but people does.
pub(super) fn is_put_back(resource: &Resource, face: &Face, field: usize) -> bool {
    let own = &face.fields[field];
    own.read_only.is_none() && !own.kept && resource.fields[field].is_editable()
}

fn inverse(kind: ChangeKind) -> ChangeKind {
    match kind {
        ChangeKind::Create => ChangeKind::Delete,
        ChangeKind::Update | ChangeKind::Act => ChangeKind::Update,
        ChangeKind::Delete => ChangeKind::Create,
    }
}

fn is_exception(told: &Operation, key: Option<&str>) -> bool {
    let exceptions =
        told.outcome.as_ref().map(|outcome| outcome.exceptions.as_slice()).unwrap_or_default();
    exceptions.iter().any(|(other, _)| Some(other.as_str()) == key)
}
