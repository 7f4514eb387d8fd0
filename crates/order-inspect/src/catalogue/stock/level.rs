//! `/catalogue/stock-levels/…`: one level at a time, for whoever stands before the shelf.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::{CountedLine, StockChange},
    handlers::{StockLevel, level_at},
};
use crate::{
    app::App,
    catalogue::words::{Code, Sku},
    error::Refusal,
    http::{Answer, PathParams, Permit, Reply, Write, allowed},
};

/// The level of a variant at a location, by its `id`.
#[utoipa::path(get, path = "/catalogue/stock-levels/{id}", tag = "Stock", operation_id = "read_stock_level",
    params(("id" = String, Path)),
    responses((status = 200, description = "The level", body = StockLevel)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn read(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<String>,
) -> Answer {
    let read = app.db.read(move |tx| {
        Box::pin(async move {
            let (location, sku) = parts(&id)?;
            level_at(tx, sku, location).await
        })
    });
    Reply::ok(&read.await?)
}

/// What was counted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Count {
    /// How many there are.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    on_hand: i64,
    /// Why it differs.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// Correct how many are there.
#[utoipa::path(post, path = "/catalogue/stock-levels/{id}/correction", tag = "Stock",
    operation_id = "correct_stock", params(("id" = String, Path)), request_body = Count,
    responses((status = 200, description = "The level now", body = StockLevel)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn correct(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<String>,
    write: Write<Count>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let (location, sku) = parts(&id)?;
            level_at(tx, sku, location).await?;
            let unknown = || Refusal::not_found("stock", &id);
            let counted = Sku::try_from(sku.to_owned()).map_err(|_| unknown())?;
            let change = StockChange::Correction {
                location: Code::try_from(location.to_owned()).map_err(|_| unknown())?,
                lines: vec![CountedLine { sku: counted, on_hand: input.on_hand }],
                reason: input.reason,
            };
            change.make(tx, act).await?;
            Reply::ok(&level_at(tx, sku, location).await?)
        })
    })
    .await
}

/// Location and variant of an `id`; neither has a colon in it.
fn parts(id: &str) -> crate::Result<(&str, &str)> {
    Ok(id.split_once(':').ok_or_else(|| Refusal::not_found("stock", id))?)
}
