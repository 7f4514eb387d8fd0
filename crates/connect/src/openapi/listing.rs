//! How a list is read: where the records are, how it goes on, what may be asked of it.

use kontor_model::FieldType;
use kontor_model::service::{Ability, Filtering, Form, Paging, Several};
use yaml_serde::Value;

use super::document::Document;
use super::leaves::Leaf;
use super::paths::Parameter;
use super::shape::{Member, Scalar, Shape, Shapes};
use crate::service::names::{self, folded, is_one_of, words};

/// Where the records of an answer are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// Names that lead to the list.
    pub(super) at: Vec<String>,
    /// Names that lead from an entry to the record.
    pub(super) within: Vec<String>,
    /// The members of a record, where they are described.
    pub(super) record: Option<Vec<Member>>,
}

/// Finds the list in an answer. `called` is what the path calls it; `is_collection` tells that
/// single records are read below it, so that it cannot be one itself.
pub(super) fn place(answer: &Shape, called: &str, is_collection: bool) -> Option<Place> {
    match answer {
        Shape::List(element) => entry(Vec::new(), element, is_collection),
        Shape::Object(members) => wrapped(members, called, is_collection),
        Shape::Scalar(_) | Shape::Free => None,
    }
}

fn entry(at: Vec<String>, element: &Shape, is_collection: bool) -> Option<Place> {
    match element {
        Shape::Object(members) => {
            // An edge of a connection has the record as its node.
            let node = members.iter().find(|member| member.name == "node");
            if let Some(Member { shape: Shape::Object(inner), .. }) = node
                && members.len() <= 3
            {
                let within = vec!["node".to_owned()];
                return Some(Place { at, within, record: Some(inner.clone()) });
            }
            Some(Place { at, within: Vec::new(), record: Some(members.clone()) })
        }
        Shape::Free if is_collection => Some(Place { at, within: Vec::new(), record: None }),
        _ => None,
    }
}

fn wrapped(members: &[Member], called: &str, is_collection: bool) -> Option<Place> {
    let lists = |member: &&Member| matches!(&member.shape, Shape::List(element) if !matches!(**element, Shape::Scalar(_) | Shape::List(_)));
    let candidates: Vec<&Member> = members.iter().filter(lists).collect();
    let known = |member: &&&Member| {
        is_one_of(&member.name, &names::RECORDS) || is_one_of(&member.name, &[called])
    };
    let best = candidates.iter().find(known).or_else(|| {
        let is_envelope = |member: &Member| {
            is_one_of(&member.name, &names::ENVELOPE)
                || is_one_of(&member.name, &names::TOTAL)
                || is_one_of(&member.name, &names::NEXT_PLACE)
                || is_one_of(&member.name, &names::NEXT_ADDRESS)
                || is_one_of(&member.name, &names::PAGE)
                || is_one_of(&member.name, &names::SIZE)
                || words(&member.name).iter().any(|word| word == "page" || word == "pages")
        };
        let only = candidates.first().filter(|_| candidates.len() == 1)?;
        let others = members.iter().filter(|member| member.name != only.name);
        let alone = others.clone().all(is_envelope);
        (alone || (is_collection && others.count() <= 4)).then_some(only)
    });
    if let Some(Member { name, shape: Shape::List(element), .. }) = best.copied() {
        return entry(vec![name.clone()], element, is_collection);
    }
    // One level deeper: `_embedded.orders`, `data.items`.
    members.iter().find_map(|member| {
        let Shape::Object(inner) = &member.shape else { return None };
        let fits = is_one_of(&member.name, &names::RECORDS)
            || is_one_of(&member.name, &["_embedded", "response", "payload", called]);
        let mut place = fits.then(|| wrapped(inner, called, is_collection)).flatten()?;
        place.at.insert(0, member.name.clone());
        Some(place)
    })
}

