//! What an input shows, and what a form gave for a field.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kontor_model::field_type::{Expected, InvalidInput};
use kontor_model::{FieldType, Value};

use crate::format::{Format, Reader, parse_instant, unix_time};
use crate::notation;
use crate::shown::FieldView;

/// What a form gave for a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// What the form showed; nothing is to be written.
    Unchanged,
    /// No value.
    Null,
    /// The database shall choose.
    Default,
    /// This text, in the notation of the field's type.
    Text(String),
    /// This value, in the form in which the backend keeps its like.
    Value(Value),
    /// Nothing that the field can hold.
    Wrong(InvalidInput),
}

/// Whether an empty input can only mean “no value”: for all types but those of which an empty
/// text is a value.
#[must_use]
pub fn empty_is_null(ty: &FieldType) -> bool {
    !matches!(ty, FieldType::Text { .. } | FieldType::Set { .. } | FieldType::Any)
}

/// Whether a field's numbers are entered as the reader's language writes them. Keys and links are
/// told apart by their digits and stay as they are.
fn is_number(field: &FieldView) -> bool {
    matches!(field.ty, FieldType::Int { .. } | FieldType::Decimal { .. } | FieldType::Float { .. })
        && field.choices.is_empty()
        && *field.effective_format() != Format::Plain
        && !field.is_unix_time()
}

/// The text with which an input shows a value: numbers and amounts in the reader's notation,
/// moments in the reader's zone, in a form that a browser's picker takes where it can.
#[must_use]
pub fn input_text(reader: Reader<'_>, field: &FieldView, value: &Value) -> String {
    let Some(text) = value.to_text() else {
        return String::new();
    };
    let is_plain = matches!(
        value,
        Value::Int(_) | Value::UInt(_) | Value::Decimal(_) | Value::Float(_) | Value::Real(_)
    );
    match (&field.format, &field.ty) {
        (Format::Money { minor, .. }, _) if is_plain => {
            notation::amount_text(reader.language, &text, *minor)
        }
        (Format::UnixTime { per_second }, _) => match unix_time(&text, *per_second) {
            Some(at) => picker_text(at.to_zoned(reader.zone.clone()).datetime()),
            None => text,
        },
        _ if is_plain && is_number(field) => notation::number_text(reader.language, &text),
        (_, FieldType::Instant | FieldType::DateTime) => match local(reader.zone, &text) {
            Some((at, _)) => picker_text(at),
            None => text,
        },
        _ => text,
    }
}

/// A moment's local day and time, and whether its text names a zone. Values without a zone are
/// not shifted. `None` for what no calendar has.
fn local(zone: &TimeZone, text: &str) -> Option<(DateTime, bool)> {
    if let Ok(at) = text.replacen(' ', "T", 1).parse::<DateTime>() {
        let has_zone = text.get(10..).is_some_and(|clock| clock.contains(['+', '-', 'Z', 'z']));
        if !has_zone {
            return (at.year() > 0).then_some((at, false));
        }
    }
    let at = parse_instant(text)?.to_zoned(zone.clone()).datetime();
    (at.year() > 0).then_some((at, true))
}

/// To the millisecond, which is what a picker can hold; what is finer is kept as long as nobody
/// touches the value.
fn picker_text(at: DateTime) -> String {
    let whole = at.strftime("%Y-%m-%dT%H:%M:%S");
    match at.millisecond() {
        0 => whole.to_string(),
        milliseconds => format!("{whole}.{milliseconds:03}"),
    }
}

/// Whether a browser's input for day and time can hold the text without loss.
#[must_use]
pub fn is_plain_local(text: &str) -> bool {
    matches!(text.len(), 16 | 19 | 23)
        && text.as_bytes().get(10) == Some(&b'T')
        && text.parse::<DateTime>().is_ok_and(|at| at.year() > 0)
}

