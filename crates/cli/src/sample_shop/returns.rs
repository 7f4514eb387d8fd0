//! What came back, as the returns desk has it: what was announced, what was found out by looking,
//! and what became of it.

use super::Plan;
use super::catalogue::Product;
use super::customers::Customer;
use super::dates::{Moment, TODAY, days_between};
use super::new_shop::NewOrder;
use super::orders::{Order, Return};
use super::phrases::{
    CUSTOMERS_ON_RETURNS, DESK_CLERKS, DESK_COMMENTS, SHELVES_OF_RETURNS, WHY_GIVEN_UP,
};
use super::random::Random;

/// A parcel of a customer.
pub(super) struct Parcel {
    pub(super) carrier: &'static str,
    pub(super) tracking_no: String,
    pub(super) announced: Moment,
    pub(super) arrived: Option<Moment>,
    pub(super) weight_grams: Option<i64>,
}

/// What somebody found out by looking.
pub(super) struct Inspection {
    pub(super) condition: &'static str,
    pub(super) by: &'static str,
    pub(super) at: Moment,
    pub(super) photos: i64,
}

/// What becomes of it.
pub(super) struct Decision {
    pub(super) word: &'static str,
    pub(super) at: Moment,
    pub(super) note: &'static str,
}

/// Something that came back, or will.
pub(super) struct DeskReturn {
    pub(super) rma: String,
    /// Position among the parcels.
    pub(super) parcel: usize,
    /// As the customer typed it.
    pub(super) order_no: String,
    /// As the customer typed it.
    pub(super) email: String,
    pub(super) customer_no: Option<i64>,
    /// With the mark of this house, which is one of several that the desk works for.
    pub(super) sku: String,
    pub(super) article: String,
    pub(super) quantity: i64,
    pub(super) reason: String,
    pub(super) remark: Option<&'static str>,
    pub(super) registered: Moment,
    pub(super) received: Option<Moment>,
    pub(super) inspection: Option<Inspection>,
    pub(super) decision: Option<Decision>,
    /// What a clerk wrote down, and who.
    pub(super) comment: Option<(&'static str, &'static str)>,
}

/// All that the desk has, oldest first.
pub(super) fn plan(plan: &Plan) -> (Vec<Parcel>, Vec<DeskReturn>) {
    let mut random = Random::new(plan.seed, "returns desk");
    let mut announced: Vec<Announced<'_>> = Vec::new();
    for order in &plan.orders {
        let Some(delivered) = order.shipments.last().and_then(|parcel| parcel.delivered) else {
            continue;
        };
        // What goes back in one parcel was announced together.
        let days = random.between(1, 2);
        for back in &order.returns {
            let end = Moment { day: TODAY, second: 30_000 };
            let latest = back.received.map_or(end, |at| at.later(-days * 86_400));
            let at = delivered.later(random.between(9_000, 80_000)).min(latest).max(delivered);
            announced.push(Announced::of(plan, at, order, back));
        }
    }
    announced.extend(plan.new_shop.sent_back.iter().map(|order| Announced::of_new(plan, order)));
    announced.sort_by_key(|it| (it.at, it.number));
    let mut desk = Desk { random, parcels: Vec::new(), returns: Vec::new(), running: (0, 0) };
    for it in announced {
        desk.register(&it);
    }
    (desk.parcels, desk.returns)
}

/// Something that a customer of one of the two shops wants to send back.
struct Announced<'a> {
    at: Moment,
    /// The number of the order.
    number: &'a str,
    customer: &'a Customer,
    product: &'a Product,
    quantity: i64,
    reason: &'static str,
    received: Option<Moment>,
}

impl<'a> Announced<'a> {
    fn of(plan: &'a Plan, at: Moment, order: &'a Order, back: &'a Return) -> Self {
        let line = &order.lines[(back.line_no - 1) as usize];
        Self {
            at,
            number: &order.number,
            customer: &plan.customers[order.customer],
            product: &plan.catalogue.products[line.product],
            quantity: back.quantity,
            reason: back.reason,
            received: back.received,
        }
    }

    fn of_new(plan: &'a Plan, order: &'a NewOrder) -> Self {
        Self {
            at: order.registered,
            number: &order.number,
            customer: &plan.customers[order.customer],
            product: &plan.catalogue.products[order.articles[0]],
            quantity: 1,
            reason: "does_not_please",
            received: Some(order.returned),
        }
    }
}

struct Desk {
    random: Random,
    parcels: Vec<Parcel>,
    returns: Vec<DeskReturn>,
    /// The year, and the last number of it.
    running: (i16, u32),
}

