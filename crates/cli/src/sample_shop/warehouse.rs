//! The warehouse, played day by day through this year: what came, left, was moved and counted.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday, date};

use super::catalogue::Product;
use super::dates::{TODAY, days_between, plus, working_day};
use super::orders::Order;
use super::phrases::SUPPLIERS;
use super::random::Random;

/// The day of the last full stocktake, with which the book of movements begins.
const OPENING: Date = date(2026, 1, 1);
/// The day on which some shelves were counted again.
const RECOUNT: Date = date(2026, 6, 30);

/// Codes of the sites; departments have their first shelf in one of them.
pub(super) const SITES: [&str; 3] = ["HAM", "LEJ", "LNZ"];
/// First site of each department.
const HOME_SITES: [usize; 5] = [1, 0, 0, 1, 0];

/// An article at a site.
pub(super) struct Stock {
    /// Position among [`SITES`].
    pub(super) site: usize,
    /// Position in the catalogue.
    pub(super) product: usize,
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) reorder_at: i64,
    reorder_quantity: i64,
    /// Whether more is on its way.
    pending: bool,
}

/// A change of a stock, in pieces.
pub(super) struct Movement {
    pub(super) site: usize,
    pub(super) day: Date,
    /// From 1, new for each site and day.
    pub(super) seq: i64,
    pub(super) product: usize,
    pub(super) quantity: i64,
    pub(super) reason: &'static str,
    pub(super) reference: Option<String>,
}

/// What a supplier sells under which number.
pub(super) struct SupplierItem {
    /// Position among the suppliers.
    pub(super) supplier: usize,
    pub(super) supplier_sku: String,
    pub(super) cost_cents: i64,
    pub(super) lead_days: i64,
}

/// Goods ordered from a supplier.
pub(super) struct Delivery {
    pub(super) number: String,
    pub(super) supplier: usize,
    pub(super) site: usize,
    pub(super) ordered: Date,
    pub(super) due: Date,
    arrives: Date,
    pub(super) lines: Vec<DeliveryLine>,
}

impl Delivery {
    /// When it came, if it has.
    pub(super) fn arrived(&self) -> Option<Date> {
        (self.arrives <= TODAY).then_some(self.arrives)
    }
}

/// A line of a delivery.
pub(super) struct DeliveryLine {
    stock: usize,
    pub(super) product: usize,
    pub(super) ordered: i64,
    /// How many will have come, or have.
    pub(super) received: i64,
}

/// The warehouse as it stands today, and how it came to that.
pub(super) struct Warehouse {
    pub(super) stock: Vec<Stock>,
    pub(super) movements: Vec<Movement>,
    pub(super) deliveries: Vec<Delivery>,
    /// By position in the catalogue.
    pub(super) items: Vec<SupplierItem>,
    /// Positions in `stock` by position in the catalogue; the home site comes first.
    places: Vec<Vec<usize>>,
    random: Random,
    /// Day and last number given on it, by site.
    numbers: [(Date, i64); SITES.len()],
}

/// What customers took or brought back on a day: order, product, pieces (negative: taken).
type Day<'a> = Vec<(&'a Order, usize, i64)>;

/// Plays the year.
pub(super) fn plan(seed: u64, products: &[Product], orders: &[Order]) -> Warehouse {
    let days = days_of(orders);
    let mut sold = vec![0; products.len()];
    for (_, product, quantity) in days.values().flatten() {
        sold[*product] -= (*quantity).min(0);
    }
    let mut warehouse = Warehouse {
        stock: Vec::new(),
        movements: Vec::new(),
        deliveries: Vec::new(),
        items: Vec::new(),
        places: Vec::new(),
        random: Random::new(seed, "warehouse"),
        numbers: [(OPENING, 0); SITES.len()],
    };
    warehouse.furnish(products, &sold);
    for past in 0..=days_between(OPENING, TODAY) {
        let day = plus(OPENING, past);
        warehouse.receive(day);
        for (order, product, quantity) in days.get(&day).into_iter().flatten() {
            warehouse.serve(day, order, *product, *quantity);
        }
        match day.weekday() {
            Weekday::Monday => warehouse.reorder(day),
            Weekday::Wednesday => warehouse.balance(day),
            _ => {}
        }
        if day == RECOUNT {
            warehouse.recount(day);
        }
    }
    warehouse.reserve(orders);
    warehouse
}

fn days_of(orders: &[Order]) -> BTreeMap<Date, Day<'_>> {
    let mut days: BTreeMap<Date, Day<'_>> = BTreeMap::new();
    for order in orders {
        if let Some(shipped) = order.shipped().filter(|shipped| shipped.day >= OPENING) {
            let taken = order.lines.iter().map(|line| (order, line.product, -line.quantity));
            days.entry(shipped.day).or_default().extend(taken);
        }
        for back in &order.returns {
            if let Some(received) = back.received.filter(|received| received.day >= OPENING) {
                let product = order.lines[back.line_no as usize - 1].product;
                days.entry(received.day).or_default().push((order, product, back.quantity));
            }
        }
    }
    days
}

impl Warehouse {
    /// Puts every article on one or two shelves and counts them; drafts have none yet.
    fn furnish(&mut self, products: &[Product], sold: &[i64]) {
        for (position, product) in products.iter().enumerate() {
            let supplier = (product.department * 4 + position / 16 % 4) % SUPPLIERS.len();
            self.items.push(SupplierItem {
                supplier,
                supplier_sku: format!(
                    "{:02}.{:04}-{}",
                    supplier + 11,
                    position * 3 + 205,
                    product.sku.len()
                ),
                cost_cents: product.price_cents() * self.random.between(38, 62) / 119,
                lead_days: self.random.between(1, 5) * 7,
            });
            let home = HOME_SITES[product.department];
            let sites = match self.random.below(10) {
                _ if product.status == "draft" => vec![],
                0..4 => vec![home, (home + 1 + self.random.below(2)) % SITES.len()],
                _ => vec![home],
            };
            let monthly = sold[position] / 11;
            let places =
                sites.into_iter().map(|site| self.open(site, position, product, monthly)).collect();
            self.places.push(places);
        }
    }

