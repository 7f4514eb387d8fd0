//! Finds the resources of a service in the paths of its description.

use std::collections::{BTreeMap, BTreeSet};

use kontor_model::schema::{ReadOnly, ReferenceSource};
use kontor_model::service::{
    Ability, Call, Calls, Direction, Filtering, Item, Listing, Property, Rest, Service,
};
use kontor_model::{
    Engine, Field, FieldType, Generated, Index, IndexKind, Reference, Resource, ResourceKind,
    ResourceName, Schema,
};
use reqwest::Method;

use super::document::Document;
use super::example;
use super::listing::{self, Place};
use super::names::{self, folded, is_one_of, singular};
use super::operations;
use super::options::{ResourceOptions, ServiceOptions};
use super::paths::{Operation, Parameter, Path, Segment, paths};
use super::shape::{Facts, Leaf, Member, Scalar, Shape, Shapes, leaves, merged};

/// The resources that a document describes. What could not be used is in `left_out`.
pub(super) fn schema(document: &Document, options: &ServiceOptions) -> Schema {
    let paths = paths(document);
    let survey = Survey { document, options, paths: &paths, stem: common_stem(&paths) };
    let mut found: Vec<Found> = survey.collections();
    survey.name(&mut found);
    let mut resources: Vec<Resource> = found.iter().map(|found| found.resource.clone()).collect();
    add_parents(&mut resources, &found);
    survey.note_unused(&found);
    resources.sort_by(|a, b| a.name.cmp(&b.name));
    Schema {
        engine: Engine::Openapi,
        version: document.version(),
        resources,
        left_out: document.notes(),
    }
}

/// A collection that was found.
struct Found {
    resource: Resource,
    /// The path of the list.
    path: String,
    segments: Vec<Segment>,
    /// Paths and methods that it uses.
    used: Vec<(String, Method)>,
}

struct Survey<'a> {
    document: &'a Document,
    options: &'a ServiceOptions,
    paths: &'a [Path<'a>],
    /// Segments with which all paths begin.
    stem: usize,
}

