//! What changed from one schema to another, and whether it breaks anything.

use kontor_model::service::{Ability, Input, Operation};
use kontor_model::{Field, FieldType, Resource, Schema, Service};

/// One change of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftLine {
    /// The resource that it is about.
    pub resource: String,
    /// What changed.
    pub what: Drifted,
}

/// What changed in a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drifted {
    /// It was not there.
    Added,
    /// It is gone.
    Removed,
    /// It has another key.
    Key,
    /// A field was not there.
    FieldAdded(String),
    /// A field is gone.
    FieldRemoved(String),
    /// The type of a field changed: before, now.
    FieldRetyped(String, String, String),
    /// A field became required (`false`), or is not any more.
    FieldNullable(String, bool),
    /// A field may hold these words, too.
    ChoicesAdded(String, Vec<String>),
    /// A field may not hold these words any more.
    ChoicesRemoved(String, Vec<String>),
    /// The service can be asked for more of a field than before.
    FilterAdded(String),
    /// The service cannot be asked for all of a field any more that it could be asked for.
    FilterRemoved(String),
    /// The service orders its list by a field now (`true`), or not any more.
    Order(String, bool),
    /// The service looks for words now (`true`), or not any more.
    Search(bool),
    /// Records can be made, changed or removed now (`true`), or not any more.
    Written(Writing, bool),
    /// The service offers an operation now.
    ActionAdded(String),
    /// The service does not offer an operation any more.
    ActionRemoved(String),
    /// An operation needs something to be given that it did not need: operation, input.
    InputNeeded(String, String),
    /// An operation takes something that it did not take.
    InputAdded(String, String),
    /// An operation does not take something any more.
    InputRemoved(String, String),
}

/// What is done to records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// They are made.
    Create,
    /// Their fields are changed.
    Update,
    /// They are removed.
    Delete,
}

impl DriftLine {
    /// Whether something that worked may not work any more.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        use Drifted as D;
        match &self.what {
            D::Added
            | D::FieldAdded(_)
            | D::ChoicesAdded(..)
            | D::FilterAdded(_)
            | D::ActionAdded(_)
            | D::InputAdded(..) => false,
            D::FieldNullable(_, nullable) => !nullable,
            D::Order(_, is_there) | D::Search(is_there) | D::Written(_, is_there) => !is_there,
            D::Removed
            | D::Key
            | D::FieldRemoved(_)
            | D::FieldRetyped(..)
            | D::ChoicesRemoved(..)
            | D::FilterRemoved(_)
            | D::ActionRemoved(_)
            | D::InputNeeded(..)
            | D::InputRemoved(..) => true,
        }
    }

    /// The field that it is about, where it is about one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        use Drifted as D;
        match &self.what {
            D::FieldAdded(field)
            | D::FieldRemoved(field)
            | D::FieldRetyped(field, ..)
            | D::FieldNullable(field, _)
            | D::ChoicesAdded(field, _)
            | D::ChoicesRemoved(field, _)
            | D::FilterAdded(field)
            | D::FilterRemoved(field)
            | D::Order(field, _) => Some(field),
            _ => None,
        }
    }

    /// The operation that it is about, where it is about one.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        use Drifted as D;
        match &self.what {
            D::ActionAdded(name)
            | D::ActionRemoved(name)
            | D::InputNeeded(name, _)
            | D::InputAdded(name, _)
            | D::InputRemoved(name, _) => Some(name),
            _ => None,
        }
    }
}

/// What changed from one schema to another.
#[must_use]
pub(crate) fn compare(before: &Schema, now: &Schema) -> Vec<DriftLine> {
    let mut lines = Vec::new();
    let whole = |resource: &Resource, what| DriftLine { resource: resource.name.to_string(), what };
    for old in &before.resources {
        match now.resource(&old.name) {
            None => lines.push(whole(old, Drifted::Removed)),
            Some(new) => {
                let changes = of_resource(old, new);
                lines.extend(changes.into_iter().map(|what| whole(new, what)));
            }
        }
    }
    let is_new = |new: &&Resource| before.resource(&new.name).is_none();
    lines.extend(now.resources.iter().filter(is_new).map(|new| whole(new, Drifted::Added)));
    lines
}

