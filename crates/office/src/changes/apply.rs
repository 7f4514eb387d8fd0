//! Applying a change: intent, write, outcome. Once begun it is finished, whether or not the person
//! who asked for it waits.

use std::ops::ControlFlow;
use std::sync::Arc;

use kontor_connect::WriteFailure;
use kontor_model::{Change, ChangeItem, ChangeKind, ItemOutcome, RecordKey};
use kontor_store::audit::{NewEntry, OpenChange, OpenedChange};
use kontor_store::{Json, StoreError};

use super::journal::{Journal, OperationState, OutcomeRecord, Sealing, unnamed};
use super::plan::Plan;
use super::settle::Begun;
use crate::actor::{Actor, Edit, Needed, Right as _};
use crate::backend::Backend;
use crate::error::{Conflict, FieldProblem, OfficeError, Problem};
use crate::{Office, random};

/// Records that are written in one transaction.
const PART: usize = 200;
/// Records of a service, which has no transactions, after which one looks up.
const PART_OF_SERVICES: usize = 20;

/// A change that was applied, in whole or in part.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// Under which it stands in the audit and can be undone.
    pub operation: String,
    /// What became of each record, in the order of the plan.
    pub items: Vec<ItemState>,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemState {
    /// Written; the address of the record now.
    Written(RecordKey),
    /// Not written: somebody else changed it.
    Stale(Vec<Conflict>),
    /// Not written: it is gone.
    Gone,
    /// Not written: the database refused it.
    Refused(Vec<FieldProblem>),
    /// The backend's answer was lost: nobody knows.
    Unknown,
}

impl Office {
    /// Applies a plan over one record.
    ///
    /// # Errors
    /// [`OfficeError::Stale`], [`OfficeError::Invalid`] or [`OfficeError::UnknownRecord`] when the
    /// record was not written; [`OfficeError::OutcomeUnknown`] when that cannot be told.
    pub async fn apply(
        self: &Arc<Self>,
        actor: &Arc<Actor>,
        backend: &Arc<Backend>,
        plan: Plan,
    ) -> Result<Applied, OfficeError> {
        let key = plan.change.items.first().and_then(|item| item.key.clone());
        let mut applied = self.apply_all(actor, backend, Arc::new(plan)).await?;
        match applied.items.pop() {
            Some(ItemState::Stale(conflicts)) => Err(OfficeError::Stale {
                key: key.map(|key| key.to_text()).unwrap_or_default(),
                conflicts,
            }),
            Some(ItemState::Refused(problems)) => Err(OfficeError::Invalid(problems)),
            Some(ItemState::Unknown) => Err(OfficeError::OutcomeUnknown {
                backend: backend.name.to_string(),
                operation: applied.operation,
            }),
            Some(ItemState::Gone) => {
                Err(OfficeError::UnknownRecord(key.map(|key| key.to_text()).unwrap_or_default()))
            }
            Some(written) => {
                applied.items.push(written);
                Ok(applied)
            }
            None => Ok(applied),
        }
    }

    /// Applies a plan over any number of records; those that cannot be written are told.
    ///
    /// # Errors
    /// [`OfficeError`] when nothing was written, or when it is not known.
    pub async fn apply_all(
        self: &Arc<Self>,
        actor: &Arc<Actor>,
        backend: &Arc<Backend>,
        plan: Arc<Plan>,
    ) -> Result<Applied, OfficeError> {
        self.apply_followed(actor, backend, plan, |_, _| ControlFlow::Continue(())).await
    }

