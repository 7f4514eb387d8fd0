//! An order as it is stored: facts only. What they mean is worked out in `standing`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    address::Address,
    args,
    db::{Row, Tx},
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
    /// The chosen options, such as colour and size.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub options: std::collections::BTreeMap<String, String>,
    /// What the customer or staff noted for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What each unit of a line carries of its total and of its tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// Of what is paid.
    pub total: UnitShares,
    /// Of the tax in it.
    pub tax: UnitShares,
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
    pub created_at: Moment,
}

/// A movement of money.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct MoneyEntry {
    pub payment_id: i64,
    pub kind: String,
    pub amount: i64,
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
        }
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

    /// Reads an order by its number; a change locks it, so that changes to one order follow each other.
    pub async fn load(tx: &mut Tx, number: &str, lock: bool) -> crate::Result<Self> {
        let sql = format!(
            "SELECT * FROM orders WHERE number = $1{}",
            if lock { " FOR UPDATE" } else { "" }
        );
        let Some(row) = tx.row(&sql, args![number]).await? else {
            refuse!(Refusal::not_found("order", number));
        };
        Self::of(tx, &row).await
    }

    /// The same by its id.
    pub async fn load_id(tx: &mut Tx, id: i64, lock: bool) -> crate::Result<Self> {
        let sql =
            format!("SELECT * FROM orders WHERE id = $1{}", if lock { " FOR UPDATE" } else { "" });
        let row = tx.one(&sql, args![id]).await?;
        Self::of(tx, &row).await
    }

    async fn of(tx: &mut Tx, row: &Row) -> crate::Result<Self> {
        let order = Order::of(row)?;
        let id = order.id;
        let asked = QUESTIONS.iter().map(|sql| (*sql, args![id])).collect();
        let answers = tx.rows_all(asked).await?;
        let [
            lines,
            allocations,
            payments,
            operations,
            money,
            shipments,
            shipment_lines,
            returns,
            return_lines,
            refunds,
            refund_lines,
            holds,
            documents,
        ] = answers.as_slice()
        else {
            return Err(crate::error::Error::Broken("an order was not read as a whole".to_owned()));
        };
        Ok(Self {
            order,
            lines: each(lines, Line::of)?,
            allocations: each(allocations, Allocation::of)?,
            payments: each(payments, Payment::of)?,
            operations: each(operations, Operation::of)?,
            money: each(money, MoneyEntry::of)?,
            shipments: each(shipments, |row| Shipment::of(row, shipment_lines))?,
            returns: each(returns, |row| Return::of(row, return_lines))?,
            refunds: each(refunds, |row| RefundRow::of(row, refund_lines))?,
            holds: each(holds, Hold::of)?,
            documents: each(documents, Issued::of)?,
        })
    }
}

const QUESTIONS: [&str; 13] = [
    "SELECT * FROM order_line WHERE order_id = $1 ORDER BY position",
    "SELECT * FROM allocation WHERE order_id = $1 ORDER BY variant_id, location_id, position",
    "SELECT * FROM payment WHERE order_id = $1 ORDER BY id",
    "SELECT * FROM payment_operation WHERE order_id = $1 ORDER BY id",
    "SELECT * FROM money_entry WHERE order_id = $1 ORDER BY id",
    "SELECT * FROM shipment WHERE order_id = $1 ORDER BY id",
    "SELECT l.* FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id WHERE s.order_id = $1
        ORDER BY l.shipment_id, l.position",
    "SELECT r.*, o.number AS replacement FROM order_return r LEFT JOIN orders o ON o.id = r.replacement_id
        WHERE r.order_id = $1 ORDER BY r.id",
    "SELECT l.* FROM return_line l JOIN order_return r ON r.id = l.return_id WHERE r.order_id = $1
        ORDER BY l.return_id, l.position",
    "SELECT * FROM refund WHERE order_id = $1 ORDER BY id",
    "SELECT * FROM refund_line WHERE order_id = $1 ORDER BY refund_id, position",
    "SELECT * FROM order_hold WHERE order_id = $1 ORDER BY id",
    "SELECT id, kind, number, subject_id, created_at FROM order_document WHERE order_id = $1 ORDER BY id",
];

fn each<T>(rows: &[Row], read: impl Fn(&Row) -> crate::Result<T>) -> crate::Result<Vec<T>> {
    rows.iter().map(read).collect()
}

fn percent(thousandths: u32) -> crate::Result<Percent> {
    Percent::from_thousandths(thousandths)
        .map_err(|error| crate::error::Error::Broken(error.to_string()))
}

impl Order {
    fn of(row: &Row) -> crate::Result<Self> {
        let broken = |error: &dyn std::fmt::Display| crate::error::Error::Broken(error.to_string());
        let locale: String = row.get("locale")?;
        let currency: String = row.get("currency")?;
        Ok(Self {
            id: row.get("id")?,
            channel_id: row.get("channel_id")?,
            number: row.get("number")?,
            customer_id: row.get("customer_id")?,
            email: row.get("email")?,
            name: row.get("name")?,
            phone: row.get("phone")?,
            locale: if locale == "en" { Language::English } else { Language::German },
            currency: currency.parse().map_err(|error| broken(&error))?,
            billing_address: row.json("billing_address")?,
            delivery_address: row.json("delivery_address")?,
            delivery_method: row.get("delivery_method")?,
            payment_method: row.get("payment_method")?,
            provider: row.get("provider")?,
            payment_flow: PaymentFlow::of(&row.get::<String>("payment_flow")?)?,
            quote: row.json("quote")?,
            total: row.get("total")?,
            held_until: row.get("held_until")?,
            version: row.get("version")?,
            revision: row.get("revision")?,
            placed_at: row.get("placed_at")?,
            closed_at: row.get("closed_at")?,
            cancelled_at: row.get("cancelled_at")?,
        })
    }
}

