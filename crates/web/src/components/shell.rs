//! The frame around every page: sidebar, bar with search, menus, toast, dialogs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kontor_model::{BackendName, ResourceName};
use maud::{DOCTYPE, Markup, html};

use super::icon::{Icon, icon};
use super::{control, menu};
use crate::format::Reader;
use crate::links;
use crate::shown::Health;
use crate::texts::{Language, Texts};

mod keys;
mod look;
mod sidebar;
mod words;

pub use look::{Density, Theme};

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Whether people, audit and connections may be seen.
    pub is_administrator: bool,
}

/// A backend in the sidebar.
#[derive(Debug, Clone, PartialEq)]
pub struct NavBackend {
    /// Name.
    pub name: BackendName,
    /// Title in the reader's language.
    pub title: String,
    /// How it is.
    pub health: Health,
    /// Its resources in the manifest's order, those that matter.
    pub resources: Vec<NavResource>,
    /// How many more there are on the backend's page.
    pub more: usize,
}

/// A resource in the sidebar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavResource {
    /// Name.
    pub name: ResourceName,
    /// Title in the reader's language.
    pub title: String,
}

/// The place in the sidebar that is marked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Here {
    /// None of them.
    #[default]
    Elsewhere,
    /// The mosaic.
    Mosaic,
    /// A backend's page.
    Backend(BackendName),
    /// A resource, its list or a record.
    Resource(BackendName, ResourceName),
    /// The audit.
    Audit,
    /// The people.
    People,
    /// One's own account.
    Account,
    /// Connecting a database.
    Connect,
    /// Links between backends.
    Links,
}

/// What has just been done, told once at the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What was done, or what was not.
    pub text: String,
    /// The record to which it was done, where another page tells it: its title and its page.
    pub about: Option<(String, String)>,
    /// The operation, where it can be taken back.
    pub undo: Option<String>,
    /// Whether it went wrong.
    pub is_bad: bool,
}

/// Everything that a page needs besides its own content.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The reader's texts.
    pub texts: &'static Texts,
    /// The reader's time zone.
    pub zone: TimeZone,
    /// The present moment.
    pub now: Timestamp,
    /// Light or dark.
    pub theme: Theme,
    /// How close the lines stand.
    pub density: Density,
    /// Who reads; `None` before signing in.
    pub user: Option<SignedIn>,
    /// The backends that the reader may see.
    pub backends: Vec<NavBackend>,
    /// Where the reader is.
    pub here: Here,
    /// Address of this page with its query, to come back to.
    pub address: String,
    /// Address of the script.
    pub script: String,
    /// Address of the styles.
    pub style: String,
    /// Address of the icon, [`ICON`].
    pub icon: String,
    /// What has just been done.
    pub toast: Option<Toast>,
    /// Seconds after which a page without script asks for itself again.
    pub refresh: Option<u32>,
}

/// The sign of the house for the browser's tab, as SVG.
pub const ICON: &str = include_str!("../../assets/src/icon.svg");

impl Shell {
    /// The reader's language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.texts.language()
    }

    /// The reader, for showing values.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        Reader { language: self.language(), zone: &self.zone }
    }
}

/// How the content of a page stands in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The page scrolls.
    Flow,
    /// The page fills the window; a part of it scrolls.
    Fill,
}

/// A whole page for somebody who is signed in.
#[must_use]
pub fn page(shell: &Shell, title: &str, layout: Layout, content: &Markup) -> Markup {
    let t = shell.texts;
    let fill = layout == Layout::Fill;
    document(
        shell,
        title,
        &html! {
            a.skip href="#main" { (t.get("skip")) }
            div.frame {
                (sidebar::sidebar(shell))
                (bar(shell))
                main #main tabindex="-1" .fill[fill] { (content) }
            }
            (toast(shell))
            (keys::dialog(t))
            (words::element(t))
            dialog #palette aria-label=(t.get("palette-title")) {}
            dialog #sheet aria-labelledby="sheet-title" {}
            div #peek popover="manual" {}
        },
    )
}

/// A whole page for somebody who is not signed in: one narrow column.
#[must_use]
pub fn bare_page(shell: &Shell, title: &str, content: &Markup) -> Markup {
    let t = shell.texts;
    document(
        shell,
        title,
        &html! {
            main #main.alone {
                div.column {
                    p.brand { (mark()) "Kontor" }
                    (content)
                }
                div.foot { (language_forms(shell)) }
            }
            (toast(shell))
            (words::element(t))
        },
    )
}

