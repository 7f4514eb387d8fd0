//! The table of a list.

use kontor_model::FieldType;
use maud::{Markup, html};

use super::{ListScreen, Row};
use crate::components::icon::{Icon, icon};
use crate::components::{Shell, cell};
use crate::format::Format;
use crate::pages::record::given::input_text;
use crate::shown::{Cell, FieldView};
use crate::texts::Texts;

pub(super) fn table(shell: &Shell, list: &ListScreen) -> Markup {
    let t = shell.texts;
    html! {
        div.table-wrap tabindex="-1" {
            table.grid .opens[opens(list)] data-grid aria-label=(list.title) {
                thead {
                    tr {
                        th.pick scope="col" {
                            input type="checkbox" data-pick-all aria-label=(t.get("select-all"));
                        }
                        @for (place, (field, pinned)) in list.columns.iter().enumerate() {
                            (header(shell, list, &list.fields[*field], place, *pinned))
                        }
                    }
                }
                tbody { @for row in &list.rows { (line(shell, list, row)) } }
            }
        }
    }
}

/// Whether the first column leads to other records, so that the rows need a mark of their own that
/// opens them.
fn opens(list: &ListScreen) -> bool {
    list.rows.iter().any(leads_elsewhere)
}

fn leads_elsewhere(row: &Row) -> bool {
    row.cells.first().is_some_and(Cell::leads_elsewhere)
}

fn header(
    shell: &Shell,
    list: &ListScreen,
    field: &FieldView,
    place: usize,
    pinned: bool,
) -> Markup {
    let t = shell.texts;
    let sorted = list.sort.first().filter(|sort| sort.field == field.name);
    let aria = sorted.map(|sort| if sort.descending { "descending" } else { "ascending" });
    let hint = field.help.as_deref();
    let next = super::ListQuery { sort: list.sort.clone(), ..list.query.clone() };
    html! {
        th scope="col" aria-sort=[aria] title=[hint]
            .right[field.is_right_aligned()] .pinned[pinned || place == 0] .first[place == 0]
            data-f=(field.name) data-kind=(kind(field)) data-choices=[choices(field)] data-nullable[field.nullable] data-sum[sums(field)] data-currency=[field.currency()] {
            @if field.sortable {
                a.sort href=(list.here(&next.sorted_by(&field.name))) data-swap="#list" {
                    span { (field.title) }
                    @if let Some(sort) = sorted { (icon(if sort.descending { Icon::Down } else { Icon::Up })) }
                }
            } @else {
                span.sort title=(t.get("column-unsortable")) { span { (field.title) } }
            }
            span.resize.scripted data-resize aria-hidden="true" {}
        }
    }
}

/// The kind of editor that a field's cells get.
#[must_use]
pub(crate) fn kind(field: &FieldView) -> &'static str {
    match &field.ty {
        _ if !field.choices.is_empty() => "choice",
        FieldType::Bool => "bool",
        _ if field.is_unix_time() => "moment",
        FieldType::Int { .. }
        | FieldType::Decimal { .. }
        | FieldType::Float { .. }
        | FieldType::Year => "number",
        FieldType::Enum { .. } => "choice",
        FieldType::Date => "date",
        FieldType::DateTime | FieldType::Instant => "moment",
        FieldType::Json { .. } => "lines",
        FieldType::Text { max: None } | FieldType::Text { max: Some(256..) } => "lines",
        _ => "text",
    }
}

fn choices(field: &FieldView) -> Option<String> {
    match &field.ty {
        _ if !field.choices.is_empty() => {
            let values: Vec<&str> =
                field.choices.iter().map(|choice| choice.value.as_str()).collect();
            serde_json::to_string(&values).ok()
        }
        FieldType::Enum { choices } => serde_json::to_string(choices).ok(),
        _ => None,
    }
}

/// Whether the sum of a selection means something.
fn sums(field: &FieldView) -> bool {
    field.is_right_aligned() && !field.is_key && field.ty != FieldType::Year
}

fn line(shell: &Shell, list: &ListScreen, row: &Row) -> Markup {
    let t = shell.texts;
    let key = row.key.to_text();
    let href = list.query.record(&list.record(row));
    html! {
        tr data-key=(crate::links::encode(&key)) data-href=(href) {
            td.pick {
                input type="checkbox" name="key" value=(key) form="bulk" aria-label={ (t.get("select-row")) " " (row.title) };
                @if leads_elsewhere(row) { (open_mark(t, row, &href)) }
            }
            @for (place, ((field, pinned), cell)) in list.columns.iter().zip(&row.cells).enumerate() {
                (data(shell, &list.fields[*field], cell, (place == 0).then_some(href.as_str()), *pinned))
            }
        }
    }
}

fn open_mark(t: &Texts, row: &Row, href: &str) -> Markup {
    let word = t.with("open-row", &[("title", row.title.as_str().into())]);
    html! { a.mark href=(href) title=(word) aria-label=(word) data-peek=(peek_of(href)) { (icon(Icon::Into)) } }
}

fn data(shell: &Shell, field: &FieldView, cell: &Cell, href: Option<&str>, pinned: bool) -> Markup {
    let tagged = (cell.editable && cell.value.is_whole()).then(|| cell.value.to_tagged());
    let local = tagged.as_ref().and_then(|_| edit_text(shell, field, cell));
    let sum = sums(field).then(|| number(field, cell)).flatten();
    let currency = cell.currency.as_deref().filter(|_| sum.is_some());
    let content = cell::content(shell, field, cell, cell::Place::List);
    html! {
        td .right[field.is_right_aligned()] .pinned[pinned || href.is_some()] .first[href.is_some()]
            data-v=[tagged] data-e=[local] data-n=[sum] data-currency=[currency] {
            @match (href, cell.leads_elsewhere()) {
                (Some(href), false) => a.open href=(href) data-peek=(peek_of(href)) { (content) },
                _ => (content),
            }
        }
    }
}

/// The peek of a record whose address carries its list.
fn peek_of(href: &str) -> String {
    let path = href.split('?').next().unwrap_or(href);
    format!("{path}/peek")
}

/// What an editor starts with where that is not the value's own text: numbers, amounts and moments
/// in the reader's notation.
#[must_use]
pub(crate) fn edit_text(shell: &Shell, field: &FieldView, cell: &Cell) -> Option<String> {
    let text = input_text(shell.reader(), &field.in_currency_of(cell), &cell.value);
    (cell.value.to_text()? != text).then_some(text)
}

/// A cell's number in plain notation, as sums need it: amounts in their major unit.
#[must_use]
pub(crate) fn number(field: &FieldView, cell: &Cell) -> Option<String> {
    let plain = cell.value.to_text()?;
    Some(match field.in_currency_of(cell).format {
        Format::Money { minor: Some(minor), .. } => {
            kontor_office::catalog::in_major_units(&plain, u32::from(minor))
        }
        _ => plain,
    })
}
