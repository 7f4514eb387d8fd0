//! An action while it is done with many records: one after another, each a change of its own in the
//! audit. Whatever ends it early (somebody, a failure, the end of the process) leaves at most one
//! record of which it is not known whether it was done.

use std::sync::Arc;

use kontor_model::change::Refusal;
use kontor_model::{ChangeKind, RecordKey, ResourceName};

use super::acting::only;
use super::{BulkPreview, Stop, Wanted, key_of};
use crate::actor::{Edit, Permit};
use crate::changes::acting::ActionRequest;
use crate::changes::plan::{Input, made};
use crate::changes::{ItemState, Plan};
use crate::error::{FieldProblem, OfficeError, Problem};
use crate::{Office, random};

/// After so many records the person is looked up again.
const RIGHT_HOLDS: usize = 50;
/// So many lost answers one after another end it.
const MOST_LOST: usize = 3;

/// What is done with each record.
pub(super) enum Deed {
    /// This action, given this.
    Act(String, Vec<(String, Input)>),
    /// The operation at its place is taken back.
    TakeBack(Vec<String>),
}

impl Office {
    /// Takes back what an action has done with many records: each change of its own that can be
    /// taken back, the last one first. It is followed like the action itself.
    ///
    /// # Errors
    /// As [`Office::bulk_progress`]; [`OfficeError::Unknown`] where nothing is left to be taken back,
    /// or it is still being done.
    pub fn bulk_undo(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
    ) -> Result<String, OfficeError> {
        let ended = self.bulk_progress(permit, name, id)?;
        let nothing = || OfficeError::Unknown { what: "bulk edit", name: id.to_owned() };
        if !ended.is_done || ended.undoable == 0 {
            return Err(nothing());
        }
        // Taken out, so that it is taken back once.
        let taken = self.bulk.with(|all| {
            let kept = all.get_mut(id)?;
            kept.progress.undoable = 0;
            Some(std::mem::take(&mut kept.operations))
        });
        let mut operations = taken.filter(|all| !all.is_empty()).ok_or_else(nothing)?;
        operations.reverse();
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        let now = self.clock.micros();
        let preview = BulkPreview {
            id: random::id(now),
            records: operations.len(),
            deletes: false,
            excluded: Vec::new(),
            gone: Vec::new(),
            prevented: Vec::new(),
            refused: Vec::new(),
            touched: Vec::new(),
            is_reversible: false,
            sample: Vec::new(),
            is_cut: false,
            most: operations.len(),
        };
        let items = operations.iter().map(|(key, _)| only(key.clone())).collect();
        let plan = made(permit, &catalog, face, ChangeKind::Act, items);
        let operations = operations.into_iter().map(|(_, operation)| operation).collect();
        self.keep(&preview, &permit.actor, now, plan, Wanted::TakenBack(operations));
        self.bulk_apply(permit, &preview.id, None)?;
        Ok(preview.id)
    }

    /// Does it with one record after another, until all are done or something ends it.
    pub(super) async fn do_with_all(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        id: &str,
        plan: &Plan,
        deed: &Deed,
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
            let done = self.done(permit, &plan.change.resource, &key_of(item), (deed, at)).await;
            let (state, operation) = match done {
                Ok(operation) => (Ok(ItemState::Written(key_of(item))), operation),
                Err(error) => (state(error), None),
            };
            lost = if matches!(state, Ok(ItemState::Unknown)) { lost + 1 } else { 0 };
            let ends = state.is_err() || lost == MOST_LOST;
            self.advance(id, |kept| kept.progress.tried += usize::from(state.is_ok()));
            self.advance(id, |kept| match state {
                Ok(ItemState::Written(key)) => {
                    kept.done.insert(key.to_text());
                    match operation {
                        // It was as it shall be when its turn came.
                        None => kept.progress.unchanged += 1,
                        Some(operation) => {
                            kept.progress.written += 1;
                            if kept.progress.is_reversible {
                                kept.operations.push((key, operation));
                                kept.progress.undoable += 1;
                            }
                        }
                    }
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

    /// Does it with one record; the operation under which that stands in the audit, none where there
    /// was nothing to do.
    async fn done(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        name: &ResourceName,
        key: &RecordKey,
        (deed, at): (&Deed, usize),
    ) -> Result<Option<String>, OfficeError> {
        let operation = match deed {
            Deed::Act(action, input) => {
                let (action, input) = (action.clone(), input.clone());
                let request =
                    ActionRequest { action, keys: vec![key.clone()], input, of_many: true };
                let planned = self.plan_action(permit, name, &request)?;
                self.act(&permit.actor, permit, planned).await?.operation
            }
            Deed::TakeBack(operations) => {
                let Some(operation) = operations.get(at) else { return Ok(None) };
                self.undo(&permit.actor, operation).await?.operation
            }
        };
        Ok((!operation.is_empty()).then_some(operation))
    }
}

/// What became of a record; an error that is not its own ends everything.
fn state(error: OfficeError) -> Result<ItemState, OfficeError> {
    match error {
        OfficeError::Invalid(problems) => Ok(ItemState::Refused(problems)),
        OfficeError::UnknownRecord(_) => Ok(ItemState::Gone),
        OfficeError::Stale { conflicts, .. } => Ok(ItemState::Stale(conflicts)),
        // Somebody has changed it meanwhile, or taken it back already.
        OfficeError::NotUndoable { .. } => Ok(ItemState::Stale(Vec::new())),
        OfficeError::OutcomeUnknown { .. } => Ok(ItemState::Unknown),
        OfficeError::NotAllowed { why, .. } => {
            let problem = Problem::Refused(Refusal::other(why));
            Ok(ItemState::Refused(vec![FieldProblem { field: String::new(), problem }]))
        }
        error => Err(error),
    }
}
