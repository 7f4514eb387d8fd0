//! What a condition becomes among the arguments of a list, as far as the schema offers it.

use kontor_model::service::{Ability, Form, GraphFilter, GraphList, GraphSorting};
use kontor_model::{Comparison, Resource, Sort, Test, Value};
use serde_json::value::RawValue;

use super::printing::list;
use crate::error::{Failure, FailureKind};
use crate::json;
use crate::service::asking::beside;

/// A value with its place among the arguments.
pub(super) type Given = (Vec<String>, Box<RawValue>);

fn invalid(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Invalid, detail)
}

/// A number as it is written.
pub(super) fn number(number: u64) -> Box<RawValue> {
    // A number is JSON.
    RawValue::from_string(number.to_string()).unwrap_or_default()
}

/// A text as it is written.
pub(super) fn text(text: &str) -> Box<RawValue> {
    RawValue::from_string(json::quoted(text)).unwrap_or_default()
}

/// The arguments that ask for a test of a field.
///
/// # Errors
/// [`FailureKind::Invalid`] when the service does not offer it.
pub(super) fn tested(
    resource: &Resource,
    listing: &GraphList,
    field: usize,
    test: &Test,
) -> Result<Vec<Given>, Failure> {
    let ty = &resource.fields[field].ty;
    let offered = |test: Ability| {
        listing.filters.iter().find(|filter| filter.field == field && filter.test == test)
    };
    let wrong = || {
        invalid(format!("the service cannot be asked that of “{}”", resource.fields[field].name))
    };
    let write = |filter: &GraphFilter, value: &Value| -> Result<Box<RawValue>, Failure> {
        json::written(value, ty, filter.form).ok_or_else(wrong)
    };
    let one = |filter: &GraphFilter, value: &Value| -> Result<Given, Failure> {
        let written = write(filter, value)?;
        let written = if filter.several { list(&[written]).ok_or_else(wrong)? } else { written };
        Ok((filter.path.clone(), written))
    };
    let by = |ability: Ability, value: &Value| one(offered(ability).ok_or_else(wrong)?, value);
    let near = |value: &Value, step: i64| beside(value, ty, step).ok_or_else(wrong);
    let lower = |value: &Value| match (offered(Ability::AtLeast), offered(Ability::Above)) {
        (Some(filter), _) => one(filter, value),
        (None, Some(filter)) => one(filter, &near(value, -1)?),
        _ => Err(wrong()),
    };
    let upper = |value: &Value| match (offered(Ability::Below), offered(Ability::AtMost)) {
        (Some(filter), _) => one(filter, value),
        (None, Some(filter)) => one(filter, &near(value, -1)?),
        _ => Err(wrong()),
    };
    let part = |ability: Ability, words: &str| -> Result<Given, Failure> {
        let filter = offered(ability).ok_or_else(wrong)?;
        let words = if filter.pattern { pattern(ability, words) } else { words.to_owned() };
        Ok((
            filter.path.clone(),
            json::written(&Value::Text(words), ty, Form::Text).ok_or_else(wrong)?,
        ))
    };
    Ok(match test {
        Test::Compare(Comparison::Eq, value) => {
            vec![one(
                offered(Ability::Equal).or_else(|| offered(Ability::OneOf)).ok_or_else(wrong)?,
                value,
            )?]
        }
        Test::Compare(Comparison::Ne, value) => vec![by(Ability::Unequal, value)?],
        Test::Compare(Comparison::Ge, value) => vec![lower(value)?],
        Test::Compare(Comparison::Lt, value) => vec![upper(value)?],
        Test::Compare(Comparison::Gt, value) => vec![match offered(Ability::Above) {
            Some(filter) => one(filter, value)?,
            None => lower(&near(value, 1)?)?,
        }],
        Test::Compare(Comparison::Le, value) => vec![match offered(Ability::AtMost) {
            Some(filter) => one(filter, value)?,
            None => upper(&near(value, 1)?)?,
        }],
        Test::Within(low, high) => vec![lower(low)?, upper(high)?],
        Test::In(values) => match (offered(Ability::OneOf), values.as_slice()) {
            (None, [value]) => vec![by(Ability::Equal, value)?],
            (Some(filter), values) => {
                let written: Vec<Box<RawValue>> =
                    values.iter().map(|value| write(filter, value)).collect::<Result<_, _>>()?;
                vec![(filter.path.clone(), list(&written).ok_or_else(wrong)?)]
            }
            _ => return Err(wrong()),
        },
        Test::Contains(words) => vec![part(Ability::Contains, words)?],
        Test::StartsWith(words) => vec![part(Ability::Begins, words)?],
        _ => return Err(wrong()),
    })
}

/// A text within or at the beginning of others, as `ILIKE` has it.
fn pattern(ability: Ability, words: &str) -> String {
    let plain = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    match ability {
        Ability::Begins => format!("{plain}%"),
        _ => format!("%{plain}%"),
    }
}

/// The arguments for an order.
///
/// # Errors
/// [`FailureKind::Invalid`] when the service does not offer it.
pub(super) fn sorted(sorting: Option<&GraphSorting>, sort: &[Sort]) -> Result<Vec<Given>, Failure> {
    let Some(first) = sort.first() else { return Ok(Vec::new()) };
    let missing = || invalid("the service does not order its list so");
    let sorting = sorting.ok_or_else(missing)?;
    let word = |step: &Sort| {
        let order = sorting.orders.iter().find(|order| order.field == step.field);
        let word =
            order.and_then(
                |order| if step.descending { order.down.as_ref() } else { order.up.as_ref() },
            );
        RawValue::from_string(word.ok_or_else(missing)?.clone()).map_err(|_| missing())
    };
    let mut given = Vec::new();
    if sorting.several {
        let words: Vec<Box<RawValue>> = sort.iter().map(word).collect::<Result<_, _>>()?;
        given.push((sorting.path.clone(), list(&words).ok_or_else(missing)?));
    } else {
        given.push((sorting.path.clone(), word(first)?));
    }
    if let Some((path, up, down)) = &sorting.direction {
        let way = if first.descending { down } else { up };
        given.push((path.clone(), RawValue::from_string(way.clone()).map_err(|_| missing())?));
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_patterns_in_a_text_mean_themselves() {
        assert_eq!(pattern(Ability::Contains, "50% off_"), "%50\\% off\\_%");
        assert_eq!(pattern(Ability::Begins, "a"), "a%");
    }

    #[test]
    fn a_list_is_ordered_by_what_its_schema_names() {
        let order = kontor_model::service::Order {
            field: 1,
            up: Some("\"TOTAL_ASC\"".into()),
            down: None,
            parameter: None,
        };
        let sorting = GraphSorting {
            path: vec!["orderBy".into()],
            several: true,
            direction: None,
            orders: vec![order],
        };
        let sort = |descending| [Sort { field: 1, descending }];
        let given = sorted(Some(&sorting), &sort(false)).expect("offered");
        assert_eq!(given[0].1.get(), "[\"TOTAL_ASC\"]");
        assert!(sorted(Some(&sorting), &sort(true)).is_err());
        assert!(sorted(None, &sort(false)).is_err());
    }
}
