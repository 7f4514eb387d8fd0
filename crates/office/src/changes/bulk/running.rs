//! Applying a bulk change, following it, and trying again what was not written.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use kontor_model::{ChangeItem, ChangeKind, ItemOutcome, RecordKey, ResourceName};

use super::doing::Deed;
use super::{BulkPreview, BulkProgress, BulkSelection, Kept, VALID, Wanted};
use crate::Office;
use crate::actor::{Edit, Permit};
use crate::changes::apply::item_state;
use crate::changes::{Applied, ItemState, Plan};
use crate::error::OfficeError;

impl Office {
    /// Plans once more what a bulk change did not write.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] when the bulk change is not the actor's, too old or has not ended;
    /// else as [`Office::bulk_preview`].
    pub async fn bulk_retry(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
    ) -> Result<BulkPreview, OfficeError> {
        let progress = self.bulk_progress(permit, name, id)?;
        let kept = self
            .bulk
            .with(|all| all.get(id).map(|kept| (kept.wanted.clone(), Arc::clone(&kept.plan))));
        let (wanted, plan) = kept
            .filter(|_| progress.is_done)
            .ok_or_else(|| OfficeError::Unknown { what: "bulk edit", name: id.to_owned() })?;
        // After an early end nobody knows the place; what was written is left out as it is then. An
        // action that may have been done is not done again.
        let keys = if let Wanted::Acted(_) = &wanted {
            let done = self.bulk.with(|all| all.get(id).map(|kept| kept.done.clone()));
            let done = done.unwrap_or_default();
            let keys = plan.change.items.iter().map(key_of);
            keys.filter(|key| !done.contains(&key.to_text())).collect()
        } else if progress.failure.is_some() {
            plan.change.items.iter().filter_map(|item| item.key.clone()).collect()
        } else {
            progress.failed.into_iter().map(|(key, _)| key).collect()
        };
        self.preview(permit, name, &BulkSelection::Keys(keys), wanted).await
    }

    /// A preview that waits to be applied, as it was shown.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] when the preview is too old, not the actor's or applied already.
    pub fn bulk_waiting(
        &self,
        permit: &Permit<Edit>,
        id: &str,
    ) -> Result<BulkPreview, OfficeError> {
        self.waiting(permit, id, |kept| Ok(kept.preview.clone()))
    }

