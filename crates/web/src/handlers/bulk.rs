//! bulk
use axum::http::StatusCode;
pub(crate) async fn act() -> StatusCode {
    StatusCode::NOT_FOUND
}
pub(crate) async fn progress() -> StatusCode {
    StatusCode::NOT_FOUND
}
