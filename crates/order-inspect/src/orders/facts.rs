//! An order as it is stored: facts only. What they mean is worked out in `standing`.

mod read;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    address::Address,
    error::Refusal,
    language::Language,
    moment::Moment,
    money::{Currency, UnitShares},
    percent::Percent,
    quote::Quote,
    refuse,
    setup::PaymentFlow,
};

/// The row of an order.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Order {
    pub id: i64,
    pub channel_id: i64,
    pub number: String,
    pub customer_id: Option<i64>,
    pub email: String,
    pub name: String,
    pub phone: Option<String>,
    pub locale: Language,
    pub currency: Currency,
    pub billing_address: Address,
    pub delivery_address: Address,
    pub delivery_method: String,
    pub payment_method: String,
    pub provider: String,
    pub payment_flow: PaymentFlow,
    pub quote: Quote,
    pub total: i64,
    pub held_until: Option<Moment>,
    pub version: i64,
    pub revision: i64,
    pub placed_at: Moment,
    pub closed_at: Option<Moment>,
    pub cancelled_at: Option<Moment>,
}

/// A line of an order.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Line {
    pub position: i64,
    pub goods: bool,
    pub parent: Option<i64>,
    pub variant_id: Option<i64>,
    pub sku: String,
    pub name: String,
    pub details: LineDetails,
    pub quantity: i64,
    pub unit_price: i64,
    pub tax_rate: Percent,
    pub discount: i64,
    pub total: i64,
    pub tax: i64,
    pub shares: Shares,
    pub shipped: i64,
    pub cancelled: i64,
    pub returned: i64,
    pub version: i64,
}

/// What a line was when it was ordered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct LineDetails {
    /// The product's code.
    pub product: String,
    /// Its brand's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The chosen options, such as colour and size: codes.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub options: std::collections::BTreeMap<String, String>,
    /// The same in words of the order's language, in the product's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<OptionLabel>,
    /// What the customer or staff noted for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What invoices say about its rate of tax, such as why it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_note: Option<String>,
}

/// A chosen option in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OptionLabel {
    /// The option's code.
    #[schema(examples("colour"))]
    pub option: String,
    /// What it is called.
    #[schema(examples("Farbe"))]
    pub name: String,
    /// What the chosen value is called.
    #[schema(examples("Salbei"))]
    pub value: String,
}

/// What each unit of a line carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// Of what is paid.
    pub total: UnitShares,
}

/// Stock that an order holds.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Allocation {
    pub position: i64,
    pub variant_id: i64,
    pub location_id: i64,
    pub per_unit: i64,
    pub quantity: i64,
    pub shipped: i64,
    pub released: i64,
}

/// A payment that was begun.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Payment {
    pub id: i64,
    pub provider: String,
    pub method: String,
    pub reference: String,
    pub provider_id: Option<String>,
    pub amount: i64,
    pub redirect_url: Option<String>,
    pub declined: Option<String>,
    pub created_at: Moment,
}

/// A wish for money to move, and what became of it.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Operation {
    pub id: i64,
    pub payment_id: i64,
    pub kind: String,
    pub amount: i64,
    pub state: String,
    pub reason: Option<String>,
    pub overpayment: bool,
    pub by_hand: bool,
    pub iban: Option<String>,
    pub created_at: Moment,
}

/// A movement of money.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct MoneyEntry {
    pub payment_id: i64,
    pub kind: String,
    pub amount: i64,
    pub reference: String,
    pub at: Moment,
}

/// What left the house together.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Shipment {
    pub id: i64,
    pub location_id: i64,
    pub number: String,
    pub carrier: String,
    pub parcels: Vec<Parcel>,
    pub shipped_at: Moment,
    pub delivered_at: Option<Moment>,
    pub lines: Vec<(i64, i64)>,
}

/// A parcel of a shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    /// The carrier's number.
    #[schema(min_length = 1, max_length = 60, examples("00340434161094042557"))]
    pub tracking: String,
    /// Where it can be followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub url: Option<String>,
    /// What it weighs, in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub weight_grams: Option<u32>,
}

/// Goods on their way back.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Return {
    pub id: i64,
    pub number: String,
    pub kind: String,
    pub label_number: Option<String>,
    pub note: Option<String>,
    pub requested_at: Moment,
    pub received_at: Option<Moment>,
    pub cancelled_at: Option<Moment>,
    pub replacement: Option<String>,
    pub replacement_cancelled: bool,
    pub lines: Vec<ReturnLine>,
}

/// A line on its way back.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct ReturnLine {
    pub position: i64,
    pub quantity: i64,
    pub reason: String,
    pub exchange_sku: Option<String>,
    pub restocked: i64,
    pub written_off: i64,
    pub replaced: i64,
}

