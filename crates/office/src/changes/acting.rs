//! Actions: what a service can do with a record, and updates that the manifest names. An action is
//! a change like any other: permitted, recorded before it is done, and its outcome after. What it
//! changed is found by reading the record before and after; an answer that was lost is settled by
//! that, too, and never by doing it again.

use std::sync::Arc;

use kontor_connect::WriteFailure;
use kontor_model::service::Operation as Offering;
use kontor_model::{
    Change, ChangeItem, ChangeKind, ItemOutcome, RecordKey, Resource, ResourceName, Value,
};
use kontor_store::Json;
use kontor_store::audit::{NewEntry, OpenedChange};

use super::apply::{Applied, ItemState};
use super::journal::{Effect, INTENT, ItemRecord, OUTCOME, OperationState, OutcomeRecord, is_kept};
use super::plan::{Edit as EditRequest, Input, Plan};
use super::settle::Begun;
use crate::actor::{Actor, Edit, Permit, Read};
use crate::backend::Backend;
use crate::catalog::{Action, Catalog, Does, Face, allows};
use crate::error::{FieldProblem, OfficeError, Problem};
use crate::records::{Shown, typed_key};
use crate::{Office, random};

/// At most so many records are acted on at once.
const MOST: usize = 200;

/// What somebody wants done.
#[derive(Debug, Clone, Default)]
pub struct ActionRequest {
    /// The action's name.
    pub action: String,
    /// The records.
    pub keys: Vec<RecordKey>,
    /// Names with what is given; what is left out has its default, or is not given.
    pub input: Vec<(String, Input)>,
}

/// An action that a record offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Offered {
    /// Its index among the actions of the face.
    pub action: usize,
    /// Why it cannot be done with this record at the moment, in the backend's own words, which may
    /// be none; none where it can.
    pub refused: Option<String>,
}

/// An action that is ready to be done.
#[derive(Debug)]
pub struct ActionPlan {
    /// The backend's resources as people see them.
    pub catalog: Arc<Catalog>,
    /// Index of the face.
    pub face: usize,
    /// Index among the actions of the face.
    pub action: usize,
    keys: Vec<RecordKey>,
    input: Vec<Option<Value>>,
}

/// An action that was done, or tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Acted {
    /// Under which it stands in the audit.
    pub operation: String,
    /// What became of each record, in the order of the request.
    pub items: Vec<(RecordKey, ItemState)>,
    /// Names of the fields that it changed, of a single record.
    pub changed: Vec<String>,
}

impl Office {
    /// The actions that a record offers, in the order in which people see them. What the record
    /// forbids itself is among them, with the reason; what is not for its like is not.
    #[must_use]
    pub fn offered(&self, actor: &Actor, shown: &Shown) -> Vec<Offered> {
        let face = shown.face();
        let value = |field: usize| shown.value(field).cloned();
        let says = shown.allows.as_ref().and_then(Value::to_text);
        let says: Option<serde_json::Value> =
            says.and_then(|text| serde_json::from_str(&text).ok());
        let fits = |action: &Action| match &action.when {
            None => true,
            Some(filter) => {
                let condition = self.condition(actor, &shown.catalog, face, filter);
                condition.ok().and_then(|condition| condition.holds(&value)).unwrap_or(true)
            }
        };
        let actions = face.actions.iter().enumerate().filter(|(_, action)| fits(action));
        actions
            .map(|(at, action)| {
                let says = says.as_ref().and_then(|says| allows(says, &action.allowed));
                Offered { action: at, refused: says.and_then(Result::err) }
            })
            .collect()
    }

    /// Plans an action.
    ///
    /// # Errors
    /// [`OfficeError::Unknown`] for an action that is not there; [`OfficeError::ReadOnly`];
    /// [`OfficeError::Invalid`] with all inputs that are wrong.
    pub fn plan_action(
        &self,
        permit: &Permit<Edit>,
        name: &ResourceName,
        request: &ActionRequest,
    ) -> Result<ActionPlan, OfficeError> {
        let catalog = permit.backend.catalog()?;
        let face = self.face(&permit.backend, &catalog, name)?;
        if !permit.backend.manifest().is_writable(name) {
            return Err(OfficeError::ReadOnly(
                face.read_only.unwrap_or(crate::error::ReadOnlyReason::Manifest),
            ));
        }
        let at = face.actions.iter().position(|action| action.name == request.action);
        let at = at
            .ok_or_else(|| OfficeError::Unknown { what: "action", name: request.action.clone() })?;
        let action = &face.actions[at];
        let resource = catalog.resource(face);
        if request.keys.is_empty() || request.keys.len() > MOST {
            let problem = format!("an action is done with 1 to {MOST} records at once");
            return Err(OfficeError::Parameter { what: "keys", problem });
        }
        let keys: Result<Vec<RecordKey>, OfficeError> =
            request.keys.iter().map(|key| typed_key(resource, face, key)).collect();
        let (keys, input) = (keys?, given(action, &request.input)?);
        Ok(ActionPlan { face: face.index, action: at, keys, input, catalog })
    }

