//! After a crash, or after a connection broke in the middle of a change: changes whose outcome is
//! not known are settled against what the backend holds, or told to be unknown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kontor_model::{
    BackendName, ChangeKind, Column, Condition, Query, RecordKey, Resource, ResourceName, Value,
};
use kontor_store::Json;
use kontor_store::audit::{NewEntry, OpenChange, OpenedChange};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::journal::{
    self, ItemRecord, OUTCOME, Operation, OperationState, OutcomeRecord, Sealing,
};
use crate::Office;
use crate::backend::Backend;
use crate::catalog::{Catalog, Face};
use crate::error::OfficeError;
use crate::records::{has_key, recorded_key};

/// What is found of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Written,
    NotWritten,
    Unclear,
}

/// Changes of this run that ended without a known outcome, and when.
#[derive(Default)]
pub(crate) struct LeftOpen(Mutex<HashMap<String, Instant>>);

impl LeftOpen {
    fn changes(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        // A poisoned lock only means that another request panicked; the list inside is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, operation: &str) {
        self.changes().insert(operation.to_owned(), Instant::now());
    }

    fn remove(&self, operation: &str) {
        self.changes().remove(operation);
    }

    /// How long ago a change was left; none for those of other runs and those under way.
    fn since(&self, operation: &str) -> Option<Duration> {
        self.changes().get(operation).map(Instant::elapsed)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes().is_empty()
    }
}

/// What an open change says of how it began.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Begun {
    /// The resource.
    pub(super) resource: ResourceName,
    /// The session name of the office that began it: its installation, and its run.
    pub(super) session: Option<String>,
}

/// A change that another installation began is at work there, or will be settled when that one
/// starts again. Microseconds after which neither is believed any more: a day.
const OTHERS_END: i64 = 24 * 3_600 * 1_000_000;

/// Added to the time after which a backend ends a statement, until a lost one counts as ended.
const GRACE: Duration = Duration::from_secs(1);

impl Office {
    /// Settles the changes of a backend that an earlier run left open, and those of this run whose
    /// answer was lost. How many were settled; a change of which the statement may still be on its
    /// way stays open until the backend would have ended it.
    ///
    /// # Errors
    /// [`OfficeError`] when the backend or the store cannot be asked; what is open stays open.
    pub async fn settle(self: &Arc<Self>, name: &BackendName) -> Result<usize, OfficeError> {
        let open: Vec<OpenedChange> = self
            .store
            .audit()
            .open_changes()
            .await?
            .into_iter()
            .filter(|change| change.backend == name.as_str())
            .filter(|change| self.is_left(change))
            .collect();
        if open.is_empty() {
            return Ok(0);
        }
        let backend = self.backend(name)?;
        // A statement of the run that died may still be on its way.
        let quiet = backend.earlier_sessions_ended().await?;
        let catalog = backend.catalog()?;
        let lasts = backend.manifest().budget.statement_timeout + GRACE;
        let mut settled = 0;
        for change in &open {
            let operation =
                Operation::of(self.store.audit().by_operation(&change.operation).await?)?;
            let is_known =
                operation.outcome.is_some() && operation.state() != OperationState::Unknown;
            let record = if is_known {
                None
            } else {
                Some(self.looked_at(&backend, &catalog, &operation, quiet).await?)
            };
            let is_applied =
                record.as_ref().is_none_or(|record| record.state == OperationState::Applied);
            let left = self.left_open.since(&change.operation);
            if !is_applied && left.is_some_and(|since| since < lasts) {
                continue;
            }
            self.close_change(change, &operation, record).await?;
            self.left_open.remove(&change.operation);
            settled += 1;
            tracing::info!(operation = %change.operation, backend = %name, "settled a change that was cut off");
        }
        Ok(settled)
    }

