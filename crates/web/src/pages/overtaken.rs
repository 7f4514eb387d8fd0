//! An undo that came too late: what it would have restored, and what is there now.

use jiff::Timestamp;
use maud::{Markup, html};

use super::record::stale::by;
use crate::components::Shell;
use crate::components::cell::{Place, content};
use crate::components::shell::{Layout, page as shell_page};
use crate::shown::{Cell, FieldView, RecordRef};

/// What the page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct OvertakenScreen {
    /// The record.
    pub record: RecordRef,
    /// The page of the change that was to be taken back.
    pub change: String,
    /// The fields that were changed after it; empty where the record is gone.
    pub fields: Vec<OvertakenField>,
}

/// A field that was changed after the change that was to be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct OvertakenField {
    /// The field.
    pub field: FieldView,
    /// What undoing would have restored; `None` where it would have removed the record.
    pub restored: Option<Cell>,
    /// What is there now.
    pub now: Cell,
    /// Who changed it and when; none where it was done outside of Kontor.
    pub by: Option<(String, Timestamp)>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &OvertakenScreen) -> Markup {
    let t = shell.texts;
    let title = t.get("failure-not-undoable");
    let is_gone = screen.fields.is_empty();
    let content = html! {
        div.page.narrow {
            header.head { div {
                h1 { (title) }
                p.lead { (t.get(if is_gone { "undo-gone" } else { "undo-overtaken" })) }
            } }
            @for field in &screen.fields { (versions(shell, field)) }
            div.actions {
                @if !is_gone { a.button.primary href=(screen.record.link()) { (t.get("delete-back")) } }
                a.button href=(screen.change) { (t.get("undo-change")) }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn versions(shell: &Shell, of: &OvertakenField) -> Markup {
    let t = shell.texts;
    let version = |key: &str, cell: &Cell| {
        html! {
            div.version { span.word { (t.get(key)) } span { (content(shell, &of.field, cell, Place::Record)) } }
        }
    };
    html! {
        section.versions {
            h2 { (of.field.title) }
            p.help { (by(shell, of.by.as_ref())) }
            @if let Some(restored) = &of.restored { (version("undo-restores", restored)) }
            (version("conflict-theirs", &of.now))
        }
    }
}
