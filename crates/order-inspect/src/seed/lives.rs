//! What became of the orders: facts, from which their statuses follow.

use serde_json::json;

use super::{DAY, Plan, chance::Chance, id, levels::Levels};
use crate::{
    args,
    catalogue::stock::MOVEMENT,
    db::{Insert, Value},
    moment::Moment,
    orders::{
        facts::{Facts, Line, MoneyEntry, Parcel, RefundLine, RefundRow, Shipment},
        operations::PAYMENT,
        place::rows::{self, ALLOCATION, LINE, ORDER, USE},
        search::tracking_key,
        settle::EVENT,
        standing::{OrderStatus, standing},
    },
    tax::tax_contained,
};

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It waits to be shipped.
    Open,
    /// Nothing of it was shipped.
    Cancelled,
    /// It arrived and was paid.
    Delivered,
    /// It arrived, and its first line came back: at that moment, where it is known.
    Returned(Option<Moment>),
}

impl Fate {
    /// The last tenth is open; of the others eight of nine were shipped, and of those one in eight came back.
    pub(super) fn of(
        plan: Plan,
        number: u64,
        returned_at: Option<Moment>,
        chance: &mut Chance,
    ) -> Self {
        if returned_at.is_some() {
            return Self::Returned(returned_at);
        }
        if number.saturating_mul(10) >= plan.orders.saturating_mul(9) {
            return Self::Open;
        }
        match chance.below(72) {
            0..8 => Self::Cancelled,
            8..16 => Self::Returned(None),
            _ => Self::Delivered,
        }
    }
}

/// Rows of a piece, by table.
pub(super) struct Rows {
    movement: u64,
    orders: Vec<Vec<Value>>,
    lines: Vec<Vec<Value>>,
    allocations: Vec<Vec<Value>>,
    uses: Vec<Vec<Value>>,
    events: Vec<Vec<Value>>,
    shipments: Vec<Vec<Value>>,
    shipment_lines: Vec<Vec<Value>>,
    parcels: Vec<Vec<Value>>,
    payments: Vec<Vec<Value>>,
    money: Vec<Vec<Value>>,
    returns: Vec<Vec<Value>>,
    return_lines: Vec<Vec<Value>>,
    refunds: Vec<Vec<Value>>,
    refund_lines: Vec<Vec<Value>>,
    movements: Vec<Vec<Value>>,
}

impl Rows {
    /// No rows yet; movements are numbered after the last one.
    pub(super) fn new(last_movement: u64) -> Self {
        Self {
            movement: last_movement,
            orders: vec![],
            lines: vec![],
            allocations: vec![],
            uses: vec![],
            events: vec![],
            shipments: vec![],
            shipment_lines: vec![],
            parcels: vec![],
            payments: vec![],
            money: vec![],
            returns: vec![],
            return_lines: vec![],
            refunds: vec![],
            refund_lines: vec![],
            movements: vec![],
        }
    }

    pub(super) fn last_movement(&self) -> u64 {
        self.movement
    }

    /// Notes what a promotion gave.
    pub(super) fn give(
        &mut self,
        promotion: i64,
        facts: &Facts,
        coupon: Option<&str>,
        amount: i64,
    ) {
        let order = &facts.order;
        self.uses.push(args![promotion, order.id, coupon, order.customer_id, &order.email, amount]);
    }

    /// Adds an order with its life.
    pub(super) fn add(
        &mut self,
        mut facts: Facts,
        fate: Fate,
        levels: &mut Levels,
        chance: &mut Chance,
    ) -> crate::Result<()> {
        let placed = facts.order.placed_at;
        let mut last = placed;
        self.event(&facts, 0, "placed", placed);
        match fate {
            Fate::Open => {}
            Fate::Cancelled => {
                last = placed.saturating_add_micros(chance.amount(1, 40) * DAY / 20);
                self.cancel(&mut facts, last);
            }
            Fate::Delivered | Fate::Returned(_) => {
                let shipped = placed.saturating_add_micros(chance.amount(12, 72) * DAY / 24);
                last = self.ship(&mut facts, shipped, chance);
                if let Fate::Returned(received) = fate {
                    let asked = last.saturating_add_micros(5 * DAY);
                    let received = received.unwrap_or(asked.saturating_add_micros(4 * DAY));
                    last = self.take_back(&mut facts, asked.min(received), received);
                }
            }
        }
        self.settle(&mut facts, last, levels)
    }

