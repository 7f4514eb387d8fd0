//! `GET /orders`: finding orders and reading one.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{facts::Facts, view::OrderView};
use crate::{
    app::App,
    args,
    db::{Row, Value},
    error::Refusal,
    http::{Answer, PageOf, Paging, Params, PathParams, Permit, Reply, allowed},
    moment::Moment,
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(timeline))
}

/// Which orders.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Orders whose number, e-mail address or tracking number is this, or whose name or e-mail begins like this.
    #[param(required = false, max_length = 200)]
    search: Option<String>,
    /// Orders with this status.
    #[param(required = false)]
    status: Option<String>,
    /// Orders with this fulfilment status that are not closed.
    #[param(required = false)]
    fulfilment_status: Option<String>,
    /// Orders with this customer number.
    #[param(required = false)]
    customer_id: Option<i64>,
    /// How many, 1 to 200.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[param(required = false)]
    after: Option<String>,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
struct OrderRow {
    /// Its number.
    number: String,
    /// When it was placed.
    placed_at: Moment,
    /// Who bought.
    name: String,
    /// Their e-mail address.
    email: String,
    /// What it is waiting for.
    status: String,
    /// Where the money is.
    payment_status: String,
    /// Where the goods are.
    fulfilment_status: String,
    /// What comes back.
    return_status: String,
    /// The currency of the total.
    currency: String,
    /// What was to be paid, in minor units.
    total: i64,
    #[serde(skip)]
    id: i64,
}

/// Orders, the newest first.
#[utoipa::path(get, path = "/orders", operation_id = "list_orders", tag = "orders", params(Which),
    security(("api_key" = [])), responses((status = 200, body = PageOf<OrderRow>)))]
async fn list(
    State(app): State<App>,
    _: Permit<allowed::ReadOrders>,
    Params(which): Params<Which>,
) -> Answer {
    let paging = Paging { limit: which.limit, after: which.after.clone() };
    let before: i64 = paging.position()?.unwrap_or(i64::MAX);
    let (sql, args) = question(&which, before, paging.one_more()?)?;
    let rows = app.db.read(move |tx| Box::pin(async move { tx.rows(&sql, args).await })).await?;
    let rows = rows.iter().map(row).collect::<crate::Result<Vec<_>>>()?;
    Reply::ok(&paging.page(rows, |it: &OrderRow| it.id)?)
}

const COLUMNS: &str =
    "id, number, placed_at, name, email, status, payment_status, fulfilment_status,
    return_status, currency, total";

/// Each list is one walk along one index: none of them counts or sorts what it does not show.
fn question(which: &Which, before: i64, limit: i64) -> crate::Result<(String, Vec<Value>)> {
    let mut conditions = vec!["id < $1".to_owned()];
    let mut args = args![before, limit];
    let mut add = |condition: &str, value: Value| {
        args.push(value);
        conditions.push(condition.replace('?', &format!("${}", args.len())));
    };
    if let Some(text) = which.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        if text.chars().count() > 200 {
            refuse!(Refusal::new(400, "invalid_parameter", "search has at most 200 characters."));
        }
        let exactly = "(number = ? OR email = ? OR id IN (SELECT s.order_id FROM parcel p
            JOIN shipment s ON s.id = p.shipment_id WHERE p.tracking = ?))";
        add(exactly, Value::from(text));
    }
    if let Some(status) = &which.status {
        add("status = ?", Value::from(status));
    }
    if let Some(status) = &which.fulfilment_status {
        add("fulfilment_status = ? AND closed_at IS NULL", Value::from(status));
    }
    if let Some(customer) = which.customer_id {
        add("customer_id = ?", Value::from(customer));
    }
    let conditions = conditions.join(" AND ");
    Ok((format!("SELECT {COLUMNS} FROM orders WHERE {conditions} ORDER BY id DESC LIMIT $2"), args))
}

fn row(row: &Row) -> crate::Result<OrderRow> {
    Ok(OrderRow {
        id: row.get("id")?,
        number: row.get("number")?,
        placed_at: row.get("placed_at")?,
        name: row.get("name")?,
        email: row.get("email")?,
        status: row.get("status")?,
        payment_status: row.get("payment_status")?,
        fulfilment_status: row.get("fulfilment_status")?,
        return_status: row.get("return_status")?,
        currency: row.get("currency")?,
        total: row.get("total")?,
    })
}

/// One order with everything that happened to it, and what can be done with it.
#[utoipa::path(get, path = "/orders/{number}", operation_id = "get_order", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    security(("api_key" = [])),
    responses((status = 200, body = OrderView, headers(("ETag" = String)))))]
async fn get(
    State(app): State<App>,
    _: Permit<allowed::ReadOrders>,
    PathParams(number): PathParams<String>,
) -> Answer {
    let facts = app
        .db
        .read(move |tx| Box::pin(async move { Facts::load(tx, &number, false).await }))
        .await?;
    shown(&app, &facts).await
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
    security(("api_key" = [])), responses((status = 200, body = PageOf<EventView>)))]
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