    /// Does a planned action.
    ///
    /// # Errors
    /// For a single record as [`Office::apply`]; for several only when none was tried.
    pub async fn act(
        self: &Arc<Self>,
        actor: &Arc<Actor>,
        permit: &Permit<Edit>,
        plan: ActionPlan,
    ) -> Result<Acted, OfficeError> {
        let face = &plan.catalog.faces[plan.face];
        match &face.actions[plan.action].does {
            Does::Update(set) => {
                let set = self.settings(plan.catalog.resource(face), set)?;
                self.act_by_update(actor, permit, &plan, &set).await
            }
            Does::Operation(at) => {
                let at = *at;
                let (office, actor) = (Arc::clone(self), Arc::clone(actor));
                let reading = permit.to_read();
                let working = self.at_work.begin();
                // On a task of its own: a browser that leaves must not cut it in half.
                let task = tokio::spawn(async move {
                    let acted = office.act_recorded(&actor, &reading, &plan, at).await;
                    drop(working);
                    acted
                });
                task.await.map_err(|error| {
                    OfficeError::Fault(format!("an action was cut off: {error}"))
                })?
            }
        }
    }

    /// What an update writes.
    fn settings(
        &self,
        resource: &Resource,
        set: &[(usize, String)],
    ) -> Result<Vec<(String, Input)>, OfficeError> {
        let one = |(field, text): &(usize, String)| {
            let field = &resource.fields[*field];
            let input = if text == "now" && field.ty.is_temporal() {
                Input::Value(self.now_for(&field.ty))
            } else if text.is_empty() && field.nullable {
                Input::Null
            } else {
                Input::Text(text.clone())
            };
            Ok((field.name.clone(), input))
        };
        set.iter().map(one).collect()
    }

    async fn act_by_update(
        self: &Arc<Self>,
        actor: &Arc<Actor>,
        permit: &Permit<Edit>,
        plan: &ActionPlan,
        set: &[(String, Input)],
    ) -> Result<Acted, OfficeError> {
        let face = &plan.catalog.faces[plan.face];
        let edit = EditRequest { set: set.to_vec(), ..EditRequest::default() };
        let mut whole: Option<Plan> = None;
        for key in &plan.keys {
            let one = self.plan_update(permit, &face.name, key, &edit).await?;
            match &mut whole {
                Some(whole) => whole.change.items.extend(one.change.items),
                None => whole = Some(one),
            }
        }
        let Some(whole) = whole else {
            return Ok(Acted { operation: String::new(), items: Vec::new(), changed: Vec::new() });
        };
        let keys: Vec<Option<RecordKey>> =
            whole.change.items.iter().map(|item| item.key.clone()).collect();
        let Applied { operation, items } = match plan.keys.as_slice() {
            [_] => self.apply(actor, &permit.backend, whole).await?,
            _ => self.apply_all(actor, &permit.backend, Arc::new(whole)).await?,
        };
        let items = keys.into_iter().zip(items).filter_map(|(key, state)| Some((key?, state)));
        let changed = set.iter().map(|(name, _)| name.clone()).collect();
        Ok(Acted { operation, items: items.collect(), changed })
    }

    async fn act_recorded(
        &self,
        actor: &Arc<Actor>,
        permit: &Permit<Read>,
        plan: &ActionPlan,
        at: usize,
    ) -> Result<Acted, OfficeError> {
        let face = &plan.catalog.faces[plan.face];
        let resource = plan.catalog.resource(face);
        let operations = resource.service.as_ref().map(|service| &service.operations);
        let operation = operations.and_then(|operations| operations.get(at)).ok_or_else(|| {
            OfficeError::Unknown { what: "action", name: face.actions[plan.action].name.clone() }
        })?;
        let doing = Doing { office: self, actor, permit, plan, face, operation };
        doing.done().await
    }
}

/// The values for what an action takes.
fn given(action: &Action, input: &[(String, Input)]) -> Result<Vec<Option<Value>>, OfficeError> {
    let mut problems = Vec::new();
    for (name, _) in input {
        if !action.inputs.iter().any(|own| own.name == *name) {
            return Err(OfficeError::UnknownField {
                resource: action.name.clone(),
                field: name.clone(),
            });
        }
    }
    let mut values = Vec::new();
    for own in &action.inputs {
        let said = input.iter().find(|(name, _)| *name == own.name).map(|(_, input)| input);
        let value = match (said, &own.default) {
            (Some(Input::Null), _) => Ok(None),
            (Some(Input::Value(value)), _) => Ok(Some(value.clone())),
            (Some(Input::Text(text)), _) | (None, Some(text)) => {
                own.ty.parse(text).map(Some).map_err(Problem::Input)
            }
            (None, None) => Ok(None),
        };
        let value = value.and_then(|value| match value {
            None if own.needed => Err(Problem::Required),
            value => Ok(value),
        });
        match value {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(FieldProblem { field: own.name.clone(), problem }),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(OfficeError::Invalid(problems)) }
}

/// An action of a service while it is done.
struct Doing<'a> {
    office: &'a Office,
    actor: &'a Actor,
    permit: &'a Permit<Read>,
    plan: &'a ActionPlan,
    face: &'a Face,
    operation: &'a Offering,
}

