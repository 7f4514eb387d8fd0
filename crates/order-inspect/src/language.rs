//! The languages that documents, mails and explanations are written in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A language of the shop's texts, in JSON its ISO 639 code.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    ToSchema,
)]
pub enum Language {
    /// German, `de`.
    #[default]
    #[serde(rename = "de")]
    German,
    /// English, `en`.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The ISO 639 code: `de` or `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::English => "en",
        }
    }

    /// The language of a code; German for a code that is not known.
    #[must_use]
    pub fn of(code: &str) -> Self {
        if code == Self::English.code() { Self::English } else { Self::German }
    }

    /// The mark between the whole and the decimals of a number.
    #[must_use]
    pub const fn decimal_mark(self) -> char {
        match self {
            Self::German => ',',
            Self::English => '.',
        }
    }

    /// The mark between groups of three digits.
    #[must_use]
    pub const fn group_mark(self) -> char {
        match self {
            Self::German => '.',
            Self::English => ',',
        }
    }
}
