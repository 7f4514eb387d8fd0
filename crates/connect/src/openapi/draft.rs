//! One collection of a service, put together from its list and its single record.

use std::collections::{BTreeMap, BTreeSet};

use kontor_model::schema::ReadOnly;
use kontor_model::service::{
    Ability, Calls, Direction, Filtering, Form, Item, Listing, Property, Rest, Service,
};
use kontor_model::{
    Field, FieldType, Generated, Index, IndexKind, Resource, ResourceKind, ResourceName,
};
use reqwest::Method;

use super::leaves::{Leaf, leaves};
use super::listing::{self, Place};
use super::operations;
use super::paths::{Operation, Parameter, Path, Segment};
use super::resources::{Found, Survey};
use super::shape::{Facts, Member, Scalar, Shape, Shapes, merged};
use super::sorting;
use crate::service::ResourceOptions;
use crate::service::names::{folded, singular, words};

/// A collection while it is put together.
pub(super) struct Draft<'s, 'a> {
    pub(super) survey: &'s Survey<'a>,
    pub(super) path: &'s Path<'a>,
    pub(super) item: Option<&'a Path<'a>>,
    pub(super) read: &'s Operation<'a>,
    pub(super) place: Place,
    pub(super) answer: Shape,
    /// Members of a record in a list.
    pub(super) listed: Vec<Member>,
    /// Names that lead to the record that is read alone, and its members.
    pub(super) item_at: Vec<String>,
    pub(super) whole: Vec<Member>,
}

