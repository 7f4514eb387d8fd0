//! Changing many records: how far it has come, and what became of it.

use kontor_office::Stop;
use maud::{Markup, html};

use super::bulk::BulkTarget;
use crate::components::Shell;
use crate::components::icon::{Icon, icon};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::links;
use crate::texts::Texts;

/// What became of the records of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// It was done with so many.
    pub done: u64,
    /// So many do not allow it, or were changed by somebody else meanwhile.
    pub refused: u64,
    /// So many were as they shall be already.
    pub unchanged: u64,
    /// So many are not there any more.
    pub gone: u64,
    /// Of so many it is not known, since the answer was lost.
    pub unknown: u64,
    /// So many were not tried.
    pub open: u64,
}

/// How far a change of many records has come.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkEnd {
    /// Which records.
    pub target: BulkTarget,
    /// The plan that is followed.
    pub plan: String,
    /// Whether it has ended.
    pub is_done: bool,
    /// How many records it is about.
    pub records: u64,
    /// How many of them were written.
    pub written: u64,
    /// What is done with them, where each is a change of its own.
    pub deed: Option<String>,
    /// How many it was done with, and how many not.
    pub counts: Counts,
    /// Whether what is left can be tried again.
    pub can_retry: bool,
    /// How many of the changes can be taken back one by one.
    pub undoable: u64,
    /// Those that were not: title, link, the reason in the reader's words.
    pub failed: Vec<(String, String, String)>,
    /// How many were not, the named ones included.
    pub missed: u64,
    /// Why it ended early, in the reader's words.
    pub failure: Option<String>,
    /// Its operation, where something was written.
    pub operation: Option<String>,
    /// Whether it can be ended early, and whether it was.
    pub stop: Stop,
}

/// What became of it: it goes on, or what was not written, with the way to try again.
#[must_use]
pub fn end(shell: &Shell, end: &BulkEnd) -> Markup {
    let t = shell.texts;
    let title = end.deed.clone().unwrap_or_else(|| t.get("bulk-title").into_owned());
    let content = html! {
        div.page.narrow {
            (end.target.head(shell, &title))
            @if !end.is_done { (running(shell, end)) }
            @else {
                (outcome(t, end))
                @if !end.failed.is_empty() {
                    ul.rows-list { @for (title, link, reason) in &end.failed { li { a href=(link) { (title) } span.end { (reason) } } } }
                    @let more = end.missed.saturating_sub(end.failed.len() as u64);
                    @if more > 0 { p.help { (t.count("change-more", more)) } }
                }
                form.inline method="post" action=(end.target.action()) {
                    (end.target.hidden())
                    input type="hidden" name="plan" value=(end.plan);
                    div.actions {
                        @if end.can_retry { button.button type="submit" name="do" value="retry" { (t.get(if end.stop == Stop::Asked { "bulk-rest" } else { "bulk-retry" })) } }
                        @if end.undoable > 0 { button.button type="submit" name="do" value="undo" { (icon(Icon::Undo)) (t.count("bulk-undo", end.undoable)) } }
                        @if let Some(operation) = &end.operation { a.button href=(links::change(operation)) { (t.get("bulk-change")) } }
                        a.button.primary href=(end.target.query.address(&end.target.backend, &end.target.resource)) autofocus { (t.get("bulk-back")) }
                    }
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

/// What became of it as a whole: of an action the numbers, of an edit how much was written.
fn outcome(t: &Texts, end: &BulkEnd) -> Markup {
    let (loudness, why) = match &end.failure {
        _ if end.stop == Stop::Asked => {
            (Loudness::Warning, Some(t.get("bulk-stopped").into_owned()))
        }
        Some(failure) => (Loudness::Bad, Some(failure.clone())),
        None if end.missed > 0 => (Loudness::Warning, None),
        None => (Loudness::Quiet, None),
    };
    let said = match (&end.deed, &why) {
        (Some(_), _) => end.counts.told(t),
        (None, Some(_)) => so_far(t, end),
        (None, None) => t.with(
            "change-partly-text",
            &[("written", end.written.into()), ("all", end.records.into())],
        ),
    };
    banner(loudness, &html! { @if let Some(why) = why { (why) " " } strong { (said) } }, None)
}

impl Counts {
    /// “12 done, 1 refused, 2 were so already.”
    fn told(&self, t: &Texts) -> String {
        let all = [
            ("act-done", self.done),
            ("act-not-allowed", self.refused),
            ("act-unchanged", self.unchanged),
            ("act-gone", self.gone),
            ("act-unknown", self.unknown),
            ("act-open", self.open),
        ];
        // That nothing at all was done is worth telling, the other zeros are not.
        let told = all.iter().enumerate().filter(|(at, (_, n))| *at == 0 || *n > 0);
        let told: Vec<String> = told.map(|(_, (key, n))| t.count(key, *n)).collect();
        format!("{}.", told.join(", "))
    }
}

/// How far it has come. Scripts exchange what stands in it until it has ended; without them the
/// page asks for itself again.
#[must_use]
pub fn running(shell: &Shell, end: &BulkEnd) -> Markup {
    let t = shell.texts;
    let tried = end.records.saturating_sub(end.counts.open);
    html! {
        section.progress data-follow aria-live="polite" {
            p { strong { (so_far(t, end)) } }
            progress max=(end.records) value=(tried) aria-label=(t.get("bulk-progress")) {}
            p.help { (t.get(if end.stop == Stop::Asked { "bulk-stopping" } else { "bulk-running" })) }
            @if end.stop == Stop::Possible {
                form.inline method="post" action=(end.target.action()) {
                    (end.target.hidden())
                    input type="hidden" name="plan" value=(end.plan);
                    button.button type="submit" name="do" value="stop" { (t.get("bulk-stop")) }
                }
            }
            noscript { a.button href=(shell.address) { (t.get("bulk-look")) } }
        }
    }
}

/// How many of how many are written, and how many could not be.
fn so_far(t: &Texts, end: &BulkEnd) -> String {
    let number = |n: u64| crate::format::integer(t.language(), n.into());
    let args = [
        ("n", end.records.into()),
        ("shown", number(end.records).into()),
        ("written", number(end.written).into()),
    ];
    let written = t.with("bulk-written", &args);
    match end.missed {
        0 => written,
        missed => format!("{written} {}", t.count("bulk-missed", missed)),
    }
}
