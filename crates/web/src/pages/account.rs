//! One's own account: name, language, time zone, look, password, sessions, tokens.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::control::{self, TextLine, post_button, submit};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Density, Here, Layout, Theme, page as shell_page};
use crate::components::{Shell, status, time};
use crate::links;
use crate::pages::people::secret;
use crate::texts::Language;

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AccountScreen {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Name of the time zone, as IANA has it.
    pub zone: String,
    /// Names of the zones that can be chosen.
    pub zones: Vec<String>,
    /// What is wrong with the name.
    pub name_error: Option<String>,
    /// What is wrong with the zone.
    pub zone_error: Option<String>,
    /// What is wrong with the present password.
    pub present_error: Option<String>,
    /// What is wrong with the new password.
    pub password_error: Option<String>,
    /// What is wrong with its repetition.
    pub repeat_error: Option<String>,
    /// Where one is signed in.
    pub sessions: Vec<SessionRow>,
    /// One's API tokens.
    pub tokens: Vec<TokenRow>,
    /// The token that was just made, shown once.
    pub new_token: Option<String>,
    /// What is wrong with a token that was asked for.
    pub token_error: Option<String>,
    /// What is wrong with the time of a new token.
    pub days_error: Option<String>,
    /// What was saved, in the reader's words.
    pub saved: Option<String>,
}

