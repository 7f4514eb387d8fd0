//! The bar with search box, quick filters, chips, and the filter's text form.

use kontor_model::filter::{Filter, Operator};
use maud::{Markup, html};

use super::{ListQuery, ListScreen, QuickFilter, SearchBox, describe};
use crate::components::icon::{Icon, icon};
use crate::components::{Shell, menu, status};
use crate::links;
use crate::shown::Tone;

pub(super) fn bar(shell: &Shell, list: &ListScreen) -> Markup {
    html! {
        div.filters role="search" aria-label=(shell.texts.get("filter")) {
            (search_box(shell, list))
            @for quick in &list.quick { (quick_filter(list, quick)) }
            (chips(shell, list))
            (add(shell, list))
            (as_text(shell, list))
            (clear(shell, list))
        }
    }
}

fn carried(list: &ListScreen, without: &[&str]) -> Markup {
    let mut names = vec!["after", "before"];
    names.extend_from_slice(without);
    html! {
        @for (name, value) in list.query.pairs_without(&names) { input type="hidden" name=(name) value=(value); }
    }
}

fn search_box(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let prompt = match &list.search {
        SearchBox::Over(fields) => t.with("search-in", &[("fields", fields.join(", ").into())]),
        SearchBox::Service => t.get("search-service").into_owned(),
        SearchBox::WouldScan { .. } | SearchBox::Nothing => String::new(),
    };
    match &list.search {
        SearchBox::Over(_) | SearchBox::Service => html! {
            form.find method="get" action=(links::list(&list.backend, &list.resource)) data-swap="#list" {
                (carried(list, &["q"]))
                (icon(Icon::Search))
                input type="search" name="q" value=(list.query.search) placeholder=(prompt) aria-label=(prompt) title=(prompt) autocomplete="off" data-find;
            }
        },
        SearchBox::WouldScan { records } => html! {
            p.no-find { (icon(Icon::Search)) (t.count("search-scan", *records)) }
        },
        SearchBox::Nothing => html! {},
    }
}

/// Values of a status field; a click on the chosen one lets go of it.
fn quick_filter(list: &ListScreen, quick: &QuickFilter) -> Markup {
    let Some(field) = list.fields.iter().find(|field| field.name == quick.field) else {
        return html! {};
    };
    let parts = list.filter.clone().into_conjuncts();
    let of_field = |part: &Filter| matches!(part, Filter::Test(test) if test.operator == Operator::Eq && test.path == [quick.field.clone()]);
    let chosen = parts.iter().find_map(|part| match part {
        Filter::Test(test) if of_field(part) => test.operands.first().cloned(),
        _ => None,
    });
    let others = Filter::All(parts.into_iter().filter(|part| !of_field(part)).collect());
    let panel = html! {
        @for (value, word) in &quick.values {
            @let current = chosen.as_ref() == Some(value);
            @let filter = if current { others.clone() } else { others.clone().and(Filter::test(&[&quick.field], Operator::Eq, &[value])) };
            a.item href=(list.here(&list.query.with_filter(filter.to_string()))) aria-current=[current.then_some("true")] data-swap="#list" {
                (status::dot(Tone::of_word(value), word))
                @if current { span.end { (icon(Icon::Check)) } }
            }
        }
    };
    menu::menu(&menu::label(None, &field.title), None, "quick", &panel)
}

/// One form for all chips: the filter stands in it once, and each button says only which part of it
/// is meant.
fn chips(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let parts = list.filter.clone().into_conjuncts();
    let builder = links::part(&list.backend, &list.resource, "filter");
    html! {
        @if !parts.is_empty() {
            form.chips method="get" action=(links::list(&list.backend, &list.resource)) data-swap="#list" {
                (carried(list, &[]))
                @for (at, part) in parts.iter().enumerate() {
                    @let words = describe::filter(t, shell.reader(), list.names(), part);
                    span.chip {
                        button.words type="submit" name="at" value=(at) formaction=(builder) data-sheet title=(t.get("filter-edit")) { (words) }
                        button.drop type="submit" name="drop" value=(at) aria-label={ (t.get("filter-drop")) ": " (words) } { (icon(Icon::Close)) }
                    }
                }
            }
        }
        @if !list.query.search.is_empty() {
            @let without = ListQuery { search: String::new(), ..list.query.from_start() };
            span.chip {
                span.words { (t.with("search-words", &[("words", list.query.search.as_str().into())])) }
                a.drop href=(list.here(&without)) data-swap="#list" aria-label=(t.get("search-drop")) { (icon(Icon::Close)) }
            }
        }
    }
}

/// The mark with which the next pair of the address begins.
fn mark(list: &ListScreen) -> &'static str {
    if list.part("filter").contains('?') { "&" } else { "?" }
}

fn add(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    html! {
        a.button.bare.add href={ (list.part("filter")) (mark(list)) "at=new" } data-sheet data-add-filter {
            (icon(Icon::Filter)) span { (t.get("filter-add")) }
        }
    }
}

fn clear(shell: &Shell, list: &ListScreen) -> Markup {
    html! {
        @if list.is_narrowed() {
            @let all = ListQuery { search: String::new(), ..list.query.with_filter("") };
            a.clear href=(list.here(&all)) data-swap="#list" { (shell.texts.get("filter-reset")) }
        }
    }
}

fn as_text(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    let panel = html! {
        form.stacked.panel-form method="get" action=(links::list(&list.backend, &list.resource)) data-swap="#list" {
            (carried(list, &["f"]))
            label for="filter-text" { (t.get("filter-text")) }
            textarea #filter-text name="f" rows="3" spellcheck="false" { (list.query.filter) }
            p.help { (t.get("filter-text-help")) " " code { "status = open and (total >= 100 or note is empty)" } br; (t.get("filter-text-more")) }
            div.actions { button.button.primary type="submit" { (t.get("filter-apply")) } }
        }
    };
    let word = t.get("filter-text");
    menu::menu(&html! { (icon(Icon::Code)) }, Some(&word), "wide text-form", &panel)
}
