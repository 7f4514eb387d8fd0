//! What may be changed: making, changing and removing records, and the operations of the service's
//! own that one can do with a record.

use std::collections::BTreeSet;

use kontor_model::service::{Call, Form, Input, Operation as Offered, OperationCall, Place};
use kontor_model::{Field, FieldType, Generated};
use reqwest::Method;

use super::document::{Document, text};
use super::leaves::{Leaf, leaves};
use super::paths::{Operation, Path, Segment};
use super::resources::call;
use super::shape::{Member, Shape, Shapes};
use crate::service::names::{is_one_of, words};

/// A summary of more characters than this explains and does not name.
const LONGEST_TITLE: usize = 32;

/// How records of a collection are written.
#[derive(Default)]
pub(super) struct Writing {
    pub(super) create: Option<Call>,
    pub(super) update: Option<Call>,
    pub(super) delete: Option<Call>,
    /// Fields that a new record may be given, and those that it must.
    pub(super) creatable: BTreeSet<usize>,
    pub(super) needed: BTreeSet<usize>,
    /// Fields that an edit may name.
    pub(super) updatable: BTreeSet<usize>,
    pub(super) used: Vec<(String, Method)>,
}

/// What a body takes of the fields of a record.
struct Taken {
    /// Names under which the record stands.
    under: Vec<String>,
    fields: BTreeSet<usize>,
    needed: BTreeSet<usize>,
}

impl Writing {
    pub(super) fn of<'a>(
        document: &'a Document,
        list: &Path<'a>,
        item: Option<&Path<'a>>,
        fields: &[Leaf],
        item_at: &[String],
        called: &str,
    ) -> Self {
        let mut writing = Self::default();
        if let Some(post) = list.operation(&Method::POST) {
            match taken(document, post, fields, item_at, true) {
                Some(taken) => {
                    let answer = Some(item_at.to_vec());
                    writing.create = Some(call(document, list, post, taken.under, answer));
                    writing.creatable = taken.fields;
                    writing.needed = taken.needed;
                }
                None => document.note(format!(
                    "POST {}: new {called} need what their records do not hold; they cannot be made here",
                    list.text
                )),
            }
            writing.used.push((list.text.to_owned(), Method::POST));
        }
        let Some(item) = item else { return writing };
        for method in [Method::PATCH, Method::PUT] {
            let Some(operation) = item.operation(&method).filter(|_| writing.update.is_none())
            else {
                continue;
            };
            let whole = method == Method::PUT;
            if let Some(taken) = taken(document, operation, fields, item_at, whole) {
                let answer = answers_with_record(document, operation).then(|| item_at.to_vec());
                writing.update = Some(call(document, item, operation, taken.under, answer));
                writing.updatable = taken.fields;
                writing.used.push((item.text.to_owned(), method));
            }
        }
        if writing.update.is_some() && item.operation(&Method::PUT).is_some() {
            writing.used.push((item.text.to_owned(), Method::PUT));
        }
        if let Some(operation) = item.operation(&Method::DELETE) {
            writing.delete = Some(call(document, item, operation, Vec::new(), None));
            writing.used.push((item.text.to_owned(), Method::DELETE));
        }
        writing
    }
}

fn answers_with_record(document: &Document, operation: &Operation<'_>) -> bool {
    operation.answer(document).is_some()
}

