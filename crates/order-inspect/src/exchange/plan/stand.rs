//! What there is of products: also what exports write.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use crate::{
    args,
    catalogue::{
        prices::interval_of,
        products::load::{self, ProductRecord},
        words::Sku,
    },
    db::{DbError, Tx},
    inspect::availability::{Availability, LocationStock, availability, for_sale, on_offer},
    moment::Moment,
    pricing::{Audience, PriceInForce, PriceInterval, price_in_force, reduction_in_force},
};

/// A product with the prices of a shop and its stock.
#[derive(Debug, Clone)]
pub(in crate::exchange) struct Stand {
    pub(in crate::exchange) id: i64,
    pub(in crate::exchange) record: ProductRecord,
    /// Prices that have not ended, by SKU and currency.
    prices: BTreeMap<(String, String), Vec<PriceInterval>>,
    /// SKUs and currencies whose reduction may be announced: they were offered before.
    reduced: BTreeSet<(String, String)>,
    /// By SKU: the location's code, what is there, and what orders hold of it.
    stock: BTreeMap<String, Vec<(String, i64, i64)>>,
    /// What the shop sells, by SKU, also of parts of bundles.
    for_sale: BTreeMap<String, Vec<LocationStock>>,
}

impl Stand {
    /// The prices of a variant that have not ended.
    pub(in crate::exchange) fn prices(&self, sku: &str, currency: &str) -> &[PriceInterval] {
        self.prices.get(&(sku.to_owned(), currency.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// What anybody pays for one piece.
    pub(in crate::exchange) fn price(
        &self,
        sku: &str,
        currency: &str,
        now: Moment,
    ) -> Option<PriceInForce<'_>> {
        price_in_force(self.prices(sku, currency), Audience::PUBLIC, now)
    }

    /// Whether the price of a variant may be called a reduction (PAngV § 11).
    pub(in crate::exchange) fn is_reduced(&self, sku: &str, currency: &str) -> bool {
        self.reduced.contains(&(sku.to_owned(), currency.to_owned()))
    }

    /// How many are at a location; none where none ever were.
    pub(in crate::exchange) fn on_hand(&self, sku: &str, location: &str) -> Option<i64> {
        let stock = self.stock.get(sku)?;
        stock.iter().find(|(code, ..)| code == location).map(|(_, on_hand, _)| *on_hand)
    }

    /// How many orders hold at a location.
    pub(in crate::exchange) fn reserved(&self, sku: &str, location: &str) -> Option<i64> {
        let stock = self.stock.get(sku)?;
        stock.iter().find(|(code, ..)| code == location).map(|(.., reserved)| *reserved)
    }

    /// Whether the shop shows the product, now or from a moment on.
    pub(in crate::exchange) fn is_shown(&self, channel: &str, now: Moment) -> bool {
        let mut shops = self.record.publications.iter();
        shops.any(|it| it.channel == channel && it.until.is_none_or(|until| until > now))
    }

    /// Whether a variant can be bought, as its page says.
    pub(in crate::exchange) fn availability(&self, sku: &str, now: Moment) -> Option<Availability> {
        let variant = self.record.product.variants.iter().find(|it| &*it.sku == sku)?;
        let stock = |sku: &str| self.for_sale.get(sku).map_or(&[][..], Vec::as_slice);
        let mut parts: Vec<(&[LocationStock], i64)> =
            variant.bundle.iter().map(|it| (stock(&it.sku), i64::from(it.quantity))).collect();
        if parts.is_empty() {
            parts.push((stock(sku), 1));
        }
        let there = on_offer(&parts);
        let arrival = there.arrival.filter(|it| *it > now);
        Some(availability(there.available, arrival, variant.backorder_days))
    }
}

/// Looks at products, with the prices of one shop.
pub(in crate::exchange) async fn look(
    tx: &mut Tx,
    ids: &[i64],
    context: &Context,
    now: Moment,
) -> Result<Vec<Stand>, DbError> {
    let records = load::many(tx, ids).await?;
    let (stock, for_sale) = stock(tx, &records, context.sells_from.as_deref()).await?;
    let mut prices = prices(tx, ids, context.channel_id, now).await?;
    let reduced = reduced(tx, &prices, context, now).await?;
    let stands = records.into_iter().map(|(id, record)| {
        let skus: Vec<String> = skus(&record).map(ToString::to_string).collect();
        let prices = prices.remove(&id).unwrap_or_default();
        let reduced = prices.keys().filter(|it| reduced.contains(it)).cloned().collect();
        let (stock, for_sale) = (part(&stock, &skus), part(&for_sale, &skus));
        Stand { id, record, prices, reduced, stock, for_sale }
    });
    Ok(stands.collect())
}

fn skus(record: &ProductRecord) -> impl Iterator<Item = &Sku> {
    let variants = record.product.variants.iter();
    variants.flat_map(|it| std::iter::once(&it.sku).chain(it.bundle.iter().map(|part| &part.sku)))
}

fn part<T: Clone>(of: &BTreeMap<String, T>, skus: &[String]) -> BTreeMap<String, T> {
    skus.iter().filter_map(|it| Some((it.clone(), of.get(it)?.clone()))).collect()
}

type Stock = BTreeMap<String, Vec<(String, i64, i64)>>;
type ForSale = BTreeMap<String, Vec<LocationStock>>;
type Prices = BTreeMap<i64, BTreeMap<(String, String), Vec<PriceInterval>>>;

async fn stock(
    tx: &mut Tx,
    records: &[(i64, ProductRecord)],
    sells_from: Option<&[i64]>,
) -> Result<(Stock, ForSale), DbError> {
    let skus: Vec<String> =
        records.iter().flat_map(|(_, it)| skus(it)).map(ToString::to_string).collect();
    let sql = "SELECT v.sku, v.id, l.code, s.on_hand, s.reserved \
               FROM stock AS s JOIN variant AS v ON v.id = s.variant_id \
               JOIN location AS l ON l.id = s.location_id \
               WHERE v.sku = ANY($1) AND l.active ORDER BY l.priority, l.id";
    let (mut stock, mut variants) = (Stock::new(), BTreeMap::new());
    for row in tx.rows(sql, args![skus]).await? {
        let sku: String = row.get("sku")?;
        variants.insert(row.get::<i64>("id")?, sku.clone());
        let there = (row.get("code")?, row.get("on_hand")?, row.get("reserved")?);
        stock.entry(sku).or_default().push(there);
    }
    let ids: Vec<i64> = variants.keys().copied().collect();
    let sold = for_sale(tx, &ids, sells_from).await?.into_iter();
    let sold = sold.filter_map(|(id, it)| Some((variants.remove(&id)?, it))).collect();
    Ok((stock, sold))
}

async fn prices(tx: &mut Tx, ids: &[i64], channel: i64, now: Moment) -> Result<Prices, DbError> {
    let sql = "SELECT v.product_id, v.sku, price.currency, price.kind, price.amount, price.list_amount, \
               price.valid_from, price.valid_until, price.customer_group, price.min_quantity \
               FROM price JOIN variant AS v ON v.id = price.variant_id \
               WHERE v.product_id = ANY($1) AND price.channel_id = $2 \
               AND (price.valid_until IS NULL OR price.valid_until > $3) ORDER BY price.valid_from, price.id";
    let mut prices = Prices::new();
    for row in tx.rows(sql, args![ids, channel, now]).await? {
        let product = prices.entry(row.get("product_id")?).or_default();
        let key = (row.get("sku")?, row.get("currency")?);
        product.entry(key).or_default().push(interval_of(&row)?);
    }
    Ok(prices)
}

/// What is on sale, and was offered in the 30 days before: that takes all prices that there ever were.
async fn reduced(
    tx: &mut Tx,
    prices: &Prices,
    context: &Context,
    now: Moment,
) -> Result<BTreeSet<(String, String)>, DbError> {
    let on_sale = |all: &[PriceInterval]| {
        price_in_force(all, Audience::PUBLIC, now).is_some_and(PriceInForce::is_sale)
    };
    let standing = prices.values().flatten();
    let skus: Vec<String> =
        standing.filter(|(_, all)| on_sale(all)).map(|((sku, _), _)| sku.clone()).collect();
    if skus.is_empty() {
        return Ok(BTreeSet::new());
    }
    let sql = "SELECT v.sku, price.currency, price.kind, price.amount, price.list_amount, price.valid_from, \
               price.valid_until, price.customer_group, price.min_quantity \
               FROM price JOIN variant AS v ON v.id = price.variant_id \
               WHERE v.sku = ANY($1) AND price.channel_id = $2";
    let mut ever: BTreeMap<(String, String), Vec<PriceInterval>> = BTreeMap::new();
    for row in tx.rows(sql, args![skus, context.channel_id]).await? {
        let key = (row.get("sku")?, row.get("currency")?);
        ever.entry(key).or_default().push(interval_of(&row)?);
    }
    ever.retain(|_, all| {
        let reduction = reduction_in_force(all, Audience::PUBLIC, now, &context.zone);
        reduction.is_some_and(|it| it.lowest_prior.is_some())
    });
    Ok(ever.into_keys().collect())
}
