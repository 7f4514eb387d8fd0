//! What an edit comes to: the same for looking at it and for making it.

use std::collections::BTreeMap;

use super::{
    super::{
        cancel::LineUnits,
        credit,
        facts::{Facts, Line},
        operations::{held, to_authorise},
        payouts::waiting,
        place::{Added, Clerk, MOST_LINES, MOST_UNITS, Onto, PlaceLine},
        removal::Removal,
        standing::{money, sum},
        stock,
    },
    AddedLine, Change, Delta, EditPreview, RemovedUnits,
    input::check,
};
use crate::{
    act::Act,
    db::Tx,
    error::{Error, FieldProblem, Refusal},
    refuse,
};

/// What goes, what comes, and what the order charges then.
pub(super) struct Plan<'a> {
    pub(super) facts: &'a Facts,
    pub(super) removal: Removal<'a>,
    pub(super) added: Option<Added>,
    /// What is charged now, less credits.
    pub(super) total_before: i64,
    pub(super) total_after: i64,
}

/// Locks all stock that an edit sets free or takes, before anybody looks at it.
pub(super) async fn lock(tx: &mut Tx, facts: &Facts, changes: &[Change]) -> crate::Result<()> {
    let goes =
        |position: i64| changes.iter().filter_map(Change::goes).any(|it| it.position == position);
    let held = facts.allocations.iter().filter(|it| goes(it.position));
    let variants = held.map(|it| it.variant_id).collect();
    let comes = |change: &Change| match change {
        Change::Add(it) => Some(it.sku.clone()),
        Change::Swap(it) => Some(it.sku.clone()),
        Change::More(it) => facts.line(it.position).ok().map(|line| line.sku.clone()),
        Change::Fewer(_) => None,
    };
    stock::lock(tx, variants, changes.iter().filter_map(comes).collect()).await
}

impl<'a> Plan<'a> {
    /// Works an edit out. Nothing is written.
    ///
    /// # Errors
    /// Refused is what cannot be meant (with its place under `/changes`), more than there is in stock or in the order, and
    /// an edit that leaves nothing.
    pub(super) async fn of(
        tx: &mut Tx,
        act: &Act,
        clerk: &Clerk,
        facts: &'a Facts,
        changes: &[Change],
    ) -> crate::Result<Self> {
        check(changes)?;
        let removal = Removal::of(facts, &goes(facts, changes)?)?;
        let (origins, lines): (Vec<Origin>, Vec<PlaceLine>) =
            comes(facts, changes)?.into_iter().unzip();
        let added = if lines.is_empty() {
            None
        } else {
            let added = add(tx, act, clerk, facts, lines, &removal).await;
            Some(added.map_err(|error| pointing_at(&origins, error))?)
        };
        let gone: i64 = removal.units.iter().map(|(_, quantity)| quantity).sum();
        let open: i64 = facts.lines.iter().map(Line::open).sum();
        if gone == open && added.is_none() {
            let detail = "Nothing would be left of the order: cancel it instead.";
            refuse!(Refusal::conflict("nothing_left", detail));
        }
        let total_before = money(facts).owed;
        let comes = added.as_ref().map_or(0, |it| it.quote.total);
        let total_after = total_before - credit::sum(&removal.credits) + comes;
        Ok(Self { facts, removal, added, total_before, total_after })
    }

    /// What goes and what comes, for people.
    pub(super) fn delta(&self) -> Delta {
        let credits = credit::taxed(self.facts, &self.removal.credits);
        let removed = self.removal.units.iter().zip(&credits);
        let added = self.added.iter().flat_map(|it| &it.lines);
        Delta {
            removed: removed.map(|(units, credit)| RemovedUnits::of(units, credit)).collect(),
            added: added.map(AddedLine::of).collect(),
        }
    }

    /// For how much another payment has to be begun.
    pub(super) fn authorise(&self) -> i64 {
        if self.facts.order.provider == "manual" {
            return 0;
        }
        to_authorise(self.facts, self.total_after) - self.kept_back()
    }

    /// How much of what was to be transferred to the customer, and was not yet, stays for what the order charges more.
    pub(super) fn kept_back(&self) -> i64 {
        let to_transfer = sum(waiting(self.facts).map(|it| it.amount));
        to_transfer.min(to_authorise(self.facts, self.total_after))
    }

    /// How much of what was paid goes back: no more than the edit credits, see
    /// [`let_go_beyond`](super::super::operations::let_go_beyond).
    pub(super) fn refund(&self) -> i64 {
        let captured: i64 = held(self.facts).iter().map(|it| it.captured).sum();
        (captured - self.total_after).min(credit::sum(&self.removal.credits)).max(0)
    }

