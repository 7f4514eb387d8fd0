//! Languages: three letters there (ISO 639-2), two here (ISO 639-1).

use crate::catalogue::words::Locale;

const LANGUAGES: [(&str, &str); 32] = [
    ("deu", "de"),
    ("eng", "en"),
    ("fra", "fr"),
    ("ita", "it"),
    ("spa", "es"),
    ("nld", "nl"),
    ("pol", "pl"),
    ("ces", "cs"),
    ("dan", "da"),
    ("swe", "sv"),
    ("nor", "no"),
    ("fin", "fi"),
    ("por", "pt"),
    ("hun", "hu"),
    ("ron", "ro"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("hrv", "hr"),
    ("ell", "el"),
    ("bul", "bg"),
    ("est", "et"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("tur", "tr"),
    ("rus", "ru"),
    ("ukr", "uk"),
    ("srp", "sr"),
    ("gle", "ga"),
    ("mlt", "mt"),
    ("isl", "is"),
    ("zho", "zh"),
    ("jpn", "ja"),
];
/// The older of two names (ISO 639-2/B).
const OLDER: [(&str, &str); 8] = [
    ("ger", "deu"),
    ("fre", "fra"),
    ("dut", "nld"),
    ("cze", "ces"),
    ("rum", "ron"),
    ("slo", "slk"),
    ("gre", "ell"),
    ("ice", "isl"),
];

/// The locale of a language; what has two letters is one already.
pub(super) fn locale(language: &str) -> Option<Locale> {
    let lower = language.trim().to_ascii_lowercase();
    let name =
        OLDER.iter().find(|(older, _)| *older == lower).map_or(lower.as_str(), |(_, name)| name);
    let short = LANGUAGES.iter().find(|(it, _)| *it == name).map_or(name, |(_, short)| short);
    Locale::try_from(short.to_owned()).ok()
}

/// The language of a locale, without its country.
pub(super) fn language(locale: &str) -> &str {
    let short = locale.get(..2).unwrap_or(locale);
    LANGUAGES.iter().find(|(_, it)| *it == short).map_or(short, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_two_names_and_one_meaning() {
        for (name, wanted) in [("deu", "de"), ("ger", "de"), ("DEU", "de"), ("en", "en")] {
            assert_eq!(locale(name).as_deref(), Some(wanted), "{name}");
        }
        assert_eq!(locale("klingon"), None);
        assert_eq!(language("de-AT"), "deu");
    }
}
