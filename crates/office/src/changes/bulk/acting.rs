//! An action done with many records: which allow it, then one after another, each a change of its
//! own in the audit. Whatever ends it early (somebody, a failure, the end of the process) leaves at
//! most one record of which it is not known whether it was done.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};
use kontor_model::change::Refusal;
use kontor_model::{ChangeItem, ChangeKind, RecordKey, ResourceName};

use super::{BulkPreview, BulkSelection, Excluded, SAMPLE, Stop, Wanted, key_of};
use crate::actor::{Edit, Permit};
use crate::catalog::Does;
use crate::changes::acting::ActionRequest;
use crate::changes::plan::{Input, made};
use crate::changes::{ItemState, Plan};
use crate::error::{FieldProblem, OfficeError, Problem, ReadOnlyReason};
use crate::{Office, random};

/// The most records of one action.
const MOST_RECORDS: usize = 1_000;
/// Records that are looked at at once before it; the backend's own budget may allow fewer.
const AT_ONCE: usize = 4;
/// After so many records the person is looked up again.
const RIGHT_HOLDS: usize = 50;
/// So many lost answers one after another end it.
const MOST_LOST: usize = 3;

/// What a record says of an action.
enum Looked {
    Allowed(RecordKey),
    Refused(RecordKey, String),
    Gone(RecordKey),
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
        let look = |key: RecordKey| {
            let reading = &reading;
            async move {
                match self.allowed((&permit.actor, reading), face, action, &key).await {
                    Ok(_) => Ok(Looked::Allowed(key)),
                    Err(OfficeError::NotAllowed { why, .. }) => Ok(Looked::Refused(key, why)),
                    Err(OfficeError::UnknownRecord(_)) => Ok(Looked::Gone(key)),
                    Err(error) => Err(error),
                }
            }
        };
        let looked = futures_util::stream::iter(keys.map(look)).buffered(AT_ONCE);
        let looked: Vec<Looked> = looked.try_collect().await?;
        let (mut items, mut refused, mut gone) = (Vec::new(), Vec::new(), selected.gone);
        for one in looked {
            match one {
                Looked::Allowed(key) => items.push(ChangeItem {
                    key: Some(key),
                    before: Vec::new(),
                    after: Vec::new(),
                    version: None,
                }),
                Looked::Refused(key, why) => refused.push((key, why)),
                Looked::Gone(key) => gone.push(key),
            }
        }
        let excluded = [(Excluded::Gone, gone.len()), (Excluded::Refused, refused.len())];
        let sample = items.iter().take(SAMPLE).map(|item| (key_of(item), Vec::new())).collect();
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
            is_reversible: matches!(action.does, Does::Update(_)),
            sample,
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
                Wanted::Set(_) | Wanted::Deleted => None,
            }
        });
        action.ok_or_else(|| OfficeError::Unknown { what: "action", name: id.to_owned() })
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

    /// Acts on one record after another, until all are done or something ends it.
    pub(super) async fn act_on_all(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        id: &str,
        plan: &Plan,
        (action, input): (&str, Vec<(String, Input)>),
    ) {
        let mut lost = 0;
        for (at, item) in plan.change.items.iter().enumerate() {
            let asked = self.bulk.with(|all| all.get(id).map(|kept| kept.progress.stop));
            if asked == Some(Stop::Asked) {
                break;
            }
            if at > 0 && at % RIGHT_HOLDS == 0 {
                let holds = self.may_still_edit(&permit.actor, &permit.backend).await;
                if !holds {
                    let why = crate::changes::apply::LOST_RIGHT.to_owned();
                    self.advance(id, |kept| kept.progress.failure = Some(why));
                    break;
                }
            }
            let request = ActionRequest {
                action: action.to_owned(),
                keys: vec![key_of(item)],
                input: input.clone(),
                of_many: true,
            };
            let done = match self.plan_action(permit, &plan.change.resource, &request) {
                Ok(planned) => self.act(&permit.actor, permit, planned).await,
                Err(error) => Err(error),
            };
            let state = match done {
                Ok(_) => Ok(ItemState::Written(key_of(item))),
                Err(error) => state(error),
            };
            lost = if matches!(state, Ok(ItemState::Unknown)) { lost + 1 } else { 0 };
            let ends = state.is_err() || lost == MOST_LOST;
            self.advance(id, |kept| match state {
                Ok(ItemState::Written(key)) => {
                    kept.done.insert(key.to_text());
                    kept.progress.written += 1;
                }
                Ok(state) => {
                    if state == ItemState::Unknown {
                        kept.done.insert(key_of(item).to_text());
                    }
                    kept.progress.failed.push((key_of(item), state));
                    if ends {
                        kept.progress.failure = Some("several answers were lost".to_owned());
                    }
                }
                Err(error) => kept.progress.failure = Some(error.to_string()),
            });
            if ends {
                break;
            }
        }
    }
}

/// What became of a record; an error that is not its own ends everything.
fn state(error: OfficeError) -> Result<ItemState, OfficeError> {
    match error {
        OfficeError::Invalid(problems) => Ok(ItemState::Refused(problems)),
        OfficeError::UnknownRecord(_) => Ok(ItemState::Gone),
        OfficeError::Stale { conflicts, .. } => Ok(ItemState::Stale(conflicts)),
        OfficeError::OutcomeUnknown { .. } => Ok(ItemState::Unknown),
        OfficeError::NotAllowed { why, .. } => {
            let problem = Problem::Refused(Refusal::other(why));
            Ok(ItemState::Refused(vec![FieldProblem { field: String::new(), problem }]))
        }
        error => Err(error),
    }
}
