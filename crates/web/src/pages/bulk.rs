//! Changing many records: form, preview.

use kontor_model::{BackendName, Count, ResourceName};
use maud::{Markup, html};

use super::list::ListQuery;
use super::record::delete::{Touched, touched_list};
use super::record::form::{self, FormGroup, FormInput};
use crate::components::diff::{FieldChange, changes};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, status};
use crate::links;

/// Which records are meant.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkTarget {
    /// Backend.
    pub backend: BackendName,
    /// Resource.
    pub resource: ResourceName,
    /// Title of the resource.
    pub resource_title: String,
    /// The list they come from.
    pub query: ListQuery,
    /// Their keys as texts; empty where all records of the list are meant.
    pub keys: Vec<String>,
    /// How many they are.
    pub count: Count,
}

/// The form in which one says what shall change.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkForm {
    /// Which records.
    pub target: BulkTarget,
    /// The fields that can be changed. Those whose `set.name` is sent are written.
    pub inputs: Vec<FormInput>,
    /// Fields that are chosen so far, by name.
    pub chosen: Vec<String>,
    /// What is wrong.
    pub problem: Option<String>,
}

/// What a change of many records would do.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkPreview {
    /// Which records.
    pub target: BulkTarget,
    /// Whether they are deleted.
    pub deletes: bool,
    /// The plan that is kept until it is applied.
    pub plan: String,
    /// How many records would change.
    pub changing: u64,
    /// How many are as they shall be already.
    pub unchanged: u64,
    /// The first of those that would change.
    pub items: Vec<BulkItem>,
    /// How many are left out for a reason.
    pub left_out: u64,
    /// The first of those: title, the reason in the reader's words.
    pub excluded: Vec<(String, String)>,
    /// What hangs on what is deleted.
    pub touched: Vec<Touched>,
    /// Whether it can be taken back as a whole.
    pub reversible: bool,
    /// What was typed to confirm a deletion, where it is not the number of its records.
    pub confirm: Option<String>,
    /// Where the list has more records than one change takes: how many that are.
    pub cut: Option<u64>,
}

/// A record of a change of many.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkItem {
    /// Title.
    pub title: String,
    /// Its page.
    pub link: String,
    /// What changes.
    pub changes: Vec<FieldChange>,
}

impl BulkTarget {
    pub(super) fn hidden(&self) -> Markup {
        html! {
            @for (name, value) in self.query.pairs_without(&["after", "before"]) { input type="hidden" name=(name) value=(value); }
            @for key in &self.keys { input type="hidden" name="key" value=(key); }
            @if self.keys.is_empty() { input type="hidden" name="all" value="1"; }
        }
    }

    pub(super) fn head(&self, shell: &Shell, title: &str) -> Markup {
        html! {
            header.head { div {
                p.crumb { a href=(self.query.address(&self.backend, &self.resource)) { (self.resource_title) } }
                h1 { (title) }
                p.lead { (status::count(shell.texts, self.count)) }
            } }
        }
    }

    pub(super) fn action(&self) -> String {
        links::part(&self.backend, &self.resource, "bulk")
    }
}

