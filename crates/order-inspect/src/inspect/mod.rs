//! What a customer looks at before buying.

mod attributes;
pub mod availability;
mod cache;
mod cards;
mod checks;
mod counts;
mod facts;
mod find;
mod list;
mod narrowing;
mod offer;
mod page;
mod prices;
mod product;
pub mod promise;
mod reviews;
mod state;
mod texts;
mod tree;
pub mod view;
mod window;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;
pub use cache::Pages;

/// The routes under `/inspect`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(product::inspect))
        .routes(routes!(list::list))
        .routes(routes!(tree::tree))
        .routes(routes!(reviews::list, reviews::create))
}
