//! How a field of the query gives a list: where the records are, and how it goes on.

use kontor_model::FieldType;
use kontor_model::service::{Backward, GraphPaging};

use super::scalars::scalar;
use super::types::{FieldOf, InputOf, Kind, Type, Types};
use crate::service::names::{self, folded, is_one_of};

/// The most records that are asked for at once: what most services give without refusing.
const MOST_RECORDS: u32 = 100;

/// Arguments that hold others and mean nothing themselves.
const CONTAINERS: [&str; 9] =
    ["options", "input", "params", "pagination", "paging", "page", "args", "opts", "list_options"];

/// An object that holds a list of records and what is to say of it.
pub(super) struct Wrapped<'a> {
    /// Names that lead to the list, and from an entry to the record.
    pub(super) at: Vec<String>,
    pub(super) within: Vec<String>,
    pub(super) node: &'a Type,
    pub(super) total: Option<Vec<String>>,
    pub(super) end: Option<Vec<String>>,
    /// Whether entries have their places.
    pub(super) has_cursors: bool,
    pub(super) more: Option<Vec<String>>,
    pub(super) start: Option<Vec<String>>,
    pub(super) more_before: Option<Vec<String>>,
}

/// The list that an object is there for; none where it is a thing of its own.
pub(super) fn wrapped<'a>(types: &'a Types, ty: &'a Type) -> Option<Wrapped<'a>> {
    if ty.kind == Kind::Union || ty.fields.is_empty() {
        return None;
    }
    let is_thing = |field: &FieldOf| is_one_of(&field.name, &["id", "node_id", "uuid", "_id"]);
    if ty.fields.iter().any(is_thing) {
        return None;
    }
    let info = ty.fields.iter().find(|field| folded(&field.name) == "pageinfo");
    let told = |name: &str| {
        let info = info?;
        types.of(&info.ty)?.field(name).map(|_| vec![info.name.clone(), name.to_owned()])
    };
    let total = total(types, ty);
    let end = told("endCursor");
    let Records { at, within, node, has_cursors } = records(types, ty, end.is_some())?;
    let is_envelope = |field: &FieldOf| {
        at.first() == Some(&field.name)
            || is_one_of(&field.name, &names::ENVELOPE)
            || is_one_of(&field.name, &names::TOTAL)
            || is_one_of(&field.name, &names::PAGE)
            || is_one_of(&field.name, &names::SIZE)
    };
    // `total` may as well be an amount of money.
    let counts = |path: &Vec<String>| path.len() > 1 || folded(&path[0]) != "total";
    let is_called = is_one_of(&at[0], &names::RECORDS);
    let is_list = info.is_some() || (is_called && total.as_ref().is_some_and(counts));
    let is_plain =
        (is_called || total.is_some()) && ty.fields.len() > 1 && ty.fields.iter().all(is_envelope);
    if !is_list && !is_plain {
        return None;
    }
    Some(Wrapped {
        at,
        within,
        node,
        total,
        end,
        has_cursors,
        more: told("hasNextPage"),
        start: told("startCursor"),
        more_before: told("hasPreviousPage"),
    })
}

/// Where the records of an object are.
struct Records<'a> {
    at: Vec<String>,
    within: Vec<String>,
    node: &'a Type,
    has_cursors: bool,
}

fn records<'a>(types: &'a Types, ty: &'a Type, has_end: bool) -> Option<Records<'a>> {
    let lists = || {
        ty.fields.iter().filter(|field| {
            field.ty.is_list() && types.of(&field.ty).is_some_and(Type::is_composite)
        })
    };
    let called = |name: &str| lists().find(|own| own.name == name);
    let plain = |field: &'a FieldOf| {
        let node = types.of(&field.ty)?;
        Some(Records { at: vec![field.name.clone()], within: Vec::new(), node, has_cursors: false })
    };
    let edge = |edges: &'a FieldOf| {
        let entry = types.of(&edges.ty)?;
        let node = entry.field("node").filter(|node| !node.ty.is_list())?;
        Some(Records {
            at: vec![edges.name.clone()],
            within: vec![node.name.clone()],
            node: types.of(&node.ty)?,
            has_cursors: entry.field("cursor").is_some(),
        })
    };
    let only = || {
        let mut all = lists();
        all.next().filter(|_| all.next().is_none())
    };
    called("nodes")
        .filter(|_| has_end)
        .and_then(plain)
        .or_else(|| called("edges").and_then(edge))
        .or_else(|| lists().find(|field| is_one_of(&field.name, &names::RECORDS)).and_then(plain))
        .or_else(|| only().and_then(plain))
}

