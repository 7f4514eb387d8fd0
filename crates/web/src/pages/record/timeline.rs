//! What happened to a record, the latest first.

use jiff::Timestamp;
use kontor_model::ChangeKind;
use maud::{Markup, html};

use crate::components::diff::{FieldChange, changes};
use crate::components::icon::{Icon, icon};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, time};
use crate::links;

/// One change of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The operation.
    pub operation: String,
    /// When.
    pub at: Timestamp,
    /// Who, by name.
    pub who: String,
    /// What was done.
    pub kind: ChangeKind,
    /// The title of the action that was done.
    pub action: Option<String>,
    /// What the action was given.
    pub given: Vec<String>,
    /// Whether it took another change back.
    pub is_undo: bool,
    /// How many records the operation touched in all.
    pub records: u64,
    /// The fields.
    pub changes: Vec<FieldChange>,
    /// Whether this reader can take it back.
    pub undoable: bool,
    /// Why it was written and cannot be taken back any more, in the reader's words.
    pub undo_locked: Option<String>,
    /// Whether it is not known if it was written.
    pub is_unknown: bool,
    /// Why nothing of it was written, in the reader's words; `None` where it was.
    pub not_written: Option<String>,
}

/// The timeline of a record.
#[must_use]
pub fn fragment(shell: &Shell, entries: &[Entry], back: &str) -> Markup {
    let t = shell.texts;
    html! {
        @if entries.is_empty() { p.help { (t.get("timeline-none")) } }
        @else {
            ol.timeline { @for entry in entries { (line(shell, entry, back, None)) } }
        }
    }
}

/// The timeline as a page of its own, for those without script.
#[must_use]
pub fn page(shell: &Shell, title: &str, entries: &[Entry], back: &str) -> Markup {
    let t = shell.texts;
    let content = html! {
        div.page.narrow {
            header.head { div.titles { p.crumb { a href=(back) { (title) } } h1 { (t.get("timeline")) } } }
            (fragment(shell, entries, back))
        }
    };
    shell_page(shell, &format!("{} · {title}", t.get("timeline")), Layout::Flow, &content)
}

/// Key of what was done.
#[must_use]
pub fn kind_key(kind: ChangeKind, is_undo: bool) -> &'static str {
    match kind {
        _ if is_undo => "did-undo",
        ChangeKind::Create => "did-create",
        ChangeKind::Update => "did-update",
        ChangeKind::Delete => "did-delete",
        ChangeKind::Act => "did-act",
    }
}

/// Key of what somebody tried to do in vain.
fn tried_key(kind: ChangeKind, is_undo: bool) -> &'static str {
    match kind {
        _ if is_undo => "tried-undo",
        ChangeKind::Create => "tried-create",
        ChangeKind::Update => "tried-update",
        ChangeKind::Delete => "tried-delete",
        ChangeKind::Act => "tried-act",
    }
}

/// What was done or tried, in words.
fn deed(shell: &Shell, entry: &Entry, key: &str) -> String {
    let action = entry.action.as_deref().unwrap_or_default();
    shell.texts.with(key, &[("action", action.into())])
}

/// An attempt: who, what, and why nothing came of it. It changed nothing, so there is nothing to
/// show of the record and nothing to take back.
fn attempt(shell: &Shell, entry: &Entry, why: &str, place: Option<&str>) -> Markup {
    let t = shell.texts;
    html! {
        li.tried {
            p.what {
                (entry.who) " "
                a href=(links::change(&entry.operation)) { (deed(shell, entry, tried_key(entry.kind, entry.is_undo))) }
                " " span.help { (time::ago(shell, entry.at)) }
            }
            p { (t.with("tried-not-written", &[("why", why.into())])) }
            @if let Some(place) = place { p.help { (place) } }
        }
    }
}

/// One entry; `place` is where it happened, where that is not said already.
pub(crate) fn line(shell: &Shell, entry: &Entry, back: &str, place: Option<&str>) -> Markup {
    let t = shell.texts;
    if let Some(why) = &entry.not_written {
        return attempt(shell, entry, why, place);
    }
    html! {
        li {
            p.what {
                strong { (entry.who) } " "
                a href=(links::change(&entry.operation)) { (deed(shell, entry, kind_key(entry.kind, entry.is_undo))) }
                " " span.help { (time::ago(shell, entry.at)) }
                @if entry.records > 1 { " " span.help { (t.count("timeline-together", entry.records - 1)) } }
            }
            @if let Some(place) = place { p.help { (place) } }
            @if entry.is_unknown { p.error { (icon(Icon::Warning)) (t.get("outcome-unknown")) } }
            @if !entry.given.is_empty() { p.help { (entry.given.join(" · ")) } }
            @if matches!(entry.kind, ChangeKind::Update | ChangeKind::Act) { (changes(shell, &entry.changes)) }
            @if entry.undoable {
                (control::post_button(&links::undo(&entry.operation), &[("back", back)], &html! { (icon(Icon::Undo)) (t.get("undo")) }, "bare small"))
            } @else if let Some(reason) = &entry.undo_locked {
                button.button.bare.small type="button" aria-disabled="true" title=(reason) { (icon(Icon::Lock)) (t.get("undo")) span.unseen { ": " (reason) } }
            }
        }
    }
}
