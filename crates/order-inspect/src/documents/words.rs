//! The words that documents consist of, in each language.

use jiff::civil::Date;

use super::model::{DocumentKind, Language, PriceBasis};

/// Everything that is the same on each document of one language.
pub(super) struct Words {
    pub(super) date: &'static str,
    pub(super) order_number: &'static str,
    pub(super) order_date: &'static str,
    pub(super) delivery_date: &'static str,
    pub(super) customer_number: &'static str,
    pub(super) their_vat_id: &'static str,
    pub(super) corrects: &'static str,
    pub(super) delivery_address: &'static str,
    pub(super) position: &'static str,
    pub(super) article: &'static str,
    pub(super) sku: &'static str,
    pub(super) quantity: &'static str,
    pub(super) unit_price: &'static str,
    pub(super) tax: &'static str,
    pub(super) total: &'static str,
    pub(super) carried: &'static str,
    pub(super) brought: &'static str,
    pub(super) plus_tax: &'static str,
    pub(super) rate: &'static str,
    pub(super) net: &'static str,
    pub(super) gross: &'static str,
    pub(super) grand_total: &'static str,
    pub(super) phone: &'static str,
    pub(super) vat_id: &'static str,
    pub(super) tax_number: &'static str,
    pub(super) management: &'static str,
}

const GERMAN: Words = Words {
    date: "Datum",
    order_number: "Bestellnummer",
    order_date: "Bestelldatum",
    delivery_date: "Lieferdatum",
    customer_number: "Kundennummer",
    their_vat_id: "Ihre USt-IdNr.",
    corrects: "Zur Rechnung",
    delivery_address: "Lieferadresse",
    position: "Pos.",
    article: "Artikel",
    sku: "Art.-Nr.",
    quantity: "Menge",
    unit_price: "Einzelpreis",
    tax: "MwSt.",
    total: "Gesamt",
    carried: "Übertrag",
    brought: "Übertrag von Seite",
    plus_tax: "zzgl. MwSt.",
    rate: "Steuersatz",
    net: "Netto",
    gross: "Brutto",
    grand_total: "Gesamtbetrag",
    phone: "Tel.",
    vat_id: "USt-IdNr.",
    tax_number: "Steuernr.",
    management: "Geschäftsführung:",
};

const ENGLISH: Words = Words {
    date: "Date",
    order_number: "Order number",
    order_date: "Order date",
    delivery_date: "Delivery date",
    customer_number: "Customer number",
    their_vat_id: "Your VAT ID",
    corrects: "For invoice",
    delivery_address: "Delivery address",
    position: "Item",
    article: "Description",
    sku: "SKU",
    quantity: "Qty",
    unit_price: "Unit price",
    tax: "VAT",
    total: "Total",
    carried: "Carried forward",
    brought: "Brought forward from page",
    plus_tax: "plus VAT",
    rate: "VAT rate",
    net: "Net",
    gross: "Gross",
    grand_total: "Total amount",
    phone: "Phone",
    vat_id: "VAT ID",
    tax_number: "Tax number",
    management: "Managing directors:",
};

impl Language {
    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::German => &GERMAN,
            Self::English => &ENGLISH,
        }
    }

    /// The tag of BCP 47.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::English => "en",
        }
    }

    /// A day as letters write it: `03.11.2026`, `3 November 2026`.
    pub(crate) fn date(self, date: Date) -> String {
        match self {
            Self::German => date.strftime("%d.%m.%Y").to_string(),
            Self::English => date.strftime("%-d %B %Y").to_string(),
        }
    }

    pub(super) fn page(self, number: usize, of: usize) -> String {
        match self {
            Self::German => format!("Seite {number} von {of}"),
            Self::English => format!("Page {number} of {of}"),
        }
    }

    pub(super) fn subtotal(self, prices: PriceBasis) -> &'static str {
        match (self, prices) {
            (Self::German, PriceBasis::Gross) => "Zwischensumme (inkl. MwSt.)",
            (Self::German, PriceBasis::Net) => "Zwischensumme (netto)",
            (Self::English, PriceBasis::Gross) => "Subtotal (incl. VAT)",
            (Self::English, PriceBasis::Net) => "Subtotal (net)",
        }
    }
}

impl DocumentKind {
    /// What the document is called.
    pub(crate) fn title(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Invoice, Language::German) => "Rechnung",
            (Self::DeliveryNote, Language::German) => "Lieferschein",
            (Self::CreditNote, Language::German) => "Rechnungskorrektur",
            (Self::Invoice, Language::English) => "Invoice",
            (Self::DeliveryNote, Language::English) => "Delivery note",
            (Self::CreditNote, Language::English) => "Credit note",
        }
    }

    /// What its number is called beside the address.
    pub(super) fn number_label(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Invoice, Language::German) => "Rechnungsnummer",
            (Self::DeliveryNote, Language::German) => "Lieferscheinnummer",
            (Self::CreditNote, Language::German) => "Korrekturnummer",
            (Self::Invoice, Language::English) => "Invoice number",
            (Self::DeliveryNote, Language::English) => "Delivery note number",
            (Self::CreditNote, Language::English) => "Credit note number",
        }
    }

    /// The sentence before the lines.
    pub(super) fn introduction(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Invoice, Language::German) => {
                "Vielen Dank für Ihren Einkauf. Wir berechnen Ihnen:"
            }
            (Self::DeliveryNote, Language::German) => "Diese Sendung enthält:",
            (Self::CreditNote, Language::German) => "Wir schreiben Ihnen gut:",
            (Self::Invoice, Language::English) => "Thank you for your purchase. We charge you for:",
            (Self::DeliveryNote, Language::English) => "This shipment contains:",
            (Self::CreditNote, Language::English) => "We credit you with:",
        }
    }
}
