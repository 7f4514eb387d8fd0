//! An action with many records before it is done: which allow it, what would become of each, and
//! what all of them are given.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use kontor_model::{ChangeItem, ChangeKind, RecordKey, Resource, ResourceName, Value};

use super::{
    BulkPreview, BulkSelection, Excluded, SAMPLE, SampleOf, Stop, Wanted, changed, key_of, sample,
};
use crate::actor::{Edit, Permit};
use crate::catalog::{Does, Face};
use crate::changes::acting::{ActionRequest, Foreseen};
use crate::changes::plan::{Input, inputs, made};
use crate::error::{OfficeError, ReadOnlyReason};
use crate::records::Shown;
use crate::{Office, random};

/// The most records of one action.
const MOST_RECORDS: usize = 1_000;
/// Records that are looked at at once before it; the backend's own budget may allow fewer.
const AT_ONCE: usize = 4;
/// Records of which a backend is asked what an action would do with them.
const FORESEEN: usize = 10;
/// So long it may take to tell it of all of them.
const FORESEEING: Duration = Duration::from_secs(3);

/// What a record says of an action.
enum Looked {
    /// It can be done; an update with these values before and after.
    Allowed(RecordKey, Option<SampleOf>),
    /// The record is as an update would make it.
    AsWanted,
    Refused(RecordKey, String),
    Gone(RecordKey),
}

/// What a backend says that an action would do with the first records of a preview.
#[derive(Debug)]
pub struct BulkForeseen {
    /// The records, each with the answer or why there is none; nothing where it came too late.
    pub records: Vec<(RecordKey, Option<Result<Foreseen, OfficeError>>)>,
    /// How many more records the action is for.
    pub more: usize,
}

