//! The body of a request is read to its end before anybody asks who sent it: whoever lost a right
//! while it was on its way has lost it when it arrives. Reading has a limit and a time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest as _, MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kontor_office::MOST_IMPORTED_BYTES;

use crate::app::App;
use crate::failure::PageFailure;
use crate::frame::Frame;

/// A body that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// A file may come over a slow line.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(120);
/// What a form writes around a file, in bytes, and what is read to tell that a file is too large.
const AROUND_A_FILE: usize = 1024 * 1024;

/// Reads the body of a request that may change something, and only then goes on.
pub(crate) async fn first(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (request, patience) = match is_upload(&request) {
        true => (uploading(request), UPLOAD_PATIENCE),
        false => (request, PATIENCE),
    };
    match whole(request, patience).await {
        Ok(request) => next.run(request).await,
        Err((request, status)) => refused(&app, request, status).await,
    }
}

/// Whether a request brings a file to import.
fn is_upload(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    route.is_some_and(|route| route.as_str().ends_with("/{resource}/import"))
}

/// A request that may bring as much as a file to import may have. That it has too much is then told
/// with what else can be wrong with a file.
fn uploading(mut request: Request) -> Request {
    DefaultBodyLimit::max(MOST_IMPORTED_BYTES + AROUND_A_FILE).apply(&mut request);
    request
}

/// The request with its body in memory; without it, and with why, where it cannot be read.
async fn whole(request: Request, patience: Duration) -> Result<Request, (Request, StatusCode)> {
    let (parts, body) = request.into_parts();
    let empty = |parts| Request::from_parts(parts, Body::empty());
    // A request of its own, because reading takes it; the limit is one of its extensions.
    let mut reading = Request::new(body);
    *reading.extensions_mut() = parts.extensions.clone();
    match tokio::time::timeout(patience, Bytes::from_request(reading, &())).await {
        Ok(Ok(bytes)) => Ok(Request::from_parts(parts, Body::from(bytes))),
        Ok(Err(rejection)) => Err((empty(parts), rejection.status())),
        Err(_) => Err((empty(parts), StatusCode::REQUEST_TIMEOUT)),
    }
}

async fn refused(app: &App, request: Request, status: StatusCode) -> Response {
    let (parts, _) = request.into_parts();
    if parts.uri.path().starts_with("/api/") {
        return crate::api::body_refused(&parts.headers, status);
    }
    let text = match status {
        StatusCode::REQUEST_TIMEOUT => "failure-body-slow",
        StatusCode::PAYLOAD_TOO_LARGE => "failure-body-large",
        _ => "failure-body-broken",
    };
    PageFailure::plain(app, &Frame::of(&parts), status, text).await.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_that_does_not_end_is_not_waited_for() {
        let never = futures_util::stream::pending::<Result<Bytes, std::convert::Infallible>>();
        let request = Request::post("/account").body(Body::from_stream(never)).expect("a request");
        let refused = whole(request, Duration::from_millis(1)).await;
        assert_eq!(refused.err().map(|(_, status)| status), Some(StatusCode::REQUEST_TIMEOUT));
    }
}
