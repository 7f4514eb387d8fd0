//! The members of objects, read with what is known of them.

use std::borrow::Cow;

use kontor_model::{FieldType, Value};
use maud::{Markup, html};
use serde_json::value::RawValue;

use super::MOST_INNER;
use crate::components::Shell;
use crate::components::cell::{self, Place};
use crate::format::{self, Format, Precision};
use crate::members::Members;
use crate::shown::{Cell, FieldView, Inside};

/// Numbers that are written as texts.
const NUMBER: FieldType = FieldType::Decimal { precision: None, scale: None };

/// An object, digit by digit.
pub(super) type Row = Members<Box<RawValue>>;

/// What a JSON text holds.
pub(super) enum Json {
    /// An empty list or object, or `null`.
    Nothing,
    Object(Row),
    /// A list of objects.
    Objects(Vec<Row>),
    /// A list of single values.
    Values(Vec<Box<RawValue>>),
    /// A single value, or a list of what is not alike.
    Other,
}

impl Json {
    /// None for what is no JSON, and for objects in which a name stands twice.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.as_bytes().first()? {
            b'{' => {
                let row: Row = serde_json::from_str(text).ok()?;
                Some(if row.0.is_empty() { Self::Nothing } else { Self::Object(row) })
            }
            b'[' => {
                let entries: Vec<Box<RawValue>> = serde_json::from_str(text).ok()?;
                Some(Self::listed(entries))
            }
            _ if text == "null" => Some(Self::Nothing),
            _ => serde_json::from_str::<Box<RawValue>>(text).ok().map(|_| Self::Other),
        }
    }

    fn listed(entries: Vec<Box<RawValue>>) -> Self {
        if entries.is_empty() {
            return Self::Nothing;
        }
        if entries.iter().all(|entry| !is_deep(entry)) {
            return Self::Values(entries);
        }
        let rows = entries.iter().map(|entry| serde_json::from_str::<Row>(entry.get()));
        match rows.collect() {
            Ok(rows) => Self::Objects(rows),
            Err(_) => Self::Other,
        }
    }
}

/// The members of objects, with what is known of them.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    pub(super) shell: &'a Shell,
    inside: &'a Inside,
    /// The record's own currency.
    currency: Option<&'a str>,
}

/// A member that has something to say.
pub(super) struct Told<'a> {
    pub(super) view: Cow<'a, FieldView>,
    pub(super) raw: &'a RawValue,
    currency: Option<String>,
}

/// A column of a table.
pub(super) struct Column<'a> {
    pub(super) view: Cow<'a, FieldView>,
    holds_numbers: bool,
    is_named: bool,
    is_flat: bool,
}

impl Column<'_> {
    /// Numbers stand right-aligned.
    pub(super) fn class(&self) -> Option<&'static str> {
        self.holds_numbers.then_some("number")
    }
}

impl<'a> Sheet<'a> {
    pub(super) fn of(shell: &'a Shell, inside: &'a Inside) -> Self {
        Self { shell, inside, currency: inside.currency.as_deref() }
    }

