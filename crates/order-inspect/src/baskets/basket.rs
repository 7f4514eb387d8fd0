//! A basket as the database holds it.

use crate::{
    address::Address,
    args,
    db::{Row, Tx},
    error::{Error, Refusal},
    http::{Caller, Scope, key_hash},
    language::Language,
    moment::Moment,
    money::{Currency, CurrencyError},
    orders::place::{PlaceLine, PlaceOrder},
    refuse,
};

/// How a request names a basket.
#[derive(Debug, Clone)]
pub(super) enum Which {
    /// By the hash of the token that its owner holds, for a key that may see the baskets of one shop only.
    Token([u8; 32], Option<i64>),
    /// A draft, by its number.
    Draft(i64),
}

impl Which {
    /// What stands in the address: a token, or a draft's number, which is for staff only.
    pub(super) fn of(text: &str, caller: &Caller) -> crate::Result<Self> {
        // A token has 43 characters; no number has.
        match text.parse() {
            Ok(id) => {
                if !caller.scopes.contains(&Scope::ManageOrders) {
                    refuse!(Refusal::new(
                        403,
                        "forbidden",
                        "Drafts are for those who manage orders."
                    ));
                }
                Ok(Self::Draft(id))
            }
            Err(_) => Ok(Self::Token(key_hash(text), caller.channel_id)),
        }
    }
}

/// A basket.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Basket {
    pub(super) id: i64,
    pub(super) channel_id: i64,
    pub(super) currency: Currency,
    pub(super) locale: Language,
    pub(super) customer_id: Option<i64>,
    /// As it was entered.
    pub(super) email: Option<String>,
    pub(super) customer_email: Option<String>,
    pub(super) coupons: Vec<String>,
    pub(super) billing_address: Option<Address>,
    pub(super) delivery_address: Option<Address>,
    pub(super) delivery_method: Option<String>,
    pub(super) payment_method: Option<String>,
    pub(super) draft: bool,
    pub(super) created_by: Option<String>,
    /// The number of the order that it became.
    pub(super) order: Option<String>,
    pub(super) revision: i64,
    pub(super) updated_at: Moment,
    pub(super) expires_at: Option<Moment>,
    pub(super) lines: Vec<Line>,
}

/// A line of a basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) variant_id: i64,
    pub(super) sku: String,
    pub(super) quantity: u32,
    /// In order, each once.
    pub(super) services: Vec<String>,
    pub(super) unit_price: Option<i64>,
    pub(super) note: Option<String>,
}

impl Line {
    /// Whether units of both can be on one line.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.variant_id == other.variant_id
            && self.services == other.services
            && self.unit_price == other.unit_price
            && self.note == other.note
    }
}

/// The basket that a token leads to; that of a basket which was merged leads to the one that took its lines.
const BY_TOKEN: &str = "SELECT COALESCE(merged_into, id) AS id FROM basket
    WHERE token_hash = $1 AND channel_id = COALESCE($2, channel_id)";

const BY_ID: &str = "SELECT b.*, o.number AS order_number, c.email AS customer_email
    FROM basket b
    LEFT JOIN orders o ON o.id = b.order_id
    LEFT JOIN customer c ON c.id = b.customer_id AND c.erased_at IS NULL
    WHERE b.id = $1";

const LINES: &str = "SELECT l.*, v.sku FROM basket_line l JOIN variant v ON v.id = l.variant_id
    WHERE l.basket_id = $1 ORDER BY l.id";

impl Basket {
    /// Reads the basket that a request names.
    pub(super) async fn find(tx: &mut Tx, which: &Which) -> crate::Result<Self> {
        let id = find_id(tx, which).await?;
        Self::load(tx, id, matches!(which, Which::Draft(_))).await
    }

    /// The same for a change: it is locked, so that changes to it follow each other.
    pub(super) async fn find_locked(tx: &mut Tx, which: &Which) -> crate::Result<Self> {
        let mut id = find_id(tx, which).await?;
        loop {
            tx.rows("SELECT id FROM basket WHERE id = $1 FOR UPDATE", args![id]).await?;
            // Between the look and the lock it may have been merged into another one.
            let now = find_id(tx, which).await?;
            if now == id {
                return Self::load(tx, id, matches!(which, Which::Draft(_))).await;
            }
            id = now;
        }
    }

