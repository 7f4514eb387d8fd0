//! Products as lists and other products' pages show them.

use std::collections::BTreeMap;

use super::{
    prices,
    texts::{self, Text},
    view::{MediaView, PriceView, ProductCard, RatingView},
    window::Window,
};
use crate::{
    args,
    catalogue::products::{content, record::Media},
    db::{DbError, Row, Tx},
    moment::Moment,
    pricing::{PriceInterval, next_change},
};

/// Cards by product, and until when they are true.
pub(super) struct Cards {
    pub(super) cards: BTreeMap<i64, ProductCard>,
    pub(super) next_change: Option<Moment>,
}

/// The cards of these products, of those that the shop shows at the moment.
pub(super) async fn load(tx: &mut Tx, window: &Window, products: &[i64]) -> crate::Result<Cards> {
    let mut cards = Cards { cards: BTreeMap::new(), next_change: None };
    if products.is_empty() {
        return Ok(cards);
    }
    let sql = "SELECT p.id, p.code, p.media, p.tax_class, p.rating_count, p.rating_sum, brand.name AS brand, \
               pc.published_from, pc.published_until \
               FROM product AS p JOIN product_channel AS pc ON pc.product_id = p.id AND pc.channel_id = $2 \
               LEFT JOIN brand ON brand.id = p.brand_id WHERE p.id = ANY($1) AND p.active";
    let rows = tx.rows(sql, args![products, window.channel.id]).await?;
    let texts = texts::load(tx, window, products).await?;
    let sql = "SELECT id, product_id, content_amount, content_unit FROM variant \
               WHERE product_id = ANY($1) AND active ORDER BY position";
    let variants = tx.rows(sql, args![products]).await?;
    let ids = variants.iter().map(|row| row.get("id")).collect::<Result<Vec<i64>, _>>()?;
    let prices = prices::load(tx, window, &ids).await?;
    for row in &rows {
        let (from, until): (Moment, Option<Moment>) =
            (row.get("published_from")?, row.get("published_until")?);
        cards.changes([Some(from), until].into_iter().flatten(), window.now);
        if from > window.now || until.is_some_and(|until| until <= window.now) {
            continue;
        }
        let id: i64 = row.get("id")?;
        let text = texts.get(&id).and_then(|texts| texts::pick(window, texts, &window.locale));
        if let Some(text) = text {
            let price = lowest(window, row, &variants, &prices)?;
            cards.cards.insert(id, card(window, row, text, price.as_ref())?);
        }
    }
    let changes = prices.values().filter_map(|it| next_change(it, window.now));
    cards.changes(changes, window.now);
    Ok(cards)
}

impl Cards {
    fn changes(&mut self, moments: impl Iterator<Item = Moment>, now: Moment) {
        let next = moments.filter(|it| *it > now).min();
        self.next_change = [self.next_change, next].into_iter().flatten().min();
    }
}

/// The price of the variant that costs least.
fn lowest(
    window: &Window,
    product: &Row,
    variants: &[Row],
    prices: &BTreeMap<i64, Vec<PriceInterval>>,
) -> crate::Result<Option<PriceView>> {
    let rate = window.tax_rate(&product.get::<String>("tax_class")?);
    let id: i64 = product.get("id")?;
    let mut lowest: Option<PriceView> = None;
    for variant in variants {
        if variant.get::<i64>("product_id")? != id {
            continue;
        }
        let Some(intervals) = prices.get(&variant.get("id")?) else { continue };
        let price = prices::view(window, intervals, content(variant)?, rate);
        if let Some(price) = price
            && lowest.as_ref().is_none_or(|it| price.amount < it.amount)
        {
            lowest = Some(price);
        }
    }
    Ok(lowest)
}

fn card(
    window: &Window,
    row: &Row,
    text: &Text,
    price: Option<&PriceView>,
) -> Result<ProductCard, DbError> {
    let media: Vec<Media> = row.json("media")?;
    Ok(ProductCard {
        code: row.get("code")?,
        slug: text.slug.clone(),
        name: text.name.clone(),
        summary: text.summary.clone(),
        brand: row.get("brand")?,
        image: media.first().map(|it| medium(window, it)),
        price_from: price.map(|it| it.amount),
        regular_amount: price.and_then(|it| it.regular_amount),
        lowest_prior_amount: price.and_then(|it| it.reduction).and_then(|it| it.lowest_prior),
        unit_price: price.and_then(|it| it.unit_price),
        rating: RatingView::new(row.get("rating_count")?, row.get("rating_sum")?),
    })
}

/// A picture with its alternative text in the visitor's language.
pub(super) fn medium(window: &Window, media: &Media) -> MediaView {
    MediaView {
        url: media.url.to_string(),
        kind: media.kind,
        alt: media.alt.pick(&window.locale).unwrap_or_default().to_owned(),
        width: media.width,
        height: media.height,
        sku: media.sku.as_ref().map(ToString::to_string),
    }
}
