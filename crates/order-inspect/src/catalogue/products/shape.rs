//! What must hold of a product whatever else there is.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Media, Product, ProductText, Variant};
use crate::{
    catalogue::check::{self, LONG, SHORT},
    error::Findings,
};

/// Notes what is wrong with the product in itself.
pub(super) fn check(found: &mut Findings, product: &Product) {
    texts(found, &product.texts);
    options(found, product);
    found.check(!product.variants.is_empty(), "/variants", "a product has a variant at least");
    check::count(found, "/variants", &product.variants, 500);
    check::unique(found, "/variants", &product.variants, |it| &it.sku);
    for (at, variant) in product.variants.iter().enumerate() {
        variant_alone(found, &format!("/variants/{at}"), variant);
    }
    combinations(found, product);
    check::count(found, "/media", &product.media, 100);
    for (at, media) in product.media.iter().enumerate() {
        medium(found, &format!("/media/{at}"), media, product);
    }
    check::count(found, "/documents", &product.documents, 50);
    for (at, document) in product.documents.iter().enumerate() {
        check::localised(found, &format!("/documents/{at}/titles"), &document.titles, true, SHORT);
    }
    check::localised(found, "/warnings", &product.warnings, false, LONG);
    eprel(found, "/eprel_code", product.eprel_code.as_deref());
    check::count(found, "/categories", &product.categories, 50);
    check::unique(found, "/categories", &product.categories, |it| it);
    check::count(found, "/services", &product.services, 20);
    check::unique(found, "/services", &product.services, |it| it);
    check::count(found, "/relations", &product.relations, 100);
    check::unique(found, "/relations", &product.relations, |it| (it.kind, &it.product));
    for (at, relation) in product.relations.iter().enumerate() {
        let itself = relation.product == product.code;
        found.check(!itself, format!("/relations/{at}/product"), "is the product itself");
    }
}

fn texts(found: &mut Findings, texts: &[ProductText]) {
    found.check(!texts.is_empty(), "/texts", "a product has a text in one language at least");
    check::count(found, "/texts", texts, 100);
    check::unique(found, "/texts", texts, |it| (&it.channel, &it.locale));
    for (at, text) in texts.iter().enumerate() {
        let place = |field: &str| format!("/texts/{at}/{field}");
        check::length(found, &place("name"), &text.name, 1..=SHORT);
        check::length(found, &place("summary"), &text.summary, 0..=1000);
        check::length(found, &place("description"), &text.description, 0..=LONG);
        check::maybe_length(found, &place("seo_title"), text.seo_title.as_deref(), 1..=SHORT);
        let description = text.seo_description.as_deref();
        check::maybe_length(found, &place("seo_description"), description, 1..=500);
    }
}

fn options(found: &mut Findings, product: &Product) {
    check::count(found, "/options", &product.options, 5);
    check::unique(found, "/options", &product.options, |it| &it.code);
    for (at, option) in product.options.iter().enumerate() {
        let place = format!("/options/{at}");
        check::localised(found, &format!("{place}/labels"), &option.labels, true, SHORT);
        let values = format!("{place}/values");
        found.check(
            !option.values.is_empty(),
            values.as_str(),
            "there must be something to choose",
        );
        check::count(found, &values, &option.values, 200);
        check::unique(found, &values, &option.values, |it| &it.code);
        for (at, value) in option.values.iter().enumerate() {
            check::localised(found, &format!("{values}/{at}/labels"), &value.labels, true, SHORT);
        }
    }
}

fn variant_alone(found: &mut Findings, place: &str, variant: &Variant) {
    if let Some(weight) = variant.weight_grams {
        check::range(found, &format!("{place}/weight_grams"), weight, 1..=100_000_000);
    }
    if let Some(content) = variant.content {
        let fits = (1..=1_000_000_000_000).contains(&content.thousandths);
        let wanted = "must be 1 to 1,000,000,000,000 thousandths";
        found.check(fits, format!("{place}/content/thousandths"), wanted);
    }
    if let Some(days) = variant.backorder_days {
        check::range(found, &format!("{place}/backorder_days"), days, 1..=365);
    }
    eprel(found, &format!("{place}/eprel_code"), variant.eprel_code.as_deref());
    let parts = format!("{place}/bundle");
    check::count(found, &parts, &variant.bundle, 50);
    check::unique(found, &parts, &variant.bundle, |it| &it.sku);
    for (at, part) in variant.bundle.iter().enumerate() {
        let quantity = i64::from(part.quantity);
        check::range(found, &format!("{parts}/{at}/quantity"), quantity, 1..=1000);
        found.check(part.sku != variant.sku, format!("{parts}/{at}/sku"), "is the bundle itself");
    }
}

/// Each variant has one value for each option, and no two that are sold have the same ones.
fn combinations(found: &mut Findings, product: &Product) {
    let options: BTreeMap<_, BTreeSet<_>> = product
        .options
        .iter()
        .map(|option| (&option.code, option.values.iter().map(|value| &value.code).collect()))
        .collect();
    let mut taken = BTreeSet::new();
    for (at, variant) in product.variants.iter().enumerate().filter(|(_, it)| it.active) {
        let place = format!("/variants/{at}/options");
        for (option, values) in &options {
            match variant.options.get(*option) {
                None => found.note(place.as_str(), format!("must say the {option}")),
                Some(value) if !values.contains(value) => {
                    found.note(format!("{place}/{option}"), format!("{value} is no {option}"));
                }
                Some(_) => {}
            }
        }
        for option in variant.options.keys().filter(|it| !options.contains_key(it)) {
            found.note(format!("{place}/{option}"), "the product has no such option");
        }
        let first = taken.insert(&variant.options);
        found.check(first, place, "another variant has the same values: no customer could choose");
    }
}

fn medium(found: &mut Findings, place: &str, media: &Media, product: &Product) {
    check::localised(found, &format!("{place}/alt"), &media.alt, true, 500);
    for (field, pixels) in [("width", media.width), ("height", media.height)] {
        if let Some(pixels) = pixels {
            check::range(found, &format!("{place}/{field}"), i64::from(pixels), 1..=100_000);
        }
    }
    let known =
        media.sku.as_ref().is_none_or(|sku| product.variants.iter().any(|it| it.sku == *sku));
    found.check(known, format!("{place}/sku"), "is no variant of this product");
}

fn eprel(found: &mut Findings, place: &str, code: Option<&str>) {
    let right = code.is_none_or(|code| {
        (1..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit())
    });
    found.check(right, place, "an EPREL registration number is 1 to 20 digits");
}