    /// Whether nobody works on a change any more.
    fn is_left(&self, change: &OpenedChange) -> bool {
        if self.left_open.since(&change.operation).is_some() {
            return true;
        }
        let by = change.body.read::<Begun>().ok().and_then(|begun| begun.session);
        let Some(by) = by else { return change.at < self.started };
        let installation =
            |session: &str| session.rsplit_once('/').map(|(name, _)| name.to_owned());
        if installation(&by) == installation(&self.session_name) {
            return by != self.session_name;
        }
        change.at < self.clock.micros() - OTHERS_END
    }

    async fn looked_at(
        &self,
        backend: &Backend,
        catalog: &Catalog,
        operation: &Operation,
        quiet: bool,
    ) -> Result<OutcomeRecord, OfficeError> {
        let (mut written, mut clear) = (0, quiet);
        let mut exceptions = Vec::new();
        for (entry, record) in &operation.intents {
            let name = ResourceName::new(entry.content.resource.clone().unwrap_or_default());
            let found = match catalog.face(&name) {
                Some(face) => {
                    self.look(backend, catalog, face, record, entry.content.record_key.as_deref())
                        .await?
                }
                None => Found::Unclear,
            };
            let key = entry.content.record_key.clone().unwrap_or_default();
            match found {
                Found::Written => written += 1,
                Found::NotWritten => exceptions.push((key, "not written".to_owned())),
                Found::Unclear => {
                    clear = false;
                    exceptions.push((key, "not known".to_owned()));
                }
            }
        }
        let state = match (clear, written) {
            // What is there is there, whatever else may still be on its way.
            (_, all) if all == operation.intents.len() => OperationState::Applied,
            (false, _) => OperationState::Unknown,
            (true, 0) => OperationState::NotApplied,
            _ => OperationState::Partial,
        };
        Ok(OutcomeRecord {
            state,
            settled: true,
            exceptions,
            effects: Vec::new(),
            shows_all: false,
            detail: None,
        })
    }

    async fn look(
        &self,
        backend: &Backend,
        catalog: &Catalog,
        face: &Face,
        record: &ItemRecord,
        key: Option<&str>,
    ) -> Result<Found, OfficeError> {
        // What an action does only its backend knows.
        if record.kind == ChangeKind::Act {
            return Ok(Found::Unclear);
        }
        let resource = catalog.resource(face);
        let sealing = &Sealing { key: &self.key, backend: &backend.name };
        let (Some(before), Some(after)) = (
            journal::values(resource, &record.before, &record.secret, sealing),
            journal::values(resource, &record.after, &record.secret, sealing),
        ) else {
            return Ok(Found::Unclear);
        };
        let key =
            key.and_then(RecordKey::from_text).and_then(|key| recorded_key(resource, &key).ok());
        let Some(key) = key else { return self.look_for_new(backend, catalog, face, &after).await };
        let fields: Vec<usize> = if record.kind == ChangeKind::Delete {
            resource.key.clone()
        } else {
            after.iter().map(|(field, _)| *field).collect()
        };
        let there = read(backend, catalog, face, has_key(resource, &key), &fields, 1)
            .await?
            .into_iter()
            .next();
        Ok(match (record.kind, there) {
            (ChangeKind::Delete, Some(_)) | (ChangeKind::Create, None) => Found::NotWritten,
            (ChangeKind::Delete, None) => Found::Written,
            (ChangeKind::Create | ChangeKind::Update, Some(values)) if holds(&after, &values) => {
                Found::Written
            }
            (ChangeKind::Update, Some(values)) => {
                let old: Vec<(usize, Value)> = fields
                    .iter()
                    .filter_map(|field| before.iter().find(|(seen, _)| seen == field).cloned())
                    .collect();
                if old.len() == values.len() && holds(&old, &values) {
                    Found::NotWritten
                } else {
                    Found::Unclear
                }
            }
            (ChangeKind::Update, None) => {
                self.under_new_key(backend, catalog, face, &key, &after).await?
            }
            (ChangeKind::Create, Some(_)) | (ChangeKind::Act, _) => Found::Unclear,
        })
    }

