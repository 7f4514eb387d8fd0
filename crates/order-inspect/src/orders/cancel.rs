//! Cancelling an order or some of its lines.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::Action,
    change::{Told, change},
    credit::{self, Credit},
    facts::{Allocation, Facts, Line},
    operations::{give_back, held, void_beyond},
    settle::enqueue,
    standing::money,
    stock::{self, Step},
    view::OrderView,
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    error::Refusal,
    http::{Answer, PathParams, Permit, Write, allowed},
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(cancel))
}

/// What is cancelled, and why.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// Why.
    #[schema(min_length = 1, max_length = 500, examples("The customer has changed their mind."))]
    pub reason: String,
    /// Which lines, and how many units of them; everything that was not shipped if none is named.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub lines: Vec<LineUnits>,
}

/// Units of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineUnits {
    /// The line.
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: i64,
    /// How many.
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: i64,
}

/// Cancel all or some of what was not shipped. Stock is set free; what was paid for it is given back.
#[utoipa::path(post, path = "/orders/{number}/cancellation", operation_id = "cancel_order", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = Cancellation, security(("api_key" = [])), responses((status = 200, body = OrderView)))]
async fn cancel(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<Cancellation>,
) -> Answer {
    change(&app, permit, write, number, Action::Cancel, |tx, act, facts, input| {
        Box::pin(async move {
            let reason = super::reason(&input.reason)?;
            let wanted = if input.lines.is_empty() { everything(facts) } else { input.lines };
            cancel_units(tx, act, facts, &reason, &wanted).await?;
            Ok(Told::new("cancelled", serde_json::json!({ "reason": reason, "lines": wanted })))
        })
    })
    .await
}

/// All units that are open.
pub(crate) fn everything(facts: &Facts) -> Vec<LineUnits> {
    let open = facts.lines.iter().filter(|it| it.open() > 0);
    open.map(|it| LineUnits { position: it.position, quantity: it.open() }).collect()
}

/// Cancels units: what they cost is credited, their stock is set free, and money that is no longer owed goes back.
pub(crate) async fn cancel_units(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    reason: &str,
    wanted: &[LineUnits],
) -> crate::Result<()> {
    let units = with_services(facts, wanted)?;
    let mut credits = Vec::new();
    let mut steps = Vec::new();
    for (line, quantity) in &units {
        credits.push(credit::of_units(facts, line, *quantity)?);
        steps.extend(released(facts, line, *quantity));
        let sql = "UPDATE order_line SET cancelled = cancelled + $3 WHERE order_id = $1 AND position = $2";
        tx.run(sql, args![facts.order.id, line.position, *quantity]).await?;
    }
    let cancelled: i64 = units.iter().map(|(_, quantity)| quantity).sum();
    let open: i64 = facts.lines.iter().map(Line::open).sum();
    let shipped = facts.lines.iter().any(|it| it.shipped > 0);
    let left = credit::shipping_left(facts);
    if cancelled == open && !shipped && left > 0 {
        credits.extend(credit::of_shipping(facts, left)?);
    }
    stock::release(tx, facts.order.id, &steps).await?;
    if cancelled == open && !shipped {
        free_promotions(tx, facts.order.id).await?;
    }
    let credit = settle_money(tx, act, facts, reason, &credits).await?;
    let told = serde_json::json!({ "reason": reason, "lines": wanted, "refund_id": credit });
    enqueue(tx, act, "order.cancelled", facts.order.id, told).await
}

/// The lines that are meant, with the services that go with them: those of a line that goes, go along.
fn with_services<'a>(
    facts: &'a Facts,
    wanted: &[LineUnits],
) -> crate::Result<Vec<(&'a Line, i64)>> {
    let mut units: Vec<(&Line, i64)> = Vec::new();
    let mut add = |line: &'a Line, quantity: i64| match units
        .iter_mut()
        .find(|(it, _)| it.position == line.position)
    {
        Some((_, sum)) => *sum = (*sum).max(quantity),
        None => units.push((line, quantity)),
    };
    for it in wanted {
        let line = facts.line(it.position)?;
        if it.quantity < 1 || it.quantity > line.open() {
            let detail = format!("Line {} has {} open units.", it.position, line.open());
            refuse!(Refusal::conflict("too_much", detail));
        }
        add(line, it.quantity);
        for service in facts.lines.iter().filter(|service| service.parent == Some(it.position)) {
            let quantity = it.quantity.min(service.open());
            if quantity > 0 {
                add(service, quantity);
            }
        }
    }
    Ok(units)
}

/// The stock that so many units of a line hold, from the last location to the first.
fn released(facts: &Facts, line: &Line, quantity: i64) -> Vec<Step> {
    let own = |it: &&Allocation| it.position == line.position;
    let mut variants: Vec<i64> =
        facts.allocations.iter().filter(own).map(|it| it.variant_id).collect();
    variants.dedup();
    let mut steps = Vec::new();
    for variant in variants {
        let mut left = None;
        for it in facts.allocations.iter().filter(own).filter(|it| it.variant_id == variant).rev() {
            let missing = left.unwrap_or(quantity * it.per_unit);
            let part = it.held().min(missing);
            left = Some(missing - part);
            if part > 0 {
                steps.push(Step {
                    position: it.position,
                    variant_id: variant,
                    location_id: it.location_id,
                    quantity: part,
                });
            }
        }
    }
    steps
}

/// Writes credits, and lets go of or gives back the money that is no longer owed.
pub(super) async fn settle_money(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    reason: &str,
    credits: &[Credit],
) -> crate::Result<i64> {
    let owed = money(facts).owed - credit::sum(credits);
    let captured: i64 = held(facts).iter().map(|it| it.captured).sum();
    let operation =
        if captured > owed { give_back(tx, act, facts, captured - owed).await? } else { None };
    void_beyond(tx, act, facts, owed - captured).await?;
    let lines = credit::taxed(facts, credits);
    credit::write(tx, act, facts.order.id, reason, operation, &lines).await
}

/// Gives the budgets of promotions back what an order has used of them that nobody gets.
async fn free_promotions(tx: &mut Tx, order_id: i64) -> crate::Result<()> {
    let sql = "SELECT u.promotion_id, u.amount FROM promotion_use u JOIN promotion p ON p.id = u.promotion_id
        WHERE u.order_id = $1 ORDER BY p.code";
    for row in tx.rows(sql, args![order_id]).await? {
        let (promotion, amount): (i64, i64) = (row.get("promotion_id")?, row.get("amount")?);
        let sql = "UPDATE promotion SET used_count = used_count - 1, used_amount = used_amount - $2
            WHERE id = $1";
        tx.run(sql, args![promotion, amount]).await?;
    }
    tx.run("DELETE FROM promotion_use WHERE order_id = $1", args![order_id]).await?;
    Ok(())
}
