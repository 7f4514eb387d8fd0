//! `POST /webhooks/{provider}`: what providers tell by themselves.

use axum::{body::Bytes, extract::State, http::HeaderMap};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    book::{Asked, Booked, ended, find, follow, name_payment, succeeded},
    queue::operation_id,
};
use crate::{
    act::Act,
    app::App,
    args,
    db::Tx,
    error::{Findings, Refusal},
    http::{Answer, PathParams, Reply, refuse_nul},
    moment::MomentError,
    orders::{
        facts::{Facts, Payment},
        operations::{self, refuse_implausible},
        settle::note,
    },
    payments::{
        WebhookError,
        protocol::{Event, EventKind},
        verify,
    },
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(take_in))
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Taken {
    /// It was booked.
    Booked,
    /// It was known already.
    Known,
    /// It is about nothing of ours.
    NotOurs,
}

/// The answer to a webhook.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookAnswer {
    /// What became of it.
    outcome: Taken,
}

/// What a payment provider tells: signed, possibly late, possibly twice.
#[utoipa::path(post, path = "/webhooks/{provider}", operation_id = "take_in_webhook", tag = "payments",
    params(("provider" = String, Path, description = "The provider's name"),
        ("Signature" = Option<String>, Header, description = "`t=<second>,v1=<HMAC-SHA-256 of second, full stop and body>`")),
    request_body(content = String, content_type = "application/json", description = "An event of the provider"),
    responses((status = 200, body = WebhookAnswer, description = "It was booked, or known already"),
        (status = 202, body = WebhookAnswer, description = "It is about nothing of ours"),
        (status = 422, body = crate::http::Problem, content_type = "application/problem+json",
            description = "Its amount has nothing to do with the order, or a text does not fit"),
        (status = 403, body = crate::http::Problem, content_type = "application/problem+json",
            description = "It is not signed by the provider, or not now")))]
async fn take_in(
    State(app): State<App>,
    PathParams(provider): PathParams<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let secret = app.cashier.till(&provider).and_then(|till| till.webhook_secret.as_ref());
    let Some(secret) = secret else { refuse!(Refusal::not_found("provider", provider)) };
    let now = app.clock.now();
    let signature = headers.get("signature").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let second = now
        .timestamp()
        .map_err(|it: MomentError| Refusal::new(400, "unreadable", it.to_string()))?;
    let event = verify(secret, signature, &body, second).map_err(|error| unbelieved(&error))?;
    refuse_nul(&body)?;
    check(&event)?;
    let act = Act::new(&app.db, now, provider.clone());
    let told = event.clone();
    let (taken, order) = app
        .db
        .write(move |tx| Box::pin(async move { book(tx, &act, &provider, &told).await }))
        .await?;
    if let Some(order) = order {
        app.cashier.booked(order);
    }
    app.cashier.wake();
    app.post.wake();
    let answer = WebhookAnswer { outcome: taken };
    if taken == Taken::NotOurs {
        tracing::warn!(
            event = event.id,
            payment = event.payment_reference,
            "a webhook about nothing of ours"
        );
        return Reply::accepted(&answer);
    }
    Reply::ok(&answer)
}

fn unbelieved(error: &WebhookError) -> Refusal {
    let (status, code) = match error {
        WebhookError::Malformed(_) => (400, "unreadable"),
        _ => (403, "forged"),
    };
    Refusal::new(status, code, format!("{error}."))
}

/// The longest name that a provider gives to something, in bytes: it has to fit into an index.
const LONGEST_NAME: usize = 200;

fn check(event: &Event) -> crate::Result<()> {
    let mut findings = Findings::default();
    let names = [
        ("/id", Some(event.id.as_str())),
        ("/payment_id", Some(event.payment_id.as_str())),
        ("/reference", event.reference.as_deref()),
    ];
    for (place, name) in names {
        let fits = name.is_none_or(|name| (1..=LONGEST_NAME).contains(&name.len()));
        findings.check(fits, place, format!("1 to {LONGEST_NAME} bytes"));
    }
    findings.check(event.amount >= 0, "/amount", "not below zero");
    findings.end()
}

