//! Which shop shows a product, and when.
//!
//! In a shop in the Union a product of a manufacturer from outside may be offered only with a responsible
//! person in the Union (GPSR Art. 16 (1) and 19 b): it is asked for before the product is published, and kept
//! for as long as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{listing, load::by_product};
use crate::{
    act::Act,
    args,
    db::{DbError, Tx},
    error::{Findings, Refusal},
    moment::Moment,
    refuse,
};

/// The member states of the Union and of the European Economic Area, where the GPSR holds.
const UNION: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// A product's time in a shop.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationWindow {
    /// From when on it is shown; from now on if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

/// A shop that shows a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Publication {
    /// The shop.
    pub channel: String,
    /// From when on.
    pub from: Moment,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

/// The shops that show a product.
pub(crate) async fn of(tx: &mut Tx, product: i64) -> Result<Vec<Publication>, DbError> {
    Ok(of_many(tx, &[product]).await?.remove(&product).unwrap_or_default())
}

/// The shops that show these products, by the product's number.
pub(super) async fn of_many(
    tx: &mut Tx,
    products: &[i64],
) -> Result<BTreeMap<i64, Vec<Publication>>, DbError> {
    let sql = "SELECT pc.product_id, c.code, pc.published_from, pc.published_until \
               FROM product_channel AS pc JOIN channel AS c ON c.id = pc.channel_id \
               WHERE pc.product_id = ANY($1) ORDER BY pc.product_id, c.code";
    by_product(&tx.rows(sql, args![products]).await?, |row| {
        Ok(Publication {
            channel: row.get("code")?,
            from: row.get("published_from")?,
            until: row.get("published_until")?,
        })
    })
}

/// Shows a product in a shop.
pub(crate) async fn publish(
    tx: &mut Tx,
    act: &Act,
    product: i64,
    channel: i64,
    window: PublicationWindow,
) -> crate::Result<()> {
    let from = window.from.unwrap_or(act.now);
    let mut found = Findings::default();
    let later = window.until.is_none_or(|until| until > from);
    found.check(later, "/until", "must be later than its beginning");
    found.end()?;
    if let Some(refusal) = try_publish(tx, act, product, channel, window).await? {
        refuse!(refusal);
    }
    changed(tx, &[product], act.now).await
}

/// The same without telling anybody: whoever publishes many says so once. Answers with why it may not be.
pub(super) async fn try_publish(
    tx: &mut Tx,
    act: &Act,
    product: i64,
    channel: i64,
    window: PublicationWindow,
) -> Result<Option<Refusal>, DbError> {
    if let Some(refusal) = refusal_in(tx, product, channel).await? {
        return Ok(Some(refusal));
    }
    let sql = "INSERT INTO product_channel (product_id, channel_id, published_from, published_until) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (product_id, channel_id) \
               DO UPDATE SET published_from = $3, published_until = $4";
    let from = window.from.unwrap_or(act.now);
    tx.run(sql, args![product, channel, from, window.until]).await?;
    Ok(None)
}

/// Takes a product out of a shop.
pub(crate) async fn unpublish(
    tx: &mut Tx,
    act: &Act,
    product: i64,
    channel: i64,
) -> crate::Result<()> {
    take_out(tx, product, channel).await?;
    changed(tx, &[product], act.now).await
}

/// The same without telling anybody.
pub(super) async fn take_out(tx: &mut Tx, product: i64, channel: i64) -> Result<(), DbError> {
    let sql = "DELETE FROM product_channel WHERE product_id = $1 AND channel_id = $2";
    tx.run(sql, args![product, channel]).await?;
    Ok(())
}

/// Says that something that belongs to products has changed: their revision grows, lists are kept up.
pub(crate) async fn changed(tx: &mut Tx, products: &[i64], now: Moment) -> crate::Result<()> {
    let sql = "UPDATE product SET revision = revision + 1, updated_at = $2 WHERE id = ANY($1)";
    tx.run(sql, args![products, now]).await?;
    listing::refresh(tx, products, now).await
}

