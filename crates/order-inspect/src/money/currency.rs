//! Currencies of ISO 4217.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// A currency that people pay with, in JSON its ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{3}$", example = "EUR")]
pub struct Currency(iso_currency::Currency);

/// Why a text is no [`Currency`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a currency; write its ISO 4217 code in capitals, such as EUR, CHF or JPY")]
pub struct CurrencyError(String);

impl Currency {
    /// The euro, with 2 decimals.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    /// The Japanese yen, without decimals.
    pub const JPY: Self = Self(iso_currency::Currency::JPY);
    /// The Kuwaiti dinar, with 3 decimals.
    pub const KWD: Self = Self(iso_currency::Currency::KWD);

    /// The ISO 4217 code, such as `EUR`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The number of decimals of the currency: the minor unit is 10 to the power of minus this.
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    /// Minor units in one major unit: 100 for EUR, 1 for JPY, 1000 for KWD.
    #[must_use]
    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(self.exponent())
    }

    /// The sign or letters that customers know, or else the ISO 4217 code.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self.code() {
            "EUR" => "€",
            "USD" => "$",
            "GBP" => "£",
            "JPY" => "¥",
            "KWD" => "KD",
            "PLN" => "zł",
            "CZK" => "Kč",
            code => code,
        }
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    /// Reads an ISO 4217 code. Metals, test codes and bond units, which have no minor unit, are refused.
    fn from_str(code: &str) -> Result<Self, CurrencyError> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some() && !currency.is_special())
            .map(Self)
            .ok_or_else(|| CurrencyError(code.to_owned()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_has_the_decimals_of_iso_4217() {
        for (code, exponent, minor_per_major) in
            [("EUR", 2, 100), ("JPY", 0, 1), ("KWD", 3, 1000), ("CLF", 4, 10_000)]
        {
            let currency: Currency = code.parse().unwrap();
            assert_eq!(
                (currency.exponent(), currency.minor_per_major()),
                (exponent, minor_per_major),
                "{code}"
            );
        }
    }

    #[test]
    fn what_nobody_pays_with_is_refused_with_what_to_write() {
        for code in ["eur", "EU", "XAU", "XTS", ""] {
            let error = code.parse::<Currency>().unwrap_err().to_string();
            assert!(error.contains("such as EUR"), "{code}: {error}");
        }
    }

    #[test]
    fn json_holds_the_code() {
        assert_eq!(serde_json::to_string(&Currency::KWD).unwrap(), "\"KWD\"");
        assert_eq!(serde_json::from_str::<Currency>("\"JPY\"").unwrap(), Currency::JPY);
    }
}