    /// As [`Office::apply_all`]; `follow` is told of each part as soon as it is written,
    /// and may end the change with it.
    pub(super) async fn apply_followed(
        self: &Arc<Self>,
        actor: &Arc<Actor>,
        backend: &Arc<Backend>,
        plan: Arc<Plan>,
        follow: impl Fn(&[ChangeItem], &[ItemOutcome]) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> Result<Applied, OfficeError> {
        let operation = random::id(self.clock.micros());
        if plan.change.items.is_empty() {
            return Ok(Applied { operation, items: Vec::new() });
        }
        let (office, actor, backend) = (Arc::clone(self), Arc::clone(actor), Arc::clone(backend));
        let working = self.at_work.begin();
        // On a task of its own: a browser that leaves must not cut a change in half.
        let task = tokio::spawn(async move {
            let applied = office.recorded(&actor, &backend, &plan, operation, &follow).await;
            drop(working);
            office.reindex(&backend, &plan.change.resource, touched(&plan, applied.as_ref().ok()));
            applied
        });
        task.await.map_err(|error| OfficeError::Fault(format!("a change was cut off: {error}")))?
    }

    async fn recorded(
        &self,
        actor: &Actor,
        backend: &Backend,
        plan: &Plan,
        operation: String,
        follow: &Follow<'_>,
    ) -> Result<Applied, OfficeError> {
        let face = plan.face();
        let journal = Journal {
            actor,
            at: self.clock.micros(),
            operation: &operation,
            resource: plan.catalog.resource(face),
            is_secret: &|field| face.fields[field].secret,
            sealing: Sealing { key: &self.key, backend: &plan.change.backend },
        };
        let opened = OpenedChange {
            operation: operation.clone(),
            at: journal.at,
            backend: plan.change.backend.to_string(),
            body: Json::write(&Begun {
                resource: plan.change.resource.clone(),
                session: Some(self.session_name.clone()),
            })?,
        };
        self.begin(opened, journal.intents(&plan.change)?).await?;

        let outcomes = self.write_in_parts((actor, backend), plan, &journal, follow).await;
        let journal = Journal { at: self.clock.micros(), ..journal };
        let (record, key) = told(plan, &outcomes);
        let mut entries =
            journal.made(&plan.change, outcomes.named, &outcomes.written[outcomes.named..])?;
        entries.push(journal.outcome(&plan.change, key, &record)?);
        if let Some(original) =
            plan.change.undo_of.as_ref().filter(|_| record.state.is_written_in_part())
        {
            entries.push(self.undone(Some(actor), original, (&operation, record.state))?);
        }
        if !self.end(&operation, record.state, entries).await {
            let (backend, operation) = (backend.name.to_string(), operation);
            return Err(OfficeError::OutcomeUnknown { backend, operation });
        }
        metrics::counter!("kontor_changes_total", "state" => state_word(record.state)).increment(1);
        let written = outcomes.written.into_iter();
        let states =
            written.zip(&plan.change.items).map(|(outcome, item)| item_state(plan, item, outcome));
        let items: Vec<ItemState> = states.collect();
        let written = items.iter().filter(|item| matches!(item, ItemState::Written(_))).count();
        let records = plan.change.items.len();
        match outcomes.failure {
            Some(Ended::LostRight) if written == 0 => Err(OfficeError::Denied(Needed::Role {
                backend: backend.name.to_string(),
                role: Edit::ROLE,
            })),
            Some(Ended::Failed(failure)) if written == 0 => {
                Err(OfficeError::write(&backend.name, &operation, failure))
            }
            Some(failure) if items.len() < records => {
                let (backend, why) = (backend.name.to_string(), failure.to_string());
                Err(OfficeError::BrokenOff { backend, operation, written, records, why })
            }
            _ => Ok(Applied { operation, items }),
        }
    }

    /// Writes the intents; without them there is no change.
    pub(super) async fn begin(
        &self,
        opened: OpenedChange,
        intents: Vec<NewEntry>,
    ) -> Result<(), OfficeError> {
        let operation = opened.operation.clone();
        let begun = self.store.audit().append(intents, OpenChange::Open(opened)).await;
        if let Err(StoreError::UnknownOutcome(_)) = &begun {
            // The intent may stand there and must not stay open.
            self.left_open.add(&operation);
        }
        Ok(begun.map(drop)?)
    }

    /// Writes the outcome. A change of which it is not known whether it was written stays open, to
    /// be settled when the backend answers again. Whether the outcome could be written.
    async fn end(&self, operation: &str, state: OperationState, entries: Vec<NewEntry>) -> bool {
        let close = if state == OperationState::Unknown {
            self.left_open.add(operation);
            OpenChange::None
        } else {
            OpenChange::Close(operation.to_owned())
        };
        match self.store.audit().append(entries, close).await {
            Ok(_) => true,
            Err(error) => {
                tracing::error!(operation, %error, "the outcome of a change could not be recorded");
                self.left_open.add(operation);
                false
            }
        }
    }

    /// Writes the outcome of an action. One of which it is not known whether it was done cannot be
    /// settled later: only its backend knows what it does. Whether the outcome could be written.
    pub(super) async fn end_action(
        &self,
        operation: &str,
        state: OperationState,
        entries: Vec<NewEntry>,
    ) -> bool {
        let closed = OpenChange::Close(operation.to_owned());
        match self.store.audit().append(entries, closed).await {
            Ok(_) => true,
            Err(error) => {
                let state = state_word(state);
                tracing::error!(operation, state, %error, "the outcome of an action could not be recorded");
                self.left_open.add(operation);
                false
            }
        }
    }

    /// Large changes are written in parts, each a transaction, so that no lock is held for long.
    /// Between them the person is looked up again: whoever lost the right changes nothing more.
    async fn write_in_parts(
        &self,
        (actor, backend): (&Actor, &Backend),
        plan: &Plan,
        journal: &Journal<'_>,
        follow: &Follow<'_>,
    ) -> Outcomes {
        let size = if plan.catalog.resource(plan.face()).service.is_some() {
            PART_OF_SERVICES
        } else {
            PART
        };
        let mut outcomes = Outcomes::default();
        for (at, (kind, part)) in parts(&plan.change, size).into_iter().enumerate() {
            if !outcomes.written.is_empty() && !self.may_still_edit(actor, backend).await {
                outcomes.failure = Some(Ended::LostRight);
                break;
            }
            let token = format!("{}-{at}", journal.operation);
            match backend.write(&plan.catalog, plan.face(), kind, part, &token).await {
                Ok(written) => {
                    outcomes.written.extend(written);
                    self.name_made(&plan.change, journal, &mut outcomes).await;
                    let from = outcomes.written.len() - part.len().min(outcomes.written.len());
                    if follow(part, &outcomes.written[from..]).is_break() {
                        let is_last = outcomes.written.len() == plan.change.items.len();
                        outcomes.failure = (!is_last).then_some(Ended::Stopped);
                        break;
                    }
                }
                Err(failure) => {
                    outcomes.failure = Some(Ended::Failed(failure));
                    break;
                }
            }
        }
        outcomes
    }

    /// Tells the audit at once under which addresses records were made: if this is the last that
    /// happens here, they are found by them. What cannot be told now is told with the outcome.
    async fn name_made(&self, change: &Change, journal: &Journal<'_>, outcomes: &mut Outcomes) {
        let entries = journal.made(change, outcomes.named, &outcomes.written[outcomes.named..]);
        let told = match entries {
            Ok(entries) if entries.is_empty() => Ok(()),
            Ok(entries) => {
                let told = self.store.audit().append(entries, OpenChange::None).await;
                told.map(drop).map_err(OfficeError::from)
            }
            Err(error) => Err(error),
        };
        match told {
            Ok(()) => outcomes.named = outcomes.written.len(),
            Err(error) => {
                let operation = journal.operation;
                tracing::warn!(operation, %error, "what was made could not be recorded yet");
            }
        }
    }
}

/// The items of a change in parts of one kind each.
fn parts(change: &Change, size: usize) -> Vec<(ChangeKind, &[ChangeItem])> {
    let mut parts = Vec::new();
    for (kind, items) in change.by_kind() {
        parts.extend(items.chunks(size).map(|part| (kind, part)));
    }
    parts
}

/// The records that a change was about, under their keys before and after it.
fn touched(plan: &Plan, applied: Option<&Applied>) -> Vec<RecordKey> {
    let mut keys: Vec<RecordKey> =
        plan.change.items.iter().filter_map(|item| item.key.clone()).collect();
    for item in applied.iter().flat_map(|applied| &applied.items) {
        if let ItemState::Written(key) = item
            && !keys.contains(key)
        {
            keys.push(key.clone());
        }
    }
    keys
}

/// Is told of a part that was written: its records, and what became of each. It says whether the
/// change goes on.
type Follow<'a> = dyn Fn(&[ChangeItem], &[ItemOutcome]) -> ControlFlow<()> + Send + Sync + 'a;

#[derive(Default)]
struct Outcomes {
    /// Of the records that were tried, in order.
    written: Vec<ItemOutcome>,
    /// Of how many of them the audit knows under which address they were made.
    named: usize,
    /// Why it ended before the last.
    failure: Option<Ended>,
}

/// Why a change ended before its last record.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("{0}")]
    Failed(WriteFailure),
    #[error("{LOST_RIGHT}")]
    LostRight,
    #[error("{STOPPED}")]
    Stopped,
}

