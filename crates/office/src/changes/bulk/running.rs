//! Applying a bulk change, following it, and trying again what was not written.

use std::sync::Arc;
use std::time::Duration;

use kontor_model::{RecordKey, ResourceName};

use super::{BulkPreview, BulkProgress, BulkSelection, Kept, VALID};
use crate::Office;
use crate::actor::{Edit, Permit};
use crate::changes::apply::LOST_RIGHT;
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
        // After an early end nobody knows the place; what was written is left out as it is then.
        let keys = if progress.failure.is_some() {
            plan.change.items.iter().filter_map(|item| item.key.clone()).collect()
        } else {
            progress.failed.into_iter().map(|(key, _)| key).collect()
        };
        self.preview(permit, name, &BulkSelection::Keys(keys), wanted).await
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
            let waiting = kept.get_mut(id).filter(|kept| {
                kept.user == permit.actor.user.id
                    && now - kept.at < VALID
                    && kept.plan.change.backend == permit.backend.name
            });
            let waiting = waiting.filter(|kept| !kept.is_begun)?;
            waiting.is_begun = true;
            Some(Arc::clone(&waiting.plan))
        });
        let plan =
            plan.ok_or_else(|| OfficeError::Unknown { what: "preview", name: id.to_owned() })?;
        let (office, permit, id) = (Arc::clone(self), permit.clone(), id.to_owned());
        tokio::spawn(async move {
            let result = office.apply_all(&permit.actor, &permit.backend, Arc::clone(&plan)).await;
            office.bulk.with(|kept| {
                if let Some(kept) = kept.get_mut(&id) {
                    finish(&mut kept.progress, &plan, result);
                    kept.ended.notify_waiters();
                }
            });
        });
        Ok(())
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

fn finish(progress: &mut BulkProgress, plan: &Plan, result: Result<Applied, OfficeError>) {
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
        Err(OfficeError::Denied(_)) => progress.failure = Some(LOST_RIGHT.to_owned()),
        Err(error) => progress.failure = Some(error.to_string()),
    }
}
