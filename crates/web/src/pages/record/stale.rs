//! Somebody else was faster: mine, theirs and before, field by field.

use maud::{Markup, html};

use crate::components::Shell;
use crate::components::cell::{Place, content};
use crate::components::control;
use crate::components::shell::{Layout, page as shell_page};
use crate::shown::{Cell, FieldView, RecordRef};

/// An edit that met another.
#[derive(Debug, Clone, PartialEq)]
pub struct StaleScreen {
    /// The record.
    pub record: RecordRef,
    /// Its title.
    pub title: String,
    /// Who changed it meanwhile and when, where the audit knows; in the reader's words.
    pub by: Option<String>,
    /// The fields of which two versions exist.
    pub clashes: Vec<Clash>,
    /// Everything else that the form gave, to be sent again: name, value.
    pub rest: Vec<(String, String)>,
}

/// A field of which two versions exist.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// The field.
    pub field: FieldView,
    /// What this reader wants.
    pub mine: Cell,
    /// What it is now.
    pub theirs: Cell,
    /// What it was when this reader opened it.
    pub before: Cell,
    /// What the input held, to be sent again.
    pub text: String,
    /// Whether “no value” was chosen.
    pub is_null: bool,
}

/// The page. It sends the form again with `was.name` as it is now, and `keep.name` = `mine` or
/// `theirs`.
#[must_use]
pub fn page(shell: &Shell, screen: &StaleScreen) -> Markup {
    let t = shell.texts;
    let title = t.get("conflict-title");
    let content = html! {
        div.page.narrow {
            header.head {
                div {
                    p.crumb { a href=(screen.record.link()) { (screen.title) } }
                    h1 { (title) }
                    p.lead { @if let Some(by) = &screen.by { (by) " " } (t.get("stale-text")) }
                }
            }
            form.record-form method="post" action=(screen.record.part("edit")) {
                @for (name, value) in &screen.rest { input type="hidden" name=(name) value=(value); }
                @for (at, clash) in screen.clashes.iter().enumerate() { (clash_of(shell, clash, at)) }
                div.actions.sticky {
                    (control::submit(&t.get("save")))
                    a.button href=(screen.record.link()) { (t.get("stale-drop")) }
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn clash_of(shell: &Shell, clash: &Clash, at: usize) -> Markup {
    let t = shell.texts;
    let name = &clash.field.name;
    let choice = |code: &str, key: &str, cell: &Cell, chosen: bool| {
        let id = format!("keep-{at}-{code}");
        html! {
            label.version for=(id) {
                span.word { input id=(id) type="radio" name={ "keep." (name) } value=(code) checked[chosen]; " " (t.get(key)) }
                span { (content(shell, &clash.field, cell, Place::Record)) }
            }
        }
    };
    html! {
        fieldset.versions {
            legend { (clash.field.title) }
            input type="hidden" name={ "v." (name) } value=(clash.text);
            @if clash.is_null { input type="hidden" name={ "null." (name) } value="1"; }
            input type="hidden" name={ "was." (name) } value=(clash.theirs.value.to_tagged());
            (choice("mine", "conflict-mine", &clash.mine, true))
            (choice("theirs", "conflict-theirs", &clash.theirs, false))
            div.version.old { span.word { (t.get("conflict-before")) } span { (content(shell, &clash.field, &clash.before, Place::Record)) } }
        }
    }
}
