//! Traces: what a request spends its time on, for an OpenTelemetry collector.
//!
//! All spans are made here, so that the one target `order_inspect::trace` switches them on and off; where nobody
//! listens to it none is made. Their names and fields are OpenTelemetry's semantic conventions for HTTP. Addresses are
//! told as routes and without their queries: those may hold names and e-mail addresses.

use axum::{
    extract::{MatchedPath, Request},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use opentelemetry::{global, trace::TraceContextExt as _};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use tracing::{Instrument as _, Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Where all spans come from.
pub(crate) const TARGET: &str = module_path!();

/// Follows a request from here on; it goes on with the trace that its `traceparent` names.
pub(crate) async fn follow(request: Request, next: Next) -> Response {
    let span = info_span!(
        "request",
        otel.name = Empty,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = Empty,
        http.route = Empty,
        http.response.status_code = Empty,
    );
    if span.is_disabled() {
        return next.run(request).await;
    }
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let method = request.method().as_str();
    span.record("otel.name", format!("{method} {route}").trim_end());
    span.record("http.request.method", method);
    span.record("http.route", route);
    let headers = HeaderExtractor(request.headers());
    let parent = global::get_text_map_propagator(|it| it.extract(&headers));
    if parent.span().span_context().is_valid() {
        // An error says that nobody records the span.
        _ = span.set_parent(parent);
    }
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    response
}

/// The wait for a group of orders to be written.
pub(crate) fn placing() -> Span {
    info_span!("place")
}

/// A read from the database, the wait for a connection included.
pub(crate) fn reading() -> Span {
    info_span!("db.read", otel.kind = "client")
}

/// A transaction that writes, the wait for its turn included.
pub(crate) fn writing() -> Span {
    info_span!("db.write", otel.kind = "client")
}

/// A question to a payment provider.
pub(crate) fn paying(provider: &str) -> Span {
    info_span!("payment provider", otel.kind = "client", provider)
}

/// A mail on its way to the mail server.
pub(crate) fn mailing(kind: &str) -> Span {
    info_span!("mail", otel.kind = "producer", kind)
}

/// The headers that let somebody else go on with this trace.
pub(crate) fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let context = Span::current().context();
    global::get_text_map_propagator(|it| {
        it.inject_context(&context, &mut HeaderInjector(&mut headers));
    });
    headers
}
