//! What is for sale: a variant with its product's facts and its prices in force.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use crate::{
    args,
    catalogue::{products::record::ProductOption, words::Localised},
    db::{Row, Tx},
    error::Error,
    language::Language,
    moment::Moment,
    money::Currency,
    orders::facts::OptionLabel,
    pricing::{PriceInterval, PriceKind},
};

/// How many products a server remembers; it begins anew when there are more.
const REMEMBERED: usize = 200_000;

/// A variant as an order sees it.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) variant_id: i64,
    pub(crate) product: Arc<Product>,
    pub(crate) options: BTreeMap<String, String>,
    /// For a bundle, the variants that one of it takes from stock, and how many of each.
    pub(crate) parts: Vec<(i64, i64)>,
    pub(crate) active: bool,
    /// It may be ordered without stock.
    pub(crate) backorder: bool,
    /// By shop and currency.
    pub(crate) prices: Vec<(i64, Currency, PriceInterval)>,
}

/// What orders need to know of a product. It changes with the product's revision only.
#[derive(Debug, Default)]
pub(crate) struct Product {
    pub(crate) code: String,
    pub(crate) tax_class: String,
    pub(crate) brand: Option<String>,
    pub(crate) categories: Vec<i64>,
    /// Codes of the services that go with it.
    pub(crate) services: Vec<String>,
    /// What can be chosen, with its names in all languages.
    pub(crate) options: Vec<ProductOption>,
    /// By shop (0 for all) and language.
    pub(crate) names: HashMap<(i64, Language), String>,
    /// By shop: from when until when it is shown.
    pub(crate) published: HashMap<i64, (Moment, Option<Moment>)>,
}

impl Product {
    /// Its name in a shop and a language, or the nearest there is.
    pub(crate) fn name(&self, channel: i64, language: Language) -> &str {
        let other = if language == Language::German { Language::English } else { Language::German };
        let places = [(channel, language), (0, language), (channel, other), (0, other)];
        let name = places.iter().find_map(|place| self.names.get(place));
        name.map_or(self.code.as_str(), String::as_str)
    }

    /// The chosen values of its options in words, in its order. What has no words is called by its code.
    pub(crate) fn labels(
        &self,
        chosen: &BTreeMap<String, String>,
        language: Language,
    ) -> Vec<OptionLabel> {
        let words = |labels: &Localised, code: &str| {
            labels.pick(language.code()).unwrap_or(code).to_owned()
        };
        let label = |option: &ProductOption| {
            let code = chosen.get(&*option.code)?;
            let value = option.values.iter().find(|it| &*it.code == code);
            Some(OptionLabel {
                option: option.code.to_string(),
                name: words(&option.labels, &option.code),
                value: value.map_or_else(|| code.clone(), |it| words(&it.labels, code)),
            })
        };
        self.options.iter().filter_map(label).collect()
    }

    /// Whether a shop shows it at a moment.
    pub(crate) fn is_published(&self, channel: i64, now: Moment) -> bool {
        self.published
            .get(&channel)
            .is_some_and(|(from, until)| *from <= now && until.is_none_or(|until| now < until))
    }
}

/// Products that were read before, with the revision that they had.
#[derive(Clone, Default)]
pub(crate) struct Offers(Arc<Mutex<HashMap<i64, AtRevision>>>);

/// A product, and the revision that it had.
type AtRevision = (i64, Arc<Product>);

impl Offers {
    /// Puts variants, products and prices together.
    pub(super) async fn resolve(
        &self,
        tx: &mut Tx,
        variants: &[Row],
        prices: &[Row],
    ) -> crate::Result<HashMap<String, Arc<Offer>>> {
        let mut wanted = Vec::new();
        let mut bundles = Vec::new();
        for row in variants {
            wanted.push((row.get::<i64>("product_id")?, row.get::<i64>("revision")?));
            if row.get("bundle")? {
                bundles.push(row.get::<i64>("id")?);
            }
        }
        let products = self.products(tx, wanted).await?;
        let parts = parts(tx, bundles).await?;
        let mut priced: HashMap<i64, Vec<(i64, Currency, PriceInterval)>> = HashMap::new();
        for row in prices {
            let price = (row.get("channel_id")?, currency(row)?, interval(row)?);
            priced.entry(row.get("variant_id")?).or_default().push(price);
        }
        let mut offers = HashMap::with_capacity(variants.len());
        for row in variants {
            let (variant_id, product_id): (i64, i64) = (row.get("id")?, row.get("product_id")?);
            let offer = Offer {
                variant_id,
                product: products.get(&product_id).cloned().unwrap_or_default(),
                options: row.json("options")?,
                parts: parts.get(&variant_id).cloned().unwrap_or_default(),
                active: row.get::<bool>("active")? && row.get::<bool>("product_active")?,
                backorder: row.get::<Option<i64>>("backorder_days")?.is_some(),
                prices: priced.remove(&variant_id).unwrap_or_default(),
            };
            offers.insert(row.get("sku")?, Arc::new(offer));
        }
        Ok(offers)
    }

