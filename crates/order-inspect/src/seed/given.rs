//! What the seeded shop takes over from elsewhere: people, products and orders that another system of the same house
//! knows by the same numbers. The rest of the shop is made up around it.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{
    goods::VARIANTS,
    people::place_of,
    shop::SHOPS,
    words::{COLOURS, KINDS},
};
use crate::{
    catalogue::folding,
    error::{Error, Refusal},
    moment::Moment,
};

/// What is taken over, as a file says it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// They are customers of the shop of their country, in this order.
    #[serde(default)]
    pub customers: Vec<GivenCustomer>,
    /// They are the first products.
    #[serde(default)]
    pub products: Vec<GivenProduct>,
    /// What some orders are.
    #[serde(default)]
    pub orders: Vec<GivenOrder>,
}

/// Somebody with an account.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenCustomer {
    /// The number that all systems share.
    pub number: String,
    /// In lower case.
    pub email: String,
    /// First and last name.
    pub name: String,
    /// With the number of the house.
    pub street: String,
    /// As the country writes it.
    pub postal_code: String,
    /// The town.
    pub city: String,
    /// The code of ISO 3166 of a country that has a shop.
    pub country: String,
    /// In any spelling.
    #[serde(default)]
    pub phone: Option<String>,
}

/// A product with its three colours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenProduct {
    /// The code of a kind that the shop sells.
    pub kind: String,
    /// In German.
    pub name_de: String,
    /// In English.
    pub name_en: String,
    /// What each colour costs in the shop whose currency is the euro, in cents.
    pub price: i64,
    /// The three colours.
    pub variants: Vec<GivenVariant>,
}

/// One colour of a product.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenVariant {
    /// The number that all systems share.
    pub sku: String,
    /// With its check digit.
    pub gtin: String,
    /// With its packing.
    pub weight_grams: i64,
    /// The colour in German.
    pub colour_de: String,
    /// The colour in English.
    pub colour_en: String,
    /// `#rrggbb`.
    pub rgb: String,
}

/// Who ordered what, and what became of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenOrder {
    /// The order of that number.
    pub number: String,
    /// The number of a customer of the same shop, who is among those that are given.
    pub customer: String,
    /// One of each of one to three articles that are given.
    pub articles: Vec<String>,
    /// The first article came back, and was looked at then.
    #[serde(default)]
    pub returned_at: Option<Moment>,
}

/// What is given, as it is looked up while the shop is made.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By place in [`SHOPS`], in their order.
    customers: Vec<Vec<GivenCustomer>>,
    pub(super) products: Vec<GivenProduct>,
    orders: HashMap<String, GivenOrder>,
    /// Place in [`SHOPS`] and in its list, by number.
    numbers: HashMap<String, (usize, usize)>,
    /// Number of the product and of its variant, by SKU.
    skus: HashMap<String, (u64, u64)>,
}

impl Known {
    /// # Errors
    /// What is wrong in the file, and where.
    pub(super) fn of(given: Given) -> crate::Result<Self> {
        let mut known =
            Self { customers: SHOPS.iter().map(|_| vec![]).collect(), ..Self::default() };
        let mut emails = HashSet::new();
        for person in given.customers {
            let at = SHOPS.iter().position(|shop| shop.country == person.country);
            let Some(at) = at else {
                return Err(wrong(&person.number, "country", "one that has a shop"));
            };
            let place = (at, known.customers[at].len());
            let is_new = known.numbers.insert(person.number.clone(), place).is_none();
            if !is_new || !emails.insert(person.email.clone()) {
                return Err(wrong(&person.number, "number and email", "nobody else’s"));
            }
            known.customers[at].push(person);
        }
        for (number, product) in (0..).zip(given.products) {
            known.add_product(number, product)?;
        }
        for order in given.orders {
            let shop = known.numbers.get(&order.customer).map(|(at, _)| &SHOPS[*at]);
            let fits = shop.is_some_and(|shop| order.number.starts_with(shop.prefix));
            let articles: HashSet<&String> = order.articles.iter().collect();
            let are_known = articles.iter().all(|sku| known.skus.contains_key(*sku));
            if !fits {
                return Err(wrong(&order.number, "customer", "one of the same shop that is given"));
            }
            if articles.len() != order.articles.len()
                || !(1..=3).contains(&articles.len())
                || !are_known
            {
                return Err(wrong(
                    &order.number,
                    "articles",
                    "one to three that are given, each once",
                ));
            }
            known.orders.insert(order.number.clone(), order);
        }
        Ok(known)
    }

