//! Lines of an order before it exists: what they are, what they cost and what they need of the stock. No database here,
//! only what was read before.

use std::{num::NonZeroU32, sync::Arc};

use super::{
    ground::Ground,
    offers::{Offer, Product},
    request::{PlaceLine, PlaceOrder},
    stock,
};
use crate::{
    address::Address,
    error::{Error, Findings, Refusal},
    language::Language,
    moment::Moment,
    money::Currency,
    orders::facts::{Line, LineDetails, Shares},
    percent::Percent,
    pricing::{Audience, PriceInterval, price_in_force},
    promotions::{Cart, CartLine, LineKind},
    quote::{Quote, Terms, quote},
    refuse,
    setup::{Channel, Setup, Stored, text_in},
};

/// A line of goods or a service, before it has a price in the quote.
pub(super) struct Draft {
    pub(super) offer: Option<Arc<Offer>>,
    position: i64,
    parent: Option<i64>,
    pub(super) sku: String,
    pub(super) name: String,
    details: LineDetails,
    quantity: u32,
    unit_price: i64,
    tax_rate: Percent,
}

/// Where and for whom an order is placed.
pub(super) struct Scene<'a> {
    pub(super) setup: &'a Setup,
    pub(super) channel: &'a Stored<Channel>,
    pub(super) currency: Currency,
    pub(super) language: Language,
    pub(super) group: Option<String>,
    pub(super) country: &'a str,
    pub(super) now: Moment,
    /// The place of the first of its lines in the order.
    pub(super) first_position: i64,
}

impl Scene<'_> {
    /// What invoices say about the rate of a class.
    fn tax_note(&self, class: &str) -> Option<String> {
        self.setup.tax_note(class, self.country, self.now, self.language)
    }

    /// The place of the line that comes after these.
    fn next_position(&self, drafts: &[Draft]) -> i64 {
        self.first_position + i64::try_from(drafts.len()).unwrap_or(i64::MAX)
    }
}

pub(super) fn scene<'a>(
    ground: &Ground,
    setup: &'a Setup,
    channel: &'a Stored<Channel>,
    wanted: &'a PlaceOrder,
    now: Moment,
) -> crate::Result<Scene<'a>> {
    let currency = wanted.currency.unwrap_or_else(|| channel.value.currency());
    if !channel.value.currencies.contains(&currency) {
        refuse!(Refusal::invalid("/currency", format!("this shop does not sell in {currency}")));
    }
    let group = match wanted.customer_id {
        None => None,
        Some(id) => match ground.customers.get(&id) {
            Some((home, group)) if *home == channel.id => group.clone(),
            _ => {
                refuse!(Refusal::invalid("/customer_id", format!("this shop has no customer {id}")))
            }
        },
    };
    let language = wanted.locale.unwrap_or_else(|| channel.value.language());
    let country = wanted.goes_to().country.as_str();
    Ok(Scene { setup, channel, currency, language, group, country, now, first_position: 1 })
}

pub(super) fn drafts(
    ground: &Ground,
    scene: &Scene<'_>,
    wanted: &PlaceOrder,
) -> crate::Result<Vec<Draft>> {
    let mut findings = Findings::default();
    let mut drafts = Vec::with_capacity(wanted.lines.len());
    for (at, line) in wanted.lines.iter().enumerate() {
        match draft_line(ground, scene, line, &mut drafts) {
            Err(Error::Refused(refusal)) if refusal.status == 422 => {
                findings.note_under(&format!("/lines/{at}"), refusal.fields);
            }
            outcome => outcome?,
        }
    }
    findings.end()?;
    Ok(drafts)
}

