//! What customers are written about their orders, and `POST /orders/{number}/mails`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    actions::{Action, require},
    facts::{Facts, Line, RefundRow, Return, Shipment},
    settle::{enqueue, note, settle},
    standing::{OrderStatus, standing},
};
use crate::{
    address::Address,
    app::App,
    error::Refusal,
    http::{Answer, PathParams, Permit, Reply, Write, allowed},
    language::Language,
    mail::{self, Content, MailLine, OrderConfirmation, Parcel, ReturnReceived, Shop, Sum},
    moment::Moment,
    money::Money,
    refuse,
    setup::{Channel, PaymentFlow, Setup, text_in},
    tax::PriceBasis,
};

/// Asks for a mail once more; no event for other systems.
const REQUESTED: &str = "mail.requested";

/// What customers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MailKind {
    /// “We have your order.”
    OrderConfirmation,
    /// “Your parcel is on its way.”
    Shipment,
    /// “What you sent back is here.”
    ReturnReceived,
    /// “Your money is on its way back.”
    Refund,
}

impl MailKind {
    /// The word that the timeline shows.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::OrderConfirmation => "order_confirmation",
            Self::Shipment => "shipment",
            Self::ReturnReceived => "return_received",
            Self::Refund => "refund",
        }
    }
}

/// A row of the outbox.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: i64,
    pub(crate) topic: String,
    pub(crate) order_id: Option<i64>,
    pub(crate) payload: Json,
    pub(crate) created_at: Moment,
    pub(crate) attempts: i64,
}

impl Event {
    /// The mail that it leads to.
    pub(crate) fn mail(&self) -> Option<MailKind> {
        match self.topic.as_str() {
            "order.placed" => Some(MailKind::OrderConfirmation),
            "shipment.created" => Some(MailKind::Shipment),
            "return.received" => Some(MailKind::ReturnReceived),
            "refund.created" | "order.cancelled" => Some(MailKind::Refund),
            REQUESTED => serde_json::from_value(self.payload["mail"].clone()).ok(),
            _ => None,
        }
    }

    /// Whether the event is about the thing of this number or name, which came about at this moment.
    fn is_about(&self, fields: &[&str], id: i64, number: &str, at: Option<Moment>) -> bool {
        let named = fields.iter().map(|field| &self.payload[*field]).find(|it| !it.is_null());
        match named {
            Some(Json::String(name)) => name == number,
            Some(name) => name.as_i64() == Some(id),
            None => at == Some(self.created_at),
        }
    }
}

/// What becomes of an event.
pub(crate) enum Composed {
    /// A mail.
    Letter(Letter),
    /// Nothing has to be written.
    Nothing,
    /// It is too early to write.
    Later,
}

/// A mail and the documents that go with it.
pub(crate) struct Letter {
    pub(crate) content: Content,
    pub(crate) documents: Vec<i64>,
}

/// Writes the mail of an event from the facts of its order.
pub(crate) fn compose(
    kind: MailKind,
    event: &Event,
    facts: &Facts,
    setup: &Setup,
) -> crate::Result<Composed> {
    let channel = &setup.channel_by_id(facts.order.channel_id)?.value;
    let scene =
        Scene { facts, channel, language: facts.order.locale, method: method(facts, setup) };
    Ok(match kind {
        MailKind::OrderConfirmation => confirmation(&scene, event),
        MailKind::Shipment => shipment(&scene, event),
        MailKind::ReturnReceived => return_received(&scene, event),
        MailKind::Refund => refund(&scene, event),
    })
}

/// What the way to pay is called.
pub(super) fn method(facts: &Facts, setup: &Setup) -> String {
    let order = &facts.order;
    let found = setup.payments.iter().find(|it| it.code == order.payment_method);
    let name = found.and_then(|it| text_in(&it.value.names, order.locale).cloned());
    name.unwrap_or_else(|| order.payment_method.clone())
}

struct Scene<'a> {
    facts: &'a Facts,
    channel: &'a Channel,
    language: Language,
    method: String,
}

