//! Bulk edit: the same change to a selection or to all records of a filter. What was previewed is
//! what is applied, record by record, as it was seen; the whole is undone at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use kontor_model::{ChangeItem, ChangeKind, Column, Query, RecordKey, ResourceName, Value};
use kontor_store::Micros;

use super::apply::ItemState;
use super::plan::{Input, Plan, inputs};
use crate::actor::{Actor, Edit, Permit};
use crate::error::{OfficeError, Problem};
use crate::records::{ListRequest, typed_key};
use crate::{Office, random};

/// The most records of one bulk edit.
const MOST_RECORDS: usize = 10_000;
/// Records shown in a preview.
const SAMPLE: usize = 20;
/// A preview is good for half an hour.
const VALID: Micros = 30 * 60 * 1_000_000;
/// Previews kept at once, of all people together.
const MOST_KEPT: usize = 200;

/// The records of a bulk edit.
#[derive(Debug, Clone)]
pub enum BulkSelection {
    /// These.
    Keys(Vec<RecordKey>),
    /// All of a list.
    List(Box<ListRequest>),
}

/// Why records of a selection are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Excluded {
    /// They hold the wanted values already.
    Unchanged,
    /// They are gone.
    Gone,
}

/// What a bulk edit would do.
#[derive(Debug, Clone)]
pub struct BulkPreview {
    /// Names the preview when it is applied.
    pub id: String,
    /// Records that would change.
    pub records: usize,
    /// Records left out, with why.
    pub excluded: Vec<(Excluded, usize)>,
    /// The first of the changes: record, then field, before, after.
    pub sample: Vec<(RecordKey, Vec<(String, Value, Value)>)>,
    /// Whether the list has more records than one bulk edit takes.
    pub is_cut: bool,
    /// The most that one bulk edit takes.
    pub most: usize,
}

/// How far a bulk edit has come.
#[derive(Debug, Clone, Default)]
pub struct BulkProgress {
    /// Records to write.
    pub records: usize,
    /// Written.
    pub written: usize,
    /// Not written, with why.
    pub failed: Vec<(RecordKey, ItemState)>,
    /// The operations, each undone on its own; one unless the edit is very large.
    pub operation: Option<String>,
    /// Whether it has ended.
    pub is_done: bool,
    /// The failure that ended it early.
    pub failure: Option<String>,
}

/// Previews that wait, and edits on their way.
#[derive(Default)]
pub(crate) struct BulkPlans(Mutex<HashMap<String, Kept>>);

struct Kept {
    user: String,
    at: Micros,
    plan: Option<Arc<Plan>>,
    progress: BulkProgress,
}

impl BulkPlans {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, Kept>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Office {
    /// Plans a bulk edit and says what it would do.
    ///
    /// # Errors
    /// As [`Office::plan_update`] and [`Office::list`].
    pub async fn bulk_preview(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        selection: &BulkSelection,
        set: &[(String, Input)],
    ) -> Result<BulkPreview, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.writable_face(permit, &catalog, name)?;
        let resource = catalog.resource(face);
        let after = inputs(resource, face, set)?;
        if let Some((field, _)) = after.iter().find(|(field, _)| resource.key.contains(field)) {
            let problem = Problem::ReadOnly(crate::ReadOnlyReason::Field);
            let field = resource.fields[*field].name.clone();
            return Err(OfficeError::Invalid(vec![crate::FieldProblem { field, problem }]));
        }
        let fields: Vec<usize> = after.iter().map(|(field, _)| *field).collect();
        let (rows, gone, is_cut) =
            self.selected(permit, &catalog, face, selection, &fields).await?;
        let mut items = Vec::new();
        let mut unchanged = 0;
        for (key, values) in rows {
            let before: Vec<(usize, Value)> = fields.iter().copied().zip(values).collect();
            let changed: Vec<(usize, Value)> = after
                .iter()
                .zip(&before)
                .filter(|((_, new), (_, old))| !new.is_same(old))
                .map(|(new, _)| new.clone())
                .collect();
            if changed.is_empty() {
                unchanged += 1;
            } else {
                let before = before
                    .into_iter()
                    .filter(|(field, _)| changed.iter().any(|(other, _)| other == field))
                    .collect();
                items.push(ChangeItem { key: Some(key), before, after: changed, version: None });
            }
        }
        let sample = items.iter().take(SAMPLE).map(|item| sample(resource, item)).collect();
        let plan = super::plan::made(permit, &catalog, face, ChangeKind::Update, items);
        let now = self.clock.micros();
        let id = random::id(now);
        let records = plan.change.items.len();
        self.keep(&id, &permit.actor, now, plan);
        let excluded = [(Excluded::Unchanged, unchanged), (Excluded::Gone, gone)];
        Ok(BulkPreview {
            id,
            records,
            excluded: excluded.into_iter().filter(|(_, n)| *n > 0).collect(),
            sample,
            is_cut,
            most: MOST_RECORDS,
        })
    }

