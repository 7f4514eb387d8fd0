//! The order that replaces what comes back.
//!
//! What the returned units were worth stays charged by their order and stands for the goods that replace them, so nothing
//! has to be paid back and paid again. A claim is replaced free of charge. The goods of an exchange cost nothing either,
//! unless somebody asks for the difference: then each unit costs what it costs today less the share that the returned unit
//! froze (its first, which is never the smaller one), and nothing where that is below zero. What is cheaper gives nothing
//! back by itself: an amount of the line is refunded as goodwill. Medusa works with the same difference; here it is asked
//! for once, in the new order, and what was paid for the old one is left alone.
//!
//! There are no costs of delivery and no promotions. Stock is held as for every order, and the new one may leave before
//! the goods have come back: who wants to wait holds it. Units that are replaced are not paid back as well; once the new
//! order is cancelled they can be, or be replaced by another one.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{
        actions::{Action, may_replace},
        change::{Told, change},
        credit,
        facts::{Facts, Line},
        place::{Added, Clerk, Onto, PlaceLine, as_expected},
        settle::enqueue,
        stock,
        view::OrderView,
    },
    NewReturn, find,
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    error::{Error, Findings, Refusal},
    http::{Answer, PathParams, Permit, Write, allowed},
    refuse,
    tax::{PriceBasis, tax_contained},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(replace))
}

/// What replaces the goods of a return. Without lines it is what the return asks for: the same goods, or those of
/// `exchange_sku`, as many as come back.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewReplacement {
    /// Which lines of the return are replaced, and by what; all of them if none is named.
    #[schema(max_items = 500)]
    pub lines: Vec<ReplacementLine>,
    /// In an exchange, whether goods that cost more today than what comes back ask for the difference.
    pub charge_difference: bool,
    /// What the new order costs, in minor units, as the customer was told. If it would cost something else it is refused.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000i64, examples(0))]
    pub expected_total: Option<i64>,
}

/// What replaces a line of a return.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacementLine {
    /// The line of the order that comes back.
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: i64,
    /// What comes instead; what the return asks for if it is not said.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64, examples("LAMP-RED-L"))]
    pub sku: Option<String>,
    /// How many of the returned units it replaces; all of them if it is not said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: Option<i64>,
}

/// Place the order that replaces the goods of an exchange or a claim.
///
/// It costs nothing, or in an exchange the difference if that is asked for; it has no costs of delivery and no
/// promotions, and it may leave before the goods have come back. `returns[].replacement` names it. A return has one
/// replacement; when that is cancelled it can have another.
#[utoipa::path(post, path = "/orders/{number}/returns/{return}/replacement", operation_id = "replace_return",
    tag = "orders",
    params(("number" = String, Path, description = "The order's number"),
        ("return" = String, Path, description = "The return's number")),
    request_body = NewReplacement, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn replace(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams((number, returned)): PathParams<(String, String)>,
    write: Write<NewReplacement>,
) -> Answer {
    let clerk = Clerk::of(&app, &permit.caller).await?;
    change(&app, permit, write, number, Action::Replace, move |tx, act, facts, input| {
        Box::pin(async move {
            let found = find(facts, &returned)?;
            if !may_replace(found) {
                let detail =
                    "It is no exchange or claim, it was called off, or it is replaced already.";
                refuse!(Refusal::conflict("not_allowed", detail));
            }
            let replacement = place(tx, act, &clerk, facts, &Returned::of(found), &input).await?;
            let sql = "UPDATE order_return SET replacement_id = $2 WHERE id = $1";
            tx.run(sql, args![found.id, replacement.order_id]).await?;
            for it in &found.lines {
                let sql =
                    "UPDATE return_line SET replaced = $3 WHERE return_id = $1 AND position = $2";
                let args = args![found.id, it.position, replacement.units(it.position)];
                tx.run(sql, args).await?;
            }
            let told = serde_json::json!({ "return": returned, "replacement": replacement.number,
                "total": replacement.total });
            enqueue(tx, act, "return.replaced", facts.order.id, told.clone()).await?;
            Ok(Told::new("return_replaced", told))
        })
    })
    .await
}

/// What comes back, whether it is announced or was announced before.
pub(super) struct Returned {
    is_exchange: bool,
    /// Where its lines are in the request, if it is announced with it.
    place: &'static str,
    lines: Vec<ReturnedLine>,
}

