//! How a person's or program's text becomes a value of a type.

use super::{Expected, FieldType, InvalidInput, odd};
use crate::value::{Value, unhex};

impl FieldType {
    /// A person's or program's canonical text as a value of this type. `""` is an empty text for
    /// textual types; whoever means `NULL` passes [`Value::Null`] instead of asking here.
    ///
    /// # Errors
    /// [`InvalidInput`] says what would have been right. Types whose grammar only the backend
    /// knows (interval, range, array, network) are passed on as text; the backend judges them.
    pub fn parse(&self, text: &str) -> Result<Value, InvalidInput> {
        let trimmed = text.trim();
        let wrong = |expected| InvalidInput::Form { text: text.to_owned(), expected };
        Ok(match self {
            Self::Bool => match trimmed.to_ascii_lowercase().as_str() {
                "true" | "1" | "t" | "yes" | "on" => Value::Bool(true),
                "false" | "0" | "f" | "no" | "off" => Value::Bool(false),
                _ => return Err(wrong(Expected::Bool)),
            },
            Self::Int { min, max } => parse_int(trimmed, *min, *max)?,
            Self::Decimal { scale, .. } => {
                let decimal = decimal(trimmed).ok_or_else(|| wrong(Expected::Decimal))?;
                fits_scale(&decimal, *scale)?;
                Value::Decimal(decimal)
            }
            Self::Float { bits } => {
                let number = parse_float(trimmed).ok_or_else(|| wrong(Expected::Number))?;
                if *bits == 32 {
                    #[expect(clippy::cast_possible_truncation, reason = "the type has 32 bits")]
                    let real = number as f32;
                    Value::Real(real)
                } else {
                    Value::Float(number)
                }
            }
            Self::Text { max } => {
                let length = text.chars().count();
                match max {
                    Some(max) if length > *max as usize => {
                        return Err(InvalidInput::Length { length, max: *max });
                    }
                    _ => Value::Text(text.to_owned()),
                }
            }
            Self::Enum { choices } => {
                choice(text, choices)?;
                Value::Text(text.to_owned())
            }
            Self::Set { choices } => {
                for member in text.split(',').filter(|member| !member.is_empty()) {
                    choice(member, choices)?;
                }
                Value::Text(text.to_owned())
            }
            Self::Date => Value::Text(date(trimmed).ok_or_else(|| wrong(Expected::Date))?),
            Self::Time { zone } => {
                Value::Text(time(trimmed, *zone).ok_or_else(|| wrong(Expected::Time))?)
            }
            Self::DateTime => {
                Value::Text(date_time(trimmed).ok_or_else(|| wrong(Expected::DateTime))?)
            }
            Self::Instant => Value::Text(instant(trimmed).ok_or_else(|| wrong(Expected::Instant))?),
            Self::Year => match parse_int(trimmed, 0, 9999) {
                Ok(year) => year,
                Err(_) => return Err(wrong(Expected::Year)),
            },
            Self::Uuid => Value::Text(uuid(trimmed).ok_or_else(|| wrong(Expected::Uuid))?),
            Self::Json { .. } => {
                serde_json::from_str::<serde::de::IgnoredAny>(text)
                    .map_err(|_| wrong(Expected::Json))?;
                Value::Text(text.to_owned())
            }
            Self::Bytes => Value::Bytes(
                unhex(trimmed.strip_prefix("\\x").unwrap_or(trimmed))
                    .ok_or_else(|| wrong(Expected::Hex))?,
            ),
            Self::Bits => {
                if !trimmed.chars().all(|c| matches!(c, '0' | '1')) {
                    return Err(wrong(Expected::Bits));
                }
                Value::Text(trimmed.to_owned())
            }
            Self::Any => any(text),
            Self::Money | Self::Interval | Self::Array { .. } | Self::Range | Self::Network => {
                Value::Text(text.to_owned())
            }
            Self::Other => return Err(InvalidInput::ReadOnly),
        })
    }
}

fn choice(text: &str, choices: &[String]) -> Result<(), InvalidInput> {
    if choices.iter().any(|choice| choice == text) {
        return Ok(());
    }
    Err(InvalidInput::Choice { text: text.to_owned(), choices: choices.to_vec() })
}