    /// An edit of the key itself moves the record.
    async fn under_new_key(
        &self,
        backend: &Backend,
        catalog: &Catalog,
        face: &Face,
        key: &RecordKey,
        after: &[(usize, Value)],
    ) -> Result<Found, OfficeError> {
        let resource = catalog.resource(face);
        let RecordKey::Values(old) = key else { return Ok(Found::Unclear) };
        let changed = |field: &usize| {
            after.iter().find(|(set, _)| set == field).map(|(_, value)| value.clone())
        };
        if !resource.key.iter().any(|field| changed(field).is_some()) {
            return Ok(Found::Unclear);
        }
        let new = resource
            .key
            .iter()
            .zip(old)
            .map(|(field, old)| changed(field).unwrap_or_else(|| old.clone()))
            .collect();
        let rows = read(
            backend,
            catalog,
            face,
            has_key(resource, &RecordKey::Values(new)),
            &resource.key,
            1,
        )
        .await?;
        Ok(if rows.is_empty() { Found::Unclear } else { Found::Written })
    }

    /// The database would have made the key: nothing like it means that it was not written; more
    /// cannot be told, for the same record may have been made by somebody else.
    async fn look_for_new(
        &self,
        backend: &Backend,
        catalog: &Catalog,
        face: &Face,
        after: &[(usize, Value)],
    ) -> Result<Found, OfficeError> {
        let resource = catalog.resource(face);
        let comparable = after.iter().filter(|(field, _)| is_comparable(resource, *field));
        let condition = RecordKey::Content(
            comparable
                .map(|(field, value)| (resource.fields[*field].name.clone(), value.clone()))
                .collect(),
        );
        let rows =
            read(backend, catalog, face, has_key(resource, &condition), &resource.key, 1).await?;
        Ok(if rows.is_empty() { Found::NotWritten } else { Found::Unclear })
    }

    async fn close_change(
        &self,
        change: &OpenedChange,
        operation: &Operation,
        record: Option<OutcomeRecord>,
    ) -> Result<(), OfficeError> {
        let mut entries = Vec::new();
        if let (Some(record), Some((first, _))) = (&record, operation.intents.first()) {
            let single = operation.intents.len() == 1;
            entries.push(NewEntry {
                at: self.clock.micros(),
                operation: change.operation.clone(),
                kind: OUTCOME.to_owned(),
                actor_id: None,
                actor_name: "Kontor".to_owned(),
                backend: first.content.backend.clone(),
                resource: first.content.resource.clone(),
                record_key: first.content.record_key.clone().filter(|_| single),
                body: Json::write(record)?,
            });
        }
        let state = record.map(|record| record.state);
        let undo_of = operation.intents.first().and_then(|(_, intent)| intent.undo_of.as_ref());
        if let Some(original) =
            undo_of.filter(|_| state.is_some_and(OperationState::is_written_in_part))
        {
            let state = state.unwrap_or(OperationState::Unknown);
            entries.push(self.undone(None, original, (&change.operation, state))?);
        }
        self.store.audit().append(entries, OpenChange::Close(change.operation.clone())).await?;
        Ok(())
    }
}

fn is_comparable(resource: &Resource, field: usize) -> bool {
    resource.fields[field].comparable
}

fn holds(wanted: &[(usize, Value)], values: &[Value]) -> bool {
    wanted.len() == values.len()
        && wanted.iter().zip(values).all(|((_, wanted), there)| wanted.is_alike(there))
}

async fn read(
    backend: &Backend,
    catalog: &Catalog,
    face: &Face,
    condition: Condition,
    fields: &[usize],
    limit: u32,
) -> Result<Vec<Vec<Value>>, OfficeError> {
    let query = Query::unordered(
        fields.iter().map(|&field| Column::whole(field)).collect(),
        condition,
        limit,
    );
    Ok(backend.select(catalog, face, &query).await?.rows)
}