/// Refuses a product that may not be offered where it is published.
pub(super) async fn check_published(tx: &mut Tx, product: i64) -> crate::Result<()> {
    let sql = "SELECT channel_id FROM product_channel WHERE product_id = $1";
    for row in tx.rows(sql, args![product]).await? {
        if let Some(refusal) = refusal_in(tx, product, row.get("channel_id")?).await? {
            refuse!(refusal);
        }
    }
    Ok(())
}

/// How many products a refusal names.
const NAMED: usize = 10;

/// Refuses a change of what products share (`column` of `brand`, `maker` or `person` is `code`) after which one of
/// them may not be offered where it is published.
pub(crate) async fn check_published_of(
    tx: &mut Tx,
    column: &'static str,
    code: String,
) -> crate::Result<()> {
    let sql = format!(
        "SELECT DISTINCT p.code FROM product_channel AS pc JOIN product AS p ON p.id = pc.product_id \
         JOIN channel AS c ON c.id = pc.channel_id {WHO} \
         WHERE {column} = $1 AND c.country = ANY($2) AND maker.country IS NOT NULL \
         AND NOT maker.country = ANY($2) AND (person.country IS NULL OR NOT person.country = ANY($2)) \
         ORDER BY p.code LIMIT $3"
    );
    let union: Vec<String> = UNION.map(str::to_owned).to_vec();
    let most = i64::try_from(NAMED + 1).unwrap_or(i64::MAX);
    let rows = tx.rows(&sql, args![code, union, most]).await?;
    let mut codes = rows.iter().map(|row| row.get("code")).collect::<Result<Vec<String>, _>>()?;
    if codes.is_empty() {
        return Ok(());
    }
    let more = if codes.len() > NAMED { " and others" } else { "" };
    codes.truncate(NAMED);
    let detail = format!(
        "The manufacturer of {}{more} would be outside of the EU, and no responsible person in the EU is named: \
         name one for these products first, or take them out of the shops (GPSR Art. 16 and 19).",
        codes.join(", ")
    );
    let facts = serde_json::json!({ "products": codes, "missing": "responsible_person" });
    refuse!(Refusal::conflict("responsible_person_missing", detail).with_facts(facts))
}

/// Who makes a product and who answers for it.
const WHO: &str = "LEFT JOIN brand ON brand.id = p.brand_id \
                   LEFT JOIN economic_operator AS maker \
                     ON maker.id = COALESCE(p.manufacturer_id, brand.manufacturer_id) \
                   LEFT JOIN economic_operator AS person ON person.id = p.responsible_person_id";

/// Why a product may not be offered in a shop.
async fn refusal_in(tx: &mut Tx, product: i64, channel: i64) -> Result<Option<Refusal>, DbError> {
    let sql = format!(
        "SELECT p.code, c.code AS channel, c.country AS place, maker.country AS made_in, \
         maker.name AS maker, person.country AS person_in \
         FROM product AS p JOIN channel AS c ON c.id = $2 {WHO} WHERE p.id = $1"
    );
    let row = tx.one(&sql, args![product, channel]).await?;
    let in_union = |country: &Option<String>| {
        country.as_deref().is_some_and(|country| UNION.contains(&country))
    };
    let made_in: Option<String> = row.get("made_in")?;
    let outside = made_in.is_some() && !in_union(&made_in);
    if !in_union(&row.get("place")?) || !outside || in_union(&row.get("person_in")?) {
        return Ok(None);
    }
    let (code, channel): (String, String) = (row.get("code")?, row.get("channel")?);
    let maker: Option<String> = row.get("maker")?;
    let detail = format!(
        "The manufacturer of {code}, {}, is outside of the EU: name a responsible person in the EU before it \
         is published in {channel} (GPSR Art. 16 and 19).",
        maker.unwrap_or_default()
    );
    let facts =
        serde_json::json!({ "product": code, "channel": channel, "missing": "responsible_person" });
    Ok(Some(Refusal::conflict("responsible_person_missing", detail).with_facts(facts)))
}
