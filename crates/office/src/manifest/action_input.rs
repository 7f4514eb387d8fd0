//! What a manifest says about the things that an action takes.

use toml_edit::{InlineTable, Value};

use super::field::{Choice, Currency, read_choices};
use super::label::Label;
use super::source::Entry;
use super::text::Keys;

const INPUT_KEYS: &[&str] = &[
    "title",
    "help",
    "type",
    "hidden",
    "needed",
    "default",
    "format",
    "from",
    "pick",
    "choices",
    "currency",
    "currency_code",
];
const FORMATS: &[(&str, bool)] = &[("text", false), ("multiline", true)];
const PICK_KEYS: &[&str] = &["show", "send", "count", "ask"];
const ASK_KEYS: &[&str] = &["title", "default", "choices"];
const SHOWN_KEYS: &[&str] = &["title", "currency", "currency_code"];

/// What the manifest says about one thing that an action takes, or about all whose names begin
/// with it and a point.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InputOverride {
    /// Name for people.
    pub title: Option<Label>,
    /// What it is for, for people.
    pub help: Option<Label>,
    /// Of what type it is, for a statement.
    pub ty: Option<InputType>,
    /// Whether it is not asked for.
    pub hidden: bool,
    /// Whether people must give it, whatever the backend asks for.
    pub needed: Option<bool>,
    /// What it is where nothing is given; a text may be another for people of each language.
    pub default: Option<Label>,
    /// Whether it is a text of several lines, where the manifest says so.
    pub is_long: Option<bool>,
    /// The field of the record that it comes from where nothing is given.
    pub from: Option<String>,
    /// How entries of a list that the record holds are picked.
    pub pick: Option<PickOverride>,
    /// The values that it takes, in the order in which they are offered.
    pub choices: Vec<Choice>,
    /// Where the currency is said, of an amount.
    pub currency: Option<Currency>,
}

/// The types that what a statement takes can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputType {
    /// A line of text.
    Text,
    /// Text of several lines.
    Multiline,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Decimal,
    /// True or false.
    Bool,
    /// A day.
    Date,
    /// A day and time without a zone.
    DateTime,
    /// A moment.
    Instant,
}

const TYPES: &[(&str, InputType)] = &[
    ("text", InputType::Text),
    ("multiline", InputType::Multiline),
    ("integer", InputType::Integer),
    ("decimal", InputType::Decimal),
    ("bool", InputType::Bool),
    ("date", InputType::Date),
    ("datetime", InputType::DateTime),
    ("instant", InputType::Instant),
];

/// How entries are picked out of a list that the record holds as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickOverride {
    /// Members of an entry by which people recognise it.
    pub show: Vec<String>,
    /// What is sent of each picked entry: the name that the backend wants, and the entry's member.
    pub send: Vec<(String, String)>,
    /// The name under which a number is sent that people may make smaller.
    pub count: Option<String>,
    /// What is asked of people for each picked entry.
    pub ask: Vec<(String, AskOverride)>,
}

/// Something that is asked for each picked entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskOverride {
    /// Name for people.
    pub title: Option<Label>,
    /// What stands there at first; a text may be another for people of each language.
    pub default: Option<Label>,
    /// The values that are offered; empty for any text.
    pub choices: Vec<Choice>,
}

/// A member of an answer as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownMember {
    /// Its name in the answer.
    pub name: String,
    /// Name for people.
    pub title: Option<Label>,
    /// Where the currency is said, of an amount.
    pub currency: Option<Currency>,
}

pub(super) fn read_inputs(entry: &Entry<'_>) -> Vec<(String, InputOverride)> {
    let read = |entry: Entry<'_>| {
        let section = entry.section(INPUT_KEYS, "a table such as { default = \"customer\" }")?;
        let pick = section.get("pick");
        if let (Some(pick), None) = (&pick, section.get("from")) {
            pick.refuse("needs “from”: the field of the record that holds the list");
        }
        let input = InputOverride {
            title: section.get("title").and_then(|title| Label::read(&title)),
            help: section.get("help").and_then(|help| Label::read(&help)),
            hidden: section.get("hidden").and_then(|hidden| hidden.flag()).unwrap_or(false),
            ty: section.get("type").and_then(|ty| ty.word(TYPES)),
            needed: section.get("needed").and_then(|needed| needed.flag()),
            default: section.get("default").and_then(|default| Label::read_value(&default)),
            is_long: section.get("format").and_then(|format| format.word(FORMATS)),
            from: section.get("from").and_then(|from| from.text()),
            pick: pick.and_then(|pick| PickOverride::read(&pick)),
            choices: section
                .get("choices")
                .map(|choices| read_choices(&choices))
                .unwrap_or_default(),
            currency: Currency::read(&section),
        };
        Some((entry.name().to_owned(), input))
    };
    entry.entries("a table of inputs").into_iter().filter_map(read).collect()
}

