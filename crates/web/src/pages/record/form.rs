//! Editing a record, and making one.

use kontor_model::{BackendName, ResourceName, Value};
use maud::{Markup, html};

use super::input::field_line;
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control};
use crate::links;
use crate::shown::{Cell, FieldView, RecordRef};

/// What a form shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FormScreen {
    /// The record that is changed; `None` where one is made.
    pub record: Option<RecordRef>,
    /// Backend.
    pub backend: BackendName,
    /// Resource.
    pub resource: ResourceName,
    /// Title of the backend.
    pub backend_title: String,
    /// Title of the resource.
    pub resource_title: String,
    /// Title of the record.
    pub title: String,
    /// The inputs in groups.
    pub groups: Vec<FormGroup>,
    /// What went wrong with the whole, and what was and was not written.
    pub problem: Option<String>,
    /// What is sent along: the place in a queue.
    pub along: Vec<(&'static str, String)>,
}

/// Inputs that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct FormGroup {
    /// Title; `None` for the first, which needs none.
    pub title: Option<String>,
    /// The inputs.
    pub inputs: Vec<FormInput>,
}

/// A field in a form. It is sent as `v.name`, with `null.name`, `default.name` and `was.name`
/// beside it; [`super::given::given`] reads them.
#[derive(Debug, Clone, PartialEq)]
pub struct FormInput {
    /// The field.
    pub field: FieldView,
    /// What the record holds, with the title of what it points to.
    pub cell: Cell,
    /// What stands in the input; see [`super::given::input_text`].
    pub text: String,
    /// Whether “no value” is chosen.
    pub is_null: bool,
    /// The value that was seen and must still be there; `None` for a new record.
    pub was: Option<Value>,
    /// What is wrong with it, in the reader's words.
    pub error: Option<String>,
    /// For a new record: the default, as the database writes it, where it has one.
    pub default: Option<String>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, form: &FormScreen) -> Markup {
    let t = shell.texts;
    let heading = match &form.record {
        Some(_) => t.with("form-edit", &[("title", form.title.as_str().into())]),
        None => t.with("form-new", &[("resource", form.resource_title.as_str().into())]),
    };
    let (action, back) = match &form.record {
        Some(record) => {
            let along = form.along.iter().map(|(name, value)| (*name, value.as_str()));
            (record.part("edit"), links::with_query(&record.link(), along))
        }
        None => (
            links::part(&form.backend, &form.resource, "new"),
            links::list(&form.backend, &form.resource),
        ),
    };
    let errors = errors(form);
    let content = html! {
        div.page.narrow {
            header.head {
                div {
                    p.crumb { a href=(links::backend(&form.backend)) { (form.backend_title) } span aria-hidden="true" { "›" } a href=(links::list(&form.backend, &form.resource)) { (form.resource_title) } }
                    h1 { (heading) }
                }
            }
            @if let Some(problem) = &form.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
            @if errors > 0 { (banner(Loudness::Bad, &html! { (t.count("form-errors", errors)) }, None)) }
            form.record-form method="post" action=(action) data-draft=(action) {
                @for (name, value) in &form.along { input type="hidden" name=(name) value=(value); }
                (groups(shell, &form.groups))
                div.actions.sticky {
                    (control::submit(&t.get(if form.record.is_some() { "save" } else { "form-create" })))
                    a.button href=(back) data-drop-draft { (t.get("cancel")) }
                }
            }
        }
    };
    shell_page(shell, &heading, Layout::Flow, &content)
}

fn errors(form: &FormScreen) -> u64 {
    form.groups.iter().flat_map(|group| &group.inputs).filter(|input| input.error.is_some()).count()
        as u64
}

/// The groups of a form; ids count through all of them.
pub(crate) fn groups(shell: &Shell, groups: &[FormGroup]) -> Markup {
    let mut place = 0;
    html! {
        @for group in groups {
            fieldset.form-group {
                @if let Some(title) = &group.title { legend { (title) } }
                @for input in &group.inputs {
                    (field_line(shell, input, place))
                    ({ place += 1; "" })
                }
            }
        }
    }
}

/// One line of a form; `place` makes its id.
pub(crate) fn one(shell: &Shell, input: &FormInput, place: usize) -> Markup {
    field_line(shell, input, place)
}
