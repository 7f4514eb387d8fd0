//! What a manifest says about actions: those that a service offers, and those that are an update
//! of named fields.

use kontor_model::filter::Filter;
use toml_edit::{InlineTable, Value};

use super::action_input::{InputOverride, ShownMember, read_inputs, read_shown};
use super::label::Label;
use super::source::{Entry, Section};
use super::text::Keys;

const ACTION_KEYS: &[&str] = &[
    "title",
    "description",
    "icon",
    "key",
    "hidden",
    "operation",
    "set",
    "statement",
    "rows",
    "allowed",
    "when",
    "confirm",
    "preview",
    "undo",
    "expects",
    "one_of",
    "inputs",
];
const PREVIEW_KEYS: &[&str] = &["operation", "show"];

/// What the manifest says about an action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActionOverride {
    /// Name for people.
    pub title: Option<Label>,
    /// What it does, for people.
    pub description: Option<Label>,
    /// The picture beside its name, one of [`ICONS`].
    pub icon: Option<&'static str>,
    /// The key of the keyboard that does it with the record on the screen.
    pub key: Option<char>,
    /// Whether it is not offered.
    pub hidden: bool,
    /// The service's operation that it is, where that has another name.
    pub operation: Option<String>,
    /// The fields that it sets, with what they shall hold; for an update.
    pub set: Vec<(String, String)>,
    /// The statement that it is, with names where values are bound.
    pub statement: Option<String>,
    /// The most records that the statement may touch.
    pub rows: Option<u32>,
    /// The word by which a record says that it is allowed.
    pub allowed: Option<String>,
    /// The records for which it is offered.
    pub when: Option<Filter>,
    /// Whether it is asked back before it is done, and in which words.
    pub confirm: Option<Confirm>,
    /// What tells beforehand what it would do.
    pub preview: Option<PreviewOverride>,
    /// The action that takes it back.
    pub undo: Option<String>,
    /// The fields that it is expected to change; a name stands for all that begin with it and a
    /// point.
    pub expects: Vec<String>,
    /// Names of things that it takes, of which one is given and not more.
    pub one_of: Vec<String>,
    /// What is said about the things that it takes.
    pub inputs: Vec<(String, InputOverride)>,
}

/// Whether an action is asked back, though it takes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirm {
    /// It is, or is not.
    Flag(bool),
    /// It is, with this question or warning.
    Words(Label),
}

/// An operation that tells what an action would do, and what is shown of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewOverride {
    /// The service's operation; it takes what the action takes.
    pub operation: String,
    /// Members of its answer, in the order in which they are shown; empty for all.
    pub show: Vec<ShownMember>,
}

/// The pictures that an action can have, by their words.
pub const ICONS: &[&str] = &[
    "box", "check", "clock", "close", "copy", "edit", "file", "flag", "lock", "mail", "money",
    "note", "pause", "person", "phone", "pin", "play", "print", "return", "swap", "trash", "truck",
    "undo", "warning",
];

/// Keys that mean something else while a record is on the screen.
pub(super) const TAKEN: &[(char, &str)] = &[
    ('e', "edits the record"),
    ('g', "begins the way to other pages"),
    ('j', "goes to the next record"),
    ('k', "goes to the record before"),
    ('n', "goes to the next record"),
];

