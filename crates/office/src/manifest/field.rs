//! What a manifest says about one field.

use toml_edit::{InlineTable, Value};

use super::label::Label;
use super::member::{MemberOverride, read_members};
use super::source::{Entry, Section};
use super::text::Keys;

const FIELD_KEYS: &[&str] = &[
    "title",
    "group",
    "hidden",
    "secret",
    "format",
    "currency",
    "currency_code",
    "decimals",
    "choices",
    "members",
    "editable",
    "fact",
    "event",
];
const CHOICE_KEYS: &[&str] = &["title", "color"];

/// What the manifest says about a field; `None` and empty leave it to what is derived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldOverride {
    /// Name for people.
    pub title: Option<Label>,
    /// Heading under which the record page shows it.
    pub group: Option<Label>,
    /// Whether lists and records leave it out.
    pub hidden: Option<bool>,
    /// `true` hides it everywhere; `false` shows what was taken for a secret.
    pub secret: Option<bool>,
    /// How it is shown and entered.
    pub format: Option<Format>,
    /// Where an amount's currency is said.
    pub currency: Option<Currency>,
    /// Digits after the point of an amount that is kept in minor units.
    pub decimals: Option<u32>,
    /// The values that it takes, in the order in which they are offered.
    pub choices: Vec<Choice>,
    /// What is said about members of the objects that it holds as JSON.
    pub members: Vec<MemberOverride>,
    /// Whether edits may name it.
    pub editable: Option<bool>,
    /// The fact about a case that it is, the same name in all backends.
    pub fact: Option<String>,
    /// What happened at the time that it holds, for the timeline of a case.
    pub event: Option<Label>,
}

/// How a field is shown and entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A line of text.
    Text,
    /// Text of several lines.
    Multiline,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Phone,
    /// JSON, also where it is kept as text.
    Json,
    /// Values with commas between them.
    List,
    /// An amount of money; a whole number holds minor units such as cents.
    Money,
    /// A share, 0.07 or 7 for seven per cent as the field holds it.
    Percent,
    /// A colour such as `#1a73e8`.
    Color,
    /// A picture.
    Image,
    /// A byte string to download.
    Bytes,
    /// A moment, as a number since 1970.
    UnixTime(TimeUnit),
    /// One of few values, shown as a dot and a word.
    Status,
}

impl Format {
    /// All formats by the word that the manifest has for them.
    pub const ALL: &[(&'static str, Self)] = &[
        ("text", Self::Text),
        ("multiline", Self::Multiline),
        ("email", Self::Email),
        ("url", Self::Url),
        ("phone", Self::Phone),
        ("json", Self::Json),
        ("list", Self::List),
        ("money", Self::Money),
        ("percent", Self::Percent),
        ("color", Self::Color),
        ("image", Self::Image),
        ("bytes", Self::Bytes),
        ("unix_time", Self::UnixTime(TimeUnit::Seconds)),
        ("unix_time_ms", Self::UnixTime(TimeUnit::Milliseconds)),
        ("unix_time_us", Self::UnixTime(TimeUnit::Microseconds)),
        ("status", Self::Status),
    ];

    /// The word that the manifest has for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        word(self, Self::ALL)
    }
}

/// What a moment that is kept as a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TimeUnit {
    Seconds,
    Milliseconds,
    Microseconds,
}

impl TimeUnit {
    /// How many of it are a second.
    #[must_use]
    pub fn per_second(self) -> i64 {
        match self {
            Self::Seconds => 1,
            Self::Milliseconds => 1_000,
            Self::Microseconds => 1_000_000,
        }
    }
}

/// Where an amount's currency is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Currency {
    /// In a field of the same record, as a code of ISO 4217.
    Field(String),
    /// Always this code of ISO 4217.
    Code(String),
}

/// A value that a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value as the database has it, as text.
    pub value: String,
    /// Name for people.
    pub title: Option<Label>,
    /// Colour of its dot.
    pub color: Option<Color>,
}

impl Choice {
    /// Choices as the value of the key `choices`.
    #[must_use]
    pub fn to_value(choices: &[Self]) -> Value {
        let table = choices.iter().map(|choice| {
            let mut keys = Keys::default();
            keys.add("title", choice.title.as_ref());
            keys.add("color", choice.color.map(Color::word));
            (choice.value.clone(), keys.into_inline())
        });
        Value::from(table.collect::<InlineTable>())
    }
}

