//! The head of a list: title, count, actions, saved views.

use maud::{Markup, html};

use super::{ListScreen, ViewScope, ViewTab, columns};
use crate::components::icon::{Icon, icon};
use crate::components::{Shell, control, menu, status};
use crate::links;

pub(super) fn head(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    html! {
        header.list-head {
            div.titles {
                p.crumb {
                    a href=(links::backend(&list.backend)) { (list.backend_title) }
                    (status::health_mark(t, list.health))
                }
                h1 title=[list.help.as_deref()] { (list.title) }
                @match list.count {
                    Some(count) => span #count { (status::count(t, count)) },
                    None => span #count.count data-get=(list.part("count")) data-when="load" aria-live="polite" {
                        noscript { a href=(list.part("count")) { (t.get("count-ask")) } }
                    },
                }
                @if let (Some(locked), Some(_)) = (list.rights.change_locked, list.rights.create_locked) {
                    span.badge title=(t.get(locked.key())) { (t.get("read-only")) span.unseen { ": " (t.get(locked.key())) } }
                }
            }
            div.actions {
                (work_through(shell, list))
                (save_view(shell, list))
                (columns::chooser(shell, list))
                (export(shell, list))
                (new_button(shell, list))
            }
        }
    }
}

/// The way through the records of a view, one after another.
fn work_through(shell: &Shell, list: &ListScreen) -> Markup {
    let is_view = list.query.view.as_deref().is_some_and(|view| view != super::ALL_RECORDS);
    let is_offered = (is_view || list.is_narrowed()) && !list.rows.is_empty();
    html! {
        @if is_offered {
            a.button href=(list.part("queue")) data-key="w" aria-keyshortcuts="w" title=(shell.texts.get("queue-start-help")) { (icon(Icon::Play)) span { (shell.texts.get("queue-start")) } }
        }
    }
}

fn new_button(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let word = t.get("list-new");
    match list.rights.create_locked {
        None => html! {
            a.button.primary href=(links::part(&list.backend, &list.resource, "new")) data-new { (icon(Icon::Plus)) span { (word) } }
        },
        Some(locked) => html! {
            button.button type="button" aria-disabled="true" title=(t.get(locked.key())) {
                (icon(Icon::Lock)) span { (word) } span.unseen { ": " (t.get(locked.key())) }
            }
        },
    }
}

fn export(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let imports = list.rights.change_locked.is_none() || list.rights.create_locked.is_none();
    let panel = html! {
        p.panel-note { (t.get("export-note")) }
        @for (part, key) in [("export.csv", "export-csv"), ("export.xlsx", "export-xlsx"), ("export.ndjson", "export-ndjson")] {
            a.item href=(list.part(part)) download { (icon(Icon::File)) span { (t.get(key)) } }
        }
        @if imports {
            hr;
            a.item href=(links::part(&list.backend, &list.resource, "import")) { (icon(Icon::Into)) span { (t.get("import")) } }
        }
    };
    let word = t.get(if imports { "import-export" } else { "export" });
    menu::menu(&menu::label(Some(Icon::Export), &word), None, "end", &panel)
}

fn save_view(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let own =
        list.views.iter().find(|view| view.is_own && Some(&view.id) == list.query.view.as_ref());
    let action = links::part(&list.backend, &list.resource, "views");
    let fields = list.query.pairs_without(&["after", "before", "view"]);
    let is_offered = |scope: ViewScope| match scope {
        ViewScope::Personal => true,
        ViewScope::Team => list.rights.has_team,
        ViewScope::Everybody => list.rights.share_views,
    };
    let scope = own.map_or(ViewScope::Personal, |view| view.scope).code();
    let counted = own.is_none_or(|view| view.counted);
    let scopes: Vec<_> = ViewScope::ALL
        .iter()
        .filter(|(scope, ..)| is_offered(*scope))
        .map(|(_, code, key)| (*code, t.get(key)))
        .collect();
    let scopes: Vec<_> = scopes.iter().map(|(code, word)| (*code, word.as_ref())).collect();
    let panel = html! {
        form.stacked.panel-form method="post" action=(action) {
            @for (name, value) in &fields { input type="hidden" name=(name) value=(value); }
            (control::line("view-title", &t.get("view-name"), None, None, &html! {
                input id="view-title" name="title" required maxlength="80" value=(own.map_or("", |view| view.title.as_str())) autocomplete="off";
            }))
            (control::line("view-scope", &t.get("view-scope"), None, None, &control::select("view-scope", "scope", None, &scopes, scope)))
            label.check for="view-counted" { input #view-counted type="checkbox" name="counted" value="1" checked[counted]; (t.get("view-counted")) }
            label.check for="view-first" { input #view-first type="checkbox" name="first" value="1" checked[own.is_some_and(|view| view.opens_first)]; (t.get("view-first")) }
            div.actions {
                (control::submit(&t.get("view-save")))
                @if let Some(view) = own {
                    button.button type="submit" name="id" value=(view.id) { (t.get("view-overwrite")) }
                    button.button.danger type="submit" name="delete" value=(view.id) formnovalidate { (t.get("view-delete")) }
                }
            }
        }
    };
    menu::menu(&menu::label(Some(Icon::Bookmark), &t.get("view-keep")), None, "end wide", &panel)
}

/// Saved views as tabs; a view with a counter is a work queue.
pub(super) fn tabs(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    if list.views.is_empty() {
        return html! {};
    }
    // Without a word the list would open with the view that opens first.
    let opens_first = list.views.iter().any(|view| view.opens_first);
    let view = opens_first.then(|| super::ALL_RECORDS.to_owned());
    let all = super::ListQuery { view, ..super::ListQuery::default() };
    let is_all = list.query.view.as_deref().is_none_or(|view| view == super::ALL_RECORDS);
    html! {
        nav.tabs aria-label=(t.get("views")) {
            a href=(list.here(&all)) aria-current=[is_all.then_some("page")] data-swap="#list" { (t.get("view-all")) }
            @for view in &list.views { (tab(shell, list, view)) }
        }
    }
}

fn tab(shell: &Shell, list: &ListScreen, view: &ViewTab) -> Markup {
    let current = list.query.view.as_ref() == Some(&view.id);
    let changed = current && list.query.from_start().filter != view.query.filter;
    let source = view.query.part(&list.backend, &list.resource, "count");
    html! {
        a href=(list.here(&view.query)) aria-current=[current.then_some("page")] data-swap="#list" {
            (view.title)
            @if changed { span.changed title=(shell.texts.get("view-changed")) { "*" span.unseen { (shell.texts.get("view-changed")) } } }
            @if view.counted {
                " "
                @match view.count {
                    Some(count) => (status::counter(shell.texts, count)),
                    None => span.counter data-get={ (source) "&short=1" } data-when="load" {},
                }
            }
        }
    }
}
