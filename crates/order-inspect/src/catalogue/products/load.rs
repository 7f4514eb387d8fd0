//! Reading products as they were written.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    publication::{self, Publication},
    record::{BundlePart, Product, ProductText, Relation, Variant},
};
use crate::{
    args,
    catalogue::words::{Code, Sku},
    db::{DbError, Row, Tx},
    error::Refusal,
    moment::Moment,
    pricing::Content,
};

/// A product with what the shop adds to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductRecord {
    /// The product.
    #[serde(flatten)]
    pub product: Product,
    /// The shops that show it.
    pub publications: Vec<Publication>,
    /// How many published reviews it has.
    pub rating_count: i64,
    /// The sum of their stars.
    pub rating_sum: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it was changed last.
    pub updated_at: Moment,
    /// Grows with every change; it is the product's ETag.
    pub revision: i64,
}

const SELECT: &str = "SELECT p.id, p.code, t.code AS product_type, b.code AS brand, m.code AS manufacturer, \
     r.code AS responsible_person, g.code AS size_guide, p.tax_class, p.attributes, p.options, p.media, \
     p.documents, p.warnings, p.eprel_code, p.active, p.rating_count, p.rating_sum, p.created_at, \
     p.updated_at, p.revision \
     FROM product AS p JOIN product_type AS t ON t.id = p.product_type_id \
     LEFT JOIN brand AS b ON b.id = p.brand_id \
     LEFT JOIN economic_operator AS m ON m.id = p.manufacturer_id \
     LEFT JOIN economic_operator AS r ON r.id = p.responsible_person_id \
     LEFT JOIN size_guide AS g ON g.id = p.size_guide_id";

/// One product.
pub(crate) async fn one(tx: &mut Tx, code: &str) -> crate::Result<ProductRecord> {
    let row = tx.row(&format!("{SELECT} WHERE p.code = $1"), args![code]).await?;
    let row = row.ok_or_else(|| Refusal::not_found("product", code))?;
    Ok(record(tx, &row).await?)
}

async fn record(tx: &mut Tx, row: &Row) -> Result<ProductRecord, DbError> {
    let id: i64 = row.get("id")?;
    Ok(ProductRecord {
        product: Product {
            code: row.word("code")?,
            product_type: row.word("product_type")?,
            brand: row.maybe_word("brand")?,
            manufacturer: row.maybe_word("manufacturer")?,
            responsible_person: row.maybe_word("responsible_person")?,
            size_guide: row.maybe_word("size_guide")?,
            tax_class: row.word("tax_class")?,
            texts: texts(tx, id).await?,
            attributes: row.json("attributes")?,
            options: row.json("options")?,
            variants: variants(tx, id).await?,
            media: row.json("media")?,
            documents: row.json("documents")?,
            warnings: row.json("warnings")?,
            eprel_code: row.get("eprel_code")?,
            categories: codes(tx, "category", id).await?,
            services: codes(tx, "service", id).await?,
            relations: relations(tx, id).await?,
            active: row.get("active")?,
        },
        publications: publication::of(tx, id).await?,
        rating_count: row.get("rating_count")?,
        rating_sum: row.get("rating_sum")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        revision: row.get("revision")?,
    })
}

async fn texts(tx: &mut Tx, product: i64) -> Result<Vec<ProductText>, DbError> {
    let sql = "SELECT c.code AS channel, t.locale, t.name, t.slug, t.summary, t.description, t.seo_title, \
               t.seo_description FROM product_text AS t LEFT JOIN channel AS c ON c.id = t.channel_id \
               WHERE t.product_id = $1 ORDER BY t.channel_id, t.locale";
    let rows = tx.rows(sql, args![product]).await?;
    rows.iter()
        .map(|row| {
            Ok(ProductText {
                channel: row.maybe_word("channel")?,
                locale: row.word("locale")?,
                name: row.get("name")?,
                slug: row.maybe_word("slug")?,
                summary: row.get("summary")?,
                description: row.get("description")?,
                seo_title: row.get("seo_title")?,
                seo_description: row.get("seo_description")?,
            })
        })
        .collect()
}

async fn variants(tx: &mut Tx, product: i64) -> Result<Vec<Variant>, DbError> {
    let sql = "SELECT part.bundle_id, part.quantity, v.sku FROM bundle_part AS part \
               JOIN variant AS v ON v.id = part.variant_id \
               WHERE part.bundle_id IN (SELECT id FROM variant WHERE product_id = $1) ORDER BY v.sku";
    let mut bundles: BTreeMap<i64, Vec<BundlePart>> = BTreeMap::new();
    for row in tx.rows(sql, args![product]).await? {
        let part = BundlePart { sku: row.word::<Sku>("sku")?, quantity: row.get("quantity")? };
        bundles.entry(row.get("bundle_id")?).or_default().push(part);
    }
    let sql = "SELECT id, sku, gtin, options, attributes, weight_grams, content_amount, content_unit, \
               eprel_code, backorder_days, active FROM variant WHERE product_id = $1 ORDER BY position, id";
    let rows = tx.rows(sql, args![product]).await?;
    rows.iter()
        .map(|row| {
            Ok(Variant {
                sku: row.word("sku")?,
                gtin: row.maybe_word("gtin")?,
                options: row.json("options")?,
                attributes: row.json("attributes")?,
                weight_grams: row.get("weight_grams")?,
                content: content(row)?,
                eprel_code: row.get("eprel_code")?,
                backorder_days: row.get("backorder_days")?,
                bundle: bundles.remove(&row.get("id")?).unwrap_or_default(),
                active: row.get("active")?,
            })
        })
        .collect()
}

/// What a variant contains.
pub(crate) fn content(row: &Row) -> Result<Option<Content>, DbError> {
    let Some(thousandths) = row.get::<Option<i64>>("content_amount")? else { return Ok(None) };
    let thousandths = u64::try_from(thousandths).unwrap_or(0);
    Ok(row.maybe_word("content_unit")?.map(|unit| Content { thousandths, unit }))
}

/// The codes of the categories or services of a product, in their order.
async fn codes(tx: &mut Tx, table: &str, product: i64) -> Result<Vec<Code>, DbError> {
    let sql = format!(
        "SELECT other.code FROM product_{table} AS link JOIN {table} AS other ON other.id = link.{table}_id \
         WHERE link.product_id = $1 ORDER BY link.position"
    );
    tx.rows(&sql, args![product]).await?.iter().map(|row| row.word("code")).collect()
}

async fn relations(tx: &mut Tx, product: i64) -> Result<Vec<Relation>, DbError> {
    let sql = "SELECT link.kind, p.code FROM product_relation AS link \
               JOIN product AS p ON p.id = link.related_id \
               WHERE link.product_id = $1 ORDER BY link.position";
    let rows = tx.rows(sql, args![product]).await?;
    rows.iter()
        .map(|row| Ok(Relation { kind: row.word("kind")?, product: row.word("code")? }))
        .collect()
}
