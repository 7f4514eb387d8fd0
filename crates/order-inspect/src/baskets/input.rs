//! What is asked for when a basket is made or changed.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::{
    address::{Address, is_email, plain_email},
    error::Findings,
    language::Language,
    money::Currency,
    orders::place::MOST_UNITS,
};

/// The most services on one line.
const MOST_SERVICES: usize = 10;

/// A basket to be begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBasket {
    /// The shop's code.
    #[schema(max_length = 60, examples("de"))]
    pub channel: String,
    /// The currency; the shop's first if it is not said.
    #[serde(default)]
    #[schema(value_type = Option<String>, examples("EUR"))]
    pub currency: Option<Currency>,
    /// The customer's language; the shop's first if it is not said.
    #[serde(default)]
    pub locale: Option<Language>,
    /// The customer who is signed in; none for a guest.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub customer_id: Option<i64>,
    /// Whether it is a draft that staff fill for somebody: only for those who manage orders.
    #[serde(default)]
    pub draft: bool,
}

/// A line to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddLine {
    /// Stock keeping unit.
    #[schema(min_length = 1, max_length = 64, examples("LAMP-RED"))]
    pub sku: String,
    /// How many more.
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: u32,
    /// Services that go with each unit, by their codes.
    #[serde(default)]
    #[schema(max_items = 10, examples(json!(["assembly"])))]
    pub services: Vec<String>,
    /// Another price for one unit than the list's, in minor units: only in drafts.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    pub unit_price: Option<i64>,
    /// A note on the line; with another price, the reason for it.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// What changes on a line. What is not named stays; what is null is taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLine {
    /// How many from now on.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: Option<u32>,
    /// Services that go with each unit from now on.
    #[serde(default)]
    #[schema(max_items = 10, examples(json!(["assembly"])))]
    pub services: Option<Vec<String>>,
    /// Another price for one unit than the list's: only in drafts.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000i64)]
    pub unit_price: Option<Option<i64>>,
    /// A note on the line; with another price, the reason for it.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub note: Option<Option<String>>,
}

/// What changes on the way to the order. What is not named stays; what is null is taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBasket {
    /// Another currency of the shop.
    #[serde(default)]
    #[schema(value_type = Option<String>, examples("EUR"))]
    pub currency: Option<Currency>,
    /// Another language.
    #[serde(default)]
    pub locale: Option<Language>,
    /// Where mails go; for a customer theirs if it is not said.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, format = Email, max_length = 254, examples("erika@example.org"))]
    pub email: Option<Option<String>>,
    /// Where the invoice goes.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Address>)]
    pub billing_address: Option<Option<Address>>,
    /// Where the goods go; to the billing address if it is not said.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Address>)]
    pub delivery_address: Option<Option<Address>>,
    /// The way to deliver, one of those that the basket offers.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, max_length = 60, examples("parcel"))]
    pub delivery_method: Option<Option<String>>,
    /// The way to pay, one of those that the basket offers.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, max_length = 60, examples("invoice"))]
    pub payment_method: Option<Option<String>>,
}

/// A code that a customer enters.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddCoupon {
    /// The code; small and capital letters are the same.
    #[schema(min_length = 1, max_length = 60, examples("WINTER"))]
    pub code: String,
}

/// Whom a basket belongs to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignCustomer {
    /// The customer who has signed in.
    #[schema(minimum = 1)]
    pub customer_id: i64,
}

/// The word that makes a basket an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBasket {
    /// The total that the customer has seen, in minor units. If the order would cost something else it is refused: nobody
    /// pays a price that they have not seen.
    #[schema(minimum = 0, examples(4493))]
    pub expected_total: i64,
}

/// Tells `null` from what is not named at all.
fn named<'de, T, D>(reader: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(reader).map(Some)
}

impl AddLine {
    /// What can be found wrong without looking anywhere; services are put into order.
    pub(super) fn check(&mut self) -> crate::Result<()> {
        let mut findings = Findings::default();
        let named = !self.sku.is_empty() && self.sku.chars().count() <= 60;
        findings.check(named, "/sku", "1 to 60 characters");
        check_quantity(&mut findings, self.quantity);
        check_services(&mut findings, &mut self.services);
        check_price(&mut findings, self.unit_price);
        check_note(&mut findings, self.note.as_deref());
        findings.end()
    }
}

impl ChangeLine {
    /// What can be found wrong without looking anywhere; services are put into order.
    pub(super) fn check(&mut self) -> crate::Result<()> {
        let mut findings = Findings::default();
        if let Some(quantity) = self.quantity {
            check_quantity(&mut findings, quantity);
        }
        if let Some(services) = &mut self.services {
            check_services(&mut findings, services);
        }
        check_price(&mut findings, self.unit_price.flatten());
        check_note(&mut findings, self.note.as_ref().and_then(Option::as_deref));
        findings.end()
    }
}

impl ChangeBasket {
    /// What can be found wrong without looking anywhere; the e-mail address is made plain.
    pub(super) fn check(&mut self) -> crate::Result<()> {
        let mut findings = Findings::default();
        if let Some(Some(email)) = &mut self.email {
            *email = plain_email(email);
            let fits = is_email(email);
            findings.check(fits, "/email", "an e-mail address, such as erika@example.org");
        }
        if let Some(Some(address)) = &self.billing_address {
            address.check(&mut findings, "/billing_address");
        }
        if let Some(Some(address)) = &self.delivery_address {
            address.check(&mut findings, "/delivery_address");
        }
        findings.end()
    }
}

impl AddCoupon {
    /// The code without spaces around it.
    pub(super) fn code(&self) -> crate::Result<String> {
        let code = self.code.trim();
        let mut findings = Findings::default();
        let fits = (1..=60).contains(&code.chars().count()) && !code.chars().any(char::is_control);
        findings.check(fits, "/code", "1 to 60 characters");
        findings.end()?;
        Ok(code.to_owned())
    }
}

fn check_quantity(findings: &mut Findings, quantity: u32) {
    let fits = (1..=MOST_UNITS).contains(&quantity);
    findings.check(fits, "/quantity", format!("1 to {MOST_UNITS}"));
}

/// A service goes with a unit once, and in which order they were named makes no other line.
fn check_services(findings: &mut Findings, services: &mut Vec<String>) {
    services.sort_unstable();
    services.dedup();
    let few = services.len() <= MOST_SERVICES;
    findings.check(few, "/services", format!("at most {MOST_SERVICES}"));
}

fn check_price(findings: &mut Findings, price: Option<i64>) {
    let fits = price.is_none_or(|it| (0..=1_000_000_000_000).contains(&it));
    findings.check(fits, "/unit_price", "not below zero");
}

fn check_note(findings: &mut Findings, note: Option<&str>) {
    let short = note.is_none_or(|it| it.chars().count() <= 500);
    findings.check(short, "/note", "at most 500 characters");
}
