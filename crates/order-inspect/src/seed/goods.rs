//! A product of the seeded shop, made from its number.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value as Json, json};

use super::{
    Blueprint, DAY, NOW,
    chance::Chance,
    given::{GivenProduct, GivenVariant},
    shop::{SHOPS, Shop},
    words::{BRANDS, COLOURS, KINDS, Kind, MATERIALS, SERIES},
};
use crate::{
    catalogue::folding,
    error::Error,
    language::Language,
    moment::Moment,
    orders::place::{Offer, Product},
    pricing::{PriceInterval, PriceKind},
};

/// How many variants a product has: one for each of its colours.
pub(super) const VARIANTS: u64 = 3;

/// A colour that a product comes in.
pub(super) struct Colour {
    pub(super) code: String,
    german: String,
    english: String,
    pub(super) rgb: String,
}

/// What a product is.
pub(super) struct Goods {
    blueprint: Blueprint,
    /// From 0.
    pub(super) number: u64,
    /// Place in [`KINDS`].
    pub(super) kind_at: usize,
    pub(super) kind: &'static Kind,
    /// Place in [`BRANDS`].
    pub(super) brand_at: usize,
    pub(super) material: (&'static str, &'static str, &'static str),
    pub(super) series: &'static str,
    first_colour: usize,
    pub(super) centimetres: i64,
    cents: i64,
    /// What it cost before, if its price was ever changed, and when that was.
    before: Option<(i64, Moment)>,
    /// Whether it is on sale since twenty days.
    reduced: bool,
}

impl Goods {
    pub(super) fn of(blueprint: &Blueprint, number: u64) -> Self {
        let mut chance = Chance::of(blueprint.seed, "product", number);
        let given = blueprint.known.product(number);
        let made = usize::try_from(chance.below(KINDS.len() as u64)).unwrap_or(0);
        let given_kind = given.and_then(|it| KINDS.iter().position(|kind| kind.code == it.kind));
        let kind_at = given_kind.unwrap_or(made);
        let kind = &KINDS[kind_at];
        let cents = chance.amount(kind.price.0 / 10, kind.price.1 / 10) * 10;
        let cents = given.map_or(cents, |it| it.price);
        let days = chance.amount(60, 300);
        let before = chance
            .percent(15)
            .then(|| (cents * 108 / 100 / 10 * 10, NOW.saturating_add_micros(-days * DAY)));
        Self {
            blueprint: blueprint.clone(),
            number,
            kind_at,
            kind,
            brand_at: usize::try_from(chance.below(BRANDS.len() as u64)).unwrap_or(0),
            material: *chance.pick(&MATERIALS),
            series: chance.pick::<&str>(&SERIES),
            first_colour: usize::try_from(chance.below(COLOURS.len() as u64)).unwrap_or(0),
            centimetres: chance.amount(20, 240),
            cents,
            before,
            reduced: chance.percent(8),
        }
    }

    pub(super) fn id(&self) -> i64 {
        super::id(self.number + 1)
    }

    pub(super) fn code(&self) -> String {
        if self.is_given() {
            return format!("{}-{}", self.kind.code, self.number + 1);
        }
        format!("{}-{}-{}", self.kind.code, self.series.to_lowercase(), self.number + 1)
    }

    /// In German and in English.
    pub(super) fn names(&self) -> (String, String) {
        if let Some(given) = self.given() {
            return (given.name_de.clone(), given.name_en.clone());
        }
        let (_, german, english) = self.material;
        let kind = self.kind;
        let number = self.number / 4_000 + 1;
        (
            format!("{} {} {number}, {german}", kind.german, self.series),
            format!("{} {number} {english} {}", self.series, kind.english),
        )
    }

    /// The last part of its address in a language: the name, and its number, since names come again.
    pub(super) fn slug(&self, name: &str) -> String {
        format!("{}-{}", folding::slug(name).unwrap_or_default(), self.number + 1)
    }

    pub(super) fn variant_id(&self, at: u64) -> i64 {
        super::id(self.number * VARIANTS + at + 1)
    }

    fn given(&self) -> Option<&GivenProduct> {
        self.blueprint.known.product(self.number)
    }

    /// What a variant weighs with its packing, where it is given.
    pub(super) fn given_grams(&self, at: u64) -> Option<i64> {
        self.given_variant(at).map(|given| given.weight_grams)
    }

    /// Whether it is taken over from elsewhere.
    pub(super) fn is_given(&self) -> bool {
        self.given().is_some()
    }