/// How many fixed segments all paths have in common at their beginning (`/api/v1`).
fn common_stem(paths: &[Path<'_>]) -> usize {
    let Some(first) = paths.first().filter(|_| paths.len() > 1) else { return 0 };
    let most = paths.iter().map(|path| path.segments.len().saturating_sub(1)).min().unwrap_or(0);
    (0..most)
        .take_while(|&at| {
            matches!(first.segments[at], Segment::Fixed(_))
                && paths.iter().all(|path| path.segments[at] == first.segments[at])
        })
        .count()
}

impl<'a> Survey<'a> {
    fn collections(&self) -> Vec<Found> {
        self.paths.iter().filter_map(|path| self.collection(path)).collect()
    }

    /// What the manifest says of the list at a path.
    fn said(&self, path: &str) -> Option<&'a (ResourceName, ResourceOptions)> {
        let names = |list: &str| list.trim_end_matches('/') == path.trim_end_matches('/');
        self.options.resources.iter().find(|(_, said)| said.list.as_deref().is_some_and(names))
    }

    /// The path of single records of a list: one variable more.
    fn item_path(&self, path: &Path<'a>, said: Option<&ResourceOptions>) -> Option<&'a Path<'a>> {
        if let Some(item) = said.and_then(|said| said.item.as_deref()) {
            return self.paths.iter().find(|path| path.text == item);
        }
        let below = |other: &&Path<'_>| {
            other.segments.len() == path.segments.len() + 1
                && other.segments.starts_with(&path.segments)
                && other.last_variable().is_some()
        };
        let candidates: Vec<&Path<'_>> = self.paths.iter().filter(below).collect();
        let reads = |path: &&&Path<'_>| path.operation(&Method::GET).is_some();
        candidates.iter().find(reads).or_else(|| candidates.first()).copied()
    }

    fn shape_of(&self, operation: &Operation<'a>) -> Shape {
        let Some(content) = operation.answer(self.document) else { return Shape::Free };
        let described = content.schema.map(|schema| Shapes::of(self.document).shape(schema));
        match (described, content.example) {
            (None | Some(Shape::Free), Some(example)) => example::shape(example),
            (Some(shape), _) => shape,
            (None, None) => Shape::Free,
        }
    }

    fn collection(&self, path: &Path<'a>) -> Option<Found> {
        let said = self.said(path.text).map(|(_, said)| said);
        let Some(Segment::Fixed(called)) = path.segments.last() else { return None };
        let read = path.operation(&Method::GET)?;
        let item = self.item_path(path, said);
        let answer = self.shape_of(read);
        let place = match said.and_then(|said| said.records.as_ref()) {
            Some(at) => forced(&answer, at),
            None => listing::place(&answer, called, item.is_some()),
        };
        let single = item.and_then(|item| {
            let read = item.operation(&Method::GET)?;
            Some(unwrapped(self.shape_of(read), called))
        });
        let Some(place) = place.or_else(|| undescribed(&answer, single.as_ref())) else {
            if item.is_some() || said.is_some() {
                self.document.note(format!("GET {}: its answer is not described as a list; where the records are can be said in the manifest (records = \"…\")", path.text));
            }
            return None;
        };
        let listed = place.record.clone().unwrap_or_default();
        let (item_at, whole) = single.unwrap_or_default();
        let listed = if listed.is_empty() { whole.clone() } else { listed };
        if listed.is_empty() {
            self.document.note(format!("GET {}: nothing says what its records hold", path.text));
            return None;
        }
        let draft = Draft { survey: self, path, item, read, place, answer, listed, item_at, whole };
        draft.found(said.cloned().unwrap_or_default())
    }

    /// Names the collections: what follows the common beginning, without variables.
    fn name(&self, found: &mut [Found]) {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for found in found {
            let said = self.said(&found.path).map(|(name, _)| name.to_string());
            let fixed = found.segments.iter().skip(self.stem).filter_map(|segment| match segment {
                Segment::Fixed(name) => Some(name.as_str()),
                Segment::Variable(_) => None,
            });
            let plain = fixed.collect::<Vec<_>>().join(".");
            let mut name = said.unwrap_or(plain);
            if !taken.insert(name.clone()) {
                name = found.path.trim_matches('/').replace('/', ".").replace(['{', '}'], "");
                taken.insert(name.clone());
            }
            found.resource.name = ResourceName::new(name);
        }
    }

    /// Says which operations are not offered anywhere.
    fn note_unused(&self, found: &[Found]) {
        let used: BTreeSet<(&str, &str)> = found
            .iter()
            .flat_map(|found| {
                found.used.iter().map(|(path, method)| (path.as_str(), method.as_str()))
            })
            .collect();
        for path in self.paths {
            for operation in &path.operations {
                if !used.contains(&(path.text, operation.method.as_str())) {
                    self.document.note(format!(
                        "{} {}: belongs to no list whose records have an address",
                        operation.method, path.text
                    ));
                }
            }
        }
    }
}

/// Where the manifest says that the records are.
fn forced(answer: &Shape, at: &[String]) -> Option<Place> {
    let mut here = answer;
    for name in at {
        let Shape::Object(members) = here else { break };
        here =
            members.iter().find(|member| member.name == *name).map_or(&Shape::Free, |m| &m.shape);
    }
    let record = match here {
        Shape::List(element) => match &**element {
            Shape::Object(members) => Some(members.clone()),
            _ => None,
        },
        _ => None,
    };
    Some(Place { at: at.to_vec(), within: Vec::new(), record })
}

/// An answer that is not described at all is taken for a plain list of what is read one by one.
fn undescribed(answer: &Shape, single: Option<&(Vec<String>, Vec<Member>)>) -> Option<Place> {
    let is_known = single.is_some_and(|(_, members)| !members.is_empty());
    (*answer == Shape::Free && is_known).then(|| Place {
        at: Vec::new(),
        within: Vec::new(),
        record: None,
    })
}

/// The record in the answer of a single reading, and the names that lead to it.
fn unwrapped(answer: Shape, called: &str) -> (Vec<String>, Vec<Member>) {
    let Shape::Object(members) = answer else { return (Vec::new(), Vec::new()) };
    let one = singular(called);
    let is_wrapper = |member: &&Member| {
        is_one_of(&member.name, &names::RECORD) || is_one_of(&member.name, &[&one])
    };
    let has_own_key = members
        .iter()
        .any(|member| matches!(member.shape, Shape::Scalar(_)) && folded(&member.name) == "id");
    let inner = members.iter().find(is_wrapper).filter(|_| !has_own_key && members.len() <= 4);
    if let Some(Member { name, shape: Shape::Object(inner), .. }) = inner {
        return (vec![name.clone()], inner.clone());
    }
    (Vec::new(), members)
}

