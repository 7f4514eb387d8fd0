//! Finds the resources of a service in the fields of its query.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use kontor_model::schema::{ReadOnly, ReferenceSource};
use kontor_model::service::{
    Ability, Calls, Direction, Graph, GraphItem, GraphList, GraphPaging, KeyAt, Mutation, Property,
    Selection, Service,
};
use kontor_model::{
    Engine, Field, Generated, Index, IndexKind, OnDelete, Reference, Resource, ResourceKind,
    ResourceName, Schema,
};

use super::filters::{self, Offered};
use super::keys::{self, Key};
use super::lists::{Wrapped, is_of_paging, paging, slots, wrapped};
use super::mutations::{Subject, Writing};
use super::shape::{Keys, Leaf, leaves};
use super::types::{FieldOf, Type, Types};
use crate::service::names::words;

/// The resources that the types of a service describe. What could not be used is in `left_out`.
pub(super) fn schema(types: &Types) -> Schema {
    let lists: Vec<List<'_>> =
        types.queries().iter().filter_map(|field| list(types, field)).collect();
    let mut found: BTreeMap<String, Key> = BTreeMap::new();
    for list in &lists {
        if !found.contains_key(&list.node.name)
            && let Some(key) = keys::key(types, list.node, &list.field.name)
        {
            found.insert(list.node.name.clone(), key);
        }
    }
    let survey = Survey {
        types,
        names: found.iter().map(|(name, key)| (name.clone(), key.names.clone())).collect(),
        keys: found,
        notes: RefCell::default(),
        used: RefCell::default(),
    };
    let mut drafts: Vec<Draft> = lists.iter().filter_map(|list| survey.draft(list)).collect();
    refer(&mut drafts);
    survey.note_unused();
    let mut resources: Vec<Resource> = drafts.into_iter().map(|draft| draft.resource).collect();
    resources.sort_by(|a, b| a.name.cmp(&b.name));
    let left_out = survey.notes.into_inner();
    // A service does not say which version of the language it speaks, nor its own.
    Schema { engine: Engine::Graphql, version: String::new(), resources, left_out }
}

/// A field of the query that gives a list.
struct List<'a> {
    field: &'a FieldOf,
    wrapped: Option<Wrapped<'a>>,
    node: &'a Type,
}

fn list<'a>(types: &'a Types, field: &'a FieldOf) -> Option<List<'a>> {
    let ty = types.of(&field.ty).filter(|ty| ty.is_composite() && !types.is_root(&ty.name))?;
    if field.ty.is_list() {
        return Some(List { field, wrapped: None, node: ty });
    }
    let wrapped = wrapped(types, ty)?;
    Some(List { field, node: wrapped.node, wrapped: Some(wrapped) })
}

/// The name of the resource that a field lists: `allOrders` lists `orders`.
fn name_of(field: &str) -> String {
    let rest =
        field.strip_prefix("all").filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    let Some(rest) = rest else { return field.to_owned() };
    let mut chars = rest.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

struct Survey<'a> {
    types: &'a Types,
    keys: BTreeMap<String, Key>,
    names: Keys,
    notes: RefCell<Vec<String>>,
    /// Mutations that some resource uses.
    used: RefCell<BTreeSet<String>>,
}

/// A resource that was found, with the type of its records and what its fields refer to.
struct Draft {
    resource: Resource,
    node: String,
    targets: Vec<Option<(String, String)>>,
}

