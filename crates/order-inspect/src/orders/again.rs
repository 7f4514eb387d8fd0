//! Asking again for money to move where a provider has declined: nothing that is owed is lost by a refusal.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::Action,
    change::{Told, change},
    due::{to_capture, to_void},
    facts::Facts,
    operations::{self, Payout},
    payouts::account,
    settle::enqueue,
    standing::money,
    view::OrderView,
};
use crate::{
    act::Act,
    app::App,
    db::Tx,
    error::Refusal,
    http::{Answer, PathParams, Permit, Write, allowed},
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(retry_refund))
        .routes(routes!(refund_overpayment))
        .routes(routes!(retry_capture))
        .routes(routes!(retry_void))
}

/// Which way money goes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundWay {
    /// The way it came.
    #[default]
    SameWay,
    /// By transfer, which people make: only after the provider has refused.
    Transfer,
}

/// How money is given back.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GiveBack {
    /// Which way.
    pub way: RefundWay,
    /// The account that a transfer goes to; the one that the money came from if it is not said.
    #[schema(max_length = 60, examples("DE89370400440532013000"))]
    pub iban: Option<String>,
}

/// Give back what is owed to the customer and is not on its way: credits whose refund was declined, called off or never
/// begun. Nothing is credited anew.
#[utoipa::path(post, path = "/orders/{number}/refunds/retry", operation_id = "retry_refund", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = GiveBack, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn retry_refund(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<GiveBack>,
) -> Answer {
    change(&app, permit, write, number, Action::RetryRefund, |tx, act, facts, input| {
        Box::pin(async move {
            let amount = money(facts).due_back;
            give_back(tx, act, facts, &input, amount, false).await?;
            Ok(Told::new("refund_retried", json!({ "amount": amount, "way": input.way })))
        })
    })
    .await
}

/// Give back what was paid beyond the order.
#[utoipa::path(post, path = "/orders/{number}/refunds/overpayment", operation_id = "refund_overpayment",
    tag = "orders", params(("number" = String, Path, description = "The order's number")),
    request_body = GiveBack, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn refund_overpayment(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<GiveBack>,
) -> Answer {
    change(&app, permit, write, number, Action::RefundOverpayment, |tx, act, facts, input| {
        Box::pin(async move {
            let amount = money(facts).overpaid;
            give_back(tx, act, facts, &input, amount, true).await?;
            Ok(Told::new("overpayment_refunded", json!({ "amount": amount, "way": input.way })))
        })
    })
    .await
}

async fn give_back(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    input: &GiveBack,
    amount: i64,
    overpayment: bool,
) -> crate::Result<()> {
    let by_transfer = input.way == RefundWay::Transfer;
    let refused = |it: &super::facts::Operation| {
        it.kind == "refund" && !it.by_hand && matches!(it.state.as_str(), "declined" | "failed")
    };
    let manual = facts.order.provider == "manual";
    // Money that goes elsewhere than it came from is how stolen cards are emptied.
    if by_transfer && !manual && !facts.operations.iter().any(refused) {
        let detail = "The provider has refused nothing yet: give the money back the way it came.";
        refuse!(Refusal::conflict("not_refused", detail));
    }
    let iban = account(input.iban.as_deref())?;
    if iban.is_some() && !by_transfer && !manual {
        refuse!(Refusal::invalid("/iban", "only for a transfer"));
    }
    let how = Payout { by_transfer, iban, overpayment };
    if let Some(id) = operations::pay_out(tx, act, facts, amount, &how).await? {
        let told = json!({ "operation_id": id, "amount": amount });
        enqueue(tx, act, "refund.retried", facts.order.id, told).await?;
    }
    Ok(())
}

/// Nothing more needs to be said.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Again {}

/// Take money that is authorised and due: what has left, less what was taken for it. The provider declined that before.
#[utoipa::path(post, path = "/orders/{number}/payments/capture", operation_id = "retry_capture", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = Again, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn retry_capture(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<Again>,
) -> Answer {
    change(&app, permit, write, number, Action::RetryCapture, |tx, act, facts, _| {
        Box::pin(async move {
            let amount = to_capture(facts);
            operations::capture(tx, act, facts, amount).await?;
            Ok(Told::new("capture_retried", json!({ "amount": amount })))
        })
    })
    .await
}

/// Let go of what is authorised and not needed. The provider declined that before.
#[utoipa::path(post, path = "/orders/{number}/payments/void", operation_id = "retry_void", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = Again, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn retry_void(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<Again>,
) -> Answer {
    change(&app, permit, write, number, Action::RetryVoid, |tx, act, facts, _| {
        Box::pin(async move {
            let amount = to_void(facts);
            operations::void_beyond(tx, act, facts, to_capture(facts)).await?;
            Ok(Told::new("void_retried", json!({ "amount": amount })))
        })
    })
    .await
}
