//! What a field can hold.

mod odd;
mod parse;

use serde::{Deserialize, Serialize};

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
}
