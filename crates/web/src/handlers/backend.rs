//! backend
use axum::http::StatusCode;
pub(crate) async fn page() -> StatusCode {
    StatusCode::NOT_FOUND
}
pub(crate) async fn decide() -> StatusCode {
    StatusCode::NOT_FOUND
}
pub(crate) async fn read_again() -> StatusCode {
    StatusCode::NOT_FOUND
}
