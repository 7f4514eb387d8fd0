//! Banners, notices and empty states.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// How loud a banner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loudness {
    /// Worth knowing.
    Quiet,
    /// Something is not as it should be.
    Warning,
    /// Something went wrong.
    Bad,
}

impl Loudness {
    fn class(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

/// A line over the content that says how things are, with what can be done about it.
#[must_use]
pub fn banner(loudness: Loudness, text: &Markup, actions: Option<&Markup>) -> Markup {
    let role = match loudness {
        Loudness::Bad => "alert",
        _ => "status",
    };
    html! {
        div class={ "banner " (loudness.class()) } role=(role) {
            @if loudness != Loudness::Quiet { (icon(Icon::Warning)) }
            div.text { (text) }
            @if let Some(actions) = actions { div.actions { (actions) } }
        }
    }
}

/// Why there is nothing here, and the way on.
#[must_use]
pub fn empty(title: &str, text: &str, actions: Option<&Markup>) -> Markup {
    html! {
        div.empty {
            p.title { (title) }
            p { (text) }
            @if let Some(actions) = actions { div.actions { (actions) } }
        }
    }
}
