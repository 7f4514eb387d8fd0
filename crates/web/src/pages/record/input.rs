//! The input of a field, by its type.

use kontor_model::FieldType;
use maud::{Markup, html};

use super::form::FormInput;
use super::given::{empty_is_null, is_plain_local};
use crate::components::Shell;
use crate::components::cell::{Place, content};
use crate::components::control::{described, line};
use crate::components::icon::{Icon, icon};
use crate::format::Format;
use crate::links;
use crate::shown::{Concealed, FieldView, Locked};

/// The line of a field in a form; where it cannot be changed, its value and why.
pub(crate) fn field_line(shell: &Shell, input: &FormInput, place: usize) -> Markup {
    let t = shell.texts;
    let id = format!("in-{place}");
    let field = &input.field;
    if let Some(reason) = unwritable(input) {
        return html! {
            div.line.locked {
                span.label { (field.title) }
                div.control {
                    p.value { (content(shell, field, &input.cell, Place::Record)) }
                    p.help { (icon(Icon::Lock)) " " (t.get(reason)) }
                }
            }
        };
    }
    let help = help(shell, field);
    let attributes = Attributes {
        id: &id,
        name: format!("v.{}", field.name),
        described: described(&id, help.is_some(), input.error.is_some()),
        wrong: input.error.is_some(),
        required: field.required && input.default.is_none(),
    };
    let body = html! {
        (control(shell, input, &attributes))
        @if let Some(was) = &input.was { input type="hidden" name={ "was." (field.name) } value=(was.to_tagged()); }
        (beside(shell, input, &id))
    };
    line(&id, &field.title, help.as_deref(), input.error.as_deref(), &body)
}

/// Key of why there is no input: nobody may write it here, or the form does not hold all of it and
/// would write back less than there was.
fn unwritable(input: &FormInput) -> Option<&'static str> {
    let concealed = input.cell.concealed.map(|concealed| match concealed {
        Concealed::Secret => "concealed-secret",
        Concealed::NoRight => "concealed-no-right",
    });
    let part = (!input.cell.value.is_whole()).then_some("form-not-whole");
    concealed.or(part).or(input.field.locked.map(Locked::key))
}

struct Attributes<'a> {
    id: &'a str,
    name: String,
    described: Option<String>,
    wrong: bool,
    required: bool,
}

impl Attributes<'_> {
    fn invalid(&self) -> Option<&'static str> {
        self.wrong.then_some("true")
    }
}

