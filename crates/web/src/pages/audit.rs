//! The audit: who did what, unbroken.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::icon::{Icon, icon};
use crate::components::notice::{Loudness, banner, empty};
use crate::components::shell::{Here, Layout, page as shell_page};
use crate::components::{Shell, control, status, time};
use crate::links;
use crate::pages::change::Outcome;

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AuditScreen {
    /// The filter in force.
    pub filter: AuditFilter,
    /// People who can be chosen: id, name.
    pub people: Vec<(String, String)>,
    /// Backends that can be chosen: name, title.
    pub backends: Vec<(String, String)>,
    /// The entries, the latest first.
    pub entries: Vec<AuditEntry>,
    /// Address of the next, older page.
    pub older: Option<String>,
    /// Address of the previous, newer page.
    pub newer: Option<String>,
    /// What the last check of the chain found.
    pub check: Option<ChainCheck>,
}

/// Which entries are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Id of a person; empty for all.
    pub who: String,
    /// Name of a backend; empty for all.
    pub backend: String,
    /// First day, `2026-11-20`; empty for the beginning.
    pub from: String,
    /// Last day; empty for today.
    pub until: String,
}

/// An entry of the audit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its number in the chain.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who, by name.
    pub who: String,
    /// What.
    pub what: Deed,
    /// What it was done to, in words: backend and resource, a person, an address.
    pub subject: String,
    /// The action that was done, by its title.
    pub action: Option<String>,
    /// The only record that it was done to: its key and its page.
    pub record: Option<(String, String)>,
    /// The operation, where there is a page about it.
    pub operation: Option<String>,
    /// How it ended, for changes.
    pub outcome: Option<Outcome>,
}

/// What an entry of the audit tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it; numbers are records")]
pub enum Deed {
    Created(u64),
    Changed(u64),
    Deleted(u64),
    Acted(u64),
    Undid(u64),
    Exported(u64),
    SignedIn,
    SignInFailed,
    SignedOut,
    Invited,
    RolesChanged,
    PersonDisabled,
    PersonEnabled,
    PasswordChanged,
    TokenMade,
    TokenEnded,
    SessionEnded,
    Connected,
    ManifestChanged,
    ManifestFailed,
    ProposalRejected,
    Joined,
    ResetMade,
    ExportedList,
    Other,
}

