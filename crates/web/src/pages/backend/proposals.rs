//! What the data says about a backend that its manifest does not: proposed with evidence.

use maud::{Markup, html};

use super::BackendScreen;
use crate::components::Shell;
use crate::components::status;
use crate::links;
use crate::shown::Tone;

/// Something that might be written into the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Id, sent back with the decision.
    pub id: String,
    /// What it is about.
    pub kind: ProposalKind,
    /// What is proposed: `bestellung.kunden_nr → KUNDEN.NR`.
    pub subject: String,
    /// What speaks for it, in the reader's words.
    pub evidence: Vec<String>,
    /// How sure it is.
    pub confidence: Confidence,
}

/// What a proposal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ProposalKind {
    Link,
    Title,
    SoftDelete,
    List,
    Money,
    Translation,
    Inheritance,
    Stamps,
    Join,
    Status,
    Secret,
}

impl ProposalKind {
    fn key(self) -> &'static str {
        match self {
            Self::Link => "proposal-link",
            Self::Title => "proposal-title",
            Self::SoftDelete => "proposal-soft-delete",
            Self::List => "proposal-list",
            Self::Money => "proposal-money",
            Self::Translation => "proposal-translation",
            Self::Inheritance => "proposal-inheritance",
            Self::Stamps => "proposal-stamps",
            Self::Join => "proposal-join",
            Self::Status => "proposal-status",
            Self::Secret => "proposal-secret",
        }
    }
}

/// How sure a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Name, type and content agree.
    High,
    /// Most agrees.
    Medium,
    /// Worth a look.
    Low,
}

impl Confidence {
    pub(crate) fn told(self) -> (Tone, &'static str) {
        match self {
            Self::High => (Tone::Good, "confidence-high"),
            Self::Medium => (Tone::Waiting, "confidence-medium"),
            Self::Low => (Tone::Neutral, "confidence-low"),
        }
    }
}

/// The proposals with the buttons that decide; sure ones are ticked already.
pub(super) fn section(shell: &Shell, screen: &BackendScreen) -> Markup {
    let t = shell.texts;
    if screen.proposals.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { (t.count("proposals", screen.proposals.len() as u64)) }
            p.help { (t.get("proposals-help")) }
            form.proposals method="post" action=(links::backend(&screen.name)) {
                ul.rows-list { @for (at, proposal) in screen.proposals.iter().enumerate() { (line(shell, screen, proposal, at)) } }
                @if screen.may_manage {
                    div.actions.sticky {
                        button.button.primary type="submit" name="do" value="accept" { (t.get("proposals-accept")) }
                        button.button type="submit" name="do" value="reject" { (t.get("proposals-reject")) }
                    }
                }
            }
        }
    }
}

fn line(shell: &Shell, screen: &BackendScreen, proposal: &Proposal, at: usize) -> Markup {
    let t = shell.texts;
    let (tone, key) = proposal.confidence.told();
    let id = format!("proposal-{at}");
    html! {
        li {
            @if screen.may_manage {
                input id=(id) type="checkbox" name="proposal" value=(proposal.id) checked[proposal.confidence == Confidence::High] aria-labelledby={ (id) "-subject" };
            }
            div.proposal {
                span id={ (id) "-subject" } { span.badge { (t.get(proposal.kind.key())) } " " strong { (proposal.subject) } }
                ul.evidence { @for line in &proposal.evidence { li { (line) } } }
            }
            span.end { (status::dot(tone, &t.get(key))) }
        }
    }
}