fn of_resource(old: &Resource, new: &Resource) -> Vec<Drifted> {
    let mut changes = Vec::new();
    for field in &old.fields {
        match new.field(&field.name) {
            None => changes.push(Drifted::FieldRemoved(field.name.clone())),
            Some(now) => of_field(field, now, &mut changes),
        }
    }
    let added = new.fields.iter().filter(|field| old.field(&field.name).is_none());
    changes.extend(added.map(|field| Drifted::FieldAdded(field.name.clone())));
    let key = |resource: &Resource| {
        resource.key.iter().map(|&field| resource.fields[field].name.clone()).collect::<Vec<_>>()
    };
    if key(old) != key(new) {
        changes.push(Drifted::Key);
    }
    if let (Some(old), Some(new)) = (&old.service, &new.service) {
        of_service(old, new, &mut changes);
    }
    changes
}

fn of_field(old: &Field, new: &Field, changes: &mut Vec<Drifted>) {
    let name = || new.name.clone();
    match (&old.ty, &new.ty) {
        (FieldType::Enum { choices: before }, FieldType::Enum { choices: now }) => {
            let without = |all: &[String], others: &[String]| -> Vec<String> {
                all.iter().filter(|choice| !others.contains(choice)).cloned().collect()
            };
            let (gone, more) = (without(before, now), without(now, before));
            if !gone.is_empty() {
                changes.push(Drifted::ChoicesRemoved(name(), gone));
            }
            if !more.is_empty() {
                changes.push(Drifted::ChoicesAdded(name(), more));
            }
        }
        (before, now) if before != now || old.native != new.native => {
            changes.push(Drifted::FieldRetyped(name(), old.native.clone(), new.native.clone()));
        }
        _ => {}
    }
    if new.nullable != old.nullable {
        changes.push(Drifted::FieldNullable(name(), new.nullable));
    }
    if let (Some(before), Some(now)) = (&old.tests, &new.tests) {
        let lacks = |all: &[Ability], others: &[Ability]| all.iter().any(|a| !others.contains(a));
        if lacks(before, now) {
            changes.push(Drifted::FilterRemoved(name()));
        } else if lacks(now, before) {
            changes.push(Drifted::FilterAdded(name()));
        }
        if old.sortable != new.sortable {
            changes.push(Drifted::Order(name(), new.sortable));
        }
    }
}

fn of_service(old: &Service, new: &Service, changes: &mut Vec<Drifted>) {
    if old.searches != new.searches {
        changes.push(Drifted::Search(new.searches));
    }
    for (writing, before, now) in [
        (Writing::Create, old.creates, new.creates),
        (Writing::Update, old.updates, new.updates),
        (Writing::Delete, old.deletes, new.deletes),
    ] {
        if before != now {
            changes.push(Drifted::Written(writing, now));
        }
    }
    let called = |all: &[Operation], name: &str| all.iter().any(|other| other.name == name);
    for operation in &old.operations {
        match new.operations.iter().find(|other| other.name == operation.name) {
            None => changes.push(Drifted::ActionRemoved(operation.name.clone())),
            Some(now) => of_operation(operation, now, changes),
        }
    }
    let added = new.operations.iter().filter(|operation| !called(&old.operations, &operation.name));
    changes.extend(added.map(|operation| Drifted::ActionAdded(operation.name.clone())));
}

fn of_operation(old: &Operation, new: &Operation, changes: &mut Vec<Drifted>) {
    let names = |input: &Input| (new.name.clone(), input.field.name.clone());
    let found = |all: &[Input], name: &str| all.iter().find(|own| own.field.name == name).cloned();
    for input in &new.input {
        let (operation, name) = names(input);
        match found(&old.input, &name) {
            None if input.needed => changes.push(Drifted::InputNeeded(operation, name)),
            None => changes.push(Drifted::InputAdded(operation, name)),
            Some(before) if input.needed && !before.needed => {
                changes.push(Drifted::InputNeeded(operation, name));
            }
            Some(_) => {}
        }
    }
    for input in old.input.iter().filter(|input| found(&new.input, &input.field.name).is_none()) {
        let (operation, name) = names(input);
        changes.push(Drifted::InputRemoved(operation, name));
    }
}
