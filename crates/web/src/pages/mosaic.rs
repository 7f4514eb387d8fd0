//! The mosaic: one tile per backend, and the views one works with.

use jiff::Timestamp;
use kontor_model::{BackendName, Engine};
use maud::{Markup, html};

use crate::components::icon::{Icon, icon};
use crate::components::notice::empty;
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, status, time};
use crate::links;
use crate::shown::Health;

/// What the mosaic shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mosaic {
    /// The backends in the order of their titles.
    pub tiles: Vec<Tile>,
    /// Saved views that were used lately: work queues.
    pub views: Vec<ViewTile>,
    /// Whether the reader may connect a database.
    pub may_connect: bool,
}

/// A backend in the mosaic.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Name.
    pub name: BackendName,
    /// Title in the reader's language.
    pub title: String,
    /// What it is for, where the manifest says it.
    pub purpose: Option<String>,
    /// Who owns it, where the manifest says it.
    pub owner: Option<String>,
    /// The kind of database.
    pub engine: Engine,
    /// How it is.
    pub health: Health,
    /// What it said when it last failed.
    pub problem: Option<String>,
    /// Milliseconds that its last answer took.
    pub latency: Option<u64>,
    /// How many resources it has.
    pub resources: usize,
    /// How many of them this reader may change.
    pub writable: usize,
    /// When it was last asked.
    pub checked: Option<Timestamp>,
    /// How many proposals wait for a decision.
    pub proposals: usize,
}

/// A saved view with its counter.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewTile {
    /// The view's name.
    pub title: String,
    /// Title of backend and resource.
    pub place: String,
    /// Where it leads.
    pub link: String,
    /// Where the counter comes from, loaded after the page: a backend that hangs holds up nothing.
    pub counter: String,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, mosaic: &Mosaic) -> Markup {
    let t = shell.texts;
    let title = t.get("mosaic-title");
    let content = html! {
        div.page {
            header.head {
                div { h1 { (title) } p.lead { (summary(shell, mosaic)) } }
                @if mosaic.may_connect {
                    div.actions { (control::link_button(links::CONNECT, Some(Icon::Plus), &t.get("connect-title"), "")) }
                }
            }
            @if !mosaic.views.is_empty() {
                section aria-labelledby="views-heading" {
                    h2 #views-heading { (t.get("mosaic-views")) }
                    ul.queues { @for view in &mosaic.views { li { (view_tile(view)) } } }
                }
            }
            @if mosaic.tiles.is_empty() {
                @let actions = control::link_button(links::CONNECT, Some(Icon::Plug), &t.get("connect-title"), "primary");
                @if mosaic.may_connect {
                    (empty(&t.get("mosaic-empty"), &t.get("mosaic-empty-text"), Some(&actions)))
                } @else {
                    (empty(&t.get("mosaic-nothing"), &t.get("mosaic-nothing-text"), None))
                }
            } @else {
                section aria-labelledby="backends-heading" {
                    h2 #backends-heading { (t.get("nav-backends")) }
                    ul.mosaic { @for tile in &mosaic.tiles { li { (tile_link(shell, tile)) } } }
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn summary(shell: &Shell, mosaic: &Mosaic) -> String {
    let t = shell.texts;
    let unwell = mosaic
        .tiles
        .iter()
        .filter(|tile| matches!(tile.health, Health::Slow | Health::Down))
        .count();
    let all = t.count("mosaic-count", mosaic.tiles.len() as u64);
    if unwell == 0 { all } else { format!("{all}, {}", t.count("mosaic-unwell", unwell as u64)) }
}

fn view_tile(view: &ViewTile) -> Markup {
    html! {
        a.queue href=(view.link) {
            span.title { (view.title) }
            span.place { (view.place) }
            span.counter data-get=(view.counter) data-when="visible" { "…" }
        }
    }
}

fn tile_link(shell: &Shell, tile: &Tile) -> Markup {
    let t = shell.texts;
    html! {
        a class={ "tile " (tile.health.tone().class()) } href=(links::backend(&tile.name)) {
            span.top {
                span.title { (tile.title) }
                (status::health(t, tile.health))
            }
            @if let Some(problem) = &tile.problem { span.problem { (problem) } }
            @else if let Some(purpose) = &tile.purpose { span.purpose { (purpose) } }
            span.facts {
                span { (tile.engine.title()) }
                span { (t.count("mosaic-resources", tile.resources as u64)) }
                span {
                    @if tile.writable == 0 { (icon(Icon::Lock)) (t.get("read-only")) }
                    @else { (t.count("mosaic-writable", tile.writable as u64)) }
                }
                @if let Some(owner) = &tile.owner { span { (owner) } }
            }
            span.checked {
                @if let Some(checked) = tile.checked { (t.get("mosaic-checked")) " " (time::ago(shell, checked)) }
                @else { (t.get("mosaic-unchecked")) }
                @if let Some(latency) = tile.latency { span.latency { (crate::format::integer(shell.language(), i128::from(latency))) " ms" } }
            }
            @if tile.proposals > 0 { span.proposals { (t.count("mosaic-proposals", tile.proposals as u64)) } }
        }
    }
}
