//! Gives a filter meaning for a resource: names are looked up, texts become typed values.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::period::Period;
use super::{FieldTest, Filter, Operator};
use crate::condition::{Comparison, Condition, Test};
use crate::field_type::{FieldType, InvalidInput};
use crate::name::ResourceName;
use crate::schema::{Field, Resource};
use crate::service::Ability;
use crate::value::Value;

/// A filter does not fit the resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// No field of the name, or none that the reader may see.
    #[error("“{resource}” has no field “{name}”")]
    UnknownField {
        /// The name that was not found.
        name: String,
        /// The resource it was looked for in.
        resource: String,
    },
    /// No link of the name.
    #[error("“{resource}” has no link “{name}”")]
    UnknownLink {
        /// The name that was not found.
        name: String,
        /// The resource it was looked for in.
        resource: String,
    },
    /// The operator makes no sense for the field's type.
    #[error("“{symbol}” cannot be asked of “{field}”")]
    Operator {
        /// The operator.
        symbol: &'static str,
        /// The field.
        field: String,
    },
    /// The backend is a service that does not offer it.
    #[error("the service cannot be asked for “{symbol}” of “{field}”")]
    NotOffered {
        /// The operator.
        symbol: &'static str,
        /// The field.
        field: String,
    },
    /// The backend is a service that takes only conditions that all hold.
    #[error(
        "the service of “{resource}” can only be asked for records that satisfy all conditions at once, without “or” and “not”"
    )]
    OnlyAll {
        /// The resource.
        resource: String,
    },
    /// The operand is not a value of the field's type.
    #[error("“{field}”: {problem}")]
    Value {
        /// The field.
        field: String,
        /// What is wrong with the value.
        problem: InvalidInput,
    },
    /// The words name no period.
    #[error("“{field}”: “{text}” is no period such as today, last 7 days, this month, 2026-11")]
    Period {
        /// The field.
        field: String,
        /// What was given.
        text: String,
    },
}

/// Where a link leads.
pub struct Hop<'a> {
    /// The resource at the other end.
    pub resource: &'a Resource,
    /// Pairs of fields, here and there.
    pub on: Vec<(usize, usize)>,
}

/// What a filter may name: fields that may be seen and links that may be followed.
pub trait Names {
    /// The field's index, if the reader may filter by it.
    fn field(&self, resource: &Resource, name: &str) -> Option<usize>;
    /// Where the link of a resource leads, if the reader may go there.
    fn link(&self, resource: &Resource, name: &str) -> Option<Hop<'_>>;
}

/// When and where “today” is.
pub struct Moment<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// The reader's time zone.
    pub zone: &'a TimeZone,
}

/// The condition that a filter means for a resource.
///
/// # Errors
/// [`BindError`] names the field and what is wrong.
pub fn bind(
    filter: &Filter,
    resource: &Resource,
    names: &dyn Names,
    moment: &Moment<'_>,
) -> Result<Condition, BindError> {
    let each = |parts: &[Filter]| {
        parts.iter().map(|part| bind(part, resource, names, moment)).collect::<Result<Vec<_>, _>>()
    };
    let alternative = match filter {
        Filter::Any(parts) => parts.len() > 1,
        Filter::Not(_) => true,
        Filter::All(_) | Filter::Test(_) => false,
    };
    if alternative && resource.service.is_some() {
        return Err(BindError::OnlyAll { resource: resource.name.to_string() });
    }
    Ok(match filter {
        Filter::All(parts) => Condition::All(each(parts)?),
        Filter::Any(parts) => Condition::Any(each(parts)?),
        Filter::Not(inner) => Condition::Not(Box::new(bind(inner, resource, names, moment)?)),
        Filter::Test(test) => bind_path(test, &test.path, resource, names, moment)?,
    })
}

