//! `POST /orders/{number}/payments/correction`: taking back what was booked by mistake.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::Action,
    change::{Told, change},
    facts::{Facts, MoneyEntry},
    operations::{book, held},
    payouts::{keep_back, waiting},
    standing::{money, sum},
    view::OrderView,
};
use crate::{
    app::App,
    error::Refusal,
    http::{Answer, PathParams, Permit, Write, allowed},
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(correct))
}

/// Which booking was wrong, and by how much.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The reference under which it was booked.
    #[schema(min_length = 1, max_length = 140, examples("2026-11-22 SEPA 4711"))]
    pub reference: String,
    /// How much of it is taken back, in minor units; all of it if it is not said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000i64, examples(4493))]
    pub amount: Option<i64>,
    /// Why.
    #[schema(min_length = 1, max_length = 500, examples("Booked for the wrong order"))]
    pub reason: String,
}

/// Take back what was booked by mistake. The booking stays as it is: another one beside it takes it back, once. What was
/// to be transferred back of it is called off; what was transferred already cannot be taken back.
#[utoipa::path(post, path = "/orders/{number}/payments/correction", operation_id = "correct_payment",
    tag = "orders", params(("number" = String, Path, description = "The order's number")),
    request_body = Correction, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn correct(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<Correction>,
) -> Answer {
    change(&app, permit, write, number, Action::CorrectPayment, |tx, act, facts, input| {
        Box::pin(async move {
            let reason = super::reason(&input.reason)?;
            let entry = wrong(facts, input.reference.trim())?;
            let amount = input.amount.unwrap_or(entry.amount);
            if !(1..=entry.amount).contains(&amount) {
                let most = format!("1 to {}, which was booked", entry.amount);
                refuse!(Refusal::invalid("/amount", most));
            }
            let (order, payment) = (facts.order.id, entry.payment_id);
            let kept_back = kept_back(facts, payment, amount)?;
            keep_back(tx, act, waiting(facts).filter(|it| it.payment_id == payment), kept_back, &reason).await?;
            book(tx, act, order, payment, "corrected", amount, &entry.reference).await?;
            let told = serde_json::json!({ "amount": amount, "reference": entry.reference, "reason": reason,
                "kept_back": kept_back });
            Ok(Told::new("payment_corrected", told))
        })
    })
    .await
}

/// How much of what is to be transferred back of a payment never came, if so much of it was booked by mistake.
///
/// # Errors
/// Refused as `paid_out` is what was transferred to the customer already.
fn kept_back(facts: &Facts, payment: i64, amount: i64) -> crate::Result<i64> {
    let own = held(facts).into_iter().find(|it| it.payment_id == payment);
    let there = own.map_or(0, |it| it.captured);
    let to_transfer = sum(waiting(facts).filter(|it| it.payment_id == payment).map(|it| it.amount));
    if amount > there + to_transfer {
        let detail = format!(
            "At most {} (minor units) of it can be taken back: the rest has been given back to the customer.",
            there + to_transfer
        );
        refuse!(Refusal::conflict("paid_out", detail));
    }
    let money = money(facts);
    let left = money.captured - amount - money.refunded - money.refunding;
    let lacks = (money.owed - left).clamp(0, to_transfer.min(amount));
    Ok(lacks.max(amount - there))
}

fn wrong<'a>(facts: &'a Facts, reference: &str) -> crate::Result<&'a MoneyEntry> {
    match correctable(facts).find(|it| it.reference == reference) {
        Some(entry) => Ok(entry),
        None => {
            let detail = format!("“{reference}” was not booked by hand, or was corrected already.");
            refuse!(Refusal::conflict("not_correctable", detail))
        }
    }
}

/// Money that people booked and that was not corrected.
pub(super) fn correctable(facts: &Facts) -> impl Iterator<Item = &MoneyEntry> {
    let by_hand = |entry: &MoneyEntry| {
        facts.payments.iter().any(|it| it.id == entry.payment_id && it.provider == "manual")
    };
    let corrected = |entry: &MoneyEntry| {
        facts.money.iter().any(|it| {
            it.kind == "corrected"
                && it.payment_id == entry.payment_id
                && it.reference == entry.reference
        })
    };
    facts.money.iter().filter(move |it| it.kind == "captured" && by_hand(it) && !corrected(it))
}
