//! An action with many records: which allow it, and what it takes.

use maud::{Markup, html};

use super::bulk::BulkTarget;
use super::record::form::{FormGroup, groups};
use crate::components::Shell;
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
    /// The first that do not: title, the reason in the reader's words.
    pub excluded: Vec<(String, String)>,
    /// How many do not, the named ones included.
    pub left_out: u64,
    /// What it takes.
    pub groups: Vec<FormGroup>,
    /// Where more were selected than one action takes: how many that are.
    pub cut: Option<u64>,
    /// What is wrong with the whole.
    pub problem: Option<String>,
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
                @else { (t.count("bulk-act-allowed", screen.allowed)) " " (t.get("bulk-act-one-by-one")) }
            }, None))
            @if let Some(most) = screen.cut { (banner(Loudness::Warning, &html! { (t.count("bulk-cut", most)) }, None)) }
            form.record-form method="post" action=(target.action()) {
                (target.hidden())
                input type="hidden" name="plan" value=(screen.plan);
                @if screen.allowed > 0 { (groups(shell, &screen.groups)) }
                div.actions.sticky {
                    @if screen.allowed > 0 { button.button.primary type="submit" name="do" value="act" autofocus[screen.groups.is_empty()] { (t.count("bulk-act-go", screen.allowed)) } }
                    a.button href=(target.query.address(&target.backend, &target.resource)) { (t.get("cancel")) }
                }
            }
            @if !screen.excluded.is_empty() {
                section {
                    h2 { (t.count("bulk-excluded", screen.left_out)) }
                    ul.rows-list { @for (record, reason) in &screen.excluded { li { span { (record) } span.end { (reason) } } } }
                    @let more = screen.left_out.saturating_sub(screen.excluded.len() as u64);
                    @if more > 0 { p.help { (t.count("change-more", more)) } }
                }
            }
        }
    };
    shell_page(shell, &screen.action, Layout::Flow, &content)
}
