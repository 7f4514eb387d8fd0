//! Entries of a record's list that are picked in a form.

use maud::{Markup, html};

use crate::components::Shell;
use crate::components::icon::{Icon, icon};
use crate::shown::ChoiceView;

/// A list to pick from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickGroup {
    /// Name of the input.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub help: Option<String>,
    /// The entries.
    pub rows: Vec<PickRow>,
    /// What is wrong with what was picked.
    pub problem: Option<String>,
}

/// An entry that can be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickRow {
    /// What people recognise it by.
    pub title: String,
    /// What is sent for it, as the office has it.
    pub mark: String,
    /// Whether it is picked.
    pub is_picked: bool,
    /// The number that is meant, and the greatest; none where it is not counted or there is but
    /// one.
    pub number: Option<(String, i64)>,
    /// What is asked for it.
    pub asked: Vec<PickAsked>,
}

/// Something that is asked for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickAsked {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What stands in it.
    pub text: String,
    /// The values that are offered; empty for any text.
    pub choices: Vec<ChoiceView>,
}

impl PickGroup {
    /// Name of the tick of an entry in the form; what belongs to it begins with this and a point.
    #[must_use]
    pub fn tick(input: &str, at: usize) -> String {
        format!("pick.{input}.{at}")
    }
}

/// The list with its ticks.
pub(super) fn group(shell: &Shell, group: &PickGroup) -> Markup {
    let t = shell.texts;
    html! {
        fieldset.form-group.picks data-bad[group.problem.is_some()] {
            legend { (group.title) }
            // Says that entries were offered, also where none is ticked.
            input type="hidden" name={ "picks." (group.name) } value="1";
            @if let Some(help) = &group.help { p.help { (help) } }
            @if group.rows.is_empty() { p.help { (t.get("pick-none")) } }
            @for (at, row) in group.rows.iter().enumerate() { (line(shell, &PickGroup::tick(&group.name, at), row)) }
            @if let Some(problem) = &group.problem { p.error { (icon(Icon::Warning)) span { (problem) } } }
        }
    }
}

fn line(shell: &Shell, tick: &str, row: &PickRow) -> Markup {
    let t = shell.texts;
    html! {
        div.entry {
            label.check for=(tick) { input id=(tick) type="checkbox" name=(tick) value=(row.mark) checked[row.is_picked]; span { (row.title) } }
            div.with {
                @if let Some((number, most)) = &row.number {
                    @let word = t.with("pick-number", &[("title", row.title.as_str().into())]);
                    span.number-of { input.number type="number" name={ (tick) ".number" } min="1" max=(most) value=(number) aria-label=(word); " " (t.get("pick-of")) " " (most) }
                }
                @for asked in &row.asked { (asked_line(tick, asked)) }
            }
        }
    }
}

fn asked_line(tick: &str, asked: &PickAsked) -> Markup {
    let name = format!("{tick}.{}", asked.name);
    html! {
        label.asked for=(name) {
            span { (asked.title) }
            @if asked.choices.is_empty() { input id=(name) type="text" name=(name) value=(asked.text); }
            @else {
                select id=(name) name=(name) {
                    @for choice in &asked.choices { option value=(choice.value) selected[choice.value == asked.text] { (choice.title) } }
                }
            }
        }
    }
}
