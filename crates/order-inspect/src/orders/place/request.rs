//! What is asked for when an order is placed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    address::{Address, is_email},
    error::Findings,
    language::Language,
    money::Currency,
    orders::facts::Order,
};

/// The most lines that one order has.
pub(crate) const MOST_LINES: usize = 500;
/// The most units that one line has.
pub(crate) const MOST_UNITS: u32 = 100_000;

/// An order to be placed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
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
    /// The customer's number; none for a guest.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub customer_id: Option<i64>,
    /// Where mails go.
    #[schema(format = Email, max_length = 254, examples("erika@example.org"))]
    pub email: String,
    /// What is bought.
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<PlaceLine>,
    /// Where the invoice goes.
    pub billing_address: Address,
    /// Where the goods go; to the billing address if it is not said.
    #[serde(default)]
    pub delivery_address: Option<Address>,
    /// The way to deliver.
    #[schema(max_length = 60, examples("parcel"))]
    pub delivery_method: String,
    /// The way to pay.
    #[schema(max_length = 60, examples("invoice"))]
    pub payment_method: String,
    /// Codes that the customer entered. One that takes nothing off refuses the order (`coupon_not_applied`), unless
    /// `expected_total` says that the customer has seen what it costs without.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub coupons: Vec<String>,
    /// The total that the customer has seen. If the order would cost something else it is refused, so that nobody pays
    /// a price that they have not seen.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub expected_total: Option<i64>,
}

/// A line to be ordered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceLine {
    /// Stock keeping unit.
    #[schema(min_length = 1, max_length = 64, examples("LAMP-RED"))]
    pub sku: String,
    /// How many.
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: u32,
    /// Services that go with each unit, by their codes.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub services: Vec<String>,
    /// A note on the line.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// Another price for one unit than the list's: only for those who manage orders.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    pub unit_price: Option<i64>,
}

impl PlaceOrder {
    /// What can be found wrong without looking anywhere.
    pub(crate) fn check(&self) -> crate::Result<()> {
        let mut findings = Findings::default();
        findings.check(
            is_email(&self.email),
            "/email",
            "an e-mail address, such as erika@example.org",
        );
        self.billing_address.check(&mut findings, "/billing_address");
        if let Some(address) = &self.delivery_address {
            address.check(&mut findings, "/delivery_address");
        }
        let few = (1..=MOST_LINES).contains(&self.lines.len());
        findings.check(few, "/lines", format!("1 to {MOST_LINES} lines"));
        findings.check(self.coupons.len() <= 20, "/coupons", "at most 20 codes");
        for (at, line) in self.lines.iter().enumerate() {
            let few = (1..=MOST_UNITS).contains(&line.quantity);
            findings.check(few, format!("/lines/{at}/quantity"), format!("1 to {MOST_UNITS}"));
            let short = line.note.as_ref().is_none_or(|note| note.chars().count() <= 500);
            findings.check(short, format!("/lines/{at}/note"), "at most 500 characters");
            findings.check(
                line.services.len() <= 10,
                format!("/lines/{at}/services"),
                "at most 10",
            );
            let fits = line.unit_price.is_none_or(|price| (0..=1_000_000_000_000).contains(&price));
            findings.check(fits, format!("/lines/{at}/unit_price"), "not below zero");
        }
        findings.end()
    }

    /// An order of these lines for the customer of another one, to the same place.
    pub(crate) fn like(order: &Order, channel: &str, lines: Vec<PlaceLine>) -> Self {
        Self {
            channel: channel.to_owned(),
            currency: Some(order.currency),
            locale: Some(order.locale),
            customer_id: order.customer_id,
            email: order.email.clone(),
            lines,
            billing_address: order.billing_address.clone(),
            delivery_address: Some(order.delivery_address.clone()),
            delivery_method: order.delivery_method.clone(),
            payment_method: order.payment_method.clone(),
            coupons: Vec::new(),
            expected_total: None,
        }
    }

    /// Where the goods go.
    pub(crate) fn goes_to(&self) -> &Address {
        self.delivery_address.as_ref().unwrap_or(&self.billing_address)
    }
}
