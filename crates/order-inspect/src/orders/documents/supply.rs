//! When what an invoice charges was delivered (§ 14 Abs. 4 Nr. 6 UStG).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::content::{Desk, on_invoice};
use crate::{
    documents::{DeliveredLine, Delivery},
    orders::facts::{Line, RefundLine},
};

impl Desk<'_> {
    /// The lines of an invoice by the day on which they left; what has not left comes last.
    pub(super) fn deliveries(&self, charged: &[RefundLine]) -> crate::Result<Vec<Delivery>> {
        let mut by_day: BTreeMap<Date, Vec<DeliveredLine>> = BTreeMap::new();
        let mut to_come = Vec::new();
        for (it, position) in on_invoice(charged).zip(1..) {
            let delivered = |units: i64| DeliveredLine { position, quantity: units.to_string() };
            let mut left = it.units;
            for (day, units) in self.shipped(self.facts.line(it.position)?)? {
                let units = units.min(left);
                if units > 0 {
                    by_day.entry(day).or_default().push(delivered(units));
                    left -= units;
                }
            }
            if left > 0 {
                to_come.push(delivered(left));
            }
        }
        let gone = by_day.into_iter().map(|(day, lines)| Delivery { date: Some(day), lines });
        let to_come = (!to_come.is_empty()).then_some(Delivery { date: None, lines: to_come });
        Ok(gone.chain(to_come).collect())
    }

    /// The units of a line that have left, by day. A service is done with the goods that it belongs to.
    fn shipped(&self, line: &Line) -> crate::Result<BTreeMap<Date, i64>> {
        let position = line.parent.unwrap_or(line.position);
        let mut by_day: BTreeMap<Date, i64> = BTreeMap::new();
        for shipment in &self.facts.shipments {
            let units: i64 = shipment
                .lines
                .iter()
                .filter(|(at, _)| *at == position)
                .map(|(_, units)| units)
                .sum();
            *by_day.entry(self.day(shipment.shipped_at)?).or_default() += units;
        }
        Ok(by_day)
    }

    /// The last day on which money came in, where that is not today: what is paid before it is delivered is taxed
    /// when it is received (§ 13 Abs. 1 Nr. 1 Buchst. a Satz 4 UStG).
    pub(super) fn paid_on(&self) -> crate::Result<Option<Date>> {
        let captured = self.facts.money.iter().filter(|it| it.kind == "captured");
        let day = captured.map(|it| it.at).max().map(|at| self.day(at)).transpose()?;
        let today = self.day(self.now)?;
        Ok(day.filter(|day| *day != today))
    }
}
