//! A record: its fields, what it points to, what points to it, its timeline.

use kontor_model::{Count, FieldType, Value};
use maud::{Markup, html};

use crate::components::cell::{Place, content};
use crate::components::icon::{Icon, icon};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, menu, status};
use crate::links;
use crate::shown::{Cell, FieldView, Health, Locked, RecordRef, Tone};
use acting::{OfferedAction, actions_menu};
use queue::{QueueBar, bar as queue_bar};

pub mod acting;
pub mod delete;
pub mod form;
pub mod given;
mod input;
pub mod peek;
pub mod picking;
pub mod queue;
pub mod related;
pub mod stale;
pub mod timeline;

/// What a record's page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordScreen {
    /// The record.
    pub record: RecordRef,
    /// Its title.
    pub title: String,
    /// Title of the backend.
    pub backend_title: String,
    /// How the backend is.
    pub health: Health,
    /// Title of the resource.
    pub resource_title: String,
    /// Its state: what its colour adds, and the word.
    pub status: Option<(Tone, String)>,
    /// Its fields in groups.
    pub groups: Vec<FieldGroup>,
    /// What points to it.
    pub related: Vec<RelatedSection>,
    /// Why it cannot be changed; `None` where it can.
    pub change_locked: Option<Locked>,
    /// Why it cannot be deleted; `None` where it can.
    pub delete_locked: Option<Locked>,
    /// What kind of case it is a thing of, by title.
    pub case: Option<String>,
    /// What one can do with it.
    pub actions: Vec<OfferedAction>,
    /// The list it was opened from.
    pub neighbours: Neighbours,
    /// The queue that is gone through.
    pub queue: Option<QueueBar>,
    /// Whether it counts as deleted, by which field.
    pub deleted: Option<String>,
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldGroup {
    /// Title; `None` for the first, which needs none.
    pub title: Option<String>,
    /// The fields.
    pub fields: Vec<RecordField>,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordField {
    /// The field.
    pub field: FieldView,
    /// What it holds.
    pub cell: Cell,
    /// Whether its bytes are a picture.
    pub is_picture: bool,
}

/// Records of another resource that point here; loaded when they come into sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedSection {
    /// Name of the link in addresses.
    pub link: String,
    /// Title of the other resource, with the field where there are several.
    pub title: String,
    /// About how many there are, where it is known without asking.
    pub count: Option<Count>,
}