fn parse_int(text: &str, min: i64, max: u64) -> Result<Value, InvalidInput> {
    let number: i128 = text
        .parse()
        .map_err(|_| InvalidInput::Form { text: text.to_owned(), expected: Expected::Integer })?;
    if number < i128::from(min) || number > i128::from(max) {
        return Err(InvalidInput::Bounds {
            text: text.to_owned(),
            min: min.to_string(),
            max: max.to_string(),
        });
    }
    Ok(i64::try_from(number)
        .map_or_else(|_| Value::UInt(u64::try_from(number).unwrap_or(u64::MAX)), Value::Int))
}

fn parse_float(text: &str) -> Option<f64> {
    match text.to_ascii_lowercase().as_str() {
        "nan" => Some(f64::NAN),
        "infinity" | "inf" | "+infinity" => Some(f64::INFINITY),
        "-infinity" | "-inf" => Some(f64::NEG_INFINITY),
        _ => text.parse().ok().filter(|n: &f64| n.is_finite()),
    }
}

/// A SQLite column without a type takes what it is given: a number if it looks like one.
fn any(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => Value::Int(number),
        _ => Value::Text(text.to_owned()),
    }
}

/// Plain decimal notation; digits and scale as given, without a leading `+`.
fn decimal(text: &str) -> Option<String> {
    if matches!(text, "NaN" | "Infinity" | "-Infinity") {
        return Some(text.to_owned());
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    Some(text.strip_prefix('+').unwrap_or(text).to_owned())
}

/// A database would round without a word.
fn fits_scale(decimal: &str, scale: Option<u32>) -> Result<(), InvalidInput> {
    let fraction =
        decimal.split_once('.').map_or("", |(_, fraction)| fraction.trim_end_matches('0'));
    match scale {
        Some(scale) if fraction.len() > scale as usize => {
            Err(InvalidInput::Scale { text: decimal.to_owned(), scale })
        }
        _ => Ok(()),
    }
}

/// The day, checked against the calendar; zero dates pass, since backends hold them.
fn date(text: &str) -> Option<String> {
    if matches!(text, "infinity" | "-infinity") || odd::is_day(text) {
        return Some(text.to_owned());
    }
    text.parse::<jiff::civil::Date>().ok().map(|date| date.to_string())
}

fn time(text: &str, zone: bool) -> Option<String> {
    let (clock, offset) = match text.find(['+', '-', 'Z']) {
        Some(at) if zone => text.split_at(at),
        _ => (text, ""),
    };
    if odd::is_span(clock.trim()) {
        return Some(text.to_owned());
    }
    let clock: jiff::civil::Time = clock.trim().parse().ok()?;
    Some(format!("{}{offset}", time_text(clock)))
}

fn time_text(time: jiff::civil::Time) -> String {
    time.to_string()
}

fn date_time(text: &str) -> Option<String> {
    if matches!(text, "infinity" | "-infinity") || odd::is_moment(text) {
        return Some(text.to_owned());
    }
    let value: jiff::civil::DateTime = text.replacen(' ', "T", 1).parse().ok()?;
    let written = format!("{} {}", value.date(), time_text(value.time()));
    // A backend that keeps times as text tells `12:00:00` and `12:00:00.000` apart.
    Some(match text.rsplit_once('.') {
        Some((_, digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            let whole = written.split_once('.').map_or(written.as_str(), |(whole, _)| whole);
            format!("{whole}.{digits}")
        }
        _ => written,
    })
}

/// With an offset or `Z`; without one the text is taken as UTC, as the backend's own text is.
fn instant(text: &str) -> Option<String> {
    if matches!(text, "infinity" | "-infinity") || odd::is_moment(text) {
        return Some(text.to_owned());
    }
    let joined = text.replacen(' ', "T", 1);
    let stamp = joined
        .parse::<jiff::Timestamp>()
        .or_else(|_| with_full_offset(&joined).parse())
        .ok()
        .or_else(|| {
            let local: jiff::civil::DateTime = joined.parse().ok()?;
            local.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
        })?;
    let utc = stamp.to_zoned(jiff::tz::TimeZone::UTC);
    Some(format!("{} {}+00", utc.date(), time_text(utc.time())))
}

/// `+01` as databases write it becomes `+01:00`.
fn with_full_offset(text: &str) -> String {
    match text.rfind(['+', '-']) {
        Some(at) if at > 10 && text.len() - at == 3 => format!("{text}:00"),
        _ => text.to_owned(),
    }
}

fn uuid(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() != 32 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let d = digits.to_ascii_lowercase();
    Some(format!("{}-{}-{}-{}-{}", &d[..8], &d[8..12], &d[12..16], &d[16..20], &d[20..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_of_a_second_stays_as_it_was_written() {
        let parsed = |input| text(&FieldType::DateTime, input);
        assert_eq!(parsed("1998-05-06 00:00:00.000").unwrap(), "1998-05-06 00:00:00.000");
        assert_eq!(parsed("1998-05-06T10:11:12.5").unwrap(), "1998-05-06 10:11:12.5");
        assert_eq!(parsed("1998-05-06 10:11").unwrap(), "1998-05-06 10:11:00");
    }

    #[test]
    fn days_and_times_that_no_calendar_has_are_taken_as_they_are_shown() {
        for (ty, shown) in [
            (FieldType::Date, "0000-00-00"),
            (FieldType::Date, "2026-00-00"),
            (FieldType::Date, "0044-03-15 BC"),
            (FieldType::Date, "5874897-12-31"),
            (FieldType::DateTime, "0000-00-00 00:00:00"),
            (FieldType::DateTime, "4713-01-01 00:00:00 BC"),
            (FieldType::Instant, "0000-00-00 00:00:00+00"),
            (FieldType::Instant, "0044-03-15 12:00:00+00 BC"),
            (FieldType::Time { zone: false }, "24:00:00"),
            (FieldType::Time { zone: false }, "-838:59:59.5"),
            (FieldType::Time { zone: true }, "24:00:00+00"),
        ] {
            assert_eq!(text(&ty, shown).as_deref(), Some(shown), "{ty:?}");
        }
        for (ty, wrong) in [
            (FieldType::Date, "2026-13-01"),
            (FieldType::Date, "26-00-00"),
            (FieldType::Time { zone: false }, "12:60:00"),
            (FieldType::Time { zone: false }, "-12"),
            (FieldType::DateTime, "0000-00-00 25:00:00"),
        ] {
            assert_eq!(text(&ty, wrong), None, "{wrong}");
        }
    }

    fn text(ty: &FieldType, input: &str) -> Option<String> {
        ty.parse(input).ok().and_then(|value| value.to_text())
    }

    #[test]
    fn integers_are_held_to_their_bounds() {
        let byte = FieldType::int(8, true);
        assert_eq!(byte.parse("255"), Ok(Value::Int(255)));
        assert!(matches!(byte.parse("256"), Err(InvalidInput::Bounds { .. })));
        assert!(matches!(byte.parse("1.5"), Err(InvalidInput::Form { .. })));
        let big = FieldType::int(64, true);
        assert_eq!(big.parse("18446744073709551615"), Ok(Value::UInt(u64::MAX)));
        assert_eq!(
            FieldType::int(64, false).parse("-9223372036854775808"),
            Ok(Value::Int(i64::MIN))
        );
    }

    #[test]
    fn a_decimal_keeps_every_digit() {
        let ty = FieldType::Decimal { precision: None, scale: None };
        let long = "1234567890123456789012345678901234567890.1200";
        assert_eq!(text(&ty, long).as_deref(), Some(long));
        for bad in ["1,5", "1e5", "", "-", ".", "12a"] {
            assert!(ty.parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn points_in_time_are_told_in_utc() {
        let ty = FieldType::Instant;
        assert_eq!(text(&ty, "2026-11-20 13:45:00+01").as_deref(), Some("2026-11-20 12:45:00+00"));
        assert_eq!(
            text(&ty, "2026-11-20T13:45:00.5Z").as_deref(),
            Some("2026-11-20 13:45:00.5+00")
        );
        assert_eq!(
            text(&FieldType::DateTime, "2026-11-20 13:45").as_deref(),
            Some("2026-11-20 13:45:00")
        );
        assert_eq!(text(&FieldType::Date, "2026-02-30"), None);
        assert_eq!(text(&FieldType::Date, "0000-00-00").as_deref(), Some("0000-00-00"));
    }

    #[test]
    fn a_uuid_is_written_in_its_one_form() {
        assert_eq!(
            text(&FieldType::Uuid, "A0EEBC999C0B4EF8BB6D6BB9BD380A11").as_deref(),
            Some("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
        );
    }
}
