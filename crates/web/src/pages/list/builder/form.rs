//! The builder's form.

use kontor_model::FieldType;
use kontor_model::filter::{Arity, Operator};
use maud::{Markup, html};

use super::{BuilderScreen, DraftTest, operators};
use crate::components::Shell;
use crate::components::icon::{Icon, icon};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Here, Layout, page as shell_page};
use crate::links;
use crate::pages::list::describe::{PERIODS, operator_key};
use crate::pages::list::query;
use crate::shown::FieldView;
use crate::texts::Texts;

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &BuilderScreen) -> Markup {
    let mut shell = shell.clone();
    shell.here = Here::Resource(screen.backend.clone(), screen.resource.clone());
    let title = format!("{} · {}", shell.texts.get("filter"), screen.title);
    shell_page(
        &shell,
        &title,
        Layout::Flow,
        &html! { div.page.narrow { h1 { (screen.title) } (fragment(&shell, screen)) } },
    )
}

/// The builder for the sheet over the list.
#[must_use]
pub fn fragment(shell: &Shell, screen: &BuilderScreen) -> Markup {
    let t = shell.texts;
    let back = screen.query.address(&screen.backend, &screen.resource);
    html! {
        form.builder method="get" action=(links::part(&screen.backend, &screen.resource, "filter")) data-refresh {
            h2 #sheet-title { (t.get(if screen.part.at.is_some() { "filter-edit" } else { "filter-add" })) }
            @if let Some(error) = &screen.error { (banner(Loudness::Bad, &html! { (error) }, None)) }
            @for (name, value) in screen.query.pairs_without(&["after", "before"]) { input type="hidden" name=(name) value=(value); }
            input type="hidden" name="at" value=(screen.part.at.map_or("new".to_owned(), |at| at.to_string()));
            // Enter presses the first button of a form, and it means this one.
            button.unseen type="submit" name="do" value="apply" data-swap="#list" tabindex="-1" aria-hidden="true" {}
            @if let Some(text) = &screen.part.text {
                label for="part-text" { (t.get("filter-text")) }
                textarea #part-text name="text" rows="4" spellcheck="false" autofocus { (text) }
            } @else {
                @for (i, test) in screen.part.tests.iter().enumerate() { (test_line(shell, screen, i, test)) }
                button.button.bare.small type="submit" name="more" value="1" { (icon(Icon::Plus)) (t.get("builder-or")) }
            }
            div.actions {
                button.button.primary type="submit" name="do" value="apply" data-swap="#list" { (t.get("filter-apply")) }
                a.button href=(back) data-dismiss { (t.get("cancel")) }
            }
        }
    }
}

fn test_line(shell: &Shell, screen: &BuilderScreen, i: usize, test: &DraftTest) -> Markup {
    let t = shell.texts;
    let first = screen.fields.iter().find(|field| field.filterable);
    let names = screen.names();
    let Some(field) = names.field(&test.path).or(first) else {
        return html! { p { (t.get("builder-no-field")) } };
    };
    let operator = test.operator_for(field);
    let value_of = |link: Option<&str>, name: &str| {
        query::join(link.into_iter().chain([name]).map(|name| ("", name)))
    };
    html! {
        fieldset.test {
            legend.unseen { (t.get("builder-test")) " " (i + 1) }
            @if i > 0 { span.or { (t.get("filter-or")) } }
            select name={ "field" (i) } aria-label=(t.get("builder-field")) data-changes autofocus[i == 0] {
                @for candidate in screen.fields.iter().filter(|field| field.filterable) {
                    option value=(value_of(None, &candidate.name)) selected[test.path.len() < 2 && candidate.name == field.name] { (candidate.title) }
                }
                @for linked in &screen.linked {
                    optgroup label=(linked.title) {
                        @for candidate in &linked.fields {
                            option value=(value_of(Some(&linked.name), &candidate.name)) selected[test.path.len() == 2 && test.path[0] == linked.name && candidate.name == field.name] { (linked.title) " › " (candidate.title) }
                        }
                    }
                }
            }
            select name={ "op" (i) } aria-label=(t.get("builder-operator")) data-changes {
                @for offered in operators(field) {
                    option value=(offered.symbol()) selected[offered == operator] { (t.get(operator_key(offered, Some(&field.ty)))) }
                }
            }
            noscript { button.button.small type="submit" { (t.get("builder-go")) } }
            div.values { (values(t, field, operator, i, &test.operands)) }
            @if screen.part.tests.len() > 1 {
                button.button.bare.mark type="submit" name="drop" value=(i) formnovalidate aria-label=(t.get("builder-drop")) { (icon(Icon::Close)) }
            }
        }
    }
}

fn values(
    t: &Texts,
    field: &FieldView,
    operator: Operator,
    i: usize,
    operands: &[String],
) -> Markup {
    let name = format!("value{i}");
    let word = t.get("builder-value");
    let given = |at: usize| operands.get(at).map_or("", String::as_str);
    let single = |at: usize| input(t, field, &name, given(at), &word);
    match operator.arity() {
        Arity::None => html! {},
        Arity::One if operator == Operator::During => period_input(t, &name, given(0)),
        Arity::One => single(0),
        Arity::Two => html! { (single(0)) span.to { "–" } (single(1)) },
        Arity::Many => match &field.ty {
            FieldType::Enum { choices } => html! {
                @for (at, choice) in choices.iter().enumerate() {
                    @let id = format!("{name}-{at}");
                    label.check for=(id) { input id=(id) type="checkbox" name=(name) value=(choice) checked[operands.contains(choice)]; (choice) }
                }
            },
            _ => {
                html! { textarea name=(name) rows="3" aria-label=(word) placeholder=(t.get("builder-lines")) { (operands.join("\n")) } }
            }
        },
    }
}

fn input(t: &Texts, field: &FieldView, name: &str, value: &str, word: &str) -> Markup {
    match &field.ty {
        FieldType::Bool => {
            let choices = [("true", t.get("yes")), ("false", t.get("no"))];
            html! {
                select name=(name) aria-label=(word) {
                    @for (code, word) in &choices { option value=(code) selected[*code == value] { (word) } }
                }
            }
        }
        FieldType::Enum { choices } => html! {
            select name=(name) aria-label=(word) {
                @for choice in choices { option selected[choice == value] { (choice) } }
            }
        },
        FieldType::Date => html! { input type="date" name=(name) value=(value) aria-label=(word); },
        ty => {
            let is_moment = ty.is_temporal() || field.is_unix_time();
            let mode = (ty.is_numeric() && !is_moment).then_some("decimal");
            let hint = is_moment.then_some("2026-11-20 13:45");
            let line = html! { input type="text" name=(name) value=(value) aria-label=(word) inputmode=[mode] placeholder=[hint] autocomplete="off"; };
            match field.currency() {
                Some(currency) => html! { span.amount { (line) span.unit { (currency) } } },
                None => line,
            }
        }
    }
}

/// A list of periods, and a line for any other; the line wins, since it stands last.
fn period_input(t: &Texts, name: &str, value: &str) -> Markup {
    let known = PERIODS.iter().any(|(period, _)| *period == value) || value.is_empty();
    html! {
        select name=(name) aria-label=(t.get("builder-period")) {
            @for (period, key) in PERIODS { option value=(period) selected[*period == value] { (t.get(key)) } }
        }
        input type="text" name=(name) value=(if known { "" } else { value }) placeholder=(t.get("builder-other-period")) aria-label=(t.get("builder-other-period")) autocomplete="off";
    }
}
