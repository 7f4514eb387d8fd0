//! Handing goods to a carrier, and noting that they have arrived.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::Action,
    cancel::LineUnits,
    change::{Told, change},
    credit,
    due::to_capture,
    facts::{Allocation, Facts, Line, Parcel},
    numbers,
    operations::{capture, void_beyond},
    search::tracking_key,
    settle::enqueue,
    stock::{self, Step},
    view::OrderView,
};
use crate::{
    act::Act,
    address::is_line,
    app::App,
    args,
    db::Tx,
    error::{Findings, Refusal},
    http::{Answer, PathParams, Permit, Write, allowed},
    refuse,
    setup::{PaymentFlow, Setup},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ship)).routes(routes!(deliver))
}

/// What leaves the house.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShipment {
    /// Which lines, and how many units of them; everything that is open if none is named.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub lines: Vec<LineUnits>,
    /// The warehouse's code; wherever the stock is held if it is not said, with a shipment for each of them.
    #[serde(default)]
    #[schema(max_length = 60, examples("HAM"))]
    pub location: Option<String>,
    /// Who carries; the carrier of the way to deliver if it is not said.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub carrier: Option<String>,
    /// The parcels, with their tracking numbers.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub parcels: Vec<Parcel>,
}

/// Ship all or some of an order. What was authorised is captured for what leaves.
#[utoipa::path(post, path = "/orders/{number}/shipments", operation_id = "ship_order", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewShipment, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn ship(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<NewShipment>,
) -> Answer {
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    change(&app, permit, write, number, Action::Ship, move |tx, act, facts, input| {
        Box::pin(async move {
            check(&input)?;
            let (carrier, parcels) = carrier_and_parcels(&setup, facts, &input)?;
            let location = match &input.location {
                Some(code) => Some(location_id(tx, code).await?),
                None => None,
            };
            let planned = plan(facts, &input.lines, location)?;
            if planned.len() > 1 {
                // The number of the first shipment is locked before the stock of the second is taken.
                let of = facts.allocations.iter().map(|it| it.variant_id).collect();
                stock::lock(tx, of, Vec::new()).await?;
            }
            let mut parcels = Some(parcels);
            let mut numbers = Vec::new();
            for (location, lines) in &planned {
                // Parcels are named once: they belong to the first shipment.
                let own = parcels.take().unwrap_or_default();
                numbers.push(leave(tx, act, facts, *location, lines, &carrier, &own).await?);
            }
            take_money(tx, act, facts.order.id).await?;
            Ok(Told::new("shipped", serde_json::json!({ "shipments": numbers })))
        })
    })
    .await
}

fn check(input: &NewShipment) -> crate::Result<()> {
    let mut findings = Findings::default();
    findings.list(&input.lines, 0, 500, "/lines");
    let short = |text: &str| text.chars().count() <= 60 && is_line(text);
    for (field, text) in [("location", &input.location), ("carrier", &input.carrier)] {
        let fits = text.as_deref().is_none_or(short);
        findings.check(fits, format!("/{field}"), "at most 60 characters in one line");
    }
    for (at, parcel) in input.parcels.iter().enumerate() {
        let fits = !parcel.tracking.trim().is_empty() && short(&parcel.tracking);
        findings.check(fits, format!("/parcels/{at}/tracking"), "1 to 60 characters in one line");
        let link =
            parcel.url.as_deref().is_none_or(|url| url.starts_with("https://") && url.len() <= 500);
        findings.check(
            link,
            format!("/parcels/{at}/url"),
            "an https address of at most 500 characters",
        );
    }
    findings.check(input.parcels.len() <= 100, "/parcels", "at most 100 parcels");
    findings.end()
}

fn carrier_and_parcels(
    setup: &Setup,
    facts: &Facts,
    input: &NewShipment,
) -> crate::Result<(String, Vec<Parcel>)> {
    let channel = setup.channel_by_id(facts.order.channel_id)?;
    let method = setup
        .deliveries
        .iter()
        .find(|it| it.value.channel == channel.code && it.code == facts.order.delivery_method);
    let carrier = input.carrier.clone().or_else(|| method.map(|it| it.value.carrier.clone()));
    let pattern = method.and_then(|it| it.value.tracking_url.as_deref());
    let link = |parcel: &Parcel| Parcel {
        url: parcel.url.clone().or_else(|| pattern.map(|it| link_to(it, &parcel.tracking))),
        ..parcel.clone()
    };
    Ok((carrier.unwrap_or_default(), input.parcels.iter().map(link).collect()))
}

