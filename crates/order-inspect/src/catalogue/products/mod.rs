//! Products.

mod articles;
mod handlers;
mod links;
pub mod listing;
pub mod load;
pub mod publication;
mod publishing;
pub mod record;
mod search;
mod shape;
pub(crate) mod store;
mod texts;
pub(crate) mod values;
mod variants;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;
pub(crate) use load::content;
pub(crate) use publication::changed;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list, handlers::create))
        .routes(routes!(handlers::read, handlers::change))
        .routes(routes!(articles::list))
        .routes(routes!(articles::read, articles::change))
        .routes(routes!(publishing::publish, publishing::unpublish))
        .routes(routes!(publishing::show))
        .routes(routes!(publishing::take_out))
        .routes(routes!(publishing::bulk))
}