/// Books an event, once, and says for which order.
async fn book(
    tx: &mut Tx,
    act: &Act,
    provider: &str,
    event: &Event,
) -> crate::Result<(Taken, Option<i64>)> {
    let sql =
        "SELECT p.id, p.order_id, r.currency FROM payment p JOIN orders r ON r.id = p.order_id
        WHERE p.reference = $1 AND p.provider = $2";
    let found = tx.row(sql, args![&event.payment_reference, provider]).await?;
    let Some(row) = found else { return Ok((Taken::NotOurs, None)) };
    if row.get::<String>("currency")? != event.currency {
        return Ok((Taken::NotOurs, None));
    }
    let sql = "INSERT INTO webhook_receipt (provider, event_id, received_at) VALUES ($1, $2, $3)
        ON CONFLICT (provider, event_id) DO NOTHING";
    if tx.run(sql, args![provider, &event.id, act.now]).await? == 0 {
        return Ok((Taken::Known, None));
    }
    let (order_id, payment_id): (i64, i64) = (row.get("order_id")?, row.get("id")?);
    let facts = Facts::load_id(tx, order_id, true).await?;
    refuse_implausible(&facts, entry(event.kind).0, event.amount)?;
    let Some(payment) = facts.payments.iter().find(|it| it.id == payment_id) else {
        return Ok((Taken::NotOurs, None));
    };
    name_payment(tx, payment, Some(&event.payment_id)).await?;
    let booked = moved(tx, act, &facts, payment, event).await?;
    if booked == Booked::Nothing {
        return Ok((Taken::Known, Some(order_id)));
    }
    follow(tx, act, order_id, booked).await?;
    Ok((Taken::Booked, Some(order_id)))
}

/// Books what an event tells of.
async fn moved(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    payment: &Payment,
    event: &Event,
) -> crate::Result<Booked> {
    let asked = asked(facts, payment, event);
    if event.kind == EventKind::Failed {
        // What has happened since does not fail any more: the event is late.
        let Some(asked) = asked.filter(|it| it.operation.is_open()) else {
            return Ok(Booked::Nothing);
        };
        let reason = event.decline.as_ref().map_or("no reason given", |it| it.reason.as_str());
        ended(tx, act, asked, "declined", reason).await?;
        return Ok(Booked::Ended);
    }
    if let Some(asked) = asked {
        return succeeded(tx, act, asked, event.amount).await;
    }
    if event.amount == 0 {
        return Ok(Booked::Nothing);
    }
    // Nobody here has asked for it: it was done at the provider's, or by the customer's bank.
    let (entry, told) = entry(event.kind);
    let name = event.reference.as_deref().unwrap_or(&event.id);
    let is_new =
        operations::book(tx, act, facts.order.id, payment.id, entry, event.amount, name).await?;
    if is_new {
        let told_facts = json!({ "payment": payment.reference, "amount": event.amount });
        note(tx, act, facts.order.id, told, told_facts).await?;
    }
    Ok(Booked::moved(is_new))
}

/// What the ledger and the timeline call an event that moved money.
fn entry(kind: EventKind) -> (&'static str, &'static str) {
    match kind {
        EventKind::Authorised | EventKind::Failed => ("authorised", "payment_authorised"),
        EventKind::Captured => ("captured", "payment_captured"),
        EventKind::Refunded => ("refunded", "payment_refunded"),
        EventKind::Voided => ("voided", "payment_voided"),
        EventKind::Chargeback => ("charged_back", "payment_charged_back"),
    }
}

/// Our operation that an event is about.
fn asked<'a>(facts: &'a Facts, payment: &Payment, event: &Event) -> Option<Asked<'a>> {
    let kind = match event.kind {
        EventKind::Authorised => Some("authorise"),
        EventKind::Captured => Some("capture"),
        EventKind::Refunded => Some("refund"),
        EventKind::Voided => Some("void"),
        EventKind::Chargeback => return None,
        EventKind::Failed => event.reference.is_none().then_some("authorise"),
    };
    let id = match event.reference.as_deref() {
        Some(reference) => operation_id(reference)?,
        None if kind == Some("authorise") => {
            let first = |it: &&crate::orders::facts::Operation| {
                it.payment_id == payment.id && it.kind == "authorise"
            };
            facts.operations.iter().find(first)?.id
        }
        None => return None,
    };
    find(facts, id).filter(|it| {
        it.payment.id == payment.id && kind.is_none_or(|kind| it.operation.kind == kind)
    })
}
