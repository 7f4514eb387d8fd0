//! An entry as it is written, whether into a document or a table.

use super::{description, title};
use crate::{
    catalogue::{
        attributes::{Attribute, AttributeKind},
        products::record::{AttributeValue, MediaKind, Product, Variant},
    },
    exchange::{
        plan::{Context, merge::text_of, prices::decimal, stand::Stand},
        shopify::write::{regular, thousandths, unit},
    },
    inspect::availability::AvailabilityState,
    moment::Moment,
    money::Currency,
    pricing::{BaseUnit, PriceKind},
    setup::DeliveryMethod,
};

/// The attributes, in their order (the names of Google's product data specification).
pub(super) const NAMES: [&str; 26] = [
    "id",
    "title",
    "description",
    "link",
    "image_link",
    "additional_image_link",
    "availability",
    "availability_date",
    "price",
    "sale_price",
    "sale_price_effective_date",
    "brand",
    "gtin",
    "identifier_exists",
    "condition",
    "item_group_id",
    "color",
    "size",
    "material",
    "pattern",
    "product_type",
    "unit_pricing_measure",
    "unit_pricing_base_measure",
    "shipping_weight",
    "certification",
    "shipping",
];
/// The parts of a certification and of a shipping.
pub(super) const CERTIFICATION: [&str; 3] =
    ["certification_authority", "certification_name", "certification_code"];
pub(super) const SHIPPING: [&str; 7] = [
    "country",
    "service",
    "price",
    "min_handling_time",
    "max_handling_time",
    "min_transit_time",
    "max_transit_time",
];

/// The most further pictures.
const MORE_PICTURES: usize = 10;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Many(Vec<String>),
    /// Groups of named parts, in the order of [`CERTIFICATION`] or [`SHIPPING`].
    Groups(Vec<Vec<String>>),
}

/// What entries say beside the product itself.
pub(super) struct Facts {
    pub(super) context: Context,
    pub(super) link: String,
    pub(super) now: Moment,
    pub(super) brands: std::collections::BTreeMap<String, String>,
    pub(super) attributes: Vec<Attribute>,
    /// The way to each category, from the root.
    pub(super) categories: std::collections::BTreeMap<String, String>,
    pub(super) deliveries: Vec<DeliveryMethod>,
    /// How many working days pass until a parcel leaves: at least and at most.
    pub(super) handling: (i64, i64),
}

/// The entry of a variant; none where it has no price, as Google takes none without.
pub(super) fn entry(
    facts: &Facts,
    stand: &Stand,
    variant: &Variant,
) -> Option<Vec<(&'static str, Value)>> {
    let product = &stand.record.product;
    let choices = &facts.context.choices;
    let text = text_of(product, &choices.channel, &choices.locale)?;
    let mut entry = vec![("id", Value::Text(variant.sku.to_string()))];
    let mut say = |name: &'static str, text: Option<String>| {
        entry.extend(text.filter(|it| !it.is_empty()).map(|it| (name, Value::Text(it))));
    };
    say("title", Some(title(text)));
    say("description", Some(description(text)));
    let slug = text.slug.as_ref().map_or_else(|| product.code.to_string(), ToString::to_string);
    say("link", Some(facts.link.replace("{slug}", &slug).replace("{sku}", &variant.sku)));
    let mut pictures = pictures(product, variant).into_iter();
    say("image_link", pictures.next());
    let (state, date) = availability(facts, stand, variant);
    say("availability", Some(state.to_owned()));
    say("availability_date", date);
    let amount = prices(facts, stand, variant, &mut say)?;
    let brand = product.brand.as_ref().and_then(|it| facts.brands.get(&**it)).cloned();
    let known = variant.gtin.is_some() || brand.is_some();
    say("brand", brand);
    say("gtin", variant.gtin.as_ref().map(ToString::to_string));
    say("identifier_exists", (!known).then(|| "no".to_owned()));
    say("condition", Some("new".to_owned()));
    let several = product.variants.iter().filter(|it| it.active).count() > 1;
    say("item_group_id", several.then(|| product.code.to_string()));
    for (name, codes) in DETAILS {
        say(name, detail(facts, product, variant, codes));
    }
    let category = product.categories.first().and_then(|it| facts.categories.get(&**it));
    say("product_type", category.cloned());
    if let Some(content) = variant.content {
        say(
            "unit_pricing_measure",
            Some(format!("{} {}", thousandths(content.thousandths), unit(content.unit))),
        );
        let base = BaseUnit::of(content.unit).to_string().replace(' ', "");
        say("unit_pricing_base_measure", Some(base.replace('²', "2").replace('³', "3")));
    }
    say("shipping_weight", variant.weight_grams.map(|it| format!("{it} g")));
    let more: Vec<String> = pictures.take(MORE_PICTURES).collect();
    if !more.is_empty() {
        entry.push(("additional_image_link", Value::Many(more)));
    }
    let eprel = variant.eprel_code.as_ref().or(product.eprel_code.as_ref());
    if let Some(code) = eprel {
        let parts = vec!["EC".to_owned(), "EPREL".to_owned(), code.clone()];
        entry.push(("certification", Value::Groups(vec![parts])));
    }
    let shipping = shipping(facts, amount);
    if !shipping.is_empty() {
        entry.push(("shipping", Value::Groups(shipping)));
    }
    entry.sort_by_key(|(name, _)| NAMES.iter().position(|it| it == name));
    Some(entry)
}

