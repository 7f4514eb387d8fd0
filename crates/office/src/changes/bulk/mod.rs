//! Bulk edit and bulk deletion: the same change to a selection or to all records of a filter. What was previewed is
//! what is applied, record by record, as it was seen; the whole is undone at once.

mod acting;
mod doing;
mod running;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use kontor_model::{
    ChangeItem, ChangeKind, Column, Query, RecordKey, Resource, ResourceName, Value,
};
use kontor_store::Micros;

use crate::actor::{Actor, Edit, Permit};
use crate::catalog::{Catalog, Face, Mark};
use crate::changes::dependents::Dependents;
use crate::changes::journal::is_kept;
use crate::changes::plan::{Input, Plan, inputs, made};
use crate::changes::{ItemState, Touched};
use crate::error::{OfficeError, Problem};
use crate::records::{ListRequest, has_one_of_keys, typed_key};
use crate::{Office, random};
use running::key_of;

pub use acting::BulkForeseen;

/// The most records of one bulk edit.
const MOST_RECORDS: usize = 10_000;
/// Records that are looked up at once by their keys.
const BATCH: usize = 200;
/// Records shown in a preview.
const SAMPLE: usize = 20;
/// A preview is good for half an hour.
const VALID: Micros = 30 * 60 * 1_000_000;
/// Previews and ended changes that are kept of one person at once; the oldest make room for others.
const MOST_KEPT: usize = 20;

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
    /// Other records point to them, so that the database refuses to delete them.
    Prevented,
    /// They do not allow the action.
    Refused,
}

/// A record of a preview, with its changed fields: name, before, after.
pub type SampleOf = (RecordKey, Vec<(String, Value, Value)>);

/// What a bulk edit would do.
#[derive(Debug, Clone)]
pub struct BulkPreview {
    /// Names the preview when it is applied.
    pub id: String,
    /// Records that would change.
    pub records: usize,
    /// Whether records are deleted, or marked as deleted.
    pub deletes: bool,
    /// Records left out, with why.
    pub excluded: Vec<(Excluded, usize)>,
    /// The records of the selection that are gone.
    pub gone: Vec<RecordKey>,
    /// The records of the selection that cannot be deleted, since others point to them.
    pub prevented: Vec<RecordKey>,
    /// The records of the selection that do not allow the action, each with the backend's reason,
    /// which may be none.
    pub refused: Vec<(RecordKey, String)>,
    /// Records elsewhere that a deletion touches.
    pub touched: Vec<Touched>,
    /// Whether all of it can be taken back: the audit can keep every value, and nothing else is
    /// lost along.
    pub is_reversible: bool,
    /// The first of the changes: record, then field, before, after.
    pub sample: Vec<SampleOf>,
    /// Whether the list has more records than one bulk edit takes.
    pub is_cut: bool,
    /// The most that one bulk edit takes.
    pub most: usize,
}

impl BulkPreview {
    /// Records that are as they shall be already.
    #[must_use]
    pub fn unchanged(&self) -> usize {
        let mut all = self.excluded.iter().filter(|(why, _)| *why == Excluded::Unchanged);
        all.next().map_or(0, |(_, records)| *records)
    }
}

/// How far a bulk edit has come. It is written in parts, and counted part by part.
#[derive(Debug, Clone, Default)]
pub struct BulkProgress {
    /// Records to write.
    pub records: usize,
    /// Tried so far, whatever became of it.
    pub tried: usize,
    /// Written so far.
    pub written: usize,
    /// Not written so far, with why.
    pub failed: Vec<(RecordKey, ItemState)>,
    /// Records that were as they shall be already, before it began or when their turn came.
    pub unchanged: usize,
    /// Records that were left out before it began, since they do not allow it, each with the
    /// backend's reason, which may be none.
    pub refused: Vec<(RecordKey, String)>,
    /// Records that were gone before it began.
    pub gone: Vec<RecordKey>,
    /// Of an action: how many of its changes [`Office::bulk_undo`] can take back.
    pub undoable: usize,
    /// Whether it takes back what an action has done.
    pub takes_back: bool,
    /// The operation under which all of it can be undone, once it has ended.
    pub operation: Option<String>,
    /// Whether it can be taken back.
    pub is_reversible: bool,
    /// Whether it has ended.
    pub is_done: bool,
    /// Whether it can be ended early, and whether it was.
    pub stop: Stop,
    /// The failure that ended it early.
    pub failure: Option<String>,
}