struct ReturnedLine {
    position: i64,
    quantity: i64,
    exchange_sku: Option<String>,
}

impl Returned {
    /// A return that is being announced.
    pub(super) fn announced(input: &NewReturn) -> Self {
        let line = |it: &super::NewReturnLine| ReturnedLine {
            position: it.position,
            quantity: it.quantity,
            exchange_sku: it.exchange_sku.clone(),
        };
        let is_exchange = input.kind == super::ReturnKind::Exchange;
        Self { is_exchange, place: "/replacement", lines: input.lines.iter().map(line).collect() }
    }

    /// A return that is there.
    fn of(found: &super::Return) -> Self {
        let line = |it: &super::super::facts::ReturnLine| ReturnedLine {
            position: it.position,
            quantity: it.quantity,
            exchange_sku: it.exchange_sku.clone(),
        };
        let is_exchange = found.kind == "exchange";
        Self { is_exchange, place: "", lines: found.lines.iter().map(line).collect() }
    }
}

/// An order that was placed for goods that come back.
pub(super) struct Replacement {
    pub(super) order_id: i64,
    pub(super) number: String,
    total: i64,
    /// Positions of the old order, and how many of their units it replaces.
    units: Vec<(i64, i64)>,
}

impl Replacement {
    /// How many units of a line it replaces.
    pub(super) fn units(&self, position: i64) -> i64 {
        self.units.iter().find(|it| it.0 == position).map_or(0, |it| it.1)
    }
}

/// A line of the old order, how many of its units are replaced, and by what.
struct Instead<'a> {
    line: &'a Line,
    quantity: u32,
    sku: String,
}

/// Places the order that replaces what comes back.
///
/// # Errors
/// Refused are lines and units that do not come back, units that were paid back or are replaced already
/// (`credited_already`), what is not sold or not in stock, and another total than the expected one.
pub(super) async fn place(
    tx: &mut Tx,
    act: &Act,
    clerk: &Clerk,
    facts: &Facts,
    returned: &Returned,
    wanted: &NewReplacement,
) -> crate::Result<Replacement> {
    let instead = instead(facts, returned, wanted)?;
    let placed_at = |error| placed_at(returned.place, error);
    let skus = instead.iter().map(|it| it.sku.clone()).collect();
    stock::lock(tx, Vec::new(), skus).await?;
    let mut prices = vec![Some(0); instead.len()];
    if wanted.charge_difference {
        let today = add(tx, act, clerk, facts, &instead, &vec![None; instead.len()]).await;
        let today = today.map_err(placed_at)?;
        let basis = today.quote.price_basis;
        let of_goods = today.lines.iter().zip(&instead);
        prices = of_goods.map(|(it, old)| Some(difference(it, old.line, basis))).collect();
    }
    let added = add(tx, act, clerk, facts, &instead, &prices).await.map_err(placed_at)?;
    if let Some(expected) = wanted.expected_total {
        as_expected(added.quote.total, expected)?;
    }
    let placed = clerk.place(tx, act, &facts.order, added).await?.order;
    let units = instead.iter().map(|it| (it.line.position, i64::from(it.quantity))).collect();
    Ok(Replacement { order_id: placed.id, number: placed.number, total: placed.total, units })
}

/// What a unit costs more today than the returned one was worth, on the basis of the prices.
fn difference(today: &Line, old: &Line, basis: PriceBasis) -> i64 {
    let worth = old.shares.total.of_units(0, 1);
    let worth = match basis {
        PriceBasis::Gross => worth,
        PriceBasis::Net => worth - tax_contained(old.tax_rate, worth),
    };
    (today.unit_price - worth).max(0)
}

