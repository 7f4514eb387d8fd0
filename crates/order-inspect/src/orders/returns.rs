//! Goods that come back: returns, exchanges and claims.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::{Action, announced},
    change::{Told, change},
    credit,
    facts::{Facts, Return},
    numbers,
    refund::give,
    settle::enqueue,
    ship::location_id,
    stock::{self, Step},
    view::OrderView,
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    error::{Findings, Refusal},
    http::{Answer, PathParams, Permit, Write, allowed},
    language::Language,
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(announce))
        .routes(routes!(receive))
        .routes(routes!(call_off))
}

/// What kind of return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnKind {
    /// Goods for money.
    Return,
    /// Goods for other goods.
    Exchange,
    /// Something was wrong with the goods: they are replaced or paid back.
    Claim,
}

/// Something that will come back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturn {
    /// What kind.
    pub kind: ReturnKind,
    /// What comes back.
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<NewReturnLine>,
    /// The carrier's number of the label that the customer got.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub label_number: Option<String>,
    /// A note.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// A line that will come back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturnLine {
    /// The line.
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: i64,
    /// How many.
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: i64,
    /// Why.
    #[schema(min_length = 1, max_length = 500, examples("Too small"))]
    pub reason: String,
    /// In an exchange, what is wanted instead.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub exchange_sku: Option<String>,
}

/// Register that something comes back.
#[utoipa::path(post, path = "/orders/{number}/returns", operation_id = "announce_return", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewReturn, security(("api_key" = [])), responses((status = 200, body = OrderView)))]
async fn announce(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<NewReturn>,
) -> Answer {
    change(&app, permit, write, number, Action::Return, |tx, act, facts, input| {
        Box::pin(async move {
            check(facts, &input)?;
            let id = act.new_id();
            let number = numbers::next(tx, facts.order.channel_id, "return").await?;
            let kind = serde_json::json!(input.kind);
            let columns = [
                "id",
                "order_id",
                "number",
                "kind",
                "label_number",
                "note",
                "requested_at",
                "requested_by",
            ];
            let word = kind.as_str().unwrap_or("return");
            let row = args![
                id,
                facts.order.id,
                &number,
                word,
                input.label_number,
                input.note,
                act.now,
                &act.actor
            ];
            tx.insert("order_return", &columns, vec![row]).await?;
            let columns = [
                "return_id",
                "position",
                "quantity",
                "reason",
                "exchange_sku",
                "restocked",
                "written_off",
            ];
            let row = |it: NewReturnLine| {
                args![id, it.position, it.quantity, it.reason, it.exchange_sku, 0_i64, 0_i64]
            };
            tx.insert("return_line", &columns, input.lines.into_iter().map(row).collect()).await?;
            let told = serde_json::json!({ "return": number, "kind": kind });
            enqueue(tx, act, "return.announced", facts.order.id, told.clone()).await?;
            Ok(Told::new("return_announced", told))
        })
    })
    .await
}

fn check(facts: &Facts, input: &NewReturn) -> crate::Result<()> {
    let mut findings = Findings::default();
    findings.check(!input.lines.is_empty(), "/lines", "say what comes back");
    for (at, it) in input.lines.iter().enumerate() {
        let place = |field: &str| format!("/lines/{at}/{field}");
        let again = input.lines[..at].iter().any(|other| other.position == it.position);
        findings.check(!again, place("position"), "this line is named twice");
        let line = facts.lines.iter().find(|line| line.position == it.position && line.goods);
        let left = line.map_or(0, |line| line.shipped - announced(facts, it.position));
        let fits = (1..=left).contains(&it.quantity);
        findings.check(
            fits,
            place("quantity"),
            format!("{left} units were shipped and are not on their way back"),
        );
        let said = !it.reason.trim().is_empty() && it.reason.chars().count() <= 500;
        findings.check(said, place("reason"), "1 to 500 characters");
        let meant = it.exchange_sku.is_none() || input.kind != ReturnKind::Return;
        findings.check(meant, place("exchange_sku"), "only in an exchange or a claim");
    }
    for (field, text, longest) in
        [("label_number", &input.label_number, 60), ("note", &input.note, 1000)]
    {
        let fits = text.as_ref().is_none_or(|text| text.chars().count() <= longest);
        findings.check(fits, format!("/{field}"), format!("at most {longest} characters"));
    }
    findings.end()
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
    /// Whether money is given back for it at once.
    #[serde(default)]
    pub refund: bool,
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
    request_body = Receipt, security(("api_key" = [])), responses((status = 200, body = OrderView)))]
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
                refund(tx, act, facts, &input.lines, &returned).await?;
            }
            Ok(Told::new("return_received", told))
        })
    })
    .await
}

fn open_return<'a>(facts: &'a Facts, number: &str) -> crate::Result<&'a Return> {
    match facts.returns.iter().find(|it| it.number == number) {
        Some(found) if found.is_open() => Ok(found),
        Some(_) => refuse!(Refusal::conflict(
            "not_allowed",
            "This return was received or called off already."
        )),
        None => refuse!(Refusal::not_found("return", number)),
    }
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

/// Gives money back for units that came back and were not credited before.
async fn refund(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    lines: &[ReceivedLine],
    number: &str,
) -> crate::Result<()> {
    let mut credits = Vec::new();
    for it in lines {
        let line = facts.line(it.position)?;
        let left = line.quantity - i64::from(credit::so_far(facts, it.position).units);
        let units = (it.restock + it.write_off).min(left);
        if units > 0 {
            credits.push(credit::of_units(facts, line, units)?);
        }
    }
    if !credits.is_empty() {
        // The customer reads it on the credit note.
        let reason = match facts.order.locale {
            Language::German => format!("Rücksendung {number}"),
            Language::English => format!("Return {number}"),
        };
        give(tx, act, facts, &reason, &credits).await?;
    }
    Ok(())
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
    request_body = CallOff, security(("api_key" = [])), responses((status = 200, body = OrderView)))]
async fn call_off(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams((number, returned)): PathParams<(String, String)>,
    write: Write<CallOff>,
) -> Answer {
    change(&app, permit, write, number, Action::ReceiveReturn, move |tx, act, facts, input| {
        Box::pin(async move {
            let reason = super::reason(&input.reason)?;
            let found = open_return(facts, &returned)?;
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