/// Adds a line and its services to the drafts. If it is refused, some of them may have been added.
pub(super) fn draft_line(
    ground: &Ground,
    scene: &Scene<'_>,
    line: &PlaceLine,
    drafts: &mut Vec<Draft>,
) -> crate::Result<()> {
    let offer = offer(ground, scene, line)?;
    let Some(unit_price) = line.unit_price.or(price(&offer.prices, scene, line.quantity)) else {
        let detail = format!("“{}” has no price in {} here", line.sku, scene.currency);
        refuse!(Refusal::invalid("/sku", detail));
    };
    let product = &offer.product;
    check_services(product, line)?;
    let parent = scene.next_position(drafts);
    drafts.push(Draft {
        position: parent,
        parent: None,
        sku: line.sku.clone(),
        name: product.name(scene.channel.id, scene.language).to_owned(),
        details: LineDetails {
            product: product.code.clone(),
            brand: product.brand.clone(),
            labels: product.labels(&offer.options, scene.language),
            options: offer.options.clone(),
            note: line.note.clone(),
            tax_note: scene.tax_note(&product.tax_class),
        },
        quantity: line.quantity,
        unit_price,
        tax_rate: scene.setup.tax_rate(&product.tax_class, scene.country, scene.now)?,
        offer: Some(offer),
    });
    for code in &line.services {
        let (service, amount) = scene.setup.service(code, &scene.channel.code, scene.currency)?;
        drafts.push(Draft {
            offer: None,
            position: scene.next_position(drafts),
            parent: Some(parent),
            sku: code.clone(),
            name: text_in(&service.value.names, scene.language).cloned().unwrap_or_default(),
            details: LineDetails {
                tax_note: scene.tax_note(&service.value.tax_class),
                ..LineDetails::default()
            },
            quantity: line.quantity,
            unit_price: amount,
            tax_rate: scene.setup.tax_rate(&service.value.tax_class, scene.country, scene.now)?,
        });
    }
    Ok(())
}

/// Services go with certain products, and each once with a unit.
fn check_services(product: &Product, line: &PlaceLine) -> crate::Result<()> {
    let mut findings = Findings::default();
    for (at, code) in line.services.iter().enumerate() {
        let place = format!("/services/{at}");
        let offered = product.services.contains(code);
        findings.check(offered, &place, format!("“{code}” does not go with “{}”", line.sku));
        let once = !line.services[..at].contains(code);
        findings.check(once, &place, format!("“{code}” is named twice"));
    }
    findings.end()
}

fn offer(ground: &Ground, scene: &Scene<'_>, line: &PlaceLine) -> crate::Result<Arc<Offer>> {
    let offer = ground.offers.get(&line.sku).cloned();
    match offer.filter(|it| it.active && it.product.is_published(scene.channel.id, scene.now)) {
        Some(offer) => Ok(offer),
        None => {
            let detail = format!("“{}” is not sold in this shop", line.sku);
            refuse!(Refusal::invalid("/sku", detail))
        }
    }
}

/// The price in force for a quantity.
pub(super) fn price(
    prices: &[(i64, Currency, PriceInterval)],
    scene: &Scene<'_>,
    quantity: u32,
) -> Option<i64> {
    let here = prices.iter().filter(|(channel, currency, _)| {
        *channel == scene.channel.id && *currency == scene.currency
    });
    let intervals: Vec<PriceInterval> = here.map(|(_, _, interval)| interval.clone()).collect();
    let audience = Audience { customer_group: scene.group.as_deref(), quantity };
    price_in_force(&intervals, audience, scene.now).map(crate::pricing::PriceInForce::amount)
}

/// What it costs to deliver the drafts to an address, before promotions.
pub(super) fn shipping(
    scene: &Scene<'_>,
    address: &Address,
    method: &str,
    drafts: &[Draft],
) -> crate::Result<i64> {
    let goods = drafts.iter().map(|it| it.unit_price.saturating_mul(i64::from(it.quantity)));
    let goods = goods.fold(0_i64, i64::saturating_add);
    let delivery = scene.setup.delivery(&scene.channel.code, method)?;
    let Some(area) = delivery.value.area(&address.country, &address.postal_code) else {
        let detail = format!(
            "“{}” does not deliver to {} {}",
            delivery.code, address.country, address.postal_code
        );
        refuse!(Refusal::invalid("/delivery_method", detail));
    };
    let Some(shipping) = delivery.value.price(scene.currency, goods, area) else {
        let detail = format!("“{}” has no price in {}", delivery.code, scene.currency);
        refuse!(Refusal::invalid("/delivery_method", detail));
    };
    Ok(shipping)
}

