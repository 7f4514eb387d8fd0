//! What single values are, by the names that services give them.

use kontor_model::FieldType;
use kontor_model::service::Form;

use super::types::{Kind, Type};
use crate::service::names::folded;

/// What the values of a scalar or an enumeration are, and how they are written.
pub(super) fn scalar(ty: &Type) -> (FieldType, Form) {
    if ty.kind == Kind::Enum {
        return (FieldType::Enum { choices: ty.choices() }, Form::Text);
    }
    let decimal = FieldType::Decimal { precision: None, scale: None };
    match folded(&ty.name).as_str() {
        "int" | "integer" | "int32" => (FieldType::int(32, false), Form::Number),
        "unsignedint" | "nonnegativeint" | "positiveint" => {
            (FieldType::int(32, true), Form::Number)
        }
        "smallint" | "int16" | "short" => (FieldType::int(16, false), Form::Number),
        // JavaScript would spoil them as numbers; whoever has them takes them as texts.
        "bigint" | "long" | "int64" => (FieldType::int(64, false), Form::Text),
        "float" | "double" | "float8" | "money" | "positivedecimal" => (decimal, Form::Number),
        "decimal" | "bigdecimal" | "bigfloat" | "numeric" => (decimal, Form::Text),
        "boolean" | "bool" => (FieldType::Bool, Form::Bool),
        "date" | "localdate" => (FieldType::Date, Form::Text),
        "datetime" | "timestamptz" | "iso8601datetime" | "instant" | "offsetdatetime"
        | "zoneddatetime" | "awsdatetime" => (FieldType::Instant, Form::Text),
        "timestamp" | "localdatetime" | "naivedatetime" => (FieldType::DateTime, Form::Text),
        "time" | "localtime" => (FieldType::Time { zone: false }, Form::Text),
        "uuid" | "guid" => (FieldType::Uuid, Form::Text),
        "json" | "jsonb" | "jsonobject" | "jsonstring" | "object" | "map" | "any" | "metadata"
        | "hash" | "genericscalar" => (FieldType::Json { binary: false }, Form::Json),
        _ => (FieldType::text(), Form::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> (FieldType, Form) {
        scalar(&Type { name: name.into(), ..Type::default() })
    }

    #[test]
    fn what_a_number_would_spoil_is_written_as_a_text() {
        assert_eq!(of("BigInt"), (FieldType::int(64, false), Form::Text));
        assert_eq!(of("BigFloat").1, Form::Text);
        assert_eq!(of("Int"), (FieldType::int(32, false), Form::Number));
        assert_eq!(of("Datetime"), (FieldType::Instant, Form::Text));
        assert_eq!(of("EmailAddress"), (FieldType::text(), Form::Text));
    }
}