impl Desk {
    fn register(&mut self, back: &Announced<'_>) {
        let Announced { at, customer, product, .. } = *back;
        let year = at.day.year();
        self.running = (year, if self.running.0 == year { self.running.1 + 1 } else { 1 });
        let order_no = format!("#{}", back.number);
        let parcel = self.parcel(at, &order_no, back, product.weight_g * back.quantity);
        let inspection = back.received.and_then(|received| self.inspected(received, back.reason));
        let decision = inspection.as_ref().and_then(|seen| self.decided(seen));
        let is_typed_large = self.random.chance(250);
        let own = DeskReturn {
            rma: format!("RMA-{year}-{:04}", self.running.1),
            parcel,
            order_no,
            email: if is_typed_large { capitals(&customer.email) } else { customer.email.clone() },
            customer_no: self.random.chance(700).then_some(customer.number),
            sku: format!("VH-{}", product.sku),
            article: product.name.clone(),
            quantity: back.quantity,
            reason: back.reason.to_uppercase(),
            remark: self.random.chance(350).then(|| *self.random.pick(CUSTOMERS_ON_RETURNS)),
            registered: at,
            received: back.received,
            inspection,
            decision,
            comment: self
                .random
                .chance(60)
                .then(|| (*self.random.pick(DESK_CLERKS), *self.random.pick(DESK_COMMENTS))),
        };
        self.returns.push(own);
    }

    /// The parcel in which it travels: that of the same order, where it came at the same time.
    fn parcel(&mut self, at: Moment, order_no: &str, back: &Announced<'_>, grams: i64) -> usize {
        let known = self
            .returns
            .iter()
            .rev()
            .take(30)
            .find(|other| other.order_no == order_no && other.received == back.received);
        if let Some(known) = known {
            let parcel = &mut self.parcels[known.parcel];
            parcel.weight_grams = parcel.weight_grams.map(|weight| weight + grams);
            return known.parcel;
        }
        let carrier = self.random.weighted(&[("DHL", 7), ("Hermes", 2), ("DPD", 1)]);
        let tracking_no = format!("RET{}", self.random.digits(11));
        let weight_grams = back.received.map(|_| grams + self.random.between(80, 400));
        self.parcels.push(Parcel {
            carrier,
            tracking_no,
            announced: at,
            arrived: back.received,
            weight_grams,
        });
        self.parcels.len() - 1
    }

    /// What came in yesterday lies there still, most of what came earlier was looked at.
    fn inspected(&mut self, received: Moment, reason: &str) -> Option<Inspection> {
        let waits = match days_between(received.day, TODAY) {
            ..=1 => 900,
            2..=4 => 350,
            5..=9 => 60,
            _ => 3,
        };
        if self.random.chance(waits) {
            return None;
        }
        let condition = match reason {
            "damaged" => self.random.weighted(&[("DAMAGED", 8), ("INCOMPLETE", 1), ("OPENED", 1)]),
            _ => self.random.weighted(&[
                ("AS_NEW", 62),
                ("OPENED", 24),
                ("USED", 8),
                ("INCOMPLETE", 4),
                ("DAMAGED", 2),
            ]),
        };
        let end = Moment { day: TODAY, second: 61_200 };
        Some(Inspection {
            condition,
            by: self.random.pick::<&str>(DESK_CLERKS),
            at: received.later(self.random.between(1_800, 100_000)).min(end).max(received),
            photos: match condition {
                "AS_NEW" => self.random.weighted(&[(0, 8), (1, 2)]),
                _ => self.random.between(1, 5),
            },
        })
    }

    fn decided(&mut self, seen: &Inspection) -> Option<Decision> {
        if days_between(seen.at.day, TODAY) < 4 && self.random.chance(400) {
            return None;
        }
        let sellable = matches!(seen.condition, "AS_NEW" | "OPENED");
        let note = if sellable { SHELVES_OF_RETURNS } else { WHY_GIVEN_UP };
        let end = Moment { day: TODAY, second: 64_800 };
        Some(Decision {
            word: if sellable { "RESTOCK" } else { "WRITE_OFF" },
            at: seen.at.later(self.random.between(60, 5_000)).min(end).max(seen.at),
            note: self.random.pick::<&str>(note),
        })
    }
}

/// An address as a telephone's keyboard begins its words.
fn capitals(email: &str) -> String {
    let mut begins = true;
    let large = |letter: char| {
        let own = if begins { letter.to_ascii_uppercase() } else { letter };
        begins = matches!(letter, '.' | '-' | '@');
        own
    };
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    format!("{}@{domain}", name.chars().map(large).collect::<String>())
}