pub(super) fn read_shown(entry: &Entry<'_>) -> Vec<ShownMember> {
    let read = |entry: Entry<'_>| {
        let section = entry.section(SHOWN_KEYS, "a table such as { currency = \"currency\" }")?;
        Some(ShownMember {
            name: entry.name().to_owned(),
            title: section.get("title").and_then(|title| Label::read(&title)),
            currency: Currency::read(&section),
        })
    };
    entry.entries("a table of the answer’s members").into_iter().filter_map(read).collect()
}

impl PickOverride {
    fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(PICK_KEYS, "a table with “send”")?;
        let send = section.need("send")?.entries("a table of names with members of an entry");
        let send: Vec<(String, String)> = send
            .into_iter()
            .filter_map(|entry| Some((entry.name().to_owned(), entry.text()?)))
            .collect();
        let count = section.get("count");
        let name = count.as_ref().and_then(Entry::text);
        if let (Some(count), Some(name)) = (&count, &name)
            && !send.iter().any(|(sent, _)| sent == name)
        {
            count.refuse(format!("“{name}” is not among what “send” names"));
        }
        let ask = section.get("ask").map(|ask| ask.entries("a table of what is asked"));
        let ask = ask.into_iter().flatten().filter_map(|entry| {
            let section = entry.section(ASK_KEYS, "a table such as { title = \"Reason\" }")?;
            let asked = AskOverride {
                title: section.get("title").and_then(|title| Label::read(&title)),
                default: section.get("default").and_then(|default| Label::read_value(&default)),
                choices: section
                    .get("choices")
                    .map(|choices| read_choices(&choices))
                    .unwrap_or_default(),
            };
            Some((entry.name().to_owned(), asked))
        });
        Some(Self {
            show: section.get("show").and_then(|show| show.name_or_names()).unwrap_or_default(),
            ask: ask.collect(),
            count: name,
            send,
        })
    }

    fn to_value(&self) -> Value {
        let mut keys = Keys::default();
        keys.add_names("show", &self.show);
        let send: InlineTable =
            self.send.iter().map(|(name, member)| (name.as_str(), member.as_str())).collect();
        keys.add("send", Some(Value::from(send)));
        keys.add("count", self.count.as_ref());
        let ask: InlineTable =
            self.ask.iter().map(|(name, asked)| (name.as_str(), asked.to_value())).collect();
        keys.add("ask", (!self.ask.is_empty()).then(|| Value::from(ask)));
        keys.into_inline()
    }
}

impl AskOverride {
    fn to_value(&self) -> Value {
        let mut keys = Keys::default();
        keys.add("title", self.title.as_ref());
        keys.add("default", self.default.as_ref());
        keys.add("choices", (!self.choices.is_empty()).then(|| Choice::to_value(&self.choices)));
        keys.into_inline()
    }
}

impl ShownMember {
    pub(super) fn to_value(&self) -> Value {
        let mut keys = Keys::default();
        keys.add("title", self.title.as_ref());
        add_currency(&mut keys, self.currency.as_ref());
        keys.into_inline()
    }
}

impl InputOverride {
    pub(super) fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        keys.add("title", self.title.as_ref());
        keys.add("help", self.help.as_ref());
        keys.add("hidden", self.hidden.then_some(true));
        let ty = self.ty.and_then(|ty| TYPES.iter().find(|(_, own)| *own == ty));
        keys.add("type", ty.map(|(word, _)| *word));
        keys.add("needed", self.needed);
        keys.add("default", self.default.as_ref());
        keys.add("format", self.is_long.map(|long| if long { "multiline" } else { "text" }));
        keys.add("from", self.from.as_ref());
        keys.add("pick", self.pick.as_ref().map(PickOverride::to_value));
        keys.add("choices", (!self.choices.is_empty()).then(|| Choice::to_value(&self.choices)));
        add_currency(&mut keys, self.currency.as_ref());
        keys
    }
}

fn add_currency(keys: &mut Keys, currency: Option<&Currency>) {
    match currency {
        Some(Currency::Field(field)) => keys.add("currency", Some(field)),
        Some(Currency::Code(code)) => keys.add("currency_code", Some(code)),
        None => {}
    }
}