/// The colour of a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Color {
    Grey,
    Blue,
    Green,
    Amber,
    Red,
}

impl Color {
    /// All colours by the word that the manifest has for them.
    pub const ALL: &[(&'static str, Self)] = &[
        ("grey", Self::Grey),
        ("blue", Self::Blue),
        ("green", Self::Green),
        ("amber", Self::Amber),
        ("red", Self::Red),
    ];

    /// The word that the manifest has for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        word(self, Self::ALL)
    }
}

pub(super) fn word<T: Copy + PartialEq>(value: T, words: &[(&'static str, T)]) -> &'static str {
    words.iter().find(|(_, candidate)| *candidate == value).map_or("", |(word, _)| word)
}

impl FieldOverride {
    pub(super) fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(FIELD_KEYS, "a table")?;
        let flag = |key| section.get(key).and_then(|entry: Entry<'_>| entry.flag());
        let format = section.get("format").and_then(|format| format.word(Format::ALL));
        let field = Self {
            title: section.get("title").and_then(|title| Label::read(&title)),
            group: section.get("group").and_then(|group| Label::read(&group)),
            hidden: flag("hidden"),
            secret: flag("secret"),
            format,
            currency: Currency::read(&section),
            decimals: section.get("decimals").and_then(|decimals| decimals.number(0..=18)),
            choices: section
                .get("choices")
                .map(|choices| read_choices(&choices))
                .unwrap_or_default(),
            members: section.get("members").map(|own| read_members(&own)).unwrap_or_default(),
            editable: flag("editable"),
            fact: section.get("fact").and_then(|fact| fact.text()),
            event: section.get("event").and_then(|event| Label::read(&event)),
        };
        if format.is_some_and(|format| format != Format::Money) {
            for key in ["currency", "currency_code", "decimals"] {
                if let Some(entry) = section.get(key) {
                    entry.refuse("means something only with format = \"money\"");
                }
            }
        }
        Some(field)
    }

    /// The keys and values that say this.
    pub(super) fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        keys.add("title", self.title.as_ref());
        keys.add("group", self.group.as_ref());
        keys.add("hidden", self.hidden);
        keys.add("secret", self.secret);
        keys.add("format", self.format.map(Format::word));
        match &self.currency {
            Some(Currency::Field(field)) => keys.add("currency", Some(field)),
            Some(Currency::Code(code)) => keys.add("currency_code", Some(code)),
            None => {}
        }
        keys.add("decimals", self.decimals.map(i64::from));
        keys.add("choices", (!self.choices.is_empty()).then(|| Choice::to_value(&self.choices)));
        let members = || MemberOverride::to_value(&self.members);
        keys.add("members", (!self.members.is_empty()).then(members));
        keys.add("editable", self.editable);
        keys.add("fact", self.fact.as_ref());
        keys.add("event", self.event.as_ref());
        keys
    }
}

impl Currency {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let code = section.get("currency_code");
        if let (Some(field), Some(_)) = (section.get("currency"), &code) {
            field.refuse("and “currency_code” exclude each other: keep one");
        }
        if let Some(code) = code {
            let text = code.text()?;
            if text.len() != 3 || !text.bytes().all(|b| b.is_ascii_uppercase()) {
                code.refuse(format!("must be three capital letters such as \"EUR\", not “{text}”"));
                return None;
            }
            return Some(Self::Code(text));
        }
        section.get("currency")?.text().map(Self::Field)
    }
}

pub(super) fn read_choices(entry: &Entry<'_>) -> Vec<Choice> {
    let choices = entry.entries("a table of values such as { open = { title = \"Open\" } }");
    let choices = choices.into_iter().filter_map(|choice| {
        let section = choice.section(CHOICE_KEYS, "a table such as { title = \"Open\" }")?;
        Some(Choice {
            value: choice.name().to_owned(),
            title: section.get("title").and_then(|title| Label::read(&title)),
            color: section.get("color").and_then(|color| color.word(Color::ALL)),
        })
    });
    choices.collect()
}
