//! What one can do with a record: operations of a service, and updates and statements that the
//! manifest names.

use kontor_model::filter::Filter;
use kontor_model::service::Operation;
use kontor_model::{Engine, Resource};

use super::declared::Declared;
use super::taking::{ActionInput, inputs, money};
use super::{Format, humanised};
use crate::manifest::{ActionOverride, Confirm, Label, PreviewOverride, ResourceOverride};

/// Something one can do with a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Its name, no other action of the resource has it.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// What it does.
    pub description: Option<Label>,
    /// The word of the picture beside its title.
    pub icon: Option<&'static str>,
    /// The key of the keyboard that does it while a record is on the screen.
    pub key: Option<char>,
    /// What it takes.
    pub inputs: Vec<ActionInput>,
    /// What is done.
    pub does: Does,
    /// The word by which a record says that it is allowed.
    pub allowed: String,
    /// The records for which it is offered; none for all.
    pub when: Option<Filter>,
    /// Whether it is asked back before it is done.
    pub confirm: bool,
    /// What is asked or warned of then.
    pub question: Option<Label>,
    /// What tells beforehand what it would do.
    pub preview: Option<Preview>,
    /// The action that takes it back, by name.
    pub undo: Option<String>,
    /// Names of the fields that it is expected to change, and of objects of which it changes some;
    /// empty where nobody says.
    pub expects: Vec<String>,
    /// Names of inputs of which one is given and not more; empty where each stands for itself.
    pub one_of: Vec<String>,
}

impl Action {
    /// Whether it is done without asking anything: it takes nothing of people and is not asked
    /// back.
    #[must_use]
    pub fn is_at_once(&self) -> bool {
        !self.confirm && self.inputs.iter().all(|input| input.hidden)
    }
}

impl Action {
    /// Whether it is expected to change a field.
    #[must_use]
    pub fn is_expected(&self, field: &str) -> bool {
        self.expects.iter().any(|name| {
            field
                .strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// The fields of the record of which it matters what somebody has seen: where they hold
    /// something else by then, nothing is done.
    #[must_use]
    pub fn compares(&self) -> Vec<usize> {
        match &self.does {
            Does::Statement(declared) => declared.fields(),
            Does::Operation(_) | Does::Update(_) => Vec::new(),
        }
    }

    /// Whether what it did can be taken back: by another action, or since all of it shows in the
    /// record.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        let shows = match &self.does {
            Does::Update(_) => true,
            Does::Statement(declared) => declared.is_update_of_one(),
            Does::Operation(_) => false,
        };
        shows || self.undo.is_some()
    }

    /// Whether it can be done with many records at once: all that its backend cannot do without is
    /// the same for each of them, or comes from each.
    #[must_use]
    pub fn is_for_many(&self) -> bool {
        self.inputs.iter().all(|input| !input.is_vital || input.is_for_many() || input.hidden)
    }
}

/// An operation that tells what an action would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Index of the service's operation.
    pub operation: usize,
    /// Members of its answer as they are shown; empty for all of it.
    pub show: Vec<Told>,
}

/// A member of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// How it is shown.
    pub format: Format,
}

/// What an action does.
#[derive(Debug, Clone, PartialEq)]
pub enum Does {
    /// The service's operation of this index.
    Operation(usize),
    /// Fields get these values, as text; `now` is the present moment.
    Update(Vec<(usize, String)>),
    /// The backend runs this statement.
    Statement(Box<Declared>),
}

/// The actions of a resource: the manifest's order first, then the service's own.
pub(crate) fn actions(engine: Engine, resource: &Resource, of: &ResourceOverride) -> Vec<Action> {
    let operations: &[Operation] =
        resource.service.as_ref().map(|service| service.operations.as_slice()).unwrap_or_default();
    let position = |name: &str| operations.iter().position(|operation| operation.name == name);
    let mut taken = Vec::new();
    let mut actions = Vec::new();
    for (name, said) in &of.actions {
        let action = if said.statement.is_some() {
            let Ok(declared) = Declared::of(engine, resource, said) else { continue };
            let inputs = inputs(resource, &declared.inputs, said, of);
            let does = Does::Statement(Box::new(declared));
            Some(Action { inputs, ..action(name, does, said) })
        } else if said.set.is_empty() {
            let Some(at) = position(said.operation.as_deref().unwrap_or(name)) else { continue };
            taken.push(at);
            of_operation(resource, (name, at), said, of)
        } else {
            let set = said
                .set
                .iter()
                .map(|(field, text)| resource.position(field).map(|field| (field, text.clone())));
            let Some(set) = set.collect::<Option<Vec<_>>>() else { continue };
            Some(action(name, Does::Update(set), said))
        };
        actions.extend(action.filter(|_| !said.hidden));
    }
    let nothing = ActionOverride::default();
    for (at, operation) in operations.iter().enumerate().filter(|(at, _)| !taken.contains(at)) {
        actions.extend(of_operation(resource, (&operation.name, at), &nothing, of));
    }
    actions
}

