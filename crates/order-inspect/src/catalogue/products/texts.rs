//! Writing what a product says: texts, slugs that stay unique, and slugs that it had.

use super::record::{Product, ProductText};
use crate::{
    args,
    catalogue::folding,
    db::{DbError, Row, Tx},
    error::Refusal,
    refuse,
};

const COLUMNS: [&str; 9] = [
    "product_id",
    "channel_id",
    "locale",
    "name",
    "slug",
    "summary",
    "description",
    "seo_title",
    "seo_description",
];

/// Replaces all texts of a product; answers with the slugs that they have now.
pub(super) async fn write(
    tx: &mut Tx,
    product_id: i64,
    product: &Product,
    channels: &[i64],
) -> crate::Result<Vec<String>> {
    let sql = "SELECT channel_id, locale, slug FROM product_text WHERE product_id = $1";
    let before = tx.rows(sql, args![product_id]).await?;
    tx.run("DELETE FROM product_text WHERE product_id = $1", args![product_id]).await?;
    let mut slugs = Vec::new();
    let mut rows = Vec::new();
    for (at, (text, channel)) in product.texts.iter().zip(channels).enumerate() {
        let had = slug_before(&before, *channel, &text.locale)?;
        let place = Place { product_id, channel: *channel };
        let slug = slug(tx, &place, product, text, had, at).await?;
        let sql =
            "DELETE FROM product_old_slug WHERE slug = $1 AND channel_id = $2 AND locale = $3";
        tx.run(sql, args![slug.as_str(), *channel, &text.locale]).await?;
        rows.push(args![
            product_id,
            *channel,
            &text.locale,
            text.name.as_str(),
            slug.as_str(),
            text.summary.as_str(),
            text.description.as_str(),
            text.seo_title.clone(),
            text.seo_description.clone()
        ]);
        slugs.push(slug);
    }
    tx.insert("product_text", &COLUMNS, rows).await?;
    remember(tx, product_id, &before, product, channels, &slugs).await?;
    Ok(slugs)
}

/// Where a slug must be the only one.
struct Place {
    product_id: i64,
    channel: i64,
}

fn slug_before(before: &[Row], channel: i64, locale: &str) -> Result<Option<String>, DbError> {
    for row in before {
        if row.get::<i64>("channel_id")? == channel && row.get::<String>("locale")? == locale {
            return row.get("slug").map(Some);
        }
    }
    Ok(None)
}

/// The slug that was given, or the one that the text had, or one made from the name.
async fn slug(
    tx: &mut Tx,
    place: &Place,
    product: &Product,
    text: &ProductText,
    had: Option<String>,
    at: usize,
) -> crate::Result<String> {
    if let Some(slug) = &text.slug {
        if taken(tx, place, slug).await? {
            let pointer = format!("/texts/{at}/slug");
            refuse!(Refusal::invalid(pointer, "another product has this address"));
        }
        return Ok(slug.to_string());
    }
    if let Some(had) = had {
        return Ok(had);
    }
    let base = folding::slug(&text.name)
        .or_else(|| folding::slug(&product.code))
        .unwrap_or_else(|| "product".to_owned());
    if !taken(tx, place, &base).await? {
        return Ok(base);
    }
    // The code is unique, so that this one is free but for bad luck, which the unique index notices.
    let code = folding::slug(&product.code).unwrap_or_default();
    let mut base: String = base.chars().take(119 - code.len().min(64)).collect();
    base.truncate(base.trim_end_matches('-').len());
    Ok(format!("{base}-{code}"))
}

/// A text for every shop stands beside those of each shop: a slug must differ from both, and from those in
/// other languages, as a visitor may read a product in a language that is not theirs.
async fn taken(tx: &mut Tx, place: &Place, slug: &str) -> Result<bool, DbError> {
    let sql = "SELECT 1 AS one FROM product_text WHERE slug = $1 \
               AND product_id <> $2 AND ($3 = 0 OR channel_id = 0 OR channel_id = $3)";
    let args = args![slug, place.product_id, place.channel];
    Ok(tx.row(sql, args).await?.is_some())
}

/// A slug that is no longer the product's goes on leading to it.
async fn remember(
    tx: &mut Tx,
    product_id: i64,
    before: &[Row],
    product: &Product,
    channels: &[i64],
    slugs: &[String],
) -> Result<(), DbError> {
    for row in before {
        let (channel, locale): (i64, String) = (row.get("channel_id")?, row.get("locale")?);
        let slug: String = row.get("slug")?;
        let mut now = product.texts.iter().zip(channels).zip(slugs);
        if now.any(|((text, at), it)| *at == channel && *text.locale == *locale && *it == slug) {
            continue;
        }
        let sql = "INSERT INTO product_old_slug (slug, channel_id, locale, product_id) \
                   VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (slug, channel_id, locale) DO UPDATE SET product_id = $4";
        tx.run(sql, args![slug, channel, locale, product_id]).await?;
    }
    Ok(())
}
