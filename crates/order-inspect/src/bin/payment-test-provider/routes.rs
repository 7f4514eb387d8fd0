//! The provider's paths.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use order_inspect::payments::protocol::{
    ErrorBody, NewOperation, NewPayment, NewVoid, Payment, Payments,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Provider,
    faults::Faults,
    ledger::{Done, Ledger, error},
};

type Shared = State<Arc<Provider>>;

pub(crate) fn router(provider: Arc<Provider>) -> Router {
    let protocol = Router::new()
        .route("/payments", post(authorise).get(find))
        .route("/payments/{id}/captures", post(capture))
        .route("/payments/{id}/voids", post(void))
        .route("/payments/{id}/refunds", post(refund))
        .layer(from_fn_with_state(Arc::clone(&provider), is_known));
    Router::new()
        .merge(protocol)
        .route("/payments/{id}/complete", post(complete))
        .route("/payments/{id}/abandon", post(abandon))
        .route("/payments/{id}/chargebacks", post(charge_back))
        .route("/ledger", get(ledger))
        .route("/faults", post(set_faults))
        .with_state(provider)
}

async fn is_known(State(provider): Shared, request: Request, next: Next) -> Response {
    let expected = format!("Bearer {}", provider.api_key);
    let shown = request.headers().get(AUTHORIZATION);
    if shown.is_some_and(|shown| shown.as_bytes() == expected.as_bytes()) {
        next.run(request).await
    } else {
        failed(error(401, "unauthorised", "the API key is wrong"))
    }
}

async fn authorise(
    State(provider): Shared,
    headers: HeaderMap,
    Json(new): Json<NewPayment>,
) -> Response {
    let request = described("authorise", "", &new);
    provider.carry_out(&headers, request, |ledger, declines| ledger.authorise(&new, declines)).await
}

async fn capture(
    State(provider): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewOperation>,
) -> Response {
    let request = described("capture", &id, &new);
    provider
        .carry_out(&headers, request, |ledger, declines| ledger.capture(&id, &new, declines))
        .await
}

async fn refund(
    State(provider): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewOperation>,
) -> Response {
    let request = described("refund", &id, &new);
    provider
        .carry_out(&headers, request, |ledger, declines| ledger.refund(&id, &new, declines))
        .await
}

async fn void(
    State(provider): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewVoid>,
) -> Response {
    let request = described("void", &id, &new);
    provider
        .carry_out(&headers, request, |ledger, declines| ledger.void(&id, &new.reference, declines))
        .await
}

#[derive(Deserialize)]
struct Find {
    reference: String,
}

async fn find(State(provider): Shared, Query(find): Query<Find>) -> Json<Payments> {
    let ledger = lock(&provider.ledger);
    let is_wanted = |payment: &&Payment| payment.reference == find.reference;
    Json(Payments { payments: ledger.payments().iter().filter(is_wanted).cloned().collect() })
}

async fn complete(State(provider): Shared, Path(id): Path<String>) -> Response {
    let done = lock(&provider.ledger).complete(&id, true);
    provider.answer(done)
}

async fn abandon(State(provider): Shared, Path(id): Path<String>) -> Response {
    let done = lock(&provider.ledger).complete(&id, false);
    provider.answer(done)
}

async fn charge_back(State(provider): Shared, Path(id): Path<String>) -> Response {
    let done = lock(&provider.ledger).charge_back(&id);
    provider.answer(done)
}

async fn ledger(State(provider): Shared) -> Json<Payments> {
    Json(Payments { payments: lock(&provider.ledger).payments().to_vec() })
}

async fn set_faults(State(provider): Shared, Json(faults): Json<Faults>) -> StatusCode {
    *lock(&provider.faults) = faults;
    StatusCode::NO_CONTENT
}

impl Provider {
    /// Carries a request out once for its key, with the faults that are due.
    async fn carry_out(
        &self,
        headers: &HeaderMap,
        request: Value,
        carry_out: impl FnOnce(&mut Ledger, bool) -> Done,
    ) -> Response {
        let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) else {
            return failed(error(400, "no_idempotency_key", "the request needs a key"));
        };
        let faults = lock(&self.faults).next_call();
        if faults.error_before {
            return failed(error(500, "internal", "something broke before anything was done"));
        }
        let done =
            lock(&self.ledger).once(key, request, |ledger| carry_out(ledger, faults.refusal));
        let answer = self.answer(done);
        if faults.timeout_after_success {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(faults.slow.unwrap_or_default()).await;
        answer
    }

    fn answer(&self, done: Done) -> Response {
        match done {
            Ok((answer, event)) => {
                if let Some(event) = event {
                    let faults = lock(&self.faults).next_event();
                    self.webhooks.deliver(&event, faults);
                }
                Json(answer).into_response()
            }
            Err(refusal) => failed(refusal),
        }
    }
}

/// A request as it is compared with another that has the same key.
fn described<Body: Serialize>(what: &str, id: &str, body: &Body) -> Value {
    json!([what, id, body])
}

fn failed((status, body): (u16, ErrorBody)) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(body)).into_response()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