impl<'a> Draft<'_, 'a> {
    /// The collection; none where its list needs what nobody can give.
    pub(super) fn found(&self, said: ResourceOptions) -> Option<Found> {
        let document = self.survey.document;
        let whole = if self.whole.is_empty() { &self.listed } else { &self.whole };
        let mut fields = leaves(&merged(whole.clone(), self.listed.clone()));
        fields.retain(|leaf| !leaf.facts.write_only);
        let in_list: BTreeSet<Vec<String>> =
            leaves(&self.listed).into_iter().map(|leaf| leaf.path).collect();
        let mut from_path: BTreeMap<usize, String> = BTreeMap::new();
        let mut variables: Vec<(String, usize)> = Vec::new();
        let mut required: Vec<usize> = Vec::new();
        for (parent, variable) in self.parents() {
            let field = self.parent_field(&mut fields, &in_list, parent, variable);
            if !in_list.contains(&fields[field].path) {
                from_path.insert(field, variable.to_owned());
            }
            variables.push((variable.to_owned(), field));
            required.push(field);
        }
        let key = self.item.and_then(|item| {
            let variable = item.last_variable()?;
            let field = key_field(&fields, &in_list, variable, self.called());
            if field.is_none() {
                document.note(format!("{}: no field of the record is called “{variable}”, so that its records have no address", item.text));
            }
            field.map(|field| (variable.to_owned(), field))
        });
        if let Some((variable, field)) = &key {
            variables.push((variable.clone(), *field));
        }
        let query: Vec<&Parameter<'a>> = self.read.at("query").collect();
        let own_key = key.as_ref().map(|(_, field)| *field);
        let (paging, size) = listing::paging(document, &query, &self.answer, own_key);
        let (paging, size) = match said.paging {
            Some(told) => (told.paging, told.size),
            None => (paging, size),
        };
        let sorting = sorting::sorting(document, &query, &fields);
        let (mut filters, mut unused) = self.filters(&query, &fields, &said.parameters);
        let orders = || sorting.iter().flat_map(|sorting| &sorting.orders);
        unused.retain(|name| !orders().any(|order| order.parameter.as_deref() == Some(*name)));
        for (field, parameter) in &said.filters {
            if let Some(field) = fields.iter().position(|leaf| leaf.path.join(".") == *field) {
                filters.push(Filtering {
                    parameter: parameter.clone(),
                    field,
                    test: Ability::Equal,
                    several: None,
                    pattern: false,
                });
            }
        }
        if !self.is_answerable(&query, &said.parameters, &filters, &mut required) {
            return None;
        }
        if !unused.is_empty() {
            document.note(format!(
                "GET {}: no field of the records is called like these parameters, which are not used: {}",
                self.path.text,
                unused.join(", ")
            ));
        }
        let list = Listing {
            path: self.path.text.to_owned(),
            at: self.place.at.clone(),
            within: self.place.within.clone(),
            paging,
            size,
            total: listing::total(&self.answer),
            search: said.search.or_else(|| listing::search(&query)),
            fixed: said.parameters,
            sorting,
            filters,
        };
        Some(self.resource(&fields, &in_list, &from_path, (variables, required, own_key), list))
    }

    fn called(&self) -> &str {
        match self.path.segments.last() {
            Some(Segment::Fixed(name)) => name,
            _ => "",
        }
    }

    /// The variables before the list's own segment, each with the segment that it belongs to.
    fn parents(&self) -> impl Iterator<Item = (&str, &str)> {
        self.path.segments.windows(2).filter_map(|pair| match pair {
            [Segment::Fixed(parent), Segment::Variable(name)] => {
                Some((parent.as_str(), name.as_str()))
            }
            [Segment::Variable(_), Segment::Variable(name)] => Some(("", name.as_str())),
            _ => None,
        })
    }

    /// The field that holds the parent's key; one of its own where records do not hold it.
    fn parent_field(
        &self,
        fields: &mut Vec<Leaf>,
        in_list: &BTreeSet<Vec<String>>,
        parent: &str,
        variable: &str,
    ) -> usize {
        let one = singular(parent);
        let spellings =
            [format!("{one}_{variable}"), variable.to_owned(), format!("{one}_id"), one.clone()];
        // `id` alone is the record's own.
        let fits =
            |spelling: &&String| folded(spelling) != "id" && !is_own_key(self.item, spelling);
        for spelling in spellings.iter().filter(fits) {
            let held = fields.iter().position(|leaf| {
                folded(&leaf.path.concat()) == folded(spelling)
                    && in_list.contains(&leaf.path)
                    && !matches!(leaf.scalar.ty, FieldType::Json { .. })
            });
            if let Some(held) = held {
                return held;
            }
        }
        let name = if folded(variable).starts_with(&folded(&one)) || one.is_empty() {
            variable.to_owned()
        } else {
            format!("{one}_{variable}")
        };
        let parameter = self.read.at("path").find(|parameter| parameter.name == variable);
        let shape =
            parameter.and_then(|p| p.schema).map(|s| Shapes::of(self.survey.document).shape(s));
        let scalar = match shape {
            Some(Shape::Scalar(scalar)) => scalar,
            _ => Scalar { ty: FieldType::text(), form: Form::Text, native: "string".into() },
        };
        fields.insert(
            0,
            Leaf {
                path: vec![name],
                scalar,
                facts: Facts { needed: true, ..Facts::default() },
                inner: Vec::new(),
            },
        );
        0
    }

    fn filters(
        &self,
        query: &[&Parameter<'a>],
        fields: &[Leaf],
        fixed: &[(String, String)],
    ) -> (Vec<Filtering>, Vec<&'a str>) {
        let document = self.survey.document;
        let (mut filters, mut unused): (Vec<Filtering>, Vec<&'a str>) = (Vec::new(), Vec::new());
        for parameter in query {
            if listing::is_of_the_list(parameter.name)
                || fixed.iter().any(|(name, _)| name == parameter.name)
            {
                continue;
            }
            let found = listing::filterings(document, parameter, fields);
            if found.is_empty() {
                unused.push(parameter.name);
            }
            for filtering in found {
                let is_same = |other: &Filtering| {
                    other.field == filtering.field && other.test == filtering.test
                };
                match filters.iter_mut().find(|other| is_same(other)) {
                    // Of two patterns the one that leaves case out of account.
                    Some(other) if other.pattern && is_of_either_case(&filtering) => {
                        *other = filtering;
                    }
                    Some(_) => {}
                    None => filters.push(filtering),
                }
            }
        }
        (filters, unused)
    }

    /// Whether all that the list needs can be given; fields that must be known are noted.
    fn is_answerable(
        &self,
        query: &[&Parameter<'_>],
        fixed: &[(String, String)],
        filters: &[Filtering],
        required: &mut Vec<usize>,
    ) -> bool {
        let needed = query.iter().filter(|parameter| {
            parameter.required && !fixed.iter().any(|(name, _)| name == parameter.name)
        });
        for parameter in needed {
            if listing::is_of_the_list(parameter.name) {
                continue;
            }
            let filter = filters
                .iter()
                .find(|filter| filter.parameter == parameter.name && filter.test == Ability::Equal);
            match filter {
                Some(filter) => required.push(filter.field),
                None => {
                    self.survey.document.note(format!(
                        "GET {}: it needs the parameter “{}”; what it shall be can be said in the manifest (parameters = {{ {} = \"…\" }})",
                        self.path.text, parameter.name, parameter.name
                    ));
                    return false;
                }
            }
        }
        true
    }

    fn resource(
        &self,
        leaves: &[Leaf],
        in_list: &BTreeSet<Vec<String>>,
        from_path: &BTreeMap<usize, String>,
        (variables, required, own_key): (Vec<(String, usize)>, Vec<usize>, Option<usize>),
        list: Listing,
    ) -> Found {
        let mut used = vec![(self.path.text.to_owned(), Method::GET)];
        let reads_item =
            self.item.filter(|item| own_key.is_some() && item.operation(&Method::GET).is_some());
        if let Some(item) = reads_item {
            used.push((item.text.to_owned(), Method::GET));
        }
        let is_addressed = own_key.is_some();
        // A record below another one is told apart together with it.
        let mut key: Vec<usize> = Vec::new();
        for (_, field) in variables.iter().filter(|_| is_addressed) {
            if !key.contains(field) {
                key.push(*field);
            }
        }
        let writing = operations::Writing::of(
            self.survey.document,
            self.path,
            self.item.filter(|_| is_addressed),
            leaves,
            &self.item_at,
            self.called(),
        );
        used.extend(writing.used.iter().cloned());
        let others = operations::others(
            self.survey.document,
            self.survey.paths,
            self.item.filter(|_| is_addressed),
            &writing,
        );
        used.extend(others.used);
        let properties: Vec<Property> = leaves
            .iter()
            .enumerate()
            .map(|(at, leaf)| Property {
                path: leaf.path.clone(),
                form: leaf.scalar.form,
                listed: in_list.contains(&leaf.path) || from_path.contains_key(&at),
                creatable: writing.creatable.contains(&at),
                needed: writing.needed.contains(&at),
                updatable: writing.updatable.contains(&at) && !key.contains(&at),
                from_path: from_path.get(&at).cloned(),
                members: leaf.inner.clone(),
            })
            .collect();
        let item =
            reads_item.map(|item| Item { path: item.text.to_owned(), at: self.item_at.clone() });
        let can_write =
            [&writing.create, &writing.update, &writing.delete].iter().any(|call| call.is_some());
        let fields: Vec<Field> = leaves
            .iter()
            .enumerate()
            .map(|(at, leaf)| field(at, leaf, &properties[at], &key, &list))
            .collect();
        let filters = list.filters.clone();
        let orders = list.sorting.iter().flat_map(|sorting| &sorting.orders);
        let orders = orders.map(|order| Direction {
            field: order.field,
            up: order.up.is_some(),
            down: order.down.is_some(),
        });
        let service = Service {
            orders: orders.collect(),
            creates: writing.create.is_some(),
            updates: writing.update.is_some(),
            deletes: writing.delete.is_some(),
            properties,
            searches: list.search.is_some(),
            operations: others.operations,
            calls: Calls::Rest(Rest {
                base: String::new(),
                variables,
                list: Some(list),
                item,
                create: writing.create,
                update: writing.update,
                delete: writing.delete,
            }),
            required,
        };
        let resource = Resource {
            name: ResourceName::new(self.path.text),
            namespace: None,
            table: self.path.text.to_owned(),
            kind: ResourceKind::Collection,
            indexes: indexes(&key, &filters),
            fields,
            references: Vec::new(),
            estimated_rows: None,
            comment: self.read.summary().map(str::to_owned),
            transactional: false,
            row_id: None,
            read_only: match (is_addressed, can_write) {
                (false, _) => Some(ReadOnly::NoKey),
                (true, false) => Some(ReadOnly::NotOffered),
                (true, true) => None,
            },
            key,
            service: Some(Box::new(service)),
        };
        Found {
            resource,
            path: self.path.text.to_owned(),
            segments: self.path.segments.clone(),
            used,
        }
    }
}

fn is_of_either_case(filtering: &Filtering) -> bool {
    filtering.pattern && words(&filtering.parameter).last().is_some_and(|word| word == "ilike")
}

/// Whether the item's own variable is called so.
fn is_own_key(item: Option<&Path<'_>>, spelling: &str) -> bool {
    item.and_then(Path::last_variable).is_some_and(|variable| folded(variable) == folded(spelling))
}

/// The field that the last variable of an item's path stands for.
fn key_field(
    fields: &[Leaf],
    in_list: &BTreeSet<Vec<String>>,
    variable: &str,
    called: &str,
) -> Option<usize> {
    let usable = |leaf: &Leaf| {
        in_list.contains(&leaf.path) && !matches!(leaf.scalar.ty, FieldType::Json { .. })
    };
    let by_name = |name: &str| {
        fields.iter().position(|leaf| usable(leaf) && folded(&leaf.path.concat()) == folded(name))
    };
    let one = singular(called);
    let spelled = folded(variable);
    // `orderId` is the `id` of an order.
    let short = spelled.strip_prefix(&folded(&one)).filter(|rest| !rest.is_empty());
    by_name(variable)
        .or_else(|| short.and_then(by_name))
        .or_else(|| by_name(&format!("{one}_{variable}")))
        .or_else(|| {
            let is_id = spelled.ends_with("id") || spelled == folded(&one) || spelled == "key";
            is_id.then(|| {
                ["id", "uuid", "_id", "key", "code"].iter().find_map(|name| by_name(name))
            })?
        })
        .or_else(|| {
            ["code", "number", "slug", "name", "key"]
                .iter()
                .filter(|_| spelled == folded(&one))
                .find_map(|name| by_name(name))
        })
}

fn field(at: usize, leaf: &Leaf, property: &Property, key: &[usize], list: &Listing) -> Field {
    let filters = || list.filters.iter().filter(|filter| filter.field == at);
    let mut tests: Vec<Ability> = filters().map(|filter| filter.test).collect();
    // Records are read by their key, whatever the list can do.
    if (key.contains(&at) || property.from_path.is_some()) && !tests.contains(&Ability::Equal) {
        tests.push(Ability::Equal);
    }
    let order = list.sorting.iter().flat_map(|sorting| &sorting.orders).find(|o| o.field == at);
    let given = property.creatable || property.updatable;
    Field {
        name: leaf.path.join("."),
        ty: leaf.scalar.ty.clone(),
        native: leaf.scalar.native.clone(),
        sql_type: String::new(),
        nullable: leaf.facts.nullable || !leaf.facts.needed,
        default: leaf.facts.default.clone(),
        generated: match (given, leaf.facts.read_only) {
            (true, false) => Generated::No,
            (true, true) => Generated::ByDefault,
            (false, _) => Generated::Always,
        },
        comment: leaf.facts.description.clone().or_else(|| leaf.facts.title.clone()),
        sortable: order.is_some(),
        comparable: tests.contains(&Ability::Equal),
        tests: Some(tests),
    }
}

/// What can be looked up quickly: the key, and what the service compares by itself.
fn indexes(key: &[usize], filters: &[Filtering]) -> Vec<Index> {
    let mut indexes = Vec::new();
    if !key.is_empty() {
        indexes.push(Index {
            name: "key".into(),
            fields: key.to_vec(),
            unique: true,
            kind: IndexKind::Ordered,
        });
    }
    for filter in filters.iter().filter(|filter| filter.test == Ability::Equal) {
        if key != [filter.field] {
            indexes.push(Index {
                name: filter.parameter.clone(),
                fields: vec![filter.field],
                unique: false,
                kind: IndexKind::Ordered,
            });
        }
    }
    indexes
}
