//! Finds the resources of a service in the paths of its description.

use std::collections::BTreeSet;

use kontor_model::schema::ReferenceSource;
use kontor_model::service::Call;
use kontor_model::{Engine, Reference, Resource, ResourceName, Schema};
use reqwest::Method;

use super::document::Document;
use super::draft::Draft;
use super::example;
use super::listing::{self, Place};
use super::paths::{Operation, Path, Segment, paths};
use super::shape::{Member, Shape, Shapes};
use crate::service::names::{self, folded, is_one_of, singular};
use crate::service::{ResourceOptions, ServiceOptions};

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
pub(super) struct Found {
    pub(super) resource: Resource,
    /// The path of the list.
    pub(super) path: String,
    pub(super) segments: Vec<Segment>,
    /// Paths and methods that it uses.
    pub(super) used: Vec<(String, Method)>,
}

pub(super) struct Survey<'a> {
    pub(super) document: &'a Document,
    options: &'a ServiceOptions,
    pub(super) paths: &'a [Path<'a>],
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

    /// Says which operations are not offered anywhere, where nothing more exact was said of them.
    fn note_unused(&self, found: &[Found]) {
        let said = self.document.notes();
        let used: BTreeSet<(&str, &str)> = found
            .iter()
            .flat_map(|found| {
                found.used.iter().map(|(path, method)| (path.as_str(), method.as_str()))
            })
            .collect();
        for path in self.paths {
            for operation in &path.operations {
                let called = format!("{} {}:", operation.method, path.text);
                let is_used = used.contains(&(path.text, operation.method.as_str()));
                if !is_used && !said.iter().any(|note| note.starts_with(&called)) {
                    self.document
                        .note(format!("{called} belongs to no list whose records have an address"));
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
