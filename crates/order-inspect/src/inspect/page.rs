//! Putting a product page together.

use std::collections::BTreeMap;

use super::{
    cards, facts,
    find::{Found, find},
    offer::{self, Offers},
    state::{Snapshot, State, Subject},
    texts::{self, Text},
    view::{ProductFile, ProductPage, RatingView, RelatedProduct, ServiceView},
    window::Window,
};
use crate::{
    args,
    catalogue::products::record::{Media, ProductDocument},
    db::{DbError, Row, Tx},
    error::{Error, Refusal},
    language::Language,
    moment::Moment,
    refuse,
    setup::text_in,
};

/// The most products that a page leads to, and the most reviews that it shows.
const RELATED: i64 = 12;
const REVIEWS: i64 = 5;

/// What came of looking for a page.
pub(super) enum Looked {
    /// It stands at another address.
    Elsewhere(String),
    /// It is here.
    Page(Box<Drawn>),
}

/// A page, what it was made from, and until when it is true.
pub(super) struct Drawn {
    pub(super) page: ProductPage,
    pub(super) subject: Subject,
    pub(super) state: State,
    pub(super) next_change: Option<Moment>,
}

/// Draws the page at an address.
pub(super) async fn draw(tx: &mut Tx, window: &Window, slug: &str) -> crate::Result<Looked> {
    let product = match find(tx, window, slug).await? {
        Found::Product(product) => product,
        Found::Elsewhere(slug) => return Ok(Looked::Elsewhere(slug)),
        Found::Nothing => refuse!(Refusal::not_found("product at", slug)),
    };
    let related = related(tx, product).await?;
    let offers = Offers::find(tx, product).await?;
    let mut products: Vec<i64> = related.iter().map(|(_, id)| *id).collect();
    products.push(product);
    let subject = offers.subject(products);
    // Read before everything else: what changes meanwhile makes the page old, never wrong for long.
    let state = Snapshot::read(tx, [&subject].into_iter()).await?.state(&subject);
    let row = row(tx, window, product, slug).await?;
    let related_cards = {
        let ids: Vec<i64> = related.iter().map(|(_, id)| *id).collect();
        cards::load(tx, window, &ids).await?
    };
    let offered = offers.describe(tx, window, &row).await?;
    let changes = [row.get("published_until")?, offered.next_change, related_cards.next_change];
    let changes = changes.into_iter().flatten().chain(window.tax_changes());
    let next_change = changes.filter(|it| *it > window.now).min();
    let related = related.into_iter().filter_map(|(kind, id)| {
        related_cards.cards.get(&id).map(|card| RelatedProduct { kind, product: card.clone() })
    });
    let page = page(tx, window, product, &row, offered, related.collect()).await?;
    Ok(Looked::Page(Box::new(Drawn { page, subject, state, next_change })))
}

async fn related(
    tx: &mut Tx,
    product: i64,
) -> Result<Vec<(crate::catalogue::products::record::RelationKind, i64)>, DbError> {
    let sql = "SELECT kind, related_id FROM product_relation WHERE product_id = $1 \
               ORDER BY position LIMIT $2";
    let rows = tx.rows(sql, args![product, RELATED]).await?;
    rows.iter().map(|row| Ok((row.word("kind")?, row.get("related_id")?))).collect()
}

/// The product's own row, if the shop shows it now.
async fn row(tx: &mut Tx, window: &Window, product: i64, slug: &str) -> crate::Result<Row> {
    let sql = "SELECT p.id, p.code, p.attributes, p.options, p.media, p.documents, p.warnings, p.eprel_code, \
               p.tax_class, p.rating_count, p.rating_sum, brand.code AS brand_code, \
               brand.name AS brand_name, p.responsible_person_id, p.size_guide_id, p.product_type_id, \
               COALESCE(p.manufacturer_id, brand.manufacturer_id) AS manufacturer_id, \
               pc.published_until \
               FROM product AS p JOIN product_channel AS pc ON pc.product_id = p.id \
               LEFT JOIN brand ON brand.id = p.brand_id \
               WHERE p.id = $1 AND pc.channel_id = $2 AND p.active AND pc.published_from <= $3 \
               AND (pc.published_until IS NULL OR pc.published_until > $3)";
    let row = tx.row(sql, args![product, window.channel.id, window.now]).await?;
    Ok(row.ok_or_else(|| Refusal::not_found("product at", slug))?)
}

