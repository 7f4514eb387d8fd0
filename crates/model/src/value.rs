//! Values as backends hold them, without loss.

use std::cmp::Ordering;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// The greatest integer that a JavaScript number holds exactly, 2⁵³ − 1.
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// One value of one field, exactly as the backend holds it. What is not a number, a truth value
/// or a byte string is kept in the backend's own canonical text, and [`crate::FieldType`] says
/// how to read it: dates, times, UUIDs, JSON, enumerations, arrays and everything unknown.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// SQL `NULL`; never the same as an empty text.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed integer of up to 64 bits.
    Int(i64),
    /// An unsigned integer above [`i64::MAX`]; smaller ones are [`Value::Int`].
    UInt(u64),
    /// A double, NaN and the infinities included.
    Float(f64),
    /// A single-precision number; apart from [`Value::Float`] so that it prints as it was stored.
    Real(f32),
    /// A decimal of any length in plain notation, scale kept (`12.50`), or `NaN`, `Infinity`.
    Decimal(String),
    /// Text, or the canonical text of any other type.
    Text(String),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A byte string that was left where it is; only its length in bytes is known.
    Large(u64),
    /// The beginning of a text that is longer than a list shows.
    Cut(String),
}

impl Value {
    /// An unsigned integer in its one representation.
    #[must_use]
    pub fn from_u64(n: u64) -> Self {
        i64::try_from(n).map_or(Self::UInt(n), Self::Int)
    }

    /// Whether this is SQL `NULL`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether all of the value is here, so that it may be compared and written back.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !matches!(self, Self::Large(_) | Self::Cut(_))
    }

    /// The value as plain text, `None` for `NULL`. Bytes are written in hexadecimal; a value that
    /// is not whole gives what is known of it.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Bool(b) => Some(b.to_string()),
            Self::Int(n) => Some(n.to_string()),
            Self::UInt(n) => Some(n.to_string()),
            Self::Float(n) => Some(float_text(*n)),
            Self::Real(n) => Some(real_text(*n)),
            Self::Decimal(text) | Self::Text(text) | Self::Cut(text) => Some(text.clone()),
            Self::Bytes(bytes) => Some(hex(bytes)),
            Self::Large(bytes) => Some(format!("{bytes} B")),
        }
    }

    /// Approximate heap and inline size in bytes, for budgets.
    #[must_use]
    pub fn weight(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Decimal(text) | Self::Text(text) | Self::Cut(text) => text.len(),
                Self::Bytes(bytes) => bytes.len(),
                _ => 0,
            }
    }

    /// A compact text that tells type and content apart, read back by [`Value::from_tagged`].
    /// Used where values travel inside addresses: cursors, keys, what a form saw.
    #[must_use]
    pub fn to_tagged(&self) -> String {
        match self {
            Self::Null => "n".into(),
            Self::Bool(b) => if *b { "b1" } else { "b0" }.into(),
            Self::Int(n) => format!("i{n}"),
            Self::UInt(n) => format!("u{n}"),
            Self::Float(n) => format!("f{:x}", n.to_bits()),
            Self::Real(n) => format!("r{:x}", n.to_bits()),
            Self::Decimal(text) => format!("d{text}"),
            Self::Text(text) => format!("t{text}"),
            Self::Bytes(bytes) => format!("x{}", hex(bytes)),
            Self::Large(bytes) => format!("l{bytes}"),
            Self::Cut(text) => format!("c{text}"),
        }
    }

    /// Reads what [`Value::to_tagged`] wrote; `None` when it is anything else.
    #[must_use]
    pub fn from_tagged(tagged: &str) -> Option<Self> {
        let mut chars = tagged.chars();
        let tag = chars.next()?;
        let rest = chars.as_str();
        Some(match tag {
            'n' if rest.is_empty() => Self::Null,
            'b' => Self::Bool(match rest {
                "1" => true,
                "0" => false,
                _ => return None,
            }),
            'i' => Self::Int(rest.parse().ok()?),
            'u' => Self::UInt(rest.parse().ok()?),
            'f' => Self::Float(f64::from_bits(u64::from_str_radix(rest, 16).ok()?)),
            'r' => Self::Real(f32::from_bits(u32::from_str_radix(rest, 16).ok()?)),
            'd' => Self::Decimal(rest.to_owned()),
            't' => Self::Text(rest.to_owned()),
            'x' => Self::Bytes(unhex(rest)?),
            'l' => Self::Large(rest.parse().ok()?),
            'c' => Self::Cut(rest.to_owned()),
            _ => return None,
        })
    }

    /// Whether two values mean the same, though a backend may write them in another form than they
    /// were given: `12.5` and `12.50`.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        if self.is_same(other) {
            return true;
        }
        match (self.to_text(), other.to_text()) {
            (Some(a), Some(b)) => {
                a == b || (is_plain_number(&a) && is_plain_number(&b) && bare(&a) == bare(&b))
            }
            _ => false,
        }
    }

    /// The order of two numbers, exact to the last digit whatever their types; none where one of
    /// them is no finite number.
    #[must_use]
    pub fn compared(&self, other: &Self) -> Option<Ordering> {
        let number = |value: &Self| match value {
            Self::Int(_) | Self::UInt(_) | Self::Float(_) | Self::Real(_) | Self::Decimal(_) => {
                value.to_text().filter(|text| is_plain_number(text))
            }
            _ => None,
        };
        Some(number_order(&number(self)?, &number(other)?))
    }

    /// Whether two values are the same to the last bit; unlike `==`, NaN equals itself and
    /// `-0` differs from `0`.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Real(a), Self::Real(b)) => a.to_bits() == b.to_bits(),
            (a, b) => a == b,
        }
    }
}

