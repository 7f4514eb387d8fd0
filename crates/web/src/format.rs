//! Numbers, days, times and sizes as people of a language write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use kontor_model::{FieldType, Value};
use kontor_office::catalog::{in_major_units, own_digits};

use crate::texts::{Language, Texts};

/// How a field is shown where its type alone does not say it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Format {
    /// As the type says.
    #[default]
    Auto,
    /// Exactly as it is: numbers without separators (order numbers, postcodes).
    Plain,
    /// Money.
    Money {
        /// Currency code or sign, shown after the amount.
        currency: Option<String>,
        /// Digits of the minor unit where whole numbers count those (2 for cents); `None` where
        /// the values are amounts as they are.
        minor: Option<u8>,
    },
    /// A moment, as a number since 1970.
    UnixTime {
        /// How many of what it counts are a second.
        per_second: i64,
    },
    /// A number of bytes.
    Size,
    /// Text of many lines.
    Lines,
    /// JSON, also where it is kept as text.
    Json,
    /// A web address, an e-mail address or a telephone number that can be opened.
    Address,
}

impl Format {
    /// The format of an amount in a record's own currency: its sign, and the digits of its minor
    /// unit where that is known. Amounts with more digits than any currency has (hundredths of
    /// cents) keep theirs.
    #[must_use]
    pub fn in_currency(&self, code: &str) -> Self {
        match self {
            Self::Money { minor, .. } => Self::Money {
                currency: (!code.is_empty()).then(|| code.to_owned()),
                minor: minor.map(|digits| {
                    let own = own_digits(u32::from(digits), Some(code));
                    u8::try_from(own).unwrap_or(digits)
                }),
            },
            other => other.clone(),
        }
    }
}

/// The marks between thousands and before the fraction.
pub(crate) fn marks(language: Language) -> (char, char) {
    match language {
        Language::German => ('.', ','),
        Language::English => (',', '.'),
    }
}

/// Digits in groups of three. Everything that is not a digit ends the run.
fn group(digits: &str, mark: char) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

/// A whole number: `1.234` or `1,234`.
#[must_use]
pub fn integer(language: Language, n: i128) -> String {
    decimal(language, &n.to_string())
}

