//! What an example shows, where nothing describes it.

use kontor_model::FieldType;
use kontor_model::service::Form;
use yaml_serde::Value;

use super::shape::{Facts, Member, Scalar, Shape, merged};

/// The shape of an example: every member may be missing, for one example promises nothing.
pub(super) fn shape(example: &Value) -> Shape {
    match example {
        Value::Mapping(mapping) => {
            let member = |(name, value): (&Value, &Value)| {
                Some(Member {
                    name: name.as_str()?.to_owned(),
                    shape: shape(value),
                    facts: Facts { nullable: true, ..Facts::default() },
                })
            };
            Shape::Object(mapping.iter().filter_map(member).collect())
        }
        Value::Sequence(list) => {
            let elements = list.iter().map(shape).reduce(|a, b| match (a, b) {
                (Shape::Object(a), Shape::Object(b)) => Shape::Object(merged(a, b)),
                (a, _) => a,
            });
            Shape::List(Box::new(elements.unwrap_or(Shape::Free)))
        }
        Value::String(text) => scalar(of_text(text), Form::Text, "string"),
        Value::Bool(_) => scalar(FieldType::Bool, Form::Bool, "boolean"),
        Value::Number(number) if number.is_f64() => {
            scalar(FieldType::Decimal { precision: None, scale: None }, Form::Number, "number")
        }
        Value::Number(_) => scalar(FieldType::int(64, false), Form::Number, "integer"),
        Value::Null | Value::Tagged(_) => Shape::Free,
    }
}

fn scalar(ty: FieldType, form: Form, native: &str) -> Shape {
    Shape::Scalar(Scalar { ty, form, native: native.to_owned() })
}

fn of_text(text: &str) -> FieldType {
    let is = |ty: FieldType| ty.parse(text).is_ok().then_some(ty);
    let is_long = text.len() >= 10 && text.as_bytes()[0].is_ascii_digit();
    let temporal = || is(FieldType::Date).or_else(|| is(FieldType::Instant));
    is_long.then(temporal).flatten().unwrap_or_else(FieldType::text)
}