/// The way through the list from which a record was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// The list.
    pub list: String,
    /// What narrows the list, in words.
    pub described: Option<String>,
    /// The record before this one.
    pub previous: Option<String>,
    /// The record after this one.
    pub next: Option<String>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &RecordScreen) -> Markup {
    let title = format!("{} · {}", screen.title, screen.resource_title);
    let t = shell.texts;
    let content = html! {
        div.page.record {
            @if let Some(queue) = &screen.queue { (queue_bar(shell, &screen.record, queue, &screen.actions)) }
            (head(shell, screen))
            @if let Some(field) = &screen.deleted {
                (banner(Loudness::Warning, &html! { (t.with("record-deleted", &[("field", field.as_str().into())])) }, None))
            }
            div.sides {
                div.fields-side {
                    @for group in &screen.groups { (group_of(shell, screen, group)) }
                }
                aside aria-labelledby="timeline-heading" {
                    h2 #timeline-heading { (t.get("timeline")) }
                    div data-get=(screen.record.part("timeline")) data-when="load" {
                        noscript { a href=(screen.record.part("timeline")) { (t.get("timeline-show")) } }
                    }
                }
            }
            @for section in &screen.related { (related_section(shell, &screen.record, section)) }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn head(shell: &Shell, screen: &RecordScreen) -> Markup {
    let t = shell.texts;
    html! {
        header.head {
            div.titles {
                p.crumb {
                    a href=(links::backend(&screen.record.backend)) { (screen.backend_title) }
                    (status::health_mark(t, screen.health))
                    span aria-hidden="true" { "›" }
                    a href=(screen.neighbours.list) data-back { (screen.resource_title) }
                    @if let Some(words) = &screen.neighbours.described { span.help { (words) } }
                }
                h1 { (screen.title) }
                @if let Some((tone, word)) = &screen.status { (status::dot(*tone, word)) }
            }
            div.actions {
                @if screen.queue.is_none() {
                    span.steps {
                        (neighbour(t.get("record-previous").as_ref(), screen.neighbours.previous.as_deref(), Icon::Up, "prev"))
                        (neighbour(t.get("record-next").as_ref(), screen.neighbours.next.as_deref(), Icon::Down, "next"))
                    }
                }
                (case_link(shell, screen))
                (actions_menu(shell, &screen.record, &screen.actions, screen.queue.is_none()))
                (more(shell, screen))
                (edit_button(shell, screen))
            }
        }
    }
}

fn neighbour(word: &str, href: Option<&str>, which: Icon, rel: &str) -> Markup {
    html! {
        @match href {
            Some(href) => a.button.mark href=(href) rel=(rel) title=(word) aria-label=(word) { (icon(which)) },
            None => span.button.mark aria-disabled="true" { (icon(which)) },
        }
    }
}

/// The way to the same thing in all backends.
fn case_link(shell: &Shell, screen: &RecordScreen) -> Markup {
    html! {
        @if let Some(of) = &screen.case {
            a.button href=(links::case(&screen.record)) { (icon(Icon::Link)) span { (shell.texts.with("record-case", &[("of", of.as_str().into())])) } }
        }
    }
}

fn edit_button(shell: &Shell, screen: &RecordScreen) -> Markup {
    let t = shell.texts;
    let word = t.get("record-edit");
    match screen.change_locked {
        None => {
            let along = screen.queue.as_ref().map(QueueBar::along).unwrap_or_default();
            let along = along.iter().map(|(name, value)| (*name, value.as_str()));
            let edit = links::with_query(&screen.record.part("edit"), along);
            html! { a.button.primary href=(edit) data-edit { (icon(Icon::Edit)) span { (word) } } }
        }
        Some(locked) => html! {
            button.button type="button" aria-disabled="true" title=(t.get(locked.key())) {
                (icon(Icon::Lock)) span { (word) } span.unseen { ": " (t.get(locked.key())) }
            }
        },
    }
}

fn more(shell: &Shell, screen: &RecordScreen) -> Markup {
    let t = shell.texts;
    let api =
        links::api_record(&screen.record.backend, &screen.record.resource, &screen.record.key);
    let panel = html! {
        button.item.scripted type="button" data-copy=(screen.record.link()) data-copy-link { (icon(Icon::Link)) span { (t.get("record-copy-link")) } }
        a.item href=(api) { (icon(Icon::Code)) span { "JSON" } }
        hr;
        @match screen.delete_locked {
            None => a.item.danger href=(screen.record.part("delete")) { (icon(Icon::Trash)) span { (t.get("record-delete")) } },
            Some(locked) => p.panel-note { (icon(Icon::Lock)) " " (t.get("record-delete")) ": " (t.get(locked.key())) },
        }
    };
    menu::menu(&menu::label(None, &t.get("record-more")), None, "end", &panel)
}

fn group_of(shell: &Shell, screen: &RecordScreen, group: &FieldGroup) -> Markup {
    html! {
        section.field-group {
            @if let Some(title) = &group.title { h2 { (title) } }
            dl.fields { @for field in &group.fields { (field_of(shell, screen, field)) } }
        }
    }
}

fn field_of(shell: &Shell, screen: &RecordScreen, field: &RecordField) -> Markup {
    let wide = matches!(field.field.ty, FieldType::Json { .. })
        || matches!(&field.cell.value, Value::Text(text) if text.chars().count() > 60 || text.contains('\n'));
    let text = field.cell.value.to_text().filter(|_| field.cell.concealed.is_none());
    html! {
        div.field .wide[wide] {
            dt title=[field.field.help.as_deref()] { (field.field.title) }
            dd {
                span.value { (shown(shell, screen, field)) }
                @if let Some(text) = text.filter(|text| !text.is_empty() && field.field.ty != FieldType::Bytes) { (control::copy(shell.texts, &text)) }
            }
        }
    }
}

/// Bytes are offered as a file; pictures are shown.
fn shown(shell: &Shell, screen: &RecordScreen, field: &RecordField) -> Markup {
    let value = content(shell, &field.field, &field.cell, Place::Record);
    let has_bytes = matches!(field.cell.value, Value::Bytes(_) | Value::Large(_))
        && field.cell.concealed.is_none();
    if !has_bytes {
        return value;
    }
    let RecordRef { backend, resource, key } = &screen.record;
    let href = links::file(backend, resource, key, &field.field.name);
    html! {
        @if field.is_picture { a href=(href) { img.picture src=(href) alt=(field.field.title) loading="lazy"; } }
        a href=(href) download { (value) }
    }
}

/// A section of what points to a record; its content comes when it is seen.
pub(crate) fn related_section(
    shell: &Shell,
    record: &RecordRef,
    section: &RelatedSection,
) -> Markup {
    let RecordRef { backend, resource, key } = record;
    let source = links::related(backend, resource, key, &section.link);
    html! {
        section.related data-get=(source) data-when="visible" {
            h2 { (section.title) " " @if let Some(count) = section.count { (status::counter(shell.texts, count)) } }
            p.loading aria-hidden="true" {}
            noscript { a href=(source) { (shell.texts.get("related-show")) } }
        }
    }
}
