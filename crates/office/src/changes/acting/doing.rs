//! An operation of a service, or a statement, while it is done with records, one after another.

use std::sync::Arc;

use kontor_connect::WriteFailure;
use kontor_model::service::Operation as Offering;
use kontor_model::{Change, ChangeItem, ChangeKind, ItemOutcome, Value};
use kontor_store::Json;
use kontor_store::audit::{NewEntry, OpenedChange};

use super::given::{arranged, filled};
use super::{Acted, ActionPlan, Surprise};
use crate::actor::{Actor, Permit, Read};
use crate::backend::Backend;
use crate::catalog::{Action, Declared, Face};
use crate::changes::apply::{self, ItemState};
use crate::changes::journal::{
    Effect, INTENT, ItemRecord, OUTCOME, OperationState, OutcomeRecord, is_kept,
};
use crate::changes::plan::Plan;
use crate::changes::settle::Begun;
use crate::error::{FieldProblem, OfficeError, Problem};
use crate::records::Shown;
use crate::{Office, random};

/// An action while it is done.
pub(super) struct Doing<'a> {
    pub(super) office: &'a Office,
    pub(super) actor: &'a Actor,
    pub(super) permit: &'a Permit<Read>,
    pub(super) plan: &'a ActionPlan,
    pub(super) face: &'a Face,
    pub(super) work: Work<'a>,
}

