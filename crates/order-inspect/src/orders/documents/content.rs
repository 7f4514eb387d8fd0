//! What the documents of an order say.

use jiff::civil::Date;

use super::language;
use crate::{
    address::Address,
    country::language_of_post,
    documents::{
        Adjustment, BankAccount, DeliveredLine, Delivery, Document, DocumentKind, DocumentLine,
        Party, PriceBasis, Reference, Seller, TaxLine, Totals,
    },
    language::Language,
    moment::Moment,
    money::Money,
    orders::{
        credit::SHIPPING,
        facts::{Facts, RefundLine, RefundRow, Shipment},
    },
    percent::Percent,
    setup::{self, Channel},
    tax,
};

/// An order and who sells, from which documents are written.
pub(super) struct Desk<'a> {
    pub(super) facts: &'a Facts,
    pub(super) channel: &'a Channel,
    /// What the way to pay is called.
    pub(super) method: String,
    /// Days after the invoice until which it has to be paid.
    pub(super) due_days: Option<u16>,
    /// The customer's number; none for a guest.
    pub(super) customer_number: Option<String>,
    pub(super) number: String,
    pub(super) now: Moment,
}

impl Desk<'_> {
    /// The bill for all that the order charges: `charged`, line by line.
    pub(super) fn invoice(&self, charged: &[RefundLine]) -> crate::Result<Document> {
        let discounts = self.discounts(charged);
        let document = self.document(DocumentKind::Invoice, &self.charged_lines(charged))?;
        let deliveries = self.deliveries(charged)?;
        let to_come = deliveries.iter().any(|it| it.date.is_none());
        Ok(Document {
            paid_on: if to_come { self.paid_on()? } else { None },
            deliveries,
            totals: Some(self.totals(charged, discounts)),
            payment_note: Some(self.payment_note(charged)?),
            notes: self.tax_notes(charged),
            ..document
        })
    }

    /// Why something is not taxed, each reason once (§ 14 Abs. 4 Nr. 8 UStG).
    fn tax_notes(&self, charged: &[RefundLine]) -> Vec<String> {
        let lines = on_invoice(charged).filter_map(|it| self.facts.line(it.position).ok());
        let mut notes: Vec<String> = Vec::new();
        for note in lines.filter_map(|it| it.details.tax_note.as_ref()) {
            if !notes.contains(note) {
                notes.push(note.clone());
            }
        }
        notes
    }

    /// Takes a part of an invoice back: what was credited.
    pub(super) fn credit_note(
        &self,
        credit: &RefundRow,
        invoice: (&str, Moment),
    ) -> crate::Result<Document> {
        let lines: Vec<Row> = credit.lines.iter().filter_map(|it| self.credited_line(it)).collect();
        let document = self.document(DocumentKind::CreditNote, &lines)?;
        let label = self.pick("Grund", "Reason");
        Ok(Document {
            totals: Some(self.credited_totals(&credit.lines)),
            references: vec![Reference {
                number: invoice.0.to_owned(),
                date: self.day(invoice.1)?,
            }],
            notes: vec![format!("{label}: {}", credit.reason)],
            ..document
        })
    }

    /// What a shipment contains.
    pub(super) fn delivery_note(&self, shipment: &Shipment) -> crate::Result<Document> {
        let row = |(position, units): &(i64, i64)| self.row(*position, *units, 0, None);
        let lines: Vec<Row> = shipment.lines.iter().filter_map(row).collect();
        let document = self.document(DocumentKind::DeliveryNote, &lines)?;
        let tracking: Vec<&str> = shipment.parcels.iter().map(|it| it.tracking.as_str()).collect();
        let note = format!("{}: {}", shipment.carrier, tracking.join(", "));
        Ok(Document {
            deliveries: vec![Delivery {
                date: Some(self.day(shipment.shipped_at)?),
                lines: delivered(&document.lines),
            }],
            recipient: self.party(&self.facts.order.delivery_address),
            delivery_address: None,
            notes: Vec::from_iter((!tracking.is_empty()).then_some(note)),
            ..document
        })
    }

    fn document(&self, kind: DocumentKind, rows: &[Row]) -> crate::Result<Document> {
        let order = &self.facts.order;
        let elsewhere = order.delivery_address != order.billing_address;
        let mut running = 0;
        let lines = rows.iter().zip(1..).map(|(row, position)| {
            running += row.total;
            self.line(row, position, running)
        });
        Ok(Document {
            kind,
            language: language(order.locale),
            number: self.number.clone(),
            date: self.day(self.now)?,
            seller: seller(&self.channel.seller),
            recipient: self.party(&order.billing_address),
            delivery_address: elsewhere.then(|| self.party(&order.delivery_address)),
            customer_number: self.customer_number.clone(),
            order_number: order.number.clone(),
            order_date: self.day(order.placed_at)?,
            deliveries: Vec::new(),
            paid_on: None,
            prices: match order.quote.price_basis {
                tax::PriceBasis::Gross => PriceBasis::Gross,
                tax::PriceBasis::Net => PriceBasis::Net,
            },
            lines: lines.collect(),
            totals: None,
            payment_note: None,
            references: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// Whom a letter is for.
    fn party(&self, address: &Address) -> Party {
        let home = self.channel.home();
        let mut lines = address.lines(home, language_of_post(home)).into_iter();
        let name = lines.next().unwrap_or_default();
        Party { name, address: lines.collect(), vat_id: None }
    }

    fn line(&self, row: &Row, position: u32, running: i64) -> DocumentLine {
        DocumentLine {
            position,
            sku: row.sku.clone(),
            name: row.name.clone(),
            details: row.details.clone(),
            quantity: row.units.map_or_else(String::new, |units| units.to_string()),
            unit_price: row.unit_price.map_or_else(String::new, |price| self.money(price)),
            tax_rate: row.rate.text(self.language()),
            total: self.money(row.total),
            running_total: self.money(running),
        }
    }

    /// The lines of an invoice, before discounts.
    fn charged_lines(&self, charged: &[RefundLine]) -> Vec<Row> {
        let rows = on_invoice(charged);
        let row = |it: &RefundLine| {
            let price = self.facts.line(it.position).ok()?.unit_price;
            self.row(it.position, it.units, price.saturating_mul(it.units), Some(price))
        };
        rows.filter_map(row).collect()
    }

    /// A line of a credit note: what was credited, after discounts. The delivery has one too, as it may be all that
    /// was credited.
    fn credited_line(&self, it: &RefundLine) -> Option<Row> {
        if it.position == SHIPPING {
            return Some(Row {
                sku: String::new(),
                name: self.pick("Versand", "Shipping"),
                details: Vec::new(),
                units: None,
                unit_price: None,
                rate: it.tax_rate,
                total: self.amount(it),
            });
        }
        let mut row = self.row(it.position, it.units, self.amount(it), None)?;
        row.units = (it.units > 0).then_some(it.units);
        Some(row)
    }

    fn row(&self, position: i64, units: i64, total: i64, unit_price: Option<i64>) -> Option<Row> {
        let line = self.facts.line(position).ok()?;
        Some(Row {
            sku: line.sku.clone(),
            name: line.name.clone(),
            details: line.details.in_words(),
            units: Some(units),
            unit_price,
            rate: line.tax_rate,
            total,
        })
    }

    /// What an amount is on the basis of the prices.
    fn amount(&self, it: &RefundLine) -> i64 {
        match self.facts.order.quote.price_basis {
            tax::PriceBasis::Gross => it.amount,
            tax::PriceBasis::Net => it.amount - it.tax,
        }
    }

    /// What was taken off the lines: by its names as long as all of it stands, else in one sum.
    fn discounts(&self, charged: &[RefundLine]) -> Vec<Adjustment> {
        let before: i64 = self.charged_lines(charged).iter().map(|it| it.total).sum();
        let lines = charged.iter().filter(|it| it.position != SHIPPING);
        let discount = before - lines.map(|it| self.amount(it)).sum::<i64>();
        let mut named: Vec<(String, i64)> = Vec::new();
        for it in self.facts.order.quote.lines.iter().flat_map(|it| &it.discounts) {
            match named.iter_mut().find(|(name, _)| *name == it.name) {
                Some((_, sum)) => *sum += it.amount,
                None => named.push((it.name.clone(), it.amount)),
            }
        }
        if named.iter().map(|(_, amount)| amount).sum::<i64>() != discount {
            named = vec![(self.pick("Nachlass", "Reduction"), discount)];
        }
        let adjustment =
            |(label, amount): (String, i64)| Adjustment { label, amount: self.money(-amount) };
        named.into_iter().filter(|(_, amount)| *amount != 0).map(adjustment).collect()
    }

    fn totals(&self, rows: &[RefundLine], discounts: Vec<Adjustment>) -> Totals {
        let of_lines = || rows.iter().filter(|it| it.position != SHIPPING);
        let subtotal: i64 = if discounts.is_empty() {
            of_lines().map(|it| self.amount(it)).sum()
        } else {
            self.charged_lines(rows).iter().map(|it| it.total).sum()
        };
        let delivery: Vec<&RefundLine> = rows.iter().filter(|it| it.position == SHIPPING).collect();
        let shipping = (!delivery.is_empty()).then(|| Adjustment {
            label: self.pick("Versand", "Shipping"),
            amount: self.money(delivery.iter().map(|it| self.amount(it)).sum()),
        });
        let tax = |it: tax::TaxLine| TaxLine {
            rate: it.rate.text(self.language()),
            net: self.money(it.net),
            tax: self.money(it.tax),
            gross: self.money(it.gross),
        };
        Totals {
            subtotal: self.money(subtotal),
            discounts,
            shipping,
            taxes: tax_lines(rows).into_iter().map(tax).collect(),
            grand_total: self.money(rows.iter().map(|it| it.amount).sum()),
        }
    }

    /// The sums of a credit note, whose delivery is one of its lines.
    fn credited_totals(&self, rows: &[RefundLine]) -> Totals {
        let subtotal = rows.iter().map(|it| self.amount(it)).sum();
        let totals = self.totals(rows, Vec::new());
        Totals { subtotal: self.money(subtotal), shipping: None, ..totals }
    }

    fn language(&self) -> Language {
        self.facts.order.locale
    }

    pub(super) fn pick(&self, german: impl Into<String>, english: impl Into<String>) -> String {
        match self.language() {
            Language::German => german.into(),
            Language::English => english.into(),
        }
    }

    pub(super) fn money(&self, amount: i64) -> String {
        Money::new(amount, self.facts.order.currency).text(self.language())
    }

    /// The day of a moment where the shop is.
    pub(super) fn day(&self, moment: Moment) -> crate::Result<Date> {
        super::day(self.channel, moment)
    }
}

/// What an invoice lists: the delivery is no line, nor is what was credited before.
pub(super) fn on_invoice(charged: &[RefundLine]) -> impl Iterator<Item = &RefundLine> {
    charged.iter().filter(|it| it.position != SHIPPING && it.units > 0)
}

/// All of some lines.
fn delivered(lines: &[DocumentLine]) -> Vec<DeliveredLine> {
    let line =
        |it: &DocumentLine| DeliveredLine { position: it.position, quantity: it.quantity.clone() };
    lines.iter().map(line).collect()
}

/// A line before its amounts are written as texts.
struct Row {
    sku: String,
    name: String,
    details: Vec<String>,
    units: Option<i64>,
    unit_price: Option<i64>,
    rate: Percent,
    total: i64,
}

/// The taxes in some amounts, rate by rate, the highest first.
pub(in crate::orders) fn tax_lines(rows: &[RefundLine]) -> Vec<tax::TaxLine> {
    let mut lines: Vec<tax::TaxLine> = Vec::new();
    for it in rows.iter().filter(|it| it.amount != 0 || it.tax != 0) {
        let (rate, tax, gross) = (it.tax_rate, it.tax, it.amount);
        match lines.iter_mut().find(|line| line.rate == rate) {
            Some(line) => {
                line.net += gross - tax;
                line.tax += tax;
                line.gross += gross;
            }
            None => lines.push(tax::TaxLine { rate, net: gross - tax, tax, gross }),
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.rate));
    lines
}

fn seller(it: &setup::Seller) -> Seller {
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    Seller {
        name: it.name.clone(),
        address: it.address.clone(),
        vat_id: filled(&it.vat_id),
        tax_number: it.tax_number.clone(),
        register: filled(&it.register.join(", ")),
        management: filled(&it.directors.join(", ")),
        phone: it.phone.clone(),
        email: filled(&it.email),
        website: it.website.clone(),
        bank: it.bank.as_ref().map(|it| BankAccount {
            name: it.name.clone(),
            iban: it.iban.clone(),
            bic: it.bic.clone(),
        }),
    }
}