    fn event(&mut self, facts: &Facts, at: i64, kind: &str, when: Moment) {
        let order = &facts.order;
        let told =
            json!({ "number": order.number, "total": order.total, "currency": order.currency });
        self.events.push(args![order.id * 8 + at, order.id, kind, "seed", when, told]);
    }

    fn cancel(&mut self, facts: &mut Facts, when: Moment) {
        let mut lines = Vec::new();
        for line in &mut facts.lines {
            line.cancelled = line.quantity;
            lines.push(whole(line));
        }
        for part in &facts.order.quote.shipping.parts {
            let (amount, tax) = (part.gross, part.tax);
            lines.push(RefundLine { position: 0, tax_rate: part.rate, units: 0, amount, tax });
        }
        facts.allocations.iter_mut().for_each(|it| it.released = it.quantity);
        self.refund(facts, "cancelled", lines, when);
        self.event(facts, 1, "cancelled", when);
    }

    /// One parcel with everything, which arrives and is paid. The moment of the payment.
    fn ship(&mut self, facts: &mut Facts, when: Moment, chance: &mut Chance) -> Moment {
        let order_id = facts.order.id;
        let delivered = when.saturating_add_micros(chance.amount(24, 96) * DAY / 24);
        let paid = delivered.saturating_add_micros(chance.amount(1, 14) * DAY);
        let mut lines = Vec::new();
        for line in &mut facts.lines {
            line.shipped = line.quantity;
            lines.push((line.position, line.quantity));
            self.shipment_lines.push(args![order_id, line.position, line.quantity]);
        }
        for it in &mut facts.allocations {
            it.shipped = it.quantity;
            self.movement += 1;
            let taken = -it.quantity;
            self.movements.push(args![
                id(self.movement),
                it.variant_id,
                it.location_id,
                "shipment",
                taken,
                order_id,
                None::<String>,
                "seed",
                when
            ]);
        }
        let tracking = format!("0034{order_id:016}");
        let parcel = Parcel { tracking: tracking.clone(), url: None, weight_grams: Some(8_000) };
        let number = numbered(facts, "L");
        let location_id = facts.allocations.first().map_or(1, |it| it.location_id);
        self.shipments.push(args![
            order_id,
            order_id,
            location_id,
            &number,
            "Hermes",
            json!([parcel]),
            when,
            delivered
        ]);
        self.parcels.push(args![tracking_key(&tracking), order_id]);
        let parcels = vec![parcel];
        let (carrier, shipped_at, delivered_at) = ("Hermes".to_owned(), when, Some(delivered));
        let id = order_id;
        facts.shipments.push(Shipment {
            id,
            location_id,
            number,
            carrier,
            parcels,
            shipped_at,
            delivered_at,
            lines,
        });
        let order = &facts.order;
        let reference = format!("{}-1", order.number);
        self.payments.push(args![
            order_id,
            order_id,
            "manual",
            "invoice",
            reference,
            order.total,
            paid
        ]);
        self.pay(facts, "captured", order_id * 2, facts.order.total, paid);
        self.event(facts, 1, "shipped", when);
        self.event(facts, 2, "delivered", delivered);
        self.event(facts, 3, "paid", paid);
        paid
    }

    /// The first line comes back, goes on the shelf again and its money is given back. The moment of that.
    fn take_back(&mut self, facts: &mut Facts, when: Moment, back: Moment) -> Moment {
        let (order_id, number) = (facts.order.id, numbered(facts, "RT"));
        let Some(line) = facts.lines.first_mut() else { return when };
        line.returned = line.quantity;
        let (position, units) = (line.position, line.quantity);
        // The first credit of an order contains what the rate says of it.
        let lines =
            vec![RefundLine { tax: tax_contained(line.tax_rate, line.total), ..whole(line) }];
        let amount = line.total;
        self.returns.push(args![order_id, order_id, number, "return", when, "seed", back]);
        self.return_lines.push(args![order_id, position, units, "unwanted", units, 0_i64, 0_i64]);
        for it in facts.allocations.iter().filter(|it| it.position == position) {
            self.movement += 1;
            self.movements.push(args![
                id(self.movement),
                it.variant_id,
                it.location_id,
                "return",
                it.quantity,
                order_id,
                None::<String>,
                "seed",
                back
            ]);
        }
        self.refund(facts, "returned", lines, back);
        self.pay(facts, "refunded", order_id * 2 + 1, amount, back);
        self.event(facts, 4, "returned", back);
        self.event(facts, 5, "refunded", back);
        back
    }

