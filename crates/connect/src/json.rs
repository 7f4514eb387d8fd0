//! JSON without loss: numbers keep all of their digits, and what is not taken apart stays the text
//! that it was.

use std::fmt;

use kontor_model::service::Form;
use kontor_model::{FieldType, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Taker;
        impl<'de> Visitor<'de> for Taker {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(16));
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Taker)
    }
}

struct Elements<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Elements<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Taker;
        impl<'de> Visitor<'de> for Taker {
            type Value = Elements<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    elements.push(element);
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(Taker)
    }
}

/// The members of an object; none where it is something else.
pub(crate) fn members(raw: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    if !raw.get().starts_with('{') {
        return None;
    }
    serde_json::from_str::<Members<'_>>(raw.get()).ok().map(|members| members.0)
}

/// The elements of a list; none where it is something else.
pub(crate) fn elements(raw: &RawValue) -> Option<Vec<&RawValue>> {
    if !raw.get().starts_with('[') {
        return None;
    }
    serde_json::from_str::<Elements<'_>>(raw.get()).ok().map(|elements| elements.0)
}

/// What names lead to.
pub(crate) fn at<'a>(raw: &'a RawValue, path: &[String]) -> Option<&'a RawValue> {
    let mut here = raw;
    for name in path {
        here = member(here, name)?;
    }
    Some(here)
}

fn member<'a>(raw: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    members(raw)?.into_iter().find(|(own, _)| own == name).map(|(_, value)| value)
}

/// The text of a text, the digits of a number; none for everything else.
pub(crate) fn plain(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first()? {
        b'"' => serde_json::from_str(raw.get()).ok(),
        b'-' | b'0'..=b'9' => Some(raw.get().to_owned()),
        _ => None,
    }
}

/// The fields that are wanted of a record, by the names that lead to them.
pub(crate) struct Wanted<'a> {
    children: Vec<(&'a str, Wanted<'a>)>,
    /// Places in the row, each with the type.
    here: Vec<(usize, &'a FieldType)>,
}

impl<'a> Wanted<'a> {
    /// Nothing yet.
    pub(crate) fn nothing() -> Self {
        Self { children: Vec::new(), here: Vec::new() }
    }

    /// Also this: the place in the row, the names, the type.
    pub(crate) fn add(&mut self, place: usize, path: &'a [String], ty: &'a FieldType) {
        let Some((name, rest)) = path.split_first() else {
            self.here.push((place, ty));
            return;
        };
        let at = match self.children.iter().position(|(own, _)| own == name) {
            Some(at) => at,
            None => {
                self.children.push((name, Self::nothing()));
                self.children.len() - 1
            }
        };
        self.children[at].1.add(place, rest, ty);
    }

    /// Puts the values of a record into their places.
    pub(crate) fn take(&self, raw: &RawValue, row: &mut [Value]) {
        for &(place, ty) in &self.here {
            row[place] = value(raw, ty);
        }
        if self.children.is_empty() {
            return;
        }
        for (name, inner) in members(raw).unwrap_or_default() {
            if let Some((_, wanted)) = self.children.iter().find(|(own, _)| *own == name) {
                wanted.take(inner, row);
            }
        }
    }
}

/// A value of a type, as exactly as it was written. What is not of the type stays a text, so that
/// it is seen.
pub(crate) fn value(raw: &RawValue, ty: &FieldType) -> Value {
    let text = raw.get();
    if text == "null" {
        return Value::Null;
    }
    if matches!(ty, FieldType::Json { .. }) {
        return Value::Text(text.to_owned());
    }
    match text.as_bytes().first() {
        Some(b'"') => of_text(serde_json::from_str(text).unwrap_or_default(), ty),
        Some(b't' | b'f') => match ty {
            FieldType::Text { .. } | FieldType::Enum { .. } => Value::Text(text.to_owned()),
            _ => Value::Bool(text == "true"),
        },
        Some(b'-' | b'0'..=b'9') => of_number(text, ty),
        _ => Value::Text(text.to_owned()),
    }
}

fn of_text(text: String, ty: &FieldType) -> Value {
    match ty {
        FieldType::Text { .. } | FieldType::Enum { .. } | FieldType::Any | FieldType::Other => {
            Value::Text(text)
        }
        _ => ty.parse(&text).unwrap_or(Value::Text(text)),
    }
}

fn of_number(text: &str, ty: &FieldType) -> Value {
    if matches!(ty, FieldType::Text { .. } | FieldType::Enum { .. }) {
        return Value::Text(text.to_owned());
    }
    if let Ok(number) = text.parse::<i64>()
        && !matches!(ty, FieldType::Decimal { .. })
    {
        return Value::Int(number);
    }
    if let Ok(number) = text.parse::<u64>()
        && !matches!(ty, FieldType::Decimal { .. })
    {
        return Value::UInt(number);
    }
    Value::Decimal(without_exponent(text).unwrap_or_else(|| text.to_owned()))
}