/// What a body takes of a record's fields; none where it is no record, or needs what a record does
/// not hold and `complete` asks for all that is needed.
fn taken(
    document: &Document,
    operation: &Operation<'_>,
    fields: &[Leaf],
    item_at: &[String],
    complete: bool,
) -> Option<Taken> {
    if operation.has_other_body(document) || operation.at("query").any(|p| p.required) {
        return None;
    }
    let content = operation.body(document)?;
    let shape = match (content.schema, content.example) {
        (Some(schema), _) => Shapes::of(document).shape(schema),
        (None, Some(example)) => super::example::shape(example),
        (None, None) => Shape::Free,
    };
    let (under, members) = match shape {
        Shape::Object(members) => within(members, item_at),
        // Nothing is said of it: then it takes what the record has.
        Shape::Free => {
            let all = |leaf: &Leaf| !leaf.facts.read_only;
            let fields = (0..fields.len()).filter(|&at| all(&fields[at])).collect();
            return Some(Taken { under: Vec::new(), fields, needed: BTreeSet::new() });
        }
        Shape::List(_) | Shape::Scalar(_) => return None,
    };
    let (mut taken, mut needed) = (BTreeSet::new(), BTreeSet::new());
    for leaf in leaves(&members).into_iter().filter(|leaf| !leaf.facts.read_only) {
        match fields.iter().position(|field| field.path == leaf.path) {
            Some(at) => {
                taken.insert(at);
                if leaf.facts.needed {
                    needed.insert(at);
                }
            }
            None if leaf.facts.needed && complete => return None,
            None => {}
        }
    }
    (!taken.is_empty()).then_some(Taken { under, fields: taken, needed })
}

/// A body that wraps the record as the answer does.
fn within(members: Vec<Member>, item_at: &[String]) -> (Vec<String>, Vec<Member>) {
    if let ([only], [name]) = (members.as_slice(), item_at)
        && only.name == *name
        && let Shape::Object(inner) = &only.shape
    {
        return (item_at.to_vec(), inner.clone());
    }
    (Vec::new(), members)
}

/// Operations of the service's own, and what they use.
pub(super) struct Others {
    pub(super) operations: Vec<Offered>,
    pub(super) used: Vec<(String, Method)>,
}

/// What can be done with one record beside reading, changing and removing it: what stands below its
/// path and needs no further variable, and a change of it that takes something else than its fields.
pub(super) fn others<'a>(
    document: &'a Document,
    paths: &'a [Path<'a>],
    item: Option<&Path<'a>>,
    writing: &Writing,
) -> Others {
    let mut found = Others { operations: Vec::new(), used: Vec::new() };
    let Some(item) = item else { return found };
    for path in paths {
        let is_item = path.text == item.text;
        let below = path.segments.len() > item.segments.len()
            && path.segments.starts_with(&item.segments)
            && path.segments[item.segments.len()..].iter().all(|s| matches!(s, Segment::Fixed(_)));
        if !is_item && !below {
            continue;
        }
        for operation in path.operations.iter().filter(|o| o.method != Method::GET) {
            let is_taken = is_item
                && writing
                    .used
                    .iter()
                    .any(|(own, method)| own == path.text && *method == operation.method);
            if is_taken {
                continue;
            }
            let Some(offered) = offered(document, path, operation, item, &found.operations) else {
                continue;
            };
            found.operations.push(offered);
            found.used.push((path.text.to_owned(), operation.method.clone()));
        }
    }
    found
}

