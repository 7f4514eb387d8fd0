//! `POST /baskets/{basket}/order`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    OrderBasket,
    basket::{Basket, Which},
};
use crate::{
    act::Act,
    app::App,
    error::{Error, Refusal},
    http::{Answer, Expected, PathParams, Permit, Write, allowed},
    orders::{
        place::{self, Request},
        view::OrderView,
    },
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(order))
}

/// Order a basket as it was seen.
///
/// If-Match is the basket's ETag that the customer has seen and `expected_total` the total: if somebody has changed
/// the basket or a price since then, nothing is ordered. A basket becomes one order. Send an Idempotency-Key: the
/// same request again gets the same order.
#[utoipa::path(post, path = "/baskets/{basket}/order", operation_id = "order_basket",
    tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number"),
        ("If-Match" = String, Header, description = "The ETag that was read, or `*`"),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 128, pattern = "^[!-~]+$",
            description = "Names this order: sent again, the request gets the same order.")),
    request_body = OrderBasket, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 201, body = OrderView, headers(("Location" = String), ("ETag" = String))),
        (status = 503, body = crate::http::Problem, content_type = "application/problem+json",
            description = "Too many orders are waiting")))]
async fn order(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(basket): PathParams<String>,
    write: Write<OrderBasket>,
) -> Answer {
    if write.once.key.is_none() {
        let detail =
            "Send an Idempotency-Key: without it nobody knows whether you ask once or twice.";
        refuse!(Refusal::new(400, "idempotency_key_required", detail));
    }
    let which = Which::of(&basket, &permit.caller)?;
    let basket = find(&app, &which).await?;
    // What was ordered may have been ordered by this very request: the placer knows.
    if basket.order.is_none() {
        basket.ready(write.expected)?;
    }
    let now = app.clock.now();
    let act = Act::new(&app.db, now, permit.caller.name.clone());
    let setup = app.setup.get(&app.db, now).await?;
    let channel = setup.channel_by_id(basket.channel_id)?;
    let mut wanted = basket.wanted(&channel.code, &channel.value.country);
    wanted.expected_total = Some(write.input.expected_total);
    // The placer locks the basket: an order is placed only if it still is as it was read here.
    let seen = Some((basket.id, basket.revision));
    let request =
        Request { wanted, basket: seen, caller: permit.caller, once: write.once, act, setup };
    match app.placer.place(request).await {
        Err(Error::Refused(refusal)) if refusal.code == "already_ordered" => {
            find(&app, &which).await?.still_open()?;
            Err(Error::Refused(refusal))
        }
        placed => place::answer(&app, placed?).await,
    }
}

async fn find(app: &App, which: &Which) -> crate::Result<Basket> {
    let which = which.clone();
    app.db.read(move |tx| Box::pin(async move { Basket::find(tx, &which).await })).await
}

impl Basket {
    /// Whether everything was said, and the customer has seen what the basket says. Whether it can be bought at that
    /// price is for the placer to say.
    fn ready(&self, expected: Expected) -> crate::Result<()> {
        expected.require(self.revision, "basket")?;
        let missing = self.unsaid();
        if missing.is_empty() {
            return Ok(());
        }
        let detail: Vec<&str> = missing.iter().map(|it| it.detail.as_str()).collect();
        let facts = serde_json::json!({ "missing": missing });
        refuse!(Refusal::conflict("incomplete", detail.join(" ")).with_facts(facts))
    }
}
