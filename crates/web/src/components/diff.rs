//! What a change did to a field, and what versions of a value there are.

use kontor_model::Value;
use maud::{Markup, html};

use super::Shell;
use super::cell::{Place, content, is_json};
use super::structure::changed;
use crate::shown::{Cell, FieldView};

/// A field before and after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// The field.
    pub field: FieldView,
    /// What it was; `None` where the record was made.
    pub before: Option<Cell>,
    /// What it became; `None` where the record was removed.
    pub after: Option<Cell>,
}

/// The changed fields, one to a line: before struck out, after marked.
#[must_use]
pub fn changes(shell: &Shell, changes: &[FieldChange]) -> Markup {
    html! {
        dl.diff {
            @for change in changes {
                dt { (change.field.title) }
                dd {
                    @if let Some(pieces) = pieces(shell, change) { (pieces) }
                    @else { (whole(shell, change)) }
                }
            }
        }
    }
}

/// What changed within JSON; none where it has to be shown as a whole.
fn pieces(shell: &Shell, change: &FieldChange) -> Option<Markup> {
    let field = &change.field;
    let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
    if !is_json(field) || before.concealed.or(after.concealed).is_some() {
        return None;
    }
    let text = |cell: &Cell| match &cell.value {
        Value::Null => Some("null".to_owned()),
        value if value.is_whole() => value.to_text(),
        _ => None,
    };
    let inside = |cell: &Cell| field.in_currency_of(cell).inside;
    changed(shell, (&inside(before), &inside(after)), &text(before)?, &text(after)?)
}

/// The value before, struck out, and the value after.
fn whole(shell: &Shell, change: &FieldChange) -> Markup {
    let t = shell.texts;
    html! {
        @if let Some(before) = &change.before {
            del { span.unseen { (t.get("change-before")) ": " } (content(shell, &change.field, before, Place::Record)) }
        }
        @if change.before.is_some() && change.after.is_some() { span.arrow aria-hidden="true" { "→" } }
        @if let Some(after) = &change.after {
            ins { span.unseen { (t.get("change-after")) ": " } (content(shell, &change.field, after, Place::Record)) }
        }
    }
}
