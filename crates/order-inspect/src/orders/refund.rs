//! Giving money back, and booking money that came in by transfer.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::{Action, require},
    cancel::settle_money,
    change::{Told, change},
    credit::{self, Credit},
    facts::{Facts, RefundLine},
    operations::{PAYMENT, book, give_back, held, refuse_implausible},
    settle::enqueue,
    standing::{is_cancelled, money, sum},
    view::{CreditLineView, OrderView},
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    error::Refusal,
    http::{Answer, Json, PathParams, Permit, Reply, Write, allowed},
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(refund))
        .routes(routes!(preview))
        .routes(routes!(book_payment))
}

/// What is given back, and why.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// Why.
    #[schema(min_length = 1, max_length = 500, examples("Scratched on arrival"))]
    pub reason: String,
    /// Of which lines: units that came back, or an amount as goodwill.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub lines: Vec<RefundOf>,
    /// How much of the price of the delivery, in minor units.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    pub shipping_amount: i64,
}

/// What is given back of a line: units or an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundOf {
    /// The line.
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: i64,
    /// Units: their frozen shares of the price are given back.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub units: i64,
    /// An amount without units, in minor units: goodwill.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    pub amount: i64,
}

/// What a refund would come to, in minor units.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundPreview {
    /// All of it, tax included.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
    /// By lines; position 0 is the delivery.
    pub lines: Vec<CreditLineView>,
}

/// Credit units, goodwill or the delivery, and give back what was paid of them. The amount of each unit was fixed when
/// it was ordered: nothing is worked out anew. What was not paid yet is owed no longer, and nothing is paid out. What was
/// paid by transfer is transferred back by people: see `GET /payouts`.
#[utoipa::path(post, path = "/orders/{number}/refunds", operation_id = "refund_order", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewRefund, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn refund(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<NewRefund>,
) -> Answer {
    change(&app, permit, write, number, Action::Refund, |tx, act, facts, input| {
        Box::pin(async move {
            let reason = super::reason(&input.reason)?;
            let credits = credits(facts, &input)?;
            let amount = give(tx, act, facts, &reason, &credits).await?;
            Ok(Told::new("refunded", serde_json::json!({ "reason": reason, "amount": amount })))
        })
    })
    .await
}

/// Credits and pays out what was paid of it; the customer is told when the money has gone.
pub(super) async fn give(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    reason: &str,
    credits: &[Credit],
) -> crate::Result<i64> {
    let id = settle_money(tx, act, facts, reason, credits, false).await?;
    let amount = credit::sum(credits);
    let told = serde_json::json!({ "refund_id": id, "amount": amount, "reason": reason });
    enqueue(tx, act, "refund.created", facts.order.id, told).await?;
    Ok(amount)
}

/// What a refund would come to. Nothing is changed.
#[utoipa::path(post, path = "/orders/{number}/refunds/preview", operation_id = "preview_refund", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewRefund, security(("api_key" = ["manage_orders"])), responses((status = 200, body = RefundPreview)))]
async fn preview(
    State(app): State<App>,
    _: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    Json(input): Json<NewRefund>,
) -> Answer {
    // What is looked at is what can be made.
    super::reason(&input.reason)?;
    let facts = app
        .db
        .read(move |tx| Box::pin(async move { Facts::load(tx, &number, false).await }))
        .await?;
    require(Action::Refund, &facts)?;
    let credits = credit::taxed(&facts, &credits(&facts, &input)?);
    let line = |it: &RefundLine| CreditLineView {
        position: it.position,
        units: it.units,
        amount: it.amount,
        tax: it.tax,
    };
    let preview = RefundPreview {
        amount: credits.iter().map(|it| it.amount).sum(),
        tax: credits.iter().map(|it| it.tax).sum(),
        lines: credits.iter().map(line).collect(),
    };
    Ok(Reply::ok(&preview)?.tagged(facts.order.revision))
}

