//! The sidebar: backends with their resources, and the places of those who administer.

use maud::{Markup, html};

use super::{Here, NavBackend, Shell, mark};
use crate::components::icon::{Icon, icon};
use crate::components::status;
use crate::links;

pub(super) fn sidebar(shell: &Shell) -> Markup {
    let t = shell.texts;
    let is_administrator = shell.user.as_ref().is_some_and(|user| user.is_administrator);
    html! {
        nav #nav.sidebar aria-label=(t.get("nav")) {
            div.head {
                a.brand href=(links::HOME) { (mark()) "Kontor" }
                a.button.bare.mark.close href="#main" aria-label=(t.get("close")) { (icon(Icon::Close)) }
            }
            div.places {
                (place(links::HOME, Icon::Home, &t.get("mosaic-title"), shell.here == Here::Mosaic))
                @if !shell.backends.is_empty() {
                    p.heading { (t.get("nav-backends")) }
                }
                @for backend in &shell.backends { (nav_backend(shell, backend)) }
            }
            div.places.last {
                @if is_administrator {
                    (place(links::LINKS, Icon::Link, &t.get("linking-title"), shell.here == Here::Links))
                    (place(links::CONNECT, Icon::Plug, &t.get("connect-title"), shell.here == Here::Connect))
                    (place(links::AUDIT, Icon::Scroll, &t.get("audit-title"), shell.here == Here::Audit))
                    (place(links::PEOPLE, Icon::People, &t.get("people-title"), shell.here == Here::People))
                }
            }
        }
    }
}

fn place(href: &str, which: Icon, word: &str, current: bool) -> Markup {
    html! {
        a.place href=(href) aria-current=[current.then_some("page")] { (icon(which)) span { (word) } }
    }
}

fn nav_backend(shell: &Shell, backend: &NavBackend) -> Markup {
    let t = shell.texts;
    let (is_here, resource) = match &shell.here {
        Here::Backend(name) => (*name == backend.name, None),
        Here::Resource(name, resource) => (*name == backend.name, Some(resource)),
        _ => (false, None),
    };
    let on_page = is_here && resource.is_none();
    html! {
        details.backend open[is_here || shell.backends.len() <= 3] {
            summary {
                span.chevron { (icon(Icon::Right)) }
                span.name { (backend.title) }
                (status::health_mark(t, backend.health))
            }
            @for entry in &backend.resources {
                @let current = is_here && resource == Some(&entry.name);
                a.place href=(links::list(&backend.name, &entry.name)) aria-current=[current.then_some("page")] {
                    span { (entry.title) }
                }
            }
            a.place.quiet href=(links::backend(&backend.name)) aria-current=[on_page.then_some("page")] {
                @if backend.more > 0 { (t.count("nav-more", backend.more as u64)) }
                @else { (t.get("nav-about")) }
            }
        }
    }
}
