//! What happened to a case in all backends, the latest first.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, time};
use crate::pages::record::timeline::{Entry, line};
use crate::shown::RecordRef;

/// A thing that happened, and in which backend.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// What happened.
    pub what: What,
    /// Title of the backend.
    pub backend: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Somebody changed a record.
    Changed(Entry),
    /// A record says it.
    Dated {
        /// When.
        at: Timestamp,
        /// Whether only the day is known.
        is_day: bool,
        /// What it was.
        text: String,
        /// The record, by title.
        title: String,
        /// Where it is.
        record: RecordRef,
    },
}

/// What happened in all backends.
#[must_use]
pub fn fragment(shell: &Shell, happened: &[Happened], back: &str) -> Markup {
    html! {
        @if happened.is_empty() { p.help { (shell.texts.get("case-timeline-none")) } }
        @else { ol.timeline { @for one in happened { (entry(shell, one, back)) } } }
    }
}

fn entry(shell: &Shell, happened: &Happened, back: &str) -> Markup {
    match &happened.what {
        What::Changed(entry) => line(shell, entry, back, Some(&happened.backend)),
        What::Dated { at, is_day, text, title, record } => html! {
            li.dated {
                p.what {
                    strong { (text) } " "
                    span.help { @if *is_day { (time::day(shell, *at)) } @else { (time::ago(shell, *at)) } }
                }
                p.help { a href=(record.link()) data-peek=(record.part("peek")) { (title) } " · " (happened.backend) }
            }
        },
    }
}

/// The whole timeline as a page.
#[must_use]
pub fn page(shell: &Shell, title: &str, happened: &[Happened], back: &str) -> Markup {
    let t = shell.texts;
    let content = html! {
        div.page.narrow {
            header.head { div.titles { p.crumb { a href=(back) { (title) } } h1 { (t.get("timeline")) } } }
            (fragment(shell, happened, back))
        }
    };
    shell_page(shell, &format!("{} · {title}", t.get("timeline")), Layout::Flow, &content)
}
