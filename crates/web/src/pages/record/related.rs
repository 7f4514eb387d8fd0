//! What points to a record: how many, and the first of them.

use kontor_model::Count;
use maud::{Markup, html};

use crate::components::cell::{Place, content};
use crate::components::icon::{Icon, icon};
use crate::components::{Shell, status};
use crate::links;
use crate::shown::{Cell, FieldView, RecordRef};

/// The first records that point to a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// Title of the other resource.
    pub title: String,
    /// How many there are.
    pub count: Count,
    /// The columns shown.
    pub columns: Vec<FieldView>,
    /// The first rows: record, cells.
    pub rows: Vec<(RecordRef, Vec<Cell>)>,
    /// The list of all of them.
    pub all: String,
    /// Whether it is the one record that another points to, and not all that point to one.
    pub is_one: bool,
    /// Whether the records are things of a case, and open as such.
    pub opens_case: bool,
    /// Where one more is made, where the reader may.
    pub new: Option<String>,
    /// Why they cannot be read, in the reader's words.
    pub problem: Option<String>,
}

/// The content of the section.
#[must_use]
pub fn fragment(shell: &Shell, related: &Related) -> Markup {
    let t = shell.texts;
    html! {
        header.section-head {
            h2 {
                @if related.all.is_empty() { (related.title) } @else { a href=(related.all) { (related.title) } }
                @if !related.is_one { " " (status::counter(t, related.count)) }
            }
            @if let Some(new) = &related.new { a.button.bare.small href=(new) { (icon(Icon::Plus)) (t.get("list-new")) } }
        }
        @if let Some(problem) = &related.problem { p.help { (problem) } }
        @else if related.rows.is_empty() { p.help { (t.get("related-none")) } }
        @else {
            div.scroll tabindex="0" role="region" aria-label=(related.title) {
                table.plain {
                    thead { tr { @for column in &related.columns { th scope="col" .right[column.is_right_aligned()] { (column.title) } } } }
                    tbody { @for (record, cells) in &related.rows { (row(shell, related, record, cells)) } }
                }
            }
            @if more(related) { p { a href=(related.all) { (t.get("related-all")) } } }
        }
    }
}

fn row(shell: &Shell, related: &Related, record: &RecordRef, cells: &[Cell]) -> Markup {
    let link = if related.opens_case { links::case(record) } else { record.link() };
    html! {
        tr {
            @for (place, (field, cell)) in related.columns.iter().zip(cells).enumerate() {
                @let value = content(shell, field, cell, Place::List);
                td .right[field.is_right_aligned()] {
                    @if place == 0 && !cell.leads_elsewhere() { a.open href=(link) data-peek=(record.part("peek")) { (value) } }
                    @else { (value) }
                }
            }
        }
    }
}

fn more(related: &Related) -> bool {
    match related.count {
        Count::Exact(n) => n > related.rows.len() as u64,
        _ => true,
    }
}