/// The shortest decimal text that reads back as the same double.
fn float_text(n: f64) -> String {
    if n.is_finite() { finite_text(format!("{n:?}")) } else { special_text(n) }
}

fn real_text(n: f32) -> String {
    if n.is_finite() { finite_text(format!("{n:?}")) } else { special_text(f64::from(n)) }
}

fn finite_text(text: String) -> String {
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

fn special_text(n: f64) -> String {
    if n.is_nan() {
        "NaN".into()
    } else if n > 0.0 {
        "Infinity".into()
    } else {
        "-Infinity".into()
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)] as char);
        out.push(DIGITS[usize::from(byte & 15)] as char);
    }
    out
}

/// Reads hexadecimal of either case; `None` when it is not.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// As the API gives values: numbers where JavaScript keeps them exact, else texts; byte strings as
/// `{"base16": …}`, what was left out as `{"bytes": n}`, cut text as `{"cut": …}`.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let one = |serializer: S, key: &str, value: &str| {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(key, value)?;
            map.end()
        };
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(b) => serializer.serialize_bool(*b),
            Self::Int(n) if n.unsigned_abs() <= MAX_SAFE_INTEGER => serializer.serialize_i64(*n),
            Self::Int(n) => serializer.collect_str(n),
            Self::UInt(n) => serializer.collect_str(n),
            Self::Float(n) if n.is_finite() => serializer.serialize_f64(*n),
            Self::Real(n) if n.is_finite() => serializer.serialize_f32(*n),
            Self::Float(n) => serializer.serialize_str(&float_text(*n)),
            Self::Real(n) => serializer.serialize_str(&real_text(*n)),
            Self::Decimal(text) | Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => one(serializer, "base16", &hex(bytes)),
            Self::Large(bytes) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("bytes", bytes)?;
                map.end()
            }
            Self::Cut(text) => one(serializer, "cut", text),
        }
    }
}

/// A value in its tagged form, for records that must read back exactly (the audit).
#[derive(Debug, Clone, PartialEq)]
pub struct Tagged(pub Value);

impl Serialize for Tagged {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_tagged())
    }
}

impl<'de> Deserialize<'de> for Tagged {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Value::from_tagged(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("not a tagged value"))
    }
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// A number without zeros that mean nothing.
fn bare(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    format!("{sign}{whole}.{fraction}")
}

