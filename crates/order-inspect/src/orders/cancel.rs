//! Cancelling an order or some of its lines.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::Action,
    change::{Told, change},
    credit::{self, Credit},
    facts::{Facts, Line},
    operations::let_go_beyond,
    removal::Removal,
    settle::enqueue,
    standing::money,
    view::OrderView,
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    http::{Answer, PathParams, Permit, Write, allowed},
    language::Language,
};

/// Why orders are cancelled that were not paid in time, as their customers read it.
pub(crate) fn not_paid(language: Language) -> &'static str {
    match language {
        Language::German => "Die Zahlung ist nicht rechtzeitig gekommen.",
        Language::English => "The payment did not come in time.",
    }
}

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
    request_body = Cancellation, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
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
    let removal = Removal::of(facts, wanted)?;
    let mut credits = removal.credits.clone();
    let cancelled: i64 = removal.units.iter().map(|(_, quantity)| quantity).sum();
    let open: i64 = facts.lines.iter().map(Line::open).sum();
    let shipped = facts.lines.iter().any(|it| it.shipped > 0);
    let is_gone = cancelled == open && !shipped;
    if is_gone {
        let left = credit::shipping_left(facts);
        if left > 0 {
            credits.extend(credit::of_shipping(facts, left)?);
        }
        // Promotions are locked before stock, as they are when orders are placed.
        free_promotions(tx, facts.order.id).await?;
    }
    removal.write(tx, facts.order.id).await?;
    let credit = settle_money(tx, act, facts, reason, &credits, is_gone).await?;
    let told = serde_json::json!({ "reason": reason, "lines": wanted, "refund_id": credit });
    enqueue(tx, act, "order.cancelled", facts.order.id, told).await
}

/// Writes credits, and lets go of or gives back the money that is no longer owed. Returns the credit's number.
///
/// A credit pays out itself and no more: what was paid beyond the order stays where it is until somebody asks for it,
/// and so does what could not be given back before. Nothing is paid out for a credit before the order was paid. Of an
/// order that is cancelled as a whole (`is_gone`) nothing is kept.
pub(super) async fn settle_money(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    reason: &str,
    credits: &[Credit],
    is_gone: bool,
) -> crate::Result<i64> {
    let credited = credit::sum(credits);
    let owed = money(facts).owed - credited;
    let most = if is_gone { i64::MAX } else { credited };
    let operation = let_go_beyond(tx, act, facts, owed, most).await?;
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
