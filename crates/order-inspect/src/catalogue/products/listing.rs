//! What lists are made from, kept up in the transaction of each change. Prices also change with the passing of
//! time: [`turn`] brings those up to date, a moment after they have changed; the prices that are shown come
//! from the intervals themselves and are never late.

use std::collections::BTreeMap;

use crate::{
    app::App,
    args,
    catalogue::{folding, prices::interval_of},
    db::{DbError, Row, Tx, Value},
    moment::Moment,
    pricing::{Audience, PriceInForce, PriceInterval, next_change, price_in_force},
};

/// Stands for the price of what has none: such products come after all others.
pub(crate) const NO_PRICE: i64 = (1 << 53) - 1;
/// How many products are brought up to date in one go.
const AT_ONCE: i64 = 500;

const COLUMNS: [&str; 11] = [
    "channel_id",
    "currency",
    "product_id",
    "brand_id",
    "name",
    "price",
    "price_due",
    "rating",
    "created_at",
    "published_from",
    "published_until",
];

/// Writes anew what lists say about these products.
pub(crate) async fn refresh(tx: &mut Tx, products: &[i64], now: Moment) -> crate::Result<()> {
    let sql = "SELECT pc.product_id, pc.channel_id, pc.published_from, pc.published_until, c.currencies, \
               c.locales, p.brand_id, p.rating_count, p.rating_sum, p.created_at \
               FROM product_channel AS pc JOIN product AS p ON p.id = pc.product_id \
               JOIN channel AS c ON c.id = pc.channel_id \
               WHERE pc.product_id = ANY($1) AND p.active";
    let published = tx.rows(sql, args![products]).await?;
    let names = names(tx, products).await?;
    let prices = prices(tx, products, now).await?;
    let mut rows = Vec::new();
    for row in &published {
        let locales: Vec<String> = row.json("locales")?;
        let locale = locales.first().map_or("", String::as_str);
        let name = name(&names, row.get("product_id")?, row.get("channel_id")?, locale);
        for currency in row.json::<Vec<String>>("currencies")? {
            rows.push(listed(row, &currency, &name, &prices, now)?);
        }
    }
    tx.run("DELETE FROM listing WHERE product_id = ANY($1)", args![products]).await?;
    tx.insert("listing", &COLUMNS, rows).await?;
    Ok(())
}

/// Brings up to date whatever has changed its price by the passing of time.
pub async fn turn(app: &App) -> crate::Result<()> {
    let now = app.clock.now();
    loop {
        let sql = "SELECT DISTINCT product_id FROM listing WHERE price_due <= $1 LIMIT $2";
        let due = app
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let rows = tx.rows(sql, args![now, AT_ONCE]).await?;
                    rows.iter().map(|row| row.get("product_id")).collect::<Result<Vec<i64>, _>>()
                })
            })
            .await?;
        if due.is_empty() {
            return Ok(());
        }
        let turned = app.db.write(move |tx| {
            Box::pin(async move {
                // Whoever changes one of them meanwhile writes its rows, too.
                let sql = "SELECT id FROM product WHERE id = ANY($1) ORDER BY id FOR UPDATE";
                tx.rows(sql, args![due.clone()]).await?;
                refresh(tx, &due, now).await
            })
        });
        turned.await?;
    }
}

type Names = BTreeMap<(i64, i64, String), String>;
type Prices = BTreeMap<(i64, i64, String), BTreeMap<i64, Vec<PriceInterval>>>;

async fn names(tx: &mut Tx, products: &[i64]) -> Result<Names, DbError> {
    let sql =
        "SELECT product_id, channel_id, locale, name FROM product_text WHERE product_id = ANY($1)";
    let rows = tx.rows(sql, args![products]).await?;
    rows.iter()
        .map(|row| {
            let key = (row.get("product_id")?, row.get("channel_id")?, row.get("locale")?);
            Ok((key, row.get("name")?))
        })
        .collect()
}

/// The name in a language, the shop's own one first, or in any language.
fn name(names: &Names, product: i64, channel: i64, locale: &str) -> String {
    let named = |channel| names.get(&(product, channel, locale.to_owned()));
    let any = || names.iter().find(|((id, _, _), _)| *id == product).map(|(_, name)| name);
    named(channel).or_else(|| named(0)).or_else(any).map(|it| folding::fold(it)).unwrap_or_default()
}

/// The prices for everybody that are or will be in force, by product, shop and currency, and then by variant.
async fn prices(tx: &mut Tx, products: &[i64], now: Moment) -> Result<Prices, DbError> {
    let sql = "SELECT v.product_id, price.variant_id, price.channel_id, price.currency, price.kind, \
               price.amount, price.list_amount, price.valid_from, price.valid_until, \
               price.customer_group, price.min_quantity \
               FROM price JOIN variant AS v ON v.id = price.variant_id \
               WHERE v.product_id = ANY($1) AND v.active AND price.customer_group IS NULL \
               AND price.min_quantity = 1 AND (price.valid_until IS NULL OR price.valid_until > $2)";
    let mut prices = Prices::new();
    for row in tx.rows(sql, args![products, now]).await? {
        let key = (row.get("product_id")?, row.get("channel_id")?, row.get("currency")?);
        let variants = prices.entry(key).or_default();
        variants.entry(row.get("variant_id")?).or_default().push(interval_of(&row)?);
    }
    Ok(prices)
}

fn listed(
    row: &Row,
    currency: &str,
    name: &str,
    prices: &Prices,
    now: Moment,
) -> Result<Vec<Value>, DbError> {
    let (product, channel): (i64, i64) = (row.get("product_id")?, row.get("channel_id")?);
    let variants = prices.get(&(product, channel, currency.to_owned()));
    let variants = || variants.into_iter().flat_map(BTreeMap::values);
    let lowest = variants()
        .filter_map(|intervals| price_in_force(intervals, Audience::PUBLIC, now))
        .map(PriceInForce::amount)
        .min();
    let due = variants().filter_map(|intervals| next_change(intervals, now)).min();
    let (count, sum): (i64, i64) = (row.get("rating_count")?, row.get("rating_sum")?);
    Ok(args![
        channel,
        currency,
        product,
        row.get::<Option<i64>>("brand_id")?,
        name,
        lowest.unwrap_or(NO_PRICE),
        due,
        if count == 0 { 0 } else { sum * 100 / count },
        row.get::<i64>("created_at")?,
        row.get::<i64>("published_from")?,
        row.get::<Option<i64>>("published_until")?
    ])
}
