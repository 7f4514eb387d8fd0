//! The palette: records, views, actions and pages for a few letters or a pasted number.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::icon::{Icon, icon};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, time};
use crate::links;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Palette {
    /// What was asked for.
    pub words: String,
    /// The place that was searched, for the picker of a reference: `backend/resource`.
    pub within: Option<String>,
    /// What was found, by kind, the best first.
    pub groups: Vec<HitGroup>,
    /// Titles of backends that did not answer in time.
    pub silent: Vec<String>,
    /// Resources that were left out since searching them would read whole tables, by title.
    pub skipped: Vec<String>,
}

/// Hits of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitGroup {
    /// The kind.
    pub kind: HitKind,
    /// The hits.
    pub hits: Vec<Hit>,
}

/// What a hit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitKind {
    /// A record.
    Record,
    /// All records of a resource that the words find.
    All,
    /// A saved view.
    View,
    /// Something to do.
    Action,
    /// A page: a resource, a backend, a place of the sidebar.
    Page,
}

impl HitKind {
    fn told(self) -> (Icon, &'static str) {
        match self {
            Self::Record => (Icon::Table, "hit-records"),
            Self::All => (Icon::Search, "hit-more"),
            Self::View => (Icon::Bookmark, "hit-views"),
            Self::Action => (Icon::Plus, "hit-actions"),
            Self::Page => (Icon::Right, "hit-pages"),
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its title.
    pub title: String,
    /// What tells it from others of the same title.
    pub apart: Vec<String>,
    /// Where it is: backend and resource.
    pub place: String,
    /// Where it leads.
    pub link: String,
    /// Titles of the backends that have the same thing, too.
    pub also: Vec<String>,
    /// The value that a reference to it holds, for the picker.
    pub reference: Option<String>,
    /// When it was read, where its backend does not answer and it is shown as it was then.
    pub as_of: Option<Timestamp>,
}

/// The page for those without script.
#[must_use]
pub fn page(shell: &Shell, palette: &Palette) -> Markup {
    let t = shell.texts;
    let title = t.get("palette-title");
    let prompt = t.get("palette-prompt");
    let content = html! {
        div.page.narrow {
            h1 { (title) }
            form.ask-page method="get" action=(links::SEARCH) role="search" {
                input type="search" name="q" value=(palette.words) aria-label=(prompt) placeholder=(prompt) autofocus;
                (control::submit(&title))
            }
            div.palette.on-page { (fragment(shell, palette)) }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

/// The hits.
#[must_use]
pub fn fragment(shell: &Shell, palette: &Palette) -> Markup {
    let t = shell.texts;
    let nothing = palette.groups.iter().all(|group| group.hits.is_empty());
    html! {
        @for group in palette.groups.iter().filter(|group| !group.hits.is_empty()) {
            @let (which, key) = group.kind.told();
            p.kind { (t.get(key)) }
            @for hit in &group.hits {
                a.hit href=(hit.link) data-reference=[hit.reference.as_deref()] {
                    (icon(which)) span.title { (hit.title) @if !hit.apart.is_empty() { " " span.apart { (hit.apart.join(" · ")) } } }
                    span.where {
                        @if let Some(at) = hit.as_of { span.old { (t.get("hit-as-of")) " " (time::clock(shell, at)) } " · " }
                        (hit.place)
                        @if !hit.also.is_empty() { ", " span.also { (t.with("hit-also", &[("backends", hit.also.join(", ").into())])) } }
                    }
                }
            }
        }
        @if nothing && !palette.words.is_empty() { p.kind.empty-hits { (t.get("palette-nothing")) } }
        @if !palette.silent.is_empty() { p.kind { (t.with("palette-silent", &[("backends", palette.silent.join(", ").into())])) } }
        @if !palette.skipped.is_empty() { p.kind { (t.with("palette-skipped", &[("resources", palette.skipped.join(", ").into())])) } }
    }
}