/// Whether a bulk change can be ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stop {
    /// It cannot: it is written in few large parts.
    #[default]
    Never,
    /// It can.
    Possible,
    /// It was, or will be after the record that it is at.
    Asked,
}

/// Previews that wait, and edits on their way.
#[derive(Default)]
pub(crate) struct BulkPlans(Mutex<HashMap<String, Kept>>);

struct Kept {
    user: String,
    at: Micros,
    wanted: Wanted,
    plan: Arc<Plan>,
    preview: BulkPreview,
    is_begun: bool,
    progress: BulkProgress,
    /// What an action is given, once it is said.
    input: Option<Vec<(String, Input)>>,
    /// Addresses of the records with which an action was done, or may have been.
    done: HashSet<String>,
    /// The changes of an action that can be taken back.
    operations: Vec<(RecordKey, String)>,
    ended: Arc<tokio::sync::Notify>,
}

impl Kept {
    fn is_running(&self) -> bool {
        self.is_begun && !self.progress.is_done
    }
}

/// What shall become of each record.
#[derive(Debug, Clone)]
enum Wanted {
    /// These fields shall hold this.
    Set(Vec<(String, Input)>),
    /// It shall be deleted.
    Deleted,
    /// This action shall be done with it.
    Acted(String),
    /// The operation at its place shall be taken back.
    TakenBack(Vec<String>),
}