impl Deed {
    fn words(self, shell: &Shell) -> String {
        let t = shell.texts;
        let key = match self {
            Self::Created(n) => return t.count("deed-created", n),
            Self::Changed(n) => return t.count("deed-changed", n),
            Self::Deleted(n) => return t.count("deed-deleted", n),
            Self::Acted(n) => return t.count("deed-acted", n),
            Self::Undid(n) => return t.count("deed-undid", n),
            Self::Exported(n) => return t.count("deed-exported", n),
            Self::SignedIn => "deed-signed-in",
            Self::SignInFailed => "deed-sign-in-failed",
            Self::SignedOut => "deed-signed-out",
            Self::Invited => "deed-invited",
            Self::RolesChanged => "deed-roles",
            Self::PersonDisabled => "deed-disabled",
            Self::PersonEnabled => "deed-enabled",
            Self::PasswordChanged => "deed-password",
            Self::TokenMade => "deed-token-made",
            Self::TokenEnded => "deed-token-ended",
            Self::SessionEnded => "deed-session-ended",
            Self::Connected => "deed-connected",
            Self::ManifestChanged => "deed-manifest",
            Self::ManifestFailed => "deed-manifest-failed",
            Self::ProposalRejected => "deed-proposal-rejected",
            Self::Joined => "deed-joined",
            Self::ResetMade => "deed-reset",
            Self::ExportedList => "deed-exported-list",
            Self::Other => "deed-other",
        };
        t.get(key).into_owned()
    }
}

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainCheck {
    /// When it was made.
    pub at: Timestamp,
    /// How many entries were checked.
    pub entries: u64,
    /// What is broken, in the reader's words.
    pub fault: Option<String>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, audit: &AuditScreen) -> Markup {
    let mut shell = shell.clone();
    shell.here = Here::Audit;
    let shell = &shell;
    let t = shell.texts;
    let title = t.get("audit-title");
    let content = html! {
        div.page {
            header.head {
                div { h1 { (title) } p.lead { (t.get("audit-lead")) } }
                div.actions { (control::post_button(links::AUDIT, &[("do", "check")], &html! { (icon(Icon::Check)) (t.get("audit-check")) }, "")) }
            }
            @if let Some(check) = &audit.check { (check_of(shell, check)) }
            (filter(shell, audit))
            @if audit.entries.is_empty() { (empty(&t.get("audit-nothing"), &t.get("audit-nothing-text"), None)) }
            @else { (entries(shell, audit)) }
            nav.actions aria-label=(t.get("pager")) {
                @if let Some(newer) = &audit.newer { (control::link_button(newer, Some(Icon::Left), &t.get("audit-newer"), "")) }
                @if let Some(older) = &audit.older { (control::link_button(older, Some(Icon::Right), &t.get("audit-older"), "")) }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn check_of(shell: &Shell, check: &ChainCheck) -> Markup {
    let t = shell.texts;
    match &check.fault {
        None => banner(
            Loudness::Quiet,
            &html! { (status::dot(crate::shown::Tone::Good, &t.count("audit-sound", check.entries))) " " (time::ago(shell, check.at)) },
            None,
        ),
        Some(fault) => {
            banner(Loudness::Bad, &html! { strong { (t.get("audit-broken")) } " " (fault) }, None)
        }
    }
}

fn filter(shell: &Shell, audit: &AuditScreen) -> Markup {
    let t = shell.texts;
    let all = t.get("all");
    let choices = |given: &[(String, String)], id: &str, chosen: &str| {
        let mut choices = vec![("", all.as_ref())];
        choices.extend(given.iter().map(|(code, word)| (code.as_str(), word.as_str())));
        control::select(id, id, None, &choices, chosen)
    };
    let day = |id: &str, value: &str| html! { input id=(id) name=(id) type="date" value=(value); };
    html! {
        form.row-form method="get" action=(links::AUDIT) {
            (control::line("who", &t.get("audit-who"), None, None, &choices(&audit.people, "who", &audit.filter.who)))
            (control::line("backend", &t.get("audit-backend"), None, None, &choices(&audit.backends, "backend", &audit.filter.backend)))
            (control::line("from", &t.get("audit-from"), None, None, &day("from", &audit.filter.from)))
            (control::line("until", &t.get("audit-until"), None, None, &day("until", &audit.filter.until)))
            button.button type="submit" { (t.get("filter-apply")) }
        }
    }
}

fn entries(shell: &Shell, audit: &AuditScreen) -> Markup {
    let t = shell.texts;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(t.get("audit-title")) {
            table.plain {
                thead { tr { th.right scope="col" { (t.get("audit-number")) } th scope="col" { (t.get("audit-when")) } th scope="col" { (t.get("audit-who")) } th scope="col" { (t.get("audit-what")) } th scope="col" { (t.get("audit-subject")) } th scope="col" { (t.get("audit-outcome")) } } }
                tbody { @for entry in &audit.entries { tr {
                    td.right { (entry.number) }
                    td { (time::moment(shell, entry.at)) }
                    td { (entry.who) }
                    td {
                        @let words = match &entry.action { Some(action) => t.with("deed-action", &[("action", action.as_str().into())]), None => entry.what.words(shell) };
                        @match &entry.operation { Some(operation) => a href=(links::change(operation)) { (words) }, None => (words) }
                    }
                    td { (entry.subject) @if let Some((key, link)) = &entry.record { " · " a.about href=(link) { (key) } } }
                    td { @if let Some(outcome) = entry.outcome { @let (tone, key) = outcome.told(); (status::dot(tone, &t.get(key))) } }
                } } }
            }
        }
    }
}
