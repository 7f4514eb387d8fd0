//! Reading the TOML of a manifest piece by piece: every piece knows where it stands, and what is
//! wrong with it is noted and read over, so that one reading finds everything.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem, listed, nearest};
use super::text::key;

/// Where the things that a manifest says stand in its file, by their path of keys.
#[derive(Debug, Clone, Default)]
pub struct Places(HashMap<Vec<String>, Place>);

impl Places {
    /// The place of a path, or of the nearest part of it that stands in the file.
    pub(crate) fn of(&self, path: &[&str]) -> Option<Place> {
        (1..=path.len()).rev().find_map(|length| {
            let path: Vec<String> = path[..length].iter().map(|key| (*key).to_owned()).collect();
            self.0.get(&path).copied()
        })
    }
}

/// Two manifests that say the same are the same, wherever in their files they say it.
impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A manifest's text while it is read.
pub(super) struct Source<'a> {
    file: &'a Path,
    text: &'a str,
    /// Offsets of the beginnings of lines.
    lines: Vec<usize>,
    noted: RefCell<(Vec<Problem>, Places)>,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str, file: &'a Path) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        Self { file, text, lines: lines.collect(), noted: RefCell::default() }
    }

    /// The TOML of the text. Where it does not parse, that is noted instead.
    pub(super) fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            self.note(at, format!("this is not TOML: {}", error.message()), None);
        }
        errors.is_empty().then_some(table)
    }

    /// The uppermost table.
    pub(super) fn root(
        &'a self,
        table: &'a DeTable<'a>,
        keys: &'static [&'static str],
    ) -> Section<'a> {
        Section::new(self, Vec::new(), 0, table, keys)
    }

    pub(super) fn finish(self) -> (Vec<Problem>, Places) {
        self.noted.into_inner()
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let before = self.text.get(self.lines[line - 1]..offset).unwrap_or_default();
        Place { line, column: before.chars().count() + 1 }
    }

    fn note(&self, offset: usize, message: String, suggestion: Option<&str>) {
        self.noted.borrow_mut().0.push(Problem {
            file: self.file.to_owned(),
            place: Some(self.place(offset)),
            message,
            suggestion: suggestion.map(str::to_owned),
        });
    }

    fn keep_place(&self, path: &[String], offset: usize) {
        self.noted.borrow_mut().1.0.insert(path.to_vec(), self.place(offset));
    }
}

/// A table with a fixed set of keys.
pub(super) struct Section<'a> {
    source: &'a Source<'a>,
    path: Vec<String>,
    offset: usize,
    table: &'a DeTable<'a>,
    keys: &'static [&'static str],
}

impl<'a> Section<'a> {
    fn new(
        source: &'a Source<'a>,
        path: Vec<String>,
        offset: usize,
        table: &'a DeTable<'a>,
        keys: &'static [&'static str],
    ) -> Self {
        let section = Self { source, path, offset, table, keys };
        section.refuse_unknown_keys();
        section
    }

    fn refuse_unknown_keys(&self) {
        let place = self.header().map(|header| format!(" in {header}")).unwrap_or_default();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if self.keys.contains(&name) {
                continue;
            }
            let suggestion = nearest(name, self.keys.iter().copied());
            let mut message = format!("unknown key “{name}”{place}");
            if suggestion.is_none() {
                message.push_str(&listed("it may have", self.keys.iter().copied()));
            }
            self.source.note(key.span().start, message, suggestion);
        }
    }

    /// The table as TOML writes it above its keys; `None` for the uppermost.
    fn header(&self) -> Option<String> {
        header(&self.path)
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&self, key: &'static str) -> Option<Entry<'a>> {
        debug_assert!(self.keys.contains(&key), "{key} is refused as unknown");
        let value = self.table.get(key)?;
        let mut path = self.path.clone();
        path.push(key.to_owned());
        Some(Entry::new(self.source, path, value))
    }

    /// The value of a key that must be there.
    pub(super) fn need(&self, key: &'static str) -> Option<Entry<'a>> {
        let entry = self.get(key);
        if entry.is_none() {
            self.refuse(format!("“{key}” is missing"));
        }
        entry
    }

    /// Notes that the table as a whole is wrong.
    pub(super) fn refuse(&self, message: impl Into<String>) {
        let place = self.header().map(|header| format!("{header}: ")).unwrap_or_default();
        self.source.note(self.offset, format!("{place}{}", message.into()), None);
    }
}

/// Tables of which there may be several, each with a heading in two brackets.
const REPEATED: [&str; 3] = ["links", "belongs", "rules"];

/// `[budget]`, `[resources."order details"]`, `[[links]]`.
fn header(path: &[String]) -> Option<String> {
    let is_repeated = path.first().is_some_and(|first| REPEATED.contains(&first.as_str()));
    match path {
        [] => None,
        [repeated, _] if is_repeated => Some(format!("[[{repeated}]]")),
        path => {
            let is_index = |at: usize| at == 1 && is_repeated;
            let keys = path.iter().enumerate().filter(|(at, _)| !is_index(*at));
            Some(format!("[{}]", keys.map(|(_, name)| key(name)).collect::<Vec<_>>().join(".")))
        }
    }
}

/// A value with its place.
pub(super) struct Entry<'a> {
    source: &'a Source<'a>,
    path: Vec<String>,
    span: Range<usize>,
    value: &'a DeValue<'a>,
}

impl<'a> Entry<'a> {
    fn new(source: &'a Source<'a>, path: Vec<String>, value: &'a Spanned<DeValue<'a>>) -> Self {
        source.keep_place(&path, value.span().start);
        Self { source, path, span: value.span(), value: value.get_ref() }
    }

