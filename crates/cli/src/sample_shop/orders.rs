//! Two years of orders: who ordered what, when, for how much, and what became of it.

use jiff::civil::{Date, date};

use super::catalogue::Catalogue;
use super::customers::Customer;
use super::dates::Moment;
use super::draft::Draft;
use super::random::Random;
use super::seasons;

/// The day of the first order.
pub(super) const FIRST_DAY: Date = date(2024, 11, 21);

/// A line of an order.
pub(super) struct Line {
    /// Position in the catalogue.
    pub(super) product: usize,
    pub(super) quantity: i64,
    pub(super) unit_price_cents: i64,
}

/// A parcel or a delivery by forwarding agent.
pub(super) struct Shipment {
    pub(super) carrier: &'static str,
    pub(super) tracking_code: String,
    pub(super) shipped: Moment,
    pub(super) delivered: Option<Moment>,
}

/// Money that came in, or went back if negative.
pub(super) struct Payment {
    pub(super) method: &'static str,
    pub(super) amount_cents: i64,
    pub(super) state: &'static str,
    pub(super) at: Moment,
}

/// Goods that came back.
pub(super) struct Return {
    /// From 1.
    pub(super) line_no: i64,
    pub(super) quantity: i64,
    pub(super) reason: &'static str,
    pub(super) received: Option<Moment>,
    pub(super) refund_cents: i64,
}

/// An order.
pub(super) struct Order {
    pub(super) number: String,
    /// Position among the customers.
    pub(super) customer: usize,
    pub(super) status: &'static str,
    pub(super) payment_status: &'static str,
    pub(super) placed: Moment,
    pub(super) updated: Moment,
    /// Position among the customer's addresses.
    pub(super) shipping_address: usize,
    pub(super) currency: &'static str,
    /// Percent, for goods that are not books.
    pub(super) tax_rate: f64,
    pub(super) subtotal_cents: i64,
    pub(super) shipping_cents: i64,
    pub(super) discount_cents: i64,
    pub(super) coupon: Option<&'static str>,
    pub(super) channel: &'static str,
    pub(super) lines: Vec<Line>,
    pub(super) payments: Vec<Payment>,
    pub(super) shipments: Vec<Shipment>,
    pub(super) returns: Vec<Return>,
}

impl Order {
    /// What is to be paid.
    pub(super) fn total_cents(&self) -> i64 {
        self.subtotal_cents + self.shipping_cents - self.discount_cents
    }

    /// When the first parcel left.
    pub(super) fn shipped(&self) -> Option<Moment> {
        self.shipments.first().map(|shipment| shipment.shipped)
    }
}

/// A coupon: code, percent or cents off, first and last day, smallest subtotal in cents.
pub(super) struct Coupon {
    pub(super) code: &'static str,
    pub(super) percent: Option<i64>,
    pub(super) amount_cents: Option<i64>,
    pub(super) valid: (Date, Date),
    pub(super) minimum_cents: i64,
}

const fn percent_off(code: &'static str, percent: i64, from: Date, until: Date) -> Coupon {
    Coupon {
        code,
        percent: Some(percent),
        amount_cents: None,
        valid: (from, until),
        minimum_cents: 0,
    }
}

const fn cents_off(
    code: &'static str,
    cents: i64,
    minimum_cents: i64,
    from: Date,
    until: Date,
) -> Coupon {
    Coupon { code, percent: None, amount_cents: Some(cents), valid: (from, until), minimum_cents }
}

/// Every coupon there has been.
pub(super) const COUPONS: &[Coupon] = &[
    percent_off("BLACKWEEK24", 20, date(2024, 11, 25), date(2024, 12, 2)),
    percent_off("ADVENT24", 10, date(2024, 12, 3), date(2024, 12, 22)),
    percent_off("WEISSEWOCHEN25", 15, date(2025, 1, 7), date(2025, 1, 31)),
    cents_off("FRUEHLING25", 1_000, 7_500, date(2025, 3, 20), date(2025, 4, 30)),
    percent_off("SOMMER25", 12, date(2025, 6, 20), date(2025, 7, 31)),
    percent_off("BLACKWEEK25", 25, date(2025, 11, 24), date(2025, 12, 1)),
    percent_off("ADVENT25", 10, date(2025, 12, 2), date(2025, 12, 21)),
    percent_off("WEISSEWOCHEN26", 15, date(2026, 1, 7), date(2026, 1, 31)),
    cents_off("FRUEHLING26", 1_500, 10_000, date(2026, 3, 20), date(2026, 4, 30)),
    percent_off("SOMMER26", 12, date(2026, 6, 20), date(2026, 7, 31)),
    percent_off("HERBST26", 10, date(2026, 10, 1), date(2026, 11, 15)),
    cents_off("WILLKOMMEN", 500, 4_000, date(2024, 1, 1), date(2026, 12, 31)),
    percent_off("TREUE5", 5, date(2024, 1, 1), date(2026, 12, 31)),
];

/// Makes `count` orders, oldest first.
pub(super) fn plan(
    seed: u64,
    count: usize,
    catalogue: &Catalogue,
    customers: &[Customer],
) -> Vec<Order> {
    let mut random = Random::new(seed, "orders");
    let mut favourites: Vec<usize> = (0..catalogue.products.len()).collect();
    random.shuffle(&mut favourites);
    let mut orders: Vec<Order> = Vec::with_capacity(count);
    let mut year = 0;
    let mut running = 0;
    for placed in seasons::moments(&mut random, FIRST_DAY, count) {
        if placed.day.year() != year {
            year = placed.day.year();
            // the first year on record began in January; only its end is kept
            running = if orders.is_empty() { 107_400 } else { 100_000 };
        }
        running += 1;
        let draft = Draft { random: &mut random, catalogue, favourites: &favourites, placed };
        orders.push(draft.order(format!("{year}-{running}"), customers));
    }
    orders
}