async fn page(
    tx: &mut Tx,
    window: &Window,
    product: i64,
    row: &Row,
    offered: offer::Offered,
    related: Vec<RelatedProduct>,
) -> crate::Result<ProductPage> {
    let all = texts::load(tx, window, &[product]).await?.remove(&product).unwrap_or_default();
    let text = texts::pick(window, &all, &window.locale)
        .ok_or_else(|| Error::Broken("a product without text was found by it".to_owned()))?;
    let media: Vec<Media> = row.json("media")?;
    let documents: Vec<ProductDocument> = row.json("documents")?;
    let warnings: crate::catalogue::words::Localised = row.json("warnings")?;
    let rate = window.tax_rate(&row.get::<String>("tax_class")?);
    Ok(ProductPage {
        code: row.get("code")?,
        slug: text.slug.clone(),
        locale: text.locale.clone(),
        channel: window.channel.code.clone(),
        currency: window.currency.code().to_owned(),
        name: text.name.clone(),
        summary: text.summary.clone(),
        description: text.description.clone(),
        seo_title: text.seo_title.clone(),
        seo_description: text.seo_description.clone(),
        slugs: slugs(window, &all),
        brand: facts::brand(row)?,
        manufacturer: facts::operator(tx, row.get("manufacturer_id")?).await?,
        responsible_person: facts::operator(tx, row.get("responsible_person_id")?).await?,
        warnings: warnings.pick(&window.locale).map(str::to_owned),
        eprel_code: row.get("eprel_code")?,
        breadcrumbs: facts::breadcrumbs(tx, window, product).await?,
        attributes: offered.attributes,
        options: offered.options,
        variants: offered.variants,
        media: media.iter().map(|it| cards::medium(window, it)).collect(),
        documents: documents.iter().map(|it| document(window, it)).collect(),
        size_guide: facts::size_guide(tx, window, row.get("size_guide_id")?).await?,
        services: services(tx, window, product).await?,
        related,
        rating: RatingView::new(row.get("rating_count")?, row.get("rating_sum")?),
        reviews: facts::reviews(tx, product, i64::MAX, REVIEWS).await?,
        prices_include_tax: window.channel.value.prices_include_tax,
        tax_rate: rate.map(|it| it.to_string()),
    })
}

/// The product's address in each of the shop's languages.
fn slugs(window: &Window, texts: &[Text]) -> BTreeMap<String, String> {
    let locales = window.channel.value.locales.iter().map(|it| it.code());
    let slug = |locale: &str| texts::pick(window, texts, locale).map(|it| it.slug.clone());
    locales.filter_map(|locale| Some((locale.to_owned(), slug(locale)?))).collect()
}

fn document(window: &Window, it: &ProductDocument) -> ProductFile {
    ProductFile {
        kind: it.kind.to_string(),
        url: it.url.to_string(),
        title: it.titles.pick(&window.locale).unwrap_or_default().to_owned(),
    }
}

/// The services that go with the product and that the shop offers.
async fn services(tx: &mut Tx, window: &Window, product: i64) -> Result<Vec<ServiceView>, DbError> {
    let sql = "SELECT service_id FROM product_service WHERE product_id = $1 ORDER BY position";
    let rows = tx.rows(sql, args![product]).await?;
    let ids = rows.iter().map(|row| row.get("service_id")).collect::<Result<Vec<i64>, _>>()?;
    let language =
        if window.locale.starts_with("de") { Language::German } else { Language::English };
    let offered = ids.into_iter().filter_map(|id| {
        let service = window.setup.services.iter().find(|it| it.id == id && it.value.active)?;
        let price = service
            .value
            .prices
            .iter()
            .find(|it| it.channel == window.channel.code && it.currency == window.currency)?;
        let name = text_in(&service.value.names, language).cloned().unwrap_or_default();
        Some(ServiceView { code: service.code.clone(), name, amount: price.amount })
    });
    Ok(offered.collect())
}
