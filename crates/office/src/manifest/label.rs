//! Names for people, in both languages of the screens.

use toml_edit::{InlineTable, Value};

use super::source::Entry;

const LABEL_KEYS: &[&str] = &["de", "en"];

/// A name or sentence for people, in German and English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// German.
    pub de: String,
    /// English.
    pub en: String,
}

impl Label {
    /// The same text in both languages.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self { de: text.to_owned(), en: text.to_owned() }
    }

    /// The text for a language tag such as `de-AT`; English for all but German.
    #[must_use]
    pub fn in_language(&self, tag: &str) -> &str {
        if tag == "de" || tag.starts_with("de-") { &self.de } else { &self.en }
    }

    /// What stands in a form at first: any plain value, the same in both languages, or a text in each.
    pub(super) fn read_value(entry: &Entry<'_>) -> Option<Self> {
        if entry.is_table() {
            return Self::read(entry);
        }
        entry.scalar().map(|text| Self::same(&text))
    }

    /// A text is meant for both languages; of a table, one language may be missing.
    pub(super) fn read(entry: &Entry<'_>) -> Option<Self> {
        if entry.is_text() {
            return entry.text().map(|text| Self::same(&text));
        }
        let section = entry.section(LABEL_KEYS, "a text, or { de = \"…\", en = \"…\" }")?;
        let (de, en) = (section.get("de"), section.get("en"));
        if de.is_none() && en.is_none() {
            entry.refuse("needs a text: { de = \"…\", en = \"…\" }");
            return None;
        }
        let (de, en) = (de.map(|de| de.text()), en.map(|en| en.text()));
        let either = de.clone().or_else(|| en.clone()).flatten();
        Some(Self { de: de.map_or(either.clone(), |de| de)?, en: en.map_or(either, |en| en)? })
    }
}

impl From<&Label> for Value {
    fn from(label: &Label) -> Self {
        if label.de == label.en {
            return Self::from(&label.de);
        }
        let table: InlineTable = [("de", &label.de), ("en", &label.en)].into_iter().collect();
        Self::from(table)
    }
}