    /// Applies a bulk edit that was previewed; it goes on when nobody looks. Who says how many
    /// records they expect is refused when it is another number.
    ///
    /// # Errors
    /// As [`Office::bulk_waiting`]; [`OfficeError::OtherCount`], after which the preview still
    /// waits.
    pub fn bulk_apply(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        id: &str,
        expected: Option<usize>,
    ) -> Result<(), OfficeError> {
        let (plan, deed) = self.waiting(permit, id, |kept| {
            let found = kept.preview.records;
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                return Err(OfficeError::OtherCount { expected, found });
            }
            let deed = match (&kept.wanted, &kept.input) {
                (Wanted::Acted(action), Some(input)) => {
                    Some(Deed::Act(action.clone(), input.clone()))
                }
                (Wanted::TakenBack(operations), _) => Some(Deed::TakeBack(operations.clone())),
                (Wanted::Acted(_), None) => {
                    let problem = "nobody has said yet what the action is given".to_owned();
                    return Err(OfficeError::Parameter { what: "input", problem });
                }
                (Wanted::Set(_) | Wanted::Deleted, _) => None,
            };
            kept.is_begun = true;
            Ok((Arc::clone(&kept.plan), deed))
        })?;
        let (office, permit, id) = (Arc::clone(self), permit.clone(), id.to_owned());
        // From now on, and not only when the task has begun.
        let working = self.at_work.begin();
        tokio::spawn(async move {
            let _working = working;
            if let Some(deed) = deed {
                office.do_with_all(&permit, &id, &plan, &deed).await;
                office.advance(&id, |kept| {
                    kept.progress.is_done = true;
                    kept.ended.notify_waiters();
                });
                return;
            }
            let follow = {
                let (office, plan, id) = (Arc::clone(&office), Arc::clone(&plan), id.clone());
                move |items: &[ChangeItem], outcomes: &[ItemOutcome]| {
                    office.advance(&id, |kept| advance(&mut kept.progress, &plan, items, outcomes));
                    ControlFlow::Continue(())
                }
            };
            let result = office.previewed(&permit, &plan, follow).await;
            office.advance(&id, |kept| {
                finish(&mut kept.progress, &plan, result);
                kept.ended.notify_waiters();
            });
        });
        Ok(())
    }

    /// What somebody does with a preview of theirs that was not applied yet.
    pub(super) fn waiting<T>(
        &self,
        permit: &Permit<Edit>,
        id: &str,
        what: impl FnOnce(&mut Kept) -> Result<T, OfficeError>,
    ) -> Result<T, OfficeError> {
        let now = self.clock.micros();
        self.bulk.with(|kept| {
            let waiting = kept.get_mut(id).filter(|kept| {
                kept.user == permit.actor.user.id
                    && now - kept.at < VALID
                    && kept.plan.change.backend == permit.backend.name
                    && !kept.is_begun
            });
            let waiting = waiting
                .ok_or_else(|| OfficeError::Unknown { what: "preview", name: id.to_owned() })?;
            what(waiting)
        })
    }

    pub(super) fn advance(&self, id: &str, how: impl FnOnce(&mut Kept)) {
        self.bulk.with(|kept| kept.get_mut(id).map(how));
    }

    /// Applies what was previewed. Where a deletion that could be taken back would meanwhile take
    /// others along, nothing is written: each record has changed in what hangs on it.
    async fn previewed(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        plan: &Arc<Plan>,
        follow: impl Fn(&[ChangeItem], &[ItemOutcome]) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> Result<Option<Applied>, OfficeError> {
        let change = &plan.change;
        if change.kind == ChangeKind::Delete && !change.is_final {
            let found = self.dependents(permit, &plan.catalog, plan.face(), &change.items).await?;
            if found.are_final() {
                return Ok(None);
            }
        }
        let plan = Arc::clone(plan);
        self.apply_followed(&permit.actor, &permit.backend, plan, follow).await.map(Some)
    }

    /// How far a bulk edit has come.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`].
    pub fn bulk_progress<R>(
        &self,
        permit: &Permit<R>,
        name: &ResourceName,
        id: &str,
    ) -> Result<BulkProgress, OfficeError> {
        let is_asked = |kept: &&Kept| {
            let change = &kept.plan.change;
            kept.user == permit.actor.user.id
                && change.backend == permit.backend.name
                && change.resource == *name
        };
        let progress =
            self.bulk.with(|kept| kept.get(id).filter(is_asked).map(|kept| kept.progress.clone()));
        progress.ok_or_else(|| OfficeError::Unknown { what: "bulk edit", name: id.to_owned() })
    }

    /// How far a bulk edit has come, when it has ended or after some time.
    ///
    /// # Errors
    /// As [`Office::bulk_progress`].
    pub async fn bulk_ended<R>(
        &self,
        permit: &Permit<R>,
        name: &ResourceName,
        id: &str,
        at_most: Duration,
    ) -> Result<BulkProgress, OfficeError> {
        if let Some(ended) = self.bulk.with(|kept| kept.get(id).map(|kept| Arc::clone(&kept.ended)))
        {
            let mut waiting = std::pin::pin!(ended.notified());
            // From here on nothing is missed, so that only what has not ended yet is waited for.
            waiting.as_mut().enable();
            if !self.bulk_progress(permit, name, id)?.is_done {
                // That it took longer is no failure: the progress says so.
                drop(tokio::time::timeout(at_most, waiting).await);
            }
        }
        self.bulk_progress(permit, name, id)
    }
}

/// Counts a part that was written.
fn advance(
    progress: &mut BulkProgress,
    plan: &Plan,
    items: &[ChangeItem],
    outcomes: &[ItemOutcome],
) {
    progress.tried += items.len();
    for (item, outcome) in items.iter().zip(outcomes) {
        match item_state(plan, item, outcome.clone()) {
            ItemState::Written(_) => progress.written += 1,
            other => progress.failed.push((key_of(item), other)),
        }
    }
}

pub(super) fn key_of(item: &ChangeItem) -> RecordKey {
    item.key.clone().unwrap_or(RecordKey::Values(Vec::new()))
}

fn finish(progress: &mut BulkProgress, plan: &Plan, result: Result<Option<Applied>, OfficeError>) {
    progress.is_done = true;
    match result {
        Ok(None) => {
            let all = plan.change.items.iter();
            progress.failed =
                all.map(|item| (key_of(item), ItemState::Stale(Vec::new()))).collect();
        }
        Ok(Some(applied)) => progress.operation = Some(applied.operation),
        Err(error) => {
            progress.failure = Some(error.to_string());
            // What was written before it broke off can be taken back.
            if let OfficeError::BrokenOff { operation, .. } = error {
                progress.operation = Some(operation);
            }
        }
    }
}
