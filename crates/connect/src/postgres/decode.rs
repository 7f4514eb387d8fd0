//! PostgreSQL's binary values as exact [`Value`]s. Formats are those of the server's `*send`
//! functions; whatever is not read here was asked for as text.

use kontor_model::Value;
use sqlx::postgres::{PgRow, PgValueFormat, PgValueRef};
use sqlx::{Row as _, ValueRef as _};

use crate::driver::brief;
use crate::sql::{Take, Taken};

pub(super) fn row(row: &PgRow, takes: &[Taken]) -> Result<Vec<Value>, sqlx::Error> {
    // One more place, for the office often adds one.
    let mut values = Vec::with_capacity(takes.len() + 1);
    for (index, taken) in takes.iter().enumerate() {
        let raw = row.try_get_raw(index)?;
        values.push(taken_value(&raw, taken.take).map_err(|problem| {
            sqlx::Error::ColumnDecode { index: index.to_string(), source: problem.into() }
        })?);
    }
    Ok(values)
}

fn taken_value(raw: &PgValueRef<'_>, take: Take) -> Result<Value, String> {
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let value = value(raw)?;
    Ok(match (take, value) {
        (Take::Size, Value::Int(bytes)) => Value::Large(bytes.unsigned_abs()),
        (Take::Brief, Value::Text(text)) => brief(text),
        (_, value) => value,
    })
}

// Object identifiers from pg_type.dat.
const BOOL: u32 = 16;
const BYTEA: u32 = 17;
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;
const OID: u32 = 26;
const FLOAT4: u32 = 700;
const FLOAT8: u32 = 701;
const DATE: u32 = 1082;
const TIMESTAMP: u32 = 1114;
const TIMESTAMPTZ: u32 = 1184;
const NUMERIC: u32 = 1700;
const UUID: u32 = 2950;
const JSONB: u32 = 3802;

fn value(raw: &PgValueRef<'_>) -> Result<Value, String> {
    let bytes = raw.as_bytes().map_err(|error| error.to_string())?;
    if raw.format() == PgValueFormat::Text {
        return text(bytes);
    }
    let oid = raw.type_info().oid().map_or(0, |oid| oid.0);
    Ok(match oid {
        BOOL => Value::Bool(fixed::<1>(bytes)? != [0]),
        INT2 => Value::Int(i64::from(i16::from_be_bytes(fixed(bytes)?))),
        INT4 => Value::Int(i64::from(i32::from_be_bytes(fixed(bytes)?))),
        INT8 => Value::Int(i64::from_be_bytes(fixed(bytes)?)),
        OID => Value::Int(i64::from(u32::from_be_bytes(fixed(bytes)?))),
        FLOAT4 => Value::Real(f32::from_be_bytes(fixed(bytes)?)),
        FLOAT8 => Value::Float(f64::from_be_bytes(fixed(bytes)?)),
        BYTEA => Value::Bytes(bytes.to_vec()),
        NUMERIC => Value::Decimal(numeric(bytes)?),
        DATE => Value::Text(date(i32::from_be_bytes(fixed(bytes)?))),
        TIMESTAMP => Value::Text(timestamp(i64::from_be_bytes(fixed(bytes)?), "")),
        TIMESTAMPTZ => Value::Text(timestamp(i64::from_be_bytes(fixed(bytes)?), "+00")),
        UUID => Value::Text(uuid(fixed(bytes)?)),
        JSONB => text(bytes.get(1..).unwrap_or_default())?,
        _ => text(bytes)?,
    })
}

fn text(bytes: &[u8]) -> Result<Value, String> {
    // A database with the encoding SQL_ASCII holds whatever it was given.
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => Value::Text(text.to_owned()),
        Err(_) => Value::Bytes(bytes.to_vec()),
    })
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], String> {
    bytes.try_into().map_err(|_| format!("{} bytes where {N} belong", bytes.len()))
}