/// What the pairs of a form give for a field: `v.name` is the text, `null.name` no value,
/// `default.name` the database's choice, `was.name` the tagged value that the form showed.
/// `meant` is the format in which a new text is meant, where the form changes the currency too.
#[must_use]
pub fn given(
    field: &FieldView,
    meant: &Format,
    reader: Reader<'_>,
    pairs: &[(String, String)],
) -> Option<Given> {
    let find = |prefix: &str| {
        pairs
            .iter()
            .find(|(pair, _)| {
                pair.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.'))
                    == Some(field.name.as_str())
            })
            .map(|(_, value)| value.as_str())
    };
    let text = lines(find("v")?);
    let was = find("was").and_then(Value::from_tagged);
    if text.is_empty() && find("default").is_some() {
        return Some(Given::Default);
    }
    if (find("null").is_some() || empty_is_null(&field.ty)) && text.is_empty() {
        return Some(if was == Some(Value::Null) { Given::Unchanged } else { Given::Null });
    }
    if was.as_ref().is_some_and(|was| is_as_shown(reader, field, was, &text)) {
        return Some(Given::Unchanged);
    }
    let field = FieldView { format: meant.clone(), ..field.clone() };
    Some(entered(reader, &field, &text, was.as_ref()))
}

/// Whether a text is still the one with which an input showed a value.
fn is_as_shown(reader: Reader<'_>, field: &FieldView, was: &Value, text: &str) -> bool {
    if was.is_null() {
        return false;
    }
    let shown = lines(&input_text(reader, field, was));
    // A picker leaves out seconds that are zero.
    let is_same_time = || {
        (matches!(field.ty, FieldType::Instant | FieldType::DateTime) || field.is_unix_time())
            && notation::date_time(text)
                .is_some_and(|typed| notation::date_time(&shown) == Some(typed))
    };
    shown == text || was.to_text().as_deref() == Some(text) && !is_number(field) || is_same_time()
}