/// A collection while it is put together.
struct Draft<'s, 'a> {
    survey: &'s Survey<'a>,
    path: &'s Path<'a>,
    item: Option<&'a Path<'a>>,
    read: &'s Operation<'a>,
    place: Place,
    answer: Shape,
    /// Members of a record in a list.
    listed: Vec<Member>,
    /// Names that lead to the record that is read alone, and its members.
    item_at: Vec<String>,
    whole: Vec<Member>,
}

impl<'a> Draft<'_, 'a> {
    fn found(&self, said: ResourceOptions) -> Option<Found> {
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
        let (mut filters, unused) = self.filters(&query, &fields, &said.parameters);
        for (field, parameter) in &said.filters {
            if let Some(field) = fields.iter().position(|leaf| leaf.path.join(".") == *field) {
                filters.push(Filtering {
                    parameter: parameter.clone(),
                    field,
                    test: Ability::Equal,
                    several: None,
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
            sorting: listing::sorting(document, &query, &fields),
            filters,
        };
        Some(self.resource(fields, &in_list, &from_path, (variables, required, own_key), list))
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
            _ => Scalar {
                ty: FieldType::text(),
                form: kontor_model::service::Form::Text,
                native: "string".into(),
            },
        };
        fields.insert(
            0,
            Leaf { path: vec![name], scalar, facts: Facts { needed: true, ..Facts::default() } },
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
                if !filters.iter().any(is_same) {
                    filters.push(filtering);
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
        fields: Vec<Leaf>,
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
        let key: Vec<usize> = if is_addressed {
            // A record below another one is told apart together with it.
            let parents = variables.iter().map(|(_, field)| *field);
            let mut key: Vec<usize> = Vec::new();
            parents.for_each(|field| {
                if !key.contains(&field) {
                    key.push(field)
                }
            });
            key
        } else {
            Vec::new()
        };
        let writing = operations::Writing::of(
            self.survey.document,
            self.path,
            self.item.filter(|_| is_addressed),
            &fields,
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
        let properties: Vec<Property> = fields
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
            })
            .collect();
        let item =
            reads_item.map(|item| Item { path: item.text.to_owned(), at: self.item_at.clone() });
        let can_write =
            [&writing.create, &writing.update, &writing.delete].iter().any(|call| call.is_some());
        let fields: Vec<Field> = fields
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

/// Records below others refer to these.
fn add_parents(resources: &mut [Resource], found: &[Found]) {
    let mut references: Vec<(usize, Reference)> = Vec::new();
    for (at, child) in found.iter().enumerate() {
        let parent = found.iter().enumerate().find(|(other, parent)| {
            *other != at
                && !resources[*other].key.is_empty()
                && child.segments.len() > parent.segments.len() + 1
                && child.segments.starts_with(&parent.segments)
                && matches!(child.segments[parent.segments.len()], Segment::Variable(_))
                && child.segments.len() == parent.segments.len() + 2
        });
        let Some((other, parent)) = parent else { continue };
        let Some(service) = &resources[at].service else { continue };
        let fields: Vec<usize> = service.required.clone();
        let target = &resources[other];
        if fields.len() != target.key.len() {
            continue;
        }
        references.push((
            at,
            Reference {
                name: singular(parent.segments.last().map_or("", |segment| match segment {
                    Segment::Fixed(name) | Segment::Variable(name) => name,
                })),
                fields,
                target: target.name.clone(),
                target_fields: target
                    .key
                    .iter()
                    .map(|&field| target.fields[field].name.clone())
                    .collect(),
                source: ReferenceSource::Described,
            },
        ));
    }
    for (at, reference) in references {
        resources[at].references.push(reference);
    }
}

/// A call that changes something, as its operation describes it.
pub(super) fn call(
    document: &Document,
    path: &Path<'_>,
    operation: &Operation<'_>,
    under: Vec<String>,
    answer: Option<Vec<String>>,
) -> Call {
    let idempotency = operation
        .at("header")
        .find(|parameter| is_one_of(parameter.name, &names::IDEMPOTENCY))
        .map(|parameter| parameter.name.to_owned());
    Call {
        method: operation.method.to_string(),
        path: path.text.to_owned(),
        under,
        is_form: operation.body(document).is_some_and(|content| content.is_form),
        whole: operation.method == Method::PUT,
        idempotency,
        answer,
    }
}
