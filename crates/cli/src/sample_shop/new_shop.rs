//! What the new shop of the house has in common with the old one. Order & Inspect is filled by a
//! seed of its own around what is given to it: customers of the old shop under their numbers, home
//! goods of the catalogue under theirs, and the orders of which something went back to the returns
//! desk, which works for both shops.

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::catalogue::{Catalogue, Product};
use super::customers::{Customer, Land};
use super::dates::Moment;
use super::goods::SHELVES;
use super::random::Random;

/// How large the new shop is.
#[derive(Clone, Copy)]
pub(super) struct NewSize {
    pub(super) customers: usize,
    pub(super) orders: usize,
}

/// As `order-inspect seed` makes it.
pub(super) const NEW_FULL: NewSize = NewSize { customers: 2_000, orders: 10_000 };

/// Of twenty customers and of twenty orders in a row so many are of the German shop.
const GERMAN: usize = 13;
/// The same for the Austrian one.
const AUSTRIAN: usize = 4;
/// Of one order among so many something came back to the returns desk.
const SENT_BACK: usize = 400;
/// When the new shop began to sell.
const BEGIN: Date = date(2024, 6, 1);
/// For so many days it has been selling since then.
const DAYS: i64 = 730;
const FIRST_NUMBER: usize = 1_001;
/// A product comes in so many colours there.
const COLOURS: usize = 3;

/// What the new shop sells of the catalogue: the first word of the name, and what it calls that.
const KINDS: &[(&str, &str)] = &[
    ("Ecksofa", "sofa"),
    ("Schlafsofa", "sofa"),
    ("Ohrensessel", "armchair"),
    ("Couchtisch", "side-table"),
    ("Kommode", "sideboard"),
    ("Esstisch", "dining-table"),
    ("Küchenstuhl", "chair"),
    ("Bettgestell", "bed"),
    ("Kinderbett", "bed"),
    ("Nachttisch", "bedside-table"),
    ("Teppich", "rug"),
    ("Läufer", "rug"),
    ("Sofakissen", "cushion"),
    ("Wohndecke", "throw"),
];

/// What both shops know.
pub(super) struct NewShop {
    /// Positions among the customers.
    customers: Vec<usize>,
    /// Positions in the catalogue of the first colour of each product, with its kind.
    products: Vec<(usize, &'static str)>,
    pub(super) sent_back: Vec<NewOrder>,
}

/// An order of the new shop of which the first article was sent back.
pub(super) struct NewOrder {
    pub(super) number: String,
    /// Position among the customers.
    pub(super) customer: usize,
    /// Positions in the catalogue.
    pub(super) articles: Vec<usize>,
    pub(super) registered: Moment,
    pub(super) returned: Moment,
}

impl NewShop {
    pub(super) fn plan(
        seed: u64,
        size: NewSize,
        catalogue: &Catalogue,
        customers: &[Customer],
    ) -> Self {
        let mut random = Random::new(seed, "new shop");
        let of_land = |land, of_twenty| {
            let theirs = (0..customers.len()).rev().filter(move |&at| {
                let one = &customers[at];
                one.online
                    && one.since.day < BEGIN
                    && one.deleted.is_none()
                    && one.company.is_none()
                    && one.addresses[0].land == land
            });
            theirs.take(size.customers / 20 * of_twenty).collect::<Vec<_>>()
        };
        let german = of_land(Land::Germany, GERMAN);
        let products = shared(&catalogue.products);
        let sent_back = sent_back(&mut random, size, &german, &products);
        let customers = [german, of_land(Land::Austria, AUSTRIAN)].concat();
        Self { customers, products, sent_back }
    }

