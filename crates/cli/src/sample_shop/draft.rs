//! How one order comes about: who orders, what, and what becomes of it.

use jiff::civil::Date;

use super::catalogue::{Catalogue, PARCEL_GRAMS, Product};
use super::customers::{Customer, Land};
use super::dates::{Moment, TODAY, days_between, plus, working_day};
use super::orders::{COUPONS, Line, Order, Payment, Return, Shipment};
use super::random::Random;

/// An order while it is being made.
pub(super) struct Draft<'a> {
    pub(super) random: &'a mut Random,
    pub(super) catalogue: &'a Catalogue,
    /// Positions in the catalogue, what sells best first.
    pub(super) favourites: &'a [usize],
    pub(super) placed: Moment,
}

impl Draft<'_> {
    /// Rolls all that is left open and settles the sums.
    pub(super) fn order(mut self, number: String, customers: &[Customer]) -> Order {
        let customer = self.customer(customers);
        let buyer = &customers[customer];
        let shipping_address = match self.random.chance(700) {
            true => 0,
            false => self.random.below(buyer.addresses.len()),
        };
        let land = buyer.addresses[0].land;
        let lines = self.lines(land);
        let subtotal_cents = lines.iter().map(|line| line.quantity * line.unit_price_cents).sum();
        let (coupon, discount_cents) = self.coupon(subtotal_cents);
        let weight = lines.iter().map(|line| self.product(line).weight_g).max().unwrap_or(0);
        let (status, payment_status) = self.status();
        let mut order = Order {
            number,
            customer,
            status,
            payment_status,
            placed: self.placed,
            updated: self.placed,
            shipping_address,
            currency: if land == Land::Switzerland { "CHF" } else { "EUR" },
            tax_rate: tax_rate(land),
            subtotal_cents,
            shipping_cents: shipping_cents(land, weight > PARCEL_GRAMS, subtotal_cents),
            discount_cents,
            coupon,
            channel: self.random.weighted(&[
                ("web", 61),
                ("app", 24),
                ("phone", 8),
                ("catalogue", 4),
                ("marketplace", 3),
            ]),
            lines,
            payments: Vec::new(),
            shipments: Vec::new(),
            returns: Vec::new(),
        };
        self.ship(&mut order, land, weight > PARCEL_GRAMS);
        self.pay(&mut order);
        self.take_back(&mut order);
        order.updated = last_touch(&order);
        order
    }

    fn product(&self, line: &Line) -> &Product {
        &self.catalogue.products[line.product]
    }

    /// A third of the orders come from those who have just registered; some customers order often.
    fn customer(&mut self, customers: &[Customer]) -> usize {
        let known = customers.partition_point(|customer| customer.since <= self.placed);
        loop {
            let position = match self.random.below(10) {
                0..3 => known - 1 - self.random.below(known.min(25)),
                3..7 => self.random.below(known),
                // the regulars: every seventh
                _ => self.random.below(known) / 7 * 7,
            };
            let gone = customers[position].deleted.is_some_and(|deleted| deleted <= self.placed);
            if customers[position].online && !gone {
                return position;
            }
        }
    }

    fn lines(&mut self, land: Land) -> Vec<Line> {
        let count =
            self.random.weighted(&[(1, 44), (2, 27), (3, 15), (4, 8), (5, 4), (7, 1), (11, 1)]);
        let mut lines: Vec<Line> = Vec::with_capacity(count);
        while lines.len() < count {
            let product = self.favourites[self.random.skewed(self.favourites.len())];
            let known = lines.iter().any(|line| line.product == product);
            let article = &self.catalogue.products[product];
            if known || !article.sold_on(self.placed.day) {
                continue;
            }
            let price = article.price_on(self.placed.day);
            let quantity = match price {
                ..4_000 => self.random.weighted(&[(1, 60), (2, 26), (3, 6), (4, 6), (6, 2)]),
                4_000..15_000 => self.random.weighted(&[(1, 88), (2, 10), (4, 2)]),
                _ => 1,
            };
            lines.push(Line { product, quantity, unit_price_cents: local_price(price, land) });
        }
        lines
    }

    fn coupon(&mut self, subtotal_cents: i64) -> (Option<&'static str>, i64) {
        let day = self.placed.day;
        let coupon = self.random.pick(COUPONS);
        let (first, last) = coupon.valid;
        if day < first || day > last || subtotal_cents < coupon.minimum_cents {
            return (None, 0);
        }
        let share = coupon.percent.map_or(0, |percent| (subtotal_cents * percent + 50) / 100);
        (Some(coupon.code), share + coupon.amount_cents.unwrap_or(0))
    }

    /// Status and payment status, by the age of the order.
    fn status(&mut self) -> (&'static str, &'static str) {
        if self.random.chance(38) {
            return (
                "cancelled",
                self.random.weighted(&[("voided", 6), ("refunded", 3), ("failed", 2)]),
            );
        }
        let status = match days_between(self.placed.day, TODAY) {
            0 => self.random.weighted(&[("new", 7), ("confirmed", 3)]),
            1 => self.random.weighted(&[("new", 1), ("confirmed", 5), ("packed", 4)]),
            2..=3 => self.random.weighted(&[("confirmed", 2), ("packed", 3), ("shipped", 6)]),
            4..=7 => self.random.weighted(&[("packed", 1), ("shipped", 5), ("delivered", 9)]),
            8..=20 => self.random.weighted(&[("confirmed", 1), ("shipped", 4), ("delivered", 95)]),
            _ => "delivered",
        };
        let paid = match status {
            "new" => self.random.weighted(&[("open", 5), ("authorised", 5)]),
            "confirmed" | "packed" => {
                self.random.weighted(&[("open", 3), ("authorised", 4), ("paid", 4)])
            }
            "shipped" => self.random.weighted(&[("open", 4), ("paid", 6)]),
            _ if days_between(self.placed.day, TODAY) < 30 => {
                self.random.weighted(&[("open", 2), ("paid", 8)])
            }
            _ => self.random.weighted(&[("open", 1), ("paid", 99)]),
        };
        (status, paid)
    }

    fn ship(&mut self, order: &mut Order, land: Land, bulky: bool) {
        if !matches!(order.status, "shipped" | "delivered") {
            return;
        }
        let parcels = if order.lines.len() > 2 && self.random.chance(300) { 2 } else { 1 };
        let mut day = self.placed.day;
        for _ in 0..parcels {
            day = working_day(plus(day, self.random.between(1, 2))).min(TODAY);
            let shipped =
                Moment { day, second: self.random.between(28_800, 64_000).max(self.earliest(day)) };
            let (carrier, tracking_code) = self.carrier(land, bulky);
            let travel = self.random.between(1, if bulky { 6 } else { 3 });
            let arrival = working_day(plus(day, travel)).min(TODAY);
            let delivered = (order.status == "delivered")
                .then(|| Moment { day: arrival, second: self.random.between(64_001, 70_000) });
            order.shipments.push(Shipment { carrier, tracking_code, shipped, delivered });
        }
    }

    /// Nothing leaves before it was ordered.
    fn earliest(&self, day: Date) -> i64 {
        if day == self.placed.day { self.placed.second } else { 0 }
    }

    fn carrier(&mut self, land: Land, bulky: bool) -> (&'static str, String) {
        let carrier = match land {
            _ if bulky => "Hermes Einrichtungs-Service",
            Land::Austria => self.random.weighted(&[("Österreichische Post", 8), ("DPD", 2)]),
            Land::Switzerland => self.random.weighted(&[("DHL", 3), ("DPD", 1)]),
            Land::Germany => self.random.weighted(&[("DHL", 6), ("Hermes", 3), ("DPD", 2)]),
        };
        let code = match carrier {
            "DHL" => format!("00340434{}", self.random.digits(12)),
            "DPD" => format!("0{}", self.random.digits(13)),
            "Österreichische Post" => format!("1000{}", self.random.digits(18)),
            "Hermes" => format!("H{}", self.random.digits(19)),
            _ => format!("HES{}", self.random.digits(9)),
        };
        (carrier, code)
    }

    fn pay(&mut self, order: &mut Order) {
        let method = self.random.weighted(&[
            ("invoice", 38),
            ("paypal", 27),
            ("card", 17),
            ("sepa_debit", 10),
            ("instalments", 5),
            ("prepayment", 3),
        ]);
        let total = order.total_cents();
        let state = match order.payment_status {
            "open" => "pending",
            "authorised" => "authorised",
            "paid" | "refunded" => "captured",
            "voided" => "voided",
            _ => "failed",
        };
        let at = match (method, order.shipped()) {
            ("invoice" | "instalments", Some(shipped)) if state == "captured" => {
                let days = self.random.between(3, 24);
                shipped.later(days * 86_400 - 7_200).min(Moment { day: TODAY, second: 80_000 })
            }
            _ => self.placed.later(self.random.between(20, 900)),
        };
        order.payments.push(Payment { method, amount_cents: total, state, at });
        if order.payment_status == "refunded" {
            let back = at.later(self.random.between(3_600, 80_000));
            order.payments.push(Payment {
                method,
                amount_cents: -total,
                state: "refunded",
                at: back,
            });
        }
    }

    /// Furniture seldom comes back, fashion often.
    fn take_back(&mut self, order: &mut Order) {
        let Some(delivered) = order.shipments.last().and_then(|shipment| shipment.delivered) else {
            return;
        };
        let ago = days_between(delivered.day, TODAY);
        if order.payment_status != "paid" || ago < 3 {
            return;
        }
        for position in 0..order.lines.len() {
            let line = &order.lines[position];
            let permille = if self.product(line).department == 4 { 240 } else { 45 };
            if !self.random.chance(permille) {
                continue;
            }
            let quantity = self.random.between(1, line.quantity);
            let gross = quantity * line.unit_price_cents;
            let back = delivered.later(self.random.between(3, 16) * 86_400 - 30_000);
            let received = (back.day <= TODAY).then_some(back);
            order.returns.push(Return {
                line_no: position as i64 + 1,
                quantity,
                reason: self.random.weighted(&[
                    ("does_not_fit", 30),
                    ("does_not_please", 28),
                    ("damaged", 12),
                    ("wrong_article", 5),
                    ("late", 4),
                    ("other", 8),
                ]),
                received,
                // what the customer paid for it: less their share of the discount
                refund_cents: gross - gross * order.discount_cents / order.subtotal_cents,
            });
        }
        settle_returns(order);
    }
}