    /// The same for the objects inside of a member.
    pub(super) fn inner<'m>(&self, view: &'m FieldView) -> Sheet<'m>
    where
        'a: 'm,
    {
        Sheet { shell: self.shell, inside: &view.inside, currency: self.currency }
    }

    /// The members that are shown and say something, in the order in which people read them.
    pub(super) fn members<'r>(&self, row: &'r Row) -> Vec<Told<'r>>
    where
        'a: 'r,
    {
        let of_row = |name: &str| row.0.iter().find(|(own, _)| own == name).map(|(_, raw)| &**raw);
        let known = self.inside.members.iter().filter(|member| !member.hidden);
        let known = known.filter_map(|member| {
            let beside = member.currency.as_deref().and_then(of_row).and_then(text_of);
            Some(Told {
                view: Cow::Borrowed(&member.field),
                raw: of_row(&member.field.name)?,
                currency: beside.or_else(|| self.currency.map(str::to_owned)),
            })
        });
        let others = row.0.iter().filter(|(name, _)| self.inside.member(name).is_none());
        let others =
            others.map(|(name, raw)| Told { view: self.inside.view(name), raw, currency: None });
        known.chain(others).filter(|told| !is_nothing(told.raw)).collect()
    }

    /// The columns in which somebody says something: those that are named, then what is flat, then
    /// what lies deeper; and whether some are left out.
    pub(super) fn columns<'r>(&self, rows: &'r [Row], most: usize) -> (Vec<Column<'r>>, bool)
    where
        'a: 'r,
    {
        let mut columns: Vec<Column<'r>> = Vec::new();
        let known = self.inside.members.iter().filter(|member| !member.hidden);
        let others = rows.iter().flat_map(|row| &row.0).map(|(name, _)| name.as_str());
        let others = others.filter(|name| self.inside.member(name).is_none());
        let names = known.map(|member| member.field.name.as_str()).chain(others);
        for name in names {
            if columns.iter().any(|column| column.view.name == name) {
                continue;
            }
            let own = rows.iter().flat_map(|row| &row.0).filter(|(other, _)| other == name);
            let values: Vec<&RawValue> = own.map(|(_, raw)| &**raw).collect();
            if !values.iter().any(|raw| tells(raw)) {
                continue;
            }
            let view = self.inside.view(name);
            let mut present = values.iter().filter(|raw| !is_nothing(raw));
            columns.push(Column {
                holds_numbers: counts(&view) && present.all(|raw| is_number(&view, raw)),
                is_named: self.inside.member(name).is_some_and(|member| member.is_named),
                is_flat: values.iter().all(|raw| !is_deep(raw)),
                view,
            });
        }
        columns.sort_by_key(|column| (!column.is_named, !column.is_named && !column.is_flat));
        let named = columns.iter().filter(|column| column.is_named).count();
        let all = columns.len();
        columns.truncate(named.max(most));
        let is_cut = columns.len() < all;
        (columns, is_cut)
    }

    /// The value of a member.
    pub(super) fn value(&self, told: &Told<'_>) -> Markup {
        if !is_deep(told.raw) {
            return self.single(&told.view, told.raw, told.currency.as_deref());
        }
        let inner = self.inner(&told.view);
        match Json::of(told.raw.get()) {
            None | Some(Json::Nothing) => html! {},
            Some(Json::Object(row)) => {
                let members = inner.members(&row);
                let flat: Vec<_> = members.iter().filter(|own| tells(own.raw)).collect();
                html! { @for (at, own) in flat.iter().take(MOST_INNER).enumerate() { @if at > 0 { ", " } span.help { (own.view.title) ": " } (inner.word(own)) } }
            }
            Some(Json::Objects(rows)) => html! {
                ul.structure {
                    @for row in rows.iter().take(MOST_INNER) { li { (inner.words(row, MOST_INNER)) } }
                    @if rows.len() > MOST_INNER { li.help { (self.shell.texts.count("structure-more", (rows.len() - MOST_INNER) as u64)) } }
                }
            },
            Some(Json::Values(values)) => {
                let element = element(&told.view);
                let words = values.iter().map(|raw| self.text(&element, raw, None));
                html! { (words.collect::<Vec<_>>().join(", ")) }
            }
            Some(Json::Other) => html! { span.code { (told.raw.get()) } },
        }
    }

    fn single(&self, view: &FieldView, raw: &RawValue, currency: Option<&str>) -> Markup {
        let value = value_in(view, raw);
        let view = guessed(view, &value);
        let is_moment = view.is_unix_time() || view.ty.is_temporal();
        let place = if is_moment { Place::List } else { Place::Record };
        let cell = Cell { currency: currency.map(str::to_owned), ..Cell::of(value) };
        cell::own(self.shell, &view, &cell, place)
    }

    /// A single value as text.
    pub(super) fn text(&self, view: &FieldView, raw: &RawValue, currency: Option<&str>) -> String {
        let value = value_in(view, raw);
        let t = self.shell.texts;
        match value {
            Value::Bool(truth) => t.get(if truth { "yes" } else { "no" }).into_owned(),
            Value::Null => String::new(),
            value => {
                let view = guessed(view, &value);
                let format = match currency {
                    Some(code) => view.effective_format().in_currency(code),
                    None => view.effective_format().clone(),
                };
                let reader = self.shell.reader();
                let text = format::value(reader, &view.ty, &format, &value, Precision::Minutes);
                let text = text.unwrap_or_default();
                let choice = view.choices.iter().find(|choice| choice.value == text);
                choice.map_or(text, |choice| choice.title.clone())
            }
        }
    }

    /// An entry of a list of single values.
    pub(super) fn own_word(&self, raw: &RawValue) -> String {
        self.text(&FieldView::new("", FieldType::Any), raw, None)
    }

    /// A member as text, whatever it holds.
    pub(super) fn word(&self, told: &Told<'_>) -> String {
        if !is_deep(told.raw) {
            return self.text(&told.view, told.raw, told.currency.as_deref());
        }
        let inner = self.inner(&told.view);
        match Json::of(told.raw.get()) {
            Some(Json::Object(row)) => inner.words(&row, MOST_INNER),
            Some(Json::Objects(rows)) => {
                let heads: Vec<String> = rows.iter().map(|row| inner.head(row)).collect();
                heads.join(", ")
            }
            Some(Json::Values(values)) => {
                let element = element(&told.view);
                let words = values.iter().map(|raw| self.text(&element, raw, None));
                words.collect::<Vec<_>>().join(", ")
            }
            Some(Json::Other) => told.raw.get().to_owned(),
            None | Some(Json::Nothing) => "–".to_owned(),
        }
    }

    /// An object in a line: its single values, bare numbers and truths with what they are.
    pub(super) fn words(&self, row: &Row, most: usize) -> String {
        let members = self.members(row);
        let flat = members.iter().filter(|told| !is_deep(told.raw) && tells(told.raw));
        flat.take(most).map(|told| self.named(told)).collect::<Vec<_>>().join(" · ")
    }

    /// A member as text, with its title where the value alone does not say what it is.
    pub(super) fn named(&self, told: &Told<'_>) -> String {
        match told.raw.get().as_bytes().first() {
            Some(b't') => told.view.title.clone(),
            Some(b'"' | b'{' | b'[') => self.word(told),
            _ if told.view.says_what_it_is() => self.word(told),
            _ => format!("{} {}", told.view.title, self.word(told)),
        }
    }

    /// What an object is called: its first text, and its state.
    pub(super) fn head(&self, row: &Row) -> String {
        let members = self.members(row);
        let is_text = |told: &&Told<'_>| {
            let value = value_of(told.raw);
            matches!(&value, Value::Text(_))
                && !told.view.is_status
                && !guessed(&told.view, &value).ty.is_temporal()
        };
        let name = members.iter().find(is_text).map(|told| self.word(told));
        let state = members.iter().find(|told| told.view.is_status && !is_deep(told.raw));
        let state = state.map(|told| self.word(told));
        match name {
            None => self.words(row, 2),
            Some(name) => name_and(name, state),
        }
    }
}