/// `1.25e3` as `1250`; none where that would be absurdly long.
fn without_exponent(text: &str) -> Option<String> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Some(text.to_owned());
    };
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.abs() <= 400)?;
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let length = i32::try_from(all.len()).ok()?;
    let zeros = |count: i32| "0".repeat(usize::try_from(count.max(0)).unwrap_or_default());
    let plain = if point <= 0 {
        format!("0.{}{all}", zeros(-point))
    } else if point >= length {
        format!("{all}{}", zeros(point - length))
    } else {
        let (before, after) = all.split_at(usize::try_from(point).ok()?);
        format!("{before}.{after}")
    };
    let trimmed = plain.trim_start_matches('0');
    let lead = if trimmed.is_empty() || trimmed.starts_with('.') { "0" } else { "" };
    Some(format!("{sign}{lead}{trimmed}"))
}

/// A value as it is written in JSON; none where it is not whole.
pub(crate) fn written(value: &Value, ty: &FieldType, form: Form) -> Option<Box<RawValue>> {
    let text = match (value, form) {
        (Value::Null, _) => "null".to_owned(),
        (Value::Bool(truth), Form::Text) => quoted(&truth.to_string()),
        (Value::Bool(truth), _) => truth.to_string(),
        (Value::Large(_) | Value::Cut(_) | Value::Bytes(_), _) => return None,
        (value, Form::Text) => quoted(&outward(&value.to_text()?, ty)),
        (value, Form::Number | Form::Bool | Form::Json) => {
            let plain = value.to_text()?;
            // What is no JSON as it stands is a text.
            if serde_json::from_str::<&RawValue>(&plain).is_ok() { plain } else { quoted(&plain) }
        }
    };
    RawValue::from_string(text).ok()
}

/// A value as a service takes it in an address or a text: points in time as RFC 3339 has them.
pub(crate) fn outward(text: &str, ty: &FieldType) -> String {
    if *ty == FieldType::Instant
        && let Some((day, clock)) = text.split_once(' ')
        && let Some(clock) = clock.strip_suffix("+00")
    {
        return format!("{day}T{clock}Z");
    }
    text.to_owned()
}

pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object that is put together name by name, its members in the order in which they came.
#[derive(Default)]
pub(crate) struct Object {
    members: Vec<(String, Part)>,
}

enum Part {
    Value(Box<RawValue>),
    Object(Object),
}

impl Object {
    /// The object that a text is; an empty one where it is none.
    pub(crate) fn of(raw: &RawValue) -> Self {
        let own = members(raw).unwrap_or_default();
        let part = |(name, value): (String, &RawValue)| {
            let part = if value.get().starts_with('{') {
                Part::Object(Self::of(value))
            } else {
                Part::Value(value.to_owned())
            };
            (name, part)
        };
        Self { members: own.into_iter().map(part).collect() }
    }

    /// Sets what names lead to.
    pub(crate) fn set(&mut self, path: &[String], value: Box<RawValue>) {
        let Some((name, rest)) = path.split_first() else { return };
        let at = self.members.iter().position(|(own, _)| own == name);
        if rest.is_empty() {
            match at {
                Some(at) => self.members[at].1 = Part::Value(value),
                None => self.members.push((name.clone(), Part::Value(value))),
            }
            return;
        }
        let at = at.unwrap_or_else(|| {
            self.members.push((name.clone(), Part::Object(Self::default())));
            self.members.len() - 1
        });
        let part = &mut self.members[at].1;
        if matches!(part, Part::Value(_)) {
            *part = Part::Object(Self::default());
        }
        if let Part::Object(inner) = part {
            inner.set(rest, value);
        }
    }

    /// Keeps the members whose names, from the outermost on, are kept; what is inside of one that is
    /// not kept goes with it, and so does an object of which nothing is left.
    pub(crate) fn retain(&mut self, keep: &dyn Fn(&[String]) -> bool) {
        self.retain_under(&mut Vec::new(), keep);
    }

    fn retain_under(&mut self, under: &mut Vec<String>, keep: &dyn Fn(&[String]) -> bool) {
        self.members.retain_mut(|(name, part)| {
            under.push(name.clone());
            let mut stays = keep(under);
            if let Part::Object(inner) = part
                && stays
                && !inner.members.is_empty()
            {
                inner.retain_under(under, keep);
                stays = !inner.members.is_empty();
            }
            under.pop();
            stays
        });
    }

