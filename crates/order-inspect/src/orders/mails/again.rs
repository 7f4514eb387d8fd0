//! `POST /orders/{number}/mails`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{
        actions::{Action, require},
        facts::Facts,
        settle::{enqueue, note, settle},
    },
    MailKind, REQUESTED,
};
use crate::{
    app::App,
    error::Refusal,
    http::{Answer, PathParams, Permit, Reply, Write, allowed},
    refuse,
};

pub(in crate::orders) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(send_again))
}

/// Which mail is sent again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResendMail {
    /// What it says.
    pub kind: MailKind,
    /// The number of the shipment or return, or the id of the credit; the last one if it is not said.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub subject: Option<String>,
}

/// Send a mail again.
#[utoipa::path(post, path = "/orders/{number}/mails", operation_id = "resend_mail", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = ResendMail, security(("api_key" = [])),
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
            let subject = subject(&facts, &wanted)?;
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
fn subject(facts: &Facts, wanted: &ResendMail) -> crate::Result<Option<i64>> {
    let named = |id: i64, number: &str| match &wanted.subject {
        Some(subject) => subject == number || *subject == id.to_string(),
        None => true,
    };
    let found = match wanted.kind {
        MailKind::OrderConfirmation | MailKind::PaymentReminder | MailKind::PaymentExpired => {
            return Ok(None);
        }
        MailKind::OrderChanged if facts.order.version > 1 => return Ok(None),
        MailKind::OrderChanged => None,
        MailKind::Shipment => {
            facts.shipments.iter().rev().find(|it| named(it.id, &it.number)).map(|it| it.id)
        }
        MailKind::ReturnReceived => {
            let mut received = facts.returns.iter().rev().filter(|it| it.received_at.is_some());
            received.find(|it| named(it.id, &it.number)).map(|it| it.id)
        }
        MailKind::Refund => {
            let mut paid = facts.refunds.iter().rev().filter(|it| it.operation_id.is_some());
            paid.find(|it| named(it.id, "")).map(|it| it.id)
        }
    };
    if found.is_none() {
        let detail = "The order has nothing yet that this mail could tell of.";
        refuse!(Refusal::conflict("nothing_to_tell", detail));
    }
    Ok(found)
}
