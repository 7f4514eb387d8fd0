//! Stock by location, and the ledger of everything that ever happened to it.

pub(crate) mod change;
mod handlers;
mod ledger;
mod level;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;
pub(crate) use ledger::note;
pub use ledger::{LedgerDifference, MOVEMENT, Movement, MovementKind, audit};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list, handlers::change))
        .routes(routes!(handlers::plan))
        .routes(routes!(handlers::movements))
        .routes(routes!(handlers::audit))
        .routes(routes!(level::read))
        .routes(routes!(level::correct))
}
