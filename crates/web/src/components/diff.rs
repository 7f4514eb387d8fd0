//! What a change did to a field, and what versions of a value there are.

use maud::{Markup, html};

use super::Shell;
use super::cell::{Place, content};
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
    let t = shell.texts;
    html! {
        dl.diff {
            @for change in changes {
                dt { (change.field.title) }
                dd {
                    @if let Some(before) = &change.before {
                        del { span.unseen { (t.get("change-before")) ": " } (content(shell, &change.field, before, Place::Record)) }
                    }
                    @if change.before.is_some() && change.after.is_some() { span.arrow aria-hidden="true" { "→" } }
                    @if let Some(after) = &change.after {
                        ins { span.unseen { (t.get("change-after")) ": " } (content(shell, &change.field, after, Place::Record)) }
                    }
                }
            }
        }
    }
}
