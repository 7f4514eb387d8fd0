//! connect
use axum::http::StatusCode;
pub(crate) async fn page() -> StatusCode {
    StatusCode::NOT_FOUND
}
pub(crate) async fn act() -> StatusCode {
    StatusCode::NOT_FOUND
}
