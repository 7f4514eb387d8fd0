//! A value where it is shown.

use std::borrow::Cow;

use kontor_model::{FieldType, Value};
use maud::{Markup, html};

use super::Shell;
use super::icon::{Icon, icon};
use super::status;
use super::structure::{short, structure};
use crate::format::{self, Format, Precision};
use crate::links;
use crate::shown::{Cell, Concealed, Far, FarState, FieldView, Linked, Tone};

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a line of a list: short.
    List,
    /// On a record's page: all of it.
    Record,
}

/// The value as people read it.
#[must_use]
pub fn content(shell: &Shell, field: &FieldView, cell: &Cell, place: Place) -> Markup {
    let t = shell.texts;
    if let Some(concealed) = cell.concealed {
        let key = match concealed {
            Concealed::Secret => "concealed-secret",
            Concealed::NoRight => "concealed-no-right",
        };
        return html! { span.concealed title=(t.get(key)) { (icon(Icon::Lock)) (t.get("concealed")) span.unseen { ": " (t.get(key)) } } };
    }
    if cell.value.is_null() {
        return html! { span.null { span aria-hidden="true" { "–" } span.unseen { (t.get("value-null")) } } };
    }
    if let Some(far) = &cell.far {
        return beside(shell, field, cell, far, place);
    }
    if let Some(linked) = &cell.linked {
        return link(shell, field, &cell.value, linked);
    }
    own(shell, field, cell, place)
}

/// The value itself, whatever it points to.
pub(super) fn own(shell: &Shell, field: &FieldView, cell: &Cell, place: Place) -> Markup {
    let t = shell.texts;
    match &cell.value {
        Value::Text(text) if text.is_empty() => html! { span.nothing { (t.get("value-empty")) } },
        Value::Bool(true) => html! { span.yes { (icon(Icon::Check)) (t.get("yes")) } },
        Value::Bool(false) => html! { span.no { (t.get("no")) } },
        Value::Bytes(_) | Value::Large(_) => {
            html! { span.bytes { (icon(Icon::File)) (text_of(shell, field, &cell.value, place)) } }
        }
        Value::Cut(text) if is_json(field) => {
            let words = short(shell, &in_currency(field, cell).inside, text);
            html! { span title=(t.get("value-cut")) { (words.as_deref().unwrap_or(text)) "…" } }
        }
        Value::Cut(text) => html! { span title=(t.get("value-cut")) { (text) "…" } },
        value if field.is_status => {
            let text = text_of(shell, field, value, place);
            status_dot(field, &text)
        }
        value => plain(shell, &in_currency(field, cell), value, place),
    }
}

/// The field with the record's own currency, where that makes a difference.
fn in_currency<'f>(field: &'f FieldView, cell: &Cell) -> Cow<'f, FieldView> {
    let holds_amounts = !field.inside.members.is_empty();
    match (&cell.currency, &field.format) {
        (Some(_), Format::Money { .. }) => Cow::Owned(field.in_currency_of(cell)),
        (Some(_), _) if holds_amounts => Cow::Owned(field.in_currency_of(cell)),
        _ => Cow::Borrowed(field),
    }
}

fn text_of(shell: &Shell, field: &FieldView, value: &Value, place: Place) -> String {
    let precision = match place {
        Place::List => Precision::Minutes,
        Place::Record => Precision::Exact,
    };
    format::value(shell.reader(), &field.ty, field.effective_format(), value, precision)
        .unwrap_or_default()
}

fn plain(shell: &Shell, field: &FieldView, value: &Value, place: Place) -> Markup {
    let text = text_of(shell, field, value, place);
    let at = |plain: String| match (&field.format, &field.ty) {
        (Format::UnixTime { per_second }, _) => format::unix_time(&plain, *per_second),
        (_, FieldType::Instant | FieldType::DateTime) => format::parse_instant(&plain),
        _ => None,
    };
    if let Some(at) = value.to_text().and_then(at) {
        let exact = format::moment_with_zone(shell.language(), at, &shell.zone);
        return html! { time datetime=(at) title=(exact) { (text) } };
    }
    match &field.ty {
        _ if is_json(field) => match (place, structured(shell, field, &text, place)) {
            (_, Some(structured)) => structured,
            (Place::Record, None) => html! { pre.code { (pretty(&text)) } },
            (Place::List, None) => html! { span.code { (text) } },
        },
        FieldType::Uuid | FieldType::Array { .. } => {
            html! { span.code { (text) } }
        }
        _ if field.format == Format::Lines && place == Place::Record => {
            html! { span.prose { (text) } }
        }
        _ if field.format == Format::Address && place == Place::Record => address(&text),
        _ => html! { (text) },
    }
}

/// JSON as people read it; none where it is nothing that they could.
fn structured(shell: &Shell, field: &FieldView, text: &str, place: Place) -> Option<Markup> {
    match place {
        Place::Record => structure(shell, &field.inside, text),
        Place::List => short(shell, &field.inside, text).map(|words| html! { (words) }),
    }
}

