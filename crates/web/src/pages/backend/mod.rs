//! A backend: its resources, proposals about it, what changed in it, how it is reached.

use jiff::Timestamp;
use kontor_model::{BackendName, Count, Engine, ResourceKind, ResourceName};
use maud::{Markup, html};

use crate::components::icon::{Icon, icon};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Here, Layout, page as shell_page};
use crate::components::{Shell, control, status, time};
use crate::links;
use crate::pages::linking::{self, FarLinkRow};
use crate::shown::{Health, Locked};

mod index;
mod proposals;

pub use index::IndexRow;
pub use proposals::{Confidence, Proposal, ProposalKind};

/// What a backend's page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct BackendScreen {
    /// Name.
    pub name: BackendName,
    /// Title in the reader's language.
    pub title: String,
    /// What it is for.
    pub purpose: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// The kind of database.
    pub engine: Engine,
    /// The server's version.
    pub version: String,
    /// How it is.
    pub health: Health,
    /// What it said when it last failed.
    pub problem: Option<String>,
    /// Milliseconds that its last answer took.
    pub latency: Option<u64>,
    /// When it was last asked.
    pub checked: Option<Timestamp>,
    /// Its resources by group or namespace.
    pub groups: Vec<ResourceGroup>,
    /// How far its resources are in the search index; empty where there is none.
    pub index: Vec<IndexRow>,
    /// What was seen in it and could not be used, with reasons.
    pub left_out: Vec<String>,
    /// What might be written into its manifest.
    pub proposals: Vec<Proposal>,
    /// Its links to other backends.
    pub far_links: Vec<FarLinkRow>,
    /// What changed in its schema since it was last read.
    pub drift: Vec<Drift>,
    /// When its schema was last read.
    pub schema_read: Option<Timestamp>,
    /// How it is reached.
    pub connection: Connection,
    /// Whether the reader may decide on proposals and read the schema again.
    pub may_manage: bool,
}

/// Resources that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceGroup {
    /// Title; `None` where there is one group only.
    pub title: Option<String>,
    /// The resources.
    pub resources: Vec<ResourceRow>,
}

/// A resource of the backend.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceRow {
    /// Name.
    pub name: ResourceName,
    /// Title in the reader's language.
    pub title: String,
    /// What it is.
    pub kind: ResourceKind,
    /// About how many records it has.
    pub records: Count,
    /// Titles of the key's fields; empty where there is no key.
    pub key: Vec<String>,
    /// Why it cannot be changed; `None` where it can.
    pub locked: Option<Locked>,
    /// What it is for.
    pub comment: Option<String>,
}

/// Something that changed in the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// What changed, in the reader's words.
    pub what: String,
    /// Whether something that worked may not work any more.
    pub is_breaking: bool,
    /// Views, links and actions that it touches, in the reader's words.
    pub touches: Vec<String>,
}

/// How a backend is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Where it is, for who runs it.
    pub place: Option<ConnectionPlace>,
    /// Connections at once.
    pub connections: u32,
    /// Milliseconds after which a statement is ended.
    pub timeout: u64,
    /// Greatest number of rows of an answer.
    pub row_cap: u64,
    /// Whether the manifest leaves anything to be changed.
    pub writable: bool,
}

/// Where a backend is: nobody's business but of those who run it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionPlace {
    /// Address without the password.
    pub address: String,
    /// Address of the replica for reading, without the password.
    pub replica: Option<String>,
    /// The manifest's file.
    pub manifest: String,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &BackendScreen) -> Markup {
    let mut shell = shell.clone();
    shell.here = Here::Backend(screen.name.clone());
    let shell = &shell;
    let t = shell.texts;
    let content = html! {
        div.page {
            (head(shell, screen))
            @if let Some(problem) = &screen.problem {
                (banner(Loudness::Bad, &html! { strong { (t.with("list-down", &[("backend", screen.title.as_str().into())])) } " " (problem) }, None))
            }
            @if !screen.drift.is_empty() { (drift(shell, screen)) }
            (fallen(shell, screen))
            (proposals::section(shell, screen))
            @for group in &screen.groups { (group_of(shell, screen, group)) }
            @if !screen.far_links.is_empty() {
                section { h2 { (t.get("linking-elsewhere")) } (linking::table(shell, &screen.far_links, false)) }
            }
            (index::section(shell, &screen.index))
            (connection(shell, screen))
            @if !screen.left_out.is_empty() {
                section { h2 { (t.get("backend-left-out")) } ul.rows-list { @for line in &screen.left_out { li { (line) } } } }
            }
        }
    };
    shell_page(shell, &screen.title, Layout::Flow, &content)
}

