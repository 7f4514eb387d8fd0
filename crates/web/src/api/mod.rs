//! The JSON API.
use crate::app::App;
use axum::Router;
pub(crate) fn routes() -> Router<App> {
    Router::new()
}
/// The document.
pub fn document() -> String {
    String::new()
}