/// Whether a field holds JSON, be it as text.
pub(super) fn is_json(field: &FieldView) -> bool {
    field.format == Format::Json || matches!(field.ty, FieldType::Json { .. })
}

/// JSON with line breaks; numbers are left as they are written, since a reader that rounds them
/// would show something else than the record holds.
pub(super) fn pretty(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut chars = text.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', depth * 2));
    };
    while let Some(c) = chars.next() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                quoted = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|next| next.is_whitespace()).is_some() {}
                if chars.peek().is_some_and(|next| matches!(next, '}' | ']')) {
                    out.extend(chars.next());
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

/// Something that can be opened; only schemes that do nothing by themselves.
fn address(text: &str) -> Markup {
    let href = if text.starts_with("https://") || text.starts_with("http://") {
        Some(text.to_owned())
    } else if text.contains('@') && !text.contains(char::is_whitespace) {
        Some(links::mail(text))
    } else if text.starts_with('+') || text.starts_with('0') {
        Some(format!("tel:{}", text.replace(|c: char| !c.is_ascii_digit() && c != '+', "")))
    } else {
        None
    };
    html! {
        @match href {
            Some(href) => a href=(href) rel="noreferrer noopener" target="_blank" { (text) },
            None => (text),
        }
    }
}

fn link(shell: &Shell, field: &FieldView, value: &Value, linked: &Linked) -> Markup {
    let key = text_of(shell, field, value, Place::List);
    let title = if linked.title.is_empty() { &key } else { &linked.title };
    let is_beside = title != &key && field.is_called_a_number();
    match &linked.to {
        Some(to) if is_beside => {
            html! { (key) " · " a.link href=(to.link()) data-peek=(to.part("peek")) { (title) } }
        }
        Some(to) => {
            html! { a.link href=(to.link()) data-peek=(to.part("peek")) title=[(title != &key).then_some(key.as_str())] { (title) } }
        }
        None => html! { span.dangling title=(shell.texts.get("link-dangling")) { (title) } },
    }
}

/// What a value points to in another backend, with the value itself where it says more.
fn beside(shell: &Shell, field: &FieldView, cell: &Cell, far: &Far, place: Place) -> Markup {
    let is_inside = far.is_inside;
    let is_beside = match &far.state {
        FarState::Found { title, .. } => {
            let says_more = !title.is_empty() && cell.value.to_text().as_ref() != Some(title);
            far.is_identity || field.is_called_a_number() && says_more
        }
        _ => false,
    };
    let value = |shown: &Markup| match &cell.linked {
        // Within its own backend it is the same thing: a list has room for one of them.
        Some(linked) if place == Place::Record || says_more(cell, linked) => {
            html! { (link(shell, field, &cell.value, linked)) " · " (shown) }
        }
        _ if is_inside => html! { (shown) " " (own(shell, field, cell, place)) },
        _ if is_beside => html! { (own(shell, field, cell, place)) " · " (shown) },
        _ => shown.clone(),
    };
    let key = if far.is_inside { String::new() } else { text_of(shell, field, &cell.value, place) };
    let t = shell.texts;
    value(&match &far.state {
        FarState::Found { title, to } => {
            let shown = match (title.is_empty(), key.is_empty()) {
                (false, _) => title.clone(),
                (true, false) => key.clone(),
                (true, true) => to.key.to_text(),
            };
            let hint = if shown == key || key.is_empty() {
                far.note.clone()
            } else {
                format!("{key} · {}", far.note)
            };
            html! {
                a.link href=(to.link()) data-peek=(to.part("peek")) title=(hint) { (shown) }
                @if place == Place::Record { " " span.help { (far.note) } }
            }
        }
        FarState::Missing if far.is_inside => {
            html! { span.dangling title=(far.note) { (t.get("far-none")) } }
        }
        FarState::Missing => html! { span.dangling title=(far.note) { (key) } },
        FarState::Unavailable => {
            html! { span.unavailable title=(far.note) { (key) " " small { (icon(Icon::Warning)) (t.get("far-unavailable")) } span.unseen { ": " (far.note) } } }
        }
        FarState::NoRight => {
            html! { span.unavailable title=(far.note) { (key) " " (icon(Icon::Lock)) span.unseen { (far.note) } } }
        }
    })
}

/// Whether the title of the own backend's record says more than the value.
fn says_more(cell: &Cell, linked: &Linked) -> bool {
    let value = cell.value.to_text().unwrap_or_default();
    !linked.title.is_empty() && linked.title != value
}

/// A state as a dot with the word that people use for it.
#[must_use]
pub fn status_dot(field: &FieldView, text: &str) -> Markup {
    match field.choices.iter().find(|choice| choice.value == text) {
        Some(choice) => status::dot(choice.tone, &choice.title),
        None => status::dot(Tone::of_word(text), text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_without_touching_its_numbers() {
        assert_eq!(
            pretty(r#"{"a":[1.50,12345678901234567890],"b{":"x\",y","c":{}}"#),
            "{\n  \"a\": [\n    1.50,\n    12345678901234567890\n  ],\n  \"b{\": \"x\\\",y\",\n  \"c\": {}\n}"
        );
    }
}
