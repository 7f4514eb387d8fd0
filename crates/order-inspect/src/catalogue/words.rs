//! The small texts that the catalogue is written in: codes, locales, article numbers. Each is checked when it
//! is read, so that one that breaks its rule never gets past the door.

use std::{collections::BTreeMap, ops::Deref};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::gtin;

/// Defines texts that follow a rule.
macro_rules! checked_texts {
    ($($(#[$meta:meta])* $name:ident: $rule:expr, $wanted:literal;)+) => {
        $(#[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
        )]
        #[serde(try_from = "String")]
        $(#[$meta])*
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let rule: fn(&str) -> bool = $rule;
                if rule(&text) { Ok(Self(text)) } else { Err($wanted) }
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&$name> for crate::db::Value {
            fn from(it: &$name) -> Self {
                Self::Text(it.0.clone())
            }
        })+
    };
}

checked_texts! {
    /// The name of a record in addresses, imports and references.
    #[schema(pattern = "^[a-z0-9][a-z0-9_.-]{0,59}$", min_length = 1, max_length = 60, examples("acme"))]
    Code: is_code,
        "a code is 1 to 60 lower-case letters, digits, “-”, “_” and “.”, beginning with a letter or a digit";

    /// A language, with a country where it matters.
    #[schema(pattern = "^[a-z]{2}(-[A-Z]{2})?$", min_length = 2, max_length = 5, examples("de"))]
    Locale: is_locale, "a locale is a language such as “de”, or a language and a country such as “de-AT”";

    /// The number of a sellable article.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", min_length = 1, max_length = 64,
        examples("CHAIR-OAK-01"))]
    Sku: is_sku,
        "an SKU is 1 to 64 letters, digits, “.”, “-” and “_”, beginning with a letter or a digit";

    /// The last part of a product's address.
    #[schema(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", min_length = 1, max_length = 120,
        examples("oak-chair"))]
    Slug: is_slug, "a slug is 1 to 120 lower-case letters and digits, with single “-” between them";

    /// A GTIN-8, -12, -13 or -14 with a right check digit (GS1 General Specifications 7.9).
    #[schema(pattern = "^([0-9]{8}|[0-9]{12}|[0-9]{13}|[0-9]{14})$", min_length = 8, max_length = 14,
        examples("4006381333931"))]
    Gtin: gtin::is_gtin,
        "a GTIN has 8, 12, 13 or 14 digits and the last one is its check digit: this one is mistyped";

    /// An ISO 3166-1 alpha-2 country.
    #[schema(pattern = "^[A-Z]{2}$", min_length = 2, max_length = 2, examples("DE"))]
    Country: is_country, "a country is two capital letters (ISO 3166-1), such as DE";

    /// An ISO 4217 currency.
    #[schema(pattern = "^[A-Z]{3}$", min_length = 3, max_length = 3, examples("EUR"))]
    CurrencyCode: |text| text.parse::<crate::money::Currency>().is_ok(),
        "a currency is three capital letters (ISO 4217), such as EUR";

    /// The address of a picture or a document on the web.
    #[schema(pattern = "^https?://[^\\s/?#]+[^\\s]*$", min_length = 10, max_length = 2000,
        examples("https://media.example/chair.jpg"))]
    WebAddress: is_web_address, "an address begins with https:// or http:// and has no spaces";

    /// A colour as red, green and blue.
    #[schema(pattern = "^#[0-9a-f]{6}$", min_length = 7, max_length = 7, examples("#8b5a2b"))]
    Rgb: is_colour, "a colour is “#” and six lower-case hexadecimal digits, such as #8b5a2b";
}

pub(crate) fn is_code(text: &str) -> bool {
    text.len() <= 60
        && starts_plainly(text)
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'))
}

fn is_sku(text: &str) -> bool {
    starts_plainly(text)
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

fn starts_plainly(text: &str) -> bool {
    text.len() <= 64 && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
}

fn is_locale(text: &str) -> bool {
    match text.as_bytes() {
        [a, b] => [a, b].iter().all(|b| b.is_ascii_lowercase()),
        [a, b, b'-', c, d] => {
            [a, b].iter().all(|b| b.is_ascii_lowercase())
                && [c, d].iter().all(|b| b.is_ascii_uppercase())
        }
        _ => false,
    }
}

fn is_slug(text: &str) -> bool {
    (1..=120).contains(&text.len())
        && text.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9'))
        })
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_web_address(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.len() <= 2000
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && host.is_some_and(|host| !host.is_empty() && !host.starts_with(['/', '?', '#']))
}

pub(crate) fn is_colour(text: &str) -> bool {
    text.len() == 7
        && text
            .strip_prefix('#')
            .is_some_and(|digits| digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// A text in several languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(value_type = std::collections::BTreeMap<String, String>)]
pub struct Localised(pub BTreeMap<Locale, String>);

impl Localised {
    /// The text for a reader.
    pub fn pick(&self, locale: &str) -> Option<&str> {
        in_language(&self.0, locale).map(String::as_str)
    }
}

/// What stands there for a reader: in their language, else in the language without its country, else in whatever
/// language there is.
pub(crate) fn in_language<'a, T>(texts: &'a BTreeMap<Locale, T>, locale: &str) -> Option<&'a T> {
    let language = locale.get(..2).unwrap_or(locale);
    let exact = texts.iter().find(|(it, _)| &***it == locale);
    let close = || texts.iter().find(|(it, _)| it.starts_with(language));
    exact.or_else(close).or_else(|| texts.iter().next()).map(|(_, it)| it)
}