    pub(super) fn preview(&self) -> EditPreview {
        EditPreview {
            currency: self.facts.order.currency,
            delta: self.delta(),
            total_before: self.total_before,
            total_after: self.total_after,
            authorise: self.authorise(),
            refund: self.refund(),
            kept_back: self.kept_back(),
        }
    }
}

/// Units that go, the sum of each line.
fn goes(facts: &Facts, changes: &[Change]) -> crate::Result<Vec<LineUnits>> {
    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for it in changes.iter().filter_map(Change::goes) {
        facts.line(it.position)?;
        *sums.entry(it.position).or_default() += it.quantity;
    }
    Ok(sums.into_iter().map(|(position, quantity)| LineUnits { position, quantity }).collect())
}

/// The place of the change that a line comes from.
type Origin = String;

/// Lines that come, with their origins.
fn comes(facts: &Facts, changes: &[Change]) -> crate::Result<Vec<(Origin, PlaceLine)>> {
    let mut lines = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        let origin = |kind: &str| format!("/changes/{at}/{kind}");
        match change {
            Change::Fewer(_) => {}
            Change::Add(it) => lines.push((origin("add"), it.clone())),
            Change::More(it) => {
                let line = goods(facts, it.position, &origin("more"))?;
                let more = like(facts, line, &line.sku, it.quantity);
                lines.push((origin("more"), more));
            }
            Change::Swap(it) => {
                let line = goods(facts, it.position, &origin("swap"))?;
                let other = like(facts, line, &it.sku, it.quantity);
                let (unit_price, note) = (it.unit_price, it.note.clone());
                lines.push((origin("swap"), PlaceLine { unit_price, note, ..other }));
            }
        }
    }
    let goods = facts.lines.iter().filter(|it| it.goods).count();
    if goods + lines.len() > MOST_LINES {
        refuse!(Refusal::invalid("/changes", format!("an order has at most {MOST_LINES} lines")));
    }
    Ok(lines)
}

fn goods<'a>(facts: &'a Facts, position: i64, origin: &str) -> crate::Result<&'a Line> {
    let line = facts.lines.iter().find(|it| it.position == position && it.goods);
    let detail = || format!("order {} has no goods at {position}", facts.order.number);
    line.ok_or_else(|| Refusal::invalid(format!("{origin}/position"), detail()).into())
}

/// A line to be ordered with the services of one that is there.
fn like(facts: &Facts, line: &Line, sku: &str, quantity: i64) -> PlaceLine {
    let services =
        facts.lines.iter().filter(|it| it.parent == Some(line.position) && it.open() > 0);
    PlaceLine {
        sku: sku.to_owned(),
        quantity: u32::try_from(quantity).unwrap_or(MOST_UNITS),
        services: services.map(|it| it.sku.clone()).collect(),
        note: None,
        unit_price: None,
    }
}

async fn add(
    tx: &mut Tx,
    act: &Act,
    clerk: &Clerk,
    facts: &Facts,
    lines: Vec<PlaceLine>,
    removal: &Removal<'_>,
) -> crate::Result<Added> {
    let order = &facts.order;
    let last = facts.lines.iter().map(|it| it.position).max().unwrap_or(0);
    let onto = Onto { first_position: last + 1, version: order.version + 1, freed: &removal.steps };
    clerk.add(tx, act, order, lines, onto).await
}

/// The same refusal, with its places in the changes instead of the lines that were made of them.
fn pointing_at(origins: &[Origin], error: Error) -> Error {
    let Error::Refused(refusal) = error else { return error };
    if refusal.fields.is_empty() {
        return Error::Refused(refusal);
    }
    let moved = |it: FieldProblem| {
        let place =
            it.pointer.strip_prefix("/lines/").map(|it| it.split_once('/').unwrap_or((it, "")));
        let origin =
            place.and_then(|(at, rest)| Some((origins.get(at.parse::<usize>().ok()?)?, rest)));
        match origin {
            Some((origin, rest)) => FieldProblem { pointer: format!("{origin}/{rest}"), ..it },
            None => it,
        }
    };
    Refusal::invalid_fields(refusal.fields.into_iter().map(moved).collect()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_change_that_a_line_was_made_of() {
        let origins = ["/changes/0/add".to_owned(), "/changes/3/swap".to_owned()];
        let places = ["/lines/1/sku", "/lines/7/sku", "/currency"];
        let fields = places
            .map(|pointer| FieldProblem { pointer: pointer.to_owned(), detail: "no".to_owned() });
        let refused = Refusal::invalid_fields(fields.to_vec()).into();
        let Error::Refused(refused) = pointing_at(&origins, refused) else { panic!("no refusal") };
        let pointers: Vec<&str> = refused.fields.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(pointers, ["/changes/3/swap/sku", "/lines/7/sku", "/currency"]);
    }
}
