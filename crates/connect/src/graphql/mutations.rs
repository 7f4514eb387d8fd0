//! What may be changed: mutations that make, change and remove records, and the other things that
//! one can do with a record.

use std::collections::{BTreeMap, BTreeSet};

use kontor_model::service::{Form, Input, KeyAt, Mutation, Operation, OperationCall, Place};
use kontor_model::{Field, FieldType, Generated};

use super::inputs::{Entry, entries};
use super::outcome::outcome;
use super::shape::Leaf;
use super::types::{FieldOf, Types};
use crate::service::names::{folded, is_one_of, singular, words};

/// The records of a resource, as far as mutations are recognised by them.
pub(super) struct Subject<'a> {
    /// The name of their type.
    pub(super) node: &'a str,
    /// The field of the query that lists them.
    pub(super) list: &'a str,
    pub(super) leaves: &'a [Leaf],
    /// Fields of the key.
    pub(super) key: &'a [usize],
}

/// How records are written, and what else can be done with them.
#[derive(Default)]
pub(super) struct Writing {
    pub(super) create: Option<Mutation>,
    pub(super) update: Option<Mutation>,
    pub(super) delete: Option<Mutation>,
    pub(super) operations: Vec<Operation>,
    /// The mutations that it uses, or that do no more than these.
    pub(super) used: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Create,
    Update,
    Delete,
}

const CREATE: [&str; 6] = ["create", "add", "new", "insert", "make", "register"];
const UPDATE: [&str; 6] = ["update", "edit", "modify", "change", "patch", "set"];
const DELETE: [&str; 4] = ["delete", "remove", "destroy", "drop"];

/// What a name says that is done, and to what: `updateOrderById` updates an order.
fn spoken(name: &str) -> Option<(Verb, String)> {
    let words = words(name);
    let verb = |word: &String| {
        let word = word.as_str();
        [(&CREATE[..], Verb::Create), (&UPDATE[..], Verb::Update), (&DELETE[..], Verb::Delete)]
            .into_iter()
            .find(|(names, _)| names.contains(&word))
            .map(|(_, verb)| verb)
    };
    let (first, rest) = words.split_first()?;
    let (verb, mut noun) = match verb(first) {
        Some(verb) => (verb, rest.to_vec()),
        None => {
            let (last, before) = words.split_last()?;
            (verb(last)?, before.to_vec())
        }
    };
    if let Some(by) = noun.iter().position(|word| word == "by").filter(|&at| at > 0) {
        noun.truncate(by);
    }
    while noun.len() > 1
        && noun.last().is_some_and(|word| matches!(word.as_str(), "item" | "one" | "record"))
    {
        noun.pop();
    }
    Some((verb, noun.concat()))
}

impl Subject<'_> {
    fn is_called(&self, noun: &str) -> bool {
        let list = self.list.strip_prefix("all").unwrap_or(self.list);
        noun == folded(self.node) || noun == folded(list) || noun == folded(&singular(list))
    }

    fn key_names(&self) -> Vec<String> {
        self.key.iter().map(|&field| self.leaves[field].path().concat()).collect()
    }

    /// The fields of the key that are selected to learn which record it is.
    fn selected_key(&self) -> Vec<String> {
        let plain = |field: &usize| match self.leaves[*field].steps.as_slice() {
            [step] if step.on.is_empty() => Some(step.field.clone()),
            _ => None,
        };
        self.key.iter().filter_map(plain).collect()
    }

    /// Whether an input called so is a field of the key of such a record; `own` where the mutation
    /// is about no other record.
    fn is_key(&self, name: &str, key: &str, own: bool) -> bool {
        let (node, key) = (folded(self.node), folded(key));
        let short = key.strip_prefix(&node).filter(|rest| !rest.is_empty());
        name == format!("{node}{key}")
            || (key.starts_with(&node) && name == key)
            || (own && (name == key || short == Some(name)))
    }
}

/// Where the key of a record is put, with the inputs that it fills.
fn keys_at(
    subject: &Subject<'_>,
    entries: &[Entry<'_>],
    base: Option<&[String]>,
    own: bool,
) -> Option<Vec<KeyAt>> {
    let names = subject.key_names();
    let mut found = Vec::new();
    for (name, &field) in names.iter().zip(subject.key) {
        let fits = |entry: &&Entry<'_>| {
            let said = entry.name();
            entry.is_single()
                && (subject.is_key(&said, name, own)
                    || (entry.several()
                        && said
                            .strip_suffix('s')
                            .is_some_and(|one| subject.is_key(one, name, own))))
        };
        let outside = |entry: &&Entry<'_>| base.is_none_or(|base| !entry.path.starts_with(base));
        let entry =
            entries.iter().filter(outside).find(fits).or_else(|| entries.iter().find(fits))?;
        found.push(KeyAt {
            path: entry.path.clone(),
            field,
            form: entry.form,
            several: entry.several(),
        });
    }
    (!found.is_empty()).then_some(found)
}

