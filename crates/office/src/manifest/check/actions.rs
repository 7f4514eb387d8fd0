//! What a manifest says about actions, compared with what the backend offers.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kontor_model::filter::bind::{Hop, Moment, Names, bind};
use kontor_model::service::Operation;
use kontor_model::{FieldType, Resource};

use super::{At, Check};
use crate::catalog::{Declared, Source, Wrong};
use crate::manifest::problem::{listed, nearest};
use crate::manifest::{ActionOverride, Currency, InputOverride, ResourceOverride};
use crate::records::{at_hand, fields_of};

/// The fields of a record and nothing that it points to.
struct Own;

impl Names for Own {
    fn field(&self, resource: &Resource, name: &str) -> Option<usize> {
        resource.position(name)
    }

    fn link(&self, _: &Resource, _: &str) -> Option<Hop<'_>> {
        None
    }
}

impl Check<'_> {
    pub(super) fn actions(&mut self, at: At<'_>, resource: &Resource, said: &ResourceOverride) {
        for (index, (name, action)) in said.actions.iter().enumerate() {
            let at = [at, &[name.as_str()]].concat();
            self.action(&at, resource, name, action);
            self.when(&at, resource, action);
            self.undo(&at, resource, said, action);
            self.expects(&at, resource, action);
            let twin = said.actions[..index].iter().find(|(_, other)| other.key == action.key);
            if let (Some(key), Some((other, _))) = (action.key, twin) {
                let message = format!("“{key}” is the key of “{other}” already");
                self.note(&[&at[..], &["key"]].concat(), message, None);
            }
        }
    }

    fn action(&mut self, at: At<'_>, resource: &Resource, name: &str, said: &ActionOverride) {
        let key = |key: &'static str| [at, &[key]].concat();
        if said.statement.is_some() {
            self.statement(at, resource, said);
            return;
        }
        let typed = said.inputs.iter().filter(|(_, input)| input.ty.is_some());
        for (name, _) in typed {
            let message = "a service says itself of what type it is; “type” is for a “statement”";
            self.note(&[at, &["inputs", name, "type"]].concat(), message, None);
        }
        if !said.set.is_empty() {
            for (field, _) in &said.set {
                self.field(&[at, &["set", field]].concat(), resource, field);
            }
            self.unused(at, said, "an update of fields takes nothing");
            return;
        }
        let Some(service) = &resource.service else {
            let message = "needs “set” or “statement”: a database has no operations of its own";
            self.note(at, message, None);
            return;
        };
        let operations = &service.operations;
        let (place, wanted) = match &said.operation {
            Some(operation) => (key("operation"), operation.as_str()),
            None => (at.to_vec(), name),
        };
        let Some(operation) = self.operation(&place, operations, wanted) else { return };
        if let Some(preview) = &said.preview {
            let place = [&key("preview")[..], &["operation"]].concat();
            self.operation(&place, operations, &preview.operation);
            for member in &preview.show {
                let place = [&key("preview")[..], &["show", &member.name, "currency"]].concat();
                self.currency(&place, resource, member.currency.as_ref());
            }
        }
        for (index, name) in said.one_of.iter().enumerate() {
            if !operation.input.iter().any(|taken| taken.field.name == *name) {
                let names = operation.input.iter().map(|taken| taken.field.name.as_str());
                let index = index.to_string();
                let place = [at, &["one_of", &index]].concat();
                self.note(&place, format!("it takes no “{name}”"), nearest(name, names));
            }
        }
        for (name, input) in &said.inputs {
            let at = [at, &["inputs", name]].concat();
            self.input(&at, resource, operation, name, input);
        }
    }

    fn statement(&mut self, at: At<'_>, resource: &Resource, said: &ActionOverride) {
        let key = |key: &'static str| [at, &[key]].concat();
        let declared = Declared::of(self.schema.engine, resource, said);
        for wrong in declared.as_ref().err().into_iter().flatten() {
            self.wrong(at, resource, said, wrong);
        }
        if said.preview.is_some() {
            let message = "a statement does not say beforehand what it would do";
            self.note(&key("preview"), message, None);
        }
        for (at_input, (name, input)) in said.inputs.iter().enumerate() {
            let at = [at, &["inputs", name]].concat();
            let key = |key: &'static str| [&at[..], &[key]].concat();
            self.currency(&key("currency"), resource, input.currency.as_ref());
            if let Some(from) = input.from.as_deref()
                && Source::of(resource, from).is_none()
            {
                self.field(&key("from"), resource, from);
            }
            if input.pick.is_some() {
                let message = "entries of a list cannot be given to a statement";
                self.note(&key("pick"), message, None);
            }
            let Some(taken) = declared.as_ref().ok().and_then(|own| own.inputs.get(at_input))
            else {
                continue;
            };
            if let Some(default) = &input.default {
                self.value(&key("default"), &taken.field, &default.de);
                if default.en != default.de {
                    self.value(&key("default"), &taken.field, &default.en);
                }
            }
            for choice in &input.choices {
                let at = [&at[..], &["choices", &choice.value]].concat();
                self.value(&at, &taken.field, &choice.value);
            }
        }
    }

    fn wrong(&mut self, at: At<'_>, resource: &Resource, said: &ActionOverride, wrong: &Wrong) {
        let statement = [at, &["statement"]].concat();
        match wrong {
            Wrong::Statement(error) => self.note(&statement, format!("“statement” {error}"), None),
            Wrong::Name(name) => {
                let fields = resource.fields.iter().map(|field| field.name.as_str());
                let names: Vec<&str> =
                    said.inputs.iter().map(|(name, _)| name.as_str()).chain(fields).collect();
                let message = format!(
                    "“:{name}” is neither among “inputs” nor a field of “{}”",
                    resource.name
                );
                let suggestion = nearest(name, names.iter().copied());
                self.note(&statement, message, suggestion);
            }
            Wrong::Unused(name) => {
                let message = format!("the statement has no “:{name}”");
                self.note(&[at, &["inputs", name]].concat(), message, None);
            }
            Wrong::Service => {
                self.note(&statement, "a service takes no statements: name an “operation”", None);
            }
            Wrong::Transactions => {
                let message = format!(
                    "“{}” is kept without transactions: what goes wrong there could not be taken back",
                    resource.name
                );
                self.note(&statement, message, None);
            }
            Wrong::Rows => {
                let message = "nobody tells how many records a call touches: leave this out";
                self.note(&[at, &["rows"]].concat(), message, None);
            }
        }
    }

    /// What takes an action back is done without asking anybody: another action, which needs
    /// nothing but what that one was given, the record holds, or has a default.
    fn undo(
        &mut self,
        at: At<'_>,
        resource: &Resource,
        of: &ResourceOverride,
        said: &ActionOverride,
    ) {
        let Some(undo) = &said.undo else { return };
        let place = [at, &["undo"]].concat();
        let actions = crate::catalog::actions_of(self.schema.engine, resource, of);
        let Some(back) = actions.iter().find(|action| action.name == *undo) else {
            let names = || actions.iter().map(|action| action.name.as_str());
            let suggestion = nearest(undo, names());
            self.note(&place, format!("there is no action “{undo}”"), suggestion);
            return;
        };
        let own = actions.iter().find(|action| Some(action.name.as_str()) == at.last().copied());
        let is_given = |name: &str| {
            own.is_some_and(|own| own.inputs.iter().any(|input| input.name == name && input.needed))
        };
        let missing = back.inputs.iter().find(|input| {
            let comes = input.default.is_some() || (input.from.is_some() && input.pick.is_none());
            input.needed && !comes && !is_given(&input.name)
        });
        if let Some(missing) = missing {
            let message =
                format!("“{undo}” needs “{}”: give it a “default” or a “from”", missing.name);
            self.note(&place, message, None);
        }
    }

    /// It is tested on the record as it was read, so that only the record's own fields count.
    fn when(&mut self, at: At<'_>, resource: &Resource, said: &ActionOverride) {
        let Some(when) = &said.when else { return };
        let place = [at, &["when"]].concat();
        let before = self.problems.len();
        for name in fields_of(when) {
            self.field(&place, resource, &name);
        }
        let moment = Moment { now: Timestamp::UNIX_EPOCH, zone: &TimeZone::UTC };
        let wrong = bind(when, &at_hand(resource), &Own, &moment).err();
        if let Some(error) = wrong.filter(|_| self.problems.len() == before) {
            self.note(&place, error.to_string(), None);
        }
    }

    fn expects(&mut self, at: At<'_>, resource: &Resource, said: &ActionOverride) {
        for (index, name) in said.expects.iter().enumerate() {
            let below = format!("{name}.");
            if !resource.fields.iter().any(|field| field.name.starts_with(&below)) {
                self.field(&[at, &["expects", &index.to_string()]].concat(), resource, name);
            }
        }
    }

    /// Nothing but the title of what an update does can be said of its inputs.
    fn unused(&mut self, at: At<'_>, said: &ActionOverride, why: &str) {
        if let Some((name, _)) = said.inputs.first() {
            self.note(&[at, &["inputs", name]].concat(), format!("“{name}”: {why}"), None);
        }
        if said.preview.is_some() {
            self.note(&[at, &["preview"]].concat(), format!("“preview”: {why}"), None);
        }
    }

    fn operation<'o>(
        &mut self,
        at: At<'_>,
        operations: &'o [Operation],
        name: &str,
    ) -> Option<&'o Operation> {
        let found = operations.iter().find(|operation| operation.name == name);
        if found.is_none() {
            let names = || operations.iter().map(|operation| operation.name.as_str());
            let suggestion = nearest(name, names());
            let mut message = format!("the service has no operation “{name}” of a record");
            if suggestion.is_none() {
                message.push_str(&listed("it has", names()));
            }
            self.note(at, message, suggestion);
        }
        found
    }

    fn input(
        &mut self,
        at: At<'_>,
        resource: &Resource,
        operation: &Operation,
        name: &str,
        said: &InputOverride,
    ) {
        let taken = || operation.input.iter().map(|input| input.field.name.as_str());
        let below = format!("{name}.");
        let own = operation.input.iter().find(|input| input.field.name == name);
        let members: Vec<&str> = taken().filter_map(|input| input.strip_prefix(&below)).collect();
        if own.is_none() && members.is_empty() {
            let suggestion = nearest(name, taken());
            let mut message = format!("“{}” takes no “{name}”", operation.name);
            if suggestion.is_none() {
                message.push_str(&listed("it takes", taken()));
            }
            self.note(at, message, suggestion);
            return;
        }
        let key = |key: &'static str| [at, &[key]].concat();
        self.currency(&key("currency"), resource, said.currency.as_ref());
        if let Some(from) = &said.from {
            // Of an object it is enough that some of its members are there.
            let is_there = match own {
                Some(_) => Source::of(resource, from).is_some(),
                None => members
                    .iter()
                    .any(|last| Source::of(resource, &format!("{from}.{last}")).is_some()),
            };
            if !is_there {
                self.field(&key("from"), resource, from);
            }
        }
        let Some(own) = own else { return };
        if let Some(default) = &said.default {
            self.value(&key("default"), &own.field, &default.de);
            if default.en != default.de {
                self.value(&key("default"), &own.field, &default.en);
            }
        }
        if said.pick.is_some() && !matches!(own.field.ty, FieldType::Json { .. }) {
            let message = format!("entries cannot be picked for “{name}”, which is no list");
            self.note(&key("pick"), message, None);
        }
        for choice in &said.choices {
            self.value(&[at, &["choices", &choice.value]].concat(), &own.field, &choice.value);
        }
    }

    fn currency(&mut self, at: At<'_>, resource: &Resource, currency: Option<&Currency>) {
        if let Some(Currency::Field(field)) = currency {
            self.field(at, resource, field);
        }
    }
}
