//! An order as the API shows it.

mod goods;
mod money;

use serde::Serialize;
use utoipa::ToSchema;

pub use self::{
    goods::{LineQuantity, ReturnLineView, ReturnView, ShipmentView},
    money::{CreditLineView, CreditView, EntryView, OperationView, PaymentView},
};
use self::{
    goods::{returns, shipments},
    money::{credits, payments},
};

use super::{
    actions::{Allowed, allowed_actions},
    due::attention,
    facts::{Facts, LineDetails, Replaces},
    standing::{self, FulfilmentStatus, MoneyStanding, OrderStatus, PaymentStatus, ReturnStatus},
};
use crate::{
    address::Address,
    language::Language,
    moment::Moment,
    money::Currency,
    percent::Percent,
    quote::QuotedShipping,
    tax::{PriceBasis, TaxLine},
};

/// An order with everything that happened to it. Amounts are minor units of its currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    /// Its number, which people read and which its address ends in.
    #[schema(examples("DE-1001"))]
    pub number: String,
    /// The shop's code.
    pub channel: String,
    /// What it is waiting for.
    pub status: OrderStatus,
    /// Where the money is.
    pub payment_status: PaymentStatus,
    /// Where the goods are.
    pub fulfilment_status: FulfilmentStatus,
    /// What comes back.
    pub return_status: ReturnStatus,
    /// `payment` if somebody has to look at its money: a refund, a capture or a void did not work, or a bank took money
    /// back.
    #[schema(examples("payment"))]
    pub attention: Option<&'static str>,
    /// When it was placed.
    pub placed_at: Moment,
    /// When everything was delivered and settled.
    pub closed_at: Option<Moment>,
    /// Until when stock is held for its payment.
    pub held_until: Option<Moment>,
    /// Counts its edits: 1 is what was ordered.
    pub version: i64,
    /// Counts all its changes; also its ETag.
    pub revision: i64,
    /// Who bought.
    pub customer: OrderCustomer,
    /// Where the invoice goes.
    pub billing_address: Address,
    /// Where the goods go.
    pub delivery_address: Address,
    /// The way to deliver.
    pub delivery_method: String,
    /// The way to pay.
    pub payment_method: String,
    /// The currency of all amounts.
    #[schema(value_type = String)]
    pub currency: Currency,
    /// How many decimals its minor unit stands for: 2 for EUR, 0 for JPY, 3 for KWD.
    pub currency_exponent: u32,
    /// Whether unit prices and discounts include tax; totals always do.
    pub price_basis: PriceBasis,
    /// What was bought.
    pub lines: Vec<LineView>,
    /// What the delivery costs.
    pub shipping: QuotedShipping,
    /// The tax of what was ordered, by rate.
    pub tax_lines: Vec<TaxLine>,
    /// Lines before discounts.
    pub subtotal: i64,
    /// All discounts.
    pub discount: i64,
    /// All tax.
    pub tax: i64,
    /// All that its lines and its delivery have charged, lines that edits brought included, tax included. What is still
    /// charged of it is `money.owed`.
    pub total: i64,
    /// Where its money stands.
    pub money: MoneyStanding,
    /// How the discounts came about, in the customer's language.
    pub explanation: Vec<String>,
    /// Payments that were begun.
    pub payments: Vec<PaymentView>,
    /// What left the house.
    pub shipments: Vec<ShipmentView>,
    /// What comes or came back.
    pub returns: Vec<ReturnView>,
    /// The return of another order whose goods it replaces.
    pub replaces: Option<Replaces>,
    /// What it no longer charges.
    pub credits: Vec<CreditView>,
    /// Why it was stopped.
    pub holds: Vec<HoldView>,
    /// Invoices, delivery notes, credit notes.
    pub documents: Vec<DocumentView>,
    /// What can be done with it now, and why the rest cannot.
    pub allowed_actions: Vec<Allowed>,
}

/// Who bought.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderCustomer {
    /// The customer's number here; none for a guest.
    pub id: Option<i64>,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their phone number.
    pub phone: Option<String>,
    /// Their language.
    pub locale: Language,
}

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineView {
    /// Its place in the order, which never changes.
    pub position: i64,
    /// Goods, or a service that goes with them.
    pub goods: bool,
    /// The line that a service belongs to.
    pub parent: Option<i64>,
    /// Stock keeping unit, or the service's code.
    pub sku: String,
    /// Its name when it was ordered.
    pub name: String,
    /// More of what it was when it was ordered.
    pub details: LineDetails,
    /// Units ordered.
    pub quantity: i64,
    /// Units that are neither shipped nor cancelled.
    pub open: i64,
    /// Units shipped.
    pub shipped: i64,
    /// Units cancelled.
    pub cancelled: i64,
    /// Units that came back.
    pub returned: i64,
    /// The price of one.
    pub unit_price: i64,
    /// The rate of tax in percent.
    pub tax_rate: Percent,
    /// What promotions took off.
    pub discount: i64,
    /// What is paid for it, tax included.
    pub total: i64,
    /// The tax in it.
    pub tax: i64,
    /// What each of the first units carries of `total`; the rest carry one minor unit less.
    pub unit_total: i64,
    /// Which version of the order brought it.
    pub version: i64,
}

