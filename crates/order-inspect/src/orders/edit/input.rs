//! What is asked for when an order is edited.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{
    cancel::LineUnits,
    place::{MOST_UNITS, PlaceLine},
};
use crate::error::Findings;

/// The most changes of one edit.
const MOST_CHANGES: usize = 100;

/// Changes to look at.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderChanges {
    /// What is changed; all of it or nothing.
    #[schema(min_items = 1, max_items = 100)]
    pub changes: Vec<Change>,
}

/// An edit, as it was looked at.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditOrder {
    /// What is changed; all of it or nothing.
    #[schema(min_items = 1, max_items = 100)]
    pub changes: Vec<Change>,
    /// Why, for the timeline; the customer is not told.
    #[schema(min_length = 1, max_length = 500, examples("Called: needs a larger size"))]
    pub reason: String,
    /// `total_after` of the preview, in minor units. If the order would charge something else the edit is refused, so
    /// that nobody agrees to a price that they have not seen.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000i64, examples(6492))]
    pub expected_total: i64,
}

/// One change of what is in an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// More units of a line: a new line of the same goods with the same services, at today's price for so many.
    #[schema(examples(json!({ "more": { "position": 1, "quantity": 1 } })))]
    More(LineUnits),
    /// Fewer units of a line, services along with their goods: their frozen shares are no longer charged.
    #[schema(examples(json!({ "fewer": { "position": 2, "quantity": 1 } })))]
    Fewer(LineUnits),
    /// Something that was not in it. Another price for one unit than the list's needs a reason: its note.
    #[schema(examples(json!({ "add": { "sku": "LAMP-RED", "quantity": 1, "unit_price": 1500, "note": "Scratched" } })))]
    Add(PlaceLine),
    /// Another variant in place of units of a line, with the same services.
    #[schema(examples(json!({ "swap": { "position": 1, "quantity": 1, "sku": "LAMP-RED-L" } })))]
    Swap(Swap),
}

/// Another variant in place of units of a line, such as another size.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Swap {
    /// The line.
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: i64,
    /// How many of its units go, and how many come.
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: i64,
    /// What comes in their place.
    #[schema(min_length = 1, max_length = 64, examples("LAMP-RED-L"))]
    pub sku: String,
    /// Another price for one unit than the list's, such as the one that the customer has paid.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    pub unit_price: Option<i64>,
    /// A note on the line that comes; with another price, the reason for it.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

impl Change {
    /// The line and how many of its units go.
    pub(super) fn goes(&self) -> Option<LineUnits> {
        match self {
            Self::Fewer(it) => Some(*it),
            Self::Swap(it) => Some(LineUnits { position: it.position, quantity: it.quantity }),
            Self::More(_) | Self::Add(_) => None,
        }
    }
}

/// What can be found wrong without looking anywhere.
pub(super) fn check(changes: &[Change]) -> crate::Result<()> {
    let mut findings = Findings::default();
    findings.list(changes, 1, MOST_CHANGES, "/changes");
    for (at, change) in changes.iter().enumerate() {
        let most = i64::from(MOST_UNITS);
        let (kind, quantity, price, note) = match change {
            Change::More(it) => ("more", it.quantity, None, None),
            Change::Fewer(it) => ("fewer", it.quantity, None, None),
            Change::Add(it) => ("add", i64::from(it.quantity), it.unit_price, it.note.as_deref()),
            Change::Swap(it) => ("swap", it.quantity, it.unit_price, it.note.as_deref()),
        };
        let place = |field: &str| format!("/changes/{at}/{kind}/{field}");
        findings.check((1..=most).contains(&quantity), place("quantity"), format!("1 to {most}"));
        let fits = price.is_none_or(|price| (0..=1_000_000_000_000).contains(&price));
        findings.check(fits, place("unit_price"), "not below zero");
        let short = note.is_none_or(|note| note.chars().count() <= 500);
        findings.check(short, place("note"), "at most 500 characters");
        let explained = price.is_none() || note.is_some_and(|note| !note.trim().is_empty());
        findings.check(explained, place("note"), "say why it has another price than the list's");
        if let Change::Add(it) = change {
            findings.check(it.services.len() <= 10, place("services"), "at most 10");
        }
    }
    findings.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn pointers(changes: serde_json::Value) -> Vec<String> {
        let changes: Vec<Change> = serde_json::from_value(changes).unwrap();
        match check(&changes) {
            Ok(()) => Vec::new(),
            Err(Error::Refused(it)) => it.fields.into_iter().map(|it| it.pointer).collect(),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn another_price_needs_a_reason_and_is_not_below_zero() {
        let cheaper =
            serde_json::json!([{ "add": { "sku": "A", "quantity": 1, "unit_price": 0 } }]);
        assert_eq!(pointers(cheaper), ["/changes/0/add/note"]);
        let below = serde_json::json!([{ "swap":
            { "position": 1, "quantity": 1, "sku": "A", "unit_price": -1, "note": "Kulanz" } }]);
        assert_eq!(pointers(below), ["/changes/0/swap/unit_price"]);
        let free = serde_json::json!([{ "add":
            { "sku": "A", "quantity": 1, "unit_price": 0, "note": "Kulanz" } }]);
        assert_eq!(pointers(free), [""; 0]);
    }

    #[test]
    fn an_edit_changes_something() {
        assert_eq!(pointers(serde_json::json!([])), ["/changes"]);
        let none = serde_json::json!([{ "fewer": { "position": 1, "quantity": 0 } }]);
        assert_eq!(pointers(none), ["/changes/0/fewer/quantity"]);
    }
}