fn help(shell: &Shell, field: &FieldView) -> Option<String> {
    let t = shell.texts;
    let zone = (field.ty == FieldType::Instant || field.is_unix_time()).then(|| {
        let name = shell.zone.iana_name().unwrap_or("UTC");
        t.with("form-zone", &[("zone", name.into())])
    });
    let length = match field.ty {
        FieldType::Text { max: Some(max) } if max >= 256 => {
            Some(t.count("form-length", u64::from(max)))
        }
        _ => None,
    };
    let parts: Vec<String> = field.help.clone().into_iter().chain(zone).chain(length).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// What stands beside the input: “no value” where an empty text is a value too, and the
/// database's own choice for new records.
fn beside(shell: &Shell, input: &FormInput, id: &str) -> Markup {
    let t = shell.texts;
    let field = &input.field;
    html! {
        @if field.nullable && !empty_is_null(&field.ty) {
            label.check.beside for={ (id) "-null" } {
                input id={ (id) "-null" } type="checkbox" name={ "null." (field.name) } value="1" checked[input.is_null] data-null-of=(id);
                (t.get("value-null"))
            }
        }
        @if let Some(default) = &input.default {
            label.check.beside for={ (id) "-default" } {
                input id={ (id) "-default" } type="checkbox" name={ "default." (field.name) } value="1" checked[input.text.is_empty()] data-null-of=(id);
                (t.get("form-default")) @if !default.is_empty() { " " code { (default) } }
            }
        }
    }
}

fn control(shell: &Shell, input: &FormInput, a: &Attributes<'_>) -> Markup {
    let t = shell.texts;
    let field = &input.field;
    match &field.ty {
        FieldType::Bool => {
            let choices = [
                ("true".to_owned(), t.get("yes").into_owned()),
                ("false".to_owned(), t.get("no").into_owned()),
            ];
            select(shell, input, a, &choices)
        }
        FieldType::Enum { choices } => {
            let called = |value: &String| {
                let known = field.choices.iter().find(|choice| choice.value == *value);
                known.map_or_else(|| value.clone(), |choice| choice.title.clone())
            };
            let choices: Vec<_> =
                choices.iter().map(|choice| (choice.clone(), called(choice))).collect();
            select(shell, input, a, &choices)
        }
        _ if !field.choices.is_empty() && field.link.is_none() => {
            let known =
                field.choices.iter().map(|choice| (choice.value.clone(), choice.title.clone()));
            select(shell, input, a, &known.collect::<Vec<_>>())
        }
        FieldType::Json { .. } => area(input, a, true),
        FieldType::Text { max } if field.link.is_none() && is_prose(input, *max) => {
            area(input, a, false)
        }
        _ if field.link.is_some() => picker(shell, input, a),
        ty => simple(ty, input, a),
    }
}

/// The longest text that one line shows.
const LINE: usize = 90;

/// Whether a text needs more than a line: it has more, or its name says that people write there.
fn is_prose(input: &FormInput, max: Option<u32>) -> bool {
    const NAMES: [&str; 12] = [
        "description",
        "comment",
        "note",
        "body",
        "message",
        "content",
        "remark",
        "beschreibung",
        "bemerkung",
        "notiz",
        "kommentar",
        "nachricht",
    ];
    if matches!(input.field.format, Format::Lines | Format::Json)
        || input.text.contains('\n')
        || input.text.chars().count() > LINE
    {
        return true;
    }
    let name = input.field.name.to_lowercase();
    max.is_none_or(|max| max >= 256) && NAMES.iter().any(|word| name.contains(word))
}

fn select(
    shell: &Shell,
    input: &FormInput,
    a: &Attributes<'_>,
    choices: &[(String, String)],
) -> Markup {
    let known = choices.iter().any(|(code, _)| *code == input.text);
    html! {
        select id=(a.id) name=(a.name) required[a.required] aria-invalid=[a.invalid()] aria-describedby=[a.described.as_deref()] {
            @if input.field.nullable || input.text.is_empty() { option value="" selected[input.text.is_empty()] { (shell.texts.get(if input.field.nullable { "form-none" } else { "form-choose" })) } }
            @if !known && !input.text.is_empty() { option selected { (input.text) } }
            @for (code, word) in choices { option value=(code) selected[*code == input.text] { (word) } }
        }
    }
}

fn area(input: &FormInput, a: &Attributes<'_>, code: bool) -> Markup {
    let rows = input.text.lines().count().clamp(2, 14);
    html! {
        // The first line break after the tag is not part of the value.
        textarea.code[code] id=(a.id) name=(a.name) rows=(rows) required[a.required] spellcheck=(if code { "false" } else { "true" })
            aria-invalid=[a.invalid()] aria-describedby=[a.described.as_deref()] { "\n" (input.text) }
    }
}

fn simple(ty: &FieldType, input: &FormInput, a: &Attributes<'_>) -> Markup {
    let text = &input.text;
    let plain = |kind| {
        if text.is_empty() || is_plain(kind, text) { kind } else { "text" }
    };
    let kind = match ty {
        FieldType::Date => plain("date"),
        FieldType::DateTime | FieldType::Instant => plain("datetime-local"),
        _ if input.field.is_unix_time() => plain("datetime-local"),
        _ => "text",
    };
    // Numbers stay text: a browser's number input rounds and drops digits.
    let is_money = matches!(input.field.format, Format::Money { .. });
    let is_number = ty.is_numeric() && !input.field.is_unix_time();
    let mode = match ty {
        _ if !is_number => None,
        FieldType::Int { min, .. } if *min >= 0 && !is_money => Some("numeric"),
        _ => Some("decimal"),
    };
    let max = match ty {
        FieldType::Text { max } => *max,
        _ => None,
    };
    // A picker leaves out the seconds unless it is told that they count.
    let step = (kind == "datetime-local").then(|| if text.contains('.') { "0.001" } else { "1" });
    let line = html! {
        input id=(a.id) type=(kind) name=(a.name) value=(text) inputmode=[mode] maxlength=[max] step=[step]
            required[a.required] autocomplete="off" .number[is_number] aria-invalid=[a.invalid()] aria-describedby=[a.described.as_deref()];
    };
    match input.field.currency() {
        Some(currency) => html! { span.amount { (line) span.unit { (currency) } } },
        None => line,
    }
}

fn is_plain(kind: &str, text: &str) -> bool {
    match kind {
        "date" => {
            text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok_and(|date| date.year() > 0)
        }
        _ => is_plain_local(text),
    }
}

/// A reference: its key, what it stands for, and a search for another one.
fn picker(shell: &Shell, input: &FormInput, a: &Attributes<'_>) -> Markup {
    let Some(link) = &input.field.link else {
        return html! {};
    };
    let title = input.cell.linked.as_ref().map_or("", |linked| linked.title.as_str());
    let prompt = shell.texts.get("form-pick");
    html! {
        div.picker data-picker=(links::search_in(&link.backend, &link.resource, "")) {
            input id=(a.id) type="text" name=(a.name) value=(input.text) required[a.required] autocomplete="off" placeholder=(prompt)
                aria-invalid=[a.invalid()] aria-describedby=[a.described.as_deref()];
            output for=(a.id) { (title) }
            a.button.bare.small href=(links::list(&link.backend, &link.resource)) target="_blank" { (shell.texts.get("form-look")) }
        }
    }
}