/// The form page.
#[must_use]
pub fn edit(shell: &Shell, form: &BulkForm) -> Markup {
    let t = shell.texts;
    let title = t.get("bulk-title");
    let content = html! {
        div.page.narrow {
            (form.target.head(shell, &title))
            @if let Some(problem) = &form.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
            // Inputs of fields that stay as they are may be empty; the office checks the others.
            form.record-form.bulk-form method="post" action=(form.target.action()) novalidate {
                (form.target.hidden())
                p.help { (t.get("bulk-choose")) }
                @for (at, input) in form.inputs.iter().enumerate() { (bulk_line(shell, form, input, at)) }
                div.actions.sticky {
                    button.button.primary type="submit" name="do" value="preview" { (t.get("bulk-preview")) }
                    a.button href=(form.target.query.address(&form.target.backend, &form.target.resource)) { (t.get("cancel")) }
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn bulk_line(shell: &Shell, bulk: &BulkForm, input: &FormInput, at: usize) -> Markup {
    let id = format!("set-{at}");
    let name = &input.field.name;
    let word = shell.texts.with("bulk-set", &[("field", input.field.title.as_str().into())]);
    html! {
        div.bulk-line {
            input id=(id) type="checkbox" name={ "set." (name) } value="1" checked[bulk.chosen.contains(name)] aria-label=(word);
            (form::one(shell, input, at))
        }
    }
}

/// The preview: nothing has been written yet.
#[must_use]
pub fn preview(shell: &Shell, preview: &BulkPreview) -> Markup {
    let t = shell.texts;
    let title = t.get(if preview.deletes { "bulk-preview-delete" } else { "bulk-preview-edit" });
    let class = if preview.deletes { "button danger" } else { "button primary" };
    let content = html! {
        div.page.narrow {
            (preview.target.head(shell, &title))
            (banner(Loudness::Quiet, &html! {
                @if preview.changing == 0 && preview.deletes { (t.get("bulk-deletes-none")) } @else {
                    (t.count(if preview.deletes { "bulk-deleting" } else { "bulk-changing" }, preview.changing))
                    @if preview.unchanged > 0 { " " (t.count("bulk-unchanged", preview.unchanged)) }
                    @if preview.changing > 0 { " " (t.get(if preview.reversible { "bulk-reversible" } else { "bulk-final" })) }
                }
            }, None))
            @if let Some(most) = preview.cut { (banner(Loudness::Warning, &html! { (t.count("bulk-cut", most)) }, None)) }
            @if !preview.excluded.is_empty() {
                section {
                    h2 { (t.count("bulk-excluded", preview.left_out)) }
                    ul.rows-list { @for (record, reason) in &preview.excluded { li { span { (record) } span.end { (reason) } } } }
                    @let more = preview.left_out.saturating_sub(preview.excluded.len() as u64);
                    @if more > 0 { p.help { (t.count("change-more", more)) } }
                }
            }
            (touched_list(shell, "delete-touched", &preview.touched.iter().collect::<Vec<_>>()))
            @if !preview.items.is_empty() {
                section {
                    h2 { (t.get("bulk-first")) }
                    ul.change-list { @for item in &preview.items { li { a href=(item.link) { (item.title) } (changes(shell, &item.changes)) } } }
                }
            }
            form.stacked method="post" action=(preview.target.action()) {
                (preview.target.hidden())
                input type="hidden" name="plan" value=(preview.plan);
                @if preview.deletes && preview.changing > 0 { (confirmation(shell, preview)) }
                div.actions.sticky {
                    @if preview.changing > 0 { button class=(class) type="submit" name="do" value="apply" { (t.count(if preview.deletes { "bulk-apply-delete" } else { "bulk-apply" }, preview.changing)) } }
                    a.button href=(preview.target.query.address(&preview.target.backend, &preview.target.resource)) { (t.get("cancel")) }
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

/// Who deletes many records types how many.
fn confirmation(shell: &Shell, preview: &BulkPreview) -> Markup {
    let t = shell.texts;
    let wrong = preview.confirm.as_ref().map(|_| t.count("bulk-not-confirmed", preview.changing));
    let line = control::TextLine {
        name: "confirm",
        label: &t.count("bulk-confirm", preview.changing),
        value: preview.confirm.as_deref().unwrap_or_default(),
        autocomplete: "off",
        error: wrong.as_deref(),
        required: true,
        first: wrong.is_some(),
        ..control::TextLine::default()
    };
    line.render()
}

/// A form of one group, for those who fill a bulk form from a record form.
#[must_use]
pub fn inputs_of(groups: Vec<FormGroup>) -> Vec<FormInput> {
    groups
        .into_iter()
        .flat_map(|group| group.inputs)
        .filter(|input| input.field.locked.is_none())
        .collect()
}
