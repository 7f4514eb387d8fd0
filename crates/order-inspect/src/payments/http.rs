//! A provider that speaks [`super::protocol`].

use std::{fmt, time::Duration};

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, redirect::Policy};
use serde::{Serialize, de::DeserializeOwned};
use tracing::Instrument as _;

use super::{
    AuthoriseRequest, IdempotencyKey, OperationRequest, Outcome, PaymentId, PaymentProvider,
    PaymentState, ProviderError, Reference, VoidRequest,
    protocol::{
        Answer, AnswerStatus, Decline, ErrorBody, NewOperation, NewPayment, NewVoid, Payment,
        Payments,
    },
};
use crate::trace;

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 1 << 20;

/// How to reach a provider.
#[derive(Clone)]
pub struct HttpProviderOptions {
    /// Its name in settings and in the ledger.
    pub name: String,
    /// Where its paths begin. Anything but this machine needs `https`.
    pub base_url: Url,
    /// What shows who we are. It is never printed.
    pub api_key: String,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for an answer, connection included.
    pub timeout: Duration,
}

impl fmt::Debug for HttpProviderOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpProviderOptions")
            .field("name", &self.name)
            .field("base_url", &self.base_url.as_str())
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Why a provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableProvider {
    /// The key would travel in the open.
    #[error("{0} is neither https nor this machine, and the key would travel in the open")]
    Insecure(Url),
    /// The client could not be built.
    #[error("the HTTP client could not be built: {0}")]
    Client(#[from] reqwest::Error),
}

/// A provider that speaks [`super::protocol`]. It follows no redirect and repeats nothing by itself.
#[derive(Debug)]
pub struct HttpProvider {
    client: Client,
    options: HttpProviderOptions,
}

impl HttpProvider {
    /// A client for the provider; it connects with the first request.
    ///
    /// # Errors
    /// [`UnusableProvider`] where the key would travel in the open or there is no client.
    pub fn new(options: HttpProviderOptions) -> Result<Self, UnusableProvider> {
        let url = &options.base_url;
        if !is_private(url) {
            return Err(UnusableProvider::Insecure(url.clone()));
        }
        // An error says that the process has chosen one before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .build()?;
        Ok(Self { client, options })
    }

    fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.options.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    async fn post<Body: Serialize + Sync>(
        &self,
        segments: &[&str],
        key: &IdempotencyKey,
        body: &Body,
    ) -> Result<Outcome, ProviderError> {
        let url = self.url(segments);
        let request = self.client.post(url).header("idempotency-key", key.as_str()).json(body);
        let answer: Answer = self.send(request).await?;
        Ok(answer.into())
    }

    async fn send<Body: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<Body, ProviderError> {
        self.ask(request).instrument(trace::paying(&self.options.name)).await
    }

    async fn ask<Body: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<Body, ProviderError> {
        let request = request.bearer_auth(&self.options.api_key).headers(trace::headers());
        let request = request.build().map_err(|error| {
            let message = error.to_string();
            ProviderError::Refused { status: 0, code: "invalid_request".to_owned(), message }
        })?;
        let response = self.client.execute(request).await.map_err(|error| failure(&error))?;
        let status = response.status();
        let body = read(response).await?;
        if !status.is_success() {
            return Err(refusal(status, &body));
        }
        serde_json::from_slice(&body)
            .map_err(|error| ProviderError::Unknown(format!("status {status}, but {error}")))
    }
}

/// Whether nobody can read along: an address with https, or one with http on this machine.
pub fn is_private(url: &Url) -> bool {
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    url.scheme() == "https" || url.scheme() == "http" && is_here
}

#[async_trait]
impl PaymentProvider for HttpProvider {
    fn name(&self) -> &str {
        &self.options.name
    }

    async fn authorise(&self, request: &AuthoriseRequest) -> Result<Outcome, ProviderError> {
        let body = NewPayment {
            reference: request.reference.as_str().to_owned(),
            amount: request.amount.minor_units,
            currency: request.amount.currency.clone(),
            method: request.method.clone(),
            token: request.token.clone(),
            return_url: request.return_url.clone(),
        };
        self.post(&["payments"], &request.idempotency_key, &body).await
    }

    async fn capture(&self, request: &OperationRequest) -> Result<Outcome, ProviderError> {
        let path = ["payments", request.payment.as_str(), "captures"];
        self.post(&path, &request.idempotency_key, &NewOperation::from(request)).await
    }

    async fn void(&self, request: &VoidRequest) -> Result<Outcome, ProviderError> {
        let path = ["payments", request.payment.as_str(), "voids"];
        let body = NewVoid { reference: request.reference.as_str().to_owned() };
        self.post(&path, &request.idempotency_key, &body).await
    }

    async fn refund(&self, request: &OperationRequest) -> Result<Outcome, ProviderError> {
        let path = ["payments", request.payment.as_str(), "refunds"];
        self.post(&path, &request.idempotency_key, &NewOperation::from(request)).await
    }

    async fn fetch(&self, reference: &Reference) -> Result<Option<PaymentState>, ProviderError> {
        let mut url = self.url(&["payments"]);
        url.query_pairs_mut().append_pair("reference", reference.as_str());
        let found: Payments = self.send(self.client.get(url)).await?;
        // A provider that ignores the filter must not pass another payment off as this one.
        let ours = |payment: &Payment| payment.reference == reference.as_str();
        Ok(found.payments.into_iter().find(ours).map(PaymentState::from))
    }
}

/// What a request that got no answer may have done. Only without a connection is it sure that nothing
/// was sent.
fn failure(error: &reqwest::Error) -> ProviderError {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let text = std::iter::once(error.to_string())
        .chain(causes.map(ToString::to_string))
        .collect::<Vec<_>>()
        .join(": ");
    if error.is_connect() || error.is_builder() {
        ProviderError::NotSent(text)
    } else {
        ProviderError::Unknown(text)
    }
}

/// The body, if it is not too long.
async fn read(mut response: Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(ProviderError::Unknown(format!("more than {LONGEST_ANSWER} bytes came")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What a status without success says about what was done.
fn refusal(status: StatusCode, body: &[u8]) -> ProviderError {
    let error = serde_json::from_slice(body).unwrap_or_else(|_| ErrorBody {
        code: "unreadable".to_owned(),
        message: "the provider gave no reason".to_owned(),
    });
    match status {
        StatusCode::TOO_MANY_REQUESTS => ProviderError::NotSent(error.message),
        // Nothing was looked at, and nothing is lost: with the right key it is asked again.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            tracing::error!(
                status = status.as_u16(),
                message = error.message,
                "the payment provider does not accept our API key: set the right one"
            );
            ProviderError::NotSent(error.message)
        }
        // The first request with this key may still be at work.
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT => ProviderError::Unknown(error.message),
        status if status.is_client_error() => ProviderError::Refused {
            status: status.as_u16(),
            code: error.code,
            message: error.message,
        },
        status => ProviderError::Unknown(format!("status {status}: {}", error.message)),
    }
}

impl From<&OperationRequest> for NewOperation {
    fn from(request: &OperationRequest) -> Self {
        Self {
            reference: request.reference.as_str().to_owned(),
            amount: request.amount.minor_units,
            currency: request.amount.currency.clone(),
        }
    }
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        match answer.status {
            AnswerStatus::Approved => Self::Approved { id: answer.id },
            AnswerStatus::Pending => {
                Self::Pending { id: answer.id, redirect_url: answer.redirect_url }
            }
            AnswerStatus::Declined => {
                let Decline { code, reason } = answer.decline.unwrap_or_else(|| Decline {
                    code: "unspecified".to_owned(),
                    reason: "the provider gave no reason".to_owned(),
                });
                Self::Declined { id: answer.id, code, reason }
            }
        }
    }
}

impl From<Payment> for PaymentState {
    fn from(payment: Payment) -> Self {
        Self {
            id: PaymentId::new(payment.id),
            reference: Reference::new(payment.reference),
            status: payment.status,
            currency: payment.currency,
            authorised: payment.authorised,
            captured: payment.captured,
            refunded: payment.refunded,
            operations: payment.operations,
            redirect_url: payment.redirect_url,
            decline: payment.decline,
        }
    }
}
