//! Postal addresses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{country, error::Findings, language::Language};

/// Where somebody lives or receives goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// First and last name.
    #[schema(min_length = 1, max_length = 200, examples("Erika Mustermann"))]
    pub name: String,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub company: Option<String>,
    /// Street and house number.
    #[schema(min_length = 1, max_length = 200, examples("Lange Straße 7"))]
    pub street: String,
    /// Floor, building, care of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub extra: Option<String>,
    /// Postcode.
    #[schema(min_length = 1, max_length = 12, examples("20095"))]
    pub postal_code: String,
    /// Town.
    #[schema(min_length = 1, max_length = 200, examples("Hamburg"))]
    pub city: String,
    /// Country (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", examples("DE"))]
    pub country: String,
    /// Phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
}

impl Address {
    /// Notes what is wrong with it, under a place in the request.
    pub fn check(&self, findings: &mut Findings, place: &str) {
        let said = [
            ("name", &self.name, 200),
            ("street", &self.street, 200),
            ("postal_code", &self.postal_code, 12),
            ("city", &self.city, 200),
        ];
        for (field, text, longest) in said {
            let fits = !text.trim().is_empty() && text.chars().count() <= longest;
            findings.check(fits, format!("{place}/{field}"), format!("1 to {longest} characters"));
        }
        for (field, text, longest) in [
            ("company", &self.company, 200),
            ("extra", &self.extra, 200),
            ("phone", &self.phone, 40),
        ] {
            let fits = text.as_ref().is_none_or(|text| text.chars().count() <= longest);
            findings.check(
                fits,
                format!("{place}/{field}"),
                format!("at most {longest} characters"),
            );
        }
        let upper = self.country.len() == 2 && self.country.chars().all(|c| c.is_ascii_uppercase());
        findings.check(upper, format!("{place}/country"), "two capital letters, such as DE");
    }

    /// The lines of a letter that is sent from a country. Only a letter that goes abroad names the country that it goes
    /// to: on the last line, in capitals, in the language of those who send it (Deutsche Post; UPU Convention,
    /// Regulations Art. 17-109).
    pub fn lines(&self, home: &str, language: Language) -> Vec<String> {
        let town = format!("{} {}", self.postal_code, self.city);
        let abroad = (self.country != home).then(|| {
            let name = country::name(&self.country, language).unwrap_or(&self.country);
            name.to_uppercase()
        });
        let lines = [
            self.company.clone(),
            Some(self.name.clone()),
            Some(self.street.clone()),
            self.extra.clone(),
            Some(town),
            abroad,
        ];
        lines.into_iter().flatten().filter(|line| !line.is_empty()).collect()
    }
}

/// An e-mail address as it is stored and compared: without spaces around it, in small letters. A standard of long ago
/// lets the part before the “@” tell large from small; nobody's mailbox does.
pub fn plain_email(text: &str) -> String {
    text.trim().to_lowercase()
}

/// An e-mail address is something before and after one “@”; whether it exists, only a mail can tell.
pub fn is_email(text: &str) -> bool {
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
    plain
        && text.len() <= 254
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@') && !host.ends_with('.')
        })
}