fn settle_returns(order: &mut Order) {
    let received =
        order.returns.iter().filter_map(|back| Some((back.received?, back.refund_cents)));
    let refunds: Vec<(Moment, i64)> = received.collect();
    let method = order.payments[0].method;
    let paid = order.payments[0].at;
    for (at, cents) in &refunds {
        let at = (*at).max(paid).later(1_800);
        order.payments.push(Payment { method, amount_cents: -cents, state: "refunded", at });
    }
    let back: i64 = refunds.iter().map(|(_, cents)| cents).sum();
    let goods = order.subtotal_cents - order.discount_cents;
    order.payment_status = match back {
        0 => "paid",
        back if back >= goods => "refunded",
        _ => "partly_refunded",
    };
}

fn last_touch(order: &Order) -> Moment {
    let parcels = order.shipments.iter().map(|parcel| parcel.delivered.unwrap_or(parcel.shipped));
    let payments = order.payments.iter().map(|payment| payment.at);
    parcels.chain(payments).fold(order.placed, Moment::max)
}

fn tax_rate(land: Land) -> f64 {
    match land {
        Land::Germany => 19.0,
        Land::Austria => 20.0,
        Land::Switzerland => 8.1,
    }
}

/// The Swiss pay francs, rounded up to ten Rappen.
fn local_price(cents: i64, land: Land) -> i64 {
    match land {
        Land::Switzerland => (cents * 104 / 100 + 9) / 10 * 10,
        _ => cents,
    }
}

fn shipping_cents(land: Land, bulky: bool, subtotal_cents: i64) -> i64 {
    match (land, bulky) {
        (Land::Germany, true) => 2_995,
        (Land::Germany, false) if subtotal_cents >= 7_500 => 0,
        (Land::Germany, false) => 595,
        (Land::Austria, true) => 4_995,
        (Land::Austria, false) => 795,
        (Land::Switzerland, true) => 8_990,
        (Land::Switzerland, false) => 1_490,
    }
}
