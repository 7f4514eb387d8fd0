//! What a list may be asked for: tests of fields, words, orders, as far as the schema declares them.

use kontor_model::FieldType;
use kontor_model::service::{Ability, Form, GraphFilter, GraphSorting, Order};

use super::lists::{Slot, is_of_paging};
use super::scalars::scalar;
use super::shape::Leaf;
use super::types::{InputOf, Kind, Type, Types};
use crate::service::names::{self, folded, is_one_of, words};

/// Arguments that hold filters.
const HOLDERS: [&str; 6] = ["filter", "where", "condition", "filters", "filter_by", "conditions"];
/// Filters inside filters are looked into this deep.
const DEPTH: usize = 3;

/// What was found in the arguments of a list.
#[derive(Default)]
pub(super) struct Offered {
    pub(super) filters: Vec<GraphFilter>,
    pub(super) search: Option<Vec<String>>,
    pub(super) sorting: Option<GraphSorting>,
}

/// Finds what a list may be asked for.
pub(super) fn offered(types: &Types, slots: &[Slot<'_>], leaves: &[Leaf]) -> Offered {
    let mut finding = Finding { types, leaves, found: Offered::default() };
    for slot in slots {
        if is_one_of(&slot.input.name, &names::SORT) || is_of_paging(&slot.input.name) {
            continue;
        }
        if slot.ty.kind == Kind::InputObject && slot.is_called(&HOLDERS) {
            if !slot.input.ty.is_list() {
                finding.holder(slot.ty, &slot.path, &mut Vec::new());
            }
        } else {
            finding.member(slot.input, &slot.path, &mut Vec::new());
        }
    }
    let sorting = sorting(types, slots, leaves);
    let mut found = finding.found;
    found.sorting = sorting;
    found
}

struct Finding<'a> {
    types: &'a Types,
    leaves: &'a [Leaf],
    found: Offered,
}

impl<'a> Finding<'a> {
    fn holder(&mut self, ty: &'a Type, path: &[String], under: &mut Vec<String>) {
        for input in &ty.input_fields {
            if is_one_of(&input.name, &["and", "or", "not", "nor"]) {
                continue;
            }
            let mut path = path.to_vec();
            path.push(input.name.clone());
            self.member(input, &path, under);
        }
    }

    /// One member of a filter: a value, an object of comparisons, or what a reference leads to.
    fn member(&mut self, input: &'a InputOf, path: &[String], under: &mut Vec<String>) {
        let Some(ty) = self.types.of(&input.ty) else { return };
        if ty.is_leaf() {
            self.value(input, ty, path, under);
            return;
        }
        if ty.kind != Kind::InputObject || input.ty.is_list() || under.len() >= DEPTH {
            return;
        }
        under.push(input.name.clone());
        let name = under.concat();
        let compares = ty.input_fields.iter().any(|inner| operator(&inner.name).is_some());
        match self.field(&folded(&name), None) {
            Some(field) if compares => self.comparisons(ty, path, field),
            // `created: { gte }` of the field `createdAt`
            None if compares && self.temporal(&folded(&name)).is_some() => {
                if let Some(field) = self.temporal(&folded(&name)) {
                    self.comparisons(ty, path, field);
                }
            }
            _ => self.holder(ty, path, under),
        }
        under.pop();
    }

    fn value(&mut self, input: &InputOf, ty: &Type, path: &[String], under: &[String]) {
        let (of, form) = scalar(ty);
        let name = format!("{}_{}", under.join("_"), input.name);
        let several = input.ty.is_list();
        if let Some((field, test)) = self.meant(&name, &of) {
            if several && !matches!(test, Ability::Equal | Ability::OneOf) {
                return;
            }
            self.add(field, test, path, form, (several, false));
            if several {
                self.add(field, Ability::OneOf, path, form, (true, false));
            }
        } else if under.is_empty()
            && !several
            && is_one_of(&input.name, &names::SEARCH)
            && matches!(of, FieldType::Text { .. })
            && self.found.search.is_none()
        {
            self.found.search = Some(path.to_vec());
        }
    }

    fn comparisons(&mut self, ty: &Type, path: &[String], field: usize) {
        for input in &ty.input_fields {
            let Some((test, pattern)) = operator(&input.name) else { continue };
            let Some(own) = self.types.of(&input.ty).filter(|own| own.is_leaf()) else { continue };
            let several = input.ty.is_list();
            if several != (test == Ability::OneOf) {
                continue;
            }
            let (of, form) = scalar(own);
            if !alike(&self.leaves[field].ty, &of) {
                continue;
            }
            let mut path = path.to_vec();
            path.push(input.name.clone());
            self.add(field, test, &path, form, (several, pattern));
            if pattern {
                self.add(field, Ability::Begins, &path, form, (several, true));
            }
        }
    }

