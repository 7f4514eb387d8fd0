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
            let fits = !text.trim().is_empty() && text.chars().count() <= longest && is_line(text);
            let wanted = format!("1 to {longest} characters in one line");
            findings.check(fits, format!("{place}/{field}"), wanted);
        }
        for (field, text, longest) in [
            ("company", &self.company, 200),
            ("extra", &self.extra, 200),
            ("phone", &self.phone, 40),
        ] {
            let fits =
                text.as_ref().is_none_or(|text| text.chars().count() <= longest && is_line(text));
            let wanted = format!("at most {longest} characters in one line");
            findings.check(fits, format!("{place}/{field}"), wanted);
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

/// Whether a text is one line that reads as it is written: without line breaks, control characters, and characters
/// that turn the direction of others (Unicode Bidi_Control), with which an address could become a letter of its own.
pub fn is_line(text: &str) -> bool {
    !text.chars().any(|c| {
        c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    })
}

/// An e-mail address as it is stored and compared: without spaces around it, in small letters. A standard of long ago
/// lets the part before the “@” tell large from small; nobody's mailbox does.
pub fn plain_email(text: &str) -> String {
    text.trim().to_lowercase()
}

/// An e-mail address is something that mail servers take (RFC 5321), with a host that has a dot; whether it exists,
/// only a mail can tell.
pub fn is_email(text: &str) -> bool {
    let plain = text.is_ascii()
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
    plain
        && text.len() <= 254
        && text.parse::<lettre::Address>().is_ok()
        && text.split_once('@').is_some_and(|(_, host)| {
            host.contains('.') && host.split('.').all(|label| !label.is_empty())
        })
}

#[cfg(test)]
mod tests {
    use super::{is_email, is_line};

    #[test]
    fn only_what_a_mail_server_takes_is_an_address() {
        for address in ["erika@example.org", "e.m+shop@mail.example.co.uk", "o'neil@example.org"] {
            assert!(is_email(address), "{address}");
        }
        for text in [
            "erika",
            "a@b..de",
            "ä@ö.de",
            "a@b",
            "a@b.",
            "@b.de",
            "a b@c.de",
            "a@b@c.de",
            "a@b.de\r\nBcc: x@y.de",
        ] {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn a_name_is_one_line() {
        assert!(is_line("Renée O'Neil-Müller 山田"));
        for text in ["Eve\r\nBcc: all", "bell\u{7}", "\u{1b}[31m", "right\u{202e}to left"] {
            assert!(!is_line(text), "{text:?}");
        }
    }
}
