//! Issuing documents and reading them again.

use super::content::Desk;
use crate::{
    act::Act,
    args,
    db::Tx,
    documents::{self, Document, DocumentError, DocumentKind},
    error::{Error, Refusal},
    orders::{
        credit,
        facts::{Facts, Issued, RefundRow, Shipment},
        numbers,
        standing::money,
    },
    refuse,
    setup::{Channel, PaymentMethod, Setting as _, text_in},
};

/// Issues what a change of an order makes necessary: a delivery note for each new shipment, the invoice with the first
/// one if anything is owed, and a credit note for each credit after the invoice. Returns the facts with these documents.
pub async fn follow(
    tx: &mut Tx,
    act: &Act,
    before: &Facts,
    mut after: Facts,
) -> crate::Result<Facts> {
    let shipped = |it: &i64| !before.shipments.iter().any(|old| old.id == *it);
    let shipments: Vec<i64> = after.shipments.iter().map(|it| it.id).filter(shipped).collect();
    for id in &shipments {
        let issued = issue(tx, act, &after, DocumentKind::DeliveryNote, Some(*id)).await?;
        after.documents.push(issued);
    }
    if !shipments.is_empty() && invoice(&after).is_none() && money(&after).owed > 0 {
        let issued = issue(tx, act, &after, DocumentKind::Invoice, None).await?;
        after.documents.push(issued);
    }
    if invoice(before).is_some() {
        let new = |it: &&RefundRow| !before.refunds.iter().any(|old| old.id == it.id);
        let credits = after.refunds.iter().filter(new).filter(|it| it.amount > 0);
        for id in credits.map(|it| it.id).collect::<Vec<_>>() {
            let issued = issue(tx, act, &after, DocumentKind::CreditNote, Some(id)).await?;
            after.documents.push(issued);
        }
    }
    Ok(after)
}

fn invoice(facts: &Facts) -> Option<&Issued> {
    facts.documents.iter().find(|it| it.kind == "invoice")
}

/// Issues a document: it takes its number and freezes what it says. The subject is the shipment of a delivery note
/// or the credit of a credit note.
///
/// # Errors
/// Refused are a second invoice, documents of what there is not, and those that lack what the law wants on them: they
/// take no number.
pub async fn issue(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    kind: DocumentKind,
    subject: Option<i64>,
) -> crate::Result<Issued> {
    let (word, number) = match kind {
        DocumentKind::Invoice => ("invoice", next(tx, facts, "invoice").await?),
        DocumentKind::CreditNote => ("credit_note", next(tx, facts, "credit_note").await?),
        DocumentKind::DeliveryNote => ("delivery_note", shipment(facts, subject)?.number.clone()),
    };
    if facts.documents.iter().any(|it| it.kind == word && it.subject_id == subject) {
        refuse!(Refusal::conflict("already_issued", "The order has this document already."));
    }
    let content = freeze(tx, act, facts, kind, subject, number.clone()).await?;
    if let Err(error) = documents::check(&content) {
        refuse!(incomplete(&error));
    }
    let content =
        serde_json::to_string(&content).map_err(|error| Error::Broken(error.to_string()))?;
    let id = act.new_id();
    let columns =
        ["id", "order_id", "kind", "number", "locale", "content", "subject_id", "created_at"];
    let order = &facts.order;
    let row = args![id, order.id, word, &number, order.locale.code(), content, subject, act.now];
    tx.insert("order_document", &columns, vec![row]).await?;
    let kind = word.to_owned();
    Ok(Issued { id, kind, number, subject_id: subject, created_at: act.now })
}

/// 409: what the law wants is absent.
fn incomplete(error: &DocumentError) -> Refusal {
    Refusal::conflict("incomplete", format!("There is no document: {error}."))
}

async fn next(tx: &mut Tx, facts: &Facts, kind: &'static str) -> crate::Result<String> {
    numbers::next(tx, facts.order.channel_id, kind).await
}

fn no_subject() -> Refusal {
    Refusal::conflict(
        "nothing_to_issue",
        "The order has nothing that this document could be about.",
    )
}

fn shipment(facts: &Facts, id: Option<i64>) -> crate::Result<&Shipment> {
    let found = facts.shipments.iter().find(|it| Some(it.id) == id);
    found.ok_or_else(|| no_subject().into())
}

async fn freeze(
    tx: &mut Tx,
    act: &Act,
    facts: &Facts,
    kind: DocumentKind,
    subject: Option<i64>,
    number: String,
) -> crate::Result<Document> {
    let order = &facts.order;
    let channels = Channel::all(tx).await?;
    let Some(channel) = channels.iter().find(|it| it.id == order.channel_id) else {
        return Err(Error::Broken(format!("order {} is of no channel", order.number)));
    };
    let methods = PaymentMethod::all(tx).await?;
    let method = methods
        .iter()
        .find(|it| it.value.channel == channel.code && it.code == order.payment_method);
    let named = method.and_then(|it| text_in(&it.value.names, order.locale).cloned());
    let desk = Desk {
        facts,
        channel: &channel.value,
        due_days: method.and_then(|it| it.value.due_days),
        method: named.unwrap_or_else(|| order.payment_method.clone()),
        customer_number: customer_number(tx, order.customer_id).await?,
        number,
        now: act.now,
    };
    match kind {
        DocumentKind::Invoice => {
            let charged = credit::left(facts);
            let goods = charged.iter().any(|it| it.position != credit::SHIPPING && it.units > 0);
            // Who owes nothing gets no bill: a replacement has its delivery note.
            if !goods || charged.iter().all(|it| it.amount == 0) {
                refuse!(no_subject());
            }
            desk.invoice(&charged)
        }
        DocumentKind::DeliveryNote => desk.delivery_note(shipment(facts, subject)?),
        DocumentKind::CreditNote => {
            let credit = facts.refunds.iter().find(|it| Some(it.id) == subject);
            let (Some(credit), Some(invoice)) = (credit, invoice(facts)) else {
                refuse!(no_subject())
            };
            desk.credit_note(credit, (&invoice.number, invoice.created_at))
        }
    }
}

/// The number under which the shop knows a customer.
async fn customer_number(tx: &mut Tx, id: Option<i64>) -> crate::Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    let row = tx.row("SELECT number FROM customer WHERE id = $1", args![id]).await?;
    Ok(row.map(|row| row.get("number")).transpose()?)
}

/// What a document says.
pub(crate) async fn content(tx: &mut Tx, id: i64) -> crate::Result<Document> {
    let row = tx.one("SELECT content FROM order_document WHERE id = $1", args![id]).await?;
    Ok(row.json("content")?)
}

/// The document as a PDF file, made where computing keeps nobody waiting.
///
/// # Errors
/// Refused is a document on which the law wants more than there was when it was issued.
pub(crate) async fn pdf(document: Document) -> crate::Result<Vec<u8>> {
    let made = tokio::task::spawn_blocking(move || documents::render(&document)).await;
    match made.map_err(|error| Error::Broken(error.to_string()))? {
        Ok(bytes) => Ok(bytes),
        Err(error @ DocumentError::Missing(_)) => {
            refuse!(incomplete(&error))
        }
        Err(error) => Err(Error::Broken(error.to_string())),
    }
}
