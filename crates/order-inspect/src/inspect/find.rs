//! From the last part of an address to the product.

use super::{texts, window::Window};
use crate::{
    args,
    db::{DbError, Tx},
};

/// Where an address leads.
pub(super) enum Found {
    /// To the product of this number.
    Product(i64),
    /// To another address: the product has a new one, or one in the visitor's language.
    Elsewhere(String),
    /// Nowhere.
    Nothing,
}

/// The product that has this slug, or had it.
pub(super) async fn find(tx: &mut Tx, window: &Window, slug: &str) -> Result<Found, DbError> {
    let channel = window.channel.id;
    let sql = "SELECT product_id FROM product_text WHERE slug = $1 AND (channel_id = 0 OR channel_id = $2) \
               ORDER BY CASE WHEN locale = $3 THEN 0 ELSE 1 END, channel_id DESC LIMIT 1";
    let args = args![slug, channel, window.locale.as_str()];
    let product: i64 = match tx.row(sql, args).await? {
        Some(row) => row.get("product_id")?,
        None => {
            let sql = "SELECT product_id FROM product_old_slug \
                       WHERE slug = $1 AND (channel_id = 0 OR channel_id = $2) \
                       ORDER BY CASE WHEN locale = $3 THEN 0 ELSE 1 END, channel_id DESC LIMIT 1";
            let args = args![slug, channel, window.locale.as_str()];
            match tx.row(sql, args).await? {
                Some(row) => row.get("product_id")?,
                None => return Ok(Found::Nothing),
            }
        }
    };
    let texts = texts::load(tx, window, &[product]).await?;
    let text = texts.get(&product).and_then(|all| texts::pick(window, all, &window.locale));
    Ok(match text {
        Some(text) if text.slug == slug => Found::Product(product),
        Some(text) => Found::Elsewhere(text.slug.clone()),
        None => Found::Nothing,
    })
}
