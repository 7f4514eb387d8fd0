//! Prices, as intervals that are never overwritten.

mod handlers;
mod offers;
mod plan;
pub mod record;
pub(crate) mod store;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;
pub(crate) use record::interval_of;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list, handlers::set))
        .routes(routes!(handlers::withdraw))
        .routes(routes!(handlers::end))
        .routes(routes!(handlers::set_all))
        .routes(routes!(offers::list))
        .routes(routes!(offers::read, offers::change))
        .routes(routes!(offers::sale))
        .routes(routes!(offers::end_sale))
}