    fn keep(&self, id: &str, actor: &Actor, now: Micros, plan: Plan) {
        self.bulk.with(|kept| {
            kept.retain(|_, other| now - other.at < VALID);
            while kept.len() >= MOST_KEPT {
                let Some(oldest) =
                    kept.iter().min_by_key(|(_, other)| other.at).map(|(id, _)| id.clone())
                else {
                    break;
                };
                kept.remove(&oldest);
            }
            let progress =
                BulkProgress { records: plan.change.items.len(), ..BulkProgress::default() };
            kept.insert(
                id.to_owned(),
                Kept { user: actor.user.id.clone(), at: now, plan: Some(Arc::new(plan)), progress },
            );
        });
    }

    /// The records of a selection with the present values of some fields, how many are gone, and
    /// whether there are more than one bulk edit takes.
    async fn selected(
        &self,
        permit: &Permit<Edit>,
        catalog: &crate::catalog::Catalog,
        face: &crate::catalog::Face,
        selection: &BulkSelection,
        fields: &[usize],
    ) -> Result<(Vec<(RecordKey, Vec<Value>)>, usize, bool), OfficeError> {
        let resource = catalog.resource(face);
        let reader = permit.to_read();
        match selection {
            BulkSelection::Keys(keys) => {
                let mut rows = Vec::with_capacity(keys.len().min(MOST_RECORDS));
                let mut gone = 0;
                for key in keys.iter().take(MOST_RECORDS) {
                    let key = typed_key(resource, key)?;
                    match self.present(permit, catalog, face, &key, fields).await {
                        Ok(values) => rows.push((key, values)),
                        Err(OfficeError::UnknownRecord(_)) => gone += 1,
                        Err(error) => return Err(error),
                    }
                }
                Ok((rows, gone, keys.len() > MOST_RECORDS))
            }
            BulkSelection::List(request) => {
                let planned = self.planned(&reader, catalog, face, request)?;
                let columns =
                    resource.key.iter().chain(fields).map(|&field| Column::whole(field)).collect();
                let query = Query {
                    columns,
                    condition: planned.condition,
                    sort: planned.sort,
                    total_order: planned.total_order,
                    cursor: None,
                    backward: false,
                    limit: u32::MAX,
                };
                let mut stream = permit
                    .backend
                    .stream(catalog, face, &query, std::time::Duration::from_secs(60))
                    .await?;
                let mut rows = Vec::new();
                while let Some(row) = stream.next().await {
                    if rows.len() == MOST_RECORDS {
                        return Ok((rows, 0, true));
                    }
                    let mut key =
                        row.map_err(|failure| OfficeError::backend(&permit.backend.name, failure))?;
                    let values = key.split_off(resource.key.len());
                    rows.push((RecordKey::Values(key), values));
                }
                Ok((rows, 0, false))
            }
        }
    }

    /// Applies a bulk edit that was previewed; it goes on when nobody looks.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] when the preview is too old, not the actor's or applied already.
    pub fn bulk_apply(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        id: &str,
    ) -> Result<(), OfficeError> {
        let now = self.clock.micros();
        let plan = self.bulk.with(|kept| {
            let waiting = kept
                .get_mut(id)
                .filter(|kept| kept.user == permit.actor.user.id && now - kept.at < VALID);
            waiting.and_then(|kept| kept.plan.take())
        });
        let plan = plan.filter(|plan| plan.change.backend == permit.backend.name);
        let plan =
            plan.ok_or_else(|| OfficeError::Unknown { what: "preview", name: id.to_owned() })?;
        let (office, permit, id) = (Arc::clone(self), permit.clone(), id.to_owned());
        tokio::spawn(async move {
            let result = office.apply_all(&permit.actor, &permit.backend, Arc::clone(&plan)).await;
            office.bulk.with(|kept| {
                if let Some(kept) = kept.get_mut(&id) {
                    finish(&mut kept.progress, &plan, result);
                }
            });
        });
        Ok(())
    }

    /// How far a bulk edit has come.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`].
    pub fn bulk_progress(&self, actor: &Actor, id: &str) -> Result<BulkProgress, OfficeError> {
        let progress = self.bulk.with(|kept| {
            kept.get(id).filter(|kept| kept.user == actor.user.id).map(|kept| kept.progress.clone())
        });
        progress.ok_or_else(|| OfficeError::Unknown { what: "bulk edit", name: id.to_owned() })
    }
}

fn sample(
    resource: &kontor_model::Resource,
    item: &ChangeItem,
) -> (RecordKey, Vec<(String, Value, Value)>) {
    let fields = item.after.iter().map(|(field, new)| {
        let old = item
            .before
            .iter()
            .find(|(other, _)| other == field)
            .map(|(_, value)| value.clone())
            .unwrap_or_default();
        (resource.fields[*field].name.clone(), old, new.clone())
    });
    (item.key.clone().unwrap_or(RecordKey::Values(Vec::new())), fields.collect())
}

fn finish(progress: &mut BulkProgress, plan: &Plan, result: Result<super::Applied, OfficeError>) {
    progress.is_done = true;
    match result {
        Ok(applied) => {
            progress.operation = Some(applied.operation);
            for (item, state) in plan.change.items.iter().zip(applied.items) {
                match state {
                    ItemState::Written(_) => progress.written += 1,
                    other => progress
                        .failed
                        .push((item.key.clone().unwrap_or(RecordKey::Values(Vec::new())), other)),
                }
            }
        }
        Err(error) => progress.failure = Some(error.to_string()),
    }
}
