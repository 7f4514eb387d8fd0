//! Who sells, as the law wants it on documents and mails.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{country, error::Findings, language::Language};

/// Who sells (§ 14 Abs. 4 UStG, § 35a GmbHG, § 37a HGB).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// The company's name.
    #[schema(min_length = 1, max_length = 200, examples("Wohnhaus GmbH"))]
    pub name: String,
    /// Its address, line by line: 300 characters in all at most.
    #[schema(min_items = 1, max_items = 6, examples(json!(["Lange Straße 1", "20095 Hamburg"])))]
    pub address: Vec<String>,
    /// The country that its letters are sent from (ISO 3166-1 alpha-2); the shop's if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Z]{2}$", examples("DE"))]
    pub country: Option<String>,
    /// VAT identification number; empty where there is none, and then there is a tax number.
    #[schema(max_length = 30, examples("DE123456789"))]
    pub vat_id: String,
    /// Tax number; needed where there is no VAT identification number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 30, examples("22/815/08154"))]
    pub tax_number: Option<String>,
    /// Court and number of the commercial register: 200 characters in all at most.
    #[serde(default)]
    #[schema(max_items = 6, examples(json!(["Amtsgericht Hamburg, HRB 12345"])))]
    pub register: Vec<String>,
    /// Its managing directors, with at least one first name written out: 400 characters in all at most.
    #[serde(default)]
    #[schema(max_items = 20, examples(json!(["Änne Größe"])))]
    pub directors: Vec<String>,
    /// Where it is paid to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<Bank>,
    /// Where mails come from.
    #[schema(max_length = 254, examples("service@wohnhaus.example"))]
    pub email: String,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, examples("+49 40 1234567"))]
    pub phone: Option<String>,
    /// Address of the website.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, examples("www.wohnhaus.example"))]
    pub website: Option<String>,
}

/// A bank account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bank {
    /// The bank's name.
    #[schema(min_length = 1, max_length = 200, examples("Hanseatische Bank"))]
    pub name: String,
    /// The account's number (ISO 13616), grouped as it is to be printed.
    #[schema(min_length = 15, max_length = 42, examples("DE02 1203 0000 0000 2020 51"))]
    pub iban: String,
    /// The bank's code (ISO 9362).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 11, examples("BYLADEM1001"))]
    pub bic: Option<String>,
}

impl Bank {
    /// The account in a sentence: `DE02 1203 0000 0000 2020 51 (Hanseatische Bank)`.
    pub fn in_words(&self) -> String {
        format!("{} ({})", self.iban, self.name)
    }

    fn check(&self, findings: &mut Findings) {
        findings.text(&self.name, 1, 200, "/seller/bank/name");
        let iban = is_iban(&self.iban);
        findings.check(iban, "/seller/bank/iban", "its check digits do not fit: it is mistyped");
        let is_bic = |text: &String| {
            matches!(text.len(), 8 | 11) && text.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let bic = self.bic.as_ref().is_none_or(is_bic);
        findings.check(bic, "/seller/bank/bic", "8 or 11 letters and digits");
    }
}

/// Whether the check digits fit: with the first four characters moved to the end and letters read as 10 to 35, the number
/// leaves 1 when divided by 97 (ISO 13616, ISO 7064 MOD 97-10).
fn is_iban(text: &str) -> bool {
    let plain: Vec<u8> = text.bytes().filter(|b| *b != b' ').collect();
    if !(15..=34).contains(&plain.len()) {
        return false;
    }
    let (head, tail) = plain.split_at(4);
    let rest = tail.iter().chain(head).try_fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => Some((rest * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    });
    rest == Some(1)
}

impl Seller {
    pub(super) fn check(&self, findings: &mut Findings) {
        findings.text(&self.name, 1, 200, "/seller/name");
        findings.list(&self.address, 1, 6, "/seller/address");
        findings.list(&self.register, 0, 6, "/seller/register");
        findings.list(&self.directors, 0, 20, "/seller/directors");
        let known = |code: &String| country::name(code, Language::English).is_some();
        let country = self.country.as_ref().is_none_or(known);
        findings.check(country, "/seller/country", "a country is two capital letters, such as DE");
        findings.text(&self.vat_id, 0, 30, "/seller/vat_id");
        let taxed = !self.vat_id.trim().is_empty() || self.tax_number.is_some();
        let wanted = "invoices need it or a tax number (§ 14 Abs. 4 Nr. 2 UStG)";
        findings.check(taxed, "/seller/vat_id", wanted);
        for (text, most, name) in [
            (&self.tax_number, 30, "tax_number"),
            (&self.phone, 40, "phone"),
            (&self.website, 200, "website"),
        ] {
            if let Some(text) = text {
                findings.text(text, 1, most, format!("/seller/{name}"));
            }
        }
        let mail = crate::address::is_email(&self.email);
        findings.check(mail, "/seller/email", "an e-mail address, such as service@shop.example");
        // Together they fit at the foot of a page.
        for (list, name, each, together) in [
            (&self.address, "address", 100, 300),
            (&self.register, "register", 200, 200),
            (&self.directors, "directors", 200, 400),
        ] {
            for (at, line) in list.iter().enumerate() {
                findings.text(line, 1, each, format!("/seller/{name}/{at}"));
            }
            let length = list.iter().map(|it| it.chars().count() + 2).sum::<usize>();
            let wanted = format!("{together} characters together at most");
            findings.check(length <= together + 2, format!("/seller/{name}"), wanted);
        }
        if let Some(bank) = &self.bank {
            bank.check(findings);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_iban;

    #[test]
    fn a_mistyped_iban_is_found() {
        for iban in [
            "DE02 1203 0000 0000 2020 51",
            "AT611904300234573201",
            "KW81CBKU0000000000001234560101",
        ] {
            assert!(is_iban(iban), "{iban}");
        }
        for iban in [
            "DE02 1203 0000 0000 2020 15",
            "DE02",
            "",
            "de02120300000000202051",
            "DE02-1203-0000-0000-2020-51",
        ] {
            assert!(!is_iban(iban), "{iban}");
        }
    }
}
