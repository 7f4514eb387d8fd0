//! Writing prices.

use std::collections::BTreeMap;

use super::{
    plan::{Plan, Standing, plan},
    record::{PriceChange, PriceInput, PriceRecord, interval_of},
};
use crate::{
    act::Act,
    args,
    catalogue::{check::LARGEST_AMOUNT, products},
    db::{DbError, Row, Tx, Value},
    error::{Findings, Refusal},
    moment::Moment,
    refuse,
};

const COLUMNS: [&str; 14] = [
    "id",
    "variant_id",
    "channel_id",
    "currency",
    "customer_group",
    "min_quantity",
    "kind",
    "amount",
    "list_amount",
    "valid_from",
    "valid_until",
    "resumes_after",
    "created_at",
    "created_by",
];
const SELECT: &str = "SELECT price.id, price.variant_id, price.channel_id, c.code AS channel, v.sku, \
     v.product_id, price.currency, price.customer_group, price.min_quantity, price.kind, price.amount, \
     price.list_amount, price.valid_from, price.valid_until, price.created_at, price.created_by \
     FROM price JOIN variant AS v ON v.id = price.variant_id \
     JOIN channel AS c ON c.id = price.channel_id";

/// Sets prices: all of them, or none. `place` says where one stands in the request.
pub(crate) async fn set(
    tx: &mut Tx,
    act: &Act,
    changes: &[PriceChange],
    place: impl Fn(usize) -> String,
) -> crate::Result<Vec<i64>> {
    let mut found = Findings::default();
    let variants = variants(tx, changes, &place, &mut found).await?;
    let channels = channels(tx, changes, &place, &mut found).await?;
    for (at, change) in changes.iter().enumerate() {
        check(&mut found, &place(at), &change.price, act.now);
    }
    found.end()?;
    let ids: Vec<i64> = variants.iter().map(|(id, _)| *id).collect();
    let mut standing = standing(tx, &ids, act.now).await?;
    let (mut rows, mut ends, mut made) = (Vec::new(), Vec::new(), Vec::new());
    for (((at, change), (variant, _)), channel) in
        changes.iter().enumerate().zip(&variants).zip(&channels)
    {
        let price = &change.price;
        let key = Key::of(*variant, *channel, price);
        let from = price.valid_from.unwrap_or(act.now);
        let there = standing.entry(key.clone()).or_default();
        let plan = plan(there, from, price.valid_until).map_err(|mut refusal| {
            let place = place(at);
            if !place.is_empty() {
                refusal.detail = format!("{place}: {}", refusal.detail);
            }
            refusal
        })?;
        let id = act.new_id();
        made.push(id);
        if let Some(closed) = plan.closes {
            ends.push((CLOSE, args![closed, from, id]));
        }
        for (new, after) in place_among(there, &plan, act, id, price) {
            rows.push(row(&key, &new, after, act));
        }
    }
    tx.insert("price", &COLUMNS, rows).await?;
    tx.run_all(ends).await?;
    let mut touched: Vec<i64> = variants.iter().map(|(_, product)| *product).collect();
    touched.sort_unstable();
    touched.dedup();
    products::changed(tx, &touched, act.now).await?;
    Ok(made)
}

/// Takes back a price that is not in force yet; what it would have ended goes on.
pub(super) async fn withdraw(tx: &mut Tx, act: &Act, id: i64) -> crate::Result<()> {
    let row = locked(tx, id).await?;
    if row.get::<Moment>("valid_from")? <= act.now {
        let detail = "This price is or was in force: it can be ended, but what was in force is never undone.";
        refuse!(Refusal::conflict("price_in_force", detail));
    }
    let until: Option<Moment> = row.get("valid_until")?;
    let sql = "UPDATE price SET valid_until = $2, closed_by = NULL WHERE closed_by = $1";
    tx.run(sql, args![id, until]).await?;
    tx.run("DELETE FROM price WHERE id = $1", args![id]).await?;
    products::changed(tx, &[row.get("product_id")?], act.now).await
}

/// Ends a price earlier than was planned.
pub(super) async fn end_at(
    tx: &mut Tx,
    act: &Act,
    id: i64,
    at: Option<Moment>,
) -> crate::Result<()> {
    let row = locked(tx, id).await?;
    let at = at.unwrap_or(act.now);
    let mut found = Findings::default();
    found.check(at >= act.now, "/at", "lies in the past, which is never changed");
    let begun = row.get::<Moment>("valid_from")? < at;
    found.check(begun, "/at", "lies before the price begins: withdraw it instead");
    found.end()?;
    if row.get::<Option<Moment>>("valid_until")?.is_some_and(|until| until <= at) {
        refuse!(Refusal::conflict("price_ended", "This price ends earlier anyway."));
    }
    tx.run("UPDATE price SET valid_until = $2, closed_by = NULL WHERE id = $1", args![id, at])
        .await?;
    // What it interrupts goes on from there on, unless that has begun.
    let sql = "UPDATE price SET valid_from = $2 WHERE resumes_after = $1 AND valid_from > $3";
    tx.run(sql, args![id, at, act.now]).await?;
    products::changed(tx, &[row.get("product_id")?], act.now).await
}

