//! Deleting a record: what it is, and what else would be touched.

use kontor_model::Count;
use maud::{Markup, html};

use crate::components::cell::{Place, content};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, status};
use crate::shown::{Cell, FieldView, RecordRef};

/// What the page shows before anything is deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteScreen {
    /// The record.
    pub record: RecordRef,
    /// Its title.
    pub title: String,
    /// Title of the resource.
    pub resource_title: String,
    /// Its fields, so that one sees what goes.
    pub fields: Vec<(FieldView, Cell)>,
    /// What else would be touched.
    pub touched: Vec<Touched>,
    /// The field that is set instead of deleting, where the backend keeps deleted records.
    pub marks: Option<String>,
    /// Whether it can be taken back; else the title has to be typed.
    pub reversible: bool,
    /// Why it did not work.
    pub problem: Option<String>,
    /// What was seen and must still be there: `was.name`, tagged.
    pub expected: Vec<(String, String)>,
}

/// Records that point to what is deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    /// Title of their resource.
    pub title: String,
    /// Their list.
    pub link: String,
    /// How many.
    pub count: Count,
    /// What the backend would do with them.
    pub fate: Fate,
}

/// What a backend does with records that point to a deleted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Deleted along.
    Deleted,
    /// They lose the reference.
    Cleared,
    /// The backend refuses while they are there.
    Refuses,
    /// They stay and point to nothing.
    Dangling,
}

impl Fate {
    fn key(self) -> &'static str {
        match self {
            Self::Deleted => "fate-deleted",
            Self::Cleared => "fate-cleared",
            Self::Refuses => "fate-refuses",
            Self::Dangling => "fate-dangling",
        }
    }
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &DeleteScreen) -> Markup {
    let t = shell.texts;
    let title = t.with("delete-title", &[("title", screen.title.as_str().into())]);
    let lead = match &screen.marks {
        Some(field) => t.with("delete-marks", &[("field", field.as_str().into())]),
        None if screen.reversible => t.get("delete-reversible").into_owned(),
        None => t.get("delete-final").into_owned(),
    };
    let content = html! {
        div.page.narrow {
            header.head { div { p.crumb { a href=(screen.record.link()) { (screen.resource_title) " › " (screen.title) } } h1 { (title) } p.lead { (lead) } } }
            @if let Some(problem) = &screen.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
            section {
                dl.pairs { @for (field, cell) in &screen.fields { dt { (field.title) } dd { (content(shell, field, cell, Place::List)) } } }
            }
            @if !screen.touched.is_empty() {
                section {
                    h2 { (t.get("delete-touched")) }
                    ul.rows-list { @for touched in &screen.touched { li {
                        a href=(touched.link) { (touched.title) } " " (status::count(t, touched.count))
                        span.end .danger[touched.fate != Fate::Cleared] { (t.get(touched.fate.key())) }
                    } } }
                }
            }
            form.stacked method="post" action=(screen.record.part("delete")) {
                @for (name, value) in &screen.expected { input type="hidden" name=(name) value=(value); }
                @if !screen.reversible {
                    (control::TextLine { name: "confirm", label: &t.with("delete-confirm", &[("title", screen.title.as_str().into())]), required: true, autocomplete: "off", ..control::TextLine::default() }.render())
                }
                div.actions {
                    button.button.danger type="submit" { (t.get("record-delete")) }
                    a.button href=(screen.record.link()) { (t.get("cancel")) }
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}
