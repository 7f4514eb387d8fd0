//! The variants of a product with what a file says of them.

use std::collections::BTreeMap;

use super::{features, merge::Merge, options};
use crate::{
    catalogue::{
        folding,
        product_types::AttributeLevel,
        products::record::{Product, Variant},
        words::{Code, Gtin, Sku},
    },
    exchange::item::{Item, Problem, VariantSaid},
};

/// Puts what is said into the product's variants; answers with the SKU that each one was found or made under.
pub(super) fn merge(
    merge: &mut Merge<'_>,
    product: &mut Product,
    item: &Item,
) -> Vec<(Sku, VariantSaid)> {
    let locale = &merge.context.choices.locale;
    let names: Vec<usize> =
        item.options.iter().map(|it| options::option(&mut product.options, it, locale)).collect();
    let mut found = Vec::new();
    for said in &item.variants {
        let values = values(merge, product, &names, said);
        let Some(sku) = sku(merge, product, said, &values, found.len()) else { continue };
        if found.iter().any(|(it, _)| *it == sku) {
            merge.wrong(said.line, "SKU", format!("{sku} stands here twice"));
            continue;
        }
        let at = product.variants.iter().position(|it| it.sku == sku).unwrap_or_else(|| {
            product.variants.push(fresh(sku.clone()));
            product.variants.len() - 1
        });
        if let Some(variant) = product.variants.get_mut(at) {
            apply(merge, variant, said, values);
        }
        found.push((sku, said.clone()));
    }
    found
}

/// The values of the product's options, by their codes.
fn values(
    merge: &Merge<'_>,
    product: &mut Product,
    names: &[usize],
    said: &VariantSaid,
) -> BTreeMap<Code, Code> {
    let mut values = BTreeMap::new();
    for (name, value) in names.iter().zip(&said.options) {
        if let Some(option) = product.options.get_mut(*name) {
            let value = options::value(option, value, &merge.context.choices.locale);
            values.insert(option.code.clone(), value);
        }
    }
    values
}

/// The variant that is meant: the one of this SKU; without one that of these values; else a new one, whose SKU is
/// made from the product's code and the values.
fn sku(
    merge: &mut Merge<'_>,
    product: &Product,
    said: &VariantSaid,
    values: &BTreeMap<Code, Code>,
    count: usize,
) -> Option<Sku> {
    if let Some(text) = said.sku.clone() {
        let read = Sku::try_from(text.clone());
        return read
            .map_err(|wanted| merge.wrong(said.line, "SKU", format!("“{text}”: {wanted}")))
            .ok();
    }
    let known = product.variants.iter().find(|it| it.options == *values);
    if let Some(known) = known {
        return Some(known.sku.clone());
    }
    if values.is_empty() && count > 0 {
        let wanted = "says neither SKU nor option values: which variant is it?";
        merge.wrong(said.line, "SKU", wanted);
        return None;
    }
    let values: Vec<String> = values.values().filter_map(|it| folding::slug(it)).collect();
    let made: String = std::iter::once(product.code.to_string())
        .chain(values)
        .collect::<Vec<_>>()
        .join("-")
        .chars()
        .take(64)
        .collect();
    Sku::try_from(made).map_err(|wanted| merge.wrong(said.line, "SKU", wanted)).ok()
}

const fn fresh(sku: Sku) -> Variant {
    Variant {
        sku,
        gtin: None,
        options: BTreeMap::new(),
        attributes: BTreeMap::new(),
        weight_grams: None,
        content: None,
        eprel_code: None,
        backorder_days: None,
        bundle: Vec::new(),
        active: true,
    }
}

fn apply(
    merge: &mut Merge<'_>,
    variant: &mut Variant,
    said: &VariantSaid,
    values: BTreeMap<Code, Code>,
) {
    // Options that the format cannot carry (Shopify has three) stay.
    variant.options.extend(values);
    match said.gtin.as_deref() {
        None => {}
        Some("") => variant.gtin = None,
        Some(text) => match Gtin::try_from(text.to_owned()) {
            Ok(gtin) => variant.gtin = Some(gtin),
            Err(wanted) => merge.wrong(said.line, "GTIN", format!("“{text}”: {wanted}")),
        },
    }
    if let Some(weight) = said.weight_grams {
        variant.weight_grams = Some(weight).filter(|it| *it != 0);
    }
    variant.content = said.content.or(variant.content);
    if let Some(code) = &said.eprel_code {
        variant.eprel_code = Some(code.clone()).filter(|it| !it.is_empty());
    }
    variant.active = said.active.unwrap_or(variant.active);
    if let Some(rules) = merge.rules {
        let mut problems: Vec<Problem> = Vec::new();
        let level = AttributeLevel::Variant;
        features::set(rules, level, &mut variant.attributes, &said.features, &mut problems);
        merge.problems.extend(problems);
    }
}