impl Line {
    fn of(row: &Row) -> crate::Result<Self> {
        let tax_rate = percent(row.get("tax_rate")?)?;
        Ok(Self {
            position: row.get("position")?,
            goods: row.get::<String>("kind")? == "product",
            parent: row.get("parent")?,
            variant_id: row.get("variant_id")?,
            sku: row.get("sku")?,
            name: row.get("name")?,
            details: row.json("details")?,
            quantity: row.get("quantity")?,
            unit_price: row.get("unit_price")?,
            tax_rate,
            discount: row.get("discount")?,
            total: row.get("total")?,
            tax: row.get("tax")?,
            shares: row.json("shares")?,
            shipped: row.get("shipped")?,
            cancelled: row.get("cancelled")?,
            returned: row.get("returned")?,
            version: row.get("version")?,
        })
    }

    /// Units that are neither shipped nor cancelled.
    pub fn open(&self) -> i64 {
        self.quantity - self.shipped - self.cancelled
    }
}

impl Allocation {
    fn of(row: &Row) -> crate::Result<Self> {
        Ok(Self {
            position: row.get("position")?,
            variant_id: row.get("variant_id")?,
            location_id: row.get("location_id")?,
            per_unit: row.get("per_unit")?,
            quantity: row.get("quantity")?,
            shipped: row.get("shipped")?,
            released: row.get("released")?,
        })
    }

    /// What is still held.
    pub fn held(&self) -> i64 {
        self.quantity - self.shipped - self.released
    }
}

impl Payment {
    fn of(row: &Row) -> crate::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            provider: row.get("provider")?,
            method: row.get("method")?,
            reference: row.get("reference")?,
            provider_id: row.get("provider_id")?,
            amount: row.get("amount")?,
            redirect_url: row.get("redirect_url")?,
            declined: row.get("declined")?,
            created_at: row.get("created_at")?,
        })
    }
}

impl Operation {
    fn of(row: &Row) -> crate::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            payment_id: row.get("payment_id")?,
            kind: row.get("kind")?,
            amount: row.get("amount")?,
            state: row.get("state")?,
            reason: row.get("reason")?,
            created_at: row.get("created_at")?,
        })
    }
}

impl Operation {
    /// Whether it has no outcome yet.
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "pending" | "unknown")
    }
}

impl MoneyEntry {
    fn of(row: &Row) -> crate::Result<Self> {
        let (payment_id, kind) = (row.get("payment_id")?, row.get("kind")?);
        Ok(Self { payment_id, kind, amount: row.get("amount")?, at: row.get("at")? })
    }
}

impl Shipment {
    fn of(row: &Row, lines: &[Row]) -> crate::Result<Self> {
        let id: i64 = row.get("id")?;
        let mut own = Vec::new();
        for line in lines {
            if line.get::<i64>("shipment_id")? == id {
                own.push((line.get("position")?, line.get("quantity")?));
            }
        }
        Ok(Self {
            id,
            location_id: row.get("location_id")?,
            number: row.get("number")?,
            carrier: row.get("carrier")?,
            parcels: row.json("parcels")?,
            shipped_at: row.get("shipped_at")?,
            delivered_at: row.get("delivered_at")?,
            lines: own,
        })
    }
}

impl Return {
    fn of(row: &Row, lines: &[Row]) -> crate::Result<Self> {
        let id: i64 = row.get("id")?;
        let mut own = Vec::new();
        for line in lines {
            if line.get::<i64>("return_id")? == id {
                own.push(ReturnLine {
                    position: line.get("position")?,
                    quantity: line.get("quantity")?,
                    reason: line.get("reason")?,
                    exchange_sku: line.get("exchange_sku")?,
                    restocked: line.get("restocked")?,
                    written_off: line.get("written_off")?,
                });
            }
        }
        Ok(Self {
            id,
            number: row.get("number")?,
            kind: row.get("kind")?,
            label_number: row.get("label_number")?,
            note: row.get("note")?,
            requested_at: row.get("requested_at")?,
            received_at: row.get("received_at")?,
            cancelled_at: row.get("cancelled_at")?,
            replacement: row.get("replacement")?,
            lines: own,
        })
    }

    /// Whether the goods are still on their way.
    pub fn is_open(&self) -> bool {
        self.received_at.is_none() && self.cancelled_at.is_none()
    }
}

impl RefundRow {
    fn of(row: &Row, lines: &[Row]) -> crate::Result<Self> {
        let id: i64 = row.get("id")?;
        let mut own = Vec::new();
        for line in lines {
            if line.get::<i64>("refund_id")? == id {
                own.push(RefundLine {
                    position: line.get("position")?,
                    tax_rate: percent(line.get("tax_rate")?)?,
                    units: line.get("units")?,
                    amount: line.get("amount")?,
                    tax: line.get("tax")?,
                });
            }
        }
        Ok(Self {
            id,
            operation_id: row.get("operation_id")?,
            reason: row.get("reason")?,
            amount: row.get("amount")?,
            tax: row.get("tax")?,
            created_at: row.get("created_at")?,
            lines: own,
        })
    }
}

impl Hold {
    fn of(row: &Row) -> crate::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            kind: row.get("kind")?,
            reason: row.get("reason")?,
            placed_by: row.get("placed_by")?,
            placed_at: row.get("placed_at")?,
            released_at: row.get("released_at")?,
        })
    }
}

impl Issued {
    fn of(row: &Row) -> crate::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            kind: row.get("kind")?,
            number: row.get("number")?,
            subject_id: row.get("subject_id")?,
            created_at: row.get("created_at")?,
        })
    }
}