/// The object among the inputs that holds the fields of the record.
fn base(subject: &Subject<'_>, entries: &[Entry<'_>]) -> Option<Vec<String>> {
    let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for entry in entries {
        for length in 0..entry.path.len() {
            let rest = folded(&entry.path[length..].concat());
            if subject.leaves.iter().any(|leaf| leaf.folded() == rest) {
                *counts.entry(entry.path[..length].to_vec()).or_default() += 1;
            }
        }
    }
    let rank = |path: &[String]| {
        path.last()
            .is_some_and(|name| is_one_of(name, &["set", "patch", "data", "object", "input"]))
    };
    counts.into_iter().max_by_key(|(path, count)| (*count, rank(path))).map(|(path, _)| path)
}

/// Fields with the places of their values, and those of which a value must be given.
type Values = (Vec<(usize, Vec<String>, Form)>, Vec<usize>);

impl Writing {
    pub(super) fn of(types: &Types, subject: &Subject<'_>) -> Self {
        let mut writing = Self::default();
        for field in types.mutations() {
            let Some((verb, noun)) = spoken(&field.name) else { continue };
            if !subject.is_called(&noun) {
                continue;
            }
            let made = match verb {
                Verb::Create => create(types, subject, field),
                Verb::Update => update(types, subject, field),
                Verb::Delete => delete(types, subject, field),
            };
            let Some(made) = made else {
                // `updateOrder(nodeId)` does what `updateOrderById` does.
                continue;
            };
            writing.used.insert(field.name.clone());
            let place = match verb {
                Verb::Create => &mut writing.create,
                Verb::Update => &mut writing.update,
                Verb::Delete => &mut writing.delete,
            };
            place.get_or_insert(made);
        }
        writing.note_others(types, subject);
        if !subject.key.is_empty() {
            writing.find_operations(types, subject);
        }
        writing
    }

    /// Mutations that do the same as those that were found, by another address or for several.
    fn note_others(&mut self, types: &Types, subject: &Subject<'_>) {
        for field in types.mutations() {
            let Some((verb, noun)) = spoken(&field.name) else { continue };
            let has = match verb {
                Verb::Create => self.create.is_some(),
                Verb::Update => self.update.is_some(),
                Verb::Delete => self.delete.is_some(),
            };
            let of_several = ["s", "items", "batch", "many", "bulk"]
                .iter()
                .any(|end| noun.strip_suffix(end).is_some_and(|own| subject.is_called(own)));
            if has && (subject.is_called(&noun) || of_several) {
                self.used.insert(field.name.clone());
            }
        }
    }

    fn find_operations(&mut self, types: &Types, subject: &Subject<'_>) {
        for field in types.mutations() {
            if !self.used.contains(&field.name)
                && let Some(operation) = operation(types, subject, field)
            {
                self.used.insert(field.name.clone());
                self.operations.push(operation);
            }
        }
    }
}

fn finished(
    types: &Types,
    subject: &Subject<'_>,
    field: &FieldOf,
    keys: Vec<KeyAt>,
    (values, needed): Values,
) -> Mutation {
    let outcome = outcome(types, field, subject.node, &subject.selected_key());
    Mutation {
        field: field.name.clone(),
        arguments: field.declared(),
        keys,
        values,
        needed,
        selected: outcome.selected,
        record: outcome.record,
    }
}