    /// Reads a basket by its number.
    pub(super) async fn load(tx: &mut Tx, id: i64, draft: bool) -> crate::Result<Self> {
        let mut answers = tx.rows_all(vec![(BY_ID, args![id]), (LINES, args![id])]).await?;
        let lines = answers.pop().unwrap_or_default();
        match answers.pop().unwrap_or_default().first() {
            // A number that belongs to no draft is told to nobody.
            Some(row) if !draft || row.get("draft")? => Self::of(row, &lines),
            _ => refuse!(unknown()),
        }
    }

    fn of(row: &Row, lines: &[Row]) -> crate::Result<Self> {
        let currency: String = row.get("currency")?;
        let broken = |error: CurrencyError| Error::Broken(error.to_string());
        Ok(Self {
            id: row.get("id")?,
            channel_id: row.get("channel_id")?,
            currency: currency.parse().map_err(broken)?,
            locale: Language::of(&row.get::<String>("locale")?),
            customer_id: row.get("customer_id")?,
            email: row.get("email")?,
            customer_email: row.get("customer_email")?,
            coupons: row.json("coupons")?,
            billing_address: row.maybe_json("billing_address")?,
            delivery_address: row.maybe_json("delivery_address")?,
            delivery_method: row.get("delivery_method")?,
            payment_method: row.get("payment_method")?,
            draft: row.get("draft")?,
            created_by: row.get("created_by")?,
            order: row.get("order_number")?,
            revision: row.get("revision")?,
            updated_at: row.get("updated_at")?,
            expires_at: row.get("expires_at")?,
            lines: lines.iter().map(line).collect::<crate::Result<_>>()?,
        })
    }

    /// Where mails go: as it was entered, or else to the customer.
    pub(super) fn goes_to_email(&self) -> Option<&String> {
        self.email.as_ref().or(self.customer_email.as_ref())
    }

    /// Refuses a change to a basket that became an order, with its number.
    pub(super) fn still_open(&self) -> crate::Result<()> {
        match &self.order {
            None => Ok(()),
            Some(number) => refuse!(already_ordered(number)),
        }
    }

    /// The order that it would be. Where something is missing yet, the order has a place that is easily told from a
    /// real one: no e-mail address, no method, an address that names the shop's country only.
    pub(super) fn wanted(&self, channel: &str, country: &str) -> PlaceOrder {
        let line = |it: &Line| PlaceLine {
            sku: it.sku.clone(),
            quantity: it.quantity,
            services: it.services.clone(),
            note: it.note.clone(),
            unit_price: it.unit_price,
        };
        let goes_to = self.delivery_address.clone();
        let billing = self.billing_address.clone().or_else(|| goes_to.clone());
        PlaceOrder {
            channel: channel.to_owned(),
            currency: Some(self.currency),
            locale: Some(self.locale),
            customer_id: self.customer_id,
            email: self.goes_to_email().cloned().unwrap_or_default(),
            lines: self.lines.iter().map(line).collect(),
            billing_address: billing.unwrap_or_else(|| somewhere_in(country)),
            delivery_address: goes_to,
            delivery_method: self.delivery_method.clone().unwrap_or_default(),
            payment_method: self.payment_method.clone().unwrap_or_default(),
            coupons: self.coupons.clone(),
            expected_total: None,
        }
    }
}

pub(super) async fn find_id(tx: &mut Tx, which: &Which) -> crate::Result<i64> {
    match which {
        Which::Draft(id) => Ok(*id),
        Which::Token(hash, channel) => {
            match tx.row(BY_TOKEN, args![hash.as_slice(), *channel]).await? {
                Some(row) => Ok(row.get("id")?),
                None => refuse!(unknown()),
            }
        }
    }
}

fn line(row: &Row) -> crate::Result<Line> {
    Ok(Line {
        id: row.get("id")?,
        variant_id: row.get("variant_id")?,
        sku: row.get("sku")?,
        quantity: row.get("quantity")?,
        services: row.json("services")?,
        unit_price: row.get("unit_price")?,
        note: row.get("note")?,
    })
}

fn somewhere_in(country: &str) -> Address {
    Address {
        name: String::new(),
        company: None,
        street: String::new(),
        extra: None,
        postal_code: String::new(),
        city: String::new(),
        country: country.to_owned(),
        phone: None,
    }
}

/// The token is not repeated: answers end in logs.
fn unknown() -> Refusal {
    Refusal::new(404, "not_found", "There is no such basket, or it has expired.")
}

/// The basket became an order, which the refusal names.
pub(super) fn already_ordered(number: &str) -> Refusal {
    let detail = format!("This basket was ordered already: it is order {number}.");
    Refusal::conflict("already_ordered", detail).with_facts(serde_json::json!({ "order": number }))
}
