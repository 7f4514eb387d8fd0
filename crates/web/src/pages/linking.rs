//! Links between backends: those in force with how well they hold, and those that are proposed.

use jiff::Timestamp;
use kontor_model::BackendName;
use maud::{Markup, html};

use super::backend::Confidence;
use crate::components::icon::{Icon, icon};
use crate::components::notice::empty;
use crate::components::shell::{Here, Layout, page as shell_page};
use crate::components::{Shell, control, status, time};
use crate::links;
use crate::shown::Tone;

/// What the page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkingScreen {
    /// When the backends were compared; `None` before the first time.
    pub compared: Option<Timestamp>,
    /// What that cost, in the reader's words.
    pub cost: Option<String>,
    /// The proposals by the backend that refers.
    pub groups: Vec<ProposedLinks>,
    /// The links in force.
    pub links: Vec<FarLinkRow>,
    /// Whether the reader may compare backends.
    pub may_compare: bool,
}

/// Proposals for one manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedLinks {
    /// Title of the backend that refers.
    pub title: String,
    /// The proposals, the surest first.
    pub proposals: Vec<ProposedLink>,
}

/// A link that might be written into a manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedLink {
    /// Id, sent back with the decision.
    pub id: String,
    /// What refers.
    pub from: String,
    /// What is referred to, and where.
    pub to: String,
    /// What speaks for it and against it, in the reader's words.
    pub evidence: Vec<String>,
    /// Some values as they are written here and there.
    pub examples: Vec<(String, String)>,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A link in force.
#[derive(Debug, Clone, PartialEq)]
pub struct FarLinkRow {
    /// Name and title of the backend that refers.
    pub backend: (BackendName, String),
    /// Title of the resource that refers.
    pub from: String,
    /// Title of the link.
    pub title: String,
    /// Title of the backend referred to; `None` where the reader may not know of it.
    pub to: Option<String>,
    /// Why the other end cannot be read, in the reader's words.
    pub problem: Option<String>,
    /// The share of values that were found, in percent, and when.
    pub coverage: Option<(u8, Timestamp)>,
    /// The best share so far, in percent, where the last one is worse.
    pub fallen_from: Option<u8>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &LinkingScreen) -> Markup {
    let mut shell = shell.clone();
    shell.here = Here::Links;
    let shell = &shell;
    let t = shell.texts;
    let title = t.get("linking-title");
    let content = html! {
        div.page {
            header.head {
                div {
                    h1 { (title) }
                    p.lead { (t.get("linking-lead")) }
                    @if let Some(at) = screen.compared {
                        p.help { (t.get("linking-compared")) " " (time::ago(shell, at)) @if let Some(cost) = &screen.cost { " · " (cost) } }
                    }
                }
                @if screen.may_compare {
                    div.actions { (control::post_button(links::LINKS, &[("do", "compare")], &html! { (icon(Icon::Search)) span { (t.get("linking-compare")) } }, "")) }
                }
            }
            (proposals(shell, screen))
            section {
                h2 { (t.get("linking-in-force")) }
                @if screen.links.is_empty() { p.help { (t.get("linking-none")) } }
                @else { (table(shell, &screen.links, true)) }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn proposals(shell: &Shell, screen: &LinkingScreen) -> Markup {
    let t = shell.texts;
    let count: usize = screen.groups.iter().map(|group| group.proposals.len()).sum();
    if count == 0 {
        let (title, text) = match screen.compared {
            Some(_) => (t.get("linking-nothing"), t.get("linking-nothing-text")),
            None => (t.get("linking-never"), t.get("linking-never-text")),
        };
        return html! { @if screen.may_compare { (empty(&title, &text, None)) } };
    }
    html! {
        section {
            h2 { (t.count("proposals", count as u64)) }
            p.help { (t.get("linking-help")) }
            form.proposals method="post" action=(links::LINKS) {
                @for (at, group) in screen.groups.iter().enumerate() {
                    h3 { (group.title) }
                    ul.rows-list { @for (place, proposal) in group.proposals.iter().enumerate() { (line(shell, proposal, &format!("link-{at}-{place}"))) } }
                }
                div.actions.sticky {
                    button.button.primary type="submit" name="do" value="accept" { (t.get("proposals-accept")) }
                    button.button type="submit" name="do" value="reject" { (t.get("proposals-reject")) }
                }
            }
        }
    }
}

fn line(shell: &Shell, proposal: &ProposedLink, id: &str) -> Markup {
    let t = shell.texts;
    let (tone, key) = proposal.confidence.told();
    html! {
        li {
            input id=(id) type="checkbox" name="proposal" value=(proposal.id) checked[proposal.confidence == Confidence::High] aria-labelledby={ (id) "-subject" };
            div.proposal {
                span id={ (id) "-subject" } { strong { (proposal.from) } " → " strong { (proposal.to) } }
                ul.evidence {
                    @for line in &proposal.evidence { li { (line) } }
                    @if !proposal.examples.is_empty() {
                        li { (t.get("linking-examples")) " " @for (at, (here, there)) in proposal.examples.iter().enumerate() { @if at > 0 { ", " } code { (here) } @if here != there { " → " code { (there) } } } }
                    }
                }
            }
            span.end { (status::dot(tone, &t.get(key))) }
        }
    }
}

/// Links in force, with the backend that refers where there are several.
pub(crate) fn table(shell: &Shell, rows: &[FarLinkRow], with_backend: bool) -> Markup {
    let t = shell.texts;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(t.get("linking-in-force")) {
            table.plain {
                thead { tr {
                    @if with_backend { th scope="col" { (t.get("linking-backend")) } }
                    th scope="col" { (t.get("linking-from")) }
                    th scope="col" { (t.get("proposal-link")) }
                    th scope="col" { (t.get("linking-to")) }
                    th scope="col" { (t.get("linking-coverage")) }
                } }
                tbody { @for row in rows { tr {
                    @if with_backend { td { a href=(links::backend(&row.backend.0)) { (row.backend.1) } } }
                    td { (row.from) }
                    td { (row.title) }
                    td { @match row.to.as_ref() { Some(to) => (to), None => span.null title=(t.get("far-out-of-reach")) { (icon(Icon::Lock)) span.unseen { (t.get("far-out-of-reach")) } } } }
                    td { (coverage(shell, row)) }
                } } }
            }
        }
    }
}

fn coverage(shell: &Shell, row: &FarLinkRow) -> Markup {
    let t = shell.texts;
    if let Some(problem) = &row.problem {
        return status::dot(Tone::Bad, problem);
    }
    let Some((percent, at)) = row.coverage else {
        return html! { span.null { (t.get("linking-unmeasured")) } };
    };
    let share = t.with("linking-share", &[("percent", percent.to_string().into())]);
    html! {
        @match row.fallen_from {
            Some(best) => (status::dot(Tone::Bad, &t.with("linking-fallen", &[("percent", percent.to_string().into()), ("best", best.to_string().into())]))),
            None => (status::dot(Tone::Good, &share)),
        }
        " " span.help { (time::ago(shell, at)) }
    }
}
