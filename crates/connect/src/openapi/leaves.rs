//! The fields of a record: its members, and those of the objects inside it.

use kontor_model::FieldType;
use kontor_model::service::Member as Inner;

use super::shape::{Facts, Member, Scalar, Shape};

/// Objects inside a record are taken apart this deep; what lies deeper is JSON.
const DEPTH: usize = 4;
/// Records have at most so many fields: objects inside them are taken apart less deep where they
/// would have more.
const MOST_FIELDS: usize = 250;
/// Lists and objects that are JSON are described this deep, and this many members of each.
const DEEPEST_INNER: usize = 3;
const MOST_INNER: usize = 60;

/// A field of a record: a member, or a member of a member.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    pub(super) path: Vec<String>,
    pub(super) scalar: Scalar,
    pub(super) facts: Facts,
    /// What is described of the objects in it, where it is JSON.
    pub(super) inner: Vec<Inner>,
}

/// The fields of an object: objects inside it are taken apart, lists stay JSON.
pub(super) fn leaves(members: &[Member]) -> Vec<Leaf> {
    let mut found = Vec::new();
    for depth in (1..=DEPTH).rev() {
        found.clear();
        let outer = Facts { needed: true, ..Facts::default() };
        collect(members, depth, &mut Vec::new(), &outer, &mut found);
        if found.len() <= MOST_FIELDS {
            break;
        }
    }
    found.truncate(MOST_FIELDS);
    found
}

fn collect(
    members: &[Member],
    depth: usize,
    under: &mut Vec<String>,
    outer: &Facts,
    found: &mut Vec<Leaf>,
) {
    for member in members {
        under.push(member.name.clone());
        let facts = Facts {
            needed: member.facts.needed && outer.needed,
            nullable: member.facts.nullable || outer.nullable || !outer.needed,
            read_only: member.facts.read_only || outer.read_only,
            write_only: member.facts.write_only || outer.write_only,
            ..member.facts.clone()
        };
        let leaf = |scalar: Scalar| Leaf {
            path: under.clone(),
            scalar,
            facts: facts.clone(),
            inner: inner(&member.shape, DEEPEST_INNER),
        };
        match &member.shape {
            Shape::Object(inner) if under.len() < depth => {
                collect(inner, depth, under, &facts, found);
            }
            Shape::Object(_) => found.push(leaf(Scalar::json("object"))),
            Shape::List(_) => found.push(leaf(Scalar::json("array"))),
            Shape::Free => found.push(leaf(Scalar::json("any"))),
            Shape::Scalar(scalar) => found.push(leaf(scalar.clone())),
        }
        under.pop();
    }
}

/// What is described of the objects in a list or in an object.
fn inner(shape: &Shape, depth: usize) -> Vec<Inner> {
    match shape {
        Shape::List(entry) => inner(entry, depth),
        Shape::Object(members) if depth > 0 => {
            let told = members.iter().filter(|member| !member.facts.write_only);
            told.take(MOST_INNER).map(|member| inner_member(member, depth - 1)).collect()
        }
        _ => Vec::new(),
    }
}

fn inner_member(member: &Member, depth: usize) -> Inner {
    let json = FieldType::Json { binary: false };
    let ty = match &member.shape {
        Shape::Scalar(scalar) => scalar.ty.clone(),
        Shape::List(entry) => match entry.as_ref() {
            Shape::Scalar(scalar) => FieldType::Array { element: Box::new(scalar.ty.clone()) },
            _ => json,
        },
        Shape::Object(_) => json,
        Shape::Free => FieldType::Any,
    };
    Inner {
        name: member.name.clone(),
        ty,
        title: member.facts.title.clone(),
        comment: member.facts.description.clone(),
        members: inner(&member.shape, depth),
    }
}
