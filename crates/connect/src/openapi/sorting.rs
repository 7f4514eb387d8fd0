//! How a list is asked for an order.

use kontor_model::service::{Order, Sorting};
use yaml_serde::Value;

use super::document::{Document, list};
use super::leaves::Leaf;
use super::paths::Parameter;
use crate::service::names::{self, folded, is_one_of, words};

/// How an order is asked for, as far as the orders are listed.
pub(super) fn sorting(
    document: &Document,
    parameters: &[&Parameter<'_>],
    leaves: &[Leaf],
) -> Option<Sorting> {
    let called = |names: &[&str]| parameters.iter().find(|p| is_one_of(p.name, names)).copied();
    let choices = |parameter: &Parameter<'_>| {
        let schema = parameter.schema.and_then(|schema| document.get(schema))?;
        let items = schema.get("items").and_then(|items| document.get(items));
        let listed: Vec<String> = list(items.unwrap_or(schema), "enum")
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        (!listed.is_empty()).then_some(listed)
    };
    // `order` is the order itself where nothing else is.
    let Some(by) = called(&names::SORT).or_else(|| called(&["order"])) else {
        return each_its_own(parameters, leaves, choices);
    };
    let listed = choices(by)?;
    let direction =
        called(&names::DIRECTION).filter(|other| other.name != by.name).and_then(|other| {
            let words = choices(other)?;
            let word = |wanted: &[&str]| {
                words.iter().find(|word| wanted.contains(&word.to_lowercase().as_str())).cloned()
            };
            let (up, down) =
                (word(&["asc", "ascending", "1"])?, word(&["desc", "descending", "-1"])?);
            Some((other.name.to_owned(), up, down))
        });
    let mut orders: Vec<Order> = Vec::new();
    for choice in &listed {
        let Some((field, descending)) = ordered(choice, leaves) else { continue };
        let at = orders.iter().position(|order| order.field == field).unwrap_or_else(|| {
            orders.push(Order { field, up: None, down: None, parameter: None });
            orders.len() - 1
        });
        let order = &mut orders[at];
        match (descending, direction.is_some()) {
            (_, true) => (order.up, order.down) = (Some(choice.clone()), Some(choice.clone())),
            (true, false) => order.down = Some(choice.clone()),
            (false, false) => order.up = Some(choice.clone()),
        }
    }
    (!orders.is_empty()).then(|| Sorting { parameter: by.name.to_owned(), direction, orders })
}

/// Orders that have a parameter each, which takes the direction: `orderby.name=desc`.
fn each_its_own(
    parameters: &[&Parameter<'_>],
    leaves: &[Leaf],
    choices: impl Fn(&Parameter<'_>) -> Option<Vec<String>>,
) -> Option<Sorting> {
    let order = |parameter: &&Parameter<'_>| {
        let (leads, field) = parameter.name.split_once(['.', '[', '_'])?;
        if !is_one_of(leads, &names::SORT) && !is_one_of(leads, &names::DIRECTION) {
            return None;
        }
        let field = folded(field);
        let field = leaves.iter().position(|leaf| folded(&leaf.path.concat()) == field)?;
        let words = choices(parameter)?;
        let word = |wanted: &str| {
            words.iter().find(|word| word.to_lowercase().starts_with(wanted)).cloned()
        };
        let (up, down) = (word("asc"), word("desc"));
        let parameter = Some(parameter.name.to_owned());
        (up.is_some() || down.is_some()).then_some(Order { field, up, down, parameter })
    };
    let orders: Vec<Order> = parameters.iter().filter_map(order).collect();
    let parameter = orders.first()?.parameter.clone()?;
    Some(Sorting { parameter, direction: None, orders })
}

/// The field that a choice of an order names, and whether it descends.
fn ordered(choice: &str, leaves: &[Leaf]) -> Option<(usize, bool)> {
    let called = |name: &str| {
        let name = folded(name);
        let stems = [name.clone(), format!("{name}at")];
        stems
            .iter()
            .find_map(|name| leaves.iter().position(|leaf| folded(&leaf.path.concat()) == *name))
    };
    if let Some(rest) = choice.strip_prefix('-') {
        return called(rest).map(|field| (field, true));
    }
    let choice = choice.strip_prefix('+').unwrap_or(choice);
    if let Some(field) = called(choice) {
        return Some((field, false));
    }
    let named = words(choice);
    let (last, rest) = named.split_last()?;
    let descending = match last.as_str() {
        "desc" | "descending" => true,
        "asc" | "ascending" => false,
        _ => return None,
    };
    called(&rest.concat()).map(|field| (field, descending))
}

#[cfg(test)]
mod tests {
    use kontor_model::FieldType;
    use kontor_model::service::Form;

    use super::super::shape::{Facts, Scalar};
    use super::*;

    fn record() -> Vec<Leaf> {
        let leaf = |name: &str| Leaf {
            path: vec![name.to_owned()],
            scalar: Scalar { ty: FieldType::text(), form: Form::Text, native: String::new() },
            facts: Facts::default(),
            inner: Vec::new(),
        };
        ["status", "placed_at", "total"].map(leaf).to_vec()
    }

    fn found(parameters: &str) -> Option<Sorting> {
        let text = format!(
            "openapi: 3.0.0
paths:
  /orders:
    get:
      parameters: [{parameters}]
"
        );
        let document = Document::read(text.as_bytes()).expect("a document");
        let paths = super::super::paths::paths(&document);
        let parameters: Vec<&Parameter<'_>> = paths[0].operations[0].at("query").collect();
        sorting(&document, &parameters, &record())
    }

    #[test]
    fn orders_are_read_in_all_their_spellings() {
        for (choices, up, down) in [
            ("['total', '-total']", Some("total"), Some("-total")),
            ("['total_asc', 'total_desc']", Some("total_asc"), Some("total_desc")),
            ("['total:asc', 'total:desc']", Some("total:asc"), Some("total:desc")),
            ("['total']", Some("total"), None),
        ] {
            let sorting = found(&format!(
                "{{name: sort, in: query, schema: {{type: string, enum: {choices}}}}}"
            ))
            .expect(choices);
            let order = &sorting.orders[0];
            assert_eq!((order.field, order.up.as_deref(), order.down.as_deref()), (2, up, down));
        }
    }

    #[test]
    fn an_order_may_have_a_parameter_of_its_own() {
        let directions = "in: query, schema: {type: string, enum: [asc, desc]}";
        let sorting = found(&format!(
            "{{name: orderby.placed_at, {directions}}}, {{name: orderby.total, {directions}}}, {{name: orderby.colour, {directions}}}"
        ));
        let orders = sorting.expect("two orders").orders;
        let read: Vec<_> =
            orders.iter().map(|o| (o.field, o.parameter.as_deref(), o.down.as_deref())).collect();
        let down = Some("desc");
        assert_eq!(read, [(1, Some("orderby.placed_at"), down), (2, Some("orderby.total"), down)]);
    }
}
