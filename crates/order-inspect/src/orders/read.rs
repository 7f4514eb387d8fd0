//! Reading one order, and what happened to it.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{facts::Facts, view::OrderView};
use crate::{
    address::plain_email,
    app::App,
    args,
    db::Row,
    error::Refusal,
    http::{
        Answer, Caller, CustomerEmail, PageOf, Paging, Params, PathParams, Permit, Reply, allowed,
        allowed::Allowed as _,
    },
    moment::Moment,
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(timeline))
}

/// One order with everything that happened to it, and what can be done with it.
///
/// A shop's key shows by the e-mail address that its visitor is who placed it. Without that there is no such order.
#[utoipa::path(get, path = "/orders/{number}", operation_id = "get_order", tag = "orders",
    params(("number" = String, Path, description = "The order's number"), CustomerEmail),
    security(("api_key" = ["shop", "read_orders", "manage_orders"])),
    responses((status = 200, body = OrderView, headers(("ETag" = String)))))]
async fn get(
    State(app): State<App>,
    permit: Permit<allowed::Customer>,
    PathParams(number): PathParams<String>,
    email: CustomerEmail,
) -> Answer {
    let facts = app
        .db
        .read(move |tx| Box::pin(async move { Facts::load(tx, &number, false).await }))
        .await?;
    refuse_stranger(&permit.caller, &facts, email.named())?;
    shown(&app, &facts).await
}

/// Refuses a key that may not read orders, unless it belongs to the order's shop or to none, and names the e-mail
/// address that the order was placed with: for it there is no such order.
pub(super) fn refuse_stranger(
    caller: &Caller,
    facts: &Facts,
    email: Option<&str>,
) -> crate::Result<()> {
    let order = &facts.order;
    let proven = caller.may(allowed::ReadOrders::SCOPES)
        || email.is_some_and(|it| plain_email(it) == plain_email(&order.email));
    if !proven || !caller.sees(order.channel_id) {
        refuse!(Refusal::not_found("order", order.number.as_str()));
    }
    Ok(())
}

/// The answer that shows an order.
pub(super) async fn shown(app: &App, facts: &Facts) -> Answer {
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let channel = setup.channel_by_id(facts.order.channel_id)?;
    Ok(Reply::ok(&OrderView::of(facts, &channel.code))?.tagged(facts.order.revision))
}

/// Something that happened to an order.
#[derive(Debug, Serialize, ToSchema)]
struct EventView {
    /// Its number here.
    id: i64,
    /// What kind of thing: placed, noted, held, shipped, ….
    kind: String,
    /// Who did it.
    actor: String,
    /// When.
    at: Moment,
    /// More about it.
    #[schema(value_type = Object)]
    facts: serde_json::Value,
}

/// Everything that happened to an order, the newest first.
#[utoipa::path(get, path = "/orders/{number}/timeline", operation_id = "get_timeline", tag = "orders",
    params(("number" = String, Path, description = "The order's number"), Paging),
    security(("api_key" = ["read_orders", "manage_orders"])), responses((status = 200, body = PageOf<EventView>)))]
async fn timeline(
    State(app): State<App>,
    _: Permit<allowed::ReadOrders>,
    PathParams(number): PathParams<String>,
    Params(paging): Params<Paging>,
) -> Answer {
    let before: i64 = paging.position()?.unwrap_or(i64::MAX);
    let limit = paging.one_more()?;
    let rows = app
        .db
        .read(move |tx| {
            Box::pin(async move {
                let found =
                    tx.row("SELECT id FROM orders WHERE number = $1", args![&number]).await?;
                let Some(order) = found else { refuse!(Refusal::not_found("order", number)) };
                let sql = "SELECT id, kind, actor, at, facts FROM order_event
                    WHERE order_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
                Ok(tx.rows(sql, args![order.get::<i64>("id")?, before, limit]).await?)
            })
        })
        .await?;
    let event = |row: &Row| -> crate::Result<EventView> {
        Ok(EventView {
            id: row.get("id")?,
            kind: row.get("kind")?,
            actor: row.get("actor")?,
            at: row.get("at")?,
            facts: row.get("facts")?,
        })
    };
    let events = rows.iter().map(event).collect::<crate::Result<Vec<_>>>()?;
    Reply::ok(&paging.page(events, |it: &EventView| it.id)?)
}