fn name_and(name: String, state: Option<String>) -> String {
    match state {
        Some(state) => format!("{name} · {state}"),
        None => name,
    }
}

impl FieldView {
    /// Whether a number of it says by itself what it is.
    fn says_what_it_is(&self) -> bool {
        self.is_status || self.is_unix_time() || matches!(self.format, Format::Money { .. })
    }
}

/// The entries of a list of single values.
fn element(view: &FieldView) -> FieldView {
    match &view.ty {
        FieldType::Array { element } => FieldView { ty: (**element).clone(), ..view.clone() },
        _ => view.clone(),
    }
}

/// Whether numbers of a member stand as numbers do.
fn counts(view: &FieldView) -> bool {
    !view.is_key && !view.is_status && !view.is_unix_time()
}

/// What nobody describes is told by how it is written: moments, days, addresses on the web.
fn guessed<'v>(view: &'v FieldView, value: &Value) -> Cow<'v, FieldView> {
    let Value::Text(text) = value else { return Cow::Borrowed(view) };
    if view.ty != FieldType::Any || view.format != Format::Auto || view.is_status {
        return Cow::Borrowed(view);
    }
    if is_moment(text) {
        return Cow::Owned(FieldView { ty: FieldType::Instant, ..view.clone() });
    }
    if is_day(text) {
        return Cow::Owned(FieldView { ty: FieldType::Date, ..view.clone() });
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        return Cow::Owned(FieldView { format: Format::Address, ..view.clone() });
    }
    Cow::Borrowed(view)
}

/// A moment as RFC 3339 writes it, with its zone.
fn is_moment(text: &str) -> bool {
    text.as_bytes().get(10) == Some(&b'T')
        && text.as_bytes().get(16) == Some(&b':')
        && format::parse_instant(text).is_some()
}

fn is_day(text: &str) -> bool {
    let is_mark = |at: usize| text.as_bytes().get(at) == Some(&b'-');
    text.len() == 10 && is_mark(4) && is_mark(7) && text.parse::<jiff::civil::Date>().is_ok()
}

/// A single value, digit by digit.
pub(super) fn value_of(raw: &RawValue) -> Value {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => Value::Text(serde_json::from_str(text).unwrap_or_default()),
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') | None => Value::Null,
        Some(b'{' | b'[') => Value::Text(text.to_owned()),
        _ => match (text.parse::<i64>(), text.parse::<u64>()) {
            (Ok(number), _) => Value::Int(number),
            (_, Ok(number)) => Value::from_u64(number),
            _ => Value::Decimal(text.to_owned()),
        },
    }
}

/// The same; numbers that are written as texts, so that nothing is lost on the way, are numbers.
fn value_in(view: &FieldView, raw: &RawValue) -> Value {
    let holds_numbers = view.ty.is_numeric() || matches!(view.format, Format::Money { .. });
    match value_of(raw) {
        Value::Text(text) if holds_numbers => match NUMBER.parse(&text) {
            Ok(number) => number,
            Err(_) => Value::Text(text),
        },
        value => value,
    }
}

fn text_of(raw: &RawValue) -> Option<String> {
    value_of(raw).to_text().filter(|text| !text.is_empty())
}

/// Whether a value says more than that there is nothing.
fn tells(raw: &RawValue) -> bool {
    !is_nothing(raw) && !matches!(raw.get(), "0" | "false")
}

pub(super) fn is_nothing(raw: &RawValue) -> bool {
    matches!(raw.get(), "null" | "[]" | "{}" | "\"\"")
}

fn is_number(view: &FieldView, raw: &RawValue) -> bool {
    format::is_number(&value_in(view, raw))
}

/// Whether a value is an object or a list.
pub(super) fn is_deep(raw: &RawValue) -> bool {
    raw.get().starts_with(['{', '['])
}
