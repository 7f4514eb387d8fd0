//! Writing what a manifest says: keys with values, tables, whole files.

use toml_edit::{InlineTable, Key, Value};

/// Keys with their values in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<(&'static str, Value)>);

impl Keys {
    /// Adds a key, if there is something to say.
    pub(super) fn add(&mut self, key: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.push((key, value.into()));
        }
    }

    /// Adds a list of names, if there are any.
    pub(super) fn add_names(&mut self, key: &'static str, names: &[String]) {
        self.add(key, (!names.is_empty()).then(|| names.iter().collect::<Value>()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As a value within a line.
    pub(super) fn into_inline(self) -> Value {
        Value::from(self.0.into_iter().collect::<InlineTable>())
    }

    /// As a table of its own.
    pub(super) fn into_table(self) -> toml_edit::Table {
        self.0.into_iter().collect()
    }

    /// As lines `key = value`.
    pub(super) fn lines(&self) -> String {
        self.0.iter().map(|(key, value)| format!("{key} = {value}\n")).collect()
    }
}

/// A key as TOML writes it, in quotes where it needs them.
pub(super) fn key(name: &str) -> String {
    Key::new(name).display_repr().into_owned()
}
