//! Where traces go: to a collector that speaks OTLP over HTTP.

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry::{global, trace::TracerProvider as _};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{SdkTracerProvider, Tracer},
};
use tokio::runtime::Handle;

const SERVICE: &str = "order-inspect";

/// Traces on their way. They are sent together every few seconds, and what is left when this is closed.
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send to a collector. How much of all is sent is said by the variables that OpenTelemetry has for it,
    /// such as `OTEL_TRACES_SAMPLER`.
    pub(super) fn open(collector: &str, handle: Handle) -> Result<Self, String> {
        let broken = |error: &dyn std::fmt::Display| format!("--traces {collector}: {error}");
        let address = reqwest::Url::parse(collector).map_err(|error| broken(&error))?;
        let endpoint = format!("{}/v1/traces", address.as_str().trim_end_matches('/'));
        // An error says that the process has chosen one before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(10))
            .build()
            .map_err(|error| broken(&error))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client { client, handle })
            .with_endpoint(endpoint)
            .build()
            .map_err(|error| broken(&error))?;
        let resource = Resource::builder().with_service_name(SERVICE).build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        global::set_text_map_propagator(TraceContextPropagator::new());
        Ok(Self(provider))
    }

    /// What spans are handed to.
    pub(super) fn tracer(&self) -> Tracer {
        self.0.tracer(SERVICE)
    }

    /// Sends what is left.
    pub(super) fn close(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Sends from the runtime: the thread that gathers spans is none of its own.
#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    handle: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(
        &self,
        request: axum::http::Request<Bytes>,
    ) -> Result<axum::http::Response<Bytes>, HttpError> {
        let (client, request) = (self.client.clone(), request.try_into()?);
        let sent = self.handle.spawn(async move {
            let response = client.execute(request).await?;
            let status = response.status();
            Ok::<_, reqwest::Error>((status, response.bytes().await?))
        });
        let (status, body) = sent.await?.inspect_err(|error| {
            tracing::warn!(%error, "the collector does not take the traces");
        })?;
        if !status.is_success() {
            tracing::warn!(%status, "the collector does not take the traces");
        }
        let mut response = axum::http::Response::new(body);
        *response.status_mut() = status;
        Ok(response)
    }
}
