//! Which of a product's texts a visitor reads.

use std::collections::BTreeMap;

use super::window::Window;
use crate::{
    args,
    db::{DbError, Row, Tx},
};

/// A text of a product.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) channel: i64,
    pub(super) locale: String,
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) seo_title: Option<String>,
    pub(super) seo_description: Option<String>,
}

/// All texts of these products that this shop may show, by product.
pub(super) async fn load(
    tx: &mut Tx,
    window: &Window,
    products: &[i64],
) -> Result<BTreeMap<i64, Vec<Text>>, DbError> {
    let sql = "SELECT product_id, channel_id, locale, name, slug, summary, description, seo_title, \
               seo_description FROM product_text \
               WHERE product_id = ANY($1) AND (channel_id = 0 OR channel_id = $2)";
    let mut texts: BTreeMap<i64, Vec<Text>> = BTreeMap::new();
    for row in tx.rows(sql, args![products, window.channel.id]).await? {
        texts.entry(row.get("product_id")?).or_default().push(read(&row)?);
    }
    Ok(texts)
}

fn read(row: &Row) -> Result<Text, DbError> {
    Ok(Text {
        channel: row.get("channel_id")?,
        locale: row.get("locale")?,
        name: row.get("name")?,
        slug: row.get("slug")?,
        summary: row.get("summary")?,
        description: row.get("description")?,
        seo_title: row.get("seo_title")?,
        seo_description: row.get("seo_description")?,
    })
}

/// The text for a visitor: their language before others, with its country before without, the shop's languages
/// before foreign ones, and the shop's own text before the one for all shops.
pub(super) fn pick<'a>(window: &Window, texts: &'a [Text], locale: &str) -> Option<&'a Text> {
    let language = |locale: &str| locale.get(..2).unwrap_or_default().to_owned();
    let shop: Vec<&str> = window.channel.value.locales.iter().map(|it| it.code()).collect();
    texts.iter().max_by_key(|it| {
        let exact = it.locale == locale;
        let close = language(&it.locale) == language(locale);
        let known = shop.iter().rev().position(|known| *known == language(&it.locale));
        (
            exact,
            close,
            known.map_or(0, |at| at + 1),
            it.channel != 0,
            std::cmp::Reverse(it.locale.clone()),
        )
    })
}
