//! Imports: a file comes in, is read into records, compared with the catalogue item by item (the dry run), and
//! applied when somebody says so.

mod handlers;
mod items;
mod reading;
mod run;
mod source;
mod turn;
mod upload;
mod worker;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;
pub use run::{ImportRun, ImportState};
pub use worker::Importer;

/// The routes under `/imports`.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list, upload::create))
        .routes(routes!(handlers::read))
        .routes(routes!(handlers::changes))
        .routes(routes!(handlers::errors))
        .routes(routes!(handlers::apply))
        .routes(routes!(handlers::cancel))
}