    async fn products(
        &self,
        tx: &mut Tx,
        wanted: Vec<(i64, i64)>,
    ) -> crate::Result<HashMap<i64, Arc<Product>>> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        if let Ok(known) = self.0.lock() {
            for (id, revision) in wanted {
                match known.get(&id).filter(|(at, _)| *at == revision) {
                    Some((_, product)) => drop(found.insert(id, Arc::clone(product))),
                    None => missing.push((id, revision)),
                }
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(found);
        }
        let ids = missing.iter().map(|(id, _)| *id).collect();
        let read = read(tx, ids).await?;
        if let Ok(mut known) = self.0.lock() {
            if known.len() > REMEMBERED {
                known.clear();
            }
            for (id, revision) in missing {
                if let Some(product) = read.get(&id) {
                    known.insert(id, (revision, Arc::clone(product)));
                }
            }
        }
        found.extend(read);
        Ok(found)
    }
}

async fn read(tx: &mut Tx, ids: Vec<i64>) -> crate::Result<HashMap<i64, Arc<Product>>> {
    let answers = tx
        .rows_all(vec![
            (
                "SELECT p.id, p.code, p.tax_class, p.options, b.code AS brand FROM product p
                    LEFT JOIN brand b ON b.id = p.brand_id WHERE p.id = ANY($1)",
                args![ids.clone()],
            ),
            (
                "SELECT product_id, channel_id, locale, name FROM product_text WHERE product_id = ANY($1)",
                args![ids.clone()],
            ),
            (
                "SELECT product_id, channel_id, published_from, published_until FROM product_channel
                    WHERE product_id = ANY($1)",
                args![ids.clone()],
            ),
            (
                "SELECT product_id, category_id FROM product_category WHERE product_id = ANY($1)",
                args![ids.clone()],
            ),
            (
                "SELECT p.product_id, s.code FROM product_service p JOIN service s ON s.id = p.service_id
                    WHERE p.product_id = ANY($1)",
                args![ids],
            ),
        ])
        .await?;
    let [rows, texts, published, categories, services] = answers.as_slice() else {
        return Err(Error::Broken("products were not read as a whole".to_owned()));
    };
    let mut products = HashMap::new();
    for row in rows {
        let product = Product {
            code: row.get("code")?,
            tax_class: row.get("tax_class")?,
            brand: row.get("brand")?,
            options: row.json("options")?,
            ..Product::default()
        };
        products.insert(row.get::<i64>("id")?, product);
    }
    for row in texts {
        if let Some(product) = products.get_mut(&row.get("product_id")?) {
            let english = row.get::<String>("locale")? == "en";
            let language = if english { Language::English } else { Language::German };
            product.names.insert((row.get("channel_id")?, language), row.get("name")?);
        }
    }
    for row in published {
        if let Some(product) = products.get_mut(&row.get("product_id")?) {
            let window = (row.get("published_from")?, row.get("published_until")?);
            product.published.insert(row.get("channel_id")?, window);
        }
    }
    for row in categories {
        if let Some(product) = products.get_mut(&row.get("product_id")?) {
            product.categories.push(row.get("category_id")?);
        }
    }
    for row in services {
        if let Some(product) = products.get_mut(&row.get("product_id")?) {
            product.services.push(row.get("code")?);
        }
    }
    Ok(products.into_iter().map(|(id, product)| (id, Arc::new(product))).collect())
}

async fn parts(tx: &mut Tx, bundles: Vec<i64>) -> crate::Result<HashMap<i64, Vec<(i64, i64)>>> {
    let mut parts: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    if bundles.is_empty() {
        return Ok(parts);
    }
    let sql = "SELECT bundle_id, variant_id, quantity FROM bundle_part WHERE bundle_id = ANY($1)
        ORDER BY bundle_id, variant_id";
    for row in tx.rows(sql, args![bundles]).await? {
        let part = (row.get("variant_id")?, row.get("quantity")?);
        parts.entry(row.get("bundle_id")?).or_default().push(part);
    }
    Ok(parts)
}

fn currency(row: &Row) -> crate::Result<Currency> {
    let code: String = row.get("currency")?;
    code.parse().map_err(|error: crate::money::CurrencyError| Error::Broken(error.to_string()))
}

fn interval(row: &Row) -> crate::Result<PriceInterval> {
    let kind: String = row.get("kind")?;
    Ok(PriceInterval {
        kind: if kind == "sale" { PriceKind::Sale } else { PriceKind::Regular },
        amount: row.get("amount")?,
        list_price: row.get("list_amount")?,
        from: row.get("valid_from")?,
        until: row.get("valid_until")?,
        customer_group: row.get("customer_group")?,
        min_quantity: row.get("min_quantity")?,
    })
}