    fn given_variant(&self, at: u64) -> Option<&GivenVariant> {
        self.given()?.variants.get(usize::try_from(at).ok()?)
    }

    pub(super) fn sku(&self, at: u64) -> String {
        match self.given_variant(at) {
            Some(given) => given.sku.clone(),
            None => format!("{}-{}", self.number + 1, self.colour(at).code.to_uppercase()),
        }
    }

    /// A GTIN-13: the one that is given, or one of GS1 Germany's range, with its check digit.
    pub(super) fn gtin(&self, at: u64) -> String {
        self.given_variant(at).map_or_else(|| gtin(self.variant_id(at)), |given| given.gtin.clone())
    }

    pub(super) fn colour(&self, at: u64) -> Colour {
        if let Some(given) = self.given_variant(at) {
            return Colour {
                code: given.colour(),
                german: given.colour_de.clone(),
                english: given.colour_en.clone(),
                rgb: given.rgb.clone(),
            };
        }
        let place = (self.first_colour + 5 * usize::try_from(at).unwrap_or(0)) % COLOURS.len();
        let (code, german, english, rgb) = COLOURS[place];
        Colour {
            code: code.to_owned(),
            german: german.to_owned(),
            english: english.to_owned(),
            rgb: rgb.to_owned(),
        }
    }

    /// What can be chosen, as a product keeps it.
    pub(super) fn options(&self) -> Json {
        let colours: Vec<Json> = (0..VARIANTS)
            .map(|at| self.colour(at))
            .map(|it| json!({ "code": it.code, "labels": { "de": it.german, "en": it.english } }))
            .collect();
        json!([{ "code": "colour", "labels": { "de": "Farbe", "en": "Colour" }, "values": colours }])
    }

    /// Whether the shop shows it: far away only three of four products are sold.
    pub(super) fn is_in(&self, shop: &Shop) -> bool {
        matches!(shop.country, "DE" | "AT") || self.number % 4 != 3
    }

    /// All prices of a variant in a shop.
    pub(super) fn prices(&self, at: u64, shop: &Shop) -> Vec<PriceInterval> {
        // What is given costs the same in every colour.
        let more = if self.is_given() { 0 } else { 500 * super::id(at) };
        let price = |cents: i64| shop.price(cents + more);
        let interval = |kind, amount, from, until| PriceInterval {
            kind,
            amount,
            list_price: None,
            from,
            until,
            customer_group: None,
            min_quantity: 1,
        };
        let begin = self.blueprint.begin();
        let mut prices = Vec::with_capacity(3);
        let mut from = begin;
        if let Some((before, until)) = self.before {
            prices.push(interval(PriceKind::Regular, price(before), begin, Some(until)));
            from = until;
        }
        prices.push(interval(PriceKind::Regular, price(self.cents), from, None));
        if self.reduced {
            let from = NOW.saturating_add_micros(-20 * DAY);
            prices.push(interval(PriceKind::Sale, price(self.cents * 4 / 5), from, None));
        }
        prices
    }

    /// A variant as an order in the shop sees it.
    pub(super) fn offer(&self, at: u64, channel: i64, shop: &Shop) -> crate::Result<Offer> {
        let (german, english) = self.names();
        let product = Product {
            code: self.code(),
            tax_class: "standard".to_owned(),
            brand: Some(BRANDS[self.brand_at].0.to_owned()),
            categories: vec![101 + i64::try_from(self.kind_at).unwrap_or(0)],
            services: Vec::new(),
            options: serde_json::from_value(self.options())
                .map_err(|error| Error::Broken(format!("the seed: {error}")))?,
            names: HashMap::from([
                ((0, Language::German), german),
                ((0, Language::English), english),
            ]),
            published: HashMap::from([(channel, (self.blueprint.begin(), None))]),
        };
        let currency = shop
            .currency
            .parse()
            .map_err(|error: crate::money::CurrencyError| Error::Broken(error.to_string()))?;
        Ok(Offer {
            variant_id: self.variant_id(at),
            product: Arc::new(product),
            options: [("colour".to_owned(), self.colour(at).code)].into(),
            parts: Vec::new(),
            active: true,
            backorder: false,
            prices: self.prices(at, shop).into_iter().map(|it| (channel, currency, it)).collect(),
        })
    }
}

/// The shops with their ids.
pub(super) fn shops() -> impl Iterator<Item = (i64, &'static Shop)> {
    (1..).zip(&SHOPS)
}

fn gtin(variant: i64) -> String {
    let digits = format!("40{variant:010}");
    let sum: u32 =
        digits.bytes().zip([1, 3].into_iter().cycle()).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