    /// What `order-inspect seed --given` reads.
    pub(super) fn given(&self, catalogue: &Catalogue, customers: &[Customer]) -> Value {
        let article = |at: &usize| &catalogue.products[*at].sku;
        let orders = self.sent_back.iter().map(|order| {
            json!({
                "number": order.number,
                "customer": customer_number(&customers[order.customer]),
                "articles": order.articles.iter().map(article).collect::<Vec<_>>(),
                "returned_at": order.returned.iso(),
            })
        });
        let products = self
            .products
            .iter()
            .map(|(first, kind)| product(&catalogue.products[*first..*first + COLOURS], kind));
        json!({
            "customers": self.customers.iter().map(|&at| customer(&customers[at])).collect::<Vec<_>>(),
            "products": products.collect::<Vec<_>>(),
            "orders": orders.collect::<Vec<_>>(),
        })
    }
}

/// The first colours of what is a product there, with its kind. All of them are for sale.
fn shared(products: &[Product]) -> Vec<(usize, &'static str)> {
    let kind_of = |product: &Product| {
        let word = product.name.split(' ').next()?;
        KINDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    };
    let mut shared = Vec::new();
    let mut at = 0;
    while at + COLOURS <= products.len() {
        let colours = &products[at..at + COLOURS];
        let is_one = colours.iter().all(|it| parts(&it.name).0 == parts(&products[at].name).0);
        let is_sold = colours.iter().all(|it| it.status == "active" && it.deleted.is_none());
        match kind_of(&products[at]) {
            Some(kind) if is_one && is_sold => {
                shared.push((at, kind));
                at += COLOURS;
            }
            _ => at += 1,
        }
    }
    shared
}

fn sent_back(
    random: &mut Random,
    size: NewSize,
    customers: &[usize],
    products: &[(usize, &'static str)],
) -> Vec<NewOrder> {
    let german = size.orders / 20 * GERMAN;
    let count = size.orders / SENT_BACK;
    // The last tenth of all orders is not shipped yet.
    let places = (1..=count).map(|it| it * german * 17 / (20 * (count + 1)));
    let order = |place: usize| {
        // Orders come evenly, in all shops together.
        let before = place / GERMAN * 20 + place % GERMAN;
        let seconds = DAYS * 86_400 * before as i64 / size.orders as i64;
        let placed = Moment { day: BEGIN, second: 0 }.later(seconds);
        let mut articles: Vec<usize> = (0..random.between(1, 3))
            .map(|_| random.pick(products).0 + random.below(COLOURS))
            .collect();
        articles.sort_unstable();
        articles.dedup();
        random.shuffle(&mut articles);
        // It has arrived by then, and is paid.
        let returned = placed.later(random.between(23, 28) * 86_400 + random.between(0, 20_000));
        NewOrder {
            number: format!("DE-{}", FIRST_NUMBER + place),
            customer: *random.pick(customers),
            articles,
            registered: returned.later(-random.between(2, 5) * 86_400),
            returned,
        }
    };
    places.map(order).collect()
}

fn customer(customer: &Customer) -> Value {
    let address = &customer.addresses[0];
    let phone = customer.phone.as_ref();
    json!({
        "number": customer_number(customer),
        "email": customer.email,
        "name": format!("{} {}", customer.first_name, customer.last_name),
        "street": format!("{} {}", address.street, address.house_number),
        "postal_code": address.postcode,
        "city": address.town,
        "country": address.land.code(),
        "phone": phone.map(|it| format!("+{} {} {}", it.dialling_code, it.area_code, it.local)),
    })
}

fn customer_number(customer: &Customer) -> String {
    format!("K-{}", customer.number)
}

fn product(colours: &[Product], kind: &str) -> Value {
    let first = &colours[0];
    let variant = |it: &Product| {
        let (german, english) = (parts(&it.name).1, parts(&it.english_name).1);
        json!({
            "sku": it.sku,
            "gtin": it.gtin,
            "weight_grams": it.weight_g,
            "colour_de": german,
            "colour_en": english,
            "rgb": rgb(german),
        })
    };
    json!({
        "kind": kind,
        "name_de": parts(&first.name).0,
        "name_en": parts(&first.english_name).0,
        "price": first.price_cents(),
        "variants": colours.iter().map(variant).collect::<Vec<_>>(),
    })
}

/// What is sold, and its colour.
fn parts(name: &str) -> (&str, &str) {
    name.rsplit_once(", ").unwrap_or((name, ""))
}

fn rgb(german: &str) -> String {
    let known = SHELVES.iter().flat_map(|shelf| shelf.colours).find(|it| it.0 == german);
    let [red, green, blue] = known.map_or([128; 3], |it| it.2);
    format!("#{red:02x}{green:02x}{blue:02x}")
}
