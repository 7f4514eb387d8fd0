//! A work queue: a list that is gone through record by record. Its state stands in the addresses,
//! so that it works without script, and in any number of windows at once.

use kontor_model::{BackendName, Count, ResourceName};
use maud::{Markup, html};

use super::acting::OfferedAction;
use crate::components::icon::{Icon, icon};
use crate::components::{Shell, control, menu, status};
use crate::links;
use crate::pages::list::ListQuery;
use crate::shown::RecordRef;

/// No queue is gone through farther than this, whatever an address says.
const FARTHEST: u64 = 1 << 32;

/// A place in a queue, as the address has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePlace {
    /// The list; its `after` is where the part begins that is at hand.
    pub query: ListQuery,
    /// The number of the record in the queue, the first is 1.
    pub number: u64,
    /// Records before the part that is at hand.
    pub past: u64,
}

impl QueuePlace {
    /// The beginning of the queue of a list.
    #[must_use]
    pub fn start(query: &ListQuery) -> Self {
        Self { query: query.from_start(), number: 1, past: 0 }
    }

    /// The place that an address names; none outside of a queue.
    #[must_use]
    pub fn from_pairs(pairs: &[(String, String)]) -> Option<Self> {
        let number = |name: &str| {
            let found = pairs.iter().find(|(other, _)| other == name);
            found.and_then(|(_, text)| text.parse::<u64>().ok()).map(|number| number.min(FARTHEST))
        };
        let all = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Some(Self {
            number: number("queue")?.max(1),
            past: number("past").unwrap_or(0),
            query: ListQuery { before: None, ..ListQuery::from_pairs(all) },
        })
    }

    /// This place as pairs, for addresses and forms.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.query.pairs_without(&["before"]);
        pairs.push(("queue", self.number.to_string()));
        if self.past > 0 {
            pairs.push(("past", self.past.to_string()));
        }
        pairs
    }

    /// A page with this place along with it.
    #[must_use]
    pub fn on(&self, path: &str) -> String {
        let pairs = self.pairs();
        links::with_query(path, pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// Goes on from a record: to the one that was next, or to what is at its place by then.
    #[must_use]
    pub fn onward(&self, record: &RecordRef, next: Option<&str>) -> String {
        let queue = links::queue(&record.backend, &record.resource);
        let from = record.key.to_text();
        links::with_query(&self.on(&queue), [("from", from.as_str()), ("to", next.unwrap_or(""))])
    }

    /// The list that the queue goes through.
    #[must_use]
    pub fn list(&self, backend: &BackendName, resource: &ResourceName) -> String {
        self.query.from_start().address(backend, resource)
    }
}

/// The bar above a record of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueBar {
    /// Where one is.
    pub place: QueuePlace,
    /// Name of the saved view, where it is one.
    pub view: Option<String>,
    /// How many records the queue has.
    pub count: Count,
    /// Whether the record belongs to the queue still.
    pub is_in: bool,
    /// The record before.
    pub previous: Option<String>,
    /// The key of the next record, as it stands in addresses.
    pub next: Option<String>,
}

impl QueueBar {
    /// What forms send along, so that the next record follows.
    #[must_use]
    pub fn along(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.place.pairs();
        pairs.extend(self.next.clone().map(|next| ("to", next)));
        pairs
    }
}

/// The bar.
pub(crate) fn bar(
    shell: &Shell,
    record: &RecordRef,
    bar: &QueueBar,
    actions: &[OfferedAction],
) -> Markup {
    let t = shell.texts;
    let (backend, resource) = (&record.backend, &record.resource);
    let onward = bar.place.onward(record, bar.next.as_deref());
    let name = bar.view.clone().unwrap_or_else(|| t.get("queue-list").into_owned());
    let keyed = actions.iter().filter(|action| action.key.is_some() && action.refused.is_none());
    html! {
        nav.queue aria-label=(t.get("queue")) {
            div.place {
                a.button.small href=(bar.place.list(backend, resource)) title=(name) { (icon(Icon::Left)) span { (name) } }
                @if bar.is_in {
                    span.of { strong { (bar.place.number) } " " (t.get("queue-of")) " " (status::counter(t, bar.count)) }
                } @else {
                    span.of.left { (icon(Icon::Check)) (t.get("queue-left")) }
                }
            }
            @if actions.iter().any(|action| action.key.is_some()) {
                // On a narrow screen, where nobody has keys, one line is enough.
                (menu::menu(&menu::label(None, &t.get("record-actions")), None, "end acts small-screen", &html! {
                    @for action in keyed.clone() { (act_button(record, bar, action, false)) }
                }))
            }
            div.steps {
                @match &bar.previous {
                    Some(href) => a.button.mark href=(href) rel="prev" data-key="k" aria-keyshortcuts="k" title=(t.get("queue-previous")) aria-label=(t.get("queue-previous")) { (icon(Icon::Up)) },
                    None => span.button.mark aria-disabled="true" { (icon(Icon::Up)) },
                }
                a.button href=(onward) rel="next" data-key="j n" aria-keyshortcuts="j n" { span { (t.get(if bar.next.is_some() || !bar.is_in { "queue-next" } else { "queue-end" })) } kbd { "j" } }
            }
            @if actions.iter().any(|action| action.key.is_some()) { div.actions.large-screen {
                @for action in keyed { (act_button(record, bar, action, true)) }
            } }
        }
    }
}

/// A button of an action with its key, in the bar or in its menu: what it does is done, and where
/// that takes the record out of the queue, the next one follows.
fn act_button(record: &RecordRef, bar: &QueueBar, action: &OfferedAction, in_bar: bool) -> Markup {
    let to = links::action(record, &action.name);
    let key = action.key.filter(|_| in_bar).map(String::from);
    let class = if in_bar { "button" } else { "button item" };
    let label = html! {
        @if let Some(which) = action.icon { (icon(which)) }
        span { (action.title) }
        @if let Some(key) = &key { (control::key(key)) }
    };
    if !action.at_once {
        let along = bar.along();
        let to = links::with_query(&to, along.iter().map(|(name, value)| (*name, value.as_str())));
        return html! { a class=(class) href=(to) data-key=[key.as_deref()] aria-keyshortcuts=[key.as_deref()] { (label) } };
    }
    html! {
        form.inline method="post" action=(to) {
            @for (name, value) in bar.along() { input type="hidden" name=(name) value=(value); }
            button class=(class) type="submit" data-key=[key.as_deref()] aria-keyshortcuts=[key.as_deref()] title=[action.help.as_deref()] { (label) }
        }
    }
}
