//! What one backend knows of a case: its records, what belongs to them, and what is missing.

use kontor_model::{Count, FieldType};
use maud::{Markup, html};

use super::{BeyondLine, CasePart, CaseScreen, Panel};
use crate::components::cell::{Place, content};
use crate::components::icon::{Icon, icon};
use crate::components::{Shell, status, time};
use crate::format::Format;
use crate::links;
use crate::pages::record::related::fragment as related;
use crate::shown::FieldView;

pub(super) fn panel(shell: &Shell, screen: &CaseScreen, panel: &Panel) -> Markup {
    let t = shell.texts;
    html! {
        section.case-part {
            header.section-head {
                h2 { a href=(panel.link) { (panel.title) } (status::health_mark(t, panel.health)) }
                @if let Some(at) = panel.as_of { span.help { (t.get("case-as-of")) " " (time::clock(shell, at)) } }
            }
            @if let Some(problem) = &panel.problem { (gap(shell, screen, problem)) }
            @for part in &panel.parts { (part_of(shell, part)) }
            @for belonging in panel.belongings.iter().filter(|it| !it.rows.is_empty()) {
                section.related.belonging { (related(shell, belonging)) }
            }
            (empty(shell, panel))
            @for beyond in &panel.beyond { (rest(shell, beyond)) }
        }
    }
}

/// Why a backend's part is missing, and the way to it: the whole case is asked for again, since what
/// the backend says is part of the head, too.
fn gap(shell: &Shell, screen: &CaseScreen, problem: &str) -> Markup {
    let again = links::with_query(&links::case(&screen.record), [("again", "1")]);
    html! {
        div.banner.warning role="status" {
            (icon(Icon::Warning))
            div.text { (problem) }
            div.actions { a.button.small href=(again) data-swap="#case" { (shell.texts.get("retry")) } }
        }
    }
}

fn part_of(shell: &Shell, part: &CasePart) -> Markup {
    let t = shell.texts;
    html! {
        div.case-record {
            header.section-head {
                h3 {
                    a href=(part.record.link()) { (part.title) }
                    span.help { (part.resource_title) }
                    @if let Some((tone, word)) = &part.status { (status::dot(*tone, word)) }
                }
            }
            dl.fields {
                @for (field, cell) in &part.fields {
                    @let is_list = is_long(field);
                    @let place = if is_list { Place::Record } else { Place::List };
                    div.field.wide[is_list] { dt { (field.title) } dd { (content(shell, field, cell, place)) } }
                }
            }
            @if !part.unread.is_empty() {
                p.help { (t.get("case-unread")) " " a.link href=(part.record.link()) { (part.unread.join(", ")) } }
            }
        }
    }
}

/// Whether a value needs the whole width: lists and texts of several lines.
fn is_long(field: &FieldView) -> bool {
    matches!(field.ty, FieldType::Json { .. })
        || matches!(field.format, Format::Json | Format::Lines)
}

/// Of what there is nothing, in one line: an empty table for each would push away what there is.
fn empty(shell: &Shell, panel: &Panel) -> Markup {
    let empty: Vec<_> = panel.belongings.iter().filter(|it| it.rows.is_empty()).collect();
    html! {
        @if !empty.is_empty() {
            p.help {
                (shell.texts.get("case-empty"))
                @for (at, belonging) in empty.iter().enumerate() {
                    @if at > 0 { "," }
                    " " a.link href=(belonging.all) { (belonging.title) }
                }
            }
        }
    }
}

/// Records of which no more is told than that they are there.
fn rest(shell: &Shell, beyond: &BeyondLine) -> Markup {
    let t = shell.texts;
    let told = match beyond.count {
        Count::Exact(n) => t.count("case-beyond", n),
        _ => t.get("case-beyond-many").into_owned(),
    };
    html! {
        p.help.beyond {
            (icon(Icon::Link)) " " (beyond.title) ": "
            @if let Some(list) = &beyond.list { a.link href=(list) { (told) } }
            @else {
                (told)
                @for record in &beyond.records { " " a.link href=(record.link()) { (record.key.to_text()) } }
            }
        }
    }
}