/// What became of one record.
struct Done {
    state: Result<ItemState, WriteFailure>,
    effects: Vec<Effect>,
}

impl Doing<'_> {
    fn backend(&self) -> &Backend {
        &self.permit.backend
    }

    fn action(&self) -> &Action {
        &self.face.actions[self.plan.action]
    }

    async fn done(&self) -> Result<Acted, OfficeError> {
        // What was there, and whether the record allows it: before anything is recorded.
        let mut before = Vec::new();
        for key in &self.plan.keys {
            before.push(self.allowed(key).await?);
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
            before.iter().map(|shown| self.intent(&id, shown)).collect();
        self.office.begin(opened, intents?).await?;
        let mut items = Vec::new();
        let mut record = OutcomeRecord {
            state: OperationState::Applied,
            settled: false,
            exceptions: Vec::new(),
            effects: Vec::new(),
            detail: None,
        };
        let mut failure = None;
        for (at, shown) in before.iter().enumerate() {
            let done = self.one(shown, &format!("{id}-{at}")).await;
            let key = shown.key.to_text();
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
                    let rest = before.iter().skip(at).map(|shown| shown.key.to_text());
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
        let changed = changed.map(|(name, ..)| name.clone()).collect();
        let state = record.state;
        if !self.office.end_action(&id, self.outcome(&id, &before, &record)?).await {
            let backend = self.backend().name.to_string();
            return Err(OfficeError::OutcomeUnknown { backend, operation: id });
        }
        metrics::counter!("kontor_changes_total", "state" => super::apply::state_word(state))
            .increment(1);
        match failure {
            Some(failure) if items.is_empty() => {
                Err(OfficeError::write(&self.backend().name, &id, failure))
            }
            _ => single(Acted { operation: id, items, changed }, self.plan.keys.len()),
        }
    }

    /// The record as it is, provided it allows the action.
    async fn allowed(&self, key: &RecordKey) -> Result<Shown, OfficeError> {
        let shown = self.office.record(self.permit, &self.face.name, key).await?;
        let offered = self.office.offered(self.actor, &shown);
        let own = offered.into_iter().find(|offered| offered.action == self.plan.action);
        match own {
            Some(Offered { refused: None, .. }) => Ok(shown),
            Some(Offered { refused: Some(why), .. }) => {
                Err(OfficeError::NotAllowed { action: self.action().name.clone(), why })
            }
            None => Err(OfficeError::NotAllowed {
                action: self.action().name.clone(),
                why: String::new(),
            }),
        }
    }

    async fn one(&self, before: &Shown, token: &str) -> Done {
        let catalog = &self.plan.catalog;
        let outcome = self
            .backend()
            .act(catalog, self.face, self.operation, &before.key, &self.plan.input, token)
            .await;
        let not_sent = matches!(&outcome, Err(WriteFailure::NotWritten(_)));
        let after = if not_sent {
            None
        } else {
            self.office.record(self.permit, &self.face.name, &before.key).await.ok()
        };
        let effects = after.map(|after| self.effects(before, &after)).unwrap_or_default();
        let state = outcome.map(|outcome| {
            let change = Change {
                backend: self.backend().name.clone(),
                resource: self.face.name.clone(),
                kind: ChangeKind::Act,
                items: Vec::new(),
                undo_of: None,
                is_final: false,
            };
            let plan = Plan { catalog: Arc::clone(catalog), face: self.face.index, change };
            let item = ChangeItem {
                key: Some(before.key.clone()),
                before: Vec::new(),
                after: Vec::new(),
                version: None,
            };
            // Fields that an error names are those of the record, not what was given.
            match outcome {
                ItemOutcome::Refused(refusal) => {
                    let problem = Problem::Refused(refusal);
                    ItemState::Refused(vec![FieldProblem { field: String::new(), problem }])
                }
                outcome => super::apply::item_state(&plan, &item, outcome),
            }
        });
        Done { state, effects }
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

    fn intent(&self, id: &str, shown: &Shown) -> Result<NewEntry, OfficeError> {
        let inputs = self.action().inputs.iter().zip(&self.plan.input);
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
            undo_of: None,
            is_final: false,
            action: Some(self.action().name.clone()),
            input: input.collect(),
        };
        self.entry(id, INTENT, Some(shown.key.to_text()), Json::write(&record)?)
    }

    fn outcome(
        &self,
        id: &str,
        before: &[Shown],
        record: &OutcomeRecord,
    ) -> Result<(OperationState, NewEntry), OfficeError> {
        let key = match before {
            [only] => Some(only.key.to_text()),
            _ => None,
        };
        Ok((record.state, self.entry(id, OUTCOME, key, Json::write(record)?)?))
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
        last => {
            acted.items.extend(last);
            Ok(acted)
        }
    }
}