/// The fields of the record among the inputs below a place; none where the mutation needs more.
fn values(
    subject: &Subject<'_>,
    entries: &[Entry<'_>],
    base: &[String],
    keys: &[KeyAt],
) -> Option<Values> {
    let (mut values, mut needed) = (Vec::new(), Vec::new());
    for entry in entries {
        if keys.iter().any(|key| key.path == entry.path) {
            continue;
        }
        let rest = entry.path.strip_prefix(base).map(|rest| folded(&rest.concat()));
        let field =
            rest.and_then(|rest| subject.leaves.iter().position(|leaf| leaf.folded() == rest));
        match field {
            Some(field) => {
                if entry.needed {
                    needed.push(field);
                }
                values.push((field, entry.path.clone(), entry.form));
            }
            None if entry.needed => return None,
            None => {}
        }
    }
    Some((values, needed))
}

fn create(types: &Types, subject: &Subject<'_>, field: &FieldOf) -> Option<Mutation> {
    let entries = entries(types, field);
    let base = base(subject, &entries)?;
    let (values, needed) = values(subject, &entries, &base, &[])?;
    let made = finished(types, subject, field, Vec::new(), (values, needed));
    // Nobody would learn which record it is.
    (!made.values.is_empty() && made.record.is_some()).then_some(made)
}

fn update(types: &Types, subject: &Subject<'_>, field: &FieldOf) -> Option<Mutation> {
    let entries = entries(types, field);
    let base = base(subject, &entries)?;
    let keys = keys_at(subject, &entries, (!base.is_empty()).then_some(&base), true)?;
    if keys.iter().any(|key| key.several) {
        return None;
    }
    let (mut values, needed) = values(subject, &entries, &base, &keys)?;
    values.retain(|(field, ..)| !subject.key.contains(field));
    (!values.is_empty()).then(|| finished(types, subject, field, keys, (values, needed)))
}

fn delete(types: &Types, subject: &Subject<'_>, field: &FieldOf) -> Option<Mutation> {
    let entries = entries(types, field);
    let keys = keys_at(subject, &entries, None, true)?;
    let is_key = |entry: &Entry<'_>| keys.iter().any(|key| key.path == entry.path);
    let whole = entries.iter().all(|entry| is_key(entry) || !entry.needed);
    let single = keys.iter().all(|key| !key.several);
    (whole && single).then(|| finished(types, subject, field, keys, (Vec::new(), Vec::new())))
}

/// A mutation as something that one can do with a record.
fn operation(types: &Types, subject: &Subject<'_>, field: &FieldOf) -> Option<Operation> {
    let entries = entries(types, field);
    // `cancelOrder(id)` is about an order because of its name, or of what it gives.
    let named = {
        let name: Vec<String> = words(&field.name);
        let node: Vec<String> = words(subject.node);
        name.windows(node.len()).any(|part| part == node)
            || name.last().is_some_and(|last| singular(last) == node.concat())
    };
    let is_maker =
        matches!(spoken(&field.name), Some((Verb::Create, noun)) if subject.is_called(&noun));
    let keys = keys_at(subject, &entries, None, named).filter(|_| !is_maker)?;
    let input: Vec<Input> = entries
        .iter()
        .filter(|entry| !keys.iter().any(|key| key.path == entry.path))
        .map(input)
        .collect();
    let said = words(&field.name);
    let mut title = said.join(" ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let description = field.description.trim();
    Some(Operation {
        name: said.join("-"),
        title,
        description: (!description.is_empty()).then(|| description.to_owned()),
        input,
        call: OperationCall::Graph(finished(types, subject, field, keys, (Vec::new(), Vec::new()))),
    })
}

fn input(entry: &Entry<'_>) -> Input {
    let is_long = is_one_of(
        &entry.name(),
        &["note", "notes", "comment", "message", "text", "description", "body"],
    );
    let several = entry.several();
    let ty = if several { FieldType::Json { binary: false } } else { entry.ty.clone() };
    let native = match &ty {
        FieldType::Text { max: None } if is_long => "text".to_owned(),
        _ => entry.input.ty.to_string(),
    };
    let description = entry.input.description.trim();
    // An object around it says nothing to whoever fills it in.
    let shown = match entry.path.as_slice() {
        [outer, rest @ ..]
            if !rest.is_empty() && is_one_of(outer, &["input", "data", "options", "params"]) =>
        {
            rest
        }
        path => path,
    };
    Input {
        field: Field {
            name: shown.join("."),
            ty,
            native,
            sql_type: String::new(),
            nullable: !entry.needed,
            default: entry
                .input
                .default_value
                .as_deref()
                .map(|text| text.trim_matches('"').to_owned())
                .filter(|text| text != "null"),
            generated: Generated::No,
            comment: (!description.is_empty()).then(|| description.to_owned()),
            sortable: false,
            comparable: false,
            tests: None,
        },
        place: Place::Body(entry.path.clone()),
        form: if several { Form::Json } else { entry.form },
        needed: entry.needed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_done_and_to_what() {
        for (name, verb, noun) in [
            ("updateInvoiceLineByInvoiceLineId", Verb::Update, "invoiceline"),
            ("update_orders_by_pk", Verb::Update, "orders"),
            ("create_orders_item", Verb::Create, "orders"),
            ("insert_orders_one", Verb::Create, "orders"),
            ("orderDelete", Verb::Delete, "order"),
        ] {
            assert_eq!(spoken(name), Some((verb, noun.to_owned())), "{name}");
        }
        assert_eq!(spoken("settlePayment"), None);
    }
}