/// A number in plain notation (`-1234.50`) as the language writes it; every digit stays. What is
/// not plain notation (`NaN`, `1e300`) stays as it is.
#[must_use]
pub fn decimal(language: Language, text: &str) -> String {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("−", rest),
        None => ("", text),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !fraction.is_none_or(is_digits) {
        return text.to_owned();
    }
    let (thousand, point) = marks(language);
    let mut out = format!("{sign}{}", group(whole, thousand));
    if let Some(fraction) = fraction {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// An amount: minor units are turned into the major unit without arithmetic on floats.
#[must_use]
pub fn money(language: Language, plain: &str, currency: Option<&str>, minor: u8) -> String {
    let amount = decimal(language, &in_major_units(plain, u32::from(minor)));
    match currency {
        Some(currency) => format!("{amount}\u{a0}{currency}"),
        None => amount,
    }
}

/// A number of bytes in the unit that keeps it short: `1,4 MB`.
#[must_use]
pub fn size(language: Language, bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut unit = 0;
    let mut tenths = u128::from(bytes) * 10;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    let number = if unit == 0 || tenths >= 1000 {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    format!("{}\u{a0}{}", decimal(language, &number), UNITS[unit])
}

/// Names of the months as days are written with.
pub(crate) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day: `20.11.2026` or `20 Nov 2026`.
#[must_use]
pub fn day(language: Language, date: Date) -> String {
    match language {
        Language::German => format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year()),
        Language::English => {
            let month = usize::try_from(date.month() - 1)
                .ok()
                .and_then(|month| MONTHS.get(month))
                .unwrap_or(&"");
            format!("{} {month} {:04}", date.day(), date.year())
        }
    }
}

/// How much of a time is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Hours and minutes, as in lists.
    Minutes,
    /// Everything that is not zero, as on a record.
    Exact,
}

/// A time of day: `13:45`, exactly also `13:45:07.25`.
#[must_use]
pub fn clock(time: Time, precision: Precision) -> String {
    let short = format!("{:02}:{:02}", time.hour(), time.minute());
    if precision == Precision::Minutes || (time.second() == 0 && time.subsec_nanosecond() == 0) {
        return short;
    }
    let mut out = format!("{short}:{:02}", time.second());
    if time.subsec_nanosecond() != 0 {
        let digits = format!("{:09}", time.subsec_nanosecond());
        out.push('.');
        out.push_str(digits.trim_end_matches('0'));
    }
    out
}

/// Day and time without a zone.
#[must_use]
pub fn date_time(language: Language, at: DateTime, precision: Precision) -> String {
    format!("{}, {}", day(language, at.date()), clock(at.time(), precision))
}

/// A moment in the reader's time zone.
#[must_use]
pub fn moment(language: Language, at: Timestamp, zone: &TimeZone, precision: Precision) -> String {
    date_time(language, at.to_zoned(zone.clone()).datetime(), precision)
}

/// A moment with zone and offset, for what appears on hover: `20.11.2026, 13:45:07 CET (UTC+01)`.
#[must_use]
pub fn moment_with_zone(language: Language, at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned(zone.clone());
    let offset = zoned.offset();
    format!(
        "{} {} (UTC{offset})",
        date_time(language, zoned.datetime(), Precision::Exact),
        zoned.strftime("%Z")
    )
}

/// How long ago a moment was, in words; days and more give the day itself.
#[must_use]
pub fn ago(texts: &Texts, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let seconds = now.as_second() - at.as_second();
    match seconds {
        ..60 => texts.get("ago-now").into_owned(),
        60..3_600 => texts.count("ago-minutes", seconds.unsigned_abs() / 60),
        3_600..86_400 => texts.count("ago-hours", seconds.unsigned_abs() / 3_600),
        86_400..604_800 => texts.count("ago-days", seconds.unsigned_abs() / 86_400),
        _ => day(texts.language(), at.to_zoned(zone.clone()).datetime().date()),
    }
}

/// The moment that an instant's canonical text means; `None` for zero dates and infinities.
#[must_use]
pub fn parse_instant(text: &str) -> Option<Timestamp> {
    let joined = text.replacen(' ', "T", 1);
    let full = match joined.rfind(['+', '-']) {
        Some(at) if at > 10 && joined.len() - at == 3 => format!("{joined}:00"),
        _ => joined,
    };
    full.parse().ok()
}

/// The moment that a number since 1970 means; `None` for what is no whole number, and beyond the years that calendars
/// have.
#[must_use]
pub fn unix_time(number: &str, per_second: i64) -> Option<Timestamp> {
    let micros = number.parse::<i64>().ok()?.checked_mul(1_000_000 / per_second)?;
    Timestamp::from_microsecond(micros).ok()
}

/// Who reads: language and time zone.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The language.
    pub language: Language,
    /// The time zone.
    pub zone: &'a TimeZone,
}

/// A value as text in the reader's way of writing; `None` for `NULL`. `precision` says how much
/// of a time is shown; decimals and integers always keep every digit.
#[must_use]
pub fn value(
    reader: Reader<'_>,
    ty: &FieldType,
    format: &Format,
    value: &Value,
    precision: Precision,
) -> Option<String> {
    let plain = match value {
        Value::Large(bytes) => return Some(size(reader.language, *bytes)),
        Value::Bytes(bytes) => return Some(size(reader.language, bytes.len() as u64)),
        other => other.to_text()?,
    };
    let is_number = is_number(value);
    Some(match format {
        Format::Plain | Format::Lines | Format::Json | Format::Address => plain,
        Format::Money { currency, minor } if is_number => {
            money(reader.language, &plain, currency.as_deref(), minor.unwrap_or(0))
        }
        Format::UnixTime { per_second } if is_number => match unix_time(&plain, *per_second) {
            Some(at) => moment(reader.language, at, reader.zone, precision),
            None => decimal(reader.language, &plain),
        },
        Format::Size => match plain.parse() {
            Ok(bytes) => size(reader.language, bytes),
            Err(_) => plain,
        },
        _ if *ty == FieldType::Year => plain,
        _ if is_number => decimal(reader.language, &plain),
        _ => temporal(reader, ty, &plain, precision).unwrap_or(plain),
    })
}