    /// The same object as the one member of others.
    pub(crate) fn under(self, path: &[String]) -> Self {
        path.iter()
            .rev()
            .fold(self, |inner, name| Self { members: vec![(name.clone(), Part::Object(inner))] })
    }

    pub(crate) fn to_text(&self) -> String {
        let member = |(name, part): &(String, Part)| {
            let value = match part {
                Part::Value(value) => value.get().to_owned(),
                Part::Object(inner) => inner.to_text(),
            };
            format!("{}:{value}", quoted(name))
        };
        format!("{{{}}}", self.members.iter().map(member).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect(text)
    }

    fn names(path: &str) -> Vec<String> {
        path.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn numbers_keep_all_of_their_digits() {
        let decimal = FieldType::Decimal { precision: None, scale: None };
        let long = "1234567890123456789012345678901234567890.1200";
        assert_eq!(value(&raw(long), &decimal), Value::Decimal(long.into()));
        let int = FieldType::int(64, false);
        assert_eq!(value(&raw("9007199254740993"), &int), Value::Int(9_007_199_254_740_993));
        assert_eq!(value(&raw("18446744073709551615"), &int), Value::UInt(u64::MAX));
        assert_eq!(value(&raw("1.25e3"), &decimal), Value::Decimal("1250".into()));
        assert_eq!(value(&raw("-12.5E-4"), &decimal), Value::Decimal("-0.00125".into()));
    }

    #[test]
    fn a_point_in_time_is_read_in_utc_and_written_as_the_standard_has_it() {
        let read = value(&raw("\"2026-11-20T14:45:00.5+01:00\""), &FieldType::Instant);
        assert_eq!(read, Value::Text("2026-11-20 13:45:00.5+00".into()));
        let written = written(&read, &FieldType::Instant, Form::Text).expect("whole");
        assert_eq!(written.get(), "\"2026-11-20T13:45:00.5Z\"");
    }

    #[test]
    fn what_is_not_of_its_type_is_shown_as_it_is() {
        assert_eq!(value(&raw("\"soon\""), &FieldType::Date), Value::Text("soon".into()));
        let int = FieldType::int(32, false);
        assert_eq!(value(&raw("{\"a\":1}"), &int), Value::Text("{\"a\":1}".into()));
    }

    #[test]
    fn fields_deep_in_a_record_are_taken_out() {
        let record = raw(
            r#"{"id": 7, "address": {"city": "Kiel", "geo": {"lat": 54.30}}, "tags": ["a", 1.50]}"#,
        );
        let decimal = FieldType::Decimal { precision: None, scale: None };
        let (text, json) = (FieldType::text(), FieldType::Json { binary: false });
        let paths = [names("address.city"), names("address.geo.lat"), names("tags"), names("none")];
        let mut wanted = Wanted::nothing();
        for (place, (path, ty)) in paths.iter().zip([&text, &decimal, &json, &text]).enumerate() {
            wanted.add(place, path, ty);
        }
        let mut row = vec![Value::Null; 4];
        wanted.take(&record, &mut row);
        assert_eq!(
            row,
            [
                Value::Text("Kiel".into()),
                Value::Decimal("54.30".into()),
                Value::Text("[\"a\", 1.50]".into()),
                Value::Null
            ]
        );
    }

    #[test]
    fn a_record_is_put_together_again_with_what_may_be_written() {
        let record = raw(r#"{"id":7,"address":{"city":"Kiel","geo":{"lat":1}},"total":12.10}"#);
        let mut object = Object::of(&record);
        object.retain(&|path| {
            !matches!(path, [name] if name == "id") && path != ["address", "geo", "lat"]
        });
        object.set(&names("address.zip"), raw("\"24103\""));
        assert_eq!(object.to_text(), r#"{"address":{"city":"Kiel","zip":"24103"},"total":12.10}"#);
        assert_eq!(object.under(&names("data")).to_text().find("{\"data\":{"), Some(0));
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_it_was_written(text in ".*") {
            let value_of = Value::Text(text);
            let written = written(&value_of, &FieldType::text(), Form::Text).expect("whole");
            prop_assert_eq!(value(&written, &FieldType::text()), value_of);
        }

        #[test]
        fn an_exponent_means_the_same_number(mantissa in "-?[1-9][0-9]{0,12}(\\.[0-9]{1,8})?", exponent in -30_i32..30) {
            let text = format!("{mantissa}e{exponent}");
            let plain = without_exponent(&text).expect("short");
            let (a, b): (f64, f64) = (text.parse().expect("number"), plain.parse().expect("number"));
            prop_assert!((a - b).abs() <= a.abs() * 1e-12, "{text} {plain}");
        }
    }
}