    fn refund(&mut self, facts: &mut Facts, reason: &str, lines: Vec<RefundLine>, when: Moment) {
        let id = facts.order.id;
        let amount = lines.iter().map(|it| it.amount).sum();
        let tax = lines.iter().map(|it| it.tax).sum();
        self.refunds.push(args![id, id, reason, amount, tax, "seed", when]);
        for it in &lines {
            self.refund_lines.push(args![
                id,
                id,
                it.position,
                it.tax_rate.thousandths(),
                it.units,
                it.amount,
                it.tax
            ]);
        }
        let (reason, created_at) = (reason.to_owned(), when);
        facts.refunds.push(RefundRow {
            id,
            operation_id: None,
            reason,
            amount,
            tax,
            created_at,
            lines,
        });
    }

    fn pay(&mut self, facts: &mut Facts, kind: &str, entry: i64, amount: i64, at: Moment) {
        let payment_id = facts.order.id;
        let reference = format!("{kind}-{entry}");
        self.money.push(args![entry, payment_id, payment_id, kind, amount, &reference, at]);
        facts.money.push(MoneyEntry { payment_id, kind: kind.to_owned(), amount, reference, at });
    }

    /// Works out where the order stands, and counts what it did to the stock.
    fn settle(
        &mut self,
        facts: &mut Facts,
        last: Moment,
        levels: &mut Levels,
    ) -> crate::Result<()> {
        let standing = standing(facts);
        let order = &mut facts.order;
        order.closed_at = (standing.order == OrderStatus::Completed).then_some(last);
        order.cancelled_at = (standing.order == OrderStatus::Cancelled).then_some(last);
        self.orders.push(rows::order(order, &standing, last)?);
        let order_id = order.id;
        for it in &facts.lines {
            self.lines.push(rows::line(order_id, it)?);
        }
        for it in &facts.allocations {
            self.allocations.push(rows::allocation(order_id, it));
            let Some(level) = levels.at(it.variant_id, it.location_id) else { continue };
            let units = |count: i64| u32::try_from(count).unwrap_or(0);
            level.held += units(it.held());
            level.shipped += units(it.shipped);
            let line = facts.lines.iter().find(|line| line.position == it.position);
            level.returned += line.map_or(0, |line| units(line.returned * it.per_unit));
        }
        Ok(())
    }

    /// All of them, those first that others refer to.
    pub(super) fn inserts(self) -> Vec<Insert<'static>> {
        let insert = |table, columns, rows| Insert { table, columns, rows };
        vec![
            insert("orders", ORDER, self.orders),
            insert("order_line", LINE, self.lines),
            insert("allocation", ALLOCATION, self.allocations),
            insert("promotion_use", USE, self.uses),
            insert("order_event", EVENT, self.events),
            insert("shipment", SHIPMENT, self.shipments),
            insert("shipment_line", &["shipment_id", "position", "quantity"], self.shipment_lines),
            insert("parcel", &["tracking", "shipment_id"], self.parcels),
            insert("payment", PAYMENT, self.payments),
            insert("money_entry", MONEY, self.money),
            insert("order_return", RETURN, self.returns),
            insert("return_line", RETURN_LINE, self.return_lines),
            insert("refund", REFUND, self.refunds),
            insert("refund_line", REFUND_LINE, self.refund_lines),
            insert("stock_movement", &MOVEMENT, self.movements),
        ]
    }
}

/// The number of something that belongs to the order.
fn numbered(facts: &Facts, letters: &str) -> String {
    let (shop, number) = facts.order.number.split_once('-').unwrap_or_default();
    format!("{shop}-{letters}{number}")
}

const SHIPMENT: &[&str] = &[
    "id",
    "order_id",
    "location_id",
    "number",
    "carrier",
    "parcels",
    "shipped_at",
    "delivered_at",
];
const MONEY: &[&str] =
    &["id", "order_id", "payment_id", "kind", "amount", "provider_reference", "at"];
const RETURN: &[&str] =
    &["id", "order_id", "number", "kind", "requested_at", "requested_by", "received_at"];
const RETURN_LINE: &[&str] =
    &["return_id", "position", "quantity", "reason", "restocked", "written_off", "replaced"];
const REFUND: &[&str] = &["id", "order_id", "reason", "amount", "tax", "actor", "created_at"];
/// All units of a line.
fn whole(line: &Line) -> RefundLine {
    RefundLine {
        position: line.position,
        tax_rate: line.tax_rate,
        units: line.quantity,
        amount: line.total,
        tax: line.tax,
    }
}

const REFUND_LINE: &[&str] =
    &["refund_id", "order_id", "position", "tax_rate", "units", "amount", "tax"];