/// One price.
pub(super) async fn one(tx: &mut Tx, id: i64) -> crate::Result<PriceRecord> {
    let row = tx.row(&format!("{SELECT} WHERE price.id = $1"), args![id]).await?;
    let row = row.ok_or_else(|| Refusal::not_found("price", id))?;
    Ok(record(&row)?)
}

/// The prices of a variant that were decided before a position, the latest first.
pub(super) async fn history(
    tx: &mut Tx,
    sku: &str,
    before: i64,
    limit: i64,
) -> crate::Result<Vec<PriceRecord>> {
    if tx.row("SELECT 1 AS one FROM variant WHERE sku = $1", args![sku]).await?.is_none() {
        refuse!(Refusal::not_found("variant", sku));
    }
    let sql =
        format!("{SELECT} WHERE v.sku = $1 AND price.id < $2 ORDER BY price.id DESC LIMIT $3");
    let rows = tx.rows(&sql, args![sku, before, limit]).await?;
    Ok(rows.iter().map(record).collect::<Result<Vec<_>, _>>()?)
}

fn record(row: &Row) -> Result<PriceRecord, DbError> {
    Ok(PriceRecord {
        id: row.get("id")?,
        sku: row.word("sku")?,
        channel: row.get("channel")?,
        currency: row.word("currency")?,
        interval: interval_of(row)?,
        created_at: row.get("created_at")?,
        created_by: row.get("created_by")?,
    })
}

/// What makes prices exclude each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    variant: i64,
    channel: i64,
    currency: String,
    group: Option<String>,
    min_quantity: i64,
    kind: String,
}

impl Key {
    fn of(variant: i64, channel: i64, price: &PriceInput) -> Self {
        Self {
            variant,
            channel,
            currency: price.currency.to_string(),
            group: price.customer_group.as_ref().map(ToString::to_string),
            min_quantity: i64::from(price.min_quantity),
            kind: price.kind_name().to_owned(),
        }
    }

    fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            variant: row.get("variant_id")?,
            channel: row.get("channel_id")?,
            currency: row.get("currency")?,
            group: row.get("customer_group")?,
            min_quantity: row.get("min_quantity")?,
            kind: row.get("kind")?,
        })
    }
}

fn check(found: &mut Findings, place: &str, price: &PriceInput, now: Moment) {
    let amounts = [("amount", Some(price.amount)), ("list_amount", price.list_amount)];
    for (field, amount) in amounts {
        let fits = amount.is_none_or(|it| (0..=LARGEST_AMOUNT).contains(&it));
        found.check(fits, format!("{place}/{field}"), format!("must be 0 to {LARGEST_AMOUNT}"));
    }
    let quantity = (1..=1_000_000).contains(&price.min_quantity);
    found.check(quantity, format!("{place}/min_quantity"), "must be 1 to 1000000");
    let from = price.valid_from.unwrap_or(now);
    let pointer = format!("{place}/valid_from");
    found.check(from >= now, pointer, "lies in the past, which is never changed");
    let later = price.valid_until.is_none_or(|until| until > from);
    found.check(later, format!("{place}/valid_until"), "must be later than its beginning");
}

/// The number of each variant and of its product; on PostgreSQL nobody else changes their prices meanwhile. Products
/// are locked before their variants, as everybody does who writes them.
async fn variants(
    tx: &mut Tx,
    changes: &[PriceChange],
    place: &impl Fn(usize) -> String,
    found: &mut Findings,
) -> Result<Vec<(i64, i64)>, DbError> {
    let skus: Vec<String> = changes.iter().map(|it| it.sku.to_string()).collect();
    let sql = "SELECT id FROM product WHERE id IN (SELECT product_id FROM variant WHERE sku = ANY($1)) \
               ORDER BY id FOR UPDATE";
    tx.rows(sql, args![skus.clone()]).await?;
    let sql = "SELECT id, product_id, sku FROM variant WHERE sku = ANY($1) ORDER BY id FOR UPDATE";
    let mut known = BTreeMap::new();
    for row in tx.rows(sql, args![skus]).await? {
        let sku: String = row.get("sku")?;
        known.insert(sku, (row.get("id")?, row.get("product_id")?));
    }
    let mut variants = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        match known.get(&*change.sku) {
            Some(it) => variants.push(*it),
            None => {
                let detail = format!("there is no variant {}", change.sku);
                found.note(format!("{}/sku", place(at)), detail);
            }
        }
    }
    Ok(variants)
}

