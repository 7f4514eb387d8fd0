//! What a manifest says about members of the JSON that a field holds.

use toml_edit::{InlineTable, Value};

use super::field::{Choice, Currency, TimeUnit, read_choices, word};
use super::label::Label;
use super::source::{Entry, Section};
use super::text::Keys;

const MEMBER_KEYS: &[&str] =
    &["title", "hidden", "format", "currency", "currency_code", "decimals", "choices", "members"];

/// What the manifest says about a member of an object, or of each object in a list; `None` and
/// empty leave it to what is derived. Members are shown in the order in which they are named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberOverride {
    /// Its name in the JSON.
    pub name: String,
    /// Name for people.
    pub title: Option<Label>,
    /// Whether it is left out.
    pub hidden: bool,
    /// How it is shown.
    pub format: Option<MemberFormat>,
    /// Where an amount's currency is said: in a member of the same object, else in a field of the
    /// record.
    pub currency: Option<Currency>,
    /// Digits after the point of an amount that is kept in minor units.
    pub decimals: Option<u32>,
    /// The values that it takes.
    pub choices: Vec<Choice>,
    /// What is said about members of the objects inside of it.
    pub members: Vec<MemberOverride>,
}

/// How a member is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberFormat {
    /// As it is written, also where it looks like a moment.
    Text,
    /// A number that tells things apart: without marks between its digits.
    Number,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Phone,
    /// An amount of money; a whole number holds minor units such as cents.
    Money,
    /// A calendar day.
    Date,
    /// A point in time.
    Moment,
    /// A moment, as a number since 1970.
    UnixTime(TimeUnit),
    /// One of few values, shown as a dot and a word.
    Status,
}

impl MemberFormat {
    /// All formats by the word that the manifest has for them.
    pub const ALL: &[(&'static str, Self)] = &[
        ("text", Self::Text),
        ("number", Self::Number),
        ("email", Self::Email),
        ("url", Self::Url),
        ("phone", Self::Phone),
        ("money", Self::Money),
        ("date", Self::Date),
        ("moment", Self::Moment),
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

/// What is said of members, in the order of the file.
pub(super) fn read_members(entry: &Entry<'_>) -> Vec<MemberOverride> {
    let members =
        entry.entries("a table of members such as { quantity = { title = \"Quantity\" } }");
    members.iter().filter_map(read_member).collect()
}

fn read_member(entry: &Entry<'_>) -> Option<MemberOverride> {
    let section = entry.section(MEMBER_KEYS, "a table such as { title = \"Quantity\" }")?;
    let format = section.get("format").and_then(|format| format.word(MemberFormat::ALL));
    refuse_money_keys(&section, format);
    Some(MemberOverride {
        name: entry.name().to_owned(),
        title: section.get("title").and_then(|title| Label::read(&title)),
        hidden: section.get("hidden").and_then(|hidden| hidden.flag()).unwrap_or(false),
        format,
        currency: Currency::read(&section),
        decimals: section.get("decimals").and_then(|decimals| decimals.number(0..=18)),
        choices: section.get("choices").map(|choices| read_choices(&choices)).unwrap_or_default(),
        members: section.get("members").map(|inner| read_members(&inner)).unwrap_or_default(),
    })
}

fn refuse_money_keys(section: &Section<'_>, format: Option<MemberFormat>) {
    if format == Some(MemberFormat::Money) {
        return;
    }
    for key in ["currency", "currency_code", "decimals"] {
        if let Some(entry) = section.get(key) {
            entry.refuse("means something only with format = \"money\"");
        }
    }
}

impl MemberOverride {
    /// Members as the value of the key `members`.
    #[must_use]
    pub fn to_value(members: &[Self]) -> Value {
        let table = members.iter().map(|member| (member.name.clone(), member.keys().into_inline()));
        Value::from(table.collect::<InlineTable>())
    }

    fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        keys.add("title", self.title.as_ref());
        keys.add("hidden", self.hidden.then_some(true));
        keys.add("format", self.format.map(MemberFormat::word));
        match &self.currency {
            Some(Currency::Field(field)) => keys.add("currency", Some(field)),
            Some(Currency::Code(code)) => keys.add("currency_code", Some(code)),
            None => {}
        }
        keys.add("decimals", self.decimals.map(i64::from));
        keys.add("choices", (!self.choices.is_empty()).then(|| Choice::to_value(&self.choices)));
        keys.add("members", (!self.members.is_empty()).then(|| Self::to_value(&self.members)));
        keys
    }
}
