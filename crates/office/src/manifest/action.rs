//! What a manifest says about actions: those that a service offers, and those that are an update
//! of named fields.

use kontor_model::filter::Filter;
use toml_edit::{InlineTable, Value};

use super::label::Label;
use super::source::{Entry, Section};
use super::text::Keys;

const ACTION_KEYS: &[&str] =
    &["title", "description", "hidden", "operation", "set", "allowed", "when", "confirm", "inputs"];
const INPUT_KEYS: &[&str] = &["title", "hidden", "default"];

/// What the manifest says about an action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActionOverride {
    /// Name for people.
    pub title: Option<Label>,
    /// What it does, for people.
    pub description: Option<Label>,
    /// Whether it is not offered.
    pub hidden: bool,
    /// The service's operation that it is, where that has another name.
    pub operation: Option<String>,
    /// The fields that it sets, with what they shall hold; for an update.
    pub set: Vec<(String, String)>,
    /// The word by which a record says that it is allowed.
    pub allowed: Option<String>,
    /// The records for which it is offered.
    pub when: Option<Filter>,
    /// Whether it is asked back before it is done, though it takes nothing.
    pub confirm: bool,
    /// What is said about the things that it takes.
    pub inputs: Vec<(String, InputOverride)>,
}

/// What the manifest says about one thing that an action takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InputOverride {
    /// Name for people.
    pub title: Option<Label>,
    /// Whether it is not asked for.
    pub hidden: bool,
    /// What it is where nothing is given.
    pub default: Option<String>,
}

impl ActionOverride {
    pub(super) fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(ACTION_KEYS, "a table")?;
        let text = |key| section.get(key).and_then(|entry: Entry<'_>| entry.text());
        let flag = |key| section.get(key).and_then(|entry: Entry<'_>| entry.flag());
        let label = |key| section.get(key).and_then(|entry: Entry<'_>| Label::read(&entry));
        let set = section.get("set").map(|set| set.entries("a table of fields with values"));
        if let (Some(set), Some(_)) = (section.get("set"), section.get("operation")) {
            set.refuse("cannot stand beside “operation”: an action is one or the other");
        }
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
            allowed: text("allowed"),
            when: section.get("when").and_then(|when| read_filter(&when)),
            confirm: flag("confirm").unwrap_or(false),
            inputs: read_inputs(&section),
        })
    }

    /// The keys and values that say this.
    pub(super) fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        keys.add("title", self.title.as_ref());
        keys.add("description", self.description.as_ref());
        keys.add("hidden", self.hidden.then_some(true));
        keys.add("operation", self.operation.as_ref());
        let set: InlineTable =
            self.set.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        keys.add("set", (!self.set.is_empty()).then(|| Value::from(set)));
        keys.add("allowed", self.allowed.as_ref());
        keys.add("when", self.when.as_ref().map(ToString::to_string));
        keys.add("confirm", self.confirm.then_some(true));
        let inputs: InlineTable = self
            .inputs
            .iter()
            .map(|(name, input)| (name.as_str(), input.keys().into_inline()))
            .collect();
        keys.add("inputs", (!self.inputs.is_empty()).then(|| Value::from(inputs)));
        keys
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

fn read_inputs(section: &Section<'_>) -> Vec<(String, InputOverride)> {
    let inputs = section.get("inputs").map(|inputs| inputs.entries("a table of inputs"));
    let read = |entry: Entry<'_>| {
        let section = entry.section(INPUT_KEYS, "a table such as { default = \"customer\" }")?;
        let input = InputOverride {
            title: section.get("title").and_then(|title| Label::read(&title)),
            hidden: section.get("hidden").and_then(|hidden| hidden.flag()).unwrap_or(false),
            default: section.get("default").and_then(|default| default.scalar()),
        };
        Some((entry.name().to_owned(), input))
    };
    inputs.into_iter().flatten().filter_map(read).collect()
}

impl InputOverride {
    fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        keys.add("title", self.title.as_ref());
        keys.add("hidden", self.hidden.then_some(true));
        keys.add("default", self.default.as_ref());
        keys
    }
}
