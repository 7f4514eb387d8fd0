//! Writing the variants of a product. A variant's number never changes: stock, prices and orders know it by it.

use std::collections::HashMap;

use super::{
    record::{Product, Variant},
    store::json,
};
use crate::{
    act::Act,
    args,
    db::{DbError, Tx, Value},
    error::Findings,
};

const COLUMNS: [&str; 14] = [
    "id",
    "product_id",
    "sku",
    "gtin",
    "options",
    "attributes",
    "position",
    "weight_grams",
    "content_amount",
    "content_unit",
    "eprel_code",
    "backorder_days",
    "bundle",
    "active",
];

/// The numbers of a product's variants, known or new, and those of the parts of its bundles.
pub(super) struct VariantNumbers {
    own: HashMap<String, i64>,
    before: HashMap<String, i64>,
    parts: HashMap<String, i64>,
}

impl VariantNumbers {
    /// Looks up what there is; notes numbers that another product has, and bundles that cannot be.
    pub(super) async fn find(
        tx: &mut Tx,
        act: &Act,
        product_id: i64,
        product: &Product,
        found: &mut Findings,
    ) -> Result<Self, DbError> {
        let parts = product.variants.iter().flat_map(|it| &it.bundle).map(|it| it.sku.to_string());
        let skus = product.variants.iter().map(|it| it.sku.to_string());
        let all: Vec<String> = skus.chain(parts).collect();
        let sql = "SELECT id, product_id, sku, bundle, \
                   EXISTS (SELECT 1 FROM bundle_part WHERE variant_id = variant.id) AS part \
                   FROM variant WHERE sku = ANY($1)";
        let rows = tx.rows(sql, args![all]).await?;
        let mut numbers =
            Self { own: HashMap::new(), before: HashMap::new(), parts: HashMap::new() };
        let mut part_of_bundle = Vec::new();
        for row in rows {
            let (id, sku): (i64, String) = (row.get("id")?, row.get("sku")?);
            if row.get("part")? {
                part_of_bundle.push(sku.clone());
            }
            if row.get::<i64>("product_id")? == product_id {
                numbers.before.insert(sku, id);
            } else if !row.get::<bool>("bundle")? {
                numbers.parts.insert(sku, id);
            } else {
                // a bundle of another product: neither ours nor a part
                numbers.parts.insert(sku, 0);
            }
        }
        for (at, variant) in product.variants.iter().enumerate() {
            let sku = variant.sku.to_string();
            let foreign = numbers.parts.contains_key(&sku);
            found.check(!foreign, format!("/variants/{at}/sku"), "is a variant of another product");
            let nested = !variant.bundle.is_empty() && part_of_bundle.contains(&sku);
            let wanted = "this variant is a part of a bundle: there is no bundle of bundles";
            found.check(!nested, format!("/variants/{at}/bundle"), wanted);
            let number = numbers.before.get(&sku).copied().unwrap_or_else(|| act.new_id());
            numbers.own.insert(sku, number);
        }
        numbers.check_parts(product, found);
        Ok(numbers)
    }

    fn check_parts(&self, product: &Product, found: &mut Findings) {
        for (at, variant) in product.variants.iter().enumerate() {
            for (part, it) in variant.bundle.iter().enumerate() {
                let place = format!("/variants/{at}/bundle/{part}/sku");
                match self.part(product, &it.sku) {
                    None => found.note(place, format!("there is no variant {}", it.sku)),
                    Some(0) => {
                        found.note(place, "is a bundle itself: there is no bundle of bundles");
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// The number of a part, 0 for one that is a bundle itself.
    fn part(&self, product: &Product, sku: &str) -> Option<i64> {
        match product.variants.iter().find(|it| &*it.sku == sku) {
            Some(own) if !own.bundle.is_empty() => Some(0),
            Some(_) => self.own.get(sku).copied(),
            None => self.parts.get(sku).or_else(|| self.before.get(sku)).copied(),
        }
    }
}

/// Writes all variants; those that are left out are withdrawn.
pub(super) async fn write(
    tx: &mut Tx,
    product_id: i64,
    product: &Product,
    numbers: &VariantNumbers,
) -> crate::Result<()> {
    let mut fresh = Vec::new();
    for (position, variant) in product.variants.iter().enumerate() {
        let Some(number) = numbers.own.get(&*variant.sku).copied() else { continue };
        let row = row(number, product_id, position, variant)?;
        if numbers.before.contains_key(&*variant.sku) {
            let sql = "UPDATE variant SET gtin = $4, options = $5, attributes = $6, position = $7, \
                       weight_grams = $8, content_amount = $9, content_unit = $10, eprel_code = $11, \
                       backorder_days = $12, bundle = $13, active = $14 \
                       WHERE id = $1 AND product_id = $2 AND sku = $3";
            tx.run(sql, row).await?;
        } else {
            fresh.push(row);
        }
    }
    tx.insert("variant", &COLUMNS, fresh).await?;
    let kept: Vec<i64> = numbers.own.values().copied().collect();
    for (sku, id) in &numbers.before {
        if !numbers.own.contains_key(sku) {
            tx.run("UPDATE variant SET active = $2 WHERE id = $1", args![*id, false]).await?;
        }
    }
    tx.run("DELETE FROM bundle_part WHERE bundle_id = ANY($1)", args![kept]).await?;
    let mut parts = Vec::new();
    for variant in &product.variants {
        for part in &variant.bundle {
            if let (Some(bundle), Some(id)) =
                (numbers.own.get(&*variant.sku), numbers.part(product, &part.sku))
            {
                parts.push(args![*bundle, id, part.quantity]);
            }
        }
    }
    tx.insert("bundle_part", &["bundle_id", "variant_id", "quantity"], parts).await?;
    Ok(())
}

fn row(
    number: i64,
    product_id: i64,
    position: usize,
    variant: &Variant,
) -> crate::Result<Vec<Value>> {
    let content = variant.content;
    let amount = content.map(|it| i64::try_from(it.thousandths).unwrap_or(i64::MAX));
    let unit = content.and_then(|it| serde_json::to_value(it.unit).ok());
    Ok(args![
        number,
        product_id,
        &variant.sku,
        variant.gtin.as_ref().map(ToString::to_string),
        json(&variant.options)?,
        json(&variant.attributes)?,
        i64::try_from(position).unwrap_or(i64::MAX),
        variant.weight_grams,
        amount,
        unit.as_ref().and_then(|it| it.as_str()),
        variant.eprel_code.clone(),
        variant.backorder_days,
        !variant.bundle.is_empty(),
        variant.active
    ])
}
