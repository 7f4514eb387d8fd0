//! The catalogue: categories, articles, and what they cost when.

use jiff::civil::{Date, date};

use super::dates::{Moment, TODAY, days_between, plus};
use super::goods::{
    BOOK_LETTERS, Colour, DEPARTMENTS, Goods, PROMISES, SERIES, SHELVES, Shelf, Word,
};
use super::picture::swatch;
use super::random::Random;

/// How many series each kind of goods comes in.
const SERIES_EACH: usize = 4;
/// How many colours each series comes in.
const COLOURS_EACH: usize = 4;
/// Above this weight (grams) an article goes by forwarding agent.
pub(super) const PARCEL_GRAMS: i64 = 31_500;

/// A category of the shop; departments have no parent.
pub(super) struct Category {
    pub(super) id: i64,
    pub(super) parent: Option<i64>,
    pub(super) name: Word,
}

/// An article.
pub(super) struct Product {
    pub(super) id: i64,
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) english_name: String,
    pub(super) description: String,
    pub(super) english_description: String,
    pub(super) department: usize,
    pub(super) categories: Vec<i64>,
    /// Percent.
    pub(super) tax_rate: i64,
    pub(super) status: &'static str,
    pub(super) gtin: String,
    pub(super) weight_g: i64,
    /// A JSON object.
    pub(super) attributes: String,
    /// A JSON list.
    pub(super) tags: String,
    pub(super) image: Option<Vec<u8>>,
    pub(super) created: Moment,
    pub(super) updated: Moment,
    pub(super) deleted: Option<Moment>,
    /// Since when it costs how many euro cents, oldest first, never empty.
    pub(super) prices: Vec<(Date, i64)>,
}

impl Product {
    /// What it costs today, in euro cents.
    pub(super) fn price_cents(&self) -> i64 {
        self.price_on(TODAY)
    }

    /// What it cost on `day`, in euro cents.
    pub(super) fn price_on(&self, day: Date) -> i64 {
        let valid = self.prices.iter().rev().find(|(since, _)| *since <= day);
        valid.unwrap_or(&self.prices[0]).1
    }

    /// Whether it could be ordered on `day`.
    pub(super) fn sold_on(&self, day: Date) -> bool {
        let gone = self.status == "archived" && self.updated.day <= day;
        self.status != "draft" && self.created.day <= day && !gone
    }
}

/// All that is for sale.
pub(super) struct Catalogue {
    pub(super) categories: Vec<Category>,
    pub(super) products: Vec<Product>,
}

/// Category ids of what runs across the departments.
const NEW_ARRIVALS: i64 = 101;
const SALE: i64 = 102;

/// Makes the catalogue.
pub(super) fn plan(seed: u64) -> Catalogue {
    let mut random = Random::new(seed, "catalogue");
    let mut products = Vec::new();
    for (position, shelf) in SHELVES.iter().enumerate() {
        for goods in shelf.goods {
            let first = random.below(SERIES.len());
            for series in 0..SERIES_EACH {
                let name = SERIES[(first + series * 7) % SERIES.len()];
                let family = Family::new(&mut random, shelf, goods, name);
                let first_colour = random.below(shelf.colours.len());
                for colour in 0..COLOURS_EACH {
                    let colour = shelf.colours[(first_colour + colour) % shelf.colours.len()];
                    let id = products.len() as i64 + 1;
                    let shelf_category = shelf_category(position);
                    products.push(family.product(&mut random, id, shelf_category, colour));
                }
            }
        }
    }
    Catalogue { categories: categories(), products }
}

fn shelf_category(position: usize) -> i64 {
    (DEPARTMENTS.len() + position + 1) as i64
}