/// What is told of a change whose person may not change records any more.
pub(super) const LOST_RIGHT: &str = "the right to change records was withdrawn meanwhile";

/// What is told of a change that somebody ended before its last record.
pub(super) const STOPPED: &str = "somebody ended it";

/// What the audit says of a change that was tried.
fn told(plan: &Plan, outcomes: &Outcomes) -> (OutcomeRecord, Option<String>) {
    let mut exceptions = Vec::new();
    let mut written = 0_usize;
    let items = &plan.change.items;
    let name = |at: usize| match &items[at].key {
        Some(key) => key.to_text(),
        None if items.len() > 1 => unnamed(at),
        None => String::new(),
    };
    for (at, outcome) in outcomes.written.iter().enumerate().take(items.len()) {
        let reason = match outcome {
            ItemOutcome::Applied(_) => {
                written += 1;
                continue;
            }
            ItemOutcome::Stale(_) => "stale".to_owned(),
            ItemOutcome::Gone => "gone".to_owned(),
            ItemOutcome::Refused(refusal) => format!("refused: {}", refusal.message),
        };
        exceptions.push((name(at), reason));
    }
    let state = match (&outcomes.failure, written) {
        (Some(Ended::Failed(WriteFailure::Unknown(_))), _) => OperationState::Unknown,
        (_, 0) => OperationState::NotApplied,
        (None, all) if all == plan.change.items.len() => OperationState::Applied,
        _ => OperationState::Partial,
    };
    if outcomes.failure.is_some() {
        let untried = outcomes.written.len()..items.len();
        exceptions.extend(untried.map(|at| (name(at), "not tried or not known".to_owned())));
    }
    let detail = outcomes.failure.as_ref().map(ToString::to_string);
    (
        OutcomeRecord {
            state,
            settled: false,
            exceptions,
            effects: Vec::new(),
            shows_all: false,
            detail,
        },
        new_key(plan, outcomes),
    )
}

