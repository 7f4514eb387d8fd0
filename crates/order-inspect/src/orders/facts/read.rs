//! From rows to facts.

use super::{
    Allocation, Facts, Hold, Issued, Line, MoneyEntry, Operation, Order, Payment, RefundLine,
    RefundRow, Replaces, Return, ReturnLine, Shipment,
};
use crate::{
    args,
    db::{Row, Tx},
    error::Refusal,
    language::Language,
    percent::Percent,
    refuse,
    setup::PaymentFlow,
};

impl Facts {
    /// Reads an order by its number; a change locks it, so that changes to one order follow each other.
    pub async fn load(tx: &mut Tx, number: &str, lock: bool) -> crate::Result<Self> {
        let sql = format!(
            "SELECT * FROM orders WHERE number = $1{}",
            if lock { " FOR UPDATE" } else { "" }
        );
        loop {
            let Some(row) = tx.row(&sql, args![number]).await? else {
                refuse!(Refusal::not_found("order", number));
            };
            if let Some(facts) = Self::of(tx, &row).await? {
                return Ok(facts);
            }
        }
    }

    /// The same by its id.
    pub async fn load_id(tx: &mut Tx, id: i64, lock: bool) -> crate::Result<Self> {
        let sql =
            format!("SELECT * FROM orders WHERE id = $1{}", if lock { " FOR UPDATE" } else { "" });
        loop {
            let row = tx.one(&sql, args![id]).await?;
            if let Some(facts) = Self::of(tx, &row).await? {
                return Ok(facts);
            }
        }
    }

    /// The facts beside the order's row; none if the order has changed while they were read, as its revision shows.
    async fn of(tx: &mut Tx, row: &Row) -> crate::Result<Option<Self>> {
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
            replaces,
            before_edits,
            revision,
        ] = answers.as_slice()
        else {
            return Err(crate::error::Error::Broken("an order was not read as a whole".to_owned()));
        };
        if revision.first().map(|row| row.get("revision")).transpose()? != Some(order.revision) {
            return Ok(None);
        }
        Ok(Some(Self {
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
            replaces: replaces.first().map(Replaces::of).transpose()?,
            before_edits: match before_edits.first() {
                Some(row) => row.get("least")?,
                None => None,
            },
        }))
    }
}

/// The last one is answered after the others: nothing was changed between the order's row and it, or it is another one.
const QUESTIONS: [&str; 16] = [
    "SELECT * FROM order_line WHERE order_id = $1 ORDER BY position",
    "SELECT * FROM allocation WHERE order_id = $1 ORDER BY variant_id, location_id, position",
    "SELECT * FROM payment WHERE order_id = $1 ORDER BY id",
    "SELECT * FROM payment_operation WHERE order_id = $1 ORDER BY id",
    "SELECT * FROM money_entry WHERE order_id = $1 ORDER BY id",
    "SELECT * FROM shipment WHERE order_id = $1 ORDER BY id",
    "SELECT l.* FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id WHERE s.order_id = $1
        ORDER BY l.shipment_id, l.position",
    "SELECT r.*, o.number AS replacement, o.cancelled_at AS replacement_cancelled_at
        FROM order_return r LEFT JOIN orders o ON o.id = r.replacement_id
        WHERE r.order_id = $1 ORDER BY r.id",
    "SELECT l.* FROM return_line l JOIN order_return r ON r.id = l.return_id WHERE r.order_id = $1
        ORDER BY l.return_id, l.position",
    "SELECT * FROM refund WHERE order_id = $1 ORDER BY id",
    "SELECT * FROM refund_line WHERE order_id = $1 ORDER BY refund_id, position",
    "SELECT * FROM order_hold WHERE order_id = $1 ORDER BY id",
    "SELECT id, kind, number, subject_id, created_at FROM order_document WHERE order_id = $1 ORDER BY id",
    "SELECT o.number, r.number AS return_number FROM order_return r JOIN orders o ON o.id = r.order_id
        WHERE r.replacement_id = $1",
    "SELECT MIN(total_before) AS least FROM order_version WHERE order_id = $1",
    "SELECT revision FROM orders WHERE id = $1",
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
            overpayment: row.get("overpayment")?,
            by_hand: row.get("by_hand")?,
            iban: row.get("iban")?,
            created_at: row.get("created_at")?,
        })
    }
}

impl MoneyEntry {
    fn of(row: &Row) -> crate::Result<Self> {
        Ok(Self {
            payment_id: row.get("payment_id")?,
            kind: row.get("kind")?,
            amount: row.get("amount")?,
            reference: row.get("provider_reference")?,
            at: row.get("at")?,
        })
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
                    replaced: line.get("replaced")?,
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
            replacement_cancelled: row.get::<Option<i64>>("replacement_cancelled_at")?.is_some(),
            lines: own,
        })
    }
}

impl Replaces {
    fn of(row: &Row) -> crate::Result<Self> {
        Ok(Self { order: row.get("number")?, return_number: row.get("return_number")? })
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
