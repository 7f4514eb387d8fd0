//! What one can do with a record: operations of a service, and updates that the manifest names.

use kontor_model::filter::Filter;
use kontor_model::service::{Input as Taken, Operation};
use kontor_model::{FieldType, Resource};

use super::humanised;
use crate::manifest::{ActionOverride, Label, ResourceOverride};

/// Something one can do with a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Its name, no other action of the resource has it.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// What it does.
    pub description: Option<Label>,
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
}

/// One thing that an action takes.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionInput {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// The heading under which it stands with others.
    pub group: Option<Label>,
    /// What it is for, in the service's own words.
    pub help: Option<String>,
    /// Its type.
    pub ty: FieldType,
    /// Whether it must be given.
    pub needed: bool,
    /// Whether people are not asked for it.
    pub hidden: bool,
    /// Whether it is a text of several lines.
    pub is_long: bool,
    /// What it is where nothing is given.
    pub default: Option<String>,
}

/// What an action does.
#[derive(Debug, Clone, PartialEq)]
pub enum Does {
    /// The service's operation of this index.
    Operation(usize),
    /// Fields get these values, as text; `now` is the present moment.
    Update(Vec<(usize, String)>),
}

/// The actions of a resource: the manifest's order first, then the service's own.
pub(super) fn actions(resource: &Resource, said: &ResourceOverride) -> Vec<Action> {
    let operations: &[Operation] =
        resource.service.as_ref().map(|service| service.operations.as_slice()).unwrap_or_default();
    let position = |name: &str| operations.iter().position(|operation| operation.name == name);
    let mut taken = Vec::new();
    let mut actions = Vec::new();
    for (name, said) in &said.actions {
        let action = if said.set.is_empty() {
            let Some(at) = position(said.operation.as_deref().unwrap_or(name)) else { continue };
            taken.push(at);
            of_operation(name, at, &operations[at], said)
        } else {
            let set = said
                .set
                .iter()
                .map(|(field, text)| resource.position(field).map(|field| (field, text.clone())));
            let Some(set) = set.collect::<Option<Vec<_>>>() else { continue };
            of_update(name, set, said)
        };
        if !said.hidden {
            actions.push(action);
        }
    }
    let nothing = ActionOverride::default();
    for (at, operation) in operations.iter().enumerate().filter(|(at, _)| !taken.contains(at)) {
        actions.push(of_operation(&operation.name, at, operation, &nothing));
    }
    actions
}

fn of_operation(name: &str, at: usize, operation: &Operation, said: &ActionOverride) -> Action {
    Action {
        name: name.to_owned(),
        title: said.title.clone().unwrap_or_else(|| Label::same(&operation.title)),
        description: said
            .description
            .clone()
            .or_else(|| operation.description.as_deref().map(Label::same)),
        inputs: operation.input.iter().map(|taken| input(taken, said)).collect(),
        does: Does::Operation(at),
        allowed: said.allowed.clone().unwrap_or_else(|| name.to_owned()),
        when: said.when.clone(),
        confirm: said.confirm,
    }
}

fn of_update(name: &str, set: Vec<(usize, String)>, said: &ActionOverride) -> Action {
    Action {
        name: name.to_owned(),
        title: said.title.clone().unwrap_or_else(|| Label::same(&humanised(name))),
        description: said.description.clone(),
        inputs: Vec::new(),
        does: Does::Update(set),
        allowed: said.allowed.clone().unwrap_or_else(|| name.to_owned()),
        when: said.when.clone(),
        confirm: said.confirm,
    }
}

fn input(taken: &Taken, said: &ActionOverride) -> ActionInput {
    let field = &taken.field;
    let own = said.inputs.iter().find(|(name, _)| *name == field.name).map(|(_, own)| own);
    let (group, last) = match field.name.rsplit_once('.') {
        Some((outer, last)) => (Some(Label::same(&humanised(outer))), last),
        None => (None, field.name.as_str()),
    };
    ActionInput {
        name: field.name.clone(),
        title: own
            .and_then(|own| own.title.clone())
            .unwrap_or_else(|| Label::same(&humanised(last))),
        group,
        help: field.comment.clone(),
        ty: field.ty.clone(),
        needed: taken.needed,
        hidden: own.is_some_and(|own| own.hidden),
        is_long: field.native == "text",
        default: own.and_then(|own| own.default.clone()).or_else(|| field.default.clone()),
    }
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