fn categories() -> Vec<Category> {
    let departments = DEPARTMENTS.iter().enumerate().map(|(position, name)| Category {
        id: position as i64 + 1,
        parent: None,
        name: *name,
    });
    let shelves = SHELVES.iter().enumerate().map(|(position, shelf)| Category {
        id: shelf_category(position),
        parent: Some(shelf.department as i64 + 1),
        name: shelf.name,
    });
    let across = [
        Category { id: NEW_ARRIVALS, parent: None, name: ("Neuheiten", "New arrivals") },
        Category { id: SALE, parent: None, name: ("Sale", "Sale") },
    ];
    departments.chain(shelves).chain(across).collect()
}

/// What the colours of one series have in common.
struct Family<'a> {
    shelf: &'a Shelf,
    goods: &'a Goods,
    series: &'static str,
    detail: Word,
    weight_g: i64,
    created: Date,
    prices: Vec<(Date, i64)>,
}

impl<'a> Family<'a> {
    fn new(random: &mut Random, shelf: &'a Shelf, goods: &'a Goods, series: &'static str) -> Self {
        let (low, high) = goods.1;
        let base = random.between(low, high);
        let created = match random.chance(850) {
            true => plus(date(2022, 1, 10), random.between(0, 1_000)),
            false => plus(date(2024, 11, 25), random.between(0, 710)),
        };
        Self {
            shelf,
            goods,
            series,
            detail: *random.pick(shelf.details),
            weight_g: random.between(goods.2.0, goods.2.1) / 10 * 10,
            created,
            prices: price_history(random, base, created),
        }
    }

    fn product(&self, random: &mut Random, id: i64, category: i64, colour: Colour) -> Product {
        let goods = self.goods.0;
        let created = Moment { day: self.created, second: random.between(25_200, 61_200) };
        let (status, deleted) = fate(random, created);
        let updated = match (status, deleted) {
            (_, Some(deleted)) => deleted,
            ("archived", None) => created.later(random.between(200, 700) * 86_400),
            _ => created.later(random.between(0, days_between(created.day, TODAY)) * 86_400 - 3600),
        };
        let newest = self.prices[self.prices.len() - 1].0;
        let on_sale = self.prices.len() > 1 && days_between(newest, TODAY) < 120;
        let is_new = days_between(self.created, TODAY) < 120;
        let mut categories = vec![category];
        categories.extend(is_new.then_some(NEW_ARRIVALS));
        categories.extend(on_sale.then_some(SALE));
        let department = self.shelf.department;
        let describe = |name: &str, detail: &str, promise: &str| {
            format!("{name} »{}« {detail}. {promise}", self.series)
        };
        Product {
            id,
            sku: format!("{}-{}", self.shelf.letters, 10_000 + id * 7),
            name: format!("{} »{}« {}, {}", goods.0, self.series, self.detail.0, colour.0),
            english_name: format!("{} ‘{}’ {}, {}", goods.1, self.series, self.detail.1, colour.1),
            description: describe(goods.0, self.detail.0, PROMISES[department].0),
            english_description: describe(goods.1, self.detail.1, PROMISES[department].1),
            department,
            categories,
            tax_rate: if self.shelf.letters == BOOK_LETTERS { 7 } else { 19 },
            status,
            gtin: gtin(id),
            weight_g: self.weight_g,
            attributes: self.attributes(random, colour),
            tags: tags(random, is_new, on_sale),
            image: (id % 6 == 1).then(|| swatch(colour.2)),
            created,
            updated: updated.max(created).min(Moment { day: TODAY, second: 0 }),
            deleted,
            prices: self.prices.clone(),
        }
    }

    fn attributes(&self, random: &mut Random, colour: Colour) -> String {
        let sizes: Vec<String> =
            self.shelf.sizes.iter().map(|size| format!("\"{size}\"")).collect();
        let sizes = match sizes.is_empty() {
            true => String::new(),
            false => format!(",\"sizes\":[{}]", sizes.join(",")),
        };
        format!(
            "{{\"series\":\"{}\",\"colour\":\"{}\",\"detail\":\"{}\",\"assembly\":{},\"package_cm\":[{},{},{}]{sizes}}}",
            self.series,
            colour.1,
            self.detail.1,
            self.shelf.department == 0,
            random.between(10, 120),
            random.between(10, 80),
            random.between(4, 60),
        )
    }
}

