//! `POST /orders/{number}/payments/correction`: taking back what was booked by mistake.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::Action,
    change::{Told, change},
    facts::{Facts, MoneyEntry},
    operations::book,
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

/// Take back what was booked by mistake. The booking stays as it is: another one beside it takes it back, once.
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
            book(tx, act, order, payment, "corrected", amount, &entry.reference).await?;
            let told = serde_json::json!({ "amount": amount, "reference": entry.reference, "reason": reason });
            Ok(Told::new("payment_corrected", told))
        })
    })
    .await
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