/// The order of two plain numbers of any length.
fn number_order(one: &str, other: &str) -> Ordering {
    let parts = |text: &str| {
        let bare = bare(text);
        let (is_negative, digits) = match bare.strip_prefix('-') {
            Some(digits) => (digits != ".", digits.to_owned()),
            None => (false, bare),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        (is_negative, whole.to_owned(), fraction.to_owned())
    };
    let ((minus, whole, fraction), (other_minus, other_whole, other_fraction)) =
        (parts(one), parts(other));
    // Without leading and trailing zeros, more digits before the point are more, and digits after
    // it have the order of their texts.
    let size =
        (whole.len(), whole, fraction).cmp(&(other_whole.len(), other_whole, other_fraction));
    match (minus, other_minus) {
        (false, false) => size,
        (true, true) => size.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_have_their_order_whatever_their_types(a in any::<i64>(), b in any::<i64>()) {
            let cents = |n: i64| {
                let (sign, n) = (if n < 0 { "-" } else { "" }, n.unsigned_abs());
                Value::Decimal(format!("{sign}{}.{:02}", n / 100, n % 100))
            };
            prop_assert_eq!(Value::Int(a).compared(&Value::Int(b)), Some(a.cmp(&b)));
            prop_assert_eq!(cents(a).compared(&cents(b)), Some(a.cmp(&b)));
            let whole = a / 1_000;
            prop_assert_eq!(
                Value::Int(whole).compared(&cents(b)),
                Some((i128::from(whole) * 100).cmp(&i128::from(b)))
            );
        }
    }

    #[test]
    fn what_is_no_number_has_no_order() {
        assert_eq!(
            Value::Float(0.5).compared(&Value::Decimal("0.50".into())),
            Some(Ordering::Equal)
        );
        assert_eq!(Value::Decimal("-0.0".into()).compared(&Value::Int(0)), Some(Ordering::Equal));
        assert_eq!(Value::Float(f64::NAN).compared(&Value::Int(0)), None);
        assert_eq!(Value::Text("5".into()).compared(&Value::Int(5)), None);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<u64>().prop_map(Value::from_u64),
            any::<u64>().prop_map(|bits| Value::Float(f64::from_bits(bits))),
            any::<u32>().prop_map(|bits| Value::Real(f32::from_bits(bits))),
            ".*".prop_map(Value::Text),
            "-?[0-9]{1,60}(\\.[0-9]{0,40})?".prop_map(Value::Decimal),
            any::<Vec<u8>>().prop_map(Value::Bytes),
        ]
    }

    proptest! {
        #[test]
        fn a_tagged_value_reads_back_to_the_last_bit(value in any_value()) {
            let back = Value::from_tagged(&value.to_tagged()).expect("reads back");
            prop_assert!(back.is_same(&value), "{back:?} is not {value:?}");
        }
    }

    #[test]
    fn a_number_is_the_same_in_any_of_its_forms() {
        let decimal = |text: &str| Value::Decimal(text.to_owned());
        assert!(decimal("12.5").is_alike(&decimal("12.50")));
        assert!(Value::Int(3).is_alike(&decimal("3.00")));
        assert!(!decimal("12.5").is_alike(&decimal("12.51")));
        assert!(!Value::Null.is_alike(&Value::Text(String::new())));
    }

    #[test]
    fn integers_beyond_javascript_travel_as_text() {
        let json = |value: Value| serde_json::to_string(&value).expect("serialises");
        assert_eq!(json(Value::Int(9_007_199_254_740_991)), "9007199254740991");
        assert_eq!(json(Value::Int(9_007_199_254_740_992)), "\"9007199254740992\"");
        assert_eq!(json(Value::UInt(u64::MAX)), "\"18446744073709551615\"");
        assert_eq!(json(Value::Decimal("12.50".into())), "\"12.50\"");
        assert_eq!(json(Value::Float(f64::NAN)), "\"NaN\"");
    }

    #[test]
    fn a_single_precision_number_prints_as_it_was_stored() {
        assert_eq!(Value::Real(0.1).to_text().as_deref(), Some("0.1"));
        assert_eq!(Value::Float(1e300).to_text().as_deref(), Some("1e300"));
        assert_eq!(Value::Float(3.0).to_text().as_deref(), Some("3"));
    }
}
