//! Exports: what a shop shows, written some products at a time. No transaction lasts longer than one of these
//! steps, and no more is held in memory: a slow reader holds up nobody but themselves.

mod handlers;
mod walk;

use utoipa_axum::{router::OpenApiRouter, routes};

use super::plan::stand::Stand;
use crate::app::App;

/// Writes a format: what comes before all products, each product, and what comes after.
pub(super) trait ProductWriter: Send + Sync {
    /// What comes first.
    fn begin(&mut self) -> Vec<u8>;

    /// A product of the shop.
    fn product(&mut self, stand: &Stand) -> Vec<u8>;

    /// What comes last.
    fn end(&mut self) -> Vec<u8>;
}

/// The routes under `/exports`.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(handlers::export))
}