fn offered<'a>(
    document: &'a Document,
    path: &Path<'a>,
    operation: &Operation<'a>,
    item: &Path<'a>,
    before: &[Offered],
) -> Option<Offered> {
    let what = format!("{} {}", operation.method, path.text);
    if operation.has_other_body(document) {
        document.note(format!("{what}: what it takes is no JSON and no form"));
        return None;
    }
    let mut input = Vec::new();
    for parameter in operation.at("query") {
        let shape = parameter.schema.map(|schema| Shapes::of(document).shape(schema));
        let Some(Shape::Scalar(scalar)) = shape else {
            if parameter.required {
                document
                    .note(format!("{what}: its parameter “{}” is no single value", parameter.name));
                return None;
            }
            continue;
        };
        let leaf = Leaf {
            path: vec![parameter.name.to_owned()],
            scalar,
            facts: Default::default(),
            inner: Vec::new(),
        };
        let place = Place::Query(parameter.name.to_owned());
        input.push(self::input(&leaf, place, parameter.required, parameter.description));
    }
    input.extend(body_inputs(document, operation));
    let fixed = path.segments[item.segments.len()..].iter().filter_map(|segment| match segment {
        Segment::Fixed(name) => Some(name.as_str()),
        Segment::Variable(_) => None,
    });
    let tail = fixed.collect::<Vec<_>>().join("-");
    let method = operation.method.as_str().to_lowercase();
    let mut name = if tail.is_empty() { method.clone() } else { tail };
    if operation.method == Method::DELETE && path.text != item.text {
        name = format!("{name}-delete");
    }
    if before.iter().any(|other| other.name == name) {
        name = format!("{name}-{method}");
    }
    let spoken = |id: &str| {
        let words = words(id).join(" ");
        let mut chars = words.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>())
    };
    let summary = operation.summary().map(|summary| summary.trim_end_matches('.').to_owned());
    let is_short = |summary: &&String| summary.chars().count() <= LONGEST_TITLE;
    let title = summary
        .as_ref()
        .filter(is_short)
        .cloned()
        .or_else(|| text(operation.node, "operationId").and_then(spoken))
        .or_else(|| spoken(&name))
        .unwrap_or_else(|| name.clone());
    Some(Offered {
        name,
        title,
        description: text(operation.node, "description")
            .map(str::to_owned)
            .or_else(|| summary.filter(|summary| !is_short(&summary)))
            .map(|text| text.split("\n\n").next().unwrap_or_default().to_owned()),
        input,
        call: OperationCall::Rest(Call {
            whole: false,
            ..call(document, path, operation, Vec::new(), None)
        }),
    })
}

fn body_inputs<'a>(document: &'a Document, operation: &Operation<'a>) -> Vec<Input> {
    let Some(content) = operation.body(document) else { return Vec::new() };
    let shape = match (content.schema, content.example) {
        (Some(schema), _) => Shapes::of(document).shape(schema),
        (None, Some(example)) => super::example::shape(example),
        (None, None) => Shape::Free,
    };
    match shape {
        Shape::Object(members) => leaves(&members)
            .iter()
            .filter(|leaf| !leaf.facts.read_only)
            .map(|leaf| {
                let description = leaf.facts.description.clone().unwrap_or_default();
                input(leaf, Place::Body(leaf.path.clone()), leaf.facts.needed, &description)
            })
            .collect(),
        // Whatever it takes, it takes as JSON.
        Shape::Free | Shape::List(_) | Shape::Scalar(_) => {
            let leaf = Leaf {
                path: vec!["body".to_owned()],
                scalar: super::shape::Scalar::json("any"),
                facts: Default::default(),
                inner: Vec::new(),
            };
            let needed = operation
                .node
                .get("requestBody")
                .and_then(|body| document.get(body))
                .is_some_and(|body| super::document::flag(body, "required"));
            vec![input(&leaf, Place::Body(Vec::new()), needed, "")]
        }
    }
}

fn input(leaf: &Leaf, place: Place, needed: bool, description: &str) -> Input {
    let is_long = leaf.path.last().is_some_and(|name| {
        is_one_of(name, &["note", "notes", "comment", "message", "text", "description", "body"])
    });
    let native = match &leaf.scalar.ty {
        FieldType::Text { max: None } if is_long => "text".to_owned(),
        _ => leaf.scalar.native.clone(),
    };
    Input {
        field: Field {
            name: leaf.path.join("."),
            ty: leaf.scalar.ty.clone(),
            native,
            sql_type: String::new(),
            nullable: !needed,
            default: leaf.facts.default.clone(),
            generated: Generated::No,
            comment: Some(description.trim().to_owned()).filter(|text| !text.is_empty()),
            sortable: false,
            comparable: false,
            tests: None,
        },
        form: if matches!(place, Place::Query(_)) { Form::Text } else { leaf.scalar.form },
        place,
        needed,
    }
}
