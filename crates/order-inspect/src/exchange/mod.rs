//! Import and export of the catalogue.
//!
//! A file is read into [`item`]s, which say what it says and nothing else. An item is weighed against what is there
//! ([`plan`]) and written by the catalogue's own functions. Exports write what is there, some products at a time.

mod bmecat;
mod exports;
mod file;
mod format;
mod google;
mod imports;
mod item;
mod plan;
#[cfg(test)]
mod samples;
mod shopify;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
pub use format::Format;
pub use imports::{ImportRun, ImportState, Importer};

/// The routes under `/imports` and `/exports`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(imports::routes()).merge(exports::routes())
}
