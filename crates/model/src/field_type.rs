//! What a field can hold, and how a person's text becomes a value of it.

mod odd;

use serde::{Deserialize, Serialize};

use crate::value::{Value, unhex};

/// The type of a field in the words a screen needs. A type that is not known exactly is
/// [`FieldType::Other`]: shown as the backend's text and never written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// True or false.
    Bool,
    /// A whole number with its inclusive bounds.
    Int {
        /// Least value.
        min: i64,
        /// Greatest value.
        max: u64,
    },
    /// An exact decimal; `None` where the backend sets no limit.
    Decimal {
        /// Digits in all.
        precision: Option<u32>,
        /// Digits after the point.
        scale: Option<u32>,
    },
    /// A floating-point number of 32 or 64 bits.
    Float {
        /// 32 or 64.
        bits: u8,
    },
    /// PostgreSQL's `money`: shown as its text, compared in its own type.
    Money,
    /// Text, with the greatest number of characters where there is one.
    Text {
        /// Greatest number of characters.
        max: Option<u32>,
    },
    /// One of a fixed list of texts.
    Enum {
        /// The permitted texts in the backend's order.
        choices: Vec<String>,
    },
    /// Any of a fixed list of texts, joined by commas (MySQL `SET`).
    Set {
        /// The permitted members.
        choices: Vec<String>,
    },
    /// A calendar day, `2026-11-20`.
    Date,
    /// A time of day, `13:45:00.123456`; with `zone`, followed by an offset.
    Time {
        /// Whether an offset belongs to it.
        zone: bool,
    },
    /// Day and time without a zone, `2026-11-20 13:45:00`.
    DateTime,
    /// A point in time; its text is in UTC, `2026-11-20 13:45:00+00`.
    Instant,
    /// A year of four digits.
    Year,
    /// A span of time in the backend's own text.
    Interval,
    /// A UUID in lower case with hyphens.
    Uuid,
    /// JSON; `binary` where the backend keeps it parsed and may reorder it.
    Json {
        /// Whether the backend normalises it (`jsonb`).
        binary: bool,
    },
    /// A list of values, in the backend's text (`{1,2}`).
    Array {
        /// Type of the elements.
        element: Box<FieldType>,
    },
    /// A range of values, in the backend's text (`[1,5)`).
    Range,
    /// A byte string.
    Bytes,
    /// A string of bits, `0101`.
    Bits,
    /// A network address.
    Network,
    /// SQLite's column without a type: a value of any kind.
    Any,
    /// A type that is not known: text to read, never to write.
    Other,
}

/// An input text is not a value of the field's type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidInput {
    /// Not of the form that the type asks for.
    #[error("“{text}” is not {expected}")]
    Form {
        /// What was given.
        text: String,
        /// What would be right, as a noun phrase; also the stem of a message key.
        expected: Expected,
    },
    /// A number outside its bounds.
    #[error("{text} is outside {min} to {max}")]
    Bounds {
        /// What was given.
        text: String,
        /// Least permitted value.
        min: String,
        /// Greatest permitted value.
        max: String,
    },
    /// A decimal with more digits after the point than the field keeps.
    #[error("{text} has more than {scale} digits after the point")]
    Scale {
        /// What was given.
        text: String,
        /// Digits that the field keeps.
        scale: u32,
    },
    /// A text with too many characters.
    #[error("{length} characters, at most {max} fit")]
    Length {
        /// Characters given.
        length: usize,
        /// Characters that fit.
        max: u32,
    },
    /// None of the permitted texts.
    #[error("“{text}” is not one of the choices")]
    Choice {
        /// What was given.
        text: String,
        /// What is permitted.
        choices: Vec<String>,
    },
    /// The type is read-only.
    #[error("this type can only be read")]
    ReadOnly,
}

/// What an input should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Expected {
    Bool,
    Integer,
    Decimal,
    Number,
    Date,
    Time,
    DateTime,
    Instant,
    Year,
    Uuid,
    Json,
    Hex,
    Bits,
}

impl Expected {
    /// The stem of the message key that describes the expected form.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Number => "number",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Instant => "instant",
            Self::Year => "year",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Hex => "hex",
            Self::Bits => "bits",
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bool => "true or false",
            Self::Integer => "a whole number",
            Self::Decimal => "a decimal number such as 12.50",
            Self::Number => "a number",
            Self::Date => "a date such as 2026-11-20",
            Self::Time => "a time such as 13:45:00",
            Self::DateTime => "a date and time such as 2026-11-20 13:45:00",
            Self::Instant => "a point in time such as 2026-11-20 13:45:00+01:00",
            Self::Year => "a year of four digits",
            Self::Uuid => "a UUID",
            Self::Json => "JSON",
            Self::Hex => "bytes in hexadecimal",
            Self::Bits => "a string of 0 and 1",
        })
    }
}

impl FieldType {
    /// An integer type by its width.
    #[must_use]
    pub fn int(bits: u8, unsigned: bool) -> Self {
        if unsigned {
            Self::Int { min: 0, max: u64::MAX >> (64 - u32::from(bits)) }
        } else {
            let max = (1_u64 << (u32::from(bits) - 1)) - 1;
            Self::Int { min: i64::MIN >> (64 - u32::from(bits)), max }
        }
    }

    /// Text without a limit.
    #[must_use]
    pub fn text() -> Self {
        Self::Text { max: None }
    }

    /// Whether values of the type may be written.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        match self {
            Self::Other => false,
            Self::Array { element } => element.is_writable(),
            _ => true,
        }
    }

    /// Whether the values are numbers, which stand right-aligned.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        matches!(
            self,
            Self::Int { .. } | Self::Decimal { .. } | Self::Float { .. } | Self::Money | Self::Year
        )
    }

    /// Whether the values are days or times.
    #[must_use]
    pub fn is_temporal(&self) -> bool {
        matches!(self, Self::Date | Self::DateTime | Self::Instant)
    }

    /// Whether the values are texts in which one searches.
    #[must_use]
    pub fn is_textual(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Enum { .. } | Self::Set { .. })
    }

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
