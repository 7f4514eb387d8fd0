//! Connecting a database: where it is, what was found, what is written.

use kontor_model::{Count, Engine};
use maud::{Markup, html};

use crate::components::control::{self, TextLine};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Here, Layout, page as shell_page};
use crate::components::{Shell, status};
use crate::links;

/// How far connecting has come.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectScreen {
    /// Where is it?
    Ask(Ask),
    /// It was found.
    Found(Box<Found>),
}

/// The first step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    /// Address as given so far, without the password.
    pub address: String,
    /// Why it did not work, in the reader's words.
    pub problem: Option<String>,
}

/// The second step.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What is kept of the first step, so that no password travels again.
    pub ticket: String,
    /// Address without the password.
    pub address: String,
    /// The kind of database.
    pub engine: Engine,
    /// Its version.
    pub version: String,
    /// Proposed name.
    pub name: String,
    /// Proposed title.
    pub title: String,
    /// What is wrong with the name.
    pub name_error: Option<String>,
    /// Its resources: title, records.
    pub resources: Vec<(String, Count)>,
    /// What could not be used, with reasons.
    pub left_out: Vec<String>,
    /// How many proposals wait.
    pub proposals: usize,
    /// Whether the address holds a password, which has to be kept somewhere.
    pub has_password: bool,
    /// Name of the environment variable that is proposed for the address.
    pub variable: String,
    /// Whether its account may write.
    pub can_write: bool,
    /// What went wrong.
    pub problem: Option<String>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &ConnectScreen) -> Markup {
    let mut shell = shell.clone();
    shell.here = Here::Connect;
    let shell = &shell;
    let t = shell.texts;
    let title = t.get("connect-title");
    let content = html! {
        div.page.narrow {
            header.head { div { h1 { (title) } p.lead { (t.get("connect-lead")) } } }
            @match screen {
                ConnectScreen::Ask(ask) => (ask_form(shell, ask)),
                ConnectScreen::Found(found) => (found_form(shell, found)),
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn ask_form(shell: &Shell, ask: &Ask) -> Markup {
    let t = shell.texts;
    html! {
        @if let Some(problem) = &ask.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
        form.stacked method="post" action=(links::CONNECT) {
            (TextLine { name: "url", label: &t.get("connect-address"), value: &ask.address, autocomplete: "off", help: Some(&t.get("connect-address-help")), required: true, first: true, ..TextLine::default() }.render())
            ul.examples {
                li { code { "sqlite:/srv/shop.db" } }
                @for engine in ["postgres", "mysql"] {
                    @let port = if engine == "mysql" { 3306 } else { 5432 };
                    li { code { (engine) "://" (t.get("connect-example-user")) "@db.intern:" (port) "/shop" } }
                }
            }
            div.actions { button.button.primary type="submit" name="do" value="look" { (t.get("connect-look")) } }
        }
    }
}

fn found_form(shell: &Shell, found: &Found) -> Markup {
    let t = shell.texts;
    let help = t.get("connect-name-help");
    html! {
        @if let Some(problem) = &found.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
        section {
            p { (status::dot(crate::shown::Tone::Good, &t.get("connect-found"))) " · " (found.engine.title()) " " (found.version) " · " code { (found.address) } }
            p.lead { (t.count("mosaic-resources", found.resources.len() as u64)) @if found.proposals > 0 { " · " (t.count("connect-proposals", found.proposals as u64)) } }
            ul.found-list { @for (title, count) in &found.resources { li { span { (title) } (status::counter(t, *count)) } } }
            @if !found.left_out.is_empty() { p.help { (t.get("backend-left-out")) ": " (found.left_out.join(" · ")) } }
        }
        form.record-form method="post" action=(links::CONNECT) {
            input type="hidden" name="ticket" value=(found.ticket);
            div.form-group {
                (TextLine { name: "title", label: &t.get("connect-name"), value: &found.title, autocomplete: "off", required: true, ..TextLine::default() }.render())
                (TextLine { name: "name", label: &t.get("connect-short"), value: &found.name, autocomplete: "off", help: Some(&help), error: found.name_error.as_deref(), required: true, ..TextLine::default() }.render())
                @if found.has_password { (keep(shell, found)) }
                (write_choice(shell, found))
            }
            div.actions {
                button.button.primary type="submit" name="do" value="write" { (t.get("connect-write")) }
                (control::link_button(links::CONNECT, None, &t.get("cancel"), ""))
            }
        }
    }
}

/// A password never stands in the manifest as it is.
fn keep(shell: &Shell, found: &Found) -> Markup {
    let t = shell.texts;
    let encrypted = t.get("connect-encrypted");
    let variable = t.with("connect-variable", &[("name", found.variable.as_str().into())]);
    control::line(
        "keep",
        &t.get("password"),
        Some(&t.get("connect-keep-help")),
        None,
        &control::select(
            "keep",
            "keep",
            None,
            &[("encrypted", encrypted.as_ref()), ("variable", variable.as_str())],
            "encrypted",
        ),
    )
}

fn write_choice(shell: &Shell, found: &Found) -> Markup {
    let t = shell.texts;
    let reads = t.get("connect-reads");
    let writes = t.get("connect-writes");
    let mut choices = vec![("", reads.as_ref())];
    if found.can_write {
        choices.push(("1", writes.as_ref()));
    }
    let help = t.get(if found.can_write { "connect-write-help" } else { "locked-no-privilege" });
    control::line(
        "writable",
        &t.get("resource-change"),
        Some(&help),
        None,
        &control::select("writable", "writable", None, &choices, ""),
    )
}