    /// Notes that the value is wrong; the message goes on after the key's name.
    pub(super) fn refuse(&self, message: impl AsRef<str>) {
        self.refuse_with(message, None);
    }

    /// Notes that the value is wrong and what was probably meant.
    pub(super) fn refuse_with(&self, message: impl AsRef<str>, suggestion: Option<&str>) {
        let message = format!("“{}” {}", self.key(), message.as_ref());
        self.source.note(self.span.start, message, suggestion);
    }

    fn refuse_type(&self, expected: &str) {
        let found = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a point",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.refuse(format!("must be {expected}, not {found}"));
    }

    /// The key's name, of the list for a value in a list.
    fn key(&self) -> &str {
        let is_index = |key: &&String| key.bytes().all(|b| b.is_ascii_digit());
        self.path.iter().rev().find(|key| !is_index(key)).map_or("", String::as_str)
    }

    /// The last key of the path: the name that somebody gave, where the table has names as keys.
    pub(super) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// A text with something in it.
    pub(super) fn text(&self) -> Option<String> {
        let text = self.text_or_empty()?;
        if text.trim().is_empty() {
            self.refuse("is empty; leave the key out instead");
            return None;
        }
        Some(text)
    }

    /// A text.
    pub(super) fn text_or_empty(&self) -> Option<String> {
        let text = self.value.as_str().map(str::to_owned);
        if text.is_none() {
            self.refuse_type("a text in quotes");
        }
        text
    }

    /// A text, a whole number or a truth value, as text: how a value of any field is written.
    pub(super) fn scalar(&self) -> Option<String> {
        match self.value {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Boolean(flag) => Some(flag.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
            _ => {
                self.refuse_type("a text, a whole number, true or false");
                None
            }
        }
    }

    /// True or false.
    pub(super) fn flag(&self) -> Option<bool> {
        let flag = self.value.as_bool();
        if flag.is_none() {
            self.refuse_type("true or false");
        }
        flag
    }

    /// A whole number within bounds, which are inclusive.
    pub(super) fn number(&self, bounds: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let (least, greatest) = (bounds.start(), bounds.end());
        let Some(integer) = self.value.as_integer() else {
            self.refuse_type(&format!("a whole number from {least} to {greatest}"));
            return None;
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix());
        let number = number.ok().filter(|number| bounds.contains(number));
        if number.is_none() {
            self.refuse(format!("is {integer}, but must be from {least} to {greatest}"));
        }
        number
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&self, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let names = || words.iter().map(|(word, _)| *word);
            let suggestion = nearest(&text, names());
            let mut message = format!("cannot be “{text}”");
            if suggestion.is_none() {
                message.push_str(&listed("it may be", names()));
            }
            self.refuse_with(message, suggestion);
        }
        found.map(|(_, value)| *value)
    }

    /// A list of names, none twice and none empty; an empty list is one, too.
    pub(super) fn names_or_none(&self) -> Option<Vec<String>> {
        let Some(items) = self.items() else {
            self.refuse_type("a list of texts such as [\"a\", \"b\"]");
            return None;
        };
        let mut names = Vec::new();
        for item in items {
            let name = item.text()?;
            if names.contains(&name) {
                item.refuse(format!("has “{name}” twice"));
            }
            names.push(name);
        }
        Some(names)
    }

    /// A list of names, one or more, none twice.
    pub(super) fn names(&self) -> Option<Vec<String>> {
        let names = self.names_or_none()?;
        if names.is_empty() {
            self.refuse("is an empty list; leave the key out instead");
            return None;
        }
        Some(names)
    }

    /// A name, or a list of one or more.
    pub(super) fn name_or_names(&self) -> Option<Vec<String>> {
        match self.value {
            DeValue::String(_) => Some(vec![self.text()?]),
            DeValue::Array(_) => self.names(),
            _ => {
                self.refuse_type("a text or a list of texts");
                None
            }
        }
    }

    /// The values of a list; `None`, without a note, where this is none.
    pub(super) fn items(&self) -> Option<Vec<Entry<'a>>> {
        let items = self.value.as_array()?.iter().enumerate().map(|(index, item)| {
            let mut path = self.path.clone();
            path.push(index.to_string());
            Entry::new(self.source, path, item)
        });
        Some(items.collect())
    }

    /// Whether this is a text.
    pub(super) fn is_text(&self) -> bool {
        self.value.is_str()
    }

    /// Whether this is a table.
    pub(super) fn is_table(&self) -> bool {
        self.value.as_table().is_some()
    }

    /// Whether this is true or false.
    pub(super) fn is_flag(&self) -> bool {
        self.value.as_bool().is_some()
    }

    /// A table with a fixed set of keys; `expected` says what it should look like.
    pub(super) fn section(
        &self,
        keys: &'static [&'static str],
        expected: &str,
    ) -> Option<Section<'a>> {
        let Some(table) = self.value.as_table() else {
            self.refuse_type(expected);
            return None;
        };
        Some(Section::new(self.source, self.path.clone(), self.span.start, table, keys))
    }

    /// The entries of a table whose keys are names, in the order of the file.
    pub(super) fn entries(&self, expected: &str) -> Vec<Entry<'a>> {
        let Some(table) = self.value.as_table() else {
            self.refuse_type(expected);
            return Vec::new();
        };
        let mut entries: Vec<(usize, Entry<'a>)> = table
            .iter()
            .map(|(key, value)| {
                let mut path = self.path.clone();
                path.push(key.get_ref().to_string());
                let entry = Entry::new(self.source, path, value);
                // A name that does not exist is looked for where the name stands.
                self.source.keep_place(&entry.path, key.span().start);
                (key.span().start, entry)
            })
            .collect();
        entries.sort_by_key(|(start, _)| *start);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}
