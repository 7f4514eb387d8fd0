//! Booking what came back, and calling off what will not.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{
        actions::Action,
        change::{Told, change},
        credit,
        facts::{Facts, Line, Return},
        refund::give,
        settle::enqueue,
        ship::location_id,
        stock::{self, Step},
        view::OrderView,
    },
    find,
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    error::Refusal,
    http::{Answer, PathParams, Permit, Write, allowed},
    language::Language,
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(receive)).routes(routes!(call_off))
}

/// What came back, and in which condition.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The warehouse that it came back to; where it was shipped from if it is not said.
    #[serde(default)]
    #[schema(max_length = 60, examples("HAM"))]
    pub location: Option<String>,
    /// What came back of each line. What is not named did not.
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<ReceivedLine>,
    /// Whether money is given back for it at once; not for units that are replaced.
    #[serde(default)]
    pub refund: bool,
    /// Whether the delivery to the customer is given back with it, as far as that has not happened; if it is not said,
    /// it is when nothing of the order stays with the customer.
    #[serde(default)]
    pub refund_shipping: Option<bool>,
}

/// What came back of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivedLine {
    /// The line.
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: i64,
    /// Units that are good and go back on the shelf.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub restock: i64,
    /// Units that are not.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub write_off: i64,
}

/// Book what came back: good units go on the shelf, the others are written off.
#[utoipa::path(post, path = "/orders/{number}/returns/{return}/receipt", operation_id = "receive_return",
    tag = "orders",
    params(("number" = String, Path, description = "The order's number"),
        ("return" = String, Path, description = "The return's number")),
    request_body = Receipt, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn receive(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams((number, returned)): PathParams<(String, String)>,
    write: Write<Receipt>,
) -> Answer {
    change(&app, permit, write, number, Action::ReceiveReturn, move |tx, act, facts, input| {
        Box::pin(async move {
            let found = open_return(facts, &returned)?;
            let location = location(tx, facts, input.location.as_deref()).await?;
            let steps = book(tx, facts, found, &input.lines, location).await?;
            stock::put_back(tx, act, facts.order.id, &steps).await?;
            let sql = "UPDATE order_return SET received_at = $2 WHERE id = $1";
            tx.run(sql, args![found.id, act.now]).await?;
            let told = serde_json::json!({ "return": returned, "lines": input.lines });
            enqueue(tx, act, "return.received", facts.order.id, told.clone()).await?;
            if input.refund {
                refund(tx, act, facts, found, &input).await?;
            }
            Ok(Told::new("return_received", told))
        })
    })
    .await
}

fn open_return<'a>(facts: &'a Facts, number: &str) -> crate::Result<&'a Return> {
    let found = find(facts, number)?;
    if !found.is_open() {
        let detail = "This return was received or called off already.";
        refuse!(Refusal::conflict("not_allowed", detail));
    }
    Ok(found)
}

async fn location(tx: &mut Tx, facts: &Facts, said: Option<&str>) -> crate::Result<i64> {
    match (said, facts.shipments.first()) {
        (Some(code), _) => location_id(tx, code).await,
        (None, Some(shipment)) => Ok(shipment.location_id),
        (None, None) => refuse!(Refusal::conflict("not_shipped", "Nothing was shipped.")),
    }
}

/// Writes what came back and says what goes on the shelf.
async fn book(
    tx: &mut Tx,
    facts: &Facts,
    found: &Return,
    lines: &[ReceivedLine],
    location_id: i64,
) -> crate::Result<Vec<Step>> {
    let mut steps = Vec::new();
    for (at, it) in lines.iter().enumerate() {
        let expected = found.lines.iter().find(|line| line.position == it.position);
        let most = expected.map_or(0, |line| line.quantity);
        let came = it.restock.saturating_add(it.write_off);
        let twice = lines[..at].iter().any(|other| other.position == it.position);
        if it.restock < 0 || it.write_off < 0 || !(1..=most).contains(&came) || twice {
            let detail = format!("of line {} {most} units are expected, once", it.position);
            refuse!(Refusal::invalid(format!("/lines/{at}"), detail));
        }
        let sql = "UPDATE return_line SET restocked = $3, written_off = $4 WHERE return_id = $1 AND position = $2";
        tx.run(sql, args![found.id, it.position, it.restock, it.write_off]).await?;
        let sql =
            "UPDATE order_line SET returned = returned + $3 WHERE order_id = $1 AND position = $2";
        tx.run(sql, args![facts.order.id, it.position, came]).await?;
        let mut parts: Vec<(i64, i64)> = facts
            .allocations
            .iter()
            .filter(|held| held.position == it.position && it.restock > 0)
            .map(|held| (held.variant_id, held.per_unit))
            .collect();
        parts.sort_unstable();
        parts.dedup();
        steps.extend(parts.into_iter().map(|(variant_id, per_unit)| Step {
            position: it.position,
            variant_id,
            location_id,
            quantity: it.restock * per_unit,
        }));
    }
    Ok(steps)
}

