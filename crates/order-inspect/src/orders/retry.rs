//! `POST /orders/{number}/payments/retry`, and waiting for what a provider says.

use std::time::Duration;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::{Action, require},
    facts::Facts,
    operations,
    read::{refuse_stranger, shown},
    settle::{note, settle},
    standing::money,
    view::OrderView,
};
use crate::{
    app::App,
    args,
    http::{Answer, PathParams, Permit, Reply, Write, allowed},
};

/// How long an answer waits for the first word about a payment, and how often it looks itself: another server may
/// have asked.
const PATIENCE: (Duration, u32) = (Duration::from_millis(500), 8);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(retry))
}

/// Whose order it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RetryPayment {
    /// The e-mail address that the order was placed with. A key that may not read orders has to name it.
    #[schema(max_length = 254, examples("erika@example.org"))]
    pub email: String,
}

/// Try a payment again that was declined or given up, over what is neither authorised nor paid. While nothing is, the
/// stock is held anew for as long as for a new order.
///
/// A shop's key reads no orders: it shows by the e-mail address that its visitor is who placed this one. Without that
/// there is no such order.
#[utoipa::path(post, path = "/orders/{number}/payments/retry", operation_id = "retry_payment", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = Option<RetryPayment>,
    security(("api_key" = ["shop", "manage_orders"])), responses((status = 200, body = OrderView)))]
async fn retry(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(number): PathParams<String>,
    write: Write<Option<RetryPayment>>,
) -> Answer {
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let (expected, wanted) = (write.expected, number.clone());
    let caller = permit.caller.clone();
    let email = write.input.map(|it| it.email);
    let reply = app
        .write(permit, write.once, move |tx, act| {
            Box::pin(async move {
                let facts = Facts::load(tx, &wanted, true).await?;
                refuse_stranger(&caller, &facts, email.as_deref())?;
                expected.check(facts.order.revision, "order")?;
                require(Action::RetryPayment, &facts)?;
                let amount = operations::to_authorise(&facts, money(&facts).owed);
                operations::begin_payment(tx, act, &facts, amount).await?;
                let hold = setup.channel_by_id(facts.order.channel_id)?.value.hold_seconds;
                let until = facts.order.payment_flow.deadline(act.now, hold, None);
                let sql = "UPDATE orders SET held_until = $2 WHERE id = $1";
                tx.run(sql, args![facts.order.id, until]).await?;
                note(tx, act, facts.order.id, "payment_retried", json!({ "amount": amount }))
                    .await?;
                settle(tx, act, facts.order.id).await?;
                Ok(Reply::bare(200))
            })
        })
        .await?;
    drop(reply);
    let load =
        app.db.read(move |tx| Box::pin(async move { Facts::load(tx, &number, false).await }));
    let facts = settled(&app, load.await?).await?;
    shown(&app, &facts).await
}

/// The order as it stands when its provider has said the first word about its payment, or when that takes too long.
/// Nothing is held meanwhile.
pub(super) async fn settled(app: &App, mut facts: Facts) -> crate::Result<Facts> {
    if !is_unanswered(&facts) || app.cashier.till(&facts.order.provider).is_none() {
        return Ok(facts);
    }
    let id = facts.order.id;
    for look in 0..=PATIENCE.1 {
        // Who listens before looking misses nothing.
        let news = app.cashier.news(id);
        if look == 0 {
            app.cashier.wake();
        }
        facts = app
            .db
            .read(move |tx| Box::pin(async move { Facts::load_id(tx, id, false).await }))
            .await?;
        if !is_unanswered(&facts) || look == PATIENCE.1 {
            break;
        }
        // Too late is no news: it is looked at again.
        drop(tokio::time::timeout(PATIENCE.0, news).await);
    }
    Ok(facts)
}

/// Whether an authorisation was begun of which nobody has heard yet.
fn is_unanswered(facts: &Facts) -> bool {
    facts.operations.iter().any(|operation| {
        let named =
            |it: &super::facts::Payment| it.id == operation.payment_id && it.provider_id.is_some();
        operation.kind == "authorise" && operation.is_open() && !facts.payments.iter().any(named)
    })
}
