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
    let id = tx.row("SELECT id FROM product WHERE code = $1", args![code]).await?;
    let id: i64 = id.ok_or_else(|| Refusal::not_found("product", code))?.get("id")?;
    let found = many(tx, &[id]).await?.pop();
    Ok(found.ok_or_else(|| Refusal::not_found("product", code))?.1)
}

/// These products, by their number: as many questions for many as for one.
pub(crate) async fn many(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, ProductRecord)>, DbError> {
    let rows = tx.rows(&format!("{SELECT} WHERE p.id = ANY($1) ORDER BY p.id"), args![ids]).await?;
    let mut parts = Parts {
        texts: texts(tx, ids).await?,
        variants: variants(tx, ids).await?,
        categories: codes(tx, "category", ids).await?,
        services: codes(tx, "service", ids).await?,
        relations: relations(tx, ids).await?,
        publications: publication::of_many(tx, ids).await?,
    };
    rows.iter().map(|row| Ok((row.get("id")?, parts.record(row)?))).collect()
}

/// What stands beside a product's own row, by the product's number.
struct Parts {
    texts: BTreeMap<i64, Vec<ProductText>>,
    variants: BTreeMap<i64, Vec<Variant>>,
    categories: BTreeMap<i64, Vec<Code>>,
    services: BTreeMap<i64, Vec<Code>>,
    relations: BTreeMap<i64, Vec<Relation>>,
    publications: BTreeMap<i64, Vec<Publication>>,
}

impl Parts {
    fn record(&mut self, row: &Row) -> Result<ProductRecord, DbError> {
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
                texts: self.texts.remove(&id).unwrap_or_default(),
                attributes: row.json("attributes")?,
                options: row.json("options")?,
                variants: self.variants.remove(&id).unwrap_or_default(),
                media: row.json("media")?,
                documents: row.json("documents")?,
                warnings: row.json("warnings")?,
                eprel_code: row.get("eprel_code")?,
                categories: self.categories.remove(&id).unwrap_or_default(),
                services: self.services.remove(&id).unwrap_or_default(),
                relations: self.relations.remove(&id).unwrap_or_default(),
                active: row.get("active")?,
            },
            publications: self.publications.remove(&id).unwrap_or_default(),
            rating_count: row.get("rating_count")?,
            rating_sum: row.get("rating_sum")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            revision: row.get("revision")?,
        })
    }
}

/// Rows in their order, under the number of their product.
pub(super) fn by_product<T>(
    rows: &[Row],
    read: impl Fn(&Row) -> Result<T, DbError>,
) -> Result<BTreeMap<i64, Vec<T>>, DbError> {
    let mut found: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for row in rows {
        found.entry(row.get("product_id")?).or_default().push(read(row)?);
    }
    Ok(found)
}

async fn texts(tx: &mut Tx, products: &[i64]) -> Result<BTreeMap<i64, Vec<ProductText>>, DbError> {
    let sql = "SELECT t.product_id, c.code AS channel, t.locale, t.name, t.slug, t.summary, t.description, \
               t.seo_title, t.seo_description \
               FROM product_text AS t LEFT JOIN channel AS c ON c.id = t.channel_id \
               WHERE t.product_id = ANY($1) ORDER BY t.product_id, t.channel_id, t.locale";
    by_product(&tx.rows(sql, args![products]).await?, |row| {
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
}

async fn variants(tx: &mut Tx, products: &[i64]) -> Result<BTreeMap<i64, Vec<Variant>>, DbError> {
    let sql = "SELECT part.bundle_id, part.quantity, v.sku FROM bundle_part AS part \
               JOIN variant AS v ON v.id = part.variant_id WHERE part.bundle_id IN \
               (SELECT id FROM variant WHERE product_id = ANY($1)) ORDER BY v.sku";
    let mut bundles: BTreeMap<i64, Vec<BundlePart>> = BTreeMap::new();
    for row in tx.rows(sql, args![products]).await? {
        let part = BundlePart { sku: row.word::<Sku>("sku")?, quantity: row.get("quantity")? };
        bundles.entry(row.get("bundle_id")?).or_default().push(part);
    }
    let sql = "SELECT id, product_id, sku, gtin, options, attributes, weight_grams, content_amount, \
               content_unit, eprel_code, backorder_days, active FROM variant \
               WHERE product_id = ANY($1) ORDER BY product_id, position, id";
    by_product(&tx.rows(sql, args![products]).await?, |row| {
        Ok(Variant {
            sku: row.word("sku")?,
            gtin: row.maybe_word("gtin")?,
            options: row.json("options")?,
            attributes: row.json("attributes")?,
            weight_grams: row.get("weight_grams")?,
            content: content(row)?,
            eprel_code: row.get("eprel_code")?,
            backorder_days: row.get("backorder_days")?,
            bundle: bundles.get(&row.get("id")?).cloned().unwrap_or_default(),
            active: row.get("active")?,
        })
    })
}

/// What a variant contains.
pub(crate) fn content(row: &Row) -> Result<Option<Content>, DbError> {
    let Some(thousandths) = row.get::<Option<i64>>("content_amount")? else { return Ok(None) };
    let thousandths = u64::try_from(thousandths).unwrap_or(0);
    Ok(row.maybe_word("content_unit")?.map(|unit| Content { thousandths, unit }))
}

/// The codes of the categories or services of products, in their order.
async fn codes(
    tx: &mut Tx,
    table: &str,
    products: &[i64],
) -> Result<BTreeMap<i64, Vec<Code>>, DbError> {
    let sql = format!(
        "SELECT link.product_id, other.code FROM product_{table} AS link \
         JOIN {table} AS other ON other.id = link.{table}_id \
         WHERE link.product_id = ANY($1) ORDER BY link.product_id, link.position"
    );
    by_product(&tx.rows(&sql, args![products]).await?, |row| row.word("code"))
}

async fn relations(tx: &mut Tx, products: &[i64]) -> Result<BTreeMap<i64, Vec<Relation>>, DbError> {
    let sql = "SELECT link.product_id, link.kind, p.code FROM product_relation AS link \
               JOIN product AS p ON p.id = link.related_id \
               WHERE link.product_id = ANY($1) ORDER BY link.product_id, link.position";
    by_product(&tx.rows(sql, args![products]).await?, |row| {
        Ok(Relation { kind: row.word("kind")?, product: row.word("code")? })
    })
}