impl ActionOverride {
    pub(super) fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(ACTION_KEYS, "a table")?;
        let text = |key| section.get(key).and_then(|entry: Entry<'_>| entry.text());
        let flag = |key| section.get(key).and_then(|entry: Entry<'_>| entry.flag());
        let label = |key| section.get(key).and_then(|entry: Entry<'_>| Label::read(&entry));
        let set = section.get("set").map(|set| set.entries("a table of fields with values"));
        refuse_several(&section);
        Some(Self {
            title: label("title"),
            description: label("description"),
            hidden: flag("hidden").unwrap_or(false),
            operation: text("operation"),
            set: set
                .into_iter()
                .flatten()
                .filter_map(|entry| Some((entry.name().to_owned(), entry.scalar()?)))
                .collect(),
            statement: text("statement"),
            rows: section.get("rows").and_then(|rows| rows.number(1..=MOST_ROWS)),
            icon: section.get("icon").and_then(|icon| read_icon(&icon)),
            key: section.get("key").and_then(|key| read_key(&key)),
            allowed: text("allowed"),
            when: section.get("when").and_then(|when| read_filter(&when)),
            confirm: section.get("confirm").and_then(|confirm| Confirm::read(&confirm)),
            preview: section.get("preview").and_then(|preview| PreviewOverride::read(&preview)),
            undo: text("undo"),
            expects: section.get("expects").and_then(|names| names.names()).unwrap_or_default(),
            one_of: section.get("one_of").and_then(|names| names.names()).unwrap_or_default(),
            inputs: section.get("inputs").map(|inputs| read_inputs(&inputs)).unwrap_or_default(),
        })
    }

    /// The keys and values that say this.
    pub(super) fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        keys.add("title", self.title.as_ref());
        keys.add("description", self.description.as_ref());
        keys.add("icon", self.icon);
        keys.add("key", self.key.map(|key| key.to_string()));
        keys.add("hidden", self.hidden.then_some(true));
        keys.add("operation", self.operation.as_ref());
        let set: InlineTable =
            self.set.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        keys.add("set", (!self.set.is_empty()).then(|| Value::from(set)));
        keys.add("statement", self.statement.as_ref());
        keys.add("rows", self.rows.map(i64::from));
        keys.add("allowed", self.allowed.as_ref());
        keys.add("when", self.when.as_ref().map(ToString::to_string));
        keys.add("confirm", self.confirm.as_ref().map(Confirm::to_value));
        keys.add("preview", self.preview.as_ref().map(PreviewOverride::to_value));
        keys.add("undo", self.undo.as_ref());
        keys.add_names("expects", &self.expects);
        keys.add_names("one_of", &self.one_of);
        let inputs: InlineTable = self
            .inputs
            .iter()
            .map(|(name, input)| (name.as_str(), input.keys().into_inline()))
            .collect();
        keys.add("inputs", (!self.inputs.is_empty()).then(|| Value::from(inputs)));
        keys
    }
}

/// The most records that a statement may be let touch.
const MOST_ROWS: u32 = 1_000;

/// An action is an operation, an update of fields or a statement.
fn refuse_several(section: &Section<'_>) {
    let entries = ["operation", "set", "statement"].map(|key| section.get(key));
    let mut said = entries.iter().flatten();
    if let (Some(first), Some(second)) = (said.next(), said.next()) {
        let problem = "cannot stand beside “{}”: an action is one or the other";
        second.refuse(problem.replace("{}", first.name()));
    }
    if let (Some(rows), None) = (section.get("rows"), section.get("statement")) {
        rows.refuse("is for a “statement”");
    }
}

pub(super) fn read_filter(entry: &Entry<'_>) -> Option<Filter> {
    match Filter::parse(&entry.text()?) {
        Ok(filter) => Some(filter),
        Err(error) => {
            entry.refuse(format!("is no filter: {error}"));
            None
        }
    }
}

fn read_icon(entry: &Entry<'_>) -> Option<&'static str> {
    let words: Vec<(&'static str, &'static str)> =
        ICONS.iter().map(|icon| (*icon, *icon)).collect();
    entry.word(&words)
}

fn read_key(entry: &Entry<'_>) -> Option<char> {
    let text = entry.text()?;
    let mut chars = text.chars();
    let (Some(key), None) = (chars.next(), chars.next()) else {
        entry.refuse("must be one letter or digit, such as \"r\"");
        return None;
    };
    if !key.is_ascii_lowercase() && !key.is_ascii_digit() {
        entry.refuse(format!("must be a small letter from a to z or a digit, not “{key}”"));
        return None;
    }
    if let Some((_, does)) = TAKEN.iter().find(|(taken, _)| *taken == key) {
        entry.refuse(format!("cannot be “{key}”: that key {does}"));
        return None;
    }
    Some(key)
}

impl Confirm {
    fn read(entry: &Entry<'_>) -> Option<Self> {
        if entry.is_flag() {
            return entry.flag().map(Self::Flag);
        }
        Label::read(entry).map(Self::Words)
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Flag(flag) => Value::from(*flag),
            Self::Words(label) => Value::from(label),
        }
    }
}

impl PreviewOverride {
    fn read(entry: &Entry<'_>) -> Option<Self> {
        if entry.is_text() {
            return Some(Self { operation: entry.text()?, show: Vec::new() });
        }
        let section = entry.section(PREVIEW_KEYS, "an operation, or a table with “operation”")?;
        Some(Self {
            operation: section.need("operation")?.text()?,
            show: section.get("show").map(|show| read_shown(&show)).unwrap_or_default(),
        })
    }

    fn to_value(&self) -> Value {
        if self.show.is_empty() {
            return Value::from(&self.operation);
        }
        let mut keys = Keys::default();
        keys.add("operation", Some(&self.operation));
        let show: InlineTable =
            self.show.iter().map(|member| (member.name.as_str(), member.to_value())).collect();
        keys.add("show", Some(Value::from(show)));
        keys.into_inline()
    }
}
