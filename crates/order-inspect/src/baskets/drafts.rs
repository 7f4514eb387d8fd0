//! `GET /drafts`.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    address::Address,
    app::App,
    args,
    db::Row,
    http::{Answer, PageOf, Paging, Params, Permit, Reply, allowed},
    moment::Moment,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A draft in a list.
#[derive(Debug, Serialize, ToSchema)]
struct DraftRow {
    /// What its address ends in: `/baskets/{id}`.
    id: i64,
    /// The shop's code.
    channel: String,
    /// The name on the invoice, or else the customer's.
    name: Option<String>,
    /// Where mails go.
    email: Option<String>,
    /// The customer.
    customer_id: Option<i64>,
    /// How many lines it has.
    lines: i64,
    /// Who began it.
    created_by: Option<String>,
    /// When it was begun.
    created_at: Moment,
    /// When it last changed.
    updated_at: Moment,
}

/// Drafts that were not ordered yet, the newest first. Drafts are begun, filled and ordered like baskets, with their
/// number instead of a token.
#[utoipa::path(get, path = "/drafts", operation_id = "list_drafts", tag = "baskets",
    params(Paging), security(("api_key" = ["manage_orders"])),
    responses((status = 200, body = PageOf<DraftRow>)))]
async fn list(
    State(app): State<App>,
    _: Permit<allowed::ManageOrders>,
    Params(paging): Params<Paging>,
) -> Answer {
    let before: i64 = paging.position()?.unwrap_or(i64::MAX);
    let limit = paging.one_more()?;
    let sql = "SELECT b.id, b.email, b.customer_id, b.billing_address, b.created_by, b.created_at,
            b.updated_at, c.code AS channel, u.name AS customer_name, u.email AS customer_email,
            (SELECT COUNT(*) FROM basket_line l WHERE l.basket_id = b.id) AS line_count
        FROM basket b JOIN channel c ON c.id = b.channel_id
        LEFT JOIN customer u ON u.id = b.customer_id
        WHERE b.draft AND b.order_id IS NULL AND b.id < $1 ORDER BY b.id DESC LIMIT $2";
    let rows = app
        .db
        .read(move |tx| Box::pin(async move { tx.rows(sql, args![before, limit]).await }))
        .await?;
    let rows = rows.iter().map(row).collect::<crate::Result<Vec<_>>>()?;
    Reply::ok(&paging.page(rows, |it: &DraftRow| it.id)?)
}

fn row(row: &Row) -> crate::Result<DraftRow> {
    let billing: Option<Address> = row.maybe_json("billing_address")?;
    let entered: Option<String> = row.get("email")?;
    Ok(DraftRow {
        id: row.get("id")?,
        channel: row.get("channel")?,
        name: billing.map(|it| it.name).or(row.get("customer_name")?),
        email: entered.or(row.get("customer_email")?),
        customer_id: row.get("customer_id")?,
        lines: row.get("line_count")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
