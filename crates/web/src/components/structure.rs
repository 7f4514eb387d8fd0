//! JSON as people read it: a list of like objects as a table, an object as its members.

use kontor_office::catalog::humanised;
use maud::{Markup, html};
use serde_json::value::RawValue;

use crate::members::Members;

/// Longer lists stay JSON.
const MOST_ROWS: usize = 60;
/// Columns of a table; what else there is stands in the JSON below it.
const MOST_COLUMNS: usize = 8;
/// Inner objects and lists that are longer, in characters, are only named.
const LONGEST_INNER: usize = 120;

type Row = Members<Box<RawValue>>;

/// A JSON text as a table or as its members; none where it is neither.
pub(crate) fn structure(text: &str) -> Option<Markup> {
    let start = text.trim();
    if matches!(start, "[]" | "{}") {
        return Some(html! { span.help { "–" } });
    }
    if start.starts_with('[') {
        return list(text);
    }
    let Members(members) = serde_json::from_str::<Row>(text).ok()?;
    let shown: Vec<_> = members.iter().filter(|(_, value)| !is_nothing(value)).collect();
    let is_plain = shown.len() <= 2 * MOST_COLUMNS && shown.iter().all(|(_, value)| fits(value));
    (is_plain && !shown.is_empty()).then(|| {
        html! { dl.structure { @for (name, value) in shown { div { dt { (humanised(name)) } dd { (cell(value)) } } } } }
    })
}

fn list(text: &str) -> Option<Markup> {
    if let Ok(words) = serde_json::from_str::<Vec<String>>(text) {
        return (!words.is_empty()).then(|| html! { (words.join(", ")) });
    }
    let rows: Vec<Row> = serde_json::from_str(text).ok()?;
    if rows.is_empty() || rows.len() > MOST_ROWS {
        return None;
    }
    let mut columns: Vec<&str> = Vec::new();
    for (name, value) in rows.iter().flat_map(|row| &row.0) {
        if !columns.contains(&name.as_str()) && tells(value) {
            columns.push(name);
        }
    }
    let all = rows.iter().flat_map(|row| &row.0).map(|(name, _)| name.as_str());
    let is_flat = |column: &&str| {
        let mut values = rows.iter().flat_map(|row| &row.0).filter(|(name, _)| name == column);
        values.all(|(_, value)| !value.get().starts_with(['{', '[']))
    };
    // What lies deeper is shown where there is room.
    columns.sort_by_key(|column| !is_flat(column));
    columns.truncate(MOST_COLUMNS);
    if columns.is_empty() {
        return None;
    }
    let more = all.clone().any(|name| !columns.contains(&name));
    let value = |row: &'_ Row, column: &str| {
        row.0.iter().find(|(name, _)| name == column).map(|(_, value)| value.clone())
    };
    Some(html! {
        div.scrolled {
            table.structure {
                thead { tr { @for column in &columns { th scope="col" { (humanised(column)) } } } }
                tbody {
                    @for row in &rows {
                        tr { @for column in &columns { @if let Some(value) = value(row, column) { td class=[is_number(&value).then_some("number")] { (cell(&value)) } } @else { td {} } } }
                    }
                }
            }
        }
        @if more { details.structure { summary { "JSON" } pre.code { (super::cell::pretty(text)) } } }
    })
}

/// Whether a value says more than that there is nothing.
fn tells(value: &RawValue) -> bool {
    !is_nothing(value) && !matches!(value.get(), "0" | "false")
}

fn is_nothing(value: &RawValue) -> bool {
    matches!(value.get(), "null" | "[]" | "{}" | "\"\"")
}

fn is_number(value: &RawValue) -> bool {
    value.get().starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

fn fits(value: &RawValue) -> bool {
    !value.get().starts_with(['{', '[']) || value.get().len() <= LONGEST_INNER
}

/// One value: numbers as they are written, what lies inside in short.
fn cell(value: &RawValue) -> Markup {
    let text = value.get();
    match text.as_bytes().first() {
        _ if is_nothing(value) => html! {},
        Some(b'"') => html! { (serde_json::from_str::<String>(text).unwrap_or_default()) },
        Some(b'{') => inner(text),
        Some(b'[') => match serde_json::from_str::<Vec<Box<RawValue>>>(text) {
            Ok(inner) if !fits(value) => html! { span.help { (inner.len()) " ×" } },
            Ok(inner) => {
                html! { @for (at, value) in inner.iter().enumerate() { @if at > 0 { " · " } (cell(value)) } }
            }
            Err(_) => html! { span.code { (text) } },
        },
        _ => html! { (text) },
    }
}

fn inner(text: &str) -> Markup {
    let Ok(Members(members)) = serde_json::from_str::<Row>(text) else {
        return html! { span.code { (text) } };
    };
    let shown = members.iter().filter(|(_, value)| !is_nothing(value) && fits(value));
    html! { @for (at, (name, value)) in shown.enumerate() { @if at > 0 { ", " } span.help { (humanised(name)) ": " } (cell(value)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        structure(text).map(Markup::into_string).unwrap_or_default()
    }

    #[test]
    fn a_list_of_like_objects_is_a_table_with_their_numbers_as_they_are() {
        let table = shown(r#"[{"sku":"A","qty":2,"price":12.50,"note":null},{"sku":"B","qty":1}]"#);
        for part in ["<th scope=\"col\">SKU</th>", "<td>A</td>", "12.50</td>"] {
            assert!(table.contains(part), "{part}: {table}");
        }
        assert!(!table.contains("Note"), "what nobody has is left out: {table}");
    }

    #[test]
    fn what_is_no_table_stays_json() {
        assert!(shown("[]").contains('–'));
        assert_eq!(shown("[1,[2]]"), "");
        assert_eq!(shown("12"), "");
        assert!(shown(r#"["new","paid"]"#).contains("new, paid"));
        assert!(shown(r#"{"city":"Kiel <b>","geo":{"lat":54.30}}"#).contains("Kiel &lt;b&gt;"));
    }
}
