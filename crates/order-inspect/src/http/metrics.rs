//! Figures for Prometheus.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::app::App;

/// Upper bounds of the buckets, in seconds.
const BUCKETS: &[f64] =
    &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The service's own figures: one recorder per service, so that two in one process do not mix.
#[derive(Clone)]
pub struct Metrics {
    recorder: std::sync::Arc<PrometheusRecorder>,
    handle: PrometheusHandle,
}

impl Metrics {
    /// Figures that start at zero.
    pub fn new() -> Self {
        let builder = PrometheusBuilder::new();
        let name = Matcher::Full("http_request_seconds".to_owned());
        let recorder = match builder.set_buckets_for_metric(name, BUCKETS) {
            Ok(builder) => builder.build_recorder(),
            Err(_) => PrometheusBuilder::new().build_recorder(),
        };
        let handle = recorder.handle();
        Self { recorder: std::sync::Arc::new(recorder), handle }
    }

    /// Runs code whose figures belong to this service.
    pub fn record(&self, code: impl FnOnce()) {
        metrics::with_local_recorder(&*self.recorder, code);
    }

    /// All figures as Prometheus reads them.
    pub fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Counts and times each request by its route.
pub(super) async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let route =
        request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let took = began.elapsed().as_secs_f64();
    app.metrics.record(|| {
        metrics::counter!("http_requests_total", "route" => route.clone(), "method" => method.clone(), "status" => status)
            .increment(1);
        metrics::histogram!("http_request_seconds", "route" => route, "method" => method).record(took);
    });
    response
}
