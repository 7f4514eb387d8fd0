//! Menus that open without script.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A button that opens a panel below it.
#[must_use]
pub fn menu(label: &Markup, title: Option<&str>, class: &str, panel: &Markup) -> Markup {
    html! {
        details class={ "menu " (class) } {
            summary.button title=[title] {
                (label)
                @if let Some(title) = title { span.unseen { (title) } }
            }
            div.panel { (panel) }
        }
    }
}

/// A label for a menu: an icon, a word and the mark that something opens.
#[must_use]
pub fn label(which: Option<Icon>, word: &str) -> Markup {
    html! {
        @if let Some(which) = which { (icon(which)) }
        span { (word) }
        span.chevron { (icon(Icon::Chevron)) }
    }
}

/// One line of a menu that leads somewhere.
#[must_use]
pub fn item(href: &str, which: Option<Icon>, word: &str, current: bool) -> Markup {
    html! {
        a.item href=(href) aria-current=[current.then_some("true")] {
            @if let Some(which) = which { (icon(which)) }
            span { (word) }
        }
    }
}