/// Which lines replace which.
fn instead<'a>(
    facts: &'a Facts,
    returned: &Returned,
    wanted: &NewReplacement,
) -> crate::Result<Vec<Instead<'a>>> {
    let mut findings = Findings::default();
    let place = |rest: &str| format!("{}{rest}", returned.place);
    let asked = !wanted.charge_difference || returned.is_exchange;
    findings.check(asked, place("/charge_difference"), "a claim is replaced free of charge");
    let priced = !wanted.charge_difference || facts.replaces.is_none();
    let detail =
        "the goods of this order replace others: what they cost is not what they are worth";
    findings.check(priced, place("/charge_difference"), detail);
    let all = returned.lines.iter().map(|it| it.position);
    let all = all.map(|position| ReplacementLine { position, sku: None, quantity: None });
    let lines = if wanted.lines.is_empty() { all.collect() } else { wanted.lines.clone() };
    let mut instead = Vec::new();
    for (at, it) in lines.iter().enumerate() {
        let field = |field: &str| place(&format!("/lines/{at}/{field}"));
        let Some(back) = returned.lines.iter().find(|back| back.position == it.position) else {
            findings.note(field("position"), "the return does not contain this line");
            continue;
        };
        let again = lines[..at].iter().any(|other| other.position == it.position);
        findings.check(!again, field("position"), "this line is named twice");
        let (line, quantity) = (facts.line(it.position)?, it.quantity.unwrap_or(back.quantity));
        let fits = (1..=back.quantity).contains(&quantity);
        findings.check(fits, field("quantity"), format!("{} units come back", back.quantity));
        let sku = it.sku.as_ref().or(back.exchange_sku.as_ref()).unwrap_or(&line.sku).clone();
        instead.push(Instead { line, quantity: u32::try_from(quantity).unwrap_or(0), sku });
    }
    findings.end()?;
    for it in &instead {
        check_uncredited(facts, it)?;
    }
    Ok(instead)
}

/// What was paid back, or is replaced already, is not replaced as well.
fn check_uncredited(facts: &Facts, it: &Instead<'_>) -> crate::Result<()> {
    let line = it.line;
    let credited = i64::from(credit::so_far(facts, line.position).units);
    let left = line.shipped + line.cancelled - credited - facts.replaced(line.position);
    if i64::from(it.quantity) > left {
        let detail = format!(
            "Line {}: {} units were neither paid back nor replaced. Place a new order for more.",
            line.position,
            left.max(0)
        );
        refuse!(Refusal::conflict("credited_already", detail));
    }
    Ok(())
}

async fn add(
    tx: &mut Tx,
    act: &Act,
    clerk: &Clerk,
    facts: &Facts,
    instead: &[Instead<'_>],
    prices: &[Option<i64>],
) -> crate::Result<Added> {
    let line = |(it, price): (&Instead<'_>, &Option<i64>)| PlaceLine {
        sku: it.sku.clone(),
        quantity: it.quantity,
        services: Vec::new(),
        note: None,
        unit_price: *price,
    };
    let lines = instead.iter().zip(prices).map(line).collect();
    let onto = Onto { first_position: 1, version: 1, freed: &[] };
    clerk.add(tx, act, &facts.order, lines, onto).await
}

/// The same refusal, with its places where the lines are in the request.
fn placed_at(place: &str, error: Error) -> Error {
    match error {
        Error::Refused(mut refusal) => {
            for it in refusal.fields.iter_mut().filter(|it| it.pointer.starts_with("/lines/")) {
                it.pointer = format!("{place}{}", it.pointer);
            }
            Error::Refused(refusal)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::{
        money::UnitShares,
        orders::facts::{LineDetails, Shares},
    };

    /// Three units of a line with this total and tax.
    fn line(unit_price: i64, total: i64, tax: i64) -> Line {
        Line {
            position: 1,
            goods: true,
            parent: None,
            variant_id: Some(1),
            sku: "LAMP".to_owned(),
            name: "Lamp".to_owned(),
            details: LineDetails::default(),
            quantity: 3,
            unit_price,
            tax_rate: "19".parse().unwrap(),
            discount: 0,
            total,
            tax,
            shares: Shares { total: UnitShares::split(total, NonZeroU32::new(3).unwrap()) },
            shipped: 3,
            cancelled: 0,
            returned: 0,
            version: 1,
        }
    }

    #[test]
    fn the_difference_is_todays_price_less_the_frozen_share_on_the_basis_of_the_prices() {
        let today = line(500, 0, 0);
        let old = line(334, 1_000, 160);
        assert_eq!(difference(&today, &old, PriceBasis::Gross), 500 - 334, "334, 333 and 333");
        assert_eq!(difference(&today, &old, PriceBasis::Net), 500 - (334 - 53));
        assert_eq!(difference(&line(300, 0, 0), &old, PriceBasis::Gross), 0);
    }
}