    fn open(&mut self, site: usize, product: usize, article: &Product, monthly: i64) -> usize {
        let place = self.stock.len();
        let reorder_at = monthly + self.random.between(2, 5);
        self.stock.push(Stock {
            site,
            product,
            on_hand: 0,
            reserved: 0,
            reorder_at,
            reorder_quantity: (monthly * 2 + 8) / 4 * 4,
            // what is no longer sold is no longer bought
            pending: article.status == "archived",
        });
        let counted = monthly * 2 + self.random.between(5, 18);
        if article.created.day < OPENING {
            self.book(OPENING, place, counted, "opening", Some("Inventur 2026".to_owned()));
        }
        place
    }

    fn book(
        &mut self,
        day: Date,
        place: usize,
        quantity: i64,
        reason: &'static str,
        reference: Option<String>,
    ) {
        let stock = &mut self.stock[place];
        stock.on_hand += quantity;
        let number = &mut self.numbers[stock.site];
        let seq = if number.0 == day { number.1 + 1 } else { 1 };
        *number = (day, seq);
        let (site, product) = (stock.site, stock.product);
        self.movements.push(Movement { site, day, seq, product, quantity, reason, reference });
    }

    fn serve(&mut self, day: Date, order: &Order, product: usize, quantity: i64) {
        let reference = Some(order.number.clone());
        let home = self.places[product][0];
        if quantity > 0 {
            return self.book(day, home, quantity, "return", reference);
        }
        let able =
            self.places[product].iter().find(|place| self.stock[**place].on_hand + quantity >= 0);
        let place = able.copied().unwrap_or(home);
        let missing = -(self.stock[place].on_hand + quantity);
        if missing > 0 {
            // the parcel did leave, so the pieces were there: the book was wrong
            self.book(day, place, missing, "correction", Some("Fund im Lager".to_owned()));
        }
        self.book(day, place, quantity, "sale", reference);
    }

    fn receive(&mut self, day: Date) {
        let due: Vec<(usize, i64, String)> = self
            .deliveries
            .iter()
            .filter(|delivery| delivery.arrives == day)
            .flat_map(|delivery| {
                delivery
                    .lines
                    .iter()
                    .map(|line| (line.stock, line.received, delivery.number.clone()))
            })
            .collect();
        for (place, received, number) in due {
            self.stock[place].pending = false;
            self.book(day, place, received, "delivery", Some(number));
        }
    }

    /// Orders what runs low, one delivery for each supplier and site.
    fn reorder(&mut self, day: Date) {
        let mut wanted: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (place, stock) in self.stock.iter_mut().enumerate() {
            if stock.on_hand <= stock.reorder_at && !stock.pending {
                stock.pending = true;
                let supplier = self.items[stock.product].supplier;
                wanted.entry((supplier, stock.site)).or_default().push(place);
            }
        }
        for ((supplier, site), places) in wanted {
            let lines: Vec<DeliveryLine> =
                places.into_iter().map(|place| self.delivery_line(place)).collect();
            let lead =
                lines.iter().map(|line| self.items[line.product].lead_days).max().unwrap_or(7);
            let due = plus(day, lead);
            let late = self.random.weighted(&[(0, 14), (1, 4), (2, 2), (6, 1)]);
            self.deliveries.push(Delivery {
                number: format!("L-2026-{:05}", self.deliveries.len() + 1),
                supplier,
                site,
                ordered: day,
                due,
                arrives: working_day(plus(due, late)),
                lines,
            });
        }
    }

    fn delivery_line(&mut self, place: usize) -> DeliveryLine {
        let stock = &self.stock[place];
        let ordered = stock.reorder_quantity;
        let missing = self.random.weighted(&[(0, 94), (1, 4), (2, 2)]);
        DeliveryLine { stock: place, product: stock.product, ordered, received: ordered - missing }
    }

    /// Moves half of a surplus to the other site, for some articles that are kept at two.
    fn balance(&mut self, day: Date) {
        for product in 0..self.places.len() {
            let &[first, second] = &self.places[product][..] else {
                continue;
            };
            let difference = self.stock[first].on_hand - self.stock[second].on_hand;
            if difference.abs() < 12 || !self.random.chance(120) {
                continue;
            }
            let (from, to) = if difference > 0 { (first, second) } else { (second, first) };
            let reference = format!("U-{:05}", self.movements.len());
            self.book(day, from, -(difference.abs() / 2), "transfer", Some(reference.clone()));
            self.book(day, to, difference.abs() / 2, "transfer", Some(reference));
        }
    }

    fn recount(&mut self, day: Date) {
        for place in 0..self.stock.len() {
            let off = self.random.weighted(&[(0, 95), (-1, 3), (-2, 1), (1, 1)]);
            if off != 0 && self.stock[place].on_hand + off >= 0 {
                self.book(day, place, off, "correction", Some("Stichtagsinventur".to_owned()));
            }
        }
    }

    /// Keeps aside what is ordered but has not left.
    fn reserve(&mut self, orders: &[Order]) {
        let waiting =
            orders.iter().filter(|order| matches!(order.status, "new" | "confirmed" | "packed"));
        for line in waiting.flat_map(|order| &order.lines) {
            self.stock[self.places[line.product][0]].reserved += line.quantity;
        }
    }
}