impl Office {
    /// Looks which records of a selection allow an action. It is applied like any bulk change, once
    /// [`Office::bulk_give`] has said what it is given.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] for an action that is not there; [`OfficeError::ReadOnly`];
    /// [`OfficeError::Parameter`] for one that cannot be done with many; else as [`Office::list`].
    pub async fn bulk_preview_action(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        selection: &BulkSelection,
        action: &str,
    ) -> Result<BulkPreview, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        if !permit.backend.manifest().is_writable(name) {
            let reason = face.read_only.unwrap_or(ReadOnlyReason::Manifest);
            return Err(OfficeError::ReadOnly(reason));
        }
        let unknown = || OfficeError::Unknown { what: "action", name: action.to_owned() };
        let action = face.actions.iter().find(|other| other.name == action).ok_or_else(unknown)?;
        if !action.is_for_many() {
            let problem = format!("“{}” needs something else of each record", action.name);
            return Err(OfficeError::Parameter { what: "action", problem });
        }
        let selected = self.selected(permit, &catalog, face, selection, &[]).await?;
        let is_cut = selected.is_cut || selected.rows.len() > MOST_RECORDS;
        let keys = selected.rows.into_iter().take(MOST_RECORDS).map(|(key, _)| key);
        let reading = permit.to_read();
        let resource = catalog.resource(face);
        let set = match &action.does {
            Does::Update(set) => {
                let set = self.settings(resource, set)?;
                Some(inputs(resource, face, ChangeKind::Update, &set)?)
            }
            Does::Operation(_) | Does::Statement(_) => None,
        };
        let look = |key: RecordKey| {
            let (reading, set) = (&reading, set.as_deref());
            async move {
                match self.allowed((&permit.actor, reading), face, action, &key).await {
                    Ok(shown) => Ok(looked(resource, face, key, set, &shown)),
                    Err(OfficeError::NotAllowed { why, .. }) => Ok(Looked::Refused(key, why)),
                    Err(OfficeError::UnknownRecord(_)) => Ok(Looked::Gone(key)),
                    Err(error) => Err(error),
                }
            }
        };
        let looked = futures_util::stream::iter(keys.map(look)).buffered(AT_ONCE);
        let looked: Vec<Looked> = looked.try_collect().await?;
        let (mut items, mut refused, mut gone) = (Vec::new(), Vec::new(), selected.gone);
        let (mut first, mut as_wanted) = (Vec::new(), 0);
        for one in looked {
            match one {
                Looked::Allowed(key, becomes) => {
                    if first.len() < SAMPLE {
                        first.push(becomes.unwrap_or_else(|| (key.clone(), Vec::new())));
                    }
                    items.push(only(key));
                }
                Looked::AsWanted => as_wanted += 1,
                Looked::Refused(key, why) => refused.push((key, why)),
                Looked::Gone(key) => gone.push(key),
            }
        }
        let excluded = [
            (Excluded::Unchanged, as_wanted),
            (Excluded::Gone, gone.len()),
            (Excluded::Refused, refused.len()),
        ];
        let now = self.clock.micros();
        let preview = BulkPreview {
            id: random::id(now),
            records: items.len(),
            deletes: false,
            excluded: excluded.into_iter().filter(|(_, n)| *n > 0).collect(),
            gone,
            prevented: Vec::new(),
            refused,
            touched: Vec::new(),
            is_reversible: action.is_reversible(),
            sample: first,
            is_cut,
            most: MOST_RECORDS,
        };
        let plan = made(permit, &catalog, face, ChangeKind::Act, items);
        self.keep(&preview, &permit.actor, now, plan, Wanted::Acted(action.name.clone()));
        Ok(preview)
    }

    /// The action that a bulk change of the actor's does, by name.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] when it does none, is too old or not the actor's.
    pub fn bulk_action(&self, permit: &Permit<Edit>, id: &str) -> Result<String, OfficeError> {
        let action = self.bulk.with(|all| {
            let kept = all.get(id).filter(|kept| kept.user == permit.actor.user.id)?;
            match &kept.wanted {
                Wanted::Acted(action) => Some(action.clone()),
                Wanted::Set(_) | Wanted::Deleted | Wanted::TakenBack(_) => None,
            }
        });
        action.ok_or_else(|| OfficeError::Unknown { what: "action", name: id.to_owned() })
    }

    /// Asks the backend what the action of a preview would do with its first records, given this;
    /// nothing is done. What is not answered in three seconds is left open.
    ///
    /// # Errors
    /// As [`Office::bulk_give`]; [`OfficeError::Unknown`] where nothing tells it beforehand.
    pub async fn bulk_foresee(
        &self,
        permit: &Permit<Edit>,
        id: &str,
        input: &[(String, Input)],
    ) -> Result<BulkForeseen, OfficeError> {
        let action = self.bulk_action(permit, id)?;
        let plan = self.waiting(permit, id, |kept| Ok(Arc::clone(&kept.plan)))?;
        let name = &plan.change.resource;
        let keys: Vec<RecordKey> = plan.change.items.iter().take(FORESEEN).map(key_of).collect();
        let request = ActionRequest { action, keys, input: input.to_vec(), of_many: true };
        if !request.keys.is_empty() {
            self.plan_action(permit, name, &request)?;
        }
        let asked = request.keys.clone().into_iter().map(|key| {
            let request = &request;
            async move { self.foresee(permit, name, &key, request).await }
        });
        let asked = futures_util::stream::iter(asked).buffered(AT_ONCE);
        let told = asked.take_until(Box::pin(tokio::time::sleep(FORESEEING)));
        let told: Vec<Result<Foreseen, OfficeError>> = told.collect().await;
        let told = told.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        let more = plan.change.items.len() - request.keys.len();
        Ok(BulkForeseen { records: request.keys.iter().cloned().zip(told).collect(), more })
    }

    /// Says what the action of a preview is given, the same for all of its records.
    ///
    /// # Errors
    /// As [`Office::bulk_waiting`]; [`OfficeError::Invalid`] with all inputs that are wrong.
    pub fn bulk_give(
        &self,
        permit: &Permit<Edit>,
        id: &str,
        input: &[(String, Input)],
    ) -> Result<(), OfficeError> {
        let (wanted, plan) =
            self.waiting(permit, id, |kept| Ok((kept.wanted.clone(), Arc::clone(&kept.plan))))?;
        let Wanted::Acted(action) = wanted else {
            return Err(OfficeError::Unknown { what: "action", name: id.to_owned() });
        };
        let keys: Vec<RecordKey> = plan.change.items.iter().take(1).map(key_of).collect();
        if !keys.is_empty() {
            let request = ActionRequest { action, keys, input: input.to_vec(), of_many: true };
            self.plan_action(permit, &plan.change.resource, &request)?;
        }
        self.waiting(permit, id, |kept| {
            kept.input = Some(input.to_vec());
            Ok(())
        })
    }

    /// Ends an action with many records after the one that it is at.
    ///
    /// # Errors
    /// As [`Office::bulk_progress`].
    pub fn bulk_stop(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
    ) -> Result<(), OfficeError> {
        self.bulk_progress(permit, name, id)?;
        self.advance(id, |kept| {
            if kept.progress.stop == Stop::Possible && !kept.progress.is_done {
                kept.progress.stop = Stop::Asked;
            }
        });
        Ok(())
    }
}

/// What an action would make of a record that allows it.
fn looked(
    resource: &Resource,
    face: &Face,
    key: RecordKey,
    set: Option<&[(usize, Value)]>,
    shown: &Shown,
) -> Looked {
    let Some(set) = set else { return Looked::Allowed(key, None) };
    let before = set.iter().map(|(field, _)| Some((*field, shown.value(*field)?.clone())));
    // Of a field that is not shown it is not known whether it would change.
    let Some(before) = before.collect::<Option<Vec<_>>>() else {
        return Looked::Allowed(key, None);
    };
    match changed(key, before, set) {
        Some(item) => {
            let becomes = sample(resource, face, &item);
            Looked::Allowed(key_of(&item), Some(becomes))
        }
        None => Looked::AsWanted,
    }
}

/// A record of an action: what it changes is found when it is done.
pub(super) fn only(key: RecordKey) -> ChangeItem {
    ChangeItem { key: Some(key), before: Vec::new(), after: Vec::new(), version: None }
}