/// Attributes of Google, and the codes of options and attributes here that mean the same.
const DETAILS: [(&str, &[&str]); 4] = [
    ("color", &["color", "colour", "farbe"]),
    ("size", &["size", "groesse"]),
    ("material", &["material", "wood", "holz"]),
    ("pattern", &["pattern", "muster"]),
];

/// A picture of the variant stands before those of the product.
fn pictures(product: &Product, variant: &Variant) -> Vec<String> {
    let images = product.media.iter().filter(|it| it.kind == MediaKind::Image);
    let (own, others): (Vec<_>, Vec<_>) = images
        .filter(|it| it.sku.as_ref().is_none_or(|sku| *sku == variant.sku))
        .partition(|it| it.sku.is_some());
    own.into_iter().chain(others).map(|it| it.url.to_string()).collect()
}

fn availability(facts: &Facts, stand: &Stand, variant: &Variant) -> (&'static str, Option<String>) {
    let Some(it) = stand.availability(&variant.sku, facts.now) else {
        return ("out_of_stock", None);
    };
    let day = |at: Moment| at.timestamp().ok().map(|it| it.to_string());
    match it.state {
        AvailabilityState::InStock => ("in_stock", None),
        AvailabilityState::Backorder => {
            let micros = it.backorder_days.unwrap_or(0) * 86_400_000_000;
            (
                "backorder",
                it.incoming_at.or(Some(facts.now.saturating_add_micros(micros))).and_then(day),
            )
        }
        AvailabilityState::Incoming | AvailabilityState::SoldOut => ("out_of_stock", None),
    }
}

/// The ordinary price, and the reduction with its time; answers with what is paid. What was not offered before is sold
/// at its price, and is no reduction of anything.
fn prices(
    facts: &Facts,
    stand: &Stand,
    variant: &Variant,
    say: &mut impl FnMut(&'static str, Option<String>),
) -> Option<i64> {
    let currency = facts.context.choices.currency;
    let code = currency.code();
    let text = |minor: i64| format!("{} {code}", decimal(minor, currency));
    let in_force = stand.price(&variant.sku, code, facts.now)?;
    let sale = Some(in_force.applied).filter(|it| it.kind == PriceKind::Sale);
    let reduced = stand.is_reduced(&variant.sku, code);
    let ordinary = regular(stand, &variant.sku, code, facts.now);
    let ordinary = ordinary.filter(|_| sale.is_none() || reduced).or(sale)?;
    say("price", Some(text(ordinary.amount)));
    if let Some(sale) = sale.filter(|it| it.amount < ordinary.amount) {
        say("sale_price", Some(text(sale.amount)));
        say("sale_price_effective_date", sale.until.map(|until| format!("{}/{until}", sale.from)));
    }
    Some(in_force.amount())
}

/// An option or an attribute, in the language of the feed.
fn detail(facts: &Facts, product: &Product, variant: &Variant, codes: &[&str]) -> Option<String> {
    let locale = &facts.context.choices.locale;
    let option = product.options.iter().find(|it| codes.contains(&&*it.code));
    if let Some(option) = option {
        let chosen = variant.options.get(&option.code)?;
        let value = option.values.iter().find(|it| it.code == *chosen)?;
        return value.labels.pick(locale).map(str::to_owned);
    }
    let values = variant.attributes.iter().chain(&product.attributes);
    let (code, value) = { values }.find(|(code, _)| codes.contains(&&***code))?;
    let attribute = facts.attributes.iter().find(|it| it.code == *code)?;
    said(attribute, value, locale).into_iter().next()
}

/// The values of an attribute as people read them.
pub(in crate::exchange) fn said(
    attribute: &Attribute,
    value: &AttributeValue,
    locale: &str,
) -> Vec<String> {
    let chosen = |code: &String| {
        let choice = attribute.choices.iter().find(|it| *it.code == **code);
        choice.and_then(|it| it.labels.pick(locale)).map_or_else(|| code.clone(), str::to_owned)
    };
    let choices = matches!(attribute.kind, AttributeKind::Choice | AttributeKind::MultiChoice);
    match value {
        AttributeValue::Flag(it) => vec![it.to_string()],
        AttributeValue::Text(it) if choices => vec![chosen(it)],
        AttributeValue::Text(it) => vec![it.clone()],
        AttributeValue::Many(all) => all.iter().map(chosen).collect(),
    }
}

/// What delivering costs in the shop's country, and how long it takes.
fn shipping(facts: &Facts, goods: i64) -> Vec<Vec<String>> {
    let currency: Currency = facts.context.choices.currency;
    let country = &facts.context.country;
    let ways = facts.deliveries.iter().filter_map(|way| {
        let area = way.area(country, "")?;
        let price = way.price(currency, goods, area)?;
        Some(vec![
            country.clone(),
            way.carrier.clone(),
            format!("{} {}", decimal(price, currency), currency.code()),
            facts.handling.0.to_string(),
            facts.handling.1.to_string(),
            area.transit_days_min.to_string(),
            area.transit_days_max.to_string(),
        ])
    });
    ways.collect()
}
