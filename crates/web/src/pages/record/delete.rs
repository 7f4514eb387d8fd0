//! Deleting a record: what it is, and what else would be touched.

use kontor_model::Count;
pub use kontor_office::Fate;
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

impl Touched {
    /// Whether the backend will certainly refuse while they are there.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.fate == Fate::Refuses
    }
}

fn fate_key(fate: Fate) -> &'static str {
    match fate {
        Fate::Deleted => "fate-deleted",
        Fate::Cleared => "fate-cleared",
        Fate::Refuses => "fate-refuses",
        Fate::Dangling => "fate-dangling",
    }
}

/// What hangs on what is deleted, and what becomes of it.
pub(crate) fn touched_list(shell: &Shell, heading: &str, touched: &[&Touched]) -> Markup {
    let t = shell.texts;
    html! {
        @if !touched.is_empty() {
            section {
                h2 { (t.get(heading)) }
                ul.rows-list { @for touched in touched { li {
                    a href=(touched.link) { (touched.title) } " " (status::count(t, touched.count))
                    span.end .danger[touched.fate != Fate::Cleared] { (t.get(fate_key(touched.fate))) }
                } } }
            }
        }
    }
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &DeleteScreen) -> Markup {
    let t = shell.texts;
    let title = t.with("delete-title", &[("title", screen.title.as_str().into())]);
    let (refusing, others): (Vec<_>, Vec<_>) =
        screen.touched.iter().partition(|touched| touched.refuses());
    let is_prevented = !refusing.is_empty();
    let lead = match &screen.marks {
        _ if is_prevented => t.get("delete-prevented").into_owned(),
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
            (touched_list(shell, "delete-first", &refusing))
            (touched_list(shell, "delete-touched", &others))
            @if is_prevented {
                div.actions { a.button href=(screen.record.link()) { (t.get("delete-back")) } }
            } @else { (form(shell, screen)) }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

/// The button, and the line where the title is typed before something is lost for good.
fn form(shell: &Shell, screen: &DeleteScreen) -> Markup {
    let t = shell.texts;
    html! {
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
}
