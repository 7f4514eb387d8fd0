//! `/catalogue/products`.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    load::{self, ProductRecord},
    record::Product,
    store,
};
use crate::{
    app::App,
    args,
    catalogue::words::Code,
    db::DbError,
    http::{Answer, IfMatch, PageOf, Paging, Params, PathParams, Permit, Reply, Write, allowed},
    moment::Moment,
};

/// A product in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ProductLine {
    /// Its code.
    code: Code,
    /// Its name in the first of its languages.
    name: String,
    /// Its type.
    product_type: Code,
    /// Whether it is part of the assortment.
    active: bool,
    /// When it was changed last.
    updated_at: Moment,
    /// Grows with every change.
    revision: i64,
}

/// All products by code.
#[utoipa::path(get, path = "/catalogue/products", tag = "Catalogue", operation_id = "list_products",
    params(Paging), responses((status = 200, description = "A page", body = PageOf<ProductLine>)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn list(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    Params(paging): Params<Paging>,
) -> Answer {
    let after: String = paging.position()?.unwrap_or_default();
    let limit = paging.one_more()?;
    let sql = "SELECT p.code, p.active, p.updated_at, p.revision, t.code AS product_type, \
               (SELECT name FROM product_text WHERE product_id = p.id \
     ORDER BY channel_id, locale LIMIT 1) AS name \
               FROM product AS p JOIN product_type AS t ON t.id = p.product_type_id \
               WHERE p.code > $1 ORDER BY p.code LIMIT $2";
    let rows = app
        .db
        .read(move |tx| Box::pin(async move { tx.rows(sql, args![after, limit]).await }))
        .await?;
    let lines = rows.iter().map(|row| {
        Ok(ProductLine {
            code: row.word("code")?,
            name: row.get::<Option<String>>("name")?.unwrap_or_default(),
            product_type: row.word("product_type")?,
            active: row.get("active")?,
            updated_at: row.get("updated_at")?,
            revision: row.get("revision")?,
        })
    });
    let lines = lines.collect::<Result<Vec<_>, DbError>>()?;
    Reply::ok(&paging.page(lines, |line| line.code.to_string())?)
}

/// Make a product with its variants.
#[utoipa::path(post, path = "/catalogue/products", tag = "Catalogue", operation_id = "create_product",
    request_body = Product,
    responses((status = 201, description = "Made", body = ProductRecord)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    write: Write<Product>,
) -> Answer {
    let Write { input, once, .. } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            store::create(tx, act, &input).await?;
            let record = load::one(tx, &input.code).await?;
            let place = format!("/catalogue/products/{}", input.code);
            Ok(Reply::created(&record)?.tagged(record.revision).at(place))
        })
    })
    .await
}

/// One product.
#[utoipa::path(get, path = "/catalogue/products/{code}", tag = "Catalogue", operation_id = "read_product",
    params(("code" = String, Path)),
    responses((status = 200, description = "It", body = ProductRecord)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn read(
    State(app): State<App>,
    _: Permit<allowed::Catalogue>,
    PathParams(code): PathParams<String>,
) -> Answer {
    let record = app.db.read(move |tx| Box::pin(async move { load::one(tx, &code).await })).await?;
    Ok(Reply::ok(&record)?.tagged(record.revision))
}

/// Replace a product; variants that are left out are withdrawn.
#[utoipa::path(put, path = "/catalogue/products/{code}", tag = "Catalogue", operation_id = "change_product",
    params(("code" = String, Path), IfMatch), request_body = Product,
    responses((status = 200, description = "Replaced", body = ProductRecord)),
    security(("api_key" = ["catalogue"])))]
pub(super) async fn change(
    State(app): State<App>,
    permit: Permit<allowed::Catalogue>,
    PathParams(code): PathParams<String>,
    write: Write<Product>,
) -> Answer {
    let Write { input, expected, once } = write;
    app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            store::change(tx, act, &code, &input, expected).await?;
            let record = load::one(tx, &code).await?;
            Ok(Reply::ok(&record)?.tagged(record.revision))
        })
    })
    .await
}