/// Status, and when it was taken out of the catalogue for good.
fn fate(random: &mut Random, created: Moment) -> (&'static str, Option<Moment>) {
    let old = days_between(created.day, TODAY) > 800;
    match random.below(1000) {
        0..30 => ("draft", None),
        30..110 if old => ("archived", None),
        110..130 if old => ("archived", Some(created.later(random.between(300, 750) * 86_400))),
        _ => ("active", None),
    }
}

fn tags(random: &mut Random, is_new: bool, on_sale: bool) -> String {
    let mut tags = Vec::new();
    for (tag, permille) in
        [("bestseller", 90), ("nachhaltig", 180), ("made-in-germany", 120), ("exklusiv-online", 60)]
    {
        if random.chance(permille) {
            tags.push(format!("\"{tag}\""));
        }
    }
    tags.extend(is_new.then(|| "\"neu\"".to_owned()));
    tags.extend(on_sale.then(|| "\"sale\"".to_owned()));
    format!("[{}]", tags.join(","))
}

fn price_history(random: &mut Random, euros: i64, created: Date) -> Vec<(Date, i64)> {
    let mut prices = vec![(created, shop_price(random, euros))];
    let mut day = created;
    let mut euros = euros;
    loop {
        day = plus(day, random.between(120, 500));
        if day > TODAY || prices.len() == 5 {
            return prices;
        }
        euros = (euros * random.weighted(&[(94, 2), (104, 4), (107, 3), (80, 1)]) / 100).max(5);
        let price = shop_price(random, euros);
        if price != prices[prices.len() - 1].1 {
            prices.push((day, price));
        }
    }
}

/// About `euros`, in cents, ending as prices in German shops end.
fn shop_price(random: &mut Random, euros: i64) -> i64 {
    match euros {
        ..20 => euros * 100 - random.weighted(&[(1, 6), (5, 3), (51, 1)]),
        20..100 => euros * 100 - random.weighted(&[(1, 5), (5, 4), (10, 1)]),
        100..500 => (euros / 10 * 10 - 1) * 100 + random.weighted(&[(0, 5), (99, 3), (95, 2)]),
        _ => (euros / 50 * 50 - 1) * 100,
    }
}

/// An article number of the range 952, which GS1 keeps for examples, with its check digit.
fn gtin(id: i64) -> String {
    let digits = format!("952{:09}", 410_000 + id * 13);
    format!("{digits}{}", gtin_check_digit(&digits))
}

/// The check digit of a GTIN-13 (GS1 General Specifications, 7.9): weights 1 and 3 in turn.
fn gtin_check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight)
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_gtin_has_the_right_check_digit() {
        assert_eq!(gtin_check_digit("400638133393"), 1);
        for product in plan(1).products {
            let (digits, check) = product.gtin.split_at(12);
            assert_eq!(check, gtin_check_digit(digits).to_string(), "{}", product.gtin);
        }
    }

    #[test]
    fn there_are_about_twelve_hundred_articles_and_no_number_comes_twice() {
        let products = plan(1).products;
        assert!((1_100..1_300).contains(&products.len()), "{}", products.len());
        let numbers: HashSet<&String> = products.iter().flat_map(|p| [&p.sku, &p.gtin]).collect();
        assert_eq!(numbers.len(), products.len() * 2);
    }

    #[test]
    fn prices_are_positive_and_end_as_german_prices_end() {
        for product in plan(1).products {
            for (_, cents) in &product.prices {
                assert!(*cents >= 400, "{}: {cents}", product.name);
                assert!([0, 49, 90, 95, 99].contains(&(cents % 100)), "{}: {cents}", product.name);
            }
        }
    }
}
