//! All routes.

use std::any::Any;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, trace::TraceLayer};
use utoipa_axum::router::OpenApiRouter;

use super::{metrics, problem::Problem};
use crate::{app::App, error::Refusal};

/// The largest body of a request, in bytes; imports stream theirs and are not bound by it.
const LARGEST_BODY: usize = 2 * 1024 * 1024;

/// The routes that are documented, each with its description.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(crate::setup::routes())
        .merge(crate::catalogue::routes())
        .merge(crate::inspect::routes())
        .merge(crate::customers::routes())
        .merge(crate::baskets::routes())
        .merge(crate::orders::routes())
        .merge(crate::cashier::routes())
        .merge(crate::outbox::routes())
        .merge(crate::exchange::routes())
}

/// The whole service as one router.
pub fn router(app: App) -> Router {
    let (routes, _) = routes().split_for_parts();
    let described = super::document::bytes();
    routes
        .route("/openapi.json", get(move || async move { (JSON, described).into_response() }))
        .route("/health", get(|| async { "ok" }))
        .route("/ready", get(ready))
        .route("/metrics", get(figures))
        .fallback(|| async { refusal(404, "not_found", "There is nothing at this address.") })
        .method_not_allowed_fallback(|| async {
            refusal(405, "method_not_allowed", "This address does not take that method.")
        })
        .layer(middleware::from_fn(without_nul))
        .layer(middleware::from_fn_with_state(app.clone(), limit))
        .layer(middleware::from_fn_with_state(app.clone(), metrics::measure))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TraceLayer::new_for_http())
        .layer(middleware::from_fn(crate::trace::follow))
        .with_state(app)
}

const JSON: [(axum::http::HeaderName, &str); 1] =
    [(axum::http::header::CONTENT_TYPE, "application/json")];

fn refusal(status: u16, code: &'static str, detail: &str) -> Response {
    Problem::from(Refusal::new(status, code, detail)).into_response()
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    refusal(500, "internal", "Something went wrong inside of the service.")
}

/// Whether the database answers.
async fn ready(State(app): State<App>) -> Response {
    let answer =
        app.db.read(|tx| Box::pin(async move { tx.one("SELECT 1 AS one", vec![]).await })).await;
    match answer {
        Ok(_) => "ready".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            refusal(503, "not_ready", "The database does not answer.")
        }
    }
}

async fn figures(State(app): State<App>) -> Response {
    app.metrics.render().into_response()
}

/// An address with U+0000 in it leads nowhere: no text of the database has that character.
async fn without_nul(request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or("", |it| it.as_str());
    if address.contains("%00") {
        return refusal(400, "invalid_parameter", "The address has the character U+0000 in it.");
    }
    next.run(request).await
}

/// What machines ask must be answered above all when there is too much to do.
const UNLIMITED: [&str; 3] = ["/health", "/ready", "/metrics"];

/// Those whose key is not known are told apart by their address; so are those who guess keys.
async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let free = UNLIMITED.contains(&request.uri().path())
        || app.keys.knows(request.headers(), app.clock.passed());
    let address = app.limits.client(request.extensions(), request.headers());
    if let Some(address) = address.filter(|_| !free)
        && let Err(error) = app.limits.check_address(address)
    {
        return error.into_response();
    }
    next.run(request).await
}
