//! JSON as people read it: a list of like objects as a table, an object as its members, both as a few
//! words where there is no room, and what changed in them entry by entry.

mod changed;
mod cut;
mod sheet;

use maud::{Markup, html};

pub(crate) use self::changed::changed;
use self::cut::complete;
use self::sheet::{Json, Row, Sheet};
use super::Shell;
use crate::shown::Inside;

/// Rows of a table; what is more stands in the JSON below it.
const MOST_ROWS: usize = 60;
/// Columns of a table beside those that the manifest names.
const MOST_COLUMNS: usize = 8;
/// Objects with more members stay JSON.
const MOST_MEMBERS: usize = 24;
/// Entries of a list, and values of an object, that stand in a line.
const MOST_IN_LINE: usize = 3;
/// Entries of a list that is inside another.
const MOST_INNER: usize = 6;

/// A JSON text as a table or as its members; none where it is neither.
pub(crate) fn structure(shell: &Shell, inside: &Inside, text: &str) -> Option<Markup> {
    let sheet = Sheet::of(shell, inside);
    match Json::of(text)? {
        Json::Nothing => Some(html! { span.help { "–" } }),
        Json::Object(row) => members(sheet, &row),
        Json::Objects(rows) => Some(table(sheet, &rows, text)),
        Json::Values(values) => {
            let words: Vec<String> = values.iter().map(|raw| sheet.own_word(raw)).collect();
            Some(html! { (words.join(", ")) })
        }
        Json::Other => None,
    }
}

/// A JSON text in a few words, as a line of a list has room for; none where it is a single value.
/// Of a text that was cut, what is whole of it counts.
pub(crate) fn short(shell: &Shell, inside: &Inside, text: &str) -> Option<String> {
    let sheet = Sheet::of(shell, inside);
    let whole = complete(text);
    let listed = |words: Vec<String>, all: usize| {
        let more = all.saturating_sub(words.len());
        let more = (more > 0).then(|| shell.texts.count("structure-more", more as u64));
        words.into_iter().chain(more).collect::<Vec<_>>().join(", ")
    };
    Some(match Json::of(whole.as_deref().unwrap_or(text))? {
        Json::Nothing => "–".to_owned(),
        Json::Object(row) => sheet.words(&row, MOST_IN_LINE + 1),
        Json::Objects(rows) => {
            let heads = rows.iter().take(MOST_IN_LINE).map(|row| sheet.head(row)).collect();
            listed(heads, rows.len())
        }
        Json::Values(values) => {
            let words = values.iter().take(MOST_INNER).map(|raw| sheet.own_word(raw)).collect();
            listed(words, values.len())
        }
        Json::Other => return None,
    })
}

/// What an entry of a list is recognised by, in the order in which its members stand; none where they
/// say nothing.
pub(crate) fn recognised(shell: &Shell, inside: &Inside, entry: &str) -> Option<String> {
    let Json::Object(row) = Json::of(entry)? else { return None };
    let sheet = Sheet::of(shell, inside);
    let mut members = sheet.members(&row);
    members.sort_by_key(|told| row.0.iter().position(|(name, _)| *name == told.view.name));
    let words: Vec<String> = members.iter().map(|told| sheet.named(told)).collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

fn members(sheet: Sheet<'_>, row: &Row) -> Option<Markup> {
    let shown = sheet.members(row);
    (!shown.is_empty() && shown.len() <= MOST_MEMBERS).then(|| {
        html! {
            dl.structure {
                @for member in &shown { div { dt title=[member.view.help.as_deref()] { (member.view.title) } dd { (sheet.value(member)) } } }
            }
        }
    })
}

fn table(sheet: Sheet<'_>, rows: &[Row], text: &str) -> Markup {
    let (columns, is_cut) = sheet.columns(rows, MOST_COLUMNS);
    let shown: Vec<_> = rows.iter().take(MOST_ROWS).map(|row| sheet.members(row)).collect();
    let is_more = is_cut || rows.len() > MOST_ROWS;
    html! {
        @if !columns.is_empty() {
            div.scrolled {
                table.structure {
                    thead { tr { @for column in &columns { th class=[column.class()] scope="col" title=[column.view.help.as_deref()] { (column.view.title) } } } }
                    tbody {
                        @for row in &shown {
                            tr { @for column in &columns { td class=[column.class()] { @if let Some(member) = row.iter().find(|member| member.view.name == column.view.name) { (sheet.value(member)) } } } }
                        }
                    }
                }
            }
        }
        @if is_more || columns.is_empty() { details.structure { summary { "JSON" } pre.code { (super::cell::pretty(text)) } } }
    }
}

#[cfg(test)]
mod tests;
