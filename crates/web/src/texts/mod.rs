//! What the screens say, in German and English, from Fluent files.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::format;

#[cfg(test)]
mod tests;

/// A language that the screens speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// German.
    #[default]
    German,
    /// English.
    English,
}

impl Language {
    /// All languages, in the order in which a menu offers them.
    pub const ALL: [Self; 2] = [Self::German, Self::English];

    /// The language's code as in the `lang` attribute: `de`, `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::English => "en",
        }
    }

    /// The language of a code; regions are ignored (`de-AT` is German).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_lowercase();
        match code.split(['-', '_']).next()? {
            "de" => Some(Self::German),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The first language of an `Accept-Language` header that the screens speak.
    #[must_use]
    pub fn from_accepted(header: &str) -> Option<Self> {
        header.split(',').filter_map(|part| part.split(';').next()).find_map(Self::from_code)
    }

    /// The language's own name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::German => "Deutsch",
            Self::English => "English",
        }
    }

    /// The texts of the language.
    #[must_use]
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::German => &GERMAN,
            Self::English => &ENGLISH,
        }
    }
}

/// The texts of one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

macro_rules! sources {
    ($code:literal) => {
        &[
            include_str!(concat!("../../texts/", $code, "/shell.ftl")),
            include_str!(concat!("../../texts/", $code, "/list.ftl")),
            include_str!(concat!("../../texts/", $code, "/record.ftl")),
            include_str!(concat!("../../texts/", $code, "/office.ftl")),
            include_str!(concat!("../../texts/", $code, "/failure.ftl")),
            include_str!(concat!("../../texts/", $code, "/rooms.ftl")),
            include_str!(concat!("../../texts/", $code, "/import.ftl")),
        ]
    };
}

const GERMAN_SOURCES: &[&str] = sources!("de");
const ENGLISH_SOURCES: &[&str] = sources!("en");

static GERMAN: LazyLock<Texts> = LazyLock::new(|| Texts::load(Language::German, GERMAN_SOURCES));
static ENGLISH: LazyLock<Texts> = LazyLock::new(|| Texts::load(Language::English, ENGLISH_SOURCES));

impl Texts {
    fn load(language: Language, sources: &[&str]) -> Self {
        // Both codes are well-formed; the default would only cost the plurals.
        let locale: LanguageIdentifier = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        bundle.set_use_isolating(false);
        for source in sources {
            // A mistake in a file leaves out one message; the tests refuse files with mistakes.
            let resource = FluentResource::try_new((*source).to_owned())
                .unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// The language of these texts.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text of a key. A key without a text gives the key between `⟨⟩`; a test finds those.
    #[must_use]
    pub fn get(&self, key: &str) -> Cow<'_, str> {
        self.render(key, None).unwrap_or_else(|| Cow::Owned(format!("⟨{key}⟩")))
    }

    /// The text of a key with its arguments.
    #[must_use]
    pub fn with(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        let args: FluentArgs<'_> =
            args.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.render(key, Some(&args)).map_or_else(|| format!("⟨{key}⟩"), Cow::into_owned)
    }

    /// The text of a key about a number: `$n` chooses the plural, `$shown` is the number as the
    /// language writes it.
    #[must_use]
    pub fn count(&self, key: &str, n: u64) -> String {
        let shown = format::integer(self.language, i128::from(n));
        self.with(key, &[("n", n.into()), ("shown", shown.into())])
    }

    fn render<'a>(&'a self, key: &str, args: Option<&'a FluentArgs<'_>>) -> Option<Cow<'a, str>> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors);
        Some(text)
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Texts").field(&self.language).finish()
    }
}