/// A reason why an order is not shipped.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldView {
    /// fraud, address, stock, customer or other.
    pub kind: String,
    /// In words.
    pub reason: String,
    /// Who stopped it.
    pub placed_by: String,
    /// When.
    pub placed_at: Moment,
    /// When it was released.
    pub released_at: Option<Moment>,
}

/// A document that was issued.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentView {
    /// invoice, delivery_note or credit_note.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// When it was issued.
    pub created_at: Moment,
}

impl DocumentView {
    /// What a document looks like in a list.
    pub(super) fn of(it: &super::facts::Issued) -> Self {
        Self { kind: it.kind.clone(), number: it.number.clone(), created_at: it.created_at }
    }
}

impl OrderView {
    /// What the facts look like from outside.
    pub fn of(facts: &Facts, channel: &str) -> Self {
        let order = &facts.order;
        let standing = standing::standing(facts);
        Self {
            number: order.number.clone(),
            channel: channel.to_owned(),
            status: standing.order,
            payment_status: standing.payment,
            fulfilment_status: standing.fulfilment,
            return_status: standing.returns,
            attention: attention(facts),
            placed_at: order.placed_at,
            closed_at: order.closed_at,
            held_until: order.held_until,
            version: order.version,
            revision: order.revision,
            customer: OrderCustomer {
                id: order.customer_id,
                name: order.name.clone(),
                email: order.email.clone(),
                phone: order.phone.clone(),
                locale: order.locale,
            },
            billing_address: order.billing_address.clone(),
            delivery_address: order.delivery_address.clone(),
            delivery_method: order.delivery_method.clone(),
            payment_method: order.payment_method.clone(),
            currency: order.currency,
            currency_exponent: order.currency.exponent(),
            price_basis: order.quote.price_basis,
            lines: facts.lines.iter().map(line).collect(),
            shipping: order.quote.shipping.clone(),
            tax_lines: order.quote.tax_lines.clone(),
            subtotal: order.quote.subtotal,
            discount: order.quote.discount,
            tax: order.quote.tax,
            total: order.total,
            money: standing::money(facts),
            explanation: explanation(facts),
            payments: payments(facts),
            shipments: shipments(facts),
            returns: returns(facts),
            replaces: facts.replaces.clone(),
            credits: credits(facts),
            holds: holds(facts),
            documents: documents(facts),
            allowed_actions: allowed_actions(facts, standing),
        }
    }
}

fn line(it: &super::facts::Line) -> LineView {
    LineView {
        position: it.position,
        goods: it.goods,
        parent: it.parent,
        sku: it.sku.clone(),
        name: it.name.clone(),
        details: it.details.clone(),
        quantity: it.quantity,
        open: it.open(),
        shipped: it.shipped,
        cancelled: it.cancelled,
        returned: it.returned,
        unit_price: it.unit_price,
        tax_rate: it.tax_rate,
        discount: it.discount,
        total: it.total,
        tax: it.tax,
        unit_total: it.shares.total.of_units(0, 1),
        version: it.version,
    }
}

/// Every cent that promotions took off, as sentences.
fn explanation(facts: &Facts) -> Vec<String> {
    let order = &facts.order;
    let name = |target: &crate::promotions::Target| match target {
        crate::promotions::Target::Line(key) => {
            let line = facts.lines.iter().find(|it| it.position.to_string() == *key);
            line.map_or(String::new(), |it| it.name.clone())
        }
        crate::promotions::Target::Shipping => String::new(),
    };
    let steps = order.quote.promotions.steps.iter();
    steps.map(|step| step.sentence(order.locale, order.currency, &name(&step.target))).collect()
}

fn holds(facts: &Facts) -> Vec<HoldView> {
    let view = |it: &super::facts::Hold| HoldView {
        kind: it.kind.clone(),
        reason: it.reason.clone(),
        placed_by: it.placed_by.clone(),
        placed_at: it.placed_at,
        released_at: it.released_at,
    };
    facts.holds.iter().map(view).collect()
}

fn documents(facts: &Facts) -> Vec<DocumentView> {
    facts.documents.iter().map(DocumentView::of).collect()
}
