//! Connecting a backend: where it is, what was found, what is written.

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

/// The ways of signing in to a service, as manifests call them, with the keys of their texts; as
/// the service describes when empty.
pub const MANNERS: [(&str, &str); 6] = [
    ("", "connect-auth-described"),
    ("bearer", "connect-auth-bearer"),
    ("basic", "connect-auth-basic"),
    ("header", "connect-auth-header"),
    ("query", "connect-auth-query"),
    ("oauth2", "connect-auth-oauth2"),
];

/// The first step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    /// Address as given so far, without the password.
    pub address: String,
    /// How a service is signed in to, as far as it was said; without the secret.
    pub sign_in: SignIn,
    /// Why it did not work, in the reader's words.
    pub problem: Option<String>,
}

/// How a service is signed in to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignIn {
    /// The manner, as manifests call it; as the service describes when empty.
    pub kind: String,
    /// The user, the header, the parameter or the client.
    pub name: String,
    /// Where tokens are had.
    pub token_url: String,
    /// What is asked for.
    pub scopes: String,
    /// Whether something is wrong with it.
    pub is_open: bool,
}

/// The second step.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What is kept of the first step, so that no password travels again.
    pub ticket: String,
    /// Address without the password.
    pub address: String,
    /// The kind of backend.
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
                li { code { "https://shop.intern/openapi.json" } }
                li { code { "https://shop.intern/graphql" } }
            }
            (sign_in(shell, &ask.sign_in))
            div.actions { button.button.primary type="submit" name="do" value="look" { (t.get("connect-look")) } }
        }
    }
}

/// What lets us into a service; lines that the chosen manner does not need are out of sight.
fn sign_in(shell: &Shell, said: &SignIn) -> Markup {
    let t = shell.texts;
    let words = MANNERS.map(|(_, key)| t.get(key));
    let choices: Vec<control::Choice<'_>> =
        MANNERS.iter().zip(&words).map(|((kind, _), word)| (*kind, word.as_ref())).collect();
    let names = [
        ("basic", "connect-auth-user"),
        ("header", "connect-auth-header-name"),
        ("query", "connect-auth-parameter"),
        ("oauth2", "connect-auth-client"),
    ];
    let text = |name: &'static str, key: &str, value: &str, kind: &'static str| {
        TextLine {
            name,
            label: &t.get(key),
            value,
            kind,
            autocomplete: "off",
            ..TextLine::default()
        }
        .render()
    };
    html! {
        details.sign-in-with open[said.is_open] {
            summary { (t.get("connect-sign-in")) }
            div.stacked {
                p.help { (t.get("connect-sign-in-help")) }
                (control::line("auth", &t.get("connect-auth"), None, None, &control::select("auth", "auth", None, &choices, &said.kind)))
                @for (kind, key) in names {
                    @let name = if said.kind == kind { said.name.as_str() } else { "" };
                    div class={ "of-" (kind) } { (text(auth_name(kind), key, name, "text")) }
                }
                div.of-oauth2 {
                    (text("token_url", "connect-token-url", &said.token_url, "url"))
                    (text("scopes", "connect-scopes", &said.scopes, "text"))
                }
                (TextLine { name: "secret", label: &t.get("connect-auth-secret"), kind: "password", autocomplete: "off", help: Some(&t.get("connect-keep-help")), ..TextLine::default() }.render())
            }
        }
    }
}

/// The input for what a manner of signing in names.
#[must_use]
pub fn auth_name(kind: &str) -> &'static str {
    match kind {
        "basic" => "auth_user",
        "header" => "auth_header",
        "query" => "auth_parameter",
        _ => "auth_client",
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