/// What a text that a person entered means for a field. `was` is the value that it replaces,
/// whose form is kept where the backend keeps moments as texts.
#[must_use]
pub fn entered(reader: Reader<'_>, field: &FieldView, text: &str, was: Option<&Value>) -> Given {
    let wrong = |expected| Given::Wrong(InvalidInput::Form { text: text.to_owned(), expected });
    match (&field.format, &field.ty) {
        (Format::Money { currency, minor }, ty) if ty.is_numeric() || *ty == FieldType::Any => {
            match notation::amount(reader.language, text, currency.as_deref(), *minor) {
                Ok(plain) => Given::Text(plain),
                Err(_) if has_letters(text) && currency.is_none() => Given::Text(text.to_owned()),
                Err(problem) => Given::Wrong(problem),
            }
        }
        (Format::UnixTime { per_second }, _) => match notation::date_time(text) {
            Some(at) => since_1970(at, reader.zone, *per_second)
                .map_or_else(|| wrong(Expected::Integer), Given::Text),
            None => Given::Text(text.trim().to_owned()),
        },
        _ if is_number(field) => match notation::number(reader.language, text) {
            Some(plain) => Given::Text(plain),
            // `NaN`, `1e300`: the type knows.
            None if has_letters(text) => Given::Text(text.trim().to_owned()),
            None if matches!(field.ty, FieldType::Int { .. }) => wrong(Expected::Integer),
            None => wrong(Expected::Decimal),
        },
        (_, FieldType::Date) => {
            let day = notation::day(text);
            Given::Text(day.map_or_else(|| text.to_owned(), |day| day.to_string()))
        }
        (_, FieldType::Instant) => Given::Text(match notation::date_time(text) {
            Some(at) => with_offset(at, reader.zone).unwrap_or_else(|| text.to_owned()),
            None => text.to_owned(),
        }),
        (_, FieldType::DateTime) => match notation::date_time(text) {
            Some(at) => in_the_form_of(was, at, reader.zone),
            None => Given::Text(text.to_owned()),
        },
        _ => Given::Text(text.to_owned()),
    }
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// Browsers send line ends as CR LF, whatever was there.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The number that a moment in the reader's zone is kept as.
fn since_1970(at: DateTime, zone: &TimeZone, per_second: i64) -> Option<String> {
    let at = at.to_zoned(zone.clone()).ok()?.timestamp();
    Some(at.as_microsecond().div_euclid(1_000_000 / per_second).to_string())
}

/// A local time gets the offset that the reader's zone has then.
fn with_offset(at: DateTime, zone: &TimeZone) -> Option<String> {
    let zoned = at.to_zoned(zone.clone()).ok()?;
    Some(zoned.strftime("%Y-%m-%d %H:%M:%S%.f%:z").to_string())
}

/// A backend that keeps moments as texts gets one like the text that was there: with its mark
/// before the time, its zone and its digits of seconds.
fn in_the_form_of(was: Option<&Value>, at: DateTime, zone: &TimeZone) -> Given {
    let plain = || Given::Text(at.strftime("%Y-%m-%d %H:%M:%S%.f").to_string());
    let Some(was) = was.and_then(Value::to_text) else { return plain() };
    let mark = if was.as_bytes().get(10) == Some(&b'T') { "T" } else { " " };
    let Some((_, has_zone)) = local(zone, &was) else { return plain() };
    if mark == " " && !has_zone {
        return plain();
    }
    let digits = was
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.bytes().take_while(u8::is_ascii_digit).count());
    let fraction = match (digits, at.subsec_nanosecond()) {
        (0, 0) => String::new(),
        (0, _) => "%.f".to_owned(),
        (digits, _) => format!("%.{}f", digits.min(9)),
    };
    let written = format!("%Y-%m-%d{mark}%H:%M:%S{fraction}");
    if !has_zone {
        return Given::Value(Value::Text(at.strftime(&written).to_string()));
    }
    let Ok(zoned) = at.to_zoned(zone.clone()) else { return plain() };
    let text = if was.ends_with(['Z', 'z']) {
        zoned.with_time_zone(TimeZone::UTC).strftime(&format!("{written}Z")).to_string()
    } else {
        zoned.strftime(&format!("{written}%:z")).to_string()
    };
    Given::Value(Value::Text(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    fn read(ty: &FieldType, pairs: &[(&str, &str)]) -> Option<Given> {
        read_as(&FieldView::new("a.b", ty.clone()), pairs)
    }

    fn read_as(field: &FieldView, pairs: &[(&str, &str)]) -> Option<Given> {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let reader = Reader { language: Language::German, zone: &zone };
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        given(field, &field.format, reader, &pairs)
    }

    #[test]
    fn what_was_not_touched_is_not_written() {
        let instant = [("v.a.b", "2026-11-20T13:45:11"), ("was.a.b", "t2026-11-20 12:45:11+00")];
        assert_eq!(read(&FieldType::Instant, &instant), Some(Given::Unchanged));
        let lines = [("v.a.b", "x\r\ny"), ("was.a.b", "tx\ny")];
        assert_eq!(read(&FieldType::text(), &lines), Some(Given::Unchanged));
        let fine = [
            ("v.a.b", "2026-11-20 12:45:11.123456+00"),
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
    fn text(text: &str) -> Option<Given> {
        Some(Given::Text(text.into()))
    }

    #[test]
    fn a_moment_that_is_kept_as_a_number_is_picked_and_read_as_a_moment() {
        let format = Format::UnixTime { per_second: 1_000_000 };
        let at = FieldView { format, ..FieldView::new("a.b", FieldType::int(64, false)) };
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let reader = Reader { language: Language::German, zone: &zone };
        let kept = Value::Int(1_782_889_200_123_456);
        assert_eq!(input_text(reader, &at, &kept), "2026-07-01T09:00:00.123");
        let was = ("was.a.b", "i1782889200123456");
        let untouched = ("v.a.b", "2026-07-01T09:00:00.123");
        assert_eq!(read_as(&at, &[untouched, was]), Some(Given::Unchanged), "its last digits stay");
        assert_eq!(read_as(&at, &[("v.a.b", "2026-07-01T10:00"), was]), text("1782892800000000"));
        assert_eq!(read_as(&at, &[("v.a.b", "01.07.2026 10:00"), was]), text("1782892800000000"));
        assert_eq!(read_as(&at, &[("v.a.b", "17"), was]), text("17"));
    }

    #[test]
    fn an_amount_is_shown_and_read_in_its_major_unit() {
        let money = Format::Money { currency: Some("EUR".into()), minor: Some(2) };
        let price = FieldView { format: money, ..FieldView::new("a.b", FieldType::int(64, false)) };
        let was = ("was.a.b", "i264900");
        assert_eq!(read_as(&price, &[("v.a.b", "2649,00"), was]), Some(Given::Unchanged));
        assert_eq!(read_as(&price, &[("v.a.b", "2500"), was]), text("250000"));
        assert_eq!(read_as(&price, &[("v.a.b", "2.500,50 EUR"), was]), text("250050"));
        let wrong = read_as(&price, &[("v.a.b", "79,905"), was]);
        assert!(matches!(wrong, Some(Given::Wrong(InvalidInput::Scale { .. }))), "{wrong:?}");
        let zone = TimeZone::UTC;
        let reader = Reader { language: Language::English, zone: &zone };
        assert_eq!(input_text(reader, &price, &Value::Int(264_900)), "2649.00");
        let yen = FieldView { format: price.format.in_currency("JPY"), ..price.clone() };
        assert_eq!(input_text(reader, &yen, &Value::Int(264_900)), "264900");
    }

    #[test]
    fn a_moment_is_picked_in_the_readers_zone_and_kept_in_its_own_form() {
        let picked = |was: &str, typed: &str| {
            read(&FieldType::DateTime, &[("v.a.b", typed), ("was.a.b", &format!("t{was}"))])
        };
        let value = |text: &str| Some(Given::Value(Value::Text(text.into())));
        let zoned = "2026-11-20T22:16:30Z";
        assert_eq!(picked(zoned, "2026-11-20T23:16:30"), Some(Given::Unchanged));
        assert_eq!(picked(zoned, "20.11.2026 10:00"), value("2026-11-20T09:00:00Z"));
        assert_eq!(
            picked("2026-11-20 22:16:30.000+01:00", "2026-11-20T10:00"),
            value("2026-11-20 10:00:00.000+01:00")
        );
        assert_eq!(picked("2026-11-20 22:16:00", "2026-11-20T22:16"), Some(Given::Unchanged));
        assert_eq!(picked("2026-11-20 22:16:00", "20.11.2026, 10:00"), text("2026-11-20 10:00:00"));
        assert_eq!(picked("infinity", "infinity"), Some(Given::Unchanged));
        let fine =
            [("v.a.b", "2026-11-20T13:45:11.123"), ("was.a.b", "t2026-11-20 12:45:11.123456+00")];
        assert_eq!(
            read(&FieldType::Instant, &fine),
            Some(Given::Unchanged),
            "digits a picker cannot hold stay"
        );
    }

    #[test]
    fn numbers_are_meant_in_the_readers_notation() {
        let float = FieldType::Float { bits: 64 };
        assert_eq!(read(&float, &[("v.a.b", "1.234,5"), ("was.a.b", "n")]), text("1234.5"));
        assert_eq!(read(&float, &[("v.a.b", "1e300")]), text("1e300"));
        assert_eq!(read(&FieldType::int(32, false), &[("v.a.b", "1.234")]), text("1234"));
        let key = FieldView { is_key: true, ..FieldView::new("a.b", FieldType::int(32, false)) };
        assert_eq!(read_as(&key, &[("v.a.b", "1234")]), text("1234"));
    }
}
