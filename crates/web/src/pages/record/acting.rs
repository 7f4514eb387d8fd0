//! Actions of a record: the menu that offers them, and the page that asks what one takes.

use maud::{Markup, html};

use super::form::{FormGroup, groups};
use super::picking::{PickGroup, group as pick_group};
use crate::components::icon::{Icon, icon};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::structure::structure;
use crate::components::{Shell, control, menu};
use crate::links;
use crate::pages::case::CasePart;
use crate::shown::{Inside, RecordRef};

/// An action as a record offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedAction {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it does.
    pub help: Option<String>,
    /// The picture beside its title.
    pub icon: Option<Icon>,
    /// The key that does it.
    pub key: Option<char>,
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
    /// What is asked or warned of before it is done.
    pub question: Option<String>,
    /// Titles of the fields that it is expected to change.
    pub expects: Vec<String>,
    /// What is picked from the record's lists.
    pub picks: Vec<PickGroup>,
    /// What it takes.
    pub groups: Vec<FormGroup>,
    /// What it would do; none where nothing tells it.
    pub foreseen: Option<ForeseenPart>,
    /// What went wrong with the whole.
    pub problem: Option<String>,
    /// Where the way back leads.
    pub back: String,
    /// What is seen of the record and must still be so, as it is sent along.
    pub seen: Vec<(String, String)>,
    /// What is sent along: the place in a queue.
    pub along: Vec<(&'static str, String)>,
}

/// What an action would do, as its backend says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ForeseenPart {
    /// It was not asked yet.
    #[default]
    Unasked,
    /// These: titles and values in the reader's notation.
    Told(Vec<(String, String)>),
    /// This, as JSON.
    Answer(String),
    /// It says no to what is given so far, in its own words.
    NotYet(String),
    /// It cannot be asked: why.
    No(String),
}

/// The menu of a record's actions; nothing where there are none. Whether their keys are meant here
/// the caller says: a bar above the record may have them already.
pub(crate) fn actions_menu(
    shell: &Shell,
    record: &RecordRef,
    actions: &[OfferedAction],
    has_keys: bool,
) -> Markup {
    let t = shell.texts;
    if actions.is_empty() {
        return html! {};
    }
    let panel = items(shell, record, actions, None, has_keys);
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
            (items(shell, &part.record, &part.actions, Some(back), false))
        }
    };
    menu::menu(&menu::label(None, &shell.texts.get("record-actions")), None, "end acts", &panel)
}

fn items(
    shell: &Shell,
    record: &RecordRef,
    actions: &[OfferedAction],
    back: Option<&str>,
    has_keys: bool,
) -> Markup {
    let label = |action: &OfferedAction| {
        html! { @if let Some(which) = action.icon { (icon(which)) } span { (action.title) } }
    };
    let fields: Vec<(&str, &str)> = back.map(|back| ("back", back)).into_iter().collect();
    let asked = |action: &OfferedAction| {
        links::with_query(&links::action(record, &action.name), fields.iter().copied())
    };
    html! {
        @for action in actions {
            @let to = links::action(record, &action.name);
            // By key nothing is done unseen: only what asks first is opened.
            @let key = action.key.filter(|_| has_keys && !action.at_once).map(String::from);
            @match &action.refused {
                None if action.at_once => span data-do=(asked(action)) { (control::post_button(&to, &fields, &label(action), "item")) },
                None => a.item href=(asked(action)) data-do=(asked(action)) data-key=[key.as_deref()] aria-keyshortcuts=[key.as_deref()] { (label(action)) @if let Some(key) = &key { (control::key(key)) } },
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
    let foresee = links::foresee(&screen.record, &screen.name);
    let content = html! {
        div.page.narrow {
            header.head {
                div {
                    p.crumb {
                        a href=(links::backend(&screen.record.backend)) { (screen.backend_title) } span aria-hidden="true" { "›" }
                        a href=(links::list(&screen.record.backend, &screen.record.resource)) { (screen.resource_title) } span aria-hidden="true" { "›" }
                        a href=(screen.back) { (screen.title) }
                    }
                    h1 { (screen.action) }
                    @if let Some(description) = &screen.description { p.lead { (description) } }
                }
            }
            @if let Some(problem) = &screen.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
            @if let Some(question) = &screen.question { (banner(Loudness::Warning, &html! { (question) }, None)) }
            form.record-form.act-form method="post" action=(to) data-draft=(to) data-foresee=[screen.foreseen.as_ref().map(|_| foresee.as_str())] {
                @for (name, value) in &screen.seen { input type="hidden" name=(name) value=(value); }
                @for (name, value) in &screen.along { input type="hidden" name=(name) value=(value); }
                @for picks in &screen.picks { (pick_group(shell, picks)) }
                (groups(shell, &screen.groups))
                @if !screen.expects.is_empty() { p.help { (t.with("action-expects", &[("fields", screen.expects.join(", ").into())])) } }
                @if let Some(part) = &screen.foreseen {
                    section.foreseen aria-live="polite" {
                        h2 { (t.get("foreseen")) }
                        div #foreseen { (foreseen(shell, part)) }
                        noscript { button.button.small type="submit" formaction=(foresee) formnovalidate { (t.get("foreseen-ask")) } }
                    }
                }
                div.actions.sticky {
                    (deed(&screen.action, &screen.title))
                    a.button.bare href=(screen.back) data-drop-draft { (t.get("act-leave")) }
                }
            }
        }
    };
    shell_page(shell, &heading, Layout::Flow, &content)
}

/// The button that does it, called by what is done and to what. Titles of actions are the backends'
/// own and may be any word, “Cancel” and “Back” included: so it always names its object, and the way
/// out is never called by a single word.
fn deed(action: &str, title: &str) -> Markup {
    html! {
        button.button.primary.deed type="submit" { span { (action) } span.object { (title) } }
    }
}

/// What an action would do.
#[must_use]
pub fn foreseen(shell: &Shell, part: &ForeseenPart) -> Markup {
    let t = shell.texts;
    html! {
        @match part {
            ForeseenPart::Unasked => p.help { (t.get("foreseen-unasked")) },
            ForeseenPart::Told(told) => dl.foreseen { @for (title, value) in told { div { dt { (title) } dd { (value) } } } },
            ForeseenPart::Answer(answer) => @match structure(shell, &Inside::default(), answer) { Some(shown) => (shown), None => pre.code { (answer) } },
            ForeseenPart::NotYet(why) => p.help { (why) },
            ForeseenPart::No(why) => p.error { (icon(Icon::Warning)) span { (why) } },
        }
    }
}