/// Where a parcel can be followed. Whatever its number is, it stays a part of that address.
fn link_to(pattern: &str, tracking: &str) -> String {
    let tracking = utf8_percent_encode(tracking.trim(), NON_ALPHANUMERIC).to_string();
    pattern.replace("{tracking}", &tracking)
}

pub(super) async fn location_id(tx: &mut Tx, code: &str) -> crate::Result<i64> {
    match tx.row("SELECT id FROM location WHERE code = $1", args![code]).await? {
        Some(row) => Ok(row.get("id")?),
        None => refuse!(Refusal::invalid("/location", format!("there is no location “{code}”"))),
    }
}

/// Which units leave from which location.
fn plan(
    facts: &Facts,
    wanted: &[LineUnits],
    location: Option<i64>,
) -> crate::Result<BTreeMap<i64, Vec<LineUnits>>> {
    let all = facts.lines.iter().filter(|it| it.goods && it.open() > 0);
    let all: Vec<LineUnits> =
        all.map(|it| LineUnits { position: it.position, quantity: it.open() }).collect();
    let wanted = if wanted.is_empty() { &all } else { wanted };
    let mut planned: BTreeMap<i64, Vec<LineUnits>> = BTreeMap::new();
    for it in wanted {
        let line = facts.line(it.position)?;
        if !line.goods {
            refuse!(Refusal::invalid(
                "/lines",
                format!("line {} is a service and goes with its goods", it.position)
            ));
        }
        if it.quantity < 1 || it.quantity > line.open() {
            let detail = format!("Line {} has {} open units.", it.position, line.open());
            refuse!(Refusal::conflict("too_much", detail));
        }
        if wanted.iter().filter(|other| other.position == it.position).count() > 1 {
            refuse!(Refusal::invalid("/lines", format!("line {} is named twice", it.position)));
        }
        let mut left = it.quantity;
        for (from, units) in held_units(facts, line) {
            let part = units.min(left);
            if part > 0 && location.is_none_or(|only| only == from) {
                planned
                    .entry(from)
                    .or_default()
                    .push(LineUnits { position: it.position, quantity: part });
                left -= part;
            }
        }
        if left > 0 {
            let detail = format!("{left} units of line {} are not held there.", it.position);
            refuse!(Refusal::conflict("not_held_there", detail));
        }
    }
    Ok(planned)
}

/// Whole units of a line that a location holds: of a bundle, all of its parts.
fn held_units(facts: &Facts, line: &Line) -> BTreeMap<i64, i64> {
    let own = || facts.allocations.iter().filter(|it| it.position == line.position);
    let mut variants: Vec<i64> = own().map(|it| it.variant_id).collect();
    variants.sort_unstable();
    variants.dedup();
    let mut units = BTreeMap::new();
    for location in own().map(|it| it.location_id) {
        let at = |variant: &i64| -> i64 {
            let here = own().filter(|it| it.variant_id == *variant && it.location_id == location);
            here.map(|it| it.held() / it.per_unit.max(1)).sum()
        };
        units.insert(location, variants.iter().map(at).min().unwrap_or(0));
    }
    units
}

