//! people
use axum::http::StatusCode;
pub(crate) async fn list() -> StatusCode {
    StatusCode::NOT_FOUND
}
pub(crate) async fn invite() -> StatusCode {
    StatusCode::NOT_FOUND
}
pub(crate) async fn person() -> StatusCode {
    StatusCode::NOT_FOUND
}
pub(crate) async fn act() -> StatusCode {
    StatusCode::NOT_FOUND
}