    /// The first way to ask is kept; one that takes upper and lower case for the same is better.
    fn add(
        &mut self,
        field: usize,
        test: Ability,
        path: &[String],
        form: Form,
        (several, pattern): (bool, bool),
    ) {
        let textual = matches!(test, Ability::Contains | Ability::Begins);
        let is_text = self.leaves[field].ty.is_textual() || !self.leaves[field].is_single();
        if textual && !is_text {
            return;
        }
        let filter = GraphFilter { path: path.to_vec(), field, test, form, several, pattern };
        let ignores = |path: &[String]| {
            path.last().is_some_and(|name| {
                let name = folded(name);
                name.ends_with("insensitive") || name.starts_with('i') && name != "includes"
            })
        };
        let same = |own: &&mut GraphFilter| own.field == field && own.test == test;
        match self.found.filters.iter_mut().find(same) {
            Some(own) if textual && ignores(path) && !ignores(&own.path) => *own = filter,
            Some(_) => {}
            None => self.found.filters.push(filter),
        }
    }

    /// The field that a name is about, and what it asks of it: `total_gte`, `name_contains`.
    fn meant(&self, name: &str, of: &FieldType) -> Option<(usize, Ability)> {
        if let Some(field) = self.field(&folded(name), Some(of)) {
            return Some((field, Ability::Equal));
        }
        let named = words(name);
        for taken in 1..=3.min(named.len().saturating_sub(1)) {
            let (before, after) = named.split_at(named.len() - taken);
            let Some((test, false)) = operator(&after.concat()) else { continue };
            let stem = before.concat();
            let field = self.field(&stem, Some(of)).or_else(|| self.temporal(&stem));
            if let Some(field) = field {
                return Some((field, test));
            }
        }
        None
    }

    fn field(&self, name: &str, of: Option<&FieldType>) -> Option<usize> {
        let fits = |leaf: &Leaf| leaf.is_single() && of.is_none_or(|of| alike(&leaf.ty, of));
        let position = |test: &dyn Fn(&Leaf) -> bool| {
            self.leaves.iter().position(|leaf| fits(leaf) && test(leaf))
        };
        position(&|leaf| leaf.folded() == name).or_else(|| {
            // `customer` means `customer.id`.
            position(&|leaf| {
                leaf.target.is_some() && leaf.steps.len() == 2 && folded(&leaf.steps[0].key) == name
            })
        })
    }

    fn temporal(&self, stem: &str) -> Option<usize> {
        self.leaves.iter().position(|leaf| {
            let name = leaf.folded();
            leaf.ty.is_temporal()
                && ["at", "date", "on"].iter().any(|end| name == format!("{stem}{end}"))
        })
    }
}

/// What a comparison asks, and whether it takes a pattern.
fn operator(name: &str) -> Option<(Ability, bool)> {
    Some(match folded(name).as_str() {
        "eq" | "equalto" | "equals" | "is" | "exact" | "equal" => (Ability::Equal, false),
        "ne" | "neq" | "noteq" | "notequalto" | "notequal" | "not" => (Ability::Unequal, false),
        "in" | "oneof" | "anyof" => (Ability::OneOf, false),
        "gt" | "greaterthan" | "after" => (Ability::Above, false),
        "gte" | "ge" | "greaterthanorequalto" | "greaterthanorequal" | "min" | "from" => {
            (Ability::AtLeast, false)
        }
        "lt" | "lessthan" | "before" => (Ability::Below, false),
        "lte" | "le" | "lessthanorequalto" | "lessthanorequal" | "max" => (Ability::AtMost, false),
        "contains" | "includes" | "icontains" | "includesinsensitive" | "containsi" => {
            (Ability::Contains, false)
        }
        "startswith" | "startswithinsensitive" | "istartswith" | "beginswith" => {
            (Ability::Begins, false)
        }
        "ilike" => (Ability::Contains, true),
        _ => return None,
    })
}

/// Whether values of a field can be compared with those of an argument.
pub(super) fn alike(field: &FieldType, argument: &FieldType) -> bool {
    use FieldType as T;
    let kind = |ty: &FieldType| match ty {
        T::Bool => 1,
        T::Int { .. } | T::Decimal { .. } | T::Float { .. } => 2,
        T::Date | T::Instant | T::DateTime | T::Time { .. } => 3,
        T::Text { .. } | T::Enum { .. } | T::Uuid => 4,
        _ => 0,
    };
    let (a, b) = (kind(field), kind(argument));
    a != 0 && (a == b || (b == 4 && a != 1 && matches!(argument, T::Text { .. })))
}

