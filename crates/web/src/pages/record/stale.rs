//! Somebody else was faster: mine, theirs and before, field by field.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::cell::{Place, content};
use crate::components::diff::{FieldChange, changes};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, time};
use crate::shown::{Cell, FieldView, RecordRef};

/// An edit that met another.
#[derive(Debug, Clone, PartialEq)]
pub struct StaleScreen {
    /// The record.
    pub record: RecordRef,
    /// Its title.
    pub title: String,
    /// The fields of which two versions exist.
    pub clashes: Vec<Clash>,
    /// Other fields that somebody changed since this reader opened the form.
    pub others: Vec<Theirs>,
    /// Everything else that the form gave, to be sent again: name, value.
    pub rest: Vec<(String, String)>,
}

/// What somebody made of a field since this reader opened the form.
#[derive(Debug, Clone, PartialEq)]
pub struct Theirs {
    /// The field.
    pub field: FieldView,
    /// What it is now.
    pub now: Cell,
    /// What it was when this reader opened it.
    pub before: Cell,
    /// Who changed it and when; none where it was done outside of Kontor.
    pub by: Option<(String, Timestamp)>,
}

/// A field of which two versions exist.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// What it is and was.
    pub theirs: Theirs,
    /// What this reader wants.
    pub mine: Cell,
    /// What the input held, to be sent again.
    pub text: String,
    /// Whether “no value” was chosen.
    pub is_null: bool,
}

/// The page. It sends the form again with `keep.name` = `mine` or `theirs`, and in `theirs.name` the
/// version that the reader saw while choosing. No version is chosen beforehand.
#[must_use]
pub fn page(shell: &Shell, screen: &StaleScreen) -> Markup {
    let t = shell.texts;
    let title = t.get("conflict-title");
    let lead = if screen.clashes.is_empty() { "stale-text-others" } else { "stale-text" };
    let content = html! {
        div.page.narrow {
            header.head {
                div {
                    p.crumb { a href=(screen.record.link()) { (screen.title) } }
                    h1 { (title) }
                    p.lead { (t.get(lead)) }
                }
            }
            form.record-form method="post" action=(screen.record.part("edit")) {
                @for (name, value) in &screen.rest { input type="hidden" name=(name) value=(value); }
                @for (at, clash) in screen.clashes.iter().enumerate() { (clash_of(shell, clash, at)) }
                (others(shell, &screen.others))
                div.actions.sticky {
                    (control::submit(&t.get("save")))
                    a.button href=(screen.record.link()) { (t.get("stale-drop")) }
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

/// Who changed a field and when.
pub(crate) fn by(shell: &Shell, by: Option<&(String, Timestamp)>) -> Markup {
    html! {
        @match by {
            Some((who, at)) => { strong { (who) } " " (time::ago(shell, *at)) },
            None => (shell.texts.get("stale-outside")),
        }
    }
}

/// Fields that this reader left alone and somebody else did not: they stay as they are now.
fn others(shell: &Shell, others: &[Theirs]) -> Markup {
    html! {
        @if !others.is_empty() {
            section {
                h2 { (shell.texts.get("stale-others")) }
                ul.change-list { @for theirs in others {
                    @let name = &theirs.field.name;
                    @let now = theirs.now.value.to_tagged();
                    li {
                        input type="hidden" name={ "keep." (name) } value="theirs";
                        input type="hidden" name={ "theirs." (name) } value=(now);
                        p.help { (by(shell, theirs.by.as_ref())) }
                        (changes(shell, &[FieldChange {
                            field: theirs.field.clone(),
                            before: Some(theirs.before.clone()),
                            after: Some(theirs.now.clone()),
                        }]))
                    }
                } }
            }
        }
    }
}

fn clash_of(shell: &Shell, clash: &Clash, at: usize) -> Markup {
    let t = shell.texts;
    let Theirs { field, now, before, by: author } = &clash.theirs;
    let name = &field.name;
    let choice = |code: &str, key: &str, cell: &Cell| {
        let id = format!("keep-{at}-{code}");
        html! {
            label.version for=(id) {
                span.word { input id=(id) type="radio" name={ "keep." (name) } value=(code) required; " " (t.get(key)) }
                span { (content(shell, field, cell, Place::Record)) }
            }
        }
    };
    html! {
        fieldset.versions {
            legend { (field.title) }
            p.help { (by(shell, author.as_ref())) }
            input type="hidden" name={ "v." (name) } value=(clash.text);
            @if clash.is_null { input type="hidden" name={ "null." (name) } value="1"; }
            input type="hidden" name={ "was." (name) } value=(before.value.to_tagged());
            input type="hidden" name={ "theirs." (name) } value=(now.value.to_tagged());
            (choice("mine", "conflict-mine", &clash.mine))
            (choice("theirs", "conflict-theirs", now))
            div.version.old { span.word { (t.get("conflict-before")) } span { (content(shell, field, before, Place::Record)) } }
        }
    }
}