fn bind_path(
    test: &FieldTest,
    path: &[String],
    resource: &Resource,
    names: &dyn Names,
    moment: &Moment<'_>,
) -> Result<Condition, BindError> {
    // Fields of services have dots in their names: `address.city`.
    if let Some(field) = names.field(resource, &path.join(".")) {
        return bind_test(test, field, &resource.fields[field], moment);
    }
    let (name, rest) = path.split_first().ok_or_else(|| unknown_field("", &resource.name))?;
    if rest.is_empty() {
        return Err(unknown_field(name, &resource.name));
    }
    let hop = names.link(resource, name).ok_or_else(|| BindError::UnknownLink {
        name: name.clone(),
        resource: resource.name.to_string(),
    })?;
    let inner = bind_path(test, rest, hop.resource, names, moment)?;
    Ok(Condition::Linked { target: hop.resource.name.clone(), on: hop.on, inner: Box::new(inner) })
}

fn unknown_field(name: &str, resource: &ResourceName) -> BindError {
    BindError::UnknownField { name: name.to_owned(), resource: resource.to_string() }
}

/// Whether an operator can be asked of a field.
#[must_use]
pub fn suits(operator: Operator, field: &Field) -> bool {
    use Operator as O;
    let ty = &field.ty;
    if !is_offered(operator, field) {
        return false;
    }
    match operator {
        O::IsNull | O::IsNotNull => true,
        O::IsEmpty | O::IsNotEmpty => {
            ty.is_textual()
                || matches!(
                    ty,
                    FieldType::Bytes
                        | FieldType::Array { .. }
                        | FieldType::Json { .. }
                        | FieldType::Any
                )
        }
        O::Eq | O::Ne | O::In | O::NotIn => {
            (field.comparable || field.tests.is_some()) && *ty != FieldType::Other
        }
        O::Lt | O::Le | O::Gt | O::Ge | O::Between => {
            (field.sortable || field.tests.is_some())
                && !matches!(
                    ty,
                    FieldType::Bool
                        | FieldType::Other
                        | FieldType::Json { .. }
                        | FieldType::Array { .. }
                        | FieldType::Set { .. }
                        | FieldType::Bytes
                )
        }
        O::Contains => ty.is_textual() || is_searchable_as_text(ty),
        O::StartsWith | O::EndsWith => matches!(ty, FieldType::Text { .. } | FieldType::Any),
        O::Has => matches!(ty, FieldType::Array { .. } | FieldType::Set { .. }),
        O::During => ty.is_temporal(),
    }
}

/// Whether the backend offers a test; databases offer all that suit the type.
fn is_offered(operator: Operator, field: &Field) -> bool {
    use Ability as A;
    use Operator as O;
    let Some(tests) = &field.tests else { return true };
    // Where values can be counted off, “below 5” is “at most 4”.
    let counted = matches!(field.ty, FieldType::Int { .. } | FieldType::Date | FieldType::Instant);
    let any = |abilities: &[A]| abilities.iter().any(|ability| tests.contains(ability));
    let either = |exact: A, near: A| any(&[exact]) || (counted && any(&[near]));
    match operator {
        O::Eq => any(&[A::Equal, A::OneOf]),
        O::Ne => any(&[A::Unequal]),
        O::In => any(&[A::OneOf]),
        O::Gt => either(A::Above, A::AtLeast),
        O::Ge => either(A::AtLeast, A::Above),
        O::Lt => either(A::Below, A::AtMost),
        O::Le => either(A::AtMost, A::Below),
        O::Between => either(A::AtLeast, A::Above) && either(A::AtMost, A::Below),
        O::During => either(A::AtLeast, A::Above) && either(A::Below, A::AtMost),
        O::Contains => any(&[A::Contains]),
        O::StartsWith => any(&[A::Begins]),
        O::NotIn | O::EndsWith | O::Has | O::IsNull | O::IsNotNull | O::IsEmpty | O::IsNotEmpty => {
            false
        }
    }
}

/// Types whose text one may look into although it is not text.
fn is_searchable_as_text(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Json { .. }
            | FieldType::Array { .. }
            | FieldType::Network
            | FieldType::Uuid
            | FieldType::Any
            | FieldType::Other
    )
}

