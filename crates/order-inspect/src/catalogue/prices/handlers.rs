//! `/catalogue/variants/{sku}/prices`, `/catalogue/prices/…` and `/catalogue/price-changes`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    record::{PriceChange, PriceInput, PriceRecord},
    store,
};
use crate::{
    app::App,
    catalogue::{check, words::Sku},
    error::{Findings, Refusal},
    http::{Answer, NoBody, PageOf, Paging, Params, PathParams, Permit, Reply, Write, allowed},
    moment::Moment,
};

/// All prices that a variant has, had and will have: the latest decision first.
#[utoipa::path(get, path = "/catalogue/variants/{sku}/prices", tag = "Prices",
    operation_id = "list_prices", params(("sku" = String, Path), Paging),
    responses((status = 200, description = "A page", body = PageOf<PriceRecord>)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn list(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(sku): PathParams<String>,
    Params(paging): Params<Paging>,
) -> Answer {
    let before = paging.position()?.unwrap_or(i64::MAX);
    let limit = paging.one_more()?;
    let prices = app
        .db
        .read(move |tx| Box::pin(async move { store::history(tx, &sku, before, limit).await }))
        .await?;
    Reply::ok(&paging.page(prices, |it| it.id)?)
}

/// Set a price. An open price of the same kind for the same people and quantity ends where this one begins.
#[utoipa::path(post, path = "/catalogue/variants/{sku}/prices", tag = "Prices",
    operation_id = "set_price", params(("sku" = String, Path)), request_body = PriceInput,
    responses((status = 201, description = "Set", body = PriceRecord)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn set(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(sku): PathParams<String>,
    write: Write<PriceInput>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let unknown = Refusal::not_found("variant", &sku);
            let sku = Sku::try_from(sku).map_err(|_| unknown)?;
            let changes = [PriceChange { sku, price: input }];
            let made = store::set(tx, act, &changes, |_| String::new()).await?;
            let id = made.first().copied().unwrap_or_default();
            Reply::created(&store::one(tx, id).await?)
        })
    })
    .await
}

/// Take back a price that is not in force yet.
#[utoipa::path(delete, path = "/catalogue/prices/{id}", tag = "Prices",
    operation_id = "withdraw_price", params(("id" = i64, Path)),
    responses((status = 204, description = "Withdrawn")),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn withdraw(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<i64>,
    write: Write<NoBody>,
) -> Answer {
    app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            store::withdraw(tx, act, id).await?;
            Reply::nothing()
        })
    })
    .await
}

/// When a price ends.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceEnd {
    /// From when on it no longer holds; now if there is none.
    #[serde(default)]
    at: Option<Moment>,
}

/// End a price earlier than was planned.
#[utoipa::path(post, path = "/catalogue/prices/{id}/end", tag = "Prices",
    operation_id = "end_price", params(("id" = i64, Path)), request_body = PriceEnd,
    responses((status = 200, description = "The price with its end", body = PriceRecord)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn end(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(id): PathParams<i64>,
    write: Write<PriceEnd>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            store::end_at(tx, act, id, input.at).await?;
            Reply::ok(&store::one(tx, id).await?)
        })
    })
    .await
}

/// Prices that change together.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceChanges {
    /// The moment at which all of them change that do not say another; now if there is none.
    #[serde(default)]
    valid_from: Option<Moment>,
    /// The prices.
    #[schema(min_items = 1, max_items = 2000)]
    prices: Vec<PriceChange>,
}

/// What was written.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PriceChangesOutcome {
    /// The numbers of the prices, in their order.
    prices: Vec<i64>,
}

/// Set many prices that switch at one moment: all of them or none.
#[utoipa::path(post, path = "/catalogue/price-changes", tag = "Prices",
    operation_id = "set_prices", request_body = PriceChanges,
    responses((status = 201, description = "Set", body = PriceChangesOutcome)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn set_all(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    write: Write<PriceChanges>,
) -> Answer {
    let Write { mut input, once, .. } = write;
    let mut found = Findings::default();
    let count = i64::try_from(input.prices.len()).unwrap_or(i64::MAX);
    check::range(&mut found, "/prices", count, 1..=2000);
    check::unique(&mut found, "/prices", &input.prices, |it| {
        let price = &it.price;
        let kind = price.kind_name();
        (&it.sku, &price.channel, &price.currency, &price.customer_group, price.min_quantity, kind)
    });
    found.end()?;
    for change in &mut input.prices {
        change.price.valid_from = change.price.valid_from.or(input.valid_from);
    }
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let prices = store::set(tx, act, &input.prices, |at| format!("/prices/{at}")).await?;
            Reply::created(&PriceChangesOutcome { prices })
        })
    })
    .await
}
