//! Writing rows.

use std::collections::BTreeMap;

use super::columns::{COLUMNS, Column as C};
use crate::{
    app::App,
    args,
    catalogue::{
        products::record::{Media, MediaKind, Product, ProductOption, Variant},
        words::Localised,
    },
    db::DbError,
    exchange::{
        exports::ProductWriter,
        file::{formula, html},
        plan::{Context, merge::text_of, prices::decimal, stand::Stand},
    },
    moment::Moment,
    pricing::{PriceInterval, PriceKind},
};

/// Names of what products refer to by code.
#[derive(Debug, Clone, Default)]
pub(in crate::exchange) struct Names {
    pub(in crate::exchange) brands: BTreeMap<String, String>,
    pub(in crate::exchange) types: BTreeMap<String, String>,
}

impl Names {
    /// All of them: master data is little.
    pub(in crate::exchange) async fn load(app: &App) -> Result<Self, DbError> {
        app.db
            .read(|tx| {
                Box::pin(async move {
                    let mut names = Self::default();
                    for row in tx.rows("SELECT code, name FROM brand", args![]).await? {
                        names.brands.insert(row.get("code")?, row.get("name")?);
                    }
                    for row in tx.rows("SELECT code, name FROM product_type", args![]).await? {
                        names.types.insert(row.get("code")?, row.get("name")?);
                    }
                    Ok(names)
                })
            })
            .await
    }
}

/// Writes the product CSV.
pub(in crate::exchange) struct ShopifyWriter {
    context: Context,
    names: Names,
    now: Moment,
}

type Cells = BTreeMap<C, String>;

impl ShopifyWriter {
    pub(in crate::exchange) async fn new(app: &App, context: &Context) -> crate::Result<Self> {
        Ok(Self { context: context.clone(), names: Names::load(app).await?, now: app.clock.now() })
    }

    fn columns(&self) -> impl Iterator<Item = &'static (C, &'static str, Option<&'static str>)> {
        let quantities = self.context.choices.location.is_some();
        COLUMNS.iter().filter(move |(it, _, _)| quantities || *it != C::Quantity)
    }

    fn row(&self, cells: &Cells) -> Vec<u8> {
        let cells: Vec<_> = self
            .columns()
            .map(|(column, _, _)| formula::guarded(cells.get(column).map_or("", String::as_str)))
            .collect();
        record(cells.iter().map(|it| &**it))
    }

    /// What stands in the first row only.
    fn lead(&self, stand: &Stand, cells: &mut Cells) {
        let product = &stand.record.product;
        let choices = &self.context.choices;
        if let Some(text) = text_of(product, &choices.channel, &choices.locale) {
            cells.insert(C::Title, text.name.clone());
            cells.insert(C::Description, html::from_text(&text.description));
            cells.insert(C::SeoTitle, text.seo_title.clone().unwrap_or_default());
            cells.insert(C::SeoDescription, text.seo_description.clone().unwrap_or_default());
        }
        let brand = product.brand.as_ref().and_then(|it| self.names.brands.get(&**it));
        cells.insert(C::Vendor, brand.cloned().unwrap_or_default());
        let kind = self.names.types.get(&*product.product_type);
        cells.insert(C::Type, kind.cloned().unwrap_or_default());
        cells.insert(C::Published, "TRUE".to_owned());
        cells.insert(C::Status, "active".to_owned());
    }

    fn variant(&self, stand: &Stand, variant: &Variant, first: bool, cells: &mut Cells) {
        let options = &stand.record.product.options;
        for (at, option) in options.iter().take(3).enumerate() {
            if first {
                cells.insert(C::OptionName(at), self.label(&option.labels, &option.code));
            }
            cells.insert(C::OptionValue(at), self.value(option, variant));
        }
        if options.is_empty() && first {
            cells.insert(C::OptionName(0), "Title".to_owned());
            cells.insert(C::OptionValue(0), "Default Title".to_owned());
        }
        cells.insert(C::Sku, variant.sku.to_string());
        cells
            .insert(C::Barcode, variant.gtin.as_ref().map(ToString::to_string).unwrap_or_default());
        cells.insert(C::Grams, variant.weight_grams.map(|it| it.to_string()).unwrap_or_default());
        if let Some(content) = variant.content {
            cells.insert(C::ContentAmount, thousandths(content.thousandths));
            cells.insert(C::ContentUnit, unit(content.unit));
        }
        if let Some(price) =
            regular(stand, &variant.sku, self.context.choices.currency.code(), self.now)
        {
            let currency = self.context.choices.currency;
            cells.insert(C::Price, decimal(price.amount, currency));
            let list = price.list_price.map(|it| decimal(it, currency));
            cells.insert(C::CompareAtPrice, list.unwrap_or_default());
        }
        if let Some(location) = &self.context.choices.location
            && variant.bundle.is_empty()
        {
            let on_hand = stand.on_hand(&variant.sku, location).unwrap_or(0);
            cells.insert(C::Quantity, on_hand.to_string());
        }
        let own = stand
            .record
            .product
            .media
            .iter()
            .find(|it| it.kind == MediaKind::Image && it.sku.as_ref() == Some(&variant.sku));
        if let Some(own) = own {
            cells.insert(C::VariantImage, own.url.to_string());
        }
    }

    fn image(&self, image: &Media, at: usize, cells: &mut Cells) {
        cells.insert(C::ImageUrl, image.url.to_string());
        cells.insert(C::ImagePosition, (at + 1).to_string());
        let alt = image.alt.0.get(&self.context.choices.locale);
        cells.insert(C::ImageAlt, alt.cloned().unwrap_or_default());
    }

    fn label(&self, labels: &Localised, code: &str) -> String {
        labels.pick(&self.context.choices.locale).unwrap_or(code).to_owned()
    }

    fn value(&self, option: &ProductOption, variant: &Variant) -> String {
        let code = variant.options.get(&option.code);
        let value = code.and_then(|code| option.values.iter().find(|it| it.code == *code));
        value.map(|it| self.label(&it.labels, &it.code)).unwrap_or_default()
    }

    /// The product's address: that is its handle.
    fn handle(&self, product: &Product) -> String {
        let choices = &self.context.choices;
        let text = text_of(product, &choices.channel, &choices.locale);
        text.and_then(|it| it.slug.as_ref())
            .map_or_else(|| product.code.to_string(), ToString::to_string)
    }
}