/// Writes one shipment and takes its stock off the shelf.
async fn leave(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    location: i64,
    lines: &[LineUnits],
    carrier: &str,
    parcels: &[Parcel],
) -> crate::Result<String> {
    let order = &facts.order;
    let steps: Vec<Step> = lines.iter().flat_map(|it| steps(facts, it, location)).collect();
    stock::ship(tx, act, order.id, &steps).await?;
    for it in lines {
        let sql =
            "UPDATE order_line SET shipped = shipped + $3 WHERE order_id = $1 AND position = $2";
        tx.run(sql, args![order.id, it.position, it.quantity]).await?;
        // Services go with their goods.
        let sql = "UPDATE order_line SET shipped = CASE WHEN shipped + $3 > quantity - cancelled
            THEN quantity - cancelled ELSE shipped + $3 END WHERE order_id = $1 AND parent = $2";
        tx.run(sql, args![order.id, it.position, it.quantity]).await?;
    }
    let id = act.new_id();
    let number = numbers::next(tx, order.channel_id, "shipment").await?;
    let columns = ["id", "order_id", "location_id", "number", "carrier", "parcels", "shipped_at"];
    let row = args![id, order.id, location, &number, carrier, serde_json::json!(parcels), act.now];
    tx.insert("shipment", &columns, vec![row]).await?;
    let rows = lines.iter().map(|it| args![id, it.position, it.quantity]).collect();
    tx.insert("shipment_line", &["shipment_id", "position", "quantity"], rows).await?;
    let keys: BTreeSet<String> = parcels.iter().map(|it| tracking_key(&it.tracking)).collect();
    let rows = keys.into_iter().map(|key| args![key, id]).collect();
    tx.insert("parcel", &["tracking", "shipment_id"], rows).await?;
    let told = serde_json::json!({ "shipment": number, "shipment_id": id });
    enqueue(tx, act, "shipment.created", order.id, told).await?;
    Ok(number)
}

fn steps(facts: &Facts, it: &LineUnits, location: i64) -> Vec<Step> {
    let here = |held: &&Allocation| held.position == it.position && held.location_id == location;
    let step = |held: &Allocation| Step {
        position: it.position,
        variant_id: held.variant_id,
        location_id: location,
        quantity: it.quantity * held.per_unit,
    };
    facts.allocations.iter().filter(here).map(step).collect()
}

/// Captures what has been earned by shipping, and lets go of the rest when nothing is left to be shipped.
async fn take_money(tx: &mut Tx, act: &Act, order_id: i64) -> crate::Result<()> {
    let facts = Facts::load_id(tx, order_id, false).await?;
    if facts.order.payment_flow != PaymentFlow::Authorise {
        return Ok(());
    }
    capture(tx, act, &facts, to_capture(&facts)).await?;
    if facts.lines.iter().all(|it| it.open() == 0) {
        let facts = Facts::load_id(tx, order_id, false).await?;
        void_beyond(tx, act, &facts, 0).await?;
    }
    Ok(())
}

/// What shipped units cost, with the delivery, less what was credited of them.
pub(super) fn earned(facts: &Facts) -> i64 {
    let line = |it: &Line| {
        let credited = credit::so_far(facts, it.position);
        let open = u32::try_from(it.open()).unwrap_or(0);
        it.total - credited.amount - it.shares.total.of_units(credited.units, open)
    };
    let lines: i64 = facts.lines.iter().map(line).sum();
    lines + credit::shipping_left(facts)
}

/// Nothing more needs to be said.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrival {}

/// Note that a shipment has arrived.
#[utoipa::path(post, path = "/orders/{number}/shipments/{shipment}/delivery", operation_id = "deliver_shipment",
    tag = "orders",
    params(("number" = String, Path, description = "The order's number"),
        ("shipment" = String, Path, description = "The shipment's number")),
    request_body = Arrival, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn deliver(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams((number, shipment)): PathParams<(String, String)>,
    write: Write<Arrival>,
) -> Answer {
    change(&app, permit, write, number, Action::Deliver, move |tx, act, facts, _| {
        Box::pin(async move {
            let Some(found) = facts.shipments.iter().find(|it| it.number == shipment) else {
                refuse!(Refusal::not_found("shipment", shipment));
            };
            if found.delivered_at.is_some() {
                refuse!(Refusal::conflict("not_allowed", "This shipment has arrived already."));
            }
            tx.run("UPDATE shipment SET delivered_at = $2 WHERE id = $1", args![found.id, act.now])
                .await?;
            Ok(Told::new("delivered", serde_json::json!({ "shipment": shipment })))
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::link_to;

    #[test]
    fn a_tracking_number_stays_a_part_of_its_address() {
        let pattern = "https://track.example/{tracking}?lang=de";
        assert_eq!(link_to(pattern, "0034 04"), "https://track.example/0034%2004?lang=de");
        let nasty = link_to(pattern, "../../evil?x=<b>&");
        assert_eq!(nasty, "https://track.example/%2E%2E%2F%2E%2E%2Fevil%3Fx%3D%3Cb%3E%26?lang=de");
    }
}