/// The number of each shop, which takes the currency.
async fn channels(
    tx: &mut Tx,
    changes: &[PriceChange],
    place: &impl Fn(usize) -> String,
    found: &mut Findings,
) -> Result<Vec<i64>, DbError> {
    let codes: Vec<String> = changes.iter().map(|it| it.price.channel.to_string()).collect();
    let sql = "SELECT id, code, currencies FROM channel WHERE code = ANY($1)";
    let mut known: BTreeMap<String, (i64, Vec<String>)> = BTreeMap::new();
    for row in tx.rows(sql, args![codes]).await? {
        known.insert(row.get("code")?, (row.get("id")?, row.json("currencies")?));
    }
    let mut channels = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        let price = &change.price;
        let Some((id, currencies)) = known.get(&*price.channel) else {
            let detail = format!("there is no shop {}", price.channel);
            found.note(format!("{}/channel", place(at)), detail);
            continue;
        };
        let taken = currencies.iter().any(|it| *it == *price.currency);
        let detail = format!("the shop {} does not take {}", price.channel, price.currency);
        found.check(taken, format!("{}/currency", place(at)), detail);
        channels.push(*id);
    }
    Ok(channels)
}

/// All prices of the variants that have not ended.
async fn standing(
    tx: &mut Tx,
    variants: &[i64],
    now: Moment,
) -> Result<BTreeMap<Key, Vec<Standing>>, DbError> {
    let sql = "SELECT id, variant_id, channel_id, currency, customer_group, min_quantity, kind, amount, \
               list_amount, valid_from, valid_until, resumes_after FROM price \
               WHERE variant_id = ANY($1) AND (valid_until IS NULL OR valid_until > $2)";
    let mut standing: BTreeMap<Key, Vec<Standing>> = BTreeMap::new();
    for row in tx.rows(sql, args![variants, now]).await? {
        let it = Standing {
            id: row.get("id")?,
            from: row.get("valid_from")?,
            until: row.get("valid_until")?,
            amount: row.get("amount")?,
            list: row.get("list_amount")?,
            resumed: row.get::<Option<i64>>("resumes_after")?.is_some(),
        };
        standing.entry(Key::read(&row)?).or_default().push(it);
    }
    Ok(standing)
}

/// What is written for a new price, each with what it goes on after: the price, and what it interrupts. The next
/// price of the same request finds `there` as it is then.
fn place_among(
    there: &mut Vec<Standing>,
    plan: &Plan,
    act: &Act,
    id: i64,
    price: &PriceInput,
) -> Vec<(Standing, Option<i64>)> {
    let from = price.valid_from.unwrap_or(act.now);
    let (amount, list) = (price.amount, price.list_amount);
    let new = Standing { id, from, until: plan.until, amount, list, resumed: false };
    let mut placed = vec![(new, None)];
    let resumed = there.iter().find(|it| Some(it.id) == plan.resumes).zip(plan.until);
    if let Some((resumed, from)) = resumed {
        let goes_on = Standing { id: act.new_id(), from, until: None, resumed: true, ..*resumed };
        placed.push((goes_on, Some(id)));
    }
    if let Some(closed) = there.iter_mut().find(|it| Some(it.id) == plan.closes) {
        closed.until = Some(from);
    }
    there.extend(placed.iter().map(|(it, _)| *it));
    placed
}

const CLOSE: &str = "UPDATE price SET valid_until = $2, closed_by = $3 WHERE id = $1";

fn row(key: &Key, it: &Standing, resumes_after: Option<i64>, act: &Act) -> Vec<Value> {
    args![
        it.id,
        key.variant,
        key.channel,
        key.currency.as_str(),
        key.group.clone(),
        key.min_quantity,
        key.kind.as_str(),
        it.amount,
        it.list,
        it.from,
        it.until,
        resumes_after,
        act.now,
        act.actor.as_str()
    ]
}

async fn locked(tx: &mut Tx, id: i64) -> crate::Result<Row> {
    let sql = "SELECT id FROM product WHERE id IN (SELECT v.product_id FROM price \
               JOIN variant AS v ON v.id = price.variant_id WHERE price.id = $1) FOR UPDATE";
    tx.rows(sql, args![id]).await?;
    let sql = "SELECT price.valid_from, price.valid_until, v.product_id FROM price \
               JOIN variant AS v ON v.id = price.variant_id WHERE price.id = $1 FOR UPDATE";
    let row = tx.row(sql, args![id]).await?;
    Ok(row.ok_or_else(|| Refusal::not_found("price", id))?)
}