impl Scene<'_> {
    fn pick(&self, german: impl Into<String>, english: impl Into<String>) -> String {
        match self.language {
            Language::German => german.into(),
            Language::English => english.into(),
        }
    }

    fn money(&self, amount: i64) -> String {
        Money::new(amount, self.facts.order.currency).text(self.language)
    }

    fn shop(&self) -> Shop {
        let seller = &self.channel.seller;
        let address = seller.address.join(", ");
        let mut imprint = vec![format!("{}, {address}", seller.name)];
        imprint.extend(seller.register.iter().cloned());
        Shop { name: self.channel.name.clone(), contact: seller.email.clone(), imprint }
    }

    /// Where something goes, as the customer reads it.
    fn address(&self, address: &Address) -> Vec<String> {
        address.lines(self.channel.home(), self.language)
    }

    fn letter(&self, write: impl FnOnce(mail::Language, &Shop) -> Content) -> Letter {
        let language = super::documents::language(self.language);
        Letter { content: write(language, &self.shop()), documents: Vec::new() }
    }

    /// Lines without prices, but for those of which there is nothing.
    fn units(&self, lines: impl Iterator<Item = (i64, i64)>) -> Vec<MailLine> {
        let some = lines.filter(|(_, units)| *units > 0);
        some.filter_map(|(position, units)| self.line(position, units, false)).collect()
    }

    fn line(&self, position: i64, quantity: i64, with_price: bool) -> Option<MailLine> {
        let line: &Line = self.facts.line(position).ok()?;
        Some(MailLine {
            quantity: quantity.to_string(),
            name: line.name.clone(),
            details: line.details.in_words(),
            total: with_price.then(|| self.money(line.unit_price.saturating_mul(quantity))),
        })
    }
}

/// Whoever has not paid yet is not told that their order goes on.
fn confirmation(scene: &Scene<'_>, event: &Event) -> Composed {
    let order = &scene.facts.order;
    match standing(scene.facts).order {
        OrderStatus::AwaitingPayment if event.topic != REQUESTED => return Composed::Later,
        OrderStatus::Cancelled if event.topic != REQUESTED => return Composed::Nothing,
        _ => {}
    }
    let lines = scene.facts.lines.iter();
    let written = OrderConfirmation {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        lines: lines.filter_map(|it| scene.line(it.position, it.quantity, true)).collect(),
        sums: sums(scene),
        grand_total: scene.money(order.total),
        payment_note: Some(payment_note(scene)),
        delivery_note: None,
        delivery_address: scene.address(&order.delivery_address),
        order_url: None,
        notes: Vec::new(),
    };
    Composed::Letter(scene.letter(|language, shop| written.write(language, shop)))
}

fn sums(scene: &Scene<'_>) -> Vec<Sum> {
    let quote = &scene.facts.order.quote;
    let sum = |label: String, amount: i64| Sum { label, amount: scene.money(amount) };
    let mut sums = vec![sum(scene.pick("Zwischensumme", "Subtotal"), quote.subtotal)];
    if quote.discount > 0 {
        sums.push(sum(scene.pick("Rabatt", "Discount"), -quote.discount));
    }
    sums.push(sum(scene.pick("Versand", "Shipping"), quote.shipping.subtotal));
    for tax in &quote.tax_lines {
        let rate = tax.rate.text(scene.language);
        let label = match quote.price_basis {
            PriceBasis::Gross => {
                scene.pick(format!("darin {rate} MwSt."), format!("incl. {rate} VAT"))
            }
            PriceBasis::Net => {
                scene.pick(format!("zzgl. {rate} MwSt."), format!("plus {rate} VAT"))
            }
        };
        sums.push(sum(label, tax.tax));
    }
    sums
}

fn payment_note(scene: &Scene<'_>) -> String {
    let order = &scene.facts.order;
    let (total, number, bank) =
        (scene.money(order.total), &order.number, scene.channel.seller.bank.join(", "));
    match order.payment_flow {
        PaymentFlow::Prepayment => scene.pick(
            format!("Bitte überweisen Sie {total} mit dem Verwendungszweck {number} auf unser Konto: {bank}. Danach geht Ihre Bestellung auf die Reise."),
            format!("Please transfer {total} with the reference {number} to our account: {bank}. Your order leaves as soon as the money is here."),
        ),
        PaymentFlow::Invoice => scene.pick(
            "Sie bezahlen auf Rechnung: Sie kommt mit Ihrer Ware.",
            "You pay on invoice: it comes with your goods.",
        ),
        PaymentFlow::Authorise | PaymentFlow::Sale => scene.pick(
            format!("Ihre Zahlungsart: {}.", scene.method),
            format!("You pay by: {}.", scene.method),
        ),
    }
}

