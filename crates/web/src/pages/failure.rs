//! The page that says what went wrong.

use maud::{Markup, html};

use crate::components::control::link_button;
use crate::components::shell::{Layout, bare_page, page};
use crate::components::{Shell, control};
use crate::links;

/// What went wrong, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// HTTP status.
    pub status: u16,
    /// What went wrong, in few words.
    pub title: String,
    /// What that means and what can be done.
    pub text: String,
    /// What was written and what was not, where something was to be written.
    pub written: Option<String>,
    /// Title of the backend that failed.
    pub backend: Option<String>,
    /// The operation under which the log has the rest.
    pub operation: Option<String>,
    /// Where to try again.
    pub retry: Option<String>,
}

/// The failure as a page.
#[must_use]
pub fn show(shell: &Shell, failure: &Failure) -> Markup {
    let content = html! { div.page.narrow { (content(shell, failure)) } };
    if shell.user.is_some() {
        page(shell, &failure.title, Layout::Flow, &content)
    } else {
        bare_page(shell, &failure.title, &content)
    }
}

/// The failure as a part of a page.
#[must_use]
pub fn content(shell: &Shell, failure: &Failure) -> Markup {
    let t = shell.texts;
    html! {
        section.failure role="alert" {
            p.code { (failure.status) @if let Some(backend) = &failure.backend { " · " (backend) } }
            h1 { (failure.title) }
            p { (failure.text) }
            @if let Some(written) = &failure.written { p { strong { (written) } } }
            div.actions {
                @if let Some(retry) = &failure.retry { (link_button(retry, None, &t.get("retry"), "primary")) }
                (link_button(links::HOME, None, &t.get("failure-home"), ""))
            }
            @if let Some(operation) = &failure.operation {
                p.help { (t.get("operation")) " " code { (operation) } " " (control::copy(t, operation)) }
            }
        }
    }
}
