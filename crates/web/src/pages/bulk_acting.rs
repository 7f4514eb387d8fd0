//! An action with many records: which allow it, and what it takes.

use maud::{Markup, html};

use super::bulk::{BulkItem, BulkTarget};
use super::record::acting::{ForeseenPart, foreseen};
use super::record::form::{FormGroup, groups};
use crate::components::Shell;
use crate::components::diff::changes;
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};

/// What the page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkAct {
    /// Which records were selected.
    pub target: BulkTarget,
    /// The action's title.
    pub action: String,
    /// What it does.
    pub description: Option<String>,
    /// What is asked or warned of before it is done.
    pub question: Option<String>,
    /// The preview that is kept until it is applied.
    pub plan: String,
    /// How many records allow it.
    pub allowed: u64,
    /// How many are as it would make them already.
    pub unchanged: u64,
    /// Whether it can be taken back afterwards.
    pub reversible: bool,
    /// The first that allow it, of an update with what becomes of each.
    pub items: Vec<BulkItem>,
    /// How many more there are.
    pub more: u64,
    /// What the backend says of the first; none where nothing tells it.
    pub foreseen: Option<Foretold>,
    /// The first that do not allow it: title, page, the reason in the reader's words.
    pub excluded: Vec<(String, String, String)>,
    /// How many do not, the named ones included.
    pub left_out: u64,
    /// What it takes.
    pub groups: Vec<FormGroup>,
    /// Where more were selected than one action takes: how many that are.
    pub cut: Option<u64>,
    /// What is wrong with the whole.
    pub problem: Option<String>,
}

/// What a backend says that an action would do with records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Foretold {
    /// The first records: title, page, what it says.
    pub rows: Vec<(String, String, ForeseenPart)>,
    /// How many more there are.
    pub more: u64,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &BulkAct) -> Markup {
    let t = shell.texts;
    let target = &screen.target;
    let content = html! {
        div.page.narrow {
            (target.head(shell, &screen.action))
            @if let Some(description) = &screen.description { p.lead { (description) } }
            @if let Some(problem) = &screen.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
            @if let Some(question) = &screen.question { (banner(Loudness::Warning, &html! { (question) }, None)) }
            (banner(Loudness::Quiet, &html! {
                @if screen.allowed == 0 { (t.get("bulk-act-none")) }
                @else {
                    (t.count("bulk-act-allowed", screen.allowed))
                    @if screen.unchanged > 0 { " " (t.count("bulk-unchanged", screen.unchanged)) }
                    " " (t.get("bulk-act-one-by-one"))
                    @if screen.reversible { " " (t.get("bulk-act-reversible")) }
                }
            }, None))
            @if let Some(most) = screen.cut { (banner(Loudness::Warning, &html! { (t.count("bulk-cut", most)) }, None)) }
            form.record-form.act-form method="post" action=(target.action()) data-foresee=[screen.foreseen.as_ref().map(|_| target.action())] {
                (target.hidden())
                input type="hidden" name="plan" value=(screen.plan);
                @if screen.allowed > 0 {
                    (groups(shell, &screen.groups))
                    (becomes(shell, screen))
                }
                div.actions.sticky {
                    @if screen.allowed > 0 { button.button.primary.deed type="submit" name="do" value="act" autofocus[screen.groups.is_empty()] { span { (screen.action) } span.object { (t.count("bulk-act-go", screen.allowed)) } } }
                    a.button.bare href=(target.query.address(&target.backend, &target.resource)) { (t.get("act-leave")) }
                }
            }
            @if !screen.excluded.is_empty() {
                section {
                    h2 { (t.count("bulk-excluded", screen.left_out)) }
                    ul.rows-list { @for (record, link, reason) in &screen.excluded { li { a href=(link) { (record) } span.end { (reason) } } } }
                    @let more = screen.left_out.saturating_sub(screen.excluded.len() as u64);
                    @if more > 0 { p.help { (t.count("change-more", more)) } }
                }
            }
        }
    };
    shell_page(shell, &screen.action, Layout::Flow, &content)
}

/// What becomes of the records, one by one: as the backend foresees it, else as it is planned.
fn becomes(shell: &Shell, screen: &BulkAct) -> Markup {
    let t = shell.texts;
    if let Some(said) = &screen.foreseen {
        return html! {
            section.foreseen aria-live="polite" {
                h2 { (t.get("foreseen")) }
                div #foreseen { (foretold(shell, said)) }
                noscript { button.button.small type="submit" name="do" value="foresee" formnovalidate { (t.get("foreseen-ask")) } }
            }
        };
    }
    let changes_any = screen.items.iter().any(|item| !item.changes.is_empty());
    let heading = if changes_any { "foreseen" } else { "bulk-act-records" };
    html! {
        section {
            h2 { (t.get(heading)) }
            ul.change-list.brief { @for item in &screen.items { li { a href=(item.link) { (item.title) } (changes(shell, &item.changes)) } } }
            @if screen.more > 0 { p.help { (t.count("change-more", screen.more)) } }
        }
    }
}

/// What the backend says of the first records.
#[must_use]
pub fn foretold(shell: &Shell, said: &Foretold) -> Markup {
    html! {
        @if said.rows.is_empty() { p.help { (shell.texts.get("foreseen-unasked")) } }
        @else {
            ul.change-list.brief { @for (title, link, part) in &said.rows { li { a href=(link) { (title) } (foreseen(shell, part)) } } }
            @if said.more > 0 { p.help { (shell.texts.count("change-more", said.more)) } }
        }
    }
}
