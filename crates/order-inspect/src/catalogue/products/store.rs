//! Writing a product, all of it in one transaction.

use serde::Serialize;

use super::{links::Links, listing, publication, record::Product, search, shape, texts, variants};
use crate::{
    act::Act,
    args,
    db::{Tx, Value},
    error::{Error, Findings, Refusal},
    http::Expected,
    refuse,
};

const COLUMNS: [&str; 19] = [
    "id",
    "code",
    "product_type_id",
    "brand_id",
    "manufacturer_id",
    "responsible_person_id",
    "size_guide_id",
    "tax_class",
    "attributes",
    "options",
    "media",
    "documents",
    "warnings",
    "eprel_code",
    "active",
    "updated_at",
    "revision",
    "rating_count",
    "rating_sum",
];

/// Makes a product and answers with its number.
pub(crate) async fn create(tx: &mut Tx, act: &Act, product: &Product) -> crate::Result<i64> {
    let sql = "SELECT 1 AS one FROM product WHERE code = $1";
    if tx.row(sql, args![&product.code]).await?.is_some() {
        let detail = format!("There is a product {} already.", product.code);
        refuse!(Refusal::conflict("exists", detail));
    }
    let id = act.new_id();
    let (links, numbers) = checked(tx, act, id, product).await?;
    let mut row = row(id, product, &links, act)?;
    row.extend(args![1_i64, 0_i64, 0_i64, act.now]);
    let mut columns = COLUMNS.to_vec();
    columns.push("created_at");
    tx.insert("product", &columns, vec![row]).await?;
    write_parts(tx, act, id, product, &links, &numbers).await?;
    Ok(id)
}

/// Replaces a product and answers with its number and its new revision.
pub(crate) async fn change(
    tx: &mut Tx,
    act: &Act,
    code: &str,
    product: &Product,
    expected: Expected,
) -> crate::Result<(i64, i64)> {
    let sql = "SELECT id, revision FROM product WHERE code = $1 FOR UPDATE";
    let Some(before) = tx.row(sql, args![code]).await? else {
        refuse!(Refusal::not_found("product", code));
    };
    let (id, revision): (i64, i64) = (before.get("id")?, before.get("revision")?);
    expected.require(revision, "product")?;
    if *product.code != *code {
        refuse!(Refusal::invalid("/code", "a code never changes: others know the product by it"));
    }
    let (links, numbers) = checked(tx, act, id, product).await?;
    let sql = "UPDATE product SET code = $2, product_type_id = $3, brand_id = $4, manufacturer_id = $5, \
               responsible_person_id = $6, size_guide_id = $7, tax_class = $8, attributes = $9, \
               options = $10, media = $11, documents = $12, warnings = $13, eprel_code = $14, \
               active = $15, updated_at = $16, revision = revision + 1 WHERE id = $1";
    tx.run(sql, row(id, product, &links, act)?).await?;
    write_parts(tx, act, id, product, &links, &numbers).await?;
    publication::check_published(tx, id).await?;
    Ok((id, revision + 1))
}

async fn checked(
    tx: &mut Tx,
    act: &Act,
    id: i64,
    product: &Product,
) -> crate::Result<(Links, variants::VariantNumbers)> {
    let mut found = Findings::default();
    shape::check(&mut found, product);
    let links = Links::find(tx, product, &mut found).await?;
    let numbers = variants::VariantNumbers::find(tx, act, id, product, &mut found).await?;
    found.end()?;
    let links = links.ok_or_else(|| Error::Broken("a product without a type passed".to_owned()))?;
    Ok((links, numbers))
}

fn row(id: i64, product: &Product, links: &Links, act: &Act) -> crate::Result<Vec<Value>> {
    Ok(args![
        id,
        &product.code,
        links.product_type,
        links.brand,
        links.manufacturer,
        links.responsible_person,
        links.size_guide,
        &product.tax_class,
        json(&product.attributes)?,
        json(&product.options)?,
        json(&product.media)?,
        json(&product.documents)?,
        json(&product.warnings)?,
        product.eprel_code.clone(),
        product.active,
        act.now
    ])
}

/// Everything that is stored beside the product's own row.
async fn write_parts(
    tx: &mut Tx,
    act: &Act,
    id: i64,
    product: &Product,
    links: &Links,
    numbers: &variants::VariantNumbers,
) -> crate::Result<()> {
    texts::write(tx, id, product, &links.text_channels).await?;
    variants::write(tx, id, product, numbers).await?;
    let emptied = ["product_category", "product_service", "product_relation", "product_facet"]
        .map(|table| format!("DELETE FROM {table} WHERE product_id = $1"));
    tx.run_all(emptied.iter().map(|sql| (sql.as_str(), args![id])).collect()).await?;
    let columns = ["product_id", "category_id", "position"];
    tx.insert("product_category", &columns, placed(id, &links.categories)).await?;
    let columns = ["product_id", "service_id", "position"];
    tx.insert("product_service", &columns, placed(id, &links.services)).await?;
    let relations = product.relations.iter().zip(&links.relations).zip(0_i64..);
    let relations = relations.map(|((it, to), at)| args![id, *to, at, it.kind.name()]).collect();
    let columns = ["product_id", "related_id", "position", "kind"];
    tx.insert("product_relation", &columns, relations).await?;
    let facets = links.rules.facets(product);
    let facets = facets.into_iter().map(|(code, value)| args![code, value, id]).collect();
    tx.insert("product_facet", &["attribute", "value", "product_id"], facets).await?;
    search::index(tx, id, product).await?;
    listing::refresh(tx, &[id], act.now).await
}

/// Rows of a product, something and its place.
fn placed(id: i64, others: &[i64]) -> Vec<Vec<Value>> {
    others.iter().zip(0_i64..).map(|(other, at)| args![id, *other, at]).collect()
}

/// A part of a record that is stored as one text.
pub(super) fn json(value: &impl Serialize) -> crate::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::Broken(format!("a product cannot be stored: {error}")))
}