/// How an order is asked for, as far as the orders are listed.
fn sorting(types: &Types, slots: &[Slot<'_>], leaves: &[Leaf]) -> Option<GraphSorting> {
    let slot = names::SORT
        .iter()
        .chain(&["order"])
        .find_map(|name| slots.iter().find(|slot| folded(&slot.input.name) == folded(name)))?;
    let several = slot.input.ty.is_list();
    let mut direction = None;
    let orders = match slot.ty.kind {
        Kind::Enum => {
            let choices = slot.ty.choices();
            let orders = by_words(&choices, leaves, &|word| quoted(word));
            let is_bare = orders.iter().all(|order| order.down.is_none());
            if is_bare && let Some((path, up, down)) = directed(slots) {
                direction = Some((path, up, down));
                both_ways(orders)
            } else {
                orders
            }
        }
        Kind::InputObject => by_objects(types, slot.ty, leaves),
        _ => Vec::new(),
    };
    (!orders.is_empty()).then(|| GraphSorting {
        path: slot.path.clone(),
        several,
        direction,
        orders,
    })
}

fn quoted(word: &str) -> String {
    crate::json::quoted(word)
}

/// Orders by words such as `CREATED_AT_DESC`, or by the mere name of a field.
fn by_words(choices: &[String], leaves: &[Leaf], write: &dyn Fn(&str) -> String) -> Vec<Order> {
    let mut orders: Vec<Order> = Vec::new();
    for choice in choices {
        let word = folded(choice);
        let ends = |ending: &str| {
            let stem = word.strip_suffix(ending)?;
            leaves.iter().position(|leaf| leaf.is_single() && leaf.folded() == stem)
        };
        let whole = leaves.iter().position(|leaf| leaf.is_single() && leaf.folded() == word);
        let (field, down) = match (
            whole,
            ends("asc").or_else(|| ends("ascending")),
            ends("desc").or_else(|| ends("descending")),
        ) {
            (Some(field), ..) | (None, Some(field), _) => (field, false),
            (None, None, Some(field)) => (field, true),
            _ => continue,
        };
        let at = match orders.iter().position(|order| order.field == field) {
            Some(at) => at,
            None => {
                orders.push(Order { field, up: None, down: None, parameter: None });
                orders.len() - 1
            }
        };
        let place = if down { &mut orders[at].down } else { &mut orders[at].up };
        place.get_or_insert_with(|| write(choice));
    }
    orders
}

fn both_ways(orders: Vec<Order>) -> Vec<Order> {
    orders.into_iter().map(|order| Order { down: order.up.clone(), ..order }).collect()
}

/// The words for up and down of an enumeration of directions.
fn directions(ty: &Type) -> Option<(String, String)> {
    let choices = ty.choices();
    let find = |names: &[&str]| choices.iter().find(|choice| is_one_of(choice, names)).cloned();
    Some((find(&["asc", "ascending"])?, find(&["desc", "descending"])?))
}

/// A further argument for the direction: `direction: DESC`, `reverse: true`.
fn directed(slots: &[Slot<'_>]) -> Option<(Vec<String>, String, String)> {
    slots.iter().find_map(|slot| {
        if slot.is_called(&["reverse", "descending", "desc"]) && slot.ty.name == "Boolean" {
            return Some((slot.path.clone(), "false".to_owned(), "true".to_owned()));
        }
        let (up, down) = directions(slot.ty).filter(|_| slot.ty.kind == Kind::Enum)?;
        Some((slot.path.clone(), quoted(&up), quoted(&down)))
    })
}

/// Orders by objects: `{ field: TOTAL, direction: DESC }` or `{ total: DESC }`.
fn by_objects(types: &Types, ty: &Type, leaves: &[Leaf]) -> Vec<Order> {
    let of = |input: &InputOf| types.of(&input.ty).filter(|own| own.kind == Kind::Enum);
    let direction = ty
        .input_fields
        .iter()
        .find_map(|input| Some((input, directions(of(input)?)?)))
        .filter(|_| ty.input_fields.len() <= 4);
    let field = ty.input_fields.iter().find(|input| {
        is_one_of(&input.name, &["field", "by", "column", "key", "sort_by", "order_by", "name"])
            && of(input).is_some()
    });
    if let (Some(field), Some((way, (up, down)))) = (field, direction)
        && let Some(choices) = of(field).map(Type::choices)
    {
        let orders = by_words(&choices, leaves, &|word| quoted(word));
        let write = |choice: &String, way_word: &str| {
            format!(
                "{{{}:{choice},{}:{}}}",
                quoted(&field.name),
                quoted(&way.name),
                quoted(way_word)
            )
        };
        return orders
            .into_iter()
            .filter_map(|order| {
                let choice = order.up?;
                let (up, down) = (write(&choice, &up), write(&choice, &down));
                Some(Order { field: order.field, up: Some(up), down: Some(down), parameter: None })
            })
            .collect();
    }
    let single = |input: &InputOf| {
        let (up, down) = directions(of(input)?)?;
        let name = folded(&input.name);
        let field = leaves.iter().position(|leaf| leaf.is_single() && leaf.folded() == name)?;
        let write = |word: &str| Some(format!("{{{}:{}}}", quoted(&input.name), quoted(word)));
        Some(Order { field, up: write(&up), down: write(&down), parameter: None })
    };
    ty.input_fields.iter().filter_map(single).collect()
}