/// Where the number of all records is told, at the top or one level below.
fn total(types: &Types, ty: &Type) -> Option<Vec<String>> {
    let number = |ty: &Type| {
        let is_number = |field: &&FieldOf| {
            !field.ty.is_list()
                && types
                    .of(&field.ty)
                    .is_some_and(|ty| ty.is_leaf() && matches!(scalar(ty).0, FieldType::Int { .. }))
        };
        let of_name = |name: &&str| {
            ty.fields.iter().filter(is_number).find(|field| folded(&field.name) == folded(name))
        };
        names::TOTAL.iter().find_map(of_name).map(|field| field.name.clone())
    };
    if let Some(name) = number(ty) {
        return Some(vec![name]);
    }
    ty.fields.iter().filter(|field| is_one_of(&field.name, &names::ENVELOPE)).find_map(|outer| {
        let inner = types.of(&outer.ty).filter(|_| !outer.ty.is_list())?;
        number(inner).map(|name| vec![outer.name.clone(), name]).or_else(|| {
            // `meta { pagination { total } }`
            let deeper = inner.fields.iter().find(|own| is_one_of(&own.name, &names::ENVELOPE))?;
            let name = number(types.of(&deeper.ty)?)?;
            Some(vec![outer.name.clone(), deeper.name.clone(), name])
        })
    })
}

/// A place for a value among the arguments of a field.
#[derive(Clone)]
pub(super) struct Slot<'a> {
    pub(super) path: Vec<String>,
    pub(super) input: &'a InputOf,
    pub(super) ty: &'a Type,
}

impl Slot<'_> {
    pub(super) fn is_called(&self, names: &[&str]) -> bool {
        is_one_of(&self.input.name, names)
    }
}

/// The arguments of a field, with those inside of arguments that only hold others.
pub(super) fn slots<'a>(types: &'a Types, field: &'a FieldOf) -> Vec<Slot<'a>> {
    let mut found = Vec::new();
    for input in &field.args {
        let Some(ty) = types.of(&input.ty) else { continue };
        let path = vec![input.name.clone()];
        let holds = ty.kind == Kind::InputObject && is_one_of(&input.name, &CONTAINERS);
        if holds && !input.ty.is_list() {
            found.extend(ty.input_fields.iter().filter_map(|inner| {
                let path = vec![input.name.clone(), inner.name.clone()];
                Some(Slot { path, input: inner, ty: types.of(&inner.ty)? })
            }));
        } else {
            found.push(Slot { path, input, ty });
        }
    }
    found
}

/// How a list goes on, and the argument for its size.
pub(super) fn paging(
    slots: &[Slot<'_>],
    wrapped: Option<&Wrapped<'_>>,
) -> (GraphPaging, Option<(Vec<String>, u32)>) {
    let single = |slot: &&Slot<'_>| slot.ty.is_leaf() && !slot.input.ty.is_list();
    let called = |names: &[&str]| {
        names.iter().find_map(|name| {
            slots.iter().filter(single).find(|slot| folded(&slot.input.name) == folded(name))
        })
    };
    let path = |slot: &Slot<'_>| slot.path.clone();
    let size =
        called(&["first"]).or_else(|| called(&names::SIZE)).map(|slot| (path(slot), MOST_RECORDS));
    let places = wrapped.filter(|list| list.end.is_some() || list.has_cursors);
    if let (Some(after), Some(list)) = (called(&names::CURSOR), places) {
        let back = called(&["before"]).zip(called(&["last"])).zip(list.start.clone());
        let back = back.map(|((before, last), start)| Backward {
            before: path(before),
            last: path(last),
            start,
            more: list.more_before.clone(),
        });
        let (end, more) = (list.end.clone(), list.more.clone());
        return (GraphPaging::Cursor { after: path(after), end, more, back }, size);
    }
    let paging = if let Some(skip) = called(&names::OFFSET) {
        GraphPaging::Offset { skip: path(skip) }
    } else if let Some(page) = called(&names::PAGE).filter(|page| page.ty.name == "Int") {
        GraphPaging::Page { page: path(page) }
    } else {
        GraphPaging::Whole
    };
    (paging, size)
}

/// Whether an argument is about paging and not about a field.
pub(super) fn is_of_paging(name: &str) -> bool {
    let groups: [&[&str]; 4] = [&names::CURSOR, &names::PAGE, &names::OFFSET, &names::SIZE];
    groups.iter().any(|names| is_one_of(name, names)) || is_one_of(name, &["before", "last"])
}

#[cfg(test)]
mod tests {
    use super::super::sdl::types;
    use super::*;

    #[test]
    fn a_thing_with_a_list_and_a_total_is_no_list() {
        let types = types(
            "scalar Money
            type Basket { items: [Line!]! total: Int! currency: String! }
            type Invoice { lines: [Line!]! total: Money! }
            type Found { items: [Line!]! totalItems: Int! facets: [Facet!]! }
            type Plain { items: [Line!]! total: Int! }
            type Holder { items: [Line!]! }
            type Line { sku: String! }
            type Facet { name: String! }",
        );
        let is_list = |name: &str| wrapped(&types, types.get(name).expect(name)).is_some();
        for (name, expected) in [
            ("Basket", false),
            ("Invoice", false),
            ("Found", true),
            ("Plain", true),
            ("Holder", false),
        ] {
            assert_eq!(is_list(name), expected, "{name}");
        }
    }
}
