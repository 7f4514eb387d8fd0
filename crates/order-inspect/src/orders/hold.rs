//! Stopping an order and letting it go on; notes.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::Action,
    change::{Told, change},
    view::OrderView,
};
use crate::{
    app::App,
    args,
    http::{Answer, PathParams, Permit, Write, allowed},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hold)).routes(routes!(release)).routes(routes!(add_note))
}

/// Why an order is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    /// Somebody may be trying to cheat.
    Fraud,
    /// The address is odd.
    Address,
    /// Something about the goods.
    Stock,
    /// The customer has asked for it.
    Customer,
    /// Something else.
    Other,
}

/// A stop.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    /// What kind of reason.
    pub kind: HoldKind,
    /// The reason in words.
    #[schema(min_length = 1, max_length = 500, examples("Three orders within a minute"))]
    pub reason: String,
}

/// Stop an order: nothing of it is shipped until it is released.
#[utoipa::path(post, path = "/orders/{number}/hold", operation_id = "hold_order", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewHold, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn hold(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<NewHold>,
) -> Answer {
    change(&app, permit, write, number, Action::Hold, |tx, act, facts, input| {
        Box::pin(async move {
            let reason = super::reason(&input.reason)?;
            let kind = serde_json::json!(input.kind);
            let columns = ["id", "order_id", "kind", "reason", "placed_by", "placed_at"];
            let word = kind.as_str().unwrap_or("other");
            let row = args![act.new_id(), facts.order.id, word, &reason, &act.actor, act.now];
            tx.insert("order_hold", &columns, vec![row]).await?;
            Ok(Told::new("held", serde_json::json!({ "kind": kind, "reason": reason })))
        })
    })
    .await
}

/// Something that somebody writes about an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// The text.
    #[schema(min_length = 1, max_length = 5000, examples("Called: wants it delivered after six."))]
    pub text: String,
}

/// Let an order go on.
#[utoipa::path(post, path = "/orders/{number}/release", operation_id = "release_order", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewNote, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn release(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<NewNote>,
) -> Answer {
    change(&app, permit, write, number, Action::Release, |tx, act, facts, input| {
        Box::pin(async move {
            let text = super::text(&input.text, 5000, "/text")?;
            let sql = "UPDATE order_hold SET released_at = $2, released_by = $3
                WHERE order_id = $1 AND released_at IS NULL";
            tx.run(sql, args![facts.order.id, act.now, &act.actor]).await?;
            Ok(Told::new("released", serde_json::json!({ "text": text })))
        })
    })
    .await
}

/// Write a note on the timeline.
#[utoipa::path(post, path = "/orders/{number}/notes", operation_id = "note_order", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = NewNote, security(("api_key" = ["manage_orders"])), responses((status = 200, body = OrderView)))]
async fn add_note(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<NewNote>,
) -> Answer {
    change(&app, permit, write, number, Action::Note, |_, _, _, input| {
        Box::pin(async move {
            let text = super::text(&input.text, 5000, "/text")?;
            Ok(Told::new("noted", serde_json::json!({ "text": text })))
        })
    })
    .await
}