/// What is done with each record.
pub(super) enum Work<'a> {
    /// The service's operation.
    Operation(&'a Offering),
    /// The manifest's statement.
    Statement(&'a Declared),
}

/// A record before it is acted on, with what the action is given for it.
pub(super) type Before = (Shown, Vec<Option<Value>>);

/// What became of one record.
struct Done {
    state: Result<ItemState, WriteFailure>,
    effects: Vec<Effect>,
    /// Whether everything that is different now is among the effects, and can be put back.
    shows_all: bool,
}

impl Doing<'_> {
    pub(super) fn backend(&self) -> &Backend {
        &self.permit.backend
    }

    pub(super) fn action(&self) -> &Action {
        &self.face.actions[self.plan.action]
    }

    pub(super) async fn done(&self) -> Result<Acted, OfficeError> {
        // What was there, and whether the record allows it: before anything is recorded.
        let mut before = Vec::new();
        for key in &self.plan.keys {
            let reading = (self.actor, self.permit);
            let shown = self.office.allowed(reading, self.face, self.action(), key).await?;
            let input =
                filled(self.action(), &self.plan.input, (&shown, &self.actor.user.language))?;
            before.push((shown, input));
        }
        let id = random::id(self.office.clock.micros());
        let opened = OpenedChange {
            operation: id.clone(),
            at: self.office.clock.micros(),
            backend: self.backend().name.to_string(),
            body: Json::write(&Begun {
                resource: self.face.name.clone(),
                session: Some(self.office.session_name.clone()),
            })?,
        };
        let intents: Result<Vec<NewEntry>, OfficeError> =
            before.iter().map(|record| self.intent(&id, record)).collect();
        self.office.begin(opened, intents?).await?;
        let mut items = Vec::new();
        let mut record = OutcomeRecord {
            state: OperationState::Applied,
            settled: false,
            exceptions: Vec::new(),
            effects: Vec::new(),
            shows_all: matches!(self.work, Work::Statement(own) if own.is_update_of_one()),
            detail: None,
        };
        let mut failure = None;
        for (at, record_before) in before.iter().enumerate() {
            let (shown, _) = record_before;
            let done = self.one(record_before, (&id, at)).await;
            let key = shown.key.to_text();
            record.shows_all &= done.shows_all;
            if !done.effects.is_empty() {
                record.effects.push((key.clone(), done.effects));
            }
            match done.state {
                Ok(state) => {
                    record.exceptions.extend(exception(&state).map(|why| (key, why)));
                    items.push((shown.key.clone(), state));
                }
                Err(error) => {
                    record.detail = Some(error.to_string());
                    let rest = before.iter().skip(at).map(|(shown, _)| shown.key.to_text());
                    let why = "not tried or not known".to_owned();
                    record.exceptions.extend(rest.map(|key| (key, why.clone())));
                    failure = Some(error);
                    break;
                }
            }
        }
        let written = items.iter().filter(|(_, state)| matches!(state, ItemState::Written(_)));
        record.state = match (&failure, written.count()) {
            (Some(WriteFailure::Unknown(_)), _) => OperationState::Unknown,
            (_, 0) => OperationState::NotApplied,
            (None, all) if all == before.len() => OperationState::Applied,
            _ => OperationState::Partial,
        };
        let changed = record.effects.first().into_iter().flat_map(|(_, effects)| effects);
        let changed: Vec<String> = changed.map(|(name, ..)| name.clone()).collect();
        let is_single = before.len() == 1 && record.state == OperationState::Applied;
        let surprise = is_single.then(|| Surprise::of(self.action(), &changed)).flatten();
        let state = record.state;
        let mut entries = vec![self.outcome(&id, &before, &record)?];
        if let Some(original) = self.plan.undo_of.as_ref().filter(|_| state.is_written_in_part()) {
            entries.push(self.office.undone(Some(self.actor), original, (&id, state))?);
        }
        if !self.office.end_action(&id, state, entries).await {
            let backend = self.backend().name.to_string();
            return Err(OfficeError::OutcomeUnknown { backend, operation: id });
        }
        metrics::counter!("kontor_changes_total", "state" => apply::state_word(state)).increment(1);
        match failure {
            Some(failure) if items.is_empty() => {
                Err(OfficeError::write(&self.backend().name, &id, failure))
            }
            _ => single(Acted { operation: id, items, changed, surprise }, self.plan.keys.len()),
        }
    }

    async fn one(&self, record: &Before, (id, at): (&str, usize)) -> Done {
        let catalog = &self.plan.catalog;
        let (before, input) = record;
        let unseen = self.unseen(before).await;
        let outcome = match self.work {
            Work::Operation(operation) => {
                let input = arranged(self.action(), operation, input);
                let token = format!("{id}-{at}");
                let backend = self.backend();
                backend.act(catalog, self.face, operation, &before.key, &input, &token).await
            }
            Work::Statement(declared) => self.run(declared, record, id).await,
        };
        let not_sent = matches!(&outcome, Err(WriteFailure::NotWritten(_)));
        let after = if not_sent {
            None
        } else {
            self.office.record(self.permit, &self.face.name, &before.key).await.ok()
        };
        let effects = after.map(|after| self.effects(before, &after)).unwrap_or_default();
        let shows_all = match &unseen {
            Some(unseen) if self.is_put_back(&effects) => {
                self.unseen(before).await.as_ref() == Some(unseen)
            }
            _ => false,
        };
        let state = outcome.map(|outcome| {
            let change = Change {
                backend: self.backend().name.clone(),
                resource: self.face.name.clone(),
                kind: ChangeKind::Act,
                items: Vec::new(),
                undo_of: None,
                is_final: false,
                then: None,
            };
            let plan = Plan { catalog: Arc::clone(catalog), face: self.face.index, change };
            let item = ChangeItem {
                key: Some(before.key.clone()),
                before: before.fields.clone(),
                after: Vec::new(),
                version: None,
            };
            // Fields that an error names are those of the record, not what was given.
            match outcome {
                ItemOutcome::Refused(refusal) => {
                    let problem = Problem::Refused(refusal);
                    ItemState::Refused(vec![FieldProblem { field: String::new(), problem }])
                }
                outcome => apply::item_state(&plan, &item, outcome),
            }
        });
        Done { state, effects, shows_all }
    }

    /// The fields that are not what they were.
    fn effects(&self, before: &Shown, after: &Shown) -> Vec<Effect> {
        let resource = self.plan.catalog.resource(self.face);
        let allowed = self.face.allowed_field;
        let pairs = after.fields.iter().filter(|(field, _)| Some(*field) != allowed);
        pairs
            .filter_map(|(field, now)| {
                let was = before.value(*field).cloned().unwrap_or_default();
                let differs = !was.is_same(now) && is_kept(&was) && is_kept(now);
                let name = resource.fields[*field].name.clone();
                differs.then(|| (name, was.to_tagged(), now.to_tagged()))
            })
            .collect()
    }

    fn intent(&self, id: &str, (shown, given): &Before) -> Result<NewEntry, OfficeError> {
        let inputs = self.action().inputs.iter().zip(given);
        let input = inputs.filter_map(|(input, value)| {
            let value = value.as_ref().filter(|value| is_kept(value))?;
            Some((input.name.clone(), value.to_tagged()))
        });
        let record = ItemRecord {
            kind: ChangeKind::Act,
            before: Vec::new(),
            after: Vec::new(),
            not_kept: Vec::new(),
            secret: Vec::new(),
            undo_of: self.plan.undo_of.clone(),
            is_final: false,
            action: Some(self.action().name.clone()),
            input: input.collect(),
        };
        self.entry(id, INTENT, Some(shown.key.to_text()), Json::write(&record)?)
    }

    fn outcome(
        &self,
        id: &str,
        before: &[Before],
        record: &OutcomeRecord,
    ) -> Result<NewEntry, OfficeError> {
        let key = match before {
            [(only, _)] => Some(only.key.to_text()),
            _ => None,
        };
        self.entry(id, OUTCOME, key, Json::write(record)?)
    }

    fn entry(
        &self,
        id: &str,
        kind: &str,
        record_key: Option<String>,
        body: Json,
    ) -> Result<NewEntry, OfficeError> {
        Ok(NewEntry {
            at: self.office.clock.micros(),
            operation: id.to_owned(),
            kind: kind.to_owned(),
            actor_id: Some(self.actor.user.id.clone()),
            actor_name: self.actor.user.name.clone(),
            backend: Some(self.backend().name.to_string()),
            resource: Some(self.face.name.to_string()),
            record_key,
            body,
        })
    }
}

fn exception(state: &ItemState) -> Option<String> {
    match state {
        ItemState::Written(_) => None,
        ItemState::Stale(_) => Some("stale".into()),
        ItemState::Gone => Some("gone".into()),
        ItemState::Unknown => Some("not known".into()),
        ItemState::Refused(problems) => {
            let message = problems.iter().find_map(|problem| match &problem.problem {
                Problem::Refused(refusal) => Some(refusal.message.clone()),
                _ => None,
            });
            Some(format!("refused: {}", message.unwrap_or_default()))
        }
    }
}

/// Of a single record, what was not done is an error.
fn single(mut acted: Acted, asked: usize) -> Result<Acted, OfficeError> {
    if asked > 1 {
        return Ok(acted);
    }
    match acted.items.pop() {
        Some((_, ItemState::Refused(problems))) => Err(OfficeError::Invalid(problems)),
        Some((key, ItemState::Gone)) => Err(OfficeError::unknown_record(&key)),
        Some((key, ItemState::Stale(conflicts))) => {
            Err(OfficeError::Stale { key: key.to_text(), conflicts })
        }
        last => {
            acted.items.extend(last);
            Ok(acted)
        }
    }
}