impl Survey<'_> {
    fn note(&self, note: String) {
        self.notes.borrow_mut().push(note);
    }

    fn note_unused(&self) {
        let used = self.used.borrow();
        for field in self.types.mutations().iter().filter(|field| !used.contains(&field.name)) {
            self.note(format!(
                "mutation {}: it is about no record of a list that could be named",
                field.name
            ));
        }
    }

    fn draft(&self, list: &List<'_>) -> Option<Draft> {
        let field = list.field;
        let leaves = leaves(self.types, list.node, &self.names);
        if leaves.is_empty() {
            self.note(format!("{}: its records have nothing that could be asked for", field.name));
            return None;
        }
        let slots = slots(self.types, field);
        let (paging, size) = paging(&slots, list.wrapped.as_ref());
        if let (GraphPaging::Whole, Some((path, most))) = (&paging, &size) {
            self.note(format!(
                "{}: it can be cut (“{}”) and not gone on with, so that no more than its first {most} records are shown",
                field.name,
                path.join(".")
            ));
        }
        let offered = filters::offered(self.types, &slots, &leaves);
        let required = self.required(field, &offered, size.as_ref())?;
        let mut key = self.key_fields(list, &leaves);
        let item = self.item(list, &key);
        let is_found = item.is_some()
            || (paging == GraphPaging::Whole && size.is_none())
            || offered.filters.iter().any(|filter| {
                key.as_slice() == [filter.field]
                    && matches!(filter.test, Ability::Equal | Ability::OneOf)
            });
        if !is_found || !required.is_empty() && item.is_none() {
            key.clear();
        }
        let graph_list = GraphList {
            field: field.name.clone(),
            arguments: field.declared(),
            at: list.wrapped.as_ref().map(|wrapped| wrapped.at.clone()).unwrap_or_default(),
            within: list.wrapped.as_ref().map(|wrapped| wrapped.within.clone()).unwrap_or_default(),
            total: list.wrapped.as_ref().and_then(|wrapped| wrapped.total.clone()),
            paging,
            size,
            search: offered.search,
            filters: offered.filters,
            sorting: offered.sorting,
        };
        let subject =
            Subject { node: &list.node.name, list: &field.name, leaves: &leaves, key: &key };
        // Several lists of the same records have the same changes.
        let writing = Writing::of(self.types, &subject);
        self.used.borrow_mut().extend(writing.used.iter().cloned());
        let address = Address { key, item, required };
        Some(assembled(list, &leaves, address, graph_list, writing))
    }

    fn key_fields(&self, list: &List<'_>, leaves: &[Leaf]) -> Vec<usize> {
        let Some(key) = self.keys.get(&list.node.name) else { return Vec::new() };
        let position = |name: &String| {
            leaves.iter().position(|leaf| {
                matches!(leaf.steps.as_slice(), [step] if step.field == *name && step.key == *name)
            })
        };
        key.names.iter().map(position).collect::<Option<_>>().unwrap_or_default()
    }

    fn item(&self, list: &List<'_>, key: &[usize]) -> Option<GraphItem> {
        let item = self.keys.get(&list.node.name)?.item.clone()?;
        let place = |own: KeyAt| Some(KeyAt { field: *key.get(own.field)?, ..own });
        let keys = item.keys.into_iter().map(place).collect::<Option<Vec<_>>>()?;
        Some(GraphItem { keys, ..item })
    }

    /// Fields that must be known before anything is listed; none where something else is needed.
    fn required(
        &self,
        field: &FieldOf,
        offered: &Offered,
        size: Option<&(Vec<String>, u32)>,
    ) -> Option<Vec<usize>> {
        let mut required = Vec::new();
        for arg in field.args.iter().filter(|arg| arg.is_needed()) {
            if is_of_paging(&arg.name)
                || size.is_some_and(|(path, _)| path.first() == Some(&arg.name))
            {
                continue;
            }
            let filter = offered
                .filters
                .iter()
                .find(|filter| filter.path == [arg.name.clone()] && filter.test == Ability::Equal);
            match filter {
                Some(filter) => required.push(filter.field),
                None => {
                    self.note(format!(
                        "{}: it needs the argument “{}”, which is no field of its records",
                        field.name, arg.name
                    ));
                    return None;
                }
            }
        }
        Some(required)
    }
}

/// How records are told apart: the key, how one is read by it, and what must be known before they
/// are listed.
struct Address {
    key: Vec<usize>,
    item: Option<GraphItem>,
    required: Vec<usize>,
}

fn assembled(
    list: &List<'_>,
    leaves: &[Leaf],
    address: Address,
    graph_list: GraphList,
    mut writing: Writing,
) -> Draft {
    let is_addressed = !address.key.is_empty();
    if !is_addressed {
        (writing.update, writing.delete) = (None, None);
        writing.operations.clear();
    }
    let properties = properties(leaves, &writing);
    let fields: Vec<Field> = leaves
        .iter()
        .enumerate()
        .map(|(at, leaf)| field(at, leaf, &properties[at], &address.key, &graph_list))
        .collect();
    let can_write = [&writing.create, &writing.update, &writing.delete].iter().any(|m| m.is_some());
    // Of the list, generators say no more than that it has pages.
    let descriptions = [&list.node.description, &list.field.description];
    let description = descriptions
        .into_iter()
        .map(|text| text.trim())
        .find(|text| !text.is_empty() && !text.contains("pagination"));
    let resource = Resource {
        name: ResourceName::new(name_of(&list.field.name)),
        namespace: None,
        table: list.field.name.clone(),
        kind: ResourceKind::Collection,
        indexes: indexes(&address.key, &graph_list),
        fields,
        references: Vec::new(),
        estimated_rows: None,
        comment: description.map(str::to_owned),
        transactional: false,
        row_id: None,
        read_only: match (is_addressed, can_write) {
            (false, _) => Some(ReadOnly::NoKey),
            (true, false) => Some(ReadOnly::NotOffered),
            (true, true) => None,
        },
        key: address.key.clone(),
        service: Some(Box::new(service(leaves, properties, address, graph_list, writing))),
    };
    let targets = leaves.iter().map(|leaf| leaf.target.clone()).collect();
    Draft { resource, node: list.node.name.clone(), targets }
}

fn properties(leaves: &[Leaf], writing: &Writing) -> Vec<Property> {
    let takes = |mutation: &Option<Mutation>, field: usize| {
        mutation.as_ref().is_some_and(|own| own.values.iter().any(|(other, ..)| *other == field))
    };
    let property = |(at, leaf): (usize, &Leaf)| Property {
        path: leaf.path(),
        form: leaf.form,
        listed: true,
        creatable: takes(&writing.create, at),
        needed: writing.create.as_ref().is_some_and(|own| own.needed.contains(&at)),
        updatable: takes(&writing.update, at),
        from_path: None,
        members: leaf.members.clone(),
    };
    leaves.iter().enumerate().map(property).collect()
}

