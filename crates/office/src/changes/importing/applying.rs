//! Applying an import as it was shown, and following it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kontor_model::{ChangeItem, ItemOutcome, RecordKey, ResourceName};

use super::{ImportCheck, ImportProblem, ImportStage};
use crate::Office;
use crate::actor::{Edit, Permit};
use crate::changes::apply::item_state;
use crate::changes::{Applied, ItemState};
use crate::error::OfficeError;

/// A row that was not written.
#[derive(Debug, Clone)]
pub struct ImportFailed {
    /// Its number in the file, from one.
    pub number: usize,
    /// Its record; none of one that was to be made under a key that nobody knows yet.
    pub key: Option<RecordKey>,
    /// Why.
    pub state: ItemState,
}

/// How far an import has been written. It is written in parts, and counted part by part.
#[derive(Debug, Clone, Default)]
pub struct ImportProgress {
    /// Records to write.
    pub records: usize,
    /// Written so far.
    pub written: usize,
    /// Not written so far, with why.
    pub failed: Vec<ImportFailed>,
    /// Whether somebody ended it early.
    pub is_stopped: bool,
    /// Whether it has ended.
    pub is_done: bool,
    /// Whether it can be taken back.
    pub is_reversible: bool,
    /// The operation under which all of it can be undone, once it has ended.
    pub operation: Option<String>,
    /// The failure that ended it early.
    pub failure: Option<Arc<OfficeError>>,
}

impl Office {
    /// Applies an import as its dry run has shown it; it goes on when nobody looks. Who says how
    /// many records they expect is refused when it is another number.
    ///
    /// # Errors
    /// [`OfficeError::Import`] while it is not ready; [`OfficeError::OtherCount`]; else as
    /// [`Office::import`].
    pub fn import_apply(
        self: &Arc<Self>,
        permit: &Permit<Edit>,
        name: &ResourceName,
        id: &str,
        expected: Option<usize>,
    ) -> Result<(), OfficeError> {
        let (check, stop) = self.imported(permit, name, id, |kept| {
            let ImportStage::Checked(check) = &kept.stage else {
                return Err(ImportProblem::NotReady.into());
            };
            let (check, found) = (Arc::clone(check), check.records());
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                return Err(OfficeError::OtherCount { expected, found });
            }
            kept.stage = ImportStage::Applied(ImportProgress {
                records: found,
                is_reversible: check.is_reversible,
                ..ImportProgress::default()
            });
            Ok((check, Arc::clone(&kept.stop)))
        })?;
        let (office, permit, id) = (Arc::clone(self), permit.clone(), id.to_owned());
        // From now on, and not only when the task has begun.
        let working = self.at_work.begin();
        tokio::spawn(async move {
            let _working = working;
            let follow = {
                let (office, check, id) = (Arc::clone(&office), Arc::clone(&check), id.clone());
                move |items: &[ChangeItem], outcomes: &[ItemOutcome]| {
                    office.advance_import(&id, |progress| {
                        advance(progress, &check, items, outcomes);
                    });
                    goes_on(&stop)
                }
            };
            let plan = Arc::clone(&check.plan);
            let result = office.apply_followed(&permit.actor, &permit.backend, plan, follow).await;
            office.advance_import(&id, |progress| finish(progress, result));
        });
        Ok(())
    }

    fn advance_import(&self, id: &str, how: impl FnOnce(&mut ImportProgress)) {
        self.imports.with(|all| {
            if let Some(kept) = all.get_mut(id)
                && let ImportStage::Applied(progress) = &mut kept.stage
            {
                how(progress);
                kept.moved.send_replace(());
            }
        });
    }
}

fn goes_on(stop: &AtomicBool) -> ControlFlow<()> {
    if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Counts a part that was written.
fn advance(
    progress: &mut ImportProgress,
    check: &ImportCheck,
    items: &[ChangeItem],
    outcomes: &[ItemOutcome],
) {
    for (item, outcome) in items.iter().zip(outcomes) {
        let number = check.numbers.get(progress.written + progress.failed.len()).copied();
        match item_state(&check.plan, item, outcome.clone()) {
            ItemState::Written(_) => progress.written += 1,
            state => progress.failed.push(ImportFailed {
                number: number.unwrap_or_default(),
                key: item.key.clone(),
                state,
            }),
        }
    }
}

fn finish(progress: &mut ImportProgress, result: Result<Applied, OfficeError>) {
    progress.is_done = true;
    // Who ended it too late has ended nothing.
    progress.is_stopped &= progress.written + progress.failed.len() < progress.records;
    match result {
        Ok(applied) => progress.operation = Some(applied.operation),
        Err(error) => {
            // What was written before it broke off can be taken back.
            if let OfficeError::BrokenOff { operation, .. }
            | OfficeError::OutcomeUnknown { operation, .. } = &error
            {
                progress.operation = Some(operation.clone());
            }
            progress.failure = Some(Arc::new(error));
        }
    }
}