fn of_operation(
    resource: &Resource,
    (name, at): (&str, usize),
    said: &ActionOverride,
    of: &ResourceOverride,
) -> Option<Action> {
    let operations = &resource.service.as_ref()?.operations;
    let operation: &Operation = operations.get(at)?;
    let description = || operation.description.as_deref().map(Label::same);
    let preview = said.preview.as_ref().and_then(|preview| {
        let at = operations.iter().position(|other| other.name == preview.operation)?;
        Some(told(resource, at, preview))
    });
    Some(Action {
        title: said.title.clone().unwrap_or_else(|| Label::same(&operation.title)),
        description: said.description.clone().or_else(description),
        inputs: inputs(resource, &operation.input, said, of),
        preview,
        ..action(name, Does::Operation(at), said)
    })
}

/// An action as far as it is the same whatever it does.
fn action(name: &str, does: Does, said: &ActionOverride) -> Action {
    let (confirm, question) = match &said.confirm {
        None => (false, None),
        Some(Confirm::Flag(flag)) => (*flag, None),
        Some(Confirm::Words(words)) => (true, Some(words.clone())),
    };
    Action {
        name: name.to_owned(),
        title: said.title.clone().unwrap_or_else(|| Label::same(&humanised(name))),
        description: said.description.clone(),
        icon: said.icon,
        key: said.key,
        inputs: Vec::new(),
        does,
        allowed: said.allowed.clone().unwrap_or_else(|| name.to_owned()),
        when: said.when.clone(),
        confirm,
        question,
        preview: None,
        undo: said.undo.clone(),
        expects: said.expects.clone(),
        one_of: said.one_of.clone(),
    }
}

fn told(resource: &Resource, operation: usize, said: &PreviewOverride) -> Preview {
    let show = said.show.iter().map(|member| Told {
        name: member.name.clone(),
        title: member.title.clone().unwrap_or_else(|| Label::same(&humanised(&member.name))),
        format: money(resource, member.currency.as_ref()),
    });
    Preview { operation, show: show.collect() }
}

/// What a record says of whether it allows something: a list of words, a list of objects
/// (`{action, allowed, reason}`), or an object of truths. None where it says nothing of it.
#[must_use]
pub fn allows(says: &serde_json::Value, word: &str) -> Option<Result<(), String>> {
    use serde_json::Value;
    let name = |entry: &Value| {
        let names = ["action", "name", "id", "rel", "code"];
        names.iter().find_map(|name| entry.get(name)?.as_str().map(str::to_owned))
    };
    match says {
        Value::Array(list) if list.iter().all(Value::is_string) => {
            Some(if list.iter().any(|own| own == word) { Ok(()) } else { Err(String::new()) })
        }
        Value::Array(list) => {
            let entry = list.iter().find(|entry| name(entry).as_deref() == Some(word))?;
            let is_allowed = entry.get("allowed").and_then(Value::as_bool).unwrap_or(true);
            let reason = entry.get("reason").and_then(Value::as_str).unwrap_or_default();
            Some(if is_allowed { Ok(()) } else { Err(reason.to_owned()) })
        }
        Value::Object(truths) => {
            let is_allowed = truths.get(word)?.as_bool()?;
            Some(if is_allowed { Ok(()) } else { Err(String::new()) })
        }
        _ => None,
    }
}

/// The field in which records of a service say what they allow, by its usual names.
pub(super) fn allowed_field(resource: &Resource, said: &ResourceOverride) -> Option<usize> {
    if let Some(name) = &said.allowed_actions {
        return resource.position(name);
    }
    resource.service.as_ref()?;
    let names = ["allowed_actions", "allowedActions", "available_actions", "availableActions"];
    names.iter().find_map(|name| resource.position(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_record_allows_is_read_in_several_manners() {
        let words = json!(["cancel", "refund"]);
        assert_eq!(allows(&words, "cancel"), Some(Ok(())));
        assert_eq!(allows(&words, "ship"), Some(Err(String::new())));
        let objects =
            json!([{"action": "ship", "allowed": false, "reason": "not paid"}, {"name": "hold"}]);
        assert_eq!(allows(&objects, "ship"), Some(Err("not paid".to_owned())));
        assert_eq!(allows(&objects, "hold"), Some(Ok(())));
        assert_eq!(allows(&objects, "note"), None, "of what it does not speak it says nothing");
        assert_eq!(allows(&json!({"cancel": false}), "cancel"), Some(Err(String::new())));
        assert_eq!(allows(&json!(null), "cancel"), None);
    }
}