fn credits(facts: &Facts, input: &NewRefund) -> crate::Result<Vec<Credit>> {
    let mut credits: Vec<Credit> = Vec::new();
    for (at, it) in input.lines.iter().enumerate() {
        let line = facts.line(it.position)?;
        if input.lines[..at].iter().any(|other| other.position == it.position) {
            refuse!(Refusal::invalid(
                format!("/lines/{at}"),
                format!("line {} is named twice", it.position)
            ));
        }
        match (it.units, it.amount) {
            (units @ 1.., 0) => {
                let gone = i64::from(credit::so_far(facts, it.position).units);
                if gone + units > line.shipped + line.cancelled {
                    let detail = format!(
                        "Line {}: units that were not shipped are cancelled, not refunded.",
                        it.position
                    );
                    refuse!(Refusal::conflict("not_shipped", detail));
                }
                if gone + units > line.shipped + line.cancelled - facts.replaced(it.position) {
                    let detail = format!(
                        "Line {}: units that are replaced are not paid back as well. Give an amount as goodwill.",
                        it.position
                    );
                    refuse!(Refusal::conflict("replaced", detail));
                }
                credits.push(credit::of_units(facts, line, units)?);
            }
            (0, amount @ 1..) => credits.push(credit::of_amount(facts, line, amount)?),
            _ => refuse!(Refusal::invalid(
                format!("/lines/{at}"),
                "either units or an amount, above zero"
            )),
        }
    }
    if input.shipping_amount < 0 {
        refuse!(Refusal::invalid("/shipping_amount", "not below zero"));
    }
    if input.shipping_amount > 0 {
        credits.extend(credit::of_shipping(facts, input.shipping_amount)?);
    }
    if credits.is_empty() {
        refuse!(Refusal::invalid("/lines", "say what is given back"));
    }
    Ok(credits)
}

/// Money that came in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// How much, in minor units.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000i64, examples(4493))]
    pub amount: i64,
    /// What names it on the bank's statement: the same reference is booked once.
    #[schema(min_length = 1, max_length = 140, examples("2026-11-22 SEPA 4711"))]
    pub reference: String,
}

/// Book money that came in by transfer: also for an order over a provider that no longer covers what has left. What comes
/// for an order that was cancelled is to be transferred back, see `GET /payouts`; what comes beyond an order that goes on
/// is shown as overpaid.
#[utoipa::path(post, path = "/orders/{number}/payments", operation_id = "book_payment", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewPayment, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn book_payment(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<NewPayment>,
) -> Answer {
    change(&app, permit, write, number, Action::BookPayment, |tx, act, facts, input| {
        Box::pin(async move {
            let reference = super::text(&input.reference, 140, "/reference")?;
            if input.amount < 1 {
                refuse!(Refusal::invalid("/amount", "above zero"));
            }
            refuse_implausible(facts, "captured", input.amount)?;
            let payment = by_hand(tx, act, facts).await?;
            if !book(tx, act, facts.order.id, payment, "captured", input.amount, &reference).await?
            {
                refuse!(Refusal::conflict(
                    "booked_already",
                    format!("“{reference}” was booked already.")
                ));
            }
            let refund = give_back_late(tx, act, facts, input.amount).await?;
            Ok(Told::new(
                "paid",
                serde_json::json!({ "amount": input.amount, "reference": reference, "refund": refund }),
            ))
        })
    })
    .await
}

/// Gives back what has come for an order that was cancelled, and says how much.
async fn give_back_late(tx: &mut Tx, act: &Act, facts: &Facts, came: i64) -> crate::Result<i64> {
    if !is_cancelled(facts) {
        return Ok(0);
    }
    let facts = Facts::load_id(tx, facts.order.id, false).await?;
    let kept = sum(held(&facts).iter().map(|it| it.captured));
    let refund = kept.saturating_sub(money(&facts).owed).clamp(0, came);
    if refund > 0 {
        give_back(tx, act, &facts, refund).await?;
    }
    Ok(refund)
}

/// The payment that money is booked to by hand. An order over a provider gets one when its customer pays by transfer what
/// the provider no longer covers.
async fn by_hand(tx: &mut Tx, act: &Act, facts: &Facts) -> crate::Result<i64> {
    if let Some(payment) = facts.payments.iter().find(|it| it.provider == "manual") {
        return Ok(payment.id);
    }
    let order = &facts.order;
    let id = act.new_id();
    let method = if order.provider == "manual" { &order.payment_method } else { "transfer" };
    let reference = format!("{}-{}", order.number, facts.payments.len() + 1);
    let row = args![id, order.id, "manual", method, reference, money(facts).remainder, act.now];
    tx.insert("payment", PAYMENT, vec![row]).await?;
    Ok(id)
}
