//! `POST /orders`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{PlaceOrder, Placed, Request};
use crate::{
    act::Act,
    address::plain_email,
    app::App,
    error::Refusal,
    http::{Answer, Permit, Reply, Scope, Write, allowed},
    orders::{facts::Facts, retry::settled, view::OrderView},
    refuse,
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(place))
}

/// Place an order.
///
/// Prices, taxes and promotions are frozen, stock is held, and the order has its number when the answer comes: all
/// of it is on disk, or nothing is. Send an Idempotency-Key: the same request again gets the same order.
///
/// Where a provider has to be asked, the answer waits some seconds for its word: the order then says whether the
/// payment was authorised or declined, or where the customer goes on.
#[utoipa::path(post, path = "/orders", operation_id = "place_order", tag = "orders",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 128, pattern = "^[!-~]+$",
        description = "Names this order: sent again, the request gets the same order.")),
    request_body = PlaceOrder, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 201, body = OrderView, headers(("Location" = String), ("ETag" = String))),
        (status = 503, body = crate::http::Problem, content_type = "application/problem+json",
            description = "Too many orders are waiting")))]
async fn place(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    write: Write<PlaceOrder>,
) -> Answer {
    if write.once.key.is_none() {
        let detail = "Send an Idempotency-Key: without it an order that is sent twice would be placed twice.";
        refuse!(Refusal::new(400, "idempotency_key_required", detail));
    }
    let mut wanted = write.input;
    wanted.email = plain_email(&wanted.email);
    wanted.check()?;
    let staff = permit.caller.scopes.contains(&Scope::ManageOrders);
    if !staff && wanted.lines.iter().any(|line| line.unit_price.is_some()) {
        refuse!(Refusal::new(403, "forbidden", "Only those who manage orders may set a price."));
    }
    let now = app.clock.now();
    let act = Act::new(&app.db, now, permit.caller.name.clone());
    let setup = app.setup.get(&app.db, now).await?;
    permit.caller.require_channel(setup.channel(&wanted.channel)?.id)?;
    let request =
        Request { wanted, basket: None, caller: permit.caller, once: write.once, act, setup };
    answer(&app, app.placer.place(request).await?).await
}

/// The order as it stands after the first word about its payment, whether it was placed now or before.
pub(crate) async fn answer(app: &App, placed: Placed) -> Answer {
    match placed {
        Placed::Now(facts, channel) => {
            app.post.wake();
            reply(&settled(app, *facts).await?, &channel)
        }
        Placed::Before(location) => {
            let number = location.rsplit('/').next().unwrap_or_default().to_owned();
            let facts = app
                .db
                .read(move |tx| Box::pin(async move { Facts::load(tx, &number, false).await }));
            let facts = settled(app, facts.await?).await?;
            let setup = app.setup.get(&app.db, app.clock.now()).await?;
            let channel = setup.channel_by_id(facts.order.channel_id)?;
            let reply = reply(&facts, &channel.code)?;
            Ok(reply.header("idempotency-replayed", "true".to_owned()))
        }
    }
}

fn reply(facts: &Facts, channel: &str) -> Answer {
    let view = OrderView::of(facts, channel);
    let location = format!("/orders/{}", facts.order.number);
    Ok(Reply::created(&view)?.tagged(facts.order.revision).at(location))
}
