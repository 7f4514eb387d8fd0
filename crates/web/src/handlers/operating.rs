//! For those who run Kontor: is it alive, is it ready, how is it doing.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// Kontor's own memory answers. Backends do not count: one that is down must not take the office
/// down with it.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    match app.office.check_store().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
        }
    }
}

/// Prometheus' text format, for administrators' tokens, and where it is set so for whoever asks from
/// this machine: names of backends are nobody else's business.
pub(crate) async fn metrics(
    State(app): State<App>,
    origin: crate::visitor::Origin,
    headers: HeaderMap,
) -> Response {
    let is_local = origin.ip.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let permitted = match token {
        Some(token) => {
            matches!(app.office.actor_of_token(token).await, Ok(Some(actor)) if actor.user.is_admin)
        }
        // Behind a proxy every request comes from this machine.
        None => {
            app.metrics_on_machine
                && is_local
                && !headers.contains_key("x-forwarded-for")
                && !headers.contains_key("forwarded")
        }
    };
    if !permitted {
        return StatusCode::FORBIDDEN.into_response();
    }
    for backend in app.office.all_backends() {
        let gauge = backend.gauge();
        let name = backend.name.to_string();
        metrics::gauge!("kontor_backend_connections", "backend" => name.clone(), "state" => "in_use").set(f64::from(gauge.in_use));
        metrics::gauge!("kontor_backend_connections", "backend" => name.clone(), "state" => "idle")
            .set(f64::from(gauge.idle));
        let is_up = matches!(backend.health().condition, kontor_office::BackendCondition::Ready);
        metrics::gauge!("kontor_backend_up", "backend" => name).set(f64::from(u8::from(is_up)));
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], (app.metrics)()).into_response()
}
