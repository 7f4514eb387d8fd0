//! A basket as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    address::Address,
    language::Language,
    moment::Moment,
    money::Currency,
    orders::facts::OptionLabel,
    percent::Percent,
    quote::QuotedShipping,
    setup::{PaymentFlow, ServiceKind},
    tax::{PriceBasis, TaxLine},
};

/// A basket with what it costs now. Amounts are minor units of its currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct BasketView {
    /// The token that its address ends in. It is told once, when the basket is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The number that a draft's address ends in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The shop's code.
    #[schema(examples("de"))]
    pub channel: String,
    /// Counts its changes; also its ETag.
    pub revision: i64,
    /// The number of the order that it became; it takes no more changes then.
    pub order: Option<String>,
    /// Whether it is a draft that staff fill.
    pub draft: bool,
    /// Who began the draft.
    pub created_by: Option<String>,
    /// The currency of all amounts.
    #[schema(value_type = String)]
    pub currency: Currency,
    /// How many decimals its minor unit stands for: 2 for EUR, 0 for JPY, 3 for KWD.
    pub currency_exponent: u32,
    /// The language of its texts.
    pub locale: Language,
    /// The customer; none for a guest.
    pub customer_id: Option<i64>,
    /// Where mails go.
    pub email: Option<String>,
    /// Where the invoice goes.
    pub billing_address: Option<Address>,
    /// Where the goods go; to the billing address if it is not said.
    pub delivery_address: Option<Address>,
    /// The way to deliver that was chosen.
    pub delivery_method: Option<String>,
    /// The way to pay that was chosen.
    pub payment_method: Option<String>,
    /// What is in it.
    pub lines: Vec<BasketLine>,
    /// Codes that were entered, and what became of them.
    pub coupons: Vec<Coupon>,
    /// What it costs; none while nothing in it can be bought.
    pub quote: Option<BasketQuote>,
    /// How every cent of the total came about, in the basket's language.
    pub explanation: Vec<String>,
    /// Ways to deliver it to its address, or within the shop's country while it has none.
    pub delivery_choices: Vec<DeliveryChoice>,
    /// Ways to pay for it.
    pub payment_choices: Vec<PaymentChoice>,
    /// What has to be done before it can be ordered; nothing if it can.
    pub missing: Vec<Missing>,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it is deleted if it does not change; never for drafts.
    pub expires_at: Option<Moment>,
}

/// A line of a basket.
#[derive(Debug, Serialize, ToSchema)]
pub struct BasketLine {
    /// What its address ends in.
    pub id: i64,
    /// Stock keeping unit.
    pub sku: String,
    /// The product's code.
    pub product: Option<String>,
    /// Its name in the basket's language.
    pub name: String,
    /// Its options, such as colour and size: codes.
    pub options: BTreeMap<String, String>,
    /// The same in words of the basket's language, in the product's order.
    pub labels: Vec<OptionLabel>,
    /// How many.
    pub quantity: u32,
    /// A note on it; with another price, the reason for it.
    pub note: Option<String>,
    /// The price of one that is in force for the quantity and the customer.
    pub listed_price: Option<i64>,
    /// What it costs; none where it cannot be bought.
    pub price: Option<LinePrice>,
    /// Services that go with each unit.
    pub services: Vec<BasketService>,
    /// Services that can go with it, also those that do.
    pub service_choices: Vec<ServiceChoice>,
    /// Whether there are enough of it. Nothing is reserved before it is ordered.
    pub available: bool,
    /// How many there are, where they are not enough.
    pub available_quantity: Option<i64>,
}

/// The price of goods or of a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinePrice {
    /// The price of one.
    pub unit_price: i64,
    /// Unit price times quantity.
    pub subtotal: i64,
    /// What promotions take off.
    pub discount: i64,
    /// The rate of tax in percent.
    pub tax_rate: Percent,
    /// The tax in the total.
    pub tax: i64,
    /// What is paid for it, tax included.
    pub total: i64,
}

/// A service that goes with a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct BasketService {
    /// Its code.
    #[schema(examples("assembly"))]
    pub code: String,
    /// Its name in the basket's language.
    pub name: String,
    /// What it costs; none where it cannot be bought.
    pub price: Option<LinePrice>,
}

/// A service that can go with a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceChoice {
    /// Its code.
    #[schema(examples("assembly"))]
    pub code: String,
    /// What kind it is.
    pub kind: ServiceKind,
    /// Its name in the basket's language.
    pub name: String,
    /// What it costs for one unit, on the price basis and before promotions.
    pub unit_price: i64,
}

/// A code that was entered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Coupon {
    /// As it was entered.
    pub code: String,
    /// What it takes off.
    pub discount: i64,
    /// Why it takes nothing off, in the basket's language.
    pub declined: Option<String>,
}

/// What a basket costs. Totals include tax, the rest is on the price basis.
#[derive(Debug, Serialize, ToSchema)]
pub struct BasketQuote {
    /// Whether unit prices, subtotals and discounts include tax.
    pub price_basis: PriceBasis,
    /// Lines before discounts.
    pub subtotal: i64,
    /// All discounts.
    pub discount: i64,
    /// The delivery that was chosen; nothing while none was.
    pub shipping: QuotedShipping,
    /// Tax by rate, the highest first.
    pub tax_lines: Vec<TaxLine>,
    /// All without tax.
    pub net: i64,
    /// All tax.
    pub tax: i64,
    /// What is to be paid, and what an order has to expect.
    pub total: i64,
}

/// A way to deliver a basket.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryChoice {
    /// Its code.
    #[schema(examples("parcel"))]
    pub code: String,
    /// Its name in the basket's language.
    pub name: String,
    /// Who carries.
    pub carrier: String,
    /// What it costs for this basket, promotions and tax included.
    pub price: i64,
    /// What the whole basket costs with it.
    pub total: i64,
    /// Working days on the way at best.
    pub transit_days_min: u16,
    /// Working days on the way at worst.
    pub transit_days_max: u16,
}

/// A way to pay for a basket.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentChoice {
    /// Its code.
    #[schema(examples("invoice"))]
    pub code: String,
    /// Its name in the basket's language.
    pub name: String,
    /// When the money moves.
    pub flow: PaymentFlow,
}

/// Something that has to be done before a basket can be ordered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Missing {
    /// What it is.
    pub kind: MissingKind,
    /// Where in the basket, as a JSON pointer.
    #[schema(examples("/lines/0"))]
    pub pointer: String,
    /// What to do.
    pub detail: String,
}

/// What has to be done before a basket can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingKind {
    /// It is empty.
    Lines,
    /// A line cannot be bought: it is not sold here, has no price, or a service is not offered.
    Line,
    /// There are not enough of a line.
    Stock,
    /// It costs more than one order may.
    Total,
    /// Nobody knows where mails go.
    Email,
    /// Nobody knows where the invoice goes.
    BillingAddress,
    /// No way to deliver was chosen, or not one that reaches the address.
    DeliveryMethod,
    /// No way to pay was chosen, or not one that the shop offers.
    PaymentMethod,
}
