//! Writing documents: a whole catalogue (`T_NEW_CATALOG`), or its prices (`T_UPDATE_PRICES`). What is said of a
//! product is said of each of its variants.

use std::collections::BTreeMap;

use super::{languages::language, long, short};
use crate::{
    app::App,
    args,
    catalogue::{
        attributes::Attribute,
        products::record::{AttributeValue, MediaKind, Product, ProductText, Variant},
        words::Code,
    },
    db::DbError,
    exchange::{
        exports::ProductWriter,
        file::xml::Xml,
        google::{entry::said, write::attributes},
        plan::{Context, prices::decimal, stand::Stand},
        shopify::write::{Names, thousandths},
    },
    moment::Moment,
    pricing::{PriceInterval, PriceKind},
};

/// Writes a catalogue.
pub(in crate::exchange) struct BmecatWriter {
    context: Context,
    now: Moment,
    supplier: String,
    brands: BTreeMap<String, String>,
    attributes: Vec<Attribute>,
    /// Thousandths of a percent, by tax class.
    rates: BTreeMap<String, i64>,
    /// Set where only prices are written: the version that they build on.
    prev_version: Option<i64>,
    xml: Xml,
}

impl BmecatWriter {
    /// A whole catalogue; with `prev_version` its prices only.
    pub(in crate::exchange) async fn new(
        app: &App,
        context: &Context,
        prev_version: Option<i64>,
    ) -> crate::Result<Self> {
        let now = app.clock.now();
        let setup = app.setup.get(&app.db, now).await?;
        let supplier = setup.channel(&context.choices.channel)?.value.seller.name.clone();
        let country = context.country.clone();
        let (attributes, rates) = app
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let sql = "SELECT tax_class, rate FROM tax_rate WHERE country = $1 AND valid_from <= $2 \
                               ORDER BY valid_from";
                    let rows = tx.rows(sql, args![country, now]).await?;
                    let rates = rows.iter().map(|row| Ok((row.get("tax_class")?, row.get("rate")?)));
                    let rates = rates.collect::<Result<BTreeMap<String, i64>, DbError>>()?;
                    Ok::<_, DbError>((attributes(tx).await?, rates))
                })
            })
            .await?;
        let brands = Names::load(app).await?.brands;
        let (context, xml) = (context.clone(), Xml::default());
        Ok(Self { context, now, supplier, brands, attributes, rates, prev_version, xml })
    }

    fn header(&mut self) {
        let choices = &self.context.choices;
        self.xml.open("HEADER", &[]);
        self.xml.leaf("GENERATOR_INFO", "Order & Inspect");
        self.xml.open("CATALOG", &[]);
        self.xml.leaf_with("LANGUAGE", &[("default", "true")], language(&choices.locale));
        self.xml.leaf("CATALOG_ID", &choices.channel);
        self.xml.leaf("CATALOG_VERSION", "1.0");
        self.xml.leaf("CATALOG_NAME", &self.context.channel_name);
        self.xml.leaf("GENERATION_DATE", &self.now.to_string());
        self.xml.leaf("TERRITORY", &self.context.country);
        self.xml.leaf("CURRENCY", choices.currency.code());
        self.xml.close();
        self.xml.open("SUPPLIER", &[]);
        self.xml.leaf("SUPPLIER_NAME", &self.supplier);
        self.xml.close();
        self.xml.close();
    }

    fn details(&mut self, product: &Product, variant: &Variant) {
        let texts = self.texts(product);
        let default = language(&self.context.choices.locale).to_owned();
        self.xml.open("PRODUCT_DETAILS", &[]);
        let mut describe = |name: &str, of: fn(&ProductText) -> String| {
            for text in &texts {
                let (said, spoken) = (of(text), language(&text.locale));
                if said.is_empty() {
                    continue;
                }
                if spoken == default {
                    self.xml.leaf(name, &said);
                } else {
                    self.xml.leaf_with(name, &[("lang", spoken)], &said);
                }
            }
        };
        describe("DESCRIPTION_SHORT", short);
        describe("DESCRIPTION_LONG", long);
        if let Some(gtin) = &variant.gtin {
            self.xml.leaf_with("INTERNATIONAL_PID", &[("type", "gtin")], gtin);
        }
        let brand = product.brand.as_ref().and_then(|it| self.brands.get(&**it));
        if let Some(brand) = brand {
            self.xml.leaf("MANUFACTURER_NAME", brand);
        }
        self.xml.close();
    }

    /// One text for each language, the shop's own ones before those of all shops; the default language first.
    fn texts<'a>(&self, product: &'a Product) -> Vec<&'a ProductText> {
        let choices = &self.context.choices;
        let mut texts: Vec<&ProductText> = Vec::new();
        for own in [true, false] {
            let here = |it: &&ProductText| {
                if own {
                    it.channel.as_ref() == Some(&choices.channel)
                } else {
                    it.channel.is_none()
                }
            };
            for text in product.texts.iter().filter(here) {
                if !texts.iter().any(|it| language(&it.locale) == language(&text.locale)) {
                    texts.push(text);
                }
            }
        }
        texts.sort_by_key(|it| it.locale != choices.locale);
        texts
    }

    fn features(&mut self, product: &Product, variant: &Variant) {
        let values: Vec<(&Code, &AttributeValue)> =
            product.attributes.iter().chain(&variant.attributes).collect();
        if values.is_empty() {
            return;
        }
        let locale = self.context.choices.locale.clone();
        self.xml.open("PRODUCT_FEATURES", &[]);
        for (code, value) in values {
            let Some(attribute) = self.attributes.iter().find(|it| it.code == *code) else {
                continue;
            };
            self.xml.open("FEATURE", &[]);
            self.xml.leaf("FNAME", attribute.labels.pick(&locale).unwrap_or(code));
            for text in said(attribute, value, &locale) {
                self.xml.leaf("FVALUE", &text);
            }
            if let Some(unit) = &attribute.unit {
                self.xml.leaf("FUNIT", unit);
            }
            self.xml.close();
        }
        self.xml.close();
    }

    /// Intervals in force and to come, those of the same time together.
    fn prices(&mut self, stand: &Stand, product: &Product, variant: &Variant) {
        let currency = self.context.choices.currency;
        let ordinary =
            |it: &&PriceInterval| it.kind == PriceKind::Regular && it.customer_group.is_none();
        let prices = stand.prices(&variant.sku, currency.code()).iter().filter(ordinary);
        let mut times: BTreeMap<(Moment, Option<Moment>), Vec<&PriceInterval>> = BTreeMap::new();
        for price in prices {
            times.entry((price.from, price.until)).or_default().push(price);
        }
        let rate = self.rates.get(&*product.tax_class).map(|it| tax(*it));
        let kind = if self.context.prices_include_tax { "gros_list" } else { "net_list" };
        for ((from, until), mut tiers) in times {
            tiers.sort_by_key(|it| it.min_quantity);
            self.xml.open("PRODUCT_PRICE_DETAILS", &[]);
            self.xml.leaf("VALID_START_DATE", &from.to_string());
            if let Some(until) = until {
                self.xml.leaf("VALID_END_DATE", &until.to_string());
            }
            for tier in &tiers {
                self.price(kind, tier.amount, rate.as_deref(), Some(tier.min_quantity));
            }
            if let Some(list) = tiers.first().and_then(|it| it.list_price) {
                self.price("nrp", list, None, None);
            }
            self.xml.close();
        }
    }

    fn price(&mut self, kind: &str, amount: i64, rate: Option<&str>, bound: Option<u32>) {
        let currency = self.context.choices.currency;
        self.xml.open("PRODUCT_PRICE", &[("price_type", kind)]);
        self.xml.leaf("PRICE_AMOUNT", &decimal(amount, currency));
        self.xml.leaf("PRICE_CURRENCY", currency.code());
        if let Some(rate) = rate {
            self.xml.leaf("TAX", rate);
        }
        if let Some(bound) = bound {
            self.xml.leaf("LOWER_BOUND", &bound.to_string());
        }
        self.xml.close();
    }

    fn files(&mut self, product: &Product, variant: &Variant) {
        let locale = &self.context.choices.locale;
        let shows = |sku: &Option<crate::catalogue::words::Sku>| {
            sku.as_ref().is_none_or(|it| *it == variant.sku)
        };
        // Their order is that of the product, so that the variants' lists fit into each other.
        let images = product.media.iter().filter(|it| it.kind == MediaKind::Image).zip(1..);
        let images: Vec<_> = images.filter(|(it, _)| shows(&it.sku)).collect();
        if images.is_empty() && product.documents.is_empty() {
            return;
        }
        self.xml.open("MIME_INFO", &[]);
        for (image, order) in images {
            let ending = image.url.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            let kind = match ending.as_str() {
                "png" | "webp" | "gif" => format!("image/{ending}"),
                _ => "image/jpeg".to_owned(),
            };
            self.xml.open("MIME", &[]);
            self.xml.leaf("MIME_TYPE", &kind);
            self.xml.leaf("MIME_SOURCE", &image.url);
            if let Some(alt) = image.alt.0.get(locale) {
                self.xml.leaf("MIME_ALT", alt);
            }
            self.xml.leaf("MIME_PURPOSE", "normal");
            self.xml.leaf("MIME_ORDER", &order.to_string());
            self.xml.close();
        }
        for document in &product.documents {
            self.xml.open("MIME", &[]);
            self.xml.leaf("MIME_TYPE", "application/pdf");
            self.xml.leaf("MIME_SOURCE", &document.url);
            if let Some(title) = document.titles.0.get(locale) {
                self.xml.leaf("MIME_DESCR", title);
            }
            self.xml.leaf("MIME_PURPOSE", &document.kind);
            self.xml.close();
        }
        self.xml.close();
    }

    fn variant(&mut self, stand: &Stand, variant: &Variant) {
        let product = &stand.record.product;
        let whole = self.prev_version.is_none();
        self.xml.open("PRODUCT", &[("mode", if whole { "new" } else { "update" })]);
        self.xml.leaf("SUPPLIER_PID", &variant.sku);
        if whole {
            self.details(product, variant);
            self.features(product, variant);
            self.xml.open("PRODUCT_ORDER_DETAILS", &[]);
            self.xml.leaf("ORDER_UNIT", "C62");
            self.xml.close();
        }
        self.prices(stand, product, variant);
        if whole {
            self.files(product, variant);
            if let Some(grams) = variant.weight_grams {
                self.xml.open("PRODUCT_LOGISTIC_DETAILS", &[]);
                self.xml.open("PRODUCT_DIMENSIONS", &[]);
                self.xml.leaf("WEIGHT", &thousandths(u64::try_from(grams).unwrap_or(0)));
                self.xml.close();
                self.xml.close();
            }
        }
        self.xml.close();
    }
}

impl ProductWriter for BmecatWriter {
    fn begin(&mut self) -> Vec<u8> {
        self.xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.xml
            .open("BMECAT", &[("version", "2005"), ("xmlns", "http://www.bmecat.org/bmecat/2005")]);
        self.header();
        match self.prev_version {
            None => self.xml.open("T_NEW_CATALOG", &[]),
            Some(version) => {
                self.xml.open("T_UPDATE_PRICES", &[("prev_version", &version.to_string())]);
            }
        }
        self.xml.take()
    }

    fn product(&mut self, stand: &Stand) -> Vec<u8> {
        for variant in stand.record.product.variants.iter().filter(|it| it.active) {
            self.variant(stand, variant);
        }
        self.xml.take()
    }

    fn end(&mut self) -> Vec<u8> {
        self.xml.close();
        self.xml.close();
        self.xml.take()
    }
}

/// A rate as a fraction: 19 % is `0.19`.
fn tax(thousandths_of_a_percent: i64) -> String {
    let text =
        format!("{}.{:05}", thousandths_of_a_percent / 100_000, thousandths_of_a_percent % 100_000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}
