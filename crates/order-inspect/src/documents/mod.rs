//! Invoices, delivery notes, credit notes and cancellations as PDF files, in German and English.
//!
//! The same [`Document`] is always the same file, byte for byte: nothing here asks a clock or draws
//! lots. Only names in scripts that Noto Sans lacks depend on the fonts that a machine has. The files are PDF/A-3a and PDF/UA-1: tagged, with language and title, readable in ten years.

mod fonts;
mod footer;
mod letter;
mod model;
mod shaping;
mod sheet;
mod supply;
mod table;
mod text;
mod totals;
mod words;

use krilla::metadata::{DateTime, Metadata};

pub use self::model::{
    Adjustment, BankAccount, DeliveredLine, Delivery, Document, DocumentKind, DocumentLine,
    Language, Party, PriceBasis, Reference, Seller, TaxLine, Totals,
};
pub use fonts::look_for_fonts;

use self::sheet::Sheets;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// What the law wants on such a document is absent.
    #[error("a document of this kind needs {0}")]
    Missing(&'static str),
    /// What was made is not a file for archives.
    #[error("the PDF file could not be made: {0}")]
    Pdf(String),
}

/// The document as a PDF file.
///
/// A page takes some milliseconds of computing, and waits for nothing: where many people wait for one
/// thread, call it on a blocking one.
///
/// # Errors
/// [`DocumentError::Missing`] where [`check`] finds that § 14 Abs. 4 UStG wants more than there is, and
/// [`DocumentError::Pdf`] where the file could not be made.
pub fn render(document: &Document) -> Result<Vec<u8>, DocumentError> {
    check(document)?;
    let mut sheets = Sheets::new();
    let mut y = letter::head(&mut sheets, document);
    y = table::table(&mut sheets, document, y);
    if let Some(totals) = document.totals.as_ref().filter(|_| document.kind.has_prices()) {
        y = totals::totals(&mut sheets, document, totals, y);
    }
    totals::notes(&mut sheets, document, y);
    footer::footers(&mut sheets, document);
    let title = document.title();
    let metadata = metadata(document, &title);
    sheets.paint(&title, metadata)
}

impl DocumentKind {
    /// Whether the document says what things cost.
    fn has_prices(self) -> bool {
        self != Self::DeliveryNote
    }

    /// Whether the document corrects another.
    fn corrects(self) -> bool {
        matches!(self, Self::CreditNote | Self::CancellationInvoice)
    }
}

impl Document {
    /// What it is and its number: the title of the file.
    pub fn title(&self) -> String {
        format!("{} {}", self.kind.title(self.language), self.number)
    }
}

/// § 14 Abs. 4 UStG for what has prices; every document names its parties, its number and its lines.
///
/// # Errors
/// [`DocumentError::Missing`] names what is absent.
pub fn check(document: &Document) -> Result<(), DocumentError> {
    let needs =
        |is_there: bool, what| if is_there { Ok(()) } else { Err(DocumentError::Missing(what)) };
    let named = |party: &Party| !party.name.trim().is_empty() && !party.address.is_empty();
    let seller = &document.seller;
    needs(!document.number.trim().is_empty(), "a number")?;
    needs(!document.lines.is_empty(), "at least one line")?;
    needs(!seller.name.trim().is_empty(), "the name of the seller")?;
    let says = |lines: &[String]| lines.iter().any(|line| !line.trim().is_empty());
    needs(says(&seller.address), "the address of the seller")?;
    needs(named(&document.recipient), "name and address of the recipient")?;
    if document.kind.has_prices() {
        let tax_numbers = [&seller.vat_id, &seller.tax_number];
        needs(
            tax_numbers.iter().any(|number| number.is_some()),
            "the seller's VAT ID or tax number",
        )?;
        needs(document.totals.is_some(), "totals")?;
    }
    if document.kind == DocumentKind::Invoice {
        needs(!document.deliveries.is_empty(), "the time of delivery")?;
    }
    needs(!document.kind.corrects() || !document.references.is_empty(), "the invoice it corrects")
}

fn metadata(document: &Document, title: &str) -> Metadata {
    let date = DateTime::new(document.date.year().unsigned_abs())
        .month(document.date.month().unsigned_abs())
        .day(document.date.day().unsigned_abs())
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(title.to_owned())
        .authors(vec![document.seller.name.clone()])
        .language(document.language.tag().to_owned())
        .document_id(title.to_owned())
        .creation_date(date)
}