/// Gives money back for units that came back, were not credited before and are not replaced, and for the delivery when
/// the whole order came back.
async fn refund(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    found: &Return,
    receipt: &Receipt,
) -> crate::Result<()> {
    let mut credits = Vec::new();
    for it in &receipt.lines {
        let line = facts.line(it.position)?;
        let own = found.lines.iter().find(|own| own.position == it.position);
        let came = it.restock + it.write_off;
        let replaced = own.filter(|_| found.is_replaced()).map_or(0, |own| own.replaced.min(came));
        let units = payable(facts, line, came, replaced);
        if units > 0 {
            credits.push(credit::of_units(facts, line, units)?);
        }
    }
    let delivery = credit::shipping_left(facts);
    let with_delivery = receipt
        .refund_shipping
        .unwrap_or_else(|| !found.is_replaced() && nothing_stays(facts, &receipt.lines));
    if with_delivery && delivery > 0 {
        credits.extend(credit::of_shipping(facts, delivery)?);
    }
    if !credits.is_empty() {
        let number = &found.number;
        // The customer reads it on the credit note.
        let reason = match facts.order.locale {
            Language::German => format!("Rücksendung {number}"),
            Language::English => format!("Return {number}"),
        };
        give(tx, act, facts, &reason, &credits).await?;
    }
    Ok(())
}

/// Whether with these lines all goods have come back that were not cancelled.
///
/// Whoever withdraws from the contract gets the delivery back too (§ 357 Abs. 2 Satz 1 BGB). What a customer paid more
/// for a way that is not the cheapest could be kept (Satz 2): whoever wants that says `refund_shipping: false` and gives
/// the rest back by a refund of its own.
fn nothing_stays(facts: &Facts, lines: &[ReceivedLine]) -> bool {
    let came = |position: i64| -> i64 {
        let own = lines.iter().filter(|it| it.position == position);
        own.map(|it| it.restock + it.write_off).sum()
    };
    let mut goods = facts.lines.iter().filter(|it| it.goods);
    goods.all(|it| it.returned + came(it.position) + it.cancelled == it.quantity)
}

/// How many of the units that came are paid back with their receipt: no more than came and were not replaced, and no
/// more than have come back so far without having been credited or replaced. What is replaced and still on its way takes
/// nothing from those that are here.
///
/// Cancelled units have had their credit with the cancellation. Units that were shipped and credited before are taken
/// for those that come back first, so that no unit is paid back twice; whoever shall get more than that gets it by a
/// refund of its own.
fn payable(facts: &Facts, line: &Line, came: i64, replaced: i64) -> i64 {
    let credited = i64::from(credit::so_far(facts, line.position).units) - line.cancelled;
    let left = line.returned + came - credited - facts.replaced_and_back(line.position) - replaced;
    (came - replaced).min(left).max(0)
}

/// Why a return is called off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOff {
    /// Why.
    #[schema(min_length = 1, max_length = 500, examples("The customer keeps it."))]
    pub reason: String,
}

/// Call a return off that has not arrived.
#[utoipa::path(post, path = "/orders/{number}/returns/{return}/cancellation", operation_id = "cancel_return",
    tag = "orders",
    params(("number" = String, Path, description = "The order's number"),
        ("return" = String, Path, description = "The return's number")),
    request_body = CallOff, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn call_off(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams((number, returned)): PathParams<(String, String)>,
    write: Write<CallOff>,
) -> Answer {
    change(&app, permit, write, number, Action::ReceiveReturn, move |tx, act, facts, input| {
        Box::pin(async move {
            let reason = super::super::reason(&input.reason)?;
            let found = open_return(facts, &returned)?;
            if let Some(replacement) = found.replacement.as_ref().filter(|_| found.is_replaced()) {
                let detail = format!("{replacement} replaces it: cancel that order first.");
                refuse!(Refusal::conflict("replaced", detail));
            }
            tx.run(
                "UPDATE order_return SET cancelled_at = $2 WHERE id = $1",
                args![found.id, act.now],
            )
            .await?;
            Ok(Told::new(
                "return_cancelled",
                serde_json::json!({ "return": returned, "reason": reason }),
            ))
        })
    })
    .await
}
