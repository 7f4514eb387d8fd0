//! What stands under a list: the selection and what can be done with it, and the pager.

use maud::{Markup, html};

use super::{ListAction, ListQuery, ListScreen};
use crate::components::icon::{Icon, icon};
use crate::components::{Shell, menu};
use crate::links;

/// Shown while something is selected; works without script, since the style asks for it.
pub(super) fn bulk_bar(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    if list.rows.is_empty() {
        return html! {};
    }
    let action = links::part(&list.backend, &list.resource, "bulk");
    let change = list.rights.change_locked.is_none();
    let delete = list.rights.delete_locked.is_none();
    html! {
        form.bulk #bulk method="post" action=(action) {
            @for (name, value) in list.query.pairs_without(&["after", "before"]) { input type="hidden" name=(name) value=(value); }
            span.selected data-selection { (t.get("bulk-selection")) }
            span.sums data-sums aria-live="polite" {}
            // On a narrow screen all of it is one line: what can be done is in a menu there.
            (menu::menu(&menu::label(None, &t.get("bulk-acts")), None, "end up small-screen", &narrow(shell, list, change, delete)))
            button.button.bare.mark.small-screen type="reset" title=(t.get("bulk-none")) aria-label=(t.get("bulk-none")) { (icon(Icon::Close)) }
            div.actions.large-screen {
                (bulk_actions(shell, &list.actions))
                @if change { button.button type="submit" name="do" value="edit" { (icon(Icon::Edit)) (t.get("bulk-edit")) } }
                @if delete { button.button.danger type="submit" name="do" value="delete" { (icon(Icon::Trash)) (t.get("bulk-delete")) } }
                button.button type="submit" name="do" value="export" { (icon(Icon::Export)) (t.get("bulk-export")) }
                @if change || !list.actions.is_empty() {
                    label.check for="bulk-all" title=(t.get("bulk-all-help")) { input #bulk-all type="checkbox" name="all" value="1"; (t.get("bulk-all")) }
                }
                button.button.bare type="reset" { (t.get("bulk-none")) }
            }
        }
    }
}

/// What can be done with the selection, below each other.
fn narrow(shell: &Shell, list: &ListScreen, change: bool, delete: bool) -> Markup {
    let t = shell.texts;
    let item = |value: &str, class: &str, which: Icon, word: &str| {
        html! { button class={ "button item " (class) } type="submit" name="do" value=(value) { (icon(which)) span { (t.get(word)) } } }
    };
    html! {
        @if change || !list.actions.is_empty() {
            label.check.item for="bulk-all-small" { input #bulk-all-small type="checkbox" name="all" value="1"; (t.get("bulk-all")) }
            hr;
        }
        @for action in &list.actions {
            button.button.item type="submit" name="act" value=(action.name) { @if let Some(which) = action.icon { (icon(which)) } span { (action.title) } }
        }
        @if !list.actions.is_empty() { hr; }
        @if change { (item("edit", "", Icon::Edit, "bulk-edit")) }
        @if delete { (item("delete", "danger", Icon::Trash, "bulk-delete")) }
        (item("export", "", Icon::Export, "bulk-export"))
    }
}

/// Actions that stand beside each other; the others are in a menu.
const MOST_BUTTONS: usize = 3;

/// What can be done with the selection: the manifest's first actions as buttons.
fn bulk_actions(shell: &Shell, actions: &[ListAction]) -> Markup {
    let (first, rest) = actions.split_at(actions.len().min(MOST_BUTTONS));
    let button = |action: &ListAction, class: &str| {
        html! {
            button class={ "button " (class) } type="submit" name="act" value=(action.name) {
                @if let Some(which) = action.icon { (icon(which)) }
                span { (action.title) }
            }
        }
    };
    let panel = html! { @for action in rest { (button(action, "item")) } };
    html! {
        @for action in first { (button(action, "")) }
        @if !rest.is_empty() {
            (menu::menu(&menu::label(None, &shell.texts.get("bulk-acts")), None, "end up", &panel))
        }
    }
}

/// Rows per page that are offered.
const ROWS: [u32; 4] = [25, 50, 100, 200];

pub(super) fn pager(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let before = list
        .previous
        .as_ref()
        .map(|place| ListQuery { before: Some(place.clone()), ..list.query.from_start() });
    let after = list
        .next
        .as_ref()
        .map(|place| ListQuery { after: Some(place.clone()), ..list.query.from_start() });
    let shown = t.count("pager-rows", list.rows.len() as u64);
    html! {
        nav.pager aria-label=(t.get("pager")) {
            span.shown { (shown) @if list.previous.is_none() && list.next.is_none() && !list.rows.is_empty() { " · " (t.get("pager-all")) } }
            @if let Some(field) = &list.hides_deleted {
                span.help { (t.with("list-hides-deleted", &[("field", field.as_str().into())])) }
            }
            form.rows method="get" action=(links::list(&list.backend, &list.resource)) data-swap="#list" {
                @for (name, value) in list.query.pairs_without(&["after", "before", "n"]) { input type="hidden" name=(name) value=(value); }
                label for="rows" { (t.get("pager-per-page")) }
                select #rows name="n" data-submit {
                    @for rows in ROWS { option value=(rows) selected[rows == list.page_rows] { (rows) } }
                    @if !ROWS.contains(&list.page_rows) { option value=(list.page_rows) selected { (list.page_rows) } }
                }
                noscript { button.button.small type="submit" { (t.get("column-apply")) } }
            }
            div.steps {
                @if list.previous.is_some() {
                    a.button.small href=(list.here(&list.query.from_start())) data-swap="#list" { (t.get("pager-first")) }
                }
                (step(list, before.as_ref(), Icon::Left, &t.get("pager-previous"), "prev"))
                (step(list, after.as_ref(), Icon::Right, &t.get("pager-next"), "next"))
            }
        }
    }
}

fn step(
    list: &ListScreen,
    query: Option<&ListQuery>,
    which: Icon,
    word: &str,
    rel: &str,
) -> Markup {
    html! {
        @match query {
            Some(query) => a.button.mark.small href=(list.here(query)) rel=(rel) title=(word) aria-label=(word) data-swap="#list" { (icon(which)) },
            None => span.button.mark.small aria-disabled="true" { (icon(which)) },
        }
    }
}
