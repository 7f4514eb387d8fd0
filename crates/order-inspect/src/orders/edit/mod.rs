//! Editing an order: a delta on what was ordered, looked at before it is made, and kept as a version.
//!
//! Lines that are there stay as they were frozen: their prices, taxes and promotions are not worked out anew. Fewer units
//! are a cancellation of units and give back their frozen shares. More units, other variants and new goods are lines of
//! their own at today's price, as at Shopify and Vendure: the order's promotions and its delivery stay what they were. So
//! what an order charges is at every moment the sum of the shares that it froze, less its credits.

mod delta;
mod input;
mod plan;
mod write;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::plan::Plan;
pub use self::{
    delta::{AddedLine, Delta, OrderVersion, RemovedUnits},
    input::{Change, EditOrder, OrderChanges, Swap},
};
use super::{
    actions::{Action, require},
    change::{Told, change},
    facts::Facts,
    place::{Clerk, as_expected},
    view::OrderView,
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Row,
    error::Refusal,
    http::{
        Answer, IfMatch, Json, PageOf, Paging, Params, PathParams, Permit, Reply, Write, allowed,
    },
    money::Currency,
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview)).routes(routes!(edit)).routes(routes!(versions))
}

/// What an edit would do. Amounts are minor units of the order's currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditPreview {
    /// The currency of all amounts.
    #[schema(value_type = String)]
    pub currency: Currency,
    /// What goes and what comes.
    #[serde(flatten)]
    pub delta: Delta,
    /// What the order charges now, less what was credited, tax included.
    #[schema(examples(4493))]
    pub total_before: i64,
    /// What it would charge: the `expected_total` of the edit.
    #[schema(examples(6492))]
    pub total_after: i64,
    /// For how much another payment would be begun with the order's provider; nothing where it is paid by transfer or on
    /// invoice.
    #[schema(examples(1999))]
    pub authorise: i64,
    /// How much of what was paid would be given back.
    #[schema(examples(0))]
    pub refund: i64,
    /// How much of what was to be transferred to the customer, and was not yet, would stay for what the order charges
    /// more.
    #[schema(examples(0))]
    pub kept_back: i64,
}

/// Look at what an edit would do. Nothing is changed, and what the edit would be refused for is refused here.
#[utoipa::path(post, path = "/orders/{number}/edits/preview", operation_id = "preview_edit", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = OrderChanges, security(("api_key" = ["manage_orders"])),
    responses((status = 200, body = EditPreview, headers(("ETag" = String)))))]
async fn preview(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    Json(input): Json<OrderChanges>,
) -> Answer {
    let act = Act::new(&app.db, app.clock.now(), permit.caller.name.clone());
    let clerk = Clerk::of(&app, &permit.caller).await?;
    let looked = app.db.read(move |tx| {
        Box::pin(async move {
            let facts = Facts::load(tx, &number, false).await?;
            require(Action::Edit, &facts)?;
            let plan = Plan::of(tx, &act, &clerk, &facts, &input.changes).await?;
            Reply::ok(&plan.preview()).map(|reply| reply.tagged(facts.order.revision))
        })
    });
    looked.await
}

/// Edit an order before anything has left and before its invoice.
///
/// Lines that stay keep their frozen prices, taxes and promotions; what comes has today's price for this customer and this
/// quantity, without promotions and without costs of delivery. Stock is taken as for a new order: for the last unit
/// exactly one comes first, the other is told `out_of_stock`. Where more is charged than is authorised, another payment
/// begins over the difference, and the order is shipped when it is covered; where less is charged, what was paid is given
/// back. A transfer to the customer that was not made yet is called off as far as the order charges more again. The
/// customer gets one mail.
#[utoipa::path(post, path = "/orders/{number}/edits", operation_id = "edit_order", tag = "orders",
    params(("number" = String, Path, description = "The order's number"), IfMatch),
    request_body = EditOrder, security(("api_key" = ["manage_orders"])),
    responses((status = 200, body = OrderView, headers(("ETag" = String)))))]
async fn edit(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<EditOrder>,
) -> Answer {
    let clerk = Clerk::of(&app, &permit.caller).await?;
    let expected = write.expected;
    change(&app, permit, write, number, Action::Edit, move |tx, act, facts, input| {
        Box::pin(async move {
            expected.require(facts.order.revision, "order")?;
            let reason = super::reason(&input.reason)?;
            plan::lock(tx, facts, &input.changes).await?;
            let plan = Plan::of(tx, act, &clerk, facts, &input.changes).await?;
            as_expected(plan.total_after, input.expected_total)?;
            let version = plan.write(tx, act, &reason).await?;
            Ok(Told::new("edited", version))
        })
    })
    .await
}

/// Every edit of an order, the latest first: what went, what came, why, by whom and when. Version 1 is what was ordered.
#[utoipa::path(get, path = "/orders/{number}/versions", operation_id = "list_order_versions", tag = "orders",
    params(("number" = String, Path, description = "The order's number"), Paging),
    security(("api_key" = ["read_orders", "manage_orders"])), responses((status = 200, body = PageOf<OrderVersion>)))]
async fn versions(
    State(app): State<App>,
    _: Permit<allowed::ReadOrders>,
    PathParams(number): PathParams<String>,
    Params(paging): Params<Paging>,
) -> Answer {
    let before: i64 = paging.position()?.unwrap_or(i64::MAX);
    let limit = paging.one_more()?;
    let rows = app.db.read(move |tx| {
        Box::pin(async move {
            let found = tx.row("SELECT id FROM orders WHERE number = $1", args![&number]).await?;
            let Some(order) = found else { refuse!(Refusal::not_found("order", number)) };
            let sql = "SELECT * FROM order_version WHERE order_id = $1 AND version < $2
                ORDER BY version DESC LIMIT $3";
            Ok(tx.rows(sql, args![order.get::<i64>("id")?, before, limit]).await?)
        })
    });
    let versions = rows.await?.iter().map(OrderVersion::of).collect::<crate::Result<Vec<_>>>()?;
    Reply::ok(&paging.page(versions, |it: &OrderVersion| it.version)?)
}

impl OrderVersion {
    fn of(row: &Row) -> crate::Result<Self> {
        Ok(Self {
            version: row.get("version")?,
            delta: row.json("delta")?,
            total_before: row.get("total_before")?,
            total_after: row.get("total_after")?,
            reason: row.get("reason")?,
            actor: row.get("actor")?,
            at: row.get("at")?,
        })
    }
}
