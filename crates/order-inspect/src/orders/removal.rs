//! Units that an order no longer contains: those of a cancellation, and those that an edit takes out.

use super::{
    cancel::LineUnits,
    credit::{self, Credit},
    facts::{Allocation, Facts, Line},
    stock::{self, Step},
};
use crate::{args, db::Tx, error::Refusal, refuse};

/// Units that go, with their services, what is credited for them and the stock that they set free.
pub(super) struct Removal<'a> {
    /// Lines and how many units of them.
    pub(super) units: Vec<(&'a Line, i64)>,
    /// Frozen shares of their lines, one credit for each line.
    pub(super) credits: Vec<Credit>,
    /// The stock that they hold.
    pub(super) steps: Vec<Step>,
}

impl<'a> Removal<'a> {
    /// What goes with these units.
    ///
    /// # Errors
    /// Refused as `too_much` is more than what was neither shipped nor cancelled.
    pub(super) fn of(facts: &'a Facts, wanted: &[LineUnits]) -> crate::Result<Self> {
        let units = with_services(facts, wanted)?;
        let credit = |(line, quantity): &(&Line, i64)| credit::of_units(facts, line, *quantity);
        let credits = units.iter().map(credit).collect::<crate::Result<_>>()?;
        let steps =
            units.iter().flat_map(|(line, quantity)| released(facts, line, *quantity)).collect();
        Ok(Self { units, credits, steps })
    }

    /// Writes that the units are gone, and sets their stock free. The credits are left to be settled.
    pub(super) async fn write(&self, tx: &mut Tx, order_id: i64) -> crate::Result<()> {
        for (line, quantity) in &self.units {
            let sql = "UPDATE order_line SET cancelled = cancelled + $3
                WHERE order_id = $1 AND position = $2";
            tx.run(sql, args![order_id, line.position, *quantity]).await?;
        }
        stock::release(tx, order_id, &self.steps).await
    }
}

/// The lines that are meant, with the services that go with them: those of a line that goes, go along.
fn with_services<'a>(
    facts: &'a Facts,
    wanted: &[LineUnits],
) -> crate::Result<Vec<(&'a Line, i64)>> {
    let mut units: Vec<(&Line, i64)> = Vec::new();
    let mut add = |line: &'a Line, quantity: i64| match units
        .iter_mut()
        .find(|(it, _)| it.position == line.position)
    {
        Some((_, sum)) => *sum = (*sum).max(quantity),
        None => units.push((line, quantity)),
    };
    for it in wanted {
        let line = facts.line(it.position)?;
        if it.quantity < 1 || it.quantity > line.open() {
            let detail = format!("Line {} has {} open units.", it.position, line.open());
            refuse!(Refusal::conflict("too_much", detail));
        }
        add(line, it.quantity);
        for service in facts.lines.iter().filter(|service| service.parent == Some(it.position)) {
            let quantity = it.quantity.min(service.open());
            if quantity > 0 {
                add(service, quantity);
            }
        }
    }
    Ok(units)
}

/// The stock that so many units of a line hold, from the last location to the first.
fn released(facts: &Facts, line: &Line, quantity: i64) -> Vec<Step> {
    let own = |it: &&Allocation| it.position == line.position;
    let mut variants: Vec<i64> =
        facts.allocations.iter().filter(own).map(|it| it.variant_id).collect();
    variants.dedup();
    let mut steps = Vec::new();
    for variant in variants {
        let mut left = None;
        for it in facts.allocations.iter().filter(own).filter(|it| it.variant_id == variant).rev() {
            let missing = left.unwrap_or(quantity * it.per_unit);
            let part = it.held().min(missing);
            left = Some(missing - part);
            if part > 0 {
                steps.push(Step {
                    position: it.position,
                    variant_id: variant,
                    location_id: it.location_id,
                    quantity: part,
                });
            }
        }
    }
    steps
}