/// Records that were looked up for a bulk change.
struct Selected {
    rows: Vec<(RecordKey, Vec<Value>)>,
    gone: Vec<RecordKey>,
    is_cut: bool,
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
        self.preview(permit, name, selection, Wanted::Set(set.to_vec())).await
    }

    /// Plans the deletion of many records and says what it would do: a mark where the resource
    /// marks its deleted records, else a removal of which all values are kept.
    ///
    /// # Errors
    /// As [`Office::plan_delete`] and [`Office::list`].
    pub async fn bulk_preview_delete(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        selection: &BulkSelection,
    ) -> Result<BulkPreview, OfficeError> {
        self.preview(permit, name, selection, Wanted::Deleted).await
    }

    async fn preview(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        selection: &BulkSelection,
        wanted: Wanted,
    ) -> Result<BulkPreview, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.writable_face(permit, &catalog, name)?;
        let resource = catalog.resource(face);
        let after = match &wanted {
            Wanted::Set(set) => settable(resource, face, set)?,
            Wanted::Deleted => self.mark_of_deletion(resource, face),
            Wanted::Acted(action) => {
                return self.bulk_preview_action(permit, name, selection, action).await;
            }
            Wanted::TakenBack(_) => {
                return Err(OfficeError::Unknown { what: "bulk edit", name: String::new() });
            }
        };
        let removes = after.is_empty() && matches!(wanted, Wanted::Deleted);
        let fields: Vec<usize> = if removes {
            (0..resource.fields.len()).collect()
        } else {
            after.iter().map(|(field, _)| *field).collect()
        };
        let selected = self.selected(permit, &catalog, face, selection, &fields).await?;
        let looked = selected.rows.len();
        let mut items: Vec<ChangeItem> = selected
            .rows
            .into_iter()
            .map(|(key, values)| (key, fields.iter().copied().zip(values).collect::<Vec<_>>()))
            .filter_map(|(key, before)| match &wanted {
                Wanted::Deleted if removes => Some(removal(resource, key, before)),
                Wanted::Deleted if is_deleted(face, &before) => None,
                _ => changed(key, before, &after),
            })
            .collect();
        let unchanged = looked - items.len();
        let dependents = if removes {
            self.dependents(permit, &catalog, face, &items).await?
        } else {
            Dependents::default()
        };
        let prevented = dependents.taken_out_of(&mut items);
        let excluded = [
            (Excluded::Unchanged, unchanged),
            (Excluded::Gone, selected.gone.len()),
            (Excluded::Prevented, prevented.len()),
        ];
        let sample = items.iter().take(SAMPLE).map(|item| sample(resource, face, item)).collect();
        let are_kept = items
            .iter()
            .all(|item| item.before.iter().all(|(_, value)| value.is_whole() && is_kept(value)));
        let kind = if removes { ChangeKind::Delete } else { ChangeKind::Update };
        let mut plan = made(permit, &catalog, face, kind, items);
        plan.change.is_final = dependents.are_final();
        let now = self.clock.micros();
        let preview = BulkPreview {
            id: random::id(now),
            records: plan.change.items.len(),
            deletes: matches!(wanted, Wanted::Deleted),
            excluded: excluded.into_iter().filter(|(_, n)| *n > 0).collect(),
            gone: selected.gone,
            prevented,
            refused: Vec::new(),
            is_reversible: are_kept && !plan.change.is_final,
            touched: dependents.touched,
            sample,
            is_cut: selected.is_cut,
            most: MOST_RECORDS,
        };
        self.keep(&preview, &permit.actor, now, plan, wanted);
        Ok(preview)
    }

    /// What is written to mark a record as deleted; nothing where it is removed.
    fn mark_of_deletion(&self, resource: &Resource, face: &Face) -> Vec<(usize, Value)> {
        let mark = face.soft_delete.as_ref().map(|soft| match &soft.deleted {
            Mark::Fixed(value) => (soft.field, value.clone()),
            Mark::Now => (soft.field, self.now_for(&resource.fields[soft.field].ty)),
        });
        mark.into_iter().collect()
    }

    fn keep(&self, preview: &BulkPreview, actor: &Actor, now: Micros, plan: Plan, wanted: Wanted) {
        self.bulk.with(|kept| {
            // What is being written is followed to its end, however long that takes.
            kept.retain(|_, other| now - other.at < VALID || other.is_running());
            let own = |other: &Kept| other.user == actor.user.id && !other.is_running();
            while kept.values().filter(|other| own(other)).count() >= MOST_KEPT {
                let theirs = kept.iter().filter(|(_, other)| own(other));
                let oldest = theirs.min_by_key(|(_, other)| other.at).map(|(id, _)| id.clone());
                let Some(oldest) = oldest else { break };
                kept.remove(&oldest);
            }
            let progress = BulkProgress {
                records: plan.change.items.len(),
                is_reversible: preview.is_reversible,
                stop: match &wanted {
                    Wanted::Acted(_) | Wanted::TakenBack(_) => Stop::Possible,
                    Wanted::Set(_) | Wanted::Deleted => Stop::Never,
                },
                unchanged: preview.unchanged(),
                refused: preview.refused.clone(),
                gone: preview.gone.clone(),
                takes_back: matches!(wanted, Wanted::TakenBack(_)),
                ..BulkProgress::default()
            };
            let waiting = Kept {
                user: actor.user.id.clone(),
                at: now,
                wanted,
                plan: Arc::new(plan),
                preview: preview.clone(),
                is_begun: false,
                progress,
                input: None,
                done: HashSet::new(),
                operations: Vec::new(),
                ended: Arc::default(),
            };
            kept.insert(preview.id.clone(), waiting);
        });
    }

    /// The records of a selection with the present values of some fields.
    async fn selected(
        &self,
        permit: &Permit<Edit>,
        catalog: &Catalog,
        face: &Face,
        selection: &BulkSelection,
        fields: &[usize],
    ) -> Result<Selected, OfficeError> {
        let resource = catalog.resource(face);
        let reader = permit.to_read();
        match selection {
            BulkSelection::Keys(keys) => {
                let is_cut = keys.len() > MOST_RECORDS;
                let keys = keys.iter().take(MOST_RECORDS);
                let keys = keys.map(|key| typed_key(resource, face, key));
                let keys: Vec<RecordKey> = keys.collect::<Result<_, _>>()?;
                let mut selected = Selected { rows: Vec::new(), gone: Vec::new(), is_cut };
                let mut known = HashSet::with_capacity(keys.len());
                let row_cap = permit.backend.manifest().budget.row_cap.max(1) as usize;
                for batch in keys.chunks(BATCH.min(row_cap)) {
                    let found = self.by_keys(permit, catalog, face, batch, fields).await?;
                    for (key, values) in found {
                        match values {
                            None => selected.gone.push(key),
                            // Several spellings may name the same record.
                            Some(values) if known.insert(key.to_text()) => {
                                selected.rows.push((key, values));
                            }
                            Some(_) => {}
                        }
                    }
                }
                Ok(selected)
            }
            BulkSelection::List(request) => {
                let planned = self.planned(&reader, catalog, face, request).await?;
                let columns =
                    resource.key.iter().chain(fields).map(|&field| Column::whole(field)).collect();
                let query = Query {
                    sort: planned.sort,
                    total_order: planned.total_order,
                    ..Query::unordered(columns, planned.condition, u32::MAX)
                };
                let mut stream = permit
                    .backend
                    .stream(catalog, face, &query, std::time::Duration::from_secs(60))
                    .await?;
                let mut rows = Vec::new();
                while let Some(row) = stream.next().await {
                    if rows.len() == MOST_RECORDS {
                        return Ok(Selected { rows, gone: Vec::new(), is_cut: true });
                    }
                    let mut key =
                        row.map_err(|failure| OfficeError::backend(&permit.backend.name, failure))?;
                    let values = key.split_off(resource.key.len());
                    rows.push((RecordKey::Values(key), values));
                }
                Ok(Selected { rows, gone: Vec::new(), is_cut: false })
            }
        }
    }

    /// The present values of some fields of the records with these keys, in their order; none of
    /// one that is gone. Each key is as the backend holds it.
    async fn by_keys(
        &self,
        permit: &Permit<Edit>,
        catalog: &Catalog,
        face: &Face,
        keys: &[RecordKey],
        fields: &[usize],
    ) -> Result<Vec<(RecordKey, Option<Vec<Value>>)>, OfficeError> {
        let resource = catalog.resource(face);
        let columns =
            resource.key.iter().chain(fields).map(|&field| Column::whole(field)).collect();
        let most = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let query = Query::unordered(columns, has_one_of_keys(resource, keys.iter()), most);
        let page = permit.backend.select(catalog, face, &query).await?;
        let present = page.rows.into_iter().map(|mut key| {
            let values = key.split_off(resource.key.len());
            (RecordKey::Values(key).to_text(), values)
        });
        let mut present: HashMap<String, Vec<Value>> = present.collect();
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            if let Some(values) = present.remove(&key.to_text()) {
                found.push((key.clone(), Some(values)));
                continue;
            }
            // It may be held in another spelling.
            match self.present_record(permit, catalog, face, key, fields).await {
                Ok((key, values)) => found.push((key, Some(values))),
                Err(OfficeError::UnknownRecord(_)) => found.push((key.clone(), None)),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

/// The values that fields shall hold; the key stays as it is.
fn settable(
    resource: &Resource,
    face: &Face,
    set: &[(String, Input)],
) -> Result<Vec<(usize, Value)>, OfficeError> {
    let after = inputs(resource, face, ChangeKind::Update, set)?;
    if let Some((field, _)) = after.iter().find(|(field, _)| resource.key.contains(field)) {
        let problem = Problem::ReadOnly(crate::ReadOnlyReason::Key);
        let field = resource.fields[*field].name.clone();
        return Err(OfficeError::Invalid(vec![crate::FieldProblem { field, problem }]));
    }
    Ok(after)
}

/// The removal of a record. Values that cannot be compared cannot be demanded either.
fn removal(resource: &Resource, key: RecordKey, mut before: Vec<(usize, Value)>) -> ChangeItem {
    before.retain(|(field, _)| {
        resource.fields[*field].comparable || resource.fields[*field].ty.is_writable()
    });
    ChangeItem { key: Some(key), before, after: Vec::new(), version: None }
}

/// Whether a record bears the mark of a deletion already.
fn is_deleted(face: &Face, before: &[(usize, Value)]) -> bool {
    face.soft_delete.as_ref().is_some_and(|soft| {
        before.iter().any(|(field, value)| *field == soft.field && !value.is_same(&soft.alive))
    })
}

/// The change of a record; none where it holds everything already.
fn changed(
    key: RecordKey,
    mut before: Vec<(usize, Value)>,
    after: &[(usize, Value)],
) -> Option<ChangeItem> {
    let is_new = |(field, new): &&(usize, Value)| {
        !before.iter().any(|(other, old)| other == field && new.is_same(old))
    };
    let after: Vec<(usize, Value)> = after.iter().filter(is_new).cloned().collect();
    before.retain(|(field, _)| after.iter().any(|(other, _)| other == field));
    (!after.is_empty()).then_some(ChangeItem { key: Some(key), before, after, version: None })
}

/// The visible fields of a change, with what was and what would be; nothing after a removal.
fn sample(resource: &Resource, face: &Face, item: &ChangeItem) -> SampleOf {
    let of = |values: &[(usize, Value)], field: usize| {
        values.iter().find(|(other, _)| *other == field).map(|(_, value)| value.clone())
    };
    let fields = item.after.iter().filter(|(field, _)| face.fields[*field].is_visible()).map(
        |(field, new)| {
            let name = resource.fields[*field].name.clone();
            (name, of(&item.before, *field).unwrap_or_default(), new.clone())
        },
    );
    (item.key.clone().unwrap_or(RecordKey::Values(Vec::new())), fields.collect())
}