fn bind_test(
    test: &FieldTest,
    index: usize,
    field: &Field,
    moment: &Moment<'_>,
) -> Result<Condition, BindError> {
    use Operator as O;
    if !is_offered(test.operator, field) {
        return Err(BindError::NotOffered {
            symbol: test.operator.symbol(),
            field: field.name.clone(),
        });
    }
    if !suits(test.operator, field) {
        return Err(BindError::Operator {
            symbol: test.operator.symbol(),
            field: field.name.clone(),
        });
    }
    let invalid = |problem| BindError::Value { field: field.name.clone(), problem };
    let one = || test.operands.first().map_or("", String::as_str);
    let value = |text: &str| operand(&field.ty, text, moment).map_err(invalid);
    let values = || test.operands.iter().map(|text| value(text)).collect::<Result<Vec<_>, _>>();
    let compare = |comparison| {
        let value = value(one())?;
        Ok(Condition::Field(index, Test::Compare(comparison, value)))
    };
    let not = |test| Condition::Not(Box::new(Condition::Field(index, test)));
    Ok(match test.operator {
        O::Eq => return compare(Comparison::Eq),
        O::Ne => return compare(Comparison::Ne),
        O::Lt => return compare(Comparison::Lt),
        O::Le => return compare(Comparison::Le),
        O::Gt => return compare(Comparison::Gt),
        O::Ge => return compare(Comparison::Ge),
        O::In => Condition::Field(index, Test::In(values()?)),
        O::NotIn => Condition::Field(index, Test::NotIn(values()?)),
        O::Between => {
            let mut bounds = values()?.into_iter();
            let (low, high) =
                (bounds.next().unwrap_or_default(), bounds.next().unwrap_or_default());
            Condition::All(vec![
                Condition::Field(index, Test::Compare(Comparison::Ge, low)),
                Condition::Field(index, Test::Compare(Comparison::Le, high)),
            ])
        }
        O::Contains => Condition::Field(index, Test::Contains(one().to_owned())),
        O::StartsWith => Condition::Field(index, Test::StartsWith(one().to_owned())),
        O::EndsWith => Condition::Field(index, Test::EndsWith(one().to_owned())),
        O::Has => {
            let value = match &field.ty {
                FieldType::Array { element } => element.parse(one()).map_err(invalid)?,
                other => other.parse(one()).map_err(invalid)?,
            };
            Condition::Field(index, Test::Has(value))
        }
        O::During => {
            let period = Period::parse(one(), moment.now, moment.zone).ok_or_else(|| {
                BindError::Period { field: field.name.clone(), text: one().to_owned() }
            })?;
            let bound = |at: DateTime| local_value(&field.ty, at, moment.zone);
            Condition::Field(index, Test::Within(bound(period.from), bound(period.to)))
        }
        O::IsNull => Condition::Field(index, Test::Null),
        O::IsNotNull => not(Test::Null),
        O::IsEmpty => Condition::Field(index, Test::Empty),
        O::IsNotEmpty => not(Test::Empty),
    })
}

/// A point in time without an offset is meant in the reader's zone; so is a day.
fn operand(ty: &FieldType, text: &str, moment: &Moment<'_>) -> Result<Value, InvalidInput> {
    if *ty == FieldType::Instant {
        let local = text.trim().replacen(' ', "T", 1);
        let local = local.parse::<DateTime>().ok().filter(|_| !has_offset(&local));
        if let Some(local) = local {
            return Ok(local_value(ty, local, moment.zone));
        }
    }
    if *ty == FieldType::DateTime && text.trim().len() == 10 {
        return ty.parse(&format!("{} 00:00:00", text.trim()));
    }
    ty.parse(text)
}

fn has_offset(text: &str) -> bool {
    text.get(10..).is_some_and(|clock| clock.contains(['+', '-', 'Z', 'z']))
}

/// A local moment in the form that the field holds.
fn local_value(ty: &FieldType, at: DateTime, zone: &TimeZone) -> Value {
    match ty {
        FieldType::Date => Value::Text(at.date().to_string()),
        FieldType::Instant => {
            let stamp = zone.to_ambiguous_timestamp(at).compatible();
            let utc = stamp.map_or(at, |stamp| stamp.to_zoned(TimeZone::UTC).datetime());
            Value::Text(format!("{} {}+00", utc.date(), utc.time()))
        }
        _ => Value::Text(format!("{} {}", at.date(), at.time())),
    }
}