    fn add_product(&mut self, number: u64, product: GivenProduct) -> crate::Result<()> {
        let place = &product.name_de;
        if !KINDS.iter().any(|kind| kind.code == product.kind) {
            let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.code).collect();
            return Err(wrong(place, "kind", &format!("one of {}", kinds.join(", "))));
        }
        if product.variants.len() as u64 != VARIANTS {
            return Err(wrong(place, "variants", "three colours"));
        }
        if product.price <= 0 {
            return Err(wrong(place, "price", "above zero"));
        }
        for (at, variant) in (0..).zip(&product.variants) {
            if self.skus.insert(variant.sku.clone(), (number, at)).is_some() {
                return Err(wrong(place, "sku", "one that no other article has"));
            }
        }
        self.products.push(product);
        Ok(())
    }

    /// The customer who is given under a number of the seed.
    pub(super) fn customer(&self, number: u64) -> Option<&GivenCustomer> {
        let (shop, at) = place_of(number);
        self.customers.get(shop)?.get(usize::try_from(at).ok()?)
    }

    /// Place in [`SHOPS`] and in its list of somebody who is given.
    pub(super) fn place_of_customer(&self, number: &str) -> Option<(usize, usize)> {
        self.numbers.get(number).copied()
    }

    pub(super) fn product(&self, number: u64) -> Option<&GivenProduct> {
        self.products.get(usize::try_from(number).ok()?)
    }

    /// Number of the product and of its variant.
    pub(super) fn article(&self, sku: &str) -> Option<(u64, u64)> {
        self.skus.get(sku).copied()
    }

    pub(super) fn order(&self, number: &str) -> Option<&GivenOrder> {
        self.orders.get(number)
    }

    /// How many articles are given.
    pub(super) fn articles(&self) -> u64 {
        self.products.len() as u64 * VARIANTS
    }

    /// More than fits into a shop of a size.
    pub(super) fn check(&self, plan: super::Plan) -> crate::Result<()> {
        if self.products.len() as u64 > plan.products {
            return Err(wrong("products", "number", &format!("at most {}", plan.products)));
        }
        for (shop, people) in SHOPS.iter().zip(&self.customers) {
            if people.len() as u64 > plan.customers / 20 * shop.of_twenty {
                let most = format!("at most {}", plan.customers / 20 * shop.of_twenty);
                return Err(wrong(format!("customers in {}", shop.country), "number", &most));
            }
        }
        Ok(())
    }
}

impl GivenVariant {
    /// The code of its colour: that of the seed where there is one of its name.
    pub(super) fn colour(&self) -> String {
        let known = COLOURS.iter().find(|colour| colour.2.eq_ignore_ascii_case(&self.colour_en));
        known.map_or_else(
            || folding::slug(&self.colour_en).unwrap_or_else(|| self.sku.to_lowercase()),
            |colour| colour.0.to_owned(),
        )
    }
}

fn wrong(place: impl std::fmt::Display, what: &str, expected: &str) -> Error {
    Refusal::invalid(format!("--given: {place}: {what}"), format!("must be {expected}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(json: &str) -> crate::Result<Known> {
        Known::of(serde_json::from_str(json).expect("its form is right"))
    }

    #[test]
    fn what_does_not_fit_together_is_refused_with_its_place() {
        let somebody = r#"{ "number": "K-1", "email": "a@example.de", "name": "A B", "street": "Weg 1",
            "postal_code": "20095", "city": "Hamburg", "country": "DE" }"#;
        for (json, place) in [
            (format!(r#"{{ "customers": [{somebody}, {somebody}] }}"#), "K-1: number and email"),
            (format!(r#"{{ "customers": [{}] }}"#, somebody.replace("DE", "FR")), "K-1: country"),
            (r#"{ "products": [{ "kind": "car", "name_de": "Auto", "name_en": "Car", "price": 1, "variants": [] }] }"#
                .to_owned(), "Auto: kind"),
            (r#"{ "products": [{ "kind": "bed", "name_de": "Bett", "name_en": "Bed", "price": 1, "variants": [] }] }"#
                .to_owned(), "Bett: variants"),
            (format!(r#"{{ "customers": [{somebody}],
                "orders": [{{ "number": "AT-1001", "customer": "K-1", "articles": ["A"] }}] }}"#), "AT-1001: customer"),
            (format!(r#"{{ "customers": [{somebody}],
                "orders": [{{ "number": "DE-1001", "customer": "K-1", "articles": ["A"] }}] }}"#), "DE-1001: articles"),
        ] {
            let refused = given(&json).expect_err("it does not fit").to_string();
            assert!(refused.contains(place), "{refused}");
        }
    }
}
