//! A look at a record from where a link to it stands.

use maud::{Markup, html};

use crate::components::Shell;
use crate::components::cell::{Place, content};
use crate::components::status::dot;
use crate::shown::{Cell, FieldView, Tone};

/// The little that tells a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Peek {
    /// Title.
    pub title: String,
    /// Title of the resource.
    pub resource_title: String,
    /// Status as text.
    pub status: Option<(Tone, String)>,
    /// Its most telling fields, about six.
    pub fields: Vec<(FieldView, Cell)>,
}

/// The content of the panel.
#[must_use]
pub fn fragment(shell: &Shell, peek: &Peek) -> Markup {
    html! {
        div.peek {
            div {
                p.help { (peek.resource_title) }
                h3 { (peek.title) @if let Some((tone, word)) = &peek.status { (dot(*tone, word)) } }
            }
            dl { @for (field, cell) in &peek.fields { dt { (field.title) } dd { (content(shell, field, cell, Place::List)) } } }
        }
    }
}