fn document(shell: &Shell, title: &str, body: &Markup) -> Markup {
    let theme = (shell.theme != Theme::System).then_some(shell.theme.code());
    html! {
        (DOCTYPE)
        html lang=(shell.language().code()) data-theme=[theme] data-density=(shell.density.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Kontor" }
                @if let Some(seconds) = shell.refresh { noscript { meta http-equiv="refresh" content=(seconds); } }
                link rel="icon" type="image/svg+xml" href=(shell.icon);
                link rel="stylesheet" href=(shell.style);
                script type="module" src=(shell.script) {}
            }
            body { (body) }
        }
    }
}

/// The sign of the house: a small mosaic.
fn mark() -> Markup {
    html! {
        svg.brandmark viewBox="0 0 18 18" width="18" height="18" aria-hidden="true" {
            rect x="1" y="1" width="7" height="10" rx="1.5" {}
            rect x="10" y="1" width="7" height="5" rx="1.5" {}
            rect x="10" y="8" width="7" height="9" rx="1.5" {}
            rect x="1" y="13" width="7" height="4" rx="1.5" {}
        }
    }
}

fn bar(shell: &Shell) -> Markup {
    let t = shell.texts;
    html! {
        header.bar {
            a.button.bare.mark.open href="#nav" aria-label=(t.get("nav-open")) { (icon(Icon::Menu)) }
            a.search href=(links::SEARCH) data-palette {
                (icon(Icon::Search))
                span { (t.get("palette-prompt")) }
                (control::key("Ctrl K"))
            }
            div.right {
                button.button.bare.mark.scripted type="button" data-keys title=(t.get("keys-title")) aria-label=(t.get("keys-title")) { (icon(Icon::Keyboard)) }
                @if let Some(user) = &shell.user { (account_menu(shell, user)) }
            }
        }
    }
}

fn account_menu(shell: &Shell, user: &SignedIn) -> Markup {
    let t = shell.texts;
    let initials: String =
        user.name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect();
    let panel = html! {
        div.who { strong { (user.name) } span { (user.email) } }
        (menu::item(links::ACCOUNT, Some(Icon::Person), &t.get("account-title"), shell.here == Here::Account))
        hr;
        (look_group(shell, "theme", &t.get("theme"), &Theme::ALL.map(|(theme, key)| (theme.code(), key)), shell.theme.code()))
        (look_group(shell, "density", &t.get("density"), &Density::ALL.map(|(density, key)| (density.code(), key)), shell.density.code()))
        div.group { span.word { (t.get("language")) } (language_forms(shell)) }
        hr;
        (control::post_button(links::SIGN_OUT, &[], &html! { (icon(Icon::Out)) span { (t.get("sign-out")) } }, "item"))
    };
    menu::menu(
        &html! { span.initials aria-hidden="true" { (initials) } },
        Some(&user.name),
        "account end",
        &panel,
    )
}

fn look_group(
    shell: &Shell,
    name: &str,
    word: &str,
    choices: &[(&str, &str)],
    chosen: &str,
) -> Markup {
    html! {
        div.group {
            span.word { (word) }
            form.segments method="post" action=(links::LOOK) {
                input type="hidden" name="back" value=(shell.address);
                @for (code, key) in choices {
                    button type="submit" name=(name) value=(code) aria-pressed=(if *code == chosen { "true" } else { "false" }) { (shell.texts.get(key)) }
                }
            }
        }
    }
}

fn language_forms(shell: &Shell) -> Markup {
    html! {
        form.segments method="post" action=(links::LOOK) {
            input type="hidden" name="back" value=(shell.address);
            @for language in Language::ALL {
                button type="submit" name="language" value=(language.code()) lang=(language.code())
                    aria-pressed=(if language == shell.language() { "true" } else { "false" }) { (language.title()) }
            }
        }
    }
}

/// What has just been done, with the way back. Scripts fill the same place.
fn toast(shell: &Shell) -> Markup {
    let t = shell.texts;
    html! {
        div #toasts.toasts role="status" aria-live="polite" {
            @if let Some(toast) = &shell.toast {
                div.toast .bad[toast.is_bad] {
                    span { @if let Some((title, link)) = &toast.about { a.about href=(link) { (title) } ": " } (toast.text) }
                    @if let Some(operation) = &toast.undo {
                        (control::post_button(&links::undo(operation), &[("back", &shell.address)], &html! { (t.get("undo")) }, "bare"))
                    }
                }
            }
        }
    }
}
