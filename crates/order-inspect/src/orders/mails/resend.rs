//! `POST /orders/{number}/mails`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{MailKind, REQUESTED};
use crate::{
    app::App,
    args,
    db::Tx,
    error::Refusal,
    http::{Answer, PathParams, Permit, Reply, Write, allowed},
    orders::{
        actions::{Action, require},
        facts::Facts,
        settle::{enqueue, note, settle},
    },
    refuse,
};

pub(in crate::orders) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(send_again))
}

/// Which mail is sent again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResendMail {
    /// What it says. An invoice, a credit note and a delivery note are sent on their own.
    pub kind: MailKind,
    /// The number of the document, shipment or return, or the id of the credit; the last one if it is not said.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub subject: Option<String>,
}

impl ResendMail {
    fn names(&self, id: i64, number: &str) -> bool {
        match &self.subject {
            Some(subject) => subject == number || *subject == id.to_string(),
            None => true,
        }
    }
}

/// Send a mail or a document again.
#[utoipa::path(post, path = "/orders/{number}/mails", operation_id = "resend_mail", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = ResendMail, security(("api_key" = ["manage_orders"])),
    responses((status = 202, description = "It is on its way")))]
async fn send_again(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<ResendMail>,
) -> Answer {
    let (wanted, expected) = (write.input, write.expected);
    app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let facts = Facts::load(tx, &number, true).await?;
            expected.check(facts.order.revision, "order")?;
            require(Action::ResendMail, &facts)?;
            let subject = subject(tx, &facts, &wanted).await?;
            let told = json!({ "mail": wanted.kind, "subject": subject });
            enqueue(tx, act, REQUESTED, facts.order.id, &told).await?;
            note(tx, act, facts.order.id, "mail_requested", told).await?;
            settle(tx, act, facts.order.id).await?;
            Ok(Reply::bare(202))
        })
    })
    .await
}

/// The id of what the mail is about.
async fn subject(tx: &mut Tx, facts: &Facts, wanted: &ResendMail) -> crate::Result<Option<i64>> {
    let found = match wanted.kind {
        MailKind::OrderConfirmation | MailKind::PaymentReminder | MailKind::PaymentExpired => {
            return Ok(None);
        }
        MailKind::OrderChanged if facts.order.version > 1 => return Ok(None),
        MailKind::OrderChanged => None,
        MailKind::Cancellation => {
            let cancelled = cancelled(tx, facts.order.id).await?;
            cancelled.into_iter().find(|id| wanted.names(*id, ""))
        }
        MailKind::Shipment => {
            let mut shipments = facts.shipments.iter().rev();
            shipments.find(|it| wanted.names(it.id, &it.number)).map(|it| it.id)
        }
        MailKind::ReturnAnnounced => {
            let mut returns = facts.returns.iter().rev();
            returns.find(|it| wanted.names(it.id, &it.number)).map(|it| it.id)
        }
        MailKind::ReturnReceived => {
            let mut received = facts.returns.iter().rev().filter(|it| it.received_at.is_some());
            received.find(|it| wanted.names(it.id, &it.number)).map(|it| it.id)
        }
        MailKind::Refund => {
            let mut credits = facts.refunds.iter().rev().filter(|it| it.amount > 0);
            credits.find(|it| wanted.names(it.id, "")).map(|it| it.id)
        }
        MailKind::Invoice | MailKind::CreditNote | MailKind::DeliveryNote => {
            let of_kind = facts.documents.iter().rev().filter(|it| it.kind == wanted.kind.word());
            of_kind.into_iter().find(|it| wanted.names(it.id, &it.number)).map(|it| it.id)
        }
    };
    if found.is_none() {
        let detail = "The order has nothing yet that this mail could tell of.";
        refuse!(Refusal::conflict("nothing_to_tell", detail));
    }
    Ok(found)
}

/// The credits of what was cancelled, the last one first.
async fn cancelled(tx: &mut Tx, order_id: i64) -> crate::Result<Vec<i64>> {
    let sql = "SELECT payload FROM outbox WHERE order_id = $1 AND topic = 'order.cancelled'
        ORDER BY id DESC";
    let mut credits = Vec::new();
    for row in tx.rows(sql, args![order_id]).await? {
        credits.extend(row.json::<Json>("payload")?["refund_id"].as_i64());
    }
    Ok(credits)
}
