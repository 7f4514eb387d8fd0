//! Actions of a record: the menu that offers them, and the page that asks what one takes.

use maud::{Markup, html};

use super::form::{FormGroup, groups};
use crate::components::icon::{Icon, icon};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, control, menu};
use crate::links;
use crate::pages::case::CasePart;
use crate::shown::RecordRef;

/// An action as a record offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedAction {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Whether it is done at once: it takes nothing and is not asked back.
    pub at_once: bool,
    /// Why it is not possible now; an empty text where the backend gives no reason.
    pub refused: Option<String>,
}

/// What the page of an action shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionScreen {
    /// The record.
    pub record: RecordRef,
    /// Its title.
    pub title: String,
    /// Title of the backend.
    pub backend_title: String,
    /// Title of the resource.
    pub resource_title: String,
    /// The action's name.
    pub name: String,
    /// The action's title.
    pub action: String,
    /// What it does.
    pub description: Option<String>,
    /// What it takes.
    pub groups: Vec<FormGroup>,
    /// What went wrong with the whole.
    pub problem: Option<String>,
    /// Where one came from and goes back to; none for the record.
    pub back: Option<String>,
}

/// The menu of a record's actions; nothing where there are none.
pub(crate) fn actions_menu(shell: &Shell, record: &RecordRef, actions: &[OfferedAction]) -> Markup {
    let t = shell.texts;
    if actions.is_empty() {
        return html! {};
    }
    let panel = items(shell, record, actions, None);
    menu::menu(&menu::label(None, &t.get("record-actions")), None, "end acts", &panel)
}

/// The actions of all records of a case in one menu, by record, which lead back to it; nothing where
/// there are none.
pub(crate) fn case_actions(shell: &Shell, parts: &[&CasePart], back: &str) -> Markup {
    let with_actions: Vec<&&CasePart> =
        parts.iter().filter(|part| !part.actions.is_empty()).collect();
    if with_actions.is_empty() {
        return html! {};
    }
    let panel = html! {
        @for part in with_actions {
            p.kind { (part.resource_title) " · " (part.backend_title) }
            (items(shell, &part.record, &part.actions, Some(back)))
        }
    };
    menu::menu(&menu::label(None, &shell.texts.get("record-actions")), None, "end acts", &panel)
}

fn items(
    shell: &Shell,
    record: &RecordRef,
    actions: &[OfferedAction],
    back: Option<&str>,
) -> Markup {
    let fields: Vec<(&str, &str)> = back.map(|back| ("back", back)).into_iter().collect();
    let asked = |action: &OfferedAction| {
        links::with_query(&links::action(record, &action.name), fields.iter().copied())
    };
    html! {
        @for action in actions {
            @match &action.refused {
                None if action.at_once => span data-do=(asked(action)) { (control::post_button(&links::action(record, &action.name), &fields, &html! { span { (action.title) } }, "item")) },
                None => a.item href=(asked(action)) data-do=(asked(action)) { span { (action.title) } },
                Some(why) => p.item.off title=(refusal(shell, why)) { (icon(Icon::Lock)) span { (action.title) } span.unseen { ": " (refusal(shell, why)) } },
            }
        }
    }
}

fn refusal(shell: &Shell, why: &str) -> String {
    if why.is_empty() { shell.texts.get("action-refused").into_owned() } else { why.to_owned() }
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, screen: &ActionScreen) -> Markup {
    let t = shell.texts;
    let heading = format!("{}: {}", screen.title, screen.action);
    let to = links::action(&screen.record, &screen.name);
    let away = screen.back.clone().unwrap_or_else(|| screen.record.link());
    let content = html! {
        div.page.narrow {
            header.head {
                div {
                    p.crumb {
                        a href=(links::backend(&screen.record.backend)) { (screen.backend_title) } span aria-hidden="true" { "›" }
                        a href=(links::list(&screen.record.backend, &screen.record.resource)) { (screen.resource_title) } span aria-hidden="true" { "›" }
                        a href=(screen.record.link()) { (screen.title) }
                    }
                    h1 { (screen.action) }
                    @if let Some(description) = &screen.description { p.lead { (description) } }
                }
            }
            @if let Some(problem) = &screen.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
            form.record-form method="post" action=(to) data-draft=(to) {
                @if let Some(back) = &screen.back { input type="hidden" name="back" value=(back); }
                (groups(shell, &screen.groups))
                div.actions.sticky {
                    (control::submit(&screen.action))
                    a.button href=(away) data-drop-draft { (t.get("cancel")) }
                }
            }
        }
    };
    shell_page(shell, &heading, Layout::Flow, &content)
}
