//! What a document says. It is stored as a snapshot, so that it can be printed again years later as it was.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// The bill for what was delivered.
    Invoice,
    /// What a parcel contains; without prices.
    DeliveryNote,
    /// Takes back a part of an invoice. In German it is a *Rechnungskorrektur*: a *Gutschrift* is what
    /// a customer issues to a supplier (§ 14 Abs. 2 UStG).
    CreditNote,
}

/// The language of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DocumentLanguage)]
pub enum Language {
    /// German.
    #[serde(rename = "de")]
    German,
    /// English.
    #[serde(rename = "en")]
    English,
}

/// Whether the prices of the lines contain the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DocumentPriceBasis)]
#[serde(rename_all = "snake_case")]
pub enum PriceBasis {
    /// As consumers see them, with tax.
    Gross,
    /// As businesses see them, without tax.
    Net,
}

/// One document with everything that is printed on it. Amounts, rates and quantities are texts,
/// written as the language writes them, with the currency; dates are written here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// The language it is written in.
    pub language: Language,
    /// Its number, unique in its number range.
    pub number: String,
    /// The day it was issued.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Who sells.
    pub seller: Seller,
    /// Whom it is for, as it stands in the window of the envelope.
    pub recipient: Party,
    /// Where the goods went, where that is another place.
    pub delivery_address: Option<Party>,
    /// The number under which the seller knows the customer.
    pub customer_number: Option<String>,
    /// The order it belongs to.
    pub order_number: String,
    /// The day of that order.
    #[schema(value_type = String, format = Date)]
    pub order_date: Date,
    /// When the lines were delivered; an invoice needs it (§ 14 Abs. 4 Nr. 6 UStG).
    pub deliveries: Vec<Delivery>,
    /// The day on which money came in for what is still to be delivered, where that is another day than
    /// that of the invoice (§ 14 Abs. 4 Nr. 6 UStG).
    #[schema(value_type = Option<String>, format = Date)]
    pub paid_on: Option<Date>,
    /// Whether the prices of the lines contain the tax.
    pub prices: PriceBasis,
    /// What was sold, delivered or taken back.
    pub lines: Vec<DocumentLine>,
    /// The sums; absent on a delivery note.
    pub totals: Option<Totals>,
    /// How it is or was paid, or how money goes back.
    pub payment_note: Option<String>,
    /// The documents that this one corrects; a credit note needs one
    /// (§ 31 Abs. 5 UStDV).
    pub references: Vec<Reference>,
    /// What else is to be said, each a paragraph: the reason of an exemption from tax, thanks.
    pub notes: Vec<String>,
}

/// What was delivered on one day, or is still to be delivered.
///
/// The day of a delivery is the one on which its transport begins, not the one on which it arrives
/// (§ 3 Abs. 6 Satz 1 UStG, UStAE 14.5 Abs. 16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// The day; none while it has not left.
    #[schema(value_type = Option<String>, format = Date)]
    pub date: Option<Date>,
    /// Which of the document's lines, and how much of each.
    pub lines: Vec<DeliveredLine>,
}

/// What was delivered of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveredLine {
    /// The line's number on the document.
    pub position: u32,
    /// How many or how much.
    pub quantity: String,
}

/// Who sells: what letterhead and footer say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DocumentSeller)]
pub struct Seller {
    /// The name in the letterhead.
    pub name: String,
    /// Street, town and country, each a line.
    pub address: Vec<String>,
    /// The VAT identification number.
    pub vat_id: Option<String>,
    /// The tax number; needed where there is no VAT identification number.
    pub tax_number: Option<String>,
    /// Court and number of the commercial register.
    pub register: Option<String>,
    /// Who manages the company.
    pub management: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Address of the website.
    pub website: Option<String>,
    /// Where money can be sent.
    pub bank: Option<BankAccount>,
}

/// A bank account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BankAccount {
    /// The bank's name.
    pub name: String,
    /// The account's number, grouped as it is to be printed.
    pub iban: String,
    /// The bank's code.
    pub bic: Option<String>,
}

/// A person or company with a postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// Name of the person or company.
    pub name: String,
    /// Street, town and country, each a line. The window of the envelope has room for five.
    pub address: Vec<String>,
    /// The VAT identification number of a business; needed for reverse charge and deliveries within
    /// the EU (§ 14a UStG).
    pub vat_id: Option<String>,
}

/// One position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocumentLine {
    /// Its number, from 1.
    pub position: u32,
    /// The article's number; empty where it is no article, such as the delivery.
    pub sku: String,
    /// What it is called in commerce (§ 14 Abs. 4 Nr. 5 UStG).
    pub name: String,
    /// Variant, serial number, reason of a return; each a line.
    pub details: Vec<String>,
    /// How many or how much, with a unit where that is not pieces.
    pub quantity: String,
    /// Price of one; not printed on a delivery note, nor are the following.
    pub unit_price: String,
    /// The rate of its tax.
    pub tax_rate: String,
    /// Price of all.
    pub total: String,
    /// The sum of this line and all before it, for the carry-over between pages.
    pub running_total: String,
}

/// What follows the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// The sum of the lines.
    pub subtotal: String,
    /// What was taken off, each with its reason.
    pub discounts: Vec<Adjustment>,
    /// What the delivery costs.
    pub shipping: Option<Adjustment>,
    /// The tax, a line for each rate (§ 14 Abs. 4 Nr. 7 and 8 UStG).
    pub taxes: Vec<TaxLine>,
    /// Everything together, with tax.
    pub grand_total: String,
}

/// An amount beside the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Adjustment {
    /// What it is for.
    pub label: String,
    /// The amount, with its sign.
    pub amount: String,
}

/// The tax of one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DocumentTaxLine)]
pub struct TaxLine {
    /// The rate.
    pub rate: String,
    /// What is taxed.
    pub net: String,
    /// The tax on it.
    pub tax: String,
    /// Both together.
    pub gross: String,
}

/// A document that this one corrects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reference {
    /// The number of the invoice.
    pub number: String,
    /// Its day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
}
