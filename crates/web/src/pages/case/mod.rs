//! A case: one thing as all backends know it, with what belongs to it, what is odd about it, and
//! what happened to it.

use jiff::Timestamp;
use kontor_model::Count;
use maud::{Markup, html};

use super::record::acting::OfferedAction;
use super::record::related::Related;
use crate::components::cell::{Place, content};
use crate::components::icon::{Icon, icon};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control};
use crate::links;
use crate::pages::record::acting::case_actions;
use crate::shown::{Cell, FieldView, Health, RecordRef, Tone};

mod panel;
mod timeline;

pub use timeline::{Happened, What, fragment as timeline, page as timeline_page};

/// What the page of a case shows.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseScreen {
    /// What kind of thing it is.
    pub of: String,
    /// The icon of its kind.
    pub icon: Icon,
    /// Its title.
    pub title: String,
    /// The record from which it is looked at.
    pub record: RecordRef,
    /// What is odd.
    pub hints: Vec<HintLine>,
    /// What is known of it.
    pub facts: Vec<FactLine>,
    /// One panel for each backend.
    pub panels: Vec<Panel>,
    /// What could not be had of backends that this reader may not know of, in words.
    pub missing: Vec<String>,
    /// What happened, the latest first.
    pub happened: Vec<Happened>,
    /// Whether more has happened.
    pub has_more: bool,
}

/// Something odd.
#[derive(Debug, Clone, PartialEq)]
pub struct HintLine {
    /// What it is.
    pub text: String,
    /// Whether somebody should act.
    pub is_warning: bool,
    /// The record that it is about, by title.
    pub about: Option<(String, RecordRef)>,
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
pub struct Panel {
    /// Title of the backend.
    pub title: String,
    /// Where the backend is; none where nothing of it could be read.
    pub link: String,
    /// How the backend is.
    pub health: Health,
    /// When it was read; none where it was not.
    pub as_of: Option<Timestamp>,
    /// Why something could not be had, in the reader's words.
    pub problem: Option<String>,
    /// The records that are the thing itself.
    pub parts: Vec<CasePart>,
    /// What belongs to it.
    pub belongings: Vec<Related>,
    /// Records that are the thing, too, and are not shown.
    pub beyond: Vec<BeyondLine>,
}

/// Records that are the same thing and are not shown.
#[derive(Debug, Clone, PartialEq)]
pub struct BeyondLine {
    /// Title of their resource.
    pub title: String,
    /// How many they are.
    pub count: Count,
    /// The list of them.
    pub list: Option<String>,
    /// The first of them.
    pub records: Vec<RecordRef>,
}

/// A record that is the thing itself.
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
    /// Its state: what its colour adds, and the word.
    pub status: Option<(Tone, String)>,
    /// What a list would show of it.
    pub fields: Vec<(FieldView, Cell)>,
    /// What one can do with it.
    pub actions: Vec<OfferedAction>,
    /// Titles of what else belongs to it, which its own page shows.
    pub unread: Vec<String>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &CaseScreen) -> Markup {
    let t = shell.texts;
    let title = format!("{} · {}", screen.title, screen.of);
    let parts: Vec<&CasePart> = screen.panels.iter().flat_map(|panel| &panel.parts).collect();
    let content = html! {
        div #case.page.record.case {
            header.head {
                div.titles {
                    p.crumb { (icon(screen.icon)) span { (screen.of) } }
                    h1 { (screen.title) }
                }
                div.actions { (case_actions(shell, &parts, &links::case(&screen.record))) }
            }
            @if !screen.hints.is_empty() { (hints(shell, screen)) }
            @for gap in &screen.missing { p.help { (gap) } }
            div.sides {
                div.fields-side {
                    @if !screen.facts.is_empty() { (facts(shell, screen)) }
                    @for panel in &screen.panels { (panel::panel(shell, screen, panel)) }
                }
                aside aria-labelledby="timeline-heading" {
                    h2 #timeline-heading { (t.get("timeline")) }
                    (timeline(shell, &screen.happened, &links::case(&screen.record)))
                    @if screen.has_more {
                        p { a href=(links::case_part(&screen.record, "timeline")) { (t.get("case-timeline-all")) } }
                    }
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn hints(shell: &Shell, screen: &CaseScreen) -> Markup {
    let t = shell.texts;
    html! {
        section.hints aria-label=(t.get("case-hints")) {
            ul {
                @for hint in &screen.hints {
                    li.warning[hint.is_warning] {
                        (icon(if hint.is_warning { Icon::Warning } else { Icon::Clock }))
                        span.unseen { (t.get(if hint.is_warning { "case-warning" } else { "case-hint" })) ": " }
                        span {
                            (hint.text)
                            @if let Some((title, record)) = &hint.about { " " a.link href=(record.link()) data-peek=(record.part("peek")) { (title) } }
                        }
                    }
                }
            }
        }
    }
}

fn facts(shell: &Shell, screen: &CaseScreen) -> Markup {
    let t = shell.texts;
    html! {
        section.field-group.facts {
            h2.unseen { (t.get("case-facts")) }
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
