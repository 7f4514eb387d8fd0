//! `/orders/{number}/documents`.

use axum::{
    extract::State,
    http::{
        HeaderMap,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::write;
use crate::{
    app::App,
    args,
    documents::{Document, DocumentKind},
    error::{Error, Refusal},
    http::{Answer, PathParams, Permit, Reply, Write, allowed},
    orders::{
        facts::Facts,
        settle::{note, settle},
        view::DocumentView,
    },
    refuse,
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(issue)).routes(routes!(get))
}

/// What can be issued when somebody asks for it; the others come with what they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Issuable {
    /// The bill for what the order charges.
    Invoice,
}

/// Which document is issued.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IssueDocument {
    /// What it is.
    pub kind: Issuable,
}

/// Issue the invoice now. Otherwise it is issued with the first shipment.
#[utoipa::path(post, path = "/orders/{number}/documents", operation_id = "issue_document", tag = "orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = IssueDocument, security(("api_key" = ["manage_orders"])),
    responses((status = 201, body = DocumentView, headers(("Location" = String)))))]
async fn issue(
    State(app): State<App>,
    permit: Permit<allowed::ManageOrders>,
    PathParams(number): PathParams<String>,
    write: Write<IssueDocument>,
) -> Answer {
    let (Issuable::Invoice, expected) = (write.input.kind, write.expected);
    app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let facts = Facts::load(tx, &number, true).await?;
            expected.check(facts.order.revision, "order")?;
            let issued = write::issue(tx, act, &facts, DocumentKind::Invoice, None).await?;
            let told = serde_json::json!({ "kind": issued.kind, "number": issued.number });
            note(tx, act, facts.order.id, "document_issued", told).await?;
            settle(tx, act, facts.order.id).await?;
            let location = format!("/orders/{number}/documents/{}", issued.number);
            Ok(Reply::created(&DocumentView::of(&issued))?.at(location))
        })
    })
    .await
}

/// A document: as a PDF file, or what it says as JSON, whichever `Accept` asks for. It never changes.
#[utoipa::path(get, path = "/orders/{number}/documents/{document}", operation_id = "get_document", tag = "orders",
    params(("number" = String, Path, description = "The order's number"),
        ("document" = String, Path, description = "The document's number")),
    security(("api_key" = ["read_orders", "manage_orders"])),
    responses((status = 200, description = "The document",
        content((Vec<u8> = "application/pdf"), (Document = "application/json"))),
        (status = 409, body = crate::http::Problem, content_type = "application/problem+json",
            description = "The law wants more on it than there was; as JSON it can be read")))]
async fn get(
    State(app): State<App>,
    _: Permit<allowed::ReadOrders>,
    PathParams((order, number)): PathParams<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let found = app.db.read(move |tx| {
        Box::pin(async move {
            let sql = "SELECT d.id FROM order_document d JOIN orders o ON o.id = d.order_id
                WHERE o.number = $1 AND d.number = $2";
            match tx.row(sql, args![&order, &number]).await? {
                Some(row) => write::content(tx, row.get("id")?).await,
                None => refuse!(Refusal::not_found("document", number)),
            }
        })
    });
    let document = found.await?;
    let keeps = [(CACHE_CONTROL, "private, max-age=31536000, immutable"), (VARY, "Accept")];
    let accepts = headers.get(ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if accepts.contains("json") && !accepts.contains("pdf") {
        return Ok((keeps, Reply::ok(&document)?).into_response());
    }
    let name: String =
        document.number.chars().filter(|c| c.is_ascii_graphic() && *c != '"').collect();
    let named = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{name}.pdf\"")),
    ];
    Ok((keeps, named, write::pdf(document).await?).into_response())
}
