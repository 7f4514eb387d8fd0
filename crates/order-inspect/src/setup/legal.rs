//! What the law wants customers to be told with their order.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::Findings,
    language::Language,
    setup::{Texts, text_in},
};

/// The most characters of a legal text.
const LONGEST: usize = 100_000;

/// The texts of a shop in one language. The confirmation of an order carries them: a consumer has to have the terms of
/// the contract and the notice of withdrawal on a durable medium (§ 312f Abs. 2 BGB, Art. 246a § 1 and § 4 EGBGB), which
/// a mail is and a link is not (ECJ C-49/11). Where there is a text, it is therefore written out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LegalTexts {
    /// General terms and conditions.
    pub terms: Option<LegalText>,
    /// The notice of the right of withdrawal (Art. 246a § 1 Abs. 2 EGBGB, annex 1).
    pub withdrawal: Option<LegalText>,
    /// The model withdrawal form (Art. 246a EGBGB, annex 2).
    pub withdrawal_form: Option<LegalText>,
    /// How personal data is treated (Art. 13 GDPR).
    pub privacy: Option<LegalText>,
}

/// A text, the address where it stands, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalText {
    /// The text, with an empty line between paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100_000)]
    pub text: Option<String>,
    /// Where it stands on the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, examples("https://wohnhaus.example/agb"))]
    pub url: Option<String>,
}

impl LegalTexts {
    /// What there is in a language, with its title, in the order in which it is read.
    pub fn in_language(texts: &Texts<Self>, language: Language) -> Vec<(&'static str, &LegalText)> {
        let Some(it) = text_in(texts, language) else { return Vec::new() };
        let titles = match language {
            Language::German => [
                "Widerrufsbelehrung",
                "Muster-Widerrufsformular",
                "Allgemeine Geschäftsbedingungen",
                "Datenschutzerklärung",
            ],
            Language::English => [
                "Right of withdrawal",
                "Model withdrawal form",
                "General terms and conditions",
                "Privacy notice",
            ],
        };
        let texts = [&it.withdrawal, &it.withdrawal_form, &it.terms, &it.privacy];
        titles
            .into_iter()
            .zip(texts)
            .filter_map(|(title, it)| Some((title, it.as_ref()?)))
            .collect()
    }

    pub(super) fn check(&self, findings: &mut Findings, place: &str) {
        for (name, it) in [
            ("terms", &self.terms),
            ("withdrawal", &self.withdrawal),
            ("withdrawal_form", &self.withdrawal_form),
            ("privacy", &self.privacy),
        ] {
            if let Some(it) = it {
                it.check(findings, &format!("{place}/{name}"));
            }
        }
    }
}

impl LegalText {
    fn check(&self, findings: &mut Findings, place: &str) {
        findings.check(
            self.text.is_some() || self.url.is_some(),
            place,
            "a text, the address where it stands, or both",
        );
        if let Some(text) = &self.text {
            findings.text(text, 1, LONGEST, format!("{place}/text"));
        }
        if let Some(url) = &self.url {
            let is_web = url.starts_with("https://") && url.len() <= 500;
            findings.check(is_web, format!("{place}/url"), "an address that begins with https://");
        }
    }
}
