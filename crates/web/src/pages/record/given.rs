//! What a form gave for a field.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kontor_model::{FieldType, Value};

use crate::format::parse_instant;

/// What a form gave for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// What the form showed; nothing is to be written.
    Unchanged,
    /// No value.
    Null,
    /// The database shall choose.
    Default,
    /// This text, in the notation of the field's type.
    Text(String),
}

/// Whether an empty input can only mean “no value”: for all types but those of which an empty
/// text is a value.
#[must_use]
pub fn empty_is_null(ty: &FieldType) -> bool {
    !matches!(ty, FieldType::Text { .. } | FieldType::Set { .. } | FieldType::Any)
}

/// The text with which an input shows a value. Moments stand in the reader's zone.
#[must_use]
pub fn input_text(ty: &FieldType, value: &Value, zone: &TimeZone) -> String {
    let Some(text) = value.to_text() else {
        return String::new();
    };
    match ty {
        FieldType::Instant => parse_instant(&text).map_or(text, |at| {
            let zoned = at.to_zoned(zone.clone());
            if zoned.subsec_nanosecond() == 0 {
                zoned.strftime("%Y-%m-%dT%H:%M:%S").to_string()
            } else {
                zoned.strftime("%Y-%m-%d %H:%M:%S%.f%:z").to_string()
            }
        }),
        FieldType::DateTime if is_plain_local(&text.replacen(' ', "T", 1)) => {
            text.replacen(' ', "T", 1)
        }
        _ => text,
    }
}

/// Whether a browser's input for day and time can hold the text without loss.
#[must_use]
pub fn is_plain_local(text: &str) -> bool {
    matches!(text.len(), 16 | 19)
        && text.as_bytes().get(10) == Some(&b'T')
        && text.parse::<DateTime>().is_ok_and(|at| at.year() > 0)
}

/// What the pairs of a form give for a field: `v.name` is the text, `null.name` no value,
/// `default.name` the database's choice, `was.name` the tagged value that the form showed.
#[must_use]
pub fn given(
    name: &str,
    ty: &FieldType,
    zone: &TimeZone,
    pairs: &[(String, String)],
) -> Option<Given> {
    let find = |prefix: &str| {
        pairs
            .iter()
            .find(|(pair, _)| {
                pair.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')) == Some(name)
            })
            .map(|(_, value)| value.as_str())
    };
    let text = lines(find("v")?);
    let was = find("was").and_then(Value::from_tagged);
    if text.is_empty() && find("default").is_some() {
        return Some(Given::Default);
    }
    if (find("null").is_some() || empty_is_null(ty)) && text.is_empty() {
        return Some(if was == Some(Value::Null) { Given::Unchanged } else { Given::Null });
    }
    if let Some(was) = was.filter(|was| !was.is_null())
        && lines(&input_text(ty, &was, zone)) == text
    {
        return Some(Given::Unchanged);
    }
    Some(Given::Text(match ty {
        FieldType::Instant => with_offset(&text, zone),
        FieldType::DateTime => text.replacen('T', " ", 1),
        FieldType::Decimal { .. } | FieldType::Float { .. } => point(&text),
        _ => text,
    }))
}

/// Browsers send line ends as CR LF, whatever was there.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// `12,50` is read as `12.50`; a text with both marks stays, and is refused where it is no number.
fn point(text: &str) -> String {
    let trimmed = text.trim();
    if trimmed.matches(',').count() == 1 && !trimmed.contains('.') {
        trimmed.replace(',', ".")
    } else {
        trimmed.to_owned()
    }
}

/// A local time gets the offset that the reader's zone has then.
fn with_offset(text: &str, zone: &TimeZone) -> String {
    let local = text.trim().replacen(' ', "T", 1);
    match local.parse::<DateTime>().ok().filter(|_| local.len() <= 19) {
        Some(at) => at.to_zoned(zone.clone()).map_or_else(
            |_| text.to_owned(),
            |zoned| zoned.strftime("%Y-%m-%d %H:%M:%S%:z").to_string(),
        ),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(ty: &FieldType, pairs: &[(&str, &str)]) -> Option<Given> {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        given("a.b", ty, &zone, &pairs)
    }

    #[test]
    fn what_was_not_touched_is_not_written() {
        let instant = [("v.a.b", "2026-11-20T13:45:11"), ("was.a.b", "t2026-11-20 12:45:11+00")];
        assert_eq!(read(&FieldType::Instant, &instant), Some(Given::Unchanged));
        let lines = [("v.a.b", "x\r\ny"), ("was.a.b", "tx\ny")];
        assert_eq!(read(&FieldType::text(), &lines), Some(Given::Unchanged));
        let fine = [
            ("v.a.b", "2026-11-20 13:45:11.123456+01:00"),
            ("was.a.b", "t2026-11-20 12:45:11.123456+00"),
        ];
        assert_eq!(read(&FieldType::Instant, &fine), Some(Given::Unchanged));
    }

    #[test]
    fn no_value_and_empty_text_stay_apart() {
        let text = FieldType::text();
        assert_eq!(
            read(&text, &[("v.a.b", ""), ("was.a.b", "tx")]),
            Some(Given::Text(String::new()))
        );
        assert_eq!(
            read(&text, &[("v.a.b", ""), ("null.a.b", "1"), ("was.a.b", "tx")]),
            Some(Given::Null)
        );
        assert_eq!(
            read(&text, &[("v.a.b", ""), ("null.a.b", "1"), ("was.a.b", "n")]),
            Some(Given::Unchanged)
        );
        assert_eq!(read(&text, &[("v.a.b", ""), ("was.a.b", "t")]), Some(Given::Unchanged));
        assert_eq!(
            read(&FieldType::Date, &[("v.a.b", ""), ("was.a.b", "n")]),
            Some(Given::Unchanged)
        );
        assert_eq!(read(&text, &[("v.a.b", ""), ("default.a.b", "1")]), Some(Given::Default));
        assert_eq!(read(&text, &[]), None);
    }

    #[test]
    fn a_local_time_is_meant_in_the_readers_zone() {
        assert_eq!(
            read(&FieldType::Instant, &[("v.a.b", "2026-07-01T09:00")]),
            Some(Given::Text("2026-07-01 09:00:00+02:00".into()))
        );
        let decimal = FieldType::Decimal { precision: None, scale: None };
        assert_eq!(read(&decimal, &[("v.a.b", "12,50")]), Some(Given::Text("12.50".into())));
    }
}
