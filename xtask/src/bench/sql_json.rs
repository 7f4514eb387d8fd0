//! Rows of PostgreSQL as JSON, as exactly and as cheaply as a program with nothing else to do would
//! write them: the floor's share of the work that Kontor does, too.

use std::io::Write as _;

use sqlx::{
    Column as _, Row as _, ValueRef as _,
    postgres::{PgRow, PgValueRef},
};

use crate::failure::{Failure, Outcome};

// Object identifiers from pg_type.dat.
const INT8: u32 = 20;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const BPCHAR: u32 = 1042;
const TIMESTAMPTZ: u32 = 1184;
const NUMERIC: u32 = 1700;

/// Seconds from 1970 to 2000, where PostgreSQL begins.
const EPOCH: i64 = 946_684_800;

/// Appends one object, names as in the statement.
pub(super) fn write_row(out: &mut Vec<u8>, row: &PgRow) -> Outcome {
    for (index, column) in row.columns().iter().enumerate() {
        out.push(if index == 0 { b'{' } else { b',' });
        text(out, column.name())?;
        out.push(b':');
        let raw = row.try_get_raw(index).map_err(|error| Failure::new(error.to_string()))?;
        value(out, &raw)?;
    }
    out.push(b'}');
    Ok(())
}

fn value(out: &mut Vec<u8>, raw: &PgValueRef<'_>) -> Outcome {
    if raw.is_null() {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    let bytes = raw.as_bytes().map_err(|error| Failure::new(error.to_string()))?;
    let oid = raw.type_info().oid().map_or(0, |oid| oid.0);
    match oid {
        // Beyond 2^53 JavaScript would round, so 64-bit integers travel as text.
        INT8 => drop(write!(out, "\"{}\"", i64::from_be_bytes(fixed(bytes)?))),
        INT4 => drop(write!(out, "{}", i32::from_be_bytes(fixed(bytes)?))),
        TEXT | BPCHAR => {
            let read = std::str::from_utf8(bytes);
            text(out, read.map_err(|error| Failure::new(error.to_string()))?)?;
        }
        TIMESTAMPTZ => moment(out, i64::from_be_bytes(fixed(bytes)?))?,
        NUMERIC => numeric(out, bytes)?,
        other => return Err(Failure::new(format!("the floor cannot read type {other}"))),
    }
    Ok(())
}

fn text(out: &mut Vec<u8>, text: &str) -> Outcome {
    serde_json::to_writer(out, text).map_err(|error| Failure::new(error.to_string()))
}

fn fixed<const N: usize>(bytes: &[u8]) -> Outcome<[u8; N]> {
    bytes.try_into().map_err(|_| Failure::new(format!("{} bytes where {N} belong", bytes.len())))
}

fn moment(out: &mut Vec<u8>, micros: i64) -> Outcome {
    let moment = jiff::Timestamp::from_microsecond(micros + EPOCH * 1_000_000)
        .map_err(|error| Failure::new(error.to_string()))?;
    drop(write!(out, "\"{moment}\""));
    Ok(())
}

/// `numeric_send`: digit count, weight, sign, display scale, then digits of base 10,000.
fn numeric(out: &mut Vec<u8>, bytes: &[u8]) -> Outcome {
    let shorts: Vec<u16> =
        bytes.as_chunks().0.iter().map(|pair: &[u8; 2]| u16::from_be_bytes(*pair)).collect();
    let [count, weight, sign, scale, digits @ ..] = shorts.as_slice() else {
        return Err(Failure::new("a numeric too short"));
    };
    if digits.len() != usize::from(*count) || *sign > 0x4000 {
        return Err(Failure::new("a numeric that is no number"));
    }
    let weight = weight.cast_signed();
    let digit = |position: i16| {
        usize::try_from(position).ok().and_then(|at| digits.get(at)).copied().unwrap_or(0)
    };
    out.extend_from_slice(if *sign == 0x4000 { b"\"-" } else { b"\"" });
    drop(write!(out, "{}", if weight < 0 { 0 } else { digit(0) }));
    for position in 1..=weight {
        drop(write!(out, "{:04}", digit(position)));
    }
    if *scale > 0 {
        out.push(b'.');
        let begin = out.len();
        let mut position = weight + 1;
        while out.len() - begin < usize::from(*scale) {
            drop(write!(out, "{:04}", digit(position)));
            position += 1;
        }
        out.truncate(begin + usize::from(*scale));
    }
    out.push(b'"');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{moment, numeric};

    fn read(shorts: &[u16]) -> String {
        let bytes: Vec<u8> = shorts.iter().flat_map(|short| short.to_be_bytes()).collect();
        let mut out = Vec::new();
        numeric(&mut out, &bytes).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_numeric_is_written_with_its_scale() {
        assert_eq!(read(&[3, 1, 0, 4, 123, 4567, 8900]), "\"1234567.8900\"");
        assert_eq!(read(&[1, u16::MAX, 0x4000, 3, 50]), "\"-0.005\"");
        assert_eq!(read(&[0, 0, 0, 2]), "\"0.00\"");
    }

    #[test]
    fn a_moment_is_written_in_utc() {
        let mut out = Vec::new();
        moment(&mut out, 1_500_000).unwrap();
        assert_eq!(out, b"\"2000-01-01T00:00:01.5Z\"");
    }
}
