//! A recorded change: who, when, what, and the way back.

use std::borrow::Cow;

use jiff::Timestamp;
use kontor_model::ChangeKind;
use maud::{Markup, html};

use crate::components::diff::{FieldChange, changes};
use crate::components::icon::{Icon, icon};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, status, time};
use crate::links;
use crate::shown::Tone;
use crate::texts::Texts;

/// What the page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeScreen {
    /// The operation.
    pub operation: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// Who asked for it.
    pub who: String,
    /// What was done.
    pub kind: ChangeKind,
    /// The action that was done, by its title.
    pub action: Option<String>,
    /// Whether other records were made or changed besides.
    pub is_mixed: bool,
    /// Title of backend and resource.
    pub place: String,
    /// The list of the resource.
    pub list: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Records written and in all.
    pub written: (u64, u64),
    /// The records, or the first of many.
    pub items: Vec<ChangeRow>,
    /// How many more there are.
    pub more: u64,
    /// The operation that this one takes back.
    pub undo_of: Option<String>,
    /// The operation that took this one back.
    pub undone_by: Option<String>,
    /// Why it cannot be taken back, in the reader's words; `None` where it can.
    pub undo_locked: Option<String>,
    /// What the audit knows of it: number and hash of its entry.
    pub audit: Option<(u64, String)>,
}

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All records were written.
    Applied,
    /// Some were written.
    Partly,
    /// Nothing was written.
    Failed,
    /// It is not known whether anything was written.
    Unknown,
    /// It is being written.
    Running,
}

impl Outcome {
    /// Tone and key of its word.
    #[must_use]
    pub fn told(self) -> (Tone, &'static str) {
        match self {
            Self::Applied => (Tone::Good, "outcome-applied"),
            Self::Partly => (Tone::Waiting, "outcome-partly"),
            Self::Failed => (Tone::Bad, "outcome-failed"),
            Self::Unknown => (Tone::Bad, "outcome-unknown"),
            Self::Running => (Tone::Active, "outcome-running"),
        }
    }
}

/// A record of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeRow {
    /// Title.
    pub title: String,
    /// Its page, where it is still there.
    pub link: Option<String>,
    /// The fields.
    pub changes: Vec<FieldChange>,
    /// Why it was not written, in the reader's words.
    pub problem: Option<String>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, change: &ChangeScreen) -> Markup {
    let t = shell.texts;
    let heading = match &change.action {
        Some(action) => t.with("deed-action", &[("action", action.as_str().into())]),
        None => kind_words(t, change).into_owned(),
    };
    let title = format!("{heading} · {}", change.place);
    let (tone, key) = change.outcome.told();
    let content = html! {
        div.page.narrow {
            header.head {
                div {
                    p.crumb { a href=(change.list) { (change.place) } }
                    h1 { (heading) }
                    p.lead { strong { (change.who) } " · " (time::moment(shell, change.at)) " · " (status::dot(tone, &t.get(key))) }
                }
                div.actions { (undo(shell, change)) }
            }
            (relations(shell, change))
            @if change.outcome == Outcome::Unknown { (banner(Loudness::Warning, &html! { (t.get("change-unknown-text")) }, None)) }
            @if change.outcome == Outcome::Partly {
                (banner(Loudness::Warning, &html! { (t.with("change-partly-text", &[("written", change.written.0.into()), ("all", change.written.1.into())])) }, None))
            }
            section {
                ul.change-list { @for row in &change.items { (row_of(shell, row)) } }
                @if change.more > 0 { p.help { (t.count("change-more", change.more)) } }
            }
            p.help {
                (t.get("operation")) " " code { (change.operation) }
                @if let Some((number, hash)) = &change.audit { " · " (t.get("audit-entry")) " " (number) " " code { (hash) } }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn kind_words<'a>(t: &'a Texts, change: &ChangeScreen) -> Cow<'a, str> {
    t.get(match change.kind {
        _ if change.undo_of.is_some() => "change-undo",
        _ if change.is_mixed => "change-import",
        ChangeKind::Create => "change-create",
        ChangeKind::Update => "change-update",
        ChangeKind::Delete => "change-delete",
        ChangeKind::Act => "change-act",
    })
}

fn undo(shell: &Shell, change: &ChangeScreen) -> Markup {
    let t = shell.texts;
    match &change.undo_locked {
        None => control::post_button(
            &links::undo(&change.operation),
            &[],
            &html! { (icon(Icon::Undo)) (t.get("undo")) },
            "",
        ),
        Some(reason) => html! {
            button.button type="button" aria-disabled="true" title=(reason) { (icon(Icon::Lock)) (t.get("undo")) span.unseen { ": " (reason) } }
        },
    }
}

fn relations(shell: &Shell, change: &ChangeScreen) -> Markup {
    let t = shell.texts;
    html! {
        @if let Some(operation) = &change.undo_of { p.relation { (t.get("change-undo-of")) " " a href=(links::change(operation)) { (operation) } } }
        @if let Some(operation) = &change.undone_by { p.relation { (t.get("change-undone-by")) " " a href=(links::change(operation)) { (operation) } } }
    }
}

fn row_of(shell: &Shell, row: &ChangeRow) -> Markup {
    html! {
        li {
            @match &row.link { Some(link) => a href=(link) { (row.title) }, None => strong { (row.title) } }
            @if let Some(problem) = &row.problem { p.error { (icon(Icon::Warning)) (problem) } }
            (changes(shell, &row.changes))
        }
    }
}
