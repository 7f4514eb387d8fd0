//! What a product page says beside the offer itself: who makes it, where it stands, what customers think.

use std::collections::BTreeMap;

use super::{
    view::{NamedCode, OperatorView, ReviewView},
    window::Window,
};
use crate::{
    args,
    catalogue::{
        categories::CategoryText,
        size_guides::SizeTable,
        words::{Locale, in_language},
    },
    db::{DbError, Row, Tx},
};

pub(super) fn brand(row: &Row) -> Result<Option<NamedCode>, DbError> {
    let code: Option<String> = row.get("brand_code")?;
    let name: Option<String> = row.get("brand_name")?;
    Ok(code.zip(name).map(|(code, name)| NamedCode { code, name }))
}

pub(super) async fn operator(
    tx: &mut Tx,
    id: Option<i64>,
) -> Result<Option<OperatorView>, DbError> {
    let Some(id) = id else { return Ok(None) };
    let sql = "SELECT name, postal_address, electronic_address, country FROM economic_operator WHERE id = $1";
    let row = tx.one(sql, args![id]).await?;
    Ok(Some(OperatorView {
        name: row.get("name")?,
        postal_address: row.get("postal_address")?,
        electronic_address: row.get("electronic_address")?,
        country: row.get("country")?,
    }))
}

/// The way from the root to the product's main category.
pub(super) async fn breadcrumbs(
    tx: &mut Tx,
    window: &Window,
    product: i64,
) -> Result<Vec<NamedCode>, DbError> {
    let sql = "WITH RECURSIVE line (id, code, parent_id, texts, height) AS ( \
                 SELECT id, code, parent_id, texts, 0 FROM category WHERE id = ( \
                   SELECT category_id FROM product_category WHERE product_id = $1 \
                   ORDER BY position LIMIT 1) \
                 UNION ALL SELECT up.id, up.code, up.parent_id, up.texts, line.height + 1 \
                 FROM category AS up JOIN line ON up.id = line.parent_id WHERE line.height < 20) \
               SELECT code, texts FROM line ORDER BY height DESC";
    let rows = tx.rows(sql, args![product]).await?;
    rows.iter()
        .map(|row| {
            let texts: BTreeMap<Locale, CategoryText> = row.json("texts")?;
            let name = in_language(&texts, &window.locale).map(|it| it.name.clone());
            Ok(NamedCode { code: row.get("code")?, name: name.unwrap_or_default() })
        })
        .collect()
}

pub(super) async fn size_guide(
    tx: &mut Tx,
    window: &Window,
    id: Option<i64>,
) -> Result<Option<SizeTable>, DbError> {
    let Some(id) = id else { return Ok(None) };
    let row = tx.one("SELECT texts FROM size_guide WHERE id = $1", args![id]).await?;
    let texts: BTreeMap<Locale, SizeTable> = row.json("texts")?;
    Ok(in_language(&texts, &window.locale).cloned())
}

/// The published reviews before a number, the newest first.
pub(super) async fn reviews(
    tx: &mut Tx,
    product: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<ReviewView>, DbError> {
    let sql = "SELECT id, rating, title, body, author, locale, order_id, reply, created_at FROM review \
               WHERE product_id = $1 AND state = 'published' AND id < $2 ORDER BY id DESC LIMIT $3";
    let rows = tx.rows(sql, args![product, before, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(ReviewView {
                id: row.get("id")?,
                rating: row.get("rating")?,
                title: row.get("title")?,
                body: row.get("body")?,
                author: row.get("author")?,
                locale: row.get("locale")?,
                verified_purchase: row.get::<Option<i64>>("order_id")?.is_some(),
                reply: row.get("reply")?,
                created_at: row.get("created_at")?,
            })
        })
        .collect()
}