/// Whether a value is a number, whatever its field is declared as.
#[must_use]
pub fn is_number(value: &Value) -> bool {
    matches!(
        value,
        Value::Int(_) | Value::UInt(_) | Value::Float(_) | Value::Real(_) | Value::Decimal(_)
    )
}

fn temporal(
    reader: Reader<'_>,
    ty: &FieldType,
    plain: &str,
    precision: Precision,
) -> Option<String> {
    let language = reader.language;
    match ty {
        FieldType::Date => Some(day(language, plain.parse().ok()?)),
        FieldType::DateTime => {
            match plain.replacen(' ', "T", 1).parse::<DateTime>() {
                Ok(at) => Some(date_time(language, at, precision)),
                // SQLite keeps what it is given, a moment with its zone, too.
                Err(_) => Some(moment(language, parse_instant(plain)?, reader.zone, precision)),
            }
        }
        FieldType::Instant => Some(moment(language, parse_instant(plain)?, reader.zone, precision)),
        FieldType::Time { zone: false } => Some(clock(plain.parse().ok()?, precision)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(language: Language, ty: &FieldType, v: &Value) -> String {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let reader = Reader { language, zone: &zone };
        value(reader, ty, &Format::Auto, v, Precision::Minutes).unwrap_or_default()
    }

    #[test]
    fn numbers_keep_every_digit() {
        let long = "12345678901234567890.10".to_owned();
        assert_eq!(decimal(Language::German, &long), "12.345.678.901.234.567.890,10");
        assert_eq!(decimal(Language::English, "-1234.5"), "−1,234.5");
        assert_eq!(decimal(Language::German, "NaN"), "NaN");
        assert_eq!(decimal(Language::German, "1e300"), "1e300");
    }

    #[test]
    fn minor_units_become_money_without_rounding() {
        let euro = |text| money(Language::German, text, Some("€"), 2);
        assert_eq!(euro("123456"), "1.234,56\u{a0}€");
        assert_eq!(euro("-5"), "−0,05\u{a0}€");
        assert_eq!(money(Language::English, "12.5", Some("EUR"), 0), "12.5\u{a0}EUR");
    }

    #[test]
    fn a_moment_that_is_kept_as_a_number_is_shown_as_a_moment() {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let reader = Reader { language: Language::German, zone: &zone };
        let int = FieldType::int(64, false);
        for (number, per_second, wanted) in [
            (1_763_642_730, 1, "20.11.2025, 13:45"),
            (1_763_642_730_123, 1_000, "20.11.2025, 13:45"),
            (1_763_642_730_123_456, 1_000_000, "20.11.2025, 13:45"),
            (i64::MAX, 1, "9.223.372.036.854.775.807"),
        ] {
            let format = Format::UnixTime { per_second };
            let text = value(reader, &int, &format, &Value::Int(number), Precision::Minutes);
            assert_eq!(text.as_deref(), Some(wanted));
        }
    }

    #[test]
    fn a_moment_is_shown_in_the_readers_zone() {
        let at = Value::Text("2026-11-20 12:45:30+00".into());
        assert_eq!(shown(Language::German, &FieldType::Instant, &at), "20.11.2026, 13:45");
        assert_eq!(shown(Language::English, &FieldType::Instant, &at), "20 Nov 2026, 13:45");
    }

    #[test]
    fn what_is_no_date_is_shown_as_it_is() {
        let zero = Value::Text("0000-00-00".into());
        assert_eq!(shown(Language::German, &FieldType::Date, &zero), "0000-00-00");
        let text = Value::Text("abc".into());
        assert_eq!(shown(Language::German, &FieldType::int(32, false), &text), "abc");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(Language::German, 999), "999\u{a0}B");
        assert_eq!(size(Language::German, 1_450_000), "1,4\u{a0}MB");
        assert_eq!(size(Language::English, 123_456), "123\u{a0}kB");
    }
}