/// What an order replaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Replaces {
    /// The number of the order.
    #[schema(examples("DE-1001"))]
    pub order: String,
    /// The number of its return.
    #[schema(examples("DE-RT1001"))]
    pub return_number: String,
}

/// Money that was promised back.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct RefundRow {
    pub id: i64,
    pub operation_id: Option<i64>,
    pub reason: String,
    pub amount: i64,
    pub tax: i64,
    pub created_at: Moment,
    pub lines: Vec<RefundLine>,
}

/// What of a line was promised back; position 0 is the shipping.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct RefundLine {
    pub position: i64,
    pub tax_rate: Percent,
    pub units: i64,
    pub amount: i64,
    pub tax: i64,
}

/// A reason why an order is not shipped.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Hold {
    pub id: i64,
    pub kind: String,
    pub reason: String,
    pub placed_by: String,
    pub placed_at: Moment,
    pub released_at: Option<Moment>,
}

/// A document that was issued.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Issued {
    pub id: i64,
    pub kind: String,
    pub number: String,
    pub subject_id: Option<i64>,
    pub created_at: Moment,
}

/// An order with everything that happened to it.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is a list of the type it names")]
pub struct Facts {
    pub order: Order,
    pub lines: Vec<Line>,
    pub allocations: Vec<Allocation>,
    pub payments: Vec<Payment>,
    pub operations: Vec<Operation>,
    pub money: Vec<MoneyEntry>,
    pub shipments: Vec<Shipment>,
    pub returns: Vec<Return>,
    pub refunds: Vec<RefundRow>,
    pub holds: Vec<Hold>,
    pub documents: Vec<Issued>,
    pub replaces: Option<Replaces>,
    /// The least that it charged before any of its edits, less credits; none if it was never edited.
    pub before_edits: Option<i64>,
}

impl Facts {
    /// An order that was placed a moment ago: nothing has happened to it yet.
    pub(super) fn new(order: Order, lines: Vec<Line>, allocations: Vec<Allocation>) -> Self {
        Self {
            order,
            lines,
            allocations,
            payments: Vec::new(),
            operations: Vec::new(),
            money: Vec::new(),
            shipments: Vec::new(),
            returns: Vec::new(),
            refunds: Vec::new(),
            holds: Vec::new(),
            documents: Vec::new(),
            replaces: None,
            before_edits: None,
        }
    }

    /// Units of a line for which a replacement stands: what they are worth stays charged.
    pub fn replaced(&self, position: i64) -> i64 {
        let lines = self.returns.iter().filter(|it| it.is_replaced()).flat_map(|it| &it.lines);
        lines.filter(|it| it.position == position).map(|it| it.replaced).sum()
    }

    /// Units of a line that have come back and for which a replacement stands.
    pub fn replaced_and_back(&self, position: i64) -> i64 {
        let back = self.returns.iter().filter(|it| it.is_replaced() && it.received_at.is_some());
        let lines = back.flat_map(|it| &it.lines).filter(|it| it.position == position);
        lines.map(|it| it.replaced.min(it.received())).sum()
    }

    /// The line at a position.
    pub fn line(&self, position: i64) -> crate::Result<&Line> {
        match self.lines.iter().find(|it| it.position == position) {
            Some(line) => Ok(line),
            None => refuse!(Refusal::invalid(
                "/lines",
                format!("order {} has no line {position}", self.order.number)
            )),
        }
    }
}

impl LineDetails {
    /// The chosen options as documents and mails show them: `Farbe: Salbei`.
    pub fn in_words(&self) -> Vec<String> {
        self.labels.iter().map(|it| format!("{}: {}", it.name, it.value)).collect()
    }
}

impl Line {
    /// Units that are neither shipped nor cancelled.
    pub fn open(&self) -> i64 {
        self.quantity - self.shipped - self.cancelled
    }
}

impl Allocation {
    /// What is still held.
    pub fn held(&self) -> i64 {
        self.quantity - self.shipped - self.released
    }
}

impl Return {
    /// Whether another order stands for what comes back; one that was cancelled does not.
    pub fn is_replaced(&self) -> bool {
        self.replacement.is_some() && !self.replacement_cancelled
    }

    /// Whether the goods are still on their way.
    pub fn is_open(&self) -> bool {
        self.received_at.is_none() && self.cancelled_at.is_none()
    }
}

impl ReturnLine {
    /// Units that arrived, in whichever condition.
    pub fn received(&self) -> i64 {
        self.restocked + self.written_off
    }

    /// Units that were announced and, once the return has arrived, were not in it.
    pub fn missing(&self) -> i64 {
        self.quantity - self.received()
    }
}

impl Operation {
    /// Whether it has no outcome yet.
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "pending" | "unknown")
    }
}
