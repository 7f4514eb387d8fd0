//! Products with everything that belongs to them but stock.

use serde_json::{Value as Json, json};

use super::{
    Blueprint, DAY, NOW,
    chance::Chance,
    goods::{Colour, Goods, VARIANTS, shops},
    id, pieces,
    shop::SERVICES,
    stream,
    words::{BRANDS, REVIEWS, praise},
};
use crate::{
    args,
    catalogue::{folding, products::listing},
    db::{Db, Insert, Value},
    error::Error,
    pricing::PriceKind,
};

/// Products that are written as one piece.
const PIECE: u64 = 500;

/// Writes all products, then what lists and search know of them.
pub(super) async fn write(db: &Db, plan: &Blueprint) -> crate::Result<u64> {
    let own = plan.clone();
    let (rows, _) = stream(db, pieces(plan.products, PIECE), move |todo| {
        let Some(range) = todo.next() else { return Ok(None) };
        let mut rows = Rows::default();
        range.for_each(|number| rows.add(&own, &Goods::of(&own, number)));
        Ok(Some(rows.inserts()))
    })
    .await?;
    for range in pieces(plan.products, PIECE) {
        let plan = plan.clone();
        db.write(move |tx| {
            Box::pin(async move {
                let ids: Vec<i64> = range.clone().map(|number| id(number + 1)).collect();
                listing::refresh(tx, &ids, NOW).await?;
                for number in range {
                    let goods = Goods::of(&plan, number);
                    tx.index_words(goods.id(), &searched(&goods)).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    }
    Ok(rows)
}

/// What a product is found by.
fn searched(goods: &Goods) -> String {
    let (german, english) = goods.names();
    let mut words = vec![goods.code(), BRANDS[goods.brand_at].1.to_owned(), german, english];
    words.extend((0..VARIANTS).map(|at| goods.sku(at)));
    words.iter().map(|it| folding::fold(it)).collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Rows {
    products: Vec<Vec<Value>>,
    texts: Vec<Vec<Value>>,
    channels: Vec<Vec<Value>>,
    categories: Vec<Vec<Value>>,
    facets: Vec<Vec<Value>>,
    relations: Vec<Vec<Value>>,
    services: Vec<Vec<Value>>,
    variants: Vec<Vec<Value>>,
    prices: Vec<Vec<Value>>,
    reviews: Vec<Vec<Value>>,
}

impl Rows {
    fn add(&mut self, plan: &Blueprint, goods: &Goods) {
        let mut chance = Chance::of(plan.seed, "about", goods.number);
        let stars = self.add_reviews(plan, goods, &mut chance);
        self.add_product(plan, goods, stars, &mut chance);
        self.add_places(plan, goods);
        for at in 0..VARIANTS {
            self.add_variant(goods, at, &mut chance);
        }
    }

    fn add_product(
        &mut self,
        plan: &Blueprint,
        goods: &Goods,
        stars: (i64, i64),
        chance: &mut Chance,
    ) {
        let washable = goods.kind.room == "textiles";
        let mut attributes =
            json!({ "material": goods.material.0, "width": goods.centimetres.to_string() });
        if washable {
            attributes["washable"] = json!(true);
            self.facets.push(args!["washable", "true", goods.id()]);
        }
        let (german, english) = goods.names();
        let picture = |at: u64| {
            let url = format!("https://images.example/{}/{at}.jpg", goods.number + 1);
            let alt = json!({ "de": german, "en": english });
            json!({ "url": url, "kind": "image", "alt": alt, "width": 1600, "height": 1200, "sku": goods.sku(at) })
        };
        let media: Vec<Json> = (0..VARIANTS).map(picture).collect();
        let warnings = if goods.kind.code == "candle" {
            json!({ "de": "Brennende Kerzen nie unbeaufsichtigt lassen.", "en": "Never leave a burning candle alone." })
        } else {
            json!({})
        };
        let (brand, outside) = (id(goods.brand_at as u64 + 1), BRANDS[goods.brand_at].2);
        let eprel = (goods.kind.room == "lighting").then(|| (goods.number + 100_000).to_string());
        let (born, changed) =
            (plan.begin(), NOW.saturating_add_micros(-chance.amount(0, 400) * DAY));
        self.products.push(args![
            goods.id(),
            goods.code(),
            id(goods.kind_at as u64 + 1),
            brand,
            brand + 1,
            outside.then_some(1_i64),
            "standard",
            attributes,
            goods.options(),
            Json::from(media),
            "[]",
            warnings,
            eprel,
            true,
            1_i64,
            stars.0,
            stars.1,
            born,
            changed
        ]);
        let (said, told) = praise(chance);
        for (locale, name, sentence) in [("de", &german, said), ("en", &english, told)] {
            let summary = format!("{name} {sentence}.");
            let description = if goods.is_given() {
                summary.clone()
            } else if locale == "de" {
                format!(
                    "{summary}\n\nBreite {} cm, {}. Aus der Serie {}.",
                    goods.centimetres, goods.material.1, goods.series
                )
            } else {
                format!(
                    "{summary}\n\n{} cm wide, {}. From our {} line.",
                    goods.centimetres, goods.material.2, goods.series
                )
            };
            self.texts.push(args![
                goods.id(),
                0_i64,
                locale,
                name,
                goods.slug(name),
                summary,
                description
            ]);
        }
    }

    /// Where it is shown and what stands beside it.
    fn add_places(&mut self, plan: &Blueprint, goods: &Goods) {
        for (channel, _) in shops().filter(|(_, shop)| goods.is_in(shop)) {
            self.channels.push(args![goods.id(), channel, plan.begin()]);
        }
        self.categories.push(args![goods.id(), 101 + id(goods.kind_at as u64), goods.id()]);
        self.facets.push(args!["material", goods.material.0, goods.id()]);
        self.facets.push(args!["width", goods.centimetres.to_string(), goods.id()]);
        let mut colours: Vec<String> = (0..VARIANTS).map(|at| goods.colour(at).rgb).collect();
        colours.sort_unstable();
        colours.dedup();
        self.facets.extend(colours.into_iter().map(|it| args!["colour", it, goods.id()]));
        // Products refer to those that are written before them.
        if goods.number > 0 {
            self.relations.push(args![goods.id(), "cross_sell", goods.id() - 1, 1_i64]);
        }
        if goods.number >= 16 {
            self.relations.push(args![goods.id(), "similar", goods.id() - 16, 1_i64]);
        }
        if goods.kind.assembled {
            for (position, service) in (1_i64..).zip(SERVICES) {
                self.services.push(args![goods.id(), service, position]);
            }
        }
    }

    fn add_variant(&mut self, goods: &Goods, at: u64, chance: &mut Chance) {
        let Colour { code, rgb, .. } = goods.colour(at);
        let variant = goods.variant_id(at);
        let grams = chance.amount(goods.kind.grams.0, goods.kind.grams.1);
        let grams = goods.given_grams(at).unwrap_or(grams);
        // Somebody was in a hurry: of some articles it was not written down what marks or moves them.
        let (gtin, grams) = match variant.rem_euclid(97) {
            11 => (None, Some(grams)),
            53 => (Some(goods.gtin(at)), None),
            _ => (Some(goods.gtin(at)), Some(grams)),
        };
        let (amount, unit) = goods.kind.content.unzip();
        self.variants.push(args![
            variant,
            goods.id(),
            goods.sku(at),
            gtin,
            json!({ "colour": code }),
            json!({ "colour": rgb }),
            id(at + 1),
            grams,
            amount,
            unit,
            false,
            true
        ]);
        let mut price_id = (variant - 1) * 16;
        for (channel, shop) in shops().filter(|(_, shop)| goods.is_in(shop)) {
            for it in goods.prices(at, shop) {
                price_id += 1;
                let kind = if it.kind == PriceKind::Sale { "sale" } else { "regular" };
                self.prices.push(args![
                    price_id,
                    variant,
                    channel,
                    shop.currency,
                    1_i64,
                    kind,
                    it.amount,
                    it.from,
                    it.until,
                    it.from,
                    "seed"
                ]);
            }
        }
    }

    /// How many stars were given, and by how many.
    fn add_reviews(&mut self, plan: &Blueprint, goods: &Goods, chance: &mut Chance) -> (i64, i64) {
        let (mut count, mut sum) = (0, 0);
        for at in 0..chance.below(4) {
            let (title, body, stars) = *chance.pick(&REVIEWS);
            let author = super::people::name(plan, chance.below(plan.customers.max(1)));
            let when = NOW.saturating_add_micros(-chance.amount(1, 700) * DAY);
            let state = if chance.percent(95) { "published" } else { "pending" };
            if state == "published" {
                (count, sum) = (count + 1, sum + stars);
            }
            let review = id(goods.number * 4 + at + 1);
            self.reviews.push(args![
                review,
                goods.id(),
                1_i64,
                author,
                "de",
                stars,
                title,
                body,
                state,
                when,
                1_i64
            ]);
        }
        (count, sum)
    }

    fn inserts(self) -> Vec<Insert<'static>> {
        let insert = |table, columns, rows| Insert { table, columns, rows };
        vec![
            insert("product", PRODUCT, self.products),
            insert(
                "product_text",
                &["product_id", "channel_id", "locale", "name", "slug", "summary", "description"],
                self.texts,
            ),
            insert(
                "product_channel",
                &["product_id", "channel_id", "published_from"],
                self.channels,
            ),
            insert("product_category", &["product_id", "category_id", "position"], self.categories),
            insert("product_facet", &["attribute", "value", "product_id"], self.facets),
            insert(
                "product_relation",
                &["product_id", "kind", "related_id", "position"],
                self.relations,
            ),
            insert("product_service", &["product_id", "service_id", "position"], self.services),
            insert("variant", VARIANT, self.variants),
            insert("price", PRICE, self.prices),
            insert("review", REVIEW, self.reviews),
        ]
    }
}

const PRODUCT: &[&str] = &[
    "id",
    "code",
    "product_type_id",
    "brand_id",
    "manufacturer_id",
    "responsible_person_id",
    "tax_class",
    "attributes",
    "options",
    "media",
    "documents",
    "warnings",
    "eprel_code",
    "active",
    "revision",
    "rating_count",
    "rating_sum",
    "created_at",
    "updated_at",
];
const VARIANT: &[&str] = &[
    "id",
    "product_id",
    "sku",
    "gtin",
    "options",
    "attributes",
    "position",
    "weight_grams",
    "content_amount",
    "content_unit",
    "bundle",
    "active",
];
const PRICE: &[&str] = &[
    "id",
    "variant_id",
    "channel_id",
    "currency",
    "min_quantity",
    "kind",
    "amount",
    "valid_from",
    "valid_until",
    "created_at",
    "created_by",
];
const REVIEW: &[&str] = &[
    "id",
    "product_id",
    "channel_id",
    "author",
    "locale",
    "rating",
    "title",
    "body",
    "state",
    "created_at",
    "revision",
];
