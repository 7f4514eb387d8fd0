//! Actions: what a service can do with a record, and updates and statements that the manifest names.
//! An action is a change like any other: permitted, recorded before it is done, and its outcome
//! after. What it changed is found by reading the record before and after; an answer that was lost
//! is settled by that, too, and never by doing it again.

mod declared;
mod doing;
mod foreseeing;
mod given;

use std::sync::Arc;

use kontor_model::{RecordKey, Resource, ResourceName, Value};

use super::apply::{Applied, ItemState};
use super::plan::{Edit as EditRequest, Input, Plan};
use crate::Office;
use crate::actor::{Actor, Edit, Permit, Read};
use crate::catalog::{Action, Catalog, Does, Face, allows};
use crate::error::OfficeError;
use crate::records::{Shown, typed_key};
use doing::{Doing, Work};
use given::{Given, given};

pub use foreseeing::Foreseen;

/// At most so many records are acted on at once.
const MOST: usize = 200;

/// What somebody wants done.
#[derive(Debug, Clone, Default)]
pub struct ActionRequest {
    /// The action's name.
    pub action: String,
    /// The records.
    pub keys: Vec<RecordKey>,
    /// Names with what is given; what is left out comes from the record, has its default, or is not
    /// given.
    pub input: Vec<(String, Input)>,
    /// Whether these are some of many records: then nothing can be picked from each, and what only
    /// the manifest demands to be picked may be left out.
    pub of_many: bool,
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
    face: usize,
    /// Index among the actions of the face.
    action: usize,
    keys: Vec<RecordKey>,
    input: Vec<Given>,
    /// What somebody has seen of the record that a statement names.
    seen: Vec<(usize, Value)>,
    /// The operation that this one takes back.
    undo_of: Option<String>,
}

impl ActionPlan {
    /// The same, as what takes an operation back.
    pub(super) fn taking_back(self, operation: &str) -> Self {
        Self { undo_of: Some(operation.to_owned()), ..self }
    }

    /// What is done.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.catalog.faces[self.face].actions[self.action]
    }
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
    /// What the manifest did not expect, of a single record.
    pub surprise: Option<Surprise>,
}

/// How an action went otherwise than the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Surprise {
    /// Nothing that it should change is another than before.
    Nothing,
    /// It changed these fields, too.
    Also(Vec<String>),
}

impl Surprise {
    /// What is surprising about an action that changed these fields.
    pub(super) fn of(action: &Action, changed: &[String]) -> Option<Self> {
        if action.expects.is_empty() {
            return None;
        }
        let (expected, other): (Vec<_>, Vec<_>) =
            changed.iter().cloned().partition(|field| action.is_expected(field));
        match (expected.is_empty(), other.is_empty()) {
            (true, _) => Some(Self::Nothing),
            (false, false) => Some(Self::Also(other)),
            (false, true) => None,
        }
    }
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
                let at = (&*shown.catalog, face);
                !shown.is_deleted && self.is_so(actor, at, filter, &value).unwrap_or(true)
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

    /// A record as it is, provided it allows an action.
    pub(super) async fn allowed(
        &self,
        (actor, permit): (&Actor, &Permit<Read>),
        face: &Face,
        action: &Action,
        key: &RecordKey,
    ) -> Result<Shown, OfficeError> {
        let shown = self.record(permit, &face.name, key).await?;
        let offered = self.offered(actor, &shown).into_iter();
        let mut own =
            offered.filter(|offered| shown.face().actions[offered.action].name == action.name);
        let why = match own.next() {
            Some(Offered { refused: None, .. }) => return Ok(shown),
            Some(Offered { refused: Some(why), .. }) => why,
            None => String::new(),
        };
        Err(OfficeError::NotAllowed { action: action.name.clone(), why })
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
        let mut keys: Vec<RecordKey> = Vec::with_capacity(request.keys.len());
        for key in &request.keys {
            let key = typed_key(resource, face, key)?;
            // What stands twice is meant once.
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let (seen, said) = match &action.does {
            Does::Statement(declared) => declared::seen(face, resource, declared, &request.input)?,
            _ => (Vec::new(), request.input.clone()),
        };
        let input = given(action, &said, (&permit.actor.user.language, request.of_many))?;
        Ok(ActionPlan { face: face.index, action: at, keys, input, seen, undo_of: None, catalog })
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
            Does::Operation(_) | Does::Statement(_) => {
                let (office, actor) = (Arc::clone(self), Arc::clone(actor));
                let reading = permit.to_read();
                let working = self.at_work.begin();
                // On a task of its own: a browser that leaves must not cut it in half.
                let task = tokio::spawn(async move {
                    let acted = office.act_recorded(&actor, &reading, &plan).await;
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
    pub(super) fn settings(
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
        let reading = permit.to_read();
        for key in &plan.keys {
            let action = &face.actions[plan.action];
            self.allowed((actor, &reading), face, action, key).await?;
            let one = self.plan_update(permit, &face.name, key, &edit).await?;
            match &mut whole {
                Some(whole) => whole.change.items.extend(one.change.items),
                None => whole = Some(one),
            }
        }
        let Some(mut whole) = whole else {
            return Ok(Acted {
                operation: String::new(),
                items: Vec::new(),
                changed: Vec::new(),
                surprise: None,
            });
        };
        whole.change.undo_of.clone_from(&plan.undo_of);
        let keys: Vec<Option<RecordKey>> =
            whole.change.items.iter().map(|item| item.key.clone()).collect();
        let Applied { operation, items } = match plan.keys.as_slice() {
            [_] => self.apply(actor, &permit.backend, whole).await?,
            _ => self.apply_all(actor, &permit.backend, Arc::new(whole)).await?,
        };
        let items = keys.into_iter().zip(items).filter_map(|(key, state)| Some((key?, state)));
        let changed = set.iter().map(|(name, _)| name.clone()).collect();
        Ok(Acted { operation, items: items.collect(), changed, surprise: None })
    }

    async fn act_recorded(
        &self,
        actor: &Arc<Actor>,
        permit: &Permit<Read>,
        plan: &ActionPlan,
    ) -> Result<Acted, OfficeError> {
        let face = &plan.catalog.faces[plan.face];
        let action = &face.actions[plan.action];
        let service = plan.catalog.resource(face).service.as_ref();
        let work = match &action.does {
            Does::Operation(at) => {
                service.and_then(|service| service.operations.get(*at)).map(Work::Operation)
            }
            Does::Statement(declared) => Some(Work::Statement(declared)),
            Does::Update(_) => None,
        };
        let work =
            work.ok_or_else(|| OfficeError::Unknown { what: "action", name: action.name.clone() })?;
        let doing = Doing { office: self, actor, permit, plan, face, work };
        doing.done().await
    }
}
