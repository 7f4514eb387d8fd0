//! A case: one thing as all backends know it.

use maud::{Markup, html};

use super::record::timeline::{Entry, fragment as entries};
use super::record::{RelatedSection, related_section};
use crate::components::cell::{Place, content};
use crate::components::icon::{Icon, icon};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, status};
use crate::links;
use crate::pages::record::acting::{OfferedAction, actions_menu};
use crate::shown::{Cell, FieldView, Health, RecordRef, Tone};

/// What the page of a case shows.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseScreen {
    /// What kind of thing it is.
    pub of: String,
    /// Its title.
    pub title: String,
    /// The record from which it is looked at.
    pub record: RecordRef,
    /// What is known of it.
    pub facts: Vec<FactLine>,
    /// One part for each record.
    pub parts: Vec<CasePart>,
    /// What could not be had, in the reader's words.
    pub missing: Vec<String>,
}

/// A fact, and who says what of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FactLine {
    /// Its title.
    pub title: String,
    /// The values, each with the backends that say so.
    pub values: Vec<(FieldView, Cell, String)>,
}

/// What one backend knows.
#[derive(Debug, Clone, PartialEq)]
pub struct CasePart {
    /// The record.
    pub record: RecordRef,
    /// Title of the record.
    pub title: String,
    /// Title of the backend.
    pub backend_title: String,
    /// Title of the resource.
    pub resource_title: String,
    /// How the backend is.
    pub health: Health,
    /// Its state: what its colour adds, and the word.
    pub status: Option<(Tone, String)>,
    /// What a list would show of it.
    pub fields: Vec<(FieldView, Cell)>,
    /// What one can do with it.
    pub actions: Vec<OfferedAction>,
    /// What points to it.
    pub related: Vec<RelatedSection>,
}

/// A thing that happened, and in which backend.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// What happened.
    pub entry: Entry,
    /// Title of the backend.
    pub backend: String,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &CaseScreen) -> Markup {
    let t = shell.texts;
    let title = format!("{} · {}", screen.title, screen.of);
    let content = html! {
        div.page.record.case {
            header.head {
                div.titles {
                    p.crumb { (screen.of) }
                    h1 { (screen.title) }
                }
            }
            @for gap in &screen.missing { p.notice.warn role="status" { (icon(Icon::Warning)) " " (gap) } }
            div.sides {
                div.fields-side {
                    @if !screen.facts.is_empty() { (facts(shell, screen)) }
                    @for part in &screen.parts { (part_of(shell, part)) }
                }
                aside aria-labelledby="timeline-heading" {
                    h2 #timeline-heading { (t.get("timeline")) }
                    div data-get=(links::case_part(&screen.record, "timeline")) data-when="load" {
                        noscript { a href=(links::case_part(&screen.record, "timeline")) { (t.get("timeline-show")) } }
                    }
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn facts(shell: &Shell, screen: &CaseScreen) -> Markup {
    let t = shell.texts;
    html! {
        section.field-group {
            dl.fields {
                @for fact in &screen.facts {
                    div.field {
                        dt { (fact.title) }
                        dd {
                            @for (field, cell, who) in &fact.values {
                                div.said {
                                    span.value { (content(shell, field, cell, Place::Record)) }
                                    @if fact.values.len() > 1 { " " span.help { (who) } }
                                    @else if let Some(text) = cell.value.to_text() { (control::copy(t, &text)) }
                                }
                            }
                            @if fact.values.len() > 1 { p.hint { (icon(Icon::Warning)) " " (t.get("case-disputed")) } }
                        }
                    }
                }
            }
        }
    }
}

fn part_of(shell: &Shell, part: &CasePart) -> Markup {
    html! {
        section.case-part {
            header.section-head {
                h2 {
                    a href=(part.record.link()) { (part.backend_title) }
                    (status::health_mark(shell.texts, part.health))
                    span.help { " " (part.resource_title) " " (part.title) }
                }
                @if let Some((tone, word)) = &part.status { (status::dot(*tone, word)) }
                (actions_menu(shell, &part.record, &part.actions, false))
            }
            dl.fields {
                @for (field, cell) in &part.fields {
                    div.field { dt { (field.title) } dd { span.value { (content(shell, field, cell, Place::List)) } } }
                }
            }
            @for section in &part.related { (related_section(shell, &part.record, section)) }
        }
    }
}

/// What happened in all backends, the latest first.
#[must_use]
pub fn timeline(shell: &Shell, happened: &[Happened], back: &str) -> Markup {
    html! {
        @if happened.is_empty() { p.help { (shell.texts.get("timeline-none")) } }
        @for one in happened {
            p.help.where { (one.backend) }
            (entries(shell, std::slice::from_ref(&one.entry), back))
        }
    }
}
