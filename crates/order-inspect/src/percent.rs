//! Percentages without floating point.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

use crate::language::Language;
use crate::money::{divide_rounded, saturating_i64};

/// A share from 0 % to 100 % in thousandths of a percent: 10.5 % is `10_500`.
///
/// In JSON a decimal text such as `"10.5"`: a JSON number would invite floating point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, ToSchema)]
#[schema(value_type = String, pattern = r"^(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)$", example = "10.5")]
pub struct Percent(u32);

/// Why a text or a number is no [`Percent`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not a percentage; write 0 to 100 with at most three decimals, such as “19” or “10.5”"
)]
pub struct PercentError(String);

/// Thousandths of a percent in one percent.
const ONE_PERCENT: u32 = 1_000;
/// Thousandths of a percent in the whole.
pub(crate) const WHOLE: u32 = 100_000;

impl Percent {
    /// Nothing: 0 %.
    pub const ZERO: Self = Self(0);
    /// All: 100 %.
    pub const ALL: Self = Self(WHOLE);

    /// A percentage from its thousandths.
    ///
    /// # Errors
    /// Above `100_000`, which is 100 %.
    pub fn from_thousandths(thousandths: u32) -> Result<Self, PercentError> {
        if thousandths <= WHOLE {
            Ok(Self(thousandths))
        } else {
            Err(PercentError(format!("{thousandths} thousandths")))
        }
    }

    /// The thousandths of a percent, 0 to `100_000`.
    #[must_use]
    pub const fn thousandths(self) -> u32 {
        self.0
    }

    /// This share of `amount`, rounded half away from zero; never beyond `amount`.
    #[must_use]
    pub fn of(self, amount: i64) -> i64 {
        saturating_i64(divide_rounded(i128::from(amount) * i128::from(self.0), i128::from(WHOLE)))
    }

    /// The percentage as documents write it: `10,5 %` in German, `10.5%` in English.
    #[must_use]
    pub fn text(self, language: Language) -> String {
        match language {
            Language::German => format!("{}\u{a0}%", self.to_string().replace('.', ",")),
            Language::English => format!("{self}%"),
        }
    }
}

impl fmt::Display for Percent {
    /// The shortest decimal form: `19`, `10.5`, `0.125`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, thousandths) = (self.0 / ONE_PERCENT, self.0 % ONE_PERCENT);
        if thousandths == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{thousandths:03}").trim_end_matches('0'))
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        thousandths(text)
            .and_then(|value| Self::from_thousandths(value).ok())
            .ok_or_else(|| PercentError(text.to_owned()))
    }
}

/// The thousandths of a decimal text without sign, at most three digits on either side of the point.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole) || !digits(decimals) {
        return None;
    }
    Some(whole.parse::<u32>().ok()? * ONE_PERCENT + format!("{decimals:0<3}").parse::<u32>().ok()?)
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_written_in_its_shortest_form_and_read_back() {
        for (thousandths, text) in [
            (0, "0"),
            (125, "0.125"),
            (7_700, "7.7"),
            (10_050, "10.05"),
            (19_000, "19"),
            (100_000, "100"),
        ] {
            let percent = Percent::from_thousandths(thousandths).unwrap();
            assert_eq!(percent.to_string(), text);
            assert_eq!(text.parse(), Ok(percent));
        }
    }

    #[test]
    fn what_is_no_percentage_between_0_and_100_is_refused_with_an_example() {
        for text in ["", "-1", "100.001", "1e2", "10,5", "1.2345", ".5", "5.", "+5"] {
            let error = text.parse::<Percent>().unwrap_err().to_string();
            assert!(error.contains("such as “19”"), "{text}: {error}");
        }
        assert!(serde_json::from_str::<Percent>("19").is_err(), "a JSON number is refused");
    }

    #[test]
    fn half_a_cent_is_rounded_away_from_zero() {
        let percent: Percent = "50".parse().unwrap();
        assert_eq!((percent.of(1), percent.of(3), percent.of(-1)), (1, 2, -1));
        assert_eq!(Percent::ALL.of(i64::MAX), i64::MAX);
    }

    #[test]
    fn documents_write_percentages_in_their_language() {
        let percent: Percent = "10.5".parse().unwrap();
        assert_eq!(percent.text(Language::German), "10,5\u{a0}%");
        assert_eq!(percent.text(Language::English), "10.5%");
    }
}
