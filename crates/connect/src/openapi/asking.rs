//! The parameters that ask a list for what a condition asks.

use kontor_model::service::{Ability, Filtering, Rest, Several};
use kontor_model::{Comparison, FieldType, Resource, Test, Value};

use crate::error::{Failure, FailureKind};
use crate::json::outward;
use crate::service::asking::beside;

/// A parameter with its value.
pub(super) type Pair = (String, String);

/// The parameters that ask for a test of a field.
///
/// # Errors
/// [`FailureKind::Invalid`] when the service does not offer it.
pub(super) fn parameters(
    resource: &Resource,
    rest: &Rest,
    field: usize,
    test: &Test,
) -> Result<Vec<Pair>, Failure> {
    let ty = &resource.fields[field].ty;
    let filters = || rest.list.iter().flat_map(|list| &list.filters).filter(|f| f.field == field);
    let offered = |test: Ability| filters().find(|filter| filter.test == test);
    let wrong = || {
        let name = &resource.fields[field].name;
        let detail = format!("the service cannot be asked that of “{name}”");
        Failure::new(FailureKind::Invalid, detail)
    };
    let one = |filter: &Filtering, value: &Value| {
        let text = value.to_text().ok_or_else(wrong)?;
        Ok((filter.parameter.clone(), outward(&text, ty)))
    };
    let lower = |value: &Value| match (offered(Ability::AtLeast), offered(Ability::Above)) {
        (Some(filter), _) => one(filter, value),
        (None, Some(filter)) => one(filter, &beside(value, ty, -1).ok_or_else(wrong)?),
        _ => Err(wrong()),
    };
    let upper = |value: &Value| match (offered(Ability::Below), offered(Ability::AtMost)) {
        (Some(filter), _) => one(filter, value),
        (None, Some(filter)) => one(filter, &beside(value, ty, -1).ok_or_else(wrong)?),
        _ => Err(wrong()),
    };
    let by = |ability: Ability, value: &Value| one(offered(ability).ok_or_else(wrong)?, value);
    let part = |ability: Ability, text: &str, before: &str| {
        let filter = offered(ability).ok_or_else(wrong)?;
        let text =
            if filter.pattern { format!("{before}{}%", literal(text)) } else { text.to_owned() };
        one(filter, &Value::Text(text))
    };
    Ok(match test {
        Test::Compare(Comparison::Eq, value) => {
            vec![match offered(Ability::Equal).or_else(|| offered(Ability::OneOf)) {
                Some(filter) => one(filter, value)?,
                None => return Err(wrong()),
            }]
        }
        Test::Compare(Comparison::Ne, value) => vec![by(Ability::Unequal, value)?],
        Test::Compare(Comparison::Ge, value) => vec![lower(value)?],
        Test::Compare(Comparison::Lt, value) => vec![upper(value)?],
        Test::Compare(Comparison::Gt, value) => vec![match offered(Ability::Above) {
            Some(filter) => one(filter, value)?,
            None => lower(&beside(value, ty, 1).ok_or_else(wrong)?)?,
        }],
        Test::Compare(Comparison::Le, value) => vec![match offered(Ability::AtMost) {
            Some(filter) => one(filter, value)?,
            None => upper(&beside(value, ty, 1).ok_or_else(wrong)?)?,
        }],
        Test::Within(low, high) => vec![lower(low)?, upper(high)?],
        Test::In(values) => match (offered(Ability::OneOf), values.as_slice()) {
            (_, [value]) => vec![by(Ability::Equal, value)?],
            (Some(filter), values) => several(filter, values, ty).ok_or_else(wrong)?,
            _ => return Err(wrong()),
        },
        Test::Contains(text) => vec![part(Ability::Contains, text, "%")?],
        Test::StartsWith(text) => vec![part(Ability::Begins, text, "")?],
        _ => return Err(wrong()),
    })
}

/// A text in a pattern of SQL that stands for itself.
fn literal(text: &str) -> String {
    let escaped = |c: char| {
        let escape = matches!(c, '%' | '_' | '\\').then_some('\\');
        escape.into_iter().chain(std::iter::once(c))
    };
    text.chars().flat_map(escaped).collect()
}

fn several(filter: &Filtering, values: &[Value], ty: &FieldType) -> Option<Vec<Pair>> {
    let texts: Option<Vec<String>> =
        values.iter().map(|value| Some(outward(&value.to_text()?, ty))).collect();
    let texts = texts?;
    match filter.several {
        Some(Several::Repeated) => {
            Some(texts.into_iter().map(|text| (filter.parameter.clone(), text)).collect())
        }
        // A value with a comma in it would be two.
        _ if texts.iter().any(|text| text.contains(',')) => None,
        _ => Some(vec![(filter.parameter.clone(), texts.join(","))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_a_pattern_stands_for_itself() {
        assert_eq!(literal("50 %_\\"), "50 \\%\\_\\\\");
    }
}