/// The address that a single record has now, where it is not the one that the intent names.
fn new_key(plan: &Plan, outcomes: &Outcomes) -> Option<String> {
    let ([item], [ItemOutcome::Applied(key)]) =
        (plan.change.items.as_slice(), outcomes.written.as_slice())
    else {
        return None;
    };
    (plan.change.kind == ChangeKind::Create || item.key.as_ref() != Some(key))
        .then(|| key.to_text())
}

pub(super) fn state_word(state: OperationState) -> &'static str {
    match state {
        OperationState::Applied => "applied",
        OperationState::Partial => "partial",
        OperationState::NotApplied => "not_applied",
        OperationState::Unknown => "unknown",
        OperationState::Open => "open",
    }
}

/// What became of a record, as people are told it.
pub(super) fn item_state(plan: &Plan, item: &ChangeItem, outcome: ItemOutcome) -> ItemState {
    let resource = plan.catalog.resource(plan.face());
    match outcome {
        ItemOutcome::Applied(key) => ItemState::Written(key),
        ItemOutcome::Gone => ItemState::Gone,
        ItemOutcome::Stale(theirs) => ItemState::Stale(
            theirs
                .into_iter()
                .filter(|(field, _)| plan.face().fields[*field].is_visible())
                .map(|(field, theirs)| Conflict {
                    field: resource.fields[field].name.clone(),
                    before: item
                        .before
                        .iter()
                        .find(|(seen, _)| *seen == field)
                        .map(|(_, value)| value.clone())
                        .unwrap_or_default(),
                    mine: item
                        .after
                        .iter()
                        .find(|(wanted, _)| *wanted == field)
                        .map(|(_, value)| value.clone()),
                    theirs,
                })
                .collect(),
        ),
        ItemOutcome::Refused(refusal) => {
            let names: Vec<String> =
                refusal.fields.iter().map(|&field| resource.fields[field].name.clone()).collect();
            let problem =
                |field: String| FieldProblem { field, problem: Problem::Refused(refusal.clone()) };
            ItemState::Refused(if names.is_empty() {
                vec![problem(String::new())]
            } else {
                names.into_iter().map(problem).collect()
            })
        }
    }
}