/// Names that lead to a member of one of these names, at the top or one level below.
fn member_called(
    answer: &Shape,
    called: &[&str],
    scalar: &dyn Fn(&Scalar) -> bool,
) -> Option<Vec<String>> {
    let Shape::Object(members) = answer else { return None };
    let fits = |member: &&Member, name: &str| {
        folded(&member.name) == folded(name)
            && match &member.shape {
                Shape::Scalar(own) => scalar(own),
                Shape::Free => true,
                _ => false,
            }
    };
    for name in called {
        if let Some(member) = members.iter().find(|member| fits(member, name)) {
            return Some(vec![member.name.clone()]);
        }
        for outer in members {
            if let Shape::Object(inner) = &outer.shape
                && is_one_of(&outer.name, &names::ENVELOPE)
                && let Some(member) = inner.iter().find(|member| fits(member, name))
            {
                return Some(vec![outer.name.clone(), member.name.clone()]);
            }
        }
    }
    None
}

/// Where the number of all records is told.
pub(super) fn total(answer: &Shape) -> Option<Vec<String>> {
    member_called(answer, &names::TOTAL, &|scalar| {
        matches!(scalar.ty, FieldType::Int { .. } | FieldType::Decimal { .. })
    })
}

/// How the list goes on, and the parameter for its size with the most that may be asked.
pub(super) fn paging(
    document: &Document,
    parameters: &[&Parameter<'_>],
    answer: &Shape,
    key: Option<usize>,
) -> (Paging, Option<(String, u32)>) {
    let called = |names: &[&str]| {
        let by_name = |name: &&str| parameters.iter().find(|p| folded(p.name) == folded(name));
        names.iter().find_map(by_name).copied()
    };
    let size = called(&names::SIZE).map(|parameter| {
        let most = parameter.schema.and_then(|schema| document.get(schema));
        let most = most.and_then(|schema| schema.get("maximum")).and_then(Value::as_u64);
        let most = most.and_then(|most| u32::try_from(most).ok()).unwrap_or(100).clamp(1, 1_000);
        (parameter.name.to_owned(), most)
    });
    let text_place = || member_called(answer, &names::NEXT_PLACE, &|_| true);
    let paging = if let Some(cursor) = called(&names::CURSOR) {
        let parameter = cursor.name.to_owned();
        match (text_place(), key) {
            (Some(next), _) => Paging::Cursor { parameter, next, key: None },
            (None, Some(key)) => Paging::Cursor { parameter, next: Vec::new(), key: Some(key) },
            // It may still come as a link in the header.
            (None, None) => Paging::Whole,
        }
    } else if let Some(page) = called(&names::PAGE) {
        let schema = page.schema.and_then(|schema| document.get(schema));
        let number = |name: &str| schema.and_then(|s| s.get(name)).and_then(Value::as_u64);
        let first =
            if number("minimum") == Some(0) || number("default") == Some(0) { 0 } else { 1 };
        Paging::Page { parameter: page.name.to_owned(), first }
    } else if let Some(offset) = called(&names::OFFSET) {
        Paging::Offset { parameter: offset.name.to_owned() }
    } else if let Some(at) = member_called(answer, &names::NEXT_ADDRESS, &|s| s.form == Form::Text)
    {
        Paging::Next { at }
    } else {
        Paging::Whole
    };
    (paging, size)
}

/// The parameter for words to look for.
pub(super) fn search(parameters: &[&Parameter<'_>]) -> Option<String> {
    let found = names::SEARCH
        .iter()
        .find_map(|name| parameters.iter().find(|p| folded(p.name) == folded(name)))?;
    Some(found.name.to_owned())
}

/// Whether a parameter is about paging, order or words and not about a field.
pub(super) fn is_of_the_list(name: &str) -> bool {
    let groups: [&[&str]; 7] = [
        &names::CURSOR,
        &names::PAGE,
        &names::OFFSET,
        &names::SIZE,
        &names::SEARCH,
        &names::SORT,
        &names::DIRECTION,
    ];
    groups.iter().any(|names| is_one_of(name, names))
}

/// What a parameter asks of a field.
pub(super) fn filterings(
    document: &Document,
    parameter: &Parameter<'_>,
    leaves: &[Leaf],
) -> Vec<Filtering> {
    let Some(schema) = parameter.schema.and_then(|schema| document.get(schema)) else {
        return Vec::new();
    };
    let shape = Shapes::of(document).shape(schema);
    match &shape {
        Shape::Object(members) if parameter.deep => members
            .iter()
            .flat_map(|member| {
                let name = format!("{}[{}]", parameter.name, member.name);
                deep(&name, &member.shape, parameter, leaves)
            })
            .collect(),
        shape => of_shape(parameter.name, shape, parameter, leaves),
    }
}

/// `filter[placed_at][gte]` where the inner member is an object again.
fn deep(name: &str, shape: &Shape, parameter: &Parameter<'_>, leaves: &[Leaf]) -> Vec<Filtering> {
    match shape {
        Shape::Object(members) => members
            .iter()
            .flat_map(|member| {
                of_shape(&format!("{name}[{}]", member.name), &member.shape, parameter, leaves)
            })
            .collect(),
        shape => of_shape(name, shape, parameter, leaves),
    }
}

fn of_shape(
    name: &str,
    shape: &Shape,
    parameter: &Parameter<'_>,
    leaves: &[Leaf],
) -> Vec<Filtering> {
    let (scalar, several) = match shape {
        Shape::Scalar(scalar) => (scalar, None),
        Shape::List(element) => match &**element {
            Shape::Scalar(scalar) => {
                let several = if parameter.repeats { Several::Repeated } else { Several::Commas };
                (scalar, Some(several))
            }
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let Some((field, test)) = meant(name, scalar, leaves) else { return Vec::new() };
    let text = matches!(leaves[field].scalar.ty, FieldType::Text { .. });
    let test = match test {
        Ability::Equal if text && speaks_of_parts(parameter.description) => Ability::Contains,
        Ability::Equal if text && speaks_of_beginnings(parameter.description) => Ability::Begins,
        test => test,
    };
    let pattern = test == Ability::Contains
        && words(name).last().is_some_and(|word| matches!(word.as_str(), "like" | "ilike"));
    let one = Filtering { parameter: name.to_owned(), field, test, several, pattern };
    if pattern {
        return vec![Filtering { test: Ability::Begins, ..one.clone() }, one];
    }
    let more = (several.is_some() && test == Ability::Equal)
        .then(|| Filtering { test: Ability::OneOf, ..one.clone() });
    std::iter::once(one).chain(more).collect()
}

fn speaks_of_parts(description: &str) -> bool {
    let lower = description.to_lowercase();
    ["contain", "substring", "partial", "part of", "fuzzy", "like", "words of", "full text"]
        .iter()
        .any(|word| lower.contains(word))
}

fn speaks_of_beginnings(description: &str) -> bool {
    let lower = description.to_lowercase();
    ["begin", "prefix", "start"].iter().any(|word| lower.contains(word))
}

/// The field that a parameter is about, and what it asks of it.
fn meant(name: &str, scalar: &Scalar, leaves: &[Leaf]) -> Option<(usize, Ability)> {
    let mut named = words(name);
    if named.len() > 1 && matches!(named[0].as_str(), "filter" | "where" | "filters") {
        named.remove(0);
    }
    let whole = named.concat();
    if let Some(field) = field_called(&whole, scalar, leaves) {
        return Some((field, Ability::Equal));
    }
    let (test, rest) = comparison(&named)?;
    let stem = rest.concat();
    let temporal = |field: &usize| leaves[*field].scalar.ty.is_temporal();
    let tried = [stem.clone(), format!("{stem}at"), format!("{stem}date"), format!("{stem}on")];
    let (first, others) = tried.split_first()?;
    let field = field_called(first, scalar, leaves).or_else(|| {
        others.iter().find_map(|name| field_called(name, scalar, leaves).filter(temporal))
    })?;
    Some((field, test))
}

/// What the last or first word of a name compares with.
fn comparison(named: &[String]) -> Option<(Ability, Vec<String>)> {
    let by_word = |word: &str| {
        Some(match word {
            "eq" | "equals" | "is" | "exact" => Ability::Equal,
            "ne" | "neq" | "not" => Ability::Unequal,
            "in" => Ability::OneOf,
            "gte" | "ge" | "from" | "min" | "since" | "minimum" => Ability::AtLeast,
            "gt" | "after" | "above" | "over" => Ability::Above,
            "lte" | "le" | "max" | "maximum" | "to" | "until" => Ability::AtMost,
            "lt" | "before" | "below" | "under" => Ability::Below,
            "contains" | "like" | "ilike" | "icontains" | "match" => Ability::Contains,
            "startswith" | "prefix" | "istartswith" => Ability::Begins,
            _ => return None,
        })
    };
    let (last, before) = named.split_last()?;
    if let Some(test) = by_word(last).filter(|_| !before.is_empty()) {
        // `filter[total][$gte]`, `total__gte`, `starts_with`
        return Some((test, before.to_vec()));
    }
    let (first, after) = named.split_first()?;
    let leads = ["min", "max", "from", "to", "since", "until", "after", "before"];
    let test = by_word(first).filter(|_| leads.contains(&first.as_str()))?;
    (!after.is_empty()).then(|| (test, after.to_vec()))
}

/// The field of a name whose values a parameter of a type can be compared with.
fn field_called(name: &str, scalar: &Scalar, leaves: &[Leaf]) -> Option<usize> {
    let fits = |leaf: &Leaf| are_alike(&leaf.scalar.ty, &scalar.ty);
    let whole = |leaf: &&Leaf| folded(&leaf.path.concat()) == name;
    let exact = leaves.iter().position(|leaf| whole(&leaf) && fits(leaf));
    exact.or_else(|| {
        // `channel` means `channel.code` where that is the only name the channel has.
        let names = ["id", "code", "key", "number", "slug"];
        let inner = |leaf: &Leaf| {
            let [outer @ .., last] = leaf.path.as_slice() else { return false };
            !outer.is_empty() && folded(&outer.concat()) == name && is_one_of(last, &names)
        };
        let mut found = (0..leaves.len()).filter(|&at| inner(&leaves[at]) && fits(&leaves[at]));
        found.next().filter(|_| found.next().is_none())
    })
}

fn are_alike(field: &FieldType, parameter: &FieldType) -> bool {
    use FieldType as T;
    let kind = |ty: &FieldType| match ty {
        T::Bool => 1,
        T::Int { .. } | T::Decimal { .. } | T::Float { .. } => 2,
        T::Date | T::Instant | T::DateTime => 3,
        T::Text { .. } | T::Enum { .. } | T::Uuid | T::Time { .. } => 4,
        _ => 0,
    };
    let (a, b) = (kind(field), kind(parameter));
    // A day or a number in a parameter is often described as a text.
    a != 0 && (a == b || (b == 4 && matches!(parameter, T::Text { .. }) && a != 1))
}

#[cfg(test)]
mod tests {
    use super::super::leaves::leaves;
    use super::super::shape::Facts;
    use super::*;

    fn leaf(path: &str, ty: FieldType) -> Leaf {
        Leaf {
            path: path.split('.').map(str::to_owned).collect(),
            scalar: Scalar { ty, form: Form::Text, native: String::new() },
            facts: Facts::default(),
            inner: Vec::new(),
        }
    }

    fn record() -> Vec<Leaf> {
        vec![
            leaf("status", FieldType::Enum { choices: vec!["open".into()] }),
            leaf("placed_at", FieldType::Instant),
            leaf("total", FieldType::int(64, false)),
            leaf("customer.number", FieldType::text()),
            leaf("held", FieldType::Bool),
        ]
    }

    fn asks(name: &str, ty: FieldType) -> Option<(&'static str, Ability)> {
        let scalar = Scalar { ty, form: Form::Text, native: String::new() };
        let names = ["status", "placed_at", "total", "customer.number", "held"];
        meant(name, &scalar, &record()).map(|(field, test)| (names[field], test))
    }

    #[test]
    fn parameters_are_recognised_as_tests_of_fields() {
        let (text, int) = (FieldType::text(), FieldType::int(64, false));
        assert_eq!(asks("status", text.clone()), Some(("status", Ability::Equal)));
        assert_eq!(asks("filter[status]", text.clone()), Some(("status", Ability::Equal)));
        assert_eq!(asks("status[in]", text.clone()), Some(("status", Ability::OneOf)));
        assert_eq!(asks("placedFrom", FieldType::Instant), Some(("placed_at", Ability::AtLeast)));
        assert_eq!(asks("placed_at__lt", FieldType::Instant), Some(("placed_at", Ability::Below)));
        assert_eq!(asks("min_total", int.clone()), Some(("total", Ability::AtLeast)));
        assert_eq!(asks("customer", text.clone()), Some(("customer.number", Ability::Equal)));
        assert_eq!(asks("total", FieldType::Bool), None, "a yes or no is no amount");
        assert_eq!(asks("include", text), None);
        assert_eq!(asks("min_held", int), None);
    }

    fn document(parameters: &str, answer: &str) -> Document {
        let text = format!(
            "openapi: 3.0.0
paths:
  /orders:
    get:
      parameters: {parameters}
      responses: {{'200': {{description: ok, content: {{application/json: {{schema: {answer}}}}}}}}}
"
        );
        Document::read(text.as_bytes()).expect("a document")
    }

    fn read(document: &Document) -> (Option<Place>, Paging, Option<(String, u32)>) {
        let paths = super::super::paths::paths(document);
        let get = &paths[0].operations[0];
        let schema = get.answer(document).and_then(|content| content.schema).expect("a schema");
        let answer = Shapes::of(document).shape(schema);
        let parameters: Vec<&Parameter<'_>> = get.at("query").collect();
        let (paging, size) = paging(document, &parameters, &answer, None);
        (place(&answer, "orders", true), paging, size)
    }

    const RECORD: &str = "{type: object, properties: {id: {type: integer}, name: {type: string}}}";

    fn parameter(name: &str) -> String {
        format!("{{name: '{name}', in: query, schema: {{type: integer, maximum: 250}}}}")
    }

    #[test]
    fn wrapped_lists_are_found_with_their_paging() {
        let items = format!("{{type: array, items: {RECORD}}}");
        let object = |members: &str| format!("{{type: object, properties: {{{members}}}}}");
        let cases = [
            (vec!["limit", "offset"], items.clone(), vec![], "offset"),
            (
                vec!["page", "per_page"],
                object(&format!("results: {items}, count: {{type: integer}}")),
                vec!["results"],
                "page",
            ),
            (
                vec!["limit", "after"],
                object(&format!("orders: {items}, next_cursor: {{type: string}}")),
                vec!["orders"],
                "cursor",
            ),
            (
                vec![],
                object(&format!(
                    "_embedded: {}, _links: {}",
                    object(&format!("orders: {items}")),
                    object("next: {type: string}")
                )),
                vec!["_embedded", "orders"],
                "next",
            ),
        ];
        for (parameters, answer, at, kind) in cases {
            let parameters: Vec<String> = parameters.iter().map(|name| parameter(name)).collect();
            let document = document(&format!("[{}]", parameters.join(", ")), &answer);
            let (place, paging, size) = read(&document);
            let place = place.unwrap_or_else(|| panic!("{kind}: no list in {answer}"));
            assert_eq!(place.at, at);
            assert_eq!(leaves(&place.record.expect("described")).len(), 2);
            let found = match paging {
                Paging::Whole => "whole",
                Paging::Cursor { .. } => "cursor",
                Paging::Page { .. } => "page",
                Paging::Offset { .. } => "offset",
                Paging::Next { .. } => "next",
            };
            assert_eq!(found, kind);
            assert_eq!(size.map(|(_, most)| most), (!parameters.is_empty()).then_some(250));
        }
    }

    #[test]
    fn an_object_with_a_list_in_it_is_no_list() {
        let answer = format!(
            "{{type: object, properties: {{sku: {{type: string}}, weight: {{type: number}}, movements: {{type: array, items: {RECORD}}}}}}}"
        );
        let document = document("[]", &answer);
        let paths = super::super::paths::paths(&document);
        let schema =
            paths[0].operations[0].answer(&document).and_then(|c| c.schema).expect("schema");
        let answer = Shapes::of(&document).shape(schema);
        assert_eq!(place(&answer, "audit", false), None);
    }
}