impl ProductWriter for ShopifyWriter {
    fn begin(&mut self) -> Vec<u8> {
        record(self.columns().map(|(_, name, _)| *name))
    }

    fn product(&mut self, stand: &Stand) -> Vec<u8> {
        let product = &stand.record.product;
        let handle = self.handle(product);
        let variants: Vec<&Variant> = product.variants.iter().filter(|it| it.active).collect();
        let images: Vec<&Media> =
            product.media.iter().filter(|it| it.kind == MediaKind::Image).collect();
        let mut written = Vec::new();
        for at in 0..variants.len().max(images.len()).max(1) {
            let mut cells = Cells::from([(C::Handle, handle.clone())]);
            if at == 0 {
                self.lead(stand, &mut cells);
            }
            if let Some(variant) = variants.get(at) {
                self.variant(stand, variant, at == 0, &mut cells);
            }
            if let Some(image) = images.get(at) {
                self.image(image, at, &mut cells);
            }
            written.extend(self.row(&cells));
        }
        written
    }

    fn end(&mut self) -> Vec<u8> {
        Vec::new()
    }
}

/// The ordinary price of one piece for everybody. Reductions are not carried: as `Price` they would become
/// ordinary prices where they are imported.
pub(in crate::exchange) fn regular<'a>(
    stand: &'a Stand,
    sku: &str,
    currency: &str,
    now: Moment,
) -> Option<&'a PriceInterval> {
    let price = stand.price(sku, currency, now)?;
    price.regular.or(Some(price.applied).filter(|it| it.kind == PriceKind::Regular))
}

/// A row of a table with commas (RFC 4180).
fn record<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells).expect("memory takes everything");
    writer.into_inner().expect("memory takes everything")
}

/// Thousandths as a decimal without needless zeros.
pub(in crate::exchange) fn thousandths(number: u64) -> String {
    let text = format!("{}.{:03}", number / 1000, number % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A unit by its symbol with plain digits: `m2`.
pub(in crate::exchange) fn unit(unit: crate::pricing::ContentUnit) -> String {
    unit.to_string().replace('²', "2").replace('³', "3")
}