fn head(shell: &Shell, screen: &BackendScreen) -> Markup {
    let t = shell.texts;
    html! {
        header.head {
            div {
                h1 { (screen.title) }
                p.lead {
                    (status::health(t, screen.health))
                    " · " (screen.engine.title()) " " (screen.version)
                    @if let Some(owner) = &screen.owner { " · " (owner) }
                    @if let Some(checked) = screen.checked { " · " (t.get("mosaic-checked")) " " (time::ago(shell, checked)) }
                    @if let Some(latency) = screen.latency { " · " (latency) " ms" }
                }
                @if let Some(purpose) = &screen.purpose { p.lead { (purpose) } }
            }
            @if screen.may_manage {
                div.actions { (control::post_button(&links::backend(&screen.name), &[("do", "read")], &html! { (t.get("backend-read")) }, "")) }
            }
        }
    }
}

/// Links that hold less well than before are told where nobody overlooks them.
fn fallen(shell: &Shell, screen: &BackendScreen) -> Markup {
    let t = shell.texts;
    let fallen: Vec<String> = screen
        .far_links
        .iter()
        .filter(|row| row.fallen_from.is_some())
        .map(|row| format!("{} · {}", row.from, row.title))
        .collect();
    html! {
        @if !fallen.is_empty() {
            (banner(Loudness::Warning, &html! { (t.with("linking-fallen-banner", &[("links", fallen.join(", ").into())])) }, None))
        }
    }
}

fn group_of(shell: &Shell, screen: &BackendScreen, group: &ResourceGroup) -> Markup {
    let t = shell.texts;
    let plain = t.get("backend-resources");
    let title = group.title.as_deref().unwrap_or(&plain);
    html! {
        section {
            h2 { (title) }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table.plain {
                    thead { tr { th scope="col" { (t.get("resource")) } th.right scope="col" { (t.get("resource-records")) } th scope="col" { (t.get("resource-kind")) } th scope="col" { (t.get("resource-key")) } th scope="col" { (t.get("resource-change")) } } }
                    tbody { @for row in &group.resources { (resource(shell, screen, row)) } }
                }
            }
        }
    }
}

fn resource(shell: &Shell, screen: &BackendScreen, row: &ResourceRow) -> Markup {
    let t = shell.texts;
    let kind = match row.kind {
        ResourceKind::Table => "kind-table",
        ResourceKind::View => "kind-view",
        ResourceKind::MaterializedView => "kind-materialized",
        ResourceKind::ForeignTable => "kind-foreign",
        ResourceKind::Collection => "kind-collection",
    };
    html! {
        tr {
            td {
                a.open href=(links::list(&screen.name, &row.name)) { (row.title) }
                @if row.title != row.name.as_str() { " " span.help { (row.name) } }
                @if let Some(comment) = &row.comment { " " span.help { (comment) } }
            }
            td.right { (status::counter(t, row.records)) }
            td { (t.get(kind)) }
            td { @if row.key.is_empty() { span.null { (t.get("resource-no-key")) } } @else { (row.key.join(", ")) } }
            td { @match row.locked { Some(locked) => span.help title=(t.get(locked.key())) { (icon(Icon::Lock)) " " (t.get("read-only")) }, None => (t.get("resource-writable")) } }
        }
    }
}

fn drift(shell: &Shell, screen: &BackendScreen) -> Markup {
    let t = shell.texts;
    html! {
        section {
            h2 { (t.get("drift")) }
            p.help { (t.get("drift-help")) @if let Some(at) = screen.schema_read { " " (time::ago(shell, at)) } }
            ul.rows-list { @for line in &screen.drift { li {
                span { @if line.is_breaking { (icon(Icon::Warning)) " " span.unseen { (t.get("drift-breaking")) " " } } (line.what) }
                @if line.touches.is_empty() { span.end { (t.get("drift-nothing")) } }
                @else { span.end.danger { (t.get("drift-touches")) " " (line.touches.join(", ")) } }
            } } }
        }
    }
}

fn connection(shell: &Shell, screen: &BackendScreen) -> Markup {
    let t = shell.texts;
    let number = |n: u64| crate::format::integer(shell.language(), i128::from(n));
    let c = &screen.connection;
    html! {
        section {
            h2 { (t.get("connection")) }
            dl.pairs {
                @if let Some(place) = &c.place {
                    dt { (t.get("connection-address")) } dd { code { (place.address) } }
                    @if let Some(replica) = &place.replica { dt { (t.get("connection-replica")) } dd { code { (replica) } } }
                }
                dt { (t.get("connection-budget")) }
                dd { (t.with("connection-budget-text", &[("connections", number(u64::from(c.connections)).into()), ("timeout", number(c.timeout).into()), ("rows", number(c.row_cap).into())])) }
                dt { (t.get("connection-manifest")) } dd { @if let Some(place) = &c.place { code { (place.manifest) } " · " } (t.get(if c.writable { "connection-writable" } else { "connection-reads" })) }
            }
        }
    }
}