fn uuid(bytes: [u8; 16]) -> String {
    let hex = kontor_model::value::hex(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// `numeric_send`: digit count, weight, sign, display scale, then digits of base 10,000.
fn numeric(bytes: &[u8]) -> Result<String, String> {
    let short = |at: usize| -> Result<u16, String> {
        bytes
            .get(at..at + 2)
            .map(|b| u16::from_be_bytes([b[0], b[1]]))
            .ok_or_else(|| "a numeric too short".to_owned())
    };
    let count = usize::from(short(0)?);
    let weight = i32::from(short(2)?.cast_signed());
    let sign = short(4)?;
    let scale = usize::from(short(6)?);
    match sign {
        0xC000 => return Ok("NaN".into()),
        0xD000 => return Ok("Infinity".into()),
        0xF000 => return Ok("-Infinity".into()),
        _ => {}
    }
    let digit = |position: i32| -> Result<u16, String> {
        match usize::try_from(position) {
            Ok(index) if index < count => short(8 + index * 2),
            _ => Ok(0),
        }
    };
    let mut out = String::with_capacity(count * 4 + scale + 2);
    if sign == 0x4000 {
        out.push('-');
    }
    if weight < 0 {
        out.push('0');
    }
    for position in 0..=weight {
        push_number(&mut out, u64::from(digit(position)?), if position == 0 { 1 } else { 4 });
    }
    if scale > 0 {
        out.push('.');
        let end = out.len() + scale;
        let mut position = weight + 1;
        while out.len() < end {
            push_number(&mut out, u64::from(digit(position)?), 4);
            position += 1;
        }
        out.truncate(end);
    }
    Ok(out)
}

/// Decimal digits, at least so many; a list has hundreds of them, and `format!` takes its time.
fn push_number(out: &mut String, number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut rest = number;
    let mut begin = digits.len();
    while rest > 0 || digits.len() - begin < width {
        begin -= 1;
        digits[begin] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    out.extend(digits[begin..].iter().copied().map(char::from));
}

/// Days from 1970-01-01 to PostgreSQL's epoch, 2000-01-01.
const EPOCH_DAYS: i64 = 10_957;
const MICROS_PER_DAY: i64 = 86_400_000_000;

fn date(days: i32) -> String {
    match days {
        i32::MAX => "infinity".into(),
        i32::MIN => "-infinity".into(),
        days => {
            let mut out = String::with_capacity(13);
            let bc = push_day(&mut out, i64::from(days) + EPOCH_DAYS);
            out.push_str(if bc { " BC" } else { "" });
            out
        }
    }
}

fn timestamp(micros: i64, zone: &str) -> String {
    match micros {
        i64::MAX => return "infinity".into(),
        i64::MIN => return "-infinity".into(),
        _ => {}
    }
    let mut out = String::with_capacity(32);
    let bc = push_day(&mut out, micros.div_euclid(MICROS_PER_DAY) + EPOCH_DAYS);
    out.push(' ');
    push_clock(&mut out, micros.rem_euclid(MICROS_PER_DAY).unsigned_abs());
    out.push_str(zone);
    out.push_str(if bc { " BC" } else { "" });
    out
}

fn push_clock(out: &mut String, micros: u64) {
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    push_number(out, seconds / 3600, 2);
    out.push(':');
    push_number(out, seconds / 60 % 60, 2);
    out.push(':');
    push_number(out, seconds % 60, 2);
    if fraction > 0 {
        out.push('.');
        push_number(out, fraction, 6);
        out.truncate(out.trim_end_matches('0').len());
    }
}

/// The day of the proleptic Gregorian calendar; whether it lies before the common era. After Howard
/// Hinnant, “chrono-compatible low-level date algorithms”, `civil_from_days`.
fn push_day(out: &mut String, days: i64) -> bool {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let bc = year <= 0;
    let shown = if bc { 1 - year } else { year };
    push_number(out, shown.unsigned_abs(), 4);
    out.push('-');
    push_number(out, month.unsigned_abs(), 2);
    out.push('-');
    push_number(out, day.unsigned_abs(), 2);
    bc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_told_as_the_server_tells_them() {
        assert_eq!(date(0), "2000-01-01");
        assert_eq!(date(-730_119), "0001-01-01");
        assert_eq!(date(-730_120), "0001-12-31 BC");
        assert_eq!(date(i32::MAX), "infinity");
        assert_eq!(timestamp(-1, ""), "1999-12-31 23:59:59.999999");
        assert_eq!(timestamp(1_500_000, "+00"), "2000-01-01 00:00:01.5+00");
    }

    #[test]
    fn a_numeric_keeps_its_scale() {
        // 1234567.8900: digits 123, 4567, 8900; weight 1; scale 4.
        let wire = |count: u16, weight: i16, sign: u16, scale: u16, digits: &[u16]| {
            let mut bytes = Vec::new();
            for short in [count, weight.cast_unsigned(), sign, scale].iter().chain(digits) {
                bytes.extend(short.to_be_bytes());
            }
            numeric(&bytes).expect("a numeric")
        };
        assert_eq!(wire(3, 1, 0, 4, &[123, 4567, 8900]), "1234567.8900");
        assert_eq!(wire(1, -1, 0x4000, 3, &[50]), "-0.005");
        assert_eq!(wire(0, 0, 0, 2, &[]), "0.00");
        assert_eq!(wire(1, 2, 0, 0, &[1]), "100000000");
        assert_eq!(wire(0, 0, 0xC000, 0, &[]), "NaN");
    }
}