/// A session.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    /// Id.
    pub id: String,
    /// Browser and system, in words.
    pub device: String,
    /// Network address.
    pub address: String,
    /// When it was last used.
    pub last_seen: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// An API token.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenRow {
    /// Id.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// Whether it may only read.
    pub reads_only: bool,
    /// When it ends; `None` for never.
    pub expires: Option<Timestamp>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, account: &AccountScreen) -> Markup {
    let mut shell = shell.clone();
    shell.here = Here::Account;
    let shell = &shell;
    let t = shell.texts;
    let title = t.get("account-title");
    let others = account.sessions.iter().any(|session| !session.is_current);
    let content = html! {
        div.page.narrow {
            header.head { div { h1 { (title) } p.lead { (account.email) } } }
            @if let Some(saved) = &account.saved { (banner(Loudness::Quiet, &html! { (saved) }, None)) }
            section { (profile(shell, account)) }
            section { h2 { (t.get("password")) } (password(shell, account)) }
            section {
                h2 { (t.get("sessions")) }
                (sessions(shell, &account.sessions, links::ACCOUNT))
                @if others { div { (post_button(links::ACCOUNT, &[("do", "revoke-others")], &html! { (t.get("sessions-others")) }, "")) } }
            }
            section {
                h2 { (t.get("tokens")) }
                p.help { (t.get("tokens-help")) }
                @if let Some(token) = &account.new_token { (secret(t, &t.get("token-made"), token)) }
                (tokens(shell, &account.tokens, links::ACCOUNT))
                (new_token(shell, account))
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn profile(shell: &Shell, account: &AccountScreen) -> Markup {
    let t = shell.texts;
    let languages: Vec<_> = Language::ALL.iter().map(|l| (l.code(), l.title())).collect();
    let themes = Theme::ALL.map(|(theme, key)| (theme.code(), t.get(key)));
    let themes: Vec<_> = themes.iter().map(|(code, word)| (*code, word.as_ref())).collect();
    let densities = Density::ALL.map(|(density, key)| (density.code(), t.get(key)));
    let densities: Vec<_> = densities.iter().map(|(code, word)| (*code, word.as_ref())).collect();
    let zone = html! {
        input #zone name="zone" value=(account.zone) list="zones" autocomplete="off" required
            aria-invalid=[account.zone_error.as_ref().map(|_| "true")] aria-describedby=[control::described("zone", false, account.zone_error.is_some())];
        datalist #zones { @for zone in &account.zones { option value=(zone) {} } }
    };
    html! {
        form.record-form method="post" action=(links::ACCOUNT) {
            input type="hidden" name="do" value="profile";
            div.form-group {
                (TextLine { name: "name", label: &t.get("name"), value: &account.name, autocomplete: "name", error: account.name_error.as_deref(), required: true, ..TextLine::default() }.render())
                (control::line("language", &t.get("language"), None, None, &control::select("language", "language", None, &languages, shell.language().code())))
                (control::line("zone", &t.get("zone"), None, account.zone_error.as_deref(), &zone))
                (control::line("theme", &t.get("theme"), None, None, &control::select("theme", "theme", None, &themes, shell.theme.code())))
                (control::line("density", &t.get("density"), None, None, &control::select("density", "density", None, &densities, shell.density.code())))
            }
            div.actions { (submit(&t.get("save"))) }
        }
    }
}

fn password(shell: &Shell, account: &AccountScreen) -> Markup {
    let t = shell.texts;
    let help = t.get("password-help");
    html! {
        form.record-form method="post" action=(links::ACCOUNT) {
            input type="hidden" name="do" value="password";
            input.unseen type="text" name="username" value=(account.email) autocomplete="username" aria-label=(t.get("email")) tabindex="-1" readonly;
            div.form-group {
                (TextLine { name: "present", label: &t.get("password-present"), kind: "password", autocomplete: "current-password", error: account.present_error.as_deref(), required: true, ..TextLine::default() }.render())
                (TextLine { name: "password", label: &t.get("password-new"), kind: "password", autocomplete: "new-password", help: Some(&help), error: account.password_error.as_deref(), required: true, ..TextLine::default() }.render())
                (TextLine { name: "repeat", label: &t.get("password-repeat"), kind: "password", autocomplete: "new-password", error: account.repeat_error.as_deref(), required: true, ..TextLine::default() }.render())
            }
            div.actions { button.button type="submit" { (t.get("password-change")) } }
        }
    }
}

fn new_token(shell: &Shell, account: &AccountScreen) -> Markup {
    let t = shell.texts;
    let scopes = [("read", t.get("token-read")), ("write", t.get("token-write"))];
    let scopes: Vec<_> = scopes.iter().map(|(code, word)| (*code, word.as_ref())).collect();
    let days: Vec<_> = ["7", "30", "90", "365"]
        .iter()
        .map(|days| (*days, t.count("days", days.parse().unwrap_or(0))))
        .collect();
    let days: Vec<_> = days.iter().map(|(code, word)| (*code, word.as_str())).collect();
    html! {
        form.row-form method="post" action=(links::ACCOUNT) {
            input type="hidden" name="do" value="token";
            (TextLine { name: "token-title", label: &t.get("token-title"), autocomplete: "off", error: account.token_error.as_deref(), required: true, ..TextLine::default() }.render())
            (control::line("scope", &t.get("token-scope"), None, None, &control::select("scope", "scope", None, &scopes, "read")))
            (control::line("days", &t.get("token-days"), None, account.days_error.as_deref(), &control::select("days", "days", None, &days, "90")))
            button.button type="submit" { (t.get("token-make")) }
        }
    }
}

/// Where somebody is signed in, each with the way to end it.
pub(crate) fn sessions(shell: &Shell, sessions: &[SessionRow], action: &str) -> Markup {
    let t = shell.texts;
    html! {
        @if sessions.is_empty() { p.help { (t.get("sessions-none")) } }
        @else {
            ul.rows-list { @for session in sessions { li {
                span { (session.device) @if session.is_current { " " (status::badge(&t.get("session-this"))) } }
                span.help { (session.address) " · " (time::ago(shell, session.last_seen)) }
                span.end { @if !session.is_current { (post_button(action, &[("do", "revoke-session"), ("session", &session.id)], &html! { (t.get("session-end")) }, "bare small")) } }
            } } }
        }
    }
}

/// Somebody's API tokens, each with the way to end it.
pub(crate) fn tokens(shell: &Shell, tokens: &[TokenRow], action: &str) -> Markup {
    let t = shell.texts;
    html! {
        @if tokens.is_empty() { p.help { (t.get("tokens-none")) } }
        @else {
            ul.rows-list { @for token in tokens { li {
                span { (token.title) " " (status::badge(&t.get(if token.reads_only { "token-read" } else { "token-write" }))) }
                span.help {
                    @if let Some(expires) = token.expires { (t.get("token-until")) " " (time::moment(shell, expires)) } @else { (t.get("token-endless")) } " · "
                    @if let Some(at) = token.last_used { (t.get("token-used")) " " (time::ago(shell, at)) } @else { (t.get("token-unused")) }
                }
                span.end { (post_button(action, &[("do", "revoke-token"), ("token", &token.id)], &html! { (t.get("token-end")) }, "bare small")) }
            } } }
        }
    }
}
