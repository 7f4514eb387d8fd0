//! Buttons, inputs and the lines of forms.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A labelled line of a form with its help and its error.
#[must_use]
pub fn line(
    id: &str,
    label: &str,
    help: Option<&str>,
    error: Option<&str>,
    input: &Markup,
) -> Markup {
    html! {
        div.line data-bad[error.is_some()] {
            label for=(id) { (label) }
            div.control {
                (input)
                @if let Some(help) = help { p.help id={ (id) "-help" } { (help) } }
                @if let Some(error) = error { p.error id={ (id) "-error" } { (icon(Icon::Warning)) span { (error) } } }
            }
        }
    }
}

/// What describes an input: its help and its error, where they are.
#[must_use]
pub fn described(id: &str, help: bool, error: bool) -> Option<String> {
    match (help, error) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-help")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-help {id}-error")),
    }
}

/// A line of text in a form.
#[derive(Debug, Clone, Default)]
pub struct TextLine<'a> {
    /// Name of the input; also its id.
    pub name: &'a str,
    /// What it asks for.
    pub label: &'a str,
    /// What stands in it.
    pub value: &'a str,
    /// Kind of input: `text`, `email`, `password`, `url`.
    pub kind: &'a str,
    /// What the browser may fill in.
    pub autocomplete: &'a str,
    /// What it is for.
    pub help: Option<&'a str>,
    /// What is wrong with it.
    pub error: Option<&'a str>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it has the focus first.
    pub first: bool,
}

impl TextLine<'_> {
    /// The line.
    #[must_use]
    pub fn render(&self) -> Markup {
        let kind = if self.kind.is_empty() { "text" } else { self.kind };
        let autocomplete = (!self.autocomplete.is_empty()).then_some(self.autocomplete);
        let input = html! {
            input id=(self.name) name=(self.name) type=(kind) value=(self.value)
                autocomplete=[autocomplete] required[self.required] autofocus[self.first]
                aria-invalid=[self.error.map(|_| "true")]
                aria-describedby=[described(self.name, self.help.is_some(), self.error.is_some())];
        };
        line(self.name, self.label, self.help, self.error, &input)
    }
}

/// A choice of a drop-down list: value, word.
pub type Choice<'a> = (&'a str, &'a str);

/// A drop-down list.
#[must_use]
pub fn select(
    id: &str,
    name: &str,
    label: Option<&str>,
    choices: &[Choice<'_>],
    chosen: &str,
) -> Markup {
    html! {
        select id=(id) name=(name) aria-label=[label] {
            @for (value, word) in choices {
                option value=(value) selected[*value == chosen] { (word) }
            }
        }
    }
}

/// The button that does what the form is for.
#[must_use]
pub fn submit(word: &str) -> Markup {
    html! { button.button.primary type="submit" { (word) } }
}

/// A link that looks like a button.
#[must_use]
pub fn link_button(href: &str, which: Option<Icon>, word: &str, class: &str) -> Markup {
    html! {
        a class={ "button " (class) } href=(href) {
            @if let Some(which) = which { (icon(which)) }
            span { (word) }
        }
    }
}

/// A button that is only a mark; its word is read out and appears on hover.
#[must_use]
pub fn mark_link(href: &str, which: Icon, word: &str) -> Markup {
    html! { a.button.bare.mark href=(href) title=(word) aria-label=(word) { (icon(which)) } }
}

/// A form that only has a button: an action that changes something.
#[must_use]
pub fn post_button(action: &str, fields: &[(&str, &str)], label: &Markup, class: &str) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button class={ "button " (class) } type="submit" { (label) }
        }
    }
}

/// A key of the keyboard.
#[must_use]
pub fn key(word: &str) -> Markup {
    html! { kbd { (word) } }
}

/// A button that copies a text; needs the script and is not there without it.
#[must_use]
pub fn copy(t: &crate::texts::Texts, text: &str) -> Markup {
    let word = t.get("copy");
    html! {
        button.button.bare.mark.copy.scripted type="button" data-copy=(text) title=(word) aria-label=(word) { (icon(Icon::Copy)) }
    }
}
