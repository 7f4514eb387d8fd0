//! How far a backend is in the search index.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::{Shell, status, time};
use crate::shown::Tone;

/// A resource in the search index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRow {
    /// Title in the reader's language.
    pub title: String,
    /// How many of its records are indexed.
    pub records: u64,
    /// Whether all of them have been read once.
    pub is_whole: bool,
    /// How many records were read so far, while all are being read.
    pub reading: Option<u64>,
    /// What happened in the backend until then is known.
    pub fresh: Option<Timestamp>,
    /// Whether it could not be read when that was tried last.
    pub is_stuck: bool,
}

/// The section of the page.
pub(super) fn section(shell: &Shell, rows: &[IndexRow]) -> Markup {
    let t = shell.texts;
    let number = |n: u64| crate::format::integer(shell.language(), i128::from(n));
    let title = t.get("index-title");
    html! {
        @if !rows.is_empty() {
            section {
                h2 { (title) }
                p.help { (t.get("index-help")) }
                div.scroll tabindex="0" role="region" aria-label=(title) {
                    table.plain {
                        thead { tr { th scope="col" { (t.get("resource")) } th.right scope="col" { (t.get("index-records")) } th scope="col" { (t.get("index-state")) } th scope="col" { (t.get("index-fresh")) } } }
                        tbody { @for row in rows { tr {
                            td { (row.title) }
                            td.right { @if row.is_whole { (number(row.records)) } @else { span.null { "–" } } }
                            td { (state(shell, row)) }
                            td { @match row.fresh { Some(at) => (time::ago(shell, at)), None => span.null { "–" } } }
                        } } }
                    }
                }
            }
        }
    }
}

fn state(shell: &Shell, row: &IndexRow) -> Markup {
    let t = shell.texts;
    let number = |n: u64| crate::format::integer(shell.language(), i128::from(n));
    let (tone, text) = match (row.is_stuck, row.is_whole, row.reading) {
        (true, ..) => (Tone::Bad, t.get("index-stuck").into_owned()),
        (_, false, Some(read)) => {
            (Tone::Active, t.with("index-reading", &[("records", number(read).into())]))
        }
        (_, false, None) => (Tone::Neutral, t.get("index-waiting").into_owned()),
        (_, true, _) => (Tone::Good, t.get("index-whole").into_owned()),
    };
    status::dot(tone, &text)
}
