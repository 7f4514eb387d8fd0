//! What a body says about the fields of a record.

use kontor_model::{FieldType, Resource, Value};
use kontor_office::{EditRequest, Input, OfficeError};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::members::Members;

/// What fields shall hold: each value as it was written, so that no number is rounded.
pub(super) type Wanted = Members<Box<RawValue>>;

/// A new record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"set": {"number": "2026-1001", "total": 12.50, "note": null}}))]
pub(super) struct NewRecord {
    /// Fields with what they shall hold. Fields that are left out get the database's default.
    #[schema(value_type = std::collections::BTreeMap<String, super::json::AnyValue>)]
    set: Wanted,
}

impl NewRecord {
    pub(super) fn inputs(&self, resource: &Resource) -> Result<Vec<(String, Input)>, OfficeError> {
        inputs(&self.set, resource)
    }
}

/// An edit of a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"set": {"status": "paid"}, "expect": {"status": "topen"}}))]
pub(super) struct RecordEdit {
    /// Fields with what they shall hold, as the database holds it.
    #[schema(value_type = std::collections::BTreeMap<String, super::json::AnyValue>)]
    set: Wanted,
    /// Fields with what a person typed for them: numbers, days and times in the notation of your
    /// language and time zone, amounts in their major unit. Null is no value.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Option<String>>)]
    pub(super) entered: Members<Option<String>>,
    /// Fields with what they were seen to hold, in the tagged form in which records give it. A
    /// field that holds something else by now is a conflict, and nothing is written.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    expect: Members<String>,
    /// The version of the record that was seen.
    #[serde(default)]
    pub(super) version: Option<String>,
}

impl RecordEdit {
    pub(super) fn edit(&self, resource: &Resource) -> Result<EditRequest, OfficeError> {
        Ok(EditRequest {
            set: inputs(&self.set, resource)?,
            expect: expected(&self.expect)?,
            version: None,
        })
    }
}

/// What must be so for a record to be deleted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"expect": {"status": "tcancelled"}}))]
pub(super) struct Deletion {
    /// Fields with what they were seen to hold, in their tagged form.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    expect: Members<String>,
}

impl Deletion {
    pub(super) fn expected(&self) -> Result<Vec<(String, Value)>, OfficeError> {
        expected(&self.expect)
    }
}

fn expected(members: &Members<String>) -> Result<Vec<(String, Value)>, OfficeError> {
    let each = members.0.iter().map(|(name, tagged)| {
        let problem =
            || format!("“{name}”: “{tagged}” is no tagged value; take it from the record");
        let value = Value::from_tagged(tagged)
            .ok_or_else(|| OfficeError::Parameter { what: "expect", problem: problem() })?;
        Ok((name.clone(), value))
    });
    each.collect()
}

/// The values of a body as the office takes them. Whether a field is there and may be written is
/// the office's to say.
pub(super) fn inputs(
    wanted: &Wanted,
    resource: &Resource,
) -> Result<Vec<(String, Input)>, OfficeError> {
    let each = wanted.0.iter().map(|(name, raw)| {
        let ty = resource.field(name).map(|field| &field.ty);
        input(name, raw, ty).map(|input| (name.clone(), input))
    });
    each.collect()
}

pub(super) fn input(
    name: &str,
    raw: &RawValue,
    ty: Option<&FieldType>,
) -> Result<Input, OfficeError> {
    let text = raw.get();
    let wrong = |problem: &str| OfficeError::Parameter {
        what: "set",
        problem: format!("“{name}”: {problem}"),
    };
    match text.as_bytes().first() {
        Some(b'n') => Ok(Input::Null),
        Some(b'"') => {
            serde_json::from_str(text).map(Input::Text).map_err(|error| wrong(&error.to_string()))
        }
        Some(b'{') if ty == Some(&FieldType::Bytes) => base16(text)
            .map(Input::Text)
            .ok_or_else(|| wrong("write bytes as {\"base16\": \"…\"}; a size alone is no value")),
        Some(b'{' | b'[') if !matches!(ty, Some(FieldType::Json { .. }) | None) => {
            Err(wrong("takes a text, a number, true, false or null; only JSON fields take more"))
        }
        // Numbers, truth values and JSON go on as they were written.
        _ => Ok(Input::Text(text.to_owned())),
    }
}

fn base16(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Bytes {
        base16: String,
    }
    serde_json::from_str::<Bytes>(text).ok().map(|bytes| bytes.base16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str, ty: &FieldType) -> Result<Input, OfficeError> {
        let raw = RawValue::from_string(text.to_owned()).expect("JSON");
        input("f", &raw, Some(ty))
    }

    #[test]
    fn a_number_goes_on_as_it_was_written() {
        let decimal = FieldType::Decimal { precision: None, scale: None };
        for text in ["12345678901234567890.10", "1.50", "9223372036854775807"] {
            assert_eq!(given(text, &decimal).expect("an input"), Input::Text(text.into()));
        }
    }

    #[test]
    fn null_an_empty_text_and_the_word_null_stay_apart() {
        let ty = FieldType::text();
        assert_eq!(given("null", &ty).expect("an input"), Input::Null);
        assert_eq!(given("\"\"", &ty).expect("an input"), Input::Text(String::new()));
        assert_eq!(given("\"null\"", &ty).expect("an input"), Input::Text("null".into()));
    }

    #[test]
    fn an_object_is_for_json_and_bytes_only() {
        let json = FieldType::Json { binary: true };
        assert_eq!(given("{\"a\":1.0}", &json).expect("JSON"), Input::Text("{\"a\":1.0}".into()));
        assert_eq!(
            given("{\"base16\":\"00ff\"}", &FieldType::Bytes).expect("bytes"),
            Input::Text("00ff".into())
        );
        assert!(given("{\"bytes\":12}", &FieldType::Bytes).is_err());
        assert!(given("[1]", &FieldType::text()).is_err());
    }

    #[test]
    fn a_field_that_stands_twice_is_refused() {
        let error = serde_json::from_str::<NewRecord>("{\"set\":{\"a\":1,\"a\":2}}");
        assert!(error.expect_err("refused").to_string().contains("“a” stands twice"));
    }
}
