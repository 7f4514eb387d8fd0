//! audit
use axum::http::StatusCode;
pub(crate) async fn page() -> StatusCode {
    StatusCode::NOT_FOUND
}
pub(crate) async fn verify() -> StatusCode {
    StatusCode::NOT_FOUND
}