fn shipment(scene: &Scene<'_>, event: &Event) -> Composed {
    let about = |it: &&Shipment| {
        event.is_about(
            &["shipment_id", "shipment", "subject"],
            it.id,
            &it.number,
            Some(it.shipped_at),
        )
    };
    let all = &scene.facts.shipments;
    let Some(shipment) = all.iter().find(about).or(all.last()) else { return Composed::Nothing };
    let order = &scene.facts.order;
    let parcel = |it: &super::facts::Parcel| Parcel {
        carrier: shipment.carrier.clone(),
        tracking_number: it.tracking.clone(),
        tracking_url: it.url.clone(),
    };
    let written = mail::Shipment {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        lines: shipment
            .lines
            .iter()
            .filter_map(|(at, units)| scene.line(*at, *units, false))
            .collect(),
        parcels: shipment.parcels.iter().map(parcel).collect(),
        more_follows: scene.facts.lines.iter().any(|it| it.goods && it.open() > 0),
        delivery_note: None,
        delivery_address: scene.address(&order.delivery_address),
    };
    let mut letter = scene.letter(|language, shop| written.write(language, shop));
    let issued_with_it = scene
        .facts
        .documents
        .iter()
        .filter(|it| it.kind == "invoice" && it.created_at == shipment.shipped_at);
    letter.documents = issued_with_it.map(|it| it.id).collect();
    Composed::Letter(letter)
}

fn return_received(scene: &Scene<'_>, event: &Event) -> Composed {
    let about = |it: &&Return| {
        event.is_about(&["return_id", "return", "subject"], it.id, &it.number, it.received_at)
    };
    let mut received = scene.facts.returns.iter().filter(|it| it.received_at.is_some());
    let found = received.clone().find(about).or_else(|| received.next_back());
    let Some(it) = found else { return Composed::Nothing };
    let order = &scene.facts.order;
    let written = ReturnReceived {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        return_number: it.number.clone(),
        lines: scene.units(it.lines.iter().map(|it| (it.position, it.received()))),
        missing: scene.units(it.lines.iter().map(|it| (it.position, it.missing()))),
        next_step: None,
    };
    Composed::Letter(scene.letter(|language, shop| written.write(language, shop)))
}

/// Money that a provider has not given back yet is not announced, and credits that move no money are not either.
fn refund(scene: &Scene<'_>, event: &Event) -> Composed {
    let about = |it: &&RefundRow| {
        event.is_about(&["refund_id", "refund", "subject"], it.id, "", Some(it.created_at))
    };
    let mut refunds = scene.facts.refunds.iter().filter(|it| it.operation_id.is_some());
    let Some(it) = refunds.find(about) else { return Composed::Nothing };
    let moved = || {
        let operations = scene.facts.operations.iter();
        operations.filter(|of| of.kind == "refund" && of.created_at == it.created_at)
    };
    if moved().any(super::facts::Operation::is_open) {
        return Composed::Later;
    }
    let amount: i64 = moved().filter(|of| of.state == "succeeded").map(|of| of.amount).sum();
    if amount == 0 {
        return Composed::Nothing;
    }
    let order = &scene.facts.order;
    let note = scene.facts.documents.iter().find(|document| document.subject_id == Some(it.id));
    let written = mail::Refund {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        amount: scene.money(amount),
        method: scene.method.clone(),
        reason: Some(it.reason.clone()),
        credit_note_number: note.map(|it| it.number.clone()),
        arrival_note: None,
    };
    let mut letter = scene.letter(|language, shop| written.write(language, shop));
    letter.documents = note.map(|it| it.id).into_iter().collect();
    Composed::Letter(letter)
}

pub(super) fn routes() -> OpenApiRouter<App> {
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
        MailKind::OrderConfirmation => return Ok(None),
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
