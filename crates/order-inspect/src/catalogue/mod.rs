//! The catalogue as staff keep it: products and everything that belongs to them, prices and stock.

pub mod attributes;
pub mod brands;
pub mod categories;
pub(crate) mod check;
pub(crate) mod folding;
mod gtin;
pub mod locations;
pub mod master;
pub mod operators;
pub mod prices;
pub mod product_types;
pub mod products;
pub mod reviews;
pub mod size_guides;
pub mod stock;
pub mod words;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
pub use master::Versioned;

/// The routes under `/catalogue`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(operators::routes())
        .merge(brands::routes())
        .merge(categories::routes())
        .merge(attributes::routes())
        .merge(product_types::routes())
        .merge(size_guides::routes())
        .merge(products::routes())
        .merge(prices::routes())
        .merge(locations::routes())
        .merge(stock::routes())
        .merge(reviews::routes())
}