fn service(
    leaves: &[Leaf],
    properties: Vec<Property>,
    address: Address,
    list: GraphList,
    writing: Writing,
) -> Service {
    let orders = list.sorting.iter().flat_map(|sorting| &sorting.orders);
    let orders = orders.map(|order| Direction {
        field: order.field,
        up: order.up.is_some(),
        down: order.down.is_some(),
    });
    let selection = |leaf: &Leaf| Selection {
        steps: leaf.steps.clone(),
        inside: leaf.inside.clone(),
        weight: leaf.weight,
    };
    let is_addressed = !address.key.is_empty();
    Service {
        orders: orders.collect(),
        creates: writing.create.is_some(),
        updates: writing.update.is_some(),
        deletes: writing.delete.is_some(),
        properties,
        searches: list.search.is_some(),
        operations: writing.operations,
        required: address.required,
        calls: Calls::Graph(Graph {
            selections: leaves.iter().map(selection).collect(),
            item: address.item.filter(|_| is_addressed),
            list,
            create: writing.create,
            update: writing.update,
            delete: writing.delete,
        }),
    }
}

fn field(at: usize, leaf: &Leaf, property: &Property, key: &[usize], list: &GraphList) -> Field {
    let mut tests: Vec<Ability> =
        list.filters.iter().filter(|filter| filter.field == at).map(|filter| filter.test).collect();
    // Records are read by their key, whatever the list can do.
    if key.contains(&at) && !tests.contains(&Ability::Equal) {
        tests.push(Ability::Equal);
    }
    let order =
        list.sorting.iter().flat_map(|sorting| &sorting.orders).any(|order| order.field == at);
    let given = property.creatable || property.updatable;
    Field {
        name: property.path.join("."),
        ty: leaf.ty.clone(),
        native: leaf.native.clone(),
        sql_type: String::new(),
        nullable: leaf.nullable,
        default: None,
        generated: if given { Generated::No } else { Generated::Always },
        comment: (!leaf.description.is_empty()).then(|| leaf.description.clone()),
        sortable: order,
        comparable: tests.contains(&Ability::Equal),
        tests: Some(tests),
    }
}

/// What can be looked up quickly: the key, and what the service compares by itself.
fn indexes(key: &[usize], list: &GraphList) -> Vec<Index> {
    let index = |name: String, fields: Vec<usize>, unique| Index {
        name,
        fields,
        unique,
        kind: IndexKind::Ordered,
    };
    let own = (!key.is_empty()).then(|| index("key".into(), key.to_vec(), true));
    let others = list
        .filters
        .iter()
        .filter(|filter| filter.test == Ability::Equal && key != [filter.field])
        .map(|filter| index(filter.path.join("."), vec![filter.field], false));
    own.into_iter().chain(others).collect()
}

/// Makes references of what fields of records refer to.
fn refer(drafts: &mut [Draft]) {
    let mut found: Vec<(usize, Reference)> = Vec::new();
    for (at, draft) in drafts.iter().enumerate() {
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        for (field, target) in draft.targets.iter().enumerate() {
            let Some((node, _)) = target else { continue };
            let Some(other) =
                drafts.iter().find(|other| other.node == *node && !other.resource.key.is_empty())
            else {
                continue;
            };
            let own = &draft.resource.fields;
            let group = group(&own[field].name);
            if !seen.insert((group.clone(), node.clone())) {
                continue;
            }
            let names: Vec<String> = other
                .resource
                .key
                .iter()
                .map(|&field| other.resource.fields[field].name.clone())
                .collect();
            // The fields of one reference, in the order of the other's key.
            let fields: Option<Vec<usize>> = names
                .iter()
                .map(|name| {
                    (0..own.len()).find(|&own_at| {
                        draft.targets[own_at].as_ref() == Some(&(node.clone(), name.clone()))
                            && self::group(&own[own_at].name) == group
                    })
                })
                .collect();
            let Some(fields) = fields else { continue };
            found.push((
                at,
                Reference {
                    name: group,
                    fields,
                    target: other.resource.name.clone(),
                    target_fields: names,
                    source: ReferenceSource::ForeignKey { on_delete: OnDelete::Refuse },
                },
            ));
        }
    }
    for (at, reference) in found {
        drafts[at].resource.references.push(reference);
    }
}

/// What the fields of one reference have in common: `customer` of `customer.id`, and a field's own
/// name without its `Id`.
fn group(name: &str) -> String {
    if let Some((outer, _)) = name.rsplit_once('.') {
        return outer.to_owned();
    }
    let parts = words(name);
    match parts.split_last() {
        Some((last, rest)) if last == "id" && !rest.is_empty() => {
            name[..name.len() - 2].trim_end_matches('_').to_owned()
        }
        _ => name.to_owned(),
    }
}
