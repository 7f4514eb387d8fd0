//! `GET /events`: what has happened, for other systems.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    args,
    db::{Db, Row},
    http::{Answer, PageOf, Paging, Params, Permit, Reply, allowed, next},
    moment::Moment,
};

/// How long an event is held back, in microseconds. Events that are written at the same time are committed in any
/// order; after this time none can appear any more before one that was shown: their transactions are over by then
/// ([`tells`](super::tells)), and as long again is left for their ends and for clocks of servers that differ. The number
/// of an event says when it was written; the moment that it tells is that of the request, which may have waited.
const HELD_BACK: i64 = 10_000_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Something that has happened.
#[derive(Debug, Serialize, ToSchema)]
struct FeedEvent {
    /// Its number: the same event always has the same.
    id: i64,
    /// What happened.
    #[schema(examples("order.placed"))]
    topic: String,
    /// The number of the order that it happened to.
    order: Option<String>,
    /// More about it.
    #[schema(value_type = Object)]
    facts: serde_json::Value,
    /// When.
    at: Moment,
}

/// Everything that has happened, the oldest first. An event is shown ten seconds after it has happened. A feed has no
/// last page: `next` is always there, and who asks with it later sees each event once and misses none.
#[utoipa::path(get, path = "/events", operation_id = "list_events", tag = "events", params(Paging),
    security(("api_key" = ["read_orders", "manage_orders"])), responses((status = 200, body = PageOf<FeedEvent>)))]
async fn events(
    State(app): State<App>,
    _: Permit<allowed::ReadOrders>,
    Params(paging): Params<Paging>,
) -> Answer {
    let after: i64 = paging.position()?.unwrap_or(0);
    let (limit, until) = (paging.limit()?, Db::ids_before(HELD_BACK));
    let rows = app
        .db
        .read(move |tx| {
            Box::pin(async move {
                let sql = "SELECT b.id, b.topic, b.payload, b.created_at, o.number FROM outbox b
                    LEFT JOIN orders o ON o.id = b.order_id
                    WHERE b.id > $1 AND b.id < $2 AND b.topic <> 'mail.requested'
                    ORDER BY b.id LIMIT $3";
                tx.rows(sql, args![after, until, limit]).await
            })
        })
        .await?;
    let events = rows.iter().map(event).collect::<crate::Result<Vec<_>>>()?;
    let next = next(&events.last().map_or(after, |it| it.id));
    Reply::ok(&PageOf { items: events, next: Some(next) })
}

fn event(row: &Row) -> crate::Result<FeedEvent> {
    Ok(FeedEvent {
        id: row.get("id")?,
        topic: row.get("topic")?,
        order: row.get("number")?,
        facts: row.get("payload")?,
        at: row.get("created_at")?,
    })
}