/// The price of everything, with delivery, promotions and tax.
pub(super) fn priced(
    ground: &Ground,
    scene: &Scene<'_>,
    wanted: &PlaceOrder,
    drafts: &[Draft],
    shipping: i64,
) -> crate::Result<Quote> {
    let cart = Cart {
        currency: scene.currency,
        language: scene.language,
        channel: scene.channel.code.clone(),
        customer_group: scene.group.clone(),
        is_first_order: !ground.known_emails.contains(&wanted.email),
        codes: wanted.coupons.clone(),
        now: scene.now,
        lines: drafts.iter().map(|draft| cart_line(scene, draft)).collect::<crate::Result<_>>()?,
        shipping,
    };
    let terms = Terms {
        price_basis: scene.channel.value.price_basis(),
        shipping_tax: crate::quote::ShippingTax::default(),
    };
    quote(&cart, terms, &ground.rules, &ground.usage_for(&wanted.email))
        .map_err(|error| Refusal::invalid("/lines", error.to_string()).into())
}

fn cart_line(scene: &Scene<'_>, draft: &Draft) -> crate::Result<CartLine> {
    let Some(quantity) = NonZeroU32::new(draft.quantity) else {
        refuse!(Refusal::invalid("/lines", "a line has at least one unit"));
    };
    let lines = draft.offer.iter().flat_map(|it| &it.product.categories);
    let mut category_ids: Vec<String> =
        lines.filter_map(|id| scene.setup.category_lines.get(id)).flatten().cloned().collect();
    category_ids.sort_unstable();
    category_ids.dedup();
    Ok(CartLine {
        key: draft.position.to_string(),
        kind: if draft.offer.is_some() { LineKind::Goods } else { LineKind::Service },
        variant_id: draft.sku.clone(),
        product_id: draft.details.product.clone(),
        category_ids,
        brand_id: draft.details.brand.clone(),
        quantity,
        unit_price: draft.unit_price,
        tax_rate: draft.tax_rate,
    })
}

/// What has to be taken from stock.
pub(super) fn needs(drafts: &[Draft]) -> Vec<stock::Need> {
    let mut needs = Vec::new();
    for draft in drafts {
        let Some(offer) = &draft.offer else { continue };
        let parts = match offer.parts.as_slice() {
            [] => vec![(offer.variant_id, 1)],
            parts => parts.to_vec(),
        };
        needs.push(stock::Need {
            position: draft.position,
            quantity: i64::from(draft.quantity),
            parts,
            backorder: offer.backorder,
        });
    }
    needs
}

pub(super) fn out_of_stock(missing: &[stock::Missing], drafts: &[Draft]) -> Refusal {
    let at = |position: i64| drafts.iter().find(|draft| draft.position == position);
    let told: Vec<_> = missing
        .iter()
        .filter_map(|it| {
            let draft = at(it.position)?;
            Some(serde_json::json!({ "sku": draft.sku, "wanted": draft.quantity, "available": it.available }))
        })
        .collect();
    let names: Vec<&str> =
        missing.iter().filter_map(|it| at(it.position)).map(|it| it.sku.as_str()).collect();
    let detail = format!("Not enough in stock of {}.", names.join(", "));
    Refusal::conflict("out_of_stock", detail).with_facts(serde_json::json!({ "lines": told }))
}

/// The lines with their price in the quote; `version` is the order version that brings them.
pub(super) fn lines(drafts: &[Draft], quote: &Quote, version: i64) -> Vec<Line> {
    let line = |(draft, quoted): (&Draft, &crate::quote::QuotedLine)| Line {
        position: draft.position,
        goods: draft.offer.is_some(),
        parent: draft.parent,
        variant_id: draft.offer.as_ref().map(|it| it.variant_id),
        sku: draft.sku.clone(),
        name: draft.name.clone(),
        details: draft.details.clone(),
        quantity: i64::from(draft.quantity),
        unit_price: draft.unit_price,
        tax_rate: draft.tax_rate,
        discount: quoted.discounts.iter().map(|it| it.amount).sum(),
        total: quoted.total,
        tax: quoted.tax,
        shares: Shares { total: quoted.unit_totals },
        shipped: 0,
        cancelled: 0,
        returned: 0,
        version,
    };
    drafts.iter().zip(&quote.lines).map(line).collect()
}
